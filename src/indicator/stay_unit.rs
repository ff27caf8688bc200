//! Units that stays and visits to emergency departments make: admissions, discharges, visits.

use super::criterion::{admissions, in_groups};
use super::rule::{Chain, Share};
use super::unit::{Candidate, Scene, Subject, conclude, is_ruled_out};
use crate::terms::Day;
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{EdVisit, Spell, SpellSet, Timeline};

/// Admissions of a set of stays.
pub(super) fn admissions_of(
    rule: &Share,
    set: SpellSet,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let timeline = scene.timeline;
    let spells = timeline.spells(set).iter();
    for spell in spells.take(if rule.index.first { 1 } else { usize::MAX }) {
        let diagnosis = timeline.stays[spell.first].diagnosis;
        let unit = Candidate { day: spell.admit, of: Subject::Spell(spell) };
        if timeline.is_alive(spell.admit)
            && in_groups(&rule.index.diagnosis, diagnosis)
            && !is_ruled_out(&rule.index, scene, unit)
        {
            conclude(rule, scene, unit, each);
        }
    }
}

/// Discharges from a set of stays; of those too close to one another, the first.
pub(super) fn discharges(
    rule: &Share,
    set: SpellSet,
    scene: Scene<'_>,
    each: &mut impl FnMut(Candidate<'_>),
) {
    let timeline = scene.timeline;
    let mut kept: Option<Day> = None;
    let spells = timeline.spells(set).iter();
    let mut ended: Vec<(Day, &Spell)> =
        spells.filter_map(|spell| Some((spell.discharge?, spell))).collect();
    // Single stays may end in another order than they begin.
    ended.sort_by_key(|(day, _)| *day);
    for (day, spell) in ended {
        let last = &timeline.stays[spell.last];
        let facility = last.facility.map(usize::from);
        let right_place =
            rule.index.or_facility.iter().any(|class| Some(*class as usize) == facility);
        let wanted = in_groups(&rule.index.diagnosis, last.diagnosis) || right_place;
        let unit = Candidate { day, of: Subject::Spell(spell) };
        if day - spell.admit >= rule.index.nights.unwrap_or(1)
            && timeline.is_alive(day)
            && wanted
            && !is_ruled_out(&rule.index, scene, unit)
            && !rule
                .index
                .chain
                .as_ref()
                .is_some_and(|chain| is_chained(chain, set, timeline, spell))
            && kept.is_none_or(|last| day - last >= rule.index.apart.unwrap_or(0))
        {
            kept = Some(day);
            conclude(rule, scene, unit, each);
        }
    }
}

/// True if the chain goes on with another stay.
fn is_chained(chain: &Chain, set: SpellSet, timeline: &Timeline, own: &Spell) -> bool {
    let Some(day) = own.discharge else { return false };
    // Of single stays that end on one day, the one that began last is the later one.
    let order = |spell: &Spell| {
        let ends = spell.discharge.map_or(i32::MAX, |day| day.0);
        (ends, spell.admit, timeline.stays[spell.first].rank, spell.first)
    };
    admissions(timeline, set, chain.days.around(day)).any(|spell| {
        order(spell) > order(own)
            && in_groups(&chain.diagnosis, timeline.stays[spell.first].diagnosis)
    })
}

/// Visits to emergency departments; of those too close to one another, the first.
pub(super) fn ed_visits(rule: &Share, scene: Scene<'_>, each: &mut impl FnMut(Candidate<'_>)) {
    let mut kept: Option<Day> = None;
    let further = DiagnosisGroup::bits(&rule.index.or_further);
    let is_of = |diagnosis: u32, others: u32| {
        in_groups(&rule.index.diagnosis, diagnosis) || others & further != 0
    };
    let eligible = |visit: &&EdVisit| is_of(visit.diagnosis, visit.further);
    for visit in scene.timeline.ed_visits.iter().filter(eligible) {
        let apart = rule.index.apart.unwrap_or(1);
        let mut times = scene.timeline.ed_times.iter();
        let own = times
            .find(|time| time.index == visit.index && is_of(time.diagnosis, time.further))
            .map(|time| time.seconds);
        let unit = Candidate { day: visit.index, of: Subject::Ed(*visit, own) };
        if kept.is_none_or(|last| visit.index - last >= apart)
            && !is_ruled_out(&rule.index, scene, unit)
        {
            kept = Some(visit.index);
            conclude(rule, scene, unit, each);
        }
    }
}
