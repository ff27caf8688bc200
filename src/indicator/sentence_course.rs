//! Things that happen, joined criteria and values of units as sentences.

use super::course::{Course, Happens};
use super::happening::{Happening, UNKNOWN_FACILITY, groups_of_bits};
use super::own::OwnTest;
use super::rule::{Criterion, Index};
use super::score::of_domains;
use super::sentence::{among, contacts, criterion, event_names, index_noun, within};
use super::sentence_stay::{self, set_name};
use super::unit_value::UnitValue;
use crate::terms::Window;
use crate::terms::codes::{Disposition, EndReason, FacilityClass, Sector};
use crate::timeline::{ContactFilter, Phase};

/// A list of things: “a visit to an emergency department, or an event (arrest)”.
pub(super) fn any(list: &[Happening], filters: &[ContactFilter]) -> String {
    let names: Vec<String> = list.iter().map(|one| happening(*one, filters)).collect();
    names.join(", or ")
}

/// The facility classes that count, of those that admit (`to`) or discharge (`from`).
fn bed(facility: u32, way: &str) -> String {
    match facility {
        0 => String::new(),
        not if not & UNKNOWN_FACILITY != 0 => {
            format!(", not {way} a bed of class {}", named(FacilityClass::NAMES, !not))
        }
        of => format!(", {way} a bed of class {}", named(FacilityClass::NAMES, of)),
    }
}

fn happening(one: Happening, filters: &[ContactFilter]) -> String {
    match one {
        Happening::Contact { filter } => contacts(&filters[filter]),
        Happening::EdVisit { diagnosis, not_admitted } => {
            let visit = among(&groups_of_bits(diagnosis), "an emergency-department visit");
            if not_admitted { visit + " without an admission" } else { visit }
        }
        Happening::Admission { set, diagnosis, facility } => {
            let what = among(&groups_of_bits(diagnosis), "an admission");
            format!("{what} to {}{}", set_name(set), bed(facility, "to"))
        }
        Happening::Discharge { set, diagnosis, facility, not_to, as_admitted } => {
            let noun = if as_admitted {
                "a discharge (also without a night, looked at as it was admitted)"
            } else {
                "a discharge"
            };
            let what = among(&groups_of_bits(diagnosis), noun);
            let bed = bed(facility, "from");
            let to = match not_to {
                0 => String::new(),
                bits => format!(", not recorded as {}", named(Disposition::NAMES, bits)),
            };
            format!("{what} from {}{bed}{to}", set_name(set))
        }
        Happening::Event(types) => format!("an event ({})", event_names(types)),
        Happening::Referral { sectors: 0 } => "a referral".to_owned(),
        Happening::Referral { sectors } => {
            format!("a referral to {}", named(Sector::NAMES, sectors))
        }
        Happening::PlanEnd { reasons } => {
            format!("the end of a care plan ({})", named(EndReason::NAMES, reasons))
        }
        Happening::Scored { domains, known } => {
            format!("a score on an instrument{}{}", of_domains(domains), known.words())
        }
        Happening::Deterioration => {
            "a score worse than the one before by more than error".to_owned()
        }
        Happening::NeedFound => "a check-up that found a need for treatment".to_owned(),
        Happening::AssessedAbove { days } => format!(
            "an assessment that recommends a higher level than any delivered in the {days} days before"
        ),
        Happening::PhaseBegins(phase) => format!("the begin of {}", phase_name(phase)),
        Happening::Death => "death".to_owned(),
    }
}

/// A phase in a reader's words.
pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::PreRecovery => "pre-recovery",
        Phase::Initiation => "initiation and stabilisation",
        Phase::Maintenance => "maintenance",
    }
}

/// The names whose bits are set.
pub(super) fn named(names: &[&str], bits: u32) -> String {
    let set = names.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
    set.map(|(_, name)| name.replace('_', " ")).collect::<Vec<_>>().join(" or ")
}

