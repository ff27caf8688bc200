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
#[track_caller]
fn told(site: &Site, indicator: &str, month: u32) -> [String; 3] {
    let start = format!("2024-{month:02}-01");
    let everyone = [("group", "all"), ("stratum_kind", "all"), ("period", "month")];
    let wanted = [&everyone[..], &[("indicator", indicator), ("period_start", &start)]].concat();
    site.fine(&["run", "@site.toml", "--period", "2024-12", "--out", "@report", "--internal"]);
    site.results("report-internal", &wanted, ["state", "value", "reason"]).pop().expect("a row")
}

#[track_caller]
fn is_silent(site: &Site, indicator: &str, month: u32, state: &str, why: &str) {
    let [own, value, reason] = told(site, indicator, month);
    assert_eq!((own.as_str(), value.as_str()), (state, ""), "{reason}");
    assert!(reason.contains(why), "{reason}");
}

/// A column of which a fifth may be empty cannot be left out altogether.
#[test]
fn a_column_that_decides_is_named_where_it_is_not_there() {
    let site = site("\"upc\"", &[], &[]);
    is_silent(&site, "upc@clinician", 12, "not_computable", "contacts.clinician_id");
    assert_eq!(told(&site, "upc@agency", 12)[1], "1");
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
    assert_eq!(told(&site("\"pmpm_bh\"", &cost, &[]), "pmpm_bh", 12)[0], "final");
}

const UNKNOWN_STAYS: &str = "stays or contacts of 24-hour care";

#[test]
fn nobody_is_at_home_for_want_of_stays() {
    let indicators = "\"community_tenure\", \"bed_days_per_1000mm\"";
    let without = site(indicators, &[], &[]);
    is_silent(&without, "community_tenure", 12, "not_computable", UNKNOWN_STAYS);
    is_silent(&without, "bed_days_per_1000mm", 12, "not_computable", UNKNOWN_STAYS);
    // A table without a row says as little.
    let empty =
        site(indicators, &[("stays.csv", "stay_id,member_id,admit,discharge,level\n")], &[]);
    is_silent(&empty, "bed_days_per_1000mm", 12, "not_computable", UNKNOWN_STAYS);
    for site in [&without, &empty] {
        more_contacts(site, "H1,M00,2024-12-03,A1,B1,inpatient_day\n");
        let [state, value, _] = told(site, "bed_days_per_1000mm", 12);
        assert_eq!(state, "final");
        assert!(value.parse::<f64>().is_ok_and(|value| value > 0.0), "{value}");
    }
    // Stays of which none is ever over.
    let stays = [("stays.csv", "stay_id,member_id,admit,level\nS1,M00,2024-03-01,6\n")];
    let without_end = site(indicators, &stays, &[]);
    is_silent(&without_end, "bed_days_per_1000mm", 12, "not_computable", "stays.discharge");
}

fn more_contacts(site: &Site, rows: &str) {
    let contacts = std::fs::read_to_string(site.path("extracts/contacts.csv")).expect("a file");
    site.write("extracts/contacts.csv", contacts + rows);
}

