//! Sets of days as disjoint spans in order.

use crate::terms::Day;

/// A set of days: disjoint, sorted, non-touching spans, inclusive at both ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaySpans {
    spans: Vec<(i32, i32)>,
}

impl DaySpans {
    /// Every day of any of the given spans; spans that end before they start hold no day.
    pub fn from_spans(spans: impl IntoIterator<Item = (Day, Day)>) -> Self {
        let mut set = Self::default();
        set.refill(spans);
        set
    }

    /// Replaces the set, keeping its memory.
    pub fn refill(&mut self, spans: impl IntoIterator<Item = (Day, Day)>) {
        self.spans.clear();
        self.spans.extend(
            spans
                .into_iter()
                .map(|(start, end)| (start.0, end.0))
                .filter(|(start, end)| start <= end),
        );
        self.spans.sort_unstable();
        let mut kept = 0;
        for index in 0..self.spans.len() {
            let (start, end) = self.spans[index];
            if kept > 0 && start <= self.spans[kept - 1].1.saturating_add(1) {
                self.spans[kept - 1].1 = self.spans[kept - 1].1.max(end);
            } else {
                self.spans[kept] = (start, end);
                kept += 1;
            }
        }
        self.spans.truncate(kept);
    }

    /// True if the set has no day.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The spans in order.
    pub fn iter(&self) -> impl Iterator<Item = (Day, Day)> + '_ {
        self.spans.iter().map(|(start, end)| (Day(*start), Day(*end)))
    }

    /// True if the set has this day.
    pub fn has(&self, day: Day) -> bool {
        self.span_of(day).is_some()
    }

    fn span_of(&self, day: Day) -> Option<(i32, i32)> {
        let after = self.spans.partition_point(|(start, _)| *start <= day.0);
        let span = *self.spans.get(after.checked_sub(1)?)?;
        (day.0 <= span.1).then_some(span)
    }

    /// True if the set has every day from `start` to `end`; an empty range is always had.
    pub fn covers(&self, start: Day, end: Day) -> bool {
        start > end || self.span_of(start).is_some_and(|span| end.0 <= span.1)
    }

    /// True if the set has any day from `start` to `end`.
    pub fn meets(&self, start: Day, end: Day) -> bool {
        let at = self.spans.partition_point(|(_, last)| *last < start.0);
        start <= end && self.spans.get(at).is_some_and(|(first, _)| *first <= end.0)
    }

    /// The days of `start..=end` that the set has, as spans in order.
    pub fn within(&self, start: Day, end: Day) -> impl Iterator<Item = (Day, Day)> + '_ {
        let at = self.spans.partition_point(|(_, last)| *last < start.0);
        let met = self.spans[at..].iter().take_while(move |(first, _)| *first <= end.0);
        let clipped = met.map(move |(first, last)| (Day(*first).max(start), Day(*last).min(end)));
        clipped.filter(|(first, last)| first <= last)
    }

    /// How many days of `start..=end` the set has.
    pub fn count_within(&self, start: Day, end: Day) -> i32 {
        self.within(start, end).map(|(first, last)| last - first + 1).sum()
    }

    /// The `n`-th day (1 = first) of the set after `day`.
    pub fn nth_after(&self, day: Day, n: i32) -> Option<Day> {
        let at = self.spans.partition_point(|(_, last)| *last <= day.0);
        let mut left = n;
        for (first, last) in &self.spans[at..] {
            let first = (*first).max(day.0 + 1);
            // An open span ends on the last day there is; its length still fits.
            let length = last.saturating_sub(first).saturating_add(1);
            if left <= length {
                return Some(Day(first + left - 1));
            }
            left -= length;
        }
        None
    }

    /// The last day of `start..=end` that the set has.
    pub fn last_within(&self, start: Day, end: Day) -> Option<Day> {
        let after = self.spans.partition_point(|(first, _)| *first <= end.0);
        let (_, last) = *self.spans.get(after.checked_sub(1)?)?;
        let day = last.min(end.0);
        (day >= start.0).then_some(Day(day))
    }

    /// Days of this set that are in no span of `taken`.
    #[must_use]
    pub fn without(&self, taken: &Self) -> Self {
        let mut left = Self::default();
        left.refill_without(self, taken);
        left
    }

    /// Replaces the set by the days of another that are in no span of `taken`, keeping its memory.
    pub fn refill_without(&mut self, all: &Self, taken: &Self) {
        let left = &mut self.spans;
        left.clear();
        let mut at = 0;
        for &(start, end) in &all.spans {
            while at < taken.spans.len() && taken.spans[at].1 < start {
                at += 1;
            }
            let mut from = start;
            let mut probe = at;
            while probe < taken.spans.len() && taken.spans[probe].0 <= end {
                let (first, last) = taken.spans[probe];
                if from < first {
                    left.push((from, first - 1));
                }
                from = from.max(last.saturating_add(1));
                probe += 1;
            }
            if from <= end {
                left.push((from, end));
            }
        }
    }

    /// Replaces the set by the days of another up to and including `day`, if one is given.
    pub fn refill_until(&mut self, all: &Self, day: Option<Day>) {
        let last = day.map_or(i32::MAX, |day| day.0);
        self.spans.clear();
        let kept = all.spans.iter().filter(|(start, _)| *start <= last);
        self.spans.extend(kept.map(|(start, end)| (*start, (*end).min(last))));
    }

    /// Days of this set up to and including `day`.
    #[must_use]
    pub fn until(&self, day: Day) -> Self {
        let mut kept = Self::default();
        kept.refill_until(self, Some(day));
        kept
    }

    /// Days that both sets have.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn days(spans: &[(i32, i32)]) -> BTreeSet<i32> {
        spans.iter().flat_map(|(start, length)| *start..*start + *length).collect()
    }

    fn set(spans: &[(i32, i32)]) -> DaySpans {
        DaySpans::from_spans(
            spans.iter().map(|(start, length)| (Day(*start), Day(start + length - 1))),
        )
    }

    proptest! {
        #[test]
        fn behaves_like_a_set_of_days(
            a in prop::collection::vec((0..60i32, 0..9i32), 0..8),
            b in prop::collection::vec((0..60i32, 0..9i32), 0..8),
            from in -2..70i32, length in 0..20i32, n in 1..20i32,
        ) {
            let (slow_a, slow_b, fast) = (days(&a), days(&b), set(&a));
            let to = from + length - 1;
            let inside: Vec<i32> = (from..=to).filter(|day| slow_a.contains(day)).collect();
            let count = i32::try_from(inside.len()).expect("few days");
            prop_assert_eq!(fast.count_within(Day(from), Day(to)), count);
            prop_assert_eq!(fast.covers(Day(from), Day(to)), count == length);
            prop_assert_eq!(fast.meets(Day(from), Day(to)), !inside.is_empty());
            prop_assert_eq!(fast.last_within(Day(from), Day(to)).map(|day| day.0), inside.last().copied());
            prop_assert_eq!(fast.has(Day(from)), slow_a.contains(&from));
            let before = usize::try_from(n - 1).expect("from 1 on");
            let nth = slow_a.iter().filter(|day| **day > from).nth(before).copied();
            prop_assert_eq!(fast.nth_after(Day(from), n).map(|day| day.0), nth);
            let left: BTreeSet<i32> = slow_a.difference(&slow_b).copied().collect();
            let spans: BTreeSet<i32> = fast.without(&set(&b)).iter().flat_map(|(s, e)| s.0..=e.0).collect();
            prop_assert_eq!(spans, left);
            let both: BTreeSet<i32> = slow_a.intersection(&slow_b).copied().collect();
            let shared = fast.shared_with(&set(&b));
            let shared: BTreeSet<i32> = shared.iter().flat_map(|(s, e)| s.0..=e.0).collect();
            prop_assert_eq!(shared, both);
        }
    }
}
