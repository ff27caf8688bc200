//! Whether a period's number may be relied on yet.

use crate::indicator::{Measure, Shape};
use crate::terms::{Grain, Period};

use super::{Settings, State};

/// The state of a measure in a period, and why.
pub(super) fn ripeness(measure: &Measure, period: Period, settings: &Settings) -> (State, String) {
    if !measure.missing.is_empty() {
        return (State::NotComputable, measure.why_not());
    }
    if !measure.poor.is_empty() {
        return (State::LowQuality, measure.why_not());
    }
    let through = settings.data_through;
    let (state, reason) = match measure.shape {
        Shape::Share | Shape::UnitMean if period.end + measure.ripe_days <= through => {
            (State::Final, String::new())
        }
        Shape::Share | Shape::UnitMean if period.start + measure.ripe_days <= through => (
            State::Preliminary,
            format!("complete once the data reach {}", period.end + measure.ripe_days),
        ),
        Shape::Share | Shape::UnitMean => (
            State::Withheld,
            format!("nothing can be judged before {}", period.start + measure.ripe_days),
        ),
        _ if period.end <= through => (State::Final, String::new()),
        _ => (State::Withheld, "ends after the data-through date".to_owned()),
    };
    let (state, mut reason) = match settings.completion.judge(measure, period) {
        Some(_) if state == State::Withheld => (state, reason),
        Some((less, why)) if reason.is_empty() => (less, why),
        Some((less, why)) => (state.max(less), format!("{reason}; {why}")),
        None => (state, reason),
    };
    if let Some(first) = settings.coverage_start {
        let by_window = matches!(measure.shape, Shape::MemberMean | Shape::MemberShare);
        let window_start = (period.end + 1).months_later(-12);
        if by_window && window_start - measure.look_back < first {
            return (State::Withheld, "its 12-month window begins before the data".to_owned());
        }
        if !by_window && period.start - measure.look_back < first && measure.look_back > 0 {
            return (State::Withheld, "its look-back begins before the data".to_owned());
        }
        if !by_window && period.start < first {
            return (State::Withheld, "begins before the data".to_owned());
        }
    }
    if measure.overlapping && period.grain != Grain::Year {
        if !reason.is_empty() {
            reason.push_str("; ");
        }
        reason.push_str("overlapping");
    }
    (state, reason)
}
