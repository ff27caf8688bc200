//! The data model: every table with its columns, their types and code lists, and the timeline
//! column each one becomes. A column is added here and nowhere else.

use crate::terms::codes::{
    ClinicianType, ContactStatus, Disposition, EndReason, EventType, FacilityClass, Modality,
    NoShowReason, OutreachResult, PLACES_OF_SERVICE, Participant, RecordType, ReferralStatus,
    Sector,
};
use crate::terms::{ServiceClass, Table, column};

impl Table {
    /// Its columns.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Members => MEMBERS,
            Self::Enrolment => ENROLMENT,
            Self::Contacts => CONTACTS,
            Self::Stays => STAYS,
            Self::Outcomes => OUTCOMES,
            Self::Referrals => REFERRALS,
            Self::CarePlans => CARE_PLANS,
            Self::Events => EVENTS,
            Self::Living => LIVING,
            Self::Cost => COST,
            Self::Pharmacy => PHARMACY,
            Self::CommunityActivities => COMMUNITY_ACTIVITIES,
        }
    }

    /// True if two equal rows without a key are two things and not one that was written twice: two claims of one
    /// sum, two drugs of one class, two sessions of a day. Of spans and records a repeat says nothing new.
    pub fn may_have_equal_rows(self) -> bool {
        matches!(self, Self::Cost | Self::Pharmacy | Self::CommunityActivities)
    }

    /// Columns of which a row must fill at least one.
    pub fn either(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &["service_code", "service_class"],
            Self::Stays => &["level", "facility_class"],
            Self::Cost => &["service_date", "month"],
            _ => &[],
        }
    }
}

/// A column of the data model.
#[derive(Debug)]
pub struct Field {
    /// Its name in extracts.
    pub name: &'static str,
    /// The timeline column it becomes.
    pub to: &'static str,
    /// What its values look like.
    pub form: Form,
    /// True if every row must fill it.
    pub required: bool,
}

/// What the values of a column look like, and how they are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// The pseudonym of a member.
    Member,
    /// The key of a row.
    Key,
    /// An id or local code that repeats.
    Text,
    /// An id that seldom repeats.
    LongText,
    /// Date and time of day, kept as written.
    Instant,
    /// A date on or before the extract date.
    Past,
    /// A date that may lie ahead.
    Planned,
    /// `YYYY-MM`, kept as the first of the month.
    Month,
    /// A whole number between two others.
    Whole(i64, i64),
    /// A number kept as a whole number of parts: cents, thousandths.
    Parts(i64),
    /// A number.
    Real,
    /// true/false, 1/0, yes/no, Y/N.
    Flag,
    /// A code of a list, in any letter case; a second list gives other spellings.
    Code(&'static [&'static str], &'static [(&'static str, &'static str)]),
    /// Codes of a list, separated by `;`.
    Codes(&'static [&'static str]),
    /// Local codes, separated by `;`.
    Words,
    /// An ICD-10-CM code.
    Diagnosis,
    /// A calendar year of birth.
    BirthYear,
    /// A calendar month of birth.
    BirthMonth,
}

const fn field(name: &'static str, to: &'static str, form: Form) -> Field {
    Field { name, to, form, required: false }
}

const fn required(name: &'static str, to: &'static str, form: Form) -> Field {
    Field { name, to, form, required: true }
}

use Form::{
    BirthMonth, BirthYear, Code, Codes, Diagnosis, Flag, Instant, Key, LongText, Member, Month,
    Parts, Past, Planned, Real, Text, Whole, Words,
};

const COUNT: Form = Whole(0, 1_000_000);
const LEVEL: Form = Whole(0, 6);
const CENTS: Form = Parts(1);
const DOLLARS: Form = Parts(100);
const THOUSANDTHS: Form = Parts(1000);
const END_REASON: Form = Code(EndReason::NAMES, TEDS_REASON);

/// TEDS-D numbers of the reason for discharge.
const TEDS_REASON: &[(&str, &str)] = &[
    ("1", "completed"),
    ("2", "dropped_out"),
    ("3", "terminated"),
    ("4", "transferred"),
    ("5", "incarcerated"),
    ("6", "died"),
    ("7", "other"),
];

/// Of a row that takes back the one with its key. No timeline column: such rows are never stored.
pub(super) const VOID: &str = "void";

/// Places whose leading zero a spreadsheet took away.
const PLACES_CUT: &[(&str, &str)] = &[
    ("1", "01"),
    ("2", "02"),
    ("3", "03"),
    ("4", "04"),
    ("5", "05"),
    ("6", "06"),
    ("7", "07"),
    ("8", "08"),
    ("9", "09"),
];

/// Voluntary or not, or Colorado's two-digit legal status.
const ADMIT_LEGAL: &[&str] = &[
    "voluntary",
    "involuntary",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "08",
    "09",
    "10",
    "11",
    "12",
    "13",
    "14",
];

