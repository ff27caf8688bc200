//! Who is responsible for a member on which day.

use super::intern::UNKNOWN;
use super::{DaySpans, Interner};
use crate::terms::Day;

/// A delivered span of enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// The organisation, as a key of the interner.
    pub bho: u32,
    /// True for hospice.
    pub hospice: bool,
}

/// Enrolment of a member, resolved: each day has at most one organisation.
#[derive(Debug, Clone, Default)]
pub struct Enrolled {
    /// Disjoint spans in order, each with one organisation.
    pub owned: Vec<(Day, Day, u32)>,
    /// All enrolled days; a change of organisation is no gap.
    pub days: DaySpans,
    /// Days in hospice.
    pub hospice: DaySpans,
}

impl Enrolled {
    /// Resolves overlaps: the span that starts later owns the day; on a tie the one with the
    /// greater id of its organisation, and before all the one that names an organisation at all.
    pub fn resolve(&mut self, spans: &mut [Enrolment], interner: &Interner) {
        self.owned.clear();
        self.days.refill(spans.iter().map(|span| (span.start, span.end)));
        self.hospice
            .refill(spans.iter().filter(|span| span.hospice).map(|span| (span.start, span.end)));
        let name = |span: &Enrolment| (span.bho != UNKNOWN).then(|| interner.text(span.bho));
        spans.sort_by(|a, b| (a.start, name(a), a.end).cmp(&(b.start, name(b), b.end)));
        for span in spans.iter() {
            if span.start <= span.end {
                self.lay_over(span);
            }
        }
    }

    /// Lays a span over the ones before it, which all start no later.
    fn lay_over(&mut self, span: &Enrolment) {
        let mut tail = Vec::new();
        while let Some((start, end, bho)) = self.owned.pop() {
            if end < span.start {
                self.owned.push((start, end, bho));
                break;
            }
            if end > span.end {
                tail.push((start.max(span.end + 1), end, bho));
            }
            if start < span.start {
                self.owned.push((start, span.start - 1, bho));
                break;
            }
        }
        self.owned.push((span.start, span.end, span.bho));
        self.owned.extend(tail.into_iter().rev());
    }

    /// True if these days, of which there may be none, lie in one span; a span ends where a later one
    /// takes over.
    pub fn is_one_span(&self, from: Day, to: Day) -> bool {
        to < from || self.run_on(from).is_some_and(|(_, last, _)| to <= last)
    }

    /// The organisation of a day.
    pub fn bho_on(&self, day: Day) -> Option<u32> {
        self.run_on(day).map(|(_, _, bho)| bho)
    }

    /// The days around a day that have the same organisation, and the organisation.
    pub fn run_on(&self, day: Day) -> Option<(Day, Day, u32)> {
        let after = self.owned.partition_point(|(start, _, _)| *start <= day);
        let run = *self.owned.get(after.checked_sub(1)?)?;
        (day <= run.1).then_some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::super::intern::{Interner, UNKNOWN};
    use super::{Enrolled, Enrolment};
    use crate::terms::Day;

    #[test]
    fn of_spans_that_start_together_the_greater_named_organisation_owns_the_day() {
        let mut interner = Interner::default();
        let (b1, b2) = (interner.key("B1"), interner.key("B2"));
        let span = |bho| Enrolment { start: Day(10), end: Day(20), bho, hospice: false };
        for mut spans in [[b1, UNKNOWN, b2], [UNKNOWN, b2, b1]].map(|ids| ids.map(span)) {
            let mut enrolled = Enrolled::default();
            enrolled.resolve(&mut spans, &interner);
            assert_eq!(enrolled.owned, [(Day(10), Day(20), b2)]);
        }
    }
}
