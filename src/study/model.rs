//! Models of when an outcome comes, for people told apart at time zero: what goes with it given all
//! that was known before, whether that holds at all times, and how often it comes again.

use super::cohort::Cohort;
use super::contrast::Division;
use super::description::Study;
use super::design::{OutcomeMeasure, Timing};
use super::effect::{DIED, Estimate, HAPPENED, follow_up};
use super::matrix::Matrix;
use super::person::Person;
use crate::statistics::CONFIDENCE;
use crate::statistics::survival::{
    CENSORED, Coefficient, CoxData, CoxError, CoxFit, FineGrayData, FollowUp, Ties, TimeScale, cox,
    fine_gray, mean_cumulative_function, proportional_hazards,
};

/// Fewer outcomes for each coefficient say too little about any of them.
pub(super) const LEAST_PER_COEFFICIENT: u64 = 10;
/// Where proportional hazards are doubted.
const DOUBT: f64 = 0.05;

/// What a model says of the strategy or of one covariate.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelLine {
    /// The strategy or covariate.
    pub name: String,
    /// The ratio for one unit more.
    pub ratio: Estimate,
    /// The p-value of no difference.
    pub p: f64,
    /// The p-value of a ratio that is the same at all times, where that is tested.
    pub proportional: Option<f64>,
    /// How people are split by it, and those of them with the outcome; nothing where people stand in
    /// several rows.
    pub splits: Option<[Division; 2]>,
}

/// How often an outcome came again.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// How often it happened in each group.
    pub times: [u64; 2],
    /// To how many people.
    pub people: [u64; 2],
    /// The mean number by the end of follow-up in each group.
    pub means: [Estimate; 2],
    /// The ratio of rates (Andersen and Gill), each person a cluster.
    pub ratio: Option<ModelLine>,
}

/// Models of one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The place of the outcome.
    pub outcome: usize,
    /// The hazard of the outcome, deaths taken as the end of follow-up: the strategy, then covariates.
    pub hazard: Vec<ModelLine>,
    /// The p-value of hazards that are proportional in everything.
    pub proportional: Option<f64>,
    /// The hazard of the sub-distribution (Fine and Gray) of the strategy, where people died first.
    pub subdistribution: Option<ModelLine>,
    /// How often it came again, if it did for anybody.
    pub again: Option<Again>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// People of two strategies with their covariates, the strategy's own column first.
struct Rows<'c> {
    people: Vec<&'c Person>,
    first: usize,
    names: Vec<String>,
    values: Vec<f64>,
}

impl<'c> Rows<'c> {
    fn new(study: &Study, name: &str, [one, other]: [Vec<&'c Person>; 2], alone: bool) -> Self {
        let first = one.len();
        let people: Vec<&Person> = one.into_iter().chain(other).collect();
        let matrix = Matrix::new(if alone { &[] } else { &study.covariates }, &people);
        let of_row = |row: usize| {
            let own = f64::from(u8::from(row < first));
            std::iter::once(own).chain(matrix.row(row).iter().copied()).collect::<Vec<_>>()
        };
        let values = (0..people.len()).flat_map(of_row).collect();
        let names = std::iter::once(name.to_owned()).chain(matrix.names.iter().cloned()).collect();
        Self { people, first, names, values }
    }

    fn width(&self) -> usize {
        self.names.len()
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width()..(row + 1) * self.width()]
    }

    /// How people without the outcome and people with it are split by a column.
    fn splits(&self, column: usize, follow_ups: &[FollowUp]) -> [Division; 2] {
        let values: Vec<f64> = (0..self.people.len()).map(|row| self.row(row)[column]).collect();
        let without: Vec<bool> = follow_ups.iter().map(|one| one.event != HAPPENED).collect();
        Division::of_groups(&values, &without)
    }
}

/// The models of every outcome that happens on a day; none where people stand in several strategies.
pub(super) fn models(study: &Study, cohort: &Cohort, pair: [usize; 2]) -> Vec<Model> {
    let Some(analysis) = &study.analysis else { return Vec::new() };
    if matches!(analysis.timing, Timing::Grace(_)) {
        return Vec::new();
    }
    let outcomes = study.outcomes.iter().enumerate();
    let on_a_day = outcomes.filter(|(_, one)| matches!(one.measure, OutcomeMeasure::First(_)));
    on_a_day.filter_map(|(place, _)| model(study, cohort, pair, place)).collect()
}

fn model(study: &Study, cohort: &Cohort, pair: [usize; 2], place: usize) -> Option<Model> {
    let name = &study.strategies[pair[0]].name;
    let seen = || {
        pair.map(|arm| {
            let people = cohort.arm(arm);
            people.filter(|one| follow_up(one, place).is_some()).collect::<Vec<_>>()
        })
    };
    let mut rows = Rows::new(study, name, seen(), false);
    let follow_ups: Vec<FollowUp> =
        rows.people.iter().filter_map(|one| follow_up(one, place)).collect();
    let has_event = |own: &[FollowUp]| own.iter().any(|one| one.event == HAPPENED);
    if !has_event(&follow_ups[..rows.first]) || !has_event(&follow_ups[rows.first..]) {
        return None;
    }
    let mut notes = Vec::new();
    let events = follow_ups.iter().filter(|one| one.event == HAPPENED).count() as u64;
    if events < LEAST_PER_COEFFICIENT {
        return None;
    }
    if events < LEAST_PER_COEFFICIENT * rows.width() as u64 {
        notes.push(format!(
            "Models of the strategy alone: {} covariates ask for more outcomes than there are, {LEAST_PER_COEFFICIENT} for each coefficient.",
            rows.width() - 1
        ));
        rows = Rows::new(study, name, seen(), true);
    }
    let (hazard, proportional) = match hazard(&rows, &follow_ups) {
        Ok(found) => found,
        Err(error) => {
            notes.push(format!("No model of the hazard: {error}."));
            (Vec::new(), None)
        }
    };
    if proportional.is_some_and(|p| p < DOUBT) {
        notes.push("The hazard ratio is not the same at all times: read it as an average, and differences by a day rather than it.".to_owned());
    }
    let died = follow_ups.iter().any(|one| one.event == DIED);
    let subdistribution = if died { subdistribution(&rows, &follow_ups, &mut notes) } else { None };
    let again = again(&rows, place, &mut notes);
    Some(Model { outcome: place, hazard, proportional, subdistribution, again, notes })
}

