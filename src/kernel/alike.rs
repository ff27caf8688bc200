//! What measures have in common, so that it is looked at once for each member.

use super::present::Kinds;
use crate::indicator::{
    Candidates, Criterion, Exclusion, ExclusionTest, Indicator, Rule, Share, Thing, Visits,
};

/// For each measure, what it has in common with others.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// Itself and those after it that look at the same units; nothing for a measure that stands in the list
    /// of another, that cannot be computed or that is not about units.
    pub(super) units: Vec<Vec<usize>>,
    /// For each exclusion of a measure about units, the place of its test among those of all measures that
    /// look at the same units.
    pub(super) tests: Vec<Vec<usize>>,
    /// The places of what it asks of members, among all that is asked.
    pub(super) questions: Vec<Vec<usize>>,
    /// Of a measure of members, what it looks at in every window.
    pub(super) members: Vec<Option<Looks>>,
    /// How members can belong to organisations: by the last contact that passes a filter of the
    /// timeline, or by enrolment.
    pub(super) belongings: Vec<Option<usize>>,
    /// Of a measure, how members belong for it, as a place among these.
    pub(super) belongs: Vec<usize>,
    /// The visits whose relations to providers measures look at.
    pub(super) relations: Vec<Visits>,
    /// Of a measure of members, the places among them of its own visits and of those to agencies.
    pub(super) related: Vec<[Option<usize>; 2]>,
    /// Of a rate, the place of what it is divided by among all that rates are divided by.
    pub(super) denominators: Vec<Option<usize>>,
    /// The place of enrolled days among them.
    pub(super) enrolled_days: Option<usize>,
    /// What it looks at.
    pub(super) looked_at: Vec<Kinds>,
}

/// What a measure of members looks at in every window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    /// The place of its candidates among those of all measures.
    pub(super) candidates: usize,
    /// The place of its list of exclusions among those of all measures.
    pub(super) exclusions: usize,
}

/// What a rate is divided by.
#[derive(Debug, PartialEq)]
enum Over {
    EnrolledDays,
    /// A thing whose filter is a place among those of the timeline.
    Thing(Thing),
    /// Units of a list that the measure at this place alone has.
    OwnUnits(usize),
}

impl Alike {
    pub(super) fn of(
        indicators: &[Indicator],
        filters: &[Vec<usize>],
        computable: &[usize],
        treatment: usize,
    ) -> Self {
        let (belongs, belongings) = belongings(indicators, filters, treatment);
        let (denominators, known) = denominators(indicators, filters);
        let (related, relations) = relations(indicators, filters);
        let units = units(indicators, filters, computable);
        Self {
            tests: tests(indicators, filters, &units),
            units,
            questions: questions(indicators, filters),
            members: members(indicators, filters),
            belongings,
            belongs,
            relations,
            related,
            looked_at: looked_at(indicators, &denominators, computable),
            denominators,
            enrolled_days: known.iter().position(|over| *over == Over::EnrolledDays),
        }
    }

    /// The visits that a measure looks at.
    pub(super) fn visits(&self, measure: usize) -> Option<Visits> {
        self.related[measure][0].map(|place| self.relations[place])
    }

    /// How many different things are asked of members.
    pub(super) fn question_count(&self) -> usize {
        self.questions.iter().flatten().max().map_or(0, |last| last + 1)
    }

    /// How many different candidates there are.
    pub(super) fn candidate_count(&self) -> usize {
        self.members.iter().flatten().map(|looks| looks.candidates + 1).max().unwrap_or(0)
    }

    /// How many different lists of exclusions there are.
    pub(super) fn exclusion_count(&self) -> usize {
        self.members.iter().flatten().map(|looks| looks.exclusions + 1).max().unwrap_or(0)
    }

    /// How many different things rates are divided by.
    pub(super) fn denominator_count(&self) -> usize {
        self.denominators.iter().flatten().max().map_or(0, |last| last + 1)
    }
}

/// The rule of a measure about units.
fn share(indicators: &[Indicator], measure: usize) -> Option<&Share> {
    match &indicators[measure].rule {
        Rule::Share(share) => Some(share.as_ref()),
        _ => None,
    }
}

/// For each measure about units, those that look at the same.
fn units(
    indicators: &[Indicator],
    filters: &[Vec<usize>],
    computable: &[usize],
) -> Vec<Vec<usize>> {
    let share = |measure: usize| share(indicators, measure);
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

/// For each measure about units, the places of the tests of its exclusions; of measures that look at the
/// same units, what is the same has the same place.
fn tests(
    indicators: &[Indicator],
    filters: &[Vec<usize>],
    units: &[Vec<usize>],
) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new(); indicators.len()];
    for together in units {
        let mut known: Vec<(&ExclusionTest, &[usize])> = Vec::new();
        for &measure in together {
            let own = filters[measure].as_slice();
            let tests = share(indicators, measure).into_iter().flat_map(|share| &share.exclusions);
            for Exclusion { test, .. } in tests {
                let same = known.iter().position(|(one, others)| test.is_same(one, (own, others)));
                found[measure].push(same.unwrap_or(known.len()));
                if same.is_none() {
                    known.push((test, own));
                }
            }
        }
    }
    found
}

