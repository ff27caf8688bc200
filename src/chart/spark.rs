//! A trend as small as a word.

use crate::indicator::Display;
use crate::terms::Period;

use super::axis::{Scale, draw_runs};
use super::format;
use super::mark::{Mark, Shown};
use super::sheet::{BLUE, Dash, small, svg};

const WIDTH: i32 = 240;
const HEIGHT: i32 = 56;

/// Draws the periods as one line with a dot for the last number, hollow if it is preliminary.
pub fn sparkline(title: &str, points: &[(Period, Mark)], display: Display) -> String {
    let words: Vec<String> = points
        .iter()
        .map(|(period, mark)| format!("{}: {}", format::period(*period), mark.words(display)))
        .collect();
    svg((WIDTH, HEIGHT), title, &words.join("; "), |sheet| {
        let values = points.iter().filter_map(|(_, mark)| mark.value());
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let scale = Scale::between(low, high, display);
        let last = small(points.len().saturating_sub(1)).max(1);
        let places: Vec<_> = points
            .iter()
            .enumerate()
            .map(|(place, (_, mark))| {
                let x = 10 + (WIDTH - 20) * small(place) / last;
                Some((x, scale.place(mark.value()?, HEIGHT - 10, 10)))
            })
            .collect();
        draw_runs(sheet, &places, BLUE, 4, Dash::None);
        for (place, point) in places.iter().enumerate() {
            let stands_alone = (place == 0 || places[place - 1].is_none())
                && places.get(place + 1).is_none_or(Option::is_none);
            if let Some(point) = point.filter(|_| stands_alone) {
                sheet.dot(point, 4, BLUE);
            }
        }
        let last_shown =
            places.iter().zip(points).rev().find_map(|(at, (_, mark))| at.map(|at| (at, *mark)));
        match last_shown {
            Some((at, mark)) if mark.shown() == Shown::Preliminary => sheet.ring(at, 7, BLUE),
            Some((at, _)) => sheet.dot(at, 8, BLUE),
            None => {}
        }
    })
}
