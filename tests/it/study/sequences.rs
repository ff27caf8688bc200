//! States and figures of one sequence against `TraMineR` 2.2-12 (data sets `ex1` and `mvad`).

use throughline::study::{
    CareState, Course, Distinct, Months, Sequence, State, StateSpan, TransitionRates, complexity,
    degradation, entropy, longitudinal_shares, monthly_states, state_distribution, transitions,
    turbulence, volatility,
};
use throughline::terms::Level;

use super::{MVAD, day, letters, mvad, near};

#[test]
fn figures_of_mvad() {
    let expected = [
        (0.072_409_660_419_054_3, 3.076_599_182_654_35, 0.045_812_997_465_612_1),
        (0.386_624_975_975_45, 11.176_173_149_107_5, 0.074_854_929_840_213_8),
        (0.612_430_512_388_139, 6.411_073_443_856_18, 0.163_179_084_389_186),
        (0.476_115_451_862_602, 4.807_756_306_207_56, 0.117_475_307_533_436),
        (0.728_414_601_355_208, 12.622_296_574_542_5, 0.290_609_474_766_038),
        (0.501_906_295_278_024, 11.555_867_415_196_3, 0.241_230_251_492_497),
        (0.601_614_697_602_222, 10.400_795_491_741_5, 0.264_106_850_928_756),
    ];
    for ((sequence, spells), expected) in mvad().iter().zip(MVAD).zip(expected) {
        near(entropy(sequence, 6), expected.0);
        near(turbulence(sequence).expect("a state"), expected.1);
        near(complexity(sequence, 6), expected.2);
        assert_eq!(transitions(sequence), spells.split(' ').count() - 1);
    }
}

/// `ex1`: empty positions at the left and inside count for the length, those at the right do not.
#[test]
fn empty_positions_of_ex1() {
    let check = |text: &str, length: usize, changes: usize, expected: (f64, f64)| {
        let sequence = letters(text, "ABCD");
        assert_eq!((sequence.len(), transitions(&sequence)), (length, changes), "{text}");
        near(entropy(&sequence, 4), expected.0);
        near(complexity(&sequence, 4), expected.1);
    };
    check("...AAAAAAAAAA", 13, 0, (0.0, 0.0));
    check("DDDBBBBBBB...", 10, 1, (0.440_645_449_615_346, 0.221_270_435_243_428));
    check(".DDDDDDDDDD..", 11, 0, (0.0, 0.0));
    check("AA..BBBBDD...", 10, 2, (0.75, 0.408_248_290_463_863));
    check("A.AAAA.AAA...", 10, 0, (0.0, 0.0));
    check(".............", 0, 0, (0.0, 0.0));
    assert!(letters("....", "ABCD").is_empty());
    assert_eq!(turbulence(&letters("....", "ABCD")), None);
}

#[test]
fn a_year_by_hand() {
    let year = letters("OOIIROOOOOOO", "OIRX");
    assert!((entropy(&year, 4) - 0.5204).abs() < 5e-5);
    assert!((complexity(&year, 4) - 0.3767).abs() < 5e-5);
    near(turbulence(&year).expect("a state"), 30_f64.log2());
    near(volatility(&year, 4, 0.5), 0.5 * 2.0 / 3.0 + 0.5 * 3.0 / 11.0);
    let shares = longitudinal_shares(&year, 4);
    [9.0 / 12.0, 2.0 / 12.0, 1.0 / 12.0, 0.0].iter().zip(shares).for_each(|(a, b)| near(b, *a));
}

/// The subsequences one by one, as a set.
#[test]
fn turbulence_counts_subsequences() {
    for text in ["A", "AB", "ABA", "ABAB", "ABCAB", "ABCDABCD", "ABACADA"] {
        let states: Vec<char> = text.chars().collect();
        let mut found = std::collections::BTreeSet::new();
        for mask in 0_u32..1 << states.len() {
            let chosen: String =
                (0..states.len()).filter(|at| mask >> at & 1 == 1).map(|at| states[at]).collect();
            found.insert(chosen);
        }
        // All spells last one position: how even they are is 1.
        let count = f64::from(u32::try_from(found.len()).expect("few"));
        near(turbulence(&letters(text, "ABCD")).expect("a state"), count.log2());
    }
}

#[test]
fn degradation_is_down_less_up() {
    let ranks = [Some(0), Some(1), Some(2), None];
    let check =
        |text: &str, expected: f64| near(degradation(&letters(text, "ABCN"), &ranks), expected);
    check("AABBCC", 1.0);
    check("CCBA", -1.0);
    check("ABABC", 0.5);
    check("AAAA", 0.0);
    check("ANNB", 1.0);
    check("ANA", 0.0);
    check("NNB.C", 1.0);
    check("NNN", 0.0);
    let alike = [Some(0), Some(1), Some(1), None];
    near(degradation(&letters("ABCA", "ABCN"), &alike), 0.0);
}

