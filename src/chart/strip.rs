//! Windows and events along a line of days: drawn for a page, and in letters for a terminal.

use super::sheet::{
    BLUE, Dash, FAINT, FONT, GREY, Hold, INK, Sheet, VERMILLION, WIDTH, fitted, svg,
};
use crate::indicator::{Picture, Role};
use crate::terms::Day;

/// How a lane is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A single day that everything is counted from.
    Index,
    /// A window that decides what counts.
    Counts,
    /// A window that leaves out.
    LeavesOut,
    /// A window that meets.
    Meets,
    /// Something that lasts, such as a stay.
    Lasting,
    /// Something that happens on single days.
    Days,
}

/// One line of a strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Before the line: `met [1, 7]`.
    pub head: String,
    /// What the line is about.
    pub text: String,
    /// How it is drawn.
    pub look: Look,
    /// First and last day of each span, both included.
    pub spans: Vec<(i32, i32)>,
}

/// Days from left to right, and lanes from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// What a screen reader announces.
    pub title: String,
    /// First and last day.
    pub range: (i32, i32),
    /// Days that are named on top.
    pub ticks: Vec<(i32, String)>,
    /// The lanes.
    pub lanes: Vec<Lane>,
}

impl Strip {
    /// The picture of a rule.
    pub fn of_rule(title: &str, picture: &Picture) -> Self {
        let (first, last) = reach(picture);
        let room = ((last - first) / 12).max(1);
        let range = (first - room, last + room);
        let mut ticks = vec![(0, "0".to_owned())];
        for day in [first, last] {
            if day != 0 {
                ticks.push((day, format!("{day:+}")));
            }
        }
        ticks.sort_unstable();
        let index = Lane {
            head: "day 0".to_owned(),
            text: picture.index.clone(),
            look: Look::Index,
            spans: vec![(0, 0)],
        };
        let windows = picture.windows.iter().map(|window| Lane {
            head: format!("{} {}", window.role.name(), window.days),
            text: window.label.clone(),
            look: Look::of(window.role),
            spans: vec![(window.days.from, window.days.to)],
        });
        let lanes = std::iter::once(index).chain(windows).collect();
        Self { title: title.to_owned(), range, ticks, lanes }
    }

    /// The picture of a rule around a member's own index day, above what happened then: `events` have
    /// days of the calendar, and lanes without any in sight are left out.
    pub fn around(title: &str, picture: &Picture, index: Day, events: Vec<Lane>) -> Self {
        let mut strip = Self::of_rule(title, picture);
        // What led to the index, such as the stay before a discharge, is shown as well.
        let before = (strip.range.1 - strip.range.0) / 3;
        strip.range = (strip.range.0.min(-before) + index.0, strip.range.1 + index.0);
        for (day, label) in &mut strip.ticks {
            *day += index.0;
            *label = Day(*day).to_string();
        }
        for lane in &mut strip.lanes {
            lane.spans.iter_mut().for_each(|span| *span = (span.0 + index.0, span.1 + index.0));
        }
        let range = strip.range;
        let seen =
            |lane: &Lane| lane.spans.iter().any(|span| span.0 <= range.1 && span.1 >= range.0);
        strip.lanes.extend(events.into_iter().filter(seen));
        strip
    }

    /// The strip in letters, one line per lane.
    pub fn text(&self) -> String {
        const COLUMNS: usize = 48;
        let heads = self.lanes.iter().map(|lane| lane.head.chars().count()).max().unwrap_or(0);
        let mut lines = vec![format!("{:heads$}  {}", "", self.ticks_in(COLUMNS))];
        for lane in &self.lanes {
            let cells = self.cells(lane, COLUMNS);
            lines.push(format!("{:<heads$}  {cells}  {}", lane.head, lane.text));
        }
        lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
    }

    fn ticks_in(&self, columns: usize) -> String {
        let mut line = vec![' '; columns + 8];
        let mut free = 0;
        for (day, label) in &self.ticks {
            let letters: Vec<char> = label.chars().collect();
            let wanted = self.column(*day, columns).saturating_sub(letters.len() / 2);
            let at = wanted.max(free);
            for (place, letter) in letters.iter().enumerate() {
                if let Some(cell) = line.get_mut(at + place) {
                    *cell = *letter;
                }
            }
            free = at + letters.len() + 1;
        }
        line.into_iter().collect::<String>().trim_end().to_owned()
    }

    fn cells(&self, lane: &Lane, columns: usize) -> String {
        let mut line = vec!['·'; columns];
        for (from, to) in lane.spans.iter().filter(|span| self.shows(**span)) {
            let (from, to) = (self.column(*from, columns), self.column(*to, columns));
            for cell in &mut line[from..=to] {
                *cell = lane.look.letter();
            }
            if lane.look.is_window() && from < to {
                (line[from], line[to]) = ('├', '┤');
            }
        }
        line.into_iter().collect()
    }

