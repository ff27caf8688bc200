//! Whose a number is where rows of contacts say it: the organisations of a small extract, by hand.

use std::collections::BTreeMap;

use throughline::kernel::{Group, Tallies};
use throughline::pipeline::{self, Folders};
use throughline::terms::Grain;

use crate::definitions::folder_of_other_sites;
use crate::site::Site;

/// M1 is enrolled with B1 and seen by B2 as well, M2 changes to B2 in the middle of March and is seen by
/// B2 before, M3 is not enrolled at all, M4 dies on the second and is seen on the third.
fn site() -> Site {
    let site = Site::new("");
    let ids = ["paid_where_named", "served_where_named", "row_continuity"];
    site.write(
        "site.toml",
        format!(
            "title = \"Site\"\nstore = \"store\"\nreports = \"reports\"\n[periods]\nmonths = 1\n\
             [extracts]\nfolder = \"extracts\"\n[indicators]\nfolders = [\"{}\"]\nuse = {ids:?}\n",
            folder_of_other_sites().display()
        ),
    );
    site.write(
        "extracts/members.csv",
        "member_id,birth_year,death_date\nM1,1980,\nM2,1980,\nM3,1980,\nM4,1980,2024-03-02\n",
    );
    site.write(
        "extracts/enrolment.csv",
        "member_id,start,end,bho_id\nM1,2023-01-01,,B1\nM2,2023-01-01,2024-03-15,B1\n\
         M2,2024-03-16,,B2\nM4,2023-01-01,,B1\n",
    );
    site.write(
        "extracts/contacts.csv",
        "contact_id,member_id,contact_date,service_class,agency_id,clinician_id,bho_id,paid_amount\n\
         C1,M1,2024-03-01,therapy,A1,K1,B1,10\nC2,M1,2024-03-02,therapy,A1,K1,B2,20\n\
         C3,M1,2024-03-02,therapy,A1,K2,B1,1\nC4,M1,2024-03-02,therapy,A1,K1,,5\n\
         C5,M2,2024-03-02,therapy,A1,K1,B2,40\nC6,M2,2024-03-03,therapy,A1,K1,B3,0.5\n\
         C7,M3,2024-03-02,therapy,A1,K1,B2,80\nC8,M3,2024-03-02,therapy,A1,K1,B9,160\n\
         C9,M4,2024-03-03,therapy,A1,K1,B1,320\nD1,M4,2024-03-02,therapy,A1,K1,B1,640\n",
    );
    let tables = ["members", "enrolment", "contacts"];
    let rows: String =
        tables.iter().map(|table| format!("{table},2024-04-30,2023-01-01,0\n")).collect();
    site.write(
        "extracts/manifest.csv",
        format!("source,extract_date,coverage_start,runout_days\n{rows}"),
    );
    site
}

/// Numerator in units and denominator of March by organisation; everyone is `all`.
fn of_march(tallies: &Tallies, id: &str) -> BTreeMap<String, (f64, i128)> {
    let mut found = BTreeMap::new();
    for (cell, tally) in &tallies.cells {
        let measure = &tallies.measures[cell.measure];
        let is_march = cell.period.grain == Grain::Month && cell.period.start.month() == 3;
        if measure.id != id || cell.stratum.kind != "all" || !is_march {
            continue;
        }
        let group = match &cell.group {
            Group::All => "all".to_owned(),
            Group::Bho(name) => name.clone(),
        };
        #[expect(clippy::cast_precision_loss, reason = "a few members")]
        let numerator = tally.numerator as f64 / measure.numerator_parts as f64;
        found.insert(group, (numerator, tally.denominator));
    }
    found
}

fn check(tallies: &Tallies, id: &str, expected: &[(&str, f64, i128)]) {
    let found = of_march(tallies, id);
    let named: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(named, expected.iter().map(|one| one.0).collect::<Vec<_>>(), "{id}");
    for (group, numerator, denominator) in expected {
        let (n, d) = found[*group];
        assert!((n - numerator).abs() < 1e-9 && d == *denominator, "{id} of {group}: {n} of {d}");
    }
}

#[test]
fn rows_say_whose_contacts_and_members_are() {
    let site = site();
    site.fine(&["ingest", "@site.toml"]);
    let read = pipeline::read(&site.path("site.toml")).expect("a file").expect("a pipeline");
    let snapshot = pipeline::snapshot(&read, &Folders::default()).expect("a snapshot");
    let month = pipeline::month("2024-03");
    let tallies = pipeline::count(&read, snapshot, month, &|_| {}).expect("a count").tallies;
    // Money goes where the row says: also of those who are enrolled nowhere, but not after death.
    let paid = [
        ("B1", 651.0, 31 + 15 + 1),
        ("B2", 140.0, 16),
        ("B3", 0.5, 0),
        ("B9", 160.0, 0),
        ("all", 956.5, 63),
        ("unknown", 5.0, 0),
    ];
    check(&tallies, "paid_where_named", &paid);
    // M1 by B1, M2 by B2 before it was enrolled there; M4 was alive on the first, seen on the day of death.
    let served = [("B1", 2.0, 47), ("B2", 1.0, 16), ("all", 3.0, 63)];
    check(&tallies, "served_where_named", &served);
    // The last row of M1 is of B2 and B1 and none on one day, of M2 of B3, of M3 of B2 and B9, of M4 of B1.
    let upc = [("B1", 1.0, 1), ("B2", 0.75, 1), ("B3", 1.0, 1), ("B9", 1.0, 1), ("all", 3.75, 4)];
    check(&tallies, "row_continuity@upc", &upc);
    let secon = [("B1", 1.0, 1), ("B2", 2.0 / 3.0, 1), ("B3", 1.0, 1), ("B9", 1.0, 1)];
    let all = ("all", 3.0 + 2.0 / 3.0, 4);
    check(&tallies, "row_continuity@secon", &[secon.as_slice(), &[all]].concat());
}

#[test]
fn what_a_row_cannot_say_is_refused_on_the_users_text() {
    let site = Site::new("");
    let text = std::fs::read_to_string(folder_of_other_sites().join("cost/paid_where_named.toml"));
    let of_stays = text.expect("a file").replace(
        "contacts     = { is = \"row\" }\nby           = \"paid\"",
        "admissions   = \"inpatient\"",
    );
    site.write("paid_where_named.toml", of_stays);
    let said = site.says(&["check", "@paid_where_named.toml"], 1);
    assert!(said.contains("rows name the organisation of contacts only"), "{said}");
    assert!(said.contains("organisation = \"row\"") && said.contains("^^^^^"), "{said}");
    let name = "continuity/row_continuity.toml";
    let text = std::fs::read_to_string(folder_of_other_sites().join(name)).expect("a file");
    for (from, to, problem) in [
        ("each         = \"row\"", "each = \"rows\"", "unknown each `rows`"),
        ("of = \"sequential\"", "of = \"tenure\"", "of which `each = \"row\"` says nothing"),
        (
            "visits_to    = \"clinician\"\nvisits       = { is = \"row\", place_not = [\"21\", \"51\"], code_not = [\"T1017\"] }\neach         = \"row\"",
            "contact = { is = \"row\" }\ndays_before = 90",
            "the last of which contacts?",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        site.write("row_continuity.toml", text.replace(from, to));
        let said = site.says(&["check", "@row_continuity.toml"], 1);
        assert!(said.contains(problem), "{problem}: {said}");
    }
}
