//! Which texts a row has to have, and rows of other tables than contacts, in words.

use crate::terms::{Kind, column};
use crate::timeline::ContactFilter;

/// Which texts columns have to have.
pub(super) fn texts(filter: &ContactFilter) -> String {
    let list = |values: &[String]| {
        let names: Vec<String> = values.iter().map(|value| value.replace('_', " ")).collect();
        names.join(" or ")
    };
    let mut text = String::new();
    for (column, values) in &filter.values {
        text += &format!(" with {} {}", words_of(filter.kind, column), list(values));
    }
    for (column, values) in &filter.not_values {
        let words = words_of(filter.kind, column);
        text += &if *column == column::SCREEN_RESULT {
            format!(" without the {words} {}", list(values))
        } else {
            format!(" with a known {words} other than {}", list(values))
        };
    }
    text
}

/// What a column is called in its table.
fn words_of(kind: Kind, column: &str) -> String {
    match (kind, column) {
        (Kind::Pharmacy, column::CLASS) => "drug class".to_owned(),
        (Kind::Assessment, column::CODE) => "instrument".to_owned(),
        (Kind::Assessment | Kind::Event, column::CLASS) => "type".to_owned(),
        _ => column.replace('_', " "),
    }
}

/// A row of another table than contacts.
pub(super) fn record_row(filter: &ContactFilter) -> String {
    let row = match filter.kind {
        Kind::Pharmacy => "a fill",
        Kind::Assessment => "an outcome record",
        Kind::Member => "a row in the register of members",
        _ => "an event",
    };
    format!("{row}{}", texts(filter))
}
