//! What of a study may be shown: every number has gone through one screen.

use super::cohort::Cohort;
use super::contrast::Contrast;
use super::cost_effect_sheet::{PublishedCostEffect, published_cost_effect};
use super::curves::{OutcomeCurves, curves};
use super::description::Study;
use super::design::{Amount, Outcome, OutcomeMeasure, Protocol};
use super::effect::{Effect, Estimate};
use super::finding::Finding;
use super::flow_sheet::flow_sheet;
use super::model_sheet::model_sheets;
use super::occupation::{Career, career_sheets, careers};
use super::published_courses::{PublishedCourse, PublishedCourses, published_courses};
use super::published_paths::{PublishedPathways, published_pathways};
use super::sheet::{Field, Screen, Sheet};
use super::strata::StratumFinding;
use super::weight_sheet::{BalanceRow, balance_row, weight_sheet};

/// A line of a forest of ratios.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestRow {
    /// What it is about.
    pub label: String,
    /// As observed.
    pub crude: Option<Estimate>,
    /// After weighting.
    pub weighted: Option<Estimate>,
}

/// A comparison that may be shown.
#[derive(Debug, Clone)]
pub struct PublishedContrast {
    /// The strategy and the reference.
    pub names: [String; 2],
    /// Balance of covariates.
    pub balance: Vec<BalanceRow>,
    /// Quantiles of the chance of the strategy, in each group.
    pub propensity: Option<[[f64; 5]; 2]>,
    /// What the weights are like.
    pub weights: Option<Sheet>,
    /// Every estimate.
    pub estimates: Sheet,
    /// Models of outcomes that happen on a day, and how often these came again.
    pub models: Vec<Sheet>,
    /// What it costs and brings, if that is asked and may be shown.
    pub cost_effect: Option<PublishedCostEffect>,
    /// Ratios, for a forest.
    pub forest: Vec<ForestRow>,
    /// What was found, in sentences.
    pub sentences: Vec<String>,
    /// Why there is no fair comparison, if so.
    pub refusal: Option<String>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// A study that may be shown.
#[derive(Debug, Clone)]
pub struct PublishedStudy {
    /// The name of its file.
    pub id: String,
    /// What a reader calls it.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// What may be shown.
    pub screen: Screen,
    /// The trial it stands for.
    pub protocol: Protocol,
    /// How strategies are told apart, in a sentence.
    pub design: String,
    /// The flow of people.
    pub flow: Sheet,
    /// Comparisons.
    pub contrasts: Vec<PublishedContrast>,
    /// Curves of outcomes by strategy.
    pub curves: Vec<OutcomeCurves>,
    /// Careers by strategy.
    pub careers: Vec<Career>,
    /// Mean days in each state, and who moved between them.
    pub days_in_states: Vec<Sheet>,
    /// Pathways, if they are asked for.
    pub pathways: Option<PublishedPathways>,
    /// Courses of monthly states, if they are asked for.
    pub courses: Option<PublishedCourses>,
}

/// What may be shown of a study; `internal` hides nothing.
pub fn publish(
    study: &Study,
    cohort: &Cohort,
    contrasts: &[Contrast],
    internal: bool,
) -> PublishedStudy {
    let screen = Screen { least: study.min_cell, internal };
    let careers = careers(study, cohort, screen);
    PublishedStudy {
        id: study.id.clone(),
        title: study.title.clone(),
        question: study.question.clone(),
        screen,
        protocol: study.protocol.clone(),
        design: design(study),
        flow: flow_sheet(&cohort.flow, screen),
        contrasts: contrasts.iter().map(|one| published(study, cohort, one, screen)).collect(),
        curves: curves(study, cohort, contrasts, screen),
        days_in_states: career_sheets(&careers),
        careers,
        pathways: published_pathways(study, cohort, screen),
        courses: published_courses(study, cohort, screen),
    }
}

fn design(study: &Study) -> String {
    use super::design::Timing;
    let Some(analysis) = &study.analysis else {
        return "Nothing is compared: this study describes.".to_owned();
    };
    let how = match analysis.timing {
        Timing::AtIndex => {
            "Members are told apart by what they had received up to the index, which is time zero."
                .to_owned()
        }
        Timing::Landmark(day) => format!(
            "Landmark: members are told apart by what they received up to day {day} after the index. That day is time zero; whoever had the main outcome, died or was lost before it is not compared, so that the answer holds for those who reached it."
        ),
        Timing::Grace(day) => format!(
            "Clone, censor, weight: from the index on, each member is taken into every strategy that the record allows, and leaves one when care departs from it; strategies have to be met by day {day}. Members who stay are weighted for those like them who left."
        ),
    };
    format!("{how} Follow-up is {} days from time zero.", study.follow_up)
}

fn published(
    study: &Study,
    cohort: &Cohort,
    contrast: &Contrast,
    screen: Screen,
) -> PublishedContrast {
    let arms = contrast.strategies.map(|arm| cohort.arm(arm).count() as u64);
    let names = contrast.strategies.map(|place| study.strategies[place].name.clone());
    let of_finding = |one: &Finding| estimate_rows(study, one, tells_days(one, screen), screen);
    let mut rows: Vec<Vec<Field>> = contrast.findings.iter().flat_map(of_finding).collect();
    for parts in strata(contrast, screen) {
        let with_days = parts.iter().all(|part| tells_days(&part.finding, screen));
        for part in parts {
            for mut row in estimate_rows(study, &part.finding, with_days, screen) {
                row[0] = Field::words(stratum_label(study, part));
                rows.push(row);
            }
        }
    }
    let id = format!("estimates_{}", slug(&names[0]));
    let estimates = Sheet {
        id,
        title: format!("{} compared with {}", names[0], names[1]),
        heads: vec![
            "Outcome",
            "Measure",
            "As",
            "First",
            "Reference",
            "Estimate",
            "Lower 95 %",
            "Upper 95 %",
            "E-value",
            "E-value of the limit",
        ],
        rows,
    };
    let forest = contrast.findings.iter().filter(|one| is_shown(one, screen)).map(|one| {
        let ratio = |effect: &Option<Effect>| effect.and_then(|effect| effect.ratio);
        ForestRow {
            label: study.outcomes[one.outcome].name.clone(),
            crude: ratio(&one.crude),
            weighted: ratio(&one.weighted),
        }
    });
    let within = strata(contrast, screen).flatten().map(|part| {
        let ratio = |effect: &Option<Effect>| effect.and_then(|effect| effect.ratio);
        ForestRow {
            label: stratum_label(study, part),
            crude: ratio(&part.finding.crude),
            weighted: ratio(&part.finding.weighted),
        }
    });
    let forest: Vec<ForestRow> = forest.chain(within).collect();
    PublishedContrast {
        balance: contrast.balance.iter().map(|one| balance_row(one, screen)).collect(),
        propensity: contrast.weights.as_ref().map(|weights| weights.propensity),
        weights: weight_sheet(contrast, &names, arms, screen),
        estimates,
        models: model_sheets(study, contrast, &names, screen),
        cost_effect: published_cost_effect(study, contrast, &names, screen),
        forest,
        sentences: super::wording::sentences(study, contrast, &names, screen),
        refusal: contrast.refusal.as_ref().map(ToString::to_string),
        notes: notes(study, contrast, screen),
        names,
    }
}

/// The parts by each covariate, if all of them may be shown.
fn strata(contrast: &Contrast, screen: Screen) -> impl Iterator<Item = &[StratumFinding]> {
    let parts = contrast.strata.chunk_by(|one, other| one.covariate == other.covariate);
    parts.filter(move |parts| parts.iter().all(|part| is_shown(&part.finding, screen)))
}

fn stratum_label(study: &Study, part: &StratumFinding) -> String {
    format!("{}, {}: {}", study.outcomes[0].name, part.covariate, part.part)
}

fn notes(study: &Study, contrast: &Contrast, screen: Screen) -> Vec<String> {
    let entangled = contrast.findings.iter().filter(|one| one.entangled && !screen.internal);
    let entangled = entangled.map(|one| {
        let name = &study.outcomes[one.outcome].name;
        format!("{name}: not told, because all but a few people are alike in it and in another outcome of the study.")
    });
    // What is said of a hidden outcome could tell how few have it.
    let shown = |outcome: usize| {
        let own = contrast.findings.iter().find(|one| one.outcome == outcome);
        own.is_some_and(|one| is_shown(one, screen))
    };
    let findings = contrast.findings.iter().filter(|one| shown(one.outcome));
    let of_findings = findings.flat_map(|finding| {
        let name = &study.outcomes[finding.outcome].name;
        finding.notes.iter().map(move |note| format!("{name}: {note}"))
    });
    let of_models = contrast.models.iter().filter(|one| shown(one.outcome)).flat_map(|model| {
        let name = &study.outcomes[model.outcome].name;
        model.notes.iter().map(move |note| format!("{name}: {note}"))
    });
    let all = contrast.notes.iter().cloned().chain(entangled);
    all.chain(of_findings).chain(of_models).collect()
}

/// True if no small count stands behind a finding.
pub(super) fn is_shown(finding: &Finding, screen: Screen) -> bool {
    let pairs = finding.events.iter().zip(&finding.people);
    let telling = pairs.into_iter().any(|(events, people)| {
        if finding.counted { screen.is_telling(*events, *people) } else { screen.is_small(*events) }
    });
    !telling && (screen.internal || !(finding.dominated || finding.entangled))
}

/// True if mean days, which end with deaths as well, do not tell of few of them.
fn tells_days(finding: &Finding, screen: Screen) -> bool {
    let mut pairs = finding.deaths.iter().zip(&finding.people);
    !pairs.any(|(deaths, people)| screen.is_telling(*deaths, *people))
}

/// The rows of one outcome: what is compared, as observed and after weighting.
fn estimate_rows(
    study: &Study,
    finding: &Finding,
    with_days: bool,
    screen: Screen,
) -> Vec<Vec<Field>> {
    let outcome = &study.outcomes[finding.outcome];
    let name = if outcome.negative_control {
        format!("{} (negative control)", outcome.name)
    } else {
        outcome.name.clone()
    };
    if !is_shown(finding, screen) {
        let mut row = vec![Field::words(name), Field::words("hidden: few people"), Field::Empty];
        row.extend(std::iter::repeat_n(Field::Hidden, 7));
        return vec![row];
    }
    let mut rows = Vec::new();
    for (how, effect) in [("as observed", &finding.crude), ("weighted", &finding.weighted)] {
        let Some(effect) = effect else { continue };
        for (measure, values, told) in measures(outcome, finding.horizon, effect, with_days) {
            let is_ratio = measure.starts_with("ratio");
            let e_value = finding.e_value.filter(|_| is_ratio && how == "weighted");
            let number = |pick: fn(Estimate) -> Option<f64>| {
                told.map_or(Field::Hidden, |estimate| Field::number(pick(estimate)))
            };
            let mut row =
                vec![Field::words(name.clone()), Field::words(measure), Field::words(how)];
            row.extend(values);
            row.push(number(|estimate| Some(estimate.value)));
            row.push(number(|estimate| estimate.limits.map(|limits| limits.low)));
            row.push(number(|estimate| estimate.limits.map(|limits| limits.high)));
            row.push(Field::number(e_value.map(|one| one.estimate)));
            row.push(Field::number(e_value.map(|one| one.limit)));
            rows.push(row);
        }
    }
    rows
}

/// What is compared, the values of both groups, and the estimate; nothing where that is hidden.
fn measures(
    outcome: &Outcome,
    horizon: u32,
    effect: &Effect,
    with_days: bool,
) -> Vec<(String, [Field; 2], Option<Estimate>)> {
    let none = || [Field::Empty, Field::Empty];
    let (difference, ratio) = match &outcome.measure {
        OutcomeMeasure::First(_) => (
            format!("difference of risk by day {horizon}"),
            format!("ratio of risk by day {horizon}"),
        ),
        OutcomeMeasure::Amount(amount) => {
            let on = match amount {
                Amount::LevelOn(day) => format!(" on day {day}"),
                _ => String::new(),
            };
            let what = format!("difference of means{on}, {}", amount.unit());
            (what, "ratio of means".to_owned())
        }
    };
    let value = |value: f64| match &outcome.measure {
        OutcomeMeasure::First(_) => Field::Share(value),
        OutcomeMeasure::Amount(amount) if amount.is_share() => Field::Share(value),
        OutcomeMeasure::Amount(Amount::Cost) => Field::Dollars(value),
        OutcomeMeasure::Amount(_) => Field::Number(value),
    };
    let mut rows = vec![(difference, effect.values.map(value), Some(effect.difference))];
    rows.extend(effect.ratio.map(|estimate| (ratio, none(), Some(estimate))));
    rows.extend(effect.days.map(|estimate| {
        let measure = format!("difference of mean days alive and without it, of {horizon}");
        (measure, none(), with_days.then_some(estimate))
    }));
    rows.extend(effect.hazard.map(|estimate| ("hazard ratio".to_owned(), none(), Some(estimate))));
    rows
}

/// A p-value with four significant digits.
fn chance(p: f64) -> String {
    if p < 0.0001 {
        return "p < 0.0001".to_owned();
    }
    let zeros = [0.1, 0.01, 0.001].into_iter().filter(|bound| p < *bound).count();
    format!("p = {p:.*}", 4 + zeros)
}

/// A name as part of a file's name.
pub(super) fn slug(name: &str) -> String {
    let letters = name.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' }
    });
    letters.collect()
}

