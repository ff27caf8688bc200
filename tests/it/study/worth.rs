//! Whether a strategy is worth its cost: worked numbers, quadrants, and what may be shown of them.

use throughline::diagnostic::{Document, Problems, Source};
use throughline::study::{
    Cohort, Entry, Followed, Gain, History, Observed, Person, PublishedStudy, Quadrant, Sequence,
    Sheet, Study, contrasts, cost_effect, publish, read_study,
};
use throughline::terms::Day;

#[track_caller]
fn check_near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
}

/// Forty draws around a gain, cost and effect spread by so much a step.
fn draws(point: Gain, cost: f64, effect: f64) -> Vec<Gain> {
    let one = |n: i32| Gain {
        cost: point.cost + cost * (f64::from(n) - 19.5),
        // Another order, so that cost and effect do not go together.
        effect: point.effect + effect * (f64::from((n * 7) % 40) - 19.5),
    };
    (0..40).map(one).collect()
}

#[test]
fn a_ratio_a_net_benefit_and_an_acceptability_curve() {
    let point = Gain { cost: 100.0, effect: 2.0 };
    let found = cost_effect(&[0.0, 50.0, 100.0], point, &draws(point, 1.0, 0.05));
    assert_eq!(found.quadrant, Quadrant::MoreForMore);
    let ratio = found.ratio.expect("a difference of effects is found");
    assert!((ratio.value - 50.0).abs() < 1e-9, "100 dollars for 2 days: {ratio:?}");
    let benefits: Vec<f64> = found.benefits.iter().map(|one| one.benefit.value).collect();
    assert_eq!(benefits, [-100.0, 0.0, 100.0]);
    let chances: Vec<f64> = found.benefits.iter().map(|one| one.chance.expect("draws")).collect();
    check_near(chances[0], 0.0); // it costs more in every draw
    assert!((chances[1] - 0.5).abs() < 1e-9, "draws lie evenly around the point: {chances:?}");
    assert!(chances[2] > 0.9, "{chances:?}");
    // Type 7: 2.5 % of forty draws from 80.5 to 119.5 dollars lies 0.975 of a step from the lowest.
    let limits = found.cost.limits.expect("draws");
    assert!((limits.low - 81.475).abs() < 1e-9 && (limits.high - 118.525).abs() < 1e-9);
    assert_eq!(found.draws, Some([1.0, 0.0, 0.0, 0.0]));
}

#[test]
fn each_quadrant_has_its_words_and_only_two_have_a_ratio() {
    let at = |cost: f64, effect: f64| {
        let point = Gain { cost, effect };
        cost_effect(&[100.0], point, &draws(point, 1.0, 0.05))
    };
    let less = at(-100.0, -2.0);
    assert_eq!(less.quadrant, Quadrant::LessForLess);
    assert!((less.ratio.expect("both are less").value - 50.0).abs() < 1e-9);
    check_near(less.benefits[0].benefit.value, -100.0);
    for (cost, effect, quadrant, benefit) in
        [(-100.0, 2.0, Quadrant::Dominates, 300.0), (100.0, -2.0, Quadrant::Dominated, -300.0)]
    {
        let found = at(cost, effect);
        assert_eq!((found.quadrant, found.ratio), (quadrant, None));
        check_near(found.benefits[0].benefit.value, benefit);
        assert!(quadrant.words().starts_with("none"));
    }
}

#[test]
fn without_a_difference_of_effects_there_is_no_ratio_but_a_benefit() {
    let point = Gain { cost: 100.0, effect: 2.0 };
    let found = cost_effect(&[100.0], point, &draws(point, 1.0, 0.5));
    assert_eq!((found.quadrant, found.ratio), (Quadrant::Unclear, None), "{found:?}");
    check_near(found.benefits[0].benefit.value, 100.0);
    let bare = cost_effect(&[100.0], point, &[]);
    assert_eq!((bare.quadrant, bare.ratio, bare.draws), (Quadrant::Unclear, None, None));
    assert!(bare.benefits[0].chance.is_none() && bare.cost.limits.is_none());
}

#[test]
fn a_few_draws_on_the_other_side_leave_the_upper_limit_open() {
    // 39 of 40 draws bring 1 to 2 more; one brings less, which is dearer than any price.
    let point = Gain { cost: 100.0, effect: 1.5 };
    let mut all = draws(point, 1.0, 0.02);
    all[0] = Gain { cost: 100.0, effect: -0.1 };
    let one = cost_effect(&[], point, &all).ratio.expect("more effect in 39 of 40");
    assert!(one.limits.is_none(), "the upper limit is no number: {one:?}");
    let none = cost_effect(&[], point, &all[1..]).ratio.expect("more effect");
    let limits = none.limits.expect("every draw has a ratio");
    assert!(limits.low > 40.0 && limits.low < 200.0 / 3.0 && limits.high < 110.0, "{limits:?}");
}

const HEAD: &str = r#"
id = "worth"
title = "Worth"
question = "Is it worth its cost?"
follow_up = 180
index = { discharge = "inpatient" }
analysis = { at_index = true, draws = 40 }
intervention = [{ name = "Care", classes = ["peer"] }]
strategy = [
  { name = "Care", gets = [{ intervention = "Care", days = [-30, 0] }] },
  { name = "No care", otherwise = true },
]
outcome = [
  { name = "Days in the community", community_days = true },
  { name = "Cost", cost = true },
  { name = "Readmission", admission = "inpatient" },
]
covariate = [{ name = "Need", age = true }]
"#;

