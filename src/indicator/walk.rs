//! A rule about units and everything that it is made of.

use super::course::Course;
use super::happening::Happening;
use super::rule::{Criterion, ExclusionTest, Rule, Share, UnitThing};

impl Share {
    /// Every criterion of the rule, with those that they are made of.
    pub fn criteria(&self) -> Vec<&Criterion> {
        let excluding = self.exclusions.iter().filter_map(|exclusion| match &exclusion.test {
            ExclusionTest::When(criterion) => Some(criterion),
            _ => None,
        });
        let all = self.index.when.iter().chain(excluding).chain([&self.numerator]);
        all.flat_map(Criterion::parts).collect()
    }

    /// Every kind of thing that the rule looks at.
    pub fn happenings(&self) -> Vec<Happening> {
        let mut found = self.index.any.clone();
        found.extend(happenings_of(&self.criteria()));
        for exclusion in &self.exclusions {
            if let ExclusionTest::ComesFirst { any, .. } = &exclusion.test {
                found.extend(any);
            }
        }
        found
    }
}

/// Every kind of thing that criteria look at.
pub fn happenings_of(criteria: &[&Criterion]) -> Vec<Happening> {
    let mut found = Vec::new();
    for criterion in criteria {
        match criterion {
            Criterion::Happens(happens) => found.extend(&happens.any),
            Criterion::Followed { then, .. } => found.extend(&then.any),
            Criterion::Course(Course::Route { routes, .. }) => {
                found.extend(routes.iter().flatten());
            }
            _ => {}
        }
    }
    found
}

impl Rule {
    /// The rules about units that it is made of.
    pub fn shares(&self) -> Vec<&Share> {
        match self {
            Self::Share(share) => vec![share],
            Self::Rate(rate) => rate.units.iter().map(|UnitThing { share, .. }| share).collect(),
            _ => Vec::new(),
        }
    }

    /// Every criterion of the rule, with those that they are made of.
    pub fn criteria(&self) -> Vec<&Criterion> {
        match self {
            Self::Member(member) => {
                let asked = member.when.iter().map(|one| &one.is).chain(&member.meets);
                asked.flat_map(Criterion::parts).collect()
            }
            rule => rule.shares().into_iter().flat_map(Share::criteria).collect(),
        }
    }
}

impl Criterion {
    /// The first day around the index that it looks at, where that lies before the index; else 0.
    pub fn first_day(&self) -> i32 {
        match self {
            Self::Contact { days, .. } | Self::NoContact { days, .. } => days.from.min(0),
            Self::Happens(happens) => happens.days.from.min(0),
            Self::HowMuch(wanted) => wanted.days.from.min(0),
            Self::Joined { of, .. } => of.iter().map(Self::first_day).min().unwrap_or(0),
            Self::Followed { first, .. } => first.first_day(),
            _ => 0,
        }
    }

    /// Itself and every criterion that it is made of.
    pub fn parts(&self) -> Vec<&Self> {
        let inner: Vec<&Self> = match self {
            Self::Joined { of, .. } => of.iter().flat_map(Self::parts).collect(),
            Self::Followed { first, .. } => first.parts(),
            _ => Vec::new(),
        };
        std::iter::once(self).chain(inner).collect()
    }
}