/// What each command that reads a store says of indicators that stays make.
fn every_command(site: &Site) -> Vec<(&'static str, String)> {
    let said = |arguments: &[&str]| {
        let output = site.output(arguments);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let read = |file: &str| std::fs::read_to_string(site.path(file)).expect("a file");
    let pipeline = ["--pipeline", "@site.toml", "--period", "2024-12"];
    let explained = said(&[&["explain", "community_tenure"][..], &pipeline].concat());
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
    let folder = shipped.display().to_string();
    let store = ["--store", "@store", "--folder", &folder];
    let listed = said(&[&["indicators", "community_tenure"][..], &store].concat());
    site.write(
        "rates.csv",
        "indicator,bho_id,period,numerator,denominator\ncommunity_tenure,B1,2024-12,900,930\n",
    );
    said(&["reconcile", "@rates.csv", "--pipeline", "@site.toml", "--out", "@rates"]);
    let list = format!(
        "folders = [\"{folder}\"]\n[[worklist]]\nid = \"seen\"\ntitle = \"Seen\"\nact = \"See them.\"\nuse = [\"stepdown_timeliness\"]\nkeep = 40\n"
    );
    site.write("lists.toml", list);
    let worklist = said(&["worklist", "@site.toml", "--lists", "@lists.toml", "--out", "@lists"]);
    for part in ["1/2", "2/2"] {
        let to = format!("@{}.arrow", part.replace('/', "-"));
        let tallies = ["--bucket", part, "--tallies", &to, "--period", "2024-12"];
        site.fine(&[&["evaluate", "@site.toml"][..], &tallies].concat());
    }
    let tallies = ["--tallies", "@1-2.arrow", "@2-2.arrow", "--period", "2024-12"];
    site.fine(&[&["report", "@site.toml", "--out", "@parts"][..], &tallies].concat());
    site.fine(&["plan", "@site.toml", "--out", "@plan.json"]);
    vec![
        ("explain", explained),
        ("indicators", listed),
        ("reconcile", read("rates/reconciliation.csv")),
        ("worklist", worklist),
        ("report --tallies", read("parts/tables/results.csv")),
    ]
}

#[test]
fn every_command_says_that_stays_are_not_known() {
    let site = site("\"community_tenure\"", &[], &[]);
    // No day of 24-hour care: nobody came, or the row was refused.
    more_contacts(
        &site,
        "H1,M00,2024-12-03,A1,B1,screening\nH2,M00,2025-12-03,A1,B1,inpatient_day\n",
    );
    site.fine(&["ingest", "@site.toml"]);
    for (command, said) in every_command(&site) {
        assert!(said.contains(UNKNOWN_STAYS), "{command}: {said}");
    }
    more_contacts(&site, "H3,M00,2024-12-03,A1,B1,residential_day\n");
    site.fine(&["ingest", "@site.toml"]);
    for (command, said) in every_command(&site) {
        assert!(!said.contains(UNKNOWN_STAYS), "{command}: {said}");
    }
}

/// Contacts that say in every way whether they are days of 24-hour care.
fn in_every_way(site: &Site) {
    let places = ["", "11", "21", "55"];
    let codes = ["ZZ", "H0018", "h0018", "X1", "x1", "H0004"];
    let classes = ["", "therapy", "residential_day"];
    let statuses = ["", "attended", "no_show", "late_cancel"];
    let mut contacts = "contact_id,member_id,contact_date,agency_id,bho_id,place_of_service,service_code,service_class,status,void\n".to_owned();
    for row in 0..288 {
        let (place, code, class) = (places[row % 4], codes[row / 4 % 6], classes[row / 24 % 3]);
        // No two days of a member are one stay.
        let (member, day, status) = (row % 30, 1 + row / 30 * 3, statuses[row / 72]);
        contacts += &format!(
            "C{row},M{member:02},2024-12-{day:02},A1,B1,{place},{code},{class},{status},\n"
        );
    }
    site.write("extracts/contacts.csv", contacts);
    site.write("codes.csv", "code,class\nX1,inpatient_day\nH0004,therapy\n");
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("a file");
    let crosswalks = "[extracts]\ncrosswalks = [\"codes.csv\"]\n";
    site.write("site.toml", pipeline.replace("[extracts]\n", crosswalks));
}

#[test]
fn intake_counts_the_days_that_stays_are_derived_from() {
    let site = site("\"bed_days_per_1000mm\"", &[], &[]);
    in_every_way(&site);
    told(&site, "bed_days_per_1000mm", 12);
    let year = [("group", "all"), ("stratum_kind", "all"), ("period", "month")];
    let december = [&year[..], &[("period_start", "2024-12-01")]].concat();
    let rows = site.results("report-internal", &december, ["indicator", "numerator"]);
    let nights: u64 = rows.iter().map(|[_, nights]| nights.parse::<u64>().expect("a number")).sum();
    assert_eq!((rows.len(), stored_days(&site)), (2, Some(nights)));
    // All of them are taken back by a later extract of changes.
    let contacts = std::fs::read_to_string(site.path("extracts/contacts.csv")).expect("a file");
    site.write("extracts/contacts.later.csv", contacts.replace(",\n", ",true\n"));
    let head = "source,extract_date,refresh,runout_days\n";
    site.write("extracts/manifest.csv", format!("{head}enrolment,2025-01-31,full,0\ncontacts.csv,2025-01-30,full,0\ncontacts.later.csv,2025-01-31,incremental,0\n"));
    site.fine(&["ingest", "@site.toml", "--accept", "they were taken back"]);
    assert_eq!(stored_days(&site), Some(0));
}

/// The number of days in the manifest of the store.
fn stored_days(site: &Site) -> Option<u64> {
    let id = std::fs::read_to_string(site.path("store/current")).expect("an id");
    let path = site.path(&format!("store/snapshots/{}/manifest.json", id.trim()));
    let text = std::fs::read_to_string(path).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("a manifest");
    let sources = manifest["sources"].as_array().expect("sources");
    let contacts = sources.iter().find(|source| source["table"] == "contacts");
    contacts.expect("contacts")["institution_days"].as_u64()
}

/// A store of an earlier program, which did not count them.
#[test]
fn what_was_not_counted_is_to_be_taken_in_again() {
    let site = site("\"community_tenure\"", &[], &[]);
    site.fine(&["ingest", "@site.toml"]);
    let path = site.stored("manifest.json");
    let text = std::fs::read_to_string(&path).expect("a manifest");
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.contains("\"institution_days\"")).collect();
    std::fs::write(&path, lines.join("\n")).expect("a manifest");
    let question =
        ["explain", "community_tenure", "--pipeline", "@site.toml", "--period", "2024-12"];
    let said = site.says(&question, 2);
    assert!(said.contains("did not count contacts of 24-hour care; take them in again"), "{said}");
    site.fine(&["ingest", "@site.toml"]);
    assert_eq!(std::fs::read_to_string(&path).expect("a manifest"), text);
    assert!(site.says(&question, 2).contains(UNKNOWN_STAYS));
}

