//! The scorecard of a contract: each objective's indicators for each organisation in one period.
//!
//! A cell is made of one published row and what readers can see of the months before it. Where the
//! row is hidden, the cell has no verdict, no signal and no trend. There is no composite: objectives
//! are not added up.

use super::contract::{Contract, Objective, Target};
use super::peers::{Compared, PeerPlot, Place, peers};
use super::ripeness::before_data;
use super::trend::{Trend, trend_in};
use super::{Published, PublishedTable, STANDARDISED_RATIO, Standard, State, Verdict};
use crate::indicator::{Better, Measure, Shape};
use crate::kernel::{Group, Stratum};
use crate::statistics::Signal;
use crate::terms::Period;

/// A scorecard.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The contract.
    pub contract: Contract,
    /// The judged period.
    pub period: Period,
    /// Everyone together, then the organisations of the contract.
    pub groups: Vec<Group>,
    /// The objectives, in the order of the contract.
    pub objectives: Vec<ObjectiveCard>,
    /// Organisations of the data that the contract does not name.
    pub unnamed: Vec<String>,
}

impl Scorecard {
    /// Every line with its objective, in order.
    pub fn lines(&self) -> impl Iterator<Item = (&ObjectiveCard, &Line)> {
        self.objectives.iter().flat_map(|one| one.lines.iter().map(move |line| (one, line)))
    }
}

/// An objective with its indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveCard {
    /// What the contract says of it.
    pub objective: Objective,
    /// Its indicators, the lead ones first.
    pub lines: Vec<Line>,
}

/// An indicator of an objective.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Index into the measures.
    pub measure: usize,
    /// True for a lead indicator.
    pub is_lead: bool,
    /// One cell for each group of the scorecard.
    pub cells: Vec<ScoreCell>,
    /// A funnel for each group of peers that can be compared.
    pub plots: Vec<PeerPlot>,
}

/// An indicator of one organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreCell {
    /// Whose.
    pub group: Group,
    /// The published row of the judged period; none where nothing was counted.
    pub row: Option<Published>,
    /// Observed ÷ expected in the judged period, if that may be shown.
    pub ratio: Option<Published>,
    /// What can be said.
    pub standing: Standing,
    /// What has to be reached.
    pub target: Option<Target>,
    /// Whether it is changing.
    pub variation: Variation,
    /// Whether the target can be relied on to be reached.
    pub assurance: Assurance,
    /// Whether it differs from its peers by more than chance.
    pub place: Place,
    /// Published rows of the last months up to the end of the judged period, in order.
    pub months: Vec<Published>,
}

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The whole interval is on the good side of the target.
    Met,
    /// The whole interval is on the bad side.
    NotMet,
    /// The interval covers the target.
    CannotTell,
    /// There is a value, and no target.
    NoTarget,
    /// Hidden: too few people.
    TooFew,
    /// Some units of the period cannot be judged yet.
    NotRipe,
    /// The period, or what is looked at before it, begins before the data.
    BeforeData,
    /// A table or column is missing.
    NotComputable,
    /// Nobody was counted.
    NothingCounted,
}

impl Standing {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::CannotTell => "cannot_tell",
            Self::NoTarget => "no_target",
            Self::TooFew => "too_few",
            Self::NotRipe => "not_ripe",
            Self::BeforeData => "before_data",
            Self::NotComputable => "not_computable",
            Self::NothingCounted => "nothing_counted",
        }
    }

    /// True if the cell may say more than why it has no number.
    fn speaks(self) -> bool {
        !matches!(self, Self::TooFew | Self::NotComputable | Self::NothingCounted)
    }
}

/// Whether a value is changing, by the control chart of its months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variation {
    /// No chart: hidden, or too few complete months for limits.
    NotCharted,
    /// Common variation: no signal.
    Common,
    /// A signal to the good side.
    Improving(Signal),
    /// A signal to the bad side.
    Worsening(Signal),
    /// A signal of an indicator that has no good side.
    Changing(Signal),
}

impl Variation {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotCharted => "not_charted",
            Self::Common => "common",
            Self::Improving(_) => "improving",
            Self::Worsening(_) => "worsening",
            Self::Changing(_) => "changing",
        }
    }

    /// The signal, if there is one.
    pub fn signal(self) -> Option<Signal> {
        match self {
            Self::NotCharted | Self::Common => None,
            Self::Improving(signal) | Self::Worsening(signal) | Self::Changing(signal) => {
                Some(signal)
            }
        }
    }
}

