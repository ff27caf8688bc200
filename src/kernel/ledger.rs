//! What one member adds, held back until the whole member was seen: sums over members count each
//! member once, with that member's own numerator and denominator.

use std::ops::Range;

use super::joint::Known;
use crate::indicator::member_outcome::Steady;
use crate::indicator::unit::Outcome;
use crate::terms::Day;

/// Everyone, in the numbering of groups; organisations follow.
pub(super) const EVERYONE: usize = 0;

/// Things of a member in one cell of one group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub group: usize,
    /// Place of the measure and period.
    pub cell: usize,
    /// Place of the age band.
    pub age: usize,
    pub n: i64,
    pub d: i64,
}

/// Units left out for a reason in one group.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeftOut {
    pub group: usize,
    /// Place of the reason, among those of all measures.
    pub reason: usize,
    pub period: usize,
    pub age: usize,
    /// How many.
    pub units: i64,
}

/// Days from an index to its deciding event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    pub group: usize,
    pub cell: usize,
    pub days: i64,
}

/// A member's days at each level in one period and group.
#[derive(Debug, Clone, Copy)]
pub(super) struct LevelDays {
    pub group: usize,
    pub cell: usize,
    pub days: [i64; 7],
}

/// A unit with its day, as someone who asks for units is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    pub measure: usize,
    pub day: Day,
    /// Of a discharge or an admission, the place of the first stay of its spell.
    pub stay: Option<usize>,
    pub group: usize,
    pub age: usize,
    pub what: Noted,
}

/// What a unit was.
#[derive(Debug, Clone, Copy)]
pub(super) enum Noted {
    Judged(Outcome),
    /// Contacts of a day, and how many of them have the property.
    Contacts {
        n: i64,
        d: i64,
    },
}

/// Everything that one member adds.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Whether what lies in an organisation is also entered for everyone.
    pub for_everyone: bool,
    /// Units, those of a cell side by side.
    pub units: Vec<Line>,
    /// Units with what is known of them, once for their organisation, where joint strata are asked.
    pub known: Vec<Known>,
    pub left_out: Vec<LeftOut>,
    recent: Recent,
    /// Units once more by provider, whose part stands in the place of the age band.
    pub by_provider: Vec<Line>,
    pub left_out_by_provider: Vec<LeftOut>,
    pub waits: Vec<Wait>,
    /// What the member has of things of which the top is asked; `days` is how much.
    pub amounts: Vec<Wait>,
    /// Numerators of rates that are not 0, each with its denominator; a cell comes once.
    pub rates: Vec<Line>,
    /// What rates are divided by.
    pub over: Vec<Denominator>,
    pub levels: Vec<LevelDays>,
    /// Measures of members that look at this member, each with the places of what becomes of it.
    measures: Vec<(usize, Range<usize>)>,
    steady: Vec<Steady>,
    /// Units with their days, if anyone asks for them; counting does not.
    pub notes: Option<Vec<Note>>,
}

/// What rates are divided by.
#[derive(Debug, Default)]
pub(super) struct Denominator {
    /// Whether it was added up for the current member.
    pub is_known: bool,
    pub days: PersonDays,
}

impl Ledger {
    pub(super) fn new(denominators: usize) -> Self {
        let mut over = Vec::new();
        over.resize_with(denominators, Denominator::default);
        Self { over, ..Self::default() }
    }

