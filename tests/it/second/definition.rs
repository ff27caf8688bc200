//! An indicator file, read a second time straight from its TOML. A part of the language that is not
//! known here is an error, so that no rule is computed with half of its text.

#![expect(clippy::struct_excessive_bools, reason = "the words of the language, one field each")]

use serde::Deserialize;
use toml::{Table, Value};

use super::criterion::{Criterion, Happening};
use super::phases::Phase;
use super::rows::Day;

/// Days from an index day, both ends included.
pub(super) type Days = [i32; 2];

/// One variant of one preset of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    /// Filled in after reading: id with the suffix of the variant.
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) preset: String,
    /// Filled in after reading: every table of it that may be a set of stays.
    #[serde(skip)]
    pub(super) sets: Vec<OwnSet>,
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(default)]
    pub(super) curve: bool,
    pub(super) grains: Option<Vec<String>>,
    pub(super) index: Option<Index>,
    #[serde(default)]
    pub(super) exclusion: Vec<Exclusion>,
    pub(super) numerator: Option<Criterion>,
    pub(super) member: Option<Member>,
    pub(super) value: Option<MemberValue>,
    pub(super) rate: Option<Rate>,
    pub(super) mix: Option<Mix>,
    pub(super) contacts: Option<ContactShare>,
}

impl Definition {
    /// True if its file asks for periods as long as this one.
    pub(super) fn is_reported_over(&self, (first, last): (Day, Day)) -> bool {
        let grain = match last - first + 1 {
            ..32 => "month",
            32..93 => "quarter",
            _ => "year",
        };
        self.grains.as_ref().is_none_or(|grains| grains.iter().any(|one| one == grain))
    }
}

