//! The registry of instruments: what it makes of its numbers, and how its errors are shown.

use expect_test::expect;
use throughline::diagnostic::{Document, Source};
use throughline::indicator::{self, read_instruments};
use throughline::kernel::Supply;
use throughline::statistics::{Instrument, Norm, ReliableChange, clinical_cut_off};
use throughline::terms::instrument::{Instruments, cut_off, least_reliable_change};

fn read(text: &str) -> Result<Instruments, String> {
    let source = Source { path: "instruments.toml".to_owned(), text: text.to_owned() };
    let document = Document::parse(source).map_err(|problems| problems.to_string())?;
    read_instruments(&document).map_err(|problems| problems.to_string())
}

#[test]
fn the_smallest_change_is_where_the_index_passes_its_quantile() {
    for (deviation, reliability) in [(6.0, 0.84), (12.0, 0.84), (8.0, 0.8), (2.5, 0.0), (1.0, 0.99)]
    {
        let least = least_reliable_change(deviation, reliability);
        let slow = Instrument { deviation, reliability, higher_is_better: true };
        // 1.96 is the quantile of 0.95 rounded to two digits.
        let index = |thousandths: i64| {
            #[expect(clippy::cast_precision_loss, reason = "points of a scale")]
            let points = thousandths as f64 / 1000.0;
            slow.reliable_change_index(0.0, points)
        };
        assert!(index(least) > 1.96 && index(least - 1) <= 1.96, "{deviation} {reliability}");
        #[expect(clippy::cast_precision_loss, reason = "points of a scale")]
        let beyond = least as f64 / 1000.0 + 0.01;
        assert_eq!(slow.reliable_change(0.0, beyond, 0.95), ReliableChange::Improved);
    }
    let (clinical, general) = ((16.0, 6.0), (4.0, 3.0));
    let norm = |(mean, deviation)| Norm { mean, deviation };
    let slow = clinical_cut_off(norm(clinical), norm(general));
    assert!((cut_off(clinical, general) - slow).abs() < 1e-12);
}

#[test]
fn the_shipped_registry_says_what_the_catalogue_says() {
    let known = crate::definitions::instruments();
    let of = |id: &str| known.at(known.place(id).expect("an instrument of the registry"));
    let (mood, worry) = (of("PHQ-9"), of("GAD-7"));
    assert_eq!((mood.least_change, mood.case_from), (Some(6000), Some(10_000)));
    assert_eq!((worry.least_change, worry.case_from), (Some(4000), Some(8000)));
    // Norms 32 (12) and 10 (6): (12·10 + 6·32) ÷ 18 = 17.333.
    assert_eq!(of("functioning_adult").case_from, Some(17_333));
    assert_eq!(known.place("phq-9"), None);
}

/// A registry with one problem of each kind.
const WRONG: &str = r#"[[instrument]]
id           = "mood"
domain       = "depresion"
better       = "lower"
minimum      = 0
maximum      = 27
sd           = 6.0
reliability  = 0.84
least_change = 6
evidence     = "verified"
source       = "here"

[[instrument]]
id       = "mood"
domain   = "anxiety"
better   = "lower"
minimum  = 21
maximum  = 0
clinical = { mean = 16 }
evidence = "guessed"
"#;

#[test]
fn every_problem_is_drawn_on_the_users_text() {
    let told = read(WRONG).expect_err("a registry with problems");
    expect![[r#"
        error: the smallest change is given twice
         --> instruments.toml:1:1
          |
        1 | [[instrument]]
          | ^^^^^^^^^^^^^^ in this table
          |
        help: give `least_change`, or `reliability` beside `sd`, but not both

        error: unknown domain `depresion`
         --> instruments.toml:3:16
          |
        3 | domain       = "depresion"
          |                ^^^^^^^^^^^ expected `depression`, `anxiety`, `distress`, `substance_use`, `functioning`, `quality_of_life`, `recovery_milestone`, `social_connectedness`, `well_being`, `care_access`, `care_quality`, `care_outcome`, `care_participation`, `care_satisfaction`
          |
        help: did you mean `depression`?

        error: which scores are valid?
          --> instruments.toml:13:1
           |
        13 | [[instrument]]
           | ^^^^^^^^^^^^^^ in this table
           |
        help: `minimum = 0` and a greater `maximum = 27`

        error: a case begins at a score, or between two norms
          --> instruments.toml:13:1
           |
        13 | [[instrument]]
           | ^^^^^^^^^^^^^^ in this table
           |
        help: give `case_from`, or both `clinical` and `general`

        error: `source` is missing
          --> instruments.toml:13:1
           |
        13 | [[instrument]]
           | ^ in this table
           |
        help: add `source = …`: where its numbers come from

        error: `mood` is listed twice
          --> instruments.toml:14:12
           |
         2 | id           = "mood"
           |                ------ first here
        ...
        14 | id       = "mood"
           |            ^^^^^^ here again
           |
        help: keep one of them

        error: a norm is a mean and an `sd` above 0
          --> instruments.toml:19:12
           |
        19 | clinical = { mean = 16 }
           |            ^^^^^^^^^^^^^ here
           |
        help: `clinical = { mean = 16, sd = 6 }`

        error: unknown evidence `guessed`
          --> instruments.toml:20:12
           |
        20 | evidence = "guessed"
           |            ^^^^^^^^^ expected `verified`, `from memory`, `project-defined`"#]]
    .assert_eq(&told);
}

#[test]
fn without_a_registry_nothing_is_counted_and_the_reason_is_named() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("pipelines/indicators/outcome/functioning_change.toml");
    let [definition] = &crate::definitions::definitions(&path)[..] else { panic!("one preset") };
    let delivered = ["outcomes", "outcomes.score", "outcomes.instrument"].map(str::to_owned);
    let supply = Supply { delivered: delivered.into(), ..Supply::default() };
    let missing = supply.missing(&definition.indicators[0]);
    assert_eq!(missing, [format!("{}.functioning", indicator::INSTRUMENTS)]);
}
