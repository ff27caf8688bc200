//! Stand-in for the room that makes rows.

use throughline::chart::{CurvePoint, Mark};
use throughline::kernel::{Group, Tallies};
use throughline::oversight::{Exact, Row, Settings, State, tabulate};
use throughline::report::{
    Content, Coverage, Limits, MonthRows, Quality, Refused, ReturnCurve, Share, Snapshot, Source,
    TrendLines,
};
use throughline::terms::{Day, Period};

use super::content::september;

/// The published rows. Stand-in for suppression until the room offers it.
pub(super) fn rows(tallies: &Tallies) -> Vec<Row> {
    let mut settings = Settings::new(september().end);
    settings.targets.insert("fu_hosp_mh_7d".to_owned(), 0.5);
    let mut rows = tabulate(tallies, &settings).rows;
    let is_small = |number: Option<Exact>| {
        number.is_some_and(|number| number.per_unit == 1 && (1..11).contains(&number.parts))
    };
    for row in &mut rows {
        let gap = row
            .denominator
            .zip(row.numerator)
            .map(|(all, met)| Exact { parts: all.parts - met.parts, ..met });
        row.suppressed = is_small(row.numerator) || is_small(row.denominator) || is_small(gap);
        if row.suppressed || !row.state.shows_numbers() {
            (row.numerator, row.denominator, row.value, row.low, row.high) =
                (None, None, None, None, None);
            (row.members, row.excluded, row.verdict) = (None, None, None);
            row.excluded_by_reason.iter_mut().for_each(|count| *count = None);
        }
        for count in row
            .excluded_by_reason
            .iter_mut()
            .filter(|count| count.is_some_and(|count| (1..11).contains(&count)))
        {
            *count = None;
        }
        if row.group == Group::All
            && row.measure == 0
            && row.period.start >= Day::from_ymd(2026, 6, 1).expect("a day")
        {
            row.signal = "run_above";
        }
    }
    rows
}

pub(super) fn content<'a>(tallies: &'a Tallies, rows: &'a [Row]) -> Content<'a> {
    let mut trends = vec![];
    for m in 0..tallies.measures.len() {
        if m == 6 || m == 9 {
            continue;
        }
        let whole: Vec<&Row> = rows
            .iter()
            .filter(|r| r.measure == m && r.group == Group::All && r.stratum.kind == "all")
            .collect();
        let vals: Vec<f64> = whole.iter().filter_map(|r| r.value).take(12).collect();
        let c = vals.iter().sum::<f64>() / vals.len() as f64;
        let points = whole
            .iter()
            .filter(|r| m != 3 || r.period.start.month() == 9)
            .map(|r| {
                (
                    r.period,
                    r.value.map(|_| {
                        let w = c * 0.16;
                        Limits { centre: c, lower: c - w, upper: c + w }
                    }),
                )
            })
            .collect::<Vec<(Period, Option<Limits>)>>();
        trends.push(TrendLines {
            measure: m,
            group: Group::All,
            kind: "Laney p′ chart".into(),
            note: "Limits from the first 12 months.".into(),
            points,
        });
    }
    let mut curves = vec![];
    for (cell, tally) in tallies.cells.iter().filter(|(c, _)| {
        c.measure == 4
            && c.stratum.kind == "all"
            && c.period.start == Day::from_ymd(2026, 6, 1).unwrap()
    }) {
        let points = [0, 7, 14, 30, 45, 60, 75, 90].map(|day| {
            let n: i64 = tally.values.range(..=day).map(|(_, n)| n).sum();
            let mut row =
                rows.iter().find(|r| r.measure == 4 && r.value.is_some()).unwrap().clone();
            row.value = Some(n as f64 / tally.denominator as f64);
            row.suppressed = (1..11).contains(&n);
            row.state = State::Final;
            CurvePoint { day: i32::try_from(day).unwrap(), mark: Mark::of(&row) }
        });
        curves.push(ReturnCurve {
            measure: 4,
            group: cell.group.clone(),
            period: cell.period,
            points: points.to_vec(),
        });
    }
    let source = |table: &str, rows: u64, refused: Vec<Refused>| Source {
        file: format!("{table}.csv.gz"),
        table: table.into(),
        extracted_on: Day::from_ymd(2026, 10, 14),
        runout_days: 14,
        sha256: "ab".repeat(32),
        rows_read: rows + refused.iter().map(|r| r.rows).sum::<u64>(),
        rows_accepted: rows,
        refused,
    };
    Content {
        title: "Sample state: behavioural-health continuity report".into(), program_version: "0.1.0".into(), period: september(), data_through: september().end,
        is_internal: false, smallest_shown: 11,
        snapshot: Snapshot { id: "2026-10-14-3f9a".into(), sources: vec![source("contacts", 412_331, vec![Refused { rule: "impossible_date".into(), rows: 12 }, Refused { rule: "unknown_member".into(), rows: 31 }]), source("stays", 9_120, vec![]), source("members", 20_114, vec![Refused { rule: "duplicate_key".into(), rows: 2 }])] },
        measures: &tallies.measures, rows, trends, curves,
        changes: vec!["Follow-up within 7 days of a mental-health hospital discharge went up: 52.1 % in Aug 2026, above the centre line for the third month (better).".into(), "Hospital bed days rose above the upper limit: 67 per 1,000 member-months in Sep 2026 (worse).".into(), "BHO-4 is below its target for follow-up within 7 days (38.0 %, target 50.0 %).".into()],
        quality: Quality { missing: vec![Share { subject: "contacts.dx1".into(), rows: 12_331, of: 412_331 }, Share { subject: "members.death_date".into(), rows: 20_090, of: 20_114 }], unmapped: vec![Share { subject: "service_code".into(), rows: 2000, of: 412_331 }],
            coverage: vec![Coverage { table: "contacts".into(), first_on: Day::from_ymd(2024, 10, 1), last_on: Day::from_ymd(2026, 10, 13) }],
            months: tallies.periods.iter().map(|p| MonthRows { month: *p, rows: vec![("contacts".into(), 19_000 + u64::from(p.start.month()) * 31), ("events".into(), 4 + u64::from(p.start.month()))] }).collect(), notes: vec![] },
        signal_rules: "NHS “Making data count”: a point outside the limits; seven in a row on one side of the centre line; seven in a row that rise or fall; two of three near a limit.".into(),
        unverified: vec!["IET 194-day look-back and medication rules".into()],
        parameters: vec![("pipeline".into(), "pipelines/monthly.toml".into())], definitions: vec![("fu_hosp_mh_7d".into(), "cd".repeat(32))],
        results_csv: b"indicator\n".to_vec(), results_parquet: b"PAR1".to_vec(), refused_csv: b"file,line,column,rule\n".to_vec(), quality_csv: b"check\n".to_vec(), further_files: vec![],
    }
}
