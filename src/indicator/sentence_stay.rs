//! Sets of stays and their levels, as sentences.

use super::rule::{Comparison, Criterion, Delivered};
use super::sentence::within;
use crate::terms::Window;
use crate::timeline::{Joins, OwnSet, SpellSet};

pub(super) fn set_name(set: SpellSet) -> String {
    match set {
        SpellSet::Inpatient => "inpatient spells".to_owned(),
        SpellSet::Any24Hour => "spells of 24-hour care".to_owned(),
        SpellSet::Residential => "residential spells".to_owned(),
        SpellSet::Own(own) => own_set_name(own),
    }
}

fn own_set_name(set: OwnSet) -> String {
    let levels = if set.least == set.most {
        format!("at level {}", set.least)
    } else {
        format!("at levels {} to {}", set.least, set.most)
    };
    match set.joins {
        Joins::Never => format!("single stays {levels}"),
        Joins::Within(None) => format!("spells of stays {levels}"),
        Joins::Within(Some(0)) => {
            format!("spells of stays {levels} (one begins by the day on which the other ends)")
        }
        Joins::Within(Some(days)) => {
            format!("spells of stays {levels} (at most {days} days from one to the next)")
        }
    }
}

/// How a level compares with a recommended one.
pub(super) fn level(criterion: &Criterion, noun: &str) -> String {
    match criterion {
        Criterion::DeliveredLevel { compares, of, days } => {
            format!("{} {} the recommended one", delivered(*of, *days, noun), comparison(*compares))
        }
        Criterion::AssessedLevel { compares: None, days } => {
            format!("an assessment that recommends a level of care {}", within(*days, noun))
        }
        Criterion::AssessedLevel { compares: Some(how), days } => format!(
            "the level of the stay {} the one that the latest assessment recommends {}",
            comparison(*how),
            within(*days, noun)
        ),
        _ => String::new(),
    }
}

/// The delivered level.
pub(super) fn delivered(of: Delivered, days: Window, noun: &str) -> String {
    let days = within(days, noun);
    match of {
        Delivered::MostDays => {
            format!(
                "the delivered level (the one with most days of care, {days}; on a tie the lower)"
            )
        }
        Delivered::Highest => {
            format!("the delivered level (the highest of any day of care, {days})")
        }
    }
}

fn comparison(how: Comparison) -> &'static str {
    match how {
        Comparison::Equal => "equals",
        Comparison::Under => "lies below",
        Comparison::Over => "lies above (is more restrictive than)",
    }
}
