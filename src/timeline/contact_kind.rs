//! Contacts that say the same, found once per batch: what rules think of a contact is decided for
//! one of its kind, and not for every row.

use std::collections::{BTreeMap, HashMap};

use arrow_array::types::Int32Type;
use arrow_array::{Array, PrimitiveArray};

use super::batch::Answers;
use super::contact::{ContactFilter, Facts};

/// The kinds of contact that occur in a batch.
#[derive(Debug, Default)]
pub(super) struct ContactKinds {
    of_row: Vec<u32>,
    kinds: Vec<ContactKind>,
}

#[derive(Debug)]
struct ContactKind {
    says: Says,
    /// The same of a member known to be under 18, where that changes anything.
    of_minor: Option<Says>,
}

/// What a kind of contact says.
#[derive(Debug)]
pub(super) struct Says {
    pub(super) facts: Facts,
    pub(super) qualifying: bool,
    /// Places of the filters that it passes.
    pub(super) filters: Vec<usize>,
}

impl ContactKinds {
    /// Looks at one row of each kind. `facts` takes a row and whether the member is a minor;
    /// `passes` says whether a row passes a filter.
    pub(super) fn new(
        numbering: Numbering,
        filters: &[ContactFilter],
        facts: impl Fn(usize, bool) -> Facts,
        passes: impl Fn(usize, usize, &Facts, bool) -> bool,
    ) -> Self {
        let says = |row: usize, minor: bool| {
            let facts = facts(row, minor);
            let qualifying = facts.is_qualifying();
            let passed = |filter: &usize| passes(*filter, row, &facts, qualifying);
            Says { facts, qualifying, filters: (0..filters.len()).filter(passed).collect() }
        };
        let kind = |row: &usize| {
            let says = |minor| says(*row, minor);
            let adult = says(false);
            // Family stands in for a minor.
            let stands_in = adult.facts.participants.named && !adult.facts.participants.member;
            ContactKind { says: adult, of_minor: stands_in.then(|| says(true)) }
        };
        let kinds = numbering.first_rows.iter().map(kind).collect();
        Self { of_row: numbering.numbers, kinds }
    }

    /// What the contact of a row says. `is_minor` is asked only where it can matter.
    pub(super) fn says(&self, row: usize, is_minor: impl FnOnce() -> bool) -> &Says {
        let kind = &self.kinds[self.of_row[row] as usize];
        match &kind.of_minor {
            Some(of_minor) if is_minor() => of_minor,
            _ => &kind.says,
        }
    }
}

/// Numbers for rows: equal where everything looked at so far is equal.
#[derive(Debug, Clone)]
pub(super) struct Numbering {
    numbers: Vec<u32>,
    /// The first row with each number.
    first_rows: Vec<usize>,
}

/// Rows that are not numbered.
const LEFT_OUT: u32 = u32::MAX;

impl Numbering {
    /// The rows for which `counts` is true, all with one number.
    pub(super) fn new(rows: usize, counts: impl Fn(usize) -> bool) -> Self {
        let numbers = (0..rows).map(|row| if counts(row) { 0 } else { LEFT_OUT }).collect();
        let first = (0..rows).find(|row| counts(*row));
        Self { numbers, first_rows: first.into_iter().collect() }
    }

    /// Tells rows apart by what is the case for the first row of each number of another numbering.
    pub(super) fn refine_by<T: Copy + PartialEq>(&mut self, other: &Self, of: impl Fn(usize) -> T) {
        let (places, values) = places(other.first_rows.iter().map(|row| of(*row)));
        self.refine(values, |row| places[other.numbers[row] as usize]);
    }

