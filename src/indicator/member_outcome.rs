//! What becomes of a member in the windows of a plan: asked, left out or counted with a value.

use super::member_course::{relationships, tenures};
use super::member_value::{MemberScene, PARTS, has_smi, may_have_smi, of_window, relation};
use super::own::is_of_age;
use super::possible::{Parts, is_met_by, possible};
use super::relation_value::of_relations;
use super::rule::{Candidates, Criterion, MemberRule, MemberValue};
use super::unit::{Candidate, Scene, Subject};
use super::window_set::WindowSet;
use crate::terms::Day;
use crate::timeline::{SpellSet, Timeline};

/// What a member contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberOutcome {
    /// Left out, under the exclusion at this place of the definition.
    Excluded(usize),
    /// A value in parts of 10⁻¹², or 0 and 1 where the measure counts members.
    Value(i64),
}

/// Windows `from..to` in which the same becomes of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steady {
    /// Place of the first window.
    pub from: usize,
    /// Place of the window after the last.
    pub to: usize,
    /// What becomes of the member.
    pub outcome: MemberOutcome,
}

impl Steady {
    /// True if the window at a place is one of them.
    pub fn has(&self, window: usize) -> bool {
        (self.from..self.to).contains(&window)
    }

    /// What becomes of a member in the window at a place, if anything does.
    pub fn at(all: &[Self], window: usize) -> Option<MemberOutcome> {
        all.iter().find(|one| one.has(window)).map(|one| one.outcome)
    }
}

/// Adds what becomes of a member, in the order of windows; nothing for those in which it is no candidate or
/// not looked at. `windows` are those of the plan.
pub fn outcomes(
    rule: &MemberRule,
    scene: &MemberScene<'_>,
    (windows, candidates): (&[(Day, Day)], WindowSet),
    found: &mut Vec<Steady>,
) {
    let asked = asked(rule, scene, windows, candidates);
    let counted = asked.without(scene.excluded.any);
    let mut values = Values { first: found.len(), found };
    values.of(rule, scene, windows, counted);
    if counted != asked {
        for (reason, left_out) in &scene.excluded.by_reason {
            values.all(left_out.and(asked), MemberOutcome::Excluded(*reason));
        }
    }
    values.order();
}

/// The windows in which a member is a candidate and has everything else that is asked.
fn asked(
    rule: &MemberRule,
    scene: &MemberScene<'_>,
    windows: &[(Day, Day)],
    candidates: WindowSet,
) -> WindowSet {
    let timeline = scene.timeline;
    let mut asked = candidates;
    if matches!(rule.value, MemberValue::Density) {
        // One provider makes no pair.
        asked = asked.filter(|place| {
            scene.grid.is_with_longest(place)
                && relation(scene.relations, place).is_some_and(|own| own.providers >= 2)
        });
    }
    if let Some(ages) = rule.ages {
        let birth = timeline.birth.map(Day::civil);
        let age_at = |place| birth.map(|birth| scene.grid.age_at(place, birth));
        asked = asked.filter(|place| is_of_age(age_at(place), ages));
    }
    if let Some(least) = rule.agencies {
        asked = asked.filter(|place| {
            relation(scene.agencies, place).is_some_and(|own| own.providers >= least)
        });
    }
    if let Some(phase) = rule.in_phase {
        asked = asked.filter(|place| timeline.phase_on(windows[place].0) == Some(phase));
    }
    if let Some(severe) = rule.smi.filter(|_| !timeline.smi) {
        let severe = scene.filters[severe];
        if !may_have_smi(timeline, severe) {
            return WindowSet::default();
        }
        asked = asked.filter(|place| {
            has_smi(timeline, severe, || scene.grid.two_years_at(place), windows[place].1)
        });
    }
    for (place, one) in rule.when.iter().enumerate() {
        let question = (place, &one.is);
        if !may_hold(question, scene) {
            return WindowSet::default();
        }
        asked = asked.filter(|window| holds(question, scene, (window, one.before)));
    }
    asked
}

/// Whether the question at a place of the rule, which a criterion asks, may be answered with yes at all.
fn may_hold(question: (usize, &Criterion), scene: &MemberScene<'_>) -> bool {
    !parts(question, scene).is_none()
}

fn parts((place, criterion): (usize, &Criterion), scene: &MemberScene<'_>) -> Parts {
    let ask = || possible(criterion, of_units(scene, scene.grid.asked_span()));
    scene.answers.possible(scene.questions[place], ask)
}

/// True if a question is answered with yes for a window: on its last day, or on the day before it.
pub(super) fn holds(
    question: (usize, &Criterion),
    scene: &MemberScene<'_>,
    (window, before): (usize, bool),
) -> bool {
    let parts = parts(question, scene);
    let (at, day) = scene.grid.asked_at(window, before);
    let ask = || {
        let unit = Candidate { day, of: Subject::Day };
        is_met_by(parts, question.1, of_units(scene, (day, day)), unit)
    };
    !parts.is_none() && scene.answers.of(scene.questions[question.0], at, ask)
}

