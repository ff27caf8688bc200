//! Pathways that may be shown: the table, what was lost on the way, and changes from line to line.

use super::cohort::Cohort;
use super::description::Study;
use super::era::Combination;
use super::line_change::line_changes;
use super::pathway::{History, Pathway, Pathways, Step, pathways};
use super::pathway_table::{PathGroup, PathwayRow, pathway_table, step_durations};
use super::sheet::{Field, Screen, Sheet};
use crate::statistics::survival::Quantile;
use crate::statistics::{byar, wilson};

/// Pathways that may be shown.
#[derive(Debug, Clone)]
pub struct PublishedPathways {
    /// The steps of each path that is shown, and how many went it.
    pub flows: Vec<(Vec<String>, u64)>,
    /// How many went paths too rare to be shown.
    pub others: u64,
    /// Every path with its share and median days.
    pub paths: Sheet,
    /// How long steps last.
    pub durations: Sheet,
    /// Switches, additions and reductions.
    pub changes: Sheet,
    /// What was left after each step of the rules.
    pub attrition: Sheet,
    /// What is odd about the rules.
    pub oddities: Vec<&'static str>,
}

/// The pathways of everybody with an index event that stays; nothing if there are too few.
pub(super) fn published_pathways(
    study: &Study,
    cohort: &Cohort,
    screen: Screen,
) -> Option<PublishedPathways> {
    let rules = study.pathways.as_ref()?;
    let histories: Vec<History> =
        cohort.people.iter().map(|person| person.history.clone()).collect();
    let found = pathways(&histories, rules);
    let least = if screen.internal { 1 } else { screen.least };
    let table = pathway_table(&found, least)?;
    let (mut flows, mut others, mut rows) = (Vec::new(), 0, Vec::new());
    for row in &table.rows {
        let name = match &row.group {
            PathGroup::Path(steps) => {
                let steps: Vec<String> = steps.iter().map(|one| one.name(&study.names)).collect();
                flows.push((steps.clone(), row.n));
                steps.join("-")
            }
            PathGroup::Without => "None".to_owned(),
            PathGroup::Other { paths } => {
                others += row.n;
                format!("Other ({paths} rare paths)")
            }
        };
        rows.push(vec![
            Field::words(name),
            Field::Count(row.n),
            Field::Count(table.denominator),
            Field::Share(row.share),
            Field::number(row.median_days),
        ]);
    }
    let shown: Vec<&[Combination]> = table
        .rows
        .iter()
        .filter_map(|row| match &row.group {
            PathGroup::Path(steps) => Some(steps.as_slice()),
            _ => None,
        })
        .collect();
    let (told, rest) = split(&found, &shown);
    let is_other = |row: &PathwayRow| matches!(row.group, PathGroup::Other { .. });
    let rare = Rare {
        paths: rest,
        // People without a pathway stand among the others, so that how many they are is not told.
        with_nobody: found.people_without > 0
            && !table.rows.iter().any(|row| row.group == PathGroup::Without)
            && table.rows.iter().any(is_other),
    };
    Some(PublishedPathways {
        flows,
        others,
        paths: Sheet {
            id: "pathways".into(),
            title: "Pathways from the index on: `-` joins steps, `+` what was received together"
                .into(),
            heads: vec!["Pathway", "People", "Of", "Share", "Median days"],
            rows,
        },
        durations: durations(study, &told, least),
        changes: changes(&found, &rare, screen),
        attrition: attrition(&found, &rare, screen),
        oddities: rules.oddities(),
    })
}

/// What is not in the table by itself.
struct Rare {
    paths: Pathways,
    with_nobody: bool,
}

/// The pathways of the table, and all others.
fn split(found: &Pathways, shown: &[&[Combination]]) -> (Pathways, Pathways) {
    let is_shown = |path: &&Pathway| {
        let steps: Vec<Combination> = path.eras.iter().map(|era| era.combination).collect();
        shown.contains(&steps.as_slice())
    };
    let (told, rest) = found.paths.iter().partition::<Vec<&Pathway>, _>(is_shown);
    let of = |paths: Vec<&Pathway>| Pathways {
        paths: paths.into_iter().cloned().collect(),
        people_without: 0,
        people: found.people,
        attrition: Vec::new(),
    };
    (of(told), of(rest))
}

/// Of the pathways of the table alone: with those of rare ones, what is in the table could be taken off.
fn durations(study: &Study, found: &Pathways, least: u64) -> Sheet {
    let rows = step_durations(found, least).into_iter().map(|row| {
        vec![
            Field::words(row.combination.name(&study.names)),
            row.line.map_or(Field::words("all"), |line| Field::Count(line as u64)),
            Field::Count(row.n),
            Field::Number(row.median),
            Field::Number(row.quartiles.0),
            Field::Number(row.quartiles.1),
        ]
    });
    Sheet {
        id: "step_durations".into(),
        title: "How long steps last, in days, on the pathways of the table; rare ones are left out"
            .into(),
        heads: vec!["Step", "Line", "Eras", "Median", "First quartile", "Third quartile"],
        rows: rows.collect(),
    }
}

