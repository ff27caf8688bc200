//! An indicator over time, with the lines of its control chart.

use std::collections::BTreeSet;

use crate::indicator::Display;
use crate::terms::Period;

use super::axis::{Frame, Scale, runs, spread};
use super::format;
use super::legend::{self, Key};
use super::mark::{Mark, Shown};
use super::sheet::{
    BLUE, Dash, FONT, GREEN, GREY, Hold, INK, Point, Sheet, WIDTH, pixel, svg, text_width,
};

/// The lines of a control chart at one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Centre line.
    pub centre: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// One period of a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendPoint {
    /// The period.
    pub period: Period,
    /// Its number.
    pub mark: Mark,
    /// Centre line, lower and upper limit, where the chart has them.
    pub limits: Option<Limits>,
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
            let names = self.points.iter().map(|point| format::period_tick(point.period));
            let names: Vec<String> = names.collect();
            // The first and the last name stand half outside the plot if periods are narrow.
            let half = names.iter().map(|name| text_width(name)).max().unwrap_or(0) / 2;
            let frame = Frame {
                left: (tick_width + 24).max(half),
                top: TOP,
                right: WIDTH - (label_width + 24).max(half),
                bottom: TOP + PLOT,
            };
            frame.value_axis(sheet, &scale);
            let across = Across::new(frame, self.points.len());
            let places = (0..).map(|place| across.at(place));
            frame.labels_below(sheet, &places.zip(names).collect::<Vec<_>>());
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
        let scale = self.scale();
        let keys = self.points.iter().filter_map(|point| key_of(point, &scale));
        keys.collect::<BTreeSet<Key>>().into_iter().collect()
    }

    /// Limits where a number is shown: limits of a hidden month would tell its denominator.
    fn limits(&self) -> impl Iterator<Item = Option<Limits>> {
        self.points.iter().map(|point| point.mark.value().and(point.limits))
    }

    /// A scale for complete periods: a preliminary one that rests on a few units may lie far off, and
    /// is then drawn at the edge.
    fn scale(&self) -> Scale {
        let limits = self.limits().flatten();
        let limits = limits.flat_map(|limits| [limits.centre, limits.lower, limits.upper]);
        let of = |shown: Shown| {
            let marks = self.points.iter().map(|point| point.mark);
            marks.filter(move |mark| mark.shown() == shown).filter_map(Mark::value)
        };
        let complete: Vec<f64> = of(Shown::Final).collect();
        let others =
            if complete.is_empty() { of(Shown::Preliminary).collect() } else { Vec::new() };
        let values = complete.into_iter().chain(others);
        Scale::over(values.chain(limits).chain(self.target), self.display)
    }

    /// Labels to the right of the plot: value, text and kind of line.
    fn end_labels(&self) -> Vec<(f64, String, Line)> {
        let mut labels = Vec::new();
        if let Some(Limits { centre, lower, upper }) = self.limits().flatten().last() {
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
        let limits: Vec<Option<(usize, Limits)>> =
            self.limits().enumerate().map(|(place, limits)| Some((place, limits?))).collect();
        // Limits belong to a period, not to a moment: a step as wide as the period.
        let draw = |pick: fn(Limits) -> f64, dash: Dash| {
            for run in runs(&limits) {
                let steps = run.into_iter().flat_map(|(place, limits)| {
                    let y = scale.place(pick(limits), frame.bottom, frame.top);
                    let (left, right) = across.ends(place);
                    [(left, y), (right, y)]
                });
                sheet.line(&steps.collect::<Vec<Point>>(), GREY, 2, dash);
            }
        };
        draw(|limits| limits.centre, Dash::None);
        draw(|limits| limits.lower, Dash::Short);
        draw(|limits| limits.upper, Dash::Short);
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
            if let Some(key) = key_of(point, scale) {
                key.draw(sheet, at(place).unwrap_or((across.at(place), frame.bottom - 18)));
            }
        }
    }
}

fn key_of(point: &TrendPoint, scale: &Scale) -> Option<Key> {
    let is_off = point.mark.value().is_some_and(|value| !scale.holds(value));
    match point.mark.shown() {
        Shown::Final | Shown::Preliminary if point.is_signal => Some(Key::Signal),
        Shown::Final => Some(Key::Final),
        Shown::Preliminary if is_off => Some(Key::OffScale),
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

    /// Where the period begins and ends.
    fn ends(self, place: usize) -> (i32, i32) {
        let middle = self.first + self.step * f64::from(super::sheet::small(place));
        (pixel(middle - self.step / 2.0), pixel(middle + self.step / 2.0))
    }

    fn at(self, place: usize) -> i32 {
        pixel(self.first + self.step * f64::from(super::sheet::small(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far the texts of a drawing reach to the left and to the right, with wide digits.
    fn reach(drawing: &str) -> (f64, f64) {
        let texts = drawing.split("<text ").skip(1).map(|text| {
            let (attributes, inside) = text.split_once('>').expect("a tag");
            let of = |name: &str| {
                let from = attributes.split_once(&format!("{name}=\"")).expect("an attribute").1;
                from.split('"').next().expect("a value").to_owned()
            };
            let label = inside.split('<').next().expect("a text").trim();
            let units = label.chars().map(|one| if one.is_ascii_digit() { 64 } else { 58 });
            let width = f64::from(units.sum::<i32>() * FONT) / 100.0;
            let x: f64 = of("x").parse().expect("a number");
            match of("text-anchor").as_str() {
                "start" => (x, x + width),
                "middle" => (x - width / 2.0, x + width / 2.0),
                _ => (x - width, x),
            }
        });
        texts.fold((f64::MAX, f64::MIN), |ends, text| (ends.0.min(text.0), ends.1.max(text.1)))
    }

    #[test]
    fn no_date_and_no_limit_is_cut_at_the_edge() {
        let month = |place: i32| {
            let start = crate::terms::Day::from_ymd(2021, 11, 1).expect("a day");
            Period::starting(crate::terms::Grain::Month, start.months_later(place))
        };
        let point = |place, limits| TrendPoint {
            period: month(place),
            mark: Mark::EMPTY,
            limits,
            is_signal: false,
        };
        for months in [5, 24, 60] {
            let points = (0..months).map(|place| point(place, None)).collect();
            let series =
                TrendSeries { title: "None", display: Display::Rate, points, target: None };
            let (left, right) = reach(&series.draw());
            assert!(left >= 0.0 && right <= f64::from(WIDTH), "{months}: {left} to {right}");
        }
        assert!(f64::from(text_width("upper $11.45")) >= 6.6 * f64::from(FONT));
    }
}
