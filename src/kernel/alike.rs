//! What measures have in common, so that it is looked at once for each member.

use crate::indicator::{Indicator, MemberCriterion, Rule, Share, Thing};

/// For each measure, what it has in common with others.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// Itself and those after it that look at the same units and leave out the same; nothing for a measure
    /// that stands in the list of another, that cannot be computed or that is not about units.
    pub(super) units: Vec<Vec<usize>>,
    /// The places of what it asks of members, among all that is asked.
    pub(super) questions: Vec<Vec<usize>>,
    /// The place of what it is divided by, among all that measures are divided by.
    pub(super) denominators: Vec<Option<usize>>,
}

impl Alike {
    pub(super) fn of(
        indicators: &[Indicator],
        filters: &[Vec<usize>],
        computable: &[usize],
    ) -> Self {
        Self {
            units: units(indicators, filters, computable),
            questions: questions(indicators, filters),
            denominators: denominators(indicators, filters),
        }
    }

    /// How many different things are asked of members.
    pub(super) fn question_count(&self) -> usize {
        self.questions.iter().flatten().max().map_or(0, |last| last + 1)
    }

    /// How many different things measures are divided by.
    pub(super) fn denominator_count(&self) -> usize {
        self.denominators.iter().flatten().max().map_or(0, |last| last + 1)
    }
}

/// For each measure about units, those that look at the same.
fn units(
    indicators: &[Indicator],
    filters: &[Vec<usize>],
    computable: &[usize],
) -> Vec<Vec<usize>> {
    let share = |measure: usize| -> Option<&Share> {
        match &indicators[measure].rule {
            Rule::Share(share) => Some(share.as_ref()),
            _ => None,
        }
    };
    let mut together: Vec<Vec<usize>> = vec![Vec::new(); indicators.len()];
    for (place, &measure) in computable.iter().enumerate() {
        let Some(own) = share(measure) else { continue };
        let same = |first: &&usize| {
            let filters = (filters[measure].as_slice(), filters[**first].as_slice());
            !together[**first].is_empty()
                && share(**first).is_some_and(|other| own.has_units_of(other, filters))
        };
        let first = computable[..place].iter().find(same).copied().unwrap_or(measure);
        together[first].push(measure);
    }
    together
}

/// For each measure, what it asks of members; what is the same has the same place.
fn questions(indicators: &[Indicator], filters: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut known: Vec<(&MemberCriterion, &[usize])> = Vec::new();
    let mut found = Vec::new();
    for (indicator, own) in indicators.iter().zip(filters) {
        let Rule::Member(rule) = &indicator.rule else {
            found.push(Vec::new());
            continue;
        };
        let places = rule.when.iter().map(|one| {
            let same = known.iter().position(|(other, others)| one.is_same(other, (own, others)));
            same.unwrap_or_else(|| {
                known.push((one, own));
                known.len() - 1
            })
        });
        found.push(places.collect());
    }
    found
}

/// For each measure, the place of what it is divided by, where that is no unit or day enrolled; what is
/// the same has the same place.
fn denominators(indicators: &[Indicator], filters: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut known: Vec<Option<Thing>> = Vec::new();
    let place = |(one, filters): (&Indicator, &Vec<usize>)| {
        let Rule::Rate(rate) = &one.rule else { return None };
        let thing = rate.to?.placed(|filter| filters[filter]);
        let same = known.iter().position(|other| thing.is_some() && *other == thing);
        Some(same.unwrap_or_else(|| {
            known.push(thing);
            known.len() - 1
        }))
    };
    indicators.iter().zip(filters).map(place).collect()
}