/// Words of a reader and of the report, which change no number.
const WORDS: [&str; 13] = [
    "title",
    "family",
    "counts",
    "better",
    "objectives",
    "source",
    "evidence",
    "rationale",
    "interval",
    "example",
    "example_instrument",
    "preset",
    "variant",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NamedSet {
    Inpatient,
    Residential,
    #[serde(rename = "24h")]
    Any,
}

/// Stays of some levels, merged by a gap of their own or single.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnSet {
    pub(super) level: [u8; 2],
    pub(super) gap: Option<i32>,
    #[serde(default)]
    pub(super) single: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Set {
    Named(NamedSet),
    Own(OwnSet),
}

impl Set {
    /// True if stays at this level belong to it.
    pub(super) fn has(self, level: u8) -> bool {
        match self {
            Self::Named(NamedSet::Inpatient) => level == 6,
            Self::Named(NamedSet::Residential) => level == 5,
            Self::Named(NamedSet::Any) => level >= 5,
            Self::Own(own) => (own.level[0]..=own.level[1]).contains(&level),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Group {
    MentalHealth,
    SubstanceUse,
    Psychosis,
    Bipolar,
    MajorDepression,
    Affective,
    Anxiety,
    Stress,
    Eating,
    Adjustment,
    Severe,
    Overdose,
    SelfHarm,
    Opioid,
    AttentionConduct,
    Coping,
    Medical,
    ActiveSubstanceUse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Basis {
    Row,
    Attempt,
    Qualifying,
    Treatment,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactTest {
    pub(super) is: Basis,
    #[serde(default)]
    pub(super) class: Vec<String>,
    #[serde(default)]
    pub(super) code: Vec<String>,
    #[serde(default)]
    pub(super) code_not: Vec<String>,
    #[serde(default)]
    pub(super) place: Vec<String>,
    #[serde(default)]
    pub(super) place_not: Vec<String>,
    pub(super) level: Option<[u8; 2]>,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) status: Vec<String>,
    #[serde(default)]
    pub(super) modality: Vec<String>,
    #[serde(default)]
    pub(super) with: Vec<String>,
    #[serde(default)]
    pub(super) clinician: Vec<String>,
    #[serde(default)]
    pub(super) outreach_result: Vec<String>,
    #[serde(default)]
    pub(super) no_show_reason: Vec<String>,
    #[serde(default)]
    pub(super) modifier: Vec<String>,
    #[serde(default)]
    pub(super) principal: Vec<Group>,
    pub(super) practice_level: Option<[u8; 2]>,
    #[serde(default)]
    pub(super) or: Vec<ContactTest>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Around {
    pub(super) contact: ContactTest,
    pub(super) days: Days,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chain {
    pub(super) days: Days,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    pub(super) discharge: Option<Set>,
    pub(super) admission: Option<Set>,
    #[serde(default)]
    pub(super) ed_visit: bool,
    #[serde(default)]
    pub(super) assessment: bool,
    #[serde(default)]
    pub(super) planned_end: bool,
    #[serde(default)]
    pub(super) referral: bool,
    #[serde(default)]
    pub(super) plan: bool,
    #[serde(default)]
    pub(super) request: bool,
    #[serde(default)]
    pub(super) positive_screen: bool,
    #[serde(default)]
    pub(super) need_found: bool,
    #[serde(default)]
    pub(super) planned_service: bool,
    #[serde(default)]
    pub(super) sector_need: bool,
    #[serde(default)]
    pub(super) sector: Vec<String>,
    pub(super) birthday: Option<i32>,
    pub(super) quarter_pair: Option<Provider>,
    #[serde(default)]
    pub(super) any: Vec<Happening>,
    #[serde(default)]
    pub(super) when: Vec<Criterion>,
    pub(super) disengagement: Option<i32>,
    pub(super) returned: Option<Days>,
    pub(super) contact: Option<ContactTest>,
    #[serde(default)]
    pub(super) event: Vec<String>,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) or_further_diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) or_facility: Vec<String>,
    pub(super) age_min: Option<i32>,
    pub(super) chain: Option<Chain>,
    #[serde(default)]
    pub(super) every: bool,
    #[serde(default)]
    pub(super) without: Vec<Around>,
    #[serde(default)]
    pub(super) with: Vec<Around>,
    pub(super) nights_min: Option<i32>,
    #[serde(default)]
    pub(super) first: bool,
    pub(super) days_apart: Option<i32>,
    pub(super) until: Option<String>,
    pub(super) agency_contact: Option<ContactTest>,
    #[serde(default)]
    pub(super) months_with: Vec<Happening>,
    #[serde(default)]
    pub(super) once: bool,
    pub(super) episode_end: Option<i32>,
    pub(super) repeat: Option<Repeat>,
    #[serde(default)]
    pub(super) days_after: i32,
    /// Of units that a rate counts: which of them.
    pub(super) met: Option<Criterion>,
    /// Of units whose money a rate counts: cost lines of these levels.
    pub(super) lines: Option<Lines>,
    /// Of episodes whose money a rate counts: all of it, to so many days after the end.
    pub(super) whole_until: Option<i32>,
}

/// The same again and again, from the day after on.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeat {
    pub(super) every: i32,
    pub(super) times: i32,
}

/// What has to be known of an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Known {
    CutOff,
    LeastChange,
}

/// What has to be known of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Living {
    Restrictiveness,
    Weight,
    Change,
    Place,
}

/// Cost lines.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lines {
    pub(super) level: Option<[u8; 2]>,
}

/// What is added up of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    Minutes,
    Paid,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exclusion {
    #[serde(rename = "reason")]
    _reason: String,
    pub(super) not_enrolled: Option<Days>,
    #[serde(default)]
    pub(super) until_death: bool,
    #[serde(default)]
    pub(super) one_span: bool,
    #[serde(default)]
    pub(super) not_enrolled_throughout: bool,
    pub(super) not_observable: Option<i32>,
    pub(super) died: Option<Days>,
    pub(super) hospice: Option<Days>,
    #[serde(default)]
    pub(super) disposition: Vec<String>,
    pub(super) admission: Option<Set>,
    #[serde(default)]
    pub(super) diagnosis_not: Vec<Group>,
    pub(super) days: Option<Days>,
    #[serde(default)]
    pub(super) ed_admitted: bool,
    pub(super) no_service: Option<Days>,
    pub(super) when: Option<Criterion>,
    pub(super) comes_first: Option<Criterion>,
    #[serde(default)]
    pub(super) not_enrolled_year: bool,
    #[serde(default)]
    pub(super) died_in_year: bool,
    #[serde(default)]
    pub(super) hospice_in_year: bool,
    #[serde(default)]
    pub(super) no_eligible_month: bool,
    #[serde(default)]
    pub(super) no_eligible_day: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Provider {
    Clinician,
    Team,
    Agency,
}

impl Provider {
    /// The column of contacts that names it.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Clinician => "clinician_id",
            Self::Team => "team_id",
            Self::Agency => "agency_id",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) visits_to: Option<Provider>,
    pub(super) visits: Option<ContactTest>,
    #[serde(default)]
    pub(super) each: Each,
    pub(super) organisation: Option<Organisation>,
    pub(super) at_least: Option<usize>,
    pub(super) contact: Option<ContactTest>,
    #[serde(default)]
    pub(super) in_24_months: bool,
    pub(super) days_before: Option<i32>,
    #[serde(default)]
    pub(super) or_institution_day: bool,
    #[serde(default)]
    pub(super) enrolled: bool,
    #[serde(default)]
    pub(super) ed_visit: bool,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    #[serde(default)]
    pub(super) event: Vec<String>,
    pub(super) age: Option<[i32; 2]>,
    #[serde(default)]
    pub(super) smi: bool,
    pub(super) agencies_min: Option<usize>,
    pub(super) any_night: Option<Set>,
    pub(super) in_care: Option<i32>,
    pub(super) since_days: Option<i32>,
    pub(super) status: Option<Asked>,
    pub(super) days_apart: Option<i32>,
    pub(super) first_at_least: Option<i64>,
    #[serde(default)]
    pub(super) when: Vec<Criterion>,
    pub(super) scored: Option<Vec<String>>,
    pub(super) known: Option<Known>,
    pub(super) scores_apart: Option<i32>,
    pub(super) in_phase: Option<Phase>,
    pub(super) living: Option<Living>,
}

/// What is a visit: each day with a provider, or each row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Each {
    #[default]
    Day,
    Row,
}

