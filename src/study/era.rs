//! Eras: stretches of days under one intervention or several at once.

use std::fmt;

use crate::terms::Day;

/// How many interventions one study can tell apart.
pub const MOST_INTERVENTIONS: u8 = 64;

/// An intervention of a study by its number, below [`MOST_INTERVENTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intervention(u8);

impl Intervention {
    /// The intervention of a number, if the number is below [`MOST_INTERVENTIONS`].
    pub fn new(number: u8) -> Option<Self> {
        (number < MOST_INTERVENTIONS).then_some(Self(number))
    }

    /// The number.
    pub fn number(self) -> usize {
        usize::from(self.0)
    }
}

/// One or more interventions at the same time: a set without order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Combination(u64);

impl Combination {
    /// Both sets together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// How many interventions it has, one at least.
    pub fn size(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether every intervention of the other is in this one.
    pub fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Its interventions by number.
    pub fn members(self) -> impl Iterator<Item = Intervention> {
        (0..MOST_INTERVENTIONS).filter(move |number| self.0 >> number & 1 == 1).map(Intervention)
    }

    /// The names of its interventions in alphabetical order, joined by `+`. A name that is missing
    /// from the list is the number.
    pub fn name(self, names: &[impl AsRef<str>]) -> String {
        let mut own: Vec<String> = self
            .members()
            .map(|member| match names.get(member.number()) {
                Some(name) => name.as_ref().to_owned(),
                None => member.number().to_string(),
            })
            .collect();
        own.sort();
        own.join("+")
    }
}

impl From<Intervention> for Combination {
    fn from(intervention: Intervention) -> Self {
        Self(1 << intervention.0)
    }
}

impl fmt::Debug for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name(&[""; 0]))
    }
}

/// The days `start..end` under a combination; `end` is the first day after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Era {
    /// The first day.
    pub start: Day,
    /// The first day after; not before `start`.
    pub end: Day,
    /// What the person received.
    pub combination: Combination,
}

impl Era {
    /// The era of one intervention, if it does not end before it starts.
    pub fn new(intervention: Intervention, start: Day, end: Day) -> Option<Self> {
        (start <= end).then(|| Self { start, end, combination: intervention.into() })
    }

    /// The days from start to end.
    pub fn days(self) -> i32 {
        self.end - self.start
    }
}

/// The eras of one intervention from the days of its contacts, in any order: an era goes on while
/// the next contact is at most `gap` days later, and ends `tail` days after the last one. A contact
/// that falls into the tail of an ended era cuts the tail.
pub fn eras_of_contacts(intervention: Intervention, days: &[Day], gap: i32, tail: i32) -> Vec<Era> {
    let mut days = days.to_vec();
    days.sort_unstable();
    let mut eras: Vec<Era> = Vec::new();
    let mut last_contact = None;
    for day in days {
        let goes_on = last_contact.is_some_and(|last| day - last <= gap);
        match eras.last_mut() {
            Some(era) if goes_on => era.end = day + tail,
            previous => {
                if let Some(era) = previous {
                    era.end = era.end.min(day);
                }
                let combination = intervention.into();
                eras.push(Era { start: day, end: day + tail, combination });
            }
        }
        last_contact = Some(day);
    }
    eras
}

/// Joins eras of the same combination where the next starts at most `gap` days after the end of
/// all before. The result is ordered by start and end.
pub fn collapsed(eras: &[Era], gap: i32) -> Vec<Era> {
    let mut eras = eras.to_vec();
    eras.sort_unstable_by_key(|era| (era.combination, era.start, era.end));
    let mut joined: Vec<Era> = Vec::with_capacity(eras.len());
    for era in eras {
        match joined.last_mut() {
            Some(last) if last.combination == era.combination && era.start - last.end <= gap => {
                last.end = last.end.max(era.end);
            }
            _ => joined.push(era),
        }
    }
    joined.sort_unstable();
    joined
}
