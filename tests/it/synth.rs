//! Synthetic extracts: the same bytes everywhere, the columns of the data model, and everything that
//! is planted can be found again by counting.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;

use expect_test::expect;
use sha2::{Digest as _, Sha256};
use throughline::synth::{self, Compress, Error, Flaw, Settings, Written, planted};
use throughline::terms::{Day, Table};

const MONTHS: u32 = 24;

fn settings(out: &Path, members: u32) -> Settings<'_> {
    let start = synth::default_start(MONTHS);
    Settings { members, months: MONTHS, seed: 1, start, out, compress: Compress::None, threads: 2 }
}

fn write(settings: &Settings<'_>) -> Written {
    synth::write(settings, &|_| {}).expect("a new folder can be written")
}

/// One SHA-256 over the names and bytes of all tables of a folder.
fn hash(folder: &Path) -> String {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a set that was just written")
        .map(|entry| entry.expect("a set that was just written").path())
        .collect();
    names.retain(|path| !path.ends_with("README.md"));
    names.sort();
    let mut sha = Sha256::new();
    for path in names {
        sha.update(path.file_name().expect("a set that was just written").as_encoded_bytes());
        sha.update(fs::read(path).expect("a set that was just written"));
    }
    format!("{:x}", sha.finalize()).split_off(48)
}

/// The README beside the sample says how it was made, and that it is made so again.
#[test]
fn the_sample_is_what_its_command_gives() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sample");
    write(&settings(&out, 20_000));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples");
    for entry in fs::read_dir(&out).expect("a set that was just written") {
        let path = entry.expect("a set that was just written").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let own = fs::read(&path).expect("a set that was just written");
        if name == "README.md" {
            continue;
        }
        let mut given = Vec::new();
        if let Ok(file) = fs::File::open(sample.join(format!("{name}.gz"))) {
            flate2::read::MultiGzDecoder::new(file).read_to_end(&mut given).expect("a sample");
        } else {
            given = fs::read(sample.join(&name)).expect("a sample");
        }
        assert!(own == given, "data-samples/{name} is another one than the command gives");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let hash_with = |threads: usize, seed: u64, compress: Compress| {
        let out = folder.path().join(format!("{threads}-{seed}-{compress:?}"));
        let start = synth::default_start(6);
        let months = 6;
        write(&Settings { members: 1300, months, seed, start, out: &out, compress, threads });
        hash(&out)
    };
    let one = hash_with(1, 7, Compress::None);
    expect!["e2da0cc24d51907f"].assert_eq(&one);
    assert_eq!(one, hash_with(2, 7, Compress::None));
    assert_eq!(one, hash_with(7, 7, Compress::None));
    assert_ne!(one, hash_with(2, 8, Compress::None));
    assert_eq!(hash_with(1, 7, Compress::Gzip), hash_with(3, 7, Compress::Gzip));
}

#[test]
fn a_set_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("set");
    write(&settings(&out, 20));
    let before = hash(&out);
    let again = synth::write(&settings(&out, 20), &|_| {});
    assert!(matches!(again, Err(Error::NotEmpty { .. })), "{again:?}");
    assert_eq!(hash(&out), before);

    let file = out.join("members.csv");
    assert!(matches!(synth::write(&settings(&file, 20), &|_| {}), Err(Error::NotAFolder { .. })));
    let below_a_file = file.join("set");
    assert!(matches!(
        synth::write(&settings(&below_a_file, 20), &|_| {}),
        Err(Error::NotAFolder { .. })
    ));
    assert!(matches!(
        synth::write(&settings(&folder.path().join("none"), 0), &|_| {}),
        Err(Error::OutOfRange { .. })
    ));
    let mid_month = Settings { start: synth::default_start(6) + 3, ..settings(&below_a_file, 20) };
    assert!(matches!(synth::write(&mid_month, &|_| {}), Err(Error::Start)));

    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    write(&settings(&empty, 20));
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "only the two sets are left: {names:?}");
}

/// A set of six thousand members, read back.
struct Set {
    written: Written,
    tables: BTreeMap<&'static str, Vec<Row>>,
    texts: BTreeMap<&'static str, Vec<u8>>,
    members: BTreeMap<String, Member>,
}

type Row = BTreeMap<String, String>;

