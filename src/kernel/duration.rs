//! How long things last of which some go on.

use super::Tally;
use crate::indicator::Lasted;

impl Tally {
    /// The median duration by Kaplan and Meier (1958): the first day on which the share that still goes on is no
    /// more than a half; what goes on when it was last looked at is at risk up to that day. None where more than
    /// half go on for longer than any was seen to end. The tally's values are [`Lasted`], in the order of days.
    #[expect(clippy::cast_precision_loss, reason = "members are far fewer than 2^53")]
    pub fn median_duration(&self) -> Option<i64> {
        let counts = self.values.counts();
        let mut at_risk: i64 = counts.iter().map(|(_, count)| count).sum();
        let mut go_on = 1.0;
        for day in counts.chunk_by(|a, b| Lasted::of(a.0).days == Lasted::of(b.0).days) {
            let of_day = |ended: bool| -> i64 {
                let own = day.iter().filter(|(value, _)| Lasted::of(*value).ended == ended);
                own.map(|(_, count)| count).sum()
            };
            let ended = of_day(true);
            if ended > 0 {
                go_on *= (at_risk - ended) as f64 / at_risk as f64;
                // Products of shares of whole numbers miss a half by less than this.
                if go_on <= 0.5 + 1e-12 {
                    return Some(Lasted::of(day[0].0).days);
                }
            }
            at_risk -= ended + of_day(false);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median(all: &[(i64, bool)]) -> Option<i64> {
        let value =
            |(days, ended): &(i64, bool)| (Lasted { days: *days, ended: *ended }.value(), 1);
        Tally { values: all.iter().map(value).collect(), ..Tally::default() }.median_duration()
    }

    /// Times 5, 8, 8+, 12, 15+, 20, 30+, 30+: 0.875, 0.75, 0.60, 0.40.
    #[test]
    fn the_worked_times_have_their_median_on_day_20() {
        let times = [
            (5, true),
            (8, true),
            (8, false),
            (12, true),
            (15, false),
            (20, true),
            (30, false),
            (30, false),
        ];
        assert_eq!(median(&times), Some(20));
        assert_eq!(median(&times[..4]), Some(8));
        assert_eq!(median(&times[4..]), None);
        assert_eq!(median(&[(3, true), (9, true)]), Some(3));
        assert_eq!(median(&[(0, true)]), Some(0));
        assert_eq!(median(&[]), None);
    }
}
