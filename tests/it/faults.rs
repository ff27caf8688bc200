//! Killed runs, full disks, damaged and hostile files: a clear refusal, nothing half done, and the
//! next run recovers. Damaged files are made by chance from a fixed number of cases; for a long run,
//! `PROPTEST_CASES=100000 cargo test --test it never_panic`.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, proptest};
use throughline::terms::Table;

use crate::delivered::{Delivered, HEADER};
use crate::site::Site;

const GOOD: &str = "C1,M1,2024-01-05,A1,H0004,45,F20.9";

/// A run that is killed leaves a store in which everything that is there is whole, and the next run
/// comes to what an undisturbed one comes to.
#[test]
fn a_run_may_be_killed_at_any_time() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(11);
    let undisturbed = Instant::now();
    site.fine(&["run", "@site.toml", "--store", "@calm", "--out", "@calm-report"]);
    let whole = undisturbed.elapsed();
    let (mut killed, mut state) = (0, 0x2545_f491_4f6c_dd1d_u64);
    for _ in 0..14 {
        // A fixed sequence, spread over the time that a run takes.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let share = f64::from(u32::try_from(state % 1000).expect("small")) / 1000.0;
        let mut child = site
            .command(&["run", "@site.toml", "--out", "@report"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(whole.mul_f64(share));
        child.kill().expect("a process to kill");
        killed += i32::from(!child.wait().expect("an end").success());
        if site.path("store/current").exists() {
            site.fine(&["verify", "@store"]);
        }
        if site.path("report/manifest.json").exists() {
            site.fine(&["verify", "@report"]);
        }
    }
    assert!(killed > 3, "{killed} of 14 runs were killed");
    fs::create_dir_all(site.path("store/tmp-00ff")).expect("a folder");
    let said = site.fine(&["verify", "@store"]);
    assert!(said.contains("tmp-00ff: a run was killed and left this"), "{said}");
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    assert_eq!(site.files("store"), site.files("calm"));
    assert_eq!(site.files("report"), site.files("calm-report"));
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(3);
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    let (store, report) = (site.files("store"), site.files("report"));
    site.contacts(11, 400);
    // No file may grow beyond some blocks of 512 bytes; the signal is ignored, so that writing fails.
    for blocks in [2, 8, 20] {
        let program = env!("CARGO_BIN_EXE_throughline");
        let script =
            format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run \"$1\" --out \"$2\"");
        let output = std::process::Command::new("sh")
            .args(["-c", &script, program])
            .args([site.path("site.toml"), site.path("report")])
            .output()
            .expect("a shell");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{blocks}: {text}");
        assert!(!text.contains("panicked"), "{text}");
        if blocks < 20 {
            assert_eq!(site.files("store"), store, "{blocks}");
        }
        assert_eq!(site.files("report"), report, "{blocks}");
    }
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    site.fine(&["verify", "@store"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(3);
    fs::create_dir(site.path("closed")).expect("a folder");
    let close = |mode| fs::set_permissions(site.path("closed"), fs::Permissions::from_mode(mode));
    close(0o555).expect("permissions");
    if fs::write(site.path("closed/try"), "").is_ok() {
        // Whoever may do everything cannot be kept out by permissions; a file in the way can.
        site.write("way", "");
        assert!(site.says(&["run", "@site.toml", "--store", "@way/store"], 2).contains("way"));
        assert!(site.says(&["run", "@site.toml", "--out", "@way/report"], 2).contains("way"));
        return;
    }
    assert!(site.says(&["run", "@site.toml", "--store", "@closed/store"], 2).contains("closed"));
    assert!(site.says(&["run", "@site.toml", "--out", "@closed/report"], 2).contains("closed"));
    close(0o755).expect("permissions");
}

#[test]
fn a_damaged_store_is_refused_and_mended() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(6);
    site.fine(&["ingest", "@site.toml"]);
    let whole = site.files("store");
    let bucket = site.stored("bucket-001.parquet");
    let good = fs::read(&bucket).expect("a bucket");
    for cut in [0, 3, good.len() / 2, good.len() - 5] {
        fs::write(&bucket, &good[..cut]).expect("a bucket");
        let said = site.says(&["report", "@site.toml"], 2);
        assert!(said.contains("bucket-001.parquet") && said.contains("in again"), "{said}");
        site.fine(&["ingest", "@site.toml"]);
        assert_eq!(site.files("store"), whole);
    }
    fs::remove_file(&bucket).expect("a bucket");
    assert!(site.says(&["report", "@site.toml"], 2).contains("in again"));
    site.fine(&["ingest", "@site.toml"]);
    let mut turned = good.clone();
    turned[good.len() / 2] ^= 1;
    fs::write(&bucket, turned).expect("a bucket");
    assert!(site.says(&["verify", "@store"], 1).contains("bucket-001.parquet"));
    site.fine(&["ingest", "@site.toml"]);
    assert_eq!(site.files("store"), whole);
    site.write("store/history.json", "{");
    assert!(site.says(&["ingest", "@site.toml"], 2).contains("move it away"));
    fs::rename(site.path("store/history.json"), site.path("away.json")).expect("a history");
    site.fine(&["ingest", "@site.toml"]);
    assert_eq!(site.files("store"), whole);
    let manifest = site.stored("manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    for bad in [
        String::new(),
        text[..text.len() / 2].to_owned(),
        text.replace("\"schema_version\": 1", "\"schema_version\": 99"),
    ] {
        fs::write(&manifest, bad).expect("a manifest");
        assert!(site.says(&["report", "@site.toml"], 2).contains("manifest.json"));
        site.fine(&["ingest", "@site.toml"]);
        assert_eq!(site.files("store"), whole);
    }
    for bad in ["", "../../etc", "zz", "\0"] {
        site.write("store/current", bad);
        assert!(site.says(&["report", "@site.toml"], 2).contains("current"));
        site.fine(&["ingest", "@site.toml"]);
        assert_eq!(site.files("store"), whole);
    }
}

#[test]
fn a_second_run_is_told_who_has_the_store() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(3);
    let held = throughline::store::Store::open(&site.path("store")).expect("a store");
    let text = site.says(&["ingest", "@site.toml"], 2);
    assert!(
        text.contains(&format!("process {}", std::process::id())) && text.contains("seconds"),
        "{text}"
    );
    // A clock that was set back: the lock seems to come from the future.
    let lock = fs::File::options().write(true).open(site.path("store/lock")).expect("a lock");
    let future = std::time::UNIX_EPOCH + Duration::from_secs(40_000_000_000);
    lock.set_modified(future).expect("a time");
    let text = site.says(&["ingest", "@site.toml"], 2);
    assert!(text.contains("process") && !text.contains("seconds"), "{text}");
    drop(held);
    site.fine(&["ingest", "@site.toml"]);
}

