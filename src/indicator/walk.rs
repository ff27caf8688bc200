//! A rule about units and everything that it is made of.

use super::amount::{Amount, HowMuch};
use super::course::Course;
use super::happening::Happening;
use super::own::OwnTest;
use super::rule::{
    Candidates, Criterion, ExclusionTest, Index, MemberRule, MemberValue, Rule, Share, Thing, Unit,
    UnitThing,
};
use crate::timeline::SpellSet;

impl Index {
    /// The filters by which units are found.
    fn filters(&self) -> Vec<usize> {
        let Self { unit, without, with, any, when, .. } = self;
        let mut found: Vec<usize> = match unit {
            Unit::Contact { filter } | Unit::AgencyDay { filter } => vec![*filter],
            _ => Vec::new(),
        };
        found.extend(without.iter().chain(with).map(|around| around.filter));
        found.extend(any.iter().filter_map(|one| one.filter()));
        found.extend(when.iter().flat_map(Criterion::filters));
        found
    }
}

impl ExclusionTest {
    /// True if both ask the same of a unit, whatever its rule asks of it. The filters of each stand at
    /// places among others.
    pub fn is_same(&self, other: &Self, (own, others): (&[usize], &[usize])) -> bool {
        let filters = match self {
            Self::When(criterion) => criterion.filters(),
            Self::ComesFirst { .. } => return false,
            _ => Vec::new(),
        };
        self == other && filters.iter().all(|filter| own[*filter] == others[*filter])
    }
}

impl Share {
    /// True if units whose window ends after the data-through date are left out under a reason. Else those
    /// after that date are no units at all.
    pub fn leaves_out_later(&self) -> bool {
        let mut tests = self.exclusions.iter().map(|exclusion| &exclusion.test);
        tests.any(|test| matches!(test, ExclusionTest::NotObservable(_)))
    }

    /// True if units are days by which a gap in care has grown long enough: rows that come late undo them.
    pub fn is_by_silence(&self) -> bool {
        matches!(
            self.index.unit,
            Unit::Disengagement { .. } | Unit::Reengagement { .. } | Unit::EpisodeEnd { .. }
        )
    }

    /// True if units are followed until their member dies.
    pub fn follows_until_death(&self) -> bool {
        let mut tests = self.exclusions.iter().map(|exclusion| &exclusion.test);
        tests.any(|test| matches!(test, ExclusionTest::NotEnrolled { until_death: true, .. }))
    }

    /// Every criterion of the rule, with those that they are made of.
    pub fn criteria(&self) -> Vec<&Criterion> {
        let excluding = self.exclusions.iter().filter_map(|exclusion| match &exclusion.test {
            ExclusionTest::When(criterion) => Some(criterion),
            _ => None,
        });
        let all = self.index.when.iter().chain(excluding).chain([&self.numerator]);
        all.flat_map(Criterion::parts).collect()
    }

    /// True if both rules look at the same units, whatever they leave out and ask of them. The filters of
    /// each stand at places among others.
    pub fn has_units_of(&self, other: &Self, (own, others): (&[usize], &[usize])) -> bool {
        // Of some records only those count that say anything about what is asked.
        let by_numerator = matches!(self.index.unit, Unit::Referral | Unit::Request | Unit::Plan);
        let same = |filter: &usize| own[*filter] == others[*filter];
        !by_numerator
            && self.index == other.index
            && self.leaves_out_later() == other.leaves_out_later()
            && self.index.filters().iter().all(same)
    }