    /// Tells rows apart by a further value, which is less than `values`.
    pub(super) fn refine(&mut self, values: usize, value: impl Fn(usize) -> usize) {
        const MOST_PLACES: usize = 1 << 20;
        if values <= 1 || self.first_rows.is_empty() {
            return;
        }
        let places = self.first_rows.len().saturating_mul(values);
        self.first_rows.clear();
        let (numbers, first_rows) = (&mut self.numbers, &mut self.first_rows);
        let mut renumber = |row: usize, number: &mut u32, known: &mut u32| {
            if *known == LEFT_OUT {
                *known = u32::try_from(first_rows.len()).expect("a batch has fewer rows than 2³²");
                first_rows.push(row);
            }
            *number = *known;
        };
        let numbered = numbers.iter_mut().enumerate().filter(|(_, number)| **number != LEFT_OUT);
        if places <= MOST_PLACES {
            let mut known = vec![LEFT_OUT; places];
            for (row, number) in numbered {
                let place = *number as usize * values + value(row);
                renumber(row, number, &mut known[place]);
            }
        } else {
            let mut known = HashMap::new();
            for (row, number) in numbered {
                let place = known.entry((*number, value(row))).or_insert(LEFT_OUT);
                renumber(row, number, place);
            }
        }
    }
}

/// The place of each value among the distinct ones, of which there are few, and how many there are.
fn places<T: PartialEq>(values: impl Iterator<Item = T>) -> (Vec<usize>, usize) {
    let mut distinct: Vec<T> = Vec::new();
    let mut place = |value: T| {
        distinct.iter().position(|known| *known == value).unwrap_or_else(|| {
            distinct.push(value);
            distinct.len() - 1
        })
    };
    let places = values.map(&mut place).collect();
    (places, distinct.len())
}

/// Questions about text columns. Two texts of a column are alike if no question tells them apart.
#[derive(Debug, Default)]
pub(super) struct Questions<'a> {
    /// The keys of a column's rows, and a number for each key and one for no text.
    columns: BTreeMap<&'static str, (&'a PrimitiveArray<Int32Type>, Numbering)>,
}

impl<'a> Questions<'a> {
    /// Adds a question that was asked of a column.
    pub(super) fn add<T: Copy + PartialEq>(&mut self, name: &'static str, asked: &'a Answers<T>) {
        let Answers::ByKey { keys, answers, absent } = asked else { return };
        let whole = || (keys, Numbering::new(answers.len() + 1, |_| true));
        let (_, numbering) = self.columns.entry(name).or_insert_with(whole);
        let (places, values) = places(answers.iter().copied().chain([*absent]));
        numbering.refine(values, |key| places[key]);
    }

    /// Tells rows apart whose texts are not alike.
    pub(super) fn refine(&self, rows: &mut Numbering) {
        for (keys, texts) in self.columns.values() {
            let no_text = texts.numbers.len() - 1;
            let number = |row: usize| {
                let key = if keys.is_valid(row) {
                    keys.value(row).unsigned_abs() as usize
                } else {
                    no_text
                };
                texts.numbers[key] as usize
            };
            rows.refine(texts.first_rows.len(), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_have_one_number_where_all_their_values_are_equal(
            rows in prop::collection::vec((any::<bool>(), 0..3usize, 0..4usize, 0..2_000_000usize), 0..40),
        ) {
            let mut numbering = Numbering::new(rows.len(), |row| rows[row].0);
            numbering.refine(3, |row| rows[row].1);
            numbering.refine(4, |row| rows[row].2);
            numbering.refine(2_000_000, |row| rows[row].3 / 500_000);
            let same = |a: usize, b: usize| {
                let of = |row: usize| (rows[row].1, rows[row].2, rows[row].3 / 500_000);
                of(a) == of(b)
            };
            for (a, (counts, ..)) in rows.iter().enumerate() {
                prop_assert_eq!(numbering.numbers[a] != LEFT_OUT, *counts);
                for b in (0..a).filter(|b| *counts && rows[*b].0) {
                    prop_assert_eq!(numbering.numbers[a] == numbering.numbers[b], same(a, b));
                }
            }
            for (number, row) in numbering.first_rows.iter().enumerate() {
                prop_assert_eq!(numbering.numbers[*row] as usize, number);
                let before = numbering.numbers[..*row].iter();
                prop_assert_eq!(before.filter(|known| **known as usize == number).count(), 0);
            }
        }
    }
}
