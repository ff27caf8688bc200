//! Clones: what is known by arithmetic comes out of the weights.

use throughline::diagnostic::{Document, Source};
use throughline::study::{Contrast, Observed, Person, Study, read_study};

use super::comparison::{compare, person};

/// Care within 14 days or none in them; a visit is the main outcome, a loss another one.
fn study(truncate: f64) -> Study {
    let text = format!(
        r#"
id = "begun"
title = "Begun"
question = "Are clones weighted among those who can still depart?"
follow_up = 60
index = {{ discharge = "inpatient" }}
analysis = {{ grace = 14, truncate = {truncate}, draws = 20 }}
intervention = [{{ name = "Care", classes = ["peer"] }}]
strategy = [
  {{ name = "Care", gets = [{{ intervention = "Care", days = [1, 14] }}] }},
  {{ name = "No care", never = [{{ intervention = "Care", days = [1, 14] }}] }},
]
outcome = [{{ name = "Visit", ed_visit = true }}, {{ name = "Loss", disengagement = 90 }}]
covariate = [{{ name = "Female", age = true }}]
"#
    );
    let source = Source { path: "begun.toml".into(), text };
    read_study(&Document::parse(source).expect("it is TOML"))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn member(female: bool, begins: Option<i32>, visit: Option<i32>, loss: Option<i32>) -> Person {
    let mut one = person(false, f64::from(u8::from(female)), visit, 60);
    one.followed[0].met = begins;
    one.followed[1].met = Some(0);
    one.followed[1].broken = begins;
    one.outcomes.push(Observed::First(loss));
    one.again.push(loss.into_iter().collect());
    one
}

#[track_caller]
fn check_risks(contrast: &Contrast, outcome: usize, expected: f64) {
    assert_eq!(contrast.refusal, None);
    let effect = contrast.findings[outcome].weighted.expect("a weighted effect");
    for risk in effect.values {
        assert!((risk - expected).abs() < 1e-3, "{:?} are not {expected}", effect.values);
    }
}

/// Of 400 women 240 have a visit on day 3; of everybody without one, half begin care, and half of the
/// women and a tenth of the men without one have it on day 30. Care changes nothing: 0.45 have a visit.
#[test]
fn whoever_had_the_outcome_cannot_depart_any_more() {
    let days = [&[5, 6, 7, 8, 9][..], &[5], &[14], &[3, 12]];
    for days in days {
        let one = |place: usize| {
            let female = place < 400;
            if place < 240 {
                return member(female, None, Some(3), None);
            }
            let begins = place.is_multiple_of(2);
            let at = if female { place - 240 } else { place - 400 };
            let share = if female { 2 } else { 10 };
            let visit = (at / 2 % share == 0).then_some(30);
            member(female, begins.then(|| days[at / 2 % days.len()]), visit, visit)
        };
        let found = compare(&study(0.0), (0..800).map(one).collect()).expect("a comparison");
        check_risks(&found, 0, 0.45);
        // The other outcome has none on day 3, and chances of its own: 80 and 40 of 800.
        let weights = found.weights.expect("weights");
        assert!((weights.range.1 - 2.0).abs() < 0.05, "half stay: {weights:?}");
        assert!(found.notes.iter().any(|note| note.contains("told of Visit")), "{:?}", found.notes);
    }
}

/// Two of 400 women and half of the men begin care.
#[test]
fn weights_are_told_as_estimated_and_pulled_in_and_rare_care_is_said() {
    let one = |place: usize| {
        let female = place < 400;
        let begins = if female { place < 2 } else { place.is_multiple_of(2) };
        member(female, begins.then_some(5), place.is_multiple_of(3).then_some(30), None)
    };
    let found = compare(&study(0.3), (0..800).map(one).collect()).expect("a comparison");
    let weights = found.weights.expect("weights");
    assert!((weights.range.1 - 200.0).abs() < 1e-6, "2 of 400: {weights:?}");
    assert!(weights.truncated.1 < weights.range.1, "{weights:?}");
    assert_eq!(weights.nearly_certain, (400, 1600), "women in one strategy: {weights:?}");
    assert!(found.notes.iter().any(|note| note.contains("Positivity")), "{:?}", found.notes);
}

/// Men never begin: what a refusal names is what decides.
#[test]
fn a_covariate_that_decides_who_begins_is_named() {
    let one = |place: usize| {
        let female = place < 400;
        member(
            female,
            (female && place.is_multiple_of(2)).then_some(5),
            place.is_multiple_of(3).then_some(30),
            None,
        )
    };
    let found = compare(&study(0.01), (0..800).map(one).collect()).expect("a comparison");
    let refusal = found.refusal.expect("men stay for certain").to_string();
    assert!(refusal.contains("the covariate Female tells"), "{refusal}");
}
