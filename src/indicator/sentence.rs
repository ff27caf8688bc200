//! The rule as a sentence, made from the rule itself, so that text and rule cannot disagree.

use super::rule::{
    ContactShare, Criterion, EventSet, Index, PlanTest, ReferralTest, Rule, Share, Unit,
};
use super::sentence_row::{record_row, texts};
use super::sentence_stay::set_name;
use super::{sentence_amount, sentence_course, sentence_member, sentence_rate, sentence_stay};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Kind, Window};
use crate::timeline::{Basis, ContactFilter};

/// The rule in a reader's words.
pub(super) fn of(rule: &Rule, filters: &[ContactFilter]) -> String {
    match rule {
        Rule::Share(share) => self::share(share, filters),
        Rule::Member(member) => sentence_member::member(member, filters),
        Rule::Rate(rate) => sentence_rate::rate(rate, filters),
        Rule::Contacts(share) => contact_share(*share, filters),
        Rule::LevelMix => "Of all days with a qualifying contact or in 24-hour care, the share at each level of care; \
             a day counts once, at its highest level."
            .to_owned(),
    }
}

fn contact_share(share: ContactShare, filters: &[ContactFilter]) -> String {
    let property = filters[share.met].and.first().map(contacts).unwrap_or_default();
    format!(
        "Of contacts that are {}: the share that are also {property}.",
        contacts(&filters[share.of])
    )
}

/// Which units there are, in a reader's words.
pub(super) fn units_where(index: &Index, filters: &[ContactFilter]) -> String {
    let mut text = units(index, filters);
    for one in &index.when {
        text += &format!(", where {}", criterion(one, index, filters));
    }
    if index.once {
        text += "; of each member the first";
    }
    text
}

fn share(share: &Share, filters: &[ContactFilter]) -> String {
    let mut text = format!("Of {}", units(&share.index, filters));
    for (word, list) in [("with", &share.index.with), ("without", &share.index.without)] {
        for around in list {
            text += &format!(
                ", {word} {} {}",
                contacts(&filters[around.filter]),
                within(around.days, index_noun(&share.index))
            );
        }
    }
    for one in &share.index.when {
        text += &format!(", where {}", criterion(one, &share.index, filters));
    }
    if let Some(chain) = &share.index.chain {
        let what = among(&chain.diagnosis, "admission");
        text += &format!(
            "; a discharge followed by an {what} {} gives way to the later one",
            within(chain.days, "discharge")
        );
    }
    if let Some(repeat) = share.index.repeat {
        text += &format!(
            ", and of each the {} spans of {} days that follow it",
            repeat.times, repeat.every
        );
    }
    if share.index.after != 0 {
        text += &format!(", each {} days later", share.index.after);
    }
    if let Some(days) = share.index.apart {
        text += &format!("; of those less than {days} days apart, the first");
    }
    if share.index.once {
        text += "; of each member the first";
    }
    let exclusions: Vec<String> =
        share.exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect();
    if !exclusions.is_empty() {
        text += &format!("; left out: {}", exclusions.join("; "));
    }
    if let Some(value) = share.value {
        let value = sentence_course::value(value, &share.numerator, &share.index, filters);
        return format!("{text}. Measured: {value}.");
    }
    format!("{text}. Met: {}.", criterion(&share.numerator, &share.index, filters))
}

/// What the units are, without what restricts them.
fn unit(index: &Index, filters: &[ContactFilter]) -> String {
    match index.unit {
        Unit::Discharge(set) => match index.nights.unwrap_or(1) {
            0 => format!("discharges from {}", set_name(set)),
            1 => format!("discharges from {} after at least one night", set_name(set)),
            nights => format!("discharges from {} after at least {nights} nights", set_name(set)),
        },
        Unit::Admission(set) => {
            let which = if index.first { "first admissions ever seen" } else { "admissions" };
            format!("{which} to {}", set_name(set))
        }
        Unit::Contact { filter } => {
            let which = if index.first { "the first day ever seen with" } else { "days with" };
            format!("{which} {}", contacts(&filters[filter]))
        }
        Unit::AgencyDay { filter } => {
            format!("days with {}, for each agency", contacts(&filters[filter]))
        }
        Unit::Event(types) => format!("events ({})", event_names(types)),
        Unit::PlannedEnd => "planned ends of care".to_owned(),
        Unit::EpisodeEnd { gap } => format!(
            "ends of care, planned or by {gap} days at risk without a qualifying contact (care begins on the second of two treatment days at most 180 days apart)"
        ),
        Unit::Signal => {
            let which = if index.first { "the first day ever seen with" } else { "days with" };
            format!("{which} {}", sentence_course::any(&index.any, filters))
        }
        Unit::Month => {
            let which =
                if index.once { "the first last day of a month" } else { "last days of months" };
            format!("{which} with {}", sentence_course::any(&index.any, filters))
        }
        Unit::PlannedService | Unit::SectorNeed(_) | Unit::QuarterPair(_) => recorded(index.unit),
        Unit::Birthday(age) => format!("birthdays on which members become {age}"),
        Unit::PositiveScreen => "positive screens".to_owned(),
        Unit::NeedFound => "check-ups that found a need for treatment".to_owned(),
        Unit::Referral => "referrals".to_owned(),
        Unit::Request => {
            "requests for care (referrals with the day on which the request came in)".to_owned()
        }
        Unit::Plan => "care plans".to_owned(),
        Unit::EdVisit => "emergency-department visits (one a day)".to_owned(),
        Unit::Assessment => "assessments that recommend a level of care".to_owned(),
        Unit::Disengagement { gap } => {
            format!(
                "disengagements (the day on which {gap} days at risk have passed without a qualifying contact)"
            )
        }
        Unit::Reengagement { gap, days } => format!(
            "disengagements ({gap} days at risk without a qualifying contact) followed by a treatment contact {}",
            within(days, "disengagement")
        ),
    }
}