    /// The sets of stays that the rule names.
    pub fn spell_sets(&self) -> Vec<SpellSet> {
        let mut found = match self.index.unit {
            Unit::Admission(set) | Unit::Discharge(set) => vec![set],
            _ => Vec::new(),
        };
        found.extend(self.exclusions.iter().filter_map(|exclusion| match exclusion.test {
            ExclusionTest::Admission { set, .. } => Some(set),
            _ => None,
        }));
        found.extend(self.happenings().into_iter().filter_map(Happening::spell_set));
        found.extend(self.criteria().into_iter().filter_map(Criterion::spell_set));
        found
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

    /// The sets of stays that it names.
    pub fn spell_sets(&self) -> Vec<SpellSet> {
        let mut found: Vec<SpellSet> =
            self.shares().into_iter().flat_map(Share::spell_sets).collect();
        match self {
            Self::Rate(rate) => {
                let things = std::iter::once(rate.of).chain(rate.to);
                found.extend(things.filter_map(Thing::spell_set));
            }
            Self::Member(member) => {
                let criteria = self.criteria();
                let happenings = happenings_of(&criteria).into_iter();
                found.extend(member.own_spell_sets());
                found.extend(happenings.filter_map(Happening::spell_set));
                found.extend(criteria.into_iter().filter_map(Criterion::spell_set));
            }
            _ => {}
        }
        found
    }

    /// Every criterion of the rule, with those that they are made of.
    pub fn criteria(&self) -> Vec<&Criterion> {
        match self {
            Self::Member(member) => {
                let asked = member.asked();
                asked.flat_map(Criterion::parts).collect()
            }
            rule => rule.shares().into_iter().flat_map(Share::criteria).collect(),
        }
    }

    /// The distinct gaps that make a disengagement in it; a definition has at most one.
    pub fn gaps(&self) -> Vec<i32> {
        let mut gaps = Vec::new();
        match self {
            Self::Member(MemberRule {
                candidates: Candidates::InCareSince { gap, .. }, ..
            }) => {
                gaps.push(*gap);
            }
            Self::Rate(rate) => {
                let things = std::iter::once(rate.of).chain(rate.to);
                gaps.extend(things.filter_map(|thing| match thing {
                    Thing::Disengagements { gap } | Thing::CareDays { gap } => Some(gap),
                    _ => None,
                }));
            }
            _ => {}
        }
        gaps.extend(self.shares().iter().filter_map(|share| match share.index.unit {
            Unit::Disengagement { gap }
            | Unit::Reengagement { gap, .. }
            | Unit::EpisodeEnd { gap } => Some(gap),
            _ => None,
        }));
        gaps.extend(self.criteria().iter().filter_map(|criterion| match criterion {
            Criterion::Course(Course::Disengages { gap, .. }) => Some(*gap),
            _ => None,
        }));
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }
}

impl MemberRule {
    /// The sets of stays that it names outside of its criteria.
    fn own_spell_sets(&self) -> Vec<SpellSet> {
        let looked_at = match self.candidates {
            Candidates::Institution(set) => Some(set),
            _ => None,
        };
        let valued = match self.value {
            MemberValue::AnyInstitution(set) | MemberValue::NightsSoFar(set) => Some(set),
            MemberValue::CommunityDays { away_in } => away_in,
            _ => None,
        };
        looked_at.into_iter().chain(valued).collect()
    }
}

impl Criterion {
    /// The set of stays that it names itself, if it does.
    fn spell_set(&self) -> Option<SpellSet> {
        match self {
            Self::Admission { set, .. }
            | Self::HowMuch(HowMuch { of: Amount::Nights(set), .. })
            | Self::Course(Course::DaysIn { set, .. }) => Some(*set),
            _ => None,
        }
    }

    /// The first day around the index that it looks at, where that lies before the index; else 0.
    pub fn first_day(&self) -> i32 {
        match self {
            Self::Contact { days, .. }
            | Self::NoContact { days, .. }
            | Self::AssessedLevel { days, .. } => days.from.min(0),
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

    /// The filters that it and everything it is made of ask.
    pub fn filters(&self) -> Vec<usize> {
        self.parts().into_iter().flat_map(Self::own_filters).collect()
    }

    fn own_filters(&self) -> Vec<usize> {
        let of_things = |any: &[Happening]| any.iter().filter_map(|one| one.filter()).collect();
        match self {
            Self::Contact { filter, then, .. } => {
                std::iter::once(*filter).chain(then.iter().map(|next| next.filter)).collect()
            }
            Self::ContactOrPlan { filter, .. }
            | Self::NoContact { filter, .. }
            | Self::ContactDuringStay { filter }
            | Self::ContactBeforeReturn { filter }
            | Self::Own(OwnTest::Smi { severe: filter, .. } | OwnTest::Member(filter))
            | Self::Course(Course::Rows { filter, .. } | Course::OwnAgency { filter, .. }) => {
                vec![*filter]
            }
            Self::Course(Course::AtAssessedLevel { by_level, .. }) => by_level.to_vec(),
            Self::HowMuch(wanted) => match wanted.of {
                Amount::SupplyDays { filter }
                | Amount::SupplyInARow { filter, .. }
                | Amount::EachHalf { filter, .. } => vec![filter],
                Amount::Nights(_) | Amount::DaysAtLevel { .. } | Amount::Agencies => Vec::new(),
            },
            Self::Happens(happens) | Self::Followed { then: happens, .. } => {
                of_things(&happens.any)
            }
            Self::Course(Course::Route { routes, .. }) => of_things(&routes.concat()),
            Self::Course(
                Course::Lost { .. }
                | Course::Disengages { .. }
                | Course::Escalates { .. }
                | Course::HoldEnds { .. }
                | Course::Delivered(_)
                | Course::Linked { .. }
                | Course::SameAgency { .. }
                | Course::InPhase { .. }
                | Course::OtherAgency { .. }
                | Course::DaysIn { .. },
            )
            | Self::Own(
                OwnTest::Diagnosis(_)
                | OwnTest::Facility(_)
                | OwnTest::Kind(_)
                | OwnTest::Sed
                | OwnTest::Led
                | OwnTest::Age(..)
                | OwnTest::Planned
                | OwnTest::FurtherDiagnosis(_)
                | OwnTest::Involuntary
                | OwnTest::HoursOver(_)
                | OwnTest::TimesKnown
                | OwnTest::AgencyKnown
                | OwnTest::Changed
                | OwnTest::Favourable(_),
            )
            | Self::NightsOver(_)
            | Self::NoService(_)
            | Self::NoAcuteCare(_)
            | Self::EdVisit { .. }
            | Self::Event { .. }
            | Self::Referral(_)
            | Self::Plan(_)
            | Self::Admission { .. }
            | Self::DeliveredLevel { .. }
            | Self::AssessedLevel { .. }
            | Self::Joined { .. }
            | Self::Scores(_)
            | Self::Always => Vec::new(),
        }
    }
}
