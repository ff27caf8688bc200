//! The paper a chart is drawn on: plotters' SVG backend in pixels, and the element made ready for
//! a page.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontFamily, FontStyle, IntoTextStyle, RGBColor, ShapeStyle, TextStyle,
};

/// Text and the main lines.
pub(super) const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
/// Secondary text; 5.7 : 1 on white.
pub(super) const GREY: RGBColor = RGBColor(0x66, 0x66, 0x66);
/// Rules that should be seen only when looked for.
pub(super) const FAINT: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
/// Data.
pub(super) const BLUE: RGBColor = RGBColor(0x0b, 0x4f, 0x8a);
/// Signals.
pub(super) const VERMILLION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
/// Targets.
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x6b, 0x4f);
/// Paper.
pub(super) const WHITE: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// Width of every chart that stands in a column of the page.
pub(super) const WIDTH: i32 = 960;
/// Size of text in a chart of that width: still legible on a telephone.
pub(super) const FONT: i32 = 26;

/// How a line is dashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dash {
    None,
    Short,
    Long,
    Dotted,
    LongShort,
}

impl Dash {
    /// The SVG backend has no dashes, but it passes opacity on; nothing else here is translucent.
    fn opacity(self) -> f64 {
        match self {
            Self::None => 1.0,
            Self::Short => 0.99,
            Self::Long => 0.98,
            Self::Dotted => 0.97,
            Self::LongShort => 0.96,
        }
    }

    const ALL: [(Self, &'static str); 5] = [
        (Self::None, ""),
        (Self::Short, " stroke-dasharray=\"8 7\""),
        (Self::Long, " stroke-dasharray=\"20 8\""),
        (Self::Dotted, " stroke-dasharray=\"3 6\""),
        (Self::LongShort, " stroke-dasharray=\"18 6 4 6\""),
    ];
}

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    Left,
    Middle,
    Right,
}

/// A point on the sheet.
pub(super) type Point = (i32, i32);

/// A sheet that is being drawn on.
pub(super) struct Sheet<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

const IN_MEMORY: &str = "drawing into a string cannot fail";

impl Sheet<'_> {
    pub(super) fn line(&self, points: &[Point], colour: RGBColor, width: u32, dash: Dash) {
        let style = ShapeStyle::from(colour.mix(dash.opacity())).stroke_width(width);
        if points.len() > 1 {
            self.area.draw(&PathElement::new(points.to_vec(), style)).expect(IN_MEMORY);
        }
    }

    pub(super) fn text(&self, text: &str, at: Point, hold: Hold, colour: RGBColor) {
        self.styled_text(text, at, hold, colour, FontStyle::Normal);
    }

    pub(super) fn bold(&self, text: &str, at: Point, hold: Hold, colour: RGBColor) {
        self.styled_text(text, at, hold, colour, FontStyle::Bold);
    }

    fn styled_text(&self, text: &str, at: Point, hold: Hold, colour: RGBColor, style: FontStyle) {
        let horizontal = match hold {
            Hold::Left => HPos::Left,
            Hold::Middle => HPos::Center,
            Hold::Right => HPos::Right,
        };
        // The backend divides the size by 1.24.
        let style: TextStyle<'_> = (FontFamily::SansSerif, f64::from(FONT) * 1.24, style, &colour)
            .into_text_style(&self.area)
            .pos(Pos::new(horizontal, VPos::Center));
        self.area.draw(&Text::new(text.to_owned(), at, style)).expect(IN_MEMORY);
    }

    pub(super) fn filled(&self, corner: Point, opposite: Point, colour: RGBColor) {
        self.area.draw(&Rectangle::new([corner, opposite], colour.filled())).expect(IN_MEMORY);
    }

    pub(super) fn outlined(&self, corner: Point, opposite: Point, colour: RGBColor, dash: Dash) {
        let ((x0, y0), (x1, y1)) = (corner, opposite);
        self.line(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], colour, 2, dash);
    }

    pub(super) fn polygon(&self, points: &[Point], colour: RGBColor) {
        self.area.draw(&Polygon::new(points.to_vec(), colour.filled())).expect(IN_MEMORY);
    }

    pub(super) fn dot(&self, at: Point, radius: i32, colour: RGBColor) {
        self.area.draw(&Circle::new(at, radius, colour.filled())).expect(IN_MEMORY);
    }

    pub(super) fn ring(&self, at: Point, radius: i32, colour: RGBColor) {
        self.dot(at, radius, WHITE);
        let style = ShapeStyle::from(colour).stroke_width(3);
        self.area.draw(&Circle::new(at, radius, style)).expect(IN_MEMORY);
    }

    pub(super) fn square(&self, (x, y): Point, radius: i32, colour: RGBColor) {
        let (corner, opposite) = ((x - radius, y - radius), (x + radius, y + radius));
        self.filled(corner, opposite, WHITE);
        self.outlined(corner, opposite, colour, Dash::None);
    }

    pub(super) fn diamond(&self, (x, y): Point, radius: i32, colour: RGBColor) {
        let around = |r| [(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
        self.polygon(&around(radius + 3), INK);
        self.polygon(&around(radius), colour);
    }

    pub(super) fn cross(&self, (x, y): Point, radius: i32, colour: RGBColor) {
        let r = radius;
        self.line(&[(x - r, y - r), (x + r, y + r)], colour, 3, Dash::None);
        self.line(&[(x - r, y + r), (x + r, y - r)], colour, 3, Dash::None);
    }
}

/// Draws a chart: `title` is what a screen reader announces, `description` the numbers in words.
pub(super) fn svg(
    (width, height): (i32, i32),
    title: &str,
    description: &str,
    paint: impl FnOnce(&Sheet<'_>),
) -> String {
    let mut drawn = String::new();
    {
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let sheet = Sheet { area: SVGBackend::with_string(&mut drawn, size).into_drawing_area() };
        paint(&sheet);
        sheet.area.present().expect(IN_MEMORY);
    }
    for (dash, attribute) in Dash::ALL {
        drawn = drawn.replace(&format!(" opacity=\"{}\"", dash.opacity()), attribute);
    }
    let drawn = drawn.replace(" \"/>", "\"/>").replace(" font-family=\"sans-serif\"", "");
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    let (title, description) = (escape(title), escape(description));
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"sans-serif\">\n<title>{title}</title>\n<desc>{description}</desc>{body}"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

/// A generous width of a text, whatever the reader's font.
pub(super) fn text_width(text: &str) -> i32 {
    let units: i32 = text
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ':' | ';' => 32,
            ' ' | '\u{a0}' | '(' | ')' | 'f' | 't' | 'r' | '-' => 40,
            'm' | 'w' | 'M' | 'W' | '%' => 92,
            character if character.is_ascii_uppercase() => 70,
            '0'..='9' | '$' => 64,
            character if character.is_ascii() => 58,
            _ => 80,
        })
        .sum();
    units * FONT / 100
}

/// The text, or its beginning with an ellipsis where it is wider than there is room.
pub(super) fn fitted(text: &str, room: i32) -> String {
    if text_width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if text_width(&kept) + text_width("m…") > room {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// The text in lines that are no wider than there is room.
pub(super) fn wrapped(text: &str, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(line) + text_width(" ") + text_width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| fitted(line, room)).collect()
}

/// A number of pixels.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a sheet is a few thousand pixels; a cast saturates"
)]
pub(super) fn pixel(position: f64) -> i32 {
    position.round() as i32
}

/// A short count as pixels or positions.
pub(super) fn small(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
