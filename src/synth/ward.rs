//! Care around the clock: emergency department, hospital, transfer, step-down, residential care, and
//! what follows a discharge.

use super::life::Life;
use super::need::Need;
use super::planted;
use super::region::facility;
use super::services;
use super::visit::Contact;
use crate::terms::codes::{ContactStatus, Disposition, EventType, FacilityClass};
use crate::terms::{Day, Table};

/// One stay as it is written.
struct Stay {
    class: FacilityClass,
    choice: i32,
    admit: Day,
    /// Nothing while the member is still there on the last day.
    discharge: Option<Day>,
    disposition: Option<Disposition>,
    diagnosis: &'static str,
    involuntary: bool,
    planned: bool,
}

impl Life<'_, '_> {
    /// An emergency-department visit; one in nine is admitted.
    pub(super) fn emergency(&mut self, day: Day) {
        let admitted = self.dice.percent(11);
        self.write_emergency(day, admitted);
        if admitted {
            self.admit(day, false);
        }
    }

    /// A visit of a member who is not served otherwise.
    pub(super) fn pass_emergency(&mut self, day: Day) {
        self.write_emergency(day, false);
    }

    fn write_emergency(&mut self, day: Day, admitted: bool) {
        let diagnosis = self.hospital_diagnosis();
        let disposition = if admitted { Disposition::InpatientTransfer } else { Disposition::Home };
        let choice = self.dice.below(2);
        self.write_stay(&Stay {
            class: FacilityClass::Ed,
            choice,
            admit: day,
            discharge: Some(day),
            disposition: Some(disposition),
            diagnosis,
            involuntary: false,
            planned: false,
        });
        let price = 68_000 + 100 * self.dice.below(300);
        self.add_claim(day, 1, price, false);
        if self.dice.percent(8) {
            let (service, agency) = (&services::CRISIS, self.agency);
            let status = ContactStatus::Attended;
            self.contact(&Contact {
                day,
                service,
                status,
                agency,
                outreach: None,
                emergency: Some(admitted),
                diagnosis: None,
            });
        }
    }

    /// An admission to hospital, or to withdrawal management.
    pub(super) fn admit(&mut self, day: Day, may_come_by_emergency: bool) {
        if may_come_by_emergency && self.dice.percent(45) {
            self.write_emergency(day, true);
        }
        if self.need == Need::Substance && self.dice.percent(65) {
            return self.withdraw(day);
        }
        let class = match self.need {
            Need::Youth => {
                self.dice.weighted(&[(88, FacilityClass::AcutePsych), (12, FacilityClass::Prtf)])
            }
            _ => self.dice.weighted(&[
                (72, FacilityClass::AcutePsych),
                (20, FacilityClass::GeneralHospital),
                (8, FacilityClass::StatePsych),
            ]),
        };
        let nights = self.nights(class);
        let involuntary = self.dice.percent(if self.need.is_severe() { 38 } else { 20 });
        let transfer = class != FacilityClass::Prtf && self.dice.percent(9);
        let diagnosis = self.hospital_diagnosis();
        let choice = self.dice.below(2);
        let first_leg = if transfer { (nights / 2).max(1) } else { nights };
        let disposition =
            if transfer { Disposition::InpatientTransfer } else { self.disposition() };
        let planned = self.dice.percent(3);
        let end = day + first_leg;
        let mut left = self.stay(Stay {
            class,
            choice,
            admit: day,
            discharge: Some(end),
            disposition: Some(disposition),
            diagnosis,
            involuntary,
            planned,
        });
        self.hold(day, involuntary, class);
        let mut last = disposition;
        if let (true, Some(end)) = (transfer, left) {
            last = self.disposition();
            let onward = Stay {
                class: if class == FacilityClass::AcutePsych {
                    FacilityClass::StatePsych
                } else {
                    FacilityClass::AcutePsych
                },
                choice: choice + 1,
                admit: end + self.dice.below(2),
                discharge: Some(end + 1 + (nights - first_leg).max(2)),
                disposition: Some(last),
                diagnosis: self.diagnosis_for_ward(diagnosis),
                involuntary,
                planned: false,
            };
            left = self.stay(onward);
        }
        match left {
            Some(discharge) => self.discharged(discharge, last),
            None => self.away_until = self.rows.calendar.last + 1,
        }
    }

