//! What organisations are made comparable by: attributes of members, and what is known of a unit on its
//! index day. Nothing that happens later is looked at.

use super::plan::{Plan, StratumKind};
use super::{Supply, joint::Joined};
use crate::indicator::Unit;
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{Day, LivingSituation, column};
use crate::timeline::{EdVisit, Needs, Spell, SpellSet, Timeline};

/// Something that organisations are made comparable by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Covariate {
    /// An attribute of members.
    Stratum(StratumKind),
    /// Something about the unit, or the member on that day.
    Index(IndexFact),
}

/// What is known of a unit or member on an index day: of a stay the day of discharge (its admission, for
/// what came before it), of a visit, assessment or event its day, of a member's window its first day, of
/// a rate or of contacts the first day of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexFact {
    /// Inpatient admissions in the 365 days before.
    PriorAdmissions,
    /// Visits to emergency departments in the 365 days before.
    PriorEdVisits,
    /// Nights of the index stay.
    LengthOfStay,
    /// Whether the index stay began against the member's will.
    Involuntary,
    /// The principal diagnosis of the index stay or visit; else of the latest one in the 365 days before.
    Diagnosis,
    /// Whether stays and visits up to the index, in 365 days, have a diagnosis of mental illness and one
    /// of substance use.
    CoOccurring,
    /// Whether the member was without a home.
    Homeless,
}

/// The level of each [`IndexFact`], in the order of [`IndexFact::ALL`].
pub(super) type Levels = [u8; IndexFact::ALL.len()];

/// How far back earlier admissions and visits are counted.
const YEAR: i32 = 365;

impl IndexFact {
    /// Every fact.
    pub const ALL: [Self; 7] = [
        Self::PriorAdmissions,
        Self::PriorEdVisits,
        Self::LengthOfStay,
        Self::Involuntary,
        Self::Diagnosis,
        Self::CoOccurring,
        Self::Homeless,
    ];

    /// The word in contracts.
    pub fn name(self) -> &'static str {
        match self {
            Self::PriorAdmissions => "prior_admissions",
            Self::PriorEdVisits => "prior_ed_visits",
            Self::LengthOfStay => "length_of_stay",
            Self::Involuntary => "involuntary",
            Self::Diagnosis => "dx_group",
            Self::CoOccurring => "co_occurring",
            Self::Homeless => "homeless",
        }
    }

    /// Its levels, in order.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::PriorAdmissions => &["0", "1", "2", "3+"],
            Self::PriorEdVisits => &["0", "1", "2-3", "4+"],
            Self::LengthOfStay => &["no stay", "0-3", "4-7", "8-14", "15-30", "31+"],
            Self::Involuntary => &["no stay", "no", "yes", "unknown"],
            Self::Diagnosis => &[
                "none",
                "psychosis",
                "bipolar",
                "depression",
                "anxiety or stress",
                "substance use",
                "other mental health",
                "other",
            ],
            Self::CoOccurring => &["no", "yes"],
            Self::Homeless => &["no", "yes", "unknown"],
        }
    }

    /// What has to be delivered for it, by the names of the data model.
    fn need(self) -> &'static str {
        match self {
            Self::PriorAdmissions | Self::LengthOfStay => "stays or contacts",
            Self::PriorEdVisits => "stays or contacts.ed_flag",
            Self::Involuntary => "stays.admit_legal",
            Self::Diagnosis | Self::CoOccurring => "stays.dx1 or contacts.dx1",
            Self::Homeless => "living or outcomes.living",
        }
    }
}

