//! What a member received, what happened, and what was known before: numbers from a timeline.

use super::care_level;
use super::career::phase_on;
use super::description::Delivered;
use super::design::{Amount, Dose, Exposure, Fact, Happening, Outcome, OutcomeMeasure, Strategy};
use super::person::{Followed, Observed, Reading, episodes};
use crate::indicator::care::Exit;
use crate::indicator::member_value::has_smi;
use crate::indicator::year::two_years_to;
use crate::indicator::{PairTest, Unit, score_change};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Day, Window};
use crate::timeline::{Interner, Spell, SpellSet, Timeline};

/// The days `zero + 1 ..= zero + follow_up`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) zero: Day,
    pub(super) follow_up: i32,
}

impl Span {
    pub(super) fn days(self) -> (Day, Day) {
        (self.zero + 1, self.zero + self.follow_up)
    }
}

/// What is seen of an outcome.
pub(super) fn observed(
    reading: &Reading<'_>,
    timeline: &Timeline,
    outcome: &Outcome,
    index: Day,
    span: Span,
) -> Observed {
    match &outcome.measure {
        OutcomeMeasure::First(happening) => {
            Observed::First(first_day(reading, timeline, happening, span))
        }
        OutcomeMeasure::Amount(Amount::Scores(test)) => scored(timeline, *test, index, span),
        OutcomeMeasure::Amount(Amount::MeanLevel) => care_level::summed(timeline, span),
        OutcomeMeasure::Amount(Amount::LevelOn(day)) => care_level::on_day(timeline, *day, span),
        OutcomeMeasure::Amount(amount) => {
            let (from, to) = span.days();
            let days = timeline.alive_enrolled.count_within(from, to);
            Observed::Amount { total: total(reading, timeline, *amount, span), days }
        }
    }
}

/// A member with both scores as one day, so that means are shares of such members.
fn scored(timeline: &Timeline, test: PairTest, index: Day, span: Span) -> Observed {
    let baseline = (index + test.baseline.0, index + test.baseline.1);
    match score_change(test, timeline, baseline, span.days()) {
        Some(changed) => Observed::Amount { total: f64::from(u8::from(changed)), days: 1 },
        None => Observed::Unmeasured,
    }
}

/// Days from zero to the first time that something happens within a span.
pub(super) fn first_day(
    reading: &Reading<'_>,
    timeline: &Timeline,
    happening: &Happening,
    span: Span,
) -> Option<i32> {
    each_day(reading, timeline, happening, span).first().copied()
}

/// Days from zero on which something happens within a span, in order.
pub(super) fn each_day(
    reading: &Reading<'_>,
    timeline: &Timeline,
    happening: &Happening,
    span: Span,
) -> Vec<i32> {
    let (from, to) = span.days();
    let mut days: Vec<Day> = match happening {
        Happening::Admission { set, diagnosis } => {
            let wanted = |spell: &&Spell| {
                let stay = &timeline.stays[spell.first];
                !stay.planned && in_groups(diagnosis, stay.diagnosis)
            };
            timeline.spells(*set).iter().filter(wanted).map(|spell| spell.admit).collect()
        }
        Happening::EdVisit { diagnosis, diagnosis_not } => {
            let visits = timeline.ed_visits.iter().filter(|visit| {
                in_groups(diagnosis, visit.diagnosis)
                    && DiagnosisGroup::bits(diagnosis_not) & visit.diagnosis == 0
            });
            visits.map(|visit| visit.start).collect()
        }
        Happening::Event(types) => {
            let events = timeline.events.iter().filter(|event| types.has(event.what));
            events.map(|event| event.start).collect()
        }
        Happening::Contact(filter) => {
            timeline.contacts_within(reading.filters[*filter], from, to).to_vec()
        }
        Happening::Disengagement(gap) => {
            let exits = episodes(reading, timeline, *gap);
            let lost = exits.iter().filter_map(|episode| match episode.exit {
                Exit::Disengaged { on, .. } => Some(on),
                _ => None,
            });
            lost.collect()
        }
        Happening::Level(run) => care_level::reached(timeline, *run, span),
        Happening::Death => timeline.death.into_iter().collect(),
    };
    days.retain(|day| from <= *day && *day <= to);
    days.sort_unstable();
    days.dedup();
    days.into_iter().map(|day| day - span.zero).collect()
}

