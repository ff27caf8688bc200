//! Day windows, inclusive at both ends.

use std::fmt;

use super::Day;

/// Days counted from an index day, inclusive at both ends: `[1, 7]` starts the day after the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// First day, counted from the index day; may be negative for a look-back.
    pub from: i32,
    /// Last day, counted from the index day; never before `from`.
    pub to: i32,
}

impl Window {
    /// The first and last civil day of the window around `index`.
    pub fn around(self, index: Day) -> (Day, Day) {
        (index + self.from, index + self.to)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", self.from, self.to)
    }
}