    fn shows(&self, (from, to): (i32, i32)) -> bool {
        from <= self.range.1 && to >= self.range.0
    }

    fn column(&self, day: i32, columns: usize) -> usize {
        let last = i64::try_from(columns).unwrap_or(1) - 1;
        usize::try_from(self.place(day, last)).unwrap_or(0)
    }

    /// Where a day lies between 0 and `last`.
    fn place(&self, day: i32, last: i64) -> i64 {
        let (first, end) = (i64::from(self.range.0), i64::from(self.range.1));
        let length = (end - first).max(1);
        let since = (i64::from(day) - first).clamp(0, length);
        (2 * since * last + length) / (2 * length)
    }

    /// The strip as an element for a page.
    pub fn svg(&self) -> String {
        const LANE: i32 = 64;
        const TOP: i32 = 44;
        let lanes = i32::try_from(self.lanes.len()).unwrap_or(i32::MAX / LANE - 2);
        let height = TOP + LANE * lanes + 8;
        let words: Vec<String> =
            self.lanes.iter().map(|lane| format!("{}: {}", lane.head, lane.text)).collect();
        svg((WIDTH, height), &self.title, &words.join("; "), |sheet| {
            for (day, label) in &self.ticks {
                let x = self.pixel(*day);
                sheet.line(&[(x, TOP), (x, height - 4)], FAINT, 2, Dash::None);
                let hold = if x < 60 { Hold::Left } else { Hold::Middle };
                sheet.text(label, (x.clamp(4, WIDTH - 40), TOP - 22), hold, GREY);
            }
            for (place, lane) in (0..).zip(&self.lanes) {
                let y = TOP + LANE * place;
                let text = format!("{} – {}", lane.head, lane.text);
                let text = fitted(&text, WIDTH - 24);
                sheet.text(&text, (6, y + FONT / 2 + 4), Hold::Left, INK);
                self.draw(sheet, lane, y + 48);
            }
        })
    }

    fn pixel(&self, day: i32) -> i32 {
        let room = i64::from(WIDTH - 40);
        20 + i32::try_from(self.place(day, room)).unwrap_or(0)
    }

    fn draw(&self, sheet: &Sheet<'_>, lane: &Lane, y: i32) {
        sheet.line(&[(20, y), (WIDTH - 20, y)], FAINT, 2, Dash::None);
        for (from, to) in lane.spans.iter().filter(|span| self.shows(**span)) {
            let (from, to) = (self.pixel(*from), self.pixel(*to));
            let to = to.max(from + 4);
            match lane.look {
                Look::Index => sheet.diamond((from, y), 10, INK),
                Look::Days => sheet.dot((from, y), 7, INK),
                Look::Lasting => sheet.line(&[(from, y), (to, y)], INK, 12, Dash::None),
                Look::Meets => sheet.line(&[(from, y), (to, y)], BLUE, 12, Dash::None),
                Look::LeavesOut => {
                    sheet.line(&[(from, y), (to, y)], VERMILLION, 6, Dash::Short);
                    ends(sheet, from, to, y, VERMILLION);
                }
                Look::Counts => {
                    sheet.line(&[(from, y), (to, y)], GREY, 6, Dash::None);
                    ends(sheet, from, to, y, GREY);
                }
            }
        }
    }
}

/// Bars at both ends of a window.
fn ends(sheet: &Sheet<'_>, from: i32, to: i32, y: i32, colour: plotters::style::RGBColor) {
    for x in [from, to] {
        sheet.line(&[(x, y - 9), (x, y + 9)], colour, 4, Dash::None);
    }
}

impl Look {
    /// How a window of a rule is drawn.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Counts => Self::Counts,
            Role::LeavesOut => Self::LeavesOut,
            Role::Meets | Role::Value => Self::Meets,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Index => '◆',
            Self::Counts => '─',
            Self::LeavesOut => '┄',
            Self::Meets => '━',
            Self::Lasting => '█',
            Self::Days => '•',
        }
    }

    fn is_window(self) -> bool {
        matches!(self, Self::Counts | Self::LeavesOut | Self::Meets)
    }
}

/// First and last day of a rule's windows, day 0 included. A window without an end is cut.
pub fn reach(picture: &Picture) -> (i32, i32) {
    const FAR: i32 = 800;
    let days = picture.windows.iter().map(|window| window.days);
    let first = days.clone().map(|days| days.from).min().unwrap_or(0);
    let last = days.map(|days| days.to).max().unwrap_or(0);
    (first.clamp(-FAR, 0), last.clamp(0, FAR))
}
