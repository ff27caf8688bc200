//! Rules that tell special from common variation.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::Chart;

/// Why a point stands out. The order is that of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// Above the upper limit.
    AboveLimits,
    /// Below the lower limit.
    BelowLimits,
    /// One of seven or more in a row above the centre line.
    RunAbove,
    /// One of seven or more in a row below the centre line.
    RunBelow,
    /// One of seven or more in a row that rise.
    Rising,
    /// One of seven or more in a row that fall.
    Falling,
    /// One of two in three points beyond two thirds of the way to the upper limit.
    NearUpperLimit,
    /// One of two in three points beyond two thirds of the way to the lower limit.
    NearLowerLimit,
}

impl Signal {
    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::AboveLimits => "above_limits",
            Self::BelowLimits => "below_limits",
            Self::RunAbove => "run_above",
            Self::RunBelow => "run_below",
            Self::Rising => "rising",
            Self::Falling => "falling",
            Self::NearUpperLimit => "near_upper_limit",
            Self::NearLowerLimit => "near_lower_limit",
        }
    }

    /// True if the signal says that values are higher than expected.
    pub fn is_up(self) -> bool {
        matches!(self, Self::AboveLimits | Self::RunAbove | Self::Rising | Self::NearUpperLimit)
    }
}

/// Points in a row that make a run or a trend.
const RUN: usize = 7;

/// The rules of NHS England's “Making data count”, as `NHSRplotthedots` applies them: a point outside
/// the limits; seven in a row on one side of the centre; seven in a row that rise or fall; two of
/// three, all on one side, between two thirds of the limit and the limit. Signals of each point, in
/// order of precedence.
pub fn nhs_signals(values: &[f64], chart: &Chart) -> Vec<Vec<Signal>> {
    let mut signals = vec![Vec::new(); values.len()];
    for (index, (value, limits)) in values.iter().zip(&chart.limits).enumerate() {
        if exceeds(*value, limits.high) {
            signals[index].push(Signal::AboveLimits);
        } else if exceeds(limits.low, *value) {
            signals[index].push(Signal::BelowLimits);
        }
    }
    let above = |index: usize| exceeds(values[index], chart.centre);
    let below = |index: usize| exceeds(chart.centre, values[index]);
    mark_runs(&mut signals, 0, above, Signal::RunAbove);
    mark_runs(&mut signals, 0, below, Signal::RunBelow);
    mark_runs(&mut signals, 1, |index| exceeds(values[index], values[index - 1]), Signal::Rising);
    mark_runs(&mut signals, 1, |index| exceeds(values[index - 1], values[index]), Signal::Falling);
    mark_two_of_three(&mut signals, values, chart, above, Signal::NearUpperLimit);
    mark_two_of_three(&mut signals, values, chart, below, Signal::NearLowerLimit);
    for point in &mut signals {
        point.sort_unstable();
        point.dedup();
    }
    signals
}

/// Whether a number is greater than another by more than rounding: the mean of a series that never changes
/// may differ from its values in the last digit.
fn exceeds(one: f64, other: f64) -> bool {
    one - other > 1e-12 * one.abs().max(other.abs())
}

/// Marks runs of [`RUN`] points for which `holds`; a rise or fall (`steps` = 1) has one point more
/// than it has steps.
fn mark_runs(
    signals: &mut [Vec<Signal>],
    steps: usize,
    holds: impl Fn(usize) -> bool,
    signal: Signal,
) {
    let mut start = 0;
    for index in 0..=signals.len() {
        if index < signals.len() && index >= steps && holds(index) {
            continue;
        }
        if index - start >= RUN {
            for point in &mut signals[start..index] {
                point.push(signal);
            }
        }
        start = (index + 1).saturating_sub(steps);
    }
}

fn mark_two_of_three(
    signals: &mut [Vec<Signal>],
    values: &[f64],
    chart: &Chart,
    same_side: impl Fn(usize) -> bool,
    signal: Signal,
) {
    let near = |index: usize| {
        let limits = chart.limits[index];
        let limit = if values[index] > chart.centre { limits.high } else { limits.low };
        let share = (values[index] - chart.centre) / (limit - chart.centre);
        same_side(index) && share > 2.0 / 3.0 && share <= 1.0
    };
    for start in 0..values.len().saturating_sub(2) {
        let triple = start..start + 3;
        if triple.clone().all(&same_side)
            && triple.clone().filter(|index| near(*index)).count() >= 2
        {
            for index in triple.filter(|index| near(*index)) {
                signals[index].push(signal);
            }
        }
    }
}

/// Anhøj's two tests of a run chart (Anhøj and Olesen, `PLoS` ONE 9 (2014) e113825).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunTest {
    /// Points that do not lie on the centre line.
    pub useful: u64,
    /// The longest run of points on one side.
    pub longest_run: u64,
    /// The longest that chance would give: round(log₂ n) + 3.
    pub longest_expected: u64,
    /// How often the line crosses the centre.
    pub crossings: u64,
    /// The fewest that chance would give: the 5 % quantile of Binomial(n − 1, ½).
    pub crossings_expected: u64,
}

impl RunTest {
    /// True if either test says that the points do not vary by chance alone.
    pub fn signals(self) -> bool {
        self.longest_run > self.longest_expected || self.crossings < self.crossings_expected
    }
}

/// Runs and crossings of the centre line. Nothing for fewer than two useful points.
pub fn anhoej(values: &[f64], centre: f64) -> Option<RunTest> {
    let sides: Vec<bool> = values
        .iter()
        .filter(|value| exceeds(**value, centre) || exceeds(centre, **value))
        .map(|value| *value > centre)
        .collect();
    if sides.len() < 2 {
        return None;
    }
    let (mut run, mut longest_run, mut crossings) = (1, 1, 0);
    for pair in sides.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        crossings += u64::from(pair[0] != pair[1]);
        longest_run = longest_run.max(run);
    }
    let useful = sides.len() as u64;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a chart has few points, and the logarithm of two or more is positive"
    )]
    let longest_expected = libm::round(libm::log2(useful as f64)) as u64 + 3;
    let chance = Binomial::new(0.5, useful - 1).ok()?;
    Some(RunTest {
        useful,
        longest_run,
        longest_expected,
        crossings,
        crossings_expected: chance.inverse_cdf(0.05),
    })
}
