//! Very little data: the report is calm and says what it cannot say.

use std::fs;

use crate::site::Site;

const HEAD: &str = "contact_id,member_id,contact_date,service_class,agency_id,bho_id";

/// Every indicator over the extracts, and what the results say.
fn report(files: &[(&str, &str)], period: &str) -> (Site, Vec<csv::StringRecord>) {
    let site = Site::new("\"all\"");
    for (name, text) in files {
        site.write(&format!("extracts/{name}"), text);
    }
    let all = ["contacts", "stays", "members", "enrolment"];
    let rows = all.map(|table| format!("{table},2024-06-30,2024-01-01,0\n"));
    let named = rows
        .iter()
        .zip(all)
        .filter(|(_, table)| files.iter().any(|(name, _)| name.starts_with(table)));
    let manifest: String = named.map(|(row, _)| row.as_str()).collect();
    site.write(
        "extracts/manifest.csv",
        format!("source,extract_date,coverage_start,runout_days\n{manifest}"),
    );
    let said =
        site.fine(&["run", "@site.toml", "--period", period, "--out", "@report", "--internal"]);
    let page = fs::read_to_string(site.path("report/index.html")).expect("a page");
    for strange in ["NaN", "inf%", "inf ", "-0.0", "null"] {
        assert!(!said.contains(strange) && !page.contains(&format!(">{strange}")), "{strange}");
    }
    let results = site.path("report-internal/tables/results.csv");
    let mut reader = csv::Reader::from_path(results).expect("results");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    for row in &rows {
        for cell in row {
            assert!(!["NaN", "inf", "-inf", "-0"].contains(&cell), "{row:?}");
        }
        // No denominator, no value: nought of nought is not nought.
        let (numerator, denominator, value) = (&row[8], &row[9], &row[12]);
        assert!(!(denominator == "0" && numerator == "0" && value == "0"), "{row:?}");
    }
    (site, rows)
}

#[test]
fn one_contact() {
    let (_, rows) = report(
        &[("contacts.csv", &format!("{HEAD}\nC1,M1,2024-03-05,therapy,A1,B1\n"))],
        "2024-03",
    );
    assert!(!rows.is_empty());
}

#[test]
fn one_member_and_nothing_else_that_month() {
    let contacts =
        format!("{HEAD}\nC1,M1,2024-01-05,therapy,A1,B1\nC2,M1,2024-05-05,therapy,A1,B1\n");
    let members = "member_id,birth_year,sex\nM1,1980,F\n";
    let enrolment = "member_id,start,end,bho_id\nM1,2024-01-01,,B1\n";
    let files = [
        ("contacts.csv", contacts.as_str()),
        ("members.csv", members),
        ("enrolment.csv", enrolment),
    ];
    let (_, rows) = report(&files, "2024-03");
    assert!(!rows.is_empty());
}

#[test]
fn no_stays_although_the_table_is_there() {
    let contacts: String =
        (0..30).map(|member| format!("C{member},M{member},2024-03-05,therapy,A1,B1\n")).collect();
    let contacts = format!("{HEAD}\n{contacts}");
    let files = [
        ("contacts.csv", contacts.as_str()),
        ("stays.csv", "stay_id,member_id,admit,discharge,level\n"),
    ];
    let (_, rows) = report(&files, "2024-03");
    let follow_up: Vec<_> = rows.iter().filter(|row| row[0].starts_with("fu_hosp")).collect();
    assert!(follow_up.iter().all(|row| row[12].is_empty()), "{follow_up:?}");
}

#[test]
fn an_organisation_without_members() {
    let mut contacts = format!("{HEAD}\n");
    for member in 0..30 {
        contacts += &format!(
            "C{member},M{member},2024-03-05,therapy,A1,{}\n",
            if member == 0 { "B2" } else { "B1" }
        );
    }
    let enrolment: String = (0..30).map(|member| format!("M{member},2024-01-01,,B1\n")).collect();
    let enrolment = format!("member_id,start,end,bho_id\n{enrolment}");
    let files = [("contacts.csv", contacts.as_str()), ("enrolment.csv", enrolment.as_str())];
    let (site, _) = report(&files, "2024-03");
    let page = fs::read_to_string(site.path("report/index.html")).expect("a page");
    assert!(page.contains("B1"));
}

#[test]
fn no_row_at_all() {
    let site = Site::new("\"all\"");
    site.write("extracts/contacts.csv", format!("{HEAD}\n"));
    site.write("extracts/manifest.csv", "source,extract_date,runout_days\ncontacts,2024-06-30,0\n");
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    site.fine(&["verify", "@report", "--pipeline", "@site.toml"]);
    let sql = "select count(*) as n, min(start_on) as first from contacts where code = 'H0004'";
    assert!(site.fine(&["query", sql, "--store", "@store"]).contains('0'), "a table without rows");
}
