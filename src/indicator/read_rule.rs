//! The rule of an indicator file: index, exclusions and numerator; or member and value; or rate.

use super::Scale;
use super::read_contact::{contact, keep};
use super::read_happening;
use super::read_stays::spell_set;
use super::read_unit_value::{Measured, value, value_fits};
use super::rule::{ContactShare, EventSet, Exclusion, ExclusionTest, Rule, Share};
use super::{read_criterion::criterion, read_index::index, read_member::member, read_rate::rate};
use crate::diagnostic::{Fields, Problems};
use crate::terms::Window;
use crate::terms::codes::{Disposition, EventType};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::ContactFilter;

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
    let kinds = ["index", "member", "rate", "mix", "contacts"];
    let there: Vec<&str> = kinds.into_iter().filter(|kind| fields.has(kind)).collect();
    if there.len() != 1 {
        let problem = fields.problem(
            0..1,
            "a file has exactly one of [index], [member], [rate], [mix] and [contacts]",
            "in this file",
        );
        problems.push(problem.help("[index] counts units, [member] members, [rate] things over person-time, [mix] days by level, [contacts] contacts with a property"));
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
        "contacts" => {
            (contact_share(fields, &mut filters, problems)?, Scale::Times(1.0), String::new())
        }
        _ => rate(fields, &mut filters, problems)?,
    };
    if let [first, second, ..] = rule.gaps()[..] {
        let problem = fields.problem(
            0..1,
            format!(
                "a definition has one gap that makes a disengagement, not {first} and {second} days"
            ),
            "in this file",
        );
        problems.push(problem.help("take the same number of days everywhere in it"));
        return None;
    }
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

/// `[contacts]`: all of them, and those that are met.
fn contact_share(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Rule> {
    let mut table = fields.fields("contacts", problems)?;
    let of = contact(&mut table, "of", filters, problems);
    let met = contact(&mut table, "met", filters, problems);
    for (key, there) in [("of", of.is_some()), ("met", met.is_some())] {
        if !there && !table.has(key) {
            problems.push(
                table
                    .problem(table.span(), format!("`{key}` is missing"), "in this table")
                    .help("`of = { is = \"qualifying\" }`, `met = { is = \"row\", modality = [\"video\"] }`"),
            );
        }
    }
    table.finish(problems);
    let (of, met) = (of?, met?);
    let mut both = filters[of].clone();
    both.and.push(filters[met].clone());
    Some(Rule::Contacts(ContactShare { of, met: keep(filters, both) }))
}

pub(super) fn groups(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Vec<DiagnosisGroup> {
    fields.words(key, DiagnosisGroup::NAMES, DiagnosisGroup::from_name, problems)
}

fn share(
    fields: &mut Fields<'_>,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<Rule> {
    let mut table = fields.fields("index", problems)?;
    let index = index(&mut table, filters, problems);
    table.finish(problems);
    let exclusions = exclusions(fields, false, filters, problems);
    let measured = value(fields, filters, problems);
    let curve = fields.flag("curve", problems).unwrap_or(false);
    if let Some(node) = fields.node("curve").filter(|_| curve && fields.has("value")) {
        let message = "a curve is of units that are met or not";
        let problem = fields.problem(node.span.clone(), message, "and not of a value");
        problems.push(problem.help("leave `curve` or [value] out"));
    }
    let Some(mut numerator) = fields.fields("numerator", problems) else {
        problems.push(
            fields
                .problem(0..1, "[numerator] is missing", "in this file")
                .help("say when a unit is met"),
        );
        return None;
    };
    let criterion = criterion(&mut numerator, filters, problems);
    if let (Some(index), Some(criterion)) = (&index, &criterion)
        && !criterion.fits(index.unit)
    {
        let problem =
            numerator.problem(numerator.span(), "this criterion does not fit the unit", "here");
        problems.push(problem.help("`nights_over` and `during_stay` ask about discharges, `delivered_level` about assessments, `assessed_level`, `own_agency` and `agency_known` about admissions and discharges, `before_return` about disengagements, `referral` about referrals, `plan` about plans"));
    }
    numerator.finish(problems);
    let (index, numerator) = (index?, criterion?);
    let value = measured.as_ref().map(|measured| measured.value);
    let is_unfit = |one: &Measured| !value_fits(one.value, index.unit, &numerator, &exclusions);
    if let Some(measured) = measured.filter(is_unfit) {
        let message = format!("`{}` cannot be measured of these units", measured.name);
        let problem = fields.problem(measured.span, message, "does not fit index and numerator");
        problems.push(problem.help("`nights` goes with discharges, `how_many` with `any_of` in the numerator, `days_until` and `minutes_until` with a numerator that has a day, `cost` with `always = true`, `standardised_change` with `scores`, `points` with `any = […]` in the index, `level_difference` and `level_agreement` with `delivered_level` where those without a day of care are left out (`no_service`, of the same days)"));
    }
    Some(Rule::Share(Box::new(Share { index, exclusions, numerator, curve, value })))
}

/// A set of types of events, if the key names any.
pub(super) fn events(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<EventSet> {
    let types = fields.words(key, EventType::NAMES, EventType::from_name, problems);
    (!types.is_empty()).then(|| EventSet::of(&types))
}

pub(super) fn missing_window(
    fields: &mut Fields<'_>,
    days: Option<Window>,
    problems: &mut Problems,
) {
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
    filters: &mut Vec<ContactFilter>,
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
            let mut tests = unit_tests(&mut table, problems);
            tests.extend(read_happening::exclusions(&mut table, filters, problems));
            tests
        };
        let span = table.span();
        let complaint = table.problem(span, "an exclusion has exactly one test", "in this table");
        table.finish(problems);
        let mut tests = tests.into_iter();
        match (tests.next(), tests.next()) {
            (Some(test), None) => found.push(Exclusion { reason, test }),
            _ if problems.len() > before => {}
            _ => problems.push(complaint.help(if of_members {
                "`not_enrolled_year`, `not_enrolled_throughout`, `died_in_year`, `hospice_in_year`, `no_eligible_day` or `no_eligible_month`"
            } else {
                "`not_enrolled`, `not_observable`, `died`, `hospice`, `disposition`, `admission`, `ed_admitted`, `no_service`, `when` or `comes_first`"
            })),
        }
    }
    found
}

fn unit_tests(table: &mut Fields<'_>, problems: &mut Problems) -> Vec<ExclusionTest> {
    let mut tests = Vec::new();
    table.knows(&["until_death", "one_span", "days", "diagnosis_not"]);
    if let Some(days) = table.window("not_enrolled", problems) {
        let until_death = table.flag("until_death", problems).unwrap_or(false);
        let one_span = table.flag("one_span", problems).unwrap_or(false);
        tests.push(ExclusionTest::NotEnrolled { days, known_until: None, until_death, one_span });
    }
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
    table.knows(&["until_death", "one_span"]);
    if table.flag("not_enrolled_throughout", problems) == Some(true) {
        let until_death = table.flag("until_death", problems).unwrap_or(false);
        let one_span = table.flag("one_span", problems).unwrap_or(false);
        tests.push(ExclusionTest::NotEnrolledThroughout { until_death, one_span });
    }
    if table.flag("not_enrolled_year", problems) == Some(true) {
        let until_death = table.flag("until_death", problems).unwrap_or(false);
        tests.push(ExclusionTest::NotEnrolledYear { until_death });
    }
    let mut flag = |key| table.flag(key, problems) == Some(true);
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
