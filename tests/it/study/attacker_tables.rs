//! The same reader, who holds the tables of a study beside one another: outcomes that share people,
//! rare pathways, months of states, balance and models.

use std::collections::BTreeMap;

use rand_pcg::Pcg64Mcg;
use throughline::diagnostic::{Document, Source};
use throughline::study::{
    CareState, Cohort, Era, Field, Flow, Followed, History, Intervention, Observed, Person,
    PublishedStudy, Sequence, Sheet, State, Study, contrasts, publish, read_study,
};
use throughline::terms::Day;

use super::attacker::{Attack, Chance, LEAST};

const FOLLOW_UP: i32 = 120;
const MONTHS: usize = 8;
const INDEX: Day = Day(19_000);

fn study() -> Study {
    let text = format!(
        r#"
id = "attacked"
title = "Attacked"
question = "Can a reader find out what few people did?"
follow_up = {FOLLOW_UP}
index = {{ discharge = "inpatient" }}
analysis = {{ at_index = true, draws = 20 }}
pathways = {{ keep = "changes", combination_window = 14 }}
sequences = {{ months = {MONTHS}, most_groups = 3, draws = 2 }}
intervention = [
  {{ name = "A", classes = ["peer"] }},
  {{ name = "B", classes = ["therapy"] }},
  {{ name = "C", classes = ["rehab"] }},
]
strategy = [
  {{ name = "Care", gets = [{{ intervention = "A", days = [-30, 0] }}] }},
  {{ name = "No care", otherwise = true }},
]
outcome = [
  {{ name = "Readmission", admission = "inpatient" }},
  {{ name = "Round the clock", admission = "24h" }},
]
covariate = [
  {{ name = "Need", age = true }},
  {{ name = "Rare", smi = true }},
  {{ name = "Visits", ed_visits = true, days = [-90, 0] }},
]
"#
    );
    let source = Source { path: "attacked.toml".into(), text };
    read_study(&Document::parse(source).expect("it is TOML"))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// How frequent things are in a world, in percent.
struct Frequency {
    had: i32,
    /// Of those, who were in residential care before or instead.
    apart: i32,
    died: i32,
    left: i32,
    rare: i32,
    visits: i32,
}

fn history(chance: &mut Chance) -> History {
    let steps = [0, 1, 1, 1, 2, 2, 3][usize::try_from(chance.below(7)).expect("small")];
    let mut events = Vec::new();
    for step in 0..steps {
        // The first intervention is frequent, the last one rare.
        let kind = [0, 0, 0, 0, 0, 1, 1, 1, 2][usize::try_from(chance.below(9)).expect("small")];
        let start = INDEX + 30 * step + chance.below(12);
        let known = Intervention::new(kind).expect("three of them");
        events.extend(Era::new(known, start, start + 16 + chance.below(20)));
    }
    events.sort_unstable();
    History { targets: vec![(INDEX, INDEX + FOLLOW_UP)], events, exits: Vec::new() }
}

/// Months among some states, each mostly like the one before.
fn months(chance: &mut Chance) -> Sequence {
    let states = [CareState::Level2, CareState::NoContact, CareState::Level6, CareState::Custody];
    let mut now = 0;
    let month = |chance: &mut Chance| {
        let turn = chance.below(100);
        now = match turn {
            0..70 => now,
            70..94 => 1 - now.min(1),
            94..98 => 2,
            _ => 3,
        };
        Some(states[now].state())
    };
    let mut month = month;
    let found: Vec<Option<State>> = (0..MONTHS).map(|_| month(chance)).collect();
    Sequence::new(found)
}

fn person(chance: &mut Chance, treated: bool, often: &Frequency) -> Person {
    let day = 1 + 14 * chance.below(8) + chance.below(12);
    let (mut readmitted, mut around, mut death, mut follow_up) = (None, None, None, FOLLOW_UP);
    let kind = chance.below(100);
    if kind < often.had {
        around = Some(day);
        let apart = chance.below(100);
        readmitted = if apart >= often.apart {
            around
        } else {
            // On no day of the grid, as everything else.
            let later = day + 3 + chance.below(40);
            let later = later + i32::from(later % 14 == 0);
            let again = (apart % 3 == 0 && later < FOLLOW_UP).then_some(later);
            if again.is_none() && apart % 3 == 1 && later < FOLLOW_UP {
                follow_up = later;
                death = (apart % 2 == 0).then_some(later);
            }
            again
        };
    } else if kind < often.had + often.died {
        (death, follow_up) = (Some(day), day);
    } else if kind < often.had + often.died + often.left {
        follow_up = day;
    }
    let met = treated.then_some(0);
    let visits = if chance.below(100) < often.visits { 1 + chance.below(3) } else { 0 };
    Person {
        index: INDEX,
        lost: None,
        follow_up,
        death,
        followed: vec![Followed { met, broken: None }, Followed { met: None, broken: met }],
        outcomes: vec![Observed::First(readmitted), Observed::First(around)],
        again: [readmitted, around].iter().map(|day| day.iter().copied().collect()).collect(),
        covariates: vec![
            Some(f64::from(chance.below(40))),
            Some(f64::from(u8::from(chance.below(100) < often.rare))),
            Some(f64::from(visits + 1).ln()),
        ],
        history: history(chance),
        months: months(chance),
        career: Vec::new(),
        phases: Vec::new(),
    }
}

fn world(seed: u64) -> (Cohort, PublishedStudy) {
    let study = study();
    let mut chance = Chance(Pcg64Mcg::new(u128::from(seed) * 2 + 0x2545_f491_4f6c_dd1d));
    let often = Frequency {
        had: 15 + chance.below(45),
        apart: chance.below(70),
        died: chance.below(8),
        left: chance.below(20),
        rare: 2 + chance.below(14),
        visits: 2 + chance.below(20),
    };
    let (mut people, mut arms) = (Vec::new(), Vec::new());
    for arm in 0..2 {
        for _ in 0..(80 + chance.below(160)) {
            people.push(person(&mut chance, arm == 0, &often));
            arms.push(Some(arm));
        }
    }
    let flow = vec![Flow::Left { what: "members compared", n: people.len() as u64 }];
    let cohort = Cohort { people, arms, flow };
    let found = contrasts(&study, &cohort);
    let published = publish(&study, &cohort, &found, false);
    (cohort, published)
}

fn sheet<'p>(sheets: &'p [Sheet], id: &str) -> &'p Sheet {
    sheets.iter().find(|sheet| sheet.id.starts_with(id)).unwrap_or_else(|| panic!("no {id}"))
}