impl PublishedStudy {
    /// Every table, in the order of the page.
    pub fn sheets(&self) -> Vec<Sheet> {
        let mut sheets = vec![self.flow.clone()];
        for contrast in &self.contrasts {
            sheets.extend(contrast.weights.clone());
            sheets.push(contrast.balance_sheet());
            sheets.push(contrast.estimates.clone());
            sheets.extend(contrast.models.iter().cloned());
            let worth = contrast.cost_effect.iter();
            sheets.extend(worth.flat_map(|one| [one.sheet.clone(), one.benefits.clone()]));
        }
        sheets.extend(self.curves.iter().map(OutcomeCurves::sheet));
        sheets.extend(self.careers.iter().map(Career::sheet));
        sheets.extend(self.days_in_states.clone());
        if let Some(found) = &self.pathways {
            let all = [&found.paths, &found.durations, &found.changes, &found.attrition];
            sheets.extend(all.map(Sheet::clone));
        }
        if let Some(found) = &self.courses {
            let all = [&found.distribution, &found.transitions, &found.groups, &found.figures];
            sheets.extend(all.map(Sheet::clone));
            sheets.extend(found.kinds.iter().map(PublishedCourse::sheet));
        }
        sheets
    }
}

impl OutcomeCurves {
    /// The curves as a table.
    pub fn sheet(&self) -> Sheet {
        let pair = |found: Option<(f64, crate::statistics::Limits)>| match found {
            Some((value, limits)) => {
                [Field::Share(value), Field::Share(limits.low), Field::Share(limits.high)]
            }
            None => [Field::Hidden, Field::Hidden, Field::Hidden],
        };
        let rows = self.curves.iter().flat_map(|curve| {
            curve.days.iter().map(|day| {
                let mut row = vec![
                    Field::words(curve.strategy.clone()),
                    Field::Count(u64::from(day.day)),
                    day.at_risk.map_or(Field::Hidden, Field::Count),
                ];
                row.extend(pair(day.free));
                row.extend(pair(day.incidence));
                row
            })
        });
        let tests = self.tests.map_or_else(String::new, |(ranks, grays)| {
            format!("; log-rank test {}, Gray's test {}", chance(ranks), chance(grays))
        });
        Sheet {
            id: format!("curve_{}", slug(&self.outcome)),
            title: format!("{} by day, as observed{tests}", self.outcome),
            heads: vec![
                "Strategy",
                "Day",
                "At risk",
                "Without it",
                "Lower 95 %",
                "Upper 95 %",
                "With it, death competing",
                "Lower 95 %",
                "Upper 95 %",
            ],
            rows: rows.collect(),
        }
    }
}