impl Covariate {
    /// Every word that a contract may use. Race, ethnicity, language, gender and place are not among them:
    /// what differs by these is to be seen.
    pub fn names() -> Vec<&'static str> {
        let facts = IndexFact::ALL.iter().map(|fact| fact.name());
        ATTRIBUTES.iter().map(|kind| kind.name()).chain(facts).collect()
    }

    /// The covariate of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        let attribute = ATTRIBUTES.iter().find(|kind| kind.name() == name);
        let fact = || IndexFact::ALL.into_iter().find(|fact| fact.name() == name);
        attribute.map(|kind| Self::Stratum(*kind)).or_else(|| fact().map(Self::Index))
    }

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stratum(kind) => kind.name(),
            Self::Index(fact) => fact.name(),
        }
    }

    /// Its levels from the least to the most, where they have an order.
    pub fn order(self) -> Vec<&'static str> {
        match self {
            Self::Stratum(StratumKind::AgeBand) => {
                super::part::AGE_BANDS.iter().map(|(name, _)| *name).collect()
            }
            Self::Index(
                fact @ (IndexFact::PriorAdmissions
                | IndexFact::PriorEdVisits
                | IndexFact::LengthOfStay),
            ) => fact.levels().to_vec(),
            _ => Vec::new(),
        }
    }

    /// What a store would have to deliver for it, and does not.
    pub fn missing(self, supply: &Supply) -> Option<String> {
        let need = match self {
            Self::Stratum(StratumKind::AgeBand) => "members.birth_year".to_owned(),
            Self::Stratum(kind) => format!("members.{}", kind.name()),
            Self::Index(fact) => fact.need().to_owned(),
        };
        let mut words = need.split(" or ");
        (!words.any(|word| supply.delivered.contains(word))).then_some(need)
    }

    /// What the reader of timelines has to keep for it.
    pub(super) fn see_needs(self, needs: &mut Needs) {
        match self {
            Self::Stratum(StratumKind::Attribute(name)) => {
                if !needs.attributes.contains(&name) {
                    needs.attributes.push(name);
                }
            }
            Self::Index(IndexFact::Involuntary) => needs.stays = true,
            Self::Index(IndexFact::CoOccurring) => needs.further_diagnoses = true,
            Self::Index(IndexFact::Homeless) => {
                needs.homes = true;
                needs.outcomes = true;
            }
            Self::Stratum(_) | Self::Index(_) => {}
        }
    }
}

/// Attributes of members that were there before any care that is judged.
const ATTRIBUTES: [StratumKind; 7] = [
    StratumKind::AgeBand,
    StratumKind::Attribute(column::SEX),
    StratumKind::Attribute(column::SMI_SED),
    StratumKind::Attribute(column::ELIGIBILITY_CAT),
    StratumKind::Attribute(column::RURAL),
    StratumKind::Attribute(column::FOSTER_CARE),
    StratumKind::Attribute(column::DUAL),
];

/// What a unit is, as far as its covariates go.
#[derive(Debug, Clone, Copy)]
enum Own<'t> {
    /// A stay that ended on the index day.
    Ended(&'t Spell),
    /// A stay that began on the index day: how long it will be is not known.
    Begun(&'t Spell),
    /// A visit to an emergency department.
    Visit(&'t EdVisit),
    Nothing,
}

/// The levels of a member on a day that is no unit's.
pub(super) fn on_day(plan: &Plan, timeline: &Timeline, day: Day) -> Levels {
    levels(&plan.joined, timeline, Own::Nothing, day)
}

/// A unit of a member, to be found again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Which {
    pub unit: Unit,
    /// The index day.
    pub day: Day,
    /// Of a discharge or an admission, the place of the first stay of its spell.
    pub stay: Option<usize>,
}

/// The first day of a unit with an index day: of a stay its admission, of a visit its arrival.
pub(super) fn first_day(timeline: &Timeline, which: Which) -> Day {
    first_of(own(timeline, which), which.day)
}

fn first_of(own: Own<'_>, day: Day) -> Day {
    match own {
        Own::Ended(spell) | Own::Begun(spell) => spell.admit,
        Own::Visit(visit) => visit.start,
        Own::Nothing => day,
    }
}

/// The levels of a unit with an index day.
pub(super) fn of_unit(plan: &Plan, timeline: &Timeline, which: Which) -> Levels {
    levels(&plan.joined, timeline, own(timeline, which), which.day)
}

/// The spell of a unit that is a discharge or an admission.
pub(super) fn own_spell(timeline: &Timeline, which: Which) -> Option<&Spell> {
    let (Unit::Discharge(set) | Unit::Admission(set)) = which.unit else { return None };
    timeline.spells(set).iter().find(|spell| Some(spell.first) == which.stay)
}

fn own(timeline: &Timeline, which: Which) -> Own<'_> {
    let spell = || own_spell(timeline, which);
    match which.unit {
        Unit::Discharge(_) => spell().map_or(Own::Nothing, Own::Ended),
        Unit::Admission(_) => spell().map_or(Own::Nothing, Own::Begun),
        Unit::EdVisit => {
            let visits = timeline.ed_visits.iter().filter(|visit| visit.index == which.day);
            visits.min_by_key(|visit| visit.start).map_or(Own::Nothing, Own::Visit)
        }
        _ => Own::Nothing,
    }
}

