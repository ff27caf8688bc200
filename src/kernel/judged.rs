//! Units judged by every measure that looks at them, and added up before they are entered.

use super::board::Board;
use super::count::Counter;
use super::covariate::{self, Which};
use super::joint::Known;
use super::ledger::{Ledger, LeftOut, Line, Note, Noted};
use crate::indicator::unit::{self, Judge, Judged, Outcome, Scene};
use crate::indicator::{Rule, Share};
use crate::terms::Day;
use crate::timeline::{Interner, Timeline, UNKNOWN};

/// A member's units that lie in the same periods, group and age band. Most follow one another, so that they
/// are added up here and entered together.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// First and last day of units with all of this in common.
    near: Option<(Day, Day)>,
    group: usize,
    age: usize,
    /// By the place of the measure among those that look at the same units.
    counts: Vec<Counts>,
    /// Units left out, by reason; the reasons of one measure after those of another.
    left_out: Vec<i64>,
}

#[derive(Debug, Default)]
struct Counts {
    n: i64,
    d: i64,
    /// Where its reasons begin.
    reasons_from: usize,
}

impl Counter<'_> {
    /// Units of a measure, and of all that look at the same units.
    pub(super) fn units(&mut self, measure: usize, timeline: &Timeline, interner: &Interner) {
        let plan = self.plan;
        let together = &plan.alike.units[measure];
        if together.is_empty() {
            return;
        }
        let shows_days = self.ledger.notes.is_some();
        let judge = |place: usize| {
            let measure = together[place];
            let Rule::Share(share) = &plan.indicators[measure].rule else {
                unreachable!("only measures about units look at units together")
            };
            let decides = share.curve || shows_days;
            let scene = Scene { decides, ..plan.scene(measure, timeline, &self.care) };
            let tests = if together.len() > 1 { plan.alike.tests[measure].as_slice() } else { &[] };
            Judge { rule: share, scene, tests }
        };
        let (board, ledger, gathered) = (&mut self.board, &mut self.ledger, &mut self.gathered);
        gathered.begin(together.iter().map(|measure| plan.alike.tests[*measure].len()));
        let from = ledger.next_units();
        unit::judge_together(together.len(), judge, &mut |place, share, judged| {
            if place == 0 {
                gathered.go_on(judged.day, (together, board, ledger), timeline, interner);
                board.see_providers(timeline, which(share, judged), interner);
            }
            gathered.add(place, judged.outcome);
            let (measure, group, age) = (together[place], gathered.group, gathered.age);
            let Judged { day, stay, outcome } = judged;
            ledger.note(Note { measure, day, stay, group, age, what: Noted::Judged(outcome) });
            if has_parts(board, share) {
                enter_parts(board, ledger, (measure, share), (judged, group, age), timeline);
            }
        });
        gathered.enter(together, board, ledger);
        ledger.order_units(from);
    }
}

impl Gathered {
    /// Begins with measures that have so many reasons each.
    fn begin(&mut self, reasons: impl Iterator<Item = usize>) {
        self.near = None;
        self.counts.clear();
        let mut reasons_from = 0;
        self.counts.extend(reasons.map(|reasons| {
            reasons_from += reasons;
            Counts { reasons_from: reasons_from - reasons, ..Counts::default() }
        }));
        self.left_out.clear();
        self.left_out.resize(reasons_from, 0);
    }

    /// Goes on to the units of a day; those of other periods, groups or ages before it are entered.
    fn go_on(
        &mut self,
        day: Day,
        (together, board, ledger): (&[usize], &mut Board<'_>, &mut Ledger),
        timeline: &Timeline,
        interner: &Interner,
    ) {
        if self.near.is_some_and(|(first, last)| first <= day && day <= last) {
            return;
        }
        self.enter(together, board, ledger);
        let run = timeline.enrolled.run_on(day);
        let month = board.plan.calendar.month_of(day);
        // On a birthday a member may come into another age band.
        let same_age = board.has_one_age();
        self.near = Some(match run {
            Some(run) if same_age => (run.0.max(month.0), run.1.min(month.1)),
            _ => (day, day),
        });
        self.group = board.group(run.map_or(UNKNOWN, |run| run.2), interner);
        self.age = board.age_on(day);
    }

    fn add(&mut self, place: usize, outcome: Outcome) {
        let counts = &mut self.counts[place];
        match outcome {
            Outcome::Excluded(reason) => self.left_out[counts.reasons_from + reason] += 1,
            Outcome::NotMet => counts.d += 1,
            Outcome::Met(_) => (counts.n, counts.d) = (counts.n + 1, counts.d + 1),
            Outcome::Value(value) => (counts.n, counts.d) = (counts.n + value, counts.d + 1),
        }
    }

    /// Enters what was added up, in every period of its days.
    fn enter(&mut self, together: &[usize], board: &Board<'_>, ledger: &mut Ledger) {
        let plan = board.plan;
        let Some((day, _)) = self.near else { return };
        let (group, age) = (self.group, self.age);
        for (place, counts) in self.counts.iter_mut().enumerate() {
            let measure = together[place];
            let (n, d) = (std::mem::take(&mut counts.n), std::mem::take(&mut counts.d));
            if d != 0 {
                for period in plan.periods_of(measure, day) {
                    let cell = plan.cell(measure, period);
                    ledger.units(plan.slot(place, period), Line { group, cell, age, n, d });
                }
            }
            let reasons = plan.alike.tests[measure].len();
            for own in 0..reasons {
                let at = counts.reasons_from + own;
                let units = std::mem::take(&mut self.left_out[at]);
                if units == 0 {
                    continue;
                }
                let reason = board.reason(measure, own);
                for period in plan.periods_of(measure, day) {
                    let one = LeftOut { group, reason, period, age, units };
                    ledger.leave_out(plan.slot(at, period), one);
                }
            }
        }
    }
}

fn which(share: &Share, judged: Judged) -> Which {
    Which { unit: share.index.unit, day: judged.day, stay: judged.stay }
}

/// True if units by themselves add anything besides their sum.
fn has_parts(board: &Board<'_>, share: &Share) -> bool {
    share.curve
        || share.value.is_some()
        || !board.providers().is_empty()
        || !board.plan.joined.is_empty()
}

/// Enters what each unit by itself adds: to the providers that it belongs to, to how often a value occurs,
/// and to what is known of units before they are judged.
fn enter_parts(
    board: &Board<'_>,
    ledger: &mut Ledger,
    (measure, share): (usize, &Share),
    (judged, group, age): (Judged, usize, usize),
    timeline: &Timeline,
) {
    let plan = board.plan;
    for period in plan.periods_of(measure, judged.day) {
        let cell = plan.cell(measure, period);
        let n = match judged.outcome {
            Outcome::Excluded(reason) => {
                let reason = board.reason(measure, reason);
                for part in board.providers() {
                    let one = LeftOut { group, reason, period, age: *part, units: 1 };
                    ledger.leave_out_of_provider(one);
                }
                continue;
            }
            Outcome::NotMet => 0,
            Outcome::Value(value) => {
                ledger.wait(group, cell, value);
                value
            }
            Outcome::Met(days) => {
                if share.curve {
                    ledger.wait(group, cell, i64::from(days));
                }
                1
            }
        };
        let line = Line { group, cell, age, n, d: 1 };
        for part in board.providers() {
            ledger.of_provider(Line { age: *part, ..line });
        }
        if plan.joined.has(period) {
            let levels = covariate::of_unit(plan, timeline, which(share, judged));
            ledger.known.push(Known { line, levels });
        }
    }
}
