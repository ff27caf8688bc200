//! What a study cannot do without: a table that was not delivered would make zeros of what is not known.

use std::collections::BTreeSet;
use std::ops::Range;

use super::description::{Delivered, Study};
use super::design::{Amount, Fact, Happening, OutcomeMeasure};
use crate::diagnostic::{Problem, Problems};
use crate::indicator::Unit;
use crate::kernel::STAYS;
use crate::terms::Kind;
use crate::timeline::ContactFilter;

const CONTACTS: &str = "contacts";
const ED_VISITS: &str = "stays or contacts.ed_flag";
const EVENTS: &str = "events";
const DEATHS: &str = "members.death_date or events or stays.disposition";
const DIAGNOSES: &str = "stays.dx1 or contacts.dx1";

/// A part of a study that needs a table or column, of several one.
struct Need {
    /// Whose need it is.
    part: String,
    /// Where the part stands.
    place: Range<usize>,
    /// `table` or `table.column`, of several joined by `or` one.
    what: String,
}

/// Everything that a study needs and a store lacks, drawn where the study asks for it. `delivered` names
/// `table` and `table.column` of everything with at least one value.
pub fn lacks(study: &Study, delivered: &BTreeSet<String>) -> Problems {
    let mut problems = Problems::default();
    let is_there = |what: &str| what.split(" or ").any(|one| delivered.contains(one.trim()));
    for need in needs(study).into_iter().filter(|need| !is_there(&need.what)) {
        let message = format!("{} needs `{}`, and the store has none", need.part, need.what);
        let problem = Problem::new(&study.source, need.place, message, "asked for here");
        problems.push(problem.help("without it everybody would seem to have none: take it in with `throughline ingest`, or leave this out of the study"));
    }
    problems
}

fn needs(study: &Study) -> Vec<Need> {
    let mut found = Vec::new();
    let mut add = |part: String, place: &Range<usize>, what: &str| {
        found.push(Need { part, place: place.clone(), what: what.to_owned() });
    };
    add("the index".to_owned(), &(0..1), of_index(study));
    let diagnosis = &study.population.index().diagnosis;
    if !diagnosis.is_empty() {
        add("the diagnosis of the index".to_owned(), &(0..1), DIAGNOSES);
    }
    for (name, delivered) in study.names.iter().zip(&study.interventions) {
        let what = match delivered {
            Delivered::Contacts { .. } => CONTACTS,
            Delivered::Stays { .. } => STAYS,
        };
        add(format!("the intervention `{name}`"), &(0..1), what);
    }
    for outcome in &study.outcomes {
        for what in of_measure(study, &outcome.measure) {
            add(format!("the outcome `{}`", outcome.name), &outcome.place, what);
        }
    }
    for covariate in &study.covariates {
        let what = of_fact(study, &covariate.fact);
        add(format!("the covariate `{}`", covariate.name), &covariate.place, &what);
    }
    found
}

fn of_index(study: &Study) -> &'static str {
    match study.population.index().unit {
        Unit::Admission(_) | Unit::Discharge(_) => STAYS,
        Unit::EdVisit => ED_VISITS,
        Unit::Event(_) => EVENTS,
        Unit::Referral | Unit::Request => "referrals",
        Unit::Plan | Unit::PlannedEnd | Unit::PlannedService => "care_plans",
        Unit::Assessment | Unit::PositiveScreen | Unit::NeedFound => "outcomes",
        Unit::Birthday(_) => "members",
        _ => CONTACTS,
    }
}

fn of_filter(filter: &ContactFilter) -> &'static str {
    match filter.kind {
        Kind::Pharmacy => "pharmacy",
        Kind::Cost => "cost",
        Kind::Event => EVENTS,
        Kind::Assessment => "outcomes",
        _ => CONTACTS,
    }
}

fn of_measure(study: &Study, measure: &OutcomeMeasure) -> Vec<&'static str> {
    let with = |table: &'static str, diagnosis: bool| {
        std::iter::once(table).chain(diagnosis.then_some(DIAGNOSES)).collect()
    };
    match measure {
        OutcomeMeasure::First(Happening::Admission { diagnosis, .. }) => {
            with(STAYS, !diagnosis.is_empty())
        }
        OutcomeMeasure::First(Happening::EdVisit { diagnosis, diagnosis_not }) => {
            with(ED_VISITS, !diagnosis.is_empty() || !diagnosis_not.is_empty())
        }
        OutcomeMeasure::First(Happening::Event(_)) => vec![EVENTS],
        OutcomeMeasure::First(Happening::Death) => vec![DEATHS],
        OutcomeMeasure::First(Happening::Contact(filter))
        | OutcomeMeasure::Amount(Amount::ContactDays(filter)) => {
            vec![of_filter(&study.filters[*filter])]
        }
        OutcomeMeasure::First(Happening::Disengagement(_) | Happening::Level(_))
        | OutcomeMeasure::Amount(Amount::MeanLevel | Amount::LevelOn(_)) => vec![CONTACTS],
        OutcomeMeasure::Amount(
            Amount::CommunityDays | Amount::Nights(_) | Amount::Admissions(_),
        ) => vec![STAYS],
        OutcomeMeasure::Amount(Amount::Cost) => vec!["cost"],
        OutcomeMeasure::Amount(Amount::Scores(_)) => vec!["outcomes.score", "outcomes.instrument"],
    }
}

fn of_fact(study: &Study, fact: &Fact) -> String {
    let what = match fact {
        Fact::Age => "members",
        Fact::SeriousMentalIllness(_) => "members.smi_sed or contacts.dx1 or stays.dx1",
        Fact::Attribute { column, .. } => {
            return format!("members.{}", study.attributes[*column]);
        }
        Fact::IndexNights | Fact::Nights(..) | Fact::Admissions(..) => STAYS,
        Fact::IndexDiagnosis(_) => DIAGNOSES,
        Fact::EdVisits(_) => ED_VISITS,
        Fact::ContactDays(filter, _) => of_filter(&study.filters[*filter]),
        Fact::Events(..) => EVENTS,
        Fact::Phase(_) => CONTACTS,
    };
    what.to_owned()
}
