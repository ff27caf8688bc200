//! Weights and balance of a comparison as tables that may be shown.

use super::contrast::{Balance, Contrast};
use super::published::{PublishedContrast, slug};
use super::sheet::{Field, Screen, Sheet};

/// How far groups are apart in a covariate, as far as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceRow {
    /// The covariate.
    pub name: String,
    /// The standardised difference as observed.
    pub before: Field,
    /// The same after weighting.
    pub after: Field,
}

/// A difference and the numbers of people give counts away, so that it is hidden where few differ.
pub(super) fn balance_row(balance: &Balance, screen: Screen) -> BalanceRow {
    let is_hidden = balance.split.into_iter().any(|split| split.is_telling(screen));
    let shown = |value| if is_hidden { Field::Hidden } else { Field::number(value) };
    let name = balance.name.clone();
    BalanceRow { name, before: shown(balance.before), after: shown(balance.after) }
}

/// The weights of both groups; `arms` are the people who follow the strategies.
pub(super) fn weight_sheet(
    contrast: &Contrast,
    names: &[String; 2],
    arms: [u64; 2],
    screen: Screen,
) -> Option<Sheet> {
    let weights = contrast.weights.as_ref()?;
    let (certain, people) = weights.nearly_certain;
    let certain = if screen.is_telling(certain, people) {
        format!("fewer than {} people, or all but so few", screen.least)
    } else {
        #[expect(clippy::cast_precision_loss, reason = "people are far below 2^53")]
        let share = certain as f64 / people.max(1) as f64;
        format!("{:.1} % of people", share * 100.0)
    };
    // Clones beside the people of a strategy say how many stand in both.
    let is_apart =
        arms.iter().zip(&weights.people).any(|(arm, n)| screen.is_small(arm.abs_diff(*n)));
    let rows = (0..2).map(|side| {
        vec![
            Field::words(names[side].clone()),
            if is_apart { Field::Hidden } else { Field::Count(weights.people[side]) },
            Field::Number(weights.effective[side]),
            Field::Number(weights.propensity[side][0]),
            Field::Number(weights.propensity[side][2]),
            Field::Number(weights.propensity[side][4]),
        ]
    });
    Some(Sheet {
        id: format!("weights_{}", slug(&names[0])),
        title: format!(
            "Weights: from {:.2} to {:.2}, pulled in to {:.2} to {:.2}; chances {}: {certain}",
            weights.range.0,
            weights.range.1,
            weights.truncated.0,
            weights.truncated.1,
            if weights.staying { "of staying below 2 %" } else { "below 2 % or above 98 %" },
        ),
        heads: vec![
            "Group",
            "People",
            "Effective number",
            "Chance, 5 %",
            "Chance, median",
            "Chance, 95 %",
        ],
        rows: rows.collect(),
    })
}

impl PublishedContrast {
    /// The balance as a table.
    pub fn balance_sheet(&self) -> Sheet {
        let rows = self
            .balance
            .iter()
            .map(|one| vec![Field::words(one.name.clone()), one.before.clone(), one.after.clone()]);
        Sheet {
            id: format!("balance_{}", slug(&self.names[0])),
            title: "Standardised differences; below 0.1 a covariate counts as balanced".into(),
            heads: vec!["Covariate", "As observed", "Weighted"],
            rows: rows.collect(),
        }
    }
}
