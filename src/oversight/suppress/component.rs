//! Measures whose counts can be subtracted from each other, laid out on one grid.
//!
//! Two follow-up windows share their denominator and exclusions; the denominator of one measure can
//! be the numerator of another. Such measures are hidden together, since what one hides the other
//! would show. They are found by their numbers: equal in every cell is equal.

use std::collections::BTreeMap;

use crate::indicator::{Measure, Shape};
use crate::kernel::{Group, Stratum};
use crate::oversight::{Row, SHARE_HIGH};
use crate::terms::{Grain, Period};

use super::grid::{ABSENT, Grid, NOT_SHOWN, Role};
use super::hierarchy::Hierarchy;
use super::variables::{Parts, Variables};

/// The rows of one measure that hold counts.
pub(super) struct Sheet<'t> {
    pub(super) measure: usize,
    pub(super) rows: Vec<&'t Row>,
    pub(super) shares: Vec<&'t Row>,
}

/// Where the counts of a measure's rows are.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) measure: usize,
    pub(super) statistic: &'static str,
    pub(super) denominator: usize,
    pub(super) numerator: Option<usize>,
    pub(super) complement: Option<usize>,
    pub(super) members: usize,
    pub(super) excluded: Option<usize>,
    pub(super) reasons: Vec<usize>,
    /// Numerators by level of care.
    pub(super) levels: BTreeMap<String, usize>,
}

/// Measures laid out on one grid.
pub(super) struct Component {
    pub(super) grid: Grid,
    pub(super) slots: Vec<Slot>,
    periods: Vec<Period>,
    groups: Vec<Group>,
    strata: Vec<Stratum>,
}

/// A set of measures with one denominator, and the numerator that it is, if it is one.
pub(super) struct Family<'s, 't> {
    pub(super) sheets: Vec<&'s Sheet<'t>>,
    pub(super) inside: Option<(usize, Side)>,
}

/// Which part of another measure's denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Its numerator.
    Numerator,
    /// What is left.
    Complement,
}

impl Slot {
    /// Where the numerator of a row is.
    pub(super) fn numerator_of(&self, row: &Row) -> Option<usize> {
        if row.stratum.kind == "level" {
            self.levels.get(&row.stratum.value).copied()
        } else {
            self.numerator
        }
    }
}