/// A Cox model with Efron's ties and variances that hold where the model does not, and its test.
fn hazard(
    rows: &Rows<'_>,
    follow_ups: &[FollowUp],
) -> Result<(Vec<ModelLine>, Option<f64>), CoxError> {
    let own: Vec<FollowUp> = follow_ups.iter().map(|one| one.only(HAPPENED)).collect();
    let clusters: Vec<u32> = (0_u32..).take(own.len()).collect();
    let data = CoxData {
        follow_ups: &own,
        covariates: &rows.values,
        width: rows.width(),
        strata: None,
        clusters: Some(&clusters),
    };
    let fit = sound(cox(&data, Ties::Efron)?)?;
    let tests = proportional_hazards(&data, &fit, TimeScale::KaplanMeier).ok();
    let lines = (0..rows.width()).map(|column| {
        let test = tests.as_ref().map(|tests| tests.covariates[column].p);
        ModelLine {
            proportional: test.filter(|p| p.is_finite()),
            splits: Some(rows.splits(column, follow_ups)),
            ..line(rows.names[column].clone(), fit.coefficients[column])
        }
    });
    let global = tests.as_ref().map(|tests| tests.global.p).filter(|p| p.is_finite());
    Ok((lines.collect(), global))
}

fn subdistribution(
    rows: &Rows<'_>,
    follow_ups: &[FollowUp],
    notes: &mut Vec<String>,
) -> Option<ModelLine> {
    let data =
        FineGrayData { follow_ups, covariates: &rows.values, width: rows.width(), kind: HAPPENED };
    match fine_gray(&data, Ties::Efron).and_then(sound) {
        Ok(fit) => Some(line(rows.names[0].clone(), fit.coefficients[0])),
        Err(error) => {
            notes.push(format!("No model with death competing: {error}."));
            None
        }
    }
}

/// Stretches between one time and the next, and how often on average.
fn again(rows: &Rows<'_>, place: usize, notes: &mut Vec<String>) -> Option<Again> {
    let days = |person: &Person| person.again.get(place).cloned().unwrap_or_default();
    if !rows.people.iter().any(|one| days(one).len() > 1) {
        return None;
    }
    let (mut stretches, mut members, mut covariates) = (Vec::new(), Vec::new(), Vec::new());
    let (mut times, mut had) = ([0, 0], [0, 0]);
    let mut first_rows = 0;
    for (row, person) in (0_u32..).zip(&rows.people) {
        let at = row as usize;
        let mut start = 0;
        let mut add = |stop: u32, event: u8| {
            if stop > start {
                stretches.push(FollowUp::until(stop, event).entering_at(start));
                members.push(row);
                covariates.extend_from_slice(rows.row(at));
                start = stop;
            }
        };
        let side = usize::from(at >= rows.first);
        had[side] += u64::from(!days(person).is_empty());
        for day in days(person).into_iter().filter_map(|day| u32::try_from(day).ok()) {
            add(day, HAPPENED);
            times[side] += 1;
        }
        let until = person.death.unwrap_or(person.follow_up);
        add(u32::try_from(until).unwrap_or(0), CENSORED);
        if at < rows.first {
            first_rows = stretches.len();
        }
    }
    let mean = |from: usize, to: usize| {
        let found = mean_cumulative_function(&stretches[from..to], &members[from..to])?;
        let last = found.steps.last()?;
        Some(Estimate { value: last.mean, limits: Some(last.limits(CONFIDENCE)) })
    };
    let means = [mean(0, first_rows)?, mean(first_rows, stretches.len())?];
    let data = CoxData {
        follow_ups: &stretches,
        covariates: &covariates,
        width: rows.width(),
        strata: None,
        clusters: Some(&members),
    };
    let ratio = match cox(&data, Ties::Efron).and_then(sound) {
        Ok(fit) => Some(line(rows.names[0].clone(), fit.coefficients[0])),
        Err(error) => {
            notes.push(format!("No ratio of rates: {error}."));
            None
        }
    };
    Some(Again { times, people: had, means, ratio })
}

/// A fit all of whose limits are finite.
fn sound(fit: CoxFit) -> Result<CoxFit, CoxError> {
    let finite = |one: &Coefficient| {
        let limits = one.limits(CONFIDENCE);
        one.hazard_ratio().is_finite() && limits.low.is_finite() && limits.high.is_finite()
    };
    if fit.coefficients.iter().all(finite) { Ok(fit) } else { Err(CoxError::NoMaximum) }
}

fn line(name: String, found: Coefficient) -> ModelLine {
    let ratio = Estimate { value: found.hazard_ratio(), limits: Some(found.limits(CONFIDENCE)) };
    ModelLine { name, ratio, p: found.p(), proportional: None, splits: None }
}
