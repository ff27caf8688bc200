//! Snapshots: the same rows give the same bytes, and a commit is whole or not at all.

use std::fs;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use throughline::extract::Intake;
use throughline::store::{Commit, Error, Snapshot, Store, write_table};
use throughline::terms::{Day, Table, bucket_of, column};

use crate::delivered::{Delivered, HEADER, all_batches, files_below, lines};

/// Contacts of some members, good, bad and repeated, from a small fixed rule.
fn rows(n: usize) -> Vec<String> {
    let codes = ["H0004", "H0031", "T1016", "LOCAL9", "H0038"];
    let row = |i: usize| {
        let day = Day(19_000 + i32::try_from(i * 37 % 800).expect("small"));
        let id = if i % 97 == 5 { i - 5 } else { i };
        let minutes = if i % 53 == 7 { "x".to_owned() } else { (i % 90).to_string() };
        format!(
            "C{id:05},M{:03},{day},A{},{},{minutes},F{}.{}",
            i * 7919 % 211,
            i % 5,
            codes[i % codes.len()],
            20 + i % 60,
            i % 9
        )
    };
    (0..n).map(row).collect()
}

fn csv(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    packed.write_all(first).expect("memory");
    let mut bytes = packed.finish().expect("memory");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(second).expect("memory");
    bytes.extend(packed.finish().expect("memory"));
    bytes
}

/// Contacts as the bytes of a Parquet file.
pub(crate) fn parquet_of(rows: &[&str]) -> Vec<u8> {
    parquet(&rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>())
}

fn parquet(rows: &[String]) -> Vec<u8> {
    let cells: Vec<Vec<&str>> = rows.iter().map(|row| row.split(',').collect()).collect();
    let names: Vec<&str> = HEADER.split(',').collect();
    let columns = names.iter().enumerate().map(|(at, name)| {
        let texts = cells.iter().map(|row| row[at]);
        let array: ArrayRef = match *name {
            "contact_date" => Arc::new(
                texts.map(|text| Day::parse(text).map(|day| day.0)).collect::<Date32Array>(),
            ),
            _ => Arc::new(texts.map(Some).collect::<StringArray>()),
        };
        (*name, array)
    });
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("table.parquet");
    write_table(&path, &batch).expect("a table");
    fs::read(path).expect("a file")
}

#[test]
fn every_format_gives_the_same_bytes() {
    let rows = rows(3000);
    let text = csv(&rows);
    let plain = Delivered::new().with("contacts.csv", &text).bucket_bytes();
    assert!(plain.iter().map(Vec::len).sum::<usize>() > 10_000);
    let quoted = format!(
        "{HEADER}\n{}\n",
        rows.iter()
            .map(|row| format!("\"{}\"", row.replace(',', "\",\"")))
            .collect::<Vec<_>>()
            .join("\n")
    );
    for (name, bytes) in [
        ("byte-order mark", format!("\u{feff}{text}").into_bytes()),
        ("Windows lines", text.replace('\n', "\r\n").into_bytes()),
        ("no last line end", text.trim_end().as_bytes().to_vec()),
        ("all quoted", quoted.into_bytes()),
        ("gzip in two members", gzip(&text)),
        ("Parquet", parquet(&rows)),
    ] {
        // The name stays, because rows carry it; what a file is shows in its first bytes.
        assert!(Delivered::new().with("contacts.csv", bytes).bucket_bytes() == plain, "{name}");
    }
}

