//! What is hidden cannot be had from what stands beside it, and nothing is called hidden that is not.

use throughline::diagnostic::{Document, Source};
use throughline::study::{
    Cohort, Entry, Field, Person, PublishedStudy, Sheet, Study, contrasts, publish, read_study,
};
use throughline::terms::Day;

use super::comparison::{person, study};

fn published(people: Vec<Person>, internal: bool) -> PublishedStudy {
    published_of(&study("landmark = 30, draws = 20, seed = 3"), people, internal)
}

fn published_of(study: &Study, people: Vec<Person>, internal: bool) -> PublishedStudy {
    let entries =
        people.into_iter().map(|person| Entry { units: vec![None], person: Some(person) });
    let cohort = Cohort::new(study, entries.collect(), Day(20_000)).expect("a cohort");
    let found = contrasts(study, &cohort);
    publish(study, &cohort, &found, internal)
}

fn need(place: i32) -> f64 {
    f64::from(place / 2 % 7)
}

fn mean_days(study: &PublishedStudy) -> Vec<Field> {
    let rows = study.contrasts[0].estimates.rows.iter();
    let named = |field: &Field| matches!(field, Field::Words(words) if words.contains("alive"));
    rows.filter(|row| row.iter().any(named)).map(|row| row[5].clone()).collect()
}

/// Nobody is readmitted; of 60 people in each group so many die on day 60.
fn dying(deaths: i32) -> Vec<Person> {
    let one = |place: i32| {
        let mut one = person(place % 2 == 0, need(place), None, 100);
        if place < 2 * deaths && (deaths > 1 || place == 0) {
            (one.death, one.follow_up) = (Some(60), 60);
        }
        one
    };
    (0..120).map(one).collect()
}

/// The one death takes 40 of 60 · 100 days, in which nobody was readmitted.
#[test]
fn mean_days_do_not_tell_of_a_few_deaths() {
    let hidden = mean_days(&published(dying(1), false));
    assert_eq!(hidden, [Field::Hidden, Field::Hidden]);
    assert!(mean_days(&published(dying(1), true)).iter().all(|field| *field != Field::Hidden));
    for deaths in [0, 20] {
        let shown = mean_days(&published(dying(deaths), false));
        assert_eq!(shown, [Field::Number(0.0), Field::Number(0.0)], "{deaths} deaths");
    }
    assert_eq!(mean_days(&published(dying(55), false))[0], Field::Hidden, "all but a few died");
}

/// People of the one group leave enrolment on day 50, those of the other on day 180.
#[test]
fn mean_days_in_states_are_counted_to_one_day() {
    let one = |place: i32| {
        let treated = place % 2 == 0;
        let last = if treated { 50 } else { 180 };
        let mut one = person(treated, need(place), (place % 3 == 0).then_some(20), last);
        one.career = vec![3; 1 + usize::try_from(last).expect("days")];
        one.phases = vec![1; one.career.len()];
        one
    };
    let found = published((0..120).map(one).collect(), false);
    assert_eq!(found.careers.len(), 4, "two groups on two views");
    let lasts: Vec<u32> =
        found.careers.iter().filter_map(|one| one.days.last()).map(|day| day.day).collect();
    assert!(lasts[0] < lasts[1], "{lasts:?}");
    for career in &found.careers {
        assert_eq!(career.until, lasts[0]);
        let sum: f64 = career.mean_days.iter().flatten().map(|days| days.value).sum();
        assert!((sum - f64::from(career.until)).abs() < 1e-9, "{sum} days");
    }
    let [days, _] = &found.days_in_states[..] else { panic!("two sheets") };
    assert!(days.rows.iter().all(|row| row[2] == Field::Count(lasts[0].into())), "{days:?}");
}

#[test]
fn an_internal_report_hides_nothing() {
    let one = |place: i32| {
        let treated = place % 2 == 0;
        let event = if treated { None } else { Some(20 + place % 9) };
        let event = event.or((place % 20 == 0).then_some(40));
        let mut one = person(treated, need(place), event, if treated { 50 } else { 180 });
        one.career = vec![3; 1 + usize::try_from(one.follow_up).expect("days")];
        one.phases = vec![1; one.career.len()];
        one
    };
    let found = published((0..400).map(one).collect(), true);
    let mut sheets: Vec<Sheet> = found.sheets();
    let rows = || sheets.iter().flat_map(|sheet| sheet.rows.iter().map(|row| (&sheet.id, row)));
    for (id, row) in rows() {
        assert!(!row.contains(&Field::Hidden), "{id}: {row:?}");
    }
    for field in rows().flat_map(|(_, row)| row) {
        let number = field.value().unwrap_or(0.0);
        assert!(number != 0.0 || number.is_sign_positive(), "a zero below nothing");
    }
    sheets.retain(|sheet| sheet.id.starts_with("curve_"));
    let [curve] = &sheets[..] else { panic!("one outcome") };
    assert!(curve.title.contains("log-rank test p < 0.0001"), "{}", curve.title);
    let days = found.curves[0].curves.iter().map(|one| one.days.last().map(|day| day.day));
    assert_eq!(days.collect::<Vec<_>>(), [Some(42), Some(28)], "{curve:?}");
}