/// How much of something there is in a span.
fn total(reading: &Reading<'_>, timeline: &Timeline, amount: Amount, span: Span) -> f64 {
    let (from, to) = span.days();
    match amount {
        Amount::CommunityDays => f64::from(timeline.at_risk.count_within(from, to)),
        Amount::Nights(set) => f64::from(timeline.institution(set).count_within(from, to)),
        Amount::Cost => {
            let lines = timeline.costs.iter().filter(|line| from <= line.day && line.day <= to);
            let cents: i64 = lines.map(|line| line.cents).sum();
            #[expect(clippy::cast_precision_loss, reason = "cents of one member are below 2^53")]
            let dollars = cents as f64 / 100.0;
            dollars
        }
        Amount::ContactDays(filter) => {
            number(timeline.contacts_within(reading.filters[filter], from, to).len())
        }
        Amount::Admissions(set) => {
            let inside = |spell: &&Spell| from <= spell.admit && spell.admit <= to;
            number(timeline.spells(set).iter().filter(inside).count())
        }
        // Not sums over days of everybody: see `observed`.
        Amount::Scores(_) | Amount::MeanLevel | Amount::LevelOn(_) => 0.0,
    }
}

/// When each strategy was met and broken.
pub(super) fn followed(reading: &Reading<'_>, timeline: &Timeline, index: Day) -> Vec<Followed> {
    let strategies = &reading.study.strategies;
    let own: Vec<Option<Followed>> =
        strategies.iter().map(|one| received(reading, timeline, one, index)).collect();
    let earliest =
        own.iter().flatten().filter(|one| one.broken.is_none_or(|day| Some(day) > one.met));
    let earliest = earliest.filter_map(|one| one.met).min();
    let otherwise = Followed { met: None, broken: earliest };
    own.into_iter().map(|one| one.unwrap_or(otherwise)).collect()
}

/// Nothing for what is left otherwise.
fn received(
    reading: &Reading<'_>,
    timeline: &Timeline,
    strategy: &Strategy,
    index: Day,
) -> Option<Followed> {
    let Exposure::Received { gets, in_order, never } = &strategy.exposure else { return None };
    let mut met = Some(i32::MIN);
    for dose in gets {
        let after = if *in_order { met } else { Some(i32::MIN) };
        let day = after.and_then(|after| dose_met(reading, timeline, dose, index, after));
        met = met.zip(day).map(|(before, day)| before.max(day));
    }
    // What asks for nothing is met from the index on.
    let met = met.map(|day| day.max(if gets.is_empty() { 0 } else { i32::MIN }));
    let broken =
        never.iter().filter_map(|dose| dose_met(reading, timeline, dose, index, i32::MIN)).min();
    Some(Followed { met, broken })
}

/// The day on which a dose is complete, of the days after `after`.
fn dose_met(
    reading: &Reading<'_>,
    timeline: &Timeline,
    dose: &Dose,
    index: Day,
    after: i32,
) -> Option<i32> {
    let (from, to) = dose.days.around(index);
    let from = if after > i32::MIN { from.max(index + after + 1) } else { from };
    let mut days: Vec<Day> = Vec::new();
    for place in &dose.interventions {
        let study = reading.study;
        match (&study.interventions[*place], study.received[*place]) {
            (Delivered::Contacts { .. }, Some(filter)) => {
                days.extend(timeline.contacts_within(reading.filters[filter], from, to));
            }
            (Delivered::Stays { levels }, _) => {
                let stays = timeline.stays.iter().filter(|stay| {
                    stay.level.is_some_and(|level| levels.contains(&level))
                        && from <= stay.admit
                        && stay.admit <= to
                });
                days.extend(stays.map(|stay| stay.admit));
            }
            (Delivered::Contacts { .. }, None) => {}
        }
    }
    days.sort_unstable();
    days.dedup();
    days.get(dose.at_least - 1).map(|day| *day - index)
}

/// Every covariate.
pub(super) fn covariates(
    reading: &Reading<'_>,
    timeline: &Timeline,
    interner: &Interner,
    (index, zero): (Day, Day),
) -> Vec<Option<f64>> {
    let covariates = reading.study.covariates.iter();
    covariates
        .map(|one| match &one.fact {
            Fact::Phase(phases) => {
                let phase = phase_on(timeline, zero);
                Some(f64::from(u8::from(phase.is_some_and(|phase| phases.has(phase)))))
            }
            other => fact(reading, timeline, interner, other, index),
        })
        .collect()
}

fn fact(
    reading: &Reading<'_>,
    timeline: &Timeline,
    interner: &Interner,
    fact: &Fact,
    index: Day,
) -> Option<f64> {
    let yes = |is: bool| f64::from(u8::from(is));
    let spell = || index_spell(reading, timeline, index);
    match fact {
        Fact::Age => timeline.age_on(index).map(f64::from),
        Fact::SeriousMentalIllness(severe) => {
            let severe = reading.filters[*severe];
            Some(yes(has_smi(timeline, severe, || two_years_to(index), index)))
        }
        Fact::Attribute { column, is } => {
            let text = interner.text(timeline.attributes[*column]);
            let is_so = is.iter().any(|wanted| wanted == text);
            // What is not known is not no.
            (is_so || !["", "unknown"].contains(&text)).then(|| yes(is_so))
        }
        Fact::IndexNights => spell()?.nights().map(|nights| libm::log1p(f64::from(nights))),
        Fact::IndexDiagnosis(groups) => {
            let stay = &timeline.stays[spell()?.last];
            Some(yes(in_groups(groups, stay.diagnosis)))
        }
        counted => Some(libm::log1p(count(reading, timeline, counted, index))),
    }
}

