//! Exact sums of one cell. Most cells of most parts stay small, so they are kept in 32 bits for as
//! long as they fit; what does not fit is kept wide, and nothing is ever rounded or wrapped.

use super::Tally;

/// Something that changes a sum over members.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gain {
    /// One member's numerator and denominator.
    Member { n: i64, d: i64 },
    /// A member's value comes in (`sign` 1) or goes (−1).
    Value { value: i64, sign: i64 },
    /// A member's value becomes another.
    Change { old: i64, new: i64 },
}

/// Sums over the members of one cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    numerator: i128,
    denominator: i64,
    nn: i128,
    nd: i128,
    dd: i128,
    members: i64,
}

/// The same, as long as all of them fit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SmallSums {
    numerator: i32,
    denominator: i32,
    nn: i32,
    nd: i32,
    dd: i32,
    members: i32,
}

impl From<Gain> for Sums {
    fn from(gain: Gain) -> Self {
        match gain {
            Gain::Member { n, d } => {
                let (wide_n, wide_d) = (i128::from(n), i128::from(d));
                Self {
                    numerator: wide_n,
                    denominator: d,
                    nn: wide_n * wide_n,
                    nd: wide_n * wide_d,
                    dd: wide_d * wide_d,
                    members: i64::from(d > 0),
                }
            }
            Gain::Value { value, sign } => {
                let (value, signed) = (i128::from(value), i128::from(sign));
                Self {
                    numerator: signed * value,
                    denominator: sign,
                    nn: signed * value * value,
                    nd: signed * value,
                    dd: signed,
                    members: sign,
                }
            }
            Gain::Change { old, new } => {
                let (old, new) = (i128::from(old), i128::from(new));
                let (numerator, nn) = (new - old, new * new - old * old);
                Self { numerator, nn, nd: numerator, ..Self::default() }
            }
        }
    }
}

impl From<SmallSums> for Sums {
    fn from(small: SmallSums) -> Self {
        Self {
            numerator: small.numerator.into(),
            denominator: small.denominator.into(),
            nn: small.nn.into(),
            nd: small.nd.into(),
            dd: small.dd.into(),
            members: small.members.into(),
        }
    }
}

impl Sums {
    pub(super) fn add(&mut self, other: &Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.nn += other.nn;
        self.nd += other.nd;
        self.dd += other.dd;
        self.members += other.members;
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            numerator: self.numerator,
            denominator: self.denominator.into(),
            members: self.members,
            nn: self.nn,
            nd: self.nd,
            dd: self.dd,
            ..Tally::default()
        }
    }
}

impl SmallSums {
    /// A gain from 16-bit numbers, whose squares fit.
    fn of(gain: Gain) -> Option<Self> {
        let small = |number: i64| i16::try_from(number).ok().map(i32::from);
        Some(match gain {
            Gain::Member { n, d } => {
                let (n, d) = (small(n)?, small(d)?);
                let members = i32::from(d > 0);
                Self { numerator: n, denominator: d, nn: n * n, nd: n * d, dd: d * d, members }
            }
            Gain::Value { value, sign } => {
                let (value, sign) = (small(value)?, small(sign)?.signum());
                Self {
                    numerator: sign * value,
                    denominator: sign,
                    nn: sign * value * value,
                    nd: sign * value,
                    dd: sign,
                    members: sign,
                }
            }
            Gain::Change { old, new } => {
                let (old, new) = (small(old)?, small(new)?);
                let (numerator, nn) = (new - old, new * new - old * old);
                Self { numerator, nn, nd: numerator, ..Self::default() }
            }
        })
    }

    /// Both together, if that fits.
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.checked_add(other.numerator)?,
            denominator: self.denominator.checked_add(other.denominator)?,
            nn: self.nn.checked_add(other.nn)?,
            nd: self.nd.checked_add(other.nd)?,
            dd: self.dd.checked_add(other.dd)?,
            members: self.members.checked_add(other.members)?,
        })
    }
}