impl Component {
    /// Lays out families; one that is inside another comes after it.
    pub(super) fn new(families: &[Family<'_, '_>], measures: &[Measure]) -> Self {
        let mut variables = Variables::default();
        let mut slots: Vec<Slot> = Vec::new();
        for family in families {
            let denominator = family.inside.and_then(|(measure, side)| {
                let slot = slots
                    .iter()
                    .find(|slot| slot.measure == measure && slot.statistic.is_empty())?;
                if side == Side::Numerator { slot.numerator } else { slot.complement }
            });
            add_family(family, denominator, measures, &mut variables, &mut slots);
        }
        let rows = || {
            families
                .iter()
                .flat_map(|family| &family.sheets)
                .flat_map(|sheet| sheet.rows.iter().chain(&sheet.shares))
        };
        let periods = sorted(rows().map(|row| row.period));
        let groups = sorted(rows().map(|row| row.group.clone()).chain([Group::All]));
        let all = Stratum { kind: "all".to_owned(), value: "all".to_owned() };
        let others = rows()
            .map(|row| row.stratum.clone())
            .filter(|stratum| stratum.kind != "level" && *stratum != all);
        let mut strata = vec![all.clone()];
        strata.extend(sorted(others));
        let additive = |sheet: &&Sheet<'_>| {
            !matches!(measures[sheet.measure].shape, Shape::MemberMean | Shape::MemberShare)
        };
        let by_time = families.iter().flat_map(|family| &family.sheets).all(additive);
        let size = [periods.len(), groups.len(), strata.len()];
        variables.nested = nested(families, &slots, &variables);
        let cells = size.iter().product::<usize>() * variables.len();
        let grid = Grid {
            periods: time_hierarchy(&periods, by_time),
            groups: Hierarchy::new(groups.len(), vec![(0, (1..groups.len()).collect())]),
            strata: strata_hierarchy(&strata),
            variables: variables.finish(),
            size,
            counts: vec![ABSENT; cells],
            hidden: vec![false; cells],
        };
        let mut component = Self { grid, slots, periods, groups, strata };
        component.fill(families);
        component.mark_distinct();
        component
    }

    /// The slot of a row and where its cell's variables begin.
    pub(super) fn place(&self, row: &Row) -> Option<(&Slot, [usize; 3])> {
        let statistic = if row.statistic == SHARE_HIGH { SHARE_HIGH } else { "" };
        let slot = self
            .slots
            .iter()
            .find(|slot| slot.measure == row.measure && slot.statistic == statistic)?;
        let period = self.periods.binary_search(&row.period).ok()?;
        let group = self.groups.binary_search(&row.group).ok()?;
        let stratum = match row.stratum.kind.as_str() {
            "all" | "level" => 0,
            _ => self.strata[1..].binary_search(&row.stratum).ok()? + 1,
        };
        Some((slot, [period, group, stratum]))
    }

    fn fill(&mut self, families: &[Family<'_, '_>]) {
        let mut shown = vec![false; self.grid.counts.len()];
        self.mark_not_shown();
        for sheet in families.iter().flat_map(|family| &family.sheets) {
            for row in sheet.rows.iter().chain(&sheet.shares) {
                let Some((slot, at)) = self.place(row) else { continue };
                let cell = self.grid.cell(at[0], at[1], at[2]);
                for (variable, count) in counts(row, slot) {
                    // A row of shares has no exclusions of its own.
                    self.grid.counts[cell + variable] = count;
                    shown[cell + variable] |= row.state.shows_numbers();
                }
            }
        }
        for family in families.iter().filter(|family| family.inside.is_some()) {
            self.mark_known_zeros(family);
        }
        for (hidden, (count, shown)) in
            self.grid.hidden.iter_mut().zip(self.grid.counts.iter().zip(&shown))
        {
            *hidden = *count >= 0 && !shown;
        }
    }

    /// Reasons and shares are given for everyone only, not by stratum.
    fn mark_not_shown(&mut self) {
        let whole_only: Vec<usize> = self
            .slots
            .iter()
            .flat_map(|slot| {
                let share =
                    (slot.statistic == SHARE_HIGH).then_some([slot.numerator, slot.complement]);
                slot.reasons.iter().copied().chain(share.into_iter().flatten().flatten())
            })
            .collect();
        for [period, group, stratum] in self.grid.cells() {
            let cell = self.grid.cell(period, group, stratum);
            for variable in whole_only.iter().filter(|_| stratum > 0) {
                self.grid.counts[cell + variable] = NOT_SHOWN;
            }
        }
    }

    /// Where a measure has no row, readers know that the numerator it counts is zero.
    fn mark_known_zeros(&mut self, family: &Family<'_, '_>) {
        let Some(slot) = family
            .sheets
            .first()
            .and_then(|sheet| self.slots.iter().find(|slot| slot.measure == sheet.measure))
        else {
            return;
        };
        let (denominator, members) = (slot.denominator, slot.members);
        for [period, group, stratum] in self.grid.cells() {
            let cell = self.grid.cell(period, group, stratum);
            if self.grid.counts[cell + members] == ABSENT {
                self.grid.counts[cell + denominator] = ABSENT;
            }
        }
    }

    fn mark_distinct(&mut self) {
        let grid = &self.grid;
        let count = |period: usize, group: usize, stratum: usize, variable: usize| {
            grid.counts[grid.cell(period, group, stratum) + variable].max(0)
        };
        let mut distinct = vec![false; grid.variables.len()];
        for [period, group, stratum] in grid.cells() {
            for (variable, distinct) in distinct.iter_mut().enumerate() {
                let total = count(period, group, stratum, variable);
                let more = |hierarchy: &Hierarchy, node: usize, of: &dyn Fn(usize) -> i64| {
                    let own = hierarchy.splits().iter().filter(|(total, _)| *total == node);
                    own.map(|(_, parts)| parts.iter().map(|part| of(*part)).sum::<i64>())
                        .any(|sum| sum > total)
                };
                *distinct |=
                    more(&grid.periods, period, &|part| count(part, group, stratum, variable))
                        || more(&grid.groups, group, &|part| {
                            count(period, part, stratum, variable)
                        })
                        || more(&grid.strata, stratum, &|part| {
                            count(period, group, part, variable)
                        });
            }
        }
        self.grid
            .variables
            .iter_mut()
            .zip(distinct)
            .for_each(|(variable, distinct)| variable.distinct = distinct);
    }
}

