//! The plot's frame, its scale of values and labels beside it.

use crate::indicator::Display;

use super::format;
use super::sheet::{Dash, FAINT, FONT, GREY, Hold, Point, Sheet, pixel};

/// A scale of values with ticks at round numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
    display: Display,
}

impl Scale {
    /// A scale for the values. A share stays within 0 and 1, and a scale begins at zero unless
    /// that would press the values into its upper half.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, display: Display) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if low >= 0.0 && low < high * 0.5 {
            low = 0.0;
        }
        let room = (least_span(high, display) - (high - low)).max(0.0) / 2.0;
        let least = if low < 0.0 { low - room } else { (low - room).max(0.0) };
        (low, high) = (least, high + room);
        let step = round_step((high - low) / 5.0);
        let mut scale = Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            step,
            display,
        };
        if display == Display::Percent {
            scale.low = scale.low.max(0.0);
            scale.high = scale.high.min(1.0).max(scale.low + step);
        }
        scale
    }

    /// A scale without ticks that ends at the extremes.
    pub(super) fn between(low: f64, high: f64, display: Display) -> Self {
        let room = (least_span(high, display) - (high - low)).max(0.0) / 2.0;
        Self { low: low - room, high: high + room, step: 1.0, display }
    }

    /// True if a value lies on the scale.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Where a value lies between two pixels; values outside the scale stay at its ends.
    pub(super) fn place(&self, value: f64, from: i32, to: i32) -> i32 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        pixel(f64::from(from) + share * f64::from(to - from))
    }

    /// Every tick with its label.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let mut ticks = Vec::new();
        let mut number = (self.low / self.step - 1e-6).ceil();
        while number * self.step <= self.high + self.step * 1e-6 && ticks.len() < 12 {
            let at = number * self.step;
            ticks.push((at, format::tick(at, self.step, self.display)));
            number += 1.0;
        }
        ticks
    }
}

/// A change that nobody would notice should not fill a scale.
fn least_span(high: f64, display: Display) -> f64 {
    if display == Display::Percent { 0.05 } else { (high.abs() * 0.1).max(0.01) }
}

/// 1, 2, 2.5 or 5 times a power of ten, not less than `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let lead = [1.0, 2.0, 2.5, 5.0].into_iter().find(|lead| lead * power >= least * 0.999_999);
    lead.unwrap_or(10.0) * power
}

/// The rectangle that data are drawn in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Frame {
    /// Horizontal rules with their labels on the left.
    pub(super) fn value_axis(self, sheet: &Sheet<'_>, scale: &Scale) {
        for (at, label) in scale.ticks() {
            let y = scale.place(at, self.bottom, self.top);
            sheet.line(&[(self.left, y), (self.right, y)], FAINT, 2, Dash::None);
            sheet.text(&label, (self.left - 12, y), Hold::Right, GREY);
        }
        sheet.line(&[(self.left, self.bottom), (self.right, self.bottom)], GREY, 2, Dash::None);
    }

    /// Labels below the plot: as many of them as fit side by side, evenly, the last one always.
    pub(super) fn labels_below(self, sheet: &Sheet<'_>, labels: &[(i32, String)]) {
        let widest =
            labels.iter().map(|(_, label)| super::sheet::text_width(label)).max().unwrap_or(0);
        let fit =
            usize::try_from((self.right - self.left) / (widest + 24).max(1)).unwrap_or(0).max(1);
        let every = labels.len().div_ceil(fit).max(1);
        for (from_last, (x, label)) in labels.iter().rev().enumerate() {
            let is_labelled = from_last % every == 0;
            let length = if is_labelled { 10 } else { 5 };
            sheet.line(&[(*x, self.bottom), (*x, self.bottom + length)], GREY, 2, Dash::None);
            if is_labelled {
                sheet.text(label, (*x, self.bottom + 28), Hold::Middle, GREY);
            }
        }
    }
}

/// Heights for labels that want to stand at `wanted`, in the same order, moved apart so that none
/// covers another and all stay between `top` and `bottom`.
pub(super) fn spread(wanted: &[i32], top: i32, bottom: i32) -> Vec<i32> {
    let gap = FONT + 6;
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&label| (wanted[label], label));
    let mut placed = wanted.to_vec();
    let mut least = top;
    for &label in &order {
        placed[label] = placed[label].max(least);
        least = placed[label] + gap;
    }
    let mut most = bottom;
    for &label in order.iter().rev() {
        placed[label] = placed[label].min(most);
        most = placed[label] - gap;
    }
    placed
}

/// Runs of neighbours that all have a point.
pub(super) fn runs<T: Copy>(points: &[Option<T>]) -> Vec<Vec<T>> {
    let mut runs = vec![Vec::new()];
    for point in points {
        match point {
            Some(point) => runs.last_mut().expect("never empty").push(*point),
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// A line through each run.
pub(super) fn draw_runs(
    sheet: &Sheet<'_>,
    points: &[Option<Point>],
    colour: plotters::style::RGBColor,
    width: u32,
    dash: Dash,
) {
    for run in runs(points) {
        sheet.line(&run, colour, width, dash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_round_numbers_and_a_share_within_its_bounds() {
        let labels = |values: [f64; 2], display| {
            let labels = Scale::over(values, display).ticks().into_iter().map(|(_, label)| label);
            labels.collect::<Vec<_>>().join(" ").replace('\u{a0}', "")
        };
        assert_eq!(labels([0.62, 0.98], Display::Percent), "60% 70% 80% 90% 100%");
        assert_eq!(labels([3.0, 41.0], Display::Rate), "0 10 20 30 40 50");
        assert_eq!(labels([0.0, 0.0], Display::Rate), "0.000 0.001 0.002 0.003 0.004 0.005");
        assert_eq!(labels([39.2, 39.9], Display::Dollars), "$37 $38 $39 $40 $41 $42");
    }

    #[test]
    fn labels_are_moved_apart_and_stay_inside() {
        let placed = spread(&[100, 101, 102, 395], 0, 400);
        assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= FONT), "{placed:?}");
        assert!(placed.iter().all(|y| (0..=400).contains(y)), "{placed:?}");
    }
}
