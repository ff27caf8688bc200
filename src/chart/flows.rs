//! Pathways as flows from step to step, and as rings around a middle. Both keep the names of the most
//! frequent steps and call the rest other steps, so that thirty interventions stay legible.

use std::collections::BTreeMap;

use super::areas::{is_dark, shade};
use super::axis::spread;
use super::format;
use super::sheet::{
    Dash, FAINT, GREY, Hold, INK, Point, Sheet, WHITE, WIDTH, fitted, pixel, small, svg, text_width,
};

/// One path with how many went it.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Its steps, one at least.
    pub steps: Vec<String>,
    /// How many.
    pub n: u64,
}

/// Paths from step to step.
#[derive(Debug, Clone, PartialEq)]
pub struct Sankey<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The paths that are shown.
    pub flows: Vec<Flow>,
    /// Those on paths too rare to be shown; they are named and not drawn.
    pub others: u64,
}

/// Paths as rings.
#[derive(Debug, Clone, PartialEq)]
pub struct Sunburst<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The paths that are shown.
    pub flows: Vec<Flow>,
    /// Those on paths too rare to be shown; they are named and not drawn.
    pub others: u64,
}

/// Names that are kept.
const MOST_NAMES: usize = 10;
/// Steps that are drawn.
const MOST_STEPS: usize = 3;
const OTHER_STEPS: &str = "Other steps";
const OTHER_PATHS: &str = "Rare paths";

/// The names by frequency, the rest as other steps.
fn names(flows: &[Flow]) -> Vec<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for flow in flows {
        for step in flow.steps.iter().take(MOST_STEPS) {
            *counts.entry(step).or_default() += flow.n;
        }
    }
    let mut ranked: Vec<(u64, &str)> = counts.into_iter().map(|(name, n)| (n, name)).collect();
    ranked.sort_by_key(|(n, name)| (std::cmp::Reverse(*n), *name));
    let mut kept: Vec<String> =
        ranked.iter().take(MOST_NAMES).map(|(_, name)| (*name).to_owned()).collect();
    if ranked.len() > MOST_NAMES {
        kept.push(OTHER_STEPS.to_owned());
    }
    kept
}

/// A name in the room that there is. Of things at one time each keeps its beginning, so that two such
/// names with the same first part stay different.
fn step_name(name: &str, room: i32) -> String {
    let parts: Vec<&str> = name.split('+').collect();
    if parts.len() < 2 || text_width(name) <= room {
        return fitted(name, room);
    }
    let each = (room - small(parts.len() - 1) * text_width("+")) / small(parts.len());
    // What a short part leaves is the others'.
    let short: Vec<i32> =
        parts.iter().map(|part| text_width(part)).filter(|width| *width <= each).collect();
    let others = small(parts.len() - short.len()).max(1);
    let room = each + short.iter().map(|width| each - width).sum::<i32>() / others;
    let parts: Vec<String> = parts.iter().map(|part| fitted(part, room)).collect();
    parts.join("+")
}

