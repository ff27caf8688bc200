//! Extracts as other systems write them, taken in with nothing but a pipeline file.

use std::fs;

use expect_test::expect;

use crate::site::Site;

/// A site with one file of contacts, and settings of it.
fn site(contacts: &str, settings: &str) -> Site {
    let site = Site::new("\"months_with_contact\"");
    site.write("extracts/contacts.csv", contacts);
    site.write(
        "extracts/manifest.csv",
        "source,extract_date,coverage_start,runout_days\ncontacts,2024-06-30,2024-01-01,0\n",
    );
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("it is there");
    site.write("site.toml", pipeline + settings);
    site
}

fn rows(site: &Site, columns: &str) -> String {
    site.fine(&["ingest", "@site.toml"]);
    let sql = format!("select {columns} from timeline order by record_id");
    site.fine(&["query", &sql, "--store", "@store", "--csv"])
}

#[test]
fn a_site_says_how_it_writes_dates_and_what_is_empty() {
    let contacts = "contact_id,member_id,contact_date,paid_date,service_class,agency_id,minutes,Nr (old),,notes\n\
        C1,M1,3/7/2024,20240309,therapy,A1,NULL,7,,seen at home\n\
        C2,M1,12/31/2023,02JAN2024,therapy,A1,30,NULL,,\n\
        C3,M1,13/1/2024,20240301,therapy,A1,30,,,\n\
        C4,M1,2024-03-07,NULL,therapy,A1,30,,,\n";
    let settings = "\n[extracts.contacts]\nignore = [\"*\"]\nempty = [\"NULL\"]\nrefused_share = 0.9\n\
        [extracts.contacts.dates]\ncontact_date = \"%m/%d/%Y\"\npaid_date = [\"%Y%m%d\", \"%d%b%Y\"]\n";
    let site = site(contacts, settings);
    expect![["
        record_id,start_on,paid_on,minutes
        C1,2024-03-07,2024-03-09,
        C2,2023-12-31,2024-01-02,30
    "]]
    .assert_eq(&rows(&site, "record_id, start_on, paid_on, minutes"));
    let said = site.fine(&["run", "@site.toml", "--out", "@report"]);
    assert!(said.contains("Rows were refused and are in no number: 2 of 4 in contacts."), "{said}");
    let refused = fs::read_to_string(site.path("report/refused.csv")).expect("it is there");
    for line in [4, 5] {
        let told = format!("contacts.csv,{line},contact_date,not_a_date");
        assert!(refused.contains(&told), "{refused}");
    }
}

/// Databases write dates without a time as midnights, and so do spreadsheets.
#[test]
fn a_midnight_is_a_date() {
    let midnight = |id: u32, date: &str| format!("C{id},M1,{date},therapy,A1\n");
    let dates =
        ["2024-03-07 00:00:00", "2024-03-07T00:00Z", "2024-03-07T00:00:00.000", "2024-03-07"];
    let mut contacts = "contact_id,member_id,contact_date,service_class,agency_id\n".to_owned();
    contacts.extend((0..).zip(dates).map(|(id, date)| midnight(id, date)));
    contacts.extend(
        (4..).zip(["2024-03-07 10:00:00", "2024-03-07x00:00"]).map(|(id, date)| midnight(id, date)),
    );
    let site = site(&contacts, "\n[extracts.contacts]\nrefused_share = 0.9\n");
    assert_eq!(rows(&site, "record_id, start_on, class").matches(",2024-03-07,").count(), 4);
}

/// A run that is stopped says where the rows are that stop it.
#[test]
fn too_many_refused_rows_are_told_by_column_and_line() {
    let contacts = "contact_id,member_id,seen,service_class,agency_id\nC1,M1,2024-03-07,therapy,A1\n\
        C2,M1,7.3.2024,therapy,A1\nC3,M1,7.3.2024,therapie,A1\n,M1,2024-03-07,therapie,A1\n";
    let site = site(contacts, "\n[extracts.contacts.columns]\nseen = \"contact_date\"\n");
    let said = site.says(&["ingest", "@site.toml"], 2);
    assert!(said.contains("  2 not_a_date"), "{said}");
    assert!(said.contains("    column `seen`, first in line 3\n"), "{said}");
    assert!(!said.contains("therapie"), "{said}");
}

#[test]
fn a_way_to_write_dates_that_is_none_is_told() {
    let settings = "\n[extracts.contacts.dates]\ncontact_date = \"%m/%d/%y\"\nminutes = \"%Y%m%d\"\n\
        paid_date = []\ncontact_dat = \"%Y%m%d\"\nstart_ts = \"%Y-%m-%d %H:%M\"\n";
    let site = site("", settings);
    let said = site.says(&["check", "@site.toml"], 1);
    for told in [
        "this is no way to write the dates of `contact_date`",
        "after `%` comes Y, m, d, b, H, M or S",
        "`dates` cannot apply to `minutes`: its values are no dates",
        "`paid_date` has no way to write dates",
        "table `contacts` has no column `contact_dat`",
        "`dates` cannot apply to `start_ts`: it holds instants",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
}
