//! Bad use gets a clear error, a way out and exit code 2, and leaves store and reports as they were.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::golden::throughline;

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    /// A site with contacts only, and a pipeline over them.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let site = Self { folder };
        std::fs::create_dir(site.path("extracts")).expect("a folder");
        let mut contacts = "contact_id,member_id,contact_date,service_class,agency_id,clinician_id,place_of_service\n".to_owned();
        for member in 0..40 {
            for visit in 0..6 {
                contacts += &format!(
                    "C{member}-{visit},M{member:02},2024-{:02}-15,therapy,A1,P{},11\n",
                    visit * 2 + 1,
                    visit % 2
                );
            }
            contacts += &format!(
                "D{member},M{member:02},2024-08-0{},inpatient_day,A1,,51\n",
                member % 9 + 1
            );
        }
        site.write("extracts/contacts.csv", &contacts);
        site.write(
            "extracts/manifest.csv",
            "source,extract_date,runout_days\ncontacts,2025-03-31,0\n",
        );
        site.pipeline(
            r#""fu_hosp_any_72h", "upc", "loc_mix", "penetration_rate", "loc_concordance""#,
        );
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    fn pipeline(&self, indicators: &str) {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
        let text = format!(
            "title = \"Site\"\nstore = \"store\"\nreports = \"reports\"\n[extracts]\nfolder = \"extracts\"\n\
             [indicators]\nfolders = [\"{}\"]\nuse = [{indicators}]\n",
            shipped.display()
        );
        self.write("site.toml", &text);
    }

    fn run(&self, more: &[&str]) -> Output {
        let pipeline = self.path("site.toml");
        let mut arguments = vec!["run", pipeline.to_str().expect("a path")];
        arguments.extend(more);
        throughline(&arguments)
    }

    /// Every file below the folder with its bytes.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("lock") {
                    found.insert(path.clone(), std::fs::read(path).expect("a file"));
                }
            }
        }
        found
    }
}

#[track_caller]
fn check_failure(output: &Output, message: &str) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(message), "expected `{message}` in:\n{text}");
}