/// What a status record is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    Housed,
    Homeless,
    Independent,
    AtHome,
    Restrictiveness,
    Employed,
    EmployedInLabourForce,
    CompetitiveWork,
    School,
    ArrestFree,
    UseDays,
    SelfHelp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ValueOf {
    UsualProvider,
    BiceBoxerman,
    Sequential,
    Herfindahl,
    Modified,
    ModifiedTwice,
    KnownProvider,
    Entropy,
    Providers,
    Fragmentation,
    MonthsWithContact,
    EachMonth,
    GapOver,
    DaysWithout,
    AnyContact,
    EachQuarter,
    QuartersWithContact,
    LongestGap,
    Regularity,
    CommunityDays,
    AnyNight,
    NightsSoFar,
    EdVisits,
    Events,
    HasLead,
    PlanCurrent,
    SharedPlan,
    EachQuarterInCare,
    Tenure,
    Relationship,
    StatusFirst,
    StatusLast,
    StatusGained,
    StatusLost,
    StatusEver,
    StatusLess,
    StatusNoneOrLess,
    Meets,
    Disruptions,
    EachQuarterScored,
    SeveralInstruments,
    ScoreBetter,
    ScoreWorse,
    ScoreNotWorse,
    Favourable,
    OutOfHome,
    Restrictiveness,
    LivingWeight,
    LessRestrictive,
    /// Of a unit.
    DaysUntil,
    MinutesUntil,
    Cost,
    StandardisedChange,
    Points,
    LevelDifference,
    LevelAgreement,
    Nights,
    HowMany,
}

