//! The scorecard on the page: objectives and their indicators by organisation.

use crate::chart::{Mark, assurance_icon, format, sparkline, variation_icon};
use crate::indicator::Measure;
use crate::oversight::{Assurance, Line, ObjectiveCard, ScoreCell, Scorecard, Standing, Variation};

use super::content::Content;
use super::html::{Html, anchor};
use super::lookup::{Lookup, group_name};
use super::{each, score_words, words};

/// Writes the scorecard, if there is one.
pub(super) fn write(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>) {
    let Some(scorecard) = &content.scorecard else { return };
    html.within("section", &[("id", "scorecard"), ("class", "scorecard")], |html| {
        let when = format::period(scorecard.period);
        html.leaf("h2", &[], &format!("Scorecard, {when}"));
        html.leaf("p", &[("class", "lede")], &lede(scorecard));
        write_table(html, content, lookup, true);
        write_key(html);
        if scorecard.lines().any(|(_, line)| !line.is_lead) {
            html.within("details", &[("class", "supporting")], |html| {
                html.leaf("summary", &[], "Supporting indicators");
                write_table(html, content, lookup, false);
            });
        }
        write_limits(html, scorecard);
    });
}

fn lede(scorecard: &Scorecard) -> String {
    let mut text = format!(
        "{}. Each cell has its value with 95 % interval, its verdict against the target, its last twelve months and \
         two signs; it leads to its chart, table, rule and exclusions. Objectives are not added up to one score.",
        scorecard.contract.title
    );
    if !scorecard.unnamed.is_empty() {
        text += &format!(
            " The data also have {}, which the contract does not name.",
            scorecard.unnamed.join(", ")
        );
    }
    text
}

fn write_table(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>, lead: bool) {
    let Some(scorecard) = &content.scorecard else { return };
    let which = if lead { "Lead indicators" } else { "Supporting indicators" };
    let caption = format!("{which} by organisation, {}", format::period(scorecard.period));
    let region = [
        ("class", "scroll scores"),
        ("role", "region"),
        ("aria-label", caption.as_str()),
        ("tabindex", "0"),
    ];
    html.within("div", &region, |html| {
        html.within("table", &[("role", "table")], |html| {
            html.leaf("caption", &[], &caption);
            html.within("thead", &[("role", "rowgroup")], |html| write_heads(html, scorecard));
            for card in &scorecard.objectives {
                let lines: Vec<&Line> =
                    card.lines.iter().filter(|line| line.is_lead == lead).collect();
                if !lines.is_empty() {
                    html.within("tbody", &[("role", "rowgroup")], |html| {
                        write_objective(html, content, lookup, card, &lines);
                    });
                }
            }
        });
    });
}

fn write_heads(html: &mut Html, scorecard: &Scorecard) {
    let head = [("scope", "col"), ("role", "columnheader"), ("class", "words")];
    html.within("tr", &[("role", "row")], |html| {
        html.leaf("th", &head, "Objective");
        html.leaf("th", &head, "Indicator, target");
        for group in &scorecard.groups {
            html.leaf("th", &head, group_name(group));
        }
    });
}

fn write_objective(
    html: &mut Html,
    content: &Content<'_>,
    lookup: &Lookup<'_>,
    card: &ObjectiveCard,
    lines: &[&Line],
) {
    let span = lines.len().to_string();
    for (place, line) in lines.iter().enumerate() {
        html.within("tr", &[("role", "row")], |html| {
            if place == 0 {
                let head = [
                    ("scope", "rowgroup"),
                    ("role", "rowheader"),
                    ("rowspan", span.as_str()),
                    ("class", "objective"),
                ];
                html.within("th", &head, |html| {
                    html.leaf("b", &[], &format!("{}.\u{a0}", card.objective.number));
                    html.say(&card.objective.title);
                });
            }
            write_line(html, content, lookup, line);
        });
    }
}

fn write_line(html: &mut Html, content: &Content<'_>, lookup: &Lookup<'_>, line: &Line) {
    let measure = &content.table.measures()[line.measure];
    let general = line.cells.first().and_then(|cell| cell.target.as_ref());
    let head = [("scope", "row"), ("role", "rowheader"), ("class", "measure")];
    html.within("th", &head, |html| {
        html.link(&format!("#{}", anchor(&words::name(measure))), &words::title(measure));
        let target =
            general.map(|target| format!("target {}", score_words::target(target, measure)));
        let remarks: Vec<String> = target
            .into_iter()
            .chain(Some(measure.unit.clone()))
            .filter(|it| !it.is_empty())
            .collect();
        if !remarks.is_empty() {
            html.leaf("span", &[("class", "unit")], &format!(" {}", remarks.join("; ")));
        }
    });
    let charted = each::places(content, lookup, line.measure);
    for (place, cell) in line.cells.iter().enumerate() {
        let target = if charted.contains(&place) {
            each::id(&words::name(measure), place)
        } else {
            anchor(&words::name(measure))
        };
        let own_target = (cell.target.as_ref() != general).then_some(()).and(cell.target.as_ref());
        let own_target = own_target.map(|target| score_words::target(target, measure));
        let attributes = [
            ("role", "cell"),
            ("class", score_words::class(cell.standing)),
            ("data-label", group_name(&cell.group)),
        ];
        html.within("td", &attributes, |html| {
            html.within("a", &[("href", &format!("#{target}"))], |html| {
                write_cell(html, cell, measure, own_target.as_deref());
            });
        });
    }
}

