//! Rates and ratios of groups whose members differ in age or another mix.

use super::{Limits, byar, exact_poisson};

/// A standardised figure and its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardised {
    /// The rate per unit of person-time, or the ratio.
    pub value: f64,
    /// Its limits.
    pub limits: Limits,
}

/// Events, person-time and standard population of one stratum, such as an age band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardStratum {
    /// Events.
    pub events: f64,
    /// Variance of the number of events: the events themselves where they are independent, Σ k²
    /// over members with k events where they repeat within members.
    pub variance: f64,
    /// Person-time; above 0.
    pub person_time: f64,
    /// Weight: the standard population of the stratum.
    pub standard: f64,
}

/// Fewer events than this give no directly standardised rate (Public Health England).
pub const LEAST_EVENTS: f64 = 10.0;

/// A directly standardised rate, Σ standard × events ÷ person-time over Σ standard, with Byar's
/// limits of the count stretched by the rate's variance (Dobson, Kuulasmaa, Eberle and Scherer,
/// Statistics in Medicine 10 (1991)).
///
/// Nothing below [`LEAST_EVENTS`] events, or where a stratum has no person-time.
pub fn directly_standardised_rate(
    strata: &[StandardStratum],
    confidence: f64,
) -> Option<Standardised> {
    let events: f64 = strata.iter().map(|stratum| stratum.events).sum();
    let standard: f64 = strata.iter().map(|stratum| stratum.standard).sum();
    let usable = |stratum: &StandardStratum| stratum.person_time > 0.0 && stratum.events >= 0.0;
    if events < LEAST_EVENTS || !strata.iter().all(usable) || standard.is_nan() || standard <= 0.0 {
        return None;
    }
    let (mut value, mut variance) = (0.0, 0.0);
    for stratum in strata {
        let weight = stratum.standard / standard / stratum.person_time;
        value += weight * stratum.events;
        variance += weight * weight * stratum.variance;
    }
    let count = byar(events, confidence)?;
    let stretch = (variance / events).sqrt();
    let end = |limit: f64| value + stretch * (limit - events);
    Some(Standardised { value, limits: Limits { low: end(count.low), high: end(count.high) } })
}

/// Person-time of a group and the events and person-time of the reference, in one stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReferenceStratum {
    /// Person-time of the group.
    pub person_time: f64,
    /// Events of the reference population.
    pub reference_events: f64,
    /// Person-time of the reference population; above 0.
    pub reference_person_time: f64,
}

/// Events that a group would have had with the reference's rate in each stratum. Nothing where a
/// stratum of the reference has no person-time.
pub fn expected_events(strata: &[ReferenceStratum]) -> Option<f64> {
    let usable = |stratum: &ReferenceStratum| stratum.reference_person_time > 0.0;
    strata.iter().all(usable).then(|| {
        let expected = |stratum: &ReferenceStratum| {
            stratum.reference_events / stratum.reference_person_time * stratum.person_time
        };
        strata.iter().map(expected).sum()
    })
}

/// The standardised ratio observed ÷ expected (a standardised mortality ratio, if deaths are
/// counted). Limits of the observed count: exact below ten, Byar's from ten on. Nothing where no
/// event is expected.
pub fn standardised_ratio(observed: f64, expected: f64, confidence: f64) -> Option<Standardised> {
    if expected.is_nan() || expected <= 0.0 {
        return None;
    }
    let count = count_limits(observed, confidence)?;
    Some(Standardised { value: observed / expected, limits: count.times(1.0 / expected) })
}

/// The indirectly standardised rate: the standardised ratio times the crude rate of the reference.
pub fn indirectly_standardised_rate(
    observed: f64,
    strata: &[ReferenceStratum],
    confidence: f64,
) -> Option<Standardised> {
    let ratio = standardised_ratio(observed, expected_events(strata)?, confidence)?;
    let events: f64 = strata.iter().map(|stratum| stratum.reference_events).sum();
    let time: f64 = strata.iter().map(|stratum| stratum.reference_person_time).sum();
    let rate = events / time;
    Some(Standardised { value: ratio.value * rate, limits: ratio.limits.times(rate) })
}

/// Limits of a count as Public Health England gives them: exact below ten, Byar's from ten on.
fn count_limits(events: f64, confidence: f64) -> Option<Limits> {
    if events < 10.0 { exact_poisson(events, confidence) } else { byar(events, confidence) }
}
