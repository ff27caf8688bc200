//! When a unit is met, left out or looked at, as a definition writes it.

#![expect(clippy::struct_excessive_bools, reason = "the words of the language, one field each")]

use serde::Deserialize;

use super::definition::{Around, ContactTest, Days, Group, Known, Set};
use super::phases::Phase;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReferralSays {
    Warm,
    Declined,
    Attended,
    Reported,
    Offered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PlanSays {
    Signed,
    Family,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Compared {
    Equal,
    Under,
    Over,
}

/// What the latest assessment says of a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Assessed {
    Known,
    Equal,
    Under,
    Over,
}

/// What the first and the last scores of an episode say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ScoresSay {
    Paired,
    Comparable,
    Standardised,
    Improved,
    Deteriorated,
    CaseAtFirst,
    Recovered,
}

/// What is asked of the scores of an episode.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScoresAsk {
    pub(super) is: ScoresSay,
    #[serde(default)]
    pub(super) domain: Vec<String>,
    pub(super) baseline: Days,
    pub(super) apart: i32,
    pub(super) until: i32,
}

/// Rows of a table by what they say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) table: String,
    #[serde(default)]
    pub(super) drug: Vec<String>,
    #[serde(default)]
    pub(super) screen: Vec<String>,
    #[serde(default)]
    pub(super) screen_not: Vec<String>,
    #[serde(default)]
    pub(super) reason: Vec<String>,
    #[serde(default)]
    pub(super) instrument: Vec<String>,
    #[serde(default, rename = "type")]
    pub(super) what: Vec<String>,
    #[serde(default)]
    pub(super) cause: Vec<String>,
}

/// What the register says of a member.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AboutMember {
    pub(super) language_not: Vec<String>,
}

/// A kind of thing that happens on a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Happening {
    pub(super) contact: Option<ContactTest>,
    #[serde(default)]
    pub(super) ed_visit: bool,
    pub(super) admission: Option<Set>,
    pub(super) discharge: Option<Set>,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) facility: Vec<String>,
    #[serde(default)]
    pub(super) facility_not: Vec<String>,
    #[serde(default)]
    pub(super) disposition_not: Vec<String>,
    #[serde(default)]
    pub(super) as_admitted: bool,
    #[serde(default)]
    pub(super) event: Vec<String>,
    #[serde(default)]
    pub(super) referral: bool,
    #[serde(default)]
    pub(super) referral_to: Vec<String>,
    #[serde(default)]
    pub(super) plan_end: Vec<String>,
    #[serde(default)]
    pub(super) death: bool,
    pub(super) record: Option<Record>,
    #[serde(default)]
    pub(super) deterioration: bool,
    #[serde(default)]
    pub(super) need_found: bool,
    #[serde(default)]
    pub(super) not_admitted: bool,
    pub(super) assessed_above: Option<i32>,
    pub(super) phase_begins: Option<Phase>,
    pub(super) score_of: Option<Vec<String>>,
    pub(super) known: Option<Known>,
}

/// One way of several.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    pub(super) route: String,
    pub(super) any: Vec<Happening>,
}

/// Agencies before an admission and after its discharge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agencies {
    pub(super) before_admission: Days,
    pub(super) after_discharge: Days,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Criterion {
    pub(super) contact: Option<ContactTest>,
    pub(super) days: Option<Days>,
    pub(super) at_least: Option<usize>,
    #[serde(default)]
    pub(super) then: Vec<Around>,
    #[serde(default)]
    pub(super) none: bool,
    #[serde(default)]
    pub(super) or_plan: bool,
    #[serde(default)]
    pub(super) before_return: bool,
    #[serde(default)]
    pub(super) during_stay: bool,
    #[serde(default)]
    pub(super) own_agency: bool,
    pub(super) nights_over: Option<i32>,
    pub(super) no_service: Option<Days>,
    pub(super) no_acute_care: Option<Days>,
    #[serde(default)]
    pub(super) ed_visit: bool,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) event: Vec<String>,
    pub(super) referral: Option<ReferralSays>,
    pub(super) plan: Option<PlanSays>,
    pub(super) admission: Option<Set>,
    pub(super) delivered_level: Option<Compared>,
    #[serde(default)]
    pub(super) highest: bool,
    pub(super) assessed_level: Option<Assessed>,
    #[serde(default)]
    pub(super) always: bool,
    #[serde(default)]
    pub(super) any: Vec<Happening>,
    pub(super) any_of: Option<Vec<Criterion>>,
    pub(super) all_of: Option<Vec<Criterion>>,
    pub(super) none_of: Option<Vec<Criterion>>,
    pub(super) followed_by: Option<Box<Criterion>>,
    #[serde(default)]
    pub(super) first_of: Vec<Route>,
    pub(super) is: Option<String>,
    pub(super) rows: Option<ContactTest>,
    pub(super) own_kind: Option<usize>,
    #[serde(default)]
    pub(super) own_diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) own_facility: Vec<String>,
    #[serde(default)]
    pub(super) involuntary: bool,
    #[serde(default)]
    pub(super) smi: bool,
    #[serde(default)]
    pub(super) lead: bool,
    #[serde(default)]
    pub(super) times_known: bool,
    #[serde(default)]
    pub(super) agency_known: bool,
    pub(super) hours_over: Option<i64>,
    #[serde(default)]
    pub(super) changed: bool,
    pub(super) lost: Option<i32>,
    pub(super) disengagement: Option<i32>,
    pub(super) within: Option<i32>,
    pub(super) escalates_by: Option<u8>,
    pub(super) from_level_in: Option<Days>,
    pub(super) hold_ends_within: Option<i32>,
    pub(super) linked: Option<Days>,
    pub(super) attended_within: Option<i32>,
    pub(super) delivered: Option<Days>,
    pub(super) same_agency: Option<Agencies>,
    pub(super) known_agencies: Option<Agencies>,
    pub(super) member: Option<AboutMember>,
    #[serde(default)]
    pub(super) own_further_diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) planned: bool,
    #[serde(default)]
    pub(super) sed: bool,
    pub(super) age: Option<[i32; 2]>,
    pub(super) on_day: Option<i32>,
    pub(super) nights: Option<Set>,
    pub(super) days_at_level: Option<u8>,
    pub(super) carried: Option<i32>,
    pub(super) each_half: Option<ContactTest>,
    pub(super) days_apart: Option<i32>,
    #[serde(default)]
    pub(super) agencies: bool,
    pub(super) at_most: Option<usize>,
    pub(super) supply_days: Option<Record>,
    pub(super) supply_in_a_row: Option<Record>,
    pub(super) at_once: Option<usize>,
    pub(super) other_agency_within: Option<i32>,
    pub(super) in_phase: Option<Phase>,
    pub(super) scores: Option<ScoresAsk>,
    #[serde(default)]
    pub(super) favourable: Vec<String>,
    pub(super) contact_at_assessed_level: Option<ContactTest>,
    /// Of nights in a window.
    #[serde(rename = "in")]
    pub(super) set: Option<Set>,
    /// Of members only: on the day before the window.
    #[serde(default)]
    pub(super) before_window: bool,
}
