//! Organisations side by side: a dot with its interval for each, in the order of their ids, and
//! the whole of them as a line. Not a league table: nothing is sorted by value.

use crate::indicator::Display;

use super::axis::{Frame, Scale};
use super::format;
use super::mark::{Mark, Shown};
use super::sheet::{
    BLUE, Dash, FAINT, GREEN, GREY, Hold, INK, Sheet, WIDTH, fitted, small, svg, text_width,
};

/// One organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared<'a> {
    /// Its id.
    pub label: &'a str,
    /// Its number.
    pub mark: Mark,
}

/// Organisations side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// What is drawn, and for which period.
    pub title: &'a str,
    /// How its values are written.
    pub display: Display,
    /// Every organisation, in the order of their ids.
    pub rows: Vec<Compared<'a>>,
    /// Everyone together.
    pub whole: Mark,
    /// The target, if one is set.
    pub target: Option<f64>,
}

const TOP: i32 = 52;
const ROW: i32 = 44;
const LABEL_ROOM: i32 = 220;

impl Comparison<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let bottom = TOP + ROW * small(self.rows.len());
        svg((WIDTH, bottom + 52), self.title, &self.description(), |sheet| {
            let label_width = self
                .rows
                .iter()
                .map(|row| text_width(row.label))
                .max()
                .unwrap_or(0)
                .min(LABEL_ROOM);
            let numbers: Vec<String> =
                self.rows.iter().map(|row| number(row.mark, self.display)).collect();
            let number_width = numbers.iter().map(|number| text_width(number)).max().unwrap_or(0);
            let frame = Frame {
                left: label_width + 32,
                top: TOP,
                right: WIDTH - number_width - 24,
                bottom,
            };
            let scale = self.scale();
            self.draw_whole(sheet, &scale, frame);
            for (place, (row, number)) in self.rows.iter().zip(&numbers).enumerate() {
                let y = TOP + ROW * small(place) + ROW / 2;
                sheet.text(&fitted(row.label, LABEL_ROOM), (frame.left - 20, y), Hold::Right, INK);
                draw_mark(sheet, row.mark, &scale, frame, y);
                let colour = if row.mark.value().is_some() { INK } else { GREY };
                sheet.text(number, (WIDTH - 8, y), Hold::Right, colour);
            }
        })
    }

    fn description(&self) -> String {
        let mut words: Vec<String> = self
            .rows
            .iter()
            .map(|row| {
                let interval = row.mark.interval().map_or_else(String::new, |(low, high)| {
                    format!(" ({})", format::interval(low, high, self.display))
                });
                format!("{}: {}{interval}", row.label, row.mark.words(self.display))
            })
            .collect();
        words.push(format!("all: {}", self.whole.words(self.display)));
        words.extend(
            self.target.map(|target| format!("target {}", format::value(target, self.display))),
        );
        words.join("; ")
    }

    fn scale(&self) -> Scale {
        let marks = || self.rows.iter().map(|row| row.mark).chain([self.whole]);
        let ends = marks().filter_map(Mark::interval).flat_map(|(low, high)| [low, high]);
        Scale::over(marks().filter_map(Mark::value).chain(ends).chain(self.target), self.display)
    }

    /// Vertical rules, the line of the whole and the target.
    fn draw_whole(&self, sheet: &Sheet<'_>, scale: &Scale, frame: Frame) {
        let mut labelled_until = i32::MIN;
        for (at, label) in scale.ticks() {
            let x = scale.place(at, frame.left, frame.right);
            sheet.line(&[(x, frame.top), (x, frame.bottom)], FAINT, 2, Dash::None);
            let half = text_width(&label) / 2;
            if x - half > labelled_until {
                sheet.text(&label, (x, frame.bottom + 26), Hold::Middle, GREY);
                labelled_until = x + half + 12;
            }
        }
        let upright = |value| scale.place(value, frame.left, frame.right);
        if let Some(target) = self.target {
            let x = upright(target);
            sheet.line(&[(x, frame.top), (x, frame.bottom)], GREEN, 3, Dash::LongShort);
        }
        if let Some(whole) = self.whole.value() {
            let x = upright(whole);
            sheet.line(&[(x, frame.top), (x, frame.bottom)], INK, 3, Dash::None);
        }
        self.draw_heads(sheet, frame, upright);
    }

    /// What the upright lines are, above them; both in one line of text where they would touch.
    fn draw_heads(&self, sheet: &Sheet<'_>, frame: Frame, upright: impl Fn(f64) -> i32) {
        let whole = self
            .whole
            .value()
            .map(|whole| (upright(whole), format!("all {}", format::value(whole, self.display))));
        let target = self.target.map(|target| {
            (upright(target), format!("target {}", format::value(target, self.display)))
        });
        let y = frame.top - 24;
        let held = |x: i32, text: &str| {
            let half = text_width(text) / 2 + 4;
            x.clamp(half, (WIDTH - half).max(half))
        };
        match (whole, target) {
            (Some((x, text)), None) => sheet.text(&text, (held(x, &text), y), Hold::Middle, INK),
            (None, Some((x, text))) => sheet.text(&text, (held(x, &text), y), Hold::Middle, GREEN),
            (Some((x, text)), Some((target_x, target))) => {
                let (whole_first, gap) = (x <= target_x, 16);
                let (left, right) = if whole_first { (&text, &target) } else { (&target, &text) };
                let (left_x, right_x) = (x.min(target_x), x.max(target_x));
                let half = |text: &str| text_width(text) / 2;
                let mut left_at = held(left_x, left);
                let mut right_at = held(right_x, right);
                let overlap = left_at + half(left) + gap - (right_at - half(right));
                if overlap > 0 {
                    left_at -= overlap / 2;
                    right_at += overlap - overlap / 2;
                }
                let (left_ink, right_ink) = if whole_first { (INK, GREEN) } else { (GREEN, INK) };
                sheet.text(left, (left_at, y), Hold::Middle, left_ink);
                sheet.text(right, (right_at, y), Hold::Middle, right_ink);
            }
            (None, None) => {}
        }
    }
}

fn draw_mark(sheet: &Sheet<'_>, mark: Mark, scale: &Scale, frame: Frame, y: i32) {
    let Some(value) = mark.value() else { return };
    if let Some((low, high)) = mark.interval() {
        let (from, to) =
            (scale.place(low, frame.left, frame.right), scale.place(high, frame.left, frame.right));
        sheet.line(&[(from, y), (to, y)], BLUE, 4, Dash::None);
        for x in [from, to] {
            sheet.line(&[(x, y - 9), (x, y + 9)], BLUE, 4, Dash::None);
        }
    }
    let at = (scale.place(value, frame.left, frame.right), y);
    if mark.shown() == Shown::Preliminary {
        sheet.ring(at, 10, BLUE);
    } else {
        sheet.dot(at, 11, BLUE);
    }
}

/// What stands at the end of a row; shorter than in the table.
fn number(mark: Mark, display: Display) -> String {
    match (mark.value(), mark.shown()) {
        (Some(value), _) => format::value(value, display),
        (None, Shown::Hidden) => "hidden".to_owned(),
        (None, Shown::Withheld) => "withheld".to_owned(),
        (None, _) => "no number".to_owned(),
    }
}
