//! Members with needs that pass or stay, with medicines, other languages and homes.

use super::chance::Writer;
use super::rows::Day;

/// The register says no more of the member that is told of than this.
fn plain(writer: &mut Writer, smi: &str) {
    let id = writer.row("").text("member_id").to_owned();
    writer.change("members", &id, |row| row.set("smi_sed", smi));
}

fn born(writer: &mut Writer, year: i32) {
    let id = writer.row("").text("member_id").to_owned();
    writer.change("members", &id, |row| row.set("birth_year", year));
}

fn fill(writer: &mut Writer, day: Day, drug: &str, days: i32) {
    let row = writer.row("").with("drug_class", drug).with("days_supply", days);
    if day <= writer.end {
        writer.dated("pharmacy", row, &[("fill_date", day)]);
    }
}

fn paid(writer: &mut Writer, day: Day, level: &str) {
    let amount = writer.dice.pick(&["100", "2500.75", "40.10"]);
    let row = writer.row("claim_id").with("amount_paid", amount).with("level", level);
    if day <= writer.end {
        writer.dated("cost", row, &[("service_date", day)]);
    }
}

/// A new antidepressant, or two antipsychotics at once.
pub(super) fn medicated(writer: &mut Writer, day: Day) {
    let near = day + writer.dice.pick(&[-60, -10, 0, 30, 60, 61]);
    writer.seen(near, "therapy", &[("dx1", "F33.1")]);
    let (mut on, drugs) = (day, ["ssri", "snri"]);
    for _ in 0..4 {
        let (drug, days) = (writer.dice.pick(&drugs), writer.dice.pick(&[20, 28, 30]));
        fill(writer, on, drug, days);
        on += writer.dice.pick(&[20, 28, 30, 45]);
    }
    let overlap = writer.dice.pick(&[30, 31, 10]);
    fill(writer, day, "atypical_antipsychotic", 90);
    fill(writer, day + overlap, "atypical_antipsychotic", 90);
}

/// Somebody ill in body and mind.
pub(super) fn for_the_body(writer: &mut Writer, day: Day) {
    plain(writer, "1");
    writer.stays(day - 10, 10, &[("dx1", "F33.1"), ("dx2", "I10")]);
    let on = day + writer.dice.pick(&[0, 1, 90, 180, 181]);
    writer.seen(on, "other", &[("dx1", "E11.9"), ("status", "attended")]);
    writer.seen(day + 20, "therapy", &[]);
}

/// Somebody whose need stays and is found by one way or another.
pub(super) fn found(writer: &mut Writer, day: Day) {
    let smi = writer.dice.pick(&["1", "2", "", ""]);
    plain(writer, smi);
    for _ in 0..writer.dice.pick(&[0, 1, 1, 2]) {
        let before = day - writer.dice.pick(&[10, 200, 340, 380]);
        match writer.dice.below(4) {
            0 => writer.recorded(before, &[("screen_result", "pos")]),
            1 => {
                let row = writer.row("referral_id").with("to_sector", "bh");
                writer.dated("referrals", row, &[("date", before)]);
            }
            2 => writer.seen(before, "outreach", &[("outreach_result", "reached")]),
            _ => writer.event_on(before, "arrest"),
        }
    }
    writer.seen(day, "therapy", &[("dx1", "F41.1")]);
    writer.seen(day + 1, "supported_employment", &[("dx1", "F41.1")]);
    if smi.is_empty() {
        writer.stays(day + 5, 3, &[("dx1", "F43.20")]);
        writer.stays(day + 20, 3, &[("dx1", "F43.20")]);
    }
    for after in [30, 60, 80, 91, 120, 200, 300] {
        if writer.dice.percent(50) {
            let agency = writer.dice.pick(&["A1", "A2"]);
            writer.seen(day + after, "therapy", &[("dx1", "F41.1"), ("agency_id", agency)]);
        }
    }
}

/// A passing trouble that passes, or comes to stay.
pub(super) fn passing(writer: &mut Writer, day: Day) {
    plain(writer, "");
    let dx1 = writer.dice.pick(&["F43.20", "F50.01", "F43.0", "F34.1", "Z73.3"]);
    writer.seen(day, "assessment", &[("dx1", dx1), ("agency_id", "A1")]);
    writer.seen(day + 7, "therapy", &[("dx1", dx1), ("agency_id", "A1")]);
    match writer.dice.below(7) {
        0 => {
            for after in [40, 100] {
                writer.stays(day + after, 4, &[("dx1", "F43.20")]);
            }
        }
        1 => {
            for after in [30, 60, 90, 120] {
                writer.visits_ed(day + after, "F32.9");
            }
        }
        2 => {
            for after in [30, 59, 90, 119, 148, 179] {
                writer.seen(day + after, "iop", &[("dx1", "F41.1")]);
            }
        }
        3 => {
            // A year and its halves, with a day in the middle.
            for after in [20, 40, 100, 182, 250, 330, 350, 364] {
                writer.seen(day + after, "therapy", &[("dx1", "F41.1")]);
            }
        }
        4 => writer.seen(day + 40, "assessment", &[("dx1", dx1), ("agency_id", "A2")]),
        5 => writer.seen(day + 190, "peer", &[("dx1", dx1), ("agency_id", "A3")]),
        _ => {
            let row = writer.row("plan_id").with("end_reason", "completed");
            writer.dated("care_plans", row, &[("created", day), ("ended", day + 60)]);
        }
    }
}

pub(super) fn suicide(writer: &mut Writer, day: Day) {
    writer.seen(day - 20, "therapy", &[]);
    for after in [0, 2] {
        let row = writer.row("event_id").with("type", "death").with("cause", "suicide");
        writer.dated("events", row, &[("start", day + after)]);
    }
}

