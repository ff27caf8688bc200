//! New limits from a change that is written down, and only from there.

use std::ops::Range;

/// Points that a baseline should have (“Making data count”, NHS England).
pub const BASELINE_POINTS: usize = 12;

/// A change of the process itself, after which old limits no longer describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePoint {
    /// The first point after the change, counted from 0.
    pub first: usize,
    /// What changed. Limits are never moved without one.
    pub reason: String,
}

/// Why a list of change points cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebaseError {
    /// A change has no reason.
    #[error("the change at point {0} has no reason")]
    NoReason(usize),
    /// A change lies at the first point or after the last.
    #[error("there are no points on both sides of the change at point {0}")]
    Outside(usize),
    /// Changes are not in order of time, or two share a point.
    #[error("the change at point {0} does not come after the one before it")]
    Order(usize),
}

/// Points between two changes, with a chart of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment<C> {
    /// The points, counted over the whole series.
    pub points: Range<usize>,
    /// The change that it begins with; none for the first.
    pub reason: Option<String>,
    /// Its chart, if its points give one.
    pub chart: Option<C>,
}

impl<C> Segment<C> {
    /// True if the limits rest on fewer than [`BASELINE_POINTS`] points.
    pub fn is_short(&self) -> bool {
        self.points.len() < BASELINE_POINTS
    }
}

/// One chart for each stretch of points between recorded changes. `draw` makes the chart of a
/// stretch, such as `|points| p_chart(points, 0..points.len())`; signals are sought in each stretch
/// alone, as `NHSRplotthedots` does.
pub fn rebased<P, C>(
    points: &[P],
    changes: &[ChangePoint],
    draw: impl Fn(&[P]) -> Option<C>,
) -> Result<Vec<Segment<C>>, RebaseError> {
    let mut start = 0;
    let mut reason = None;
    let mut segments = Vec::with_capacity(changes.len() + 1);
    let segment = |range: Range<usize>, reason| Segment {
        chart: draw(&points[range.clone()]),
        points: range,
        reason,
    };
    for change in changes {
        let first = change.first;
        if change.reason.trim().is_empty() {
            return Err(RebaseError::NoReason(first));
        }
        if first == 0 || first >= points.len() {
            return Err(RebaseError::Outside(first));
        }
        if first <= start {
            return Err(RebaseError::Order(first));
        }
        segments.push(segment(start..first, reason.replace(change.reason.clone())));
        start = first;
    }
    segments.push(segment(start..points.len(), reason));
    Ok(segments)
}
