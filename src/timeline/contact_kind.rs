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
        numbers: Numbers,
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
        let kinds = numbers.first_rows.iter().map(kind).collect();
        Self { of_row: numbers.of_row, kinds }
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

/// Tells rows apart by value after value.
#[derive(Debug, Clone)]
pub(super) struct Numbering {
    /// A code for each row, equal where everything looked at so far is equal; of rows that do not count it
    /// says nothing.
    codes: Vec<u32>,
    /// Codes are below this.
    below: usize,
    counts: Vec<bool>,
}

/// Numbers for rows: equal where everything is equal that was looked at, in the order of first rows.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    of_row: Vec<u32>,
    /// The first row with each number.
    first_rows: Vec<usize>,
}

/// Rows that are not numbered.
const LEFT_OUT: u32 = u32::MAX;

impl Numbering {
    /// The rows for which `counts` is true, all alike.
    pub(super) fn new(rows: usize, counts: impl Fn(usize) -> bool) -> Self {
        Self { codes: vec![0; rows], below: 1, counts: (0..rows).map(counts).collect() }
    }

    /// Tells rows apart by what is the case for the first row of each number.
    pub(super) fn refine_by<T: Copy + PartialEq>(
        &mut self,
        other: &Numbers,
        of: impl Fn(usize) -> T,
    ) {
        let (mut places, values) = places(other.first_rows.iter().map(|row| of(*row)));
        // Rows that are not numbered come after all numbers.
        places.push(0);
        let last = places.len() - 1;
        self.refine(values, |row| places[last.min(other.of_row[row] as usize)]);
    }

    /// Tells rows apart by a further value, which is less than `values`.
    pub(super) fn refine(&mut self, values: usize, value: impl Fn(usize) -> u32) {
        /// So many codes have a table that is near while rows go by.
        const NEAR: usize = 1 << 15;
        const MOST: usize = 1 << 20;
        if values <= 1 {
            return;
        }
        if self.below.saturating_mul(values) > NEAR {
            self.compress();
        }
        if self.below.saturating_mul(values) <= MOST {
            let times = small(values);
            let codes = self.codes.iter_mut().enumerate();
            codes.for_each(|(row, code)| *code = *code * times + value(row));
            self.below *= values;
        } else {
            let mut known = HashMap::new();
            let codes = self.codes.iter_mut().enumerate();
            for (row, code) in codes.filter(|(row, _)| self.counts[*row]) {
                let next = small(known.len());
                *code = *known.entry((*code, value(row))).or_insert(next);
            }
            self.below = known.len();
        }
    }

    /// Takes the smallest codes there are.
    fn compress(&mut self) {
        let numbers = self.numbers();
        self.codes = numbers.of_row;
        self.codes.iter_mut().filter(|code| **code == LEFT_OUT).for_each(|code| *code = 0);
        self.below = numbers.first_rows.len().max(1);
    }

    /// The numbers of rows.
    pub(super) fn numbers(&self) -> Numbers {
        let mut first_rows = Vec::new();
        let mut known = vec![LEFT_OUT; self.below];
        let mut number = |(row, (code, counts)): (usize, (&u32, &bool))| {
            if !counts {
                return LEFT_OUT;
            }
            let known = &mut known[*code as usize];
            if *known == LEFT_OUT {
                *known = small(first_rows.len());
                first_rows.push(row);
            }
            *known
        };
        let rows = self.codes.iter().zip(&self.counts).enumerate();
        let of_row = rows.map(&mut number).collect();
        Numbers { of_row, first_rows }
    }
}

fn small(code: usize) -> u32 {
    u32::try_from(code).expect("a batch has fewer rows than 2³², and codes are fewer than 2²⁰")
}

/// The place of each value among the distinct ones, of which there are few, and how many there are.
fn places<T: PartialEq>(values: impl Iterator<Item = T>) -> (Vec<u32>, usize) {
    let mut distinct: Vec<T> = Vec::new();
    let mut place = |value: T| {
        let known = distinct.iter().position(|known| *known == value);
        small(known.unwrap_or_else(|| {
            distinct.push(value);
            distinct.len() - 1
        }))
    };
    let places = values.map(&mut place).collect();
    (places, distinct.len())
}

/// Questions about text columns. Two texts of a column are alike if no question tells them apart.
#[derive(Debug, Default)]
pub(super) struct Questions<'a> {
    /// The keys of a column's rows, and a code for each key and one for no text.
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
            let texts = texts.numbers();
            let of_text = &texts.of_row;
            let no_text = of_text.len() - 1;
            let (values, keys_of_rows) = (texts.first_rows.len(), keys.values());
            let at = |row: usize| keys_of_rows[row].unsigned_abs() as usize;
            match keys.nulls() {
                None => rows.refine(values, |row| of_text[at(row)]),
                Some(nulls) => rows.refine(values, |row| {
                    of_text[if nulls.is_valid(row) { at(row) } else { no_text }]
                }),
            }
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
            rows in prop::collection::vec((any::<bool>(), 0..3u32, 0..4u32, 0..2_000_000u32), 0..40),
        ) {
            let mut numbering = Numbering::new(rows.len(), |row| rows[row].0);
            numbering.refine(3, |row| rows[row].1);
            numbering.refine(4, |row| rows[row].2);
            numbering.refine(2_000_000, |row| rows[row].3 / 500_000);
            numbering.refine(70, |row| rows[row].3 % 2);
            let numbers = numbering.numbers();
            let same = |a: usize, b: usize| {
                let of = |row: usize| (rows[row].1, rows[row].2, rows[row].3 / 500_000, rows[row].3 % 2);
                of(a) == of(b)
            };
            for (a, (counts, ..)) in rows.iter().enumerate() {
                prop_assert_eq!(numbers.of_row[a] != LEFT_OUT, *counts);
                for b in (0..a).filter(|b| *counts && rows[*b].0) {
                    prop_assert_eq!(numbers.of_row[a] == numbers.of_row[b], same(a, b));
                }
            }
            for (number, row) in numbers.first_rows.iter().enumerate() {
                prop_assert_eq!(numbers.of_row[*row] as usize, number);
                let before = numbers.of_row[..*row].iter();
                prop_assert_eq!(before.filter(|known| **known as usize == number).count(), 0);
            }
        }
    }
}
