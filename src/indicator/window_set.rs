//! Sets of windows: what holds of a member in which of them.

/// A set of windows, by their places in the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WindowSet([u64; Self::WORDS]);

impl WindowSet {
    const WORDS: usize = 4;
    const BITS: usize = u64::BITS as usize;
    /// A plan has at most so many windows: more months than a pipeline file can ask for, which whoever takes
    /// periods from elsewhere has to see to.
    pub const MOST: usize = Self::WORDS * Self::BITS;

    /// Those of so many windows for which a test holds.
    pub fn of(windows: usize, test: impl FnMut(usize) -> bool) -> Self {
        Self::all(windows).filter(test)
    }

    /// So many windows, all of them.
    pub fn all(windows: usize) -> Self {
        assert!(windows <= Self::MOST, "a plan has at most {} windows", Self::MOST);
        let word = |word: usize| match windows.saturating_sub(word * Self::BITS) {
            some @ 0..Self::BITS => (1 << some) - 1,
            _ => u64::MAX,
        };
        Self(std::array::from_fn(word))
    }

    /// True if it has no window.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// True if it has the window at a place.
    pub fn has(self, place: usize) -> bool {
        self.0[place / Self::BITS] >> (place % Self::BITS) & 1 == 1
    }

    /// The windows that both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// The windows that either has.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// Its windows that another has not.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// Its windows for which a test holds.
    #[must_use]
    pub fn filter(self, mut test: impl FnMut(usize) -> bool) -> Self {
        let mut kept = self;
        for place in self.iter() {
            kept.0[place / Self::BITS] &= !(u64::from(!test(place)) << (place % Self::BITS));
        }
        kept
    }

    /// Its places in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let next = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
                bits &= bits - 1;
                Some(word * Self::BITS + next)
            })
        })
    }

    /// Neighbouring windows of it as runs `from..to`, in order.
    pub fn runs(self) -> impl Iterator<Item = (usize, usize)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let first = self.next(from, true)?;
            let end = self.next(first, false).unwrap_or(Self::MOST);
            from = end;
            Some((first, end))
        })
    }

    /// The first place from one on that it has, or has not.
    fn next(self, from: usize, has: bool) -> Option<usize> {
        let mut word = from / Self::BITS;
        let mut above = u64::MAX << (from % Self::BITS);
        while word < Self::WORDS {
            let bits = (if has { self.0[word] } else { !self.0[word] }) & above;
            if bits != 0 {
                return Some(word * Self::BITS + bits.trailing_zeros() as usize);
            }
            (word, above) = (word + 1, u64::MAX);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::WindowSet;

    fn set(places: &BTreeSet<usize>) -> WindowSet {
        WindowSet::of(WindowSet::MOST, |place| places.contains(&place))
    }

    fn places() -> impl Strategy<Value = BTreeSet<usize>> {
        let few = prop::collection::btree_set(0..WindowSet::MOST, 0..20);
        let runs = prop::collection::vec((0..WindowSet::MOST, 1..90_usize), 0..4);
        (few, runs).prop_map(|(few, runs)| {
            let runs = runs.into_iter().flat_map(|(from, length)| from..from + length);
            few.into_iter().chain(runs).filter(|place| *place < WindowSet::MOST).collect()
        })
    }

    proptest! {
        #[test]
        fn behaves_like_a_set_of_places(a in places(), b in places(), k in 1..5_usize, n in 0..=WindowSet::MOST) {
            let (own, other) = (set(&a), set(&b));
            let shown = |set: WindowSet| set.iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(&shown(own), &a);
            prop_assert!((0..WindowSet::MOST).all(|place| own.has(place) == a.contains(&place)));
            prop_assert_eq!(shown(own.and(other)), &a & &b);
            prop_assert_eq!(shown(own.or(other)), &a | &b);
            prop_assert_eq!(shown(own.without(other)), &a - &b);
            prop_assert_eq!(own.is_empty(), a.is_empty());
            prop_assert_eq!(shown(WindowSet::all(n)), (0..n).collect());
            let kept: BTreeSet<usize> = a.iter().copied().filter(|place| place % k == 0).collect();
            prop_assert_eq!(shown(own.filter(|place| place % k == 0)), kept);
            let runs: Vec<(usize, usize)> = own.runs().collect();
            prop_assert!(runs.windows(2).all(|pair| pair[0].1 < pair[1].0));
            prop_assert_eq!(runs.iter().flat_map(|(from, to)| *from..*to).collect::<BTreeSet<_>>(), a);
        }
    }
}
