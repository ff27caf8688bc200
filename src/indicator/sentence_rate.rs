//! Rates as sentences.

use super::rule::{Criterion, EventSet, RateRule, Share, Thing, UnitMoney, UnitThing};
use super::sentence::{self, among, contacts, event_names};
use super::sentence_course::{named, phase_name};
use super::sentence_member::of_bits;
use super::sentence_stay::set_name;
use super::thing::{Organisation, Sum};
use crate::terms::codes::{ReferralStatus, Sector};
use crate::timeline::ContactFilter;

pub(super) fn rate(rule: &RateRule, filters: &[ContactFilter]) -> String {
    let with = |place: usize| {
        rule.activities[place].map_or(String::new(), |sum| format!(", and {}", sum.words()))
    };
    let of = thing(rule.of, rule, filters) + &with(0);
    if let Some(percent) = rule.top {
        return format!(
            "{of}: the share that falls on the {percent} % of members with most of it, among those with any in the period and organisation (their number rounded up; of equal members it makes no difference which)."
        );
    }
    match (rule.of, rule.to) {
        (Thing::Served { organisation: Organisation::Row, .. }, None) => {
            format!("{of}, per enrolled member (alive, enrolled days ÷ days of the period).")
        }
        (Thing::Served { .. } | Thing::Units { once: true, .. }, None) => format!(
            "{of} of the period, per enrolled member (alive, enrolled days ÷ days of the period)."
        ),
        (Thing::Disengagements { .. }, Some(to)) => format!(
            "{of} per {}; care begins on the second of two treatment days at most 180 days apart.",
            lower(&thing(to, rule, filters))
        ),
        (_, None) => format!("{of}, per alive, enrolled days."),
        (_, Some(to)) => {
            format!("{of}, over {}{}.", lower(&thing(to, rule, filters)), with(1))
        }
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

fn thing(thing: Thing, rule: &RateRule, filters: &[ContactFilter]) -> String {
    match thing {
        Thing::Nights(set) => format!("Nights in {} on alive, enrolled days", set_name(set)),
        Thing::Admissions(set) => format!("Admissions to {} on enrolled days", set_name(set)),
        Thing::Events(types) => format!("Events ({}) on enrolled days", event_names(types)),
        Thing::EdVisits { diagnosis } => {
            let visits = among(&of_bits(diagnosis), "Emergency-department visits");
            format!("{visits} on enrolled days (one a day)")
        }
        Thing::Deaths => "Deaths of enrolled members".to_owned(),
        Thing::Served { filter, organisation } => {
            format!("Members with {}{}", contacts(&filters[filter]), served_by(organisation))
        }
        Thing::Contacts { filter, organisation } => {
            format!("Contacts {}, each {}", whose(organisation), contacts(&filters[filter]))
        }
        Thing::Cost { levels } => {
            let at = levels
                .map_or(String::new(), |(least, most)| format!(" at levels {least} to {most}"));
            format!(
                "Cost{at} on enrolled days (the first present of paid, allowed and standard price)"
            )
        }
        Thing::ContactSum { filter, of, organisation } => format!(
            "{} of contacts {}, each {}",
            match of {
                Sum::Minutes => "Minutes",
                Sum::Paid => "Amounts paid",
            },
            whose(organisation),
            contacts(&filters[filter])
        ),
        Thing::Units { place, once } => {
            let who =
                if once { "Members with, on an enrolled day: " } else { "On enrolled days: " };
            rule.units
                .get(place)
                .map_or(String::new(), |own| format!("{who}{}", units(&own.share, filters)))
        }
        Thing::UnitMoney => all_money(&rule.units, filters),
        Thing::Waiting { status, sectors, levels, most_days } => {
            waiting(status, sectors, levels, most_days)
        }
        Thing::Goals { attained: false } => "Goals of care plans that were closed".to_owned(),
        Thing::Goals { attained: true } => {
            "Goals of care plans that were closed as attained".to_owned()
        }
        Thing::CommunityDays => "Alive, enrolled days outside institutions and custody".to_owned(),
        Thing::PatientDays(set) => format!("Nights in {} without days on leave", set_name(set)),
        Thing::WaitingNights(set) => {
            format!("Nights in {} from the day of being ready to leave on", set_name(set))
        }
        Thing::Minutes { types, but } => minutes(types, but),
        Thing::PhaseDays(phases) => {
            let names: Vec<&str> = phases.iter().map(phase_name).collect();
            format!("Alive, enrolled days in {}", names.join(" or "))
        }
        Thing::PhaseContacts { filter, phase } => format!(
            "Contacts on enrolled days in {}, each {}",
            phase_name(phase),
            contacts(&filters[filter])
        ),
        Thing::CustodyDays => "Alive, enrolled days in custody".to_owned(),
        Thing::Disengagements { gap } => format!(
            "Disengagements (the day on which {gap} days at risk have passed without a qualifying contact, with no planned end)"
        ),
        Thing::CareDays { .. } => "Alive, enrolled days in care".to_owned(),
    }
}

fn served_by(organisation: Organisation) -> &'static str {
    match organisation {
        Organisation::Enrolment => " on an enrolled day",
        Organisation::Row => {
            ", of the organisation that its row names, with which they were enrolled on a day of the period"
        }
    }
}

fn whose(organisation: Organisation) -> &'static str {
    match organisation {
        Organisation::Enrolment => "on enrolled days",
        Organisation::Row => "of the organisation that the row names, on enrolled and other days",
    }
}

