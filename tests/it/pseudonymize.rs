//! Extracts for others: tokens that nobody turns back, intervals that hold, nothing left by mistake,
//! and a report that says what it cannot say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::delivered::files_below;

const KEY: &str = "d41d8cd98f00b204e9800998ecf8427e5f0c";

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(site.path("extracts")).expect("a folder");
        site.write("extracts/contacts.csv", "contact_id,member_id,contact_date,start_ts,service_class,agency_id,clinician_id,notes\n\
            C1,M1,2024-01-10,2024-01-10T09:00,therapy,A1,P1,seen at home\nC2,M1,2024-03-01,,therapy,A1,P2,\nC3,M2,2024-02-01,,peer,A2,P1,\n");
        site.write(
            "extracts/events.csv",
            "event_id,member_id,start,type,stay_id\nE1,M1,2024-01-20,seclusion,S1\n",
        );
        site.write("extracts/stays.csv", "stay_id,member_id,admit,discharge,level\nS1,M1,2024-01-15,2024-01-25,6\nS2,M2,02/03/2024,,6\n");
        site.write("extracts/manifest.csv", "source,extract_date,runout_days\ncontacts,2024-06-30,14\nstays,2024-06-30,\nevents,2024-06-30,14\n");
        site.write("key", KEY);
        site.chmod("key", 0o600);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    #[cfg(unix)]
    fn chmod(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode))
            .expect("permissions");
    }

    #[cfg(not(unix))]
    fn chmod(&self, _: &str, _: u32) {}

    /// Runs the command into `out`.
    fn run(&self, out: &str, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
        command.arg("pseudonymize").arg(self.path("extracts")).arg("--out").arg(self.path(out));
        command.args(more).env_remove("THROUGHLINE_KEY").output().expect("the program starts")
    }

    fn made(&self, out: &str, more: &[&str]) -> BTreeMap<String, String> {
        let key = self.path("key");
        let mut arguments = vec!["--key-file", key.to_str().expect("a path")];
        arguments.extend(more);
        let output = self.run(out, &arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        files_of(&self.path(out))
    }
}

fn files_of(folder: &Path) -> BTreeMap<String, String> {
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    files_below(folder)
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).expect("text")))
        .collect()
}

/// The cells of a column.
fn cells(text: &str, column: &str) -> Vec<String> {
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let at = rows.next().expect("a header").iter().position(|name| *name == column);
    rows.map(|row| row[at.expect("the column")].to_owned()).collect()
}

fn day(text: &str) -> i32 {
    throughline::terms::Day::parse(&text[..10]).expect("a date").0
}

#[test]
fn ids_become_tokens_and_say_nothing() {
    let site = Site::new();
    let made = site.made("out", &[]);
    let contacts = &made["contacts.csv"];
    assert_eq!(
        contacts.lines().next(),
        Some("contact_id,member_id,contact_date,start_ts,service_class,agency_id,clinician_id")
    );
    let members = cells(contacts, "member_id");
    assert!(members[0] == members[1] && members[0] != members[2]);
    assert_eq!(cells(&made["stays.csv"], "member_id")[0], members[0]);
    // An event names the stay by the stay's own token.
    assert_eq!(cells(&made["events.csv"], "stay_id")[0], cells(&made["stays.csv"], "stay_id")[0]);
    let clinicians = cells(contacts, "clinician_id");
    assert!(clinicians[0] == clinicians[2] && clinicians[0] != clinicians[1]);
    for (name, text) in &made {
        for id in ["M1", "M2", "C1", "P1", "S1", "E1", "seen at home", KEY] {
            assert!(!text.contains(id), "{name} has `{id}`");
        }
    }
    assert_eq!(cells(contacts, "agency_id"), ["A1", "A1", "A2"]);
    assert_eq!(cells(&made["stays.csv"], "admit"), ["2024-01-15", "?"]);
    assert!(made["pseudonymized.json"].contains("\"notes\": \"left out\""));
    assert!(made["pseudonymized.json"].contains("\"values_replaced_by_a_question_mark\": 1"));
    assert_eq!(site.made("again", &[]), made);
    site.write("key", &KEY.replace('d', "e"));
    assert_ne!(site.made("other", &[])["contacts.csv"], *contacts);
}