/// Whether a process that stays as it is would reach the target month by month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// There is no target.
    NoTarget,
    /// No chart with limits.
    NotCharted,
    /// Both limits are on the good side: it will be reached.
    Reached,
    /// Both limits are on the bad side: it will be missed.
    Missed,
    /// The limits hold the target: reached in some months, by chance.
    HitOrMiss,
}

impl Assurance {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoTarget => "no_target",
            Self::NotCharted => "not_charted",
            Self::Reached => "reached",
            Self::Missed => "missed",
            Self::HitOrMiss => "hit_or_miss",
        }
    }
}

/// So many months make the small line of a cell.
const MONTHS: usize = 12;

/// The scorecard of a contract for the last whole period of its grain up to a month; nothing if the
/// table has no such period.
pub fn scorecard(table: &PublishedTable, contract: &Contract, month: Period) -> Option<Scorecard> {
    let periods = table.rows().iter().map(|row| row.period);
    let judged = periods.filter(|one| one.grain == contract.grain && one.end <= month.end);
    let period = judged.max_by_key(|period| period.end)?;
    let named = contract.organisations.iter().map(|id| Group::Bho(id.clone()));
    let groups: Vec<Group> = std::iter::once(Group::All).chain(named).collect();
    let card = |objective: &Objective| ObjectiveCard {
        objective: objective.clone(),
        lines: lines(table, (contract, objective), &groups, period),
    };
    Some(Scorecard {
        contract: contract.clone(),
        period,
        objectives: contract.objectives.iter().map(card).collect(),
        unnamed: unnamed(table, contract),
        groups,
    })
}

/// Organisations with rows that a contract does not name.
fn unnamed(table: &PublishedTable, contract: &Contract) -> Vec<String> {
    let found: std::collections::BTreeSet<&String> = table
        .rows()
        .iter()
        .filter_map(|row| match &row.group {
            Group::Bho(id) if id != "unknown" && !contract.organisations.contains(id) => Some(id),
            _ => None,
        })
        .collect();
    found.into_iter().cloned().collect()
}

fn lines(
    table: &PublishedTable,
    (contract, objective): (&Contract, &Objective),
    groups: &[Group],
    period: Period,
) -> Vec<Line> {
    let lead = objective.lead.iter().map(|id| (id, true));
    let supporting = objective.supporting.iter().map(|id| (id, false));
    let measures = table.measures();
    let found = lead.chain(supporting).filter_map(|(id, is_lead)| {
        Some((measures.iter().position(|one| one.id == *id)?, is_lead))
    });
    found
        .filter(|(measure, _)| measures[*measure].shape != Shape::Mix)
        .map(|(measure, is_lead)| {
            let mut cells: Vec<ScoreCell> =
                groups.iter().map(|group| cell(table, measure, group, period)).collect();
            let standard = match table.settings().standardised_by.as_slice() {
                [] => Standard::NotAsked,
                _ => Standard::Asked(table.model(measure, period)),
            };
            let plots = compare(&measures[measure], contract, standard, &mut cells);
            Line { measure, is_lead, cells, plots }
        })
        .collect()
}

/// Compares complete cells with their peers, and says in each where it lies.
fn compare(
    measure: &Measure,
    contract: &Contract,
    standard: Standard<'_>,
    cells: &mut [ScoreCell],
) -> Vec<PeerPlot> {
    let everyone = cells.iter().find(|cell| cell.group == Group::All);
    let everyone = everyone.and_then(|cell| cell.row.clone());
    let mut plots = Vec::new();
    for group in &contract.peers {
        let is_peer = |cell: &&ScoreCell| match &cell.group {
            Group::All => false,
            Group::Bho(id) => group.contains(id),
        };
        let rows = cells.iter().filter(is_peer).filter_map(|cell| {
            let row = cell.row.as_ref().filter(|row| row.state == State::Final)?;
            Some(Compared { row, ratio: cell.ratio.as_ref() })
        });
        let rows: Vec<Compared<'_>> = rows.collect();
        let plot = peers(measure, &rows, everyone.as_ref(), standard);
        let Some(plot) = plot else { continue };
        for peer in &plot.peers {
            for cell in cells.iter_mut().filter(|cell| cell.group == peer.group) {
                cell.place = peer.place;
            }
        }
        plots.push(plot);
    }
    plots
}

