//! Expected counts: what a regression on everyone tells of units like an organisation's own.
//!
//! Of shares it is a logistic regression, of rates a Poisson regression with the time at risk as offset, on
//! main effects of the covariates' levels. The reference is the whole region in the period itself, so that
//! expected counts add up to everyone's observed count (both have their canonical link).
//!
//! A level stands alone with thirty units, five events and five units without; of rates, with five events.
//! Others are taken together: along their order where they have one, else with one another, and with
//! the largest level if that is not enough. Covariates enter in the order of the contract while there
//! are ten events (or units without, if these are fewer) for each coefficient. What does not enter is
//! named, with the reason.

use std::collections::BTreeMap;

use super::Settings;
use super::settings::Adjusted;
use crate::indicator::{Measure, Shape};
use crate::kernel::{Covariate, Group};
use crate::statistics::{
    GroupedError, GroupedFamily, GroupedFit, GroupedRow, concordance, grouped_model,
};

/// A level with fewer units is taken together with others.
const LEAST_UNITS: i128 = 30;

/// A level with fewer events, or fewer units without, is taken together with others.
const LEAST_EVENTS: i128 = 5;

/// Events for each coefficient.
const EVENTS_EACH: i128 = 10;

/// Fewer coefficients are no mix: an expected count would tell how many units are in each level.
const LEAST_COEFFICIENTS: usize = 3;

/// Events and units (or time at risk).
pub(super) type Sums = (i128, i128);

/// The joint strata of a measure and period, by group.
#[derive(Debug, Default)]
pub(super) struct Strata<'t>(BTreeMap<&'t Group, BTreeMap<Vec<&'t str>, Sums>>);

impl<'t> Strata<'t> {
    /// Adds to a stratum.
    pub(super) fn add(&mut self, group: &'t Group, values: Vec<&'t str>, sums: Sums) {
        let own = self.0.entry(group).or_default().entry(values).or_default();
        *own = (own.0 + sums.0, own.1 + sums.1);
    }

    /// Adds other strata.
    pub(super) fn add_all(&mut self, other: &Self) {
        for (group, strata) in &other.0 {
            for (values, sums) in strata {
                self.add(group, values.clone(), *sums);
            }
        }
    }
}

/// Expected counts, and how they came about.
#[derive(Debug)]
pub(super) struct Model {
    /// The expected count of every organisation.
    pub(super) counts: Vec<(Group, f64)>,
    /// How they came about.
    pub(super) words: Words,
}

/// How expected counts came about, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// By which model of what; follows “expected by”.
    pub(super) by: String,
    /// How well the model describes everyone; empty, or beginning with `; `.
    pub(super) quality: String,
}

/// A covariate in the model.
#[derive(Debug)]
struct Factor {
    /// Its place among the values of a stratum.
    place: usize,
    /// The column of each level; nothing for the largest, which the intercept stands for.
    columns: BTreeMap<String, Option<usize>>,
    /// How many levels there are after some were taken together.
    levels: usize,
}

/// The model of a measure and period; nothing where too little is known for one.
pub(super) fn model(measure: &Measure, strata: &Strata<'_>, settings: &Settings) -> Option<Model> {
    let by = &settings.standardised_by;
    let everyone = strata.0.get(&Group::All)?;
    if everyone.keys().any(|values| values.len() != by.len()) {
        return None;
    }
    let family = match measure.shape {
        Shape::Rate => GroupedFamily::Poisson,
        _ => GroupedFamily::Logistic,
    };
    let (mut factors, mut left_out) = factors(everyone, by, family);
    let fit = loop {
        match grouped_model(family, &rows(everyone, &factors), columns(&factors)) {
            Ok(fit) => break fit,
            Err(GroupedError::NoMaximum) => {
                let last = factors.pop()?;
                left_out.push((last.place, "its levels tell the outcome".to_owned()));
            }
            Err(GroupedError::Values | GroupedError::OneOutcome) => return None,
        }
    };
    if fit.coefficients.iter().flatten().count() < LEAST_COEFFICIENTS {
        return None;
    }
    let of = |values: &BTreeMap<Vec<&str>, Sums>| -> f64 {
        let one = |(values, (_, units)): (&Vec<&str>, &Sums)| {
            fit.expected(&columns_of(values, &factors)) * float(*units)
        };
        values.iter().filter(|(_, (_, units))| *units > 0).map(one).sum()
    };
    let organisations = strata.0.iter().filter(|(group, _)| ***group != Group::All);
    let counts = organisations.map(|(group, values)| ((*group).clone(), of(values))).collect();
    left_out.sort();
    let least = float(settings.threshold.into());
    let words = Words {
        by: text(&fit, by, (&factors, &left_out)),
        quality: quality(&fit, &rows(everyone, &factors), least),
    };
    Some(Model { counts, words })
}