#[test]
fn shifted_dates_keep_intervals_and_the_manifest_says_so() {
    let site = Site::new();
    let (plain, shifted) =
        (site.made("plain", &[]), site.made("shifted", &["--shift-dates", "364"]));
    let of = |files: &BTreeMap<String, String>| {
        let contacts = cells(&files["contacts.csv"], "contact_date");
        let stays = cells(&files["stays.csv"], "discharge");
        [
            day(&contacts[0]),
            day(&contacts[1]),
            day(&stays[0]),
            day(&cells(&files["contacts.csv"], "start_ts")[0]),
            day(&contacts[2]),
        ]
    };
    let (plain, moved) = (of(&plain), of(&shifted));
    let shifts: Vec<i32> = plain.iter().zip(moved).map(|(plain, moved)| plain - moved).collect();
    assert!(shifts[..4].iter().all(|shift| *shift == shifts[0]), "{shifts:?}");
    assert!(shifts.iter().all(|shift| (1..=364).contains(shift)), "{shifts:?}");
    assert_ne!(shifts[0], shifts[4], "two members share a shift; another key may be needed");
    // Days of run-out that nobody states are those that are usual.
    for table in ["contacts", "stays"] {
        let line = format!("{table},,2024-06-30,,,378,full,true");
        assert!(shifted["manifest.csv"].contains(&line), "{}", shifted["manifest.csv"]);
    }
}

#[test]
fn a_key_is_strong_and_nobody_elses() {
    let site = Site::new();
    let fails = |output: &Output, message: &str| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(message) && !text.contains(KEY), "{text}");
        assert!(!site.path("out").exists());
    };
    fails(&site.run("out", &[]), "THROUGHLINE_KEY");
    let key = site.path("key");
    let file = ["--key-file", key.to_str().expect("a path")];
    if cfg!(unix) {
        site.chmod("key", 0o644);
        fails(&site.run("out", &file), "chmod 600");
        site.chmod("key", 0o600);
    }
    site.write("key", "secret");
    fails(&site.run("out", &file), "no strong key");
    fails(&site.run("out", &["--key", KEY]), "--key");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
    command.arg("pseudonymize").arg(site.path("extracts")).arg("--out").arg(site.path("out"));
    assert!(
        command.env("THROUGHLINE_KEY", KEY).output().expect("the program starts").status.success()
    );
}

#[test]
fn what_intake_would_refuse_is_not_passed_on() {
    let site = Site::new();
    site.write(
        "extracts/members.csv",
        "member_id,birth_year,zip\nM1,1984-02-29,80203\nM2,1990,80204\n",
    );
    let indicators = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
    let pipeline = |privacy: &str| {
        site.write(
            "site.toml",
            &format!(
                "title = \"Site\"\n{privacy}[extracts]\nfolder = \"extracts\"\n[extracts.members]\n\
                 columns = {{ zip = \"region\" }}\n[indicators]\nfolders = [\"{}\"]\nuse = [\"upc\"]\n",
                indicators.display()
            ),
        );
        site.path("site.toml").to_string_lossy().into_owned()
    };
    let members = &site.made("strict", &["--pipeline", &pipeline("")])["members.csv"];
    assert_eq!(members.lines().next(), Some("member_id,birth_year"));
    assert_eq!(cells(members, "birth_year"), ["?", "1990"]);
    let policy = "[privacy]\npolicy = \"safe_harbor\"\n";
    let members = &site.made("coarse", &["--pipeline", &pipeline(policy)])["members.csv"];
    assert_eq!(cells(members, "birth_year"), ["1984", "1990"]);
    assert_eq!(cells(members, "zip"), ["802", "802"]);
}