impl ValueOf {
    /// True if a member has it or not; otherwise it is a number.
    pub(super) fn is_share(self) -> bool {
        matches!(
            self,
            Self::GapOver
                | Self::DaysWithout
                | Self::AnyContact
                | Self::AnyNight
                | Self::EachQuarter
                | Self::EachMonth
                | Self::EdVisits
                | Self::Events
                | Self::HasLead
                | Self::PlanCurrent
                | Self::SharedPlan
                | Self::EachQuarterInCare
                | Self::StatusFirst
                | Self::StatusLast
                | Self::StatusGained
                | Self::StatusLost
                | Self::StatusEver
                | Self::StatusLess
                | Self::StatusNoneOrLess
                | Self::Meets
                | Self::EachQuarterScored
                | Self::SeveralInstruments
                | Self::ScoreBetter
                | Self::ScoreWorse
                | Self::ScoreNotWorse
                | Self::Favourable
                | Self::LessRestrictive
        )
    }
}

/// So many days, or days around an index day.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Length {
    Days(i32),
    Window(Days),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberValue {
    pub(super) of: ValueOf,
    pub(super) contact: Option<ContactTest>,
    /// Only contacts with the lead clinician.
    #[serde(default)]
    pub(super) lead: bool,
    #[serde(default)]
    pub(super) all_months: bool,
    pub(super) days: Option<Length>,
    pub(super) level: Option<[u8; 2]>,
    pub(super) by: Option<f64>,
    #[serde(rename = "in")]
    pub(super) set: Option<Set>,
    #[serde(default)]
    pub(super) event: Vec<String>,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    pub(super) at_least: Option<usize>,
    pub(super) criterion: Option<Criterion>,
    /// Of a unit that is not met.
    pub(super) otherwise: Option<i32>,
}

/// To which organisation a thing of contacts, or a member, belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Organisation {
    Enrolment,
    Row,
    LastContact,
}

/// What is counted of activities of the community.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfActivities {
    Sessions,
    Participants,
    Minutes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    pub(super) organisation: Option<Organisation>,
    #[serde(rename = "per")]
    _per: Option<Value>,
    #[serde(rename = "unit")]
    _unit: Option<Value>,
    #[serde(rename = "times")]
    _times: Option<Value>,
    pub(super) over: Option<Box<Rate>>,
    pub(super) activities: Option<OfActivities>,
    pub(super) nights: Option<Set>,
    pub(super) admissions: Option<Set>,
    #[serde(default)]
    pub(super) events: Vec<String>,
    #[serde(default)]
    pub(super) ed_visits: bool,
    #[serde(default)]
    pub(super) diagnosis: Vec<Group>,
    pub(super) served: Option<ContactTest>,
    pub(super) contacts: Option<ContactTest>,
    #[serde(default)]
    pub(super) cost: bool,
    pub(super) level: Option<[u8; 2]>,
    #[serde(default)]
    pub(super) deaths: bool,
    #[serde(default)]
    pub(super) community_days: bool,
    #[serde(default)]
    pub(super) custody_days: bool,
    #[serde(default)]
    pub(super) goals_closed: bool,
    #[serde(default)]
    pub(super) goals_attained: bool,
    pub(super) disengagements: Option<i32>,
    pub(super) patient_days: Option<Set>,
    pub(super) waiting_nights: Option<Set>,
    #[serde(default)]
    pub(super) minutes: Vec<String>,
    #[serde(default)]
    pub(super) but_not_during: Vec<String>,
    pub(super) by: Option<By>,
    #[serde(default)]
    pub(super) waiting: Vec<String>,
    #[serde(default)]
    pub(super) sector: Vec<String>,
    pub(super) most_days: Option<i32>,
    pub(super) recommended: Option<[i64; 2]>,
    pub(super) units: Option<Index>,
    pub(super) members_with: Option<Index>,
    #[serde(default)]
    pub(super) money_of: Vec<Index>,
    pub(super) in_phase: Option<Phase>,
    #[serde(default)]
    pub(super) phase_days: Vec<Phase>,
}

