//! A funnel: organisations by what their numbers rest on, between the limits of chance. Not a league
//! table: only places beyond the outer limits carry a name.

use crate::indicator::Display;

use super::axis::{Frame, Scale};
use super::format;
use super::sheet::{
    BLUE, Dash, FONT, GREY, Hold, INK, Sheet, VERMILLION, WIDTH, fitted, pixel, svg, text_width,
};

/// One organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPoint {
    /// Its id.
    pub label: String,
    /// How much its value rests on.
    pub size: f64,
    /// Its value.
    pub value: f64,
    /// True beyond the outer limits.
    pub is_flagged: bool,
}

/// Limits at a size: inner and outer, low and high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelLine {
    /// The size.
    pub size: f64,
    /// The inner limits.
    pub inner: (f64, f64),
    /// The outer limits.
    pub outer: (f64, f64),
}

/// A funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelChart<'a> {
    /// What is drawn, and for which period.
    pub title: &'a str,
    /// How its values are written.
    pub display: Display,
    /// What a size is.
    pub size: &'a str,
    /// The value of all of them together.
    pub centre: f64,
    /// Every organisation.
    pub points: Vec<FunnelPoint>,
    /// The limits, by size.
    pub lines: Vec<FunnelLine>,
}

const HEIGHT: i32 = 470;

impl FunnelChart<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let frame = Frame { left: 130, top: 40, right: WIDTH - 30, bottom: HEIGHT - 90 };
        svg((WIDTH, HEIGHT), self.title, &self.description(), |sheet| {
            let scale = self.scale();
            frame.value_axis(sheet, &scale);
            self.draw_limits(sheet, &scale, frame);
            for point in &self.points {
                self.draw_point(sheet, point, &scale, frame);
            }
            let middle = i32::midpoint(frame.left, frame.right);
            sheet.text(self.size, (middle, HEIGHT - 50), Hold::Middle, GREY);
            sheet.text("fewer", (frame.left, frame.bottom + 26), Hold::Left, GREY);
            sheet.text("more", (frame.right, frame.bottom + 26), Hold::Right, GREY);
            draw_key(sheet, HEIGHT - 16);
        })
    }

    fn description(&self) -> String {
        let point = |point: &FunnelPoint| {
            let flag = if point.is_flagged { ", beyond the 99.8 % limits" } else { "" };
            format!("{}: {}{flag}", point.label, format::value(point.value, self.display))
        };
        let words: Vec<String> = self.points.iter().map(point).collect();
        let centre = format::value(self.centre, self.display);
        format!("{}; centre {centre}", words.join("; "))
    }

    /// Values and outer limits, but not limits so far out that values would lie in a heap.
    fn scale(&self) -> Scale {
        let values = || self.points.iter().map(|point| point.value).chain([self.centre]);
        let (low, high) = values()
            .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let room = (high - low).max(self.centre.abs() * 0.05);
        let near = |value: &f64| (low - room..=high + room).contains(value);
        let ends = self.lines.iter().flat_map(|line| [line.outer.0, line.outer.1]);
        Scale::over(values().chain(ends.filter(near)), self.display)
    }

    fn across(&self, size: f64, frame: Frame) -> i32 {
        let least = self.lines.first().map_or(0.0, |line| line.size);
        let most = self.lines.last().map_or(1.0, |line| line.size);
        let share = ((size - least) / (most - least)).clamp(0.0, 1.0);
        pixel(f64::from(frame.left) + share * f64::from(frame.right - frame.left))
    }

    fn draw_limits(&self, sheet: &Sheet<'_>, scale: &Scale, frame: Frame) {
        let draw = |pick: fn(&FunnelLine) -> f64, dash: Dash| {
            let points: Vec<(i32, i32)> = self
                .lines
                .iter()
                .filter(|line| scale.holds(pick(line)))
                .map(|line| {
                    let y = scale.place(pick(line), frame.bottom, frame.top);
                    (self.across(line.size, frame), y)
                })
                .collect();
            sheet.line(&points, GREY, 3, dash);
        };
        draw(|line| line.outer.0, Dash::None);
        draw(|line| line.outer.1, Dash::None);
        draw(|line| line.inner.0, Dash::Short);
        draw(|line| line.inner.1, Dash::Short);
        let y = scale.place(self.centre, frame.bottom, frame.top);
        sheet.line(&[(frame.left, y), (frame.right, y)], INK, 2, Dash::None);
    }

    fn draw_point(&self, sheet: &Sheet<'_>, point: &FunnelPoint, scale: &Scale, frame: Frame) {
        let at =
            (self.across(point.size, frame), scale.place(point.value, frame.bottom, frame.top));
        if !point.is_flagged {
            return sheet.dot(at, 10, BLUE);
        }
        sheet.diamond(at, 13, VERMILLION);
        let label = fitted(&point.label, 220);
        let fits = at.0 + 24 + text_width(&label) < frame.right;
        let (x, hold) = if fits { (at.0 + 22, Hold::Left) } else { (at.0 - 22, Hold::Right) };
        sheet.bold(&label, (x, at.1), hold, INK);
    }
}

fn draw_key(sheet: &Sheet<'_>, y: i32) {
    let mut x = 20;
    let mut entry = |words: &str, draw: &dyn Fn(i32)| {
        draw(x);
        sheet.text(words, (x + 58, y), Hold::Left, GREY);
        x += 58 + text_width(words) + 30;
    };
    entry("99.8 % limits", &|x| sheet.line(&[(x, y), (x + 48, y)], GREY, 3, Dash::None));
    entry("95 % limits", &|x| sheet.line(&[(x, y), (x + 48, y)], GREY, 3, Dash::Short));
    entry("beyond", &|x| sheet.diamond((x + 36, y), FONT / 2, VERMILLION));
}
