//! Several files of one table: full extracts, changes, corrections, voids, several senders.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use throughline::extract::RefusedRow;

use crate::delivered::Delivered;
use crate::site::Site;

const HEAD: &str = "contact_id,member_id,contact_date,service_code,agency_id,void\n";

fn manifest(site: &Site, lines: &[&str]) {
    let head = "source,sender,extract_date,refresh,runout_days\n";
    site.write("extracts/manifest.csv", head.to_owned() + &lines.join("\n") + "\n");
}

/// Contacts of the store, without where they came from.
fn stored(site: &Site) -> String {
    let sql =
        "select record_id, member_id, start_on, code, agency_id from contacts order by record_id";
    site.fine(&["query", sql, "--store", "@store"])
}

#[test]
fn changes_add_replace_and_take_back() {
    let site = Site::new(r#""contact_gap_over_k""#);
    site.write(
        "extracts/contacts.2024-05.csv",
        HEAD.to_owned() + "C1,M1,2024-04-02,H0004,A1,\nC2,M1,2024-04-09,H0004,A1,\nC3,M2,2024-04-11,H0004,A1,\n",
    );
    site.write(
        "extracts/contacts.2024-06.csv",
        "contact_id,member_id,contact_date,service_code,agency_id,void,minutes\n\
         C2,M1,2024-04-10,H0004,A1,,30\nC3,M2,2024-04-11,H0004,A1,true,\nC4,M2,2024-05-20,H0004,A1,no,45\nC9,M2,2024-05-20,H0004,A1,Y,\n",
    );
    manifest(
        &site,
        &[
            "contacts.2024-05.csv,,2024-05-05,full,0",
            "contacts.2024-06.csv,,2024-06-05,incremental,0",
        ],
    );
    site.fine(&["ingest", "@site.toml"]);
    let rows = stored(&site);
    assert!(rows.contains("2024-04-10") && !rows.contains("2024-04-09"), "{rows}");
    assert!(
        rows.contains("C1") && rows.contains("C4") && !rows.contains("C3") && !rows.contains("C9"),
        "{rows}"
    );
    let shown = site.fine(&["store", "show", "--store", "@store"]);
    assert!(
        shown.contains("contacts.2024-05.csv and 1 more") && shown.contains("2024-06-05"),
        "{shown}"
    );
    assert!(shown.contains("1 rows replaced by later ones, 3 that take others back"), "{shown}");
    // Of each row the very file and line are known.
    let text = site.fine(&[
        "query",
        "select source_file, source_line from contacts order by record_id",
        "--store",
        "@store",
    ]);
    assert!(
        text.contains("contacts.2024-05.csv") && text.contains("contacts.2024-06.csv"),
        "{text}"
    );
    // Nothing is lost without a reason: what was read is what was taken in, refused, replaced or taken back.
    site.fine(&["run", "@site.toml", "--out", "@out"]);
    let quality = fs::read_to_string(site.path("out/tables/quality.csv"))
        .or_else(|_| fs::read_to_string(site.path("out/quality.csv")))
        .expect("a table");
    for line in ["rows_read,,7", "rows_accepted,,3", "rows_replaced,,1", "rows_voided,,3"] {
        assert!(quality.contains(line), "no `{line}` in:\n{quality}");
    }
}

#[test]
fn each_sender_has_its_own_last_word() {
    let site = Site::new(r#""contact_gap_over_k""#);
    let write =
        |file: &str, rows: &str| site.write(&format!("extracts/{file}"), HEAD.to_owned() + rows);
    write("contacts.b1-old.csv", "A0,M1,2024-03-01,H0004,A1,\n");
    write("contacts.b1.csv", "A1,M1,2024-04-01,H0004,A1,\nA2,M1,2024-04-03,H0004,A1,\n");
    write("contacts.b2.csv", "D1,M2,2024-04-01,H0004,A2,\nD2,M2,2024-04-04,H0004,A2,\n");
    write("contacts.b2-changes.csv", "D2,M2,2024-04-05,H0004,A2,\nA2,M1,2024-04-03,H0004,A2,1\n");
    manifest(
        &site,
        &[
            "contacts.b1-old.csv,B1,2024-04-05,full,0",
            "contacts.b1.csv,B1,2024-05-05,full,0",
            "contacts.b2.csv,B2,2024-05-03,full,0",
            "contacts.b2-changes.csv,B2,2024-05-08,incremental,0",
        ],
    );
    let text = site.fine(&["run", "@site.toml", "--out", "@out", "--period", "2024-04"]);
    assert!(!text.contains("A0"), "{text}");
    let rows = stored(&site);
    // The second sender cannot take back what the first has sent.
    for (id, there) in [("A0", false), ("A1", true), ("A2", true), ("D1", true), ("D2", true)] {
        assert_eq!(rows.contains(id), there, "{id} in\n{rows}");
    }
    assert!(rows.contains("2024-04-05"), "{rows}");
    let shown = site.fine(&["store", "show", "--store", "@store"]);
    assert!(shown.contains("not in force: contacts.b1-old.csv"), "{shown}");
    // Both have been heard until the earlier of their last days.
    assert!(shown.contains("2024-05-05"), "{shown}");
}

#[test]
fn what_is_not_clear_is_refused() {
    let site = Site::new(r#""contact_gap_over_k""#);
    let write = |file: &str| {
        site.write(&format!("extracts/{file}"), HEAD.to_owned() + "C1,M1,2024-04-02,H0004,A1,\n");
    };
    let says = |lines: &[&str], rule: &str| {
        manifest(&site, lines);
        let text = site.says(&["ingest", "@site.toml"], 2);
        assert!(text.contains(rule), "no `{rule}` in:\n{text}");
        assert!(!site.path("store/current").exists());
    };
    write("contacts.a.csv");
    says(&["contacts.a.csv,,2024-05-05,incremental,0"], "incremental_without_full");
    says(&["contacts.a.csv,,2024-05-05,partly,0"], "unknown_refresh");
    write("contacts.b.csv");
    says(&["contacts.a.csv,,2024-05-05,full,0"], "unlisted_file");
    says(
        &["contacts.a.csv,,2024-05-05,full,0", "contacts.b.csv,,2024-05-05,full,0"],
        "two_full_extracts",
    );
    fs::remove_file(site.path("extracts/contacts.b.csv")).expect("a file");
    site.write("extracts/enrolment.a.csv", "member_id,start\nM1,2024-01-01\n");
    site.write("extracts/enrolment.b.csv", "member_id,start\nM1,2024-02-01\n");
    says(
        &[
            "contacts.a.csv,,2024-05-05,full,0",
            "enrolment.a.csv,,2024-05-05,full,0",
            "enrolment.b.csv,,2024-05-06,incremental,0",
        ],
        "incremental_without_key",
    );
}

#[test]
fn changes_come_beside_what_they_change() {
    let site = Site::new(r#""contact_gap_over_k""#).with_contacts(3);
    site.fine(&["ingest", "@site.toml"]);
    let before = site.files("store");
    fs::rename(site.path("extracts/contacts.csv"), site.path("contacts.csv")).expect("a file");
    site.write("extracts/contacts.full.csv", HEAD.to_owned() + "C1,M1,2024-02-02,H0004,A1,\n");
    site.write("extracts/contacts.june.csv", HEAD.to_owned() + "C9,M1,2024-04-02,H0004,A1,\n");
    manifest(
        &site,
        &["contacts.full.csv,,2024-02-28,full,0", "contacts.june.csv,,2024-06-05,incremental,0"],
    );
    let text = site.says(&["ingest", "@site.toml", "--accept", "a test"], 2);
    assert!(
        text.contains("contacts.csv, cut on 2024-04-28") && text.contains("deliver them again"),
        "{text}"
    );
    assert_eq!(site.files("store"), before);
    fs::rename(site.path("contacts.csv"), site.path("extracts/contacts.csv")).expect("a file");
    manifest(
        &site,
        &[
            "contacts.full.csv,,2024-02-28,full,0",
            "contacts.csv,,2024-04-28,full,0",
            "contacts.june.csv,,2024-06-05,incremental,0",
        ],
    );
    site.fine(&["ingest", "@site.toml"]);
    assert!(stored(&site).contains("C9"));
}

/// The first extract came alone; its sender is remembered, so that a later full one replaces it.
#[test]
fn a_later_full_extract_of_the_sender_replaces_one_that_came_alone() {
    let site = Site::new(r#""contact_gap_over_k""#);
    let file = |name: &str, rows: &str| {
        site.write(&format!("extracts/contacts.{name}.csv"), HEAD.to_owned() + rows);
    };
    file("north1", "C1,M1,2024-04-02,H0004,A1,\n");
    // The same file again, with its sender named, is told anew.
    manifest(&site, &["contacts.north1.csv,,2024-05-01,full,0"]);
    site.fine(&["ingest", "@site.toml"]);
    manifest(&site, &["contacts.north1.csv,north,2024-05-01,full,0"]);
    site.fine(&["ingest", "@site.toml"]);
    fs::remove_file(site.path("extracts/contacts.north1.csv")).expect("it was there");
    file("north2", "C1,M1,2024-04-02,H0004,A1,\nC2,M1,2024-05-02,H0004,A1,\n");
    file("south1", "C3,M2,2024-04-02,H0004,A1,\n");
    file("south2", "C4,M2,2024-05-12,H0004,A1,\n");
    let south = "contacts.south1.csv,south,2024-05-01,full,0";
    let changes = "contacts.south2.csv,south,2024-06-01,incremental,0";
    // Without anything of the north, what there is of it would be lost.
    fs::rename(site.path("extracts/contacts.north2.csv"), site.path("later")).expect("a move");
    manifest(&site, &[south, changes]);
    let told = site.output(&["ingest", "@site.toml"]);
    let text = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(!told.status.success() && text.contains("contacts.north1.csv"), "{text}");
    fs::rename(site.path("later"), site.path("extracts/contacts.north2.csv")).expect("a move");
    manifest(&site, &["contacts.north2.csv,north,2024-06-01,full,0", south, changes]);
    site.fine(&["ingest", "@site.toml"]);
    let rows = stored(&site);
    assert!(["C1", "C2", "C3", "C4"].iter().all(|row| rows.contains(row)), "{rows}");
}

/// A row as one submission says it: key, member, day, and whether it is taken back.
type Said = (u8, u8, u8, bool);

/// A submission: sender, day of the cut, full or changes, rows.
type Sent = (u8, u8, bool, Vec<Said>);

fn histories() -> impl Strategy<Value = Vec<Sent>> {
    let said = (0..12_u8, 0..5_u8, 1..28_u8, prop::bool::weighted(0.2));
    let sent = (0..2_u8, any::<bool>(), prop::collection::vec(said, 0..9));
    prop::collection::vec(sent, 1..6).prop_map(|sent| {
        let days = 1_u8..;
        let mut history: Vec<Sent> = sent
            .into_iter()
            .zip(days)
            .map(|((sender, full, rows), day)| (sender, day, full, rows))
            .collect();
        // The first word of each sender is a full extract.
        for sender in 0..2 {
            if let Some(first) = history.iter_mut().find(|one| one.0 == sender) {
                first.2 = true;
            }
        }
        for one in &mut history {
            // Keys are a sender's own and come once in a file.
            let mut rows: BTreeMap<u8, Said> = BTreeMap::new();
            for said in &one.3 {
                rows.insert(said.0, *said);
            }
            one.3 = rows.into_values().collect();
        }
        // Somebody has always been seen.
        history[0].3.push((99, 0, 1, false));
        history
    })
}

fn row((sender, (key, member, day, void)): (u8, Said)) -> String {
    format!("S{sender}-{key},M{member},2024-03-{day:02},H0004,A1,{}\n", if void { "1" } else { "" })
}

/// What is there in the end, worked out one submission after the other.
fn end_of(history: &[Sent]) -> String {
    let mut rows: BTreeMap<(u8, u8), Said> = BTreeMap::new();
    for (sender, _, full, said) in history {
        if *full {
            rows.retain(|(of, _), _| of != sender);
        }
        for one in said {
            if one.3 {
                rows.remove(&(*sender, one.0));
            } else {
                rows.insert((*sender, one.0), *one);
            }
        }
    }
    rows.into_iter().map(|((sender, _), said)| row((sender, said))).collect()
}

#[test]
fn submissions_in_any_order_give_what_one_delivery_of_the_end_gives() {
    let mut runner =
        TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let cases = (histories(), any::<prop::sample::Index>());
    runner
        .run(&cases, |(history, turn)| {
            let files: Vec<(String, String, String)> = history
                .iter()
                .map(|(sender, day, full, said)| {
                    let file = format!("contacts.{day}.csv");
                    let refresh = if *full { "full" } else { "incremental" };
                    let line = format!("{file},S{sender},2024-05-{day:02},{refresh},0");
                    let rows = said.iter().map(|said| row((*sender, *said)));
                    (file, line, HEAD.to_owned() + &rows.collect::<String>())
                })
                .collect();
            let deliver = |site: &Site, which: &[usize]| {
                let mut lines: Vec<&str> = Vec::new();
                for at in which {
                    site.write(&format!("extracts/{}", files[*at].0), &files[*at].2);
                    lines.push(&files[*at].1);
                }
                manifest(site, &lines);
                site.output(&[
                    "ingest",
                    "@site.toml",
                    "--accept",
                    "a test",
                    "--as-of",
                    "2024-05-09",
                ])
            };
            // One after the other, in an order of its own.
            let mut order: Vec<usize> = (0..files.len()).collect();
            order.rotate_left(turn.index(files.len()));
            order.reverse();
            let slowly = Site::new(r#""contact_gap_over_k""#);
            for known in 1..=order.len() {
                let output = deliver(&slowly, &order[..known]);
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                let early = text.contains("incremental_without_full");
                prop_assert!(output.status.success() || (early && known < order.len()), "{}", text);
            }
            let at_once = Site::new(r#""contact_gap_over_k""#);
            let all: Vec<usize> = (0..files.len()).collect();
            prop_assert!(deliver(&at_once, &all).status.success());
            let current =
                |site: &Site| fs::read_to_string(site.path("store/current")).expect("a pointer");
            prop_assert_eq!(current(&slowly), current(&at_once));
            let at_the_end = Site::new(r#""contact_gap_over_k""#);
            at_the_end.write("extracts/contacts.csv", HEAD.to_owned() + &end_of(&history));
            at_the_end.fine(&["ingest", "@site.toml", "--as-of", "2024-05-09"]);
            prop_assert_eq!(stored(&slowly), stored(&at_the_end));
            Ok(())
        })
        .expect("the end alone decides");
}

/// Members of two senders, contacts of both, and what changes say about the members.
fn taken_back(changes: &str) -> Delivered {
    let head = "member_id,birth_year,void\n";
    Delivered::new()
        .with("members.a.csv", format!("{head}M1,1980,\nM2,1981,\nM3,1982,\n"))
        .with("members.b.csv", format!("{head}M2,1981,\n"))
        .with("members.c.csv", format!("{head}{changes}"))
        .with("contacts.csv", HEAD.to_owned() + "C1,M1,2024-04-02,H0004,A1,\nC2,M2,2024-04-09,H0004,A1,\nC3,M3,2024-04-11,H0004,A1,\nC4,M1,2024-04-12,H0004,A1,true\n")
        .with("enrolment.csv", "member_id,start,end\nM1,2024-01-01,\nM2,2024-01-01,\nM3,2024-01-01,\n")
        .with(
            "manifest.csv",
            "source,sender,extract_date,refresh,runout_days\nmembers.a.csv,A,2024-05-05,full,0\nmembers.b.csv,B,2024-05-06,full,0\nmembers.c.csv,A,2024-06-05,incremental,0\ncontacts,,2024-06-05,full,0\nenrolment,,2024-06-05,full,0\n",
        )
}

fn told(delivered: &Delivered) -> (Vec<String>, Vec<String>) {
    let delivery = delivered.read().expect("an extract");
    let row = |row: &RefusedRow<'_>| {
        format!("{}:{} {} {}", row.file, row.line, row.column, row.rule.name())
    };
    let sums = delivery.sources.iter().map(|one| {
        let (table, refused) = (one.table.name(), one.n_refused());
        assert_eq!(one.read, one.accepted + one.replaced + one.voided + refused, "{table}");
        format!("{table} {} of {}, {} taken back", one.accepted, one.read, one.voided)
    });
    (delivery.refused().iter().map(row).collect(), sums.collect())
}

#[test]
fn a_member_who_was_taken_back_is_unknown() {
    let (refused, sums) = told(&taken_back("M1,1980,Y\n"));
    assert_eq!(
        refused,
        ["contacts.csv:2 member_id unknown_member", "enrolment.csv:2 member_id unknown_member"]
    );
    assert_eq!(
        sums,
        [
            "members 2 of 5, 2 taken back",
            "enrolment 2 of 3, 0 taken back",
            "contacts 2 of 4, 1 taken back"
        ]
    );
    assert!(!taken_back("M1,1980,Y\n").rows().join("\n").contains("M1"));
}

#[test]
fn a_sender_takes_back_its_own_members_alone() {
    let delivered = taken_back("M2,1981,Y\n");
    let (refused, sums) = told(&delivered);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(sums[0], "members 3 of 5, 2 taken back");
    assert!(delivered.rows().join("\n").contains("M2 member birth_on=1981-01-01"));
}

/// Nothing but its key is needed to take a row back, and nothing else of it can be wrong.
#[test]
fn a_row_that_takes_back_another_needs_no_more_than_its_key() {
    let void = "C2,,,,,true\nC3,M9,x,H0004,,true\nC9,,,,,true\n,M1,2024-04-02,H0004,A1,true\n";
    let delivered = Delivered::new()
        .with("members.csv", "member_id,birth_year,void\nM1,1980,\nM2,,true\nM3,1984,\n,1980,true\n")
        .with(
            "contacts.a.csv",
            HEAD.to_owned() + "C1,M1,2024-04-02,H0004,A1,\nC2,M1,2024-04-09,H0004,A1,\nC3,M3,2024-04-11,H0004,A1,\n",
        )
        .with("contacts.b.csv", HEAD.to_owned() + void)
        .with(
            "manifest.csv",
            "source,extract_date,refresh,runout_days\nmembers,2024-06-05,full,0\ncontacts.a.csv,2024-05-05,full,0\ncontacts.b.csv,2024-06-05,incremental,0\n",
        );
    let (refused, sums) = told(&delivered);
    assert_eq!(
        refused,
        ["contacts.b.csv:5 contact_id missing_value", "members.csv:5 member_id missing_value"]
    );
    assert_eq!(sums, ["members 2 of 4, 1 taken back", "contacts 1 of 7, 5 taken back"]);
    assert!(delivered.rows().join("\n").contains("record_id=C1"));
}