/// For each measure, what it asks of members; what is the same has the same place.
fn questions(indicators: &[Indicator], filters: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut known: Vec<(&Criterion, &[usize])> = Vec::new();
    let mut found = Vec::new();
    for (indicator, own) in indicators.iter().zip(filters) {
        let Rule::Member(rule) = &indicator.rule else {
            found.push(Vec::new());
            continue;
        };
        let places = rule.asked().map(|one| {
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

/// For each measure of members, what it looks at in every window; what is the same has the same place.
fn members(indicators: &[Indicator], filters: &[Vec<usize>]) -> Vec<Option<Looks>> {
    let mut candidates: Vec<Candidates> = Vec::new();
    let mut exclusions: Vec<Vec<ExclusionTest>> = Vec::new();
    let looks = |(one, filters): (&Indicator, &Vec<usize>)| {
        let Rule::Member(rule) = &one.rule else { return None };
        let tests = rule.exclusions.iter().map(|one| one.test.clone()).collect();
        Some(Looks {
            candidates: place(&mut candidates, rule.candidates.placed(|filter| filters[filter])),
            exclusions: place(&mut exclusions, tests),
        })
    };
    indicators.iter().zip(filters).map(looks).collect()
}

/// For each measure, how members belong to organisations; what is the same has the same place.
fn belongings(
    indicators: &[Indicator],
    filters: &[Vec<usize>],
    treatment: usize,
) -> (Vec<usize>, Vec<Option<usize>>) {
    let mut known = Vec::new();
    let of = |(one, filters): (&Indicator, &Vec<usize>)| {
        let by_contact = match &one.rule {
            Rule::Member(rule) => rule.belongs.by_contact(treatment, |filter| filters[filter]),
            _ => None,
        };
        place(&mut known, by_contact)
    };
    let places = indicators.iter().zip(filters).map(of).collect();
    (places, known)
}

/// For each measure, the places of the visits that it looks at; what is the same has the same place.
fn relations(
    indicators: &[Indicator],
    filters: &[Vec<usize>],
) -> (Vec<[Option<usize>; 2]>, Vec<Visits>) {
    const AGENCY: usize = 2;
    let mut known: Vec<Visits> = Vec::new();
    let of = |(one, filters): (&Indicator, &Vec<usize>)| {
        let Rule::Member(rule) = &one.rule else { return [None; 2] };
        let own = match rule.candidates {
            Candidates::Visits { visits, .. } => Some(visits.placed(|filter| filters[filter])),
            _ => None,
        };
        let agencies = rule.agencies.map(|_| Visits::of_treatment(AGENCY));
        [own, agencies].map(|visits| visits.map(|visits| place(&mut known, visits)))
    };
    let places = indicators.iter().zip(filters).map(of).collect();
    (places, known)
}

/// The place of something among what is known; it is added if it is not there.
fn place<T: PartialEq>(known: &mut Vec<T>, own: T) -> usize {
    known.iter().position(|other| *other == own).unwrap_or_else(|| {
        known.push(own);
        known.len() - 1
    })
}

/// For each measure, what it looks at. A denominator is added up by the first rate that has it.
fn looked_at(
    indicators: &[Indicator],
    denominators: &[Option<usize>],
    computable: &[usize],
) -> Vec<Kinds> {
    let gives_days = |measure: usize| {
        let first = computable.iter().find(|first| denominators[**first] == denominators[measure]);
        denominators[measure].is_some() && first == Some(&measure)
    };
    let of = |(measure, one)| Kinds::looked_at(one, gives_days(measure));
    indicators.iter().enumerate().map(of).collect()
}

/// For each rate, the place of what it is divided by; what is the same has the same place. What the top of
/// all have is divided only when all members are there.
fn denominators(
    indicators: &[Indicator],
    filters: &[Vec<usize>],
) -> (Vec<Option<usize>>, Vec<Over>) {
    let mut known: Vec<Over> = Vec::new();
    let over = |(measure, (one, filters)): (usize, (&Indicator, &Vec<usize>))| {
        let Rule::Rate(rate) = &one.rule else { return None };
        if rate.top.is_some() {
            return None;
        }
        let over = match rate.to.map(|thing| thing.placed(|filter| filters[filter])) {
            None => Over::EnrolledDays,
            Some(Some(thing)) => Over::Thing(thing),
            Some(None) => Over::OwnUnits(measure),
        };
        Some(place(&mut known, over))
    };
    let places = indicators.iter().zip(filters).enumerate().map(over).collect();
    (places, known)
}
