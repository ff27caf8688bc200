//! Visits and the contact rows that record them.

use super::life::Life;
use super::need::Need;
use super::planted;
use super::region::{Agency, clinician};
use super::services::{self, Service};
use crate::terms::codes::{ContactStatus, Modality, NoShowReason, OutreachResult};
use crate::terms::{Day, ServiceClass, Table};

/// What is known of a contact before it is written.
pub(super) struct Contact {
    pub(super) day: Day,
    pub(super) service: &'static Service,
    pub(super) status: ContactStatus,
    pub(super) agency: Agency,
    pub(super) outreach: Option<OutreachResult>,
    /// In an emergency department, and whether it ended in an admission.
    pub(super) emergency: Option<bool>,
    /// Another diagnosis than the member's.
    pub(super) diagnosis: Option<&'static str>,
}

impl Life<'_, '_> {
    /// A planned visit: attended or not, and whether the member comes again.
    pub(super) fn visit(&mut self, day: Day) {
        if day >= self.due.end {
            return self.finish(day);
        }
        let status = self.dice.weighted(&[
            (830, ContactStatus::Attended),
            (82, ContactStatus::NoShow),
            (40, ContactStatus::CancelledClient),
            (20, ContactStatus::CancelledProvider),
            (28, ContactStatus::LateCancel),
        ]);
        let service = self.menu_service(day);
        if status == ContactStatus::Attended {
            self.attended(day, service);
        } else {
            let agency = self.agency;
            self.contact(&Contact {
                day,
                service,
                status,
                agency,
                outreach: None,
                emergency: None,
                diagnosis: None,
            });
        }
        self.schedule(day);
        let days = self.due.visit - day;
        if self.dice.per_million(self.course.lapse * days) {
            if self.need.is_severe() && self.dice.percent(18) {
                self.finish(day);
            } else {
                self.fall_silent(day);
            }
        }
    }

