//! Results do not depend on threads, buckets, batches or the order of members' delivery.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use throughline::extract::{self, Intake};
use throughline::indicator;
use throughline::kernel::{
    self, BETWEEN, Cell, Covariate, Group, JOINT, JOINT_DAYS, JOINT_EVENTS, Plan, StratumKind,
    Supply, Tallies,
};
use throughline::pipeline;
use throughline::store::{Snapshot, Store};
use throughline::synth::{self, Compress};
use throughline::timeline::Settings;

use crate::definitions::{definitions, files_of_all_sites};

/// Writes made-up extracts into a folder.
pub(crate) fn made_up(out: &std::path::Path, members: u32, months: u32) {
    let settings = synth::Settings {
        members,
        months,
        seed: 7,
        start: synth::default_start(months),
        out,
        compress: Compress::None,
        threads: 2,
    };
    synth::write(&settings, &|_| {}).expect("extracts");
}

fn store(extracts: &std::path::Path, buckets: u32) -> (tempfile::TempDir, Snapshot) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut intake = Intake::of(extracts);
    intake.buckets = buckets;
    intake.service_maps = vec![
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("pipelines/crosswalks/service_map.csv"),
    ];
    let mut delivery = extract::read(&intake, &|_| {}).expect("the extracts are fit");
    Store::open(folder.path()).expect("a store").commit(&mut delivery, &|_| {}).expect("a commit");
    let snapshot = Snapshot::open(folder.path()).expect("a store").expect("a snapshot");
    (folder, snapshot)
}

fn plan() -> Plan {
    plan_by(&["age_band", "sex", "race_eth", "county", "smi_sed"])
}

fn plan_by(strata: &[&str]) -> Plan {
    let all: Vec<_> = files_of_all_sites()
        .iter()
        .flat_map(|path| definitions(path))
        .filter(|one| one.preset == indicator::DEFAULT_PRESET)
        .collect();
    let indicators = all.into_iter().flat_map(|one| one.indicators).collect();
    let last = pipeline::month("2026-09").expect("a month");
    let periods = pipeline::reported(
        last,
        12,
        1,
        &[throughline::terms::Grain::Month, throughline::terms::Grain::Year],
    );
    let settings = Settings {
        transfer_gap: 1,
        data_through: last.end,
        assume_enrolment: false,
        derive_stays: false,
        instruments: crate::definitions::instruments(),
    };
    let indicators: Vec<indicator::Indicator> = indicators;
    let supply = indicators.iter().fold(Supply::default(), Supply::with_all_for);
    Plan::new(
        indicators,
        periods,
        strata.iter().map(|kind| StratumKind::from_name(kind).expect("a kind")).collect(),
        settings,
        &supply,
    )
}

fn count(plan: &Plan, snapshot: &Snapshot, threads: usize) -> Tallies {
    let buckets: Vec<u32> = (0..snapshot.buckets()).collect();
    let columns = plan.columns();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let counted = pool.install(|| {
        kernel::count(plan, &buckets, |bucket| snapshot.batches(*bucket, &columns), |_| {})
    });
    counted.expect("the stream is in order").0
}

#[test]
fn threads_and_buckets_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let extracts = folder.path().join("extracts");
    made_up(&extracts, 600, 24);
    let strata = ["age_band", "sex", "county", "discharging_facility", "attributed_agency"];
    let plan = plan_by(&strata);
    let (_three, by_three) = store(&extracts, 3);
    let (_many, by_many) = store(&extracts, 64);
    let one = count(&plan, &by_three, 1);
    assert!(one.cells.len() > 1000, "the case says something: {} cells", one.cells.len());
    assert_eq!(one, count(&plan, &by_three, 2));
    assert_eq!(one, count(&plan, &by_three, 7));
    assert_eq!(one, count(&plan, &by_many, 2));
    assert_eq!(one, count_in_odd_batches(&plan, &by_three));
    parts_add_up(&one);
}