fn cell(table: &PublishedTable, place: usize, group: &Group, period: Period) -> ScoreCell {
    let measure = &table.measures()[place];
    let everyone = Stratum::everyone();
    let of = |group: &Group| table.row(place, "", period, group, &everyone);
    let row = of(group);
    let target = table.settings().target(&measure.id, &measure.base_id, group, period);
    let standing = match row {
        _ if !measure.is_computable() => Standing::NotComputable,
        _ if before_data(measure, period, table.settings()).is_some() => Standing::BeforeData,
        Some(row) => standing(row),
        None if of(&Group::All).is_some_and(|row| row.state != State::Final) => Standing::NotRipe,
        None => Standing::NothingCounted,
    };
    let mut cell = ScoreCell {
        group: group.clone(),
        row: row.cloned(),
        ratio: table
            .row(place, STANDARDISED_RATIO, period, group, &everyone)
            .filter(|ratio| ratio.value.is_some())
            .cloned(),
        standing,
        target: target.cloned(),
        variation: Variation::NotCharted,
        assurance: target.map_or(Assurance::NoTarget, |_| Assurance::NotCharted),
        place: Place::NotCompared,
        months: Vec::new(),
    };
    if standing.speaks() {
        let trend = trend_in(table, place, group, &everyone);
        let better = target.map_or(measure.better, |target| target.better);
        cell.variation = variation(&trend, period, better);
        cell.assurance =
            target.map_or(Assurance::NoTarget, |target| assurance(&trend, period, target));
        cell.months = months(table, &trend, (place, group), period);
    }
    cell
}

fn standing(row: &Published) -> Standing {
    match (row.state, row.value, row.verdict) {
        (State::NotComputable | State::LowQuality, _, _) => Standing::NotComputable,
        (State::Withheld, _, _) => Standing::NotRipe,
        _ if row.suppressed => Standing::TooFew,
        (State::Preliminary, _, _) => Standing::NotRipe,
        (_, None, _) => Standing::NothingCounted,
        (_, _, None) => Standing::NoTarget,
        (_, _, Some(Verdict::Met)) => Standing::Met,
        (_, _, Some(Verdict::NotMet)) => Standing::NotMet,
        (_, _, Some(Verdict::NotRipe)) => Standing::NotRipe,
        (_, _, Some(Verdict::NotComputable)) => Standing::NotComputable,
        (_, _, Some(Verdict::CannotTell | Verdict::TooFew)) => Standing::CannotTell,
    }
}

/// The last month of a chart that has limits, up to the end of a period.
fn last_charted(trend: &Trend, period: Period) -> Option<&super::TrendPoint> {
    trend
        .points
        .iter()
        .rev()
        .find(|point| point.period.end <= period.end && point.lower.is_some())
        .filter(|point| point.period.start >= period.start)
}

fn variation(trend: &Trend, period: Period, better: Better) -> Variation {
    let Some(point) = last_charted(trend, period) else { return Variation::NotCharted };
    let Some(signal) = point.signals.first().copied() else { return Variation::Common };
    match (better, signal.is_up()) {
        (Better::Neutral, _) => Variation::Changing(signal),
        (Better::Higher, true) | (Better::Lower, false) => Variation::Improving(signal),
        _ => Variation::Worsening(signal),
    }
}

fn assurance(trend: &Trend, period: Period, target: &Target) -> Assurance {
    let limits = last_charted(trend, period).and_then(|point| point.lower.zip(point.upper));
    let Some((lower, upper)) = limits else { return Assurance::NotCharted };
    let (worst, best, wanted) = match target.better {
        Better::Lower => (-upper, -lower, -target.at),
        Better::Higher | Better::Neutral => (lower, upper, target.at),
    };
    if worst >= wanted {
        Assurance::Reached
    } else if best < wanted {
        Assurance::Missed
    } else {
        Assurance::HitOrMiss
    }
}

fn months(
    table: &PublishedTable,
    trend: &Trend,
    (place, group): (usize, &Group),
    period: Period,
) -> Vec<Published> {
    let everyone = Stratum::everyone();
    let shown = trend.points.iter().filter(|point| point.period.end <= period.end);
    let rows: Vec<Published> = shown
        .filter_map(|point| table.row(place, "", point.period, group, &everyone))
        .cloned()
        .collect();
    let from = rows.len().saturating_sub(MONTHS);
    rows[from..].to_vec()
}
