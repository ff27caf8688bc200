//! What the top of the page and the table on the console say of a small site.

use crate::site::Site;

const MONTHS: usize = 15;

/// Four hundred enrolled members from January 2024 to March 2025, by organisation, of whom so many have
/// an overdose in a month.
fn site(
    indicators: &str,
    organisations: &[&str],
    overdoses: impl Fn(&str, usize) -> usize,
) -> Site {
    let site = Site::new(indicators);
    let mut contacts =
        "contact_id,member_id,contact_date,service_class,agency_id,bho_id\n".to_owned();
    let mut enrolment = "member_id,start,bho_id\n".to_owned();
    let mut events = "event_id,member_id,start,type\n".to_owned();
    for organisation in organisations {
        let members = 400 / organisations.len();
        for member in (0..members).map(|number| format!("M{organisation}{number:03}")) {
            enrolment += &format!("{member},2024-01-01,{organisation}\n");
            contacts += &format!("C{member},{member},2024-01-15,therapy,A1,{organisation}\n");
        }
        for month in 0..MONTHS {
            let (year, of_year) = (2024 + month / 12, month % 12 + 1);
            for number in 0..overdoses(organisation, month) {
                let member = format!("M{organisation}{number:03}");
                events += &format!("E{month}{member},{member},{year}-{of_year:02}-10,overdose\n");
            }
        }
    }
    site.write("extracts/contacts.csv", contacts);
    site.write("extracts/enrolment.csv", enrolment);
    site.write("extracts/events.csv", events);
    let sources = ["contacts", "enrolment", "events"];
    let lines = sources.map(|source| format!("{source},2025-03-31,2024-01-01,0\n")).concat();
    site.write(
        "extracts/manifest.csv",
        "source,extract_date,coverage_start,runout_days\n".to_owned() + &lines,
    );
    site
}

/// The console's words and the page.
fn report(site: &Site) -> (String, String) {
    let said = site.fine(&["run", "@site.toml", "--period", "2025-03", "--out", "@report"]);
    let page = std::fs::read_to_string(site.path("report/index.html")).expect("a page");
    (said, page.replace('\u{a0}', " "))
}

fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let after = page.split_once(from).expect(from).1;
    after.split_once(to).expect(to).0
}

#[test]
fn later_periods_of_any_length_that_are_hidden_are_told() {
    let site = site("\"overdose_events\"", &["B1", "B2"], |_, month| usize::from(month < 12) + 1);
    let (_, page) = report(&site);
    let row = between(&page, "id=\"indicators\"", "</table>");
    assert!(row.contains("Jan to Dec 2024: final; later ones are hidden"), "{row}");
}

#[test]
fn the_only_organisation_is_not_told_beside_everyone() {
    let site = site("\"overdose_events\"", &["B1"], |_, month| if month < 14 { 20 } else { 90 });
    let (_, page) = report(&site);
    let changes = between(&page, "<ul class=\"changes\">", "</ul>");
    assert!(changes.contains("(all organisations together, Mar 2025) lies above"), "{changes}");
    assert!(!changes.contains("(B1,"), "{changes}");
}

#[test]
fn changes_name_months_in_one_way() {
    let often = |organisation: &str, _: usize| if organisation == "B1" { 20 } else { 90 };
    let (_, page) = report(&site("\"overdose_events\"", &["B1", "B2"], often));
    let changes = between(&page, "<ul class=\"changes\">", "</ul>");
    assert!(changes.contains(" in Mar 2025: everyone "), "{changes}");
    assert!(changes.contains("; worse: B2 ") && changes.contains("; better: B1 "), "{changes}");
}

#[test]
fn whoever_has_no_earlier_number_is_told_so() {
    let site = site("\"overdose_events\"", &["B1", "B2"], |_, _| 20);
    let path = site.path("extracts/enrolment.csv");
    let enrolment = std::fs::read_to_string(path).expect("a file");
    site.write("extracts/enrolment.csv", enrolment.replace("2024-01-01", "2025-03-01"));
    let (_, page) = report(&site);
    let table = between(&page, "id=\"indicators\"", "</table>");
    assert!(table.contains("no number for Feb 2025 to compare with"), "{table}");
}

#[test]
fn presets_of_one_indicator_are_told_apart_on_the_console() {
    let site =
        site("\"disengagement_rate\", \"disengagement_rate:gap_60\"", &["B1", "B2"], |_, _| 0);
    let (said, _) = report(&site);
    let named = |name: &str| said.lines().any(|line| line.split(' ').next() == Some(name));
    assert!(named("disengagement_rate") && named("disengagement_rate:gap_60"), "{said}");
}

/// The folder is named as it was given, with the way out, before and after counting.
#[test]
fn a_report_that_cannot_be_written_names_its_folder_and_the_way_out() {
    let site = site("\"overdose_events\"", &["B1", "B2"], |_, _| 20);
    site.fine(&["ingest", "@site.toml"]);
    for (place, system) in [
        ("@extracts/contacts.csv", "Not a directory"),
        ("@extracts/contacts.csv/report", "Not a directory"),
        ("/proc/nowhere/report", "No such file"),
    ] {
        let said = site.says(&["run", "@site.toml", "--period", "2025-03", "--out", place], 2);
        let named = format!("{}: no report can be written here (", place.trim_start_matches('@'));
        assert!(said.contains(&named) && said.contains(system), "{said}");
        assert!(said.contains("; choose another folder with --out"), "{said}");
        assert!(!said.contains(".new-"), "{said}");
        let evaluate = ["evaluate", "@site.toml", "--period", "2025-03", "--out", place];
        let said = site.says(&evaluate, 2);
        assert!(said.contains("; choose another folder with --out"), "{said}");
        let made = ["synth", "--members", "20", "--months", "13", "--out", place];
        let said = site.says(&made, 2);
        assert!(said.contains("is not a folder that can be written; name a new folder"), "{said}");
    }
}
