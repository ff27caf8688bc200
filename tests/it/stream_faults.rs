//! Whatever is done to the Arrow stream that the kernel reads, to tallies and to plans: it is counted,
//! or refused with a sentence that shows no value; no panic, and no more memory than bytes were sent.
//! Damage is made by chance, from a fixed number of cases; for a long run,
//! `PROPTEST_CASES=100000 cargo test --release --test it stream_faults`.

use std::fs;
use std::io::Cursor;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::DataType;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use throughline::pipeline::{self, PlanFile};

use crate::scale::{plan, rows, shuffled, site, stream, taken};
use crate::site::Site;

const SOME: &str =
    r#""fu_hosp_mh_7d", "upc", "loc_mix", "pmpm_bh", "community_tenure", "homeless_any""#;

/// A small plan with its rows, and good streams to damage.
struct World {
    site: Site,
    plan: PlanFile,
    rows: RecordBatch,
    /// In order, in no order, with texts as dictionaries and as views; and tallies.
    streams: Vec<Vec<u8>>,
    tallies: Vec<u8>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let site = site(SOME, 8);
    let (plan, rows) = (plan(&site), rows(&site));
    let mixed = taken(&rows, &shuffled(rows.num_rows()));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let streams = vec![
        stream(&rows),
        stream(&mixed),
        stream(&with_texts(&rows, &dictionary)),
        stream(&with_texts(&rows, &DataType::Utf8View)),
    ];
    let tallies = count(&plan, &streams[0], false).expect("a good stream");
    World { site, plan, rows, streams, tallies }
});