fn first(one: &Person, outcome: usize) -> Option<i32> {
    let Observed::First(day) = one.outcomes[outcome] else { return None };
    day
}

fn whole(number: usize) -> u32 {
    u32::try_from(number).expect("few people")
}

/// What becomes of somebody: in which stretch of days each outcome came, and how and when follow-up
/// ended; the last stretch is never.
type Course = (usize, usize, usize, bool);

/// How many people of a strategy had which course.
fn courses_of(cohort: &Cohort, grid: &[i32], arm: usize) -> BTreeMap<Course, u32> {
    let never = grid.len();
    let within =
        |day: Option<i32>| day.map_or(never, |day| grid.partition_point(|last| *last < day));
    let mut truth: BTreeMap<Course, u32> = BTreeMap::new();
    for around in 0..=never {
        for readmitted in around..=never {
            for end in 0..=never {
                // Whoever was not readmitted may leave or die, also after other care.
                let leaves = readmitted == never && (around == never || end >= around);
                if end == never || leaves {
                    truth.insert((around, readmitted, end, false), 0);
                    truth.insert((around, readmitted, end, true), 0);
                }
            }
        }
    }
    for one in cohort.arm(arm) {
        let left = (one.follow_up < FOLLOW_UP).then_some(one.follow_up);
        let course =
            (within(first(one, 1)), within(first(one, 0)), within(left), one.death.is_some());
        *truth.entry(course).or_default() += 1;
    }
    truth
}

