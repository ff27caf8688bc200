//! The store over time: what it was, what changed, what was lost, and whether it is still whole.

use std::fs;

use crate::site::Site;

fn snapshot(site: &Site) -> String {
    fs::read_to_string(site.path("store/current")).expect("a pointer").trim().to_owned()
}

#[test]
fn a_store_tells_its_history() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(6);
    site.fine(&["ingest", "@site.toml"]);
    let first = snapshot(&site);
    site.contacts(7, 40);
    site.fine(&["ingest", "@site.toml"]);
    let second = snapshot(&site);
    // The same again is no event.
    site.fine(&["ingest", "@site.toml"]);
    let log = site.fine(&["store", "log", "--store", "@store"]);
    let lines: Vec<&str> = log.lines().skip(1).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(
        lines[0].contains(&first) && lines[0].contains("240") && !lines[0].contains("in force")
    );
    assert!(
        lines[1].contains(&second) && lines[1].contains("280") && lines[1].ends_with("in force")
    );
    let shown = site.fine(&["store", "show", &first[..6], "--store", "@store"]);
    assert!(
        shown.contains("contacts.csv") && shown.contains("privacy policy undecided"),
        "{shown}"
    );
    let diff = site.says(&["store", "diff", &first, "--store", "@store"], 1);
    assert!(diff.contains("rows of 2024-07") && !diff.contains("rows of 2024-06"), "{diff}");
    site.fine(&["store", "diff", &second, &second, "--store", "@store"]);
    assert!(site.says(&["store", "show", "abcdef", "--store", "@store"], 2).contains("store log"));
    assert!(site.says(&["store", "show", "../x", "--store", "@store"], 2).contains("no snapshot"));
    assert!(site.fine(&["store", "prune", "--keep", "1", "--store", "@store"]).contains(&first));
    assert!(!site.path("store/snapshots").join(&first).exists());
    assert!(site.fine(&["store", "log", "--store", "@store"]).contains("pruned"));
    site.fine(&["verify", "@store"]);
}