fn read(worth: &str) -> Result<Study, Problems> {
    let source = Source { path: "worth.toml".into(), text: format!("{HEAD}\n{worth}") };
    read_study(&Document::parse(source).expect("it is TOML"))
}

fn study(worth: &str) -> Study {
    read(worth).unwrap_or_else(|problems| panic!("{problems}"))
}

/// One of fifty people of a group of known means: cost and community days vary evenly around them,
/// need alike in both groups; every tenth is readmitted on some day.
fn person(treated: bool, n: i32) -> Person {
    let (cost, days) = if treated { (1_300.0, 150) } else { (1_100.0, 140) };
    let aside = f64::from(n % 10) - 4.5;
    let followed = [treated, !treated].map(|is| Followed { met: is.then_some(0), broken: None });
    let other = Followed { met: None, broken: treated.then_some(0) };
    let readmitted = (n % 10 == 3 && (n < 30 || !treated)).then_some(40 + n);
    Person {
        index: Day(19_000),
        lost: None,
        follow_up: 180,
        death: None,
        followed: vec![followed[0], other],
        outcomes: vec![
            Observed::Amount { total: f64::from(days) + aside, days: 180 },
            Observed::Amount { total: cost + 20.0 * aside, days: 180 },
            Observed::First(readmitted),
        ],
        again: vec![Vec::new(), Vec::new(), readmitted.into_iter().collect()],
        covariates: vec![Some(f64::from(n % 5))],
        history: History::default(),
        months: Sequence::new(Vec::new()),
        career: Vec::new(),
        phases: Vec::new(),
    }
}

fn published(study: &Study, people: Vec<Person>, internal: bool) -> PublishedStudy {
    let entries =
        people.into_iter().map(|person| Entry { units: vec![None], person: Some(person) });
    let cohort = Cohort::new(study, entries.collect(), Day(20_000)).expect("two groups");
    let found = contrasts(study, &cohort);
    publish(study, &cohort, &found, internal)
}

fn everybody() -> Vec<Person> {
    [true, false].iter().flat_map(|treated| (0..50).map(|n| person(*treated, n))).collect()
}

fn sheet(published: &PublishedStudy, id: &str) -> Option<Sheet> {
    published.sheets().into_iter().find(|sheet| sheet.id == id)
}

fn value(sheet: &Sheet, row: usize, column: usize) -> f64 {
    sheet.rows[row][column].value().unwrap_or_else(|| panic!("{sheet:?}"))
}

#[test]
fn a_study_counts_both_per_member_over_its_follow_up() {
    let rule = "cost_effectiveness = { effect = \"Days in the community\", worth = [0, 20, 100] }";
    let all = published(&study(rule), everybody(), false);
    let table = sheet(&all, "cost_effect_care").expect("it may be shown");
    // 1,300 less 1,100 dollars for 150 less 140 of 180 days; need is alike in both groups.
    assert!((value(&table, 0, 1) - 200.0).abs() < 1e-6, "{table:?}");
    assert!((value(&table, 1, 1) - 10.0).abs() < 1e-6, "{table:?}");
    assert!((value(&table, 2, 1) - 20.0).abs() < 1e-6, "{table:?}");
    let benefits = sheet(&all, "net_benefit_care").expect("it may be shown");
    let found: Vec<f64> = (0..3).map(|row| value(&benefits, row, 1)).collect();
    for (found, wanted) in found.iter().zip([-200.0, 0.0, 800.0]) {
        assert!((found - wanted).abs() < 1e-6, "{benefits:?}");
    }
    let curve = &all.contrasts[0].cost_effect.as_ref().expect("shown").curve;
    check_near(curve[0].1, 0.0);
    check_near(curve[2].1, 1.0);
}

#[test]
fn less_of_something_is_a_gain_where_the_file_says_so() {
    let rule = "cost_effectiveness = { effect = \"Readmission\", fewer_is_better = true, worth = [0, 9000] }";
    let all = published(&study(rule), everybody(), true);
    let table = sheet(&all, "cost_effect_care").expect("internal");
    // 3 of 50 against 5 of 50.
    assert!((value(&table, 1, 1) - 0.04).abs() < 1e-9, "{table:?}");
    assert!(format!("{table:?}").contains("member with Readmission, avoided"));
}

#[test]
fn small_counts_behind_cost_or_effect_hide_all_of_it() {
    let rule = "cost_effectiveness = { effect = \"Readmission\", fewer_is_better = true, worth = [0, 9000] }";
    let all = published(&study(rule), everybody(), false);
    assert!(sheet(&all, "cost_effect_care").is_none() && sheet(&all, "net_benefit_care").is_none());
    assert!(all.contrasts[0].cost_effect.is_none());
}

#[test]
fn what_cannot_be_read_is_said_on_the_text() {
    for (worth, message) in [
        ("{ effect = \"Nights\", worth = [0] }", "no outcome is called `Nights`"),
        ("{ effect = \"Cost\", worth = [0] }", "neither a cost nor a negative control"),
        ("{ effect = \"Days in the community\" }", "`worth` is missing"),
        ("{ effect = \"Days in the community\", worth = [100, 50] }", "in rising order"),
        ("{ effect = \"Days in the community\", worth = [-1, 50] }", "in rising order"),
    ] {
        let text = format!("cost_effectiveness = {worth}");
        let problems = read(&text).expect_err("a problem").to_string();
        assert!(problems.contains(message), "{problems}");
    }
}
