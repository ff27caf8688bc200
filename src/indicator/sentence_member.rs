//! Rules about members as sentences.

use super::belongs::Belongs;
use super::rule::{Candidates, Criterion, ExclusionTest, Index, MemberRule, MemberValue, Unit};
use super::sentence::{self, among, contacts, event_names};
use super::sentence_course::phase_name;
use super::sentence_stay::set_name;
use super::visits::Visits;
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::ContactFilter;

pub(super) fn member(rule: &MemberRule, filters: &[ContactFilter]) -> String {
    let who = who(rule.candidates, filters);
    let value = value(rule.value, filters);
    let left_out: Vec<String> =
        rule.exclusions.iter().map(|exclusion| exclusion.reason.clone()).collect();
    let agencies = rule.agencies.map_or(String::new(), |least| {
        format!(", with treatment visits to at least {least} agencies in them")
    });
    let ages = rule.ages.map_or(String::new(), |(least, most)| {
        format!(", aged {least} to {most} at the end of the period")
    });
    let smi = if rule.smi.is_some() {
        ", with a serious mental illness (recorded, or by diagnosis in the last 24 months)"
    } else {
        ""
    };
    let phase = rule.in_phase.map_or(String::new(), |phase| {
        format!(", in {} on the first day of them", phase_name(phase))
    });
    let mut when = String::new();
    for one in &rule.when {
        let day = if one.before { "the day before these months" } else { "their last day" };
        when += &format!(", where on {day} {}", asked(&one.is, filters));
    }
    let value = match &rule.meets {
        Some(criterion) => {
            format!("whether on the last day of these months {}", asked(criterion, filters))
        }
        None => value,
    };
    let mut text = format!("Of {who}{agencies}{ages}{smi}{phase}{when}: {value}");
    if let Belongs::LastContact { .. } = rule.belongs {
        text += "; a member belongs to the organisation that the last of these contacts names (of several on that day, the one with the highest id)";
    }
    if !left_out.is_empty() {
        text += &format!("; left out: {}", left_out.join("; "));
    }
    if rule
        .exclusions
        .iter()
        .any(|exclusion| matches!(exclusion.test, ExclusionTest::NotEnrolledYear { .. }))
    {
        text += " (enrolled means: at most one of the 12 months has a day without enrolment)";
    }
    text + "."
}

/// A criterion about a day.
fn asked(criterion: &Criterion, filters: &[ContactFilter]) -> String {
    sentence::criterion(criterion, &a_day(), filters)
}

/// The index of a criterion about a member on a day.
pub(super) fn a_day() -> Index {
    Index {
        unit: Unit::Signal,
        diagnosis: Vec::new(),
        or_further: Vec::new(),
        or_facility: Vec::new(),
        age_min: None,
        chain: None,
        without: Vec::new(),
        with: Vec::new(),
        nights: None,
        first: false,
        once: false,
        repeat: None,
        after: 0,
        apart: None,
        until: None,
        any: Vec::new(),
        when: Vec::new(),
    }
}

