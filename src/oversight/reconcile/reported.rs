//! Reads the rates that organisations report.

use std::collections::BTreeMap;

use super::delimited::{Faults, Line, lines};
use crate::kernel::Group;
use crate::oversight::Exact;
use crate::terms::Period;

/// The columns of the file; the last two need not be there.
const COLUMNS: [&str; 7] =
    ["indicator", "bho_id", "period", "numerator", "denominator", "preset", "excluded"];
const REQUIRED: usize = 5;

/// A rate that an organisation reports.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedRate {
    /// Its line in the file.
    pub line: usize,
    /// The indicator with its variant, such as `coc_bb@agency`.
    pub indicator: String,
    /// The preset, `default` where the file names none.
    pub preset: String,
    /// Whose rate; everyone's for `all`.
    pub group: Group,
    /// The period.
    pub period: Period,
    /// The numerator, with the digits that were reported.
    pub numerator: Exact,
    /// The denominator.
    pub denominator: Exact,
    /// Excluded units, where the file tells them.
    pub excluded: Option<i64>,
}

/// What can be asked for of an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// There is such an indicator with such a preset; true if the numerator is a part of the
    /// denominator.
    Known {
        /// True for shares.
        is_share: bool,
    },
    /// There is no such indicator; with the way out.
    NoIndicator(String),
    /// The indicator has no such preset; with the way out.
    NoPreset(String),
}

/// Reads reported rates. `ask` says of an indicator and preset whether they exist.
///
/// # Errors
/// Everything that is wrong with the file, by line and column; no value is shown.
pub fn read_reported(
    file: &str,
    bytes: &[u8],
    mut ask: impl FnMut(&str, &str) -> Asked,
) -> Result<Vec<ReportedRate>, Faults> {
    let mut faults = Faults::new(file);
    let mut rates: Vec<ReportedRate> = Vec::new();
    let mut known: BTreeMap<(String, String, Group, Period), usize> = BTreeMap::new();
    let lines = lines(bytes, &COLUMNS, REQUIRED, &mut faults);
    // Without a column that tells rates apart, all of them look the same.
    let are_told_apart = faults.list.iter().all(|fault| fault.line > 1);
    for line in lines {
        let Some(rate) = rate(&line, &mut faults, &mut ask) else { continue };
        let key = (rate.indicator.clone(), rate.preset.clone(), rate.group.clone(), rate.period);
        if let Some(earlier) = known.insert(key, line.number).filter(|_| are_told_apart) {
            let message = format!("the same rate as in line {earlier}");
            faults.of_line(line.number, &message, "leave one of them out");
        }
        rates.push(rate);
    }
    if rates.is_empty() && faults.list.is_empty() {
        faults.of_line(1, "there is no rate in this file", "one line for each reported rate");
    }
    faults.none_or(rates)
}

fn rate(
    line: &Line,
    faults: &mut Faults,
    ask: &mut impl FnMut(&str, &str) -> Asked,
) -> Option<ReportedRate> {
    let before = faults.list.len();
    let mut wrong = |column: usize, message: &str, help: &str| {
        let place = line.place(column, &COLUMNS);
        // That a whole column is missing was said of the first line.
        if place.0 > 0 {
            faults.at(line.number, place, message, help);
        }
    };
    let preset = if line.text(5).is_empty() { "default" } else { line.text(5) };
    let is_share = match ask(line.text(0), preset) {
        _ if line.text(0).is_empty() => {
            wrong(0, "an indicator is named here", "");
            false
        }
        Asked::Known { is_share } => is_share,
        Asked::NoIndicator(help) => {
            wrong(0, "there is no such indicator", &help);
            false
        }
        Asked::NoPreset(help) => {
            wrong(5, "the indicator has no such preset", &help);
            false
        }
    };
    let group = match line.text(1) {
        "" => {
            wrong(1, "an organisation is named here", "`all` stands for all of them");
            Group::All
        }
        "all" => Group::All,
        id => Group::Bho(id.to_owned()),
    };
    let period = Period::parse(line.text(2));
    if period.is_none() {
        wrong(2, "this is no period", "2026-09, 2026-Q3, 2026, or 2025-07 to 2026-06");
    }
    let [numerator, denominator] = [3, 4].map(|column| {
        let number = decimal(line.text(column));
        if number.is_none() {
            let help = "a number such as 120 or 35.5, without separators; not the rate itself";
            wrong(column, "this is no count", help);
        }
        number
    });
    let excluded = line.text(6).parse::<u32>().ok().map(i64::from);
    if excluded.is_none() && !line.text(6).is_empty() {
        wrong(6, "this is no count", "a whole number of excluded units, or nothing");
    }
    if let (true, Some(met), Some(units)) = (is_share, numerator, denominator)
        && met.to_f64() > units.to_f64()
    {
        wrong(3, "greater than the denominator", "the numerator of a share is a part of it");
    }
    if faults.list.len() > before {
        return None;
    }
    Some(ReportedRate {
        line: line.number,
        indicator: line.text(0).to_owned(),
        preset: preset.to_owned(),
        group,
        period: period?,
        numerator: numerator?,
        denominator: denominator?,
        excluded,
    })
}

/// A number that is not negative, with at most twelve digits on either side of the point.
fn decimal(text: &str) -> Option<Exact> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = digits(whole) && digits(fraction) && !whole.is_empty();
    if !is_number || whole.len() > 12 || fraction.len() > 12 || text.ends_with('.') {
        return None;
    }
    let places = u32::try_from(fraction.len()).ok()?;
    Some(Exact { parts: format!("{whole}{fraction}").parse().ok()?, per_unit: 10_i64.pow(places) })
}