    /// Withdrawal management, often followed by residential treatment.
    fn withdraw(&mut self, day: Day) {
        let end = day + self.dice.between(2, 7);
        let onward = self.dice.percent(45);
        let disposition = if onward { Disposition::Residential } else { Disposition::Home };
        let left = self.stay(Stay {
            class: FacilityClass::WmInpatient,
            choice: 0,
            admit: day,
            discharge: Some(end),
            disposition: Some(disposition),
            diagnosis: self.diagnosis,
            involuntary: false,
            planned: false,
        });
        match left {
            Some(end) if onward => self.reside(end, FacilityClass::ResidentialSud, 14, 45),
            Some(end) => self.discharged(end, Disposition::Home),
            None => self.away_until = self.rows.calendar.last + 1,
        }
    }

    /// Care around the clock after an assessment.
    pub(super) fn place(&mut self, day: Day) {
        let class = match self.need {
            Need::Substance => FacilityClass::ResidentialSud,
            Need::Youth => FacilityClass::Prtf,
            _ => FacilityClass::Rtf,
        };
        self.reside(day, class, 19, 42);
    }

    fn reside(&mut self, day: Day, class: FacilityClass, shortest: i32, longest: i32) {
        let end = day + self.dice.between(shortest, longest);
        let planned = self.dice.percent(60);
        let left = self.stay(Stay {
            class,
            choice: 0,
            admit: day,
            discharge: Some(end),
            disposition: Some(Disposition::Home),
            diagnosis: self.diagnosis,
            involuntary: false,
            planned,
        });
        match left {
            Some(end) => self.plan_follow_up(end, 55),
            None => self.away_until = self.rows.calendar.last + 1,
        }
    }

