//! Assessments, scores, status records, referrals and care plans.

use super::life::Life;
use super::need::Need;
use super::planted;
use super::region::{Agency, clinician};
use crate::terms::codes::{ClinicianType, EndReason, RecordType};
use crate::terms::{Day, Table};

/// A care plan while it runs; its row is written when it ends or at the end of the data.
pub(super) struct Plan {
    created: Day,
    signed: bool,
    family: bool,
    second_agency: bool,
    goals: i32,
}

impl Life<'_, '_> {
    /// What is due at an attended visit.
    pub(super) fn record(&mut self, day: Day) {
        if self.due.assessment <= day {
            self.assess(day, "review");
        }
        if self.due.score <= day {
            self.score(day);
        }
        if self.due.status <= day {
            self.status(day);
        }
        if self.dice.percent(2) {
            self.refer_out(day);
        }
    }

    /// An assessment with a recommended level, and, where it is planted, care around the clock after
    /// it although less was recommended.
    pub(super) fn assess(&mut self, day: Day, reason: &'static str) {
        let level = self.dice.weighted(self.course.levels);
        let restrictive = self.home.county().name == planted::RESTRICTIVE_COUNTY;
        let (there, elsewhere) = planted::RESTRICTIVE_PERCENT;
        let lower = (1..=3).contains(&level) && self.need != Need::Substance;
        let placed = lower && self.dice.percent(if restrictive { there } else { elsewhere });
        if placed || (level == 5 && self.dice.percent(70)) {
            self.due.placement = day + self.dice.between(1, 3);
        } else if level == 4 || (level == 3 && self.need != Need::High && self.dice.percent(30)) {
            self.intensive_until = day + self.dice.between(25, 45);
        }
        let apart = if self.need == Need::High { 95 } else { 160 };
        self.due.assessment = day + apart + self.dice.below(60);
        let why = if !placed {
            ""
        } else if restrictive {
            "no_capacity"
        } else {
            self.dice.pick(&["preference", "legal", "clinical", ""])
        };
        let rater = "clinician";
        let score = self.dice.between(8, 30);
        let (member, serial, agency) = (self.member.number, self.next_outcome(), self.agency);
        let (posted, key) = (self.posted(day), self.dice.bits());
        self.rows.post(Table::Outcomes, posted, key, |line| {
            line.key(b'O', member, serial);
            line.id(b'M', member);
            line.day(day);
            line.text(RecordType::Assessment.name());
            line.text("level_of_care");
            line.text("2");
            line.text(rater);
            line.number(score);
            line.unknown(2);
            line.number(level);
            line.text(why);
            line.unknown(2);
            line.text(&agency.id());
            line.text(reason);
            line.unknown(9);
        });
    }

    /// A score, drifting slowly to the better while in care; the first of some is a screen.
    fn score(&mut self, day: Day) {
        self.due.score = day + self.dice.between(55, 110);
        self.distress = (self.distress + self.dice.between(-12, 7)).clamp(4, 98);
        let (instrument, top, items) = match (self.need, self.diagnosis) {
            (Need::Youth, _) => ("functioning_youth", 40, 20),
            (Need::Substance, _) => ("substance_use", 40, 10),
            (_, "F41.1" | "F41.9" | "F40.10" | "F43.10" | "F43.12") => ("GAD-7", 21, 7),
            (Need::High, _) => ("functioning_adult", 60, 15),
            _ => ("PHQ-9", 27, 9),
        };
        let score = self.distress * top / 100;
        let screen = self.dice.percent(12);
        let result = match (screen, score * 2 > top) {
            (false, _) => "",
            (true, true) => "pos",
            (true, false) => "neg",
        };
        let kind = if screen { RecordType::Screen } else { RecordType::Assessment };
        let rater = if self.need == Need::Youth { "parent" } else { "self" };
        let (member, serial, agency) = (self.member.number, self.next_outcome(), self.agency);
        let (posted, key) = (self.posted(day), self.dice.bits());
        self.rows.post(Table::Outcomes, posted, key, |line| {
            line.key(b'O', member, serial);
            line.id(b'M', member);
            line.day(day);
            line.text(kind.name());
            line.text(instrument);
            line.text("1");
            line.text(rater);
            line.number(score);
            line.unknown(1);
            line.number(items);
            line.unknown(2);
            line.text(result);
            line.unknown(1);
            line.text(&agency.id());
            line.text("check_up");
            line.unknown(9);
        });
    }

