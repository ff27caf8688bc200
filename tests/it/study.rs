//! Courses of care: pathways, sequences, distances and groups, through the front door of the room.

mod attacker;
mod attacker_tables;
mod clones;
mod comparison;
mod definition;
mod distances;
mod groups;
mod hidden;
mod level;
mod odd;
mod pathway_counts;
mod pathways;
mod sequences;
mod whole;
mod worth;

use throughline::study::{Sequence, State};
use throughline::terms::Day;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("{text} is a date"))
}

/// Letters to their places in the alphabet; a dot is an empty position.
fn letters(text: &str, alphabet: &str) -> Sequence {
    Sequence::new(
        text.chars()
            .map(|letter| {
                let place = alphabet.find(letter)?;
                Some(State(u8::try_from(place).expect("a short alphabet")))
            })
            .collect(),
    )
}

/// Spells such as `E4 T2` to the letters `EEEETT`.
fn spelled(spells: &str) -> String {
    spells
        .split_whitespace()
        .map(|spell| spell[..1].repeat(spell[1..].parse().expect("a length")))
        .collect()
}

/// Rows 1 to 4, 21, 38 and 42 of the data set `mvad` (`McVicar` and Anyadike-Danes 2002), from
/// September 1993 on: employment, further education, higher education, joblessness, school, training.
const MVAD: [&str; 7] = [
    "E4 T2 E64",
    "F36 H34",
    "T24 F34 E10 J2",
    "T47 E14 J9",
    "T12 F7 J3 T13 J6 E12 J2 E8 J7",
    "T16 E3 T3 J12 T13 J3 T12 J2 E6",
    "E9 J5 T1 E4 T27 J18 E2 J2 E2",
];

fn mvad() -> Vec<Sequence> {
    MVAD.iter().map(|spells| letters(&spelled(spells), "EFHJST")).collect()
}

#[track_caller]
fn near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9, "{actual} is not {expected}");
}
