//! Stand-in for the room that makes rows.

use throughline::chart::{CurvePoint, Mark};
use throughline::indicator::{Scale, Shape};
use throughline::kernel::{Group, Tallies};
use throughline::oversight::{Exact, Row, State};
use throughline::report::{
    Content, Coverage, Limits, MonthRows, Quality, Refused, ReturnCurve, Share, Snapshot, Source,
    TrendLines,
};
use throughline::terms::{Day, Period};

use super::content::september;

pub(super) fn rows(tallies: &Tallies) -> Vec<Row> {
    let mut rows: Vec<Row> = tallies
        .cells
        .iter()
        .map(|(cell, tally)| {
            let measure = &tallies.measures[cell.measure];
            let scale = match measure.scale {
                Scale::Times(f) => f,
                Scale::DaysOfPeriod => f64::from(cell.period.days()),
            };
            let num = Exact { parts: tally.numerator, per_unit: measure.numerator_parts };
            let n = tally.numerator as f64 / measure.numerator_parts as f64;
            let d = tally.denominator as f64;
            let value = scale * n / d;
            let se = if matches!(measure.shape, Shape::Share | Shape::MemberMean | Shape::Mix) {
                (value * (1.0 - value) / d).sqrt()
            } else {
                value / n.max(1.0).sqrt()
            };
            let small = |n: i128| (1..11).contains(&n);
            let hidden = measure.numerator_parts == 1
                && (small(tally.numerator)
                    || small(tally.denominator)
                    || small(tally.denominator - tally.numerator));
            let ripe = measure.ripe_days;
            let late = cell.period.end + ripe > september().end;
            let withheld = cell.period.start + ripe > september().end;
            let state = if withheld {
                State::Withheld
            } else if late {
                State::Preliminary
            } else {
                State::Final
            };
            let keep = !hidden && !withheld;
            Row {
                measure: cell.measure,
                statistic: "",
                period: cell.period,
                group: cell.group.clone(),
                stratum: cell.stratum.clone(),
                numerator: keep.then_some(num),
                denominator: keep.then_some(Exact { parts: tally.denominator, per_unit: 1 }),
                excluded: keep.then_some(tally.excluded.iter().sum()),
                excluded_by_reason: tally
                    .excluded
                    .iter()
                    .map(|n| (keep && !(1..11).contains(n)).then_some(*n))
                    .collect(),
                members: keep.then_some(tally.members),
                value: keep.then_some(value),
                low: keep.then_some((value - 1.96 * se).max(0.0)),
                high: keep.then_some(value + 1.96 * se),
                interval: "wilson",
                state,
                suppressed: hidden && !withheld,
                reason: if withheld { "needs 30 more days of data".into() } else { String::new() },
                signal: if cell.group == Group::All
                    && cell.period == september()
                    && cell.measure == 7
                {
                    "above upper limit".into()
                } else if cell.group == Group::All
                    && cell.measure == 0
                    && cell.period.start.month() >= 6
                    && cell.period.start.year() == 2026
                {
                    "above the centre line 3 times".into()
                } else {
                    String::new()
                },
                target: (cell.measure < 2).then_some(0.5),
                verdict: if cell.measure < 2 {
                    "cannot be told apart".into()
                } else {
                    String::new()
                },
            }
        })
        .collect();
    for period in &tallies.periods {
        rows.push(Row {
            measure: 8,
            statistic: "",
            period: *period,
            group: Group::All,
            stratum: throughline::kernel::Stratum { kind: "all".into(), value: "all".into() },
            numerator: None,
            denominator: None,
            excluded: None,
            excluded_by_reason: vec![],
            members: None,
            value: None,
            low: None,
            high: None,
            interval: "",
            state: State::NotComputable,
            suppressed: false,
            reason: String::new(),
            signal: String::new(),
            target: None,
            verdict: String::new(),
        });
    }
    rows
}

pub(super) fn content<'a>(tallies: &'a Tallies, rows: &'a [Row]) -> Content<'a> {
    let mut trends = vec![];
    for m in 0..tallies.measures.len() {
        if m == 6 || m == 8 {
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
