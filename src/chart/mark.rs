//! One number in a chart, or the reason why there is none.

use crate::indicator::Display;
use crate::oversight::{CurvePoint, Published, State};

use super::format;

/// What stands in a place of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// A complete number.
    Final,
    /// A number that may still change.
    Preliminary,
    /// Hidden to protect people.
    Hidden,
    /// Held back until the data are complete.
    Withheld,
    /// A table or column is missing, or says too little.
    NotComputable,
    /// Nothing was counted, so there is nothing to divide by.
    Empty,
}

/// One published number, ready to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    shown: Shown,
    value: f64,
    interval: Option<(f64, f64)>,
}

impl Mark {
    /// Where no row was published.
    pub const EMPTY: Self = Self { shown: Shown::Empty, value: 0.0, interval: None };

    /// The mark of a row.
    pub fn of(row: &Published) -> Self {
        let without = |shown| Self { shown, ..Self::EMPTY };
        match (row.state, row.value) {
            (State::NotComputable | State::LowQuality, _) => without(Shown::NotComputable),
            (State::Withheld, _) => without(Shown::Withheld),
            _ if row.suppressed => without(Shown::Hidden),
            (_, None) => without(Shown::Empty),
            (_, Some(value)) if !value.is_finite() => without(Shown::Empty),
            (state, Some(value)) => Self {
                shown: if state == State::Final { Shown::Final } else { Shown::Preliminary },
                value,
                interval: row
                    .low
                    .zip(row.high)
                    .filter(|(low, high)| low.is_finite() && high.is_finite()),
            },
        }
    }

    /// The mark of a day of a curve, which is hidden where it has no share.
    pub fn of_point(point: &CurvePoint) -> Self {
        match point.share.filter(|share| share.is_finite()) {
            Some(value) => Self { shown: Shown::Final, value, interval: None },
            None => Self { shown: Shown::Hidden, ..Self::EMPTY },
        }
    }

    /// What stands here.
    pub fn shown(self) -> Shown {
        self.shown
    }

    /// The value, if there is one to show.
    pub fn value(self) -> Option<f64> {
        matches!(self.shown, Shown::Final | Shown::Preliminary).then_some(self.value)
    }

    /// The ends of the interval, if there is one to show.
    pub fn interval(self) -> Option<(f64, f64)> {
        self.value().and(self.interval)
    }

    /// The value for people, or the reason why there is none.
    pub fn words(self, display: Display) -> String {
        match (self.value(), self.shown) {
            (Some(value), Shown::Preliminary) => {
                format!("{} (preliminary)", format::value(value, display))
            }
            (Some(value), _) => format::value(value, display),
            (None, shown) => shown.words().to_owned(),
        }
    }
}

impl Shown {
    /// What a reader is told.
    pub fn words(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Preliminary => "preliminary",
            Self::Hidden => "hidden (small number)",
            Self::Withheld => "withheld (not covered by the data)",
            Self::NotComputable => "not computable",
            Self::Empty => "nothing to count",
        }
    }
}