#[test]
fn periods_that_a_file_does_not_ask_for_are_left_out_and_change_no_other() {
    use throughline::terms::Grain::{self, Month, Year};
    let folder = tempfile::tempdir().expect("a folder");
    let extracts = folder.path().join("extracts");
    made_up(&extracts, 600, 24);
    let (_store, snapshot) = store(&extracts, 3);
    let mut plan = plan_by(&["age_band", "sex", "discharging_facility", "attributed_agency"]);
    let asked: [&[Grain]; 3] = [&[Month], &[Year], &[Month, Year]];
    for (indicator, grains) in plan.indicators.iter_mut().zip(asked.into_iter().cycle()) {
        indicator.measure.grains = grains.to_vec();
    }
    let mut everywhere = count(&plan, &snapshot, 2);
    let some = count(&plan.clone().by_grains_of_files(), &snapshot, 2);
    let before = everywhere.cells.len();
    everywhere
        .cells
        .retain(|cell, _| plan.indicators[cell.measure].measure.is_reported_by(cell.period.grain));
    assert!(everywhere.cells.len() < before, "something is left out");
    for (cell, tally) in &everywhere.cells {
        assert_eq!(Some(tally), some.cells.get(cell), "{cell:?}");
    }
    assert_eq!(everywhere, some);
}

#[test]
fn an_indicator_for_periods_that_a_pipeline_lacks_says_so() {
    use throughline::terms::Grain;
    let mut plan = plan();
    plan.indicators[0].measure.grains = vec![Grain::Quarter];
    let plan = plan.by_grains_of_files();
    let measure = &plan.indicators[0].measure;
    assert_eq!(measure.why_not(), "needs a whole quarter among the reported periods");
    assert!(!measure.is_computable());
    assert!(plan.indicators[1].measure.is_computable());
}

/// Units lie in one value of each attribute, and in one organisation.
fn parts_add_up(tallies: &Tallies) {
    let mut sums: BTreeMap<_, (i128, i128, Vec<i64>)> = BTreeMap::new();
    let mut wholes = BTreeMap::new();
    for (cell, tally) in &tallies.cells {
        if tallies.measures[cell.measure].shape != indicator::Shape::Share {
            continue;
        }
        let own = (tally.numerator, tally.denominator, tally.excluded.clone());
        let place = |group: &Group| (cell.measure, cell.period, group.clone());
        if cell.stratum.kind == "all" {
            wholes.insert(place(&cell.group), own.clone());
        }
        let mut add = |key: (_, String)| {
            let sum = sums.entry(key).or_insert((0, 0, vec![0; own.2.len()]));
            sum.0 += own.0;
            sum.1 += own.1;
            sum.2.iter_mut().zip(&own.2).for_each(|(sum, own)| *sum += own);
        };
        match (&cell.group, cell.stratum.kind.as_str()) {
            (Group::All, "all") => {}
            (_, "all") => add((place(&Group::All), "organisation".to_owned())),
            (group, kind) => add((place(group), kind.to_owned())),
        }
    }
    assert!(sums.len() > 1000, "{} sums", sums.len());
    for ((place, kind), sum) in sums {
        assert_eq!(Some(&sum), wholes.get(&place), "{kind} of {place:?}");
    }
}

/// The same rows in batches of odd sizes, which cut members in two.
fn count_in_odd_batches(plan: &Plan, snapshot: &Snapshot) -> Tallies {
    let columns = plan.columns();
    let mut buckets: Vec<Vec<RecordBatch>> = Vec::new();
    for bucket in (0..snapshot.buckets()).rev() {
        let mut pieces = Vec::new();
        for batch in snapshot.batches(bucket, &columns).expect("a bucket") {
            let batch = batch.expect("a batch");
            let mut from = 0;
            for size in [1, 7, 64, 3].into_iter().cycle() {
                let length = size.min(batch.num_rows() - from);
                pieces.push(batch.slice(from, length));
                from += length;
                if from == batch.num_rows() {
                    break;
                }
            }
        }
        buckets.push(pieces);
    }
    let open = |pieces: &Vec<RecordBatch>| {
        Ok::<_, std::convert::Infallible>(pieces.clone().into_iter().map(Ok))
    };
    kernel::count(plan, &buckets, open, |_| {}).expect("the stream is in order").0
}

