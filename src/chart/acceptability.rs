//! The acceptability curve: how sure it is that a strategy is worth its cost, by what a unit of its
//! effect is worth.

use crate::indicator::Display;

use super::axis::{Frame, Scale};
use super::format;
use super::sheet::{BLUE, Dash, GREY, Hold, Point, Sheet, WIDTH, pixel, svg, text_width};

/// The acceptability curve of one strategy against another.
#[derive(Debug, Clone, PartialEq)]
pub struct Acceptability<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// Dollars that a unit may be worth, in rising order, and the share of draws in which the strategy
    /// then has the greater benefit.
    pub points: Vec<(f64, f64)>,
    /// What a unit is.
    pub unit: &'a str,
}

const TOP: i32 = 30;
const BOTTOM: i32 = 400;

impl Acceptability<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        svg((WIDTH, BOTTOM + 92), self.title, &self.description(), |sheet| {
            let scale = Scale::over([0.0, 1.0], Display::Percent);
            let frame = Frame { left: 112, top: TOP, right: WIDTH - 46, bottom: BOTTOM };
            frame.value_axis(sheet, &scale);
            let last = self.points.last().map_or(1.0, |(worth, _)| worth.max(1e-9));
            let x = |worth: f64| {
                pixel(f64::from(frame.left) + worth / last * f64::from(frame.right - frame.left))
            };
            let labels: Vec<(i32, String)> =
                self.points.iter().map(|(worth, _)| (x(*worth), dollars(*worth))).collect();
            draw_labels(sheet, frame, &labels);
            let middle = (i32::midpoint(frame.left, frame.right), BOTTOM + 64);
            sheet.text(&format!("what a {} is worth", self.unit), middle, Hold::Middle, GREY);
            let place = |(worth, share): &(f64, f64)| -> Point {
                (x(*worth), scale.place(*share, frame.bottom, frame.top))
            };
            let points: Vec<Point> = self.points.iter().map(place).collect();
            sheet.line(&points, BLUE, 5, Dash::None);
            for at in points {
                sheet.dot(at, 8, BLUE);
            }
        })
    }

    fn description(&self) -> String {
        let points = self
            .points
            .iter()
            .map(|(worth, share)| format!("{}: {}", dollars(*worth), format::percent(*share)));
        points.collect::<Vec<_>>().join("; ")
    }
}

/// A tick for each worth, and labels as far as they stand apart.
fn draw_labels(sheet: &Sheet<'_>, frame: Frame, labels: &[(i32, String)]) {
    let mut free = i32::MIN;
    for (x, label) in labels {
        let half = text_width(label) / 2;
        let is_free = x - half >= free;
        let length = if is_free { 10 } else { 5 };
        sheet.line(&[(*x, frame.bottom), (*x, frame.bottom + length)], GREY, 2, Dash::None);
        if is_free {
            sheet.text(label, (*x, frame.bottom + 28), Hold::Middle, GREY);
            free = x + half + 16;
        }
    }
}

/// Whole dollars without cents.
fn dollars(value: f64) -> String {
    let text = format::dollars(value);
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}