/// How many pathways have which change, and how often. The table of pathways says how many of them do, so
/// that a number also tells of the rare ones, alone and less another number that holds it.
fn changes(found: &Pathways, others: &Rare, screen: Screen) -> Sheet {
    let (lines, rare) = (line_changes(found), line_changes(&others.paths));
    let all = !others.with_nobody || screen.internal;
    let mut told = vec![rare.pathways];
    let mut may_tell = |rare: u64| {
        let is_told = !screen.is_small(rare)
            && !told.iter().any(|other| screen.is_small(other.abs_diff(rare)));
        told.extend(is_told.then_some(rare));
        is_told
    };
    let of = lines.pathways;
    let (mut rows, mut shares_told) = (Vec::new(), Vec::new());
    for (name, n, rare) in [
        ("several interventions at once", lines.with_combination, rare.with_combination),
        ("a second line", lines.with_second_line, rare.with_second_line),
        ("a switch", lines.with_switch, rare.with_switch),
        ("an addition", lines.with_augmentation, rare.with_augmentation),
        ("a reduction", lines.with_reduction, rare.with_reduction),
    ] {
        let is_told = of != 0 && !screen.is_telling(n, of) && may_tell(rare);
        shares_told.push(is_told);
        rows.push(share_row(name, (n, is_told), (of, all)));
    }
    for (name, share, n, again, rare) in [
        ("switches, a year", 2, lines.switches, rare.switches - rare.with_switch, rare.switches),
        (
            "additions, a year",
            3,
            lines.augmentations,
            rare.augmentations - rare.with_augmentation,
            rare.augmentations,
        ),
    ] {
        // Where nobody on a rare pathway has the change twice, the rate says no more than the share.
        let says_no_more = screen.internal || again == 0;
        let is_told =
            shares_told[share] && (says_no_more || !screen.is_small(again) && may_tell(rare));
        rows.push(rate_row(name, (n, is_told), lines.years));
    }
    rows.push(median_row(lines.days_to_second_line, shares_told[1]));
    Sheet {
        id: "line_changes".into(),
        title: "What happens from line to line: pathways with it, and how often it happens in a year from the first line on, each with its 95 % interval".into(),
        heads: vec!["What", "Count", "Of (pathways or years)", "Share, rate or days", "Low", "High"],
        rows,
    }
}

/// A share of all pathways, with Wilson's interval.
fn share_row(name: &str, (n, is_told): (u64, bool), (of, all): (u64, bool)) -> Vec<Field> {
    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
    let (met, units) = (n as f64, of as f64);
    let limits = wilson(met, units, 0.95);
    let shown = |field, is_told: bool| if is_told { field } else { Field::Hidden };
    vec![
        Field::words(name),
        shown(Field::Count(n), is_told),
        shown(Field::Count(of), all),
        shown(Field::share(Some(met / units)), is_told && all),
        shown(Field::share(limits.map(|limits| limits.low)), is_told && all),
        shown(Field::share(limits.map(|limits| limits.high)), is_told && all),
    ]
}

/// A rate in a year, with Byar's interval.
fn rate_row(name: &str, (n, is_told): (u64, bool), years: f64) -> Vec<Field> {
    #[expect(clippy::cast_precision_loss, reason = "counts of changes are far below 2^53")]
    let events = n as f64;
    let limits = byar(events, 0.95);
    let rate = |events: Option<f64>| {
        let rate = events.filter(|_| years > 0.0).map(|events| events / years);
        if is_told { Field::number(rate) } else { Field::Hidden }
    };
    vec![
        Field::words(name),
        if is_told { Field::Count(n) } else { Field::Hidden },
        if is_told { Field::Number(years) } else { Field::Hidden },
        rate(Some(events)),
        rate(limits.map(|limits| limits.low)),
        rate(limits.map(|limits| limits.high)),
    ]
}

/// The median of the days to the second line, if it may be told.
fn median_row(days: Option<Quantile>, is_told: bool) -> Vec<Field> {
    let days = |day: fn(&Quantile) -> Option<f64>| match days.as_ref() {
        Some(found) if is_told => Field::number(day(found)),
        Some(_) => Field::Hidden,
        None => Field::Empty,
    };
    vec![
        Field::words("days from the first line to the second (Kaplan–Meier median)"),
        Field::Empty,
        Field::Empty,
        days(|found| found.time),
        days(|found| found.low),
        days(|found| found.high),
    ]
}

/// A step is shown if nobody or not a few were lost since the last one that is shown, and of all. The
/// eras of the last step are those of the table and those of rare pathways, each of which has one.
fn attrition(found: &Pathways, rare: &Rare, screen: Screen) -> Sheet {
    let further: usize = rare.paths.paths.iter().map(|path| path.eras.len() - 1).sum();
    let mut rows: Vec<Vec<Field>> = Vec::new();
    let mut last: Option<(u64, u64)> = None;
    let few = |now: u64, before: u64| screen.is_small(now.abs_diff(before));
    let ends = found.attrition.last().map_or((0, 0), |step| (step.eras, step.people));
    for step in &found.attrition {
        let near = |n: u64, end: u64| !screen.internal && n.abs_diff(end) < screen.least;
        let tells = last
            .is_some_and(|(eras, people)| few(step.eras, eras) || few(step.people, people))
            || few(step.people, found.people)
            || (screen.is_small(further as u64) && near(step.eras, ends.0))
            || (rare.with_nobody && near(step.people, ends.1));
        if tells || screen.is_small(step.people) || screen.is_small(step.eras) {
            continue;
        }
        last = Some((step.eras, step.people));
        rows.push(vec![
            Field::words(words(step.step)),
            Field::Count(step.eras),
            Field::Count(step.people),
        ]);
    }
    Sheet {
        id: "pathway_attrition".into(),
        title: "What is left after each step of the rules; steps that lose few are left out".into(),
        heads: vec!["Step", "Eras", "People"],
        rows,
    }
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Delivered => "delivered",
        Step::LongEnough => "long enough, before joining",
        Step::InWindow => "begun within follow-up",
        Step::Collapsed => "near eras joined",
        Step::LongEnoughCollapsed => "long enough, after joining",
        Step::Combined => "overlaps settled",
        Step::Kept => "first eras, changes or all",
        Step::WithinLength => "within the length of a pathway",
    }
}