/// Curves and risks of both outcomes of one strategy: a readmission is always a stay around the clock.
fn outcomes_of(cohort: &Cohort, published: &PublishedStudy, arm: usize) -> Vec<String> {
    let grid: Vec<i32> = published.curves[0].curves[arm]
        .days
        .iter()
        .map(|day| i32::try_from(day.day).expect("a day"))
        .filter(|day| *day > 0)
        .collect();
    let never = grid.len();
    let truth = courses_of(cohort, &grid, arm);
    let mut attack = Attack::default();
    let places: Vec<(Course, usize)> = truth
        .iter()
        .map(|(one, n)| {
            (
                *one,
                attack.unknown(
                    format!("{}.{}.{}{}", one.0, one.1, one.2, if one.3 { "d" } else { "" }),
                    *n,
                ),
            )
        })
        .collect();
    let those = |holds: &dyn Fn(&Course) -> bool| -> Vec<usize> {
        places.iter().filter(|(one, _)| holds(one)).map(|(_, at)| *at).collect()
    };
    let sum = |terms: &[usize], attack: &Attack| terms.iter().map(|at| attack.truth_of(*at)).sum();
    let learn = |terms: Vec<usize>, attack: &mut Attack| {
        let n: u32 = sum(&terms, attack);
        attack.learn(terms, n);
    };
    learn(those(&|_| true), &mut attack);
    for (outcome, curves) in published.curves.iter().enumerate() {
        let of = move |one: &Course| if outcome == 0 { one.1 } else { one.0 };
        let shown = curves.curves[arm].days.iter().filter(|day| day.day > 0);
        for (place, day) in shown.enumerate() {
            if day.free.is_some() || day.incidence.is_some() {
                learn(those(&|one| of(one) <= place), &mut attack);
            }
            if day.incidence.is_some() {
                learn(those(&|one| one.3 && one.2 <= place && of(one) == never), &mut attack);
            }
            if day.at_risk.is_some() {
                learn(those(&|one| of(one) > place && one.2 > place), &mut attack);
            }
        }
        let name = &curves.outcome;
        let told = published.contrasts[0].estimates.rows.iter().any(|row| {
            row[0] == Field::words(name.clone()) && row[1] != Field::words("hidden: few people")
        });
        if told {
            learn(those(&|one| of(one) < never), &mut attack);
        }
    }
    let mut secrets = Vec::new();
    for from in 0..=never {
        // One without the other so far, and each in a stretch.
        secrets.push(those(&|one| one.0 <= from && one.1 > from));
        for to in from..never {
            secrets.push(those(&|one| (from..=to).contains(&one.0)));
            secrets.push(those(&|one| (from..=to).contains(&one.1)));
        }
    }
    attack.found_out(&secrets)
}

fn names(path: &str) -> Vec<&str> {
    path.split('-').collect()
}

/// Every pathway that could be, of up to three steps.
fn possible() -> Vec<String> {
    let steps = ["A", "B", "C", "A+B", "A+C", "B+C"];
    let mut all = vec!["None".to_owned()];
    let mut ends: Vec<String> = vec![String::new()];
    for _ in 0..3 {
        ends = ends
            .iter()
            .flat_map(|path| steps.iter().map(move |step| (path, step)))
            .filter(|(path, step)| path.rsplit('-').next() != Some(step))
            .map(
                |(path, step)| {
                    if path.is_empty() { (*step).to_owned() } else { format!("{path}-{step}") }
                },
            )
            .collect();
        all.extend(ends.iter().cloned());
    }
    all
}

/// How many people went each path that could be.
fn paths_gone(cohort: &Cohort) -> BTreeMap<String, u32> {
    let study = study();
    let rules = study.pathways.clone().expect("pathways are asked for");
    let histories: Vec<History> = cohort.people.iter().map(|one| one.history.clone()).collect();
    let found = throughline::study::pathways(&histories, &rules);
    let mut truth: BTreeMap<String, u32> = possible().into_iter().map(|path| (path, 0)).collect();
    *truth.entry("None".to_owned()).or_default() +=
        u32::try_from(found.people_without).expect("few");
    for path in &found.paths {
        *truth.entry(path.name(&study.names)).or_default() += 1;
    }
    truth
}

