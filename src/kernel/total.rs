//! From the rows of a board to the tallies of every group and stratum.

use std::collections::BTreeMap;

use super::block::Block;
use super::board::{Board, Row, own_row, shared_row};
use super::ledger::EVERYONE;
use super::part::Part;
use super::{Cell, Group, Stratum, Tallies, Tally};
use crate::indicator::Rule;

impl Board<'_> {
    /// The tallies of all cells with at least one unit.
    pub(super) fn tallies(mut self) -> Tallies {
        self.settle();
        let plan = self.plan;
        let mut cells = BTreeMap::new();
        for (place, group) in self.groups.iter().enumerate() {
            let mut row = self.rows[shared_row(place)].clone();
            let own = if place == EVERYONE { 1..self.groups.len() } else { place..place + 1 };
            for group in own {
                row.merge(plan, &self.rows[own_row(group)], |part| part);
            }
            for (stratum, mut block) in self.strata(&row) {
                block.add_up();
                let whole = stratum.kind == "all";
                let mut values = (usize::MAX, Vec::new());
                self.each_cell(|measure, period, cell| {
                    let mut tally = block.tally(plan, measure, period, self.reasons_from[measure]);
                    if whole {
                        if values.0 != measure {
                            values = (measure, row.spread.values(plan, measure));
                        }
                        tally.values = values.1[period].clone();
                    }
                    keep(&mut cells, cell(group, &stratum), tally);
                });
            }
            for level in 0..7 {
                let stratum = Stratum { kind: "level".to_owned(), value: level.to_string() };
                self.each_cell(|measure, period, cell| {
                    if plan.indicators[measure].rule == Rule::LevelMix {
                        let tally = row.spread.level(plan, measure, period, level);
                        keep(&mut cells, cell(group, &stratum), tally);
                    }
                });
            }
        }
        Tallies { measures: plan.measures(), periods: plan.periods.clone(), cells }
    }

    /// A row's blocks by stratum: profiles are added up for each value of each attribute.
    fn strata(&self, row: &Row) -> BTreeMap<Stratum, Block> {
        let stratum =
            |kind: &str, value: &str| Stratum { kind: kind.to_owned(), value: value.to_owned() };
        let mut strata: BTreeMap<Stratum, Block> = BTreeMap::new();
        let mut add = |stratum: Stratum, block: &Block| {
            strata.entry(stratum).or_default().merge(block);
        };
        for (part, block) in row.parts.iter().enumerate() {
            let Some(block) = block else { continue };
            match &self.parts.all()[part] {
                Part::Age(band) => add(stratum("age_band", super::part::band_name(*band)), block),
                Part::Profile { facet, values } => {
                    if *facet == 0 {
                        add(stratum("all", "all"), block);
                    }
                    for (place, value) in self.parts.facets[*facet].iter().zip(values) {
                        add(stratum(self.plan.needs.attributes[*place], value), block);
                    }
                }
            }
        }
        strata
    }

    /// Calls `each` for every measure that can be computed and every period, with a way to name the
    /// cell.
    fn each_cell(&self, mut each: impl FnMut(usize, usize, &dyn Fn(&Group, &Stratum) -> Cell)) {
        let plan = self.plan;
        let computable = |measure: &usize| plan.indicators[*measure].measure.is_computable();
        for measure in (0..plan.indicators.len()).filter(computable) {
            for period in 0..plan.periods.len() {
                each(measure, period, &|group, stratum| Cell {
                    measure,
                    period: plan.periods[period],
                    group: group.clone(),
                    stratum: stratum.clone(),
                });
            }
        }
    }
}

/// Keeps a tally that counts anything.
fn keep(cells: &mut BTreeMap<Cell, Tally>, cell: Cell, tally: Tally) {
    let counted = tally.denominator != 0
        || tally.numerator != 0
        || tally.excluded.iter().any(|count| *count != 0);
    if counted {
        cells.insert(cell, tally);
    }
}