#[test]
fn a_site_with_contacts_only_gets_its_report() {
    let site = Site::new();
    let output = site.run(&[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("penetration_rate") && text.contains("needs enrolment"), "{text}");
    assert!(text.contains("needs outcomes.recommended_level"), "{text}");
    assert!(text.contains("Enrolment is not known") && text.contains("derived"), "{text}");
    assert!(site.path("reports/2025-03/index.html").is_file());
}

#[test]
fn the_same_run_twice_gives_the_same_bytes() {
    let site = Site::new();
    assert!(site.run(&["--threads", "1"]).status.success());
    let once = site.files();
    assert!(site.run(&["--threads", "7"]).status.success());
    assert_eq!(once, site.files());
}

/// A month later two more members are known, whose visits lie in months that were released.
#[test]
fn a_release_that_could_be_subtracted_is_refused_with_ways_out() {
    let site = Site::new();
    assert!(site.run(&["--period", "2025-01"]).status.success());
    let before = site.files();
    let contacts = std::fs::read_to_string(site.path("extracts/contacts.csv")).expect("contacts");
    let mut more = contacts.clone();
    for (member, visit) in [(90, 1), (90, 2), (90, 3), (91, 4), (91, 5), (91, 6)] {
        more += &format!("N{member}-{visit},M{member},2024-0{visit}-20,therapy,A1,P1,11\n");
    }
    site.write("extracts/contacts.csv", &more);
    let output = site.run(&["--period", "2025-02"]);
    check_failure(&output, "could be subtracted from an earlier one; nothing was released");
    check_failure(&output, "upc@clinician:default: ");
    check_failure(&output, "--as-released");
    check_failure(&output, "--restate");
    let is_report = |path: &PathBuf| path.starts_with(site.path("reports"));
    let reports = |files: BTreeMap<PathBuf, Vec<u8>>| -> BTreeMap<_, _> {
        files.into_iter().filter(|(path, _)| is_report(path)).collect()
    };
    assert_eq!(reports(before), reports(site.files()), "nothing was released");
    let output = site.run(&["--period", "2025-02", "--as-released"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(site.path(name)).expect("a file");
    assert!(read("reports/2025-02/tables/results.csv").contains("as released with 2025-01"));
    let again = site.files();
    assert!(site.run(&["--period", "2025-02", "--as-released"]).status.success());
    assert_eq!(again, site.files());
    let output = site.run(&["--period", "2025-02", "--restate", "two members were missing"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = read("reports/2025-02/index.html");
    assert!(page.contains("It was withdrawn: two members were missing."));
    assert!(page.contains("late rows in contacts"), "the cause is told");
    assert!(read("reports/2025-02/tables/restated.csv").contains("late rows in contacts"));
    assert!(!read("reports/2025-02/tables/results.csv").contains("as released"));
    let list = read("reports/released.json");
    site.write("reports/released.json", "{\"id\":");
    check_failure(&site.run(&["--period", "2025-02"]), "the list of the register");
    site.write("reports/released.json", &list);
    assert!(site.run(&["--period", "2025-02"]).status.success());
    let cells: Vec<PathBuf> = site
        .files()
        .into_keys()
        .filter(|path| path.extension().is_some_and(|end| end == "zst"))
        .collect();
    assert!(cells.len() > 1, "each release has its own: {cells:?}");
    std::fs::copy(&cells[0], &cells[1]).expect("a copy");
    check_failure(&site.run(&["--period", "2025-02"]), "its cells are not those that were written");
    std::fs::remove_file(&cells[1]).expect("a file");
    check_failure(&site.run(&["--period", "2025-02"]), "without it nothing is released");
    std::fs::remove_file(site.path("reports/released.json")).expect("a file");
    check_failure(&site.run(&["--period", "2025-02"]), "the list of them, released.json, is gone");
}

#[test]
fn bad_use_leaves_everything_as_it_was() {
    let site = Site::new();
    assert!(site.run(&[]).status.success());
    let before = site.files();
    check_failure(&site.run(&["--period", "2031-01"]), "choose one with --period");
    check_failure(&site.run(&["--period", "2031-01"]), "the extracts were taken in as");
    check_failure(&site.run(&["--period", "January"]), "expected a month such as 2026-09");
    check_failure(&site.run(&["--extracts", "/nowhere/at/all"]), "/nowhere/at/all");
    check_failure(&throughline(&["run", "no-such.toml"]), "no-such.toml");
    check_failure(&throughline(&["run", "--colour"]), "--colour");
    check_failure(&throughline(&["walk"]), "walk");
    assert_eq!(before, site.files());
}

#[test]
fn nothing_is_written_into_a_report_a_store_or_extracts() {
    let site = Site::new();
    assert!(site.run(&[]).status.success());
    let before = site.files();
    let check = |option: &str, folder: &str, message: &str| {
        let path = site.path(folder);
        check_failure(&site.run(&[option, path.to_str().expect("a path")]), message);
        assert_eq!(before, site.files(), "{folder}");
    };
    for folder in ["reports/2025-03/again", "reports/2025-03/tables/x/y"] {
        check("--out", folder, "this lies in the report");
        check("--store", folder, "choose another folder with --store");
    }
    for folder in ["store", "store/report", "store/snapshots"] {
        check("--out", folder, "this lies in the store");
    }
    for folder in ["extracts", "extracts/store", "reports/../extracts/store"] {
        check("--store", folder, "this lies in the extracts");
    }
    let store = site.path("new/store");
    let arguments = ["--store", store.to_str().expect("a path"), "--out"];
    let output =
        site.run(&[&arguments[..], &[site.path("new").to_str().expect("a path")]].concat());
    check_failure(&output, "the store lies in this folder of the report");
    assert_eq!(before, site.files());
}

/// A file that a command writes takes the place of its own earlier one only.
#[test]
fn no_file_is_written_over_what_somebody_else_wrote() {
    let site = Site::new();
    assert!(site.run(&[]).status.success());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
    let [pipeline, folder] =
        [site.path("site.toml"), folder].map(|path| path.display().to_string());
    let explain = ["explain", "upc@clinician", "--period", "2024-12", "--pipeline", &pipeline];
    let units = [&explain[..], &["--units"]].concat();
    let html = ["indicators", "--family", "continuity", "--folder", &folder, "--html"];
    site.write("mine.html", "<!DOCTYPE html><title>Mine</title>");
    site.write("units.tmp", "mine");
    let stored: Vec<PathBuf> =
        site.files().into_keys().filter(|path| path.starts_with(site.path("store"))).collect();
    let before = site.files();
    let check = |file: PathBuf, message: &str| {
        let earlier = site.files();
        for command in [&units[..], &html[..]] {
            let file = file.to_str().expect("a path");
            check_failure(&throughline(&[command, &[file]].concat()), message);
            assert_eq!(earlier, site.files(), "{file}");
        }
    };
    for file in stored.into_iter().chain([site.path("store/new.parquet")]) {
        check(file, "this lies in the store");
    }
    for file in ["extracts/contacts.csv", "mine.html", "site.toml"] {
        check(site.path(file), "choose another file");
    }
    check(site.path("extracts"), "this is a folder; name a file in it");
    check(site.path("nowhere/units.parquet"), "not written");
    for (command, name) in [(&units[..], "units.parquet"), (&html[..], "units.html")] {
        let file = site.path(name);
        let again = [command, &[file.to_str().expect("a path")]].concat();
        for turn in 0..2 {
            let output = throughline(&again);
            assert!(output.status.success(), "{turn}: {output:?}");
        }
    }
    let added: Vec<PathBuf> =
        site.files().into_keys().filter(|path| !before.contains_key(path)).collect();
    assert_eq!(added, [site.path("units.html"), site.path("units.parquet")]);
    for (path, bytes) in &before {
        assert_eq!(&std::fs::read(path).expect("a file"), bytes, "{}", path.display());
    }
    let output = throughline(
        &[&units[..], &[&site.path("extracts/u.parquet").display().to_string()]].concat(),
    );
    check_failure(&output, "this lies among the extracts");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("mine.html", site.path("link")).expect("a link");
        check(site.path("link"), "this is a link, a pipe or a device");
    }
}

/// Placeholders for a day that nobody knows are no days, wherever they are written.
#[test]
fn a_day_at_the_end_of_the_calendar_is_refused_before_anything_is_stored() {
    let site = Site::new();
    for day in ["9999-12-31", "2201-01-01", "1899-12-31"] {
        check_failure(&site.run(&["--as-of", day]), "one of the years from 1900 to 2200");
        let line = format!("source,extract_date,runout_days\ncontacts,{day},0\n");
        site.write("extracts/manifest.csv", &line);
        let output = site.run(&[]);
        check_failure(&output, "column `extract_date`: row 2: this date is not between");
        check_failure(&output, "--as-of");
    }
    check_failure(&site.run(&["--period", "9999-12"]), "one of the years from 1900 to 2200");
    site.write("extracts/manifest.csv", "source,runout_days\ncontacts,4000000000\n");
    check_failure(&site.run(&["--as-of", "2025-03-31"]), "a whole number from 0 to 3660");
    let pipeline = std::fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    let dated = pipeline.replace("[extracts]", "[extracts]\nas_of = 9999-12-31");
    site.write("site.toml", &dated);
    check_failure(&site.run(&[]), "expected a date between 1900 and 2200");
    assert!(!site.path("store").exists() && !site.path("reports").exists());
}

#[test]
fn a_wrong_pipeline_file_is_drawn_upon() {
    let site = Site::new();
    site.pipeline(r#""fu_hosp_any_27h""#);
    let output = site.run(&[]);
    check_failure(&output, "there is no indicator `fu_hosp_any_27h`");
    check_failure(&output, "did you mean `fu_hosp_any_72h`?");
    site.write("site.toml", "title = \n[extracts\n");
    check_failure(&site.run(&[]), "not valid TOML");
    site.write(
        "site.toml",
        "title = \"Site\"\n[extracts]\nrefused_share = 2\n[indicators]\nuse = []\n",
    );
    let output = site.run(&[]);
    check_failure(&output, "`refused_share` is no share");
    check_failure(&output, "two percent are `refused_share = 0.02`");
    assert!(!site.path("store").exists() && !site.path("reports").exists());
}

#[test]
fn a_refused_extract_leaves_no_byte_behind() {
    let site = Site::new();
    site.write("extracts/contacts.csv", "contact_id,member_id,contact_date,service_class,agency_id,last_name\nC1,M1,2024-01-01,therapy,A1,Q\n");
    check_failure(&site.run(&[]), "last_name");
    assert!(!site.path("store").exists() && !site.path("reports").exists());
}

#[test]
fn a_killed_run_leaves_a_store_that_the_next_one_uses() {
    let site = Site::new();
    for wait in [1, 5, 20, 60] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["run", site.path("site.toml").to_str().expect("a path")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().expect("a process to kill");
        child.wait().expect("an end");
    }
    let output = site.run(&[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let left: Vec<PathBuf> = site
        .files()
        .into_keys()
        .filter(|path| path.to_string_lossy().contains("unfinished"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn questions_in_sql_are_answered() {
    let site = Site::new();
    assert!(site.run(&[]).status.success());
    let store = site.path("store");
    let store = store.to_str().expect("a path");
    let sql = "select class, count(*) as n from contacts group by class order by class";
    let output = throughline(&["query", sql, "--store", store, "--csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "class,n\ninpatient_day,40\ntherapy,240\n");
    check_failure(
        &throughline(&["query", "select nothing from nowhere", "--store", store]),
        "names no table",
    );
    for sql in [
        "/* how many */ (select count(*) from contacts)",
        "with c as (select class from contacts) select count(*) from c",
    ] {
        let output = throughline(&["query", sql, "--store", store]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("280"), "{sql}");
    }
    let sql = "select indicator from results where stratum_kind = 'all' limit 1";
    check_failure(&throughline(&["query", sql, "--store", store]), "--report");
    check_failure(&throughline(&["query", sql, "--report", store]), "no report here");
    let pages = site.files().into_keys().find(|path| path.ends_with("index.html"));
    let page = pages.expect("a report");
    let report = page.parent().and_then(Path::to_str).expect("a path");
    let output = throughline(&["query", sql, "--report", report, "--csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2);
    let results = std::fs::read_to_string(page.with_file_name("tables/results.csv"));
    let results = results.expect("results");
    let mut lines = results.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let heads = lines.next().expect("a header");
    let place = heads.iter().position(|head| *head == "value").expect("a column");
    let digits = |line: &Vec<&str>| line.get(place).map_or(0, |value| value.len()) > 15;
    let long = lines.find(digits).expect("a value with many digits")[place].to_owned();
    for more in [&[][..], &["--csv"]] {
        let sql = format!("select value from results where value = {long}");
        let output = throughline(&[&["query", &sql, "--report", report][..], more].concat());
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(answer.lines().nth(1), Some(long.as_str()), "{answer}");
    }
    let sql = "select * from contacts limit 3";
    let output = throughline(&["query", sql, "--store", store, "--csv"]);
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(answer.lines().next().is_some_and(|head| head.contains("start_on")), "{answer}");
}

#[test]
fn errors_of_a_question_show_no_value() {
    let site = Site::new();
    assert!(site.run(&[]).status.success());
    let store = site.path("store");
    let store = store.to_str().expect("a path");
    for (sql, message) in [
        ("select cast(member_id as int) from contacts", "try_cast"),
        ("select record_id from contacts where cast(record_id as date) > '2024-01-01'", "try_cast"),
        ("select membr from contacts", "membr"),
        ("select count( from contacts", "cannot answer this question"),
        ("select contact_date from contacts", "`contact_date` of the extracts"),
        (
            "select c.nothing from contacts c",
            "contacts has record_id (`contact_id` of the extracts), member_id, start_on",
        ),
        ("drop table contacts", "only questions are answered"),
        ("/* all */ delete from contacts", "only questions are answered"),
        ("create table mine as select * from contacts", "only questions are answered"),
        ("with some as (select 1) delete from contacts", "cannot answer this question"),
    ] {
        let output = throughline(&["query", sql, "--store", store]);
        check_failure(&output, message);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!text.contains("M0") && !text.contains("C1"), "{text}");
    }
}

#[test]
fn settings_of_extracts_that_cannot_be_are_drawn_on_the_text() {
    let site = Site::new();
    let settings = "[extracts.contacts.ranges]\nminutes = { min = 10, max = 1 }\n\
                    [extracts.living]\nrepeated_keys = \"first\"\n";
    let text = std::fs::read_to_string(site.path("site.toml")).expect("a file");
    site.write("site.toml", &text.replace("[indicators]", &(settings.to_owned() + "[indicators]")));
    let output = site.run(&[]);
    check_failure(&output, "7 | minutes = { min = 10, max = 1 }");
    for part in ["put the smaller number under `min`", "`living` has no key", "9 | repeated_keys"] {
        check_failure(&output, part);
    }
}

#[test]
fn files_that_are_not_read_and_tables_that_there_are_not_are_named() {
    let site = Site::new();
    site.write("extracts/stay.csv", "stay_id\n");
    let pipeline = site.path("site.toml");
    let output = throughline(&["ingest", pipeline.to_str().expect("a path")]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = "note: not read, as no table has their names: stay.csv";
    assert_eq!(text.lines().last(), Some(last), "{text}");
    let store = site.path("store");
    let lag = |table| {
        throughline(&["store", "lag", "--table", table, "--store", store.to_str().expect("a path")])
    };
    check_failure(&lag("zz"), "there is no table `zz`: the tables are members,");
    check_failure(&lag("contact"), "did you mean `contacts`?");
}

#[cfg(unix)]
#[test]
fn what_stands_in_the_place_of_a_file_is_told() {
    let site = Site::new();
    let (file, key) = (site.path("extracts/stays.csv"), site.path("key"));
    let of = |path: &Path| path.to_str().expect("a path").to_owned();
    std::fs::write(&key, "d41d8cd98f00b204e9800998ecf8427e5f0c").expect("a key");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&key, private).expect("permissions");
    let check = |what: &str| {
        check_failure(&site.run(&[]), what);
        check_failure(&site.run(&[]), "help: ");
        let (extracts, out) = (of(&site.path("extracts")), of(&site.path("out")));
        let key = of(&key);
        let arguments = ["pseudonymize", &extracts, "--out", &out, "--key-file", &key];
        check_failure(&throughline(&arguments), what);
        assert!(!site.path("out").exists());
        std::fs::remove_file(&file).expect("a file");
    };
    for to in ["nowhere.csv", "stays.csv"] {
        std::os::unix::fs::symlink(to, &file).expect("a link");
        check("stays.csv: this is a link that leads to no file");
    }
    assert!(Command::new("mkfifo").arg(&file).status().expect("a system").success());
    check("stays.csv: this is a pipe, a device or a socket");
}

#[test]
fn every_command_explains_itself() {
    let commands = [
        "run",
        "ingest",
        "evaluate",
        "report",
        "synth",
        "check",
        "indicators",
        "query",
        "explain",
        "worklist",
        "study",
        "reconcile",
        "pseudonymize",
        "verify",
        "store",
    ];
    for command in commands {
        let output = throughline(&[command, "--help"]);
        assert!(output.status.success() && output.stdout.len() > 200, "{command}");
    }
}

#[test]
fn columns_lists_what_extracts_may_hold() {
    let said = |arguments: &[&str]| {
        let output = throughline(arguments);
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let all = said(&["columns"]);
    for table in throughline::terms::Table::ALL {
        assert!(all.contains(&format!("{} (`", table.name())), "{all}");
        let own = said(&["columns", table.name()]);
        for field in table.fields() {
            let line = own.lines().find(|line| line.split_whitespace().next() == Some(field.name));
            let line = line.expect("each column has a line");
            assert_eq!(line.contains(" needed "), field.required, "{line}");
        }
    }
    check_failure(&throughline(&["columns", "contact"]), "there are members, enrolment, contacts");
}

#[test]
fn shipped_files_are_right() {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = throughline(&["check", &format!("{root}/pipelines")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_definition_that_is_not_text_is_one_problem_among_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    };
    write("latin.toml", b"id = \"a\"\ntitle = \"Caf\xe9\"\n");
    write("other.toml", b"id = \"other\"\nfamly = \"cost\"\n");
    let output = throughline(&["check", &folder.path().display().to_string()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for told in ["latin.toml:2:", "not text in UTF-8", "save it as UTF-8", "other.toml", "famly"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    // A pipeline that leads to such a file says the same.
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/indicators");
    write(
        "site.toml",
        format!(
            "title = \"Site\"\nstore = \"store\"\nreports = \"reports\"\n[extracts]\nfolder = \"extracts\"\n\
             [indicators]\nfolders = [\"{shipped}\", \".\"]\nuse = [\"latin\"]\n"
        )
        .as_bytes(),
    );
    let output = throughline(&["check", &folder.path().join("site.toml").display().to_string()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("latin.toml") && said.contains("save it as UTF-8"), "{said}");
}
