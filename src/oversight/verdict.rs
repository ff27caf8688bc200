//! A value against its target.

use crate::indicator::Better;

use super::contract::Target;
use super::{Row, State, Verdict};

/// The verdict on a row whose group and period a target binds.
pub(super) fn verdict(row: &Row, target: &Target) -> Option<Verdict> {
    match row.state {
        State::NotComputable | State::LowQuality => return Some(Verdict::NotComputable),
        State::Preliminary | State::Withheld => return Some(Verdict::NotRipe),
        State::Final => {}
    }
    let (Some(_), Some(low), Some(high)) = (row.value, row.low, row.high) else {
        return Some(Verdict::TooFew);
    };
    let (worst, best, wanted) = match target.better {
        Better::Lower => (-high, -low, -target.at),
        Better::Higher => (low, high, target.at),
        Better::Neutral => return None,
    };
    Some(if worst >= wanted {
        Verdict::Met
    } else if best < wanted {
        Verdict::NotMet
    } else {
        Verdict::CannotTell
    })
}
