//! What refuses an extract as a whole: headers, identifiers, limits, damaged files.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::io::Write;

use expect_test::expect;
use throughline::extract::{Error, Range};
use throughline::terms::Table;

use crate::delivered::{Delivered, HEADER};
use crate::site::Site;

const GOOD: &str = "C1,M1,2024-01-05,A1,H0004,45,F20.9";

#[test]
fn headers_are_checked_all_at_once() {
    let problems = Delivered::new()
        .with(
            "contacts.csv",
            "contact_id,member_id,contact_dat,agency_id,service_code,first_name,color\n",
        )
        .with("stays.csv", "stay_id,stay_id,member_id,admit,level\n")
        .with("events.csv", "")
        .with("living.csv", "member_id,start\n")
        .with("living.csv.gz", "")
        .problems();
    expect![[r#"
        stays.csv stay_id duplicate_column
        events.csv  empty_file
        living.csv  two_files
        contacts.csv contact_dat unknown_column
        contacts.csv first_name looks_like_name
        contacts.csv color unknown_column
        contacts.csv  missing_column"#]]
    .assert_eq(&problems.join("\n"));
}

#[test]
fn problems_come_with_a_way_out() {
    let error = Delivered::new()
        .with("contacts.csv", "contact_id,member_id,contact_dat,agency_id,service_code\n")
        .read()
        .expect_err("a column is missing");
    expect![[r#"
        the extract is refused; nothing was stored
        contacts.csv: column `contact_dat`: table contacts has no such column, and the pipeline file neither maps nor ignores it (unknown_column)
          help: did you mean `contact_date`?
        contacts.csv: table contacts needs column `contact_date` (missing_column)
          help: did you mean `contact_dat`? map it under `columns` in the pipeline file"#]]
    .assert_eq(&error.to_string());
}

#[test]
fn settings_that_cannot_apply_are_told() {
    let problems = Delivered::contacts(&[GOOD])
        .set(Table::Contacts, |source| {
            let range = Range { min: Some(1), max: None };
            for column in ["team_id", "contact_date", "minutes", "paid_amount"] {
                source.ranges.insert(column.into(), range);
            }
            source.patterns.insert("agency_id".into(), "A[0-9".into());
            source.values.insert("contact_id".into(), [("1".into(), "2".into())].into());
        })
        .problems();
    let unfit = "contacts.csv  unfit_setting";
    assert_eq!(problems, [unfit, unfit, unfit, "  bad_pattern"]);
}

/// Two senders call a column by different names: some file of the table must have each.
#[test]
fn a_column_may_have_a_name_of_each_sender() {
    let delivered = |other: &str| {
        let text =
            |names: &str, id: &str| format!("{names},prov\n{id},M1,2024-01-05,A1,H0004,P1\n");
        Delivered::new()
            .with("contacts.a.csv", text(NAMES, "C1").replace("prov", "clinician_id"))
            .with("contacts.b.csv", text(NAMES, "C2"))
            .with(
                "manifest.csv",
                "source,sender,extract_date,refresh\ncontacts.a.csv,A,2024-06-05,full\ncontacts.b.csv,B,2024-06-05,full\n",
            )
            .set(Table::Contacts, |source| {
                source.columns.insert("prov".into(), "clinician_id".into());
                if !other.is_empty() {
                    source.columns.insert(other.into(), "team_id".into());
                }
            })
    };
    assert_eq!(delivered("").rows().join("\n").matches("clinician_id=P1").count(), 2);
    assert_eq!(
        delivered("crew").problems(),
        ["contacts.a.csv crew missing_column", "contacts.b.csv crew missing_column"]
    );
}

#[test]
fn contacts_cannot_be_missing_and_folders_must_exist() {
    expect!["contacts.csv  missing_file"].assert_eq(&Delivered::new().problems().join("\n"));
    let mut delivered = Delivered::new();
    delivered.intake.folder.push("nowhere");
    assert!(matches!(delivered.read(), Err(Error::Io { .. })));
}

#[test]
fn somebody_must_say_when_the_extract_was_cut() {
    let mut delivered = Delivered::contacts(&[GOOD]);
    delivered.intake.as_of = None;
    expect!["contacts.csv  no_extract_date"].assert_eq(&delivered.problems().join("\n"));
    let delivered =
        delivered.with("manifest.csv", "source,extract_date,runout_days\ncontacts,2024-01-04,14\n");
    expect!["contacts.csv:2 contact_date after_extract_date"]
        .assert_eq(&delivered.refused().join("\n"));
    let delivered = delivered.with("manifest.csv", "source,extract_dat\ncontact,2024-01-04\n");
    expect![[r#"
        manifest.csv extract_dat unknown_column
        manifest.csv source unknown_source
        contacts.csv  no_extract_date"#]]
    .assert_eq(&delivered.problems().join("\n"));
}

#[test]
fn identifiers_refuse_the_extract() {
    let with =
        |value: &str| Delivered::contacts(&[GOOD, &format!("C2,M1,2024-01-05,{value},H0004,45,")]);
    for (value, rule) in [
        ("123-45-6789", "contacts.csv agency_id looks_like_ssn"),
        ("jo@example.org", "contacts.csv agency_id looks_like_email"),
        ("303-555-0100", "contacts.csv agency_id looks_like_phone"),
        ("1984-02-29", "contacts.csv agency_id looks_like_birth_date"),
    ] {
        assert_eq!(with(value).problems(), [rule]);
        let message = with(value).read().expect_err("an identifier").to_string();
        assert!(!message.contains(value), "{message}");
    }
    let births =
        Delivered::contacts(&[GOOD]).with("members.csv", "member_id,birth_year\nM1,1984-02-29\n");
    assert_eq!(births.problems(), ["members.csv birth_year looks_like_birth_date"]);
    let ids = Delivered::contacts(&["C1,123-45-6789,2024-01-05,A1,H0004,45,"]);
    assert_eq!(ids.problems(), ["contacts.csv member_id looks_like_ssn"]);
}

#[test]
fn no_message_shows_a_value() {
    let delivered =
        Delivered::contacts(&[GOOD, "SECRET1,SECRET2,SECRET3,SECRET4,SECRET5,SECRET6,SECRET7"])
            .set(Table::Contacts, |source| source.refused_max.rows = Some(0));
    let message = delivered.read().expect_err("too many are refused").to_string();
    assert!(!message.contains("SECRET"), "{message}");
    expect![[r#"
        too many rows are refused; nothing was stored
        contacts.csv (contacts): 1 of 2 rows refused, allowed 0 rows
          1 not_a_date: The value is not a date of the calendar in the form YYYY-MM-DD.
            column `contact_date`, first in line 3
            help: deliver dates as YYYY-MM-DD, months as YYYY-MM and instants as YYYY-MM-DDTHH:MM, or say under `dates` in the pipeline file how dates are written"#]]
    .assert_eq(&message);
}

#[test]
fn a_limit_is_a_share_or_a_number_of_rows() {
    let delivered = |share, rows| {
        Delivered::contacts(&[
            GOOD,
            "C2,M1,x,A1,H0004,45,",
            "C3,M1,2024-01-07,A1,H0004,45,",
            "C4,M1,2024-01-08,A1,H0004,45,",
        ])
        .set(Table::Contacts, |source| {
            source.refused_max.share = share;
            source.refused_max.rows = rows;
        })
        .read()
    };
    assert!(delivered(Some(0.25), Some(1)).is_ok());
    assert!(matches!(delivered(Some(0.2), None), Err(Error::TooManyRefused(_))));
    assert!(matches!(delivered(Some(0.25), Some(0)), Err(Error::TooManyRefused(_))));
}

#[test]
fn damaged_gzip_is_an_error_and_no_panic() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(format!("{HEADER}\n{GOOD}\n").as_bytes()).expect("memory");
    let mut packed = packed.finish().expect("memory");
    packed.truncate(packed.len() - 6);
    expect!["contacts.csv.gz  unreadable_file"]
        .assert_eq(&Delivered::new().with("contacts.csv.gz", packed).problems().join("\n"));
    expect!["contacts.parquet  unreadable_file"]
        .assert_eq(&Delivered::new().with("contacts.parquet", "PAR1 broken").problems().join("\n"));
}

const LINE: &str = "K1,SECRET1,2024-01-05,A1,H0004";
const NAMES: &str = "contact_id,member_id,contact_date,agency_id,service_code";

/// The problems of contacts with this text, none of which shows anything of a row.
#[track_caller]
fn said(text: &str) -> String {
    let delivered = Delivered::new().with("contacts.csv", text);
    let message = delivered.read().expect_err("no header").to_string();
    assert!(!message.contains("SECRET") && !message.contains("2024-01-05"), "{message}");
    message
}

#[test]
fn rows_in_the_place_of_a_header_are_never_told() {
    for (text, rule) in [
        (format!("\"{NAMES}\n{LINE}\n"), "(open_quote)"),
        (format!("{NAMES},\"team_id\n{LINE},T1\n{LINE},T1\n"), "(open_quote)"),
        (format!("{LINE}\nK2,SECRET2,2024-01-05,A1,H0004\n"), "(no_header)"),
        ("K1,SECRET1,A1\nK2,SECRET2,A1\n".to_owned(), "(no_header)"),
        // A name of the model does not make a header of a row with dates.
        (format!("{LINE},contact_id\n"), "(no_header)"),
        (NAMES.replace(',', ";") + "\nK1;SECRET1;x;A1;H0004\n", "(no_header)"),
        (format!("{NAMES},K1 SECRET1 (seen)\n{LINE},x\n"), "column 6 has a name"),
    ] {
        let message = said(&text);
        assert!(message.contains(rule) && message.contains("help:"), "{message}");
    }
    let named = Delivered::new()
        .with("contacts.csv", format!("{NAMES},Seen (1)\n{LINE},x\n"))
        .set(Table::Contacts, |source| source.ignore.push("Seen (1)".into()));
    assert!(named.refused().is_empty(), "what the pipeline file names is a name");
}

#[test]
fn lines_that_end_in_a_carriage_return_alone_lose_no_row() {
    let lines = |n: usize, end: &str| {
        (0..n).map(|row| format!("K{row}{}{end}", &LINE[2..])).collect::<String>()
    };
    for text in [
        format!("{NAMES}\r{}", lines(3, "\n")),
        format!("{NAMES}\r{}", lines(3, "\r")),
        format!("{NAMES}\r{}", lines(80_000, "\r")),
        format!("\r\r{NAMES}\n{}", lines(3, "\n")),
        format!("{NAMES}\n{}\r{}", lines(3, "\n"), lines(3, "\n")),
        format!(
            "{NAMES}\n{}K8,M1,2024-01-05,\"A1\",H0004\rK9,M1,2024-01-05,\"A1\",H0004\n",
            lines(3, "\n")
        ),
        format!(
            "{NAMES}\n{}K8,M1,2024-01-05,H0004,\"A1\"\rK9,M1,2024-01-05,H0004,A1\n",
            lines(3, "\n")
        ),
    ] {
        assert!(said(&text).contains("(lone_carriage_return)"), "{:?}", &text[..99]);
    }
    for text in [
        format!("{NAMES}\r\n{}", lines(3, "\r\n")),
        format!("{NAMES}\n{}K9,M1,2024-01-05,\"A1\r\",H0004\r", lines(2, "\n")),
    ] {
        let delivered = Delivered::new().with("contacts.csv", &text);
        assert_eq!(delivered.read().expect("an extract").sources[0].accepted, 3, "{text:?}");
    }
}

#[test]
fn the_pipeline_file_is_checked_against_the_data_model() {
    let site = Site::new(r#""contact_gap_over_k""#);
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    for (setting, said) in [
        ("ranges.team_id = { min = 1 }", "its values are no numbers"),
        ("patterns.agency_id = \"A[0-9\"", "unclosed character class"),
        ("values.status = { X = \"atended\" }", "`atended` is no value of `status`"),
        ("values.ed_flag = { J = \"ja\" }", "there are true, false"),
        ("values.contact_id = { 1 = \"2\" }", "its values do not repeat"),
        ("constants.place_of_service = \"zz\"", "`zz` is no value of `place_of_service`"),
        ("patterns.teem_id = \"T.*\"", "did you mean `team_id`?"),
    ] {
        site.write("site.toml", format!("{pipeline}[extracts.contacts]\n{setting}\n"));
        let text = site.says(&["check", "@site.toml"], 1);
        assert!(text.contains(said) && text.contains("1 problem in 1 file"), "{said}\n{text}");
    }
    let fine = "ranges.minutes = { min = 1 }\npatterns.agency_id = \"A[0-9]+\"\nvalues.status = { X = \"Attended\", Y = \"\" }\nconstants.participants = \"member;family\"\n";
    site.write("site.toml", format!("{pipeline}[extracts.contacts]\n{fine}"));
    site.fine(&["check", "@site.toml"]);
}
