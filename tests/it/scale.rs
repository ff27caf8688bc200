//! Counting in parts, here or by another engine, gives the bytes of one process; and whatever breaks
//! the contract of the stream is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use arrow_select::interleave::interleave_record_batch;
use throughline::kernel::{Part, Tallies};
use throughline::pipeline::{self, Folders, PlanFile};
use throughline::store::Snapshot;

use crate::site::Site;

const SOME: &str = r#""fu_hosp_mh_7d", "readmit_30d", "upc", "secon", "disengagement_rate", "community_tenure", "bed_days_per_1000mm", "loc_mix", "penetration_rate", "pmpm_bh", "persistent_lost", "no_show_rate", "prevention_reach", "ragins_level_mix""#;

/// A site with made-up extracts in its store, and its plan.
pub(crate) fn site(indicators: &str, members: u32) -> Site {
    let site = Site::new(indicators);
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    let pipeline = pipeline
        .replace("[extracts]\n", "[extracts]\nbuckets = 5\nrefused_share = 0.5\n")
        + "[strata]\nby = [\"age_band\", \"sex\"]\n";
    site.write("site.toml", pipeline);
    let registry = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/instruments.toml");
    site.write("instruments.toml", fs::read(registry).expect("the registry of instruments"));
    fs::remove_dir(site.path("extracts")).expect("an empty folder");
    crate::kernel::made_up(&site.path("extracts"), members, 24);
    site.fine(&["ingest", "@site.toml"]);
    site.fine(&["plan", "@site.toml", "--out", "@plan.json"]);
    site
}

pub(crate) fn plan(site: &Site) -> PlanFile {
    PlanFile::read(&fs::read(site.path("plan.json")).expect("a plan")).expect("a plan")
}

fn read(site: &Site) -> pipeline::Pipeline {
    pipeline::read(&site.path("site.toml")).expect("a file").expect("a pipeline")
}

fn snapshot(site: &Site) -> Snapshot {
    pipeline::snapshot(&read(site), &Folders::default()).expect("a snapshot")
}

/// Every row of the store with the columns of the plan, as an engine would hand it on: plain texts,
/// members in order, each member's rows in order.
pub(crate) fn rows(site: &Site) -> RecordBatch {
    let contract = plan(site).ready().expect("definitions").contract;
    let columns: Vec<&str> = contract.columns().iter().map(|(name, _)| *name).collect();
    let snapshot = snapshot(site);
    let mut batches = Vec::new();
    for bucket in 0..snapshot.buckets() {
        let read = snapshot.batches(bucket, &columns).expect("a bucket");
        batches.extend(read.map(|batch| plain(&batch.expect("rows"))));
    }
    let mut order: Vec<(String, usize, usize)> = Vec::new();
    for (place, batch) in batches.iter().enumerate() {
        let own = members(batch).into_iter().enumerate();
        order.extend(own.map(|(row, member)| (member, place, row)));
    }
    order.sort_by(|a, b| a.0.cmp(&b.0));
    let order: Vec<(usize, usize)> = order.iter().map(|(_, batch, row)| (*batch, *row)).collect();
    let all: Vec<&RecordBatch> = batches.iter().collect();
    interleave_record_batch(&all, &order).expect("rows of one schema")
}

fn plain(batch: &RecordBatch) -> RecordBatch {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let array = match array.data_type() {
            DataType::Dictionary(..) => arrow_cast::cast(array, &DataType::Utf8).expect("texts"),
            _ => array.clone(),
        };
        (field.name().clone(), array, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

fn members(batch: &RecordBatch) -> Vec<String> {
    let ids = batch.column_by_name("member_id").expect("members").as_string::<i32>();
    ids.iter().map(|id| id.expect("a member").to_owned()).collect()
}

/// A stream of batches of odd sizes, some of them empty.
pub(crate) fn stream(rows: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &rows.schema()).expect("a stream");
    let mut from = 0;
    for size in [1, 7, 0, 64, 3, 1000].into_iter().cycle() {
        let size = size.min(rows.num_rows() - from);
        writer.write(&rows.slice(from, size)).expect("a batch");
        from += size;
        if from == rows.num_rows() {
            break;
        }
    }
    writer.finish().expect("an end");
    writer.into_inner().expect("bytes")
}

pub(crate) fn taken(rows: &RecordBatch, order: &[usize]) -> RecordBatch {
    let order: Vec<(usize, usize)> = order.iter().map(|row| (0, *row)).collect();
    interleave_record_batch(&[rows], &order).expect("rows")
}

/// Numbers in an order that looks like none.
pub(crate) fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|place| (*place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7);
    order
}

