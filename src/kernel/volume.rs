//! How much each organisation delivers, month by month. A month that an organisation has not delivered
//! looks like a month without care.

use std::collections::BTreeMap;

use super::Group;
use super::board::Board;
use super::plan::Plan;
use super::sums::row;
use crate::terms::Day;
use crate::timeline::{Interner, Timeline, UNKNOWN};

/// What is counted of an organisation's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Enrolled days of members who are alive.
    Enrolled,
    /// Days with a qualifying contact.
    Contacts,
    /// Admissions.
    Stays,
    /// Events.
    Events,
    /// Records of outcomes.
    Outcomes,
    /// Referrals.
    Referrals,
    /// Care plans.
    CarePlans,
}

impl Volume {
    /// Every one, in order.
    pub const ALL: [Self; 7] = [
        Self::Enrolled,
        Self::Contacts,
        Self::Stays,
        Self::Events,
        Self::Outcomes,
        Self::Referrals,
        Self::CarePlans,
    ];

    /// The table that it is counted of.
    pub fn table(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolment",
            Self::Contacts => "contacts",
            Self::Stays => "stays",
            Self::Events => "events",
            Self::Outcomes => "outcomes",
            Self::Referrals => "referrals",
            Self::CarePlans => "care_plans",
        }
    }
}

/// How much there is of an organisation in the month that begins on a day; what there is nothing of is
/// left out. Only tables that a measure reads are counted.
pub type Volumes = BTreeMap<(Volume, Group, Day), i64>;

/// One month of one organisation, by volume.
type Month = [i64; Volume::ALL.len()];

/// Volumes while members go by: by group, then month of the calendar.
#[derive(Debug, Default)]
pub(super) struct VolumeSums(Vec<Vec<Month>>);

impl VolumeSums {
    fn add(&mut self, plan: &Plan, (group, month): (usize, usize), what: Volume, count: i64) {
        let months = plan.calendar.starts().len();
        row(&mut self.0, group, months)[month][what as usize] += count;
    }

    /// Adds those of another, whose groups have these places here.
    pub(super) fn merge(&mut self, other: &Self, groups: &[usize]) {
        let theirs = other.0.iter().zip(groups).filter(|(months, _)| !months.is_empty());
        for (months, group) in theirs {
            let own = row(&mut self.0, *group, months.len()).iter_mut().flatten();
            own.zip(months.iter().flatten()).for_each(|(own, other)| *own += other);
        }
    }

    /// What was counted, by organisation.
    pub(super) fn named(&self, plan: &Plan, groups: &[Group]) -> Volumes {
        let mut found = Volumes::new();
        for (group, months) in groups.iter().zip(&self.0) {
            for (start, month) in plan.calendar.starts().zip(months) {
                let some = Volume::ALL.into_iter().zip(month).filter(|(_, count)| **count > 0);
                found.extend(some.map(|(what, count)| ((what, group.clone(), start), *count)));
            }
        }
        found
    }
}

impl Board<'_> {
    /// Counts what there is of the current member, each thing for the organisation of its day.
    pub(super) fn post_volumes(&mut self, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        for (first, last, bho) in timeline.enrolled.owned.iter().filter(|run| run.2 != UNKNOWN) {
            let alive = timeline.death.map_or(*last, |death| (*last).min(death - 1));
            let run = ((*first).max(plan.span.0), alive.min(plan.span.1));
            if run.0 > run.1 {
                continue;
            }
            let group = self.group(*bho, interner);
            for (month, days) in plan.calendar.months_of(run.0, run.1) {
                self.volumes.add(plan, (group, month), Volume::Enrolled, days.into());
            }
            let mut see = |what: Volume, days: &mut dyn Iterator<Item = Day>| {
                for day in days.filter(|day| run.0 <= *day && *day <= run.1) {
                    if let Some(month) = plan.calendar.month(day) {
                        self.volumes.add(plan, (group, month), what, 1);
                    }
                }
            };
            let contacts = timeline.contacts_within(plan.qualifying, run.0, run.1);
            see(Volume::Contacts, &mut contacts.iter().copied());
            see(Volume::Stays, &mut timeline.stays.iter().map(|stay| stay.admit));
            see(Volume::Events, &mut timeline.events.iter().map(|event| event.start));
            see(Volume::Outcomes, &mut timeline.outcomes.iter().map(|record| record.day));
            see(Volume::Referrals, &mut timeline.referrals.iter().map(|referral| referral.day));
            see(Volume::CarePlans, &mut timeline.plans.iter().map(|plan| plan.day));
        }
    }
}
