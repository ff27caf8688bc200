//! Covariates of people as a table of numbers, ready for a model.

use super::design::Covariate;
use super::person::Person;
use crate::statistics::{LogisticData, LogisticError, logistic};

/// Columns of covariates, row by row.
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    /// The name of each column.
    pub(super) names: Vec<String>,
    /// Values, row by row.
    pub(super) values: Vec<f64>,
    /// Names of what says nothing, because all are alike or it repeats another column.
    pub(super) dropped: Vec<String>,
}

impl Matrix {
    /// The covariates of people. An unknown value is the mean of the known ones, and a column of its
    /// own says that it was unknown. Columns in which everybody is alike are left out, and so are
    /// those that repeat another.
    pub(super) fn new(covariates: &[Covariate], people: &[&Person]) -> Self {
        let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
        let before = covariates.iter().enumerate().filter(|(_, one)| one.fact.is_before());
        for (place, covariate) in before {
            let known: Vec<f64> = people.iter().filter_map(|one| one.covariates[place]).collect();
            let mean = known.iter().sum::<f64>() / number(known.len().max(1));
            let filled = people.iter().map(|one| one.covariates[place].unwrap_or(mean));
            columns.push((covariate.name.clone(), filled.collect()));
            if known.len() < people.len() {
                let unknown = |one: &&Person| f64::from(u8::from(one.covariates[place].is_none()));
                let name = format!("{} not known", covariate.name);
                columns.push((name, people.iter().map(unknown).collect()));
            }
        }
        let (mut kept, mut dropped): (Vec<(String, Vec<f64>)>, Vec<String>) =
            (Vec::new(), Vec::new());
        for (name, column) in columns {
            let alike = column.windows(2).all(|pair| same(pair[0], pair[1]));
            let repeats = kept.iter().any(|(_, other)| is_copy(other, &column));
            if alike || repeats {
                dropped.push(name);
            } else {
                kept.push((name, column));
            }
        }
        let values = (0..people.len())
            .flat_map(|row| kept.iter().map(move |(_, column)| column[row]).collect::<Vec<_>>());
        Self {
            values: values.collect(),
            names: kept.into_iter().map(|(name, _)| name).collect(),
            dropped,
        }
    }

    /// Columns.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The values of a row.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width()..(row + 1) * self.width()]
    }

    /// The values of a column.
    pub(super) fn column(&self, column: usize) -> Vec<f64> {
        self.values.iter().skip(column).step_by(self.width().max(1)).copied().collect()
    }

    /// Names of the columns each of which by itself tells something of rows without error.
    pub(super) fn deciding(&self, rows: &[usize], outcomes: &[bool]) -> Vec<String> {
        let decides = |column: &usize| {
            let all = self.column(*column);
            let own: Vec<f64> = rows.iter().map(|row| all[*row]).collect();
            let varies = own.windows(2).any(|pair| !same(pair[0], pair[1]));
            let data = LogisticData { outcomes, covariates: &own, width: 1 };
            varies && logistic(&data) == Err(LogisticError::NoMaximum)
        };
        (0..self.width()).filter(decides).map(|column| self.names[column].clone()).collect()
    }

    /// Some rows, as often as they are named.
    pub(super) fn rows(&self, places: &[usize]) -> Vec<f64> {
        places.iter().flat_map(|place| self.row(*place)).copied().collect()
    }
}

/// True if one column is the other, or one less the other.
fn is_copy(one: &[f64], other: &[f64]) -> bool {
    one.iter().zip(other).all(|(a, b)| same(*a, *b))
        || one.iter().zip(other).all(|(a, b)| same(*a, 1.0 - *b))
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[expect(clippy::cast_precision_loss, reason = "people are far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}