/// Paths by the places of their names; those alike are one.
fn coded(flows: &[Flow], names: &[String]) -> BTreeMap<Vec<usize>, u64> {
    let place = |step: &String| {
        names.iter().position(|name| name == step).unwrap_or(names.len().saturating_sub(1))
    };
    let mut found: BTreeMap<Vec<usize>, u64> = BTreeMap::new();
    for flow in flows {
        let steps: Vec<usize> = flow.steps.iter().take(MOST_STEPS).map(place).collect();
        *found.entry(steps).or_default() += flow.n;
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn number(n: u64) -> f64 {
    n as f64
}

fn description(flows: &[Flow], others: u64) -> String {
    let paths = flows
        .iter()
        .map(|flow| format!("{}: {}", flow.steps.join(", then "), format::count(flow.n.into())));
    let others = (others > 0).then(|| format!("{OTHER_PATHS}: {}", format::count(others.into())));
    paths.chain(others).collect::<Vec<_>>().join("; ")
}

const TOP: i32 = 60;
const TALL: i32 = 760;
const BAR: i32 = 22;
const GAP: i32 = 12;

/// A node: from which pixel, how many.
#[derive(Debug, Clone, Copy)]
struct Node {
    top: f64,
    n: u64,
}

impl Sankey<'_> {
    /// Draws it.
    pub fn draw(&self) -> String {
        let names = names(&self.flows);
        let paths = coded(&self.flows, &names);
        svg((WIDTH, TOP + TALL + 50), self.title, &description(&self.flows, self.others), |sheet| {
            let total = number(paths.values().sum::<u64>());
            let steps = paths.keys().map(Vec::len).max().unwrap_or(1);
            let room = f64::from(TALL - GAP * small(names.len() + 1));
            let scale = room / total.max(1.0);
            let columns = nodes(&paths, steps, scale);
            let x = |step: usize| 10 + small(step) * (WIDTH - 300) / small(steps.max(2) - 1).max(1);
            draw_ribbons(sheet, &paths, &columns, (&x, scale));
            for (step, column) in columns.iter().enumerate() {
                let head = format!("step {}", step + 1);
                sheet.text(&head, (x(step), TOP - 34), Hold::Left, GREY);
                draw_nodes(sheet, column, &names, (x(step), scale));
            }
            not_drawn(sheet, self.others, (10, TOP + TALL + 32));
        })
    }
}

/// The nodes of every step, the greatest first.
fn nodes(
    paths: &BTreeMap<Vec<usize>, u64>,
    steps: usize,
    scale: f64,
) -> Vec<BTreeMap<usize, Node>> {
    (0..steps)
        .map(|step| {
            let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
            for (path, n) in paths {
                if let Some(name) = path.get(step) {
                    *counts.entry(*name).or_default() += n;
                }
            }
            let mut order: Vec<(usize, u64)> = counts.into_iter().collect();
            order.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
            let mut top = f64::from(TOP);
            let mut placed = BTreeMap::new();
            for (name, n) in order {
                placed.insert(name, Node { top, n });
                top += number(n) * scale + f64::from(GAP);
            }
            placed
        })
        .collect()
}

fn draw_ribbons(
    sheet: &Sheet<'_>,
    paths: &BTreeMap<Vec<usize>, u64>,
    columns: &[BTreeMap<usize, Node>],
    (x, scale): (&impl Fn(usize) -> i32, f64),
) {
    for step in 1..columns.len() {
        let mut links: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for (path, n) in paths {
            if let (Some(from), Some(to)) = (path.get(step - 1), path.get(step)) {
                *links.entry((*from, *to)).or_default() += n;
            }
        }
        // Links leave and arrive in the order in which the nodes stand.
        let top = |column: usize, name: usize| columns[column][&name].top;
        let mut order: Vec<((usize, usize), u64)> = links.into_iter().collect();
        order.sort_by(|(a, _), (b, _)| {
            let key = |link: &(usize, usize)| (top(step - 1, link.0), top(step, link.1));
            key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let (mut out, mut into) = (BTreeMap::new(), BTreeMap::new());
        for ((from, to), n) in order {
            let height = number(n) * scale;
            let start: &mut f64 = out.entry(from).or_insert_with(|| top(step - 1, from));
            let end: &mut f64 = into.entry(to).or_insert_with(|| top(step, to));
            ribbon(sheet, (x(step - 1) + BAR, *start), (x(step), *end), height);
            *start += height;
            *end += height;
        }
    }
}

/// A band that bends from one place to another.
fn ribbon(sheet: &Sheet<'_>, (x0, y0): (i32, f64), (x1, y1): (i32, f64), height: f64) {
    const PIECES: i32 = 24;
    let along = |piece: i32| {
        let share = f64::from(piece) / f64::from(PIECES);
        let bent = share * share * (3.0 - 2.0 * share);
        let x = pixel(f64::from(x0) + share * f64::from(x1 - x0));
        (x, y0 + bent * (y1 - y0))
    };
    let upper = (0..=PIECES).map(along).map(|(x, y)| (x, pixel(y)));
    let lower = (0..=PIECES).rev().map(along).map(|(x, y)| (x, pixel(y + height.max(1.0))));
    let outline: Vec<Point> = upper.chain(lower).collect();
    sheet.polygon(&outline, FAINT);
    let edge: Vec<Point> = (0..=PIECES).map(along).map(|(x, y)| (x, pixel(y))).collect();
    sheet.line(&edge, WHITE, 2, Dash::None);
}

fn draw_nodes(
    sheet: &Sheet<'_>,
    column: &BTreeMap<usize, Node>,
    names: &[String],
    (x, scale): (i32, f64),
) {
    let bottom = |node: &Node| node.top + (number(node.n) * scale).max(2.0);
    let wanted: Vec<i32> =
        column.values().map(|node| pixel(f64::midpoint(node.top, bottom(node)))).collect();
    let placed = spread(&wanted, TOP + 6, TOP + TALL - 8);
    for (((name, node), y), own) in column.iter().zip(placed).zip(wanted) {
        let (from, to) = ((x, pixel(node.top)), (x + BAR, pixel(bottom(node))));
        sheet.filled(from, to, INK);
        let label = names.get(*name).map_or(OTHER_STEPS, String::as_str);
        let count = format::count(node.n.into());
        let room = 268 - text_width(&count) - 20;
        let text = format!("{} {count}", step_name(label, room));
        if (y - own).abs() > 6 {
            sheet.line(&[(x + BAR + 2, own), (x + BAR + 12, y)], GREY, 1, Dash::None);
        }
        sheet.text(&text, (x + BAR + 14, y), Hold::Left, INK);
    }
}

const RADIUS: f64 = 270.0;
const MIDDLE: f64 = 75.0;
const CENTRE: (i32, i32) = (280, 300);
const KEY: i32 = 580;

impl Sunburst<'_> {
    /// Draws it: the first step is the inner ring, and rare paths are left out.
    pub fn draw(&self) -> String {
        let names = names(&self.flows);
        let paths = coded(&self.flows, &names);
        svg((WIDTH, 660), self.title, &description(&self.flows, self.others), |sheet| {
            let shown = paths.values().sum::<u64>();
            ring(sheet, &paths, (0, Vec::new()), (0.0, number(shown).max(1.0)));
            let count = format::count(shown.into());
            sheet.text(&count, (CENTRE.0, CENTRE.1 - 14), Hold::Middle, INK);
            sheet.text("paths", (CENTRE.0, CENTRE.1 + 18), Hold::Middle, GREY);
            for (place, name) in names.iter().enumerate() {
                let y = 40 + 46 * small(place);
                key(sheet, place, (KEY, y), name);
            }
            not_drawn(sheet, self.others, (10, 636));
        })
    }
}

/// How many went paths that are not drawn.
fn not_drawn(sheet: &Sheet<'_>, others: u64, at: Point) {
    if others > 0 {
        let text = format!("{OTHER_PATHS}, not drawn: {}", format::count(others.into()));
        sheet.text(&text, at, Hold::Left, GREY);
    }
}

fn key(sheet: &Sheet<'_>, place: usize, (x, y): Point, name: &str) {
    let (from, to) = ((x, y - 17), (x + 42, y + 17));
    sheet.filled(from, to, shade(Some(place)));
    sheet.outlined(from, to, GREY, Dash::None);
    let colour = if is_dark(shade(Some(place))) { WHITE } else { INK };
    sheet.text(&(place + 1).to_string(), (x + 21, y), Hold::Middle, colour);
    sheet.text(&step_name(name, WIDTH - x - 60), (x + 54, y), Hold::Left, INK);
}

/// Sectors of the steps that follow some steps, from an angle on.
fn ring(
    sheet: &Sheet<'_>,
    paths: &BTreeMap<Vec<usize>, u64>,
    (depth, so_far): (usize, Vec<usize>),
    (from, total): (f64, f64),
) {
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    for (path, n) in paths {
        if path.len() > depth && path[..depth] == so_far[..] {
            *counts.entry(path[depth]).or_default() += n;
        }
    }
    let mut order: Vec<(usize, u64)> = counts.into_iter().collect();
    order.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    let mut start = from;
    for (name, n) in order {
        let end = start + number(n) / total;
        sector(sheet, depth, name, (start, end));
        let mut next = so_far.clone();
        next.push(name);
        ring(sheet, paths, (depth + 1, next), (start, total));
        start = end;
    }
}

fn sector(sheet: &Sheet<'_>, depth: usize, name: usize, (start, end): (f64, f64)) {
    let thick = (RADIUS - MIDDLE) / f64::from(small(MOST_STEPS));
    let inner = MIDDLE + thick * f64::from(small(depth));
    let at = |share: f64, radius: f64| {
        let angle = share * std::f64::consts::TAU;
        let (x, y) = (radius * libm::sin(angle), radius * libm::cos(angle));
        (pixel(f64::from(CENTRE.0) + x), pixel(f64::from(CENTRE.1) - y))
    };
    let pieces = pixel((end - start) * 120.0).max(2);
    let along = |piece: i32| start + (end - start) * f64::from(piece) / f64::from(pieces);
    let outer = (0..=pieces).map(|piece| at(along(piece), inner + thick));
    let back = (0..=pieces).rev().map(|piece| at(along(piece), inner));
    let mut outline: Vec<Point> = outer.chain(back).collect();
    sheet.polygon(&outline, shade(Some(name)));
    outline.push(outline[0]);
    sheet.line(&outline, WHITE, 2, Dash::None);
    let middle = inner + thick / 2.0;
    let has_room = (end - start) * std::f64::consts::TAU * middle > 34.0;
    if has_room {
        let colour = if is_dark(shade(Some(name))) { WHITE } else { INK };
        let place = at(f64::midpoint(start, end), middle);
        sheet.text(&(name + 1).to_string(), place, Hold::Middle, colour);
    }
}