    /// Living, work, school and justice, twice a year.
    fn status(&mut self, day: Day) {
        self.due.status = day + self.dice.between(150, 210);
        let severe = self.need == Need::High;
        let living =
            self.dice.weighted(&[(if severe { 14 } else { 4 }, "1"), (30, "2"), (66, "3")]);
        let youth = self.need == Need::Youth;
        let employment = if youth {
            ""
        } else {
            self.dice.weighted(&[(16, "1"), (17, "2"), (25, "3"), (38, "4"), (4, "")])
        };
        let school = if youth { self.dice.weighted(&[(86, "01"), (9, "02"), (5, "")]) } else { "" };
        let arrests = self.dice.weighted(&[(92, "0"), (5, "1"), (1, "2+"), (2, "")]);
        let (substance, groups) = match self.need {
            Need::Substance => (
                Some(self.dice.below(31).min(self.dice.below(31))),
                self.dice.pick(&["1", "2", "3", "4"]),
            ),
            _ => (None, ""),
        };
        let needs = self.dice.percent(30);
        let sectors = self.dice.weighted(&[
            (60, ""),
            (14, "housing"),
            (12, "employment"),
            (8, "housing;food"),
            (6, "transport"),
        ]);
        let (member, serial, agency) = (self.member.number, self.next_outcome(), self.agency);
        let (posted, key) = (self.posted(day), self.dice.bits());
        self.rows.post(Table::Outcomes, posted, key, |line| {
            line.key(b'O', member, serial);
            line.id(b'M', member);
            line.day(day);
            line.text(RecordType::Status.name());
            line.text("status");
            line.text("1");
            line.text("clinician");
            line.unknown(7);
            line.text(&agency.id());
            line.text("review");
            line.text(living);
            line.text(employment);
            line.text(school);
            line.text(arrests);
            line.text(groups);
            line.maybe_number(substance);
            line.unknown(1);
            line.flag(needs);
            line.quoted(sectors);
        });
    }

    fn next_outcome(&mut self) -> i32 {
        self.serials.outcome += 1;
        self.serials.outcome - 1
    }

    /// The referral that brought a new member in, dated before the first visit.
    pub(super) fn refer_in(&mut self, day: Day) {
        let wait = self.dice.weighted(&[(45, (0, 6)), (35, (7, 14)), (20, (15, 40))]);
        let request = day - self.dice.between(wait.0, wait.1);
        let offered = request + (day - request) / 2;
        let to = self.agency;
        self.refer(None, Some(to), "bh", request, Some(day), Some((request, offered)));
    }

    /// A referral at discharge, half of them warm.
    pub(super) fn refer_after_stay(&mut self, day: Day) {
        let attended = self.dice.percent(55).then(|| day + self.dice.between(1, 21));
        let to = self.agency;
        self.refer(None, Some(to), "bh", day, attended, None);
    }

    /// A referral to another sector or agency.
    fn refer_out(&mut self, day: Day) {
        let sector = self.dice.weighted(&[
            (22, "bh"),
            (20, "physical"),
            (20, "housing"),
            (13, "employment"),
            (5, "education"),
            (4, "legal"),
            (6, "food"),
            (5, "transport"),
            (5, "mutual_aid"),
        ]);
        let to = (sector == "bh").then(|| Agency::draw(self.home.bho, &mut self.dice));
        let attended = self.dice.percent(48).then(|| day + self.dice.between(2, 40));
        self.refer(Some(self.agency), to, sector, day, attended, None);
    }

    fn refer(
        &mut self,
        from: Option<Agency>,
        to: Option<Agency>,
        sector: &'static str,
        day: Day,
        attended: Option<Day>,
        request: Option<(Day, Day)>,
    ) {
        let attended = attended.filter(|day| *day <= self.rows.calendar.last);
        let status = match attended {
            Some(_) => self.dice.weighted(&[(6, "completed"), (3, "accepted"), (1, "closed")]),
            None => self.dice.weighted(&[
                (4, "sent"),
                (3, "accepted"),
                (2, "declined"),
                (2, "waitlisted"),
                (2, "closed"),
            ]),
        };
        let declined = if status == "declined" {
            self.dice.pick(&["member_declined", "no_capacity", "not_eligible"])
        } else {
            ""
        };
        let report =
            attended.filter(|_| self.dice.percent(50)).map(|day| day + self.dice.between(1, 25));
        let report = report.filter(|day| *day <= self.rows.calendar.last);
        let warm = self.dice.percent(40);
        let urgency = self.dice.weighted(&[(80, "routine"), (17, "urgent"), (3, "emergent")]);
        let (member, serial) = (self.member.number, self.serials.referral);
        self.serials.referral += 1;
        let (posted, key) = (self.posted(report.or(attended).unwrap_or(day)), self.dice.bits());
        let id = |agency: Option<Agency>| agency.map(Agency::id).unwrap_or_default();
        self.rows.post(Table::Referrals, posted, key, |line| {
            line.key(b'R', member, serial);
            line.id(b'M', member);
            line.day(day);
            line.text(&id(from));
            line.text(&id(to));
            line.text(sector);
            line.flag(warm);
            line.text(urgency);
            line.text(status);
            line.text(declined);
            line.maybe_day(attended);
            line.maybe_day(report);
            line.maybe_day(request.map(|(received, _)| received));
            line.maybe_day(request.map(|(_, offered)| offered));
        });
    }