fn levels(joined: &Joined, timeline: &Timeline, own: Own<'_>, day: Day) -> Levels {
    let first = first_of(own, day);
    let mut levels = Levels::default();
    for (place, fact) in IndexFact::ALL.into_iter().enumerate() {
        if joined.asks(fact) {
            levels[place] = match fact {
                IndexFact::PriorAdmissions => admissions(timeline, first),
                IndexFact::PriorEdVisits => visits(timeline, first),
                IndexFact::LengthOfStay => length(own),
                IndexFact::Involuntary => involuntary(timeline, own),
                IndexFact::Diagnosis => diagnosis_level(principal(timeline, own, first)),
                IndexFact::CoOccurring => co_occurring(timeline, own, first),
                IndexFact::Homeless => homeless(timeline, first),
            };
        }
    }
    levels
}

fn is_before(day: Day, first: Day) -> bool {
    first - YEAR <= day && day < first
}

fn admissions(timeline: &Timeline, first: Day) -> u8 {
    let spells = timeline.spells(SpellSet::Inpatient).iter();
    spells.filter(|spell| is_before(spell.admit, first)).take(3).fold(0, |count, _| count + 1)
}

fn visits(timeline: &Timeline, first: Day) -> u8 {
    match timeline.ed_visits.iter().filter(|visit| is_before(visit.start, first)).count() {
        0 => 0,
        1 => 1,
        2 | 3 => 2,
        _ => 3,
    }
}

fn length(own: Own<'_>) -> u8 {
    let nights = match own {
        Own::Ended(spell) => spell.nights(),
        _ => None,
    };
    match nights {
        None => 0,
        Some(..=3) => 1,
        Some(4..=7) => 2,
        Some(8..=14) => 3,
        Some(15..=30) => 4,
        Some(_) => 5,
    }
}

fn involuntary(timeline: &Timeline, own: Own<'_>) -> u8 {
    let (Own::Ended(spell) | Own::Begun(spell)) = own else { return 0 };
    match timeline.stays[spell.first].involuntary {
        Some(false) => 1,
        Some(true) => 2,
        None => 3,
    }
}

/// The groups of the principal diagnosis of the stay or visit, or else of the latest one before.
fn principal(timeline: &Timeline, own: Own<'_>, first: Day) -> u32 {
    let before = || {
        let stays = timeline.stays.iter().map(|stay| (stay.admit, stay.diagnosis));
        let visits = timeline.ed_visits.iter().map(|visit| (visit.start, visit.diagnosis));
        let known = stays.chain(visits).filter(|(day, _)| is_before(*day, first));
        known.max().map_or(0, |(_, diagnosis)| diagnosis)
    };
    match own {
        Own::Ended(spell) => timeline.stays[spell.last].diagnosis,
        Own::Begun(spell) => timeline.stays[spell.first].diagnosis,
        Own::Visit(visit) => visit.diagnosis,
        Own::Nothing => before(),
    }
}

fn diagnosis_level(groups: u32) -> u8 {
    use DiagnosisGroup as Dx;
    let has = |wanted: &[Dx]| groups & Dx::bits(wanted) != 0;
    if groups == 0 {
        0
    } else if has(&[Dx::Psychosis]) {
        1
    } else if has(&[Dx::Bipolar]) {
        2
    } else if has(&[Dx::MajorDepression]) {
        3
    } else if has(&[Dx::Anxiety, Dx::Stress]) {
        4
    } else if has(&[Dx::SubstanceUse]) {
        5
    } else if has(&[Dx::MentalHealth]) {
        6
    } else {
        7
    }
}

