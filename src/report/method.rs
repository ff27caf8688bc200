//! How to read the report: what holds for every number on it.

use crate::indicator::Evidence;
use crate::oversight::RuleSet;

use super::content::Content;
use super::html::Html;
use super::words;

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
        write_evidence(html, content);
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

fn write_evidence(html: &mut Html, content: &Content<'_>) {
    html.leaf("h3", &[], "How well the definitions are founded");
    html.within("dl", &[("class", "method")], |html| {
        for evidence in [Evidence::Verified, Evidence::FromMemory, Evidence::ProjectDefined] {
            let measures = content.table.measures().iter();
            let names: Vec<String> =
                measures.filter(|measure| measure.evidence == evidence).map(words::name).collect();
            if !names.is_empty() {
                html.leaf("dt", &[], words::evidence(evidence));
                html.leaf("dd", &[], &names.join(", "));
            }
        }
    });
}

fn notes(content: &Content<'_>) -> Vec<(&'static str, String)> {
    let most_hidden = content.table.settings().threshold - 1;
    let small = if content.table.internal() {
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
             process itself varies. Values that depend on all members at once (care density, the share of those \
             with most) have no interval."
                .to_owned(),
        ),
        (
            "Changes",
            "Two periods always differ a little. Beside a change of a share stands the smallest difference that counts \
             of this size would show in four of five cases; a smaller one may be chance, and so may its absence."
                .to_owned(),
        ),
        ("Signals", signals(content.table.settings().rules)),
        (
            "Run-out",
            "Rows arrive late. A period is final when every unit in it can be judged with complete data, preliminary \
             (hollow dot, dashed line) when some cannot yet, and withheld when it ends after the data do. Where earlier \
             extracts tell how months fill up (chain ladder), a period with fewer of its rows than the pipeline asks \
             for is preliminary, or withheld; nothing is scaled up."
                .to_owned(),
        ),
        (
            "Comparing organisations",
            "Organisations stand in the order of their ids, not of their values. Members differ between them, and \
             intervals that overlap may still differ or agree by chance: this is not a league table. Funnels compare \
             standardised values where the contract says what organisations are made comparable by: observed ÷ \
             expected, times everyone's value. Expected counts come from a regression on everyone in the period \
             (logistic for shares, Poisson with time at risk as offset for rates; main effects of the levels of each \
             covariate): the note of each funnel names the model, its covariates with the number of their levels, \
             what is not in it and why, and how well it describes everyone. An unknown value is a level of its own: \
             nobody is left out. Levels with fewer than 30 units or 5 events are taken together, and covariates \
             enter in the contract's order while there are 10 events for each coefficient. Earlier admissions and \
             visits are those of the 365 days before the index admission, visit or day, before a member's window, \
             or before the period of a rate; nothing that happens after the index day is looked at. The interval of \
             a ratio is exact below ten observed events and Byar's from ten on, ÷ expected. Race, ethnicity and \
             language are never adjusted for: ratios between the parts of the population show what differs."
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

fn signals(rules: RuleSet) -> String {
    let told = match rules {
        RuleSet::Nhs => {
            "a point outside the limits; seven in a row on one side of the centre line; seven in a row that rise or \
             fall; two of three in the outer third towards the same limit"
        }
        RuleSet::Anhoej => {
            "a point outside the limits; a run on one side of the centre line that is longer, or crossings of it that \
             are fewer, than chance gives"
        }
    };
    format!(
        "Rules: {}: {told}. Limits come from the first complete months and stay; a month that is not final is never \
         a signal. The centre line and the limits show what the process does by itself, not what it should do.",
        rules.title()
    )
}