#[test]
fn numbers_and_instants_of_parquet_are_read_like_text() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let batch = RecordBatch::try_from_iter([
        ("contact_id", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
        ("member_id", Arc::new(Int64Array::from(vec![7, 8])) as ArrayRef),
        (
            "contact_date",
            Arc::new(arrow_array::TimestampMicrosecondArray::from(vec![
                1_704_412_800_000_000,
                1_704_499_200_000_000,
            ])) as ArrayRef,
        ),
        ("agency_id", Arc::new(StringArray::from(vec![Some("A1"), None])) as ArrayRef),
        ("service_code", Arc::new(StringArray::from(vec!["H0004", "H0004"])) as ArrayRef),
        ("minutes", Arc::new(Float64Array::from(vec![Some(45.0), None])) as ArrayRef),
    ])
    .expect("columns of one length");
    let path = folder.path().join("contacts.parquet");
    write_table(&path, &batch).expect("a table");
    let delivered = Delivered::new().with("contacts.parquet", fs::read(path).expect("a file"));
    assert_eq!(delivered.refused(), ["contacts.parquet:3 agency_id missing_value"]);
    assert_eq!(
        delivered.rows(),
        [
            "7 contact start_on=2024-01-05 record_id=1 agency_id=A1 class=therapy code=H0004 practice_level=1 status=attended minutes=45"
        ]
    );
}

/// Contacts as Parquet, with other columns in the place of these.
fn contacts_with(others: Vec<(&'static str, ArrayRef)>, compression: Compression) -> Delivered {
    let text = |values: [&'static str; 2]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let mut columns = vec![
        ("contact_id", text(["C1", "C2"])),
        ("member_id", text(["M1", "M2"])),
        ("contact_date", text(["2024-01-05", "2024-01-06"])),
        ("agency_id", text(["A1", "A1"])),
        ("service_code", text(["H0004", "H0004"])),
    ];
    for (name, values) in others {
        columns.retain(|(own, _)| *own != name);
        columns.push((name, values));
    }
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("a batch");
    Delivered::new().with("contacts.parquet", writer.into_inner().expect("a file"))
}

/// Tables of Python keep whole numbers as fractions where one of them is missing.
#[test]
fn fractions_of_parquet_are_written_as_people_write_numbers() {
    let floats = |values: [f64; 2]| Arc::new(Float64Array::from(values.to_vec())) as ArrayRef;
    let delivered = contacts_with(
        vec![
            ("contact_id", floats([30_128.0, 30_129.0])),
            ("agency_id", Arc::new(Float32Array::from(vec![7.0, 0.1])) as ArrayRef),
            ("team_id", Arc::new(Float64Array::from(vec![Some(4.0), None])) as ArrayRef),
            ("paid_amount", floats([0.000_004, 1e12 / 8.0])),
            ("ed_flag", floats([1.0, 0.0])),
        ],
        Compression::UNCOMPRESSED,
    );
    assert!(delivered.refused().is_empty(), "{:?}", delivered.refused());
    let rows = delivered.rows().join("\n");
    for part in ["record_id=30128 agency_id=7 team_id=4 ", "record_id=30129 agency_id=0.1 "] {
        assert!(rows.contains(part), "no `{part}` in\n{rows}");
    }
    assert!(rows.contains("amount_cents=0") && rows.contains("amount_cents=12500000000000"));
    let delivered =
        contacts_with(vec![("agency_id", floats([f64::NAN, 1.0]))], Compression::UNCOMPRESSED);
    assert_eq!(delivered.refused(), ["contacts.parquet:2 agency_id not_a_number"]);
}

/// A minute that begins a day is a time of day, and a date with a time refuses no row but its own.
#[test]
fn midnight_is_a_date_in_columns_of_dates_only() {
    const DAY: i64 = 86_400;
    let instants = |values: [i64; 2]| {
        Arc::new(arrow_array::TimestampSecondArray::from(values.to_vec())) as ArrayRef
    };
    let day = 19_727 * DAY;
    let delivered = contacts_with(
        vec![
            ("contact_date", instants([day, day + DAY + 3600])),
            ("minutes", Arc::new(Float64Array::from(vec![1.0, 2.0]))),
        ],
        Compression::UNCOMPRESSED,
    );
    assert_eq!(delivered.refused(), ["contacts.parquet:3 contact_date not_a_date"]);
    let text = |values: [&'static str; 2]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let events = RecordBatch::try_from_iter([
        ("event_id", text(["E1", "E2"])),
        ("member_id", text(["M1", "M1"])),
        ("start", instants([day, day])),
        ("type", text(["seclusion", "seclusion"])),
        ("start_ts", instants([day, day + DAY])),
        ("end_ts", instants([day + 6 * 3600, day + DAY + 60])),
    ]);
    let mut writer = Vec::new();
    let batch = events.expect("columns of one length");
    let mut file = ArrowWriter::try_new(&mut writer, batch.schema(), None).expect("a writer");
    file.write(&batch).expect("a batch");
    file.close().expect("a file");
    let delivered =
        Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.9"]).with("events.parquet", writer);
    assert!(delivered.refused().is_empty(), "{:?}", delivered.refused());
    let rows = delivered.rows().join("\n");
    assert!(rows.contains("start_ts=2024-01-05T00:00:00 end_ts=2024-01-05T06:00:00"), "{rows}");
    assert!(rows.contains("start_ts=2024-01-06T00:00:00"), "{rows}");
}

