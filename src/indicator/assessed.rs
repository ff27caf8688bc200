//! Levels of care beside those that assessments recommend.

/// How a level of care compares with a recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Lower: less than needed.
    Under,
    /// Higher: more restrictive than needed.
    Over,
}

impl Comparison {
    /// True if a level compares in this way with a recommended one.
    pub fn holds(self, level: u8, recommended: u8) -> bool {
        match self {
            Self::Equal => level == recommended,
            Self::Under => level < recommended,
            Self::Over => level > recommended,
        }
    }
}