/// Rows by partition: all of a member in one of them.
fn partitions(rows: &RecordBatch, count: usize) -> Vec<RecordBatch> {
    let mut orders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, member) in members(rows).iter().enumerate() {
        let hash = member.bytes().fold(17_usize, |hash, byte| hash * 31 % 8191 + usize::from(byte));
        orders.entry(hash % count).or_default().push(row);
    }
    orders.values().map(|order| taken(rows, order)).collect()
}

/// Counts each partition by a task of its own.
fn tasks(site: &Site, partitions: &[RecordBatch], sort: bool) -> Vec<PathBuf> {
    let plan = plan(site);
    let tasks = partitions.iter().enumerate().map(|(place, rows)| {
        let mut tallies = Vec::new();
        pipeline::count_stream(&plan, Cursor::new(stream(rows)), &mut tallies, sort)
            .expect("the stream keeps the contract");
        let path = site.path(&format!("tallies-{place}.arrow"));
        fs::write(&path, tallies).expect("a file");
        path
    });
    tasks.collect()
}

fn added(site: &Site, from: &[PathBuf]) -> anyhow::Result<Tallies> {
    Ok(pipeline::counted(&read(site), snapshot(site), None, from, None)?.tallies)
}

fn whole(site: &Site) -> Tallies {
    let pipeline = read(site);
    pipeline::count(&pipeline, snapshot(site), None, &|_| {}).expect("a count").tallies
}

#[test]
fn partitions_of_any_engine_add_up_to_the_whole() {
    let site = site("\"all\"", 100);
    let (rows, one) = (rows(&site), whole(&site));
    assert!(one.cells.len() > 10_000, "the case says something: {} cells", one.cells.len());
    for count in [1, 2, 7] {
        let mut partitions = partitions(&rows, count);
        assert_eq!(partitions.len(), count);
        partitions.reverse();
        assert!(
            added(&site, &tasks(&site, &partitions, false)).expect("tallies") == one,
            "{count}"
        );
    }
    let mixed: Vec<RecordBatch> =
        partitions(&rows, 3).iter().map(|rows| taken(rows, &shuffled(rows.num_rows()))).collect();
    assert!(
        added(&site, &tasks(&site, &mixed, true)).expect("tallies") == one,
        "sorted in the task"
    );
}

/// The table of results, with and without small numbers, whatever counted.
fn results(site: &Site, folder: &str) -> [Vec<u8>; 2] {
    [folder.to_owned(), format!("{folder}-internal")]
        .map(|folder| fs::read(site.path(&folder).join("tables/results.parquet")).expect("results"))
}

