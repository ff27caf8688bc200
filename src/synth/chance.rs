//! Seeded chance in whole numbers: the same draws on every machine.

use rand_core::Rng as _;
use rand_pcg::Pcg64Mcg;

/// What a stream of draws is for. Each has its own numbers, so that a change in one leaves the
/// others as they were.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// One member's life.
    Member = 1,
    /// The broken rows.
    Broken = 2,
    /// The community activities.
    Community = 3,
    /// One member's answers to surveys.
    Survey = 4,
}

/// A stream of draws.
pub(super) struct Dice(Pcg64Mcg);

impl Dice {
    /// The stream for one purpose and index (such as a member's number) under a seed.
    pub(super) fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let low = scramble(seed ^ scramble((index << 8) | purpose as u64));
        Self(Pcg64Mcg::new((u128::from(scramble(low)) << 64) | u128::from(low)))
    }

    /// A number of 32 even bits.
    pub(super) fn bits(&mut self) -> u32 {
        u32::try_from(self.0.next_u64() >> 32).expect("the upper half has 32 bits")
    }

    /// A number in `0..n`; 0 for an `n` of 0.
    pub(super) fn below(&mut self, n: i32) -> i32 {
        let n = u64::try_from(n).unwrap_or(0);
        i32::try_from((u64::from(self.bits()) * n) >> 32).expect("below an i32")
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of 100 draws.
    pub(super) fn percent(&mut self, percent: i32) -> bool {
        self.below(100) < percent
    }

    /// True in `rate` of a million draws.
    pub(super) fn per_million(&mut self, rate: i32) -> bool {
        self.below(1_000_000) < rate
    }

    /// One of the choices, all alike.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let count = i32::try_from(choices.len()).expect("a short list");
        choices[usize::try_from(self.below(count)).expect("not negative")]
    }

    /// One of the choices, by weight.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(i32, T)]) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            left -= weight;
            if left < 0 {
                return *choice;
            }
        }
        choices[choices.len() - 1].1
    }
}

/// The finaliser of `SplitMix64`: near numbers go in, unrelated ones come out.
fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Dice, Purpose};

    #[test]
    fn the_draws_never_change() {
        let mut dice = Dice::new(7, Purpose::Member, 1);
        let drawn: Vec<i32> = (0..6).map(|_| dice.below(1000)).collect();
        expect_test::expect!["[792, 106, 91, 541, 571, 617]"].assert_eq(&format!("{drawn:?}"));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1, Purpose::Broken, 0);
        let hits = (0..10_000).filter(|_| dice.weighted(&[(1, false), (3, true)])).count();
        assert!((7_300..7_700).contains(&hits), "{hits}");
    }
}
