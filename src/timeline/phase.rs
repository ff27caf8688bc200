//! The phase of recovery that a member is in on each day: the project's own rule for three phases that
//! the literature on recovery-oriented systems of care names. What is said of a day rests on nothing
//! that happens after it.
//!
//! - **Pre-recovery** begins with the first sign of a need: an attempt at outreach, a screening, a
//!   positive screen, a referral, a visit to an emergency department, an admission or a qualifying
//!   contact. It lasts until the second of two treatment days at most 60 days apart.
//! - **Initiation and stabilisation** lasts until 90 days in a row have passed without an unstable one.
//!   Unstable is a day in 24-hour care or at level 4 or above, with a visit to an emergency department,
//!   a crisis contact or an involuntary event, with a score that is worse than the one before by more
//!   than error, or with an assessment that recommends level 3 or above.
//! - **Maintenance** lasts until an acute day: one of those, apart from scores and assessments. Then
//!   initiation and stabilisation begin again.
//!
//! Ninety days at risk without a qualifying contact lead back to pre-recovery. A planned end of care
//! ends the phases; the next sign begins them again. The first of the things of one day in this order
//! counts: planned end, acute day, 90 days without contact, 90 stable days.

use super::{DaySpans, Timeline};
use crate::terms::{Day, ServiceClass};

/// A phase of recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// A need is seen, but the member is not engaged yet, or not any more.
    PreRecovery,
    /// In treatment, and not stable for 90 days yet.
    Initiation,
    /// Stable.
    Maintenance,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 3] = [Self::PreRecovery, Self::Initiation, Self::Maintenance];
    /// The words that definitions use.
    pub const NAMES: [&'static str; 3] = ["pre_recovery", "initiation", "maintenance"];

    /// The phase of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }
}

/// Some phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phases(u8);

impl Phases {
    /// The set of some phases.
    pub fn of(phases: &[Phase]) -> Self {
        Self(phases.iter().fold(0, |bits, phase| bits | 1 << (*phase as u8)))
    }

    /// True if a phase is in the set.
    pub fn has(self, phase: Phase) -> bool {
        self.0 & (1 << (phase as u8)) != 0
    }

    /// The phases in their order.
    pub fn iter(self) -> impl Iterator<Item = Phase> {
        Phase::ALL.into_iter().filter(move |phase| self.has(*phase))
    }
}

/// Days in a row in one phase, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseRun {
    /// First day.
    pub first: Day,
    /// Last day: at the latest the data-through date.
    pub last: Day,
    /// The phase.
    pub phase: Phase,
}

/// Two treatment days at most so far apart engage.
const ENGAGED_DAYS: i32 = 60;
/// So many days in a row without an unstable one stabilise.
const STABLE_DAYS: i32 = 90;
/// So many days at risk without a qualifying contact disengage.
const LOST_DAYS: i32 = 90;
/// The highest level at which a day of ambulatory care is stable.
const STABLE_LEVEL: u8 = 3;
/// The highest recommended level that is stable.
const STABLE_ASSESSED: u8 = 2;

/// Days of data before a phase can be told: at their begin, everybody would seem to be found just then.
pub const LOOK_BACK_DAYS: i32 = 180;

/// What the rule looks at, gathered from a timeline.
struct Course<'t> {
    timeline: &'t Timeline,
    signs: Vec<Day>,
    treatment: Vec<Day>,
    acute: DaySpans,
    unstable: DaySpans,
    /// The last day that is asked for.
    until: Day,
}

/// The runs of a member up to a day, in order. `signs` are days with a sign of a need that the timeline
/// does not hold otherwise.
pub(super) fn runs(timeline: &Timeline, signs: &[Day], until: Day) -> Vec<PhaseRun> {
    let until = timeline.death.map_or(until, |death| until.min(death - 1));
    let course = Course::of(timeline, signs, until);
    let mut found = Vec::new();
    let Some(first) = course.sign_from(Day(i32::MIN / 2)) else { return found };
    let mut next = Some((first, Phase::PreRecovery));
    while let Some((first, phase)) = next.filter(|(first, _)| *first <= until) {
        let step = course.next(first, phase);
        let (last, following) = match step {
            Step::To(day, phase) => (day - 1, Some((day, phase))),
            Step::Ends(day) => {
                let sign = course.sign_from(day + 1);
                (day, sign.map(|sign| (sign, Phase::PreRecovery)))
            }
            Step::Stays => (until, None),
        };
        found.push(PhaseRun { first, last: last.min(until), phase });
        next = following;
    }
    found
}