fn units(index: &Index, filters: &[ContactFilter]) -> String {
    let mut text = unit(index, filters);
    if !index.diagnosis.is_empty() {
        text += &format!(" with a principal diagnosis of {}", groups(&index.diagnosis));
    }
    if !index.or_further.is_empty() {
        text += &format!(" or a further one of {}", groups(&index.or_further));
    }
    if !index.or_facility.is_empty() {
        let names: Vec<&str> = index.or_facility.iter().map(|class| class.name()).collect();
        text += &format!(" or from a bed of class {}", names.join(" or "));
    }
    if let Some(age) = index.age_min {
        text += &format!(", age {age} or over");
    }
    if let Some((month, day)) = index.until {
        text += &format!(", up to {month:02}-{day:02} of the year");
    }
    text
}

/// Units that records name, in a reader's words.
fn recorded(unit: Unit) -> String {
    match unit {
        Unit::PlannedService => {
            "services (by class) that care plans name, on the day of the plan".to_owned()
        }
        Unit::SectorNeed(0) => "needs for help from a sector, as recorded".to_owned(),
        Unit::SectorNeed(sectors) => format!(
            "needs for help, as recorded, with {}",
            sentence_course::named(crate::terms::codes::Sector::NAMES, sectors)
        ),
        Unit::QuarterPair(kind) => format!(
            "calendar quarters with treatment visits to a known {}, in this quarter and the one before",
            ["clinician", "team", "agency"][kind.min(2)]
        ),
        _ => String::new(),
    }
}

fn groups(groups: &[DiagnosisGroup]) -> String {
    let names: Vec<String> = groups.iter().map(|group| group.name().replace('_', " ")).collect();
    names.join(" or ")
}

pub(super) fn among(diagnosis: &[DiagnosisGroup], noun: &str) -> String {
    if diagnosis.is_empty() { noun.to_owned() } else { format!("{noun} for {}", groups(diagnosis)) }
}

/// A window in words: “in days 1 to 7 after the discharge (the day itself does not count)”.
pub(super) fn within(days: Window, index: &str) -> String {
    match (days.from, days.to) {
        (0, 0) => "on the day itself".to_owned(),
        (0, to) => format!("in days 0 to {to} from the {index} (the day itself counts)"),
        (from @ 1.., to) => {
            format!("in days {from} to {to} after the {index} (the day itself does not count)")
        }
        (from, to) => format!("from day {from} to day {to} around the {index}"),
    }
}

pub(super) fn index_noun(index: &Index) -> &'static str {
    match index.unit {
        Unit::Discharge(_) => "discharge",
        Unit::EdVisit => "visit",
        Unit::Assessment => "assessment",
        Unit::Disengagement { .. } | Unit::Reengagement { .. } => "disengagement",
        Unit::Admission(_) => "admission",
        Unit::Contact { .. } | Unit::AgencyDay { .. } => "contact",
        Unit::Event(_) => "event",
        Unit::PlannedEnd => "planned end",
        Unit::EpisodeEnd { .. } => "end of care",
        Unit::PositiveScreen => "screen",
        Unit::NeedFound => "check-up",
        Unit::Referral => "referral",
        Unit::Request => "request",
        Unit::Plan | Unit::PlannedService => "plan",
        Unit::Signal if index.repeat.is_some() => "first day of the span",
        Unit::Signal => "day",
        Unit::Birthday(_) => "birthday",
        Unit::SectorNeed(_) => "need",
        Unit::QuarterPair(_) => "quarter",
        Unit::Month => "month's end",
    }
}

pub(super) fn event_names(types: EventSet) -> String {
    let names: Vec<String> = types.iter().map(|what| what.name().replace('_', " ")).collect();
    names.join(", ")
}

