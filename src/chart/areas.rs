//! Shares of people by state as time passes: areas on top of one another, told apart by lightness and
//! by their labels.

use plotters::style::RGBColor;

use super::format;
use super::sheet::{
    Dash, GREY, Hold, INK, Point, Sheet, WHITE, WIDTH, fitted, pixel, small, svg, text_width,
};

/// The shares at one time, from the bottom up; they add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The time.
    pub at: u32,
    /// The share of each state; nothing where it is part of the others.
    pub shares: Vec<Option<f64>>,
    /// The share of states that are not shown at this time.
    pub others: f64,
}

/// Areas by state.
#[derive(Debug, Clone, PartialEq)]
pub struct Areas<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The states, from the bottom up.
    pub states: Vec<&'a str>,
    /// The columns, by time.
    pub columns: Vec<Column>,
    /// What time is counted in.
    pub unit: &'a str,
}

const TOP: i32 = 16;
const BOTTOM: i32 = 396;
const LEFT: i32 = 112;
const KEY: i32 = 40;
/// What states that are too small to be shown are called.
const OTHERS: &str = "states with few people";

/// What is put together.
const FEW: RGBColor = RGBColor(0xee, 0xee, 0xee);

/// From dark to light and back, so that neighbours differ also in grey.
pub(super) const SHADES: [RGBColor; 11] = [
    RGBColor(0x3d, 0x1f, 0x00),
    RGBColor(0x07, 0x2a, 0x4a),
    RGBColor(0x2c, 0x63, 0x93),
    RGBColor(0xa9, 0xc6, 0xe0),
    RGBColor(0xf0, 0xdc, 0xb4),
    RGBColor(0x55, 0x55, 0x55),
    RGBColor(0x6f, 0xa8, 0x8e),
    RGBColor(0xd9, 0xea, 0xe0),
    RGBColor(0xc9, 0x8a, 0x3a),
    RGBColor(0xe8, 0xe8, 0xe8),
    RGBColor(0x99, 0x99, 0x99),
];

