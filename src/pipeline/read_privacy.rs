//! `[privacy]`: what may come in.

use crate::diagnostic::{Fields, Problems, Value, suggest};
use crate::extract::{Identifier, Policy, Privacy, Treatment};
use crate::terms::Table;

/// Reads the policy and what the site decides otherwise.
pub(super) fn privacy(fields: &mut Fields<'_>, problems: &mut Problems) -> Privacy {
    let mut privacy = Privacy::default();
    let Some(mut table) = fields.fields("privacy", problems) else { return privacy };
    let policies = [Policy::SafeHarbor, Policy::LimitedDataSet];
    let names = policies.map(Policy::name);
    let policy = table.word(
        "policy",
        &names,
        |word| policies.into_iter().find(|policy| policy.name() == word),
        problems,
    );
    privacy.policy = policy.unwrap_or_default();
    for (key, treatment) in [
        ("allow", Treatment::Allow),
        ("coarsen", Treatment::Coarsen),
        ("refuse", Treatment::Refuse),
    ] {
        for (name, span) in table.texts(key, problems) {
            let Some(identifier) = Identifier::from_name(name) else {
                let problem = table.problem(
                    span,
                    format!("unknown identifier `{name}`"),
                    "nothing is called so",
                );
                let known = Identifier::NAMES.iter().copied();
                let help = suggest(name, known).unwrap_or_else(|| {
                    let names: Vec<String> =
                        Identifier::NAMES.iter().map(|name| format!("`{name}`")).collect();
                    format!("there are {}", names.join(", "))
                });
                problems.push(problem.help(help));
                continue;
            };
            if treatment == Treatment::Coarsen && identifier.coarser().is_none() {
                let message = format!("there is no coarser form of {}", identifier.words());
                problems.push(table.problem(span.clone(), message, "cannot be coarsened"));
            }
            if privacy.decided.insert(identifier, treatment).is_some() {
                problems.push(table.problem(
                    span,
                    format!("`{name}` is decided twice"),
                    "here again",
                ));
            }
        }
    }
    exempt(&mut table, &mut privacy, problems);
    table.finish(problems);
    privacy
}

/// `exempt = { "contacts.team" = "names of teams, not of people" }`.
fn exempt(table: &mut Fields<'_>, privacy: &mut Privacy, problems: &mut Problems) {
    let Some(columns) = table.fields("exempt", problems) else { return };
    for (column, span, node) in columns.free_entries() {
        let tables = Table::ALL.map(Table::name);
        let of = column.split_once('.').map(|(table, _)| table);
        if !of.is_some_and(|table| tables.contains(&table)) {
            let message = format!("`{column}` names no column of a table");
            problems.push(
                columns
                    .problem(span.clone(), message, "expected `table.column`")
                    .help(format!("the tables are {}", tables.join(", "))),
            );
        }
        match &node.value {
            Value::Text(reason) if !reason.trim().is_empty() => {
                privacy.exempt.insert(column.clone(), reason.clone());
            }
            _ => problems.push(columns.problem(
                node.span.clone(),
                "a column is exempt for a reason",
                "write the reason as a string",
            )),
        }
    }
}
