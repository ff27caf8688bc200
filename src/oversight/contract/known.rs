//! What has to be known of an indicator to check a contract that names it.

use crate::indicator::{Better, Display, Measure, Shape};
use crate::terms::Grain;

/// An indicator that a contract may name.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownMeasure {
    /// Its id; variants carry a suffix such as `@clinician`.
    pub id: String,
    /// The id of its file.
    pub base_id: String,
    /// Which direction is good.
    pub better: Better,
    /// How its value is written, which tells how large it can be.
    pub display: Display,
    /// The lengths of the periods that it is reported in.
    pub grains: Vec<Grain>,
    /// False for shares by level of care, which have no single number.
    pub has_value: bool,
}

impl KnownMeasure {
    /// What a contract needs to know of a measure.
    pub fn of(measure: &Measure) -> Self {
        Self {
            id: measure.id.clone(),
            base_id: measure.base_id.clone(),
            better: measure.better,
            display: measure.display,
            grains: measure.grains.clone(),
            has_value: measure.shape != Shape::Mix,
        }
    }

    /// The least and the most that a value can be.
    pub(super) fn bounds(&self) -> (f64, f64) {
        match self.display {
            Display::Percent => (0.0, 1.0),
            Display::Index | Display::Rate | Display::Dollars => (0.0, f64::INFINITY),
        }
    }
}