    /// Begins a care plan.
    pub(super) fn write_plan(&mut self, day: Day) {
        if self.plan.is_some() || self.dice.percent(12) {
            return;
        }
        self.plan = Some(Plan {
            created: day,
            signed: self.dice.percent(82),
            family: self.dice.percent(if self.need == Need::Youth { 72 } else { 15 }),
            second_agency: self.dice.percent(14),
            goals: self.dice.between(1, 5),
        });
    }

    /// The planned end of an episode.
    pub(super) fn finish(&mut self, day: Day) {
        self.in_care = false;
        self.due.visit = Self::never();
        self.due.outreach = Self::never();
        self.due.end = Self::never();
        let reason = self.dice.weighted(&[
            (74, EndReason::Completed),
            (12, EndReason::Transferred),
            (10, EndReason::Moved),
            (4, EndReason::Other),
        ]);
        if self.plan.is_none() {
            self.due.quiet_until = day + 200;
        }
        self.end_plan(day, Some(reason));
        if self.need == Need::Episodic {
            self.due.quiet_until = day + self.dice.between(150, 500);
        } else {
            self.due.quiet_until = day + self.dice.between(90, 240);
        }
    }

    /// Ends the care plan. Without a reason the member just stopped coming.
    pub(super) fn end_plan(&mut self, day: Day, reason: Option<EndReason>) {
        let Some(plan) = self.plan.take() else { return };
        if day > self.rows.calendar.last {
            return self.post_plan(&plan, None, None);
        }
        let reason = match reason {
            Some(reason) => Some(reason),
            None => self.dice.weighted(&[
                (70, Some(EndReason::DroppedOut)),
                (8, Some(EndReason::Terminated)),
                (7, Some(EndReason::Other)),
                (15, None),
            ]),
        };
        self.post_plan(&plan, Some(day.max(plan.created)), reason);
    }

    /// Writes the plan that still runs on the last day.
    pub(super) fn post_open_plan(&mut self) {
        if let Some(plan) = self.plan.take() {
            self.post_plan(&plan, None, None);
        }
    }

    fn post_plan(&mut self, plan: &Plan, ended: Option<Day>, reason: Option<EndReason>) {
        let until = ended.unwrap_or(self.rows.calendar.last).min(self.seen.max(plan.created));
        let created = plan.created;
        let reviews = (until - created) / 170;
        let reviewed = (reviews > 0).then(|| created + reviews * 170 - self.dice.below(20));
        let attained = if reason == Some(EndReason::Completed) {
            plan.goals - self.dice.below(2).min(plan.goals)
        } else {
            reviews.min(plan.goals) / 2
        };
        let closed = attained.max(if ended.is_some() { plan.goals } else { attained });
        let own = i32::try_from(self.member.number % 5040).unwrap_or(0);
        let lead = clinician(self.agency, ClinicianType::CaseManager, own);
        let other = Agency {
            number: 1 + self.agency.number % super::region::BHOS[self.agency.bho].agencies,
            ..self.agency
        };
        let agencies = if plan.second_agency {
            format!("{};{}", self.agency.id(), other.id())
        } else {
            self.agency.id()
        };
        let services = self.dice.pick(&[
            "therapy;medication",
            "therapy",
            "medication;case_management",
            "therapy;peer",
            "case_management;supported_housing",
        ]);
        let (member, serial) = (self.member.number, self.serials.plan);
        self.serials.plan += 1;
        let (posted, key) = (self.posted(ended.or(reviewed).unwrap_or(created)), self.dice.bits());
        self.rows.post(Table::CarePlans, posted, key, |line| {
            line.key(b'P', member, serial);
            line.id(b'M', member);
            line.day(created);
            line.maybe_day(reviewed);
            line.maybe_day(ended);
            line.maybe_id(b'C', Some(lead));
            line.quoted(&agencies);
            line.flag(plan.signed);
            line.flag(plan.family);
            line.text(services);
            line.number(plan.goals - closed);
            line.number(attained);
            line.number(closed);
            line.text(reason.map_or("", EndReason::name));
        });
    }
}
