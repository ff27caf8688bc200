//! Shares of a whole as stacked bars: the more restrictive the level, the darker its part, and
//! care around the clock is hatched as well.

use plotters::style::RGBColor;

use crate::indicator::Display;
use crate::terms::Level;

use super::format;
use super::mark::Mark;
use super::sheet::{
    Dash, FONT, GREY, Hold, INK, Point, Sheet, WHITE, WIDTH, fitted, pixel, small, svg, text_width,
};

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar<'a> {
    /// Whose it is.
    pub label: &'a str,
    /// The share of each level that has a row.
    pub shares: Vec<(Level, Mark)>,
}

/// Shares of days by level of care.
#[derive(Debug, Clone, PartialEq)]
pub struct StackedBars<'a> {
    /// What is drawn, and for which period.
    pub title: &'a str,
    /// Everyone first, then the organisations in the order of their ids.
    pub bars: Vec<Bar<'a>>,
}

const ROW: i32 = 62;
const THICK: i32 = 42;
const KEY_LINE: i32 = 40;
const LABEL_ROOM: i32 = 200;

impl StackedBars<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let levels = self.levels();
        let key = key_places(&levels);
        let top = key.last().map_or(0, |(_, y)| y + KEY_LINE) + 16;
        let bottom = top + ROW * small(self.bars.len());
        svg((WIDTH, bottom + 40), self.title, &self.description(), |sheet| {
            for (level, (x, y)) in levels.iter().zip(key) {
                let (from, to) = ((x, y + 8), (x + 36, y + 34));
                fill(sheet, *level, from, to);
                sheet.outlined(from, to, GREY, Dash::None);
                sheet.text(&key_words(*level), (x + 46, y + 21), Hold::Left, INK);
            }
            let label_width = self
                .bars
                .iter()
                .map(|bar| text_width(bar.label))
                .max()
                .unwrap_or(0)
                .min(LABEL_ROOM);
            let (left, right) = (label_width + 28, WIDTH - 30);
            for (place, bar) in self.bars.iter().enumerate() {
                let y = top + ROW * small(place);
                sheet.text(
                    &fitted(bar.label, LABEL_ROOM),
                    (left - 16, y + THICK / 2),
                    Hold::Right,
                    INK,
                );
                draw_bar(sheet, bar, (left, right), y);
            }
            for (share, label) in [(0.0, "0\u{a0}%"), (0.5, "50\u{a0}%"), (1.0, "100\u{a0}%")] {
                let x = along(share, (left, right));
                sheet.line(
                    &[(x, bottom - ROW + THICK), (x, bottom - ROW + THICK + 12)],
                    GREY,
                    2,
                    Dash::None,
                );
                let hold = if share > 0.9 { Hold::Right } else { Hold::Middle };
                let x = if share > 0.9 { WIDTH - 4 } else { x };
                sheet.text(label, (x, bottom + 14), hold, GREY);
            }
        })
    }

    fn levels(&self) -> Vec<Level> {
        let mut levels: Vec<Level> =
            self.bars.iter().flat_map(|bar| bar.shares.iter().map(|(level, _)| *level)).collect();
        levels.sort();
        levels.dedup();
        levels
    }

    fn description(&self) -> String {
        let bars = self.bars.iter().map(|bar| {
            let shares: Vec<String> = bar
                .shares
                .iter()
                .map(|(level, mark)| format!("level {level} {}", mark.words(Display::Percent)))
                .collect();
            format!("{}: {}", bar.label, shares.join(", "))
        });
        bars.collect::<Vec<_>>().join("; ")
    }
}

fn key_words(level: Level) -> String {
    format!("{level} {}", level.title())
}

fn key_places(levels: &[Level]) -> Vec<Point> {
    let (mut x, mut y) = (8, 0);
    let mut places = Vec::new();
    for level in levels {
        let width = 46 + text_width(&key_words(*level));
        if x > 8 && x + width > WIDTH {
            (x, y) = (8, y + KEY_LINE);
        }
        places.push((x, y));
        x += width + 26;
    }
    places
}

