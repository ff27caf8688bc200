//! An indicator over time, with the lines of its control chart.

use std::collections::BTreeSet;

use crate::indicator::Display;
use crate::terms::Period;

use super::axis::{Frame, Scale, draw_runs, spread};
use super::format;
use super::legend::{self, Key};
use super::mark::{Mark, Shown};
use super::sheet::{
    BLUE, Dash, FONT, GREEN, GREY, Hold, INK, Point, Sheet, WIDTH, pixel, svg, text_width,
};

/// One period of a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendPoint {
    /// The period.
    pub period: Period,
    /// Its number.
    pub mark: Mark,
    /// Centre line, lower and upper limit, where the chart has them.
    pub limits: Option<(f64, f64, f64)>,
    /// Whether the chart's rules call it a signal.
    pub is_signal: bool,
}

/// An indicator over time.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendSeries<'a> {
    /// What is drawn, and for whom.
    pub title: &'a str,
    /// How its values are written.
    pub display: Display,
    /// Every period, in order.
    pub points: Vec<TrendPoint>,
    /// The target, if one is set.
    pub target: Option<f64>,
}

const TOP: i32 = 30;
const PLOT: i32 = 360;

impl TrendSeries<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let keys = self.keys();
        let height = TOP + PLOT + 56 + legend::height(&keys, 12);
        svg((WIDTH, height), self.title, &self.description(), |sheet| {
            let scale = self.scale();
            let ends = self.end_labels();
            let label_width = ends.iter().map(|(_, label, _)| text_width(label)).max().unwrap_or(0);
            let tick_width =
                scale.ticks().iter().map(|(_, label)| text_width(label)).max().unwrap_or(0);
            let frame = Frame {
                left: tick_width + 24,
                top: TOP,
                right: WIDTH - label_width - 24,
                bottom: TOP + PLOT,
            };
            frame.value_axis(sheet, &scale);
            let across = Across::new(frame, self.points.len());
            let labels: Vec<_> = self
                .points
                .iter()
                .enumerate()
                .map(|(place, point)| (across.at(place), format::period_tick(point.period)))
                .collect();
            frame.labels_below(sheet, &labels);
            self.draw_limits(sheet, &scale, frame, across);
            self.draw_data(sheet, &scale, frame, across);
            draw_end_labels(sheet, &ends, &scale, frame);
            legend::draw(sheet, &keys, (12, frame.bottom + 56));
        })
    }

    /// The numbers in words.
    fn description(&self) -> String {
        let mut words: Vec<String> = self
            .points
            .iter()
            .map(|point| {
                let signal = if point.is_signal { ", signal" } else { "" };
                format!(
                    "{}: {}{signal}",
                    format::period(point.period),
                    point.mark.words(self.display)
                )
            })
            .collect();
        words.extend(self.end_labels().into_iter().map(|(_, label, _)| label));
        words.join("; ")
    }

    fn keys(&self) -> Vec<Key> {
        let keys: BTreeSet<Key> = self.points.iter().filter_map(key_of).collect();
        keys.into_iter().collect()
    }

    /// Limits where a number is shown: limits of a hidden month would tell its denominator.
    fn limits(&self) -> impl Iterator<Item = Option<(f64, f64, f64)>> {
        self.points.iter().map(|point| point.mark.value().and(point.limits))
    }

    fn scale(&self) -> Scale {
        let values = self.points.iter().filter_map(|point| point.mark.value());
        let limits =
            self.limits().flatten().flat_map(|(centre, lower, upper)| [centre, lower, upper]);
        Scale::over(values.chain(limits).chain(self.target), self.display)
    }

    /// Labels to the right of the plot: value, text and kind of line.
    fn end_labels(&self) -> Vec<(f64, String, Line)> {
        let mut labels = Vec::new();
        if let Some((centre, lower, upper)) = self.limits().flatten().last() {
            labels.push((
                upper,
                format!("upper {}", format::value(upper, self.display)),
                Line::Limit,
            ));
            labels.push((
                centre,
                format!("centre {}", format::value(centre, self.display)),
                Line::Centre,
            ));
            labels.push((
                lower,
                format!("lower {}", format::value(lower, self.display)),
                Line::Limit,
            ));
        }
        if let Some(target) = self.target {
            labels.push((
                target,
                format!("target {}", format::value(target, self.display)),
                Line::Target,
            ));
        }
        labels
    }

    fn draw_limits(&self, sheet: &Sheet<'_>, scale: &Scale, frame: Frame, across: Across) {
        let line = |pick: fn((f64, f64, f64)) -> f64| -> Vec<Option<Point>> {
            let y = |limits| scale.place(pick(limits), frame.bottom, frame.top);
            self.limits()
                .enumerate()
                .map(|(place, limits)| Some((across.at(place), y(limits?))))
                .collect()
        };
        draw_runs(sheet, &line(|limits| limits.0), GREY, 2, Dash::None);
        draw_runs(sheet, &line(|limits| limits.1), GREY, 2, Dash::Short);
        draw_runs(sheet, &line(|limits| limits.2), GREY, 2, Dash::Short);
        if let Some(target) = self.target {
            let y = scale.place(target, frame.bottom, frame.top);
            sheet.line(&[(frame.left, y), (frame.right, y)], GREEN, 3, Dash::LongShort);
        }
    }

    fn draw_data(&self, sheet: &Sheet<'_>, scale: &Scale, frame: Frame, across: Across) {
        let at = |place: usize| {
            let value = self.points[place].mark.value()?;
            Some((across.at(place), scale.place(value, frame.bottom, frame.top)))
        };
        for place in 1..self.points.len() {
            if let (Some(from), Some(to)) = (at(place - 1), at(place)) {
                let is_final = |place: usize| self.points[place].mark.shown() == Shown::Final;
                let dash =
                    if is_final(place - 1) && is_final(place) { Dash::None } else { Dash::Short };
                sheet.line(&[from, to], BLUE, 4, dash);
            }
        }
        for (place, point) in self.points.iter().enumerate() {
            if let Some(key) = key_of(point) {
                key.draw(sheet, at(place).unwrap_or((across.at(place), frame.bottom - 18)));
            }
        }
    }
}