fn who(candidates: Candidates, filters: &[ContactFilter]) -> String {
    match candidates {
        Candidates::Visits { visits: own, at_least } => format!(
            "members with at least {at_least} {} in the 12 months that end with the period",
            visits(own, filters)
        ),
        Candidates::ActiveBefore { filter, at_least, days } => format!(
            "members in active care ({} on at least {at_least} of the {days} days before the 12 months that end with the period)",
            contacts(&filters[filter])
        ),
        Candidates::HasContact { filter, at_least } => {
            let least =
                if at_least == 1 { String::new() } else { format!(" on at least {at_least} days") };
            format!(
                "members with {}{least} in the 12 months that end with the period",
                contacts(&filters[filter])
            )
        }
        Candidates::Enrolled => {
            "members enrolled in the 12 months that end with the period".to_owned()
        }
        Candidates::HasContactIn24Months { filter } => format!(
            "members with {} in the 24 months that end with the period",
            contacts(&filters[filter])
        ),
        Candidates::EdVisits { diagnosis } => format!(
            "members with {} in the 12 months that end with the period",
            among(&of_bits(diagnosis), "an emergency-department visit")
        ),
        Candidates::Answered(asked) => {
            let apart = match asked.apart {
                0 => String::new(),
                days => format!(" at least {days} days apart"),
            };
            let records = if asked.apart == 0 { "a status record" } else { "status records" };
            let first = asked
                .first_at_least
                .map_or(String::new(), |least| format!(", the first of them {least} or more"));
            format!(
                "members with {records}{apart} in the 12 months that end with the period that say whether or how much: {}{first}",
                asked.said.words()
            )
        }
        Candidates::Scored(scored) => scored.words(),
        Candidates::Living(question) => question.words().to_owned(),
        Candidates::Events(types) => format!(
            "members with an event ({}) in the 12 months that end with the period",
            event_names(types)
        ),
        Candidates::InCareSince { gap, days } => format!(
            "members in care on the last day of the period, for at least {days} days (since the second of two treatment days at most 180 days apart, without a planned end or {gap} days at risk without a qualifying contact)"
        ),
        Candidates::Institution(set) => {
            format!(
                "members with a day in {} in the 12 months that end with the period",
                set_name(set)
            )
        }
        Candidates::InCare { filter } => format!(
            "members with {} or a day in 24-hour care in the 12 months that end with the period",
            contacts(&filters[filter])
        ),
    }
}

fn visits(visits: Visits, filters: &[ContactFilter]) -> String {
    let provider = ["clinician", "team", "agency"][visits.provider.min(2)];
    let each = if visits.each_row { " (every row is one)" } else { "" };
    match visits.filter {
        None => format!("treatment visits{each} with a known {provider}"),
        Some(filter) => {
            format!("visits{each} with a known {provider}, each {}", contacts(&filters[filter]))
        }
    }
}

const LEAD: &str =
    "whether a lead clinician is named: in the register, or by a care plan that runs";
const MODIFIED: &str = "the modified continuity index 1 − p ÷ (N + 0.1) for p providers";
const MODIFIED_TWICE: &str = "the modified modified continuity index (1 − p ÷ (N + 0.1)) ÷ (1 − 1 ÷ (N + 0.1)) for p providers";
const DISRUPTIONS: &str = "changes of the clinician and of the agency of most visit days between neighbouring quarters, changes of the highest level of care between neighbouring months with care, and unplanned admissions to hospital";

const DENSITY: &str = "care density, of members with at least two providers: the number of members whom two of a member's providers have both seen in these months, on average over all pairs of them; only where the months end with one of the longest periods, which are the years of most pipelines";

