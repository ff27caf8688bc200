//! What one row of the contacts table is, and which tests it passes.

use std::collections::BTreeMap;

use super::definition::{Basis, By, ContactTest, Group};
use super::rows::{Day, Row};

/// Treatment classes; the first list of reading 9.
pub(super) const TREATMENT: [&str; 17] = [
    "assessment",
    "therapy",
    "medication",
    "case_management",
    "peer",
    "rehab",
    "skills",
    "supported_employment",
    "supported_housing",
    "supported_education",
    "psychoeducation",
    "iop",
    "php",
    "act",
    "wraparound",
    "moud",
    "wm",
];

const PLACES_24H: [&str; 5] = ["21", "51", "55", "56", "61"];
const CODES_24H: [&str; 8] =
    ["H0010", "H0011", "H0017", "H0018", "H0019", "H2013", "H2036", "T2048"];

/// Service code → class, level and practice level.
pub(super) type Crosswalk = BTreeMap<String, (String, Option<u8>, Option<u8>)>;

/// The crosswalk of the shipped file.
pub(super) fn crosswalk(text: &str) -> Crosswalk {
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let meant = |row: &[&str]| (row[1].to_owned(), row[2].parse().ok(), row[3].parse().ok());
    rows.map(|row| (row[0].to_owned(), meant(&row))).collect()
}

/// A contact.
#[derive(Debug, Clone)]
pub(super) struct Contact<'a> {
    pub(super) row: &'a Row,
    pub(super) day: Day,
    pub(super) class: String,
    /// The level of the row, else of its code, else of its class.
    pub(super) level: u8,
    /// The practice level of its code.
    pub(super) practice: Option<u8>,
    pub(super) status: &'a str,
    /// Billed as a day of 24-hour care, by its place, code or class.
    pub(super) is_day_of_24h: bool,
    pub(super) is_qualifying: bool,
    pub(super) is_treatment: bool,
}

impl<'a> Contact<'a> {
    pub(super) fn of(row: &'a Row, crosswalk: &Crosswalk, is_minor: bool) -> Self {
        let mapped = crosswalk.get(row.text("service_code"));
        let class = match (row.text("service_class"), mapped) {
            ("", Some((class, ..))) => class.clone(),
            (own, _) => own.to_owned(),
        };
        let own_level = row.number("level").and_then(|level| u8::try_from(level).ok());
        let level = own_level.or(mapped.and_then(|(_, level, _)| *level));
        let place = row.text("place_of_service");
        let is_day_of_24h = PLACES_24H.contains(&place)
            || CODES_24H.contains(&row.text("service_code"))
            || ["residential_day", "inpatient_day"].contains(&class.as_str());
        let status = match row.text("status") {
            "" => "attended",
            status => status,
        };
        let people: Vec<&str> =
            row.text("participants").split(';').filter(|one| !one.is_empty()).collect();
        let named = people.contains(&"member") || (people.contains(&"family") && is_minor);
        let modality = row.text("modality");
        let took_part = named || (people.is_empty() && modality != "collateral_only");
        let too_short = ["phone", "video"].contains(&modality)
            && row.number("minutes").is_some_and(|minutes| minutes < 5);
        let can_qualify = status == "attended"
            && took_part
            && !too_short
            && modality != "message"
            && !is_day_of_24h
            && level.is_none_or(|level| level < 5)
            && row.flag("ed_flag") != Some(true)
            && place != "23";
        let of_treatment = TREATMENT.contains(&class.as_str());
        let of_any = of_treatment || ["crisis_ambulatory", "monitoring"].contains(&class.as_str());
        Self {
            row,
            day: row.day("contact_date").expect("every contact has a day"),
            level: level.unwrap_or_else(|| default_level(&class)),
            practice: mapped.and_then(|(.., practice)| *practice),
            class,
            status,
            is_day_of_24h,
            is_qualifying: can_qualify && of_any,
            is_treatment: can_qualify && of_treatment,
        }
    }

    /// True for days of inpatient care, where the contact is a day of 24-hour care at all.
    pub(super) fn is_inpatient(&self) -> bool {
        ["21", "51", "61"].contains(&self.row.text("place_of_service"))
            || self.class == "inpatient_day"
    }

    /// Minutes, or what was paid in cents; nothing where it is not recorded.
    pub(super) fn amount(&self, by: By) -> i64 {
        match by {
            By::Minutes => self.row.number("minutes").unwrap_or(0),
            By::Paid => self.row.cents("paid_amount").unwrap_or(0),
        }
    }

