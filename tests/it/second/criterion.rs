//! When a unit is met, left out or looked at, as a definition writes it.

#![expect(clippy::struct_excessive_bools, reason = "the words of the language, one field each")]

use serde::Deserialize;

use super::definition::{Around, ContactTest, Days, Group, Set};

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
    pub(super) event: Vec<String>,
    #[serde(default)]
    pub(super) referral: bool,
    #[serde(default)]
    pub(super) referral_to: Vec<String>,
    #[serde(default)]
    pub(super) plan_end: Vec<String>,
    #[serde(default)]
    pub(super) death: bool,
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
    pub(super) times_known: bool,
    pub(super) hours_over: Option<i64>,
    #[serde(default)]
    pub(super) changed: bool,
    pub(super) lost: Option<i32>,
    pub(super) within: Option<i32>,
    pub(super) escalates_by: Option<u8>,
    pub(super) from_level_in: Option<Days>,
    pub(super) hold_ends_within: Option<i32>,
    pub(super) linked: Option<Days>,
    pub(super) attended_within: Option<i32>,
    pub(super) delivered: Option<Days>,
    pub(super) same_agency: Option<Agencies>,
    pub(super) known_agencies: Option<Agencies>,
}
