//! Sites that deliver a part of the data: what the data cannot say is told as such, and never as none.

use crate::site::Site;

/// Thirty members with a contact in each month of 2024; more files by name and text, and more lines of the
/// manifest.
fn site(indicators: &str, files: &[(&str, &str)], manifest: &[&str]) -> Site {
    let site = Site::new(indicators);
    let mut contacts =
        "contact_id,member_id,contact_date,agency_id,bho_id,service_class\n".to_owned();
    for (member, month) in (0..30).flat_map(|member| (1..=12).map(move |month| (member, month))) {
        contacts += &format!("C{member}-{month},M{member:02},2024-{month:02}-15,A1,B1,therapy\n");
    }
    site.write("extracts/contacts.csv", contacts);
    let span = |member: usize| format!("M{member:02},2023-01-01,B1\n");
    let enrolment = "member_id,start,bho_id\n".to_owned() + &(0..30).map(span).collect::<String>();
    site.write("extracts/enrolment.csv", enrolment);
    for (name, text) in files {
        site.write(&format!("extracts/{name}"), text);
    }
    let head = "source,extract_date,coverage_start,coverage_end,runout_days\n";
    let delivered = files.iter().map(|(name, _)| name.split('.').next().expect("a name"));
    let line = |source: &str| {
        let own = manifest.iter().find(|line| line.starts_with(source));
        own.map_or(format!("{source},2025-01-31,2023-01-01,,0\n"), |line| format!("{line}\n"))
    };
    let lines: String = ["contacts", "enrolment"].into_iter().chain(delivered).map(line).collect();
    site.write("extracts/manifest.csv", head.to_owned() + &lines);
    site
}

/// State, value and reason of everyone in a month of 2024.
fn told(site: &Site, indicator: &str, month: u32) -> (String, String, String) {
    site.fine(&["run", "@site.toml", "--period", "2024-12", "--out", "@report", "--internal"]);
    let path = site.path("report-internal/tables/results.csv");
    let mut reader = csv::Reader::from_path(path).expect("results");
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|one| one == name).expect("a column");
    let asked = ["indicator", "group", "stratum_kind", "period_start", "period_end"].map(place);
    let columns = ["state", "value", "reason"].map(place);
    let start = format!("2024-{month:02}-01");
    let mut rows = reader.records().map(|row| row.expect("a row"));
    let row = rows.find(|row| {
        let [id, group, stratum, from, to] = asked.map(|place| &row[place]);
        (id, group, stratum, from) == (indicator, "all", "all", start.as_str())
            && to.starts_with(&start[..7])
    });
    let row = row.unwrap_or_else(|| panic!("{indicator} has a row in month {month}"));
    let [state, value, reason] = columns.map(|column| row[column].to_owned());
    (state, value, reason)
}

#[track_caller]
fn is_silent(site: &Site, indicator: &str, month: u32, state: &str, why: &str) {
    let (own, value, reason) = told(site, indicator, month);
    assert_eq!((own.as_str(), value.as_str()), (state, ""), "{reason}");
    assert!(reason.contains(why), "{reason}");
}

/// A column of which a fifth may be empty cannot be left out altogether.
#[test]
fn a_column_that_decides_is_named_where_it_is_not_there() {
    let site = site("\"upc\"", &[], &[]);
    is_silent(&site, "upc@clinician", 12, "not_computable", "contacts.clinician_id");
    assert_eq!(told(&site, "upc@agency", 12).1, "1");
}

#[test]
fn a_table_without_rows_or_without_amounts_is_no_money() {
    let head = "claim_id,member_id,service_date,amount_paid\n";
    let cost = [("cost.csv", head)];
    is_silent(&site("\"pmpm_bh\"", &cost, &[]), "pmpm_bh", 12, "not_computable", "cost");
    let cost = [("cost.csv", "claim_id,member_id,service_date\nK1,M00,2024-12-05\n")];
    let why = "cost.amount_paid or cost.amount_allowed or cost.std_price";
    is_silent(&site("\"pmpm_bh\"", &cost, &[]), "pmpm_bh", 12, "not_computable", why);
    let with_amount = format!("{head}K1,M00,2024-12-05,10\n");
    let cost = [("cost.csv", with_amount.as_str())];
    assert_eq!(told(&site("\"pmpm_bh\"", &cost, &[]), "pmpm_bh", 12).0, "final");
}

