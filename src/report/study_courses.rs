//! The parts of a study's page about courses: pathways of care and states by month.

use crate::chart::{Areas, Column, CourseRows, Flow, Sankey, Sunburst};
use crate::study::{CareState, CourseMonth, PublishedStudy};

use super::html::Html;
use super::study_page::write_sheet;
use super::study_parts::figure;

/// Pathways as table, flows and rings.
pub(super) fn write_pathways(html: &mut Html, study: &PublishedStudy) {
    let Some(found) = &study.pathways else { return };
    let flows: Vec<Flow> =
        found.flows.iter().map(|(steps, n)| Flow { steps: steps.clone(), n: *n }).collect();
    for oddity in &found.oddities {
        html.leaf("p", &[("class", "note")], &format!("About the rules: {oddity}."));
    }
    if !flows.is_empty() {
        html.within("div", &[("class", "figures")], |html| {
            let title = "Pathways from step to step";
            let svg = Sankey { title, flows: flows.clone(), others: found.others }.draw();
            let caption = "From step to step, three at most: the wider, the more people. Names of rarer steps are left out of the drawing.";
            html.within("div", &[], |html| {
                figure(html, &svg, caption, |html| write_sheet(html, &found.changes));
            });
            let title = "Pathways as rings";
            let svg = Sunburst { title, flows, others: found.others }.draw();
            let caption = "The same as rings: the first step inside, later ones outside. Numbers stand for the names beside.";
            html.within("div", &[], |html| {
                figure(html, &svg, caption, |html| write_sheet(html, &found.durations));
            });
        });
    }
    write_sheet(html, &found.paths);
    html.within("details", &[], |html| {
        html.leaf("summary", &[], "What was left at each step of the rules");
        write_sheet(html, &found.attrition);
    });
}

/// States by month, rows of courses, and kinds of courses.
pub(super) fn write_courses(html: &mut Html, study: &PublishedStudy) {
    let Some(found) = &study.courses else { return };
    let states: Vec<&str> = CareState::ALL.iter().map(|state| state.title()).collect();
    let areas = |title: &str, months: &[CourseMonth]| {
        let column = |month: &CourseMonth| Column {
            at: month.month,
            shares: month.shares.clone(),
            others: month.others,
        };
        let columns = months.iter().map(column).collect();
        Areas { title, states: states.clone(), columns, unit: "month after the index" }.draw()
    };
    html.within("div", &[("class", "figures")], |html| {
        let svg = areas("Share of people in each state by month", &found.all);
        html.within("div", &[], |html| {
            figure(html, &svg, "Everybody seen in every month: share in each state.", |html| {
                write_sheet(html, &found.distribution);
            });
        });
        let rows = found.blocks.iter().map(|block| block.states.clone()).collect();
        let title = "Rows of people with like courses";
        let svg = CourseRows { title, states: states.clone(), rows }.draw();
        let caption = "Courses in order: each row is the most frequent state of each month among people with neighbouring courses, none of a single person.";
        html.within("div", &[], |html| {
            figure(html, &svg, caption, |html| write_sheet(html, &found.transitions));
        });
    });
    write_sheet(html, &found.groups);
    html.within("div", &[("class", "figures")], |html| {
        for kind in &found.kinds {
            let svg = areas(&kind.name, &kind.months);
            let caption = format!("{}: {} people", kind.name, kind.people);
            html.within("div", &[], |html| {
                figure(html, &svg, &caption, |html| write_sheet(html, &kind.sheet()));
            });
        }
    });
    write_sheet(html, &found.figures);
}
