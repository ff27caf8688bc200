//! Models of outcomes as tables that may be shown.

use super::contrast::Contrast;
use super::description::Study;
use super::effect::Estimate;
use super::finding::Finding;
use super::model::{Model, ModelLine};
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
    let again: Vec<Vec<Field>> = shown
        .iter()
        .filter_map(|model| Some((model, model.again.as_ref()?)))
        .filter(|(_, again)| again.times.iter().all(|times| !screen.is_small(*times)))
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
        let tells = line.rarer.is_some_and(|few| few.iter().any(|n| screen.is_small(*n)));
        if tells {
            row.extend(std::iter::repeat_n(Field::Hidden, 5));
        } else {
            row.extend(numbers(line.ratio));
            row.push(Field::number(Some(line.p)));
            row.push(Field::number(line.proportional));
        }
        row
    };
    let mut rows: Vec<Vec<Field>> =
        model.hazard.iter().map(|line| row("hazard (Cox)", line)).collect();
    if let Some(p) = model.proportional {
        let mut all =
            vec![Field::words(outcome), Field::words("hazard (Cox)"), Field::words("all together")];
        all.extend(std::iter::repeat_n(Field::Empty, 4));
        all.push(Field::number(Some(p)));
        rows.push(all);
    }
    rows.extend(
        model.subdistribution.iter().map(|line| row("with death competing (Fine and Gray)", line)),
    );
    let rates = model.again.as_ref().and_then(|again| again.ratio.as_ref());
    rows.extend(rates.map(|line| row("rate, each time it happens (Andersen and Gill)", line)));
    rows
}