/// The covariates that enter, and the others with the reason.
fn factors(
    everyone: &BTreeMap<Vec<&str>, Sums>,
    by: &[Adjusted],
    family: GroupedFamily,
) -> (Vec<Factor>, Vec<(usize, String)>) {
    let total = everyone.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let events = match family {
        GroupedFamily::Logistic => total.0.min(total.1 - total.0),
        GroupedFamily::Poisson => total.0,
    };
    let mut free = usize::try_from(events / EVENTS_EACH).unwrap_or(0);
    let (mut factors, mut left_out): (Vec<Factor>, Vec<(usize, String)>) = Default::default();
    for (place, one) in by.iter().enumerate() {
        if let Some(missing) = &one.missing {
            left_out.push((place, format!("not computable: {missing} is missing")));
            continue;
        }
        let mut levels: BTreeMap<&str, Sums> = BTreeMap::new();
        for (values, sums) in everyone {
            let own = levels.entry(values[place]).or_default();
            *own = (own.0 + sums.0, own.1 + sums.1);
        }
        let groups = together(&levels, &one.name, family);
        if groups.len() < 2 {
            left_out.push((place, "too few units differ in it".to_owned()));
        } else if groups.len() - 1 > free {
            left_out.push((place, format!("fewer than {EVENTS_EACH} events for each coefficient")));
        } else {
            free -= groups.len() - 1;
            factors.push(factor(place, &groups, columns(&factors)));
        }
    }
    (factors, left_out)
}

/// Levels that are taken together, each with its sums.
type Together<'l> = Vec<(Vec<&'l str>, Sums)>;

fn is_enough((events, units): Sums, family: GroupedFamily) -> bool {
    match family {
        GroupedFamily::Logistic => {
            units >= LEAST_UNITS && events >= LEAST_EVENTS && units - events >= LEAST_EVENTS
        }
        GroupedFamily::Poisson => units > 0 && events >= LEAST_EVENTS,
    }
}

fn together<'l>(
    levels: &BTreeMap<&'l str, Sums>,
    name: &str,
    family: GroupedFamily,
) -> Together<'l> {
    let order = Covariate::from_name(name).map_or_else(Vec::new, Covariate::order);
    let place = |level: &str| order.iter().position(|known| *known == level);
    let mut groups: Together<'l> = Vec::new();
    let mut open: (Vec<&'l str>, Sums) = (Vec::new(), (0, 0));
    let mut ordered: Vec<&'l str> =
        levels.keys().copied().filter(|level| place(level).is_some()).collect();
    ordered.sort_by_key(|level| place(level));
    let join = |group: &mut (Vec<&'l str>, Sums), more: (Vec<&'l str>, Sums)| {
        group.0.extend(more.0);
        group.1 = (group.1.0 + more.1.0, group.1.1 + more.1.1);
    };
    // Along the order, each group takes in levels until it is enough; the rest goes to the last one.
    for level in ordered {
        join(&mut open, (vec![level], levels[level]));
        if is_enough(open.1, family) {
            groups.push(std::mem::take(&mut open));
        }
    }
    if let Some(last) = groups.last_mut() {
        join(last, std::mem::take(&mut open));
    }
    for (level, sums) in levels.iter().filter(|(level, _)| place(level).is_none()) {
        if is_enough(*sums, family) {
            groups.push((vec![level], *sums));
        } else {
            join(&mut open, (vec![level], *sums));
        }
    }
    match groups.iter_mut().max_by_key(|(_, sums)| sums.1) {
        _ if open.0.is_empty() => {}
        Some(largest) if !is_enough(open.1, family) => join(largest, open),
        _ => groups.push(open),
    }
    groups
}

