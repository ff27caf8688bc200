//! A member's value over the months that end with a period.

use super::answers::Answers;
use super::care::CareEpisode;
use super::excluded::Excluded;
use super::member_course;
use super::member_outcome::holds;
use super::relations::{Relation, Relations};
use super::rule::{Candidates, EventSet, MemberRule, MemberValue};
use super::year::{MemberMonths, MonthGrid, WIDE, days_away};
use super::{home, score, status};
use crate::terms::Day;
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{DaySpans, EdVisit, Spell, SpellSet, Timeline, Visit};

/// Parts of one in a member's value.
pub const PARTS: i64 = 1_000_000_000_000;

/// Two contacts for a severe mental illness show it if they are so many days apart.
const APART: i32 = 30;

/// A member and everything that was seen of their months and relations.
#[derive(Debug)]
pub struct MemberScene<'a> {
    /// The member.
    pub timeline: &'a Timeline,
    /// For each filter of the definition, its place among the filters of the timeline.
    pub filters: &'a [usize],
    /// The months.
    pub grid: &'a MonthGrid,
    /// The member's months.
    pub months: &'a MemberMonths,
    /// The windows that members are left out of.
    pub excluded: &'a Excluded,
    /// For each criterion that is asked of members on days that windows give, its place among the answers.
    pub questions: &'a [usize],
    /// What was asked of the member.
    pub answers: &'a Answers,
    /// Relations of the visits that the rule looks at.
    pub relations: Option<&'a Relations>,
    /// The rows of these visits.
    pub visits: &'a [Visit],
    /// Relations of treatment visits to agencies, where the rule asks for them.
    pub agencies: Option<&'a Relations>,
    /// Episodes of care for the gap of the rule, if it has one.
    pub care: &'a [CareEpisode],
    /// Place of the treatment filter among the filters of the timeline.
    pub treatment: usize,
    /// Place of the filter of all qualifying contacts.
    pub qualifying: usize,
    /// The data-through date.
    pub data_through: Day,
}

/// The relation in the window at a place.
pub(super) fn relation(relations: Option<&Relations>, place: usize) -> Option<&Relation> {
    relations?.by_end.get(place)
}

/// A value made of what happened in the window.
pub(super) fn of_window(
    rule: &MemberRule,
    scene: &MemberScene<'_>,
    place: usize,
    days: (Day, Day),
) -> i64 {
    match (rule.candidates, rule.value) {
        (Candidates::Answered(asked), MemberValue::Status(test)) => {
            status::value(test, asked, scene.timeline, days)
        }
        (_, MemberValue::Meets) => {
            let mut asked = (rule.when.len()..).zip(&rule.meets);
            i64::from(asked.all(|asked| holds(asked, scene, (place, false))))
        }
        (Candidates::Living(_), MemberValue::Home(value)) => {
            home::value(value, scene.timeline, days)
        }
        (Candidates::Scored(scored), MemberValue::Score(value)) => {
            score::value(value, scored, scene.timeline, days)
        }
        (_, value) => of_contacts(value, scene, scene.grid.window_at(place), days),
    }
}

/// A value made of contacts and days.
fn of_contacts(
    value: MemberValue,
    scene: &MemberScene<'_>,
    window: (usize, usize),
    (start, end): (Day, Day),
) -> i64 {
    let days_of = |filter: usize| scene.months.contact_days(scene.filters[filter], window);
    match value {
        MemberValue::MonthsWithContact { filter, all_months } => {
            let (met, months) = months_met(scene, filter, all_months, window);
            ratio(met, months)
        }
        MemberValue::EachMonth { filter, all_months } => {
            let (met, months) = months_met(scene, filter, all_months, window);
            i64::from(met == months && months > 0)
        }
        // A gap from a to b lasts the days at risk in (a, b].
        MemberValue::GapOver { filter, days, empty: false } => {
            let is_over = |from: Day, to: Day| lasts(scene.timeline, days + 1, (from + 1, to));
            i64::from(has_gap(scene, scene.filters[filter], window, ((start, end), days, is_over)))
        }
        // The first and the last day of the window are days without a contact, too.
        MemberValue::GapOver { filter, days, empty: true } => {
            let is_empty = |from: Day, to: Day| lasts(scene.timeline, days, (from + 1, to - 1));
            let edges = (start - 1, end + 1);
            i64::from(has_gap(scene, scene.filters[filter], window, (edges, days, is_empty)))
        }
        MemberValue::CommunityDays { away_in } => {
            community_days(scene.timeline, away_in, (start, end))
        }
        MemberValue::AnyInstitution(set) => {
            i64::from(scene.timeline.institution(set).meets(start, end))
        }
        MemberValue::NightsSoFar(set) => nights_so_far(scene.timeline, set, end) * PARTS,
        MemberValue::EachQuarter { filter } => {
            i64::from(quarters_met(scene, filter, start) == QUARTERS)
        }
        MemberValue::QuartersWithContact { filter } => {
            ratio(quarters_met(scene, filter, start), QUARTERS)
        }
        MemberValue::LongestGap { filter } => {
            let gap = longest_gap(scene, scene.filters[filter], window, (start, end));
            i64::from(gap) * PARTS
        }
        MemberValue::Regularity { filter } => {
            regularity(&scene.timeline.contact_days[scene.filters[filter]][days_of(filter)])
        }
        MemberValue::EdVisits { diagnosis, at_least } => {
            i64::from(ed_visits(scene.timeline, diagnosis, start, end) >= at_least)
        }
        MemberValue::Events { types, at_least } => {
            i64::from(events(scene.timeline, types, start, end) >= at_least)
        }
        MemberValue::Disruptions => member_course::disruptions(scene, window, (start, end)) * PARTS,
        value => i64::from(member_course::holds(value, scene, start, end)),
    }
}

