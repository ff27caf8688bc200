//! Tables of the page.

use super::html::Html;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Words.
    Words(String),
    /// A number, set to the right.
    Number(String),
    /// A number with its unit below it.
    Measured(String, String),
    /// Words that link to a place on the page.
    Link(String, String),
    /// A chart.
    Chart(String),
}

impl Cell {
    pub(super) fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }

    pub(super) fn number(text: impl Into<String>) -> Self {
        Self::Number(text.into())
    }
}

/// Rows under one heading; the first cell of a row is its heading.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) heading: Option<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A table with a caption.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    pub(super) caption: String,
    pub(super) heads: &'a [&'a str],
    pub(super) parts: Vec<Part>,
    /// True if a row becomes a card where the window is narrow.
    pub(super) is_cards: bool,
}

impl<'a> Table<'a> {
    /// A table of one part.
    pub(super) fn plain(
        caption: impl Into<String>,
        heads: &'a [&'a str],
        rows: Vec<Vec<Cell>>,
    ) -> Self {
        Self::of_parts(caption, heads, vec![Part { heading: None, rows }])
    }

    /// A table of several parts.
    pub(super) fn of_parts(
        caption: impl Into<String>,
        heads: &'a [&'a str],
        parts: Vec<Part>,
    ) -> Self {
        Self { caption: caption.into(), heads, parts, is_cards: false }
    }

    /// Writes it into a region that scrolls sideways where the window is narrow.
    pub(super) fn write(&self, html: &mut Html) {
        let class = match (self.is_cards, self.heads.len()) {
            (true, _) => "scroll cards",
            (false, 0..=3) => "scroll few",
            (false, _) => "scroll",
        };
        let attributes = [
            ("class", class),
            ("role", "region"),
            ("aria-label", self.caption.as_str()),
            ("tabindex", "0"),
        ];
        html.within("div", &attributes, |html| {
            html.within("table", self.role("table"), |html| {
                html.leaf("caption", &[], &self.caption);
                html.within("thead", self.role("rowgroup"), |html| {
                    html.within("tr", self.role("row"), |html| self.write_heads(html));
                });
                for part in &self.parts {
                    html.within("tbody", self.role("rowgroup"), |html| self.write_part(html, part));
                }
            });
        });
    }

    /// A style sheet that makes cards of rows takes their meaning away; this gives it back.
    fn role(&self, role: &'static str) -> &'static [(&'static str, &'static str)] {
        match (self.is_cards, role) {
            (false, _) => &[],
            (true, "table") => &[("role", "table")],
            (true, "rowgroup") => &[("role", "rowgroup")],
            (true, _) => &[("role", "row")],
        }
    }

    fn write_heads(&self, html: &mut Html) {
        for (column, head) in self.heads.iter().enumerate() {
            let is_number = |row: &Vec<Cell>| {
                matches!(row.get(column), Some(Cell::Number(_) | Cell::Measured(..)))
            };
            let has_numbers = self.parts.iter().any(|part| part.rows.iter().any(is_number));
            let class = if has_numbers { "number" } else { "words" };
            let mut attributes = vec![("scope", "col"), ("class", class)];
            attributes.extend(self.is_cards.then_some(("role", "columnheader")));
            html.leaf("th", &attributes, head);
        }
    }

    fn write_part(&self, html: &mut Html, part: &Part) {
        if let Some(heading) = &part.heading {
            let span = self.heads.len().to_string();
            let mut attributes = vec![("scope", "rowgroup"), ("colspan", &span), ("class", "part")];
            attributes.extend(self.is_cards.then_some(("role", "rowheader")));
            html.within("tr", self.role("row"), |html| html.leaf("th", &attributes, heading));
        }
        for row in &part.rows {
            html.within("tr", self.role("row"), |html| {
                for (column, cell) in row.iter().enumerate() {
                    self.write_cell(html, cell, column);
                }
            });
        }
    }

    fn write_cell(&self, html: &mut Html, cell: &Cell, column: usize) {
        let class = match cell {
            Cell::Words(text) if text == "–" => "words none",
            Cell::Number(text) if text == "–" => "number none",
            Cell::Words(_) | Cell::Link(..) => "words",
            Cell::Number(_) | Cell::Measured(..) => "number",
            Cell::Chart(_) => "chart",
        };
        let is_head = column == 0;
        let mut attributes = vec![("class", class)];
        attributes.extend(is_head.then_some(("scope", "row")));
        if self.is_cards {
            attributes.push(("role", if is_head { "rowheader" } else { "cell" }));
            attributes.push(("data-label", self.heads[column]));
        }
        html.within(if is_head { "th" } else { "td" }, &attributes, |html| match cell {
            Cell::Words(text) | Cell::Number(text) => html.say(text),
            Cell::Measured(number, unit) => {
                html.say(number);
                if !unit.is_empty() {
                    html.leaf("span", &[("class", "unit")], &format!(" {unit}"));
                }
            }
            Cell::Link(target, text) => html.link(target, text),
            Cell::Chart(svg) => html.markup(svg),
        });
    }
}
