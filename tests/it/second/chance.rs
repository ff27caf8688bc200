//! Small nasty extracts by seeded chance: few members, crowded days, every window hit at its edges.

use super::compare::Case;
use super::rows::{Day, Delivered, Extract, Row, date, month_start, ymd};

/// Draws that depend on the seed alone (`SplitMix64`).
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 11).expect("53 bits") % n
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True so many times in a hundred.
    fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    fn between(&mut self, low: i32, high: i32) -> i32 {
        low + i32::try_from(self.below(usize::try_from(high - low + 1).expect("a range")))
            .expect("small")
    }
}

/// Distances that windows begin and end with, and their neighbours.
const EDGES: [i32; 30] = [
    0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 8, 13, 14, 15, 29, 30, 31, 32, 44, 45, 60, 61, 89, 90, 91,
    92, 180, 181,
];
const MENTAL: [&str; 10] = [
    "F20.9", "F33.1", "F31.9", "F43.10", "F32.9", "F33.2", "F84.0", "R45.851", "X71.0XXA",
    "T39.012A",
];
const OTHER: [&str; 12] = [
    "F10.20", "F11.20", "F19.10", "F17.210", "F70", "I10", "T40.1X1A", "T42.4X2A", "T51.91XA",
    "T40.2X3A", "Z59.0", "",
];
const TREATMENT: [&str; 18] = [
    "assessment",
    "therapy",
    "therapy",
    "therapy",
    "medication",
    "case_management",
    "peer",
    "rehab",
    "skills",
    "supported_employment",
    "supported_housing",
    "psychoeducation",
    "iop",
    "php",
    "act",
    "wraparound",
    "moud",
    "wm",
];
const ODD_CLASSES: [&str; 8] = [
    "crisis_ambulatory",
    "crisis_ambulatory",
    "monitoring",
    "outreach",
    "outreach",
    "screening",
    "coordination",
    "prevention",
];
const CODES: [&str; 12] = [
    "H0004", "H0031", "90837", "T1017", "H0038", "H2011", "H0023", "H0002", "G8431", "H0015",
    "H0010", "H0020",
];
const PLACES: [&str; 16] =
    ["", "", "", "11", "11", "53", "12", "03", "02", "10", "99", "21", "51", "55", "56", "23"];
const EVENTS: [&str; 14] = [
    "involuntary_72h",
    "involuntary_72h",
    "emergency_commitment",
    "cert_short",
    "cert_long",
    "seclusion",
    "restraint_physical",
    "restraint_mechanical",
    "incarceration_start",
    "incarceration_start",
    "incarceration_end",
    "incarceration_end",
    "overdose",
    "arrest",
];
const DISPOSITIONS: [&str; 11] = [
    "",
    "home",
    "home",
    "home",
    "residential",
    "AMA",
    "other",
    "inpatient_transfer",
    "jail",
    "nursing",
    "died",
];
const FACILITIES: [&str; 10] = [
    "acute_psych",
    "acute_psych",
    "state_psych",
    "general_hospital",
    "wm_inpatient",
    "rtf",
    "crisis_stab",
    "residential_sud",
    "ed",
    "nursing",
];