impl Areas<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let keys = self.keys();
        let rows = small(keys.len().div_ceil(2));
        svg((WIDTH, BOTTOM + 96 + KEY * rows), self.title, &self.description(), |sheet| {
            let right = WIDTH - 40;
            let last = f64::from(self.columns.last().map_or(1, |column| column.at).max(1));
            let x =
                |at: u32| pixel(f64::from(LEFT) + f64::from(at) / last * f64::from(right - LEFT));
            let y = |share: f64| {
                pixel(f64::from(BOTTOM) - share.clamp(0.0, 1.0) * f64::from(BOTTOM - TOP))
            };
            self.draw_areas(sheet, &x, &y);
            for (share, label) in [(0.0, "0\u{a0}%"), (0.5, "50\u{a0}%"), (1.0, "100\u{a0}%")] {
                sheet.line(&[(LEFT - 8, y(share)), (LEFT, y(share))], GREY, 2, Dash::None);
                sheet.text(label, (LEFT - 14, y(share).max(TOP + 12)), Hold::Right, GREY);
            }
            let labels: Vec<(i32, String)> =
                self.columns.iter().map(|column| (x(column.at), column.at.to_string())).collect();
            let frame = super::axis::Frame { left: LEFT, top: TOP, right, bottom: BOTTOM };
            frame.labels_below(sheet, &labels);
            let middle = i32::midpoint(LEFT, right);
            sheet.text(self.unit, (middle, BOTTOM + 62), Hold::Middle, GREY);
            for (place, (state, name)) in keys.iter().enumerate() {
                let (column, row) = (small(place % 2), small(place / 2));
                let at = (LEFT + column * (WIDTH - LEFT) / 2, BOTTOM + 100 + KEY * row);
                let (from, to) = ((at.0, at.1 - 12), (at.0 + 34, at.1 + 12));
                fill(sheet, *state, from, to);
                sheet.outlined(from, to, GREY, Dash::None);
                sheet.text(
                    &fitted(name, (WIDTH - LEFT) / 2 - 60),
                    (at.0 + 46, at.1),
                    Hold::Left,
                    INK,
                );
            }
        })
    }

    /// The states that occur, and what those are called that are not shown.
    fn keys(&self) -> Vec<(Option<usize>, &str)> {
        let occurs = |state: usize| {
            self.columns.iter().any(|column| column.shares[state].is_some_and(|share| share > 0.0))
        };
        let shown = self.states.iter().enumerate().filter(|(state, _)| occurs(*state));
        let others = self.columns.iter().any(|column| column.others > 0.0);
        let others = others.then_some((None, OTHERS));
        shown.map(|(state, name)| (Some(state), *name)).chain(others).collect()
    }

    fn draw_areas(&self, sheet: &Sheet<'_>, x: &impl Fn(u32) -> i32, y: &impl Fn(f64) -> i32) {
        let mut below = vec![0.0; self.columns.len()];
        let mut bands = Vec::new();
        let states = (0..self.states.len()).map(Some).chain([None]);
        for state in states {
            let share = |column: &Column| match state {
                Some(state) => column.shares[state].unwrap_or(0.0),
                None => column.others,
            };
            let above: Vec<f64> =
                self.columns.iter().zip(&below).map(|(column, low)| low + share(column)).collect();
            let corner = |place: usize, at: f64| (x(self.columns[place].at), y(at));
            let up = above.iter().enumerate().map(|(place, at)| corner(place, *at));
            let down = below.iter().enumerate().rev().map(|(place, at)| corner(place, *at));
            let outline: Vec<Point> = up.clone().chain(down).collect();
            let is_there = above.iter().zip(&below).any(|(high, low)| high - low > 1e-9);
            if is_there && outline.len() > 3 {
                sheet.polygon(&outline, shade(state));
                sheet.line(&up.collect::<Vec<Point>>(), WHITE, 2, Dash::None);
                bands.push((state, below.clone(), above.clone()));
            }
            below = above;
        }
        // Names come last, so that no area covers one.
        for (state, below, above) in bands {
            self.label(sheet, state, (&below, &above), (x, y));
        }
    }

    /// The name of a state inside its area, where there is room for it.
    fn label(
        &self,
        sheet: &Sheet<'_>,
        state: Option<usize>,
        (below, above): (&[f64], &[f64]),
        (x, y): (&impl Fn(u32) -> i32, &impl Fn(f64) -> i32),
    ) {
        let Some(name) = state.map(|state| self.states[state]) else { return };
        let inner = 1..self.columns.len().saturating_sub(1);
        let thickest = inner.max_by(|a, b| {
            let thick = |place: usize| above[place] - below[place];
            thick(*a).total_cmp(&thick(*b))
        });
        let Some(place) = thickest else { return };
        let (low, high) = (y(below[place]), y(above[place]));
        let half = text_width(name) / 2 + 8;
        // Areas begin with the first day that is told.
        let first = self.columns.first().map_or(LEFT, |column| x(column.at)) + half;
        let at = x(self.columns[place].at).clamp(first, (WIDTH - 40 - half).max(first));
        if low - high > 40 {
            let colour = if is_dark(shade(state)) { WHITE } else { INK };
            sheet.text(name, (at, i32::midpoint(low, high)), Hold::Middle, colour);
        }
    }

    fn description(&self) -> String {
        let columns = self.columns.iter().map(|column| {
            let mut parts: Vec<String> = self
                .states
                .iter()
                .zip(&column.shares)
                .filter_map(|(state, share)| {
                    share
                        .filter(|share| *share > 0.0)
                        .map(|share| format!("{state} {}", format::percent(share)))
                })
                .collect();
            if column.others > 0.0 {
                parts.push(format!("{OTHERS} {}", format::percent(column.others)));
            }
            format!("{} {}: {}", self.unit, column.at, parts.join(", "))
        });
        columns.collect::<Vec<_>>().join("; ")
    }
}

/// The shade of a state; of states that are not shown, none.
pub(super) fn shade(state: Option<usize>) -> RGBColor {
    state.map_or(FEW, |state| SHADES[state % SHADES.len()])
}

pub(super) fn is_dark(RGBColor(red, green, blue): RGBColor) -> bool {
    u32::from(red) * 3 + u32::from(green) * 6 + u32::from(blue) < 1300
}

fn fill(sheet: &Sheet<'_>, state: Option<usize>, from: Point, to: Point) {
    sheet.filled(from, to, shade(state));
}