/// Months of a window with a contact, and months that count.
fn months_met(
    scene: &MemberScene<'_>,
    filter: usize,
    all: bool,
    window: (usize, usize),
) -> (i64, i64) {
    let (months, filter) = (scene.months, scene.filters[filter]);
    if all {
        let count = i64::try_from(window.1 - window.0).unwrap_or(i64::MAX);
        return (months.with_contact(filter, window), count);
    }
    (months.met(filter, window).into(), months.eligible(window).into())
}

/// Nights of the spell that goes on at the end of a day, up to the next one.
fn nights_so_far(timeline: &Timeline, set: SpellSet, day: Day) -> i64 {
    let goes_on =
        |spell: &&Spell| spell.admit <= day && spell.discharge.is_none_or(|end| end > day);
    let spell = timeline.spells(set).iter().find(goes_on);
    spell.map_or(0, |spell| i64::from(day - spell.admit) + 1)
}

/// Quarters of 90 days of a window.
const QUARTERS: i64 = 4;

/// Quarters of 90 days with a contact, of the window that begins on a day.
fn quarters_met(scene: &MemberScene<'_>, filter: usize, start: Day) -> i64 {
    let has_contact = |first: &i32| {
        let days = (start + *first, start + *first + 89);
        scene.timeline.has_contact_within(scene.filters[filter], days)
    };
    let met = [0, 90, 180, 270].iter().filter(|first| has_contact(first)).count();
    i64::try_from(met).unwrap_or(QUARTERS)
}

/// True for a serious mental illness: recorded, or in 24 months (`two_years_to`) two qualifying contacts
/// for a severe one (`severe` is the place of their filter) at least 30 days apart, or a hospital spell
/// that began or ended with one.
pub fn has_smi(
    timeline: &Timeline,
    severe: usize,
    two_years_to_end: impl FnOnce() -> Day,
    end: Day,
) -> bool {
    if timeline.smi || !may_have_smi(timeline, severe) {
        return timeline.smi;
    }
    let start = two_years_to_end();
    let days = timeline.contacts_within(severe, start, end);
    let apart =
        || days.last().zip(days.first()).is_some_and(|(last, first)| *last - *first >= APART);
    let bit = DiagnosisGroup::bits(&[DiagnosisGroup::Severe]);
    let in_hospital = || {
        timeline.spells(SpellSet::Inpatient).iter().any(|spell| {
            let severe = [spell.first, spell.last]
                .iter()
                .any(|stay| timeline.stays[*stay].diagnosis & bit != 0);
            severe && spell.admit <= end && spell.discharge.is_none_or(|day| day >= start)
        })
    };
    apart() || in_hospital()
}

/// True if contacts for a severe mental illness (`severe` is the place of their filter) or spells in
/// hospital may show one in some 24 months.
pub(super) fn may_have_smi(timeline: &Timeline, severe: usize) -> bool {
    let days = &timeline.contact_days[severe];
    days.last().zip(days.first()).is_some_and(|(last, first)| *last - *first >= APART)
        || !timeline.spells(SpellSet::Inpatient).is_empty()
}

/// Visits to an emergency department from `start` to `end`, with a diagnosis in one of
/// the groups (bits; 0 = any).
pub fn ed_visits(timeline: &Timeline, diagnosis: u32, start: Day, end: Day) -> usize {
    let counts = |visit: &&EdVisit| {
        (diagnosis == 0 || visit.diagnosis & diagnosis != 0) && (start..=end).contains(&visit.index)
    };
    timeline.ed_visits.iter().filter(counts).count()
}

pub(super) fn events(timeline: &Timeline, types: EventSet, start: Day, end: Day) -> usize {
    let within = |day: Day| start <= day && day <= end;
    timeline.events.iter().filter(|event| types.has(event.what) && within(event.start)).count()
}

/// The longest gap between neighbouring contacts, or a contact and the edge of the window, in days
/// at risk.
fn longest_gap(
    scene: &MemberScene<'_>,
    filter: usize,
    window: (usize, usize),
    (start, end): (Day, Day),
) -> i32 {
    let timeline = scene.timeline;
    let contacts = &timeline.contact_days[filter][scene.months.contact_days(filter, window)];
    let mut from = start;
    let mut longest = 0;
    for contact in contacts.iter().copied().chain([end]) {
        if contact - from > longest {
            longest = longest.max(timeline.at_risk.count_within(from + 1, contact));
        }
        from = contact;
    }
    longest
}

