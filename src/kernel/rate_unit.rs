//! Units that a rate counts, the money that belongs to them, and members who wait.

use super::count::Counter;
use super::plan::Plan;
use crate::indicator::unit::{Found, met_units};
use crate::indicator::{RateRule, Rule, Thing, UnitMoney};
use crate::terms::Day;
use crate::timeline::{DaySpans, Timeline};

impl Counter<'_> {
    fn rate_rule(&self, measure: usize) -> Option<&RateRule> {
        match &self.plan.indicators[measure].rule {
            Rule::Rate(rate) => Some(rate),
            _ => None,
        }
    }

    /// The units of a place of the rule's list, one by one.
    fn found(&self, measure: usize, place: usize, timeline: &Timeline) -> Vec<Found> {
        let plan = self.plan;
        let Some(own) = self.rate_rule(measure).and_then(|rate| rate.units.get(place)) else {
            return Vec::new();
        };
        let mut scene = plan.scene(measure, timeline, &self.care);
        if matches!(own.money, Some(UnitMoney::Lines { .. })) {
            // Cost lines of the periods may belong to a unit of which the index day lies outside of them.
            scene.asked = (Day(i32::MIN / 2), Day(i32::MAX / 2));
        }
        met_units(&own.share, scene)
    }

    /// Units that are met and not left out, on their index days.
    pub(super) fn units_of_rate(
        &self,
        measure: usize,
        place: usize,
        timeline: &Timeline,
    ) -> Vec<(Day, i64)> {
        self.found(measure, place, timeline).into_iter().map(|found| (found.day, 1)).collect()
    }

    /// The money of the units of a rule's list, each cent once.
    pub(super) fn money_of_units(&self, measure: usize, timeline: &Timeline) -> Vec<(Day, i64)> {
        let Some(rate) = self.rate_rule(measure) else { return Vec::new() };
        let mut lines: Vec<(Option<(u8, u8)>, DaySpans)> = Vec::new();
        let mut paid: Vec<(usize, Vec<Day>)> = Vec::new();
        let mut money: Vec<(Day, i64)> = Vec::new();
        for (place, own) in rate.units.iter().enumerate() {
            let found = self.found(measure, place, timeline);
            match own.money {
                Some(UnitMoney::Lines { levels }) => {
                    let spans = found.iter().map(|found| (found.first, found.last));
                    lines.push((levels, DaySpans::from_spans(spans)));
                }
                Some(UnitMoney::Paid { filter }) => {
                    let filter = self.plan.filters[measure][filter];
                    paid.push((filter, found.iter().map(|found| found.day).collect()));
                }
                Some(UnitMoney::Whole { after }) => {
                    money.extend(found.iter().map(|found| whole(timeline, found, after)));
                }
                None => {}
            }
        }
        let is_in = |day: Day, level: Option<u8>| {
            lines.iter().any(|(levels, days)| {
                days.has(day)
                    && levels.is_none_or(|(least, most)| {
                        level.is_some_and(|level| (least..=most).contains(&level))
                    })
            })
        };
        let costs = timeline.costs.iter().filter(|cost| is_in(cost.day, cost.level));
        money.extend(costs.map(|cost| (cost.day, cost.cents)));
        for (filter, days) in &paid {
            let rows = timeline.contact_days[*filter].iter().zip(&timeline.contact_sums[*filter]);
            let own = rows.filter(|(day, _)| days.contains(day));
            money.extend(own.map(|(day, sum)| (*day, sum.cents)));
        }
        money
    }
}

/// All cost lines of a unit on enrolled days, on its index day.
fn whole(timeline: &Timeline, found: &Found, after: i32) -> (Day, i64) {
    let days = found.first..=found.last + after;
    let is_own = |day: Day| days.contains(&day) && timeline.enrolled.days.has(day);
    let own = timeline.costs.iter().filter(|cost| is_own(cost.day));
    (found.day, own.map(|cost| cost.cents).sum())
}

/// The last days of the months of the plan on which the member waits.
pub(super) fn waiting(plan: &Plan, thing: Thing, timeline: &Timeline) -> Vec<(Day, i64)> {
    let Thing::Waiting { status, sectors, levels, most_days } = thing else { return Vec::new() };
    let waits = |day: Day| {
        timeline.referrals.iter().any(|one| {
            let right = one.status.is_some_and(|is| status & (1 << (is as u32)) != 0)
                && (sectors == 0 || one.sector.is_some_and(|one| sectors & (1 << one) != 0));
            right
                && one.day <= day
                && day - one.day <= most_days
                && one.attended.is_none_or(|attended| attended > day)
        })
    };
    let at_level = |day: Day| {
        levels.is_none_or(|(least, most)| {
            let known = timeline.assessments.iter().rev().find(|one| one.day <= day);
            known.is_some_and(|one| {
                day - one.day <= 365 && (least..=most).contains(&one.recommended)
            })
        })
    };
    let mut found = Vec::new();
    if timeline.referrals.is_empty() {
        return found;
    }
    let mut start = plan.span.0.first_of_month();
    loop {
        let last = start.months_later(1) - 1;
        if last > plan.span.1.min(plan.settings.data_through) {
            return found;
        }
        if waits(last) && at_level(last) && timeline.is_alive(last) {
            found.push((last, 1));
        }
        start = last + 1;
    }
}
