//! Ratios with their limits, one below the other, on a logarithmic scale around 1.

use super::format;
use super::sheet::{
    BLUE, Dash, FAINT, GREY, Hold, INK, Sheet, WIDTH, fitted, pixel, small, svg, text_width,
};

/// A ratio with its limits, if it has any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The ratio, above 0.
    pub value: f64,
    /// Its limits.
    pub limits: Option<(f64, f64)>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestLine<'a> {
    /// What it is about.
    pub label: &'a str,
    /// As observed.
    pub crude: Option<Ratio>,
    /// After weighting.
    pub weighted: Option<Ratio>,
}

/// Ratios one below the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The lines.
    pub lines: Vec<ForestLine<'a>>,
    /// What lies to the left and to the right of 1.
    pub sides: (String, String),
}

const TOP: i32 = 60;
const ROW: i32 = 92;
const LEFT: i32 = 30;
const TICKS: [f64; 13] = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0, 50.0, 100.0];

impl Forest<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let bottom = TOP + ROW * small(self.lines.len());
        svg((WIDTH, bottom + 96), self.title, &self.description(), |sheet| {
            let (low, high) = self.ends();
            let right = WIDTH - 330;
            let x = |ratio: f64| {
                let share = (ratio.ln() - low.ln()) / (high.ln() - low.ln());
                pixel(f64::from(LEFT) + share.clamp(0.0, 1.0) * f64::from(right - LEFT))
            };
            for tick in TICKS.into_iter().filter(|tick| *tick >= low && *tick <= high) {
                let is_one = (tick - 1.0).abs() < 1e-9;
                let (colour, width) = if is_one { (GREY, 3) } else { (FAINT, 2) };
                // Beside the marks alone: no line runs through the label above them.
                for line in 0..small(self.lines.len()) {
                    let y = TOP + ROW * line;
                    let ends = [(x(tick), y + 36), (x(tick), y + ROW - 6)];
                    sheet.line(&ends, colour, width, Dash::None);
                }
                sheet.text(&tick.to_string(), (x(tick), bottom + 24), Hold::Middle, GREY);
            }
            let room = |side: &str, at: i32| fitted(side, at.max(140));
            let one = x(1.0);
            sheet.text(&room(&self.sides.0, one - 20), (one - 12, TOP - 34), Hold::Right, GREY);
            sheet.text(
                &room(&self.sides.1, WIDTH - one - 30),
                (one + 12, TOP - 34),
                Hold::Left,
                GREY,
            );
            for (place, line) in self.lines.iter().enumerate() {
                let y = TOP + ROW * small(place);
                sheet.text(&fitted(line.label, right - LEFT), (LEFT, y + 18), Hold::Left, INK);
                draw_ratio(sheet, line.weighted, y + 48, &x, true);
                draw_ratio(sheet, line.crude, y + 72, &x, false);
                let words = line.weighted.map_or_else(|| "–".to_owned(), words);
                sheet.text(&words, (WIDTH - 8, y + 48), Hold::Right, INK);
            }
            draw_key(sheet, bottom + 66);
        })
    }

    /// The ends of the scale: everything that is drawn, 1, and a little room.
    fn ends(&self) -> (f64, f64) {
        let ratios = self.lines.iter().flat_map(|line| [line.crude, line.weighted]).flatten();
        let (mut low, mut high) = (0.5_f64, 2.0_f64);
        for ratio in ratios.filter(|ratio| ratio.value > 0.0) {
            let (from, to) = ratio.limits.unwrap_or((ratio.value, ratio.value));
            low = low.min(from.max(0.01)).min(ratio.value.max(0.01));
            high = high.max(to.min(100.0)).max(ratio.value.min(100.0));
        }
        (low * 0.95, high * 1.05)
    }

    fn description(&self) -> String {
        let lines = self.lines.iter().map(|line| {
            let part = |name: &str, ratio: Option<Ratio>| match ratio {
                Some(ratio) => format!("{name} {}", words(ratio)),
                None => format!("{name} none"),
            };
            format!(
                "{}: {}, {}",
                line.label,
                part("weighted", line.weighted),
                part("as observed", line.crude)
            )
        });
        lines.collect::<Vec<_>>().join("; ")
    }
}

fn words(ratio: Ratio) -> String {
    let value = format::rate(ratio.value);
    ratio.limits.map_or(value.clone(), |(low, high)| {
        format!("{value} ({} to {})", format::rate(low), format::rate(high))
    })
}

fn draw_ratio(
    sheet: &Sheet<'_>,
    ratio: Option<Ratio>,
    y: i32,
    x: &impl Fn(f64) -> i32,
    is_weighted: bool,
) {
    let Some(ratio) = ratio.filter(|ratio| ratio.value > 0.0) else { return };
    let colour = if is_weighted { BLUE } else { GREY };
    if let Some((low, high)) = ratio.limits {
        let width = if is_weighted { 5 } else { 3 };
        sheet.line(&[(x(low.max(1e-6)), y), (x(high), y)], colour, width, Dash::None);
    }
    if is_weighted {
        sheet.dot((x(ratio.value), y), 10, colour);
    } else {
        sheet.ring((x(ratio.value), y), 8, colour);
    }
}

/// What dots and rings are.
pub(super) fn draw_key(sheet: &Sheet<'_>, y: i32) {
    sheet.dot((LEFT + 10, y), 10, BLUE);
    sheet.text("weighted", (LEFT + 30, y), Hold::Left, INK);
    let next = LEFT + 70 + text_width("weighted");
    sheet.ring((next, y), 8, GREY);
    sheet.text("as observed", (next + 20, y), Hold::Left, INK);
}