const MEMBERS: &[Field] = &[
    required("member_id", column::MEMBER_ID, Member),
    field("void", VOID, Flag),
    required("birth_year", column::BIRTH_ON, BirthYear),
    field("birth_month", column::BIRTH_ON, BirthMonth),
    field("sex", column::SEX, Text),
    field("gender", column::GENDER, Text),
    field("race_eth", column::RACE_ETH, Text),
    field("language", column::LANGUAGE, Text),
    field("interpreter", column::INTERPRETER, Flag),
    field("county", column::COUNTY, Text),
    field("region", column::REGION, Text),
    field("rural", column::RURAL, Flag),
    field("smi_sed", column::SMI_SED, Whole(1, 4)),
    field("eligibility_cat", column::ELIGIBILITY_CAT, Text),
    field("foster_care", column::FOSTER_CARE, Flag),
    field("dual", column::DUAL, Flag),
    field("death_date", column::DEATH_ON, Past),
    field("lead_clinician_id", column::CLINICIAN_ID, Text),
    field("attributed_agency", column::AGENCY_ID, Text),
    field("veteran", column::VETERAN, Flag),
];

const ENROLMENT: &[Field] = &[
    required("member_id", column::MEMBER_ID, Member),
    required("start", column::START_ON, Past),
    field("end", column::END_ON, Planned),
    field("bho_id", column::BHO_ID, Text),
    field("plan", column::PLAN, Text),
    field("eligibility_cat", column::ELIGIBILITY_CAT, Text),
    field("hospice", column::HOSPICE, Flag),
];