#[test]
fn nobody_is_at_home_for_want_of_stays() {
    let indicators = "\"community_tenure\", \"bed_days_per_1000mm\"";
    let why = "stays or contacts of 24-hour care";
    let without = site(indicators, &[], &[]);
    is_silent(&without, "community_tenure", 12, "not_computable", why);
    is_silent(&without, "bed_days_per_1000mm", 12, "not_computable", why);
    // Who asks how the number came about is told the same.
    let question =
        ["explain", "community_tenure", "--pipeline", "@site.toml", "--period", "2024-12"];
    assert!(without.says(&question, 2).contains(why));
    let contacts = std::fs::read_to_string(without.path("extracts/contacts.csv")).expect("a file");
    let hospital = "H1,M00,2024-12-03,A1,B1,inpatient_day\n";
    without.write("extracts/contacts.csv", contacts + hospital);
    let (state, value, _) = told(&without, "bed_days_per_1000mm", 12);
    assert_eq!(state, "final");
    assert!(value.parse::<f64>().is_ok_and(|value| value > 0.0), "{value}");
    // Stays of which none is ever over.
    let stays = [("stays.csv", "stay_id,member_id,admit,level\nS1,M00,2024-03-01,6\n")];
    let without_end = site(indicators, &stays, &[]);
    is_silent(&without_end, "bed_days_per_1000mm", 12, "not_computable", "stays.discharge");
}

#[test]
fn what_no_table_covers_is_withheld() {
    let lines = ["contacts,2025-01-31,2023-01-01,2024-10-31,0"];
    let ends = site("\"penetration_rate\"", &[], &lines);
    // Rows beyond the day that a sender names say more than the sender.
    assert_eq!(told(&ends, "penetration_rate", 11).0, "final");
    let contacts = std::fs::read_to_string(ends.path("extracts/contacts.csv")).expect("a file");
    let is_covered = |row: &&str| !row.contains("2024-11-") && !row.contains("2024-12-");
    let covered: Vec<&str> = contacts.lines().filter(is_covered).collect();
    let ends = site("\"penetration_rate\"", &[], &lines);
    ends.write("extracts/contacts.csv", covered.join("\n") + "\n");
    assert_eq!(told(&ends, "penetration_rate", 10).0, "final");
    is_silent(&ends, "penetration_rate", 11, "withheld", "data-through");
    let cost =
        [("cost.csv", "claim_id,member_id,service_date,amount_paid\nK1,M00,2024-12-05,10\n")];
    let late = site("\"pmpm_bh\"", &cost, &["cost,2025-01-31,2024-12-01,,0"]);
    is_silent(&late, "pmpm_bh", 11, "withheld", "begins before the data of cost");
    assert_eq!(told(&late, "pmpm_bh", 12).0, "final");
    let cost = [("cost.csv", cost[0].1.replace("2024-12-05", "2024-11-05"))];
    let cost = [("cost.csv", cost[0].1.as_str())];
    let early = site("\"pmpm_bh\"", &cost, &["cost,2025-01-31,2023-01-01,2024-11-30,0"]);
    is_silent(&early, "pmpm_bh", 12, "withheld", "the extract of cost ends on 2024-11-30");
    // Nobody says where the data begin, and there is nothing in 2023.
    let unsaid =
        site("\"penetration_rate\"", &[], &["contacts,2025-01-31,,,0", "enrolment,2025-01-31,,,0"]);
    unsaid.fine(&["run", "@site.toml", "--period", "2024-12", "--out", "@report", "--internal"]);
    let path = unsaid.path("report-internal/tables/results.csv");
    let results = std::fs::read_to_string(path).expect("results");
    let before = results.lines().filter(|row| row.contains("2023-06-01,2023-06-30"));
    let before: Vec<&str> = before.collect();
    assert!(!before.is_empty() && before.iter().all(|row| row.contains("withheld")), "{before:?}");
}