fn of_units<'a>(scene: &MemberScene<'a>, asked: (Day, Day)) -> Scene<'a> {
    Scene {
        timeline: scene.timeline,
        filters: scene.filters,
        care: scene.care,
        treatment: scene.treatment,
        qualifying: scene.qualifying,
        data_through: scene.data_through,
        asked,
        decides: false,
    }
}

/// What becomes of a member by one measure, as it is found.
pub(super) struct Values<'f> {
    found: &'f mut Vec<Steady>,
    /// Where those of the measure begin.
    first: usize,
}

impl Values<'_> {
    /// Adds a value in the window at a place, which is after those added so far.
    pub(super) fn add(&mut self, place: usize, value: i64) {
        let outcome = MemberOutcome::Value(value);
        match self.found[self.first..].last_mut() {
            Some(last) if last.to == place && last.outcome == outcome => last.to = place + 1,
            _ => self.found.push(Steady { from: place, to: place + 1, outcome }),
        }
    }

    /// Adds the same for all of some windows.
    fn all(&mut self, windows: WindowSet, outcome: MemberOutcome) {
        self.found.extend(windows.runs().map(|(from, to)| Steady { from, to, outcome }));
    }

    /// Puts windows in order.
    fn order(&mut self) {
        let found = &mut self.found[self.first..];
        if !found.is_sorted_by_key(|one| one.from) {
            found.sort_unstable_by_key(|one| one.from);
        }
    }

    /// Adds the values of the windows that are counted.
    fn of(
        &mut self,
        rule: &MemberRule,
        scene: &MemberScene<'_>,
        windows: &[(Day, Day)],
        counted: WindowSet,
    ) {
        match (rule.candidates, rule.value) {
            (Candidates::Visits { visits, .. }, MemberValue::Tenure) => {
                let tenures = tenures(scene.visits, visits.provider, windows).enumerate();
                for (place, tenure) in tenures.filter(|(place, _)| counted.has(*place)) {
                    self.add(place, i64::from(tenure) * PARTS);
                }
            }
            (Candidates::Visits { visits, .. }, MemberValue::Relationship { silent }) => {
                let found = relationships(scene.visits, visits.provider, windows, silent);
                for (place, lasted) in found.enumerate().filter(|(place, _)| counted.has(*place)) {
                    self.add(place, lasted.value());
                }
            }
            (Candidates::Visits { .. }, value) => {
                let relations = scene.relations.map_or(&[][..], |own| &own.by_end);
                of_relations(value, relations, counted, self);
            }
            _ if is_nothing(rule, scene) => self.all(counted, MemberOutcome::Value(0)),
            (_, MemberValue::AnyContact { filter }) => {
                let days = |place| {
                    let window = scene.grid.window_at(place);
                    scene.months.contact_days(scene.filters[filter], window)
                };
                let met = counted.filter(|place| !days(place).is_empty());
                self.all(met, MemberOutcome::Value(1));
                self.all(counted.without(met), MemberOutcome::Value(0));
            }
            _ => {
                for place in counted.iter() {
                    self.add(place, of_window(rule, scene, place, windows[place]));
                }
            }
        }
    }
}

/// True if there may be changes of who is seen or of the level of care, or admissions to hospital.
fn may_be_disrupted(timeline: &Timeline) -> bool {
    !timeline.visits.is_empty()
        || !timeline.level_days.is_empty()
        || !timeline.institution(SpellSet::Any24Hour).is_empty()
        || !timeline.spells(SpellSet::Inpatient).is_empty()
}

/// True if the value is 0 in every window, because the member has nothing of what it is made of.
fn is_nothing(rule: &MemberRule, scene: &MemberScene<'_>) -> bool {
    let timeline = scene.timeline;
    let no_contact = |filter: usize| timeline.contact_days[scene.filters[filter]].is_empty();
    match rule.value {
        MemberValue::MonthsWithContact { filter, .. }
        | MemberValue::EachMonth { filter, .. }
        | MemberValue::AnyContact { filter }
        | MemberValue::EachQuarter { filter }
        | MemberValue::QuartersWithContact { filter }
        | MemberValue::Regularity { filter } => no_contact(filter),
        MemberValue::QuartersInCare { filter, .. } => scene.care.is_empty() || no_contact(filter),
        MemberValue::ScoredQuarters => scene.care.is_empty() || timeline.scores.is_empty(),
        MemberValue::AnyInstitution(set) | MemberValue::NightsSoFar(set) => {
            timeline.institution(set).is_empty()
        }
        MemberValue::EdVisits { at_least, .. } => timeline.ed_visits.len() < at_least,
        MemberValue::Events { at_least, .. } => timeline.events.len() < at_least,
        MemberValue::Disruptions => !may_be_disrupted(timeline),
        MemberValue::Meets => {
            let asked = (rule.when.len()..).zip(&rule.meets);
            asked.into_iter().any(|question| !may_hold(question, scene))
        }
        _ => false,
    }
}
