//! The parts of a study's page: comparison, curves, careers.

use crate::chart::{
    Acceptability, Areas, BalanceLine, BalancePlot, Column, Forest, ForestLine, Ratio,
    SurvivalCurves, SurvivalLine, SurvivalPoint,
};
use crate::study::{
    Career, DayOfCurve, Estimate, Field, OutcomeCurves, PublishedContrast, PublishedCostEffect,
    PublishedStudy, Sheet,
};

use super::html::Html;
use super::study_courses;
use super::study_page::write_sheet;

/// A part: the id of its place, its heading, and who writes it.
pub(super) type Part = (&'static str, &'static str, fn(&mut Html, &PublishedStudy));

/// The parts that a study has.
pub(super) fn parts(study: &PublishedStudy) -> Vec<Part> {
    let all: [(bool, Part); 5] = [
        (!study.contrasts.is_empty(), ("comparison", "Comparison", write_contrasts)),
        (!study.curves.is_empty(), ("curves", "Outcomes over time", write_curves)),
        (!study.careers.is_empty(), ("careers", "Recovery careers", write_careers)),
        (study.pathways.is_some(), ("pathways", "Pathways of care", study_courses::write_pathways)),
        (study.courses.is_some(), ("courses", "Courses by month", study_courses::write_courses)),
    ];
    all.into_iter().filter(|(is_there, _)| *is_there).map(|(_, part)| part).collect()
}

/// A chart with its caption, and the table of its numbers below it.
pub(super) fn figure(html: &mut Html, svg: &str, caption: &str, table: impl FnOnce(&mut Html)) {
    html.within("figure", &[("class", "under")], |html| {
        html.leaf("figcaption", &[], caption);
        html.markup(svg);
        html.within("details", &[("class", "data")], |html| {
            html.leaf("summary", &[], "The numbers of this chart");
            table(html);
        });
    });
}

fn write_contrasts(html: &mut Html, study: &PublishedStudy) {
    for contrast in &study.contrasts {
        html.within("article", &[("class", "indicator")], |html| write_contrast(html, contrast));
    }
}

fn write_contrast(html: &mut Html, contrast: &PublishedContrast) {
    let [one, other] = &contrast.names;
    html.leaf("h3", &[], &format!("{one} compared with {other}"));
    if let Some(refusal) = &contrast.refusal {
        html.leaf("p", &[("class", "note")], &format!("No fair comparison: {refusal}."));
    }
    html.within("ul", &[("class", "changes")], |html| {
        for sentence in &contrast.sentences {
            html.leaf("li", &[], &sentence.replace(" %", "\u{a0}%"));
        }
    });
    if !contrast.forest.is_empty() {
        let title = format!("{one} compared with {other}: ratios of risks and means");
        let svg = Forest {
            title: &title,
            lines: contrast
                .forest
                .iter()
                .map(|row| ForestLine {
                    label: &row.label,
                    crude: row.crude.map(ratio),
                    weighted: row.weighted.map(ratio),
                })
                .collect(),
            sides: ("less".to_owned(), "more".to_owned()),
        }
        .draw();
        let caption = "Ratios: left of 1 the first group has less. Dot and line: weighted, with 95 % limits; ring: as observed.";
        figure(html, &svg, caption, |html| write_sheet(html, &contrast.estimates));
    }
    if let Some(found) = &contrast.cost_effect {
        write_cost_effect(html, contrast, found);
    }
    if !contrast.balance.is_empty() {
        let title = format!("{one} compared with {other}: balance of covariates");
        let lines = contrast.balance.iter().map(|line| BalanceLine {
            label: &line.name,
            before: line.before.value(),
            after: line.after.value(),
        });
        let svg = BalancePlot { title: &title, lines: lines.collect() }.draw();
        let caption = "Balance: how far the groups are apart in what was known before, in standard deviations. Between the dashed lines counts as balanced.";
        figure(html, &svg, caption, |html| write_sheet(html, &contrast.balance_sheet()));
    }
    if let Some(weights) = &contrast.weights {
        write_sheet(html, weights);
    }
    write_models(html, contrast);
    for note in &contrast.notes {
        html.leaf("p", &[("class", "note")], note);
    }
}

/// What the models say of the strategy; of the covariates on demand.
fn write_models(html: &mut Html, contrast: &PublishedContrast) {
    let Some((models, again)) = contrast.models.split_first() else { return };
    let strategy = Field::words(contrast.names[0].clone());
    let own = models.rows.iter().filter(|row| row.get(2) == Some(&strategy));
    let title = format!("Models given the covariates: {} against the reference", contrast.names[0]);
    write_sheet(html, &Sheet { title, rows: own.cloned().collect(), ..models.clone() });
    html.within("details", &[("class", "data")], |html| {
        html.leaf("summary", &[], "The models with their covariates");
        write_sheet(html, models);
    });
    for sheet in again {
        write_sheet(html, sheet);
    }
}

