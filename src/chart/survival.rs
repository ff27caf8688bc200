//! Curves of an outcome by group, with limits at each day of the grid and the numbers at risk below.

use plotters::style::RGBColor;

use crate::indicator::Display;

use super::axis::{Frame, Scale};
use super::format;
use super::sheet::{
    BLUE, Dash, GREEN, GREY, Hold, INK, Point, Sheet, VERMILLION, WIDTH, fitted, pixel, small, svg,
    text_width,
};

/// A day of a group's curve; what is hidden is not there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalPoint {
    /// Days after time zero.
    pub day: u32,
    /// The share with its lower and upper limit.
    pub share: Option<(f64, f64, f64)>,
    /// People at risk.
    pub at_risk: Option<u64>,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalLine<'a> {
    /// What it is called.
    pub label: &'a str,
    /// Its days; the same ones for each group.
    pub points: Vec<SurvivalPoint>,
}

/// Curves of an outcome by group.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurves<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The groups.
    pub lines: Vec<SurvivalLine<'a>>,
}

const TOP: i32 = 30;
const BOTTOM: i32 = 430;
const ROW: i32 = 36;

/// Colour and dash of a group: each is told apart without colour.
pub(super) const STYLES: [(RGBColor, Dash); 5] = [
    (BLUE, Dash::None),
    (VERMILLION, Dash::Long),
    (GREEN, Dash::Short),
    (INK, Dash::LongShort),
    (GREY, Dash::Dotted),
];

impl SurvivalCurves<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let rows = small(self.lines.len());
        let height = BOTTOM + 84 + ROW * (rows + 1) + ROW * rows + 20;
        svg((WIDTH, height), self.title, &self.description(), |sheet| {
            let shares = self.lines.iter().flat_map(|line| &line.points);
            let shares = shares.filter_map(|point| point.share);
            let ends = shares.flat_map(|(value, low, high)| [value, low, high]);
            let scale = Scale::over(ends.chain([0.0]), Display::Percent);
            let frame = Frame { left: 112, top: TOP, right: WIDTH - 46, bottom: BOTTOM };
            frame.value_axis(sheet, &scale);
            let last = f64::from(self.days().last().copied().unwrap_or(1).max(1));
            let x = |day: u32| {
                let width = f64::from(frame.right - frame.left);
                pixel(f64::from(frame.left) + f64::from(day) / last * width)
            };
            let labels: Vec<(i32, String)> =
                self.days().iter().map(|day| (x(*day), day.to_string())).collect();
            frame.labels_below(sheet, &labels);
            let middle = i32::midpoint(frame.left, frame.right);
            sheet.text("days after time zero", (middle, BOTTOM + 64), Hold::Middle, GREY);
            for (place, line) in self.lines.iter().enumerate().rev() {
                draw_line(sheet, place, line, &x, &|value| {
                    scale.place(value, frame.bottom, frame.top)
                });
            }
            let below = self.draw_key(sheet, BOTTOM + 104);
            self.draw_at_risk(sheet, below, &labels);
        })
    }

    fn days(&self) -> Vec<u32> {
        let mut days: Vec<u32> =
            self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.day)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// What each line is; gives the height below.
    fn draw_key(&self, sheet: &Sheet<'_>, top: i32) -> i32 {
        for (place, line) in self.lines.iter().enumerate() {
            let (colour, dash) = STYLES[place % STYLES.len()];
            let y = top + ROW * small(place);
            sheet.line(&[(112, y), (190, y)], colour, 5, dash);
            sheet.text(&fitted(line.label, WIDTH - 260), (206, y), Hold::Left, INK);
        }
        top + ROW * small(self.lines.len())
    }

    /// The numbers at risk, as many as fit side by side.
    fn draw_at_risk(&self, sheet: &Sheet<'_>, top: i32, labels: &[(i32, String)]) {
        sheet.text("at risk", (112, top), Hold::Left, GREY);
        let words = |point: &SurvivalPoint| {
            point.at_risk.map_or_else(|| "–".to_owned(), |n| format::count(n.into()))
        };
        let points = self.lines.iter().flat_map(|line| &line.points);
        let widest = points.map(|point| text_width(&words(point))).max().unwrap_or(0);
        let room = labels.windows(2).map(|pair| pair[1].0 - pair[0].0).min().unwrap_or(WIDTH);
        let every = usize::try_from((widest + 14) / room.max(1) + 1).unwrap_or(1);
        for (place, line) in self.lines.iter().enumerate() {
            let y = top + ROW * (small(place) + 1);
            let (colour, dash) = STYLES[place % STYLES.len()];
            sheet.line(&[(8, y), (64, y)], colour, 5, dash);
            for (at, point) in line.points.iter().enumerate() {
                if at % every == 0 {
                    let x = labels.get(at).map_or(0, |(x, _)| *x);
                    sheet.text(&words(point), (x, y), Hold::Middle, INK);
                }
            }
        }
    }

    fn description(&self) -> String {
        let lines = self.lines.iter().map(|line| {
            let points = line.points.iter().map(|point| {
                let share = point.share.map_or_else(
                    || "hidden".to_owned(),
                    |(value, low, high)| {
                        let limits = format::interval(low, high, Display::Percent);
                        format!("{} ({limits})", format::percent(value))
                    },
                );
                format!("day {} {share}", point.day)
            });
            format!("{}: {}", line.label, points.collect::<Vec<_>>().join(", "))
        });
        lines.collect::<Vec<_>>().join("; ")
    }
}

/// Straight from day to day, because between the days of the grid nothing is said; limits as bars.
fn draw_line(
    sheet: &Sheet<'_>,
    place: usize,
    line: &SurvivalLine<'_>,
    x: &impl Fn(u32) -> i32,
    y: &impl Fn(f64) -> i32,
) {
    let (colour, dash) = STYLES[place % STYLES.len()];
    let aside = small(place) * 7;
    let points: Vec<Option<Point>> = line
        .points
        .iter()
        .map(|point| point.share.map(|(value, _, _)| (x(point.day), y(value))))
        .collect();
    // From one day that is told to the next, whatever is hidden between them.
    let told: Vec<Point> = points.into_iter().flatten().collect();
    sheet.line(&told, colour, 5, dash);
    if let [alone] = told.as_slice() {
        sheet.dot(*alone, 7, colour);
    }
    for point in &line.points {
        if let Some((_, low, high)) = point.share.filter(|(_, low, high)| high > low) {
            let at = x(point.day) + aside;
            sheet.line(&[(at, y(low)), (at, y(high))], colour, 2, Dash::None);
            for end in [low, high] {
                sheet.line(&[(at - 4, y(end)), (at + 4, y(end))], colour, 2, Dash::None);
            }
        }
    }
}