fn value(value: MemberValue, filters: &[ContactFilter]) -> String {
    match value {
        MemberValue::UsualProvider => "the share of visits to the most visited provider".to_owned(),
        MemberValue::BiceBoxerman => "the Bice–Boxerman index (Σn² − N) ÷ (N(N − 1))".to_owned(),
        MemberValue::Sequential => "the share of successive visits to the same provider".to_owned(),
        MemberValue::MonthsWithContact { filter, .. }
        | MemberValue::EachMonth { filter, .. }
        | MemberValue::GapOver { filter, .. }
        | MemberValue::AnyContact { filter }
        | MemberValue::QuartersInCare { filter, .. }
        | MemberValue::EachQuarter { filter }
        | MemberValue::QuartersWithContact { filter }
        | MemberValue::LongestGap { filter }
        | MemberValue::Regularity { filter } => of_contacts(value, &filters[filter]),
        MemberValue::CommunityDays { away_in: None } => {
            "the share of alive, enrolled days outside institutions and custody".to_owned()
        }
        MemberValue::CommunityDays { away_in: Some(set) } => {
            format!("the share of alive, enrolled days outside {}", set_name(set))
        }
        MemberValue::Herfindahl => "the Herfindahl index Σ(n/N)² of visits over providers".to_owned(),
        MemberValue::Modified { twice: false } => MODIFIED.to_owned(),
        MemberValue::Modified { twice: true } => MODIFIED_TWICE.to_owned(),
        MemberValue::KnownProvider => {
            "the share of visits after the first to a provider already seen in these months".to_owned()
        }
        MemberValue::Entropy => "the entropy −Σ(n/N) log₂(n/N) of visits over providers".to_owned(),
        MemberValue::Providers => "the number of providers".to_owned(),
        MemberValue::ManyProviders(least) => format!("whether there are at least {least} providers"),
        MemberValue::Density => DENSITY.to_owned(),
        MemberValue::Fragmentation => {
            "one minus the Bice–Boxerman index (Σn² − N) ÷ (N(N − 1))".to_owned()
        }
        MemberValue::HasLead => LEAD.to_owned(),
        MemberValue::PlanCurrent { days } => format!(
            "whether a care plan that runs was made or last reviewed in the last {days} days"
        ),
        MemberValue::SharedPlan => "whether one care plan that runs names every agency with treatment visits on at least two days".to_owned(),
        MemberValue::Meets => "whether the criterion is met".to_owned(),
        MemberValue::Disruptions => DISRUPTIONS.to_owned(),
        MemberValue::Tenure => "days from the first visit ever seen to the last one, with the provider of most visit days in the window".to_owned(),
        MemberValue::Relationship { silent } => format!(
            "days from the first visit ever seen with the provider of most visit days in the window to the last one, or, if the last {silent} days of the window have one, to its end, on which the relationship still goes on; the median by Kaplan and Meier"
        ),
        MemberValue::NightsSoFar(set) => format!(
            "nights so far in {} that go on after their last day, the night of that day included",
            set_name(set)
        ),
        MemberValue::AnyInstitution(set) => format!("whether there is a day in {}", set_name(set)),
        MemberValue::EdVisits { diagnosis, at_least } => format!(
            "whether there are at least {at_least} of {}",
            among(&of_bits(diagnosis), "an emergency-department visit")
        ),
        MemberValue::Score(value) => value.words(),
        MemberValue::Home(value) => value.words().to_owned(),
        MemberValue::ScoredQuarters => "whether there is a score on an instrument in each quarter of 90 days, counted back from the last day, at most four, that lies in the time in care".to_owned(),
        MemberValue::Status(test) => format!("whether it is {}", test.words()),
        MemberValue::Events { types, at_least } => {
            format!("whether there are at least {at_least} events ({})", event_names(types))
        }
    }
}

/// A value of the days of contacts.
fn of_contacts(value: MemberValue, filter: &ContactFilter) -> String {
    let contacts = contacts(filter);
    match value {
        MemberValue::MonthsWithContact { all_months, .. } => {
            let which = if all_months { "all" } else { "eligible" };
            format!("the share of {which} months with {contacts}")
        }
        MemberValue::EachMonth { all_months, .. } => {
            let month = if all_months { "month" } else { "eligible month" };
            format!("whether there is {contacts} in every {month}")
        }
        MemberValue::GapOver { days, empty: true, .. } => {
            format!("whether {days} days at risk in a row pass without {contacts}")
        }
        MemberValue::GapOver { days, empty: false, .. } => format!(
            "whether more than {days} days at risk lie between neighbouring days with {contacts}"
        ),
        MemberValue::AnyContact { .. } => format!("whether there is {contacts}"),
        MemberValue::QuartersInCare { lead, .. } => format!(
            "whether there is {contacts}{} in each quarter of 90 days, counted back from the last day, at most four, that lies in the time in care",
            if lead { " with the lead clinician" } else { "" }
        ),
        MemberValue::EachQuarter { .. } => {
            format!("whether there is {contacts} in each of the four quarters of 90 days")
        }
        MemberValue::QuartersWithContact { .. } => {
            format!("the share of the four quarters of 90 days with {contacts}")
        }
        MemberValue::LongestGap { .. } => format!(
            "the most days at risk between neighbouring days with {contacts}, or between one and the edge of the window"
        ),
        MemberValue::Regularity { .. } => {
            format!("1 ÷ (1 + CV) of the days between days with {contacts}")
        }
        _ => String::new(),
    }
}

pub(super) fn of_bits(bits: u32) -> Vec<DiagnosisGroup> {
    let has = |group: &DiagnosisGroup| bits & (1 << (*group as u32)) != 0;
    DiagnosisGroup::ALL.iter().copied().filter(has).collect()
}