/// Numbers the columns of a covariate from `first` on.
fn factor(place: usize, groups: &Together<'_>, first: usize) -> Factor {
    let largest = (0..groups.len()).max_by_key(|at| (groups[*at].1.1, std::cmp::Reverse(*at)));
    let mut next = first..;
    let mut columns = BTreeMap::new();
    for (at, (levels, _)) in groups.iter().enumerate() {
        let column = if Some(at) == largest { None } else { next.next() };
        columns.extend(levels.iter().map(|level| ((*level).to_owned(), column)));
    }
    Factor { place, columns, levels: groups.len() }
}

fn columns(factors: &[Factor]) -> usize {
    factors.iter().map(|factor| factor.levels - 1).sum()
}

fn columns_of(values: &[&str], factors: &[Factor]) -> Vec<usize> {
    factors.iter().filter_map(|one| *one.columns.get(values[one.place])?).collect()
}

/// Everyone's units by the columns they have, in the order of these.
fn rows(everyone: &BTreeMap<Vec<&str>, Sums>, factors: &[Factor]) -> Vec<GroupedRow> {
    let mut sums: BTreeMap<Vec<usize>, Sums> = BTreeMap::new();
    for (values, (events, units)) in everyone.iter().filter(|(_, (_, units))| *units > 0) {
        let own = sums.entry(columns_of(values, factors)).or_default();
        *own = (own.0 + events, own.1 + units);
    }
    let row = |(columns, (events, units))| GroupedRow {
        columns,
        events: float(events),
        exposure: float(units),
    };
    sums.into_iter().map(row).collect()
}

/// A covariate as people call it.
fn in_words(name: &str) -> String {
    match name {
        "dx_group" => "diagnosis group".to_owned(),
        "prior_ed_visits" => "prior ED visits".to_owned(),
        "smi_sed" => "SMI or SED".to_owned(),
        "co_occurring" => "co-occurring disorders".to_owned(),
        "eligibility_cat" => "eligibility category".to_owned(),
        "rural" => "rurality".to_owned(),
        _ => name.replace('_', " "),
    }
}

fn text(
    fit: &GroupedFit,
    by: &[Adjusted],
    (factors, left_out): (&[Factor], &[(usize, String)]),
) -> String {
    let name = |place: usize| in_words(by[place].name.as_ref());
    let inside: Vec<String> =
        factors.iter().map(|one| format!("{} ({})", name(one.place), one.levels)).collect();
    let kind = match fit.family {
        GroupedFamily::Logistic => "a logistic regression",
        GroupedFamily::Poisson => "a Poisson regression",
    };
    let mut text = format!("{kind} on everyone in the period: {}", inside.join(", "));
    let mut reasons: Vec<&str> = Vec::new();
    for (_, why) in left_out {
        if !reasons.contains(&why.as_str()) {
            reasons.push(why);
        }
    }
    for reason in reasons {
        let own = left_out.iter().filter(|(_, why)| why == reason);
        let names: Vec<String> = own.map(|(place, _)| name(*place)).collect();
        text += &format!("; without {} ({reason})", names.join(", "));
    }
    text
}