/// An extract that somebody writes to while it is read is refused, whatever came of it.
#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let rows: Vec<String> = (0..150_000)
        .map(|row| format!("C{row},M{},2024-01-05,A1,H0004,45,F20.9", row % 99))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let delivered = Delivered::contacts(&rows);
    let path = delivered.intake.folder.join("contacts.csv");
    let whole = fs::read(&path).expect("an extract");
    assert!(whole.len() > 5 << 20, "more than one block is read");
    let change = |change: &(dyn Fn(&fs::File) + Sync)| {
        fs::write(&path, &whole).expect("an extract");
        let done = std::sync::atomic::AtomicBool::new(false);
        let read = throughline::extract::read(&delivered.intake, &|_| {
            if !done.swap(true, std::sync::atomic::Ordering::Relaxed) {
                change(&fs::File::options().append(true).open(&path).expect("an extract"));
            }
        });
        let said = read.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("contacts.csv") && said.contains("changed_while_read"), "{said}");
    };
    change(&|file| file.set_len(3 << 20).expect("a shorter file"));
    change(&|mut file| file.write_all(b"C9,M9,2024-01-05,A1,H0004,45,\n").expect("a longer file"));
    // Written in place, with as many bytes.
    change(&|file| {
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(9)).expect("a time");
    });
    // Taken away.
    change(&|_| fs::remove_file(&path).expect("an extract"));
    fs::write(&path, &whole).expect("an extract");
    assert!(throughline::extract::read(&delivered.intake, &|_| {}).is_ok());
}

