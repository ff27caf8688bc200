//! What share has returned by each day.

use crate::indicator::Display;

use super::axis::{Frame, Scale, draw_runs, runs, spread};
use super::format;
use super::mark::Mark;
use super::sheet::{
    BLUE, Dash, GREY, Hold, INK, Point, Sheet, WIDTH, fitted, pixel, svg, text_width,
};

/// A curve at one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Days since the index day.
    pub day: i32,
    /// The share that has returned by then.
    pub mark: Mark,
}

/// One group's curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve<'a> {
    /// Whose it is.
    pub label: &'a str,
    /// Its points, by day.
    pub points: Vec<CurvePoint>,
}

/// What share has returned by each day.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves<'a> {
    /// What is drawn, and for which period.
    pub title: &'a str,
    /// Everyone first, then the organisations in the order of their ids.
    pub curves: Vec<Curve<'a>>,
}

const TOP: i32 = 30;
const BOTTOM: i32 = 430;
const LABEL_ROOM: i32 = 240;
const DASHES: [Dash; 4] = [Dash::Short, Dash::Long, Dash::Dotted, Dash::LongShort];

impl Curves<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        svg((WIDTH, BOTTOM + 92), self.title, &self.description(), |sheet| {
            let marks = self
                .curves
                .iter()
                .flat_map(|curve| &curve.points)
                .filter_map(|point| point.mark.value());
            let scale = Scale::over(marks.chain([0.0]), Display::Percent);
            let ends = self.end_labels();
            let label_width = ends.iter().map(|(_, label, _)| text_width(label)).max().unwrap_or(0);
            let frame =
                Frame { left: 104, top: TOP, right: WIDTH - label_width - 30, bottom: BOTTOM };
            frame.value_axis(sheet, &scale);
            let last = self.days().last().copied().unwrap_or(1).max(1);
            let x = |day: i32| {
                pixel(
                    f64::from(frame.left)
                        + f64::from(day) / f64::from(last) * f64::from(frame.right - frame.left),
                )
            };
            draw_days(sheet, &self.days(), frame, x);
            for (place, curve) in self.curves.iter().enumerate().rev() {
                draw_curve(sheet, place, curve, x, |value| {
                    scale.place(value, frame.bottom, frame.top)
                });
            }
            let wanted: Vec<i32> = ends
                .iter()
                .map(|(value, _, _)| scale.place(*value, frame.bottom, frame.top))
                .collect();
            for ((_, label, is_all), y) in ends.iter().zip(spread(&wanted, TOP, BOTTOM)) {
                let at = (frame.right + 18, y);
                if *is_all {
                    sheet.bold(label, at, Hold::Left, INK);
                } else {
                    sheet.text(label, at, Hold::Left, INK);
                }
            }
            let middle = (i32::midpoint(frame.left, frame.right), BOTTOM + 70);
            sheet.text("days since disengagement", middle, Hold::Middle, GREY);
        })
    }

    fn days(&self) -> Vec<i32> {
        let mut days: Vec<i32> = self
            .curves
            .iter()
            .flat_map(|curve| curve.points.iter().map(|point| point.day))
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The value of each curve that is shown to its end, with its label.
    fn end_labels(&self) -> Vec<(f64, String, bool)> {
        let labelled = self.curves.iter().enumerate().filter_map(|(place, curve)| {
            let value = curve.points.last()?.mark.value()?;
            let label = format!("{} {}", fitted(curve.label, LABEL_ROOM), format::percent(value));
            Some((value, label, place == 0))
        });
        labelled.collect()
    }

    fn description(&self) -> String {
        let curves = self.curves.iter().map(|curve| {
            let points: Vec<String> = curve
                .points
                .iter()
                .map(|point| format!("day {} {}", point.day, point.mark.words(Display::Percent)))
                .collect();
            format!("{}: {}", curve.label, points.join(", "))
        });
        curves.collect::<Vec<_>>().join("; ")
    }
}

fn draw_days(sheet: &Sheet<'_>, days: &[i32], frame: Frame, x: impl Fn(i32) -> i32) {
    let mut labelled_until = i32::MIN;
    for day in days {
        let at = x(*day);
        sheet.line(&[(at, frame.bottom), (at, frame.bottom + 8)], GREY, 2, Dash::None);
        let label = day.to_string();
        if at - text_width(&label) / 2 > labelled_until {
            sheet.text(&label, (at, frame.bottom + 30), Hold::Middle, GREY);
            labelled_until = at + text_width(&label) / 2 + 8;
        }
    }
}

/// The first curve is thick and has dots; the others differ in dash.
fn draw_curve(
    sheet: &Sheet<'_>,
    place: usize,
    curve: &Curve<'_>,
    x: impl Fn(i32) -> i32,
    y: impl Fn(f64) -> i32,
) {
    let points: Vec<Option<Point>> =
        curve.points.iter().map(|point| Some((x(point.day), y(point.mark.value()?)))).collect();
    if place == 0 {
        draw_runs(sheet, &points, BLUE, 6, Dash::None);
        for at in runs(&points).into_iter().flatten() {
            sheet.dot(at, 8, BLUE);
        }
    } else {
        draw_runs(sheet, &points, GREY, 3, DASHES[(place - 1) % DASHES.len()]);
    }
}