/// A criterion about things, other criteria, or the unit itself.
pub(super) fn joined(one: &Criterion, index: &Index, filters: &[ContactFilter]) -> String {
    let noun = index_noun(index);
    let parts = |of: &[Criterion], word: &str| {
        let texts: Vec<String> =
            of.iter().map(|one| format!("({})", criterion(one, index, filters))).collect();
        texts.join(word)
    };
    match one {
        Criterion::Happens(happens) => self::happens(happens, noun, filters),
        Criterion::Joined { at_most: 0, of, .. } => format!("none of {}", parts(of, ", ")),
        Criterion::Joined { at_least: 1, of, .. } => parts(of, " or "),
        Criterion::Joined { at_least, of, .. } if *at_least == of.len() => parts(of, " and "),
        Criterion::Joined { at_least, of, .. } => {
            format!("at least {at_least} of {}", parts(of, ", "))
        }
        Criterion::Followed { first, then } => format!(
            "{}, and then {}",
            criterion(first, index, filters),
            happens(then, "day that decides", filters)
        ),
        Criterion::Own(test) => own(*test, index, filters),
        Criterion::Scores(test) => test.words(),
        Criterion::Course(course) => self::course(course, noun, filters),
        _ => "every one".to_owned(),
    }
}

fn happens(happens: &Happens, noun: &str, filters: &[ContactFilter]) -> String {
    let least = match happens.at_least {
        1 => String::new(),
        n => format!(" on at least {n} days"),
    };
    format!("{}{least} {}", any(&happens.any, filters), within(happens.days, noun))
}

fn own(test: OwnTest, index: &Index, filters: &[ContactFilter]) -> String {
    match test {
        OwnTest::Diagnosis(groups) => {
            among(&groups_of_bits(groups), &format!("the {} is", index_noun(index)))
        }
        OwnTest::Facility(classes) => {
            format!("the bed is of class {}", named(FacilityClass::NAMES, classes))
        }
        OwnTest::Kind(place) => {
            let kind = index.any.get(place).map(|one| happening(*one, filters));
            format!("it is {}", kind.unwrap_or_default())
        }
        OwnTest::Involuntary => "the admission was involuntary".to_owned(),
        OwnTest::HoursOver(hours) => format!("it lasted more than {hours} hours"),
        OwnTest::Changed => {
            "the one of most visit days (of several, the one seen last) is another than in the quarter before"
                .to_owned()
        }
        OwnTest::Favourable(domains) => {
            format!("the day's last score{} is no case", of_domains(domains))
        }
        OwnTest::AgencyKnown => "the agency of the stay is known".to_owned(),
        OwnTest::TimesKnown => "the times of arrival and departure are known".to_owned(),
        OwnTest::Smi { on, .. } => {
            let day = match on {
                0 => String::new(),
                on => format!(", looked at on day {on}"),
            };
            format!(
                "the member has a serious mental illness (recorded, or by diagnosis in the 24 months before{day})"
            )
        }
        OwnTest::Led => "a lead is named, in the register or by a plan that runs".to_owned(),
        OwnTest::Sed => "the member has a recorded serious emotional disturbance".to_owned(),
        OwnTest::Age(least, most) => format!("the member is {least} to {most} years old"),
        OwnTest::Member(filter) => format!("the member has {}", contacts(&filters[filter])),
        OwnTest::Planned => "the admission was planned".to_owned(),
        OwnTest::FurtherDiagnosis(groups) => {
            among(&groups_of_bits(groups), "the stay has a further diagnosis")
        }
    }
}

fn in_phase(phase: Phase, days: Window, noun: &str) -> String {
    let every = if days.from == days.to { "" } else { "on every day " };
    format!("in {} {every}{}", phase_name(phase), within(days, noun))
}

