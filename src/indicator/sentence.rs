//! The rule as a sentence, made from the rule itself, so that text and rule cannot disagree.

use super::rule::{
    Candidates, Comparison, Criterion, ExclusionTest, Index, MemberRule, MemberValue, RateRule,
    Rule, Share, Unit,
};
use crate::terms::Window;
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{Basis, ContactFilter, SpellSet};

/// The rule in a reader's words.
pub(super) fn of(rule: &Rule, filters: &[ContactFilter]) -> String {
    match rule {
        Rule::Share(share) => self::share(share, filters),
        Rule::Member(member) => self::member(member, filters),
        Rule::Rate(rate) => self::rate(rate, filters),
        Rule::LevelMix => "Of all days with a qualifying contact or in 24-hour care, the share at each level of care; \
             a day counts once, at its highest level."
            .to_owned(),
    }
}

fn share(share: &Share, filters: &[ContactFilter]) -> String {
    let mut text = format!("Of {}", units(&share.index));
    if let Some(chain) = &share.index.chain {
        let what = among(&chain.diagnosis, "admission");
        text += &format!(
            "; a discharge followed by an {what} {} gives way to the later one",
            within(chain.days, "discharge")
        );
    }
    if let Some(days) = share.index.apart {
        text += &format!("; of those less than {days} days apart, the first");
    }
    let exclusions: Vec<String> =
        share.exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect();
    if !exclusions.is_empty() {
        text += &format!("; left out: {}", exclusions.join("; "));
    }
    format!("{text}. Met: {}.", criterion(&share.numerator, &share.index, filters))
}

fn units(index: &Index) -> String {
    let mut text = match index.unit {
        Unit::Discharge(set) => {
            format!("discharges from {} after at least one night", set_name(set))
        }
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
    };
    if !index.diagnosis.is_empty() {
        text += &format!(" with a principal diagnosis of {}", groups(&index.diagnosis));
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

fn set_name(set: SpellSet) -> &'static str {
    match set {
        SpellSet::Inpatient => "inpatient spells",
        SpellSet::Any24Hour => "spells of 24-hour care",
        SpellSet::Residential => "residential spells",
    }
}

fn groups(groups: &[DiagnosisGroup]) -> String {
    let names: Vec<String> = groups.iter().map(|group| group.name().replace('_', " ")).collect();
    names.join(" or ")
}

fn among(diagnosis: &[DiagnosisGroup], noun: &str) -> String {
    if diagnosis.is_empty() { noun.to_owned() } else { format!("{noun} for {}", groups(diagnosis)) }
}

/// A window in words: “in days 1 to 7 after the discharge (the day itself does not count)”.
fn within(days: Window, index: &str) -> String {
    match (days.from, days.to) {
        (0, to) => format!("in days 0 to {to} from the {index} (the day itself counts)"),
        (from @ 1.., to) => {
            format!("in days {from} to {to} after the {index} (the day itself does not count)")
        }
        (from, to) => format!("from day {from} to day {to} around the {index}"),
    }
}

fn index_noun(index: &Index) -> &'static str {
    match index.unit {
        Unit::Discharge(_) => "discharge",
        Unit::EdVisit => "visit",
        Unit::Assessment => "assessment",
        Unit::Disengagement { .. } | Unit::Reengagement { .. } => "disengagement",
    }
}