#[test]
fn what_no_table_covers_is_withheld() {
    let lines = ["contacts,2025-01-31,2023-01-01,2024-10-31,0"];
    let ends = site("\"penetration_rate\"", &[], &lines);
    // Rows beyond the day that a sender names say more than the sender.
    assert_eq!(told(&ends, "penetration_rate", 11)[0], "final");
    let contacts = std::fs::read_to_string(ends.path("extracts/contacts.csv")).expect("a file");
    let is_covered = |row: &&str| !row.contains("2024-11-") && !row.contains("2024-12-");
    let covered: Vec<&str> = contacts.lines().filter(is_covered).collect();
    let ends = site("\"penetration_rate\"", &[], &lines);
    ends.write("extracts/contacts.csv", covered.join("\n") + "\n");
    assert_eq!(told(&ends, "penetration_rate", 10)[0], "final");
    is_silent(&ends, "penetration_rate", 11, "withheld", "data-through");
    let cost =
        [("cost.csv", "claim_id,member_id,service_date,amount_paid\nK1,M00,2024-12-05,10\n")];
    let late = site("\"pmpm_bh\"", &cost, &["cost,2025-01-31,2024-12-01,,0"]);
    is_silent(&late, "pmpm_bh", 11, "withheld", "begins before the data of cost");
    assert_eq!(told(&late, "pmpm_bh", 12)[0], "final");
    // A rate that the pipeline does not compute is asked about all the same.
    let other = site("\"penetration_rate\"", &cost, &["cost,2025-01-31,2024-12-01,,0"]);
    other.fine(&["ingest", "@site.toml"]);
    other.write(
        "rates.csv",
        "indicator,bho_id,period,numerator,denominator\npmpm_bh,B1,2024-11,9,30\n",
    );
    other.output(&["reconcile", "@rates.csv", "--pipeline", "@site.toml", "--out", "@rates"]);
    let rates = std::fs::read_to_string(other.path("rates/reconciliation.csv")).expect("a table");
    assert!(rates.contains("begins before the data of cost"), "{rates}");
    let cost = [("cost.csv", cost[0].1.replace("2024-12-05", "2024-11-05"))];
    let cost = [("cost.csv", cost[0].1.as_str())];
    let early = site("\"pmpm_bh\"", &cost, &["cost,2025-01-31,2023-01-01,2024-11-30,0"]);
    is_silent(&early, "pmpm_bh", 12, "withheld", "the extract of cost ends on 2024-11-30");
    // Nobody says where the data begin, and there is nothing in 2023.
    let unsaid =
        site("\"penetration_rate\"", &[], &["contacts,2025-01-31,,,0", "enrolment,2025-01-31,,,0"]);
    unsaid.fine(&["run", "@site.toml", "--period", "2024-12", "--out", "@report", "--internal"]);
    let before = [("period_start", "2023-06-01"), ("period", "month")];
    let before = unsaid.results("report-internal", &before, ["state"]);
    assert!(!before.is_empty() && before.iter().all(|row| row == &["withheld"]), "{before:?}");
}

