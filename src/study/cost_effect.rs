//! What a strategy costs more than the reference, and what it brings: the incremental cost-effectiveness
//! ratio and the incremental net monetary benefit, from the same weighted draws of people as the
//! effects. A ratio exists only where both are more or both are less; the benefit always does.

use super::contrast::Contrast;
use super::design::{Amount, Outcome, OutcomeMeasure};
use super::effect::{Effect, Estimate};
use super::finding::is_enough;
use super::worth::WorthRule;
use crate::statistics::{CONFIDENCE, Limits, sorted_quantile};

/// Days of a year.
const YEAR: f64 = 365.25;

/// What a strategy costs and brings more than the reference, per member over the same days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// More cost, in dollars.
    pub cost: f64,
    /// More effect, in units in which more is better.
    pub effect: f64,
}

/// Where a gain lies on the plane of cost and effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quadrant {
    /// Costs more and brings more: the ratio is the price of a unit.
    MoreForMore,
    /// Costs less and brings less: the ratio is what giving up a unit saves.
    LessForLess,
    /// Costs no more and brings more: better on both.
    Dominates,
    /// Costs no less and brings less: worse on both.
    Dominated,
    /// The limits of the effect have 0 between them, or it has none.
    Unclear,
}

/// The benefit at one worth of a unit of effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Benefit {
    /// Dollars that a unit of effect is worth.
    pub worth: f64,
    /// Worth × more effect − more cost, in dollars per member over the days.
    pub benefit: Estimate,
    /// The share of draws with a benefit above 0: a point of the acceptability curve.
    pub chance: Option<f64>,
}

/// What a strategy costs and brings more than the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct CostEffect {
    /// More cost, in dollars.
    pub cost: Estimate,
    /// More effect.
    pub effect: Estimate,
    /// Where both lie.
    pub quadrant: Quadrant,
    /// Dollars per unit of effect, where both are more or both are less.
    pub ratio: Option<Estimate>,
    /// The share of draws by quadrant: more for more, less for less, dominates, dominated.
    pub draws: Option<[f64; 4]>,
    /// The benefit at each worth.
    pub benefits: Vec<Benefit>,
}

impl Gain {
    /// The quadrant, whatever chance can do.
    fn quadrant(self) -> Quadrant {
        match (self.cost > 0.0, self.effect > 0.0) {
            (true, true) => Quadrant::MoreForMore,
            (false, true) => Quadrant::Dominates,
            (false, false) if self.cost < 0.0 => Quadrant::LessForLess,
            (_, false) => Quadrant::Dominated,
        }
    }

    /// The ratio of a draw beside that of the point. Where the effect changes its sign the ratio would
    /// jump from one infinity to the other; turning on from the point it is beyond every ratio on
    /// that side.
    fn ratio_beside(self, point: Self) -> f64 {
        if self.effect * point.effect > 0.0 {
            return self.cost / self.effect;
        }
        let turn = point.effect * self.cost - point.cost * self.effect;
        if turn >= 0.0 { f64::INFINITY } else { f64::NEG_INFINITY }
    }
}

impl Quadrant {
    const WITH_SHARES: [Self; 4] =
        [Self::MoreForMore, Self::LessForLess, Self::Dominates, Self::Dominated];

    /// What it means.
    pub fn words(self) -> &'static str {
        match self {
            Self::MoreForMore => "costs more and brings more: dollars for each unit more",
            Self::LessForLess => "costs less and brings less: dollars saved for each unit forgone",
            Self::Dominates => "none: costs no more and brings more, better on both",
            Self::Dominated => "none: costs no less and brings less, worse on both",
            Self::Unclear => "none: no difference of effects beyond chance",
        }
    }
}

