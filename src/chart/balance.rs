//! Balance of covariates: standardised differences before and after weighting, one below the other.

use super::forest::draw_key;
use super::format;
use super::sheet::{
    BLUE, Dash, FAINT, GREY, Hold, INK, WIDTH, fitted, pixel, small, svg, text_width,
};

/// One covariate.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceLine<'a> {
    /// What it is called.
    pub label: &'a str,
    /// The difference as observed, in standard deviations.
    pub before: Option<f64>,
    /// The same after weighting.
    pub after: Option<f64>,
}

/// Differences before and after weighting.
#[derive(Debug, Clone, PartialEq)]
pub struct BalancePlot<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The covariates.
    pub lines: Vec<BalanceLine<'a>>,
}

const TOP: i32 = 20;
const ROW: i32 = 40;
const LABEL_ROOM: i32 = 560;
/// Below this a covariate counts as balanced.
const BALANCED: f64 = 0.1;

impl BalancePlot<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let bottom = TOP + ROW * small(self.lines.len());
        svg((WIDTH, bottom + 130), self.title, &self.description(), |sheet| {
            let widest = self.lines.iter().map(|line| text_width(line.label)).max().unwrap_or(0);
            let (left, right) = (widest.min(LABEL_ROOM) + 40, WIDTH - 40);
            let most = self
                .lines
                .iter()
                .flat_map(|line| [line.before, line.after])
                .flatten()
                .fold(0.25_f64, |most, value| most.max(value.abs()));
            let x = |value: f64| {
                let share = f64::midpoint(value / most, 1.0);
                pixel(f64::from(left) + share.clamp(0.0, 1.0) * f64::from(right - left))
            };
            for (at, dash) in [(-BALANCED, Dash::Short), (0.0, Dash::None), (BALANCED, Dash::Short)]
            {
                sheet.line(&[(x(at), TOP), (x(at), bottom)], GREY, 2, dash);
            }
            let tick = (most * 10.0).floor() / 10.0;
            for at in [-tick, 0.0, tick] {
                let label = format!("{at:.1}").replace('-', "\u{2212}");
                sheet.text(&label, (x(at), bottom + 26), Hold::Middle, GREY);
            }
            sheet.text(
                "difference in standard deviations",
                (right, bottom + 60),
                Hold::Right,
                GREY,
            );
            for (place, line) in self.lines.iter().enumerate() {
                let y = TOP + ROW * small(place) + ROW / 2;
                sheet.text(&fitted(line.label, LABEL_ROOM), (left - 20, y), Hold::Right, INK);
                sheet.line(&[(left, y), (right, y)], FAINT, 1, Dash::None);
                if let Some(value) = line.before {
                    sheet.ring((x(value), y), 8, GREY);
                }
                if let Some(value) = line.after {
                    sheet.dot((x(value), y), 9, BLUE);
                }
            }
            draw_key(sheet, bottom + 102);
        })
    }

    fn description(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), format::rate);
        let lines = self.lines.iter().map(|line| {
            format!(
                "{}: as observed {}, weighted {}",
                line.label,
                number(line.before),
                number(line.after)
            )
        });
        lines.collect::<Vec<_>>().join("; ")
    }
}