#[test]
fn who_states_no_run_out_is_told_what_is_taken() {
    let cost =
        [("cost.csv", "claim_id,member_id,service_date,amount_paid\nK1,M00,2024-12-05,10\n")];
    let usual = ["contacts,2025-01-31,2023-01-01,,", "enrolment,2025-01-31,,,"];
    let through = |site: &Site| {
        let taken = site.fine(&["ingest", "@site.toml"]);
        let run = ["run", "@site.toml", "--period", "2024-12", "--out", "@report"];
        let note = taken.lines().find(|line| line.starts_with("note: Nobody states")).unwrap_or("");
        let said = site.fine(&run);
        assert!(said.contains(note), "{said}");
        let page = std::fs::read_to_string(site.path("report/index.html")).expect("a page");
        assert_eq!(page.contains("days, not stated"), !note.is_empty());
        let day = said.split("complete through ").nth(1).expect("a day");
        (day.lines().next().expect("a day").to_owned(), note.to_owned())
    };
    let (day, note) = through(&site("\"penetration_rate\"", &[], &usual));
    assert_eq!(day, "2025-01-17");
    let taken = "taken are 0 days for enrolment, as for registers; 14 days for contacts, as for clinical records";
    assert!(note.contains(taken), "{note}");
    // Claims come later, whichever table they are in.
    let late = site("\"penetration_rate\"", &cost, &["cost,2025-01-31,2023-01-01,,"]);
    let (day, note) = through(&late);
    assert_eq!(day, "2025-01-31", "only what is made of cost waits for it");
    assert!(note.contains("taken are 90 days for cost, as for claims"), "{note}");
    let paid = site("\"pmpm_bh\"", &cost, &["cost,2025-01-31,2023-01-01,,"]);
    is_silent(&paid, "pmpm_bh", 12, "withheld", "ends after the data-through date of cost");
    let paid = site("\"penetration_rate\"", &[], &usual);
    let contacts = std::fs::read_to_string(paid.path("extracts/contacts.csv")).expect("a file");
    let head = "service_class,paid_date\n";
    let rows =
        contacts.replace("service_class\n", head).replace("therapy\n", "therapy,2025-01-02\n");
    paid.write("extracts/contacts.csv", rows);
    assert_eq!(through(&paid).0, "2024-11-02");
    // What the pipeline file states, nobody guesses.
    let pipeline = std::fs::read_to_string(paid.path("site.toml")).expect("a file");
    let stated = "\n[extracts.contacts]\nrunout_days = 30\n[extracts.enrolment]\nrunout_days = 0\n";
    paid.write("site.toml", pipeline + stated);
    assert_eq!(through(&paid), ("2025-01-01".to_owned(), String::new()));
}

/// What lies before the data is named by its own word, and nobody is told to wait for it.
#[test]
fn what_lies_before_the_data_is_told_as_such() {
    let contract = "title = \"Contract\"\nperiod = \"quarter\"\nattribution = \"enrolment\"\n\
         [organisations]\nids = [\"B1\"]\n\
         [[objective]]\nnumber = 1\ntitle = \"Access\"\nlead = [\"treatment_need_met\"]\n";
    for (covered, why) in [
        ("2023-09-01", "its look-back begins before the data"),
        ("2024-03-01", "its 12-month window begins before the data"),
    ] {
        let lines = ["contacts", "enrolment", "stays", "members"]
            .map(|source| format!("{source},2025-01-31,{covered},,0"));
        let people = (0..30).map(|member| format!("M{member:02},1980\n")).collect::<String>();
        let members = format!("member_id,birth_year\n{people}");
        let files = [
            ("stays.csv", "stay_id,member_id,admit,discharge,level\n"),
            ("members.csv", members.as_str()),
        ];
        let site = site("\"treatment_need_met\"", &files, &lines.each_ref().map(String::as_str));
        let contacts = std::fs::read_to_string(site.path("extracts/contacts.csv")).expect("a file");
        let coded = contacts.replace("service_class", "service_class,dx1");
        let coded = coded.replace("therapy", "therapy,F32.1");
        site.write("extracts/contacts.csv", coded);
        let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("the pipeline");
        site.write("site.toml", format!("contract = \"contract.toml\"\n{pipeline}"));
        site.write("contract.toml", contract);
        is_silent(&site, "treatment_need_met", 12, "withheld", why);
        let page =
            std::fs::read_to_string(site.path("report-internal/index.html")).expect("a page");
        let card = page.split_once("<section id=\"scorecard\"").expect("a scorecard").1;
        let card = card.split_once("</section>").expect("its end").0;
        assert!(card.contains("data begin too late") && card.contains(why), "{card}");
        assert!(!card.contains("not complete yet"), "{card}");
    }
}