/// How a run ends.
enum Step {
    /// Another phase begins on this day.
    To(Day, Phase),
    /// This is the last day of any phase.
    Ends(Day),
    /// Not at all.
    Stays,
}

impl<'t> Course<'t> {
    fn of(timeline: &'t Timeline, signs: &[Day], until: Day) -> Self {
        let bit = |class: ServiceClass| 1_u32 << (class as u32);
        let treatment_bits = ServiceClass::ALL
            .iter()
            .filter(|class| class.is_treatment())
            .fold(0, |bits, class| bits | bit(*class));
        let days = || timeline.level_days.iter();
        let stays = timeline.institution(super::SpellSet::Any24Hour);
        let held = timeline.events.iter().filter(|event| event.what.is_involuntary());
        let hard = days().filter(|day| {
            day.level > STABLE_LEVEL || day.classes & bit(ServiceClass::CrisisAmbulatory) != 0
        });
        let one = |day: Day| (day, day);
        // Also an admission that ended on its day.
        let admitted =
            || timeline.spells(super::SpellSet::Any24Hour).iter().map(|spell| spell.admit);
        let acute = DaySpans::from_spans(
            stays
                .iter()
                .chain(admitted().map(one))
                .chain(timeline.ed_visits.iter().map(|visit| (visit.start, visit.index)))
                .chain(held.map(|event| one(event.start)))
                .chain(hard.map(|day| one(day.day))),
        );
        let assessed = timeline.assessments.iter();
        let high = assessed.filter(|one| one.recommended > STABLE_ASSESSED).map(|high| high.day);
        let worse = timeline.deteriorations.iter().copied();
        let unstable = DaySpans::from_spans(acute.iter().chain(high.chain(worse).map(one)));
        let positive = timeline.outcomes.iter().filter(|record| record.screen == Some(true));
        let mut signs: Vec<Day> = signs.to_vec();
        signs.extend(days().map(|day| day.day));
        signs.extend(admitted());
        signs.extend(timeline.ed_visits.iter().map(|visit| visit.start));
        signs.extend(timeline.referrals.iter().map(|referral| referral.day));
        signs.extend(positive.map(|record| record.day));
        signs.sort_unstable();
        let treated = days().filter(|day| day.classes & treatment_bits != 0);
        let treatment = treated.map(|day| day.day).collect();
        Self { timeline, signs, treatment, acute, unstable, until }
    }

    fn sign_from(&self, day: Day) -> Option<Day> {
        self.signs.get(self.signs.partition_point(|sign| *sign < day)).copied()
    }

    fn planned_end_from(&self, day: Day) -> Option<Day> {
        let ends = &self.timeline.planned_ends;
        ends.get(ends.partition_point(|end| *end < day)).copied()
    }

    /// What follows a run that began on a day.
    fn next(&self, first: Day, phase: Phase) -> Step {
        let (engaged, acute, lost, stable) = match phase {
            Phase::PreRecovery => (self.engaged_from(first), None, None, None),
            Phase::Initiation => (None, None, self.lost_from(first), Some(self.stable_from(first))),
            Phase::Maintenance => (None, self.acute_after(first), self.lost_from(first), None),
        };
        let steps = [
            (acute, Phase::Initiation),
            (lost, Phase::PreRecovery),
            (engaged, Phase::Initiation),
            (stable, Phase::Maintenance),
        ];
        let known = steps.into_iter().filter_map(|(day, phase)| Some((day?, phase)));
        // Of steps on one day, the one that stands first.
        let earliest = known.min_by_key(|(day, _)| *day);
        let planned = self.planned_end_from(first);
        match (planned, earliest) {
            (Some(end), Some((day, _))) if end <= day => Step::Ends(end),
            (Some(end), None) => Step::Ends(end),
            (_, Some((day, phase))) => Step::To(day, phase),
            (None, None) => Step::Stays,
        }
    }

    /// The second of two treatment days, both from a day on, that are near enough.
    fn engaged_from(&self, first: Day) -> Option<Day> {
        let from = self.treatment.partition_point(|day| *day < first);
        let days = &self.treatment[from..];
        let pair = days.windows(2).find(|pair| pair[1] - pair[0] <= ENGAGED_DAYS);
        pair.map(|pair| pair[1])
    }