pub(super) fn contacts(filter: &ContactFilter) -> String {
    if filter.kind != Kind::Contact {
        return record_row(filter);
    }
    let mut text = match filter.basis {
        Basis::Row => "a contact row",
        Basis::Attempt => "a contact that was not cancelled",
        Basis::Qualifying => "a qualifying contact",
        Basis::Treatment => "a treatment contact",
    }
    .to_owned();
    if !filter.classes.is_empty() {
        let names: Vec<String> =
            filter.classes.iter().map(|class| class.name().replace('_', " ")).collect();
        text += &format!(" of class {}", names.join(" or "));
    }
    if let Some((least, most)) = filter.levels {
        text += &format!(" at level {least} to {most}");
    }
    if let Some((least, most)) = filter.practice {
        let range = if least == most { format!("{least}") } else { format!("{least} to {most}") };
        text += &format!(" at practice level {range}");
    }
    if !filter.diagnosis.is_empty() {
        text += &format!(" with a diagnosis of {} in any position", groups(&filter.diagnosis));
    }
    if !filter.principal.is_empty() {
        text += &format!(" with a principal diagnosis of {}", groups(&filter.principal));
    }
    text += &texts(filter);
    for (what, list) in [
        (" with code", &filter.codes),
        (" without code", &filter.not_codes),
        (" at place", &filter.settings),
        (" not at place", &filter.not_settings),
    ] {
        if !list.is_empty() {
            text += &format!("{what} {}", list.join(", "));
        }
    }
    for other in &filter.or {
        text += &format!(", or {}", contacts(other));
    }
    text
}

pub(super) fn criterion(criterion: &Criterion, index: &Index, filters: &[ContactFilter]) -> String {
    let noun = index_noun(index);
    match criterion {
        Criterion::Contact { .. }
        | Criterion::ContactOrPlan { .. }
        | Criterion::NoContact { .. }
        | Criterion::ContactDuringStay { .. }
        | Criterion::ContactBeforeReturn { .. } => of_contacts(criterion, noun, filters),
        Criterion::NightsOver(nights) => {
            format!("more than {nights} nights without days on leave")
        }
        Criterion::HowMuch(wanted) => sentence_amount::how_much(wanted, noun, filters),
        Criterion::NoService(days) => {
            format!("no day with a qualifying contact or in 24-hour care {}", within(*days, noun))
        }
        Criterion::NoAcuteCare(days) => format!(
            "no inpatient admission and no emergency-department visit {}",
            within(*days, noun)
        ),
        Criterion::EdVisit { diagnosis, days } => {
            format!("{} {}", among(diagnosis, "an emergency-department visit"), within(*days, noun))
        }
        Criterion::Event { types, days } => {
            format!("an event ({}) {}", event_names(*types), within(*days, noun))
        }
        Criterion::Referral(_) | Criterion::Plan(_) => record(criterion, noun),
        Criterion::Admission { set, diagnosis, days } => {
            let what = among(diagnosis, "admission");
            format!("an unplanned {what} to {} {}", set_name(*set), within(*days, noun))
        }
        Criterion::DeliveredLevel { .. } | Criterion::AssessedLevel { .. } => {
            sentence_stay::level(criterion, noun)
        }
        Criterion::Happens(_)
        | Criterion::Joined { .. }
        | Criterion::Followed { .. }
        | Criterion::Own(_)
        | Criterion::Course(_)
        | Criterion::Scores(_)
        | Criterion::Always => sentence_course::joined(criterion, index, filters),
    }
}

/// Which contacts there have to be.
fn of_contacts(criterion: &Criterion, noun: &str, filters: &[ContactFilter]) -> String {
    match criterion {
        Criterion::Contact { filter, days, at_least, then } => {
            let least = if *at_least == 1 {
                String::new()
            } else {
                format!(" on at least {at_least} days")
            };
            let mut text =
                format!("{}{least} {}", contacts(&filters[*filter]), within(*days, noun));
            for next in then {
                let after = within(next.days, "first of them");
                text += &format!(", and {} {after}", contacts(&filters[next.filter]));
            }
            text
        }
        Criterion::ContactOrPlan { filter, days } => {
            format!(
                "{}, or a care plan written, {}",
                contacts(&filters[*filter]),
                within(*days, noun)
            )
        }
        Criterion::NoContact { filter, days } => {
            format!("no day with {} {}", contacts(&filters[*filter]), within(*days, noun))
        }
        Criterion::ContactDuringStay { filter } => {
            format!(
                "{} from admission to discharge, both days included",
                contacts(&filters[*filter])
            )
        }
        Criterion::ContactBeforeReturn { filter } => {
            format!(
                "{} after the last qualifying contact and before the day of return",
                contacts(&filters[*filter])
            )
        }
        _ => String::new(),
    }
}

/// What a referral or a care plan has to say.
fn record(criterion: &Criterion, noun: &str) -> String {
    match criterion {
        Criterion::Referral(test) => match test {
            ReferralTest::Warm => "the referral is warm".to_owned(),
            ReferralTest::Declined => "the referral was declined".to_owned(),
            ReferralTest::Attended(days) => format!("attended {}", within(*days, noun)),
            ReferralTest::Offered(days) => format!("a first day offered {}", within(*days, noun)),
            ReferralTest::Reported(days) => {
                format!("the receiver reported back {}", within(*days, noun))
            }
        },
        Criterion::Plan(PlanTest::Signed) => "the member signed the plan".to_owned(),
        Criterion::Plan(PlanTest::Family) => "family took part in the plan".to_owned(),
        _ => String::new(),
    }
}