    /// What the current member's rates are divided by, with its place.
    pub(super) fn denominators(&self) -> impl Iterator<Item = (usize, &PersonDays)> + '_ {
        let known = self.over.iter().enumerate().filter(|(_, over)| over.is_known);
        known.map(|(place, over)| (place, &over.days))
    }

    pub(super) fn clear(&mut self, for_everyone: bool) {
        self.for_everyone = for_everyone;
        self.units.clear();
        self.known.clear();
        self.left_out.clear();
        self.by_provider.clear();
        self.left_out_by_provider.clear();
        self.waits.clear();
        self.amounts.clear();
        self.rates.clear();
        self.over.iter_mut().for_each(|over| over.is_known = false);
        self.levels.clear();
        self.measures.clear();
        self.steady.clear();
        if let Some(notes) = &mut self.notes {
            notes.clear();
        }
    }

    /// Enters what becomes of the member by a measure, if anything does.
    pub(super) fn outcomes_of(&mut self, measure: usize, add: impl FnOnce(&mut Vec<Steady>)) {
        let from = self.steady.len();
        add(&mut self.steady);
        if self.steady.len() > from {
            self.measures.push((measure, from..self.steady.len()));
        }
    }

    /// What becomes of the member at the ends of windows, by measure.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = (usize, &[Steady])> + Clone {
        self.measures.iter().map(|(measure, places)| (*measure, &self.steady[places.clone()]))
    }

    /// Writes a unit down, if anyone asks for units.
    pub(super) fn note(&mut self, note: Note) {
        if let Some(notes) = &mut self.notes {
            notes.push(note);
        }
    }

    fn everyone(&self) -> Option<usize> {
        self.for_everyone.then_some(EVERYONE)
    }

    /// Enters units of a group. A measure's units of one cell mostly follow one another in their `slot` (of
    /// a measure and a length of periods, so that no cell is in two of them) and become one line.
    pub(super) fn units(&mut self, slot: usize, line: Line) {
        let known = Recent::at(&mut self.recent.units, slot);
        let cell = |line: &Line| (line.group, line.cell, line.age);
        if self.units.get(*known).is_some_and(|own| cell(own) == cell(&line)) {
            let everyones = usize::from(self.for_everyone);
            for own in &mut self.units[*known - everyones..=*known] {
                (own.n, own.d) = (own.n + line.n, own.d + line.d);
            }
            return;
        }
        // Of one organisation and age band, and later than the one before: then no other line is of its cell.
        let follows =
            |own: &Line| (own.group, own.age) == (line.group, line.age) && own.cell < line.cell;
        self.recent.one_line_each &= self.units.get(*known).is_none_or(follows);
        let everyone = self.for_everyone.then_some(Line { group: EVERYONE, ..line });
        self.units.extend(everyone);
        *known = self.units.len();
        self.units.push(line);
    }

    /// Begins with the units of another measure, and gives the place of the first.
    pub(super) fn next_units(&mut self) -> usize {
        self.recent.units.clear();
        self.recent.left_out.clear();
        self.recent.one_line_each = true;
        self.units.len()
    }

    /// Puts the units of a measure, which begin at a place, in the order of groups and cells, unless each
    /// cell has one line: those of a cell are then side by side, because other measures have other cells.
    pub(super) fn order_units(&mut self, from: usize) {
        if !self.recent.one_line_each {
            self.units[from..].sort_unstable_by_key(|line| (line.group, line.cell, line.age));
        }
    }

    /// Enters units that are left out; `slot` is as for those that are not.
    pub(super) fn leave_out(&mut self, slot: usize, one: LeftOut) {
        let known = Recent::at(&mut self.recent.left_out, slot);
        let cell = |one: &LeftOut| (one.group, one.reason, one.period, one.age);
        if self.left_out.get(*known).is_some_and(|own| cell(own) == cell(&one)) {
            let everyones = usize::from(self.for_everyone);
            for own in &mut self.left_out[*known - everyones..=*known] {
                own.units += one.units;
            }
            return;
        }
        let everyone = self.for_everyone.then_some(LeftOut { group: EVERYONE, ..one });
        self.left_out.extend(everyone);
        *known = self.left_out.len();
        self.left_out.push(one);
    }

    /// Enters a unit of a provider's part.
    pub(super) fn of_provider(&mut self, line: Line) {
        self.by_provider.extend(self.everyone().map(|group| Line { group, ..line }));
        self.by_provider.push(line);
    }

    /// Enters a unit of a provider's part that is left out.
    pub(super) fn leave_out_of_provider(&mut self, one: LeftOut) {
        self.left_out_by_provider.extend(self.everyone().map(|group| LeftOut { group, ..one }));
        self.left_out_by_provider.push(one);
    }

    /// Enters the days until a unit's deciding event.
    pub(super) fn wait(&mut self, group: usize, cell: usize, days: i64) {
        let wait = Wait { group, cell, days };
        self.waits.extend(self.everyone().map(|group| Wait { group, ..wait }));
        self.waits.push(wait);
    }

    /// True if anything was entered.
    pub(super) fn has_entries(&self) -> bool {
        !self.units.is_empty()
            || !self.left_out.is_empty()
            || !self.rates.is_empty()
            || self.denominators().any(|(_, days)| !days.groups().is_empty())
            || !self.levels.is_empty()
            || !self.measures.is_empty()
    }

    /// Every group something was entered for, apart from the groups of outcomes.
    pub(super) fn groups(&self) -> impl Iterator<Item = usize> + '_ {
        let lines = self.units.iter().chain(&self.rates).map(|line| line.group);
        lines
            .chain(self.left_out.iter().map(|unit| unit.group))
            .chain(self.denominators().flat_map(|(_, days)| days.groups()).map(|own| own.0))
            .chain(self.levels.iter().map(|days| days.group))
            .filter(|group| *group != EVERYONE)
    }
}

/// Where what was entered last stands, by slot.
#[derive(Debug, Default)]
struct Recent {
    units: Vec<usize>,
    left_out: Vec<usize>,
    /// True if it is known that every cell of the present measures has one line.
    one_line_each: bool,
}