/// What a comparison costs and brings, from its weighted effects and their draws.
pub(super) fn of_contrast(
    rule: &WorthRule,
    outcomes: &[Outcome],
    contrast: &Contrast,
    samples: &[Vec<Option<Effect>>],
    draws: u32,
) -> Option<CostEffect> {
    let days = days_of(rule, outcomes, contrast)?;
    let of = |place: usize| contrast.findings.get(place)?.weighted;
    let point = gain(rule, outcomes, days, [&of(rule.cost)?, &of(rule.effect)?]);
    let one = |sample: &Vec<Option<Effect>>| {
        let pair = [sample[rule.cost].as_ref()?, sample[rule.effect].as_ref()?];
        Some(gain(rule, outcomes, days, pair))
    };
    let own: Vec<Gain> = samples.iter().filter_map(one).collect();
    let own = if is_enough(own.len(), draws) { own } else { Vec::new() };
    Some(cost_effect(&rule.worth, point, &own))
}

/// The days over which both are counted: those by which the effect is compared.
pub(super) fn days_of(rule: &WorthRule, outcomes: &[Outcome], contrast: &Contrast) -> Option<u32> {
    let place = match outcomes[rule.effect].measure {
        OutcomeMeasure::First(_) => rule.effect,
        OutcomeMeasure::Amount(_) => rule.cost,
    };
    contrast.findings.get(place).map(|finding| finding.horizon)
}

/// Per member over the days: rates per year and shares of days times the days, risks as they are.
fn gain(rule: &WorthRule, outcomes: &[Outcome], days: u32, [cost, effect]: [&Effect; 2]) -> Gain {
    let days = f64::from(days);
    let scale = match outcomes[rule.effect].measure {
        OutcomeMeasure::First(_)
        | OutcomeMeasure::Amount(Amount::Scores(_) | Amount::MeanLevel | Amount::LevelOn(_)) => 1.0,
        OutcomeMeasure::Amount(Amount::CommunityDays) => days,
        OutcomeMeasure::Amount(_) => days / YEAR,
    };
    let sign = if rule.fewer { -1.0 } else { 1.0 };
    Gain {
        cost: days / YEAR * cost.difference.value,
        effect: sign * scale * effect.difference.value,
    }
}

/// Cost and effect at the point and in each draw of people, and what follows from them for some worths
/// of a unit of effect, in dollars. Limits are percentiles of the draws; without draws there are none.
pub fn cost_effect(worths: &[f64], point: Gain, draws: &[Gain]) -> CostEffect {
    let estimate = |of: &dyn Fn(Gain) -> f64| Estimate {
        value: of(point),
        limits: limits(draws.iter().map(|draw| of(*draw)).collect()),
    };
    let effect = estimate(&|gain| gain.effect);
    let is_clear = effect.limits.is_some_and(|limits| limits.low > 0.0 || limits.high < 0.0);
    let quadrant = if is_clear { point.quadrant() } else { Quadrant::Unclear };
    let has_ratio = matches!(quadrant, Quadrant::MoreForMore | Quadrant::LessForLess);
    let share = |holds: &dyn Fn(Gain) -> bool| {
        let those = draws.iter().filter(|draw| holds(**draw)).count();
        #[expect(clippy::cast_precision_loss, reason = "draws are far below 2^53")]
        let share = (!draws.is_empty()).then(|| those as f64 / draws.len() as f64);
        share
    };
    let benefit = |worth: f64| {
        let of = move |gain: Gain| worth * gain.effect - gain.cost;
        Benefit { worth, benefit: estimate(&of), chance: share(&|gain| of(gain) > 0.0) }
    };
    let quadrants =
        Quadrant::WITH_SHARES.map(|one| share(&|gain| gain.quadrant() == one).unwrap_or(0.0));
    CostEffect {
        cost: estimate(&|gain| gain.cost),
        effect,
        quadrant,
        ratio: has_ratio.then(|| Estimate {
            value: point.cost / point.effect,
            ..estimate(&|gain| gain.ratio_beside(point))
        }),
        draws: (!draws.is_empty()).then_some(quadrants),
        benefits: worths.iter().map(|worth| benefit(*worth)).collect(),
    }
}

/// Percentile limits; none where an end is no number.
fn limits(mut values: Vec<f64>) -> Option<Limits> {
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let ends = sorted_quantile(&values, tail).zip(sorted_quantile(&values, 1.0 - tail));
    let limits = ends.map(|(low, high)| Limits { low, high });
    limits.filter(|limits| limits.low.is_finite() && limits.high.is_finite())
}
