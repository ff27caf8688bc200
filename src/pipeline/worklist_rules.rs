//! The file that says which work lists there are and which rules put a member on one.

use std::path::Path;

use super::catalogue::{self, Catalogue};
use crate::diagnostic::{Document, Fields, Problems, suggest};
use crate::indicator::{self, Indicator};

/// One work list.
#[derive(Debug, Clone)]
pub struct WorkRule {
    /// Its id: `discharged`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What there is to do.
    pub act: String,
    /// What puts a member on it.
    pub by: WorkTest,
}

/// What puts a member on a work list.
#[derive(Debug, Clone)]
pub enum WorkTest {
    /// A unit of an indicator that is not met so far (or met, where less is better).
    Units {
        /// The indicators; of several on one index day the one that closes first counts.
        indicators: Vec<Indicator>,
        /// Days after the window's end that a unit stays on the list.
        keep: i32,
        /// True if any attended contact after the index takes it off the list.
        until_seen: bool,
    },
    /// The newest row of a table is older than this, for a member with a contact lately.
    Overdue {
        /// Care plans (created or reviewed, and not ended), or assessments.
        record: Record,
        /// Days after which it is due again.
        days: i32,
        /// Days within which the member had an attended contact.
        in_care: i32,
    },
}

/// A record that has to be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// A care plan.
    Plan,
    /// An assessment.
    Assessment,
}

impl Record {
    const ALL: [Self; 2] = [Self::Plan, Self::Assessment];
    const NAMES: [&'static str; 2] = ["care_plans", "outcomes"];

    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }

    /// What people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Plan => "care plan",
            Self::Assessment => "assessment",
        }
    }
}

/// Reads a file of work lists. Folders in it are relative to the file.
pub fn read_worklists(path: &Path) -> anyhow::Result<Result<Vec<WorkRule>, Problems>> {
    let text = catalogue::read_text(path)?;
    Ok(Document::parse(text).and_then(|document| check(&document, path)))
}

fn check(document: &Document, path: &Path) -> Result<Vec<WorkRule>, Problems> {
    let mut problems = Problems::default();
    let base = path.parent().unwrap_or(Path::new(""));
    let mut fields = Fields::new(&document.source, &document.root, 0..1);
    let mut folders = vec![base.join("indicators")];
    let named = fields.texts("folders", &mut problems);
    folders.extend(named.into_iter().map(|(folder, _)| base.join(folder)));
    let catalogue = Catalogue::find(&folders);
    let mut rules = Vec::new();
    for mut table in fields.list("worklist", &mut problems) {
        rules.extend(rule(&mut table, &catalogue, &mut problems));
        table.finish(&mut problems);
    }
    if rules.is_empty() && problems.is_empty() {
        let problem = fields.problem(0..1, "there is no [[worklist]]", "in this file");
        problems.push(problem.help("add one with `id`, `title`, `act` and `use` or `overdue`"));
    }
    fields.finish(&mut problems);
    problems.none_or(rules)
}

fn rule(
    table: &mut Fields<'_>,
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Option<WorkRule> {
    let id = table.required_text("id", "a short name without blanks", problems).0.to_owned();
    let title = table.required_text("title", "the heading of the list", problems).0.to_owned();
    let act = table.required_text("act", "what there is to do", problems).0.to_owned();
    let overdue = table.word("overdue", &Record::NAMES, Record::from_name, problems);
    let used = table.texts("use", problems);
    let by = match (overdue, used.is_empty()) {
        (Some(record), true) => {
            let days = table.integer_in("days", 1, 3660, problems);
            let in_care = table.integer_in("in_care", 1, 3660, problems).unwrap_or(90);
            if days.is_none() && !table.has("days") {
                let problem = table.problem(table.span(), "`days` is missing", "in this list");
                problems.push(problem.help("say after how many days it is due: `days = 180`"));
            }
            WorkTest::Overdue { record, days: days?, in_care }
        }
        (None, false) => {
            let keep = table.integer_in("keep", 0, 366, problems).unwrap_or(0);
            let until_seen = table.flag("until_seen", problems).unwrap_or(false);
            let indicators = indicators(&used, table, catalogue, problems);
            WorkTest::Units { indicators, keep, until_seen }
        }
        _ => {
            let problem = table.problem(
                table.span(),
                "a work list has either `use` or `overdue`",
                "in this list",
            );
            problems.push(problem.help(
                "`use = [\"fu_hosp_mh_7d\"]`, or `overdue = \"care_plans\"` with `days = 180`",
            ));
            return None;
        }
    };
    Some(WorkRule { id, title, act, by })
}

fn indicators(
    used: &[(&str, std::ops::Range<usize>)],
    table: &Fields<'_>,
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Vec<Indicator> {
    let mut found = Vec::new();
    for (id, span) in used {
        let base = id.split('@').next().unwrap_or(id);
        let definition = catalogue
            .file(base)
            .and_then(|file| super::read_definition(file, indicator::DEFAULT_PRESET).ok());
        let definition = match definition {
            None => {
                let message = format!("there is no indicator `{id}`");
                let problem = table.problem(span.clone(), message, "no such file");
                problems.push(problem.maybe_help(suggest(base, catalogue.ids())));
                continue;
            }
            Some(Err(more)) => {
                problems.extend(more);
                continue;
            }
            Some(Ok(definition)) => definition,
        };
        let wanted = definition.indicators.iter().find(|one| one.measure.id == *id);
        if let Some(one) = wanted.filter(|one| indicator::days_to_act(one).is_some()) {
            found.push(one.clone());
        } else {
            let message = format!("`{id}` has no units that could be acted upon");
            let problem = table.problem(span.clone(), message, "not about units");
            let help = "name an indicator about discharges, referrals, disengagements …";
            problems.push(problem.help(help));
        }
    }
    found
}
