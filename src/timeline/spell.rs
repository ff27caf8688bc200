//! Stays merged into spells.

use crate::terms::codes::Disposition;
use crate::terms::{Day, Level};

/// A stay in 24-hour care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// First day.
    pub admit: Day,
    /// Last day; nothing while the stay is open.
    pub discharge: Option<Day>,
    /// The level of care, if known.
    pub level: Option<Level>,
    /// Diagnosis groups of the principal diagnosis, one bit each in the order of the code list.
    pub diagnosis: u32,
    /// Diagnosis groups of the further diagnoses, where they are needed.
    pub further: u32,
    /// Facility class, as an index into its code list.
    pub facility: Option<u8>,
    /// The facility, as a key of the interner, where it is needed.
    pub facility_id: u32,
    /// The agency that is responsible for it, as a key of the interner, where agencies of contacts are needed.
    pub agency: Option<u32>,
    /// Where the stay ended.
    pub disposition: Option<Disposition>,
    /// True if the stay was planned.
    pub planned: bool,
    /// Days on leave during the stay; 0 where none are recorded.
    pub leave: i32,
    /// The day on which the member was ready to leave, if recorded.
    pub ready: Option<Day>,
    /// Whether the admission was involuntary, if recorded.
    pub involuntary: Option<bool>,
    /// Rank of the stay's key among the member's stays, which breaks ties.
    pub rank: u32,
}

impl Stay {
    /// The day the stay ends for comparisons: an open stay ends after every other.
    fn ends(&self) -> i32 {
        self.discharge.map_or(i32::MAX, |day| day.0)
    }
}

/// Which stays are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpellSet {
    /// Inpatient stays (level 6).
    Inpatient,
    /// Any 24-hour care (levels 5 and 6); stepping down from 6 to 5 continues the spell.
    Any24Hour,
    /// Residential stays (level 5).
    Residential,
    /// Stays of levels that a rule names itself.
    Own(OwnSet),
}

/// Stays from one level of care to another, merged by a rule of their own or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnSet {
    /// The lowest level.
    pub least: Level,
    /// The highest level.
    pub most: Level,
    /// Which of them are one.
    pub joins: Joins,
}

/// Which stays are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Joins {
    /// Those that follow one another within so many days; the run's transfer gap if none are given.
    Within(Option<i32>),
    /// None: each stay stands by itself, whatever the others are.
    Never,
}

impl OwnSet {
    /// Those among other sets, each once.
    pub fn among(sets: impl IntoIterator<Item = SpellSet>) -> Vec<Self> {
        let mut found = Vec::new();
        for set in sets {
            if let SpellSet::Own(own) = set
                && !found.contains(&own)
            {
                found.push(own);
            }
        }
        found
    }
}

impl SpellSet {
    /// Every set that has a name.
    pub const NAMED: [Self; 3] = [Self::Inpatient, Self::Any24Hour, Self::Residential];
    /// The words that definitions use for them.
    pub const NAMES: [&'static str; 3] = ["inpatient", "24h", "residential"];

    /// The set of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|index| Self::NAMED[index])
    }

    /// The place of a set among those that have a name; after them for others.
    pub fn place(self) -> usize {
        Self::NAMED.iter().position(|named| *named == self).unwrap_or(Self::NAMED.len())
    }

    /// True if each stay of the set stands by itself.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Own(OwnSet { joins: Joins::Never, .. }))
    }

    /// Days between stays that are still one; nothing where no stays are.
    fn gap(self, transfer_gap: i32) -> Option<i32> {
        match self {
            Self::Own(OwnSet { joins: Joins::Never, .. }) => None,
            Self::Own(OwnSet { joins: Joins::Within(Some(own)), .. }) => Some(own),
            _ => Some(transfer_gap),
        }
    }

    /// True if stays of this level belong to the set.
    pub fn has(self, level: Level) -> bool {
        match self {
            Self::Inpatient => level == Level::INPATIENT,
            Self::Residential => level == Level::RESIDENTIAL,
            Self::Any24Hour => level.is_24_hour(),
            Self::Own(own) => (own.least..=own.most).contains(&level),
        }
    }
}

/// Stays of one set that are one: they follow one another within its gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// First day.
    pub admit: Day,
    /// Last day; nothing while a stay is open.
    pub discharge: Option<Day>,
    /// The stay with the smallest (admit, discharge, key), whose diagnosis an admission has.
    pub first: usize,
    /// The stay with the greatest (discharge, admit, key), whose diagnosis a discharge has.
    pub last: usize,
    /// The highest level of its stays.
    pub level: Level,
    /// Days on leave that its stays record.
    pub leave: i32,
}

/// Merges the stays of a set: the next stay joins if it starts at most the set's gap, by default
/// `transfer_gap` days, after the spell's end so far. An open stay has no end and takes in every
/// later stay. `first` and `last` point into `stays`.
pub(super) fn merge(stays: &[Stay], set: SpellSet, transfer_gap: i32, spells: &mut Vec<Spell>) {
    spells.clear();
    let gap = set.gap(transfer_gap);
    let of_set = |index: usize| {
        let level = stays[index].level.filter(|level| set.has(*level));
        level.map(|level| (index, level))
    };
    let mut order: Vec<(usize, Level)> = (0..stays.len()).filter_map(of_set).collect();
    order.sort_by_key(|(index, _)| {
        let stay = &stays[*index];
        (stay.admit, stay.ends(), stay.rank)
    });
    for (index, level) in order {
        let stay = &stays[index];
        match spells.last_mut() {
            Some(spell) if gap.is_some_and(|gap| joins(spell, stay, gap)) => {
                spell.level = spell.level.max(level);
                spell.leave += stay.leave;
                spell.discharge = spell.discharge.zip(stay.discharge).map(|(a, b)| a.max(b));
                let last = &stays[spell.last];
                if (stay.ends(), stay.admit, stay.rank) > (last.ends(), last.admit, last.rank) {
                    spell.last = index;
                }
            }
            _ => spells.push(Spell {
                admit: stay.admit,
                discharge: stay.discharge,
                first: index,
                last: index,
                level,
                leave: stay.leave,
            }),
        }
    }
}

fn joins(spell: &Spell, stay: &Stay, gap: i32) -> bool {
    spell.discharge.is_none_or(|discharge| stay.admit <= discharge + gap)
}

impl Spell {
    /// The institution days of the spell: admit ≤ d < discharge; nothing for a same-day spell.
    pub fn days(&self) -> (Day, Day) {
        (self.admit, self.discharge.map_or(Day(i32::MAX / 2), |discharge| discharge - 1))
    }

    /// Nights until discharge, if it has ended.
    pub fn nights(&self) -> Option<i32> {
        self.discharge.map(|discharge| discharge - self.admit)
    }
}