#[test]
fn results_have_the_same_bytes_however_they_were_counted() {
    let site = site(SOME, 100);
    site.fine(&["report", "@site.toml", "--internal", "--out", "@one/r"]);
    let one = results(&site, "one/r");
    // The kernel as a process, which an engine starts once for each partition.
    let mut files = Vec::new();
    for (place, rows) in partitions(&rows(&site), 3).iter().enumerate() {
        let output = kernel(&site, stream(rows), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let name = format!("@task-{place}");
        site.write(&name[1..], output.stdout);
        files.push(name);
    }
    let members = members(&rows(&site)).into_iter().collect::<BTreeSet<_>>().len().to_string();
    let report = ["report", "@site.toml", "--internal", "--out", "@tasks/r", "--members", &members];
    let mut words = report.to_vec();
    words.push("--tallies");
    words.extend(files.iter().map(String::as_str));
    site.fine(&words);
    assert!(one == results(&site, "tasks/r"), "by tasks");
    assert!(site.files("one/r") == site.files("tasks/r"), "the whole report");
    // One part after the other, as a batch array does it, and added before the report.
    for part in 1..=4 {
        let (part, file) = (format!("{part}/4"), format!("@parts/{part}.arrow"));
        site.fine(&["evaluate", "@site.toml", "--bucket", &part, "--tallies", &file]);
    }
    site.fine(&["merge", "@parts", "--out", "@merged.arrow", "--members", &members]);
    let report = ["report", "@site.toml", "--internal", "--out", "@parts-added/r"];
    site.fine(&[&report[..], &["--tallies", "@merged.arrow", "--plan", "@plan.json"]].concat());
    assert!(one == results(&site, "parts-added/r"), "by parts");
}

/// Runs the kernel as a process over a stream.
fn kernel(site: &Site, stream: Vec<u8>, more: &[&str]) -> std::process::Output {
    let mut command: Command = site.command(&["kernel", "--plan", "@plan.json"]);
    command.args(more).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    // A kernel that refuses the stream does not read to its end.
    let feed = std::thread::spawn(move || drop(input.write_all(&stream)));
    let output = child.wait_with_output().expect("an end");
    feed.join().expect("the feeder ends");
    output
}

/// What the kernel says of a stream that breaks the contract; it must not write anything.
#[track_caller]
fn refused(site: &Site, rows: &RecordBatch, words: &str) {
    refused_with(site, rows, &[], words);
    // Nothing depends on where batches end.
    let mut writer = StreamWriter::try_new(Vec::new(), &rows.schema()).expect("a stream");
    writer.write(rows).expect("a batch");
    writer.finish().expect("an end");
    let output = kernel(site, writer.into_inner().expect("bytes"), &[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains(words), "in one batch: {words}");
}

#[track_caller]
fn refused_with(site: &Site, rows: &RecordBatch, more: &[&str], words: &str) {
    let output = kernel(site, stream(rows), more);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty(), "half a table would be added");
    assert!(text.contains(words) && !text.contains("panicked"), "{text}");
    assert!(!text.contains("M0000"), "no value of a row: {text}");
}

/// The rows with one column changed.
fn changed(rows: &RecordBatch, name: &str, to: &ArrayRef) -> RecordBatch {
    let schema = rows.schema();
    let columns = schema.fields().iter().zip(rows.columns()).map(|(field, array)| {
        let array = if field.name() == name { to.clone() } else { array.clone() };
        (field.name().clone(), array, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// The rows with a text changed in one row; nothing empties it.
fn with_text(rows: &RecordBatch, name: &str, row: usize, text: Option<&str>) -> RecordBatch {
    let texts = rows.column_by_name(name).expect("a column").as_string::<i32>();
    let changed_texts: StringArray = texts
        .iter()
        .enumerate()
        .map(|(place, own)| if place == row { text } else { own })
        .collect();
    let changed_texts: ArrayRef = Arc::new(changed_texts);
    changed(rows, name, &changed_texts)
}

fn kinds(rows: &RecordBatch) -> Vec<String> {
    let kinds = rows.column_by_name("kind").expect("kinds").as_string::<i32>();
    kinds.iter().map(|kind| kind.expect("a kind").to_owned()).collect()
}

#[test]
fn a_stream_that_breaks_the_contract_is_refused() {
    let site = site(SOME, 60);
    let all = rows(&site);
    let count = all.num_rows();
    let (members, kinds) = (members(&all), kinds(&all));
    let contact = (100..count).find(|row| kinds[*row] == "contact").expect("a contact");
    // Rows out of order: within a member, over members, and a member who comes again.
    let pair = (1..count).find(|row| members[*row] == members[row - 1] && kinds[*row] == "contact");
    let pair = pair.expect("two rows of one member");
    let order = |change: &dyn Fn(&mut Vec<usize>)| {
        let mut order: Vec<usize> = (0..count).collect();
        change(&mut order);
        taken(&all, &order)
    };
    let swapped = order(&|order| order.swap(pair - 1, pair));
    refused(&site, &swapped, "has to come before the row above it");
    let again = order(&|order| {
        let first = order.remove(3);
        order.push(first);
    });
    refused(&site, &again, "was there already");
    refused(&site, &order(&|order| order.rotate_left(count / 2)), "was there already");
    // Both are put right in the task.
    let right = kernel(&site, stream(&again), &["--sort-in-task"]);
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
    // Keys that are there twice, or empty.
    let twice = order(&|order| order.insert(contact, contact));
    refused(&site, &twice, "has the key of the row above it");
    refused_with(&site, &twice, &["--sort-in-task"], "has the key of the row above it");
    let register = kinds.iter().position(|kind| kind == "member").expect("a member");
    let twice = order(&|order| order.insert(register, register));
    refused(&site, &twice, "one row of attributes");
    for name in ["member_id", "kind", "record_id"] {
        let empty = with_text(&all, name, contact, None);
        refused(&site, &empty, &format!("row {contact} of the stream has an empty `{name}`"));
    }
    let starts = all.column_by_name("start_on").expect("days");
    let no_starts = changed(&all, "start_on", &new_null_array(starts.data_type(), count));
    refused(&site, &no_starts, "has an empty `start_on`");
    refused(&site, &with_text(&all, "kind", contact, Some("visit")), "kind that the data model");
}

#[test]
fn a_stream_of_another_schema_is_refused() {
    let site = site(SOME, 40);
    let all = rows(&site);
    let schema = all.schema();
    let keep: Vec<usize> = (0..all.num_columns())
        .filter(|place| !["dx1", "status"].contains(&schema.field(*place).name().as_str()))
        .collect();
    let less = all.project(&keep).expect("columns");
    refused(&site, &less, "lacks `status`, `dx1`");
    refused(&site, &less.slice(0, 0), "lacks `status`, `dx1`");
    let days = all.column_by_name("start_on").expect("days");
    let texts = arrow_cast::cast(days, &DataType::Utf8).expect("texts");
    refused(&site, &changed(&all, "start_on", &texts), "column `start_on` of the stream is Utf8");
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
    fields.push(fields[0].clone());
    let mut columns = all.columns().to_vec();
    columns.push(columns[0].clone());
    let twice = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns");
    refused(&site, &twice, "has column `member_id` twice");
    let text = kernel(&site, b"member_id,kind\n".to_vec(), &[]);
    assert!(String::from_utf8_lossy(&text.stderr).contains("no Arrow IPC stream"));
    // The engine is killed between two batches.
    let mut broken = stream(&all);
    broken.truncate(broken.len() - 8);
    let output = kernel(&site, broken, &[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("breaks off"), "and says so");
    assert!(output.stdout.is_empty() && output.status.code() == Some(2));
    // Columns in another order, and further ones, are fine; so is a partition without rows.
    let turned: Vec<usize> = (0..all.num_columns()).rev().collect();
    let turned = all.project(&turned).expect("columns");
    assert_eq!(kernel(&site, stream(&turned), &[]).stdout, kernel(&site, stream(&all), &[]).stdout);
    let empty = kernel(&site, stream(&all.slice(0, 0)), &[]);
    let tables = StreamReader::try_new(Cursor::new(empty.stdout), None).expect("a table");
    let part = Part::from_batches(tables.map(|batch| batch.expect("rows"))).expect("tallies");
    assert!(part.cells.is_empty());
    assert_eq!(
        part.tasks.values().map(|seen| (seen.tasks, seen.members)).collect::<Vec<_>>(),
        [(1, 0)]
    );
}

#[test]
fn tallies_that_are_not_one_whole_do_not_add_up() {
    let site = site(SOME, 60);
    let all = rows(&site);
    let members = members(&all);
    let distinct = members.iter().collect::<BTreeSet<_>>().len();
    // A member in two partitions: each task by itself finds nothing wrong.
    let middle = members.len() / 2;
    let half = (middle..members.len())
        .find(|row| members[*row] == members[row - 1])
        .expect("within a member");
    let halves = [all.slice(0, half), all.slice(half, all.num_rows() - half)];
    let files = tasks(&site, &halves, false);
    let number = distinct.to_string();
    let merge = |members: &str, code| {
        let words = [
            "merge",
            "@tallies-0.arrow",
            "@tallies-1.arrow",
            "--out",
            "@m.arrow",
            "--members",
            members,
        ];
        site.says(&words, code)
    };
    let said = merge(&number, 2);
    assert!(
        said.contains(&format!("seen {} members, but there are {distinct}", distinct + 1)),
        "{said}"
    );
    assert!(
        said.contains("repartition by `member_id`") && !site.path("m.arrow").exists(),
        "{said}"
    );
    // A task that is missing, or there twice.
    let lost = added(&site, &files[..1]).expect_err("half of the rows").to_string();
    assert!(lost.contains("a task is missing"), "{lost}");
    let twice =
        added(&site, &[&files[..], &files[1..]].concat()).expect_err("a task twice").to_string();
    assert!(twice.contains("a task was counted twice"), "{twice}");
    // Buckets that are missing, there twice, or of another count.
    let bucket = |part: &str, file: &str| {
        site.fine(&["evaluate", "@site.toml", "--bucket", part, "--tallies", file]);
    };
    bucket("1/2", "@a.arrow");
    bucket("2/2", "@b.arrow");
    bucket("1/3", "@c.arrow");
    let says = |files: &[&str], words: &str| {
        let said = site.says(&[&["merge", "--out", "@m.arrow"], files].concat(), 2);
        assert!(said.contains(words) && !site.path("m.arrow").exists(), "{said}");
    };
    says(&["@a.arrow"], "missing buckets: 2/2");
    says(&["@a.arrow", "@b.arrow", "@a.arrow"], "bucket 1/2 is there 2 times");
    says(&["@b.arrow", "@c.arrow"], "buckets of different counts");
    says(&["@a.arrow", "@tallies-0.arrow"], "of buckets and of an engine's partitions");
    says(&["@plan.json"], "cannot read these tallies");
    site.says(&["evaluate", "@site.toml", "--bucket", "3/2", "--tallies", "@x"], 2);
    site.says(&["evaluate", "@site.toml", "--bucket", "1/2"], 2);
    other_versions(&site);
}

/// Tallies by other definitions, and of another version of the program.
fn other_versions(site: &Site) {
    let merge = |file: &str, words: &str| {
        let said = site.says(&["merge", "--out", "@m.arrow", "@a.arrow", file], 2);
        assert!(said.contains(words), "{said}");
    };
    let pipeline = fs::read_to_string(site.path("site.toml")).expect("a pipeline");
    site.write("other.toml", pipeline + "[rules]\ntransfer_gap = 2\n");
    site.fine(&["evaluate", "@other.toml", "--bucket", "2/2", "--tallies", "@other.arrow"]);
    merge("@other.arrow", "tallies of different plans do not add up");
    let said = site.says(&["report", "@other.toml", "--tallies", "@a.arrow", "@b.arrow"], 2);
    assert!(said.contains("these tallies were counted by plan"), "{said}");
    let text = fs::read(site.path("b.arrow")).expect("tallies");
    // Of another version, or of the same that counts otherwise.
    let program = pipeline::PROGRAM.as_bytes();
    for changed in [0, program.len() - 1] {
        let mut old = text.clone();
        let places = (0..text.len() - program.len()).filter(|at| text[*at..].starts_with(program));
        for place in places.collect::<Vec<_>>() {
            old[place + changed] = b'x';
        }
        site.write("old.arrow", old);
        merge("@old.arrow", "do not add up with those of version");
    }
}

#[path = "../../src/build.rs"]
#[expect(dead_code, reason = "a build script has a main")]
mod build;

/// The name of the program changes with what it counts by, and with nothing else.
#[test]
fn a_program_is_named_by_what_it_counts_with() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = |root: &Path| {
        let hash = build::counting(root).expect("sources");
        format!("{}+{hash:016x}", env!("CARGO_PKG_VERSION"))
    };
    assert_eq!(named(root), pipeline::PROGRAM);
    let copy = tempfile::tempdir().expect("a folder");
    for path in crate::delivered::files_below(&root.join("src")) {
        let to = copy.path().join(path.strip_prefix(root).expect("below"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(path, to).expect("a copy");
    }
    let changed = |file: &str, change: &dyn Fn(&str) -> String| {
        let path = copy.path().join(file);
        let text = fs::read_to_string(&path).expect("a source");
        fs::write(&path, change(&text)).expect("a source");
        let name = named(copy.path());
        fs::write(&path, text).expect("a source");
        name
    };
    let one_more = |text: &str| text.replacen('1', "2", 1);
    assert_eq!(named(copy.path()), pipeline::PROGRAM);
    assert_eq!(changed("src/report/folder.rs", &one_more), pipeline::PROGRAM);
    assert_eq!(
        changed("src/kernel/sums.rs", &|text| text.replace('\n', "\r\n")),
        pipeline::PROGRAM
    );
    for file in [
        "src/kernel/sums.rs",
        "src/timeline/spell.rs",
        "src/terms/day.rs",
        "src/indicator/measure.rs",
    ] {
        assert_ne!(changed(file, &one_more), pipeline::PROGRAM, "{file}");
    }
}

#[test]
fn a_plan_is_whole_or_refused() {
    let site = site(SOME, 40);
    let text = fs::read_to_string(site.path("plan.json")).expect("a plan");
    let kernel = |text: &str, words: &str| {
        site.write("plan.json", text);
        let output = kernel(&site, Vec::new(), &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words) && output.status.code() == Some(2), "{said}");
    };
    kernel(
        &text.replace("days    = [1, 7]", "days    = [1, 8]"),
        "was changed after it was written",
    );
    kernel(&text.replace("\"transfer_gap\": 1", "\"transfer_gap\": 3"), "was changed");
    let program = format!("\"program\": \"{}\"", pipeline::PROGRAM);
    kernel(&text.replacen(&program, "\"program\": \"9.9.9\"", 1), "is of version 9.9.9");
    // The same version, but built from other sources.
    let other = format!("{}+0123456789abcdef", env!("CARGO_PKG_VERSION"));
    let other = format!("\"program\": \"{other}\"");
    kernel(&text.replacen(&program, &other, 1), "+0123456789abcdef");
    kernel("{}", "not a plan");
    // The same question from another folder is the same plan.
    let said = |folder: &str| {
        let mut command = site.command(&["plan", "site.toml", "--out", "@again.json"]);
        let output = command.current_dir(site.path(folder)).output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(site.path("again.json")).expect("a plan")
    };
    assert_eq!(said(""), text);
}