#[test]
fn binary_text_that_is_not_utf8_is_refused_and_not_unknown() {
    let bytes: Vec<&[u8]> = vec![b"A\xff1", b"A1"];
    for column in ["agency_id", "team_id", "member_id"] {
        let values = Arc::new(arrow_array::BinaryArray::from(bytes.clone())) as ArrayRef;
        let delivered = contacts_with(vec![(column, values)], Compression::UNCOMPRESSED);
        assert_eq!(delivered.refused(), [format!("contacts.parquet:2 {column} invalid_utf8")]);
    }
}

#[test]
fn dates_and_instants_of_utc_are_read_as_they_are_written() {
    let days = vec![1_704_412_800_000, 1_704_499_200_000];
    let utc = |times: Vec<i64>| {
        Arc::new(arrow_array::TimestampMillisecondArray::from(times).with_timezone("UTC"))
            as ArrayRef
    };
    let date64 = Arc::new(arrow_array::Date64Array::from(days.clone())) as ArrayRef;
    for date in [utc(days), date64] {
        let start = utc(vec![1_704_445_200_000, 1_704_531_600_000]);
        let columns = vec![("contact_date", date), ("start_ts", start)];
        let rows = contacts_with(columns, Compression::UNCOMPRESSED).rows();
        assert!(rows[0].contains("start_on=2024-01-05"), "{rows:?}");
        assert!(rows[1].contains("start_ts=2024-01-06T09:00:00"), "{rows:?}");
    }
}