fn write_cell(html: &mut Html, cell: &ScoreCell, measure: &Measure, own_target: Option<&str>) {
    let mark = cell.row.as_ref().map_or(Mark::EMPTY, Mark::of);
    let Some(value) = mark.value() else {
        return write_silent(html, cell, measure, own_target);
    };
    html.within("span", &[("class", "top")], |html| {
        html.leaf("strong", &[], &format::value(value, measure.display));
        let points: Vec<_> = cell.months.iter().map(|row| (row.period, Mark::of(row))).collect();
        if points.iter().filter(|(_, mark)| mark.value().is_some()).count() > 1 {
            html.markup(&sparkline("last twelve months", &points, measure.display));
        }
    });
    html.within("span", &[("class", "top")], |html| {
        write_verdict(html, cell.standing);
        write_signs(html, cell);
    });
    if let Some((low, high)) = mark.interval() {
        html.leaf("span", &[("class", "range")], &short_interval(low, high, measure));
    }
    write_own_target(html, own_target);
    if cell.place.is_flagged() {
        html.leaf("span", &[("class", "peer")], &format!("◆ {}", score_words::place(cell.place)));
    }
}

/// A cell without a number says why, and nothing else.
fn write_silent(html: &mut Html, cell: &ScoreCell, measure: &Measure, own_target: Option<&str>) {
    write_verdict(html, cell.standing);
    let reason = score_words::reason(cell, measure);
    if cell.standing != Standing::TooFew && !reason.is_empty() {
        html.leaf("span", &[("class", "why")], &reason);
    }
    write_own_target(html, own_target);
}

/// A target that is not everyone's.
fn write_own_target(html: &mut Html, target: Option<&str>) {
    if let Some(target) = target {
        html.leaf("span", &[("class", "own")], &format!(" target {target}"));
    }
}

fn write_verdict(html: &mut Html, standing: Standing) {
    let sign = score_words::sign(standing);
    let class = if sign.is_empty() { "verdict none" } else { "verdict" };
    html.within("span", &[("class", class)], |html| {
        if !sign.is_empty() {
            html.leaf("span", &[("aria-hidden", "true")], sign);
        }
        html.say(&format!(" {}", score_words::standing(standing)));
    });
}

/// `38.0–52.4 %`: a unit that both ends have is written once.
fn short_interval(low: f64, high: f64, measure: &Measure) -> String {
    let (low, high) = (format::value(low, measure.display), format::value(high, measure.display));
    let low = low.strip_suffix("\u{a0}%").unwrap_or(&low);
    format!("{low} to {high}")
}

fn write_signs(html: &mut Html, cell: &ScoreCell) {
    html.within("span", &[("class", "signs")], |html| {
        if cell.variation != Variation::NotCharted {
            html.markup(&variation_icon(cell.variation, &score_words::variation(cell.variation)));
        }
        if !matches!(cell.assurance, Assurance::NoTarget | Assurance::NotCharted) {
            html.markup(&assurance_icon(cell.assurance, score_words::assurance(cell.assurance)));
        }
    });
}

/// What the signs mean.
fn write_key(html: &mut Html) {
    use crate::statistics::Signal;
    let variations = [
        (Variation::Common, "varies as usual"),
        (Variation::Improving(Signal::RunAbove), "a signal for the better"),
        (Variation::Worsening(Signal::RunBelow), "a signal for the worse"),
        (Variation::Changing(Signal::RunAbove), "a signal where neither way is better"),
    ];
    let assurances = [
        (Assurance::Reached, "as it is, the target is reached every month"),
        (Assurance::HitOrMiss, "chance decides"),
        (Assurance::Missed, "as it is, the target is missed every month"),
    ];
    html.within("ul", &[("class", "key")], |html| {
        for (variation, words) in variations {
            html.within("li", &[], |html| {
                html.markup(&variation_icon(variation, words));
                html.say(words);
            });
        }
        for (assurance, words) in assurances {
            html.within("li", &[], |html| {
                html.markup(&assurance_icon(assurance, words));
                html.say(words);
            });
        }
        html.leaf(
            "li",
            &[],
            "✓ met, ✗ not met: the whole 95 % interval is on that side of the target",
        );
        html.leaf("li", &[], "≈ cannot tell: the interval holds the target");
        html.leaf("li", &[], "◆ beyond the 99.8 % limits of its peers");
    });
}

/// What the extracts cannot say, and how things are attributed.
fn write_limits(html: &mut Html, scorecard: &Scorecard) {
    html.within("details", &[("class", "limits")], |html| {
        html.leaf("summary", &[], "What the scorecard cannot show, and to whom it attributes");
        html.leaf("p", &[], scorecard.contract.attribution.sentence());
        html.within("ul", &[], |html| {
            for card in &scorecard.objectives {
                let (number, missing) = (card.objective.number, &card.objective.cannot_show);
                if !missing.is_empty() {
                    html.leaf("li", &[], &format!("Objective {number}: {missing}"));
                }
            }
        });
    });
}
