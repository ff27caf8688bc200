//! What of a criterion can be met on any day at all, by what a member has: most members have little, and
//! what cannot be met is not asked on every day.

use super::amount::{Amount, HowMuch};
use super::course::Happens;
use super::criterion::is_met;
use super::happening::Happening;
use super::member_value::may_have_smi;
use super::own::OwnTest;
use super::rule::Criterion;
use super::unit::{Candidate, Scene};
use crate::timeline::{SpellSet, Timeline};

/// Parts of a criterion that may be met, as bits; of one without parts, all bits. Without a bit, the
/// criterion cannot be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts(u64);

impl Parts {
    const NONE: Self = Self(0);
    const ALL: Self = Self(u64::MAX);

    /// True if the criterion cannot be met.
    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// The parts of a criterion that may be met on days from the first to the last that is asked for, unless too
/// few are left. Parts that are not bounded here may always be met.
pub(super) fn possible(criterion: &Criterion, scene: Scene<'_>) -> Parts {
    match at_least_of(criterion) {
        None if may_be_met(criterion, scene) => Parts::ALL,
        None => Parts::NONE,
        Some((0, _)) => Parts::ALL,
        Some((at_least, of)) => {
            let may = |(place, one)| u64::from(may_be_met(one, scene)) << place;
            let bits = of.iter().enumerate().map(may).fold(0, |bits, bit| bits | bit);
            if (bits.count_ones() as usize) < at_least { Parts::NONE } else { Parts(bits) }
        }
    }
}

/// True if a criterion, of which only these parts may be, is met.
pub(super) fn is_met_by(
    Parts(parts): Parts,
    criterion: &Criterion,
    scene: Scene<'_>,
    unit: Candidate<'_>,
) -> bool {
    let Some((at_least, of)) = at_least_of(criterion) else {
        return is_met(criterion, scene, unit);
    };
    let asked = of.iter().enumerate().filter(|(place, _)| parts & (1 << place) != 0);
    let mut met = asked.filter(|(_, one)| is_met(one, scene, unit));
    at_least.checked_sub(1).is_none_or(|others| met.nth(others).is_some())
}

/// Of a criterion that at least so many others meet, these others.
fn at_least_of(criterion: &Criterion) -> Option<(usize, &[Criterion])> {
    match criterion {
        Criterion::Joined { at_least, at_most, of }
            if *at_most == of.len() && of.len() <= u64::BITS as usize =>
        {
            Some((*at_least, of))
        }
        _ => None,
    }
}

fn may_be_met(criterion: &Criterion, scene: Scene<'_>) -> bool {
    let timeline = scene.timeline;
    match criterion {
        Criterion::Joined { at_least, of, .. } => {
            let mut may = of.iter().filter(|one| may_be_met(one, scene));
            at_least.checked_sub(1).is_none_or(|others| may.nth(others).is_some())
        }
        Criterion::Contact { filter, at_least, .. } => {
            timeline.contact_days[scene.filters[*filter]].len() >= (*at_least).max(1)
        }
        Criterion::Happens(happens) => may_happen(happens, scene),
        Criterion::HowMuch(wanted) => {
            wanted.at_least <= 0 || most(wanted, scene) >= i64::from(wanted.at_least)
        }
        Criterion::Own(OwnTest::Sed) => timeline.sed,
        Criterion::Own(OwnTest::Member(filter)) => {
            !timeline.contact_days[scene.filters[*filter]].is_empty()
        }
        Criterion::Own(OwnTest::Smi { severe, .. }) => {
            timeline.smi || may_have_smi(timeline, scene.filters[*severe])
        }
        Criterion::Own(OwnTest::Age(least, most)) => {
            let ages = timeline.age_on(scene.asked.0).zip(timeline.age_on(scene.asked.1));
            ages.is_none_or(|(first, last)| first <= *most && last >= *least)
        }
        _ => true,
    }
}

/// True if there are as many days of these things as are asked for.
fn may_happen(happens: &Happens, Scene { timeline, filters, .. }: Scene<'_>) -> bool {
    let days = |one: &Happening| match *one {
        Happening::Contact { filter } => timeline.contact_days[filters[filter]].len(),
        Happening::EdVisit { .. } => timeline.ed_visits.len(),
        Happening::Admission { set, .. } | Happening::Discharge { set, .. } => {
            timeline.spells(set).len()
        }
        Happening::Event(_) => timeline.events.len(),
        Happening::Referral { .. } => timeline.referrals.len(),
        Happening::PlanEnd { .. } => timeline.plans.len(),
        _ => usize::MAX,
    };
    let all = happens.any.iter().map(days).fold(0, usize::saturating_add);
    all >= happens.at_least.max(1)
}

/// No window has more of something.
fn most(wanted: &HowMuch, Scene { timeline, filters, .. }: Scene<'_>) -> i64 {
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    match wanted.of {
        Amount::DaysAtLevel { least, carried } => {
            let at_level = timeline.level_days.iter().filter(|day| day.level >= least).count();
            let carried = count(at_level) * (i64::from(carried) + 1);
            carried + days_in_institutions(timeline)
        }
        Amount::EachHalf { filter, apart } => {
            let days = &timeline.contact_days[filters[filter]];
            let spread = days.first().zip(days.last()).map_or(0, |(first, last)| *last - *first);
            if spread < apart { 0 } else { count(days.len() / 2) }
        }
        _ => i64::MAX,
    }
}

fn days_in_institutions(timeline: &Timeline) -> i64 {
    let days = timeline.institution(SpellSet::Any24Hour).iter();
    days.map(|(first, last)| i64::from(last.0) - i64::from(first.0) + 1).sum()
}