#[test]
fn rows_out_of_order_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let extracts = folder.path().join("extracts");
    let settings = synth::Settings {
        members: 600,
        months: 12,
        seed: 3,
        start: synth::default_start(12),
        out: &extracts,
        compress: Compress::None,
        threads: 1,
    };
    synth::write(&settings, &|_| {}).expect("extracts");
    let plan = plan();
    let (_store, snapshot) = store(&extracts, 1);
    let batch = snapshot
        .batches(0, &plan.columns())
        .expect("a bucket")
        .next()
        .expect("a batch")
        .expect("rows");
    let half = batch.num_rows() / 2;
    let swapped = vec![vec![batch.slice(half, batch.num_rows() - half), batch.slice(0, half)]];
    let open = |pieces: &Vec<RecordBatch>| {
        Ok::<_, std::convert::Infallible>(pieces.clone().into_iter().map(Ok))
    };
    let error =
        kernel::count(&plan, &swapped, open, |_| {}).expect_err("the order is broken").to_string();
    assert!(error.contains("out of order"), "{error}");
}

fn is_joint(cell: &Cell) -> bool {
    [JOINT, JOINT_EVENTS, JOINT_DAYS].contains(&cell.stratum.kind.as_str())
}

/// Joint strata are a partition of what is counted by each of their attributes, and change nothing else.
#[test]
fn joint_strata_add_up_to_their_attributes() {
    let folder = tempfile::tempdir().expect("a folder");
    let extracts = folder.path().join("extracts");
    made_up(&extracts, 600, 24);
    let (_held, snapshot) = store(&extracts, 5);
    let covariates =
        ["smi_sed", "age_band", "rural", "prior_admissions", "length_of_stay", "homeless"]
            .map(|one| Covariate::from_name(one).expect("a covariate"));
    let plain = count(&plan(), &snapshot, 2);
    let mut joint =
        count(&plan().jointly(&covariates, throughline::terms::Grain::Year), &snapshot, 2);
    let strata: Vec<_> = joint.cells.iter().filter(|(cell, _)| is_joint(cell)).collect();
    assert!(strata.len() > 500, "only {} joint strata", strata.len());
    for known in ["1", "3+", "4-7", "15-30", "no stay", "yes", "no"] {
        let has = |value: &str| value.split(BETWEEN).skip(3).any(|value| value == known);
        assert!(strata.iter().any(|(cell, _)| has(&cell.stratum.value)), "nobody has {known}");
    }
    let mut sums: BTreeMap<_, (i128, i128)> = BTreeMap::new();
    let per_day: BTreeSet<usize> = strata
        .iter()
        .filter(|(cell, _)| cell.stratum.kind == JOINT_EVENTS)
        .map(|(cell, _)| cell.measure)
        .collect();
    for (cell, tally) in strata {
        assert_eq!(cell.period.grain, throughline::terms::Grain::Year);
        assert!(kernel::has_expected_count(&joint.measures[cell.measure]));
        // Rates over enrolled days share the days.
        let measures = match cell.stratum.kind.as_str() {
            JOINT_DAYS => per_day.iter().copied().collect(),
            _ => vec![cell.measure],
        };
        let values: Vec<&str> = cell.stratum.value.split(BETWEEN).collect();
        for (kind, value) in [("smi_sed", values[0]), ("age_band", values[1]), ("all", "all")] {
            for measure in &measures {
                let place = (*measure, cell.period, cell.group.clone(), kind, value.to_owned());
                let sum = sums.entry(place).or_default();
                *sum = (sum.0 + tally.numerator, sum.1 + tally.denominator);
            }
        }
    }
    let mut compared = 0;
    for (cell, tally) in &plain.cells {
        let kind =
            ["smi_sed", "age_band", "all"].into_iter().find(|kind| cell.stratum.kind == *kind);
        let is_summed = cell.period.grain == throughline::terms::Grain::Year
            && kernel::has_expected_count(&plain.measures[cell.measure])
            && sums.keys().any(|(measure, ..)| *measure == cell.measure)
            && (tally.numerator, tally.denominator) != (0, 0);
        let Some(kind) = kind.filter(|_| is_summed) else { continue };
        let place =
            (cell.measure, cell.period, cell.group.clone(), kind, cell.stratum.value.clone());
        assert_eq!(sums.get(&place), Some(&(tally.numerator, tally.denominator)), "{cell:?}");
        compared += 1;
    }
    assert_eq!(compared, sums.len());
    joint.cells.retain(|cell, _| !is_joint(cell));
    assert_eq!(joint, plain);
}