/// How well the model tells who has an event, and whether fifths of the units by their expected share or
/// rate have as many as expected.
fn quality(fit: &GroupedFit, rows: &[GroupedRow], least: f64) -> String {
    let mut told: Vec<(f64, f64, f64)> = rows
        .iter()
        .map(|row| (fit.expected(&row.columns), row.events, row.exposure - row.events))
        .collect();
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut text = String::new();
    if fit.family == GroupedFamily::Logistic
        && let Some(share) = concordance(&told)
    {
        text += &format!("; c-statistic {share:.2}");
    }
    let all: f64 = rows.iter().map(|row| row.exposure).sum();
    let mut fifths = [(0.0, 0.0, 0.0); 5];
    let mut before = 0.0;
    for (chance, with, without) in told {
        let exposure = with + without;
        let middle = (before + exposure / 2.0) / all;
        let at = (0..4).take_while(|at| middle >= f64::from(at + 1) / 5.0).count();
        let fifth = &mut fifths[at];
        *fifth = (fifth.0 + with, fifth.1 + without, fifth.2 + chance * exposure);
        before += exposure;
    }
    if fifths.iter().all(|(with, without, _)| *with >= least && *without >= least) {
        let ratios: Vec<String> =
            fifths.iter().map(|(with, _, expected)| format!("{:.2}", with / expected)).collect();
        text += &format!("; observed ÷ expected in fifths, least first: {}", ratios.join(" "));
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "counts are far fewer than 2^53")]
fn float(count: i128) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(groups: &Together<'_>) -> Vec<String> {
        groups.iter().map(|(levels, _)| levels.join("+")).collect()
    }

    #[test]
    fn sparse_levels_are_taken_together() {
        let logistic = GroupedFamily::Logistic;
        let ages: BTreeMap<&str, Sums> = [
            ("0-5", (1, 9)),
            ("6-12", (6, 40)),
            ("13-17", (20, 90)),
            ("18-20", (2, 80)),
            ("65+", (1, 70)),
            ("unknown", (1, 2)),
        ]
        .into();
        let found = together(&ages, "age_band", logistic);
        assert_eq!(names(&found), ["0-5+6-12", "13-17+18-20+65++unknown"], "along the order");
        let sexes: BTreeMap<&str, Sums> =
            [("F", (50, 100)), ("M", (50, 120)), ("U", (3, 20)), ("X", (4, 19))].into();
        assert_eq!(names(&together(&sexes, "sex", logistic)), ["F", "M", "U+X"]);
        let sexes: BTreeMap<&str, Sums> =
            [("F", (50, 100)), ("M", (50, 120)), ("X", (4, 19))].into();
        assert_eq!(names(&together(&sexes, "sex", logistic)), ["F", "M+X"], "with the largest");
        assert_eq!(names(&together(&sexes, "sex", GroupedFamily::Poisson)), ["F", "M+X"]);
    }

    #[test]
    fn covariates_enter_while_there_are_events() {
        let everyone: BTreeMap<Vec<&str>, Sums> = [
            (vec!["a", "x", "?"], (10, 40)),
            (vec!["a", "y", "?"], (6, 40)),
            (vec!["b", "x", "?"], (5, 40)),
            (vec!["c", "y", "?"], (8, 40)),
        ]
        .into();
        let missing = Adjusted { name: "homeless".to_owned(), missing: Some("living".to_owned()) };
        let by = ["risk", "sex"].map(Adjusted::from).into_iter().chain([missing]);
        let (factors, left_out) =
            factors(&everyone, &by.collect::<Vec<_>>(), GroupedFamily::Logistic);
        assert_eq!(factors.len(), 1, "29 events bear the two coefficients of three levels");
        assert_eq!(columns_of(&["a", "x", "?"], &factors), Vec::<usize>::new(), "the largest");
        assert_eq!(columns_of(&["c", "y", "?"], &factors), [1]);
        let reasons =
            ["fewer than 10 events for each coefficient", "not computable: living is missing"];
        assert_eq!(left_out.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>(), reasons);
    }
}