fn add_family(
    family: &Family<'_, '_>,
    inside: Option<usize>,
    measures: &[Measure],
    variables: &mut Variables,
    slots: &mut Vec<Slot>,
) {
    let Some(first) = family.sheets.first() else { return };
    let shape = measures[first.measure].shape;
    let in_days = matches!(shape, Shape::Rate | Shape::Mix);
    let role = if in_days { Role::Sum } else { Role::Count };
    let denominator = inside.unwrap_or_else(|| variables.add(role, 4));
    let apart = first
        .rows
        .iter()
        .any(|row| row.denominator.map(|d| d.parts) != row.members.map(i128::from));
    let members = if apart { variables.add(Role::Count, 1) } else { denominator };
    if apart {
        variables.members.push((denominator, members));
    }
    let reasons = measures[first.measure].exclusions.len();
    let (mut excluded, mut by_reason) = (None, Vec::new());
    if reasons > 0 {
        let total = variables.add(Role::Count, 1);
        by_reason = (0..reasons).map(|_| variables.add(Role::Count, 1)).collect();
        variables.reasons.push((total, by_reason.clone()));
        excluded = Some(total);
    }
    for sheet in &family.sheets {
        let measure = &measures[sheet.measure];
        let mut slot = Slot {
            measure: sheet.measure,
            statistic: "",
            denominator,
            numerator: None,
            complement: None,
            members,
            excluded,
            reasons: by_reason.clone(),
            levels: BTreeMap::new(),
        };
        match measure.shape {
            Shape::Share | Shape::MemberShare => pair(&mut slot, variables),
            Shape::Rate => {
                let role = if measure.numerator_parts == 1 { Role::Count } else { Role::Sum };
                let numerator = variables.add(role, 2);
                variables.rates.push((denominator, numerator));
                slot.numerator = Some(numerator);
            }
            Shape::Mix => {
                let levels = sorted(
                    sheet
                        .rows
                        .iter()
                        .filter(|row| row.stratum.kind == "level")
                        .map(|row| row.stratum.value.clone()),
                );
                slot.levels = levels
                    .into_iter()
                    .map(|level| (level, variables.add(Role::Count, 2)))
                    .collect();
                variables.parts.push(Parts {
                    whole: denominator,
                    parts: slot.levels.values().copied().collect(),
                    pair: false,
                });
            }
            Shape::MemberMean if !sheet.shares.is_empty() => {
                let mut share = Slot {
                    statistic: SHARE_HIGH,
                    excluded: None,
                    reasons: Vec::new(),
                    ..slot.clone()
                };
                pair(&mut share, variables);
                slots.push(share);
            }
            Shape::MemberMean => {}
        }
        slots.push(slot);
    }
}

fn pair(slot: &mut Slot, variables: &mut Variables) {
    let parts = [variables.add(Role::Count, 2), variables.add(Role::Count, 2)];
    [slot.numerator, slot.complement] = parts.map(Some);
    variables.parts.push(Parts { whole: slot.denominator, parts: parts.to_vec(), pair: true });
}