fn course(spans: &[(CareState, &str, &str)], death: Option<&str>) -> Course {
    let span = |(state, start, end): &(CareState, &str, &str)| StateSpan {
        state: state.state(),
        start: day(start),
        end: day(end),
    };
    Course {
        spans: spans.iter().map(span).collect(),
        absorbed: death.map(|text| (day(text), CareState::Dead.state())),
    }
}

fn months(course: &Course, unseen_from: &str) -> String {
    let months = Months {
        first: day("2024-01-15"),
        count: 6,
        unseen_from: day(unseen_from),
        priority: CareState::priority(),
    };
    let name = |state: &Option<State>| match state {
        None => '.',
        Some(state) => CareState::ALL[state.index()].title().chars().next().expect("a title"),
    };
    monthly_states(course, &months).positions().iter().map(name).collect()
}

#[test]
fn the_first_state_by_priority_wins_the_month() {
    let spans = [
        (CareState::NoContact, "2024-01-01", "2024-06-01"),
        (CareState::Level2, "2024-02-10", "2024-02-11"),
        (CareState::Level6, "2024-02-28", "2024-03-02"),
        (CareState::Custody, "2024-03-31", "2024-04-01"),
    ];
    assert_eq!(
        months(&course(&spans, None), "2024-12-31"),
        "N2CNN",
        "an end is the first day after"
    );
    assert_eq!(months(&course(&spans, None), "2024-04-30"), "N2C", "April is not seen to its end");
    assert_eq!(months(&course(&spans[1..], None), "2024-12-31"), ".2C", "not enrolled is empty");
    assert_eq!(months(&course(&spans[3..], None), "2024-12-31"), "..C");
}

#[test]
fn death_holds_from_the_next_month() {
    let spans = [
        (CareState::Level2, "2024-01-01", "2024-01-05"),
        (CareState::NoContact, "2024-01-01", "2024-12-31"),
    ];
    assert_eq!(months(&course(&spans, Some("2024-03-01")), "2024-12-31"), "LNNDDD");
    assert_eq!(months(&course(&spans[..1], Some("2024-02-29")), "2024-12-31"), "LDDDDD");
    assert_eq!(months(&course(&spans[..1], Some("2024-02-29")), "2024-04-01"), "LDD");
    assert_eq!(months(&course(&spans[..1], Some("2024-03-01")), "2024-12-31"), "L.DDDD");
}

#[test]
fn states_of_care_are_ordered() {
    for (place, state) in CareState::ALL.iter().enumerate() {
        assert_eq!(state.state().index(), place);
    }
    for number in 0..=6 {
        let level = Level::new(number).expect("a level");
        let state = CareState::of_level(level);
        assert_eq!(state.is_none(), number == 0);
        if let Some(state) = state {
            assert_eq!(state.title(), level.title());
            assert_eq!(CareState::ranks()[state.state().index()], Some(level.number() - 1));
        }
    }
    assert_eq!(CareState::ranks()[0], Some(6));
    assert_eq!(CareState::ranks()[7..], [None, None, None]);
}

fn people() -> Vec<Sequence> {
    ["AAB", "AAB", "A.B", "BBA", "AB"].map(|text| letters(text, "AB")).to_vec()
}

#[test]
fn identical_sequences_are_counted_once() {
    let people = people();
    let distinct = Distinct::new(&people);
    assert_eq!(distinct.people.iter().sum::<u64>(), 5);
    assert_eq!(distinct.sequences.len(), 4);
    for (person, place) in distinct.of_person.iter().enumerate() {
        assert_eq!(distinct.sequences[*place], people[person]);
    }
    assert_eq!(distinct.people[distinct.of_person[0]], 2);
    let reversed: Vec<Sequence> = people.iter().rev().cloned().collect();
    assert_eq!(Distinct::new(&reversed).sequences, distinct.sequences);
}

#[test]
fn states_and_transitions_are_counted_by_people() {
    let distinct = Distinct::new(&people());
    let table = state_distribution(&distinct, 2);
    let counts: Vec<(u64, u64)> = table.iter().map(|row| (row.people[0], row.people[1])).collect();
    assert_eq!(counts, [(4, 1), (2, 2), (1, 3)]);
    near(table[1].entropy, 1.0);
    let rates = TransitionRates::new(&distinct, 2);
    assert_eq!(
        [rates.count(0, 0), rates.count(0, 1), rates.count(1, 0), rates.count(1, 1)],
        [2, 3, 1, 1]
    );
    near(rates.rate(0, 1), 0.6);
    near(rates.rate(1, 0), 0.5);
    let by_position = TransitionRates::by_position(&distinct, 2);
    assert_eq!(by_position.len(), 2);
    near(by_position[1].rate(0, 1), 1.0);
    near(by_position[0].rate(1, 0), 0.0);
}
