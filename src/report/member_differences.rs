//! Who differs between lists of members and what is counted here: numbers on the page, ids only in the
//! table beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::format;
use crate::oversight::{MemberDifference, MemberReason};

use super::html::Html;
use super::lookup::group_name;
use super::reconciliation::ReconciliationContent;
use super::table::{Cell, Table};
use super::words;

/// Writes the part, if lists were given.
pub(super) fn write(html: &mut Html, content: &ReconciliationContent<'_>) {
    let Some(members) = content.members else { return };
    html.within("section", &[("id", "members")], |html| {
        html.leaf("h2", &[], "Members that differ");
        if members.is_empty() {
            html.leaf("p", &[], "None: the lists have the units that are counted here.");
            return;
        }
        html.within("p", &[], |html| {
            html.say("Lists of members against the units that are counted here. The ids stand in ");
            html.link("members.csv", "members.csv");
            html.say(", which must not be passed on to anyone else.");
        });
        let rows = counted(members).into_iter().map(|((rate, reason), (ids, units))| {
            let row = &content.rows[rate];
            let measure = &content.table.measures()[row.measure];
            vec![
                Cell::words(words::title(measure)),
                Cell::Noted(
                    group_name(&row.reported.group).to_owned(),
                    format::period(row.reported.period),
                ),
                Cell::words(reason.words()),
                Cell::number(ids.len().to_string()),
                Cell::number(units.to_string()),
            ]
        });
        let heads = ["Indicator", "Organisation, period", "Differs", "Members", "Units"];
        Table::plain("Members that differ, by reason", &heads, rows.collect()).write(html);
    });
}

type Counted<'m> = BTreeMap<(usize, &'m MemberReason), (BTreeSet<&'m str>, usize)>;

fn counted(members: &[MemberDifference]) -> Counted<'_> {
    let mut counted = Counted::new();
    for one in members {
        let (ids, units) = counted.entry((one.rate, &one.reason)).or_default();
        ids.insert(&one.member);
        *units += one.units;
    }
    counted
}