#[test]
fn more_columns_than_any_table_has_are_refused_in_one_sentence() {
    let header: String = (0..100_000).map(|column| format!(",x{column}")).collect();
    let delivered = Delivered::new().with("contacts.csv", format!("{HEADER}{header}\n"));
    assert_eq!(delivered.problems(), ["contacts.csv  too_many_columns"]);
}

#[test]
fn a_field_of_fifty_megabytes_is_a_refused_row() {
    let row = format!("C2,M1,2024-01-05,{},H0004,45,F20.9", "a".repeat(50 << 20));
    let delivered = Delivered::contacts(&[GOOD, &row, "C3,M1,2024-01-06,A1,H0004,45,F20.9"])
        .set(Table::Contacts, |_| {});
    assert_eq!(delivered.refused(), ["contacts.csv:3 agency_id unexpected_form"]);
}

#[test]
fn many_distinct_codes_are_only_many() {
    let rows: Vec<String> =
        (0..200_000).map(|row| format!("C{row},M1,2024-01-05,A1,X{row},45,")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let delivery = Delivered::contacts(&rows).read().expect("an extract");
    assert_eq!(
        (delivery.sources[0].accepted, delivery.sources[0].unmapped_codes),
        (200_000, 200_000)
    );
    assert!(delivery.sources[0].codes.is_empty());
}

#[test]
fn a_small_file_does_not_become_a_large_one() {
    // Eighty megabytes without the end of a line, in a few kilobytes.
    let mut part = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    part.write_all(&vec![b'a'; 1 << 20]).expect("memory");
    let bomb = part.finish().expect("memory").repeat(80);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(
        Delivered::new().with("contacts.csv.gz", bomb).problems(),
        ["contacts.csv.gz  unreadable_file"]
    );
}

/// Rows after rows in a few kilobytes, plain and as Parquet.
#[test]
fn a_small_file_does_not_become_many_rows() {
    let mut part = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    part.write_all(format!("{}\n", "a".repeat(1000)).repeat(1 << 10).as_bytes()).expect("memory");
    let bomb = part.finish().expect("memory").repeat(60);
    assert!(bomb.len() < 1 << 18);
    let header = format!("{HEADER}\n{GOOD}\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(header.as_bytes()).expect("memory");
    let packed = [packed.finish().expect("memory"), bomb].concat();
    let error = Delivered::new().with("contacts.csv.gz", packed).read().expect_err("a bomb");
    assert!(error.to_string().contains("two hundred times its size"), "{error}");
    let long = "x".repeat(40_000);
    let row = format!("C2,M1,2024-01-05,{long},H0004,45,F20.9");
    let rows = vec![row.as_str(); 3_400];
    let packed = crate::store::parquet_of(&rows);
    assert!(packed.len() < 1 << 20, "{}", packed.len());
    let error = Delivered::new().with("contacts.parquet", packed).read().expect_err("a bomb");
    assert!(error.to_string().contains("more than 128 MB"), "{error}");
}

#[test]
fn formulas_and_control_characters_are_no_labels() {
    let rows = ["=1+1", "@SUM(A1)", "+A1", "-cmd", "a\u{7}b", "nul\0"]
        .map(|label| format!("C1,M1,2024-01-05,{label},H0004,45,"));
    for row in &rows {
        let delivered = Delivered::contacts(&[row]).set(Table::Contacts, |_| {});
        assert_eq!(delivered.refused(), ["contacts.csv:2 agency_id unexpected_form"], "{row:?}");
    }
    for row in ["C\0,M1,2024-01-05,A1,H0004,45,", "C1,M\u{1b}[2J,2024-01-05,A1,H0004,45,"] {
        let refused = Delivered::contacts(&[row]).set(Table::Contacts, |_| {}).refused();
        assert!(refused.len() == 1 && refused[0].ends_with("_id unexpected_form"), "{refused:?}");
    }
    let harmless =
        Delivered::contacts(&["C1,M1,2024-01-05,-9,H0004,45,", "C2,M1,2024-01-05,A/B,H0004,45,"]);
    assert!(harmless.refused().is_empty());
}

#[test]
fn labels_lead_nowhere() {
    let site = Site::new(r#""contact_gap_over_k", "upc""#).with_contacts(8);
    let contacts = fs::read_to_string(site.path("extracts/contacts.csv")).expect("contacts");
    let hostile =
        contacts.replace(",B1\n", ",../../../x\n").replace(",A1,", ",<script>alert(1)</script>,");
    site.write("extracts/contacts.csv", hostile);
    let before = site.files(".");
    site.fine(&["run", "@site.toml", "--out", "@report"]);
    let page = fs::read_to_string(site.path("report/index.html")).expect("a page");
    assert!(!page.contains("<script>alert"));
    let outside: Vec<_> = site
        .files(".")
        .into_keys()
        .filter(|path| !path.starts_with("report") && !path.starts_with("store"))
        .filter(|path| path != "released.json" && !path.starts_with("released"))
        .collect();
    assert!(outside.iter().all(|path| before.contains_key(path)), "{outside:?}");
}

fn changed(good: &[u8], changes: &[(usize, u8)], cut: usize) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for (place, byte) in changes {
        let at = place % bytes.len();
        bytes[at] = *byte;
    }
    bytes.truncate(bytes.len() - cut % bytes.len());
    bytes
}

fn change() -> impl proptest::prelude::Strategy<Value = (Vec<(usize, u8)>, usize)> {
    (prop::collection::vec((any::<usize>(), any::<u8>()), 0..6), prop_oneof())
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96)
}

/// Mostly the whole file, sometimes a part of it.
fn prop_oneof() -> impl proptest::prelude::Strategy<Value = usize> {
    prop::sample::select(vec![0, 0, 0, 1, 7, 100, 1000])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to a compressed or a Parquet extract: refused or read, no panic, no row lost.
    #[test]
    fn damaged_extracts_never_panic((changes, cut) in change(), as_parquet in any::<bool>()) {
        let text = format!("{HEADER}\n{GOOD}\n").repeat(3);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).expect("memory");
        let good = if as_parquet { crate::store::parquet_of(&[GOOD]) } else { packed.finish().expect("memory") };
        let delivered = Delivered::new()
            .with("contacts.csv", changed(&good, &changes, cut))
            .set(Table::Contacts, |_| {});
        if let Ok(delivery) = delivered.read() {
            let source = &delivery.sources[0];
            prop_assert!(source.read == source.accepted + source.n_refused());
        }
    }

    /// Whatever is done to a pipeline file: it is read, or drawn upon.
    #[test]
    fn damaged_pipelines_never_panic((changes, cut) in change()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("p.toml");
        let good = include_bytes!("../../pipelines/monthly.toml");
        fs::write(&path, changed(good, &changes, cut)).expect("a file");
        if let Ok(Err(problems)) = throughline::pipeline::read(&path) {
            prop_assert!(!problems.render(false).is_empty());
        }
    }

    /// Whatever is done to the manifests of a store: it is read, or refused with a reason.
    #[test]
    fn damaged_manifests_never_panic((changes, cut) in change(), which in 0_usize..3) {
        let delivered = Delivered::contacts(&[GOOD]);
        delivered.commit();
        let store = delivered.store();
        let id = fs::read_to_string(store.join("current")).expect("a pointer");
        let manifest = store.join("snapshots").join(id.trim()).join("manifest.json");
        let path = [manifest, store.join("history.json"), store.join("current")][which].clone();
        fs::write(&path, changed(&fs::read(&path).expect("a file"), &changes, cut)).expect("a file");
        if let Err(error) = throughline::store::Snapshot::open(&store) {
            prop_assert!(!error.to_string().is_empty());
        }
        prop_assert!(throughline::store::verify(&store).is_ok());
    }
}
