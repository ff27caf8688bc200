//! Names of the timeline table's columns, so that no room spells one out by itself.

/// A column's type on disk and in the Arrow stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text, dictionary-encoded where it repeats.
    Text,
    /// Days since 1970-01-01.
    Date,
    /// A 32-bit whole number.
    Int,
    /// A 64-bit whole number, such as an amount in cents.
    Long,
    /// A 64-bit float, such as a score.
    Float,
    /// True or false.
    Flag,
}

macro_rules! columns {
    ($($(#[$doc:meta])* $constant:ident = $name:literal: $kind:ident,)+) => {
        $($(#[$doc])* pub const $constant: &str = $name;)+

        /// Every column of the timeline table with its type, in the order of the file. A file holds
        /// those that some source delivered; the others are null for every row.
        pub const ALL: &[(&str, ColumnType)] = &[$(($constant, ColumnType::$kind)),+];
    };
}

columns! {
    /// The member's pseudonym; first sort key. Never null.
    MEMBER_ID = "member_id": Text,
    /// The name of a [`super::Kind`]; third sort key. Never null.
    KIND = "kind": Text,
    /// First day of the event; second sort key. Null (and first) only for `member` rows.
    START_ON = "start_on": Date,
    /// Last day of the event; null = open or not known.
    END_ON = "end_on": Date,
    /// The row's key in its table; fourth sort key.
    RECORD_ID = "record_id": Text,
    /// Behavioural-health organisation: enrolment's, or a contact's own.
    BHO_ID = "bho_id": Text,
    /// Agency: of a contact, stay or outcome; a referral's sender; a member's attributed agency.
    AGENCY_ID = "agency_id": Text,
    /// Clinician of a contact; lead of a member or plan.
    CLINICIAN_ID = "clinician_id": Text,
    /// Team of a contact.
    TEAM_ID = "team_id": Text,
    /// Service class of a contact (given or mapped); facility class of a stay; type of an event;
    /// record type of an outcome; drug class of a fill.
    CLASS = "class": Text,
    /// Service code of a contact; instrument of an outcome.
    CODE = "code": Text,
    /// Level of care 0–6: a contact's own or mapped; a stay's; the recommended level of an
    /// assessment; a cost line's.
    LEVEL = "level": Int,
    /// Practice level 1–4 of a contact, from the crosswalk.
    PRACTICE_LEVEL = "practice_level": Int,
    /// Place of service of a contact; setting of a living span.
    SETTING = "setting": Text,
    /// Status of a contact or referral.
    STATUS = "status": Text,
    /// How a contact took place.
    MODALITY = "modality": Text,
    /// Who took part, separated by `;`.
    PARTICIPANTS = "participants": Text,
    /// Principal diagnosis.
    DX1 = "dx1": Text,
    /// Further diagnosis.
    DX2 = "dx2": Text,
    /// Further diagnosis.
    DX3 = "dx3": Text,
    /// Further diagnosis.
    DX4 = "dx4": Text,
    /// Further diagnosis.
    DX5 = "dx5": Text,
    /// Minutes of a contact.
    MINUTES = "minutes": Int,
    /// Money in cents: paid for a contact or cost line.
    AMOUNT_CENTS = "amount_cents": Long,
    /// Money in cents: allowed for a cost line.
    ALLOWED_CENTS = "allowed_cents": Long,
    /// Money in cents: standard price of a cost line.
    PRICE_CENTS = "price_cents": Long,
    /// Units of a contact, in thousandths.
    UNITS_MILLI = "units_milli": Long,
    /// Day a contact or cost line was paid.
    PAID_ON = "paid_on": Date,
    /// Modifiers of a service code.
    MODIFIERS = "modifiers": Text,
    /// Profession of a contact's clinician.
    CLINICIAN_TYPE = "clinician_type": Text,
    /// Result of an outreach contact.
    OUTREACH_RESULT = "outreach_result": Text,
    /// Why the member did not come.
    NO_SHOW_REASON = "no_show_reason": Text,
    /// True for a contact that was an emergency-department visit.
    ED_FLAG = "ed_flag": Flag,
    /// True if the emergency-department visit ended in an admission.
    ED_ADMITTED = "ed_admitted": Flag,
    /// First instant, where the extract has one, as written.
    START_TS = "start_ts": Text,
    /// Last instant, where the extract has one, as written.
    END_TS = "end_ts": Text,
    /// Facility of a stay.
    FACILITY_ID = "facility_id": Text,
    /// Legal status at admission.
    ADMIT_LEGAL = "admit_legal": Text,
    /// Where a stay ended.
    DISPOSITION = "disposition": Text,
    /// True if a stay was planned.
    PLANNED = "planned": Flag,
    /// Day a member was ready to leave.
    READY_ON = "ready_on": Date,
    /// Days on leave during a stay.
    LEAVE_DAYS = "leave_days": Int,
    /// Why a stay, plan or episode ended.
    END_REASON = "end_reason": Text,
    /// True for stays derived by the site.
    DERIVED = "derived": Flag,
    /// The stay an event belongs to.
    STAY_ID = "stay_id": Text,
    /// Cause of an event.
    CAUSE = "cause": Text,
    /// First day of the month of birth.
    BIRTH_ON = "birth_on": Date,
    /// Day of death.
    DEATH_ON = "death_on": Date,
    /// Sex.
    SEX = "sex": Text,
    /// Gender.
    GENDER = "gender": Text,
    /// Race and ethnicity.
    RACE_ETH = "race_eth": Text,
    /// Preferred language.
    LANGUAGE = "language": Text,
    /// True if an interpreter is needed.
    INTERPRETER = "interpreter": Flag,
    /// County.
    COUNTY = "county": Text,
    /// Region.
    REGION = "region": Text,
    /// True for rural homes.
    RURAL = "rural": Flag,
    /// 1 serious mental illness, 2 serious emotional disturbance, 3 at risk, 4 neither.
    SMI_SED = "smi_sed": Int,
    /// Eligibility category of a member or enrolment span.
    ELIGIBILITY_CAT = "eligibility_cat": Text,
    /// True for members in foster care.
    FOSTER_CARE = "foster_care": Flag,
    /// True for dual eligibles.
    DUAL = "dual": Flag,
    /// True for veterans.
    VETERAN = "veteran": Flag,
    /// Plan of an enrolment span.
    PLAN = "plan": Text,
    /// True for enrolment spans in hospice.
    HOSPICE = "hospice": Flag,
    /// Version of an instrument.
    VERSION = "version": Text,
    /// Who rated.
    RATER = "rater": Text,
    /// Score on an instrument.
    SCORE = "score": Float,
    /// Subscale of a score.
    SUBSCALE = "subscale": Text,
    /// Valid items of a score.
    ITEM_COUNT_VALID = "item_count_valid": Int,
    /// Why another level than the recommended one was chosen.
    OVERRIDE_REASON = "override_reason": Text,
    /// Result of a screen.
    SCREEN_RESULT = "screen_result": Text,
    /// Episode of an outcome.
    EPISODE_ID = "episode_id": Text,
    /// Why an outcome was recorded.
    REASON = "reason": Text,
    /// Living situation.
    LIVING = "living": Text,
    /// Employment status.
    EMPLOYMENT = "employment": Text,
    /// School attendance.
    SCHOOL = "school": Text,
    /// Arrests in the last 30 days.
    ARRESTS_30D = "arrests_30d": Text,
    /// Attendance at self-help groups.
    SELFHELP_FREQ = "selfhelp_freq": Text,
    /// Days of substance use.
    SUBSTANCE_USE_DAYS = "substance_use_days": Int,
    /// Legal status.
    LEGAL_STATUS = "legal_status": Text,
    /// True if a check-up found a need for treatment.
    NEED_TREATMENT = "need_treatment": Flag,
    /// Sectors in which help is needed, separated by `;`.
    SECTORS_NEEDED = "sectors_needed": Text,
    /// Receiver of a referral.
    TO_AGENCY = "to_agency": Text,
    /// Sector of a referral.
    TO_SECTOR = "to_sector": Text,
    /// True for a warm referral.
    WARM = "warm": Flag,
    /// Urgency of a referral.
    URGENCY = "urgency": Text,
    /// Why a referral was declined.
    DECLINE_REASON = "decline_reason": Text,
    /// First day attended after a referral.
    FIRST_ATTENDED_ON = "first_attended_on": Date,
    /// Day the receiver reported back.
    REPORT_BACK_ON = "report_back_on": Date,
    /// Day the request came in.
    REQUEST_RECEIVED_ON = "request_received_on": Date,
    /// First day offered.
    FIRST_OFFERED_ON = "first_offered_on": Date,
    /// Day a plan was last reviewed.
    REVIEWED_ON = "reviewed_on": Date,
    /// Agencies of a plan, separated by `;`.
    AGENCIES = "agencies": Text,
    /// True if the member signed the plan.
    MEMBER_SIGNED = "member_signed": Flag,
    /// True if family took part in the plan.
    FAMILY_INVOLVED = "family_involved": Flag,
    /// Services planned, separated by `;`.
    SERVICES_PLANNED = "services_planned": Text,
    /// Goals open.
    GOALS_OPEN = "goals_open": Int,
    /// Goals attained.
    GOALS_ATTAINED = "goals_attained": Int,
    /// Goals closed.
    GOALS_CLOSED = "goals_closed": Int,
    /// Restrictiveness rank of a living span, 1–4.
    RESTRICT_RANK = "restrict_rank": Int,
    /// Restrictiveness weight of a living span.
    WEIGHT = "weight": Float,
    /// True for capitated cost lines.
    CAPITATED = "capitated": Flag,
    /// Days of supply of a fill.
    DAYS_SUPPLY = "days_supply": Int,
    /// The delivered file.
    SOURCE_FILE = "source_file": Text,
    /// The line in the delivered file, counted from 1, the header included.
    SOURCE_LINE = "source_line": Int,
}