/// Somebody who waits, or is turned away.
pub(super) fn waiting(writer: &mut Writer, day: Day) {
    let level = writer.dice.pick(&["", "1", "2", "3", "4", "5", "6"]);
    let row = writer.row("outcome_id").with("instrument", "LOC").with("record_type", "assessment");
    writer.dated("outcomes", row.with("recommended_level", level), &[("date", day)]);
    let status = writer.dice.pick(&["waitlisted", "declined"]);
    let row = writer.row("referral_id").with("to_sector", "bh").with("status", status);
    if writer.dice.percent(50) {
        let seen = day + writer.dice.pick(&[10, 60, 200]);
        writer.dated("referrals", row, &[("date", day + 3), ("first_attended_date", seen)]);
    } else {
        writer.dated("referrals", row, &[("date", day + 3)]);
    }
}

/// Somebody who tells the same to two agencies.
pub(super) fn assessed_twice(writer: &mut Writer, day: Day) {
    let assessed = |agency| {
        [("agency_id", agency), ("minutes", "45"), ("status", "attended"), ("dx1", "F41.1")]
    };
    writer.seen(day, "assessment", &assessed("A1"));
    let again = day + writer.dice.pick(&[0, 1, 30, 60, 61]);
    writer.seen(again, "assessment", &assessed("A2"));
    if writer.dice.percent(30) {
        let ended = writer.dice.between(day, again);
        let row = writer.row("plan_id").with("end_reason", "completed");
        writer.dated("care_plans", row, &[("created", day - 60), ("ended", ended)]);
    }
    let treated = day + writer.dice.pick(&[0, 20, 61, 100, 180, 181]);
    writer.seen(treated, "therapy", &[]);
    let on = day + writer.dice.pick(&[0, 45, 89, 90, 91]);
    let row = writer.row("outcome_id").with("record_type", "screen");
    let instrument = writer.dice.pick(&["trauma_screen", "pcl_5"]);
    writer.dated("outcomes", row.with("instrument", instrument), &[("date", on)]);
}

pub(super) fn other_language(writer: &mut Writer, day: Day) {
    let id = writer.row("").text("member_id").to_owned();
    writer.change("members", &id, |row| row.set("language", "es"));
    for after in [0, 7, 14] {
        let modifiers = writer.dice.pick(&["U9", "95;U9", "95", ""]);
        writer.seen(day + after, "therapy", &[("modifiers", modifiers)]);
        if writer.dice.percent(50) {
            let on = day + after + writer.dice.pick(&[0, 1]);
            writer.seen(on, "other", &[("service_code", "T1013"), ("status", "attended")]);
        }
    }
}

/// Somebody who comes back to hospital, costs money there, and meets a team at last.
pub(super) fn often_in_hospital(writer: &mut Writer, day: Day) {
    plain(writer, "1");
    let left = writer.dice.pick(&["home", "home", "inpatient_transfer"]);
    writer.stays(day - 40, 10, &[("dx1", "F33.2"), ("discharge_disposition", left)]);
    let again = day - 30 + writer.dice.pick(&[1, 20, 30, 31]);
    let planned = writer.dice.pick(&["", "", "true"]);
    let left = writer.dice.pick(&["home", "inpatient_transfer"]);
    let more = [("dx1", "F33.2"), ("planned", planned), ("discharge_disposition", left)];
    writer.stays(again, 8, &more);
    for after in [0, 4, 8, 9] {
        let level = writer.dice.pick(&["6", "6", "2", ""]);
        paid(writer, again + after, level);
    }
    let on = day + writer.dice.pick(&[0, 30, 45, 60, 61]);
    writer.seen(on, "act", &[]);
    for after in [60, 80, 111, 142] {
        writer.visits_ed(day + after, "F33.2");
        paid(writer, day + after, "4");
    }
    for (class, code) in [("peer", "H0038"), ("prevention", "H0024"), ("", "T1017")] {
        let place = writer.dice.pick(&["27", "11", "03"]);
        let more = [("service_code", code), ("paid_amount", "55.5"), ("minutes", "30")];
        let more = [&more[..], &[("place_of_service", place), ("status", "attended")]].concat();
        writer.seen(day + 10, class, &more);
    }
    writer.seen(
        day + 11,
        "",
        &[("service_code", "H0004"), ("paid_amount", "70"), ("minutes", "60")],
    );
    let street = [("service_code", "H0004"), ("paid_amount", "70"), ("minutes", "60")];
    let street = [&street[..], &[("place_of_service", "27")]].concat();
    writer.seen(day + 12, "", &street);
}

/// Where somebody lives, and moves to.
pub(super) fn home(writer: &mut Writer, day: Day) {
    let age = writer.dice.pick(&[12, 12, 40]);
    born(writer, 2025 - age);
    let homes =
        ["foster_home", "group_home", "family_home", "own_home", "detention", "residential"];
    let mut begin = day - 500;
    for _ in 0..3 {
        let setting = writer.dice.pick(&homes);
        let row = writer.row("").with("setting", setting);
        let weight = writer.dice.pick(&["0.5", "4", "7.25"]);
        let row = row.with("weight", weight);
        let lasts = writer.dice.pick(&[200, 300]);
        writer.dated("living", row, &[("start", begin), ("end", begin + lasts - 1)]);
        begin = (begin + lasts).min(writer.end - 1);
    }
    writer.recorded(day, &[("living", "07")]);
    if writer.dice.percent(40) {
        writer.stays(day, 40, &[]);
    }
}