#[test]
fn an_earlier_report_is_rebuilt_byte_for_byte() {
    let site = Site::new(r#""contact_gap_over_k", "upc""#).with_contacts(6);
    site.fine(&["run", "@site.toml", "--out", "@then"]);
    let first = snapshot(&site);
    site.contacts(8, 40);
    site.fine(&["run", "@site.toml", "--out", "@now"]);
    let again = [
        "report",
        "@site.toml",
        "--snapshot",
        &first,
        "--period",
        "2024-06",
        "--out",
        "@again",
        "--threads",
        "3",
    ];
    site.fine(&again);
    assert_eq!(site.files("then"), site.files("again"));
    assert_ne!(site.files("then"), site.files("now"));
}

#[test]
fn how_rows_came_in_tells_how_complete_months_are() {
    let site = Site::new(r#""contact_gap_over_k""#);
    // Of the rows of a month, 80 of 100 are there a month later, 96 after two, all after three.
    let share = |lag: u32| [0, 80, 96, 100][lag.min(3) as usize];
    for cut in 3..=7_u32 {
        let mut text = "contact_id,member_id,contact_date,service_class,agency_id\n".to_owned();
        for month in 1..cut {
            for row in 0..share(cut - month) {
                text += &format!("C{month}-{row},M{row},2024-{month:02}-10,therapy,A1\n");
            }
        }
        site.write("extracts/contacts.csv", text);
        site.write(
            "extracts/manifest.csv",
            format!("source,extract_date\ncontacts,2024-{cut:02}-05\n"),
        );
        site.fine(&["ingest", "@site.toml"]);
    }
    let text = site.fine(&["store", "lag", "--store", "@store"]);
    let words: Vec<Vec<&str>> =
        text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[1], ["2024-02", "80", "96", "100", "100", "100"]);
    assert_eq!(words[5], ["2024-06", "80"]);
    assert_eq!(
        words[6],
        ["complete", "80.0", "%", "96.0", "%", "100.0", "%", "100.0", "%", "100.0", "%"]
    );
}

/// A month that has 80 % of its rows has no number, one with 96 % is preliminary: in the results with
/// its reason, on the page in words, and in the chart as a dashed line.
#[test]
fn incomplete_months_are_preliminary_or_withheld() {
    let site = Site::new(r#""technology_use""#);
    let share = |lag: u32| [0, 80, 96, 100][lag.min(3) as usize];
    let write = |cut: u32| {
        let mut text =
            "contact_id,member_id,contact_date,service_class,agency_id,modality,bho_id\n"
                .to_owned();
        for (month, row) in
            (1..cut).flat_map(|month| (0..share(cut - month)).map(move |row| (month, row)))
        {
            let modality = if row % 3 == 0 { "phone" } else { "in_person" };
            text += &format!("C{month}-{row},M{row},2024-{month:02}-10,therapy,A1,{modality},B1\n");
        }
        site.write("extracts/contacts.csv", text);
        let manifest = format!(
            "source,extract_date,coverage_start,runout_days\ncontacts,2024-{cut:02}-05,2024-01-01,0\n"
        );
        site.write("extracts/manifest.csv", manifest);
        site.fine(&["ingest", "@site.toml"]);
    };
    (3..=8).for_each(write);
    let report = |out: &str, more: &[&str]| {
        let arguments = ["run", "@site.toml", "--period", "2024-07", "--internal", "--out", out];
        site.fine(&[&arguments, more].concat());
    };
    report("@report", &[]);
    let everyone = [("group", "all"), ("stratum_kind", "all"), ("period", "month")];
    let told = ["period_start", "state", "reason", "value"];
    let rows = site.results("report-internal", &everyone, told);
    let states: std::collections::BTreeMap<String, (String, String, String)> = rows
        .into_iter()
        .map(|[month, state, reason, value]| (month, (state, reason, value)))
        .collect();
    let state = |month: &str| &states[&format!("2024-{month}-01")];
    assert_eq!(state("05").0, "final");
    assert_eq!(state("06").0, "preliminary");
    assert!(
        state("06").1.contains("about 96 % of the rows of contacts have arrived"),
        "{}",
        state("06").1
    );
    assert!(!state("06").2.is_empty());
    assert_eq!((state("07").0.as_str(), state("07").2.as_str()), ("withheld", ""));
    let page = std::fs::read_to_string(site.path("report-internal/index.html")).expect("a page");
    assert!(page.contains("stroke-dasharray"), "the line to a preliminary month is dashed");
    assert!(page.contains("about 96 % of the rows of contacts have arrived"), "the page says why");
    // One extract alone tells nothing about completeness.
    let alone = Site::new(r#""technology_use""#);
    std::fs::copy(site.path("extracts/contacts.csv"), alone.path("extracts/contacts.csv"))
        .expect("a copy");
    std::fs::copy(site.path("extracts/manifest.csv"), alone.path("extracts/manifest.csv"))
        .expect("a copy");
    alone.fine(&["run", "@site.toml", "--period", "2024-07", "--internal", "--out", "@report"]);
    let text =
        std::fs::read_to_string(alone.path("report-internal/tables/results.csv")).expect("results");
    assert!(!text.contains("have arrived"));
}

/// Contacts are all there, stays come late: a number that stays make is as complete as stays are, whether
/// its file names them or not.
#[test]
fn late_stays_make_numbers_of_stays_incomplete() {
    let site = Site::new(r#""stepdown_timeliness", "contact_gap_over_k""#);
    let share = |lag: u32| [0, 80, 96, 100][lag.min(3) as usize];
    let (mut contacts, mut stays) = (String::new(), String::new());
    for cut in 3..=8_u32 {
        let head = "contact_id,member_id,contact_date,service_class,agency_id,bho_id\n";
        head.clone_into(&mut contacts);
        "stay_id,member_id,admit,discharge,level\n".clone_into(&mut stays);
        for (month, row) in (1..cut).flat_map(|month| (0..100).map(move |row| (month, row))) {
            contacts += &format!("C{month}-{row},M{row},2024-{month:02}-12,therapy,A1,B1\n");
            if row < share(cut - month) {
                stays +=
                    &format!("S{month}-{row},M{row},2024-{month:02}-03,2024-{month:02}-10,6\n");
            }
        }
        site.write("extracts/contacts.csv", &contacts);
        site.write("extracts/stays.csv", &stays);
        let line = |table: &str| format!("{table},2024-{cut:02}-28,2024-01-01,0\n");
        let head = "source,extract_date,coverage_start,runout_days\n".to_owned();
        site.write("extracts/manifest.csv", head + &line("contacts") + &line("stays"));
        site.fine(&["ingest", "@site.toml"]);
    }
    site.fine(&["run", "@site.toml", "--period", "2024-07", "--internal", "--out", "@report"]);
    let july = [("group", "all"), ("stratum_kind", "all"), ("period_start", "2024-07-01")];
    let month = [&july[..], &[("period", "month")]].concat();
    let rows = site.results("report-internal", &month, ["indicator", "state", "reason"]);
    let (of_stays, others): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| row[0] == "stepdown_timeliness");
    let [_, state, reason] = of_stays[0];
    assert_eq!(state, "withheld");
    assert!(reason.contains("about 80 % of the rows of stays have arrived"), "{reason}");
    assert!(!others.is_empty() && others.iter().all(|row| !row[2].contains("stays")), "{others:?}");
}

/// Corrections, voids and late rows come with the next full extract: whatever came before, and in
/// whatever order, the last state is what one delivery of it gives.
#[test]
fn only_the_last_state_decides() {
    let state = |site: &Site, number: usize| {
        let rows = (0..60).filter(|row| number < 2 || *row != 7).map(|row| {
            let code = if number > 0 && row == 3 { "H0036" } else { "H0004" };
            format!("C{row},M{},2024-0{}-10,{code},A1\n", row % 20, 1 + row % (3 + number))
        });
        let head = "contact_id,member_id,contact_date,service_code,agency_id\n";
        site.write("extracts/contacts.csv", head.to_owned() + &rows.collect::<String>());
        site.write(
            "extracts/manifest.csv",
            "source,extract_date,refresh\ncontacts,2024-07-05,full\n",
        );
    };
    let stored = |orders: &[usize]| {
        let site = Site::new(r#""contact_gap_over_k""#);
        for number in orders {
            state(&site, *number);
            site.fine(&["ingest", "@site.toml", "--accept", "a test"]);
        }
        let id = snapshot(&site);
        (id.clone(), site.files(&format!("store/snapshots/{id}")))
    };
    let once = stored(&[2]);
    for order in [&[0, 1, 2][..], &[1, 0, 2], &[2, 0, 1, 2], &[0, 2]] {
        assert_eq!(stored(order), once, "{order:?}");
    }
    assert_ne!(stored(&[1]).0, once.0);
}

#[test]
fn losses_stop_a_run_until_they_are_accepted() {
    let site = Site::new(r#""contact_gap_over_k""#);
    site.contacts(6, 80);
    site.fine(&["ingest", "@site.toml"]);
    let before = site.files("store");
    site.contacts(6, 40);
    let text = site.says(&["run", "@site.toml"], 2);
    for part in ["contacts", "rows", "members", "480", "240", "80", "--accept"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert_eq!(site.files("store"), before);
    assert!(!site.path("reports").exists());
    site.says(&["ingest", "@site.toml", "--accept", " "], 2);
    site.fine(&["ingest", "@site.toml", "--accept", "agency A9 left"]);
    assert!(site.fine(&["store", "log", "--store", "@store"]).contains("accepted: agency A9 left"));
    // A month, a code and a column.
    site.contacts(6, 80);
    site.fine(&["ingest", "@site.toml"]);
    let all = fs::read_to_string(site.path("extracts/contacts.csv")).expect("contacts");
    let without: String = all
        .lines()
        .map(|line| {
            line.replace(",2024-02-", ",2024-03-").replace("H0004", "H0036").replace(",B1", ",")
                + "\n"
        })
        .collect();
    site.write("extracts/contacts.csv", without);
    let text = site.says(&["ingest", "@site.toml"], 2);
    for part in ["rows of 2024-02", "rows with code H0004", "values of column bho_id"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

#[test]
fn verify_finds_what_is_not_as_it_was() {
    let site = Site::new(r#""contact_gap_over_k", "upc""#).with_contacts(8);
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    assert!(site.fine(&["verify", "@store"]).contains("0 findings"));
    let whole = site.fine(&["verify", "@report", "--pipeline", "@site.toml"]);
    assert!(whole.contains("0 findings"), "{whole}");
    assert!(site.fine(&["verify", "@report"]).contains("not counted again"));
    site.says(&["verify", "@extracts"], 2);
    let bucket = site.stored("bucket-003.parquet");
    let good = fs::read(&bucket).expect("a bucket");
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    for (bytes, said) in [
        (bad, "not what the manifest says"),
        (good[..good.len() - 1].to_vec(), "the manifest says"),
    ] {
        fs::write(&bucket, bytes).expect("a bucket");
        let text = site.says(&["verify", "@store"], 1);
        assert!(text.contains("bucket-003.parquet") && text.contains(said), "{text}");
    }
    fs::remove_file(&bucket).expect("a bucket");
    assert!(site.says(&["verify", "@store"], 1).contains("bucket-003.parquet"));
    fs::write(&bucket, good).expect("a bucket");
    site.write("report/tables/more.csv", "1");
    assert!(site.says(&["verify", "@report"], 1).contains("more.csv"));
    fs::remove_file(site.path("report/tables/more.csv")).expect("a file");
    // Whoever changes a number and its hash is found by counting again.
    let results = fs::read_to_string(site.path("report/tables/results.csv")).expect("results");
    let forged = results + "x\n";
    let manifest = fs::read_to_string(site.path("report/manifest.json")).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let hash = sha256(forged.as_bytes());
    manifest["files"]["tables/results.csv"] =
        serde_json::json!({ "sha256": hash, "bytes": forged.len() });
    site.write("report/tables/results.csv", &forged);
    assert!(site.says(&["verify", "@report"], 1).contains("results.csv"));
    site.write("report/manifest.json", manifest.to_string());
    site.fine(&["verify", "@report"]);
    let text = site.says(&["verify", "@report", "--pipeline", "@site.toml"], 1);
    assert!(text.contains("its numbers are not those of the snapshot"), "{text}");
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    site.write("other.toml", pipeline.replace("Site", "Other"));
    let text = site.says(&["verify", "@report", "--pipeline", "@other.toml"], 1);
    assert!(text.contains("not the pipeline file of the report"), "{text}");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn shares_of_completeness_are_checked() {
    let site = Site::new(r#""technology_use""#).with_contacts(3);
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    for (completion, told) in [
        ("final = 97", "`final` is no share"),
        ("final = 0.9\npreliminary = 0.95", "`preliminary` is more than `final`"),
        ("finally = 0.9", "this table may have `final`, `preliminary`"),
    ] {
        site.write("site.toml", format!("{pipeline}[completion]\n{completion}\n"));
        let said = site.says(&["ingest", "@site.toml"], 2);
        assert!(said.contains(told), "{told}: {said}");
    }
}