/// True if a path has what a row of the changes counts.
fn has_change(steps: &[&str], what: &str) -> bool {
    match what {
        "several interventions at once" => steps.iter().any(|step| step.contains('+')),
        "a second line" => steps.len() > 1,
        _ => how_often(steps, what) > 0,
    }
}

/// How many steps of a path are such a change.
fn how_often(steps: &[&str], what: &str) -> usize {
    let covers = |one: &str, other: &str| {
        let parts: Vec<&str> = one.split('+').collect();
        other.split('+').all(|part| parts.contains(&part))
    };
    let holds = |two: &&[&str]| match (what, two[0], two[1]) {
        ("a switch" | "switches, a year", old, new) => !covers(new, old) && !covers(old, new),
        ("an addition" | "additions, a year", old, new) => old != new && covers(new, old),
        (_, old, new) => old != new && covers(old, new),
    };
    steps.windows(2).filter(holds).count()
}

/// What rare paths are like, and each path for itself.
fn rare_paths(places: &[(String, usize)], shown: &[&str]) -> Vec<Vec<usize>> {
    let those = |holds: &dyn Fn(&str) -> bool| -> Vec<usize> {
        places.iter().filter(|(path, _)| holds(path)).map(|(_, at)| *at).collect()
    };
    let rare = |path: &str| path != "None" && !shown.contains(&path);
    let mut secrets = vec![
        those(&|path| path == "None"),
        those(&|path| rare(path)),
        those(&|path| rare(path) && names(path).len() == 1),
        those(&|path| rare(path) && names(path).len() > 1),
        those(&|path| rare(path) && names(path).len() > 2),
    ];
    for step in ["A", "B", "C", "A+B", "A+C", "B+C"] {
        for line in 0..3 {
            secrets.push(those(&|path| rare(path) && names(path).get(line) == Some(&step)));
        }
    }
    secrets.extend(places.iter().map(|(_, at)| vec![*at]));
    secrets
}

fn pathways_of(cohort: &Cohort, published: &PublishedStudy) -> Vec<String> {
    let mut attack = Attack::default();
    let places: Vec<(String, usize)> = paths_gone(cohort)
        .into_iter()
        .map(|(path, n)| (path.clone(), attack.unknown(path, n)))
        .collect();
    let those = |holds: &dyn Fn(&str) -> bool| -> Vec<usize> {
        places.iter().filter(|(path, _)| holds(path)).map(|(_, at)| *at).collect()
    };
    let sheets = published.sheets();
    let paths = sheet(&sheets, "pathways");
    let shown: Vec<&str> = paths
        .rows
        .iter()
        .filter_map(|row| if let Field::Words(name) = &row[0] { Some(name.as_str()) } else { None })
        .collect();
    let count =
        |field: &Field| field.value().map(|n| format!("{n}").parse::<u32>().expect("a count"));
    for row in &paths.rows {
        let (Field::Words(name), Some(n)) = (&row[0], count(&row[1])) else { continue };
        let terms = if name.starts_with("Other (") {
            those(&|path| !shown.contains(&path))
        } else {
            those(&|path| path == name)
        };
        attack.learn(terms, n);
    }
    let is_path = |path: &str| path != "None";
    for row in &sheet(&sheets, "line_changes").rows {
        let Field::Words(what) = &row[0] else { continue };
        if what.starts_with("days from") {
            continue;
        }
        if what.ends_with("a year") {
            let often = |path: &str| if is_path(path) { how_often(&names(path), what) } else { 0 };
            let terms = places.iter().flat_map(|(path, at)| std::iter::repeat_n(*at, often(path)));
            if let Some(n) = count(&row[1]) {
                attack.learn(terms.collect(), n);
            }
            continue;
        }
        if let Some(n) = count(&row[1]) {
            attack.learn(those(&|path| is_path(path) && has_change(&names(path), what)), n);
        }
        if let Some(n) = count(&row[2]) {
            attack.learn(those(&is_path), n);
        }
    }
    for row in &sheet(&sheets, "step_durations").rows {
        let (Field::Words(step), Some(line), Some(n)) = (&row[0], count(&row[1]), count(&row[2]))
        else {
            continue;
        };
        // Of the pathways in the table alone.
        let at = usize::try_from(line).expect("small") - 1;
        let of = |path: &str| shown.contains(&path) && names(path).get(at) == Some(&step.as_str());
        attack.learn(those(&of), n);
    }
    let ends = sheet(&sheets, "pathway_attrition")
        .rows
        .iter()
        .find(|row| row[0] == Field::words("within the length of a pathway"));
    if let Some(row) = ends {
        let eras = places.iter().flat_map(|(path, at)| {
            let steps = if is_path(path) { names(path).len() } else { 0 };
            std::iter::repeat_n(*at, steps)
        });
        attack.learn(eras.collect(), count(&row[1]).expect("eras"));
        attack.learn(those(&is_path), count(&row[2]).expect("people"));
    }
    attack.found_out(&rare_paths(&places, &shown))
}