fn minutes(types: EventSet, but: EventSet) -> String {
    let but = event_names(but);
    let but = if but.is_empty() { but } else { format!(", without those during {but}") };
    let names = event_names(types);
    format!("Minutes of {names}, each once{but} (events without both instants do not count)")
}

/// Units that are met.
fn units(share: &Share, filters: &[ContactFilter]) -> String {
    let index = sentence::units_where(&share.index, filters);
    match &share.numerator {
        Criterion::Always => index,
        met => format!("{index}, with {}", sentence::criterion(met, &share.index, filters)),
    }
}

/// Units and the money that belongs to them.
fn all_money(all: &[UnitThing], filters: &[ContactFilter]) -> String {
    let is_whole = |own: &UnitThing| matches!(own.money, Some(UnitMoney::Whole { .. }));
    let once = if all.iter().any(is_whole) { "" } else { ", each cent once" };
    let money: Vec<String> = all.iter().map(|own| money(own, filters)).collect();
    format!("Money on enrolled days{once}: {}", money.join("; "))
}

fn money(own: &UnitThing, filters: &[ContactFilter]) -> String {
    let units = units(&own.share, filters);
    match own.money {
        Some(UnitMoney::Paid { filter }) => {
            format!("what was paid that day for {} of {units}", contacts(&filters[filter]))
        }
        Some(UnitMoney::Whole { after }) => {
            format!(
                "cost lines from the first day to {after} days after the last, on the last, of {units}"
            )
        }
        Some(UnitMoney::Lines { levels }) => {
            let levels = levels
                .map_or(String::new(), |(least, most)| format!(" at levels {least} to {most}"));
            format!("cost lines{levels} from the first to the last day of {units}")
        }
        None => units,
    }
}

fn waiting(status: u32, sectors: u32, levels: Option<(u8, u8)>, most_days: i32) -> String {
    let sectors = match sectors {
        0 => String::new(),
        sectors => format!(" to {}", named(Sector::NAMES, sectors)),
    };
    let levels = levels.map_or(String::new(), |(least, most)| {
        format!(", whose last recommended level of care, of a year, is {least} to {most}")
    });
    format!(
        "Members who wait on the last day of a month (a referral{sectors} that is {}, not attended by that day and at most {most_days} days old){levels}",
        named(ReferralStatus::NAMES, status)
    )
}