#[derive(Default)]
struct Member {
    county: String,
    dies: bool,
    /// Start, end, BHO.
    spans: Vec<(Day, Day, String)>,
    /// Days with an attended contact that is no outreach.
    seen: Vec<Day>,
    /// Admission, discharge, class, diagnosis, disposition.
    stays: Vec<(Day, Day, String, String, String)>,
}

const FAR: Day = Day(1_000_000);

impl Member {
    fn bho_throughout(&self, from: Day, to: Day) -> Option<&str> {
        self.spans
            .iter()
            .find(|(start, end, _)| *start <= from && to <= *end)
            .map(|(_, _, bho)| bho.as_str())
    }
}

fn day(row: &Row, column: &str) -> Option<Day> {
    Day::parse(&row[column])
}

fn set() -> &'static Set {
    static SET: OnceLock<Set> = OnceLock::new();
    SET.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a set that was just written");
        let out = folder.path().join("set");
        let written = write(&settings(&out, 6000));
        let (mut tables, mut texts) = (BTreeMap::new(), BTreeMap::new());
        for table in Table::ALL {
            let text = fs::read(out.join(format!("{}.csv", table.name())))
                .expect("a set that was just written");
            tables.insert(table.name(), rows(&text));
            texts.insert(table.name(), text);
        }
        let members = members(&tables);
        Set { written, tables, texts, members }
    })
}

/// The rows that have as many fields as the header.
fn rows(text: &[u8]) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let header = reader.headers().expect("a set that was just written").clone();
    let whole = reader
        .byte_records()
        .map(|record| record.expect("a set that was just written"))
        .filter(|record| record.len() == header.len());
    whole
        .map(|record| {
            let fields = record.iter().map(|field| String::from_utf8_lossy(field).into_owned());
            header.iter().map(str::to_owned).zip(fields).collect()
        })
        .collect()
}

fn members(tables: &BTreeMap<&'static str, Vec<Row>>) -> BTreeMap<String, Member> {
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    for row in &tables["members"] {
        let (county, dies) = (row["county"].clone(), !row["death_date"].is_empty());
        members.insert(row["member_id"].clone(), Member { county, dies, ..Member::default() });
    }
    for row in &tables["enrolment"] {
        let member = members.get_mut(&row["member_id"]).expect("a set that was just written");
        let end = day(row, "end").unwrap_or(FAR);
        member.spans.push((
            day(row, "start").expect("a set that was just written"),
            end,
            row["bho_id"].clone(),
        ));
    }
    for row in &tables["contacts"] {
        let (member, date) = (members.get_mut(&row["member_id"]), day(row, "contact_date"));
        // Outreach, and visits for the body, are no care of the behavioural kind.
        let is_care = row["service_code"] != "H0023"
            && !(row["service_code"].is_empty() && row["service_class"] == "other");
        if let (Some(member), Some(date), "attended", true) =
            (member, date, row["status"].as_str(), is_care)
        {
            member.seen.push(date);
        }
    }
    for row in &tables["stays"] {
        let stay = (
            day(row, "admit").expect("a set that was just written"),
            day(row, "discharge").unwrap_or(FAR),
            row["facility_class"].clone(),
            row["dx1"].clone(),
            row["discharge_disposition"].clone(),
        );
        members.get_mut(&row["member_id"]).expect("a set that was just written").stays.push(stay);
    }
    for member in members.values_mut() {
        member.seen.sort_unstable();
        member.stays.sort_unstable();
    }
    members
}

/// Hits and cases by group.
#[derive(Default)]
struct Shares(BTreeMap<String, (u32, u32)>);

impl Shares {
    fn count(&mut self, group: &str, hit: bool) {
        let (hits, cases) = self.0.entry(group.to_owned()).or_default();
        *hits += u32::from(hit);
        *cases += 1;
    }

    fn of(&self, groups: impl Fn(&str) -> bool) -> f64 {
        let chosen = self.0.iter().filter(|(group, _)| groups(group)).map(|(_, counts)| *counts);
        let (hits, cases) = chosen.fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
        assert!(cases >= 60, "too few cases to see anything: {cases}");
        f64::from(hits) / f64::from(cases)
    }
}

