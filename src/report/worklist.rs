//! Work lists: members to act on now, by organisation and agency, in a folder of their own. They
//! name members, so they are no part of any report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::folder::{self, Error};
use super::html::Html;
use super::manifest::{self, PROGRAM};
use super::page::document;
use super::table::{Cell, Table};
use crate::chart::format;
use crate::terms::Day;

/// Members to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worklist {
    /// The heading.
    pub title: String,
    /// The day from which days left are counted.
    pub as_of: Day,
    /// Data are complete up to this day.
    pub data_through: Day,
    /// The snapshot.
    pub snapshot: String,
    /// Every organisation that the store knows, whether anybody of it is on a list or not.
    pub organisations: BTreeSet<String>,
    /// Title of each list, and what there is to do.
    pub lists: Vec<(String, String)>,
    /// By organisation and agency, the most urgent first.
    pub items: Vec<WorkItem>,
    /// Rules that this store has not the data for, and what is missing.
    pub not_computable: Vec<(String, String)>,
}

/// A member on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkItem {
    /// The organisation.
    pub bho: String,
    /// The agency of the newest attended contact, or `none`.
    pub agency: String,
    /// The member's id.
    pub member: String,
    /// Title of the list.
    pub list: String,
    /// The rule that put the member there.
    pub rule: String,
    /// The rule as a sentence.
    pub sentence: String,
    /// What happened on the index day: `discharge`.
    pub what: String,
    /// The index day.
    pub index: Day,
    /// The last day on which acting counts.
    pub due: Day,
    /// Days until then; negative if it has passed.
    pub days_left: i32,
    /// The newest attended contact.
    pub last_contact: Option<Day>,
}

const WARNING: &str = "Names members: for those who care for them. No part of the report, and not to be mailed with it.";

/// Writes a folder for each organisation, with the list as CSV and as a page. An earlier work list
/// in this place is replaced once the new one is complete; any other folder is left alone.
///
/// # Errors
/// If the folder holds anything but an earlier work list, or the system refuses.
pub fn write_worklist(list: &Worklist, folder: &Path) -> Result<usize, Error> {
    let mut files = Vec::new();
    let mut names = BTreeSet::new();
    let bhos: BTreeSet<&str> = list.items.iter().map(|item| item.bho.as_str()).collect();
    for bho in bhos {
        let items: Vec<&WorkItem> = list.items.iter().filter(|item| item.bho == bho).collect();
        let name = file_name(bho, &mut names);
        files.push((format!("{name}/worklist.csv"), csv(&items)));
        files.push((format!("{name}/worklist.html"), page(list, bho, &items).into_bytes()));
    }
    let organisations = files.len() / 2;
    let hashes: Map<String, Value> = files
        .iter()
        .map(|(path, bytes)| (path.clone(), json!({ "sha256": manifest::sha256(bytes) })))
        .collect();
    let manifest = json!({
        "program": PROGRAM,
        "kind": KIND,
        "as_of": list.as_of.to_string(),
        "snapshot": list.snapshot,
        "files": hashes,
    });
    let text = format!("{manifest:#}\n");
    files.push((folder::MANIFEST.to_owned(), text.into_bytes()));
    folder::replace(folder, &serde_json::json!(KIND), &files)?;
    Ok(organisations)
}

/// What the manifest of a work list says it is.
const KIND: &str = "worklist";

/// An id as the name of a folder that no other id has.
fn file_name(id: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let name: String = id.chars().map(|it| if plain(it) { it } else { '_' }).collect();
    let name = if name.trim_matches('.').is_empty() { "_".to_owned() } else { name };
    let mut free = name.clone();
    let mut number = 2;
    while !taken.insert(free.to_lowercase()) {
        free = format!("{name}-{number}");
        number += 1;
    }
    free
}

const HEADS: [&str; 11] = [
    "bho",
    "agency",
    "member_id",
    "list",
    "days_left",
    "due_on",
    "index",
    "index_on",
    "last_contact_on",
    "rule",
    "sentence",
];