    /// The first acute day after a day.
    fn acute_after(&self, day: Day) -> Option<Day> {
        self.acute.nth_after(day, 1)
    }

    /// The day on which the 90th day in a row without an unstable one has come, counted from a day; of
    /// days after the last that is asked for, any (a stay without a discharge has no end).
    fn stable_from(&self, first: Day) -> Day {
        let mut last_unstable = first;
        while last_unstable <= self.until {
            match self.unstable.last_within(last_unstable + 1, last_unstable + STABLE_DAYS) {
                Some(day) => last_unstable = day,
                None => break,
            }
        }
        last_unstable + STABLE_DAYS
    }

    /// The day on which the clock of days at risk since the last qualifying contact reaches its limit,
    /// after a day.
    fn lost_from(&self, first: Day) -> Option<Day> {
        let days = &self.timeline.level_days;
        let after = days.partition_point(|day| day.day <= first);
        let mut last = after.checked_sub(1).map_or(first, |place| days[place].day);
        let reached = |last: Day| {
            let limit = self.timeline.at_risk.nth_after(last, LOST_DAYS);
            // An acute day on which the clock has run out counts first.
            limit.map(|on| on.max(first + 1))
        };
        for next in &days[after..] {
            if next.day - last > LOST_DAYS {
                let on = reached(last);
                if on.is_some_and(|on| on < next.day) {
                    return on;
                }
            }
            last = next.day;
        }
        reached(last)
    }
}

impl Timeline {
    /// The phase on a day, if the member is in any.
    pub fn phase_on(&self, day: Day) -> Option<Phase> {
        self.phase_run_on(day).map(|run| run.phase)
    }

    /// True if the member is in a phase on every day from one to another.
    pub fn is_in_phase(&self, phase: Phase, from: Day, to: Day) -> bool {
        self.phase_run_on(from).is_some_and(|run| run.phase == phase && to <= run.last)
    }

    fn phase_run_on(&self, day: Day) -> Option<&PhaseRun> {
        let after = self.phases.partition_point(|run| run.first <= day);
        let run = &self.phases[after.checked_sub(1)?];
        (day <= run.last).then_some(run)
    }

