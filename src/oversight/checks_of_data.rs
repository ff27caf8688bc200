//! What rows show about the data, as checks.

use super::Thin;
use super::checks::{Finding, Look, Said, exceeds, joined, share, whole_percent};
use crate::terms::{Grain, Period};
use crate::timeline::{Oddity, Times};

/// Share of rows from which on a check warns, in percent.
const OPEN_STAYS: u64 = 5;
const OVERLAPS: u64 = 2;
const SAME_DAY: u64 = 40;
const NO_REASON: u64 = 20;
const NO_VALUE: u64 = 20;

impl Look<'_> {
    /// A warning if an oddity is more frequent than allowed.
    pub(super) fn oddity(
        &self,
        oddity: Oddity,
        percent: u64,
        none: &str,
        text: impl Fn(String) -> String,
    ) -> Said {
        let times = self.facts.found.times(oddity);
        match times.of {
            0 => (Finding::Unknown, none.to_owned()),
            _ if exceeds(times, percent) => (Finding::Warning, text(share(times))),
            _ => (Finding::Clear, text(share(times))),
        }
    }

    pub(super) fn overlaps(&self) -> Said {
        let stays = self.oddity(Oddity::OverlappingStay, OVERLAPS, "No stays were delivered.", |share| {
            format!("{share} of stays begin before another of the member has ended, as when two payers report one stay. They are one spell, so that no day counts twice.")
        });
        let spans = self.oddity(Oddity::OverlappingEnrolment, OVERLAPS, "No enrolment was delivered.", |share| {
            format!("{share} of enrolment spans overlap with one of another organisation; the later one owns the day.")
        });
        let after = self.oddity(
            Oddity::AfterDeath,
            0,
            "Of nobody with contacts a death is known.",
            |share| format!("{share} of the contacts of those who died are dated after the death."),
        );
        let same = self.oddity(Oddity::SameDay, SAME_DAY, "No contacts were delivered.", |share| {
            format!(
                "{share} of contacts are on a day with an earlier one; most rules count the day."
            )
        });
        joined(&[stays, spans, after, same])
    }

    pub(super) fn open_stays(&self) -> Said {
        let open = self.oddity(Oddity::OpenStay, OPEN_STAYS, "No stays were delivered.", |share| {
            format!("{share} of stays have no discharge; their days run to the date up to which data are complete.")
        });
        let reason = self.oddity(
            Oddity::NoEndReason,
            NO_REASON,
            "No stay or care plan has ended.",
            |share| format!("{share} of ended stays and care plans say neither why nor whereto."),
        );
        joined(&[open, reason])
    }

    pub(super) fn elsewhere(&self) -> Said {
        let dual = if self.facts.missing.contains_key("members.dual") {
            (Finding::Clear, "Members with Medicare as well are marked (members.dual): what Medicare pays is not in the data.".to_owned())
        } else {
            (Finding::Unknown, "Whether members have Medicare as well is not delivered (members.dual): what it pays is missing without a trace.".to_owned())
        };
        let times = self.facts.found.times(Oddity::SubstanceUse);
        let redacted = match times {
            Times { of: 0, .. } => (Finding::Unknown, "No contact has a diagnosis.".to_owned()),
            times if times.found * 50 < times.of => (
                Finding::Warning,
                format!(
                    "{} of contacts have a substance use disorder as their diagnosis: ask whether rows were redacted under 42 CFR Part 2.",
                    share(times)
                ),
            ),
            times => (
                Finding::Clear,
                format!(
                    "{} of contacts have a substance use disorder as their diagnosis, so that rows under 42 CFR Part 2 seem to be there.",
                    share(times)
                ),
            ),
        };
        joined(&[dual, redacted])
    }

    /// A warning if a column says too little; `lacking` says what if it is not delivered at all.
    pub(super) fn column(
        &self,
        column: &str,
        lacking: &str,
        text: impl Fn(String) -> String,
    ) -> Said {
        match self.facts.missing.get(column) {
            None => (Finding::Unknown, format!("{lacking} ({column}).")),
            Some(times) if exceeds(*times, NO_VALUE) => (Finding::Warning, text(share(*times))),
            Some(times) => (Finding::Clear, text(share(*times))),
        }
    }

    pub(super) fn capitated(&self) -> Said {
        let paid = self.column("contacts.paid_amount", "What was paid for contacts is not delivered", |share| {
            format!("{share} of contacts say nothing of what was paid. Where encounters are paid by head, some are never reported: compare contacts for each member among organisations.")
        });
        let own = self.facts.thin.iter().filter(|thin| thin.organisation.is_some());
        joined(&[
            paid,
            thin(
                own,
                "Every organisation delivers as much as before for each enrolled day, and something of each table that is read.",
            ),
        ])
    }

    /// Months of tables with far fewer rows than before.
    pub(super) fn thin_tables(&self) -> Said {
        let of_all = self.facts.thin.iter().filter(|thin| thin.organisation.is_none());
        thin(of_all, "No table has a month with less than half the rows that are usual.")
    }

    pub(super) fn minutes(&self) -> Said {
        self.column("contacts.minutes", "Minutes are not delivered", |share| {
            format!("{share} of contacts have no minutes, as group sessions often have; what is made of minutes leaves them out.")
        })
    }

    pub(super) fn spellings(&self) -> Said {
        match self.facts.spellings {
            None => (Finding::Unknown, "Clinicians are not delivered (contacts.clinician_id).".to_owned()),
            Some(Times { found: 0, .. }) => (Finding::Clear, "No two ids of clinicians differ only in case, punctuation or leading zeros. One person with two different ids cannot be told.".to_owned()),
            Some(times) => (Finding::Warning, format!("{} of the ids of clinicians differ from another only in case, punctuation or leading zeros: continuity looks worse than it is.", share(times))),
        }
    }

    pub(super) fn dates(&self) -> Said {
        if self.table.settings().dates_shifted {
            (Finding::Warning, "Dates were moved before delivery, each member's by its own number of days: calendar months, seasons and days of the week mean little.".to_owned())
        } else {
            (Finding::Clear, "No source says that its dates were moved.".to_owned())
        }
    }
}

/// What lacks rows, the latest first.
fn thin<'a>(found: impl DoubleEndedIterator<Item = &'a Thin>, none: &str) -> Said {
    const SHOWN: usize = 6;
    let texts: Vec<String> = found.rev().map(thin_words).collect();
    if texts.is_empty() {
        return (Finding::Clear, none.to_owned());
    }
    let more = texts.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" So for {more} more.") } else { String::new() };
    (Finding::Warning, texts[..texts.len().min(SHOWN)].join(" ") + &more)
}

fn thin_words(Thin { table, organisation, month, times }: &Thin) -> String {
    let period = month.map(|start| Period::starting(Grain::Month, start).to_string());
    match (organisation, period) {
        (Some(id), None) => format!(
            "No row of {table} is of {id}, although others have many: its zeros may be gaps."
        ),
        (Some(id), Some(month)) => format!(
            "{id} has {} of its usual rows of {table} in {month}: what looks like less care may be a gap.",
            whole_percent(*times)
        ),
        (None, month) => format!(
            "The table {table} has {} of the usual rows in {}: what looks like less care may be a gap.",
            whole_percent(*times),
            month.unwrap_or_default()
        ),
    }
}