const CONTACTS: &[Field] = &[
    required("contact_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    required("contact_date", column::START_ON, Past),
    field("contact_end_date", column::END_ON, Past),
    field("start_ts", column::START_TS, Instant),
    field("minutes", column::MINUTES, COUNT),
    field("status", column::STATUS, Code(ContactStatus::NAMES, &[])),
    field("service_code", column::CODE, Text),
    field("service_class", column::CLASS, Code(ServiceClass::NAMES, &[])),
    field("modifiers", column::MODIFIERS, Text),
    field("place_of_service", column::SETTING, Code(PLACES_OF_SERVICE, PLACES_CUT)),
    field("modality", column::MODALITY, Code(Modality::NAMES, &[])),
    required("agency_id", column::AGENCY_ID, Text),
    field("bho_id", column::BHO_ID, Text),
    field("clinician_id", column::CLINICIAN_ID, Text),
    field("team_id", column::TEAM_ID, Text),
    field("clinician_type", column::CLINICIAN_TYPE, Code(ClinicianType::NAMES, &[])),
    field("dx1", column::DX1, Diagnosis),
    field("dx2", column::DX2, Diagnosis),
    field("dx3", column::DX3, Diagnosis),
    field("dx4", column::DX4, Diagnosis),
    field("dx5", column::DX5, Diagnosis),
    field("participants", column::PARTICIPANTS, Codes(Participant::NAMES)),
    field("level", column::LEVEL, LEVEL),
    field("outreach_result", column::OUTREACH_RESULT, Code(OutreachResult::NAMES, &[])),
    field("no_show_reason", column::NO_SHOW_REASON, Code(NoShowReason::NAMES, &[])),
    field("units", column::UNITS_MILLI, THOUSANDTHS),
    field("paid_amount", column::AMOUNT_CENTS, DOLLARS),
    field("paid_amount_cents", column::AMOUNT_CENTS, CENTS),
    field("paid_date", column::PAID_ON, Past),
    field("ed_flag", column::ED_FLAG, Flag),
    field("ed_admitted", column::ED_ADMITTED, Flag),
];

const STAYS: &[Field] = &[
    required("stay_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    required("admit", column::START_ON, Past),
    field("discharge", column::END_ON, Past),
    field("level", column::LEVEL, LEVEL),
    field("facility_class", column::CLASS, Code(FacilityClass::NAMES, &[])),
    field("facility_id", column::FACILITY_ID, Text),
    field("agency_id", column::AGENCY_ID, Text),
    field("bho_id", column::BHO_ID, Text),
    field("dx1", column::DX1, Diagnosis),
    field("dx2", column::DX2, Diagnosis),
    field("dx3", column::DX3, Diagnosis),
    field("dx4", column::DX4, Diagnosis),
    field("dx5", column::DX5, Diagnosis),
    field("admit_legal", column::ADMIT_LEGAL, Code(ADMIT_LEGAL, &[])),
    field("discharge_disposition", column::DISPOSITION, Code(Disposition::NAMES, &[])),
    field("planned", column::PLANNED, Flag),
    field("ready_date", column::READY_ON, Past),
    field("leave_days", column::LEAVE_DAYS, COUNT),
    field("admit_ts", column::START_TS, Instant),
    field("discharge_ts", column::END_TS, Instant),
    field("end_reason", column::END_REASON, END_REASON),
    field("derived", column::DERIVED, Flag),
];

const OUTCOMES: &[Field] = &[
    field("outcome_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    required("date", column::START_ON, Past),
    required("record_type", column::CLASS, Code(RecordType::NAMES, &[])),
    required("instrument", column::CODE, Text),
    field("version", column::VERSION, Text),
    field("rater", column::RATER, Code(&["self", "parent", "clinician"], &[])),
    field("score", column::SCORE, Real),
    field("subscale", column::SUBSCALE, Text),
    field("item_count_valid", column::ITEM_COUNT_VALID, COUNT),
    field("recommended_level", column::LEVEL, LEVEL),
    field("override_reason", column::OVERRIDE_REASON, Text),
    field("screen_result", column::SCREEN_RESULT, Code(&["pos", "neg", "not_done"], &[])),
    field("episode_id", column::EPISODE_ID, LongText),
    field("agency_id", column::AGENCY_ID, Text),
    field("reason", column::REASON, Code(&["admission", "review", "discharge", "check_up"], &[])),
    field("living", column::LIVING, Text),
    field("employment", column::EMPLOYMENT, Text),
    field("school", column::SCHOOL, Text),
    field("arrests_30d", column::ARRESTS_30D, Code(&["0", "1", "2+"], &[("2", "2+")])),
    field("selfhelp_freq", column::SELFHELP_FREQ, Text),
    field("substance_use_days", column::SUBSTANCE_USE_DAYS, COUNT),
    field("legal_status", column::LEGAL_STATUS, Text),
    field("need_treatment", column::NEED_TREATMENT, Flag),
    field("sectors_needed", column::SECTORS_NEEDED, Codes(Sector::NAMES)),
];

const REFERRALS: &[Field] = &[
    field("referral_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    required("date", column::START_ON, Past),
    field("from_agency", column::AGENCY_ID, Text),
    field("to_agency", column::TO_AGENCY, Text),
    field("to_sector", column::TO_SECTOR, Code(Sector::NAMES, &[])),
    field("warm", column::WARM, Flag),
    field("urgency", column::URGENCY, Text),
    field("status", column::STATUS, Code(ReferralStatus::NAMES, &[])),
    field("decline_reason", column::DECLINE_REASON, Text),
    field("first_attended_date", column::FIRST_ATTENDED_ON, Past),
    field("report_back_date", column::REPORT_BACK_ON, Past),
    field("request_received_date", column::REQUEST_RECEIVED_ON, Past),
    field("first_offered_date", column::FIRST_OFFERED_ON, Planned),
];

const CARE_PLANS: &[Field] = &[
    field("plan_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    required("created", column::START_ON, Past),
    field("reviewed", column::REVIEWED_ON, Past),
    field("ended", column::END_ON, Planned),
    field("lead_id", column::CLINICIAN_ID, Text),
    field("agencies", column::AGENCIES, Words),
    field("member_signed", column::MEMBER_SIGNED, Flag),
    field("family_involved", column::FAMILY_INVOLVED, Flag),
    field("services_planned", column::SERVICES_PLANNED, Words),
    field("goals_open", column::GOALS_OPEN, COUNT),
    field("goals_attained", column::GOALS_ATTAINED, COUNT),
    field("goals_closed", column::GOALS_CLOSED, COUNT),
    field("end_reason", column::END_REASON, END_REASON),
];

const EVENTS: &[Field] = &[
    field("event_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    required("start", column::START_ON, Past),
    field("end", column::END_ON, Past),
    required("type", column::CLASS, Code(EventType::NAMES, &[])),
    field("start_ts", column::START_TS, Instant),
    field("end_ts", column::END_TS, Instant),
    field("stay_id", column::STAY_ID, LongText),
    field("cause", column::CAUSE, Text),
];

const LIVING: &[Field] = &[
    required("member_id", column::MEMBER_ID, Member),
    required("start", column::START_ON, Past),
    field("end", column::END_ON, Planned),
    field("setting", column::SETTING, Text),
    field("restrict_rank", column::RESTRICT_RANK, Whole(1, 4)),
    field("weight", column::WEIGHT, Real),
];

const COST: &[Field] = &[
    field("claim_id", column::RECORD_ID, Key),
    field("void", VOID, Flag),
    required("member_id", column::MEMBER_ID, Member),
    field("service_date", column::START_ON, Past),
    field("month", column::START_ON, Month),
    field("paid_date", column::PAID_ON, Past),
    field("level", column::LEVEL, LEVEL),
    field("amount_paid", column::AMOUNT_CENTS, DOLLARS),
    field("amount_paid_cents", column::AMOUNT_CENTS, CENTS),
    field("amount_allowed", column::ALLOWED_CENTS, DOLLARS),
    field("amount_allowed_cents", column::ALLOWED_CENTS, CENTS),
    field("std_price", column::PRICE_CENTS, DOLLARS),
    field("std_price_cents", column::PRICE_CENTS, CENTS),
    field("capitated", column::CAPITATED, Flag),
];

const PHARMACY: &[Field] = &[
    required("member_id", column::MEMBER_ID, Member),
    required("fill_date", column::START_ON, Past),
    field("drug_class", column::CLASS, Text),
    field("days_supply", column::DAYS_SUPPLY, COUNT),
];

const COMMUNITY_ACTIVITIES: &[Field] = &[
    required("date", column::START_ON, Past),
    field("agency_id", column::AGENCY_ID, Text),
    field("type", column::CLASS, Text),
    field("participants", "participants_n", COUNT),
    field("hours", "hours_milli", THOUSANDTHS),
    field("level", column::LEVEL, LEVEL),
];
