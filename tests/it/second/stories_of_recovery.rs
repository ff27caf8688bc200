//! Members in care, in recovery and after it, with scores on instruments.

use super::chance::Writer;
use super::rows::Day;

/// Scores that say something, at first and at last.
const CHANGES: [(&str, &str, &str); 13] = [
    ("PHQ-9", "18", "7"),
    ("PHQ-9", "18", "12"),
    ("PHQ-9", "9", "15"),
    ("PHQ-9", "12", "11"),
    ("functioning_adult", "40", "12"),
    ("functioning_adult", "40", "26"),
    ("functioning_adult", "20", "34"),
    ("functioning_adult", "25", "20.5"),
    ("substance_use", "20", "4"),
    ("substance_use", "12", "10"),
    ("substance_use", "6", "21"),
    ("GAD-7", "7", "13"),
    ("distress", "20", "9"),
];

/// A time in care with a beginning, an end, scores and cost.
pub(super) fn episode(writer: &mut Writer, day: Day) {
    let length = writer.dice.pick(&[60, 120]);
    for after in [0, 10, 40, 70, 100] {
        if after <= length {
            writer.seen(day + after, "therapy", &[]);
        }
    }
    let end = day + length;
    if writer.dice.percent(70) {
        let row = writer.row("plan_id").with("end_reason", "completed");
        writer.dated("care_plans", row, &[("created", day), ("ended", end)]);
    }
    for _ in 0..writer.dice.pick(&[1, 1, 2]) {
        let (instrument, first, last) = writer.dice.pick(&CHANGES);
        let rater = writer.dice.pick(&["self", "clinician", ""]);
        let begin = day + 10 + writer.dice.pick(&[-15, -14, 0, 0, 30, 31]);
        writer.scored(begin, (instrument, ""), rater, first);
        let late = end + writer.dice.pick(&[-10, -5, 0, 30, 31]);
        writer.scored(late, (instrument, ""), rater, last);
        if writer.dice.percent(30) {
            let second = if instrument == "PHQ-9" { "distress" } else { "PHQ-9" };
            let near = begin + writer.dice.pick(&[0, 30, 31]);
            writer.scored(near, (second, ""), rater, "15");
        }
    }
    for after in [9, 10, 30, length + 30, length + 31] {
        let amount = writer.dice.pick(&["100", "25.50"]);
        let level = writer.dice.pick(&["", "2", "4", "5", "6"]);
        let row = writer.row("claim_id").with("amount_paid", amount).with("level", level);
        if day + after <= writer.end {
            writer.dated("cost", row, &[("service_date", day + after)]);
        }
    }
}

/// Somebody who stays in care for years, is asked how it goes, and may have a setback.
pub(super) fn steady(writer: &mut Writer, day: Day) {
    let begin = day - writer.dice.pick(&[60, 90, 400, 400]);
    let mut on = begin;
    while on < writer.end {
        let class = writer.dice.pick(&["therapy", "therapy", "peer", "monitoring"]);
        writer.seen(on, if on < begin + 80 { "therapy" } else { class }, &[]);
        on += 27;
    }
    let instrument = writer.dice.pick(&["PHQ-9", "functioning_adult"]);
    let mut score = writer.dice.between(10, 20);
    let mut on = begin + 50;
    while on < writer.end {
        writer.scored(on, (instrument, ""), "self", &score.to_string());
        score = (score + writer.dice.pick(&[-3, -1, 0, 1, 2, 6, 13])).min(27);
        on += writer.dice.pick(&[60, 80, 100]);
    }
    let mut milestone = writer.dice.between(2, 7);
    for after in [0, 29, 120, 240, 360] {
        writer.scored(
            day - 200 + after,
            ("recovery_milestone", ""),
            "clinician",
            &milestone.to_string(),
        );
        milestone = (milestone + writer.dice.between(-1, 1)).clamp(1, 8);
    }
    let later = day + writer.dice.pick(&[50, 200, 275, 276]);
    match writer.dice.below(7) {
        0 => writer.visits_ed(later, "F33.1"),
        1 => writer.seen(later, "crisis_ambulatory", &[]),
        2 => writer.event_on(later, "arrest"),
        3 => {
            let nights = writer.dice.pick(&[0, 5]);
            writer.stays(later, nights, &[]);
        }
        4 => writer.recorded(later, &[("need_treatment", "true")]),
        5 => {
            let row = writer.row("outcome_id").with("instrument", "LOC");
            let row = row.with("record_type", "assessment").with("recommended_level", "3");
            writer.dated("outcomes", row, &[("date", later)]);
        }
        _ => {}
    }
    let on = later + writer.dice.pick(&[0, 14, 15]);
    let class = writer.dice.pick(&["therapy", "iop"]);
    writer.seen(on, class, &[]);
    if writer.dice.percent(30) {
        writer.seen(on, "crisis_ambulatory", &[]);
    }
}

/// Somebody who fills in questionnaires.
pub(super) fn survey(writer: &mut Writer, day: Day) {
    let domains =
        ["satisfaction", "access", "quality", "outcome", "participation", "social_connectedness"];
    for after in [0, 100] {
        for domain in domains {
            let score = writer.dice.pick(&["2", "3.5", "3.6", "4.5", "6"]);
            writer.scored(day + after, ("experience", domain), "self", score);
        }
        let score = writer.dice.pick(&["30", "71.5", "100", "101"]);
        writer.scored(day + after, ("population_well_being", ""), "self", score);
        if writer.dice.percent(20) {
            writer.scored(day + after, ("population_well_being", ""), "self", "50");
        }
    }
}