fn csv(items: &[&WorkItem]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADS).expect("a list in memory takes every byte");
    for item in items {
        let last = item.last_contact.map_or_else(String::new, |day| day.to_string());
        let (days, due, index) =
            (item.days_left.to_string(), item.due.to_string(), item.index.to_string());
        let record = [
            &item.bho,
            &item.agency,
            &item.member,
            &item.list,
            &days,
            &due,
            &item.what,
            &index,
            &last,
            &item.rule,
            &item.sentence,
        ];
        writer.write_record(record).expect("every record has the columns of the head");
    }
    writer.into_inner().expect("a list in memory can be flushed")
}

fn page(list: &Worklist, bho: &str, items: &[&WorkItem]) -> String {
    let title = format!("{bho}: members to act on");
    document(&title, ("internal", "Skip to the lists"), |html| {
        html.within("header", &[], |html| {
            html.leaf("p", &[("class", "kicker")], &list.title);
            html.leaf("h1", &[], &title);
            html.leaf("p", &[("class", "state internal")], WARNING);
            html.within("dl", &[("class", "facts")], |html| {
                for (term, text) in [
                    ("As of", format::day(list.as_of)),
                    ("Data complete through", format::day(list.data_through)),
                    ("Snapshot", list.snapshot.clone()),
                ] {
                    html.within("div", &[], |html| {
                        html.leaf("dt", &[], term);
                        html.leaf("dd", &[], &text);
                    });
                }
            });
            let late = "Contacts after the data-through date may not be posted yet: somebody on a list may have been seen.";
            html.leaf("p", &[("class", "note")], late);
        });
        html.within("main", &[("id", "main")], |html| {
            summary(html, list, items);
            for of_agency in items.chunk_by(|a, b| a.agency == b.agency) {
                agency(html, of_agency);
            }
            rules(html, list, items);
        });
        html.leaf("footer", &[], WARNING);
    })
}

fn summary(html: &mut Html, list: &Worklist, items: &[&WorkItem]) {
    let rows = list.lists.iter().map(|(title, act)| {
        let own = || items.iter().filter(|item| item.list == *title);
        let urgent = own().filter(|item| item.days_left < 3).count();
        vec![
            Cell::Noted(title.clone(), act.clone()),
            Cell::number(own().count().to_string()),
            Cell::number(urgent.to_string()),
        ]
    });
    let heads = ["List", "Members and events", "Due within two days or overdue"];
    Table::plain("What there is to do", &heads, rows.collect()).write(html);
}

fn agency(html: &mut Html, items: &[&WorkItem]) {
    html.leaf("h2", &[], &format!("Agency {}", items[0].agency));
    let rows = items.iter().map(|item| {
        let left = match item.days_left {
            0 => "today".to_owned(),
            days @ 1.. => format!("{days} left"),
            days => format!("{} over", -days),
        };
        vec![
            Cell::words(&item.member),
            Cell::Noted(item.list.clone(), item.rule.clone()),
            Cell::Measured(left, format::day(item.due)),
            Cell::Noted(format::day(item.index), item.what.clone()),
            Cell::words(item.last_contact.map_or_else(|| "–".to_owned(), format::day)),
        ]
    });
    let heads = ["Member", "List and rule", "Days", "Since", "Last contact"];
    let caption = format!("{} to act on, the most urgent first", items.len());
    let mut table = Table::plain(caption, &heads, rows.collect());
    table.is_cards = true;
    table.write(html);
}

fn rules(html: &mut Html, list: &Worklist, items: &[&WorkItem]) {
    html.leaf("h2", &[], "Rules");
    let used: BTreeMap<&str, &str> =
        items.iter().map(|item| (item.rule.as_str(), item.sentence.as_str())).collect();
    html.within("dl", &[("class", "method")], |html| {
        for (rule, sentence) in used {
            html.leaf("dt", &[], rule);
            html.leaf("dd", &[], sentence);
        }
        for (rule, missing) in &list.not_computable {
            html.leaf("dt", &[], rule);
            html.leaf("dd", &[], &format!("not computable: {missing}"));
        }
    });
}