#[test]
fn every_table_has_the_columns_of_the_data_model() {
    let set = set();
    for table in Table::ALL {
        let text = &set.texts[table.name()];
        assert!(text.starts_with(format!("{}\n", table.header()).as_bytes()), "{}", table.name());
        let lines = text.split(|byte| *byte == b'\n').count() - 2;
        let (_, counted) = set.written.rows.iter().find(|(other, _)| *other == table).unwrap();
        assert_eq!(u64::try_from(lines).unwrap(), *counted, "{}", table.name());
        let ragged = if table == Table::Contacts { 4 } else { 0 };
        assert_eq!(set.tables[table.name()].len() + ragged, lines, "{}", table.name());
        assert!(lines > 50, "{} has {lines} rows", table.name());
    }
}

#[test]
fn contacts_are_in_the_order_of_posting() {
    let contacts = &set().tables["contacts"];
    let good = contacts.iter().filter(|row| !row["contact_id"].starts_with('X'));
    let posted: Vec<Day> = good.clone().filter_map(|row| day(row, "paid_date")).collect();
    assert!(posted.is_sorted() && posted[posted.len() - 1] <= set().written.extract_date);
    let late = good.filter(|row| {
        day(row, "paid_date").zip(day(row, "contact_date")).is_some_and(|(p, d)| p - d > 30)
    });
    assert!(late.count() > 100, "some rows come more than a month late");
    assert!(!contacts.is_sorted_by(|a, b| a["member_id"] <= b["member_id"]));
}

#[test]
fn every_flaw_is_there_and_flaws_are_rare() {
    let set = set();
    let contacts = &set.tables["contacts"];
    let count = |flawed: &dyn Fn(&Row) -> bool| contacts.iter().filter(|row| flawed(row)).count();
    assert_eq!(count(&|row| day(row, "contact_date").is_none()), 5);
    assert_eq!(
        count(&|row| day(row, "contact_date").is_some_and(|date| date > set.written.extract_date)),
        5
    );
    assert_eq!(count(&|row| !set.members.contains_key(&row["member_id"])), 5);
    assert_eq!(count(&|row| row["status"] == "atended"), 3);
    let mut ids: Vec<&String> = contacts.iter().map(|row| &row["contact_id"]).collect();
    ids.sort();
    assert_eq!(
        ids.windows(2).filter(|pair| pair[0] == pair[1]).count(),
        6,
        "duplicate and repeated rows"
    );
    let lines = set.texts["contacts"].split(|byte| *byte == b'\n');
    assert_eq!(lines.filter(|line| std::str::from_utf8(line).is_err()).count(), 5);
    let reversed = |table: &str, start: &str, end: &str| {
        set.tables[table]
            .iter()
            .filter(|row| day(row, end).is_some_and(|end| end < day(row, start).unwrap()))
            .count()
    };
    assert_eq!(
        (reversed("stays", "admit", "discharge"), reversed("enrolment", "start", "end")),
        (3, 2)
    );
    let flawed: i32 = Flaw::ALL.iter().flat_map(|flaw| flaw.rows(6000)).map(|(_, rows)| rows).sum();
    assert!(
        usize::try_from(flawed).unwrap() * 1000 < contacts.len(),
        "fewer than one row in a thousand"
    );
}

/// Whoever tries a small set with the shipped limit on refused rows is not stopped by what was broken on purpose.
#[test]
fn small_sets_have_few_broken_rows() {
    for members in [0, 20, 60, 150, 200, 450] {
        let found: Vec<_> = Flaw::ALL.iter().flat_map(|flaw| flaw.rows(members)).collect();
        for table in [Table::Stays, Table::Enrolment, Table::Contacts] {
            let own = found.iter().filter(|(own, _)| *own == table).map(|(_, rows)| rows);
            // In two years members have about one stay and span each, and more than ten contacts.
            let delivered = if table == Table::Contacts { members * 10 } else { members };
            let most = i32::try_from(delivered).unwrap();
            assert!(own.sum::<i32>() * 50 <= most.max(1), "{members} members: {table:?}");
        }
    }
}

/// Intake refuses a row that is there twice, and a small set has no rows to lose.
#[test]
fn only_broken_rows_are_written_twice() {
    for (table, text) in set().texts.iter().filter(|(table, _)| **table != "contacts") {
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let distinct: BTreeSet<&&[u8]> = lines.iter().collect();
        assert_eq!(distinct.len(), lines.len(), "{table}");
    }
}

