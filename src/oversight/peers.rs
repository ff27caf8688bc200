//! Who differs from whom by more than chance: places on funnels, made only of what readers can see.
//!
//! A share lies on the funnel of its effective number of units, which is read back from its published
//! interval, so that units that repeat within members count for less. Rates of events lie on the
//! funnel of expected events; means, and rates of days and money, on that of their precision. Only
//! places beyond the 99.8 % limits are told: with these, one comparison in five hundred is wrong.
//!
//! Where the contract names what organisations are made comparable by, what is compared is the
//! standardised value: the ratio of observed to expected, times everyone's value.

use super::Published;
use super::estimate::factor;
use crate::indicator::{Better, Interval, Measure};
use crate::kernel::{Group, Stratum, has_expected_count};
use crate::statistics::{
    CONFIDENCE, FUNNEL_CONFIDENCES, Funnel, FunnelScale, LEAST_UNITS, Limits, Part, funnel,
    normal_quantile,
};

/// Where an organisation lies among its peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// No comparison: hidden, not complete, or nobody to compare with.
    NotCompared,
    /// Within the 99.8 % limits: no more than chance explains.
    Within,
    /// Beyond them on the good side.
    Better,
    /// Beyond them on the bad side.
    Worse,
    /// Above them, where neither side is good.
    Above,
    /// Below them, where neither side is good.
    Below,
}

impl Place {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotCompared => "not_compared",
            Self::Within => "within",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Above => "above",
            Self::Below => "below",
        }
    }

    /// True beyond the 99.8 % limits.
    pub fn is_flagged(self) -> bool {
        !matches!(self, Self::NotCompared | Self::Within)
    }
}

/// What is known of an organisation that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'r> {
    /// Its row.
    pub row: &'r Published,
    /// Observed ÷ expected, if that may be shown.
    pub ratio: Option<&'r Published>,
}

/// An organisation on a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Peer {
    /// Whose.
    pub group: Group,
    /// Which part of them, if parts are compared.
    pub part: Stratum,
    /// Observed ÷ expected, where values are standardised.
    pub ratio: Option<Published>,
    /// Its value; standardised, if the plot is.
    pub value: f64,
    /// How much it rests on, in the plot's [`PeerPlot::size`].
    pub size: f64,
    /// 95 % limits for its size.
    pub inner: Limits,
    /// 99.8 % limits for its size.
    pub outer: Limits,
    /// Where it lies.
    pub place: Place,
}

/// Limits at a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelStep {
    /// The size.
    pub size: f64,
    /// 95 % limits.
    pub inner: Limits,
    /// 99.8 % limits.
    pub outer: Limits,
}

/// A funnel of organisations that are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerPlot {
    /// The value of all of them together.
    pub centre: f64,
    /// What a size is.
    pub size: &'static str,
    /// True if values are standardised.
    pub standardised: bool,
    /// Every organisation that can be compared, in the order of the ids.
    pub peers: Vec<Peer>,
    /// The lines of the limits, from the smallest to the largest size.
    pub steps: Vec<FunnelStep>,
    /// How the limits were made.
    pub note: String,
}

/// A value and what it rests on.
struct Unit<'r> {
    one: Compared<'r>,
    value: f64,
    size: f64,
}

/// How limits are made.
enum Shape {
    /// A share, or a ratio of observed to expected events.
    Chance { funnel: Funnel, times: f64 },
    /// Value ± z ÷ √size.
    Normal,
}

impl Shape {
    fn limits(&self, centre: f64, size: f64, confidence: f64) -> Limits {
        match self {
            Self::Chance { funnel, times } => {
                funnel.adjusted_limits(size, confidence).times(*times)
            }
            Self::Normal => {
                let reach = normal_quantile(f64::midpoint(1.0, confidence)) / size.sqrt();
                Limits { low: centre - reach, high: centre + reach }
            }
        }
    }
}

