//! A row in words and figures: one place for every cell of the page that tells a number.

use crate::chart::{Mark, Shown, format};
use crate::indicator::{Better, Display, Evidence, Family, Measure, Shape};
use crate::oversight::{
    Exact, GEOMETRIC_MEAN, LOWER_QUARTILE, MEDIAN, Published, SHARE_HIGH, SHARE_VERY_HIGH,
    STANDARDISED_RATIO, State, UPPER_QUARTILE, Verdict,
};
use crate::terms::Period;

use super::content::Content;
use super::lookup::Lookup;

/// The families in the order of the page.
pub(super) const FAMILIES: [Family; 9] = [
    Family::Continuity,
    Family::Reengagement,
    Family::LeastRestrictive,
    Family::Coordination,
    Family::Access,
    Family::PracticeMix,
    Family::Outcome,
    Family::Population,
    Family::Cost,
];

/// The heading of a family.
pub(super) fn family(family: Family) -> &'static str {
    match family {
        Family::Continuity => "Continuity of care",
        Family::Reengagement => "Re-engagement",
        Family::LeastRestrictive => "Least restrictive level of care",
        Family::Coordination => "Coordination",
        Family::Access => "Access",
        Family::PracticeMix => "Services and practice",
        Family::Outcome => "Outcomes",
        Family::Population => "Population and prevention",
        Family::Cost => "Cost",
    }
}