/// How often something is in the window of a covariate.
fn count(reading: &Reading<'_>, timeline: &Timeline, fact: &Fact, index: Day) -> f64 {
    let around = |days: &Window| days.around(index);
    match fact {
        Fact::Nights(set, days) => {
            let (from, to) = around(days);
            f64::from(timeline.institution(*set).count_within(from, to))
        }
        Fact::Admissions(set, days) => {
            let (from, to) = around(days);
            let inside = |spell: &&Spell| from <= spell.admit && spell.admit <= to;
            number(timeline.spells(*set).iter().filter(inside).count())
        }
        Fact::EdVisits(days) => {
            let (from, to) = around(days);
            let visits = timeline.ed_visits.iter();
            number(visits.filter(|visit| from <= visit.index && visit.index <= to).count())
        }
        Fact::ContactDays(filter, days) => {
            let (from, to) = around(days);
            number(timeline.contacts_within(reading.filters[*filter], from, to).len())
        }
        Fact::Events(types, days) => {
            let (from, to) = around(days);
            let inside = |start: Day| from <= start && start <= to;
            let events = timeline.events.iter();
            number(events.filter(|event| types.has(event.what) && inside(event.start)).count())
        }
        _ => 0.0,
    }
}

/// The spell that the index ends or begins.
fn index_spell<'t>(reading: &Reading<'_>, timeline: &'t Timeline, index: Day) -> Option<&'t Spell> {
    let (set, ends) = match reading.study.population.index().unit {
        Unit::Discharge(set) => (set, true),
        Unit::Admission(set) => (set, false),
        _ => (SpellSet::Any24Hour, true),
    };
    let is_it = |spell: &&Spell| {
        if ends { spell.discharge == Some(index) } else { spell.admit == index }
    };
    timeline.spells(set).iter().find(is_it)
}

fn in_groups(wanted: &[DiagnosisGroup], groups: u32) -> bool {
    wanted.is_empty() || groups & DiagnosisGroup::bits(wanted) != 0
}

#[expect(clippy::cast_precision_loss, reason = "rows of one member are far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Document, Source};
    use crate::study::example::entry;
    use crate::study::read_study;

    /// Whether a member is female, and whether ill, at a discharge on 10 February 2024.
    #[track_caller]
    fn check(lines: &str, expected: [Option<f64>; 2]) {
        let text = format!(
            r#"
id = "known"
title = "Known"
question = "What is known of members?"
index = {{ discharge = "inpatient" }}
analysis = {{ at_index = true }}
strategy = [
  {{ name = "Care", gets = [{{ intervention = "Care", days = [-30, 0] }}] }},
  {{ name = "None", otherwise = true }},
]
intervention = [{{ name = "Care", classes = ["peer"] }}]
outcome = [{{ name = "Readmission", admission = "inpatient" }}]
covariate = [
  {{ name = "Female", attribute = "sex", is = ["F"] }},
  {{ name = "Ill", smi = true }},
]
example = [{{ name = "one", timeline = [{lines}], expect = "None" }}]
"#
        );
        let source = Source { path: "known.toml".into(), text };
        let study = read_study(&Document::parse(source).expect("it is TOML"));
        let study = study.unwrap_or_else(|problems| panic!("{problems}"));
        let person = entry(&study, &study.examples[0]).expect("rows").person.expect("a person");
        assert_eq!(person.covariates, expected);
    }

    const STAY: &str = r#""stay 2024-02-01..2024-02-10 dx=F41.1""#;

    #[test]
    fn what_is_not_recorded_is_not_no() {
        let [no, yes] = [Some(0.0), Some(1.0)];
        check(&format!(r#""member sex=F", {STAY}"#), [yes, no]);
        check(&format!(r#""member sex=M", {STAY}"#), [no, no]);
        check(&format!(r#""member", {STAY}"#), [None, no]);
    }

    #[test]
    fn serious_mental_illness_is_recorded_or_known_by_diagnoses() {
        let yes = Some(1.0);
        check(&format!(r#""member smi=1", {STAY}"#), [None, yes]);
        check(r#""member", "stay 2024-02-01..2024-02-10 dx=F20.9""#, [None, yes]);
        let contacts = r#""contact 2023-05-01 dx=F31.1", "contact 2023-06-10 dx=F25.0""#;
        check(&format!(r#""member", {contacts}, {STAY}"#), [None, yes]);
        let later = contacts.replace("2023", "2024");
        check(&format!(r#""member", {later}, {STAY}"#), [None, Some(0.0)]);
    }
}
