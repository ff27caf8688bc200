//! What is usual of a table: how long its rows come late, and whether most months have some.

use super::settings::Source;
use crate::terms::{Table, column};

/// What tells that rows of contacts are claims: what was paid for them, or when.
pub const PAYMENT: [&str; 2] = [column::PAID_ON, column::AMOUNT_CENTS];

/// The usual run-out of claims.
const CLAIMS: u32 = 90;
/// The usual run-out of clinical records.
const RECORDS: u32 = 14;

impl Table {
    /// Days until late rows have arrived, as is usual; `paid` says that rows tell of payments.
    pub fn usual_runout(self, paid: bool) -> u32 {
        match self {
            // A register is what is known on the day of the cut.
            Self::Members | Self::Enrolment => 0,
            Self::Cost | Self::Pharmacy => CLAIMS,
            Self::Contacts if paid => CLAIMS,
            _ => RECORDS,
        }
    }

    /// True for tables that few numbers are made of: only what reads them waits until they are complete.
    pub fn is_read_by_few(self) -> bool {
        matches!(self, Self::Cost | Self::Living | Self::Pharmacy | Self::CommunityActivities)
    }

    /// True for tables of which most months have rows of what happens; enrolment begins when contracts do.
    pub fn has_rows_of_most_months(self) -> bool {
        !matches!(self, Self::Members | Self::Enrolment | Self::Living | Self::CommunityActivities)
    }

    /// What rows with such a run-out are.
    pub fn usual_words(days: u32) -> &'static str {
        match days {
            0 => "registers",
            CLAIMS => "claims",
            _ => "clinical records",
        }
    }
}

/// The usual run-out of a file with these columns.
pub(super) fn usual<T>(source: &Source, columns: &[(String, T)]) -> u32 {
    let tells = |name: &String| {
        let field = source.table.field(source.columns.get(name).unwrap_or(name));
        field.is_some_and(|field| PAYMENT.contains(&field.to))
    };
    source.table.usual_runout(columns.iter().any(|(name, _)| tells(name)))
}
