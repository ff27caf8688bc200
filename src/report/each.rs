//! Each organisation over time: where the cells of the scorecard lead to.

use crate::kernel::Group;
use crate::oversight::{Line, Scorecard, trend};

use super::content::Content;
use super::html::{Html, anchor};
use super::lookup::{Lookup, group_name};
use super::{figures, plate, words};

/// The id of the part about a group of the scorecard, by its place there.
pub(super) fn id(measure: &str, group: usize) -> String {
    format!("{}--{group}", anchor(measure))
}

/// The first line of the scorecard about a measure.
fn line(scorecard: &Scorecard, measure: usize) -> Option<&Line> {
    scorecard.lines().map(|(_, line)| line).find(|line| line.measure == measure)
}

/// The places of the groups that have a part of their own.
pub(super) fn places(content: &Content<'_>, lookup: &Lookup<'_>, measure: usize) -> Vec<usize> {
    let Some(scorecard) = &content.scorecard else { return Vec::new() };
    if line(scorecard, measure).is_none() {
        return Vec::new();
    }
    let groups = scorecard.groups.iter().enumerate();
    groups
        .filter(|(_, group)| **group != Group::All)
        .filter(|(_, group)| {
            let chart = trend(content.table, measure, group);
            figures::has_trend(&figures::points_of(content, lookup, (measure, group), &chart))
        })
        .map(|(place, _)| place)
        .collect()
}

/// A chart with its table for each organisation of the scorecard.
pub(super) fn write(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>, place: usize) {
    let shown = places(content, lookup, place);
    let Some(scorecard) = content.scorecard.as_ref().filter(|_| !shown.is_empty()) else { return };
    let measure = &content.table.measures()[place];
    html.within("details", &[("class", "each")], |html| {
        html.leaf("summary", &[], "Each organisation over time");
        html.within("div", &[("class", "figures")], |html| {
            for group in shown {
                let id = id(&words::name(measure), group);
                let whose = &scorecard.groups[group];
                let chart = trend(content.table, place, whose);
                let points = figures::points_of(content, lookup, (place, whose), &chart);
                let note = figures::note(&chart, &points);
                html.within("div", &[("id", &id)], |html| {
                    plate::write_trend(html, (group_name(whose), &note), measure, &points);
                });
            }
        });
    });
}
