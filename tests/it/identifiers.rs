//! The gate against identifiers, measured: what it misses and what it takes for an identifier, on
//! generated columns and on synthetic extracts; and what a policy lets in, coarsens or refuses.

use std::fmt::Write;

use throughline::extract::{Identifier, Policy, Privacy, Treatment};
use throughline::terms::{Day, Table};

use crate::delivered::Delivered;
use crate::golden::throughline;
use crate::site::Site;

/// Rows of a generated extract; the identifier stands in the last one.
const ROWS: usize = 1200;

/// Contacts whose column `column` holds `value(row)`.
fn contacts(column: &str, value: impl Fn(usize) -> String) -> Delivered {
    let mut text = format!("contact_id,member_id,contact_date,agency_id,service_code,{column}\n");
    for row in 0..ROWS {
        let value = value(row).replace('"', "\"\"");
        let (id, code) = (format!("C{row:05}"), "H0004");
        let cells = match column {
            "contact_id" => format!("\"{value}\",M{},2024-01-05,A1,{code}", row % 50),
            "member_id" => format!("{id},\"{value}\",2024-01-05,A1,{code}"),
            "agency_id" => format!("{id},M{},2024-01-05,\"{value}\",{code}", row % 50),
            _ => format!("{id},M{},2024-01-05,A1,{code},\"{value}\"", row % 50),
        };
        writeln!(text, "{cells}").expect("memory");
    }
    if ["contact_id", "member_id", "agency_id"].contains(&column) {
        text = text.replacen(&format!("service_code,{column}\n"), "service_code\n", 1);
    }
    Delivered::new().with("contacts.csv", text)
}

/// What a column holds, by row.
type Value = dyn Fn(usize) -> String;

/// A number that changes with the row and looks arbitrary.
fn odd(row: usize, below: usize) -> usize {
    row.wrapping_mul(2_654_435_761).wrapping_add(row * row * 40_503) % below
}

/// As [`odd`], where one number must not depend on another of the same row.
fn mixed(row: usize, below: usize) -> usize {
    let hash = (row as u64 + below as u64 * 977).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    usize::try_from((hash >> 33) % below as u64).expect("small")
}

const FIRST: [&str; 8] = ["Mary", "John", "Linda", "Robert", "Susan", "Michael", "Karen", "David"];
const LAST: [&str; 8] =
    ["Smith", "Johnson", "Garcia", "Nguyen", "Lopez", "Wilson", "Moore", "Patel"];

/// One identifier, written in one of the usual ways.
fn identifiers(row: usize) -> Vec<(Identifier, String)> {
    let (a, b, c) = (200 + odd(row, 600), 200 + odd(row + 7, 700), 1000 + odd(row + 3, 8999));
    let (first, last) = (FIRST[row % 8], LAST[row / 8 % 8]);
    vec![
        (Identifier::Ssn, format!("{a}-{}-{c}", 10 + row % 89)),
        (Identifier::Phone, format!("{a}-{b}-{c}")),
        (Identifier::Phone, format!("({a}) {b}-{c}")),
        (Identifier::Phone, format!("{a}.{b}.{c}")),
        (Identifier::Email, format!("{first}.{last}{row}@example.org")),
        (Identifier::Address, format!("{} {last} Street", 1 + odd(row, 9000))),
        (Identifier::Address, format!("{} North Elm Ave., Apt {}", 1 + odd(row, 900), row % 20)),
        (Identifier::Url, format!("https://example.org/{row}")),
        (Identifier::Ip, format!("10.{}.{}.{}", row % 200, odd(row, 250), row % 7)),
        (Identifier::Coordinates, format!("39.{c}1,-104.{c}7")),
        (Identifier::Name, format!("{first} {last}")),
        (Identifier::Name, format!("{last}, {first}")),
    ]
}

#[test]
fn one_identifier_in_the_last_row_of_any_column_is_found() {
    let columns = ["contact_id", "member_id", "agency_id", "team_id", "clinician_id", "bho_id"];
    let (mut n, mut missed) = (0, Vec::new());
    for (number, column) in columns.iter().enumerate() {
        for (identifier, value) in identifiers(number * 31 + 5) {
            let usual = |row: usize| format!("T{row:06}");
            let last = value.clone();
            let delivered =
                contacts(
                    column,
                    move |row| {
                        if row == ROWS - 1 { last.clone() } else { usual(row) }
                    },
                );
            n += 1;
            match delivered.read() {
                Err(error) if error.to_string().contains(column) => {
                    assert!(!error.to_string().contains(&value), "a value is shown: {error}");
                }
                _ => missed.push(format!("{column}: {} as {value}", identifier.name())),
            }
        }
    }
    assert_eq!(n, 72);
    assert!(missed.is_empty(), "{} of {n}: {missed:#?}", missed.len());
}

