//! Columns without which an indicator says little, and among which rows a value is missed: a result
//! of outreach can only be missing where there was outreach.

use serde::{Deserialize, Serialize};

use super::delivery::Delivery;
use super::rows::{NO_CODE, Rows};
use super::source::Reading;
use crate::terms::{Table, column};

/// Accepted rows that ought to have a value in a column, and how many of them have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyRows {
    /// Rows that ought to have one.
    pub rows: u64,
    /// Rows without one.
    pub missing: u64,
}

/// A column that is looked at.
#[derive(Debug)]
pub struct KeyColumn {
    /// Its table.
    pub table: Table,
    /// The timeline column.
    pub column: &'static str,
    /// Which rows ought to have a value.
    pub among: Among,
}

/// Which rows ought to have a value.
#[derive(Debug, Clone, Copy)]
pub enum Among {
    /// All of them.
    All,
    /// Those with one of these texts in another column; an empty text stands for no value.
    With(&'static str, &'static [&'static str]),
    /// Those with any value in another column.
    Given(&'static str),
}

/// A contact without a status was attended.
const ATTENDED: Among = Among::With(column::STATUS, &["attended", ""]);
const RESTRICTION: &[&str] = &["seclusion", "restraint_physical", "restraint_mechanical"];
const SUFFERED: Among = Among::With(column::CLASS, RESTRICTION);
const ED: Among = Among::With(column::CLASS, &["ed"]);
const STATUS_RECORD: Among = Among::With(column::CLASS, &["status"]);

/// Every column that is looked at. Not here: what is empty for a reason (no team, no date because it has not happened), and what the
/// definition of an indicator itself leaves out where it is not recorded.
pub const KEY_COLUMNS: [KeyColumn; 23] = [
    key(Table::Contacts, column::STATUS, Among::All),
    key(Table::Contacts, column::CLINICIAN_ID, ATTENDED),
    key(Table::Contacts, column::DX1, ATTENDED),
    key(Table::Contacts, column::MODALITY, ATTENDED),
    key(Table::Contacts, column::SETTING, ATTENDED),
    key(Table::Contacts, column::CLINICIAN_TYPE, ATTENDED),
    key(Table::Contacts, column::OUTREACH_RESULT, Among::With(column::CLASS, &["outreach"])),
    key(Table::Stays, column::DX1, Among::All),
    key(Table::Stays, column::START_TS, ED),
    key(Table::Stays, column::END_TS, ED),
    key(Table::Outcomes, column::LIVING, STATUS_RECORD),
    key(Table::Outcomes, column::ARRESTS_30D, STATUS_RECORD),
    key(Table::Outcomes, column::SCREEN_RESULT, Among::With(column::CLASS, &["screen"])),
    key(Table::Referrals, column::WARM, Among::All),
    key(Table::Referrals, column::STATUS, Among::All),
    key(Table::Referrals, column::TO_SECTOR, Among::All),
    key(Table::CarePlans, column::MEMBER_SIGNED, Among::All),
    key(Table::CarePlans, column::FAMILY_INVOLVED, Among::All),
    key(Table::CarePlans, column::SERVICES_PLANNED, Among::All),
    key(Table::CarePlans, column::END_REASON, Among::Given(column::END_ON)),
    key(Table::Events, column::START_TS, SUFFERED),
    key(Table::Events, column::END_TS, SUFFERED),
    key(Table::Cost, column::LEVEL, Among::All),
];

const fn key(table: Table, column: &'static str, among: Among) -> KeyColumn {
    KeyColumn { table, column, among }
}

impl KeyColumn {
    /// The columns of a table, by their names in the data model.
    pub(super) fn of(table: Table) -> impl Iterator<Item = (&'static str, &'static Self)> {
        KEY_COLUMNS.iter().filter(move |one| one.table == table).filter_map(move |one| {
            let field = table.fields().iter().find(|field| field.to == one.column)?;
            Some((field.name, one))
        })
    }

    /// Counts one bucket. `left_out` names rows in order that are not taken in.
    pub(super) fn count(
        &self,
        delivery: &Delivery,
        reading: &Reading,
        rows: &Rows,
        left_out: &[u32],
    ) -> KeyRows {
        let slot = |name: &str| reading.plan.slot(name).map(|slot| &rows.columns[slot]);
        let Some(values) = slot(self.column) else { return KeyRows::default() };
        let (other, wanted) = match self.among {
            Among::All => (None, Vec::new()),
            Among::Given(other) => (slot(other), Vec::new()),
            Among::With(other, texts) => {
                let pool = delivery.pools.get(other);
                let code = |text: &&str| match (text.is_empty(), pool) {
                    (true, _) => Some(NO_CODE),
                    (false, Some(pool)) => pool.find(text.as_bytes()),
                    (false, None) => None,
                };
                (slot(other), texts.iter().filter_map(code).collect())
            }
        };
        let ought = |row: usize| match (self.among, other) {
            (Among::All, _) => true,
            (Among::Given(_), other) => other.is_some_and(|other| !other.is_null(row)),
            (Among::With(..), Some(other)) => wanted.contains(&other.code(row)),
            // Nobody says that any row is another one than usual.
            (Among::With(_, texts), None) => texts.contains(&""),
        };
        let mut counted = KeyRows::default();
        let mut out = left_out.iter().peekable();
        for row in 0..rows.len() {
            let is_out = out.next_if(|out| **out as usize == row).is_some();
            if !is_out && ought(row) {
                counted.rows += 1;
                counted.missing += u64::from(values.is_null(row));
            }
        }
        counted
    }
}