    /// What comes after a hospital stay.
    fn discharged(&mut self, day: Day, disposition: Disposition) {
        self.away_until = day;
        match disposition {
            Disposition::Died => self.away_until = self.rows.calendar.last + 1,
            Disposition::Residential => {
                let class = if self.need == Need::Youth {
                    FacilityClass::Prtf
                } else {
                    FacilityClass::CrisisStab
                };
                let wait = self.dice.below(2);
                self.reside(day + wait, class, 4, 24);
            }
            Disposition::Jail => self.custody(day),
            _ => {
                if self.dice.percent(18) {
                    let (service, agency) = (&services::TARGETED, self.agency);
                    let status = ContactStatus::Attended;
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
                if self.dice.percent(30) {
                    self.refer_after_stay(day);
                }
                let chance = self.follow_up_chance(day);
                if self.dice.percent(12) {
                    let (low, high) =
                        self.dice.weighted(&[(25, (2, 7)), (45, (8, 18)), (30, (19, 30))]);
                    self.due.readmission = day + self.dice.between(low, high);
                }
                self.plan_follow_up(day, chance);
            }
        }
    }

    /// The planted chance of a contact on day 1 to 7, in percent.
    fn follow_up_chance(&self, day: Day) -> i32 {
        let bho = self.home.bho();
        if bho.id == planted::STEP_BHO && day >= self.rows.calendar.step {
            planted::STEP_PERCENT
        } else {
            bho.follow_up_7d
        }
    }

    /// A first contact in a week, in a month, or none: then the member is left to themselves.
    fn plan_follow_up(&mut self, day: Day, chance: i32) {
        self.away_until = day + 1;
        let within = if self.dice.percent(chance) {
            Some(self.dice.weighted(&[
                (9, 1),
                (13, 2),
                (14, 3),
                (13, 4),
                (15, 5),
                (17, 6),
                (19, 7),
            ]))
        } else if self.dice.percent(48) {
            Some(self.dice.between(8, 30))
        } else {
            None
        };
        self.due.follow_up = within.map_or(Self::never(), |days| day + days);
        self.due.quiet_until = day + within.unwrap_or_else(|| 31 + self.dice.below(20));
        if within.is_none() && self.in_care && self.dice.percent(60) {
            self.fall_silent(day);
        }
    }

    /// Writes a stay and its claim; ends it with the member's death. The day of discharge, if any.
    fn stay(&mut self, mut stay: Stay) -> Option<Day> {
        let last = self.rows.calendar.last;
        if self.member.death.is_some_and(|death| death < stay.admit) {
            return None;
        }
        if let Some(death) =
            self.member.death.filter(|death| stay.discharge.is_some_and(|end| *death <= end))
        {
            stay.discharge = Some(death.max(stay.admit));
            stay.disposition = Some(Disposition::Died);
        }
        if stay.discharge.is_some_and(|end| end > last) {
            stay.discharge = None;
            stay.disposition = None;
        }
        let nights = stay.discharge.unwrap_or(last) - stay.admit;
        let (level, price) = match stay.class.level() {
            Some(6) => (6, 112_000),
            _ => (5, 41_000),
        };
        if stay.admit <= last {
            self.write_stay(&stay);
            if let Some(discharge) = stay.discharge {
                self.add_claim(discharge, level, price * nights.max(1), true);
            }
        }
        let end = stay.discharge?;
        (stay.disposition != Some(Disposition::Died)).then_some(end)
    }

    fn write_stay(&mut self, stay: &Stay) {
        let serial = self.serials.stay;
        self.serials.stay += 1;
        let (lag, key) = (self.dice.between(1, 12), self.dice.bits());
        let posted = stay.discharge.unwrap_or(stay.admit) + lag;
        let (member, bho) = (self.member.number, self.home.bho);
        let level = stay
            .class
            .level()
            .filter(|_| stay.class != FacilityClass::GeneralHospital || serial % 2 == 0);
        let waited = stay.discharge.filter(|end| *end - stay.admit > 9 && serial % 3 == 0);
        let ready = waited.map(|end| end - self.dice.between(0, 5));
        let leave =
            (stay.class.level() == Some(5) && serial % 4 == 0).then(|| self.dice.between(0, 3));
        let legal = match stay.class {
            FacilityClass::Ed => "",
            _ if stay.involuntary => "involuntary",
            _ => "voluntary",
        };
        // Without a draw of its own, so that everything else stays as it is.
        let clock =
            i32::try_from((u64::from(member) * 97 + u64::from(serial.unsigned_abs()) * 61) % 960)
                .unwrap_or(0);
        let times = (stay.class == FacilityClass::Ed).then_some((clock, 75 + clock * 7 % 401));
        self.rows.post(Table::Stays, posted, key, |line| {
            line.key(b'S', member, serial);
            line.id(b'M', member);
            line.day(stay.admit);
            line.maybe_day(stay.discharge);
            line.maybe_number(level.map(i32::from));
            line.text(stay.class.name());
            line.text(&facility(bho, stay.class, stay.choice));
            line.unknown(1);
            line.text(stay.diagnosis);
            line.text(if serial % 3 == 1 { "E11.9" } else { "" });
            line.unknown(3);
            line.text(legal);
            line.text(stay.disposition.map_or("", Disposition::name));
            line.flag(stay.planned);
            line.maybe_day(ready);
            line.maybe_number(leave);
            line.maybe_instant(times.map(|(start, _)| (stay.admit, start)));
            line.maybe_instant(times.map(|(start, length)| (stay.admit, start + length)));
            line.unknown(1);
            line.flag(false);
        });
    }

    /// Involuntary events and seclusion of a hospital stay.
    fn hold(&mut self, day: Day, involuntary: bool, class: FacilityClass) {
        if involuntary {
            self.event(day, Some(day + 3), EventType::Involuntary72h);
            if self.dice.percent(30) {
                self.event(day + 3, Some(day + 93), EventType::CertShort);
            }
        }
        let seclusion = match class {
            FacilityClass::StatePsych => 14,
            FacilityClass::AcutePsych => 6,
            _ => 0,
        };
        for _ in 0..2 {
            if self.dice.percent(seclusion) {
                let start = day + self.dice.between(0, 2);
                self.seclude(start);
            }
        }
    }

    fn nights(&mut self, class: FacilityClass) -> i32 {
        let (low, high) = match class {
            FacilityClass::StatePsych => {
                self.dice.weighted(&[(5, (14, 30)), (4, (31, 70)), (1, (71, 180))])
            }
            FacilityClass::GeneralHospital => {
                self.dice.weighted(&[(6, (1, 4)), (4, (5, 10)), (1, (0, 0))])
            }
            FacilityClass::Prtf => (25, 90),
            _ => self.dice.weighted(&[
                (20, (1, 3)),
                (42, (4, 8)),
                (26, (9, 15)),
                (10, (16, 30)),
                (2, (31, 50)),
            ]),
        };
        self.dice.between(low, high)
    }

    fn disposition(&mut self) -> Disposition {
        self.dice.weighted(&[
            (824, Disposition::Home),
            (80, Disposition::Residential),
            (55, Disposition::Ama),
            (12, Disposition::Jail),
            (9, Disposition::Nursing),
            (20, Disposition::Other),
        ])
    }

    /// The member's own diagnosis, self-harm, or now and then something bodily.
    fn hospital_diagnosis(&mut self) -> &'static str {
        match self.dice.below(100) {
            ..84 => self.diagnosis,
            84..91 => "R45.851",
            91..94 => "T42.4X2A",
            94..96 => "F10.20",
            96..98 => "J18.9",
            _ => "E11.9",
        }
    }

    /// The diagnosis of a psychiatric unit that takes over from another ward.
    fn diagnosis_for_ward(&self, first: &'static str) -> &'static str {
        if matches!(first, "J18.9" | "E11.9") { self.diagnosis } else { first }
    }
}
