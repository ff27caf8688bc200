//! A row in words and figures: one place for every cell of the page that tells a number.

use crate::chart::{Mark, Shown, format};
use crate::indicator::{Better, Display, Evidence, Family, Measure, Shape};
use crate::oversight::{Exact, Row, State, Verdict};
use crate::terms::Period;

use super::content::Content;
use super::lookup::Lookup;

/// The families in the order of the page.
pub(super) const FAMILIES: [Family; 5] = [
    Family::Continuity,
    Family::Reengagement,
    Family::LeastRestrictive,
    Family::Access,
    Family::Cost,
];

/// The heading of a family.
pub(super) fn family(family: Family) -> &'static str {
    match family {
        Family::Continuity => "Continuity of care",
        Family::Reengagement => "Re-engagement",
        Family::LeastRestrictive => "Least restrictive level of care",
        Family::Access => "Access",
        Family::Cost => "Cost",
    }
}

/// The name of a family in files.
pub(super) fn family_id(family: Family) -> &'static str {
    match family {
        Family::Continuity => "continuity",
        Family::Reengagement => "reengagement",
        Family::LeastRestrictive => "least_restrictive",
        Family::Access => "access",
        Family::Cost => "cost",
    }
}

/// Whether the definition may be relied on.
pub(super) fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Verified => "verified in the source named",
        Evidence::FromMemory => "from memory: check before claiming conformity",
        Evidence::ProjectDefined => "project-defined: no public standard exists",
    }
}

/// Which direction is good.
pub(super) fn better(better: Better) -> &'static str {
    match better {
        Better::Higher => "higher is better",
        Better::Lower => "lower is better",
        Better::Neutral => "neither direction is better",
    }
}

/// The title with the preset, where one was chosen.
pub(super) fn title(measure: &Measure) -> String {
    match measure.preset.as_str() {
        "" | "default" => measure.title.clone(),
        preset => format!("{} ({preset})", measure.title),
    }
}

/// A name for links and files that no other measure has.
pub(super) fn name(measure: &Measure) -> String {
    match measure.preset.as_str() {
        "" | "default" => measure.id.clone(),
        preset => format!("{}-{preset}", measure.id),
    }
}

/// The value, or why there is none.
pub(super) fn value(row: &Row, measure: &Measure) -> String {
    Mark::of(row).value().map_or_else(
        || Mark::of(row).shown().words().to_owned(),
        |value| format::value(value, measure.display),
    )
}

/// The value in a table that has a column for its state.
pub(super) fn short_value(row: &Row, measure: &Measure) -> String {
    mark_value(Mark::of(row), measure.display)
}

/// The value of a mark, or one word for why there is none.
pub(super) fn mark_value(mark: Mark, display: Display) -> String {
    match (mark.value(), mark.shown()) {
        (Some(value), _) => format::value(value, display),
        (None, Shown::Hidden) => "hidden".to_owned(),
        (None, Shown::Withheld) => "withheld".to_owned(),
        (None, _) => "–".to_owned(),
    }
}

/// Numerator and denominator.
pub(super) fn counted(row: &Row) -> String {
    match (row.numerator, row.denominator) {
        (None, None) => absent(row),
        (numerator, denominator) => {
            format!("{} / {}", exact(numerator, row), exact(denominator, row))
        }
    }
}

/// The ends of the interval.
pub(super) fn interval(row: &Row, measure: &Measure) -> String {
    Mark::of(row)
        .interval()
        .map_or_else(|| "–".to_owned(), |(low, high)| format::interval(low, high, measure.display))
}

/// A numerator or denominator, or why there is none.
fn exact(number: Option<Exact>, row: &Row) -> String {
    number.map_or_else(|| absent(row), format::exact)
}

/// A count, or why there is none.
pub(super) fn count(number: Option<i64>, row: &Row) -> String {
    number.map_or_else(|| absent(row), |number| format::count(number.into()))
}

fn absent(row: &Row) -> String {
    if row.suppressed { "hidden" } else { "–" }.to_owned()
}

/// The state in one or two words, for a table below the place that gives its reason.
pub(super) fn short_state(row: &Row) -> &'static str {
    match row.state {
        State::NotComputable => "not computable",
        State::Withheld => "withheld",
        _ if row.suppressed => "small number",
        State::Preliminary => "preliminary",
        State::Final => "final",
    }
}

