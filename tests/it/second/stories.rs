//! Members to whom something happens that an indicator is about, with the distances of its windows:
//! by blind chance a person is rarely lost, sought and found again in the right order.

use super::chance::Writer;
use super::rows::{Day, Row, date, month_start};
use super::{stories_of_need as need, stories_of_recovery as recovery};

/// Days from one thing to the next: edges of windows, and days well inside of them.
const SOON: [i32; 10] = [0, 1, 1, 2, 3, 7, 8, 13, 14, 30];
const WAYS: [&str; 5] = ["phone", "in_person", "message", "video", "collateral_only"];

const STORIES: [fn(&mut Writer, Day); 44] = [
    hospital,
    emergency,
    new_episode,
    crisis,
    lost,
    lost,
    lost,
    lost,
    lost,
    birthday,
    long_care,
    long_care,
    status,
    needs,
    planned_services,
    missed,
    request,
    again_and_again,
    assessed,
    unengaged,
    after_the_end,
    relapse,
    released,
    need::medicated,
    need::for_the_body,
    need::found,
    need::found,
    need::found,
    need::passing,
    need::passing,
    need::suicide,
    need::waiting,
    need::waiting,
    need::waiting,
    need::assessed_twice,
    need::other_language,
    need::often_in_hospital,
    need::home,
    need::home,
    recovery::episode,
    recovery::episode,
    recovery::steady,
    recovery::steady,
    recovery::survey,
];

/// A member who is enrolled all the time and lives through one or two of the stories.
pub(super) fn tell(writer: &mut Writer, number: usize) {
    let child = matches!(number % STORIES.len(), 12) && writer.dice.percent(40);
    let age = if child { 12 } else { writer.dice.pick(&[19, 30, 45]) };
    let mut row = writer.row("");
    row.set(
        "birth_year",
        date(writer.end).format("%Y").to_string().parse::<i32>().unwrap_or(0) - age,
    );
    row.set("sex", writer.dice.pick(&["F", "M"]));
    row.set("smi_sed", writer.dice.pick(&["", "1", "1"]));
    row.set("lead_clinician_id", writer.dice.pick(&["", "K1"]));
    writer.add("members", row);
    let mut row = writer.row("");
    row.set_day("start", writer.end - 2000);
    row.set("bho_id", writer.dice.pick(&["B1", "B2"]));
    writer.add("enrolment", row);
    for place in [number, number + 7 * (1 + writer.dice.below(5))] {
        let back = if writer.dice.percent(50) { (395, 480) } else { (60, 380) };
        let day = writer.end - writer.dice.between(back.0, back.1);
        writer.anchors.push(day);
        STORIES[place % STORIES.len()](writer, day);
    }
}

impl Writer {
    pub(super) fn soon(&mut self) -> i32 {
        self.dice.pick(&SOON)
    }

