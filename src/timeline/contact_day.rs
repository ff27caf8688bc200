//! What is kept of the contacts that pass a filter, day by day.

use super::rows::Rows;
use super::{Needs, Timeline, Visit};
use crate::terms::Day;

/// Minutes and money of contacts; what is not recorded adds nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContactSum {
    /// Minutes.
    pub minutes: i64,
    /// What was paid, in cents.
    pub cents: i64,
}

/// The contacts of a day whose rows name the same organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrganisationDay {
    /// The day.
    pub day: Day,
    /// The organisation, as a key of the interner.
    pub bho: u32,
    /// How many contacts there are.
    pub contacts: i64,
    /// What they add up to.
    pub sum: ContactSum,
}

impl ContactSum {
    fn of(rows: &Rows, row: usize) -> Self {
        Self { minutes: rows.minutes(row), cents: rows.amounts[0].at(row).unwrap_or(0) }
    }

    fn add(&mut self, other: Self) {
        self.minutes += other.minutes;
        self.cents += other.cents;
    }
}

impl Timeline {
    /// Keeps the day of a contact that passes the filter at a place; true if it is the first of that day.
    pub(super) fn take_day(&mut self, filter: usize, day: Day) -> bool {
        let days = &mut self.contact_days[filter];
        let is_new = days.last() != Some(&day);
        if is_new {
            days.push(day);
        }
        is_new
    }

    /// Keeps what is needed of a contact that passes the filter at a place, beside its day.
    pub(super) fn take_passing(
        &mut self,
        needs: &Needs,
        filter: usize,
        (rows, row): (&Rows, usize),
        (day, is_new): (Day, bool),
    ) {
        let is_asked = |of: &[bool]| of.get(filter) == Some(&true);
        if is_asked(&needs.counted) {
            let counts = &mut self.contact_counts[filter];
            if is_new {
                counts.push(0);
            }
            *counts.last_mut().expect("every day has a count") += 1;
        }
        if is_asked(&needs.summed) {
            let sums = &mut self.contact_sums[filter];
            if is_new {
                sums.push(ContactSum::default());
            }
            sums.last_mut().expect("every day has a sum").add(ContactSum::of(rows, row));
        }
        if is_asked(&needs.agencies)
            && let Some(agency) = rows.providers[2].at(row)
        {
            let known = &mut self.contact_agencies[filter];
            let same_day = known.iter().rev().take_while(|(known, _)| *known == day);
            if !same_day.into_iter().any(|(_, known)| *known == agency) {
                known.push((day, agency));
            }
        }
        if is_asked(&needs.providers) {
            self.contact_visits[filter].push(Visit {
                day,
                providers: rows.providers_of(row),
                ranks: [0; 3],
            });
        }
        if is_asked(&needs.organisations) {
            let known = &mut self.contact_organisations[filter];
            take_organisation(known, (day, rows.bho.at(row)), ContactSum::of(rows, row));
        }
    }
}

fn take_organisation(known: &mut Vec<OrganisationDay>, (day, bho): (Day, u32), sum: ContactSum) {
    let mut same_day = known.iter_mut().rev().take_while(|one| one.day == day);
    if let Some(own) = same_day.find(|one| one.bho == bho) {
        own.contacts += 1;
        own.sum.add(sum);
    } else {
        known.push(OrganisationDay { day, bho, contacts: 1, sum });
    }
}
