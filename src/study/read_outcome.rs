//! The outcomes of a study file.

use super::design::{Amount, Happening, Outcome, OutcomeMeasure};
use crate::diagnostic::{Fields, Problems};
use crate::indicator::PairTest;
use crate::indicator::population::{
    read_contact, read_diagnoses, read_events, read_score_change, read_stays,
};
use crate::timeline::ContactFilter;

/// Reads every `[[outcome]]`.
pub(super) fn outcomes(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<Outcome> {
    let mut found: Vec<Outcome> = Vec::new();
    for mut table in fields.list("outcome", problems) {
        let (name, span) = table.required_text("name", "what charts call it", problems);
        if found.iter().any(|known| known.name == name) {
            let message = format!("there is an outcome `{name}` already");
            problems.push(table.problem(span, message, "here again"));
        }
        let before = problems.len();
        let measures = measures(&mut table, filters, problems);
        let negative_control = table.flag("negative_control", problems) == Some(true);
        let complaint = table.problem(table.span(), "an outcome is exactly one measure", "here");
        table.finish(problems);
        match measures.as_slice() {
            [measure] => found.push(Outcome {
                name: name.to_owned(),
                measure: measure.clone(),
                negative_control,
            }),
            _ if problems.len() > before => {}
            _ => problems.push(complaint.help(
                "when: `admission = \"inpatient\"`, `ed_visit = true`, `event = […]`, `contact = { … }`, `disengagement = 90`, `death = true`; how much: `community_days = true`, `nights = \"24h\"`, `admissions = \"inpatient\"`, `cost = true`, `contact_days = { … }`, `scores = { is = \"improved\", baseline = [-60, 0], apart = 30 }`",
            )),
        }
    }
    found
}

fn measures(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Vec<OutcomeMeasure> {
    let diagnosis = read_diagnoses(table, "diagnosis", problems);
    let diagnosis_not = read_diagnoses(table, "diagnosis_not", problems);
    let mut first: Vec<Happening> = Vec::new();
    let set = read_stays(table, "admission", problems);
    let ed_visit = table.flag("ed_visit", problems) == Some(true);
    let is_ed = ed_visit.then(|| Happening::EdVisit {
        diagnosis: diagnosis.clone(),
        diagnosis_not: diagnosis_not.clone(),
    });
    if !diagnosis_not.is_empty() && !ed_visit {
        let message = "`diagnosis_not` is read of visits to emergency departments only";
        problems.push(table.problem(table.span(), message, "in this table"));
    }
    first.extend(set.map(|set| Happening::Admission { set, diagnosis }));
    first.extend(is_ed);
    first.extend(read_events(table, "event", problems).map(Happening::Event));
    if table.has("contact") {
        first.extend(read_contact(table, "contact", filters, problems).map(Happening::Contact));
    }
    let gap = table.integer_in("disengagement", 1, 3660, problems);
    first.extend(gap.map(Happening::Disengagement));
    first.extend((table.flag("death", problems) == Some(true)).then_some(Happening::Death));
    let mut amounts: Vec<Amount> = Vec::new();
    for (key, amount) in [("community_days", Amount::CommunityDays), ("cost", Amount::Cost)] {
        amounts.extend((table.flag(key, problems) == Some(true)).then_some(amount));
    }
    amounts.extend(read_stays(table, "nights", problems).map(Amount::Nights));
    amounts.extend(read_stays(table, "admissions", problems).map(Amount::Admissions));
    if table.has("contact_days") {
        let filter = read_contact(table, "contact_days", filters, problems);
        amounts.extend(filter.map(Amount::ContactDays));
    }
    amounts.extend(read_score_change(table, problems).map(Amount::Scores));
    let first = first.into_iter().map(OutcomeMeasure::First);
    first.chain(amounts.into_iter().map(OutcomeMeasure::Amount)).collect()
}

/// A first score from after time zero would be chosen by what is compared.
pub(super) fn refuse_late_baselines(
    fields: &Fields<'_>,
    outcomes: &[Outcome],
    zero: i32,
    problems: &mut Problems,
) {
    for outcome in outcomes {
        if let OutcomeMeasure::Amount(Amount::Scores(PairTest { baseline, .. })) = outcome.measure
            && baseline.1 > zero
        {
            let message = format!(
                "the first score of `{}` may lie after time zero, which is day {zero}",
                outcome.name
            );
            let problem = fields.problem(0..1, message, "in this file");
            problems.push(problem.help(format!("let its `baseline` end on day {zero} or before")));
        }
    }
}