fn along(share: f64, (left, right): (i32, i32)) -> i32 {
    pixel(f64::from(left) + share.clamp(0.0, 1.0) * f64::from(right - left))
}

/// Shown parts from the left; what is left over is hidden and drawn as an empty box, so that the
/// place of a part tells nothing about a hidden one.
fn draw_bar(sheet: &Sheet<'_>, bar: &Bar<'_>, ends: (i32, i32), y: i32) {
    let mut before = 0.0;
    for (level, mark) in &bar.shares {
        let Some(share) = mark.value().filter(|share| *share > 0.0) else { continue };
        let (from, to) = (along(before, ends), along(before + share, ends));
        before += share;
        fill(sheet, *level, (from, y), (to, y + THICK));
        sheet.line(&[(to, y), (to, y + THICK)], WHITE, 3, Dash::None);
        draw_share(sheet, *level, share, (from, to), y);
    }
    let has_hidden = bar.shares.iter().any(|(_, mark)| mark.value().is_none());
    let (from, to) = (along(before, ends), ends.1);
    if (has_hidden || before == 0.0) && to > from {
        let words = if has_hidden { "hidden" } else { "no days" };
        sheet.outlined((from + 2, y + 1), (to, y + THICK - 1), GREY, Dash::Short);
        if text_width(words) + 12 < to - from {
            sheet.text(words, (i32::midpoint(from, to), y + THICK / 2), Hold::Middle, GREY);
        }
    }
}

/// The level's number and share on the part, as much of them as fits.
fn draw_share(sheet: &Sheet<'_>, level: Level, share: f64, (from, to): (i32, i32), y: i32) {
    let written = format::percent(share);
    let longest = format!("{level}:\u{a0}{written}");
    let room = to - from - 10;
    let Some(words) =
        [longest, written, level.to_string()].into_iter().find(|words| text_width(words) <= room)
    else {
        return;
    };
    let middle = (i32::midpoint(from, to), y + THICK / 2);
    if level.is_24_hour() {
        let half = (text_width(&words) / 2 + 3, FONT / 2 + 2);
        sheet.filled(
            (middle.0 - half.0, middle.1 - half.1),
            (middle.0 + half.0, middle.1 + half.1),
            shade(level),
        );
    }
    sheet.text(&words, middle, Hold::Middle, if level.number() < 3 { INK } else { WHITE });
}

/// Light to dark, one hue, each step told apart without colour.
fn shade(level: Level) -> RGBColor {
    match level.number() {
        0 => RGBColor(0xf2, 0xf6, 0xfa),
        1 => RGBColor(0xd6, 0xe4, 0xf0),
        2 => RGBColor(0xa9, 0xc6, 0xe0),
        3 => RGBColor(0x4f, 0x86, 0xb5),
        4 => RGBColor(0x2c, 0x63, 0x93),
        5 => RGBColor(0x14, 0x3f, 0x68),
        _ => RGBColor(0x07, 0x1f, 0x38),
    }
}

fn fill(sheet: &Sheet<'_>, level: Level, from: Point, to: Point) {
    sheet.filled(from, to, shade(level));
    match level.number() {
        5 => hatch(sheet, from, to, 14, false),
        6 => {
            hatch(sheet, from, to, 14, false);
            hatch(sheet, from, to, 14, true);
        }
        0 => sheet.outlined(from, to, GREY, Dash::None),
        _ => {}
    }
}

/// White lines at 45°, cut off at the edges of the part.
fn hatch(
    sheet: &Sheet<'_>,
    (left, top): Point,
    (right, bottom): Point,
    gap: i32,
    is_falling: bool,
) {
    let (width, height) = (right - left, bottom - top);
    let mut start = gap / 2;
    while start < width + height {
        let (x0, y0) = (start.min(width), (start - width).max(0));
        let (x1, y1) = ((start - height).max(0), start.min(height));
        let across = |x: i32| if is_falling { right - x } else { left + x };
        sheet.line(&[(across(x0), top + y0), (across(x1), top + y1)], WHITE, 1, Dash::None);
        start += gap;
    }
}