    /// A contact of a class, with some more columns; nothing after the last day.
    pub(super) fn seen(&mut self, day: Day, class: &str, more: &[(&'static str, &str)]) {
        let mut row = self.contact_on(day);
        row.set("service_class", class);
        for (column, text) in more {
            row.set(column, text);
        }
        if day <= self.end {
            self.add("contacts", row);
        }
    }

    pub(super) fn stays(&mut self, admit: Day, nights: i32, more: &[(&'static str, &str)]) {
        let mut row = self.row("stay_id").with("level", "6").with("dx1", "F33.1");
        row.set_day("admit", admit);
        row.set_day("discharge", admit + nights);
        for (column, text) in more {
            row.set(column, text);
        }
        if admit + nights <= self.end {
            self.add("stays", row);
        }
    }

    pub(super) fn visits_ed(&mut self, day: Day, dx1: &str) {
        self.stays(day, 0, &[("facility_class", "ed"), ("level", ""), ("dx1", dx1)]);
    }

    pub(super) fn event_on(&mut self, day: Day, what: &str) {
        let mut row = self.row("event_id").with("type", what);
        row.set_day("start", day);
        if day <= self.end {
            self.add("events", row);
        }
    }

    pub(super) fn recorded(&mut self, day: Day, more: &[(&'static str, &str)]) {
        let mut row = self.row("outcome_id").with("instrument", "X").with("record_type", "status");
        row.set_day("date", day);
        for (column, text) in more {
            row.set(column, text);
        }
        if day <= self.end {
            self.add("outcomes", row);
        }
    }

    pub(super) fn dated(&mut self, table: &str, mut row: Row, days: &[(&'static str, Day)]) {
        for (column, day) in days {
            row.set_day(column, (*day).min(self.end));
        }
        self.add(table, row);
    }
}

fn hospital(writer: &mut Writer, day: Day) {
    let dx1 = writer.dice.pick(&["F33.1", "F33.1", "F10.20", "R45.851"]);
    let facility = writer.dice.pick(&["", "acute_psych"]);
    let nights = writer.dice.pick(&[2, 10, 40]);
    writer.stays(day, nights, &[("dx1", dx1), ("facility_class", facility)]);
    let end = day + nights;
    for place in 0..writer.dice.pick(&[1, 4]) {
        let on = end + writer.soon();
        let way = if place % 2 == 0 { "in_person" } else { "" };
        writer.seen(on, "therapy", &[("dx1", dx1), ("modality", way)]);
    }
    if writer.dice.percent(60) {
        let again = end + writer.dice.pick(&[2, 6, 7, 8, 29, 30, 31]);
        writer.stays(again, 5, &[("dx1", "F31.9")]);
        writer.stays(again + 60, 3, &[("dx1", "F33.1")]);
    }
}

fn emergency(writer: &mut Writer, day: Day) {
    let dx1 = writer.dice.pick(&["F33.1", "F32.9", "F10.20", "T40.1X1A"]);
    writer.visits_ed(day, dx1);
    let way = if dx1 == "F10.20" { "" } else { "in_person" };
    for _ in 0..2 {
        let on = day + writer.soon();
        let seen = if dx1 == "T40.1X1A" { "F11.20" } else { dx1 };
        writer.seen(on, "therapy", &[("dx1", seen), ("modality", way)]);
    }
}

fn new_episode(writer: &mut Writer, day: Day) {
    let mut on = day;
    match writer.dice.below(4) {
        0 | 3 => writer.stays(
            day - 5,
            5,
            &[("dx1", "F10.20"), ("facility_class", "residential_sud"), ("level", "5")],
        ),
        1 => writer.visits_ed(day, "F10.20"),
        _ => writer.seen(day, "assessment", &[("dx1", "F10.20")]),
    }
    for _ in 0..writer.dice.pick(&[1, 4, 4, 4]) {
        on += writer.dice.pick(&[0, 1, 1, 5, 12, 13]);
        let class = writer.dice.pick(&["therapy", "moud"]);
        writer.seen(on, class, &[("dx1", "F10.20")]);
    }
}

fn crisis(writer: &mut Writer, day: Day) {
    writer.seen(day, "crisis_ambulatory", &[]);
    let on = day + writer.soon();
    writer.seen(on, "therapy", &[]);
}

/// Two contacts, then none for 90 days, for half a year or for a year; sought, and back by one way or
/// another.
fn lost(writer: &mut Writer, day: Day) {
    let longer = writer.dice.pick(&[0, 0, 90, 275]);
    let day = if longer == 275 { day - 250 } else { day };
    writer.seen(day, "therapy", &[]);
    writer.seen(day + 10, "therapy", &[]);
    let gone = day + 100;
    let few = writer.dice.percent(50);
    for (place, after) in [20, 40, 60, 85, 95].into_iter().enumerate() {
        if place < 1 || !few {
            let way = if writer.dice.percent(80) { WAYS[place] } else { "phone" };
            let result = writer.dice.pick(&["reached", "not_reached"]);
            writer.seen(
                day + 10 + after,
                "outreach",
                &[("status", "attempted"), ("modality", way), ("outreach_result", result)],
            );
        }
    }
    let back = gone + longer + writer.dice.pick(&[1, 5, 29, 30, 31, 60, 90]);
    match writer.dice.below(10) {
        0 => writer.seen(back, "crisis_ambulatory", &[]),
        1 => writer.visits_ed(back, "F33.1"),
        2 => writer.stays(back, 4, &[]),
        3 | 8 | 9 => writer.event_on(back, "involuntary_72h"),
        4 => writer.event_on(back, "incarceration_start"),
        5 => writer.event_on(back, "death"),
        _ => {}
    }
    for after in [0, 20, 50] {
        writer.seen(back + after, "therapy", &[]);
    }
}

/// A child that becomes 18, or somebody who becomes 21.
fn birthday(writer: &mut Writer, day: Day) {
    let age = writer.dice.pick(&[18, 18, 21]);
    let day = month_start(day, 0);
    let born = month_start(day, -12 * age);
    // The row of the member is the last one of the table.
    let id = writer.row("").text("member_id").to_owned();
    writer.change("members", &id, |row| {
        row.set("birth_year", date(born).format("%Y"));
        row.set("birth_month", date(born).format("%-m"));
    });
    for after in [-100, -20, 60, 120] {
        writer.seen(day + after, "therapy", &[]);
    }
}

/// Somebody with a lead, a plan and two agencies that speak with one another, seen once by two more.
fn long_care(writer: &mut Writer, day: Day) {
    let begin = day - writer.dice.pick(&[0, 200]);
    let every = writer.dice.pick(&[14, 28, 28]);
    let (mut on, mut place) = (begin, 0);
    while on < day + 420 {
        let agency = match place {
            4 => "A3",
            8 => "A4",
            place if place % 3 == 0 => "A2",
            _ => "A1",
        };
        let dx1 = writer.dice.pick(&["F33.2", "F33.1"]);
        writer.seen(on, "therapy", &[("clinician_id", "K1"), ("agency_id", agency), ("dx1", dx1)]);
        if place % 2 == 0 {
            writer.seen(on + 1, "coordination", &[("agency_id", "A1")]);
        }
        (on, place) = (on + every, place + 1);
    }
    let mut row = writer.row("plan_id").with("agencies", "A1;A2");
    row.set("lead_id", writer.dice.pick(&["", "K1"]));
    let reviewed = begin + writer.dice.pick(&[200, 500, 600]);
    writer.dated("care_plans", row, &[("created", begin), ("reviewed", reviewed)]);
}

/// Two status records, most of them better at the second.
fn status(writer: &mut Writer, day: Day) {
    let groups = [("1", "3"), ("3", "1"), ("2", "4"), ("1", "1")];
    let groups = writer.dice.pick(&groups);
    let homes =
        [("15", "3"), ("07", "15"), ("2", "3"), ("12", "13"), ("3", "3"), ("3", "15"), ("15", "1")];
    let works = [("3", "1"), ("1", "3"), ("04", "01"), ("01", "04"), ("07", "10")];
    let schools = [("02", "01"), ("02", "01"), ("01", "02"), ("01", "01")];
    let (home, work) = (writer.dice.pick(&homes), writer.dice.pick(&works));
    let school = writer.dice.pick(&schools);
    let arrests = writer.dice.pick(&[("0", "1"), ("2+", "0")]);
    let days = writer.dice.pick(&[("20", "3"), ("3", "20"), ("0", "0")]);
    let apart = writer.dice.pick(&[29, 30, 89, 90, 90, 120, 120]);
    let record = |home, work, school, arrests, days, groups| {
        [
            ("selfhelp_freq", groups),
            ("living", home),
            ("employment", work),
            ("school", school),
            ("arrests_30d", arrests),
            ("substance_use_days", days),
        ]
    };
    writer.recorded(day, &record(home.0, work.0, school.0, arrests.0, days.0, groups.0));
    writer.recorded(day + apart, &record(home.1, work.1, school.1, arrests.1, days.1, groups.1));
}

fn needs(writer: &mut Writer, day: Day) {
    let all = "housing;food;employment;transport";
    let found = [("sectors_needed", all), ("screen_result", "pos"), ("need_treatment", "true")];
    let reason = [("reason", writer.dice.pick(&["check_up", "review"]))];
    writer.recorded(day, &[&found[..], &reason].concat());
    for sector in all.split(';').filter(|_| writer.dice.percent(80)).collect::<Vec<&str>>() {
        let to = if writer.dice.percent(90) { sector } else { "bh" };
        let row = writer.row("referral_id").with("to_sector", to);
        let made = day + writer.dice.pick(&[0, 10, 20, 30, 31]);
        let attended = made + writer.dice.pick(&[0, 10, 20, 30, 31]);
        writer.dated("referrals", row, &[("date", made), ("first_attended_date", attended)]);
    }
    let on = day + writer.soon();
    writer.seen(on, "therapy", &[]);
}

fn planned_services(writer: &mut Writer, day: Day) {
    let row = writer.row("plan_id").with("services_planned", "therapy;peer;gardening");
    writer.dated("care_plans", row, &[("created", day)]);
    for class in ["therapy", "peer"] {
        let on = day + writer.dice.pick(&[0, 30, 60, 61]);
        writer.seen(on, class, &[]);
    }
}

fn missed(writer: &mut Writer, day: Day) {
    let reason = writer.dice.pick(&["childcare", "transport", "other"]);
    writer.seen(day, "therapy", &[("status", "no_show"), ("no_show_reason", reason)]);
    let on = day + writer.soon();
    writer.seen(on, "therapy", &[("status", "attended")]);
}

fn request(writer: &mut Writer, day: Day) {
    let row = writer.row("referral_id").with("to_sector", "bh").with("warm", "true");
    let (offered, attended) = (day + writer.soon(), day + writer.soon());
    writer.dated(
        "referrals",
        row,
        &[
            ("request_received_date", day),
            ("date", day + 1),
            ("first_offered_date", offered),
            ("first_attended_date", attended),
        ],
    );
    writer.seen(attended, "therapy", &[]);
}

fn again_and_again(writer: &mut Writer, day: Day) {
    for place in 0..writer.dice.pick(&[3, 4, 5]) {
        writer.visits_ed(day + 40 * place, "F33.1");
        writer.stays(day + 40 * place + 20, 3, &[]);
    }
}

fn assessed(writer: &mut Writer, day: Day) {
    let level = writer.dice.pick(&["1", "2", "2", "3"]);
    let row = writer.row("outcome_id").with("instrument", "LOC").with("record_type", "assessment");
    writer.dated("outcomes", row.with("recommended_level", level), &[("date", day)]);
    for after in [3, 10] {
        let class = writer.dice.pick(&["therapy", "therapy", "iop"]);
        writer.seen(day + after, class, &[]);
    }
    // Stays of every kind of level beside the recommended one, some of them side by side.
    for (after, at) in [(20, level), (22, "4"), (25, "0"), (60, "5"), (90, level), (91, "3")] {
        writer.stays(day + after, 4, &[("level", at), ("leave_days", "1")]);
    }
}

/// Somebody with a serious illness and no contact who turns up somewhere.
fn unengaged(writer: &mut Writer, day: Day) {
    let id = writer.row("").text("member_id").to_owned();
    writer.change("members", &id, |row| row.set("smi_sed", "1"));
    match writer.dice.below(4) {
        0 => writer.visits_ed(day, "F20.9"),
        1 => writer.stays(day - 4, 4, &[]),
        2 => writer.event_on(day, "incarceration_end"),
        _ => writer.seen(day, "crisis_ambulatory", &[]),
    }
    if writer.dice.percent(70) {
        let on = day + writer.soon();
        writer.seen(on, "outreach", &[("status", "attempted")]);
    }
    let on = day + writer.dice.pick(&[1, 20, 30, 30, 31]);
    writer.seen(on, "therapy", &[]);
}

fn after_the_end(writer: &mut Writer, day: Day) {
    writer.seen(day - 30, "therapy", &[]);
    writer.seen(day - 10, "iop", &[]);
    let row = writer.row("plan_id").with("end_reason", "completed");
    writer.dated("care_plans", row, &[("created", day - 60), ("ended", day)]);
    for after in [40, 120, 200, 300] {
        writer.seen(day + after, "monitoring", &[]);
    }
    let on = day + writer.dice.pick(&[91, 200, 365, 366]);
    writer.seen(on, "therapy", &[]);
}

fn relapse(writer: &mut Writer, day: Day) {
    writer.seen(day - 30, "moud", &[("dx1", "F11.20")]);
    writer.seen(day - 1, "moud", &[("dx1", "F11.20")]);
    let what = writer.dice.pick(&["return_to_use", "overdose"]);
    writer.event_on(day, what);
    if writer.dice.percent(50) {
        let row = writer.row("plan_id").with("end_reason", "terminated");
        let ended = day + writer.dice.pick(&[0, 30, 31]);
        writer.dated("care_plans", row, &[("created", day - 60), ("ended", ended)]);
    }
}

fn released(writer: &mut Writer, day: Day) {
    writer.seen(day - 60, "therapy", &[]);
    writer.event_on(day - 20, "incarceration_start");
    writer.event_on(day, "incarceration_end");
    let on = day + writer.soon();
    writer.seen(on, "therapy", &[]);
}
