//! How far two ratings of each unit agree beyond chance.

use super::Tally;
use crate::indicator::Ratings;

impl Tally {
    /// Cohen's kappa with quadratic weights (Cohen 1968): 1 − Σ (a − b)² ÷ Σ (a − b)² as chance would have it,
    /// where every rating of the one kind meets every one of the other. From 1 (all agree) by 0 (as by chance)
    /// to −1; none where nobody could disagree, because all ratings are the same. The tally's values are
    /// [`Ratings`].
    #[expect(clippy::cast_precision_loss, reason = "sums of small whole numbers")]
    pub fn agreement(&self) -> Option<f64> {
        let (mut units, mut apart) = (0_i128, 0_i128);
        // Sums and sums of squares of either rating.
        let mut sums = [0_i128; 2];
        let mut squares = 0_i128;
        for (value, count) in self.values.counts() {
            let (ratings, count) = (Ratings::of(*value), i128::from(*count));
            let (a, b) = (i128::from(ratings.first), i128::from(ratings.second));
            units += count;
            apart += count * (a - b) * (a - b);
            sums = [sums[0] + count * a, sums[1] + count * b];
            squares += count * (a * a + b * b);
        }
        // Times the units, so that all is whole.
        let by_chance = squares * units - 2 * sums[0] * sums[1];
        (by_chance > 0).then(|| 1.0 - (apart * units) as f64 / by_chance as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(pairs: &[(i64, i64, i64)]) -> Option<f64> {
        let value = |first, second| Ratings { first, second }.value();
        let values = pairs.iter().map(|(a, b, count)| (value(*a, *b), *count)).collect();
        Tally { values, ..Tally::default() }.agreement()
    }

    /// The sum over all cells of the table, as a textbook has it.
    #[expect(clippy::cast_precision_loss, reason = "few units")]
    fn by_the_table(pairs: &[(i64, i64, i64)]) -> f64 {
        let units: i64 = pairs.iter().map(|(_, _, count)| count).sum();
        let first = |level| pairs.iter().filter(|one| one.0 == level).map(|one| one.2).sum::<i64>();
        let second =
            |level| pairs.iter().filter(|one| one.1 == level).map(|one| one.2).sum::<i64>();
        let weight = |a: i64, b: i64| ((a - b) * (a - b)) as f64 / 36.0;
        let seen: f64 = pairs.iter().map(|(a, b, n)| weight(*a, *b) * *n as f64).sum();
        let cells = (0..7).flat_map(|a| (0..7).map(move |b| (a, b)));
        let by_chance: f64 =
            cells.map(|(a, b)| weight(a, b) * (first(a) * second(b)) as f64 / units as f64).sum();
        1.0 - seen / by_chance
    }

    #[test]
    fn it_is_what_the_table_gives() {
        let pairs = [(0, 0, 11), (1, 2, 7), (2, 2, 20), (3, 1, 5), (4, 6, 2), (6, 6, 9), (5, 0, 1)];
        let found = agreement(&pairs).expect("they could disagree");
        assert!((found - by_the_table(&pairs)).abs() < 1e-12, "{found}");
    }

    #[test]
    fn all_one_and_none() {
        assert_eq!(agreement(&[(1, 1, 3), (4, 4, 5)]), Some(1.0));
        // Half of either, in all four ways: no better than chance; crossed: as bad as can be.
        assert_eq!(agreement(&[(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]), Some(0.0));
        assert_eq!(agreement(&[(1, 2, 4), (2, 1, 4)]), Some(-1.0));
        assert_eq!(agreement(&[(2, 2, 9)]), None);
        assert_eq!(agreement(&[]), None);
    }
}