/// How far the number may be relied on, with what is missing for it.
pub(super) fn state(row: &Row, measure: &Measure) -> String {
    match row.state {
        State::NotComputable if !measure.missing.is_empty() => {
            format!("not computable: needs {}", measure.missing.join(", "))
        }
        State::NotComputable => with_reason("not computable", &row.reason),
        State::Withheld => with_reason("withheld", &row.reason),
        _ if row.suppressed => "hidden (small number)".to_owned(),
        State::Preliminary => with_reason("preliminary", &row.reason),
        State::Final => with_reason("final", &row.reason),
    }
}

fn with_reason(state: &str, reason: &str) -> String {
    match reason {
        "" => state.to_owned(),
        "overlapping" => format!("{state} (windows of 12 months overlap)"),
        reason => format!("{state}: {reason}"),
    }
}

/// How many units, members or days the value rests on.
pub(super) fn basis(row: &Row, measure: &Measure) -> String {
    match measure.shape {
        Shape::Rate | Shape::Mix => format!("{} members", count(row.members, row)),
        Shape::Share | Shape::MemberMean | Shape::MemberShare => {
            format!("{} {}", exact(row.denominator, row), plural(&measure.counts))
        }
    }
}

/// `ed_visit` as `ED visits`.
pub(super) fn plural(unit: &str) -> String {
    let words = unit.replace('_', "\u{a0}");
    let words =
        words.strip_prefix("ed\u{a0}").map_or(words.clone(), |rest| format!("ED\u{a0}{rest}"));
    if words.ends_with('s') || words.is_empty() { words } else { format!("{words}s") }
}

/// The target as the end of a sentence, if there is one.
pub(super) fn target(row: Option<&Row>, measure: &Measure) -> String {
    let target = row.and_then(|row| row.target);
    target.map_or_else(String::new, |target| {
        format!("; target {}", format::value(target, measure.display))
    })
}

/// What can be said against the target.
pub(super) fn verdict(row: &Row) -> &'static str {
    match row.verdict {
        None => "",
        Some(Verdict::Met) => "met",
        Some(Verdict::NotMet) => "not met",
        Some(Verdict::CannotTell) => "cannot tell",
        Some(Verdict::TooFew) => "too few",
        Some(Verdict::NotRipe) => "not complete",
        Some(Verdict::NotComputable) => "not computable",
    }
}

/// The signal of the control chart and whether it is welcome, if there is one.
pub(super) fn signal(row: &Row, measure: &Measure) -> Option<String> {
    let words = match row.signal {
        "" => return None,
        "above_limits" => "above the upper limit",
        "below_limits" => "below the lower limit",
        "run_above" => "a run above the centre line",
        "run_below" => "a run below the centre line",
        "rising" => "rising for seven periods",
        "falling" => "falling for seven periods",
        "near_upper_limit" => "two of three near the upper limit",
        "near_lower_limit" => "two of three near the lower limit",
        other => other,
    };
    let is_up = ["above_limits", "run_above", "rising", "near_upper_limit"].contains(&row.signal);
    let judged = match (measure.better, is_up) {
        (Better::Neutral, _) => "",
        (Better::Higher, true) | (Better::Lower, false) => ": better",
        (Better::Higher, false) | (Better::Lower, true) => ": worse",
    };
    Some(format!("{words}{judged}"))
}

/// The signal in a table.
pub(super) fn signal_cell(row: &Row, measure: &Measure, has_chart: bool) -> String {
    let none = if has_chart { "none" } else { "not charted" };
    signal(row, measure).unwrap_or_else(|| none.to_owned())
}

/// Where the value went since the period before it, in words: windows that overlap are compared
/// with a year before.
pub(super) fn direction(row: &Row, measure: &Measure, lookup: &Lookup<'_>) -> String {
    let Some(value) = Mark::of(row).value() else { return "–".to_owned() };
    let back = if measure.overlapping { 12 } else { row.period.grain.months() };
    let before = Period::starting(row.period.grain, row.period.start.months_later(-back));
    let Some(earlier) = lookup.whole(row.measure, before, &row.group) else {
        return "–".to_owned();
    };
    let when = format::period(before);
    let Some(then) = Mark::of(earlier).value() else {
        return format!("no number for {when} to compare with");
    };
    if format::value(value, measure.display) == format::value(then, measure.display) {
        return format!("= unchanged on {when}");
    }
    let (arrow, way) = if value > then { ('▲', "up") } else { ('▼', "down") };
    format!("{arrow} {way} {} on {when}", format::distance(value - then, measure.display))
}

/// The state of the whole publication.
pub(super) fn publication(content: &Content<'_>) -> String {
    if content.is_internal {
        "INTERNAL: small numbers are not hidden; not for publication".to_owned()
    } else {
        format!("published: counts from 1 to {} are hidden", content.smallest_shown - 1)
    }
}
