//! Models of outcomes as tables that may be shown.

use super::contrast::Contrast;
use super::description::Study;
use super::effect::Estimate;
use super::entangled::are_related;
use super::finding::Finding;
use super::model::{Again, Model, ModelLine};
use super::published::{is_shown, slug};
use super::sheet::{Field, Screen, Sheet};

/// The models of a comparison, and how often outcomes came again.
pub(super) fn model_sheets(
    study: &Study,
    contrast: &Contrast,
    names: &[String; 2],
    screen: Screen,
) -> Vec<Sheet> {
    let shown: Vec<&Model> = contrast
        .models
        .iter()
        .filter(|model| {
            let of = |one: &&Finding| one.outcome == model.outcome;
            contrast.findings.iter().find(of).is_some_and(|one| is_shown(one, screen))
        })
        .collect();
    if shown.is_empty() {
        return Vec::new();
    }
    let outcome = |model: &Model| study.outcomes[model.outcome].name.clone();
    let rows = shown.iter().flat_map(|model| model_rows(&outcome(model), model, screen));
    let mut sheets = vec![Sheet {
        id: format!("models_{}", slug(&names[0])),
        title: "Models, as observed and given the covariates: the ratio for one more of each"
            .to_owned(),
        heads: vec![
            "Outcome",
            "Model",
            "Of",
            "Ratio",
            "Lower 95 %",
            "Upper 95 %",
            "p",
            "p of the same ratio at all times",
        ],
        rows: rows.collect(),
    }];
    let mut told: Vec<(usize, [u64; 2])> = Vec::new();
    let mut is_apart = |place: usize, times: [u64; 2]| {
        let near = |(other, earlier): &(usize, [u64; 2])| {
            let related = are_related(&study.outcomes[*other], &study.outcomes[place]);
            let few = |(one, other): (&u64, &u64)| screen.is_small(one.abs_diff(*other));
            related && earlier.iter().zip(&times).any(few)
        };
        let is_apart = !told.iter().any(near);
        told.extend(is_apart.then_some((place, times)));
        is_apart
    };
    let again: Vec<Vec<Field>> = shown
        .iter()
        .filter_map(|model| Some((model, model.again.as_ref()?)))
        .filter(|(model, again)| {
            is_shown_again(again, screen) && is_apart(model.outcome, again.times)
        })
        .flat_map(|(model, again)| {
            let group = |side: usize| {
                let mut row = vec![Field::words(outcome(model)), Field::words(names[side].clone())];
                row.push(Field::Count(again.times[side]));
                row.extend(numbers(again.means[side]));
                row
            };
            [group(0), group(1)]
        })
        .collect();
    if !again.is_empty() {
        sheets.push(Sheet {
            id: format!("again_{}", slug(&names[0])),
            title: format!("How often it happens within {} days, the first time and again: mean number a person, as observed", study.follow_up),
            heads: vec!["Outcome", "Group", "Times", "Mean", "Lower 95 %", "Upper 95 %"],
            rows: again,
        });
    }
    sheets
}

/// Times less the people whom it happened to are the times that it came again.
fn is_shown_again(again: &Again, screen: Screen) -> bool {
    let few = |(times, people): (&u64, &u64)| {
        screen.is_small(*times) || screen.is_small(times.saturating_sub(*people))
    };
    !again.times.iter().zip(&again.people).any(few)
}

fn numbers(estimate: Estimate) -> [Field; 3] {
    [
        Field::number(Some(estimate.value)),
        Field::number(estimate.limits.map(|limits| limits.low)),
        Field::number(estimate.limits.map(|limits| limits.high)),
    ]
}

fn model_rows(outcome: &str, model: &Model, screen: Screen) -> Vec<Vec<Field>> {
    let row = |kind: &str, line: &ModelLine| {
        let mut row = vec![Field::words(outcome), Field::words(kind), Field::words(&line.name)];
        let tells = line.splits.is_some_and(|own| own.iter().any(|one| one.is_telling(screen)));
        if tells {
            row.extend(std::iter::repeat_n(Field::Hidden, 5));
        } else {
            row.extend(numbers(line.ratio));
            row.push(Field::chance(Some(line.p)));
            row.push(Field::chance(line.proportional));
        }
        row
    };
    let mut rows: Vec<Vec<Field>> =
        model.hazard.iter().map(|line| row("hazard (Cox)", line)).collect();
    if let Some(p) = model.proportional {
        let mut all =
            vec![Field::words(outcome), Field::words("hazard (Cox)"), Field::words("all together")];
        all.extend(std::iter::repeat_n(Field::Empty, 4));
        all.push(Field::chance(Some(p)));
        rows.push(all);
    }
    rows.extend(
        model.subdistribution.iter().map(|line| row("with death competing (Fine and Gray)", line)),
    );
    let shown = model.again.as_ref().filter(|again| is_shown_again(again, screen));
    let rates = shown.and_then(|again| again.ratio.as_ref());
    rows.extend(rates.map(|line| row("rate, each time it happens (Andersen and Gill)", line)));
    rows
}
