//! The parts that a group's members are counted in. Counting a member under every attribute would
//! cost as many additions as there are attributes; instead attributes are joined into few facets,
//! members are counted under their profile in each facet, and profiles are added up at the end.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::plan::{Plan, StratumKind};
use crate::terms::column;
use crate::timeline::{Interner, Timeline};

/// Age bands by their last age.
pub(super) const AGE_BANDS: [(&str, i32); 8] = [
    ("0-5", 5),
    ("6-12", 12),
    ("13-17", 17),
    ("18-20", 20),
    ("21-25", 25),
    ("26-44", 44),
    ("45-64", 64),
    ("65+", i32::MAX),
];

/// The place of an age among the bands; the last is for ages that are not known.
pub(super) fn band_of(age: Option<i32>) -> usize {
    let band = age.and_then(|age| AGE_BANDS.iter().position(|(_, most)| age <= *most));
    band.unwrap_or(AGE_BANDS.len())
}

/// The word of a band in results.
pub(super) fn band_name(band: usize) -> &'static str {
    AGE_BANDS.get(band).map_or("unknown", |(name, _)| name)
}

/// A part of a group's members.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// Those of an age band.
    Age(usize),
    /// Those with these values of a facet's attributes.
    Profile { facet: usize, values: Vec<String> },
    /// Those of a provider: its place among the attributes of the breakdown, and its id.
    Provider { kind: usize, id: String },
}

/// The facets of a plan: places of attributes that are counted together.
fn facets(plan: &Plan) -> Vec<Vec<usize>> {
    const MOST_PROFILES: usize = 64;
    let mut facets: Vec<Vec<usize>> = vec![Vec::new()];
    let mut profiles = 1;
    let asked = |name: &&'static str| plan.strata.contains(&StratumKind::Attribute(name));
    let attributes = plan.needs.attributes.iter().enumerate();
    for (place, name) in attributes.filter(|(_, name)| asked(name)) {
        let values = usual_values(name);
        profiles *= values;
        if profiles > MOST_PROFILES {
            facets.push(Vec::new());
            profiles = values;
        }
        facets.last_mut().expect("there is always one").push(place);
    }
    facets
}

/// About how many values an attribute has; this decides about memory and time, not about results.
fn usual_values(name: &str) -> usize {
    match name {
        column::SEX => 4,
        column::SMI_SED | column::GENDER => 5,
        column::RACE_ETH => 8,
        column::RURAL | column::FOSTER_CARE | column::DUAL | column::VETERAN => 3,
        _ => 64,
    }
}

/// The parts that occur, numbered as they are seen: first the age bands, then profiles.
#[derive(Debug)]
pub(super) struct Parts {
    /// Attributes of each facet.
    pub(super) facets: Vec<Vec<usize>>,
    parts: Vec<Part>,
    /// By facet and keys of the values, for one interner.
    known: HashMap<Box<[u32]>, usize, RandomState>,
    pub(super) by_age: bool,
    key: Vec<u32>,
    /// Providers by kind and key, for one interner.
    providers: HashMap<(usize, u32), usize, RandomState>,
}

impl Parts {
    pub(super) fn new(plan: &Plan) -> Self {
        let by_age = plan.strata.contains(&StratumKind::AgeBand);
        let ages = if by_age { AGE_BANDS.len() + 1 } else { 0 };
        Self {
            facets: facets(plan),
            parts: (0..ages).map(Part::Age).collect(),
            known: HashMap::default(),
            by_age,
            key: Vec::new(),
            providers: HashMap::default(),
        }
    }

    pub(super) fn all(&self) -> &[Part] {
        &self.parts
    }

    /// The profile of a member in each facet.
    pub(super) fn profiles(
        &mut self,
        timeline: &Timeline,
        interner: &Interner,
        found: &mut Vec<usize>,
    ) {
        found.clear();
        for facet in 0..self.facets.len() {
            self.key.clear();
            self.key.push(u32::try_from(facet).unwrap_or(u32::MAX));
            self.key.extend(self.facets[facet].iter().map(|place| timeline.attributes[*place]));
            let known = self.known.get(self.key.as_slice()).copied();
            found.push(known.unwrap_or_else(|| self.learn(facet, interner)));
        }
    }

    /// The profile of the key at hand.
    fn learn(&mut self, facet: usize, interner: &Interner) -> usize {
        let values = self.key[1..].iter().map(|value| interner.text(*value).to_owned()).collect();
        let part = self.place_of(&Part::Profile { facet, values });
        self.known.insert(self.key.as_slice().into(), part);
        part
    }

    /// The part of a provider, by its kind and key; `id` is its word.
    pub(super) fn provider(&mut self, (kind, key): (usize, u32), id: &str) -> usize {
        if let Some(known) = self.providers.get(&(kind, key)) {
            return *known;
        }
        let part = self.place_of(&Part::Provider { kind, id: id.to_owned() });
        self.providers.insert((kind, key), part);
        part
    }

    /// The place of a part; it is added if it is not there.
    pub(super) fn place_of(&mut self, part: &Part) -> usize {
        self.parts.iter().position(|known| known == part).unwrap_or_else(|| {
            self.parts.push(part.clone());
            self.parts.len() - 1
        })
    }
}