fn months_of(cohort: &Cohort, published: &PublishedStudy) -> Vec<String> {
    let courses = published.courses.as_ref().expect("courses");
    let states = CareState::ALL.len();
    let mut attack = Attack::default();
    let mut truth = vec![vec![0_u32; states]; states];
    let place = |state: Option<State>| state.expect("every month is known").index();
    for one in &cohort.people {
        for pair in one.months.positions().windows(2) {
            truth[place(pair[0])][place(pair[1])] += 1;
        }
    }
    let mut cells = vec![vec![0; states]; states];
    for (before, row) in truth.iter().enumerate() {
        for (after, n) in row.iter().enumerate() {
            cells[before][after] = attack.unknown(format!("{before} to {after}"), *n);
        }
    }
    let sum = |terms: &[usize], attack: &Attack| terms.iter().map(|at| attack.truth_of(*at)).sum();
    let learn = |terms: Vec<usize>, attack: &mut Attack| {
        let n: u32 = sum(&terms, attack);
        attack.learn(terms, n);
    };
    // Months of a state, where every month is told, are the sums of its row and of its column.
    let all_told = courses.all.len() == MONTHS;
    for state in (0..states)
        .filter(|state| all_told && courses.all.iter().all(|m| m.shares[*state].is_some()))
    {
        learn(cells[state].clone(), &mut attack);
        learn(cells.iter().map(|row| row[state]).collect(), &mut attack);
    }
    let title = |field: &Field| match field {
        Field::Words(words) => CareState::ALL.iter().position(|state| state.title() == words),
        _ => None,
    };
    let named: Vec<usize> =
        courses.transitions.rows.iter().filter_map(|row| title(&row[0])).collect();
    for row in &courses.transitions.rows {
        let before: Vec<usize> = match title(&row[0]) {
            Some(state) => vec![state],
            None => (0..states).filter(|state| row[1 + state] == Field::Hidden).collect(),
        };
        for (after, field) in row[1..=states].iter().enumerate() {
            if *field != Field::Hidden {
                learn(before.iter().map(|from| cells[*from][after]).collect(), &mut attack);
            }
        }
        let hidden = (0..states).filter(|state| row[1 + state] == Field::Hidden);
        let terms: Vec<usize> = hidden
            .flat_map(|after| before.iter().map(move |from| (*from, after)))
            .map(|(a, b)| cells[a][b])
            .collect();
        if !terms.is_empty() {
            learn(terms, &mut attack);
        }
    }
    assert!(named.len() > 1, "some rates are told");
    attack.found_out(&cells.iter().flatten().map(|at| vec![*at]).collect::<Vec<_>>())
}

