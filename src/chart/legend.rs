//! The key below a chart: only what occurs in it.

use super::sheet::{BLUE, Dash, FONT, GREY, Hold, Point, Sheet, VERMILLION, WIDTH, text_width};

/// A shape with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Final,
    Preliminary,
    Signal,
    Hidden,
    NoNumber,
}

impl Key {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Preliminary => "preliminary",
            Self::Signal => "signal",
            Self::Hidden => "hidden (small number)",
            Self::NoNumber => "no number yet",
        }
    }

    /// Draws the shape.
    pub(super) fn draw(self, sheet: &Sheet<'_>, at: Point) {
        match self {
            Self::Final => sheet.dot(at, 8, BLUE),
            Self::Preliminary => sheet.ring(at, 8, BLUE),
            Self::Signal => sheet.diamond(at, 11, VERMILLION),
            Self::Hidden => sheet.cross(at, 7, GREY),
            Self::NoNumber => {
                sheet.line(&[(at.0 - 7, at.1), (at.0 + 7, at.1)], GREY, 3, Dash::None);
            }
        }
    }
}

const LINE: i32 = FONT + 14;

fn places(keys: &[Key], left: i32) -> Vec<Point> {
    let (mut x, mut y) = (left, 0);
    let mut places = Vec::new();
    for key in keys {
        let width = 34 + text_width(key.words());
        if x > left && x + width > WIDTH {
            (x, y) = (left, y + LINE);
        }
        places.push((x, y));
        x += width + 18;
    }
    places
}

/// The height of the key.
pub(super) fn height(keys: &[Key], left: i32) -> i32 {
    places(keys, left).last().map_or(0, |(_, y)| y + LINE)
}

/// Draws the key with its upper left corner at `at`.
pub(super) fn draw(sheet: &Sheet<'_>, keys: &[Key], at: Point) {
    for (key, (x, y)) in keys.iter().zip(places(keys, at.0)) {
        let middle = at.1 + y + LINE / 2;
        key.draw(sheet, (x + 10, middle));
        sheet.text(key.words(), (x + 30, middle), Hold::Left, GREY);
    }
}