impl MemberValue {
    /// The number of days.
    pub(super) fn length(&self) -> i32 {
        match self.days {
            Some(Length::Days(days)) => days,
            other => panic!("a number of days, not {other:?}"),
        }
    }

    pub(super) fn window(&self) -> Days {
        match self.days {
            Some(Length::Window(days)) => days,
            other => panic!("a window, not {other:?}"),
        }
    }
}

impl Rate {
    /// True if it is counted in cents.
    pub(super) fn is_money(&self) -> bool {
        self.cost || self.by == Some(By::Paid) || !self.money_of.is_empty()
    }

    /// True if a member counts once in a period, whatever there is of them.
    pub(super) fn is_once(&self) -> bool {
        self.served.is_some() || self.members_with.is_some()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mix {
    #[serde(rename = "days_by")]
    _days_by: MixBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MixBy {
    Level,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactShare {
    pub(super) of: ContactTest,
    pub(super) met: ContactTest,
}

/// Every variant of every preset of a file, or the first part of it that is not known here.
pub(super) fn read(text: &str) -> Result<Vec<Definition>, String> {
    let file: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut presets = vec![("default".to_owned(), Table::new())];
    presets.extend(tables(&file, "preset"));
    let only_variants = file.get("only_variants").and_then(Value::as_bool) == Some(true);
    let mut found = Vec::new();
    for (preset, changes) in presets {
        let base = laid_over(file.clone(), &changes);
        let mut variants = tables(&file, "variant");
        if !only_variants {
            variants.insert(0, (String::new(), Table::new()));
        }
        for (suffix, changes) in variants {
            let mut whole = laid_over(base.clone(), &changes);
            for word in WORDS.into_iter().chain(["only_variants"]) {
                whole.remove(word);
            }
            let whole = Value::Table(whole);
            let sets = sets_in(&whole);
            let mut one: Definition = whole.try_into().map_err(|error| format!("{error}"))?;
            one.sets = sets;
            if !suffix.is_empty() {
                one.id = format!("{}@{suffix}", one.id);
            }
            one.preset.clone_from(&preset);
            let of_rate =
                |own: &Index| own.met.is_some() || own.lines.is_some() || own.whole_until.is_some();
            if one.index.as_ref().is_some_and(of_rate) {
                return Err("`met`, `lines` and `whole_until` are of rates".to_owned());
            }
            found.push(one);
        }
    }
    Ok(found)
}

/// Every table below a value that reads as a set of stays, whatever it is.
fn sets_in(value: &Value) -> Vec<OwnSet> {
    match value {
        Value::Table(table) => {
            let own = value.clone().try_into().ok();
            own.into_iter().chain(table.values().flat_map(sets_in)).collect()
        }
        Value::Array(list) => list.iter().flat_map(sets_in).collect(),
        _ => Vec::new(),
    }
}

fn tables(file: &Table, key: &str) -> Vec<(String, Table)> {
    let named = file.get(key).and_then(Value::as_table).cloned().unwrap_or_default();
    let table = |value: Value| match value {
        Value::Table(table) => table,
        _ => Table::new(),
    };
    named.into_iter().map(|(name, value)| (name, table(value))).collect()
}

/// Tables are laid over tables; anything else is replaced.
fn laid_over(mut below: Table, above: &Table) -> Table {
    for (key, value) in above {
        let merged = match (below.remove(key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => Value::Table(laid_over(under, over)),
            // An empty list takes a setting of the file away.
            (Some(_), Value::Array(over)) if over.is_empty() => continue,
            _ => value.clone(),
        };
        below.insert(key.clone(), merged);
    }
    below
}