impl Recent {
    fn at(places: &mut Vec<usize>, slot: usize) -> &mut usize {
        if places.len() <= slot {
            places.resize(slot + 1, usize::MAX);
        }
        &mut places[slot]
    }
}

/// A member's days (or things) by period: each organisation's, and everyone's where that is asked.
/// Memory is kept from member to member.
#[derive(Debug, Default)]
pub(super) struct PersonDays {
    for_everyone: bool,
    rows: Vec<(usize, Vec<i64>)>,
    used: usize,
}

impl PersonDays {
    pub(super) fn clear(&mut self, for_everyone: bool) {
        self.for_everyone = for_everyone;
        self.used = 0;
    }

    pub(super) fn groups(&self) -> &[(usize, Vec<i64>)] {
        &self.rows[..self.used]
    }

    fn place_of(&mut self, group: usize, periods: usize) -> usize {
        let known = self.groups().iter().position(|(known, _)| *known == group);
        known.unwrap_or_else(|| {
            if self.used == self.rows.len() {
                self.rows.push((group, vec![0; periods]));
            }
            let (own, days) = &mut self.rows[self.used];
            *own = group;
            days.fill(0);
            self.used += 1;
            self.used - 1
        })
    }

    /// Opens the account of a group.
    pub(super) fn open(&mut self, group: usize, periods: usize) -> Account<'_> {
        let everyone = self.for_everyone.then(|| self.place_of(EVERYONE, periods));
        let own = self.place_of(group, periods);
        let Some(everyone) = everyone else {
            return Account { own: &mut self.rows[own].1, everyone: None };
        };
        let rows = self.rows.get_disjoint_mut([everyone, own]);
        let [(_, everyone), (_, own)] = rows.expect("a group is not everyone");
        Account { own, everyone: Some(everyone) }
    }

    /// Makes every count that is not 0 a 1.
    pub(super) fn at_most_one(&mut self) {
        for (_, days) in &mut self.rows[..self.used] {
            for n in days {
                *n = (*n).min(1);
            }
        }
    }

    /// The days of a group by period, if it has any.
    pub(super) fn of(&self, group: usize) -> Option<&[i64]> {
        self.groups().iter().find(|(known, _)| *known == group).map(|(_, days)| days.as_slice())
    }
}

/// Where days (or things) of one group are entered.
#[derive(Debug)]
pub(super) struct Account<'a> {
    own: &'a mut [i64],
    everyone: Option<&'a mut [i64]>,
}

impl Account<'_> {
    pub(super) fn add(&mut self, periods: &[usize], n: i64) {
        for period in periods {
            self.own[*period] += n;
        }
        if let Some(days) = &mut self.everyone {
            for period in periods {
                days[*period] += n;
            }
        }
    }
}

/// A member's days at each level of care by period, as [`PersonDays`].
#[derive(Debug)]
pub(super) struct DaysAtLevels {
    for_everyone: bool,
    periods: usize,
    rows: Vec<(usize, Vec<[i32; 7]>)>,
    used: usize,
}

impl DaysAtLevels {
    pub(super) fn new(periods: usize) -> Self {
        Self { for_everyone: false, periods, rows: Vec::new(), used: 0 }
    }

    pub(super) fn clear(&mut self, for_everyone: bool) {
        self.for_everyone = for_everyone;
        self.used = 0;
    }

    fn of(&mut self, group: usize) -> &mut [[i32; 7]] {
        let known = self.rows[..self.used].iter().position(|(known, _)| *known == group);
        let place = known.unwrap_or_else(|| {
            if self.used == self.rows.len() {
                self.rows.push((group, vec![[0; 7]; self.periods]));
            }
            let (own, days) = &mut self.rows[self.used];
            *own = group;
            days.fill([0; 7]);
            self.used += 1;
            self.used - 1
        });
        &mut self.rows[place].1
    }

    /// Adds days at each level, and empties them.
    pub(super) fn add(&mut self, group: usize, periods: &[usize], days: &mut [i32; 7]) {
        if *days == [0; 7] {
            return;
        }
        for group in self.for_everyone.then_some(EVERYONE).into_iter().chain([group]) {
            let row = self.of(group);
            for period in periods {
                row[*period].iter_mut().zip(&*days).for_each(|(sum, own)| *sum += own);
            }
        }
        *days = [0; 7];
    }

    /// Enters the days of every period that has any.
    pub(super) fn enter(&self, into: &mut Vec<LevelDays>, cell: impl Fn(usize) -> usize) {
        for (group, rows) in &self.rows[..self.used] {
            let entered = rows.iter().enumerate().filter(|(_, days)| **days != [0; 7]);
            into.extend(entered.map(|(period, days)| LevelDays {
                group: *group,
                cell: cell(period),
                days: days.map(i64::from),
            }));
        }
    }
}
