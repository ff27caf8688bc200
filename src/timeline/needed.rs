//! Which columns of the timeline table are read.

use super::rows::{looks_at_practice, needs_further};
use super::{ContactFilter, Needs, home, outcome, records, score};
use crate::terms::{Kind, column};

impl Needs {
    /// Asks for treatment visits with all of their providers.
    pub fn ask_visits(&mut self) {
        self.visits = true;
        self.visits_to = [true; 3];
    }

    /// Whether the clinicians, teams and agencies of any contacts are needed. Agencies are those of stays as well.
    pub(super) fn provider_columns(&self) -> [Option<&'static str>; 3] {
        let columns = [column::CLINICIAN_ID, column::TEAM_ID, column::AGENCY_ID];
        let of_visits = self.visits
            || [&self.providers, &self.agencies].iter().any(|asked| asked.contains(&true));
        let is_asked = |kind: usize| of_visits && self.visits_to[kind];
        [0, 1, 2].map(|kind: usize| is_asked(kind).then_some(columns[kind]))
    }

    /// True if more is needed of the contacts that pass the filter at a place than their days.
    pub(super) fn asks_more(&self, filter: usize) -> bool {
        let asked =
            [&self.counted, &self.summed, &self.agencies, &self.organisations, &self.providers];
        asked.iter().any(|asked| asked.get(filter) == Some(&true))
    }
}

/// The columns of the timeline table that a reader with these needs looks at.
pub fn columns(needs: &Needs) -> Vec<&'static str> {
    let mut columns = vec![
        column::MEMBER_ID,
        column::KIND,
        column::START_ON,
        column::END_ON,
        column::BHO_ID,
        column::CLASS,
        column::CODE,
        column::LEVEL,
        column::SETTING,
        column::STATUS,
        column::MODALITY,
        column::PARTICIPANTS,
        column::DX1,
        column::MINUTES,
        column::ED_FLAG,
        column::ED_ADMITTED,
        column::DISPOSITION,
        column::PLANNED,
        column::END_REASON,
        column::BIRTH_ON,
        column::DEATH_ON,
        column::HOSPICE,
        column::SMI_SED,
    ];
    if needs_further(needs) {
        columns.extend([column::DX2, column::DX3, column::DX4, column::DX5]);
    }
    for part in needs.filters.iter().flat_map(ContactFilter::parts) {
        for (name, _) in part.values.iter().chain(&part.not_values) {
            if !columns.contains(name) {
                columns.push(name);
            }
        }
    }
    if needs.filters.iter().any(|filter| filter.kind == Kind::Pharmacy) {
        columns.push(column::DAYS_SUPPLY);
    }
    columns.extend(needs.provider_columns().into_iter().flatten());
    if needs.facilities {
        columns.push(column::FACILITY_ID);
    }
    if needs.costs || needs.summed.contains(&true) {
        columns.extend([column::AMOUNT_CENTS, column::ALLOWED_CENTS, column::PRICE_CENTS]);
    }
    if needs.homes {
        columns.extend(home::COLUMNS);
    }
    if needs.filters.iter().any(looks_at_practice) {
        columns.push(column::PRACTICE_LEVEL);
    }
    if needs.scores {
        columns.extend(score::COLUMNS);
    }
    if needs.outcomes {
        columns.extend(outcome::COLUMNS);
    }
    for name in records::columns(needs) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    for attribute in &needs.attributes {
        if !columns.contains(attribute) {
            columns.push(attribute);
        }
    }
    columns
}