#[test]
fn types_and_compressions_that_are_not_read_are_told_with_their_column() {
    let zone =
        arrow_array::TimestampMillisecondArray::from(vec![0, 1]).with_timezone("America/Denver");
    let fixed = arrow_array::FixedSizeBinaryArray::try_from_iter([b"M1", b"M2"].into_iter());
    let columns: Vec<(&'static str, ArrayRef)> =
        vec![("start_ts", Arc::new(zone)), ("member_id", Arc::new(fixed.expect("ids")))];
    let error = contacts_with(columns, Compression::UNCOMPRESSED).read().expect_err("types");
    let text = error.to_string();
    for part in [
        "column `start_ts`",
        "America/Denver",
        "YYYY-MM-DDTHH:MM",
        "column `member_id`",
        "write the column as text",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // The codec stands behind the column's path: snappy becomes Brotli.
    let delivered = contacts_with(Vec::new(), Compression::SNAPPY);
    let path = delivered.intake.folder.join("contacts.parquet");
    let mut bytes = fs::read(&path).expect("a file");
    let at = bytes.windows(12).position(|bytes| bytes == b"contact_id\x15\x02");
    bytes[at.expect("a codec") + 11] = 8;
    fs::write(path, bytes).expect("a file");
    let text = delivered.read().expect_err("Brotli").to_string();
    assert!(text.contains("contacts.parquet: ") && text.contains("only Snappy"), "{text}");
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let rows = rows(3000);
    let mut shuffled = rows.clone();
    shuffled.reverse();
    shuffled.rotate_left(917);
    let given = Delivered::new().with("contacts.csv", csv(&rows));
    let other = Delivered::new().with("contacts.csv", csv(&shuffled));
    assert_eq!(given.rows(), other.rows());
    let rules =
        |delivered: &Delivered| delivered.read().expect("an extract").sources[0].refused.clone();
    assert_eq!(rules(&given), rules(&other));
}

#[test]
fn the_number_of_threads_does_not_matter() {
    // More than one block, so that threads have something to share.
    let delivered = Delivered::new().with("contacts.csv", csv(&rows(100_000)));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        fs::remove_dir_all(delivered.store()).ok();
        pool.install(|| delivered.bucket_bytes())
    };
    let one = with(1);
    assert!(with(2) == one && with(7) == one);
}

#[test]
fn blocks_are_cut_between_records_whatever_is_quoted() {
    let mut rows = rows(90_000);
    for (number, row) in rows.iter_mut().enumerate() {
        row.push_str(if number % 3 == 0 { ",\"A\nline, \"\"quoted\"\" \"" } else { "," });
    }
    let noted = |rows: &[String]| {
        let text = format!("{HEADER},note\n{}\n", rows.join("\n"));
        Delivered::new()
            .with("contacts.csv", text)
            .set(Table::Contacts, |source| source.ignore.push("note".into()))
    };
    let expected = noted(&rows).rows();
    assert!(expected.len() > 80_000);
    // A stray mark in the last row: the file is read again, walking every record.
    let last = "Z1,M001,2022-01-01,A\"1,H0004,1,F20.1,".to_owned();
    rows.push(last);
    let irregular = noted(&rows).rows();
    assert_eq!(irregular.len(), expected.len() + 1);
    assert!(expected.iter().all(|row| irregular.binary_search(row).is_ok()));
}

#[test]
fn members_stay_together_and_in_order() {
    let delivered = Delivered::new().with("contacts.csv", csv(&rows(5000)));
    delivered.commit();
    let snapshot = Snapshot::open(&delivered.store()).expect("a store").expect("a snapshot");
    let keys = [column::MEMBER_ID, column::START_ON, column::KIND, column::RECORD_ID];
    for bucket in 0..snapshot.buckets() {
        let batches: Vec<_> = snapshot
            .batches(bucket, &keys)
            .expect("a bucket")
            .collect::<Result<_, _>>()
            .expect("batches");
        let found: Vec<String> = batches.iter().flat_map(lines).collect();
        let mut sorted = found.clone();
        sorted.sort();
        // Dates and ids have one length each, so that lines sort as their keys do.
        assert_eq!(found, sorted);
        assert!(found.iter().all(|line| bucket_of(&line[..4], snapshot.buckets()) == bucket));
    }
}

#[test]
fn the_number_of_buckets_does_not_change_the_rows() {
    let mut delivered = Delivered::new().with("contacts.csv", csv(&rows(2000)));
    let four = delivered.rows();
    delivered.intake.buckets = 1;
    assert_eq!(delivered.rows(), four);
}

#[test]
fn the_same_extract_twice_changes_nothing() {
    let delivered = Delivered::new().with("contacts.csv", csv(&rows(200)));
    let first = delivered.commit();
    assert!(matches!(first, Commit::Changed { .. }));
    let files = |delivered: &Delivered| {
        let mut files: Vec<_> = files_below(&delivered.store())
            .into_iter()
            .map(|path| (path.clone(), fs::metadata(path).and_then(|data| data.modified()).ok()))
            .collect();
        files.retain(|(path, _)| !path.ends_with("lock"));
        files.sort();
        files
    };
    let before = files(&delivered);
    assert_eq!(delivered.commit(), Commit::Unchanged { snapshot: first.snapshot().to_owned() });
    assert_eq!(files(&delivered), before);
    let delivered = delivered.with("contacts.csv", csv(&rows(201)));
    let second = delivered.commit();
    assert_ne!(second.snapshot(), first.snapshot());
    let old = Snapshot::of(&delivered.store().join("snapshots").join(first.snapshot()))
        .expect("the first snapshot");
    assert_eq!(old.manifest().source("contacts").expect("contacts").rows_read, 200);
}

#[test]
fn a_refused_extract_leaves_no_byte() {
    let ingest = |delivered: &Delivered| -> Result<(), String> {
        let mut delivery = delivered.read().map_err(|error| error.to_string())?;
        Store::open(&delivered.store())
            .and_then(|store| store.commit(&mut delivery, &|_| {}))
            .map_err(|error| error.to_string())?;
        Ok(())
    };
    let gate = Delivered::contacts(&["C1,123-45-6789,2024-01-05,A1,H0004,45,"]);
    assert!(ingest(&gate).is_err());
    assert!(!gate.store().exists());
    let limit = Delivered::contacts(&["C1,M1,x,A1,H0004,45,"])
        .set(Table::Contacts, |source| source.refused_max.share = Some(0.5));
    assert!(ingest(&limit).is_err());
    assert!(!limit.store().exists());
}

#[test]
fn a_killed_run_leaves_the_last_snapshot_in_force() {
    let delivered = Delivered::new().with("contacts.csv", csv(&rows(100)));
    let first = delivered.commit();
    let leftover = delivered.store().join("tmp-0123456789abcdef");
    fs::create_dir(&leftover).expect("a folder");
    fs::write(leftover.join("bucket-000.parquet"), "half").expect("a file");
    // A snapshot folder without its manifest is as good as none.
    let snapshot = Snapshot::open(&delivered.store()).expect("a store").expect("a snapshot");
    assert_eq!(snapshot.manifest().snapshot, first.snapshot());
    assert!(matches!(delivered.commit(), Commit::Unchanged { .. }));
    assert!(!leftover.exists());
}

#[test]
fn two_runs_at_once_get_a_clear_error() {
    let delivered = Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,"]);
    let first = Store::open(&delivered.store()).expect("a store");
    let second = Store::open(&delivered.store());
    let Err(error @ Error::Locked { .. }) = second else { panic!("two runs have the store") };
    assert!(error.to_string().contains("wait until it ends"), "{error}");
    drop(first);
    assert!(Store::open(&delivered.store()).is_ok());
}

#[test]
fn columns_come_as_asked_and_missing_ones_are_null() {
    let delivered = Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.0"]);
    delivered.commit();
    let snapshot = Snapshot::open(&delivered.store()).expect("a store").expect("a snapshot");
    let asked =
        [column::SOURCE_LINE, column::SEX, column::RECORD_ID, column::ED_FLAG, column::MEMBER_ID];
    let batches = all_batches(&snapshot, &asked);
    let names: Vec<_> =
        batches[0].schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, asked);
    assert_eq!(lines(&batches[0]), ["source_line=2 record_id=C1 M1"]);
    assert_eq!(batches[0].column(1).null_count(), 1);
    assert!(
        !snapshot.manifest().has_column(column::SEX) && snapshot.manifest().has_column(column::DX1)
    );
    for (name, kind) in column::ALL {
        let batch = &all_batches(&snapshot, &[name])[0];
        assert_eq!(
            batch.schema().field(0).data_type(),
            &throughline::store::arrow_type(*kind),
            "{name}"
        );
    }
}