fn course(course: &Course, noun: &str, filters: &[ContactFilter]) -> String {
    match course {
        Course::Lost { gap, within } => format!(
            "{gap} days at risk without a qualifying contact have passed at the latest {within} days after the {noun}"
        ),
        Course::Disengages { gap, days } => format!(
            "a disengagement ({gap} days at risk without a qualifying contact since the last one, in care, with no planned end) {}",
            within(*days, noun)
        ),
        Course::Route { routes, place, days } => {
            let others: Vec<String> = routes
                .iter()
                .enumerate()
                .filter(|(at, _)| at != place)
                .map(|(_, route)| any(route, filters))
                .collect();
            format!(
                "{} {}, before any of: {}",
                any(&routes[*place], filters),
                within(*days, noun),
                others.join("; ")
            )
        }
        Course::Escalates { first, by, days } => format!(
            "care {} at a level at least {by} above that of the first qualifying contact at level 1 to 4 {}",
            within(*days, noun),
            within(*first, noun)
        ),
        Course::HoldEnds { within } => format!(
            "the last of the involuntary events around the admission ends at the latest {within} days after it, and the stay goes on"
        ),
        Course::Delivered(days) => {
            format!("a qualifying contact of the planned class {}", within(*days, noun))
        }
        Course::Linked { days, attended } => {
            let attended = attended
                .map_or(String::new(), |most| format!(", attended at most {most} days later"));
            format!("a referral to the sector {}{attended}", within(*days, noun))
        }
        Course::SameAgency { before, after, known } => {
            let usual =
                format!("the agency with most contact days {}", within(*before, "admission"));
            let first = format!("the agency of the first contact {}", within(*after, noun));
            let both = format!("{usual} and {first} are known");
            if *known { both } else { format!("{first} is {usual}") }
        }
        Course::OwnAgency { filter, days } => format!(
            "{} {}, at the agency of the stay",
            contacts(&filters[*filter]),
            within(*days, noun)
        ),
        Course::InPhase { phase, days } => in_phase(*phase, *days, noun),
        Course::AtAssessedLevel { by_level, days } => format!(
            "{} {}, at the level of the last assessment or above",
            contacts(&filters[by_level[0]]),
            within(*days, noun)
        ),
        Course::OtherAgency { within } => format!(
            "another agency had such a contact in the {within} days before, with no planned end of care since"
        ),
        Course::DaysIn { set, over, days } => {
            format!("more than {over} days in {} {}", set_name(*set), within(*days, noun))
        }
        Course::Rows { filter, days, at_least } => format!(
            "at least {at_least} of {} {}",
            contacts(&filters[*filter]),
            within(*days, noun)
        ),
    }
}

/// What is measured of each unit.
pub(super) fn value(
    value: UnitValue,
    numerator: &Criterion,
    index: &Index,
    filters: &[ContactFilter],
) -> String {
    match value {
        UnitValue::DaysUntil { otherwise } => format!(
            "days until {} ({otherwise} where there is none), as a mean over units",
            criterion(numerator, index, filters)
        ),
        UnitValue::Nights => {
            "nights from admission to discharge, without days on leave, as a mean over units"
                .to_owned()
        }
        UnitValue::StandardisedChange => format!(
            "(last − first score) ÷ standard deviation of first scores, positive for the better, as a mean over instruments and units; {}",
            criterion(numerator, index, filters)
        ),
        UnitValue::MinutesUntil { filter } => format!(
            "minutes of {} from the {} up to the day of {}, as a mean over units",
            contacts(&filters[filter]),
            index_noun(index),
            criterion(numerator, index, filters)
        ),
        UnitValue::Points => "the score, as a mean over the day's scores and units".to_owned(),
        UnitValue::LevelDifference | UnitValue::LevelAgreement => {
            let Criterion::DeliveredLevel { of, days, .. } = numerator else {
                return String::new();
            };
            let delivered = sentence_stay::delivered(*of, *days, index_noun(index));
            if value == UnitValue::LevelDifference {
                format!("{delivered} minus the recommended one, as a mean over units")
            } else {
                format!(
                    "how far {delivered} and the recommended one agree beyond chance (Cohen's kappa with quadratic weights: 1 if all agree, 0 as by chance)"
                )
            }
        }
        UnitValue::HowMany => {
            let Criterion::Joined { of, .. } = numerator else { return String::new() };
            let texts: Vec<String> =
                of.iter().map(|one| format!("({})", criterion(one, index, filters))).collect();
            format!("how many hold of {}, as a mean over units", texts.join(", "))
        }
        UnitValue::Cost { days, levels } => {
            let levels = levels
                .map_or(String::new(), |(least, most)| format!(" at levels {least} to {most}"));
            format!(
                "dollars of cost lines{levels} on enrolled days {} (of an end of care: from the entry into care on), as a mean over units",
                within(days, index_noun(index))
            )
        }
    }
}
