//! What could mislead a reader of the numbers, and whether these data show it. The list is that of the
//! catalogue of indicators: each of its pitfalls is looked for, or said to be settled by the rules.

use std::collections::BTreeMap;

use super::{PublishedTable, Thin};
use crate::terms::Period;
use crate::timeline::{Found, Times};

/// What is known about the data besides the published numbers.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What rows show beside one another.
    pub found: Found,
    /// Of each delivered column of the data model, as `table.column`, the rows without a value.
    pub missing: BTreeMap<String, Times>,
    /// Ids of clinicians that differ from another only in case, punctuation or leading zeros, of all.
    pub spellings: Option<Times>,
    /// Where much less is delivered than is to be expected, what is worst last.
    pub thin: Vec<Thin>,
    /// Measures whose last month is made by few members, by their places.
    pub few: Vec<usize>,
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The data show it.
    Warning,
    /// What would show it is not delivered.
    Unknown,
    /// It was looked for and not found.
    Clear,
    /// It cannot happen: the rules see to it.
    Settled,
}

impl Finding {
    /// The word in `checks.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Clear => "clear",
            Self::Settled => "settled",
        }
    }
}

/// One pitfall and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its number in the catalogue's list, from 1.
    pub number: u8,
    /// The pitfall in short.
    pub pitfall: &'static str,
    /// What was found.
    pub finding: Finding,
    /// The finding as a sentence. Shares are whole percents.
    pub text: String,
}

/// Every pitfall of the catalogue, warnings first. Of numbers, the last month up to `month` that has
/// any is looked at, for everyone.
pub fn checks(table: &PublishedTable, facts: &Facts, month: Period) -> Vec<Check> {
    let look = Look { table, facts, month };
    let mut all = look.all();
    all.sort_by_key(|check| (check.finding, check.number));
    all
}

pub(super) struct Look<'a> {
    pub(super) table: &'a PublishedTable,
    pub(super) facts: &'a Facts,
    pub(super) month: Period,
}

pub(super) type Said = (Finding, String);

fn settled(text: &str) -> Said {
    (Finding::Settled, text.to_owned())
}

/// A share in words, at the beginning of a sentence: `3 %`.
pub(super) fn share(times: Times) -> String {
    let words = whole_percent(times);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A share in whole percents, in words where rounding would tell of none or all; `–` of nothing. Exact
/// counts of empty death dates would be counts of deaths.
pub fn whole_percent(times: Times) -> String {
    let (found, of) = (u128::from(times.found), u128::from(times.of));
    match (found * 200 + of).checked_div(of * 2) {
        None => "–".to_owned(),
        Some(0) if found > 0 => "under 1\u{a0}%".to_owned(),
        Some(100) if found < of => "over 99\u{a0}%".to_owned(),
        Some(percent) => format!("{percent}\u{a0}%"),
    }
}

pub(super) fn exceeds(times: Times, percent: u64) -> bool {
    u128::from(times.found) * 100 > u128::from(times.of) * u128::from(percent)
}

impl Look<'_> {
    fn all(&self) -> Vec<Check> {
        let says: [(&'static str, Said); 23] = [
            (
                "chains of transfers",
                settled("Stays that touch are one spell; a discharge is that of the last."),
            ),
            (
                "contacts on the day of discharge",
                settled("Windows of follow-up after a stay begin on the day after its discharge."),
            ),
            ("stays reported twice", self.overlaps()),
            ("open stays", self.open_stays()),
            (
                "time that nobody could die or be lost in",
                settled(
                    "A study whose exposure is defined by the future is refused; strategies begin at time zero.",
                ),
            ),
            (
                "looking ahead",
                settled(
                    "A month is labelled by what was known at its end; windows of follow-up are waited for.",
                ),
            ),
            ("members who lose their enrolment", self.enrolment()),
            ("late rows", self.late()),
            ("codes that change", self.unmapped()),
            ("denominators that shrink", self.left_out()),
            ("small numbers", self.small()),
            ("few heavy users", self.few()),
            ("services that others pay for or that are redacted", self.elsewhere()),
            ("encounters that are paid by head", self.capitated()),
            ("sessions without time", self.minutes()),
            ("one clinician under several ids", self.spellings()),
            ("dates that were moved", self.dates()),
            ("missing is not no", self.missing()),
            ("only those who stay are measured", self.completers()),
            (
                "the worst get better by themselves",
                settled(
                    "Organisations are judged by control charts and funnels, not by their change since a bad month; studies compare with others at the same time.",
                ),
            ),
            (
                "death instead of the event",
                settled(
                    "Curves have death as a competing event where it is one; nobody who died counts as lost.",
                ),
            ),
            ("a short call just in time", self.brief()),
            (
                "comparing versions of a rule",
                settled(
                    "A trend has one preset and one definition; a definition that changed is named and its numbers are restated.",
                ),
            ),
        ];
        let says = says.into_iter().zip(1..);
        says.map(|((pitfall, (finding, text)), number)| Check { number, pitfall, finding, text })
            .collect()
    }
}

/// Several findings as one: the gravest decides.
pub(super) fn joined(said: &[Said]) -> Said {
    let finding = said.iter().map(|(finding, _)| *finding).min().unwrap_or(Finding::Clear);
    let texts: Vec<&str> = said.iter().map(|(_, text)| text.as_str()).collect();
    (finding, texts.join(" "))
}

pub(super) fn listed(ids: &[&str], some: &str, none: &str) -> Said {
    const SHOWN: usize = 8;
    if ids.is_empty() {
        return (Finding::Clear, none.to_owned());
    }
    let shown = ids.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let more = ids.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let colon = if some.ends_with(':') { "" } else { " So for:" };
    (Finding::Warning, format!("{some}{colon} {shown}{more}."))
}