#[test]
fn a_store_of_nothing_has_no_snapshot_and_a_damaged_one_says_so() {
    let delivered = Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.0"]);
    assert!(Snapshot::open(&delivered.store()).expect("no store").is_none());
    delivered.commit();
    fs::write(delivered.store().join("current"), "../../etc").expect("a file");
    assert!(matches!(Snapshot::open(&delivered.store()), Err(Error::Damaged { .. })));
}

#[test]
fn refused_rows_are_written_beside_the_buckets() {
    let delivered =
        Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.0", "C2,M1,x,A1,H0004,45,F20.0"]);
    delivered.commit();
    let snapshot = Snapshot::open(&delivered.store()).expect("a store").expect("a snapshot");
    let text = fs::read_to_string(snapshot.folder().join("refused.csv")).expect("a file");
    assert_eq!(
        text,
        "file,line,column,rule,table\ncontacts.csv,3,contact_date,not_a_date,contacts\n"
    );
    let source = snapshot.manifest().source("contacts").expect("contacts");
    assert_eq!(
        (source.rows_read, source.rows_accepted, source.rows_refused["not_a_date"]),
        (2, 1, 1)
    );
    for file in &snapshot.manifest().files {
        assert_eq!(
            fs::metadata(snapshot.folder().join(&file.name)).expect("a file").len(),
            file.bytes,
            "{}",
            file.name
        );
    }
}

