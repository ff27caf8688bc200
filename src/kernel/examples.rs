//! Runs the examples that a definition carries through the kernel itself.

use std::convert::Infallible;
use std::sync::Arc;

use super::{Cell, Group, Plan, Stratum, Supply, Tally, count};
use crate::diagnostic::{Problem, Problems};
use crate::indicator::care;
use crate::indicator::unit::{self, Outcome, Scene};
use crate::indicator::{Definition, Example, Expect, Indicator, Rule, Shape, TABLES};
use crate::terms::{Day, Grain, Period};
use crate::timeline::{Reader, Settings};

/// Checks every example of a definition; each that gives something else is a problem.
pub fn check_examples(definition: &Definition) -> Problems {
    let mut problems = Problems::default();
    for example in &definition.examples {
        let Some(indicator) =
            definition.indicators.iter().find(|one| one.measure.id == example.indicator)
        else {
            continue;
        };
        if let Err(found) = check(indicator, example) {
            let message = format!("example `{}` gives another outcome", example.name);
            problems.push(Problem::new(
                &definition.source,
                example.span.clone(),
                message,
                format!("gives {found}"),
            ));
        }
    }
    problems
}

/// `Ok`, or what the example gives.
fn check(indicator: &Indicator, example: &Example) -> Result<(), String> {
    match (&example.expect, &indicator.rule) {
        (Expect::Units(expected), Rule::Share(_)) => {
            let found = units(indicator, example)?;
            if found == *expected { Ok(()) } else { Err(list(&found)) }
        }
        (Expect::Nothing, Rule::Share(_)) => {
            let found = units(indicator, example)?;
            if found.is_empty() { Ok(()) } else { Err(list(&found)) }
        }
        (expect, _) => period(indicator, example, expect),
    }
}

fn list(outcomes: &[String]) -> String {
    match outcomes {
        [] => "nothing: no unit is counted".to_owned(),
        [one] => format!("\"{one}\""),
        many => format!(
            "[{}]",
            many.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn plan(indicator: &Indicator, example: &Example) -> Plan {
    let (first, last) = example.period;
    let grain = match (last.year() * 12 + i32::try_from(last.month()).unwrap_or(0))
        - (first.year() * 12 + i32::try_from(first.month()).unwrap_or(0))
        + 1
    {
        1 => Grain::Month,
        3 => Grain::Quarter,
        _ => Grain::Year,
    };
    let settings = Settings {
        transfer_gap: 1,
        data_through: example.data_through,
        assume_enrolment: false,
        derive_stays: false,
        instruments: Arc::clone(&example.instruments),
    };
    let delivered = TABLES.map(str::to_owned).into();
    let supply = Supply { delivered, ..Supply::default() }.with_all_for(indicator);
    let plan = Plan::new(
        vec![indicator.clone()],
        vec![Period { grain, start: first, end: last }],
        Vec::new(),
        settings,
        &supply,
    );
    plan.with_activities(example.activities.clone())
}

/// The outcomes of all units, whatever their day.
fn units(indicator: &Indicator, example: &Example) -> Result<Vec<String>, String> {
    let Rule::Share(share) = &indicator.rule else { return Ok(Vec::new()) };
    let plan = plan(indicator, example);
    let mut outcomes = Vec::new();
    let mut each = |timeline: &crate::timeline::Timeline, _: &mut crate::timeline::Interner| {
        let mut episodes = Vec::new();
        if let Some(gap) = indicator.rule.gaps().first().copied() {
            let (treatment, qualifying) =
                (&timeline.contact_days[plan.treatment], &timeline.contact_days[plan.qualifying]);
            care::episodes(
                timeline,
                treatment,
                qualifying,
                gap,
                example.data_through,
                &mut episodes,
            );
        }
        let scene = Scene {
            timeline,
            filters: &plan.filters[0],
            care: &episodes,
            treatment: plan.treatment,
            qualifying: plan.qualifying,
            data_through: example.data_through,
            asked: (Day(i32::MIN / 2), Day(i32::MAX / 2)),
            decides: false,
        };
        unit::judge(share, scene, &mut |judged| {
            outcomes.push(match judged.outcome {
                Outcome::Met(_) => "met".to_owned(),
                Outcome::NotMet => "not met".to_owned(),
                Outcome::Value(value) => value.to_string(),
                Outcome::Excluded(place) => format!("excluded: {}", share.exclusions[place].reason),
            });
        });
    };
    let mut reader = Reader::new(&plan.needs, &plan.settings);
    reader.read(&example.rows, &mut each).map_err(|error| error.to_string())?;
    reader.finish(&mut each);
    Ok(outcomes)
}

/// Compares with the tally of the example's period.
#[expect(clippy::cast_precision_loss, reason = "examples are small")]
fn period(indicator: &Indicator, example: &Example, expect: &Expect) -> Result<(), String> {
    let plan = plan(indicator, example);
    let open =
        |rows: &arrow_array::RecordBatch| Ok::<_, Infallible>(std::iter::once(Ok(rows.clone())));
    let (tallies, _) = count(&plan, std::slice::from_ref(&example.rows), open, |_| {})
        .map_err(|error| error.to_string())?;
    let stratum = |kind: &str, value: String| Stratum { kind: kind.to_owned(), value };
    let stratum = match expect {
        Expect::Counts { level: Some(level), .. } => stratum("level", level.to_string()),
        _ => stratum("all", "all".to_owned()),
    };
    let nothing = Tally::default();
    let cell = Cell { measure: 0, period: plan.periods[0], group: Group::All, stratum };
    let tally = tallies.cells.get(&cell).unwrap_or(&nothing);
    let (numerator, denominator) = match indicator.measure.shape {
        Shape::Top { percent } => {
            let top = tally.top(percent);
            (top.sum as f64, top.total as f64)
        }
        _ => (tally.numerator as f64, tally.denominator as f64),
    };
    let numerator = numerator / indicator.measure.numerator_parts as f64;
    let denominator = denominator / indicator.measure.denominator_parts() as f64;
    let excluded: Vec<&String> = indicator
        .measure
        .exclusions
        .iter()
        .zip(&tally.excluded)
        .filter(|(_, n)| **n > 0)
        .map(|(reason, _)| reason)
        .collect();
    let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let value = match indicator.measure.shape {
        Shape::Agreement => tally.agreement(),
        Shape::Duration => tally.median_duration().map(|days| days as f64),
        _ => (denominator != 0.0).then(|| numerator / denominator),
    };
    let holds = match expect {
        Expect::Nothing => denominator == 0.0 && numerator == 0.0 && excluded.is_empty(),
        Expect::Value(expected) => value.is_some_and(|value| same(value, *expected)),
        Expect::Counts { numerator: n, denominator: d, .. } => {
            same(numerator, *n) && same(denominator, *d)
        }
        Expect::Units(outcomes) => match outcomes.as_slice() {
            [one] => match one.strip_prefix("excluded: ") {
                Some(reason) => {
                    tally.denominator == 0 && excluded.iter().any(|found| *found == reason)
                }
                None => {
                    same(denominator, 1.0) && same(numerator, f64::from(u8::from(one == "met")))
                }
            },
            _ => false,
        },
    };
    if holds {
        return Ok(());
    }
    let excluded: String = excluded.iter().map(|reason| format!("; excluded: {reason}")).collect();
    Err(format!("numerator {numerator}, denominator {denominator}{excluded}"))
}