fn co_occurring(timeline: &Timeline, own: Own<'_>, first: Day) -> u8 {
    let stays = timeline.stays.iter().filter(|stay| {
        let is_own = match own {
            Own::Ended(spell) => spell.admit <= stay.admit && stay.discharge <= spell.discharge,
            Own::Begun(spell) => stay.admit == spell.admit,
            _ => false,
        };
        is_own || is_before(stay.admit, first)
    });
    let visits = timeline.ed_visits.iter().filter(|visit| {
        is_before(visit.start, first) || matches!(own, Own::Visit(one) if one == *visit)
    });
    let groups = stays.map(|stay| stay.diagnosis | stay.further);
    let groups = groups.chain(visits.map(|visit| visit.diagnosis)).fold(0, |all, one| all | one);
    let has = |group| groups & DiagnosisGroup::bits(&[group]) != 0;
    u8::from(has(DiagnosisGroup::MentalHealth) && has(DiagnosisGroup::SubstanceUse))
}

/// Of the day before: whoever is admitted does not live there yet.
fn homeless(timeline: &Timeline, first: Day) -> u8 {
    match timeline.living_on(first - 1) {
        Some(LivingSituation::Homeless) => 1,
        Some(_) => 0,
        None => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Level;
    use crate::timeline::Stay;

    fn stay(admit: i32, discharge: i32, groups: &[DiagnosisGroup]) -> Stay {
        Stay {
            admit: Day(admit),
            discharge: Some(Day(discharge)),
            level: None,
            diagnosis: DiagnosisGroup::bits(groups),
            further: 0,
            facility: None,
            facility_id: crate::timeline::UNKNOWN,
            agency: None,
            disposition: None,
            planned: false,
            leave: 0,
            ready: None,
            involuntary: Some(admit == 1000),
            rank: 0,
        }
    }

    /// A stay from day 1000 to 1010, with others before and after it.
    fn timeline() -> Timeline {
        use DiagnosisGroup as Dx;
        let mut timeline = Timeline::default();
        let days = [(634, 640), (635, 641), (900, 905), (1000, 1010), (1010 + 5, 1020)];
        for (place, (admit, discharge)) in days.into_iter().enumerate() {
            let mut stay = stay(admit, discharge, &[Dx::MentalHealth, Dx::Bipolar]);
            stay.rank = u32::try_from(place).expect("few");
            timeline.stays.push(stay);
            timeline.spells[SpellSet::Inpatient.place()].push(Spell {
                admit: Day(admit),
                discharge: Some(Day(discharge)),
                first: place,
                last: place,
                level: Level::INPATIENT,
                leave: 0,
            });
        }
        timeline.stays[4].diagnosis = Dx::bits(&[Dx::SubstanceUse]);
        timeline
    }

    fn all() -> Joined {
        Joined::of_facts(&IndexFact::ALL)
    }

    #[test]
    fn nothing_after_the_index_is_looked_at() {
        let mut timeline = timeline();
        let own = timeline.spells(SpellSet::Inpatient)[3].clone();
        let found = levels(&all(), &timeline, Own::Ended(&own), Day(1010));
        // Two admissions in the 365 days before 1000 (634 is one day too early), ten nights,
        // involuntary, bipolar; the stay for substance use comes later; no home is recorded.
        assert_eq!(found, [2, 0, 3, 2, 2, 0, 2]);
        timeline.stays[2].further = DiagnosisGroup::bits(&[DiagnosisGroup::SubstanceUse]);
        assert_eq!(levels(&all(), &timeline, Own::Ended(&own), Day(1010))[5], 1, "co-occurring");
        // At its admission, nobody knows how long it will be.
        assert_eq!(levels(&all(), &timeline, Own::Begun(&own), Day(1000))[2], 0);
        // A member on the first day of a period: the stays of the year before.
        assert_eq!(levels(&all(), &timeline, Own::Nothing, Day(1000))[..5], [2, 0, 0, 0, 2]);
    }
}