#[test]
fn nothing_is_left_of_an_extract_that_cannot_be_made_safe() {
    for (name, text, message) in [
        (
            "contacts.csv",
            "contact_id,member_id,contact_date,service_class,agency_id,team_id\nC1,M1,2024-01-10,therapy,A1,303-555-0100\n",
            "looks_like_phone",
        ),
        (
            "contacts.csv",
            "contact_id,member_id,contact_date,service_class,agency_id\nC1,M1,2024-01-10,therapy\n",
            "ragged_row",
        ),
        ("members.parquet", "PAR1", "unfit_format"),
        (
            "contacts.csv",
            "contact_id,member_id,contact_date,service_class,\"agency_id\nC1,555-0100,2024-01-10,therapy,A1\n",
            "open_quote",
        ),
        (
            "contacts.csv",
            "C1,555-0100,2024-01-10,therapy,A1\nC2,M2,2024-01-10,therapy,A1\n",
            "no_header",
        ),
        (
            "contacts.csv",
            "contact_id,555-0100,contact_date,service_class,agency_id\nC1,M1,2024-01-10,therapy,A1\n",
            "missing_column",
        ),
        (
            "contacts.csv",
            "contact_id,member_id,contact_date,service_class,agency_id\rC1,555-0100,2024-01-10,therapy,A1\nC2,M1,2024-01-10,therapy,A1\n",
            "lone_carriage_return",
        ),
        (
            "contacts.csv",
            "contact_id,member_id,contact_date,service_class,agency_id\nC1,M1,2024-01-10,therapy,\"A1\nC2,555-0100,2024-01-10,therapy,A1\n",
            "open_quote",
        ),
        (
            "contacts.csv",
            "contact_id,member_id,contact_date,service_class,agency_id\nC1,M1,2024-01-10,therapy,\"A1\nC2,M2,2024-01-10,therapy,A1\"\n",
            "line_end",
        ),
    ] {
        let site = Site::new();
        site.write(&format!("extracts/{name}"), text);
        let key = site.path("key");
        let output = site.run("out", &["--key-file", key.to_str().expect("a path")]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(message) && !said.contains("555-0100"), "{said}");
        let left: Vec<PathBuf> = files_below(site.folder.path());
        assert_eq!(
            left.iter().filter(|path| !path.starts_with(site.path("extracts"))).count(),
            1,
            "{left:?}"
        );
    }
}

/// `key` is a file, below which no folder can be made.
#[test]
fn a_place_without_room_is_told_with_the_way_out() {
    let site = Site::new();
    let key = site.path("key");
    let output = site.run("key/out", &["--key-file", &key.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no folder can be made here"), "{said}");
    assert!(said.contains("choose another folder with --out"), "{said}");
}

#[test]
fn a_name_that_is_none_is_told_by_its_place() {
    let site = Site::new();
    site.write(
        "extracts/contacts.csv",
        "contact_id,member_id,contact_date,service_class,agency_id,M1 (seen)\n\u{feff}C1, M1\u{a0},2024-01-10,therapy,A1,x\nC2,M1,2024-01-11,therapy,A1,\"two\nlines\"\n",
    );
    let made = site.made("out", &["--shift-dates", "364"]);
    assert!(made["pseudonymized.json"].contains("\"column 6\": \"left out\""));
    assert!(!made["pseudonymized.json"].contains("seen"));
    // Blanks around an id are no part of it: one member has one token and one shift.
    let (members, dates) =
        (cells(&made["contacts.csv"], "member_id"), cells(&made["contacts.csv"], "contact_date"));
    assert_eq!((members.len(), &members[0]), (2, &members[1]));
    assert_eq!(day(&dates[1]) - day(&dates[0]), 1);
}

#[test]
fn a_report_of_shifted_dates_charts_no_calendar() {
    let site = Site::new();
    let mut contacts = "contact_id,member_id,contact_date,service_class,agency_id\n".to_owned();
    for (row, month) in (0..24).flat_map(|month| (0..40).map(move |row| (row, month))) {
        contacts += &format!(
            "C{month}-{row},M{row},{}-{:02}-15,therapy,A1\n",
            2022 + month / 12,
            month % 12 + 1
        );
    }
    for name in ["events.csv", "stays.csv"] {
        fs::remove_file(site.path("extracts").join(name)).expect("a file");
    }
    site.write("extracts/contacts.csv", &contacts);
    site.write(
        "extracts/manifest.csv",
        "source,extract_date,runout_days\ncontacts,2024-01-14,14\n",
    );
    let run = |extracts: &str| {
        let indicators = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
        site.write("site.toml", &format!(
            "title = \"Site\"\nstore = \"{extracts}-store\"\nreports = \"{extracts}-reports\"\n[extracts]\nfolder = \"{extracts}\"\n\
             [indicators]\nfolders = [\"{}\"]\nuse = [\"contact_gap_over_k\", \"upc\"]\n", indicators.display()));
        let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .arg("run")
            .arg(site.path("site.toml"))
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let pages = files_below(&site.path(&format!("{extracts}-reports")));
        let page = pages.iter().find(|path| path.ends_with("index.html")).expect("a page");
        fs::read_to_string(page).expect("a page")
    };
    site.made("moved", &["--shift-dates", "60"]);
    let (plain, moved) = (run("extracts"), run("moved"));
    assert!(plain.contains("All members over time"));
    assert!(!moved.contains("All members over time"));
    assert!(moved.contains("Dates were shifted by the sender"));
}