/// With the numbers of people, a standardised difference of a covariate that is so or not leaves few
/// pairs of counts; where all of them have the same small count, it is known.
fn balance_of(cohort: &Cohort, published: &PublishedStudy) -> Vec<String> {
    let n: [u32; 2] = [0, 1].map(|arm| whole(cohort.arm(arm).count()));
    let sheets = published.sheets();
    let rows = &sheet(&sheets, "balance").rows;
    let Some(told) =
        rows.iter().find(|row| row[0] == Field::words("Rare")).and_then(|row| row[1].value())
    else {
        return Vec::new();
    };
    let share = |k: u32, of: u32| f64::from(k) / f64::from(of);
    let pairs = (0..=n[0]).flat_map(|one| (0..=n[1]).map(move |other| [one, other]));
    let fits = |[one, other]: &[u32; 2]| {
        let (p, q) = (share(*one, n[0]), share(*other, n[1]));
        let variance = |p: f64, n: u32| p * (1.0 - p) * f64::from(n) / f64::from(n - 1);
        let spread = f64::midpoint(variance(p, n[0]), variance(q, n[1])).sqrt();
        spread > 0.0 && ((p - q) / spread - told).abs() < 1e-9
    };
    let fitting: Vec<[u32; 2]> = pairs.filter(fits).collect();
    assert!(!fitting.is_empty(), "the reader knows how the difference is made");
    let mut found = Vec::new();
    for side in 0..2 {
        let counts: Vec<u32> = fitting.iter().map(|pair| pair[side]).collect();
        let few = |k: u32| (1..LEAST).contains(&k);
        if counts.iter().all(|k| few(*k) || few(n[side] - k)) {
            found.push(format!("in group {side} {counts:?} of {} are so", n[side]));
        }
    }
    found
}

/// A model of a yes-or-no covariate and the table of its outcome have the same sufficient counts.
#[test]
fn models_tell_no_small_number() {
    let mut told = 0;
    for seed in 0..30 {
        let (cohort, published) = world(seed);
        let Some(models) = published.contrasts[0].models.first() else { continue };
        for (outcome, curves) in published.curves.iter().enumerate() {
            let line = models.rows.iter().find(|row| {
                row[0] == Field::words(curves.outcome.clone()) && row[2] == Field::words("Rare")
            });
            if line.is_none_or(|row| row[3] == Field::Hidden) {
                continue;
            }
            told += 1;
            for had in [true, false] {
                for is_so in [1.0, 0.0] {
                    let own = cohort.people.iter().filter(|one| {
                        first(one, outcome).is_some() == had && one.covariates[1] == Some(is_so)
                    });
                    let n = whole(own.count());
                    assert!(n == 0 || n >= LEAST, "world {seed}: {n} people");
                }
            }
        }
    }
    assert!(told > 5, "models are told: {told}");
}

/// Everything that the reader finds out in some worlds.
fn check(seeds: std::ops::Range<u64>) {
    let (mut found, mut told) = (Vec::new(), [0; 2]);
    let worlds = seeds.end - seeds.start;
    for seed in seeds {
        let (cohort, published) = world(seed);
        let mut add = |what: &str, one: Vec<String>| {
            found.extend(one.into_iter().map(|one| format!("world {seed}, {what}: {one}")));
        };
        for arm in 0..2 {
            add("outcomes", outcomes_of(&cohort, &published, arm));
            let days = published.curves[1].curves[arm].days.iter();
            told[0] += days.filter(|day| day.free.is_some()).count();
        }
        add("pathways", pathways_of(&cohort, &published));
        add("months", months_of(&cohort, &published));
        add("balance", balance_of(&cohort, &published));
        let balance = published.contrasts[0].balance.iter();
        told[1] += balance.filter(|row| row.before.value().is_some()).count();
    }
    assert!(found.is_empty(), "a reader can tell that\n{}", found.join("\n"));
    let enough = usize::try_from(worlds).expect("few worlds");
    assert!(told[0] > enough, "the second outcome is told as well: {told:?}");
    assert!(told[1] > enough, "balance is told: {told:?}");
}

#[test]
fn tables_beside_one_another_tell_no_small_number() {
    check(0..8);
}

#[test]
#[ignore = "some minutes"]
fn tables_of_many_worlds_tell_no_small_number() {
    check(8..108);
}

#[test]
fn an_attacker_of_tables_finds_what_an_internal_report_shows() {
    let (cohort, _) = world(5);
    let study = study();
    let open = publish(&study, &cohort, &contrasts(&study, &cohort), true);
    assert!(!outcomes_of(&cohort, &open, 0).is_empty());
    assert!(!pathways_of(&cohort, &open).is_empty());
    assert!(!months_of(&cohort, &open).is_empty());
}