    /// The organisation that the row names.
    pub(super) fn organisation(&self) -> &'a str {
        match self.row.text("bho_id") {
            "" => "unknown",
            named => named,
        }
    }

    pub(super) fn passes(&self, test: &ContactTest) -> bool {
        self.passes_itself(test) || test.or.iter().any(|other| self.passes(other))
    }

    fn passes_itself(&self, test: &ContactTest) -> bool {
        let basis = match test.is {
            Basis::Row => true,
            Basis::Attempt => {
                !["cancelled_client", "cancelled_provider", "late_cancel"].contains(&self.status)
            }
            Basis::Qualifying => self.is_qualifying,
            Basis::Treatment => self.is_treatment,
        };
        let one_of = |wanted: &[String], text: &str| {
            wanted.is_empty() || wanted.iter().any(|word| word == text)
        };
        let none_of = |unwanted: &[String], text: &str| !unwanted.iter().any(|word| word == text);
        let text = |column| self.row.text(column);
        let modified =
            text("modifiers").split(';').any(|one| test.modifier.iter().any(|m| m == one));
        let who = text("participants").split(';').any(|who| test.with.iter().any(|one| one == who));
        let diagnosed =
            (1..=5).any(|n| in_groups(&test.diagnosis, self.row.text(&format!("dx{n}"))));
        basis
            && one_of(&test.class, &self.class)
            && one_of(&test.code, text("service_code"))
            && none_of(&test.code_not, text("service_code"))
            && one_of(&test.place, text("place_of_service"))
            && none_of(&test.place_not, text("place_of_service"))
            && test.level.is_none_or(|[from, to]| (from..=to).contains(&self.level))
            && (test.diagnosis.is_empty() || diagnosed)
            && one_of(&test.status, self.status)
            && one_of(&test.modality, text("modality"))
            && (test.with.is_empty() || who)
            && one_of(&test.clinician, text("clinician_type"))
            && one_of(&test.outreach_result, text("outreach_result"))
            && one_of(&test.no_show_reason, text("no_show_reason"))
            && (test.modifier.is_empty() || modified)
            && in_groups(&test.principal, text("dx1"))
            && test.practice_level.is_none_or(|[from, to]| {
                self.practice.is_some_and(|practice| (from..=to).contains(&practice))
            })
    }
}

/// Reading 28.
fn default_level(class: &str) -> u8 {
    match class {
        "monitoring" => 1,
        "iop" | "act" | "wraparound" | "crisis_ambulatory" => 3,
        "php" | "wm" => 4,
        _ => 2,
    }
}

/// True if a code is in one of the groups, or no group is named.
pub(super) fn in_groups(groups: &[Group], code: &str) -> bool {
    groups.is_empty() || groups.iter().any(|group| in_group(*group, code))
}

/// Section 1.5.
fn in_group(group: Group, code: &str) -> bool {
    let code = code.replace('.', "");
    let letter = code.chars().next().unwrap_or(' ');
    let number: i32 = code.get(1..3).and_then(|two| two.parse().ok()).unwrap_or(-1);
    let f = |from: i32, to: i32| letter == 'F' && (from..=to).contains(&number);
    // The sixth character says who meant it; the fifth where there is no sixth or only an X.
    let fifth = code.chars().nth(4);
    let intent = match code.chars().nth(5) {
        None | Some('X') => fifth,
        sixth => sixth,
    };
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| code.starts_with(prefix));
    match group {
        Group::MentalHealth => (f(20, 99) && !f(70, 79)) || in_group(Group::SelfHarm, &code),
        Group::SubstanceUse => f(10, 19) && !f(17, 17),
        Group::ActiveSubstanceUse => {
            let ends_in = |last: &str| code.len() == 5 && code.ends_with(last);
            in_group(Group::SubstanceUse, &code)
                && !["11", "21", "91"].iter().any(|last| ends_in(last))
        }
        Group::Psychosis => f(20, 20) || f(22, 25) || f(28, 29),
        Group::Bipolar => f(30, 31),
        Group::MajorDepression => f(32, 33),
        Group::Affective => f(30, 39),
        Group::Anxiety => f(40, 41),
        Group::Stress => f(43, 43),
        Group::Eating => f(50, 50),
        Group::Adjustment => starts(&["F432"]),
        Group::Severe => {
            in_group(Group::Psychosis, &code)
                || in_group(Group::Bipolar, &code)
                || starts(&["F322", "F323", "F332", "F333"])
        }
        Group::Coping => starts(&["F430", "F438", "F439", "Z733"]),
        Group::Opioid => f(11, 11),
        Group::AttentionConduct => f(90, 91),
        Group::Medical => "ABCDEGHIJKLMN".contains(letter) && code.len() >= 3,
        Group::SelfHarm => {
            starts(&["R45851", "T1491"])
                || (letter == 'X' && (71..=83).contains(&number))
                || (letter == 'T' && (36..=65).contains(&number) && intent == Some('2'))
        }
        Group::Overdose => {
            starts(&["T40", "T423", "T424", "T436", "T51"])
                && intent.is_some_and(|intent| ['1', '2', '4'].contains(&intent))
        }
    }
}