/// The funnel of some rows of one measure and period; nothing for fewer than three that can be
/// compared: of two, neither is the usual one. `everyone` is everyone's row; `standard` says whether
/// they are to be made comparable, and by which model that was done.
pub fn peers(
    measure: &Measure,
    rows: &[Compared<'_>],
    everyone: Option<&Published>,
    standard: Standard<'_>,
) -> Option<PeerPlot> {
    let is_shown = |one: &&Compared<'_>| one.row.value.is_some() && !one.row.suppressed;
    let all: Vec<Compared<'_>> = rows.iter().filter(is_shown).copied().collect();
    let (fair, shown) = Fair::of(&all, everyone);
    let left_out = all.len() - shown.len();
    let (shape, centre, units) = match measure.interval {
        Interval::Wilson | Interval::WilsonCluster => of_shares(measure, &shown, fair)?,
        Interval::Byar => of_events(measure, &shown, fair)?,
        Interval::Mean | Interval::RatioCluster => of_means(&shown, fair),
        Interval::None => return None,
    };
    if units.len() < 3 {
        return None;
    }
    let [inner, outer] = FUNNEL_CONFIDENCES;
    let limits = |size: f64| (shape.limits(centre, size, inner), shape.limits(centre, size, outer));
    let peer = |unit: &Unit<'_>| {
        let (inner, outer) = limits(unit.size);
        let place = place(unit.value, outer, measure.better);
        let ratio = fair.and_then(|_| unit.one.ratio.cloned());
        let (group, part) = (unit.one.row.group.clone(), unit.one.row.stratum.clone());
        Peer { group, part, ratio, value: unit.value, size: unit.size, inner, outer, place }
    };
    let steps = sizes(&units).into_iter().map(|size| {
        let (inner, outer) = limits(size);
        FunnelStep { size, inner, outer }
    });
    let note = note(&shape, units.len()) + &fairness(measure, fair, standard, left_out);
    Some(PeerPlot {
        centre,
        size: size_word(measure.interval),
        standardised: fair.is_some(),
        peers: units.iter().map(peer).collect(),
        steps: steps.collect(),
        note,
    })
}

/// Whether organisations are to be made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard<'m> {
    /// Nobody asks for it.
    NotAsked,
    /// The contract asks for it; the model by which expected counts came about, if there are any.
    Asked(Option<&'m str>),
}

/// What the note says about fairness.
fn fairness(
    measure: &Measure,
    fair: Option<Fair>,
    standard: Standard<'_>,
    left_out: usize,
) -> String {
    let left = match left_out {
        0 => String::new(),
        1 => "; one is left out: its expected count would give a hidden one away".to_owned(),
        more => {
            format!("; {more} are left out: their expected counts would give a hidden one away")
        }
    };
    match (standard, fair) {
        (Standard::NotAsked, _) => String::new(),
        (Standard::Asked(model), Some(_)) => {
            format!("{left}; standardised, expected by {}", model.unwrap_or("a model"))
        }
        (Standard::Asked(_), None) if has_expected_count(measure) => {
            "; not standardised: there are too few events for a model, too few expected counts are known, or they              would give a hidden one away"
                .to_owned()
        }
        (Standard::Asked(_), None) => {
            "; not standardised: no expected count can be told of it".to_owned()
        }
    }
}

/// Everyone's value, which ratios are multiplied with.
#[derive(Debug, Clone, Copy)]
struct Fair {
    reference: f64,
}

impl Fair {
    /// Organisations that have a ratio are compared by it, if there are three; else all as they are.
    fn of<'r>(
        rows: &[Compared<'r>],
        everyone: Option<&Published>,
    ) -> (Option<Self>, Vec<Compared<'r>>) {
        let has_ratio = |one: &&Compared<'_>| {
            one.ratio.is_some_and(|ratio| ratio.value.is_some() && ratio.high > Some(0.0))
        };
        let fair: Vec<Compared<'r>> = rows.iter().filter(has_ratio).copied().collect();
        match everyone.and_then(|row| row.value) {
            Some(reference) if fair.len() > 2 => (Some(Self { reference }), fair),
            _ => (None, rows.to_vec()),
        }
    }

    /// The standardised value.
    fn value(self, one: &Compared<'_>) -> Option<f64> {
        Some(one.ratio?.value? * self.reference)
    }

    /// The value that is expected of an organisation: its upper limit ÷ that of its ratio, which are
    /// never 0.
    fn expected(one: &Compared<'_>) -> Option<f64> {
        Some(one.row.high? / one.ratio?.high?)
    }
}

fn size_word(interval: Interval) -> &'static str {
    match interval {
        Interval::Wilson | Interval::WilsonCluster => "effective number of units",
        Interval::Byar => "expected events",
        Interval::Mean | Interval::RatioCluster | Interval::None => {
            "precision (1 ÷ standard error²)"
        }
    }
}

fn note(shape: &Shape, units: usize) -> String {
    match shape {
        Shape::Chance { funnel, .. } if funnel.is_overdispersed() => {
            "limits of chance and of the usual variation between them".to_owned()
        }
        Shape::Chance { .. } => format!(
            "limits of chance alone: {units} of them are fewer than the {LEAST_UNITS} that tell how much they \
             usually vary, or vary no more than chance"
        ),
        Shape::Normal => "limits from each one's own standard error".to_owned(),
    }
}

fn place(value: f64, outer: Limits, better: Better) -> Place {
    let (above, below) = (value > outer.high, value < outer.low);
    match (better, above, below) {
        (_, false, false) => Place::Within,
        (Better::Higher, true, _) | (Better::Lower, _, true) => Place::Better,
        (Better::Higher | Better::Lower, ..) => Place::Worse,
        (Better::Neutral, true, _) => Place::Above,
        (Better::Neutral, ..) => Place::Below,
    }
}