/// A day of birth, in a spelling.
fn day(row: usize, spelling: &str) -> String {
    let (year, month, day) =
        (1930 + mixed(row, 80), 1 + mixed(row + 1, 12), 1 + mixed(row + 2, 28));
    let name =
        &["JAN", "Feb", "mar", "APR", "May", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    spelling
        .replace("{y2}", &format!("{:02}", year % 100))
        .replace("{y}", &year.to_string())
        .replace("{m}", &format!("{month:02}"))
        .replace("{d}", &format!("{day:02}"))
        .replace("{b}", name[month - 1])
}

#[test]
fn columns_that_only_show_as_a_whole_are_found() {
    let cases: [(&str, &str, &Value); 14] = [
        ("team_id", "looks_like_birth_date", &|row| day(row, "{m}/{d}/{y2}")),
        ("team_id", "looks_like_birth_date", &|row| day(row, "{d}-{b}-{y2}")),
        ("agency_id", "looks_like_birth_date", &|row| day(row, "{d}{b}{y}")),
        ("agency_id", "looks_like_birth_date", &|row| day(row, "{b} {d}, {y}")),
        ("bho_id", "looks_like_birth_date", &|row| day(row, "{y}.{m}.{d}")),
        ("bho_id", "looks_like_birth_date", &|row| day(row, "DOB: {m}/{d}/{y}")),
        ("team_id", "looks_like_birth_date", &|row| day(row, "{y}{m}{d}")),
        ("team_id", "looks_like_name", &|row| format!("{} {}", LAST[row % 8], FIRST[row / 8 % 8])),
        ("member_id", "looks_like_ssn", &|row| {
            format!("{:03}{:02}{:04}", 100 + odd(row, 560), 1 + odd(row, 98), 1 + odd(row, 9998))
        }),
        ("contact_id", "looks_like_phone", &|row| {
            let area = [303, 505, 719, 720, 801, 970][mixed(row, 6)];
            format!("{area}{}{:04}", 212 + mixed(row + 1, 88) + 100 * mixed(row, 8), row)
        }),
        ("team_id", "looks_like_name", &|row| LAST[row % 8].to_uppercase()),
        ("clinician_id", "looks_like_name", &|row| FIRST[row % 8].to_owned()),
        ("clinician_id", "looks_like_name", &|row| format!("{} Q", FIRST[row % 8])),
        ("team_id", "looks_like_birth_date", &|row| {
            format!("{}/1{}/19{:02}", 1 + row % 9, row % 3, row % 99)
        }),
    ];
    for (column, rule, value) in cases {
        assert_eq!(contacts(column, value).problems(), [format!("contacts.csv {column} {rule}")]);
    }
}

#[test]
fn few_numbers_without_separators_are_found() {
    fn ssn(row: usize) -> String {
        let area = [521, 522, 650, 11, 101, 212, 333, 456, 601, 7, 700][mixed(row, 11)] + row % 4;
        format!("{area:03}{:02}{:04}", 1 + mixed(row, 99), 1 + mixed(row + 3, 9999))
    }
    fn phone(row: usize) -> String {
        let area = [303, 505, 719, 720, 801, 970][mixed(row, 6)];
        format!(
            "{area}{}{:04}",
            212 + mixed(row + 1, 88) + 100 * mixed(row, 8),
            mixed(row + 5, 10_000)
        )
    }
    // So many different values; beyond them they repeat, or are ids of another shape.
    let cases: [(&str, usize, &str, &Value); 6] = [
        ("member_id", 120, "looks_like_ssn", &ssn),
        ("member_id", 60, "looks_like_phone", &phone),
        ("agency_id", 40, "looks_like_ssn", &ssn),
        ("agency_id", 25, "looks_like_phone", &phone),
        ("team_id", 40, "looks_like_ssn", &|row| format!(" {}", ssn(row))),
        ("clinician_id", 1, "looks_like_phone", &|_| "Cell 3035550100".to_owned()),
    ];
    for (column, n, rule, value) in cases {
        let found = contacts(column, |row| value(row % n)).problems();
        assert_eq!(found, [format!("contacts.csv {column} {rule}")]);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list")]
fn codes_ids_and_costs_are_no_identifiers() {
    let cases: [(&str, &Value); 32] = [
        ("contact_id", &|row| format!("C{:02}-{:02}-{row:04}", row % 99, row % 12)),
        ("member_id", &|row| format!("john{row}")),
        ("agency_id", &|row| {
            [
                "James River Clinic",
                "Cherry Lee Center",
                "West Thomas House",
                "Elm Clinic",
                "St. John",
            ][row % 5]
                .to_owned()
        }),
        ("agency_id", &|row| format!("{}", 20_240_101 + row % 28)),
        ("agency_id", &|row| format!("{}", 10_010_101 + row)),
        ("team_id", &|row| format!("{}.{}.{}", 1 + row % 3, row % 12, row % 28)),
        ("team_id", &|row| format!("{}/{}", 1 + row % 12, 1 + row % 28)),
        ("team_id", &|row| {
            ["Team May 12", "Unit 4-MAR", "MAR4", "2024", "12-24"][row % 5].to_owned()
        }),
        ("contact_id", &|row| format!("{row}")),
        ("contact_id", &|row| format!("{:09}", 100_000_000 + row)),
        ("contact_id", &|row| format!("{:010}", 3_035_550_000_u64 + row as u64)),
        ("contact_id", &|row| format!("2024-{row:06}")),
        ("contact_id", &|row| {
            format!(
                "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                odd(row, 1 << 31),
                row % 65536,
                row % 4096,
                odd(row, 4096),
                odd(row + 1, 1 << 40)
            )
        }),
        ("contact_id", &|row| format!("2024-01-05/{row}")),
        ("contact_id", &|row| format!("1{:02}-{:03}-{:04}", row % 99, odd(row, 999), row)),
        ("contact_id", &|row| format!("B1.{}.{}", row / 100, row)),
        ("member_id", &|row| format!("M{row:06}")),
        ("member_id", &|row| format!("{:09}", odd(row, 1_000_000_000))),
        ("member_id", &|row| format!("{:010}", odd(row, 9_999_999_999))),
        ("member_id", &|row| format!("{:064x}", odd(row, 1 << 60))),
        ("agency_id", &|row| format!("A{:03}", row % 90)),
        ("agency_id", &|row| {
            [
                "St. Mary Medical Center",
                "Jefferson Center",
                "Mind Springs",
                "North Range BH",
                "San Luis Valley",
            ][row % 5]
                .to_owned()
        }),
        ("clinician_id", &|row| format!("1{:09}", odd(row, 999_999_999))),
        ("team_id", &|row| {
            ["ACT 1", "ACT-2", "Team 4, east", "First episode", "24 hour crisis"][row % 5]
                .to_owned()
        }),
        ("service_code", &|row| format!("{}", 90_785 + row % 9000)),
        ("service_code", &|row| format!("H{:04}", row % 60)),
        ("modifiers", &|row| ["HQ", "GT:95", "U1/U2", "HQ, GT"][row % 4].to_owned()),
        ("dx1", &|row| format!("F{}.{}", 10 + row % 80, row % 10)),
        ("paid_amount", &|row| format!("{}.{:02}", odd(row, 99_999), row % 100)),
        ("minutes", &|row| format!("{}", row % 240)),
        ("start_ts", &|row| format!("2024-01-05T{:02}:{:02}:00-07:00", row % 24, row % 60)),
        ("place_of_service", &|row| ["11", "12", "23", "53"][row % 4].to_owned()),
    ];
    for (column, value) in cases {
        let text = if column == "service_code" {
            let rows: String =
                (0..ROWS).map(|row| format!("C{row},M1,2024-01-05,A1,{}\n", value(row))).collect();
            Delivered::new().with(
                "contacts.csv",
                format!("contact_id,member_id,contact_date,agency_id,service_code\n{rows}"),
            )
        } else {
            contacts(column, value)
        };
        let read = text.read();
        assert!(
            read.is_ok(),
            "{column} {}: {}",
            value(7),
            read.err().map(|error| error.to_string()).unwrap_or_default()
        );
    }
    let counties = [
        "Adams",
        "Jackson",
        "Jefferson",
        "Douglas",
        "San Juan",
        "El Paso",
        "08031",
        "08059",
        "08014",
    ];
    let members: String = (0..ROWS)
        .map(|row| format!("M{row},19{:02},{}\n", 30 + row % 70, counties[row % 9]))
        .collect();
    let delivered = Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.9"]).with(
        "members.csv",
        format!("member_id,birth_year,county\n{}", members.replace("08014", "08013")),
    );
    assert!(delivered.read().is_ok());
}

#[test]
fn synthetic_extracts_pass_under_every_policy_that_lets_dates_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("extracts");
    let out = out.to_str().expect("a path");
    let made =
        throughline(&["synth", "--members", "400", "--months", "12", "--seed", "9", "--out", out]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut delivered = Delivered::new();
    delivered.intake.folder = out.into();
    delivered.intake.as_of = None;
    for policy in [Policy::Undecided, Policy::LimitedDataSet] {
        delivered.intake.privacy.policy = policy;
        assert!(delivered.read().is_ok());
    }
    delivered.intake.privacy.policy = Policy::SafeHarbor;
    assert!(delivered.problems().iter().all(|problem| problem.ends_with(" true_dates")));
    delivered.intake.privacy.decided.insert(Identifier::Date, Treatment::Allow);
    assert!(delivered.read().is_ok());
}

fn members(header: &str, rows: &str, privacy: Privacy) -> Delivered {
    let mut delivered = Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.9"])
        .with("members.csv", format!("{header}\n{rows}\n"))
        .set(Table::Members, |source| {
            source.columns.insert("zip".into(), "region".into());
            source.columns.insert("dob".into(), "birth_year".into());
            source.columns.retain(|site, _| header.contains(site.as_str()));
        });
    delivered.intake.privacy = privacy;
    delivered
}

fn policy(policy: Policy) -> Privacy {
    Privacy { policy, ..Privacy::default() }
}

#[test]
fn a_policy_coarsens_what_it_lets_in_only_so() {
    let header = "member_id,dob,zip,county";
    let rows = "M1,1984-02-29,80203,Elm\nM2,02/29/1930,82101-1234,Elm";
    assert_eq!(
        members(header, rows, Privacy::default()).problems(),
        ["members.csv dob looks_like_birth_date", "members.csv zip looks_like_zip"]
    );
    let stored = |privacy| {
        let rows = members(header, rows, privacy).rows();
        rows.into_iter().filter(|row| row.contains(" member ")).collect::<Vec<_>>()
    };
    assert_eq!(
        stored(policy(Policy::LimitedDataSet)),
        [
            "M1 member birth_on=1984-01-01 county=Elm region=80203",
            "M2 member birth_on=1930-01-01 county=Elm region=82101-1234"
        ]
    );
    let mut strict = policy(Policy::SafeHarbor);
    strict.decided.insert(Identifier::Date, Treatment::Allow);
    assert_eq!(
        stored(strict.clone()),
        ["M1 member birth_on=1984-01-01 region=802", "M2 member birth_on=1934-01-01 region=000"]
    );
    let delivery = members(header, rows, strict).read().expect("an extract");
    assert_eq!(delivery.privacy.policy, "safe_harbor");
    assert_eq!(
        delivery.privacy.done,
        [
            "members.csv: column dob was cut to the year of birth; people of 90 and more are one category",
            "members.csv: column zip was cut to three digits, and to 000 where few people live",
            "members.csv: column county was left out",
            "the site allows true dates of care",
        ]
    );
}

#[test]
fn a_site_decides_and_gives_its_reason() {
    let contacts = || contacts("team_id", |row| LAST[row % 8].to_owned());
    assert_eq!(contacts().problems(), ["contacts.csv team_id looks_like_name"]);
    let mut exempt = contacts();
    exempt
        .intake
        .privacy
        .exempt
        .insert("contacts.team_id".into(), "teams named after towns".into());
    let delivery = exempt.read().expect("an extract");
    assert_eq!(
        delivery.privacy.done,
        ["contacts.team_id was not searched: teams named after towns"]
    );
    let mut old = members("member_id,birth_year", "M1,1920", Privacy::default());
    old.intake.privacy.decided.insert(Identifier::Age, Treatment::Refuse);
    assert_eq!(old.problems(), ["members.csv birth_year looks_like_age_over_89"]);
    let mut zips =
        members("member_id,birth_year,county", "M1,1980,80202\nM2,1980,08031", Privacy::default());
    assert_eq!(zips.problems(), ["members.csv county looks_like_zip"]);
    zips.intake.privacy.policy = Policy::LimitedDataSet;
    assert!(zips.read().is_ok());
}

#[test]
fn safe_harbor_takes_shifted_dates_only() {
    let rows = ["C1,M1,2024-01-05,A1,H0004,45,F20.9"];
    let mut delivered = Delivered::contacts(&rows);
    delivered.intake.privacy.policy = Policy::SafeHarbor;
    assert_eq!(delivered.problems(), ["contacts.csv contact_date true_dates"]);
    let mut shifted =
        Delivered::contacts(&rows).with("manifest.csv", "source,date_shifted\ncontacts,true\n");
    shifted.intake.as_of = Day::parse("2024-06-30");
    shifted.intake.privacy.policy = Policy::SafeHarbor;
    assert!(shifted.read().is_ok());
}

#[test]
fn the_policy_stands_in_the_pipeline_file() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(3);
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    let with = |privacy: &str| site.write("site.toml", format!("{pipeline}[privacy]\n{privacy}\n"));
    for (privacy, said) in [
        ("policy = \"safe_harbour\"", "did you mean `safe_harbor`?"),
        ("allow = [\"fone\"]", "there are `name`, `ssn`"),
        ("coarsen = [\"name\"]", "there is no coarser form of a person's name"),
        ("allow = [\"zip\"]\nrefuse = [\"zip\"]", "decided twice"),
        ("exempt = { \"visits.team\" = \"x\" }", "names no column of a table"),
        ("exempt = { \"contacts.team_id\" = \"\" }", "exempt for a reason"),
        ("hide = true", "unknown setting `hide`"),
    ] {
        with(privacy);
        let text = site.says(&["ingest", "@site.toml"], 2);
        assert!(text.contains(said), "no `{said}` in:\n{text}");
    }
    with("policy = \"safe_harbor\"");
    assert!(site.says(&["run", "@site.toml"], 2).contains("contact_date"));
    assert!(!site.path("store").exists() && !site.path("reports").exists());
    with("policy = \"safe_harbor\"\nallow = [\"date\"]");
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    assert!(
        site.fine(&["store", "show", "--store", "@store"]).contains("privacy policy safe_harbor")
    );
    let page = std::fs::read_to_string(site.path("report/index.html")).expect("a page");
    assert!(page.contains("the site allows true dates of care"));
}

/// A column that is mapped to one that cannot hold an identifier may be called what it likes.
#[test]
fn names_of_columns_that_hold_flags_codes_and_dates_are_not_searched() {
    let delivered = |dated: &str| {
        let names = format!(
            "contact_id,member_id,{dated},agency_id,service_code,apt_status,mobile_crisis,street_outreach,mobile_minutes"
        );
        let row = "C1,M1,2024-01-05,A1,H0004,attended,1,reached,45";
        Delivered::new().with("contacts.csv", format!("{names}\n{row}\n")).set(
            Table::Contacts,
            |source| {
                let pairs = [
                    (dated, "contact_date"),
                    ("apt_status", "status"),
                    ("mobile_crisis", "ed_flag"),
                    ("street_outreach", "outreach_result"),
                    ("mobile_minutes", "minutes"),
                ];
                source.columns.extend(pairs.map(|(site, model)| (site.into(), model.into())));
            },
        )
    };
    assert!(delivered("apt_date").refused().is_empty());
    assert_eq!(
        delivered("birth_date").problems(),
        ["contacts.csv birth_date looks_like_birth_date"]
    );
}

#[test]
fn a_version_is_no_address_of_a_computer() {
    let with = |version: &str| {
        Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.9"]).with(
            "outcomes.csv",
            format!("member_id,date,record_type,instrument,version\nM1,2024-02-01,assessment,LOCUS,{version}\n"),
        )
    };
    assert!(with("2.0.1.5").refused().is_empty());
    assert_eq!(with("123-45-6789").problems(), ["outcomes.csv version looks_like_ssn"]);
}