#[test]
fn hospitals_transfer_step_down_and_readmit() {
    let (mut transfers, mut step_downs, mut returns, mut all) = (0, 0, 0, 0);
    for member in set().members.values() {
        let stays: Vec<_> = member.stays.iter().filter(|stay| stay.2 != "ed").collect();
        for pair in stays.windows(2) {
            all += 1;
            match pair[1].0 - pair[0].1 {
                0 | 1 if pair[1].2 == "crisis_stab" || pair[1].2 == "residential_sud" => {
                    step_downs += 1;
                }
                0 | 1 => transfers += 1,
                2..=30 => returns += 1,
                _ => {}
            }
        }
    }
    assert!(
        transfers > 60 && step_downs > 60 && returns > 100,
        "{transfers} {step_downs} {returns} of {all}"
    );
}

/// Mental-health discharges home and whether a contact followed on day 1 to 7.
fn follow_up(of: impl Fn(&str, Day) -> Option<String>) -> Shares {
    let mut shares = Shares::default();
    for member in set().members.values().filter(|member| !member.dies) {
        for (_, discharge, class, diagnosis, disposition) in &member.stays {
            let (from, to) = (*discharge, *discharge + 30);
            let group = member.bho_throughout(from, to).and_then(|bho| of(bho, from));
            let again =
                member.stays.iter().any(|stay| from <= stay.0 && stay.0 <= to && stay.1 != from);
            let hospital =
                ["acute_psych", "state_psych", "general_hospital"].contains(&class.as_str());
            let counts = hospital && disposition == "home" && diagnosis.as_str() >= "F20" && !again;
            if let (Some(group), true, true) = (group, counts, to <= set().written.last) {
                shares.count(
                    &group,
                    member.seen.iter().any(|seen| from < *seen && *seen <= from + 7),
                );
            }
        }
    }
    shares
}

#[test]
fn one_bho_has_poor_follow_up() {
    let shares = follow_up(|bho, _| Some(bho.to_owned()));
    let poor = shares.of(|bho| bho == planted::POOR_FOLLOW_UP_BHO);
    let others = shares.of(|bho| bho != planted::POOR_FOLLOW_UP_BHO);
    assert!(poor + 0.15 < others, "{poor:.2} against {others:.2}");
}

#[test]
fn follow_up_of_one_bho_steps_up() {
    let step = set().written.step_from;
    assert_eq!(step, planted::step_from(synth::default_start(MONTHS), 24));
    let shares = follow_up(|bho, discharge| {
        (bho == planted::STEP_BHO)
            .then(|| if discharge < step { "before" } else { "after" }.to_owned())
    });
    let (before, after) =
        (shares.of(|group| group == "before"), shares.of(|group| group == "after"));
    assert!(before + 0.12 < after, "{before:.2} before, {after:.2} after");
}

#[test]
fn one_county_places_above_the_recommended_level() {
    let set = set();
    let mut shares = Shares::default();
    for row in set.tables["outcomes"]
        .iter()
        .filter(|row| matches!(row["recommended_level"].as_str(), "1" | "2" | "3"))
    {
        let (member, assessed) = (&set.members[&row["member_id"]], day(row, "date").unwrap());
        let placed = member.stays.iter().any(|(admit, _, class, ..)| {
            matches!(class.as_str(), "rtf" | "prtf") && (0..=3).contains(&(*admit - assessed))
        });
        shares.count(&member.county, placed);
    }
    let there = shares.of(|county| county == planted::RESTRICTIVE_COUNTY);
    let elsewhere = shares.of(|county| county != planted::RESTRICTIVE_COUNTY);
    assert!(there > 0.25 && elsewhere < 0.10, "{there:.2} against {elsewhere:.2}");
}

#[test]
fn the_outreach_of_one_bho_brings_members_back() {
    let mut shares = Shares::default();
    for member in set().members.values().filter(|member| !member.dies && member.stays.is_empty()) {
        let next = member.seen.iter().skip(1).copied().chain([FAR]);
        for (seen, next) in member.seen.iter().zip(next).filter(|(seen, next)| *next - **seen > 90)
        {
            let (disengaged, end) = (*seen + 90, *seen + 180);
            if let (Some(bho), true) =
                (member.bho_throughout(*seen, end), end <= set().written.last)
            {
                shares.count(bho, next <= disengaged + 90);
            }
        }
    }
    let programme = shares.of(|bho| bho == planted::OUTREACH_BHO);
    let others = shares.of(|bho| bho != planted::OUTREACH_BHO);
    assert!(programme > others + 0.2, "{programme:.2} against {others:.2}");
}
