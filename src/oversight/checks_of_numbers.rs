//! What published numbers show about themselves, as checks.

use super::checks::{Finding, Look, Said, exceeds, joined, listed, share};
use super::{Row, State};
use crate::indicator::Family;
use crate::kernel::Group;
use crate::terms::Grain;
use crate::timeline::{Oddity, Times};

/// Share of units or numbers from which on a check warns, in percent.
const ASSESSED_ONCE: u64 = 50;
const NOT_ENROLLED: u64 = 20;
const COST_NOT_ENROLLED: u64 = 2;
const NOT_MEASURED: u64 = 30;
const HIDDEN: u64 = 30;
const UNREAD: u64 = 10;
/// Percentage points by which a share of exclusions differs from the months before.
const MORE_LEFT_OUT: i64 = 10;

impl Look<'_> {
    /// The last row of each measure that has numbers, for everyone.
    pub(super) fn latest(&self) -> impl Iterator<Item = (usize, &Row)> {
        (0..self.table.measures().len()).filter_map(|place| {
            let rows = self.months(place).filter(|row| row.state.shows_numbers());
            rows.max_by_key(|row| row.period).map(|row| (place, row))
        })
    }

    pub(super) fn months(&self, measure: usize) -> impl Iterator<Item = &Row> {
        let rows = self.table.rows_of(measure).iter().map(|row| &**row);
        rows.filter(|row| {
            row.period.grain == Grain::Month
                && row.period <= self.month
                && row.group == Group::All
                && row.statistic.is_empty()
                && row.stratum.kind == "all"
        })
    }

    /// Units left out under reasons that `wanted` picks, of all.
    pub(super) fn excluded(
        &self,
        measure: usize,
        row: &Row,
        wanted: impl Fn(&str) -> bool,
    ) -> Option<Times> {
        let reasons = self.table.measures()[measure].exclusions.iter().zip(&row.excluded_by_reason);
        let own = reasons.filter(|(reason, _)| wanted(reason)).map(|(_, units)| *units);
        let found: i64 = own.sum::<Option<i64>>()?;
        let counted = row.denominator.filter(|number| number.per_unit == 1)?.parts;
        let counted = u64::try_from(counted).ok()?;
        let all = counted.checked_add(u64::try_from(row.excluded?).ok()?)?;
        Some(Times { found: u64::try_from(found).ok()?, of: all })
    }

    /// Ids of measures with too many units left out under some reasons.
    pub(super) fn with_many(
        &self,
        percent: u64,
        of: impl Fn(usize) -> bool,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<&str> {
        let many = self.latest().filter(|(place, row)| {
            of(*place)
                && self.excluded(*place, row, &wanted).is_some_and(|times| exceeds(times, percent))
        });
        many.map(|(place, _)| self.table.measures()[place].id.as_str()).collect()
    }

    pub(super) fn enrolment(&self) -> Said {
        let many = self.with_many(NOT_ENROLLED, |_| true, |reason| reason.contains("enrolled"));
        let units = listed(
            &many,
            &format!(
                "More than {NOT_ENROLLED}\u{a0}% of the units were left out for gaps of enrolment: those who stay may differ from those who leave."
            ),
            "No indicator leaves out more than a fifth of its units for gaps of enrolment.",
        );
        if self.facts.found.times(Oddity::UnenrolledCost).of == 0 {
            return units;
        }
        let cost = self.oddity(Oddity::UnenrolledCost, COST_NOT_ENROLLED, "No cost was read.", |share| {
            format!("{share} of the money of cost lines lies on days on which its member was not enrolled, and is in no number.")
        });
        joined(&[units, cost])
    }

    pub(super) fn late(&self) -> Said {
        let of_month = |state: State| {
            let measures = 0..self.table.measures().len();
            measures
                .filter(|place| {
                    self.months(*place).any(|row| row.period == self.month && row.state == state)
                })
                .count()
        };
        let (preliminary, withheld) = (of_month(State::Preliminary), of_month(State::Withheld));
        let finding = if preliminary + withheld > 0 { Finding::Warning } else { Finding::Clear };
        let text = format!(
            "Of the month of the report {preliminary} indicators are preliminary and {withheld} are withheld until their windows are complete; the last three months of claims look worse than they will be."
        );
        joined(&[(finding, text), self.thin_tables()])
    }

    pub(super) fn unmapped(&self) -> Said {
        let poor: Vec<&str> = self.of_state(State::LowQuality);
        let poor = listed(
            &poor,
            "A column or code list that these need says too little:",
            "No code list or column falls below its limit. Frequent codes that vanish or come stop the intake until somebody accepts them.",
        );
        let mut said = vec![poor];
        if self.facts.found.times(Oddity::UnreadScore).found > 0 {
            said.push(self.oddity(Oddity::UnreadScore, UNREAD, "", |share| {
                format!("{share} of scores are in no number: on instruments, subscales or raters that the registry of instruments does not have, or out of their range.")
            }));
        }
        if self.facts.found.times(Oddity::UnreadStatus).found > 0 {
            said.push(self.oddity(Oddity::UnreadStatus, UNREAD, "", |share| {
                format!("{share} of codes of living and employment are on no list and in no number: one digit is read as TEDS (1 to 3, 1 to 4), two digits as Colorado's (01 to 16, 01 to 11).")
            }));
        }
        joined(&said)
    }

    pub(super) fn of_state(&self, state: State) -> Vec<&str> {
        let measures = self.table.measures().iter().enumerate();
        let so = measures.filter(|(place, _)| self.months(*place).any(|row| row.state == state));
        so.map(|(_, measure)| measure.id.as_str()).collect()
    }

    pub(super) fn left_out(&self) -> Said {
        let percent =
            |times: Times| i64::try_from(times.found * 100 / times.of.max(1)).unwrap_or(100);
        let grown = self.latest().filter(|(place, row)| {
            let of = |row: &Row| self.excluded(*place, row, |_| true).map(percent);
            let before: Vec<i64> = self
                .months(*place)
                .filter(|one| one.period < row.period && one.state.shows_numbers())
                .filter_map(of)
                .collect();
            let Some(now) = of(row).filter(|_| before.len() >= 3) else { return false };
            let usual = before.iter().sum::<i64>() / i64::try_from(before.len()).unwrap_or(1);
            now > usual + MORE_LEFT_OUT
        });
        let grown: Vec<&str> =
            grown.map(|(place, _)| self.table.measures()[place].id.as_str()).collect();
        listed(
            &grown,
            &format!(
                "The share of units left out is more than {MORE_LEFT_OUT} points above that of the months before:"
            ),
            "No indicator leaves out many more units than in the months before.",
        )
    }

    pub(super) fn small(&self) -> Said {
        let rows = self.table.rows().iter().filter(|row| {
            row.period == self.month
                && row.stratum.kind == "all"
                && row.statistic.is_empty()
                && row.state.shows_numbers()
        });
        let mut times = Times::default();
        for row in rows {
            times.of += 1;
            times.found += u64::from(row.suppressed);
        }
        let finding = if exceeds(times, HIDDEN) { Finding::Warning } else { Finding::Clear };
        (
            finding,
            format!("{} of the numbers of the month are hidden to protect people.", share(times)),
        )
    }

    pub(super) fn few(&self) -> Said {
        let shown = self.latest().filter(|(place, row)| {
            row.period == self.month && !row.suppressed && self.facts.few.contains(place)
        });
        let few: Vec<&str> =
            shown.map(|(place, _)| self.table.measures()[place].id.as_str()).collect();
        listed(
            &few,
            "Fewer than 30 members with equal parts would make as much as these:",
            "No rate is made by a few members; intervals take account of members who count several times.",
        )
    }

    pub(super) fn missing(&self) -> Said {
        let not = self.of_state(State::NotComputable).len();
        let text = "What was not delivered makes an indicator not computable, never zero";
        (Finding::Settled, format!("{text}: {not} of the indicators of this report."))
    }

    pub(super) fn completers(&self) -> Said {
        let measures = self.table.measures();
        let outcome = |place: usize| measures[place].family == Family::Outcome;
        let many = self.with_many(NOT_MEASURED, outcome, |reason| !reason.contains("enrolled"));
        let outcomes = listed(
            &many,
            &format!(
                "More than {NOT_MEASURED}\u{a0}% were left out of these outcomes, most often for want of a second measurement:"
            ),
            "No outcome leaves out more than 30\u{a0}% of its members.",
        );
        let once = self.oddity(
            Oddity::AssessedOnce,
            ASSESSED_ONCE,
            "No assessments were delivered.",
            |share| format!("{share} of the members with an assessment have none on another day."),
        );
        joined(&[outcomes, once])
    }

    pub(super) fn brief(&self) -> Said {
        let in_person = self.table.measures().iter().filter(|one| one.preset == "in_person");
        let beside: Vec<String> =
            in_person.map(|one| format!("{}:{}", one.id, one.preset)).collect();
        if beside.is_empty() {
            return (Finding::Unknown, "No rate of follow-up by contacts in person is shown beside the others: to see it, use a preset such as fu_hosp_mh_7d:in_person.".to_owned());
        }
        (
            Finding::Clear,
            format!(
                "Telephone and video contacts of less than 5 minutes count nowhere. Beside the rates stand those by contacts in person: {}.",
                beside.join(", ")
            ),
        )
    }
}
