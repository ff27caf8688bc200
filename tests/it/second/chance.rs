//! Small nasty extracts by seeded chance: few members, crowded days, every window hit at its edges.

use super::compare::Case;
use super::rows::{Day, Delivered, Extract, Row, date, month_start, ymd};
use super::stories;

/// Draws that depend on the seed alone (`SplitMix64`).
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 11).expect("53 bits") % n
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
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
    "F10.20", "F11.20", "F10.21", "F17.210", "F70", "I10", "T40.1X1A", "T42.4X2A", "T51.91XA",
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
const CODES: [&str; 16] = [
    "H0004", "H0031", "90837", "T1017", "H0038", "H2011", "H0023", "H0002", "G8431", "H0015",
    "H0010", "H0020", "H0024", "H2017", "T1016", "H2021",
];
const PLACES: [&str; 16] =
    ["", "", "", "11", "11", "53", "12", "03", "02", "10", "99", "21", "51", "55", "56", "23"];
const EVENTS: [&str; 16] = [
    "return_to_use",
    "homeless_start",
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
/// Organisations that rows of contacts name, whoever the member is enrolled with.
const BHOS_NAMED: [&str; 7] = ["B1", "B2", "", "B1", "B3", "B2", "B1"];
const DRUGS: [&str; 5] =
    ["ssri", "SNRI", "atypical_antipsychotic", "atypical_antipsychotic", "mood_stabiliser"];
const HOMES: [&str; 12] = [
    "family_home",
    "own_home",
    "kinship_care",
    "shelter",
    "foster_home",
    "group_home",
    "supported_housing",
    "hospital",
    "detention",
    "07",
    "somewhere",
    "",
];
/// Instruments with a subscale, and about the middle and the spread of their scores.
const INSTRUMENTS: [(&str, &str, i32, i32); 9] = [
    ("PHQ-9", "", 12, 14),
    ("GAD-7", "", 10, 10),
    ("distress", "", 20, 10),
    ("functioning_adult", "", 28, 20),
    ("functioning_youth", "", 18, 14),
    ("recovery_milestone", "", 5, 4),
    ("experience", "satisfaction", 3, 3),
    ("population_well_being", "", 60, 50),
    ("something_else", "", 10, 10),
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

const LIVING: [&str; 14] =
    ["", "1", "2", "3", "3", "01", "02", "04", "05", "07", "12", "13", "15", "99"];
const WORK: [&str; 12] = ["", "1", "2", "3", "4", "01", "03", "04", "07", "10", "11", "99"];
const SECTORS: [&str; 9] = [
    "",
    "",
    "housing",
    "food",
    "employment",
    "transport",
    "housing;food",
    "legal;housing",
    "physical;bh",
];
const SELF_HELP: [&str; 7] = ["", "1", "2", "3", "5", "6", "-9"];
const SERVICES: [&str; 7] =
    ["", "therapy", "therapy;peer", "case_management", "gardening", "peer;gardening", "outreach"];
const REASONS: [&str; 7] =
    ["completed", "transferred", "moved", "dropped_out", "terminated", "", "other"];
const LEGAL: [&str; 8] =
    ["", "", "voluntary", "involuntary", "involuntary", "involuntary", "04", "01"];

/// A random extract with so many members. Half of them live through two stories.
pub(super) fn case(seed: u64, members: usize) -> Case {
    let mut dice = Dice(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let reported = month_start(ymd(2025, 1, 1), dice.between(0, 5));
    let extract_date =
        month_start(reported, 1) + dice.pick(&[-1, 0, 14, 30, 31, 60, 89, 90, 91, 120, 200]);
    let mut writer = Writer::on(extract_date, dice);
    for table in TABLES {
        if table != "contacts" && writer.dice.percent(8) {
            continue;
        }
        let runout_days = writer.dice.pick(&[0, 0, 0, 14, 30, 90]);
        writer.deliver(table, runout_days);
    }
    writer.populate(members);
    Case {
        extract: writer.extract,
        months: writer.dice.between(1, 5),
        year_starts: writer.dice.pick(&[1, 1, 7, 10]),
        month: date(reported).format("%Y-%m").to_string(),
        transfer_gap: writer.dice.pick(&[1, 1, 1, 0, 2]),
    }
}

/// A random extract with every table and a year of periods, so that long windows fit in.
pub(super) fn complete(seed: u64, members: usize) -> Case {
    let mut writer = Writer::on(ymd(2025, 7, 15), Dice(seed));
    for table in TABLES {
        writer.deliver(table, 0);
    }
    writer.populate(members);
    Case {
        extract: writer.extract,
        months: 12,
        year_starts: 4,
        month: "2025-03".to_owned(),
        transfer_gap: 1,
    }
}

const TABLES: [&str; 12] = [
    "community_activities",
    "contacts",
    "members",
    "enrolment",
    "stays",
    "outcomes",
    "referrals",
    "care_plans",
    "events",
    "cost",
    "pharmacy",
    "living",
];

#[derive(Debug)]
pub(super) struct Writer {
    extract: Extract,
    start: Day,
    pub(super) end: Day,
    /// Days on which something happened to the member.
    pub(super) anchors: Vec<Day>,
    member: String,
    number: usize,
    death: Option<Day>,
    pub(super) dice: Dice,
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

    pub(super) fn row(&mut self, key: &'static str) -> Row {
        self.number += 1;
        let row = Row::new().with("member_id", &self.member);
        if key.is_empty() { row } else { row.with(key, format!("R{:06}", self.number)) }
    }

    pub(super) fn add(&mut self, table: &str, mut row: Row) {
        // Whose stays are is told without the dice, as nothing depends on it.
        if let Some(admit) = row.day("admit") {
            let agency = usize::try_from(admit.rem_euclid(4)).unwrap_or(0);
            row.set("agency_id", ["A1", "A2", "A1", ""][agency]);
        }
        // After death almost nothing happens any more.
        if let Some(delivered) = self.extract.0.get_mut(table)
            && !delivered.rows.contains(&row)
        {
            delivered.rows.push(row);
        }
    }

    /// Changes the rows of a member.
    pub(super) fn change(&mut self, table: &str, member: &str, change: impl Fn(&mut Row)) {
        let Some(delivered) = self.extract.0.get_mut(table) else { return };
        for row in delivered.rows.iter_mut().filter(|row| row.text("member_id") == member) {
            change(row);
        }
    }

    /// False for most days after death.
    fn can_happen(&mut self, day: Day) -> bool {
        self.death.is_none_or(|death| day <= death) || self.dice.percent(10)
    }

    fn on(extract_date: Day, dice: Dice) -> Self {
        Self {
            extract: Extract::default(),
            start: ymd(2023, 1, 1),
            end: extract_date,
            anchors: Vec::new(),
            member: String::new(),
            number: 0,
            death: None,
            dice,
        }
    }

    fn deliver(&mut self, table: &'static str, runout_days: i32) {
        let delivered = Delivered { rows: Vec::new(), extract_date: self.end, runout_days };
        self.extract.0.insert(table, delivered);
    }

    /// Members, half of whom live through two stories.
    fn populate(&mut self, members: usize) {
        for number in 0..members {
            self.member = format!("M{number:04}");
            self.anchors.clear();
            self.death = None;
            if number % 2 == 1 {
                stories::tell(self, number / 2);
            } else {
                self.live();
            }
        }
        self.activities();
    }

    /// What agencies do in their community, some of it twice a day.
    fn activities(&mut self) {
        for number in 0..self.dice.between(0, 60) {
            let day = self.dice.between(self.start, self.end);
            let row = Row::new()
                .with("date", date(day))
                .with("agency_id", format!("A{}", number % 3))
                .with("type", format!("event {number}"))
                .with("participants", self.dice.pick(&["", "0", "7", "40"]))
                .with("hours", self.dice.pick(&["", "1", "1.5", "0.025", "0.333"]))
                .with("level", "4");
            self.add("community_activities", row);
        }
    }

    fn live(&mut self) {
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
        for _ in 0..self.dice.pick(&[0, 0, 3, 8]) {
            self.record();
        }
        for _ in 0..self.dice.pick(&[0, 0, 1, 2]) {
            self.hold();
        }
        for _ in 0..self.dice.pick(&[0, 0, 2, 5]) {
            self.cost();
        }
        for _ in 0..self.dice.pick(&[0, 0, 2, 6]) {
            self.fill();
        }
        for _ in 0..self.dice.pick(&[0, 0, 1, 3]) {
            self.home();
        }
        for _ in 0..self.dice.pick(&[0, 1, 2, 3]) {
            self.scores();
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
        row.set("smi_sed", self.dice.pick(&["", "", "1", "1", "2", "4"]));
        row.set("lead_clinician_id", self.dice.pick(&["", "", "K1", "K2"]));
        row.set("language", self.dice.pick(&["", "en", "EN", "English", "es", "vi"]));
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
    pub(super) fn contact_on(&mut self, day: Day) -> Row {
        let mut row = self.row("contact_id");
        row.set_day("contact_date", day);
        row.set("agency_id", self.dice.pick(&["A1", "A1", "A2", "A3"]));
        // Without a draw, so that all other rows stay as they are.
        row.set("bho_id", BHOS_NAMED[self.number % BHOS_NAMED.len()]);
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
        self.billed(&mut row);
        if row.text("service_class") == "outreach" || self.dice.percent(3) {
            row.set(
                "outreach_result",
                self.dice.pick(&["reached", "reached", "not_reached", "refused", ""]),
            );
        }
        self.add("contacts", row);
    }

    /// What is said of a contact for its bill.
    fn billed(&mut self, row: &mut Row) {
        if self.dice.percent(30) && row.text("minutes").is_empty() {
            row.set("minutes", self.dice.pick(&["15", "30", "45", "60"]));
        }
        if self.dice.percent(25) {
            row.set("paid_amount", self.dice.pick(&["0", "12.50", "80", "99.99"]));
        }
        if self.dice.percent(15) {
            row.set("modifiers", self.dice.pick(&["U9", "95", "95;U9", "HQ"]));
        }
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
        if self.dice.percent(40) {
            row.set("dx2", self.diagnosis());
        }
        if self.dice.percent(10) {
            row.set("dx4", self.diagnosis());
        }
        row.set("discharge_disposition", self.dice.pick(&DISPOSITIONS));
        if row.text("discharge_disposition") == "died" && self.dice.percent(70) {
            row.set("discharge_disposition", "home");
        }
        if self.dice.percent(10) {
            row.set("planned", self.dice.pick(&["true", "false"]));
        }
        row.set("admit_legal", self.dice.pick(&LEGAL));
        if self.dice.percent(30) && nights > 0 {
            row.set("leave_days", self.dice.pick(&["0", "1", "2", "40"]));
        }
        if self.dice.percent(40) {
            let ready = (admit + self.dice.pick(&EDGES)).min(discharge);
            row.set_day("ready_date", ready);
        }
        // Some of lower levels, without a draw that would change all that comes after it.
        if self.number.is_multiple_of(6) {
            row.set("level", ["4", "2", "0"][self.number / 6 % 3]);
        }
        self.add("stays", row);
    }

    /// A stay that begins against the member's will, with the events around it.
    fn hold(&mut self) {
        let admit = self.day();
        if !self.can_happen(admit) {
            return;
        }
        let mut row = self.row("stay_id");
        row.set_day("admit", admit);
        let nights = self.dice.pick(&[3, 8, 10, 20, 40]);
        row.set_day("discharge", (admit + nights).min(self.end));
        row.set("level", "6");
        row.set("dx1", self.diagnosis());
        row.set("admit_legal", self.dice.pick(&["", "involuntary", "involuntary", "06"]));
        self.add("stays", row);
        let mut start = (admit + self.dice.pick(&[-1, 0, 0, 0, 1])).max(self.start);
        for _ in 0..self.dice.pick(&[1, 1, 2]) {
            let end = start + self.dice.pick(&[0, 3, 3, 6, 7, 8, 30]);
            let mut row = self.row("event_id");
            row.set_day("start", start.min(self.end));
            row.set("type", self.dice.pick(&["involuntary_72h", "cert_short", "cert_long"]));
            if self.dice.percent(85) {
                row.set_day("end", end.clamp(start.min(self.end), self.end));
            }
            self.add("events", row);
            start = end + self.dice.pick(&[0, 0, 1]);
        }
        self.restricted(admit, nights);
    }

    /// Seclusion and restraint during a stay, some of it at the same time.
    fn restricted(&mut self, admit: Day, nights: i32) {
        for _ in 0..self.dice.pick(&[0, 1, 3]) {
            let day = (admit + self.dice.between(0, nights)).min(self.end);
            let mut row = self.row("event_id");
            row.set_day("start", day);
            row.set("type", self.dice.pick(&["seclusion", "seclusion", "restraint_physical"]));
            let minutes = self.dice.pick(&[0, 10, 45, 59]);
            row.set("start_ts", format!("{}T{:02}:{minutes:02}:00", date(day), 21));
            let seconds = self.dice.pick(&["00", "00", "30"]);
            if self.dice.percent(85) {
                let hour = self.dice.pick(&[22, 23]);
                row.set("end_ts", format!("{}T{hour:02}:20:{seconds}", date(day)));
            }
            self.add("events", row);
        }
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
            if self.dice.percent(70) && row.day("discharge") == Some(day + nights) {
                let (from, to) =
                    (self.dice.pick(&["08:00", "23:30"]), self.dice.pick(&["23:30", "23:31"]));
                row.set("admit_ts", format!("{}T{from}:00", date(day)));
                row.set("discharge_ts", format!("{}T{to}:00", date(day + nights)));
            }
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
            row.set("cause", self.dice.pick(&["", "suicide", "natural"]));
            self.add("events", row);
        }
    }

    /// An assessment, a referral or a plan.
    fn record(&mut self) {
        let day = self.day();
        if !self.can_happen(day) {
            return;
        }
        match self.dice.below(3) {
            0 => self.assessment(day),
            1 => self.referral(day),
            _ => self.plan(day),
        }
    }

    /// A day at the edge of a window after another.
    fn later(&mut self, day: Day) -> Day {
        (day + self.dice.pick(&EDGES)).min(self.end)
    }

    fn assessment(&mut self, day: Day) {
        let mut row = self.row("outcome_id");
        row.set("instrument", self.dice.pick(&["LOC", "LOC", "trauma_screen", "pcl_5"]));
        row.set_day("date", day);
        let types = ["assessment", "assessment", "assessment", "screen"];
        row.set("record_type", self.dice.pick(&types));
        let levels = ["", "0", "1", "2", "2", "3", "4", "5", "6"];
        row.set("recommended_level", self.dice.pick(&levels));
        self.status(row);
    }

    fn referral(&mut self, day: Day) {
        let mut row = self.row("referral_id");
        row.set_day("date", day);
        row.set("warm", self.dice.pick(&["", "true", "false"]));
        let all = ["", "sent", "accepted", "declined", "completed", "waitlisted", "waitlisted"];
        row.set("status", self.dice.pick(&all));
        for column in ["first_attended_date", "report_back_date"] {
            if self.dice.percent(60) {
                let day = self.later(day);
                row.set_day(column, day);
            }
        }
        row.set("to_sector", self.dice.pick(&["", "housing", "housing", "food", "bh", "bh"]));
        if self.dice.percent(60) {
            let asked = (day - self.dice.pick(&[0, 1, 7, 30])).max(self.start);
            row.set_day("request_received_date", asked);
            if self.dice.percent(60) {
                row.set_day("first_offered_date", asked + self.dice.pick(&EDGES));
            }
        }
        self.add("referrals", row);
    }

    fn plan(&mut self, day: Day) {
        let mut row = self.row("plan_id");
        row.set_day("created", day);
        row.set("member_signed", self.dice.pick(&["", "true", "false"]));
        row.set("family_involved", self.dice.pick(&["", "true", "false"]));
        if self.dice.percent(70) {
            let day = self.later(day);
            row.set_day("ended", day);
            row.set("end_reason", self.dice.pick(&REASONS));
        }
        if self.dice.percent(60) {
            row.set("goals_closed", self.dice.pick(&["0", "1", "3"]));
            row.set("goals_attained", self.dice.pick(&["0", "1", ""]));
        }
        if self.dice.percent(50) {
            let day = self.later(day);
            row.set_day("reviewed", day);
        }
        row.set("lead_id", self.dice.pick(&["", "", "K1", "K2"]));
        row.set("agencies", self.dice.pick(&["", "A1", "A1;A2", "A1;A2;A3"]));
        row.set("services_planned", self.dice.pick(&SERVICES));
        self.add("care_plans", row);
    }

    /// What an outcome record says, and often the same a while later.
    fn status(&mut self, mut row: Row) {
        for _ in 0..self.dice.pick(&[1, 1, 2, 3]) {
            row.set("living", self.dice.pick(&LIVING));
            row.set("employment", self.dice.pick(&WORK));
            row.set("school", self.dice.pick(&["", "", "01", "01", "02", "03", "99"]));
            row.set("arrests_30d", self.dice.pick(&["", "0", "0", "1", "2+"]));
            row.set("selfhelp_freq", self.dice.pick(&SELF_HELP));
            row.set("substance_use_days", self.dice.pick(&["", "0", "3", "10", "30"]));
            row.set("screen_result", self.dice.pick(&["", "pos", "pos", "neg", "not_done"]));
            row.set("need_treatment", self.dice.pick(&["", "true", "true", "false"]));
            row.set("reason", self.dice.pick(&["", "review", "check_up", "check_up"]));
            row.set("sectors_needed", self.dice.pick(&SECTORS));
            let day = row.day("date").expect("every record has a day");
            let next = day + self.dice.pick(&[0, 29, 30, 89, 90, 91, 179, 180]);
            self.add("outcomes", row.clone());
            if next > self.end {
                break;
            }
            row.set_day("date", next);
            self.number += 1;
            row.set("outcome_id", format!("R{:06}", self.number));
        }
    }

    fn fill(&mut self) {
        let day = self.day();
        let mut row = self.row("");
        row.set_day("fill_date", day);
        row.set("drug_class", self.dice.pick(&DRUGS));
        row.set("days_supply", self.dice.pick(&["", "0", "28", "30", "60", "90"]));
        self.add("pharmacy", row);
    }

    fn home(&mut self) {
        let day = self.day();
        let mut row = self.row("");
        row.set_day("start", day);
        if self.dice.percent(60) {
            row.set_day("end", day + self.dice.pick(&[0, 30, 89, 90, 200, 600]));
        }
        row.set("setting", self.dice.pick(&HOMES));
        row.set("restrict_rank", self.dice.pick(&["", "", "1", "2", "3", "4"]));
        row.set("weight", self.dice.pick(&["", "", "0.5", "2", "6.25"]));
        // Of two that begin on one day nobody knows which is meant.
        let mut own =
            self.extract.rows("living").iter().filter(|row| row.text("member_id") == self.member);
        if own.all(|row| row.day("start") != Some(day)) {
            self.add("living", row);
        }
    }

    /// Several scores on one instrument, most of them by one rater.
    fn scores(&mut self) {
        let (instrument, subscale, middle, spread) = self.dice.pick(&INSTRUMENTS);
        let rater = self.dice.pick(&["", "self", "self", "clinician", "parent"]);
        let mut day = self.day();
        for _ in 0..self.dice.between(1, 5) {
            if day > self.end {
                break;
            }
            let other = self.dice.percent(10);
            let rater = if other { self.dice.pick(&["self", "clinician"]) } else { rater };
            let half = self.dice.pick(&["", "", ".5"]);
            let score = (middle + self.dice.between(-spread, spread)).max(-1);
            self.scored(day, (instrument, subscale), rater, &format!("{score}{half}"));
            day += self.dice.pick(&[0, 1, 29, 30, 31, 80, 90, 120]);
        }
    }

    pub(super) fn scored(&mut self, day: Day, of: (&str, &str), rater: &str, score: &str) {
        let mut row = self.row("outcome_id").with("instrument", of.0).with("subscale", of.1);
        row.set("record_type", self.dice.pick(&["assessment", "survey"]));
        row.set("rater", rater);
        row.set("score", score);
        row.set_day("date", day);
        if day <= self.end {
            self.add("outcomes", row);
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
