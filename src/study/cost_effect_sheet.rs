//! Cost-effectiveness as tables that may be shown, with the acceptability curve.

use super::contrast::Contrast;
use super::cost_effect::{CostEffect, days_of};
use super::description::Study;
use super::design::{Amount, Outcome, OutcomeMeasure};
use super::effect::Estimate;
use super::published::{is_shown, slug};
use super::sheet::{Field, Screen, Sheet};
use super::worth::WorthRule;
use crate::statistics::Limits;

/// Cost-effectiveness that may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedCostEffect {
    /// Cost, effect, ratio and where draws lie.
    pub sheet: Sheet,
    /// Benefit and chance at each worth.
    pub benefits: Sheet,
    /// The acceptability curve: dollars that a unit may be worth, and the share of draws in which the
    /// first strategy then has the greater benefit.
    pub curve: Vec<(f64, f64)>,
    /// What a unit of effect is.
    pub unit: String,
}

/// The numbers that may be shown: those of findings that may.
pub(super) fn published_cost_effect(
    study: &Study,
    contrast: &Contrast,
    names: &[String; 2],
    screen: Screen,
) -> Option<PublishedCostEffect> {
    let (rule, found) = (study.worth.as_ref()?, contrast.cost_effect.as_ref()?);
    let places = [rule.cost, rule.effect];
    if !places.iter().all(|place| is_shown(&contrast.findings[*place], screen)) {
        return None;
    }
    let days = days_of(rule, &study.outcomes, contrast)?;
    let unit = unit(rule, &study.outcomes[rule.effect]);
    let curve = found.benefits.iter().filter_map(|one| Some((one.worth, one.chance?)));
    Some(PublishedCostEffect {
        sheet: sheet(found, names, days, &unit),
        benefits: benefits(found, names, days, &unit),
        curve: curve.collect(),
        unit,
    })
}

fn unit(rule: &WorthRule, outcome: &Outcome) -> String {
    let name = &outcome.name;
    let one = match outcome.measure {
        OutcomeMeasure::First(_) | OutcomeMeasure::Amount(Amount::Scores(_)) => {
            format!("member with {name}")
        }
        OutcomeMeasure::Amount(Amount::CommunityDays) => "day in the community".to_owned(),
        OutcomeMeasure::Amount(Amount::ContactDays(_)) => format!("day of {name}"),
        OutcomeMeasure::Amount(Amount::Nights(_)) => format!("night of {name}"),
        OutcomeMeasure::Amount(Amount::MeanLevel | Amount::LevelOn(_)) => {
            format!("level of {name}")
        }
        OutcomeMeasure::Amount(_) => format!("unit of {name}"),
    };
    format!("{one}{}", if rule.fewer { ", avoided" } else { "" })
}

fn limits_of(estimate: Estimate, field: fn(f64) -> Field) -> [Field; 2] {
    let end = |end: fn(Limits) -> f64| estimate.limits.map_or(Field::Empty, |own| field(end(own)));
    [end(|own| own.low), end(|own| own.high)]
}

fn line(label: String, estimate: Estimate, field: fn(f64) -> Field) -> Vec<Field> {
    let mut row = vec![Field::words(label), field(estimate.value)];
    row.extend(limits_of(estimate, field));
    row
}

fn sheet(found: &CostEffect, names: &[String; 2], days: u32, unit: &str) -> Sheet {
    let none = || [Field::Empty, Field::Empty];
    let mut rows = vec![
        line("More cost".to_owned(), found.cost, Field::Dollars),
        line(format!("More effect ({unit})"), found.effect, Field::Number),
    ];
    let label = format!("Ratio (ICER), {}", found.quadrant.words());
    rows.push(match found.ratio {
        Some(ratio) => line(label, ratio, Field::Dollars),
        None => [vec![Field::words(label), Field::Empty], none().to_vec()].concat(),
    });
    let words = [
        "Draws that cost more and bring more",
        "Draws that cost less and bring no more",
        "Draws that cost no more and bring more",
        "Draws that cost no less and bring no more",
    ];
    for (words, share) in words.into_iter().zip(found.draws.into_iter().flatten()) {
        rows.push([vec![Field::words(words), Field::Share(share)], none().to_vec()].concat());
    }
    Sheet {
        id: format!("cost_effect_{}", slug(&names[0])),
        title: format!(
            "{} compared with {}: what it costs and brings per member over {days} days, weighted",
            names[0], names[1]
        ),
        heads: vec!["Measure", "Estimate", "Lower 95 %", "Upper 95 %"],
        rows,
    }
}

fn benefits(found: &CostEffect, names: &[String; 2], days: u32, unit: &str) -> Sheet {
    let rows = found.benefits.iter().map(|one| {
        let mut row = vec![Field::Dollars(one.worth), Field::Dollars(one.benefit.value)];
        row.extend(limits_of(one.benefit, Field::Dollars));
        row.push(one.chance.map_or(Field::Empty, Field::Share));
        row
    });
    Sheet {
        id: format!("net_benefit_{}", slug(&names[0])),
        title: format!(
            "{} compared with {}: net monetary benefit (INMB) per member over {days} days, by what a {unit} is worth",
            names[0], names[1]
        ),
        heads: vec![
            "Worth of a unit",
            "Net benefit",
            "Lower 95 %",
            "Upper 95 %",
            "Share of draws above 0",
        ],
        rows: rows.collect(),
    }
}
