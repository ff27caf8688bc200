//! What rows show about the data only beside one another: stays that overlap, contacts after a death.
//! Counted while timelines are read, so that every engine that feeds rows gets the same counts.

use super::rows::RECORDED;
use super::{Cost, Enrolment, Stay};
use crate::terms::Day;
use crate::terms::diagnosis::DiagnosisGroup;

/// Something that is looked for in the rows of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// Rows of contacts on a day of which the member has an earlier row; of all rows of contacts.
    SameDay,
    /// Rows of contacts dated after the member's death; of those of members whose death is known.
    AfterDeath,
    /// Stays without a discharge; of all stays. Visits to emergency departments are no stays.
    OpenStay,
    /// Stays that begin before another of the member has ended; of all. A discharge on the day of the
    /// next admission is none.
    OverlappingStay,
    /// Enrolment spans that begin before one with another organisation has ended; of all.
    OverlappingEnrolment,
    /// Ended stays and care plans without a reason; of all that have ended.
    NoEndReason,
    /// Contacts with a substance use disorder as the principal diagnosis; of those with a diagnosis.
    SubstanceUse,
    /// Members with assessments on one day only; of all with an assessment.
    AssessedOnce,
    /// Scores that no number is made of: on an instrument or by a rater that the registry does not have, or out
    /// of its range; of all scores.
    UnreadScore,
    /// Codes of living situations and employment that are on no list; of all.
    UnreadStatus,
    /// Cents of cost lines on days without enrolment; of those of all lines.
    UnenrolledCost,
}

impl Oddity {
    /// Every one, in the order of their counts.
    pub const ALL: [Self; 11] = [
        Self::SameDay,
        Self::AfterDeath,
        Self::OpenStay,
        Self::OverlappingStay,
        Self::OverlappingEnrolment,
        Self::NoEndReason,
        Self::SubstanceUse,
        Self::AssessedOnce,
        Self::UnreadScore,
        Self::UnreadStatus,
        Self::UnenrolledCost,
    ];
}

/// How often something was found, and among how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Rows, members or cents that are so.
    pub found: u64,
    /// Rows, members or cents that were looked at.
    pub of: u64,
}

/// How often each oddity was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found([Times; Oddity::ALL.len()]);

impl Found {
    /// The times of an oddity.
    pub fn times(&self, oddity: Oddity) -> Times {
        self.0[oddity as usize]
    }

    /// Adds to the times of an oddity; beyond 64 bits it stays at the greatest number.
    pub fn see(&mut self, oddity: Oddity, more: Times) {
        let own = &mut self.0[oddity as usize];
        own.found = own.found.saturating_add(more.found);
        own.of = own.of.saturating_add(more.of);
    }

    /// Adds what was found elsewhere.
    pub fn add(&mut self, other: &Self) {
        for oddity in Oddity::ALL {
            self.see(oddity, other.times(oddity));
        }
    }

    fn one(&mut self, oddity: Oddity, is_so: bool) {
        self.see(oddity, Times { found: u64::from(is_so), of: 1 });
    }

    /// An ended stay or care plan.
    pub(super) fn ended(&mut self, has_reason: bool) {
        self.one(Oddity::NoEndReason, !has_reason);
    }

    /// A code of a living situation or of employment.
    pub(super) fn status(&mut self, is_read: bool) {
        self.one(Oddity::UnreadStatus, !is_read);
    }

    /// A score.
    pub(super) fn scored(&mut self, is_read: bool) {
        self.one(Oddity::UnreadScore, !is_read);
    }

    /// Lines of cost. What was taken back counts as what was paid: less would hide it.
    pub(super) fn costs(&mut self, costs: &[Cost], is_enrolled: impl Fn(&Cost) -> bool) {
        for cost in costs {
            let of = cost.cents.unsigned_abs();
            let found = if is_enrolled(cost) { 0 } else { of };
            self.see(Oddity::UnenrolledCost, Times { found, of });
        }
    }

    /// A contact, whose principal diagnosis is of these groups.
    pub(super) fn diagnosed(&mut self, diagnosis: u32) {
        if diagnosis & RECORDED != 0 {
            let groups = DiagnosisGroup::bits(&[DiagnosisGroup::SubstanceUse]);
            self.one(Oddity::SubstanceUse, diagnosis & groups != 0);
        }
    }

    /// What the rows of a member show together: the days of its contacts and assessments, in order and
    /// once for each row; its stays and enrolment spans in the order of their first days.
    pub(super) fn member(
        &mut self,
        (contacts, assessments): (&[Day], &[Day]),
        (stays, enrolment): (&[Stay], &[Enrolment]),
        death: Option<Day>,
    ) {
        let repeated = contacts.windows(2).filter(|two| two[0] == two[1]).count() as u64;
        self.see(Oddity::SameDay, Times { found: repeated, of: contacts.len() as u64 });
        if let Some(death) = death {
            let by_then = contacts.partition_point(|day| *day <= death);
            let (found, of) = ((contacts.len() - by_then) as u64, contacts.len() as u64);
            self.see(Oddity::AfterDeath, Times { found, of });
        }
        let mut until: Option<Day> = None;
        for stay in stays {
            self.one(Oddity::OpenStay, stay.discharge.is_none());
            self.one(Oddity::OverlappingStay, until.is_some_and(|until| stay.admit < until));
            until = until.max(Some(stay.discharge.unwrap_or(Day(i32::MAX))));
        }
        let mut ends = LatestEnds::default();
        for span in enrolment {
            let is_so = ends.of_another(span.bho).is_some_and(|end| span.start <= end);
            self.one(Oddity::OverlappingEnrolment, is_so);
            ends.see(span.bho, span.end);
        }
        if let (Some(first), Some(last)) = (assessments.first(), assessments.last()) {
            self.one(Oddity::AssessedOnce, first == last);
        }
    }
}

/// The latest end of the spans so far, its organisation, and the latest end of any other one's.
#[derive(Default)]
struct LatestEnds {
    latest: Option<(u32, Day)>,
    other: Option<Day>,
}

impl LatestEnds {
    fn of_another(&self, bho: u32) -> Option<Day> {
        self.latest.filter(|(own, _)| *own != bho).map_or(self.other, |(_, end)| Some(end))
    }

    fn see(&mut self, bho: u32, end: Day) {
        match self.latest {
            Some((own, latest)) if own == bho => self.latest = Some((own, latest.max(end))),
            Some((_, latest)) if end <= latest => self.other = self.other.max(Some(end)),
            earlier => {
                self.other = earlier.map(|(_, latest)| latest);
                self.latest = Some((bho, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LatestEnds;
    use crate::terms::Day;

    #[test]
    fn the_latest_end_of_another_is_that_of_all_others() {
        let (mut ends, mut seen) = (LatestEnds::default(), Vec::new());
        for turn in 0..200_i32 {
            let (bho, end) = ((turn * 7 % 5).unsigned_abs(), Day(turn * 31 % 47));
            for asked in 0..6 {
                let others = seen.iter().filter(|(own, _)| *own != asked);
                assert_eq!(ends.of_another(asked), others.map(|(_, end)| *end).max(), "{turn}");
            }
            ends.see(bho, end);
            seen.push((bho, end));
        }
    }
}