/// A random extract with so many members.
pub(super) fn case(seed: u64, members: usize) -> Case {
    let mut dice = Dice(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let reported = month_start(ymd(2025, 1, 1), dice.between(0, 5));
    let extract_date =
        month_start(reported, 1) + dice.pick(&[-1, 0, 14, 30, 31, 60, 89, 90, 91, 120, 200]);
    let mut writer = Writer {
        extract: Extract::default(),
        start: ymd(2023, 1, 1),
        end: extract_date,
        anchors: Vec::new(),
        member: String::new(),
        number: 0,
        death: None,
        dice,
    };
    let lacks = |dice: &mut Dice, table: &str| table != "contacts" && dice.percent(8);
    for table in [
        "contacts",
        "members",
        "enrolment",
        "stays",
        "outcomes",
        "referrals",
        "care_plans",
        "events",
        "cost",
    ] {
        if lacks(&mut writer.dice, table) {
            continue;
        }
        let runout_days = writer.dice.pick(&[0, 0, 0, 14, 30, 90]);
        let delivered = Delivered { rows: Vec::new(), extract_date, runout_days };
        writer.extract.0.insert(table, delivered);
    }
    for number in 0..members {
        writer.live(number);
    }
    Case {
        extract: writer.extract,
        months: writer.dice.between(1, 5),
        year_starts: writer.dice.pick(&[1, 1, 7, 10]),
        month: date(reported).format("%Y-%m").to_string(),
        transfer_gap: writer.dice.pick(&[1, 1, 1, 0, 2]),
    }
}

struct Writer {
    extract: Extract,
    start: Day,
    end: Day,
    /// Days on which something happened to the member.
    anchors: Vec<Day>,
    member: String,
    number: usize,
    death: Option<Day>,
    dice: Dice,
}

impl Writer {
    /// A day at the edge of some window around another, or any day.
    fn day(&mut self) -> Day {
        let day = if self.anchors.is_empty() || self.dice.percent(25) {
            self.dice.between(self.start, self.end)
        } else {
            let at = self.dice.below(self.anchors.len());
            let edge = self.dice.pick(&EDGES);
            self.anchors[at] + if self.dice.percent(30) { -edge } else { edge }
        };
        let day = day.clamp(self.start, self.end);
        self.anchors.push(day);
        day
    }

    fn row(&mut self, key: &'static str) -> Row {
        self.number += 1;
        let row = Row::new().with("member_id", &self.member);
        if key.is_empty() { row } else { row.with(key, format!("R{:06}", self.number)) }
    }

    fn add(&mut self, table: &str, row: Row) {
        // After death almost nothing happens any more.
        if let Some(delivered) = self.extract.0.get_mut(table)
            && !delivered.rows.contains(&row)
        {
            delivered.rows.push(row);
        }
    }

    /// False for most days after death.
    fn can_happen(&mut self, day: Day) -> bool {
        self.death.is_none_or(|death| day <= death) || self.dice.percent(10)
    }

    fn live(&mut self, number: usize) {
        self.member = format!("M{number:04}");
        self.anchors.clear();
        for _ in 0..self.dice.between(1, 3) {
            let day = self.dice.between(self.start, self.end);
            self.anchors.push(day);
        }
        self.death = self.dice.percent(12).then(|| self.day());
        self.about();
        self.spans();
        let busy = self.dice.pick(&[0, 2, 8, 20, 45]);
        for _ in 0..self.dice.between(0, busy) {
            self.contact();
        }
        if self.dice.percent(35) {
            self.regular();
        }
        let stays = self.dice.pick(&[0, 1, 3, 6]);
        for _ in 0..stays {
            self.stay();
        }
        for _ in 0..self.dice.pick(&[0, 0, 1, 3]) {
            self.ed_contact();
        }
        for _ in 0..self.dice.pick(&[0, 0, 1, 3, 8]) {
            self.event();
        }
        for _ in 0..self.dice.pick(&[0, 0, 1, 3]) {
            self.record();
        }
        for _ in 0..self.dice.pick(&[0, 0, 2, 5]) {
            self.cost();
        }
    }

    fn about(&mut self) {
        let mut row = self.row("");
        let at = self.anchors[0];
        let years = self.dice.pick(&[5, 6, 12, 13, 17, 18, 20, 21, 30, 40, 64, 65, 80]);
        let near = self.dice.between(-1, 1);
        let born = month_start(at, near - 12 * years).max(ymd(1930, 1, 1));
        row.set("birth_year", date(born).format("%Y"));
        if self.dice.percent(80) {
            row.set("birth_month", date(born).format("%-m"));
        }
        row.set("sex", self.dice.pick(&["F", "M", ""]));
        row.set("smi_sed", self.dice.pick(&["", "", "", "1", "2", "4"]));
        if let Some(death) = self.death
            && self.dice.percent(70)
        {
            row.set_day("death_date", death);
        }
        self.add("members", row);
    }

    fn spans(&mut self) {
        let plain = self.dice.percent(55);
        let mut from = if plain { self.start - 400 } else { self.day() - self.dice.pick(&EDGES) };
        for _ in 0..if plain { 1 } else { self.dice.between(0, 4) } {
            let mut row = self.row("");
            row.set_day("start", from);
            row.set("bho_id", self.dice.pick(&["B1", "B1", "B2", "B3", ""]));
            let to = if plain {
                self.end + 400
            } else {
                from + self.dice.pick(&[0, 30, 90, 200, 365, 600])
            };
            if self.dice.percent(if plain { 70 } else { 90 }) {
                row.set_day("end", to);
            }
            if self.dice.percent(4) {
                row.set("hospice", "true");
            }
            self.add("enrolment", row);
            // The next follows without a gap, with one, or overlaps.
            from = (to + self.dice.pick(&[1, 1, 1, 2, 3, 20, -5, -40])).min(self.end);
        }
        if plain && self.dice.percent(30) {
            let from = self.day();
            let mut row = self.row("");
            row.set_day("start", from);
            row.set("bho_id", self.dice.pick(&["B1", "B2", "B3"]));
            row.set_day("end", from + self.dice.pick(&[0, 1, 30, 200]));
            row.set("hospice", self.dice.pick(&["", "", "false", "true"]));
            self.add("enrolment", row);
        }
    }

    fn diagnosis(&mut self) -> &'static str {
        if self.dice.percent(65) { self.dice.pick(&MENTAL) } else { self.dice.pick(&OTHER) }
    }

    /// A row of contacts with its everyday columns.
    fn contact_on(&mut self, day: Day) -> Row {
        let mut row = self.row("contact_id");
        row.set_day("contact_date", day);
        row.set("agency_id", self.dice.pick(&["A1", "A1", "A2", "A3"]));
        row.set("clinician_id", self.dice.pick(&["", "K1", "K1", "K2", "K3"]));
        row.set("team_id", self.dice.pick(&["", "T1", "T1", "T2"]));
        row.set("service_class", self.dice.pick(&TREATMENT));
        row.set("dx1", self.diagnosis());
        row
    }

    fn contact(&mut self) {
        let day = self.day();
        if !self.can_happen(day) {
            return;
        }
        let mut row = self.contact_on(day);
        if self.dice.percent(20) {
            row.set("service_class", self.dice.pick(&ODD_CLASSES));
        }
        if self.dice.percent(25) {
            row.set("service_code", self.dice.pick(&CODES));
            if self.dice.percent(60) {
                row.set("service_class", "");
            }
        }
        if self.dice.percent(4) {
            row.set(
                "service_class",
                self.dice.pick(&["inpatient_day", "residential_day", "other"]),
            );
        }
        if self.dice.percent(20) {
            let lists = [
                "no_show",
                "cancelled_client",
                "cancelled_provider",
                "late_cancel",
                "attempted",
                "",
            ];
            row.set("status", self.dice.pick(&lists));
        } else {
            row.set("status", "attended");
        }
        if row.text("status") == "no_show" && self.dice.percent(60) {
            row.set(
                "no_show_reason",
                self.dice.pick(&["childcare", "transport", "work", "ill", "other"]),
            );
        }
        if self.dice.percent(20) {
            row.set(
                "modality",
                self.dice.pick(&["in_person", "video", "phone", "message", "collateral_only"]),
            );
            row.set("minutes", self.dice.pick(&["", "0", "4", "5", "6", "50"]));
        }
        if self.dice.percent(15) {
            let sets = ["member", "family", "member;family", "other_agency", "family;other_agency"];
            row.set("participants", self.dice.pick(&sets));
        }
        if self.dice.percent(40) {
            row.set("place_of_service", self.dice.pick(&PLACES));
        }
        if self.dice.percent(10) {
            row.set("level", self.dice.pick(&["0", "1", "2", "3", "4", "5", "6"]));
        }
        if self.dice.percent(20) {
            row.set("dx3", self.diagnosis());
        }
        if row.text("service_class") == "outreach" || self.dice.percent(3) {
            row.set(
                "outreach_result",
                self.dice.pick(&["reached", "reached", "not_reached", "refused", ""]),
            );
        }
        self.add("contacts", row);
    }

    /// A rhythm of contacts, so that care begins and members are active for long.
    fn regular(&mut self) {
        let every = self.dice.pick(&[7, 14, 28, 30, 60, 85]);
        let mut day = self.day();
        for _ in 0..self.dice.between(3, 24) {
            if day > self.end {
                break;
            }
            if self.can_happen(day) {
                let row = self.contact_on(day);
                self.add("contacts", row);
            }
            self.anchors.push(day);
            day += every + self.dice.pick(&[0, 0, 0, 1, -1]);
        }
    }

    fn stay(&mut self) {
        let admit = self.day();
        if !self.can_happen(admit) {
            return;
        }
        let nights = self.dice.pick(&[0, 0, 1, 1, 2, 5, 10, 14, 15, 30, 31, 60]);
        let discharge = (admit + nights).min(self.end);
        let mut row = self.row("stay_id");
        row.set_day("admit", admit);
        if self.dice.percent(94) {
            row.set_day("discharge", discharge);
            self.anchors.push(discharge);
        }
        row.set("level", self.dice.pick(&["6", "6", "6", "5", ""]));
        if row.text("level").is_empty() || self.dice.percent(30) {
            row.set("facility_class", self.dice.pick(&FACILITIES));
        }
        row.set("dx1", self.diagnosis());
        row.set("discharge_disposition", self.dice.pick(&DISPOSITIONS));
        if row.text("discharge_disposition") == "died" && self.dice.percent(70) {
            row.set("discharge_disposition", "home");
        }
        if self.dice.percent(10) {
            row.set("planned", self.dice.pick(&["true", "false"]));
        }
        if self.dice.percent(20) {
            row.set("leave_days", self.dice.pick(&[0, 1, 3]));
        }
        self.add("stays", row);
    }

    fn ed_contact(&mut self) {
        let day = self.day();
        if !self.can_happen(day) {
            return;
        }
        if self.dice.percent(50) {
            let mut row = self.row("stay_id");
            row.set_day("admit", day);
            let nights = self.dice.pick(&[0, 0, 0, 1, 2]);
            if self.dice.percent(85) {
                row.set_day("discharge", (day + nights).min(self.end));
            }
            row.set("facility_class", "ed");
            row.set("dx1", self.diagnosis());
            row.set(
                "discharge_disposition",
                self.dice.pick(&["", "home", "home", "jail", "inpatient_transfer"]),
            );
            self.add("stays", row);
        } else {
            let mut row = self.contact_on(day);
            row.set("status", self.dice.pick(&["attended", "attended", "", "no_show"]));
            row.set("ed_flag", "true");
            row.set("ed_admitted", self.dice.pick(&["", "", "false", "true"]));
            row.set("place_of_service", self.dice.pick(&["23", ""]));
            self.add("contacts", row);
        }
    }

    fn event(&mut self) {
        let day = self.day();
        if !self.can_happen(day) {
            return;
        }
        let mut row = self.row("event_id");
        row.set_day("start", day);
        row.set("type", self.dice.pick(&EVENTS));
        if row.text("type") == "incarceration_start" && self.dice.percent(40) {
            let days = self.dice.pick(&EDGES);
            row.set_day("end", (day + days).min(self.end));
        }
        self.add("events", row);
        if let Some(death) = self.death
            && self.dice.percent(30)
        {
            let mut row = self.row("event_id").with("type", "death");
            row.set_day("start", death);
            self.add("events", row);
        }
    }

    /// An assessment, a referral or a plan.
    fn record(&mut self) {
        let day = self.day();
        if !self.can_happen(day) {
            return;
        }
        let later = |writer: &mut Self| {
            let edge = writer.dice.pick(&EDGES);
            date((day + edge).min(writer.end)).to_string()
        };
        match self.dice.below(3) {
            0 => {
                let mut row = self.row("outcome_id").with("instrument", "LOC");
                row.set_day("date", day);
                row.set(
                    "record_type",
                    self.dice.pick(&["assessment", "assessment", "assessment", "screen"]),
                );
                row.set(
                    "recommended_level",
                    self.dice.pick(&["", "0", "1", "2", "2", "3", "4", "5", "6"]),
                );
                self.add("outcomes", row);
            }
            1 => {
                let mut row = self.row("referral_id");
                row.set_day("date", day);
                row.set("warm", self.dice.pick(&["", "true", "false"]));
                row.set(
                    "status",
                    self.dice.pick(&["", "sent", "accepted", "declined", "completed"]),
                );
                if self.dice.percent(60) {
                    let day = later(self);
                    row.set("first_attended_date", day);
                }
                if self.dice.percent(60) {
                    let day = later(self);
                    row.set("report_back_date", day);
                }
                self.add("referrals", row);
            }
            _ => {
                let mut row = self.row("plan_id");
                row.set_day("created", day);
                row.set("member_signed", self.dice.pick(&["", "true", "false"]));
                row.set("family_involved", self.dice.pick(&["", "true", "false"]));
                if self.dice.percent(70) {
                    let day = later(self);
                    row.set("ended", day);
                    let reasons = [
                        "completed",
                        "transferred",
                        "moved",
                        "dropped_out",
                        "terminated",
                        "",
                        "other",
                    ];
                    row.set("end_reason", self.dice.pick(&reasons));
                }
                if self.dice.percent(60) {
                    row.set("goals_closed", self.dice.pick(&["0", "1", "3"]));
                    row.set("goals_attained", self.dice.pick(&["0", "1", ""]));
                }
                self.add("care_plans", row);
            }
        }
    }

    fn cost(&mut self) {
        let day = self.day();
        if !self.can_happen(day) {
            return;
        }
        let mut row = self.row("claim_id");
        row.set_day("service_date", day);
        row.set("amount_paid", self.dice.pick(&["", "10.50", "0", "99.99", "1200"]));
        row.set("amount_allowed", self.dice.pick(&["", "11.25"]));
        row.set("std_price", self.dice.pick(&["", "7"]));
        row.set("level", self.dice.pick(&["", "1", "2", "4", "5", "6"]));
        self.add("cost", row);
    }
}