    /// The first day from a day on on which a phase begins.
    pub fn phase_begins_from(&self, phase: Phase, from: Day) -> Option<Day> {
        let at = self.phases.partition_point(|run| run.first < from);
        self.phases[at..].iter().find(|run| run.phase == phase).map(|run| run.first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::terms::codes::EventType;
    use crate::timeline::{Event, LevelDay, SpellSet};

    fn contact(day: i32, class: ServiceClass) -> LevelDay {
        let level = if class == ServiceClass::CrisisAmbulatory { 3 } else { 2 };
        LevelDay { day: Day(day), level, classes: 1 << (class as u32) }
    }

    /// A member enrolled from day 0 on, with therapy on these days.
    fn treated(days: impl IntoIterator<Item = i32>) -> Timeline {
        let mut timeline = Timeline::default();
        timeline.level_days.extend(days.into_iter().map(|day| contact(day, ServiceClass::Therapy)));
        timeline.at_risk = DaySpans::one(Day(0), Day(10_000));
        timeline
    }

    fn shown(timeline: &Timeline, signs: &[i32], until: i32) -> Vec<(i32, i32, Phase)> {
        let signs: Vec<Day> = signs.iter().map(|day| Day(*day)).collect();
        let runs = runs(timeline, &signs, Day(until));
        runs.into_iter().map(|run| (run.first.0, run.last.0, run.phase)).collect()
    }

    use Phase::{Initiation, Maintenance, PreRecovery};

    #[test]
    fn outreach_engagement_stability_and_loss_follow_one_another() {
        let timeline = treated([100, 160, 200, 260]);
        let found = shown(&timeline, &[50], 400);
        let expected = vec![
            (50, 159, PreRecovery),
            (160, 249, Initiation),
            (250, 349, Maintenance),
            (350, 400, PreRecovery),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn treatment_days_61_days_apart_do_not_engage() {
        assert_eq!(shown(&treated([100, 161]), &[], 200), vec![(100, 200, PreRecovery)]);
    }

    #[test]
    fn an_acute_day_ends_maintenance_and_begins_the_90_days_anew() {
        let mut timeline = treated((0..60).map(|week| 7 * week));
        timeline.level_days.insert(21, contact(146, ServiceClass::CrisisAmbulatory));
        timeline.institution[SpellSet::Any24Hour.place()] = DaySpans::one(Day(50), Day(59));
        let expected = vec![(0, 6, PreRecovery), (7, 235, Initiation), (236, 300, Maintenance)];
        // Day 59 is the last night, and the crisis of day 146 comes before the 90 days are over.
        assert_eq!(shown(&timeline, &[], 300), expected);
        timeline.level_days.remove(21);
        timeline.level_days.insert(23, contact(155, ServiceClass::CrisisAmbulatory));
        let expected = vec![
            (0, 6, PreRecovery),
            (7, 148, Initiation),
            (149, 154, Maintenance),
            (155, 244, Initiation),
            (245, 300, Maintenance),
        ];
        assert_eq!(shown(&timeline, &[], 300), expected);
    }

    #[test]
    fn a_planned_end_ends_the_phases_until_the_next_sign() {
        let mut timeline = treated([0, 10, 300, 310]);
        timeline.planned_ends.push(Day(40));
        let expected = vec![
            (0, 9, PreRecovery),
            (10, 40, Initiation),
            (250, 309, PreRecovery),
            (310, 320, Initiation),
        ];
        assert_eq!(shown(&timeline, &[250], 320), expected);
    }

    #[test]
    fn a_planned_end_counts_before_anything_else_of_its_day() {
        let mut timeline = treated([0, 10, 100]);
        timeline.planned_ends.extend([Day(10), Day(100)]);
        let expected = vec![(0, 10, PreRecovery), (100, 100, PreRecovery)];
        assert_eq!(shown(&timeline, &[], 320), expected);
    }

    #[test]
    fn an_acute_day_counts_before_the_90th_day_without_contact() {
        let mut timeline = treated([0, 10, 60, 110]);
        let what = EventType::Involuntary72h;
        timeline.events.push(Event { start: Day(200), end: None, what, times: None });
        let expected = vec![
            (0, 9, PreRecovery),
            (10, 99, Initiation),
            (100, 199, Maintenance),
            (200, 200, Initiation),
            (201, 300, PreRecovery),
        ];
        assert_eq!(shown(&timeline, &[], 300), expected);
    }

    #[test]
    fn death_ends_every_run() {
        let mut timeline = treated([0, 10]);
        timeline.death = Some(Day(20));
        assert_eq!(shown(&timeline, &[], 400), vec![(0, 9, PreRecovery), (10, 19, Initiation)]);
    }

    proptest! {
        /// What is known of a day does not change when more data come in.
        #[test]
        fn nothing_rests_on_what_comes_later(
            days in prop::collection::btree_set(0..700i32, 0..25),
            crises in prop::collection::btree_set(0..700i32, 0..4),
            stays in prop::collection::vec((0..700i32, 1..20i32), 0..3),
            ends in prop::collection::btree_set(0..700i32, 0..3),
            outreach in prop::collection::btree_set(0..700i32, 0..4),
            cut in 0..700i32,
        ) {
            let whole = |until: i32| {
                let mut timeline = treated(days.iter().copied().filter(|day| *day <= until));
                let crises = crises.iter().filter(|day| **day <= until && !days.contains(day));
                timeline.level_days.extend(crises.map(|day| contact(*day, ServiceClass::CrisisAmbulatory)));
                timeline.level_days.sort_by_key(|day| day.day);
                let nights = stays.iter().filter(|(first, _)| *first <= until);
                let inside = DaySpans::from_spans(nights.map(|(first, length)| (Day(*first), Day(first + length))));
                timeline.at_risk = timeline.at_risk.without(&inside);
                timeline.institution[SpellSet::Any24Hour.place()] = inside;
                timeline.planned_ends.extend(ends.iter().filter(|day| **day <= until).map(|day| Day(*day)));
                let signs: Vec<i32> = outreach.iter().copied().filter(|day| *day <= until).collect();
                shown(&timeline, &signs, until)
            };
            let phase = |runs: &[(i32, i32, Phase)], day: i32| {
                runs.iter().find(|(first, last, _)| *first <= day && day <= *last).map(|run| run.2)
            };
            let (early, late) = (whole(cut), whole(700));
            for day in 0..=cut {
                prop_assert_eq!(phase(&early, day), phase(&late, day), "day {}", day);
            }
        }
    }
}