/// A third of each group has it, in one on a day and in the other one after another.
#[test]
fn risks_that_are_alike_do_not_differ() {
    let one = |place: i32| {
        let treated = place % 2 == 0;
        let day = if treated { 30 } else { 10 + place / 6 };
        let event = (place / 2 % 3 == 0).then_some(day);
        person(treated, need(place), event, 180)
    };
    let study = study("landmark = 30, draws = 20, seed = 3");
    for n in [120, 180, 240, 300, 360] {
        let found = super::comparison::compare(&study, (0..n).map(one).collect());
        let effect = found.expect("a comparison").findings[0].crude.expect("an effect");
        assert_eq!(effect.difference.value.to_bits(), 0.0_f64.to_bits(), "{n} people");
    }
}

/// A little chance is told with four digits.
#[test]
fn chances_have_four_digits() {
    let one = |place: i32| {
        let share = if place % 2 == 0 { 6 } else { 9 };
        let event = (place / 2 % share < 3).then_some(20 + place % 40);
        person(place % 2 == 0, need(place), event, 180)
    };
    let title = published((0..360).map(one).collect(), false).curves[0].sheet().title;
    let p = title.split("log-rank test p = ").nth(1).and_then(|rest| rest.split(',').next());
    let digits = p.expect("a chance").trim_start_matches(['0', '.']);
    assert_eq!(digits.len(), 4, "{title}");
}

/// What is published of people of whom it is known, or not, whether they are women; of the first group
/// so many are.
fn parted(women: i32) -> PublishedStudy {
    let text = r#"
id = "parted"
title = "Parted"
question = "Is what is not known told apart?"
follow_up = 100
index = { discharge = "inpatient" }
analysis = { landmark = 30, draws = 20 }
intervention = [{ name = "Care", classes = ["peer"] }]
strategy = [
  { name = "Care", gets = [{ intervention = "Care", days = [1, 30] }] },
  { name = "No care", otherwise = true },
]
outcome = [{ name = "Readmission", admission = "inpatient" }]
covariate = [
  { name = "Need", age = true },
  { name = "Female", attribute = "sex", is = ["F"], stratum = true },
]
"#;
    let source = Source { path: "parted.toml".into(), text: text.to_owned() };
    let study = read_study(&Document::parse(source).expect("it is TOML"));
    let one = |place: i32| {
        let treated = place < 240;
        let at = place % 240;
        let event = (at % 4 == 0).then_some(10 + at % 60);
        let mut one = person(treated, need(place), event, 100);
        let is_known = at >= 120;
        let women = if treated { women } else { 60 };
        one.covariates.push(is_known.then_some(f64::from(u8::from(at - 120 < women))));
        one
    };
    let study = study.unwrap_or_else(|problems| panic!("{problems}"));
    published_of(&study, (0..480).map(one).collect(), false)
}

#[test]
fn what_is_not_known_is_a_part_of_its_own() {
    let found = parted(60);
    let rows = &found.contrasts[0].estimates.rows;
    for part in ["yes", "no", "not known"] {
        let label = Field::words(format!("Readmission, Female: {part}"));
        assert!(rows.iter().any(|row| row[0] == label), "{part}: {rows:?}");
    }
    let balance = |found: &PublishedStudy| {
        let rows = found.contrasts[0].balance.iter().map(|row| (row.name.clone(), &row.before));
        let shown = rows.map(|(name, before)| (name, *before != Field::Hidden));
        shown.collect::<Vec<_>>()
    };
    let named = |shown: bool| [("Need", true), ("Female", shown), ("Female not known", true)];
    let owned = |rows: [(&str, bool); 3]| rows.map(|(name, is)| (name.to_owned(), is)).to_vec();
    assert_eq!(balance(&found), owned(named(true)));
    assert_eq!(balance(&parted(5)), owned(named(false)), "five women in a group");
}