/// The number of units whose Wilson interval is as wide as the published one: with a = n + z² and
/// q = p(1 − p), the width w obeys w²a² − 4z²qa − z⁴(1 − 4q) = 0.
fn effective_units(row: &Published, factor: f64) -> Option<f64> {
    let share = row.value? / factor;
    let width = (row.high? - row.low?) / factor;
    let (q, z2) = (share * (1.0 - share), z_squared());
    let root = (16.0 * z2 * z2 * q * q + 4.0 * width * width * z2 * z2 * (1.0 - 4.0 * q)).sqrt();
    let units = (4.0 * z2 * q + root) / (2.0 * width * width) - z2;
    (width > 0.0 && units.is_finite() && units > 0.0).then_some(units)
}

fn z_squared() -> f64 {
    let z = normal_quantile(f64::midpoint(1.0, CONFIDENCE));
    z * z
}

fn of_shares<'r>(
    measure: &Measure,
    rows: &[Compared<'r>],
    fair: Option<Fair>,
) -> Option<(Shape, f64, Vec<Unit<'r>>)> {
    let times = factor(measure, rows.first()?.row.period);
    let unit = |one: &Compared<'r>| {
        let value = fair.map_or(one.row.value, |fair| Some(fair.value(one)?.min(times)));
        Some(Unit { one: *one, value: value?, size: effective_units(one.row, times)? })
    };
    let units: Vec<Unit<'r>> = rows.iter().filter_map(unit).collect();
    let part = |unit: &Unit<'_>| Part {
        numerator: unit.value / times * unit.size,
        denominator: unit.size,
    };
    let parts: Vec<Part> = units.iter().map(part).collect();
    let funnel = funnel(&parts, FunnelScale::Proportion)?;
    Some((Shape::Chance { times, funnel: funnel.clone() }, funnel.centre * times, units))
}

fn of_events<'r>(
    measure: &Measure,
    rows: &[Compared<'r>],
    fair: Option<Fair>,
) -> Option<(Shape, f64, Vec<Unit<'r>>)> {
    let counts = |one: &Compared<'r>| {
        let counts = (one.row.numerator?.to_f64(), one.row.denominator?.to_f64());
        (counts.1 > 0.0).then_some((*one, counts))
    };
    let counted: Vec<_> = rows.iter().filter_map(counts).collect();
    let sum =
        |of: fn(&(f64, f64)) -> f64| counted.iter().map(|(_, counts)| of(counts)).sum::<f64>();
    let scale = factor(measure, rows.first()?.row.period);
    let rate = sum(|counts| counts.0) / sum(|counts| counts.1);
    let times = fair.map_or(rate * scale, |fair| fair.reference);
    // Events, expected events and value of each.
    let compared = |(one, (events, time)): &(Compared<'r>, (f64, f64))| match fair {
        Some(fair) => Some((*events, Fair::expected(one)? * time / scale, fair.value(one)?)),
        None => Some((*events, time * rate, one.row.value?)),
    };
    let (mut units, mut parts) = (Vec::new(), Vec::new());
    for one in &counted {
        let Some((events, expected, value)) = compared(one) else { continue };
        units.push(Unit { one: one.0, value, size: expected });
        parts.push(Part { numerator: events, denominator: expected });
    }
    let funnel = funnel(&parts, FunnelScale::RatioRoot)?;
    Some((Shape::Chance { funnel, times }, times, units))
}

fn of_means<'r>(rows: &[Compared<'r>], fair: Option<Fair>) -> (Shape, f64, Vec<Unit<'r>>) {
    let unit = |one: &Compared<'r>| {
        let row = one.row;
        let (value, stretch) = match fair {
            Some(fair) => (fair.value(one)?, fair.reference / Fair::expected(one)?),
            None => (row.value?, 1.0),
        };
        let width = (row.high? - row.low?) * stretch;
        let size = 4.0 * z_squared() / (width * width);
        size.is_finite().then_some(Unit { one: *one, value, size })
    };
    let units: Vec<Unit<'r>> = rows.iter().filter_map(unit).collect();
    let weight: f64 = units.iter().map(|unit| unit.size).sum();
    let centre = units.iter().map(|unit| unit.value * unit.size).sum::<f64>() / weight;
    (Shape::Normal, centre, units)
}

/// Sizes at which the lines of the limits are drawn.
fn sizes(units: &[Unit<'_>]) -> Vec<f64> {
    const STEPS: u32 = 48;
    let sizes = || units.iter().map(|unit| unit.size);
    let least = sizes().fold(f64::INFINITY, f64::min) * 0.7;
    let most = sizes().fold(0.0, f64::max) * 1.1;
    (0..=STEPS).map(|step| least + (most - least) * f64::from(step) / f64::from(STEPS)).collect()
}