/// The counts of a row by variable.
pub(super) fn counts(row: &Row, slot: &Slot) -> Vec<(usize, i64)> {
    let whole = |sum: i128| i64::try_from(sum).unwrap_or(i64::MAX / 8).min(i64::MAX / 8);
    let denominator = row.denominator.map_or(0, |denominator| whole(denominator.parts));
    let mut counts =
        vec![(slot.denominator, denominator), (slot.members, row.members.unwrap_or(0))];
    if let (Some(variable), Some(numerator)) = (slot.numerator_of(row), row.numerator) {
        let numerator = whole(numerator.parts);
        counts.push((variable, numerator));
        counts.extend(slot.complement.map(|variable| (variable, (denominator - numerator).max(0))));
    }
    counts.extend(slot.excluded.map(|variable| (variable, row.excluded.unwrap_or(0))));
    if row.stratum.kind == "all" || row.stratum.kind == "level" {
        let by_reason = slot.reasons.iter().zip(&row.excluded_by_reason);
        counts.extend(by_reason.map(|(variable, count)| (*variable, count.unwrap_or(0))));
    }
    counts
}

/// Numerators of one denominator of which one is never greater than the other.
fn nested(
    families: &[Family<'_, '_>],
    slots: &[Slot],
    variables: &Variables,
) -> Vec<(usize, usize)> {
    let rows_of = |slot: &Slot| -> Vec<i128> {
        let sheets = families.iter().flat_map(|family| &family.sheets);
        let own = sheets.filter(|sheet| sheet.measure == slot.measure);
        let rows = own
            .flat_map(|sheet| if slot.statistic.is_empty() { &sheet.rows } else { &sheet.shares });
        rows.map(|row| row.numerator.map_or(0, |numerator| numerator.parts)).collect()
    };
    let pairs: Vec<(&Slot, Vec<i128>)> = slots
        .iter()
        .filter(|slot| slot.complement.is_some())
        .map(|slot| (slot, rows_of(slot)))
        .collect();
    let mut nested = Vec::new();
    for (inner, few) in &pairs {
        for (outer, many) in &pairs {
            let same = inner.denominator == outer.denominator
                && inner.numerator != outer.numerator
                && few.len() == many.len();
            if let (true, Some(inner), Some(outer)) = (same, inner.numerator, outer.numerator)
                && few.iter().zip(many).all(|(few, many)| few <= many)
                && variables
                    .parts
                    .iter()
                    .all(|parts| parts.whole != inner || !parts.parts.contains(&outer))
            {
                nested.push((inner, outer));
            }
        }
    }
    nested
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Months are parts of quarters, quarters of years. Values over a window of their own add up to
/// nothing.
fn time_hierarchy(periods: &[Period], by_time: bool) -> Hierarchy {
    let holds = |outer: &Period, inner: &Period| {
        outer.grain > inner.grain && outer.contains(inner.start) && outer.contains(inner.end)
    };
    let home = |inner: &Period| {
        [Grain::Quarter, Grain::Year].iter().find_map(|grain| {
            periods.iter().position(|outer| outer.grain == *grain && holds(outer, inner))
        })
    };
    let mut splits: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, period) in periods.iter().enumerate().filter(|_| by_time) {
        if let Some(total) = home(period) {
            splits.entry(total).or_default().push(index);
        }
    }
    Hierarchy::new(periods.len(), splits.into_iter().collect())
}

fn strata_hierarchy(strata: &[Stratum]) -> Hierarchy {
    let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, stratum) in strata.iter().enumerate().skip(1) {
        kinds.entry(&stratum.kind).or_default().push(index);
    }
    Hierarchy::new(strata.len(), kinds.into_values().map(|parts| (0, parts)).collect())
}