/// 1 ÷ (1 + CV) of the gaps between contact days, with the standard deviation over m − 1 gaps; 0 for
/// fewer than two gaps.
#[expect(clippy::cast_precision_loss, reason = "days of one member's year")]
#[expect(clippy::cast_possible_truncation, reason = "at most one")]
fn regularity(days: &[Day]) -> i64 {
    let gaps = || days.windows(2).map(|pair| i64::from(pair[1] - pair[0]));
    let m = i64::try_from(gaps().count()).unwrap_or(i64::MAX);
    let (sum, squares): (i64, i64) = (gaps().sum(), gaps().map(|gap| gap * gap).sum());
    if m < 2 || sum == 0 {
        return 0;
    }
    // Whole numbers until the end: variance = (m Σg² − (Σg)²) ÷ (m (m − 1)), mean = Σg ÷ m.
    let variance = (m * squares - sum * sum) as f64 / (m * (m - 1)) as f64;
    let cv = libm::sqrt(variance) * m as f64 / sum as f64;
    libm::round(PARTS as f64 / (1.0 + cv)) as i64
}

/// `part / whole` in parts of 10⁻¹², rounded to the nearest; 0 of nothing.
pub(super) fn ratio(part: i64, whole: i64) -> i64 {
    // Beyond this, twice the part in parts of one is no whole number of 64 bits.
    const MOST: i64 = 4_000_000;
    if whole == 0 {
        return 0;
    }
    if part.abs() <= MOST {
        return (2 * part * PARTS + whole) / (2 * whole);
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    let rounded = (2 * part * i128::from(PARTS) + whole) / (2 * whole);
    i64::try_from(rounded).expect("a share is at most one")
}

/// True if at least so many days from the first to the last are at risk.
fn lasts(timeline: &Timeline, days: i32, (from, to): (Day, Day)) -> bool {
    to - from + 1 >= days && timeline.at_risk.count_within(from, to) >= days
}

/// True if there is a gap between two neighbouring contacts, or between the first or last contact and an
/// edge, as `is_gap` tells by its ends; none is shorter than `days`.
fn has_gap(
    scene: &MemberScene<'_>,
    filter: usize,
    window: (usize, usize),
    ((start, end), days, is_gap): ((Day, Day), i32, impl Fn(Day, Day) -> bool),
) -> bool {
    let contacts = &scene.timeline.contact_days[filter];
    let range = scene.months.contact_days(filter, window);
    let (Some(first), Some(last)) =
        (contacts.get(range.clone()).and_then(<[Day]>::first), range.clone().last())
    else {
        return is_gap(start, end);
    };
    let between = |at: usize| is_gap(contacts[at], contacts[at + 1]);
    is_gap(start, *first)
        || is_gap(contacts[last], end)
        || if days < WIDE {
            (range.start..last).any(between)
        } else {
            scene.months.before_wide(filter, range.start..last).iter().copied().any(between)
        }
}

fn community_days(timeline: &Timeline, away_in: Option<SpellSet>, (start, end): (Day, Day)) -> i64 {
    let institution = timeline.institution(away_in.unwrap_or(SpellSet::Any24Hour));
    let custody = away_in.is_none() && timeline.custody.meets(start, end);
    if !institution.meets(start, end) && !custody {
        return if timeline.alive_enrolled.meets(start, end) { PARTS } else { 0 };
    }
    let days = timeline.alive_enrolled.count_within(start, end);
    let away = days_away_enrolled(timeline, away_in, (start, end));
    ratio(i64::from(days - away), i64::from(days))
}

/// Alive enrolled days in an institution or in custody, or in spells of a set.
fn days_away_enrolled(
    timeline: &Timeline,
    away_in: Option<SpellSet>,
    (start, end): (Day, Day),
) -> i32 {
    let away = |first: Day, last: Day| match away_in {
        Some(set) => timeline.institution(set).count_within(first, last),
        None => days_away(timeline, first, last),
    };
    timeline
        .alive_enrolled
        .iter()
        .filter(|(first, last)| *first <= end && *last >= start)
        .map(|(first, last)| away(first.max(start), last.min(end)))
        .sum()
}

/// Days of `days` from `start` to `end`, by who is responsible: `each(first, last, organisation)`.
pub fn for_each_owned_run(
    days: &DaySpans,
    owned: &[(Day, Day, u32)],
    start: Day,
    end: Day,
    each: &mut impl FnMut(Day, Day, u32),
) {
    for (first, last) in days.iter() {
        let (first, last) = (first.max(start), last.min(end));
        if first > last {
            continue;
        }
        let at = owned.partition_point(|(_, owned_end, _)| *owned_end < first);
        for (owned_start, owned_end, bho) in &owned[at..] {
            if *owned_start > last {
                break;
            }
            each(first.max(*owned_start), last.min(*owned_end), *bho);
        }
    }
}
