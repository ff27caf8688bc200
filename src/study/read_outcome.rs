//! The outcomes of a study file.

use super::design::{Amount, Happening, LevelRun, Outcome, OutcomeMeasure};
use crate::diagnostic::{Fields, Problems};
use crate::indicator::PairTest;
use crate::indicator::population::{
    read_contact, read_diagnoses, read_events, read_score_change, read_stays,
};
use crate::terms::Level;
use crate::timeline::ContactFilter;

/// Reads every `[[outcome]]`.
pub(super) fn outcomes(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    follow_up: i32,
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
        let measures = measures(&mut table, filters, follow_up, problems);
        let negative_control = table.flag("negative_control", problems) == Some(true);
        let place = table.span();
        let complaint = table.problem(place.clone(), "an outcome is exactly one measure", "here");
        table.finish(problems);
        match measures.as_slice() {
            [measure] => found.push(Outcome {
                name: name.to_owned(),
                measure: measure.clone(),
                negative_control,
                place,
            }),
            _ if problems.len() > before => {}
            _ => problems.push(complaint.help(
                "when: `admission = \"inpatient\"`, `ed_visit = true`, `event = […]`, `contact = { … }`, `disengagement = 90`, `level = { at_most = 2, for_days = 30 }`, `death = true`; how much: `community_days = true`, `nights = \"24h\"`, `admissions = \"inpatient\"`, `cost = true`, `contact_days = { … }`, `mean_level = true`, `level_on = 180`, `scores = { is = \"improved\", baseline = [-60, 0], apart = 30 }`",
            )),
        }
    }
    found
}

fn measures(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    follow_up: i32,
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
    first.extend(level(table, follow_up, problems).map(Happening::Level));
    first.extend((table.flag("death", problems) == Some(true)).then_some(Happening::Death));
    let mut amounts: Vec<Amount> = Vec::new();
    for (key, amount) in [
        ("community_days", Amount::CommunityDays),
        ("cost", Amount::Cost),
        ("mean_level", Amount::MeanLevel),
    ] {
        amounts.extend((table.flag(key, problems) == Some(true)).then_some(amount));
    }
    amounts.extend(read_stays(table, "nights", problems).map(Amount::Nights));
    amounts.extend(read_stays(table, "admissions", problems).map(Amount::Admissions));
    if table.has("contact_days") {
        let filter = read_contact(table, "contact_days", filters, problems);
        amounts.extend(filter.map(Amount::ContactDays));
    }
    amounts.extend(level_on(table, follow_up, problems).map(Amount::LevelOn));
    amounts.extend(read_score_change(table, problems).map(Amount::Scores));
    let first = first.into_iter().map(OutcomeMeasure::First);
    first.chain(amounts.into_iter().map(OutcomeMeasure::Amount)).collect()
}

/// `level`: a range of levels, and for how many days in a row.
fn level(table: &mut Fields<'_>, follow_up: i32, problems: &mut Problems) -> Option<LevelRun> {
    let mut range = table.fields("level", problems)?;
    let before = problems.len();
    let ends = ["at_least", "at_most"].map(|key| range.integer_in(key, 0, 6, problems));
    let days = range.integer_in("for_days", 1, follow_up, problems).unwrap_or(1);
    let end = |place: usize, other: i32| Level::new(ends[place].unwrap_or(other).into());
    let (lowest, highest) = (end(0, 0)?, end(1, 6)?);
    let says = if lowest > highest {
        Some("no level is at least the one and at most the other")
    } else if ends == [None, None] {
        Some("a level of care says at least or at most which")
    } else if lowest.number() == 0 && highest.number() == 6 {
        Some("every level is in this range")
    } else {
        None
    };
    if let Some(says) = says.filter(|_| problems.len() == before) {
        let problem = range.problem(range.span(), says, "in this table");
        problems.push(problem.help("levels are 0 (prevention), 1 (recovery maintenance), 2 (low-intensity community), 3 (high-intensity community), 4 (intensive non-residential), 5 (24-hour residential), 6 (24-hour inpatient): `at_most = 2` for a step down, `at_least = 3` for a step up"));
    }
    range.finish(problems);
    Some(LevelRun { lowest, highest, days })
}

/// `level_on`: a day of follow-up.
fn level_on(table: &mut Fields<'_>, follow_up: i32, problems: &mut Problems) -> Option<i32> {
    let span = table.node("level_on").map(|node| node.span.clone());
    let day = table.integer_in("level_on", 1, 3660, problems)?;
    if day > follow_up {
        let span = span.unwrap_or_else(|| table.span());
        let label = format!("follow-up is {follow_up} days");
        let problem = table.problem(span, "nobody is followed so far", label);
        problems.push(problem.help("name an earlier day, or let `follow_up` be longer"));
    }
    Some(day)
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
