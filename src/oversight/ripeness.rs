//! Whether a period's number may be relied on yet.

use crate::indicator::{Measure, Shape};
use crate::terms::{Day, Grain, Period};

use super::{Settings, Span, State};

/// The state of a measure in a period, and why.
pub(super) fn ripeness(measure: &Measure, period: Period, settings: &Settings) -> (State, String) {
    if !measure.missing.is_empty() {
        return (State::NotComputable, measure.why_not());
    }
    if !measure.poor.is_empty() {
        return (State::LowQuality, measure.why_not());
    }
    let (through, of) = data_through(measure, settings);
    let (state, reason) = match measure.shape {
        Shape::Share | Shape::UnitMean | Shape::Agreement
            if period.end + measure.ripe_days <= through =>
        {
            (State::Final, String::new())
        }
        Shape::Share | Shape::UnitMean | Shape::Agreement
            if period.start + measure.ripe_days <= through =>
        {
            (
                State::Preliminary,
                format!("complete once the data{of} reach {}", period.end + measure.ripe_days),
            )
        }
        Shape::Share | Shape::UnitMean | Shape::Agreement => (
            State::Withheld,
            format!("nothing can be judged before {}", period.start + measure.ripe_days),
        ),
        _ if period.end <= through => (State::Final, String::new()),
        _ => (State::Withheld, format!("ends after the data-through date{of}")),
    };
    let (state, mut reason) = match settings.completion.judge(measure, period) {
        Some(_) if state == State::Withheld => (state, reason),
        Some((less, why)) if reason.is_empty() => (less, why),
        Some((less, why)) => (state.max(less), format!("{reason}; {why}")),
        None => (state, reason),
    };
    if let Some(why) = uncovered(measure, period, settings) {
        return (State::Withheld, why);
    }
    if measure.overlapping && period.grain != Grain::Year {
        if !reason.is_empty() {
            reason.push_str("; ");
        }
        reason.push_str("overlapping");
    }
    (state, reason)
}

/// The day up to which all is complete that a measure reads, and of which table if that is not the day of all.
fn data_through(measure: &Measure, settings: &Settings) -> (Day, String) {
    let read = measure.tables.read.iter();
    let complete = read.filter_map(|table| Some((settings.spans.get(table)?.complete?, table)));
    match complete.min().filter(|(day, _)| *day < settings.data_through) {
        Some((day, table)) => (day, format!(" of {table}")),
        None => (settings.data_through, String::new()),
    }
}

/// Why the extracts do not cover all that a number of a period asks for.
fn uncovered(measure: &Measure, period: Period, settings: &Settings) -> Option<String> {
    before_data(measure, period, settings).or_else(|| ended(measure, period, settings))
}

/// Which extract ended too early for a period.
fn ended(measure: &Measure, period: Period, settings: &Settings) -> Option<String> {
    let last = spans(measure, settings).filter_map(|(table, span)| Some((span.last?, table)));
    let (last, table) = last.min()?;
    (period.end > last && last < settings.data_through)
        .then(|| format!("the extract of {table} ends on {last}"))
}

/// What of a period, or of what is looked at before it, lies before the data: it never gets a number.
pub(super) fn before_data(
    measure: &Measure,
    period: Period,
    settings: &Settings,
) -> Option<String> {
    if settings.first_contact.is_some_and(|first| period.end < first) {
        return Some("ends before the first contact".to_owned());
    }
    let begins = spans(measure, settings).filter_map(|(table, span)| Some((span.first?, table)));
    let begins = begins.max();
    let of_table = begins.map(|(first, _)| first);
    let first = settings.coverage_start.max(of_table)?;
    // The table is named where it begins later than the others.
    let data = match begins {
        Some((_, table)) if of_table > settings.coverage_start => format!("the data of {table}"),
        _ => "the data".to_owned(),
    };
    let by_window = measure.overlapping;
    let start = if by_window { (period.end + 1).months_later(-12) } else { period.start };
    if start >= first {
        let is_short = start - measure.look_back < first;
        return is_short.then(|| format!("its look-back begins before {data}"));
    }
    let window = if by_window { "its 12-month window " } else { "" };
    Some(format!("{window}begins before {data}"))
}

/// What the tables cover that a measure cannot do without.
fn spans<'a>(
    measure: &'a Measure,
    settings: &'a Settings,
) -> impl Iterator<Item = (&'a String, &'a Span)> {
    measure.tables.needed.iter().filter_map(|table| settings.spans.get_key_value(table))
}