fn write_cost_effect(html: &mut Html, contrast: &PublishedContrast, found: &PublishedCostEffect) {
    let [one, other] = &contrast.names;
    write_sheet(html, &found.sheet);
    let title = format!("{one} compared with {other}: is it worth its cost?");
    let points = found.curve.clone();
    if points.len() > 1 {
        let svg = Acceptability { title: &title, points, unit: &found.unit }.draw();
        let caption = format!(
            "Acceptability: the share of draws of people in which the benefit of {one}, less its cost, is above that of {other}, by what a {} is worth.",
            found.unit
        );
        figure(html, &svg, &caption, |html| write_sheet(html, &found.benefits));
    } else {
        write_sheet(html, &found.benefits);
    }
    let text = "Costs are the amounts of the extracts: encounters under capitation have no price of their own, prices differ between agencies, and what falls on jails, physical health care or families is not in them.";
    html.leaf("p", &[("class", "note")], text);
}

fn ratio(estimate: Estimate) -> Ratio {
    let limits = estimate.limits.map(|limits| (limits.low, limits.high));
    Ratio { value: estimate.value, limits }
}

fn write_curves(html: &mut Html, study: &PublishedStudy) {
    for curves in &study.curves {
        html.within("article", &[("class", "indicator")], |html| {
            html.leaf("h3", &[], &curves.outcome);
            // One point is no curve.
            let is_drawn = |share: fn(&DayOfCurve) -> bool| {
                curves.curves.iter().any(|curve| curve.days.iter().filter(|day| share(day)).count() > 2)
            };
            let kinds = [
                (true, is_drawn(|day| day.free.is_some())),
                (false, is_drawn(|day| day.incidence.is_some())),
            ];
            if kinds.iter().all(|(_, is_drawn)| !is_drawn) {
                let text = "No curves: what could be told of it would tell what few people did.";
                html.leaf("p", &[("class", "note")], text);
                return;
            }
            if let Some((ranks, grays)) = curves.tests {
                let text = format!(
                    "As observed, not weighted. Log-rank test {}; Gray's test, with death competing, {}.",
                    p_value(ranks),
                    p_value(grays)
                );
                html.leaf("p", &[("class", "rule")], &text);
            }
            html.within("div", &[("class", "figures")], |html| {
                for (is_free, _) in kinds.into_iter().filter(|(_, is_drawn)| *is_drawn) {
                    write_curve(html, curves, is_free);
                }
            });
            if !kinds[1].1 {
                let text = "The share with it when death may come first is not drawn: beside this curve it would tell how few died.";
                html.leaf("p", &[("class", "rule")], text);
            }
        });
    }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

fn write_curve(html: &mut Html, curves: &OutcomeCurves, is_free: bool) {
    let lines = curves.curves.iter().map(|curve| SurvivalLine {
        label: &curve.strategy,
        points: curve
            .days
            .iter()
            .map(|day| SurvivalPoint {
                day: day.day,
                share: if is_free { day.free } else { day.incidence }
                    .map(|(value, limits)| (value, limits.low, limits.high)),
                at_risk: day.at_risk,
            })
            .collect(),
    });
    let (what, caption) = if is_free {
        (
            "share without it",
            "Share without it (Kaplan–Meier with log-log limits; death ends follow-up), and how many are at risk. Days on which too few more had it or left since the last are not shown.",
        )
    } else {
        (
            "share with it",
            "Share with it when death may come first (Aalen–Johansen), with 95 % limits. Not shown while few have died: beside the other curve it would tell how many.",
        )
    };
    let title = format!("{}: {what}, by strategy", curves.outcome);
    let svg = SurvivalCurves { title: &title, lines: lines.collect() }.draw();
    html.within("div", &[], |html| {
        figure(html, &svg, caption, |html| write_sheet(html, &curves.sheet()));
    });
}

fn write_careers(html: &mut Html, study: &PublishedStudy) {
    let text = "Where people are on each day from time zero on, by place of care and by phase of recovery (Aalen–Johansen: people who leave enrolment count as long as they are seen; limits from draws of people).";
    html.leaf("p", &[("class", "rule")], text);
    html.within("div", &[("class", "figures")], |html| {
        for career in &study.careers {
            html.within("div", &[], |html| write_career(html, career));
        }
    });
    let Some((days, moves)) = study.days_in_states.split_first() else { return };
    write_sheet(html, days);
    html.within("details", &[("class", "data")], |html| {
        html.leaf("summary", &[], "Who moved from one state to another");
        for sheet in moves {
            write_sheet(html, sheet);
        }
    });
}

fn write_career(html: &mut Html, career: &Career) {
    let title = format!("{}: share of people in each state", career.name);
    let columns = career.days.iter().map(|day| Column {
        at: day.day,
        shares: day.shares.iter().map(|share| share.map(|share| share.value)).collect(),
        others: day.others,
    });
    let svg = Areas {
        title: &title,
        states: career.states.clone(),
        columns: columns.collect(),
        unit: "days after time zero",
    }
    .draw();
    figure(html, &svg, &career.name, |html| write_sheet(html, &career.sheet()));
}
