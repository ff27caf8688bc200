//! A reader who knows every number of a study's tables and solves for what is hidden. It shares no code
//! with the protection: curves and flows become equations in how many people had the outcome or left
//! between two days, and linear programming says how well each small number is known.

use rand_core::Rng as _;
use rand_pcg::Pcg64Mcg;
use throughline::diagnostic::{Document, Source};
use throughline::study::{
    Cohort, Field, Flow, Followed, History, Observed, OutcomeCurves, Person, PublishedStudy,
    Sequence, Sheet, Study, contrasts, publish, read_study,
};
use throughline::terms::Day;

use crate::oversight::simplex::Simplex;

/// Counts from 1 to 10 are secrets.
pub(super) const LEAST: u32 = 11;
const FOLLOW_UP: i32 = 360;

fn study() -> Study {
    let text = format!(
        r#"
id = "attacked"
title = "Attacked"
question = "Can a reader find out what few people did?"
follow_up = {FOLLOW_UP}
index = {{ discharge = "inpatient" }}
analysis = {{ at_index = true, draws = 20 }}
intervention = [{{ name = "Care", classes = ["peer"] }}]
strategy = [
  {{ name = "Care", gets = [{{ intervention = "Care", days = [-30, 0] }}] }},
  {{ name = "No care", otherwise = true }},
]
outcome = [{{ name = "Readmission", admission = "inpatient" }}]
covariate = [{{ name = "Need", age = true }}]
"#
    );
    let source = Source { path: "attacked.toml".into(), text };
    read_study(&Document::parse(source).expect("it is TOML"))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

pub(super) struct Chance(pub(super) Pcg64Mcg);

impl Chance {
    /// From 0 to one less than `n`.
    pub(super) fn below(&mut self, n: u64) -> i32 {
        i32::try_from((self.0.next_u64() >> 33) % n).expect("a small number")
    }
}

/// What becomes of somebody, on a day that is none of the curve's grid.
fn person(chance: &mut Chance, treated: bool, shares: [i32; 3]) -> Person {
    let day = 1 + 30 * chance.below(12) + chance.below(28);
    let kind = chance.below(100);
    let (mut event, mut death, mut follow_up) = (None, None, FOLLOW_UP);
    if kind < shares[0] {
        event = Some(day);
    } else if kind < shares[0] + shares[1] {
        (death, follow_up) = (Some(day), day);
    } else if kind < shares[0] + shares[1] + shares[2] {
        follow_up = day;
    }
    let followed = Followed { met: treated.then_some(0), broken: None };
    let other = Followed { met: None, broken: treated.then_some(0) };
    Person {
        index: Day(19_000),
        lost: None,
        follow_up,
        death,
        followed: vec![followed, other],
        outcomes: vec![Observed::First(event)],
        again: vec![event.into_iter().collect()],
        covariates: vec![Some(f64::from(chance.below(40)))],
        history: History::default(),
        months: Sequence::new(Vec::new()),
        career: Vec::new(),
        phases: Vec::new(),
    }
}

/// Two groups; who has it, dies or leaves is frequent in some worlds and rare in others.
fn world(seed: u64) -> (Cohort, PublishedStudy) {
    let study = study();
    let mut chance = Chance(Pcg64Mcg::new(u128::from(seed) * 2 + 0x9e37_79b9_7f4a_7c15));
    let shares = [4 + chance.below(50), chance.below(12), chance.below(30)];
    let (mut people, mut arms) = (Vec::new(), Vec::new());
    for arm in 0..2 {
        for _ in 0..(60 + chance.below(240)) {
            people.push(person(&mut chance, arm == 0, shares));
            arms.push(Some(arm));
        }
    }
    let outs = (0..4).map(|n| {
        let why = format!("reason {n}");
        Flow::Out { why, n: u64::try_from(chance.below(30)).expect("a count") }
    });
    let mut outs: Vec<Flow> = outs.collect();
    outs.insert(2, Flow::Left { what: "members", n: 0 });
    let flow = flow(outs, people.len() as u64);
    let cohort = Cohort { people, arms, flow };
    let found = contrasts(&study, &cohort);
    let published = publish(&study, &cohort, &found, false);
    (cohort, published)
}

/// Steps with what is left at each, given what leaves and how many stay.
fn flow(outs: Vec<Flow>, end: u64) -> Vec<Flow> {
    let (mut left, mut steps) = (end, vec![Flow::Left { what: "members compared", n: end }]);
    for step in outs.into_iter().rev() {
        steps.push(match step {
            Flow::Out { why, n } => {
                left += n;
                Flow::Out { why, n }
            }
            Flow::Left { what, .. } => Flow::Left { what, n: left },
        });
    }
    steps.push(Flow::Left { what: "index events", n: left });
    steps.reverse();
    steps
}

/// Unknown numbers of people with what the reader knows of them: Σ of some = so many.
#[derive(Default)]
pub(super) struct Attack {
    truth: Vec<u32>,
    names: Vec<String>,
    known: Vec<(Vec<usize>, u32)>,
}

impl Attack {
    pub(super) fn unknown(&mut self, name: String, truth: u32) -> usize {
        self.truth.push(truth);
        self.names.push(name);
        self.truth.len() - 1
    }

    pub(super) fn truth_of(&self, place: usize) -> u32 {
        self.truth[place]
    }

    pub(super) fn learn(&mut self, terms: Vec<usize>, sum: u32) {
        let truth: u32 = terms.iter().map(|at| self.truth[*at]).sum();
        assert_eq!(truth, sum, "the reader is told the truth");
        self.known.push((terms, sum));
    }

    /// Small sums of unknowns that the reader knows better than within the threshold.
    pub(super) fn found_out(&self, sums: &[Vec<usize>]) -> Vec<String> {
        let width = self.truth.len() + 1;
        let mut found = Vec::new();
        for terms in sums {
            let truth: u32 = terms.iter().map(|at| self.truth[*at]).sum();
            if truth == 0 || truth >= LEAST {
                continue;
            }
            let row = |terms: &[usize], last: f64, sum: f64| {
                let mut row = vec![0.0; width];
                for at in terms {
                    row[*at] += 1.0;
                }
                row[width - 1] = last;
                (row, sum)
            };
            let mut rows: Vec<(Vec<f64>, f64)> =
                self.known.iter().map(|(terms, sum)| row(terms, 0.0, f64::from(*sum))).collect();
            rows.push(row(terms, -1.0, 0.0));
            let mut simplex = Simplex::new(rows, width);
            let (high, low) = (simplex.most(width - 1), simplex.least(width - 1));
            if high - low < f64::from(LEAST) - 1e-6 {
                let names: Vec<&str> = terms.iter().map(|at| self.names[*at].as_str()).collect();
                found.push(format!("{} are {truth}: {low} to {high}", names.join(" + ")));
            }
        }
        found
    }
}

fn days(arm: &[&Person], until: i32, holds: impl Fn(&Person) -> Option<i32>) -> u32 {
    let own = arm.iter().filter(|one| holds(one).is_some_and(|day| day <= until));
    u32::try_from(own.count()).expect("few people")
}

fn event(one: &Person) -> Option<i32> {
    let Observed::First(day) = one.outcomes[0] else { return None };
    day
}

fn left(one: &Person) -> Option<i32> {
    (event(one).is_none() && one.death.is_none() && one.follow_up < FOLLOW_UP)
        .then_some(one.follow_up)
}

/// Sums over every stretch of intervals.
fn stretches(places: &[usize]) -> Vec<Vec<usize>> {
    let from = |first: usize| (first + 1..=places.len()).map(move |end| (first, end));
    let all = (0..places.len()).flat_map(from);
    all.map(|(first, end)| places[first..end].to_vec()).collect()
}

/// The curves of one group. A value of one curve tells the people with the outcome so far; values of
/// both on one day tell the deaths; a number at risk tells how many are gone.
fn curves_of(arm: &[&Person], curves: &OutcomeCurves, place: usize) -> (Attack, Vec<Vec<usize>>) {
    let mut attack = Attack::default();
    let curve = &curves.curves[place];
    let whole = u32::try_from(arm.len()).expect("few people");
    let mut unknown: [Vec<usize>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    let mut before = [0; 3];
    for day in curve.days.iter().filter(|day| day.day > 0) {
        let until = i32::try_from(day.day).expect("a day");
        let now =
            [days(arm, until, event), days(arm, until, |one| one.death), days(arm, until, left)];
        for (kind, name) in ["had it", "died", "left"].into_iter().enumerate() {
            let truth = now[kind] - before[kind];
            unknown[kind].push(attack.unknown(format!("{name} by day {until}"), truth));
        }
        before = now;
        let so_far = |kinds: &[usize]| -> Vec<usize> {
            kinds.iter().flat_map(|kind| unknown[*kind].iter().copied()).collect()
        };
        if day.free.is_some() || day.incidence.is_some() {
            attack.learn(so_far(&[0]), now[0]);
        }
        // Without deaths both are one curve, and no deaths are no secret.
        if day.incidence.is_some() && (day.free.is_some() || now[1] == 0) {
            attack.learn(so_far(&[1]), now[1]);
        }
        if let Some(at_risk) = day.at_risk {
            let gone = whole - u32::try_from(at_risk).expect("few people");
            attack.learn(so_far(&[0, 1, 2]), gone);
        }
    }
    let rest = attack.unknown("stayed to the end".to_owned(), whole - before.iter().sum::<u32>());
    let everybody = unknown.iter().flatten().copied().chain([rest]).collect();
    attack.learn(everybody, whole);
    let others: Vec<usize> =
        unknown[1].iter().zip(&unknown[2]).flat_map(|(died, left)| [*died, *left]).collect();
    let pairs = stretches(&others).into_iter().filter(|one| one.len() % 2 == 0);
    let sums = [stretches(&unknown[0]), stretches(&unknown[1]), pairs.collect()].concat();
    (attack, sums)
}

/// The flow: what is left at a step is who goes later, and who stays to the end.
fn flow_of(cohort: &Cohort, sheet: &Sheet) -> (Attack, Vec<Vec<usize>>) {
    let mut attack = Attack::default();
    let (mut outs, mut starts): (Vec<usize>, Vec<(&str, usize)>) = (Vec::new(), Vec::new());
    for step in &cohort.flow {
        match step {
            Flow::Left { what, .. } => starts.push((*what, outs.len())),
            Flow::Out { why, n } => {
                let n = u32::try_from(*n).expect("few people");
                outs.push(attack.unknown(why.clone(), n));
            }
        }
    }
    let Some(Flow::Left { n: end, .. }) = cohort.flow.last() else { panic!("a last step") };
    let end = attack.unknown("compared".to_owned(), u32::try_from(*end).expect("few people"));
    for row in &sheet.rows {
        let [Field::Words(words), Field::Count(n)] = row.as_slice() else { continue };
        let reasons = words.trim_start_matches("– together: ").trim_start_matches("– ");
        let terms: Vec<usize> = match starts.iter().find(|(what, _)| what == words) {
            Some((_, first)) => outs[*first..].iter().copied().chain([end]).collect(),
            None => reasons
                .split("; ")
                .map(|why| attack.names.iter().position(|name| name == why).expect("a reason"))
                .collect(),
        };
        attack.learn(terms, u32::try_from(*n).expect("few people"));
    }
    let sums = stretches(&outs);
    (attack, sums)
}

#[test]
fn curves_tell_no_small_number() {
    let (mut found, mut told) = (Vec::new(), 0);
    for seed in 0..30 {
        let (cohort, published) = world(seed);
        for place in 0..2 {
            let arm: Vec<&Person> = cohort.arm(place).collect();
            let (attack, sums) = curves_of(&arm, &published.curves[0], place);
            told += attack.known.len();
            found.extend(
                attack.found_out(&sums).into_iter().map(|one| format!("world {seed}: {one}")),
            );
        }
    }
    assert!(told > 300, "curves say something: {told}");
    assert!(found.is_empty(), "a reader can tell that\n{}", found.join("\n"));
}

#[test]
fn the_flow_tells_no_small_number() {
    let mut found = Vec::new();
    for seed in 0..60 {
        let (cohort, published) = world(seed);
        let (attack, sums) = flow_of(&cohort, &published.flow);
        found.extend(attack.found_out(&sums).into_iter().map(|one| format!("world {seed}: {one}")));
    }
    assert!(found.is_empty(), "a reader can tell that\n{}", found.join("\n"));
}

#[test]
fn an_attacker_finds_what_an_internal_report_shows() {
    let (cohort, _) = world(3);
    let study = study();
    let open = publish(&study, &cohort, &[], true);
    let arm: Vec<&Person> = cohort.arm(0).collect();
    let (attack, sums) = curves_of(&arm, &open.curves[0], 0);
    assert!(!attack.found_out(&sums).is_empty(), "without protection there is something to find");
}
