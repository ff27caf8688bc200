//! Balance of covariates: standardised differences before and after weighting, one below the other.

use super::forest::draw_key;
use super::format;
use super::sheet::{
    BLUE, Dash, FAINT, GREY, Hold, INK, WIDTH, pixel, small, svg, text_width, wrapped,
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
const LINE: i32 = 30;
const LABEL_ROOM: i32 = 560;
/// Below this a covariate counts as balanced.
const BALANCED: f64 = 0.1;

/// How high the row of a label is.
fn height(label: &[String]) -> i32 {
    ROW + LINE * small(label.len().saturating_sub(1))
}

impl BalancePlot<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let labels: Vec<Vec<String>> =
            self.lines.iter().map(|line| wrapped(line.label, LABEL_ROOM)).collect();
        let bottom = TOP + labels.iter().map(|label| height(label)).sum::<i32>();
        svg((WIDTH, bottom + 130), self.title, &self.description(), |sheet| {
            let widest = labels.iter().flatten().map(|line| text_width(line)).max().unwrap_or(0);
            let (left, right) = (widest + 40, WIDTH - 40);
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
            let mut top = TOP;
            for (line, label) in self.lines.iter().zip(&labels) {
                let y = top + height(label) / 2;
                for (place, words) in label.iter().enumerate() {
                    let at = top + ROW / 2 + LINE * small(place);
                    sheet.text(words, (left - 20, at), Hold::Right, INK);
                }
                top += height(label);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_told_in_full() {
        let label = "Days with intensive community care in the half-year before";
        let line = BalanceLine { label, before: Some(0.3), after: None };
        let short = BalanceLine { label: "Age", ..line.clone() };
        let drawing = BalancePlot { title: "Balance", lines: vec![line, short] }.draw();
        let texts =
            drawing.split("<text ").skip(1).filter_map(|text| text.split(['>', '<']).nth(1));
        let told = texts.map(str::trim).collect::<Vec<_>>().join(" ");
        assert!(told.contains(label) && told.contains("Age"), "{told}");
    }
}