    fn menu_service(&mut self, day: Day) -> &'static Service {
        if day < self.intensive_until {
            return match self.need {
                Need::Substance => &services::IOP_SUD,
                Need::High | Need::Persistent if self.dice.percent(20) => &services::PHP,
                _ => &services::IOP,
            };
        }
        self.dice.weighted(self.course.menu)
    }

    /// An attended contact with all that it brings: cost, scores, assessments, fills, referrals.
    pub(super) fn attended(&mut self, day: Day, service: &'static Service) {
        let mut agency = self.agency;
        if self.dice.percent(9) {
            agency = Agency::draw(self.home.bho, &mut self.dice);
        }
        self.contact(&Contact {
            day,
            service,
            status: ContactStatus::Attended,
            agency,
            outreach: None,
            emergency: None,
            diagnosis: None,
        });
        self.add_cost(day, service.price);
        if service.class.is_qualifying() {
            self.seen = day;
        }
        if service.class == ServiceClass::Medication {
            self.fill(day);
        }
        self.record(day);
    }

    /// The first visit of a new member: assessment, plan, referral.
    pub(super) fn intake(&mut self, day: Day) {
        let service =
            if self.need == Need::Substance { &services::INTAKE_SUD } else { &services::INTAKE };
        self.attended(day, service);
        self.refer_in(day);
        self.assess(day, "admission");
        if self.need == Need::Substance && self.dice.percent(45) {
            self.intensive_until = day + self.dice.between(35, 80);
        }
        if self.dice.percent(12) {
            self.screen(
                day,
                if self.need == Need::Substance {
                    &services::SCREEN_SUD
                } else {
                    &services::SCREEN
                },
            );
        }
        self.due.visit = day + self.dice.between(3, 14);
    }

    /// A screening, which is no treatment.
    pub(super) fn screen(&mut self, day: Day, service: &'static Service) {
        let (status, agency) = (ContactStatus::Attended, self.agency);
        self.contact(&Contact {
            day,
            service,
            status,
            agency,
            outreach: None,
            emergency: None,
            diagnosis: None,
        });
    }

    /// A crisis in the community.
    pub(super) fn crisis(&mut self, day: Day) {
        let service = if self.dice.percent(60) { &services::CRISIS } else { &services::WALK_IN };
        self.attended(day, service);
        if self.dice.percent(6) {
            self.event(day, None, crate::terms::codes::EventType::PoliceContact);
        }
    }

    /// After falling silent: the programme of one BHO tries for weeks, the others rarely try.
    pub(super) fn plan_outreach(&mut self, day: Day) {
        let programme = self.home.bho().id == planted::OUTREACH_BHO;
        (self.attempts, self.due.outreach) = if programme {
            (6, self.seen + planted::OUTREACH_GAP_DAYS + self.dice.between(1, 6))
        } else if self.dice.percent(25) {
            (self.dice.between(1, 2), day + self.dice.between(25, 110))
        } else {
            (0, Self::never())
        };
    }

    /// One attempt at outreach.
    pub(super) fn reach_out(&mut self, day: Day) {
        let programme = self.home.bho().id == planted::OUTREACH_BHO;
        let reached = self.dice.percent(if programme { 48 } else { 25 });
        let back = self.dice.percent(if programme { 60 } else { 8 });
        let result = match (reached, back) {
            (true, true) => OutreachResult::Reached,
            (true, false) => {
                self.dice.weighted(&[(1, OutreachResult::Reached), (1, OutreachResult::Refused)])
            }
            (false, _) => self
                .dice
                .weighted(&[(5, OutreachResult::NotReached), (1, OutreachResult::WrongContact)]),
        };
        let status = if reached { ContactStatus::Attended } else { ContactStatus::Attempted };
        let (service, agency) = (&services::OUTREACH, self.agency);
        self.contact(&Contact {
            day,
            service,
            status,
            agency,
            outreach: Some(result),
            emergency: None,
            diagnosis: None,
        });
        self.attempts -= 1;
        if reached && back {
            self.due.comeback = day + self.dice.between(1, 12);
            self.attempts = 0;
        }
        if result == OutreachResult::Refused && self.dice.percent(60) {
            self.attempts = 0;
        }
        self.due.outreach =
            if self.attempts > 0 { day + self.dice.between(5, 10) } else { Self::never() };
    }

    /// Writes a contact.
    pub(super) fn contact(&mut self, contact: &Contact) {
        let (day, service, agency) = (contact.day, contact.service, contact.agency);
        let posted = self.posted(day);
        let key = self.dice.bits();
        let attended = contact.status == ContactStatus::Attended;
        let (modality, place, modifier) = self.setting(contact);
        let minutes = if attended { Some(self.minutes(service, modality)) } else { None };
        let serial = self.serials.contact;
        self.serials.contact += 1;
        let staff = self.staff(service, agency, day);
        let local = self.local_code(contact);
        let participants = self.participants(modality);
        let known = self.dice.percent(98);
        let dx1 = if known { contact.diagnosis.unwrap_or(self.diagnosis) } else { "" };
        let dx2 = if self.serials.contact % 4 == 0 { self.second_diagnosis() } else { "" };
        let reason = self.no_show_reason(contact.status);
        let classed = service.code.is_empty() || (agency.number == 3 && local.is_empty());
        let has_team = matches!(service.class, ServiceClass::Act | ServiceClass::Wraparound)
            && agency.number < 3;
        let team = if has_team { format!("T{}", agency.code()) } else { String::new() };
        let member = self.member.number;
        let starts = 8 * 60 + 15 * self.dice.below(36);
        let starts = (agency.bho == 4 && attended).then_some((day, starts));
        let level = if service.class == ServiceClass::Php && agency.number == 1 { "4" } else { "" };
        let units = minutes.map(|minutes| if minutes <= 60 { (minutes / 15).max(1) } else { 1 });
        self.rows.post(Table::Contacts, posted, key, |line| {
            line.key(b'K', member, serial);
            line.id(b'M', member);
            line.day(day);
            line.unknown(1);
            line.maybe_instant(starts);
            line.maybe_number(minutes);
            line.text(contact.status.name());
            line.text(if local.is_empty() { service.code } else { local });
            line.text(if classed { service.class.name() } else { "" });
            line.text(modifier);
            line.text(place);
            line.text(modality.name());
            line.text(&agency.id());
            line.maybe_id(b'C', staff);
            line.text(&team);
            line.text(service.by.name());
            line.text(dx1);
            line.text(dx2);
            line.unknown(3);
            line.text(participants);
            line.text(level);
            line.text(contact.outreach.map_or("", OutreachResult::name));
            line.text(reason);
            line.maybe_number(units);
            line.maybe_cents(attended.then_some(service.price));
            line.maybe_day(attended.then_some(posted));
            line.mark(contact.emergency.is_some());
            line.mark(contact.emergency == Some(true));
        });
    }

    /// The day a row reaches the extract's source: mostly within a fortnight, some much later.
    pub(super) fn posted(&mut self, day: Day) -> Day {
        let (from, to) = self.dice.weighted(&[
            (34, (1, 3)),
            (30, (4, 6)),
            (20, (7, 9)),
            (12, (10, 13)),
            (3, (14, 30)),
            (1, (31, 75)),
        ]);
        day + self.dice.between(from, to)
    }

    fn setting(&mut self, contact: &Contact) -> (Modality, &'static str, &'static str) {
        if contact.emergency.is_some() {
            return (Modality::InPerson, "23", "");
        }
        let service = contact.service;
        let remote = matches!(service.place, "53" | "11" | "57" | "10") && service.minutes <= 60;
        let place = if self.dice.percent(98) { service.place } else { "" };
        match (service.class, self.dice.below(100)) {
            (ServiceClass::Outreach, ..55) => (Modality::Phone, "", ""),
            (ServiceClass::Monitoring, ..70) => (Modality::Phone, "10", ""),
            (ServiceClass::Coordination, ..60) => (Modality::CollateralOnly, place, ""),
            (_, ..13) if remote => (Modality::Video, "10", "95"),
            (_, ..18) if remote => (Modality::Phone, "10", ""),
            (_, 98..) if remote => (Modality::CollateralOnly, place, ""),
            _ => (Modality::InPerson, place, self.modifier(service)),
        }
    }

    /// `U9`, which a state may define, stands in these sets for a service in the member's own language
    /// or with an interpreter. Without a draw of its own, so that everything else stays as it is.
    fn modifier(&self, service: &Service) -> &'static str {
        match service.code {
            "H0005" => "HQ",
            _ if self.member.number % 5 < 2 && self.serials.contact % 3 != 0 => "U9",
            _ => "",
        }
    }

    fn minutes(&mut self, service: &Service, modality: Modality) -> i32 {
        match self.dice.below(100) {
            ..3 if modality == Modality::Phone => 3,
            ..8 => (service.minutes - 15).max(10),
            8..16 => service.minutes + 15,
            _ => service.minutes,
        }
    }

    /// The same clinician most of the time, another every year or so.
    fn staff(&mut self, service: &Service, agency: Agency, day: Day) -> Option<i32> {
        let own = i32::try_from(self.member.number % 5040).unwrap_or(0);
        let turn = (day - self.rows.calendar.first + own % 400) / 400;
        match self.dice.below(100) {
            ..81 => Some(clinician(agency, service.by, own + turn)),
            81..99 => Some(clinician(agency, service.by, self.dice.below(48))),
            _ => None,
        }
    }

    /// A local code in place of the public one, beside the local services.
    fn local_code(&mut self, contact: &Contact) -> &'static str {
        let open = contact.outreach.is_none() && !contact.service.code.is_empty();
        let planned = contact.day >= self.due.quiet_until && contact.day < self.due.follow_up;
        match self.dice.below(1000) {
            ..6 if open && planned && self.in_care => "LOC17",
            6..9 if open && planned && self.in_care => "LOC42",
            _ => "",
        }
    }

    fn participants(&mut self, modality: Modality) -> &'static str {
        let draw = self.dice.below(100);
        match (modality, self.need, draw) {
            (Modality::CollateralOnly, Need::Youth, _) => "family",
            (Modality::CollateralOnly, _, _) => "other_agency",
            (_, Need::Youth, ..40) | (_, _, ..3) => "member;family",
            (_, _, 3..5) => "member;other_agency",
            (_, _, 5..25) => "member",
            _ => "",
        }
    }

    fn no_show_reason(&mut self, status: ContactStatus) -> &'static str {
        if status != ContactStatus::NoShow || self.dice.percent(45) {
            return "";
        }
        self.dice
            .weighted(&[
                (25, NoShowReason::Transport),
                (14, NoShowReason::Childcare),
                (16, NoShowReason::Work),
                (14, NoShowReason::Ill),
                (21, NoShowReason::Forgot),
                (10, NoShowReason::Other),
            ])
            .name()
    }

    fn second_diagnosis(&mut self) -> &'static str {
        match self.need {
            Need::Substance => "F33.1",
            Need::Youth => "F43.10",
            _ => ["F10.20", "F41.1", "F12.20", "F43.10"]
                [usize::try_from(self.member.number % 4).unwrap_or(0)],
        }
    }
}
