//! The rule of an indicator file: index, exclusions and numerator; or member and value; or rate.

use super::Scale;
use super::rule::{
    Chain, Comparison, Criterion, Exclusion, ExclusionTest, Index, Rule, Share, Unit,
};
use super::{read_member::member, read_rate::rate};
use crate::diagnostic::{Fields, Problems};
use crate::terms::codes::{Disposition, FacilityClass};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::{ServiceClass, Window};
use crate::timeline::{Basis, ContactFilter, SpellSet};

/// A rule with what belongs to it.
#[derive(Debug)]
pub(super) struct ReadRule {
    pub rule: Rule,
    pub filters: Vec<ContactFilter>,
    pub scale: Scale,
    pub unit: String,
}

/// Reads whichever kind of rule the file has.
pub(super) fn rule(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<ReadRule> {
    let kinds = ["index", "member", "rate", "mix"];
    let there: Vec<&str> = kinds.into_iter().filter(|kind| fields.has(kind)).collect();
    if there.len() != 1 {
        let problem = fields.problem(
            0..1,
            "a file has exactly one of [index], [member], [rate] and [mix]",
            "in this file",
        );
        problems.push(problem.help("[index] counts units, [member] members, [rate] things over person-time, [mix] days by level"));
        return None;
    }
    let mut filters = Vec::new();
    let (rule, scale, unit) = match there[0] {
        "index" => (share(fields, &mut filters, problems)?, Scale::Times(1.0), String::new()),
        "member" => (member(fields, &mut filters, problems)?, Scale::Times(1.0), String::new()),
        "mix" => {
            let mix = fields.fields("mix", problems)?;
            read_mix(mix, problems);
            (Rule::LevelMix, Scale::Times(1.0), String::new())
        }
        _ => rate(fields, &mut filters, problems)?,
    };
    Some(ReadRule { rule, filters, scale, unit })
}

fn read_mix(mut mix: Fields<'_>, problems: &mut Problems) {
    let days = mix.word("days_by", &["level"], |word| (word == "level").then_some(()), problems);
    if days.is_none() && !mix.has("days_by") {
        problems.push(
            mix.problem(mix.span(), "`days_by` is missing", "in this table")
                .help("add `days_by = \"level\"`"),
        );
    }
    mix.finish(problems);
}

fn groups(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Vec<DiagnosisGroup> {
    fields.words(key, DiagnosisGroup::NAMES, DiagnosisGroup::from_name, problems)
}

pub(super) fn spell_set(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<SpellSet> {
    fields.word(key, &SpellSet::NAMES, SpellSet::from_name, problems)
}

fn share(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Rule> {
    let mut table = fields.fields("index", problems)?;
    let index = index(&mut table, problems);
    table.finish(problems);
    let exclusions = exclusions(fields, false, problems);
    let curve = fields.flag("curve", problems).unwrap_or(false);
    let Some(mut numerator) = fields.fields("numerator", problems) else {
        problems.push(
            fields
                .problem(0..1, "[numerator] is missing", "in this file")
                .help("say when a unit is met"),
        );
        return None;
    };
    let criterion = criterion(&mut numerator, filters, problems);
    numerator.finish(problems);
    Some(Rule::Share(Share { index: index?, exclusions, numerator: criterion?, curve }))
}

fn index(table: &mut Fields<'_>, problems: &mut Problems) -> Option<Index> {
    let discharge = spell_set(table, "discharge", problems);
    let visit = table.flag("ed_visit", problems);
    let assessment = table.flag("assessment", problems);
    let gap = table.integer_in("disengagement", 1, 3660, problems);
    let returned = table.window("returned", problems);
    let units = [discharge.is_some(), visit == Some(true), assessment == Some(true), gap.is_some()];
    let unit = match (discharge, gap, returned) {
        _ if units.iter().filter(|there| **there).count() != 1 => None,
        (Some(set), _, _) => Some(Unit::Discharge(set)),
        (_, Some(gap), Some(days)) => Some(Unit::Reengagement { gap, days }),
        (_, Some(gap), None) => Some(Unit::Disengagement { gap }),
        _ if visit == Some(true) => Some(Unit::EdVisit),
        _ => Some(Unit::Assessment),
    };
    if unit.is_none() {
        let problem = table.problem(table.span(), "the index names exactly one unit", "here");
        problems.push(problem.help(
            "`discharge = \"inpatient\"`, `ed_visit = true`, `assessment = true` or `disengagement = 90` (days)",
        ));
    }
    let chain = table.fields("chain", problems).and_then(|mut chain| {
        let days = chain.window("days", problems);
        let diagnosis = groups(&mut chain, "diagnosis", problems);
        missing_window(&chain, days, problems);
        chain.finish(problems);
        Some(Chain { days: days?, diagnosis })
    });
    Some(Index {
        unit: unit?,
        diagnosis: groups(table, "diagnosis", problems),
        or_facility: table.words(
            "or_facility",
            FacilityClass::NAMES,
            FacilityClass::from_name,
            problems,
        ),
        age_min: table.integer_in("age_min", 0, 120, problems),
        chain,
        apart: table.integer_in("days_apart", 1, 3660, problems),
        until: until(table, problems),
    })
}

/// The last month and day of a year: "12-01".
fn until(table: &mut Fields<'_>, problems: &mut Problems) -> Option<(u32, u32)> {
    let (text, span) = table.text("until", problems)?;
    let parts = text
        .split_once('-')
        .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    let known = parts.filter(|(month, day)| (1..=12).contains(month) && (1..=31).contains(day));
    if known.is_none() {
        problems.push(table.problem(
            span,
            "expected a month and day such as \"12-01\"",
            "not a month and day",
        ));
    }
    known
}

fn missing_window(fields: &Fields<'_>, days: Option<Window>, problems: &mut Problems) {
    if days.is_none() && !fields.has("days") {
        problems.push(
            fields
                .problem(fields.span(), "`days` is missing", "in this table")
                .help("add a window such as `days = [1, 7]`"),
        );
    }
}

pub(super) fn exclusions(
    fields: &mut Fields<'_>,
    of_members: bool,
    problems: &mut Problems,
) -> Vec<Exclusion> {
    let mut found = Vec::new();
    for mut table in fields.list("exclusion", problems) {
        let reason =
            table.required_text("reason", "why, in a reader's words", problems).0.to_owned();
        let before = problems.len();
        let tests = if of_members {
            member_tests(&mut table, problems)
        } else {
            unit_tests(&mut table, problems)
        };
        let span = table.span();
        let complaint = table.problem(span, "an exclusion has exactly one test", "in this table");
        table.finish(problems);
        let mut tests = tests.into_iter();
        match (tests.next(), tests.next()) {
            (Some(test), None) => found.push(Exclusion { reason, test }),
            _ if problems.len() > before => {}
            _ => problems.push(complaint.help(if of_members {
                "`not_enrolled_year`, `died_in_year`, `hospice_in_year`, `no_eligible_day` or `no_eligible_month`"
            } else {
                "`not_enrolled`, `not_observable`, `died`, `hospice`, `disposition`, `admission`, `ed_admitted` or `no_service`"
            })),
        }
    }
    found
}

fn unit_tests(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<ExclusionTest> {
    let mut tests = Vec::new();
    let until_death = table.flag("until_death", problems).unwrap_or(false);
    tests.extend(
        table
            .window("not_enrolled", problems)
            .map(|days| ExclusionTest::NotEnrolled { days, until_death }),
    );
    tests.extend(
        table.integer_in("not_observable", 0, 3660, problems).map(ExclusionTest::NotObservable),
    );
    tests.extend(table.window("died", problems).map(ExclusionTest::Died));
    tests.extend(table.window("hospice", problems).map(ExclusionTest::Hospice));
    let dispositions =
        table.words("disposition", Disposition::NAMES, Disposition::from_name, problems);
    if !dispositions.is_empty() {
        tests.push(ExclusionTest::Disposition(dispositions));
    }
    tests.extend(table.window("no_service", problems).map(ExclusionTest::NoService));
    if table.flag("ed_admitted", problems) == Some(true) {
        tests.push(ExclusionTest::EdAdmitted);
    }
    if let Some(set) = spell_set(table, "admission", problems) {
        let not_in = groups(table, "diagnosis_not", problems);
        let days = table.window("days", problems);
        missing_window(table, days, problems);
        tests.extend(days.map(|days| ExclusionTest::Admission { set, not_in, days }));
    }
    tests
}

fn member_tests(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<ExclusionTest> {
    let mut tests = Vec::new();
    let until_death = table.flag("until_death", problems).unwrap_or(false);
    let mut flag = |key| table.flag(key, problems) == Some(true);
    if flag("not_enrolled_year") {
        tests.push(ExclusionTest::NotEnrolledYear { until_death });
    }
    if flag("died_in_year") {
        tests.push(ExclusionTest::DiedInYear);
    }
    if flag("hospice_in_year") {
        tests.push(ExclusionTest::HospiceInYear);
    }
    if flag("no_eligible_day") {
        tests.push(ExclusionTest::NoEligibleDay);
    }
    if flag("no_eligible_month") {
        tests.push(ExclusionTest::NoEligibleMonth);
    }
    tests
}

/// Keeps a filter and gives its place; equal filters share one.
fn keep(filters: &mut Vec<ContactFilter>, filter: ContactFilter) -> usize {
    filters.iter().position(|kept| *kept == filter).unwrap_or_else(|| {
        filters.push(filter);
        filters.len() - 1
    })
}

pub(super) fn contact(
    fields: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<usize> {
    let mut table = fields.fields(key, problems)?;
    let basis = table.word("is", &Basis::NAMES, Basis::from_name, problems);
    if basis.is_none() && !table.has("is") {
        let problem = table.problem(table.span(), "`is` is missing", "in this table");
        problems.push(
            problem.help("`is = \"qualifying\"`, `\"treatment\"`, `\"attempt\"` or `\"row\"`"),
        );
    }
    let levels = table.window("level", problems).and_then(|range| {
        let least = u8::try_from(range.from).ok().filter(|level| *level <= 6)?;
        Some((least, u8::try_from(range.to).ok().filter(|level| *level <= 6)?))
    });
    let owned = |texts: Vec<(&str, std::ops::Range<usize>)>| {
        texts.into_iter().map(|(text, _)| text.to_owned()).collect()
    };
    let filter = ContactFilter {
        basis: basis.unwrap_or(Basis::Row),
        classes: table.words("class", ServiceClass::NAMES, ServiceClass::from_name, problems),
        codes: owned(table.texts("code", problems)),
        not_codes: owned(table.texts("code_not", problems)),
        settings: owned(table.texts("place", problems)),
        not_settings: owned(table.texts("place_not", problems)),
        levels,
        diagnosis: groups(&mut table, "diagnosis", problems),
    };
    table.finish(problems);
    Some(keep(filters, filter))
}

fn criterion(
    table: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Criterion> {
    let days = table.window("days", problems);
    let at_least =
        table.integer_in("at_least", 1, 1000, problems).and_then(|n| usize::try_from(n).ok());
    if table.has("contact") {
        let filter = contact(table, "contact", filters, problems)?;
        if table.flag("before_return", problems) == Some(true) {
            return Some(Criterion::ContactBeforeReturn { filter });
        }
        missing_window(table, days, problems);
        return Some(Criterion::Contact { filter, days: days?, at_least: at_least.unwrap_or(1) });
    }
    if table.has("admission") {
        let set = spell_set(table, "admission", problems);
        let diagnosis = groups(table, "diagnosis", problems);
        missing_window(table, days, problems);
        return Some(Criterion::Admission { set: set?, diagnosis, days: days? });
    }
    if table.has("delivered_level") {
        let compares =
            table.word("delivered_level", &["equal", "under", "over"], comparison, problems);
        missing_window(table, days, problems);
        return Some(Criterion::DeliveredLevel { compares: compares?, days: days? });
    }
    let problem = table.problem(table.span(), "the numerator names no criterion", "here");
    problems.push(problem.help("`contact = { is = \"qualifying\" }`, `admission = \"inpatient\"` or `delivered_level = \"equal\"`"));
    None
}

fn comparison(word: &str) -> Option<Comparison> {
    match word {
        "equal" => Some(Comparison::Equal),
        "under" => Some(Comparison::Under),
        "over" => Some(Comparison::Over),
        _ => None,
    }
}
