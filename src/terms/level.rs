//! The neutral level-of-care scale.

use std::fmt;

/// Level of care, 0 prevention and health maintenance … 6 twenty-four-hour inpatient. The scale is
/// the project's own; assessed levels of licensed instruments arrive as numbers on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// Levels run from 0 to 6.
    pub const COUNT: usize = 7;
    /// 24-hour residential care or crisis stabilisation.
    pub const RESIDENTIAL: Self = Self(5);
    /// 24-hour inpatient care.
    pub const INPATIENT: Self = Self(6);

    /// The level of a number, if it is one.
    pub fn new(number: i64) -> Option<Self> {
        u8::try_from(number).ok().filter(|number| *number <= 6).map(Self)
    }

    /// The number, 0..=6.
    pub fn number(self) -> u8 {
        self.0
    }

    /// True for care around the clock: level 5 or 6.
    pub fn is_24_hour(self) -> bool {
        self.0 >= 5
    }

    /// What the level is called in reports.
    pub fn title(self) -> &'static str {
        match self.0 {
            0 => "Prevention and health maintenance",
            1 => "Recovery maintenance",
            2 => "Low-intensity community",
            3 => "High-intensity community",
            4 => "Intensive non-residential",
            5 => "24-hour residential",
            _ => "24-hour inpatient",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