fn contacts(filter: &ContactFilter) -> String {
    let mut text = match filter.basis {
        Basis::Row => "a contact row",
        Basis::Attempt => "an attempted or attended contact",
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
    if !filter.diagnosis.is_empty() {
        text += &format!(" with a diagnosis of {} in any position", groups(&filter.diagnosis));
    }
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
    text
}

fn criterion(criterion: &Criterion, index: &Index, filters: &[ContactFilter]) -> String {
    let noun = index_noun(index);
    match criterion {
        Criterion::Contact { filter, days, at_least: 1 } => {
            format!("{} {}", contacts(&filters[*filter]), within(*days, noun))
        }
        Criterion::Contact { filter, days, at_least } => {
            format!(
                "{} on at least {at_least} days {}",
                contacts(&filters[*filter]),
                within(*days, noun)
            )
        }
        Criterion::Admission { set, diagnosis, days } => {
            let what = among(diagnosis, "admission");
            format!("an unplanned {what} to {} {}", set_name(*set), within(*days, noun))
        }
        Criterion::DeliveredLevel { compares, days } => {
            let how = match compares {
                Comparison::Equal => "equals",
                Comparison::Under => "lies below",
                Comparison::Over => "lies above (is more restrictive than)",
            };
            format!(
                "the delivered level (the one with most days of care, {}; on a tie the lower) {how} the recommended one",
                within(*days, noun)
            )
        }
        Criterion::ContactBeforeReturn { filter } => {
            format!(
                "{} after the last qualifying contact and before the day of return",
                contacts(&filters[*filter])
            )
        }
    }
}

fn member(rule: &MemberRule, filters: &[ContactFilter]) -> String {
    let who = match rule.candidates {
        Candidates::Visits { provider, at_least } => {
            let provider = ["clinician", "team", "agency"][provider.min(2)];
            format!(
                "members with at least {at_least} treatment visits with a known {provider} in the 12 months that end with the period"
            )
        }
        Candidates::ActiveBefore { filter, at_least, days } => format!(
            "members in active care ({} on at least {at_least} of the {days} days before the 12 months that end with the period)",
            contacts(&filters[filter])
        ),
        Candidates::InCare { filter } => format!(
            "members with {} or a day in 24-hour care in the 12 months that end with the period",
            contacts(&filters[filter])
        ),
    };
    let value = match rule.value {
        MemberValue::UsualProvider => "the share of visits to the most visited provider".to_owned(),
        MemberValue::BiceBoxerman => "the Bice–Boxerman index (Σn² − N) ÷ (N(N − 1))".to_owned(),
        MemberValue::Sequential => "the share of successive visits to the same provider".to_owned(),
        MemberValue::MonthsWithContact { filter } => {
            format!("the share of eligible months with {}", contacts(&filters[filter]))
        }
        MemberValue::GapOver { filter, days } => {
            format!(
                "whether more than {days} days at risk lie between neighbouring days with {}",
                contacts(&filters[filter])
            )
        }
        MemberValue::CommunityDays => {
            "the share of alive, enrolled days outside institutions and custody".to_owned()
        }
    };
    let left_out: Vec<String> =
        rule.exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect();
    let mut text = format!("Of {who}: {value}");
    if !left_out.is_empty() {
        text += &format!("; left out: {}", left_out.join("; "));
    }
    if rule
        .exclusions
        .iter()
        .any(|exclusion| matches!(exclusion.test, ExclusionTest::NotEnrolledYear { .. }))
    {
        text += " (enrolled means: at most one of the 12 months has a day without enrolment)";
    }
    text + "."
}

fn rate(rule: &RateRule, filters: &[ContactFilter]) -> String {
    match rule {
        RateRule::Nights(set) => format!("Nights in {} on alive, enrolled days, per alive, enrolled days.", set_name(*set)),
        RateRule::Events(types) => {
            let names: Vec<String> = types.iter().map(|what| what.name().replace('_', " ")).collect();
            format!("Events ({}) on enrolled days, per alive, enrolled days.", names.join(", "))
        }
        RateRule::Served { filter } => {
            format!("Members with {} on an enrolled day of the period, per enrolled member (alive, enrolled days ÷ days of the period).", contacts(&filters[*filter]))
        }
        RateRule::Cost => "Cost on enrolled days (the first present of paid, allowed and standard price), per alive, enrolled days.".to_owned(),
        RateRule::Disengagements { gap } => format!(
            "Disengagements (the day on which {gap} days at risk have passed without a qualifying contact, with no planned end) per alive, enrolled days in care; \
             care begins on the second of two treatment days at most 180 days apart."
        ),
    }
}