#[test]
fn a_store_that_cannot_be_written_is_an_error() {
    let delivered = Delivered::contacts(&["C1,M1,2024-01-05,A1,H0004,45,F20.0"]);
    fs::write(delivered.store(), "a file where the folder should be").expect("a file");
    assert!(matches!(Store::open(&delivered.store()), Err(Error::Io { .. })));
}

#[test]
fn many_codes_and_great_amounts_are_kept_exactly() {
    let row = |i: usize| {
        let cents = if i == 69_000 { 3_000_000_000_i64 } else { i64::try_from(i).expect("small") };
        format!("C{i:06},M{},2024-01-05,A{i},H0004,{cents}", i % 10)
    };
    let rows: Vec<String> = (0..70_000).map(row).collect();
    let text = format!(
        "contact_id,member_id,contact_date,agency_id,service_code,paid_amount_cents\n{}\n",
        rows.join("\n")
    );
    let mut delivered = Delivered::new().with("contacts.csv", text);
    delivered.intake.buckets = 1;
    let stored = delivered.rows();
    assert_eq!(stored.len(), 70_000);
    for i in [0, 1, 65_534, 65_535, 65_536, 69_000, 69_999] {
        let cents = if i == 69_000 { 3_000_000_000_i64 } else { i64::from(i) };
        let id = format!("record_id=C{i:06} agency_id=A{i} ");
        let row = stored.iter().find(|row| row.contains(&id)).expect("a row of this id");
        assert!(row.ends_with(&format!("amount_cents={cents}")), "{row}");
    }
}

#[test]
fn an_extract_without_rows_is_a_snapshot_without_rows() {
    let delivered = Delivered::new().with("contacts.csv", format!("{HEADER}\n"));
    assert!(delivered.rows().is_empty());
    let snapshot = Snapshot::open(&delivered.store()).expect("a store").expect("a snapshot");
    assert_eq!(snapshot.manifest().source("contacts").expect("contacts").rows_read, 0);
}

#[test]
fn columns_of_parquet_have_one_value_in_a_row() {
    let list = arrow_array::ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>(
        [Some([Some(1)])],
    );
    let text = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("contact_id", text("C1")),
        ("member_id", Arc::new(list) as ArrayRef),
        ("contact_date", text("2024-01-05")),
        ("agency_id", text("A1")),
        ("service_code", text("H0004")),
    ])
    .expect("columns of one length");
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("contacts.parquet");
    write_table(&path, &batch).expect("a table");
    let delivered = Delivered::new().with("contacts.parquet", fs::read(path).expect("a file"));
    assert_eq!(delivered.problems(), ["contacts.parquet member_id unfit_type"]);
}

/// Writers compress as they please: most with snappy, unless they are told otherwise.
#[test]
fn parquet_is_read_however_it_is_compressed() {
    let text = |text: &str| Arc::new(StringArray::from(vec![text; 500])) as ArrayRef;
    let ids = (0..500).map(|number| format!("C{number}"));
    let batch = RecordBatch::try_from_iter([
        ("contact_id", Arc::new(StringArray::from_iter_values(ids)) as ArrayRef),
        ("member_id", text("M1")),
        ("contact_date", text("2024-01-05")),
        ("agency_id", text("A1")),
        ("service_code", text("H0004")),
    ])
    .expect("columns of one length");
    let ways = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for way in ways {
        let properties = WriterProperties::builder().set_compression(way).build();
        let mut bytes = Vec::new();
        let mut writer =
            ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
        writer.write(&batch).expect("rows");
        writer.close().expect("a file");
        let delivery = Delivered::new().with("contacts.parquet", bytes).read();
        let delivery = delivery.unwrap_or_else(|error| panic!("{way:?}: {error}"));
        assert_eq!(delivery.sources[0].accepted, 500, "{way:?}");
    }
}

#[test]
fn default_settings_spread_members_over_sixteen_buckets() {
    assert_eq!(Intake::of("extracts").buckets, 16);
}
