//! Courses as rows of coloured months: each row stands for people enough, none for one of them.

use super::areas::{is_dark, shade};
use super::sheet::{Dash, GREY, Hold, INK, WHITE, WIDTH, fitted, small, svg};

/// Rows of courses.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseRows<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The states by number.
    pub states: Vec<&'a str>,
    /// The state of each month, row by row.
    pub rows: Vec<Vec<Option<u8>>>,
}

const ROW: i32 = 12;
const TOP: i32 = 8;
const LEFT: i32 = 20;
const KEY: i32 = 40;

impl CourseRows<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let bottom = TOP + ROW * small(self.rows.len());
        let keys = self.keys();
        let height = bottom + 84 + KEY * small(keys.len().div_ceil(2));
        svg((WIDTH, height), self.title, &self.description(), |sheet| {
            let months = small(self.rows.iter().map(Vec::len).max().unwrap_or(1).max(1));
            let x = |month: i32| LEFT + (WIDTH - 2 * LEFT) * month / months;
            for (place, row) in self.rows.iter().enumerate() {
                let y = TOP + ROW * small(place);
                for (month, state) in row.iter().enumerate() {
                    let (from, to) = ((x(small(month)), y), (x(small(month) + 1) - 1, y + ROW - 2));
                    sheet.filled(from, to, shade(state.map(usize::from)));
                }
            }
            for month in 1..=months {
                if months <= 12 || month % 6 == 0 {
                    let middle = i32::midpoint(x(month - 1), x(month));
                    sheet.text(&month.to_string(), (middle, bottom + 18), Hold::Middle, GREY);
                }
            }
            sheet.text("month after the index", (WIDTH / 2, bottom + 50), Hold::Middle, GREY);
            for (place, state) in keys.iter().enumerate() {
                let at =
                    (LEFT + small(place % 2) * WIDTH / 2, bottom + 90 + KEY * small(place / 2));
                let (from, to) = ((at.0, at.1 - 13), (at.0 + 38, at.1 + 13));
                sheet.filled(from, to, shade(Some(*state)));
                sheet.outlined(from, to, GREY, Dash::None);
                let ink = if is_dark(shade(Some(*state))) { WHITE } else { INK };
                sheet.text(&(state + 1).to_string(), (at.0 + 19, at.1), Hold::Middle, ink);
                sheet.text(
                    &fitted(self.states[*state], WIDTH / 2 - 70),
                    (at.0 + 50, at.1),
                    Hold::Left,
                    INK,
                );
            }
        })
    }

    fn keys(&self) -> Vec<usize> {
        let has = |state: usize| {
            self.rows.iter().flatten().flatten().any(|one| usize::from(*one) == state)
        };
        (0..self.states.len()).filter(|state| has(*state)).collect()
    }

    fn description(&self) -> String {
        format!("{} rows of people with like courses, in order", self.rows.len())
    }
}