/// The name of a family in files.
pub(super) fn family_id(family: Family) -> &'static str {
    match family {
        Family::Continuity => "continuity",
        Family::Reengagement => "reengagement",
        Family::LeastRestrictive => "least_restrictive",
        Family::Coordination => "coordination",
        Family::Access => "access",
        Family::PracticeMix => "practice_mix",
        Family::Outcome => "outcome",
        Family::Population => "population",
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
pub(super) fn value(row: &Published, measure: &Measure) -> String {
    Mark::of(row).value().map_or_else(
        || Mark::of(row).shown().words().to_owned(),
        |value| format::value(value, measure.display),
    )
}

/// The value in a table that has a column for its state.
pub(super) fn short_value(row: &Published, measure: &Measure) -> String {
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
pub(super) fn counted(row: &Published) -> String {
    match (row.numerator, row.denominator) {
        (None, None) => absent(row),
        (numerator, denominator) => {
            format!("{} / {}", exact(numerator, row), exact(denominator, row))
        }
    }
}

/// The ends of the interval.
pub(super) fn interval(row: &Published, measure: &Measure) -> String {
    Mark::of(row)
        .interval()
        .map_or_else(|| "–".to_owned(), |(low, high)| format::interval(low, high, measure.display))
}

/// A numerator or denominator, or why there is none.
fn exact(number: Option<Exact>, row: &Published) -> String {
    number.map_or_else(|| absent(row), format::exact)
}

/// A count, or why there is none.
pub(super) fn count(number: Option<i64>, row: &Published) -> String {
    number.map_or_else(|| absent(row), |number| format::count(number.into()))
}

fn absent(row: &Published) -> String {
    if row.suppressed { "hidden" } else { "–" }.to_owned()
}

/// The state in one or two words, for a table below the place that gives its reason.
pub(super) fn short_state(row: &Published) -> &'static str {
    match row.state {
        State::NotComputable | State::LowQuality => "not computable",
        State::Withheld => "withheld",
        _ if row.suppressed => "hidden",
        State::Preliminary => "preliminary",
        State::Final => "final",
    }
}

/// How far the number may be relied on, with what is missing for it.
pub(super) fn state(row: &Published, measure: &Measure) -> String {
    match row.state {
        State::NotComputable | State::LowQuality if !measure.is_computable() => {
            format!("not computable: {}", measure.why_not())
        }
        State::NotComputable | State::LowQuality => with_reason("not computable", &row.reason),
        State::Withheld => with_reason("withheld", &row.reason),
        _ if row.suppressed => "hidden (small number)".to_owned(),
        State::Preliminary => with_reason("preliminary", &row.reason),
        State::Final => with_reason("final", &row.reason),
    }
}

/// The state below a value that may say "hidden" itself. Shares by level have no value of their
/// own: there the period's state is told.
pub(super) fn reasoned_state(row: &Published, measure: &Measure) -> String {
    if measure.shape == Shape::Mix && row.state.shows_numbers() {
        return row.state.name().to_owned();
    }
    if row.suppressed { row.reason.clone() } else { state(row, measure) }
}

fn with_reason(state: &str, reason: &str) -> String {
    if reason.is_empty() {
        return state.to_owned();
    }
    let reason = reason.replace("overlapping", "12-month windows");
    format!("{state}: {reason}")
}

/// How many units, members or days the value rests on.
pub(super) fn basis(row: &Published, measure: &Measure) -> String {
    let members = row.members.map(|members| format::count(members.into()));
    let units = row.denominator.map(format::exact);
    let (number, of) = match measure.shape {
        Shape::Rate | Shape::Mix | Shape::Top { .. } => (members, "members".to_owned()),
        Shape::Share
        | Shape::UnitMean
        | Shape::Agreement
        | Shape::Duration
        | Shape::MemberMean
        | Shape::MemberShare => (units, plural(&measure.counts)),
    };
    match number.filter(|_| Mark::of(row).value().is_some()) {
        Some(number) => format!("{number} {of}"),
        None => String::new(),
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
pub(super) fn target(row: Option<&Published>, measure: &Measure) -> String {
    let target = row.and_then(|row| row.target);
    target.map_or_else(String::new, |target| {
        format!("; target {}", format::value(target, measure.display))
    })
}

/// What can be said against the target.
pub(super) fn verdict(row: &Published) -> &'static str {
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
pub(super) fn signal(row: &Published, measure: &Measure) -> Option<String> {
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
pub(super) fn signal_cell(row: &Published, measure: &Measure, has_chart: bool) -> String {
    let none = if has_chart { "none" } else { "not charted" };
    signal(row, measure).unwrap_or_else(|| none.to_owned())
}

/// Observed ÷ expected with its interval.
pub(super) fn ratio(row: &Published) -> String {
    let Some(value) = row.value else { return "–".to_owned() };
    let ends = row.low.zip(row.high);
    let between = ends.map_or_else(String::new, |(low, high)| format!(", {low:.2} to {high:.2}"));
    format!("{value:.2}{between}")
}

/// How the value of a row is written: a ratio of counts has no unit.
pub(super) fn display(row: &Published, measure: &Measure) -> Display {
    if row.statistic == STANDARDISED_RATIO { Display::Index } else { measure.display }
}

/// What a row beside the value itself tells.
pub(super) fn statistic(suffix: &'static str) -> &'static str {
    match suffix {
        MEDIAN => "median",
        GEOMETRIC_MEAN => "geometric mean",
        LOWER_QUARTILE => "lower quartile",
        UPPER_QUARTILE => "upper quartile",
        SHARE_HIGH => "members at 0.75 or more",
        SHARE_VERY_HIGH => "members at 0.95 or more",
        STANDARDISED_RATIO => "observed ÷ expected",
        other => other,
    }
}

/// Where the value went since the period before it, and how small a change could still be chance.
/// Windows that overlap are compared with a year before.
pub(super) fn direction(
    row: &Published,
    measure: &Measure,
    lookup: &Lookup<'_>,
) -> (String, String) {
    let told = |text: String| (text, String::new());
    let Some(value) = Mark::of(row).value() else { return told("–".to_owned()) };
    let back = if measure.overlapping { 12 } else { row.period.grain.months() };
    let before = Period::starting(row.period.grain, row.period.start.months_later(-back));
    let when = format::period(before);
    let earlier = lookup.whole(row.measure, before, &row.group);
    let Some((earlier, then)) = earlier.and_then(|row| Some((row, Mark::of(row).value()?))) else {
        return told(format!("no number for {when} to compare with"));
    };
    let noise = detectable(row, earlier, measure).map_or_else(String::new, |least| {
        format!("under {}: may be chance", format::distance(least, measure.display))
    });
    if format::value(value, measure.display) == format::value(then, measure.display) {
        return (format!("= unchanged on {when}"), noise);
    }
    let (arrow, way) = if value > then { ('▲', "up") } else { ('▼', "down") };
    let distance = format::distance(value - then, measure.display);
    (format!("{arrow} {way} {distance} on {when}"), noise)
}

/// The smallest difference of two shares that counts of this size show in four of five cases.
fn detectable(now: &Published, then: &Published, measure: &Measure) -> Option<f64> {
    if measure.shape != Shape::Share {
        return None;
    }
    let size = now.denominator?.to_f64().min(then.denominator?.to_f64());
    let share = f64::midpoint(now.value?, then.value?);
    Some((1.96 + 0.8416) * (2.0 * share * (1.0 - share) / size).sqrt())
}

/// The state of the whole publication.
pub(super) fn publication(content: &Content<'_>) -> String {
    if content.table.internal() {
        "INTERNAL: small numbers are not hidden; not for publication".to_owned()
    } else {
        format!("published: counts from 1 to {} are hidden", content.table.settings().threshold - 1)
    }
}