/// Sums by place, in rows of one length; a row exists once anything is in it.
#[derive(Debug, Clone, Default)]
pub(super) struct SumRows {
    small: Vec<Vec<SmallSums>>,
    wide: Vec<Vec<Sums>>,
}

impl SumRows {
    /// Adds a gain at a place of a row.
    pub(super) fn add(&mut self, at: usize, place: usize, length: usize, gain: Gain) {
        let small = &mut row(&mut self.small, at, length)[place];
        match SmallSums::of(gain).and_then(|gain| small.plus(&gain)) {
            Some(sum) => *small = sum,
            None => row(&mut self.wide, at, length)[place].add(&gain.into()),
        }
    }

    /// Adds other rows.
    pub(super) fn merge(&mut self, other: &Self) {
        merge_rows(&mut self.wide, &other.wide, Sums::add);
        for (at, theirs) in other.small.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
            let own = row(&mut self.small, at, theirs.len());
            for (place, theirs) in theirs.iter().enumerate() {
                match own[place].plus(theirs) {
                    Some(sum) => own[place] = sum,
                    None => row(&mut self.wide, at, own.len())[place].add(&(*theirs).into()),
                }
            }
        }
    }

    /// The sums at the places of a row.
    pub(super) fn of(&self, at: usize) -> Vec<Sums> {
        let small = self.small.get(at).map_or(&[][..], Vec::as_slice);
        let mut sums: Vec<Sums> = small.iter().map(|small| (*small).into()).collect();
        let wide = self.wide.get(at).map_or(&[][..], Vec::as_slice);
        sums.iter_mut().zip(wide).for_each(|(sum, wide)| sum.add(wide));
        sums
    }
}

/// The row at a place; all rows have the same length once they have any.
pub(super) fn row<T: Clone + Default>(
    rows: &mut Vec<Vec<T>>,
    at: usize,
    length: usize,
) -> &mut [T] {
    if rows.len() <= at {
        rows.resize(at + 1, Vec::new());
    }
    if rows[at].is_empty() {
        rows[at].resize(length, T::default());
    }
    &mut rows[at]
}

pub(super) fn merge_rows<T: Clone + Default>(
    mine: &mut Vec<Vec<T>>,
    theirs: &[Vec<T>],
    add: fn(&mut T, &T),
) {
    for (at, other) in theirs.iter().enumerate().filter(|(_, other)| !other.is_empty()) {
        let own = row(mine, at, other.len());
        own.iter_mut().zip(other).for_each(|(own, other)| add(own, other));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_longer_fits_small_sums_is_kept() {
        let gains = [
            Gain::Member { n: 30_000, d: 2 },
            Gain::Member { n: 3_000_000_000, d: 1 },
            Gain::Member { n: 1, d: 4_000_000_000 },
            Gain::Member { n: -7, d: 31 },
        ];
        let mut rows = SumRows::default();
        let mut wide = Sums::default();
        for gain in gains.iter().cycle().take(300) {
            rows.add(1, 2, 3, *gain);
            wide.add(&(*gain).into());
        }
        let mut doubled = rows.clone();
        doubled.merge(&rows);
        assert_eq!(rows.of(1)[2].tally(), wide.tally());
        wide.add(&wide.clone());
        assert_eq!(doubled.of(1)[2].tally(), wide.tally());
    }

    #[test]
    fn a_value_that_comes_changes_and_goes_leaves_nothing() {
        for (first, then) in [(1, 0), (5, -9), (1_000_000_000_000, 3), (12, 999_999_999_999)] {
            let mut rows = SumRows::default();
            rows.add(0, 0, 1, Gain::Value { value: first, sign: 1 });
            rows.add(0, 0, 1, Gain::Change { old: first, new: then });
            rows.add(0, 0, 1, Gain::Value { value: then, sign: -1 });
            assert_eq!(rows.of(0)[0].tally(), Tally::default());
        }
    }
}
