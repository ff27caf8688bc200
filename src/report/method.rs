//! How to read the report: what holds for every number on it.

use super::content::Content;
use super::html::Html;

/// Writes the notes.
pub(super) fn write(html: &mut Html, content: &Content<'_>) {
    html.within("section", &[("id", "method")], |html| {
        html.leaf("h2", &[], "Method");
        html.within("dl", &[("class", "method")], |html| {
            for (term, text) in notes(content) {
                html.leaf("dt", &[], term);
                html.leaf("dd", &[], &text);
            }
        });
        if !content.unverified.is_empty() {
            html.leaf("h3", &[], "Not verified: check before claiming conformity");
            html.within("ul", &[], |html| {
                for item in &content.unverified {
                    html.leaf("li", &[], item);
                }
            });
        }
        html.within("details", &[], |html| {
            html.leaf("summary", &[], "Parameters of the run");
            html.within("dl", &[("class", "method")], |html| {
                for (name, value) in &content.parameters {
                    html.leaf("dt", &[], name);
                    html.leaf("dd", &[], value);
                }
            });
        });
    });
}

fn notes(content: &Content<'_>) -> Vec<(&'static str, String)> {
    let most_hidden = content.smallest_shown - 1;
    let small = if content.is_internal {
        format!(
            "This is an internal report: counts from 1 to {most_hidden} are shown. It must not leave the organisation."
        )
    } else {
        format!(
            "Counts from 1 to {most_hidden} are hidden, and with them every value and interval that would give them \
             away; further numbers are hidden where a sum or difference would. A hidden number has no place in any \
             chart, table or file of this report."
        )
    };
    vec![
        (
            "Standing",
            "Indicators that resemble HEDIS measures are HEDIS-like, not an NCQA-certified result. Each indicator \
             says where its definition comes from and how well that is founded."
                .to_owned(),
        ),
        ("Small numbers", small),
        (
            "Intervals",
            "95 % intervals: Wilson score for shares (deflated for members with several units), Byar for counts over \
             time (exact Poisson below 10), Student's t for means of members, ratio of sums with members as clusters \
             for rates of days and money. A full census has no sampling error: the interval then tells how much the \
             process itself varies."
                .to_owned(),
        ),
        ("Signals", content.signal_rules.clone()),
        (
            "Run-out",
            "Rows arrive late. A period is final when every unit in it can be judged with complete data, preliminary \
             (hollow dot, dashed line) when some cannot yet, and withheld when it ends after the data do."
                .to_owned(),
        ),
        (
            "Comparing organisations",
            "Organisations stand in the order of their ids, not of their values. Members differ between them, and \
             intervals that overlap may still differ or agree by chance: this is not a league table."
                .to_owned(),
        ),
        (
            "Reading a table",
            "Numerator, denominator and members are counts in base units (events, days, dollars). Empty (–) means not \
             known or nothing to tell; it never means zero."
                .to_owned(),
        ),
    ]
}
