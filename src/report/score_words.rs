//! What a cell of the scorecard says, in words.

use crate::chart::format;
use crate::indicator::{Better, Measure};
use crate::oversight::contract::Target;
use crate::oversight::{Assurance, Place, ScoreCell, Standing, Variation};
use crate::statistics::Signal;

/// A target with its direction: `≥ 45.0 %`.
pub(super) fn target(target: &Target, measure: &Measure) -> String {
    let sign = if target.better == Better::Lower { '≤' } else { '≥' };
    format!("{sign}\u{a0}{}", format::value(target.at, measure.display))
}

/// The verdict, or why there is none.
pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "met",
        Standing::NotMet => "not met",
        Standing::CannotTell => "cannot tell",
        Standing::NoTarget => "no target",
        Standing::TooFew => "too few: hidden",
        Standing::NotRipe => "not complete yet",
        Standing::BeforeData => "data begin too late",
        Standing::NotComputable => "not computable",
        Standing::NothingCounted => "nobody counted",
    }
}

/// A sign before the verdict, for the eye only.
pub(super) fn sign(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "✓",
        Standing::NotMet => "✗",
        Standing::CannotTell => "≈",
        _ => "",
    }
}

/// The class of a cell.
pub(super) fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "score met",
        Standing::NotMet => "score missed",
        Standing::CannotTell => "score open",
        Standing::NoTarget => "score",
        Standing::NotRipe => "score early",
        Standing::TooFew
        | Standing::BeforeData
        | Standing::NotComputable
        | Standing::NothingCounted => "score silent",
    }
}

/// Whether the value changes.
pub(super) fn variation(variation: Variation) -> String {
    let (judged, signal) = match variation {
        Variation::NotCharted => return "not charted".to_owned(),
        Variation::Common => return "no signal: varies as usual".to_owned(),
        Variation::Improving(signal) => ("better", signal),
        Variation::Worsening(signal) => ("worse", signal),
        Variation::Changing(signal) => ("changed", signal),
    };
    let what = match signal {
        Signal::AboveLimits => "above the upper limit",
        Signal::BelowLimits => "below the lower limit",
        Signal::RunAbove => "a run above the centre line",
        Signal::RunBelow => "a run below the centre line",
        Signal::Rising => "rising for seven months",
        Signal::Falling => "falling for seven months",
        Signal::NearUpperLimit => "two of three near the upper limit",
        Signal::NearLowerLimit => "two of three near the lower limit",
    };
    format!("{judged}: {what}")
}

/// Whether the target can be relied on to be reached.
pub(super) fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::NoTarget => "no target",
        Assurance::NotCharted => "target not charted",
        Assurance::Reached => "target will be reached every month",
        Assurance::Missed => "target will be missed every month",
        Assurance::HitOrMiss => "target reached or missed by chance",
    }
}

/// Whether an organisation differs from its peers.
pub(super) fn place(place: Place) -> &'static str {
    match place {
        Place::NotCompared => "not compared",
        Place::Within => "no more than chance",
        Place::Better => "better than its peers",
        Place::Worse => "worse than its peers",
        Place::Above => "above its peers",
        Place::Below => "below its peers",
    }
}

/// Why a cell has no number, or what is still missing; empty where nothing has to be said.
pub(super) fn reason(cell: &ScoreCell, measure: &Measure) -> String {
    match (cell.standing, &cell.row) {
        (Standing::NotComputable, _) => measure.why_not(),
        (Standing::NotRipe | Standing::BeforeData | Standing::TooFew, Some(row)) => {
            row.reason.clone()
        }
        _ => String::new(),
    }
}
