//! A value against its target.

use crate::indicator::Better;

use super::{Row, State, Verdict};

/// The verdict on a row, if it has a target and its measure a good direction.
pub(super) fn verdict(row: &Row, better: Better) -> Option<Verdict> {
    let target = row.target?;
    if better == Better::Neutral {
        return None;
    }
    match row.state {
        State::NotComputable => return Some(Verdict::NotComputable),
        State::Preliminary | State::Withheld => return Some(Verdict::NotRipe),
        State::Final => {}
    }
    let (Some(_), Some(low), Some(high)) = (row.value, row.low, row.high) else {
        return Some(Verdict::TooFew);
    };
    let (worst, best) = match better {
        Better::Lower => (-high, -low),
        Better::Higher | Better::Neutral => (low, high),
    };
    let target = if better == Better::Lower { -target } else { target };
    Some(if worst >= target {
        Verdict::Met
    } else if best < target {
        Verdict::NotMet
    } else {
        Verdict::CannotTell
    })
}
