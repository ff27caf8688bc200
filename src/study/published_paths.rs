//! Pathways that may be shown: the table, what was lost on the way, and changes from line to line.

use super::cohort::Cohort;
use super::description::Study;
use super::line_change::line_changes;
use super::pathway::{Attrition, History, Pathways, Step, pathways};
use super::pathway_table::{PathGroup, pathway_table, step_durations};
use super::sheet::{Field, Screen, Sheet};

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
        durations: durations(study, &found, least),
        changes: changes(&found, screen),
        attrition: attrition(&found.attrition, screen),
        oddities: rules.oddities(),
    })
}

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
        title: "How long steps last, in days; steps with few people are left out".into(),
        heads: vec!["Step", "Line", "Eras", "Median", "First quartile", "Third quartile"],
        rows: rows.collect(),
    }
}

fn changes(found: &Pathways, screen: Screen) -> Sheet {
    let lines = line_changes(found);
    let row = |name: &str, n: u64| {
        let is_hidden = lines.pathways == 0 || screen.is_telling(n, lines.pathways);
        #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
        let share = n as f64 / lines.pathways.max(1) as f64;
        let (count, share) = if is_hidden {
            (Field::Hidden, Field::Hidden)
        } else {
            (Field::Count(n), Field::Share(share))
        };
        vec![Field::words(name), count, Field::Count(lines.pathways), share]
    };
    let mut rows = vec![
        row("several interventions at once", lines.with_combination),
        row("a second line", lines.with_second_line),
        row("a switch", lines.with_switch),
        row("an addition", lines.with_augmentation),
        row("a reduction", lines.with_reduction),
    ];
    let days = if screen.is_telling(lines.with_second_line, lines.pathways) {
        Field::Hidden
    } else {
        Field::number(lines.median_days_to_second_line)
    };
    rows.push(vec![
        Field::words("median days to the second line, of those with one"),
        days,
        Field::Empty,
        Field::Empty,
    ]);
    Sheet {
        id: "line_changes".into(),
        title: "What happens from line to line".into(),
        heads: vec!["Pathways with", "Count", "Of", "Share"],
        rows,
    }
}

/// A step is shown if nobody or not a few were lost since the last one that is shown.
fn attrition(steps: &[Attrition], screen: Screen) -> Sheet {
    let mut rows: Vec<Vec<Field>> = Vec::new();
    let mut last: Option<(u64, u64)> = None;
    for step in steps {
        let few = |now: u64, before: u64| screen.is_small(now.abs_diff(before));
        let tells =
            last.is_some_and(|(eras, people)| few(step.eras, eras) || few(step.people, people));
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