fn key_of(point: &TrendPoint) -> Option<Key> {
    match point.mark.shown() {
        Shown::Final | Shown::Preliminary if point.is_signal => Some(Key::Signal),
        Shown::Final => Some(Key::Final),
        Shown::Preliminary => Some(Key::Preliminary),
        Shown::Hidden => Some(Key::Hidden),
        Shown::Withheld | Shown::NotComputable => Some(Key::NoNumber),
        Shown::Empty => None,
    }
}

/// What a label at the end of a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Centre,
    Limit,
    Target,
}

fn draw_end_labels(sheet: &Sheet<'_>, labels: &[(f64, String, Line)], scale: &Scale, frame: Frame) {
    let wanted: Vec<i32> =
        labels.iter().map(|(value, _, _)| scale.place(*value, frame.bottom, frame.top)).collect();
    let placed = spread(&wanted, frame.top - FONT / 2, frame.bottom);
    for ((_, label, line), y) in labels.iter().zip(placed) {
        let colour = match line {
            Line::Centre => INK,
            Line::Limit => GREY,
            Line::Target => GREEN,
        };
        sheet.text(label, (frame.right + 16, y), Hold::Left, colour);
    }
}

/// Places side by side.
#[derive(Debug, Clone, Copy)]
struct Across {
    first: f64,
    step: f64,
}

impl Across {
    fn new(frame: Frame, places: usize) -> Self {
        let width = f64::from(frame.right - frame.left);
        let step = width / f64::from(super::sheet::small(places.max(1)));
        Self { first: f64::from(frame.left) + step / 2.0, step }
    }

    fn at(self, place: usize) -> i32 {
        pixel(self.first + self.step * f64::from(super::sheet::small(place)))
    }
}
