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
}

impl<'a> Table<'a> {
    /// A table of one part.
    pub(super) fn plain(
        caption: impl Into<String>,
        heads: &'a [&'a str],
        rows: Vec<Vec<Cell>>,
    ) -> Self {
        Self { caption: caption.into(), heads, parts: vec![Part { heading: None, rows }] }
    }

    /// Writes it into a region that scrolls sideways where the window is narrow.
    pub(super) fn write(&self, html: &mut Html) {
        let attributes = [
            ("class", "scroll"),
            ("role", "region"),
            ("aria-label", self.caption.as_str()),
            ("tabindex", "0"),
        ];
        html.within("div", &attributes, |html| {
            html.within("table", &[], |html| {
                html.leaf("caption", &[], &self.caption);
                html.within("thead", &[], |html| {
                    html.within("tr", &[], |html| self.write_heads(html));
                });
                for part in &self.parts {
                    html.within("tbody", &[], |html| self.write_part(html, part));
                }
            });
        });
    }

    fn write_heads(&self, html: &mut Html) {
        for (column, head) in self.heads.iter().enumerate() {
            let is_number = self.parts.iter().any(|part| {
                part.rows.iter().any(|row| {
                    matches!(row.get(column), Some(Cell::Number(_) | Cell::Measured(..)))
                })
            });
            let class = if is_number { "number" } else { "words" };
            html.leaf("th", &[("scope", "col"), ("class", class)], head);
        }
    }

    fn write_part(&self, html: &mut Html, part: &Part) {
        if let Some(heading) = &part.heading {
            let span = self.heads.len().to_string();
            html.within("tr", &[], |html| {
                html.leaf(
                    "th",
                    &[("scope", "rowgroup"), ("colspan", &span), ("class", "part")],
                    heading,
                );
            });
        }
        for row in &part.rows {
            html.within("tr", &[], |html| {
                for (column, cell) in row.iter().enumerate() {
                    write_cell(html, cell, column == 0);
                }
            });
        }
    }
}

fn write_cell(html: &mut Html, cell: &Cell, is_head: bool) {
    let class = match cell {
        Cell::Words(_) | Cell::Link(..) => "words",
        Cell::Number(_) | Cell::Measured(..) => "number",
        Cell::Chart(_) => "chart",
    };
    let (tag, attributes): (_, &[(&str, &str)]) = if is_head {
        ("th", &[("scope", "row"), ("class", class)])
    } else {
        ("td", &[("class", class)])
    };
    html.within(tag, attributes, |html| match cell {
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