/// The rows with texts of another type.
fn with_texts(rows: &RecordBatch, kind: &DataType) -> RecordBatch {
    let schema = rows.schema();
    let columns = schema.fields().iter().zip(rows.columns()).map(|(field, array)| {
        let array = match array.data_type() {
            DataType::Utf8 => arrow_cast::cast(array, kind).expect("texts"),
            _ => array.clone(),
        };
        (field.name().clone(), array, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// Tallies, or what is said instead; then nothing is written.
fn count(plan: &PlanFile, stream: &[u8], sort: bool) -> Result<Vec<u8>, String> {
    let mut tallies = Vec::new();
    match pipeline::count_stream(plan, Cursor::new(stream), &mut tallies, sort) {
        Ok(_) => Ok(tallies),
        Err(error) => {
            assert!(tallies.is_empty(), "half a table would be added");
            Err(format!("{error:#}"))
        }
    }
}

/// Where the messages of a stream say what follows; the rest is rows.
fn headers(stream: &[u8]) -> Vec<Range<usize>> {
    let number = |at: usize| u32::from_le_bytes(stream[at..at + 4].try_into().expect("four bytes"));
    let mut found = Vec::new();
    let mut at = 0;
    while at + 8 <= stream.len() {
        let size = usize::try_from(number(at + 4)).expect("small");
        if size == 0 {
            break;
        }
        let message = &stream[at + 8..at + 8 + size];
        let body = arrow_ipc::root_as_message(message).expect("a message").bodyLength();
        found.push(at..at + 8 + size);
        at += 8 + size + usize::try_from(body).expect("small");
    }
    found
}

/// A change of some bytes: in a header or anywhere, by place; what is written there.
#[derive(Debug, Clone)]
struct Damage {
    in_header: bool,
    place: usize,
    bytes: Vec<u8>,
}

fn damage() -> impl Strategy<Value = (Vec<Damage>, usize)> {
    let bytes = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![0, 1, -1, i32::MAX, i32::MIN, 1 << 20])
            .prop_map(|number| number.to_le_bytes().to_vec()),
        prop::sample::select(vec![0, -1, i64::MAX, i64::MIN, 1 << 40])
            .prop_map(|number| number.to_le_bytes().to_vec()),
    ];
    let one = (prop::bool::weighted(0.8), any::<usize>(), bytes)
        .prop_map(|(in_header, place, bytes)| Damage { in_header, place, bytes });
    let cut = prop_oneof![4 => Just(0), 1 => any::<usize>()];
    (prop::collection::vec(one, 0..5), cut)
}

fn damaged(good: &[u8], damages: &[Damage], cut: usize) -> Vec<u8> {
    let places: Vec<usize> = headers(good).into_iter().flatten().collect();
    let mut bytes = good.to_vec();
    for damage in damages {
        let at = if damage.in_header {
            places[damage.place % places.len()]
        } else {
            damage.place % bytes.len()
        };
        for (to, from) in bytes[at..].iter_mut().zip(&damage.bytes) {
            *to = *from;
        }
    }
    bytes.truncate(bytes.len() - cut % bytes.len());
    bytes
}

/// The rows with one value changed to something that no extract has, or emptied.
fn with_value(rows: &RecordBatch, place: usize, row: usize, which: usize) -> RecordBatch {
    fn numbers<T: arrow_array::ArrowPrimitiveType>(
        array: &ArrayRef,
        row: usize,
        odd: Option<T::Native>,
    ) -> ArrayRef {
        let own = array.as_primitive::<T>().iter().enumerate();
        let changed: PrimitiveArray<T> =
            own.map(|(at, own)| if at == row { odd } else { own }).collect();
        Arc::new(changed)
    }
    let pick = |count: usize| which % count;
    let place = place % rows.num_columns();
    let row = row % rows.num_rows();
    let array = rows.column(place);
    let changed: ArrayRef = match array.data_type() {
        DataType::Date32 => {
            let odd = [None, Some(i32::MIN), Some(i32::MAX), Some(-25_567), Some(2_932_896)];
            numbers::<Date32Type>(array, row, odd[pick(5)])
        }
        DataType::Int32 => {
            let odd = [None, Some(i32::MIN), Some(i32::MAX), Some(-1), Some(1_000_000), Some(6)];
            numbers::<Int32Type>(array, row, odd[pick(6)])
        }
        DataType::Int64 => {
            let odd = [None, Some(i64::MIN), Some(i64::MAX), Some(10_i64.pow(15)), Some(-1)];
            numbers::<Int64Type>(array, row, odd[pick(5)])
        }
        DataType::Float64 => {
            let odd = [None, Some(f64::NAN), Some(f64::INFINITY), Some(-0.0), Some(1e308)];
            numbers::<Float64Type>(array, row, odd[pick(5)])
        }
        DataType::Boolean => {
            let own = array.as_boolean().iter().enumerate();
            let odd = [None, Some(true), Some(false)][pick(3)];
            let changed: BooleanArray =
                own.map(|(at, own)| if at == row { odd } else { own }).collect();
            Arc::new(changed)
        }
        _ => {
            let long = "x".repeat(100_000);
            let odd = [
                None,
                Some(""),
                Some("\0"),
                Some(long.as_str()),
                Some("=1+1"),
                Some("../../x"),
                Some("\u{202e}é"),
                Some("contact"),
                Some("2024-13-45T99:99"),
                Some("99999999999999999999"),
            ];
            let own = array.as_string::<i32>().iter().enumerate();
            let changed: StringArray =
                own.map(|(at, own)| if at == row { odd[pick(10)] } else { own }).collect();
            Arc::new(changed)
        }
    };
    let schema = rows.schema();
    let columns = schema.fields().iter().enumerate().map(|(at, field)| {
        let array = if at == place { changed.clone() } else { rows.column(at).clone() };
        (field.name().clone(), array, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(96),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_damaged_stream_never_panics((damages, cut) in damage(), which in 0_usize..4, sort in any::<bool>()) {
        let world = &*WORLD;
        let bytes = damaged(&world.streams[which], &damages, cut);
        if bytes == world.streams[which] {
            prop_assert_eq!(count(&world.plan, &bytes, true), Ok(world.tallies.clone()));
        }
        if let Err(said) = count(&world.plan, &bytes, sort) {
            prop_assert!(!said.is_empty() && !said.contains("M0000"), "{}", said);
        }
    }

    #[test]
    fn odd_values_never_panic(
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 1..4),
    ) {
        let world = &*WORLD;
        let changed = changes.iter().fold(world.rows.clone(), |rows, (place, row, which)| {
            with_value(&rows, *place, *row, *which)
        });
        match count(&world.plan, &stream(&changed), true) {
            Ok(tallies) => {
                world.site.write("odd.arrow", tallies);
                let from = [world.site.path("odd.arrow")];
                prop_assert!(pipeline::merge(&from, &world.site.path("odd-added.arrow"), None).is_ok());
            }
            Err(said) => prop_assert!(!said.is_empty() && !said.contains("M0000"), "{}", said),
        }
    }

    #[test]
    fn damaged_tallies_never_panic((damages, cut) in damage(), twice in any::<bool>()) {
        let world = &*WORLD;
        let folder = tempfile::tempdir().expect("a folder");
        let (good, bad) = (folder.path().join("good.arrow"), folder.path().join("bad.arrow"));
        fs::write(&good, &world.tallies).expect("a file");
        fs::write(&bad, damaged(&world.tallies, &damages, cut)).expect("a file");
        let from = if twice { vec![good, bad] } else { vec![bad] };
        let to = folder.path().join("added.arrow");
        match pipeline::merge(&from, &to, None) {
            Ok(_) => prop_assert!(to.exists()),
            Err(error) => {
                let said = format!("{error:#}");
                prop_assert!(!said.is_empty() && !to.exists());
            }
        }
    }

    #[test]
    fn a_damaged_plan_never_panics(
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..4),
        numbers in prop::collection::vec((any::<usize>(), 0_usize..7), 0..3),
        sealed in any::<bool>(),
    ) {
        let world = &*WORLD;
        let mut text = numbers.iter().fold(world.plan.to_text(), |text, (place, which)| {
            with_number(&text, *place, ["0", "-1", "2147483647", "9999", "0001", "1e999", "\"\""][*which])
        });
        if !changes.is_empty() {
            let mut bytes = text.into_bytes();
            for (place, byte) in &changes {
                let at = place % bytes.len();
                bytes[at] = *byte;
            }
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
        if sealed {
            text = resealed(&text);
        }
        match PlanFile::read(text.as_bytes()) {
            Ok(plan) => drop(count(&plan, &world.streams[0], false)),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

/// A text with another number in place of one of its own.
fn with_number(text: &str, place: usize, number: &str) -> String {
    let digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
    let starts: Vec<usize> = (1..text.len()).filter(|at| digit(*at) && !digit(at - 1)).collect();
    let start = starts[place % starts.len()];
    let end = (start..text.len()).find(|at| !digit(*at)).unwrap_or(text.len());
    format!("{}{number}{}", &text[..start], &text[end..])
}

/// A plan whose hash is that of its content, as somebody who forges one would write it.
fn resealed(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let Some((_, body)) = text.split_once("\"plan\": ") else { return text.to_owned() };
    let body = body.trim_end().strip_suffix('}').unwrap_or(body);
    let (mut in_text, mut escaped) = (false, false);
    let compact: String = body
        .chars()
        .filter(|letter| {
            let keep = in_text || !letter.is_ascii_whitespace();
            if *letter == '"' && !escaped {
                in_text = !in_text;
            }
            escaped = *letter == '\\' && !escaped;
            keep
        })
        .collect();
    let hash: String = Sha256::digest(&compact).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{{\"hash\": \"{hash}\", \"plan\": {compact}}}")
}

#[test]
fn a_plan_can_be_resealed() {
    let world = &*WORLD;
    let text = resealed(&world.plan.to_text().replace("\"month\": \"20", "\"month\": \"19"));
    let plan = PlanFile::read(text.as_bytes()).expect("the hash is that of the content");
    assert_ne!(plan.hash(), world.plan.hash(), "the other tests say something");
}

/// A message may say that it is as long as it likes: memory follows what is there.
#[cfg(unix)]
#[test]
fn memory_follows_what_was_sent() {
    let world = &*WORLD;
    let good = &world.streams[0];
    let second = headers(good)[1].clone();
    let mut lengths = [good.clone(), good.clone()];
    // The length of the first header, and the length of a body (the last 64-bit number that is it).
    lengths[0][4..8].copy_from_slice(&i32::MAX.to_le_bytes());
    let message = &good[second.start + 8..second.end];
    let body = arrow_ipc::root_as_message(message).expect("a message").bodyLength().to_le_bytes();
    let at = message.windows(8).position(|window| window == body).expect("its length");
    let at = second.start + 8 + at;
    lengths[1][at..at + 8].copy_from_slice(&(1_i64 << 46).to_le_bytes());
    for (number, stream) in lengths.iter().enumerate() {
        let name = format!("long-{number}.arrow");
        world.site.write(&name, stream);
        let script = "ulimit -v 3000000; exec \"$0\" kernel --plan \"$1\" < \"$2\"";
        let output = std::process::Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_throughline")])
            .args([world.site.path("plan.json"), world.site.path(&name)])
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{number}: {said}");
        assert!(output.stdout.is_empty() && !said.contains("memory allocation"), "{said}");
    }
}

#[test]
fn tallies_as_parquet_may_be_damaged_too() {
    let world = &*WORLD;
    let folder = tempfile::tempdir().expect("a folder");
    let reader = arrow_ipc::reader::StreamReader::try_new(Cursor::new(&world.tallies), None);
    let batches: Vec<RecordBatch> =
        reader.expect("tallies").map(|batch| batch.expect("rows")).collect();
    let path = folder.path().join("tallies.parquet");
    throughline::store::write_table(&path, &batches[0]).expect("a table");
    let good = fs::read(&path).expect("a file");
    let to = folder.path().join("added.arrow");
    assert!(pipeline::merge(std::slice::from_ref(&path), &to, None).is_ok());
    let mut at = 0x9e37_79b9_usize;
    for _ in 0..60 {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bad = good.clone();
        let place = (at >> 20) % bad.len();
        bad[place] = bad[place].wrapping_add(1 + u8::try_from(at % 200).expect("small"));
        bad.truncate(bad.len() - if at.is_multiple_of(3) { place / 2 } else { 0 });
        fs::write(&path, bad).expect("a file");
        if let Err(error) = pipeline::merge(std::slice::from_ref(&path), &to, None) {
            assert!(!format!("{error:#}").is_empty());
        }
    }
}

/// Numbers that intake refuses are refused in a stream, with their row and column.
#[test]
fn numbers_that_no_extract_has_are_named_by_row_and_column() {
    let world = &*WORLD;
    let place = world.rows.schema().index_of("end_on").expect("ends");
    let row = (0..world.rows.num_rows()).find(|row| world.rows.column(place).is_valid(*row));
    let changed = with_value(&world.rows, place, row.expect("an end"), 2);
    let mut one = StreamWriter::try_new(Vec::new(), &changed.schema()).expect("a stream");
    one.write(&changed).expect("a batch");
    one.finish().expect("an end");
    for stream in [stream(&changed), one.into_inner().expect("bytes")] {
        let said = count(&world.plan, &stream, false).expect_err("a day that no extract has");
        assert!(said.contains("has a `end_on` that no extract can have"), "{said}");
        assert!(said.contains(&format!("row {}", row.expect("an end"))), "{said}");
    }
}
