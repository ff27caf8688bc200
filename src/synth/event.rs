//! Events outside of care: custody, seclusion, homelessness, overdose, death; and where members live.

use super::life::Life;
use super::need::Need;
use crate::terms::codes::EventType;
use crate::terms::{Day, Table};

impl Life<'_, '_> {
    /// Writes an event.
    pub(super) fn event(&mut self, start: Day, end: Option<Day>, kind: EventType) {
        self.timed_event(start, end, kind, None);
    }

    /// Writes an event; seclusion has its minutes as two instants.
    fn timed_event(
        &mut self,
        start: Day,
        end: Option<Day>,
        kind: EventType,
        clock: Option<(i32, i32)>,
    ) {
        if start > self.rows.calendar.last || self.member.death.is_some_and(|death| start > death) {
            return;
        }
        let (member, serial) = (self.member.number, self.serials.event);
        self.serials.event += 1;
        let (posted, key) = (self.posted(start), self.dice.bits());
        let end = end.filter(|end| *end <= self.rows.calendar.last);
        let stay = self.serials.stay - 1;
        let cause = if kind == EventType::Death && self.dice.percent(70) {
            self.dice.pick(&["natural", "accident", "unknown", "suicide"])
        } else {
            ""
        };
        self.rows.post(Table::Events, posted, key, |line| {
            line.key(b'E', member, serial);
            line.id(b'M', member);
            line.day(start);
            line.maybe_day(end);
            line.text(kind.name());
            match clock {
                Some((from, minutes)) => {
                    line.instant(start, from);
                    line.instant(start, from + minutes);
                    line.key(b'S', member, stay);
                }
                None => line.unknown(3),
            }
            line.text(cause);
        });
    }

    /// Seclusion in the stay that was written last.
    pub(super) fn seclude(&mut self, day: Day) {
        let from = self.dice.between(0, 1439);
        let minutes =
            self.dice.weighted(&[(5, 35), (4, 70), (3, 130), (1, 300)]) + self.dice.below(30);
        let end = day + (from + minutes) / 1440;
        self.timed_event(day, Some(end), EventType::Seclusion, Some((from, minutes)));
    }

    /// Jail for some days or months.
    pub(super) fn custody(&mut self, day: Day) {
        let (low, high) = self.dice.weighted(&[(5, (1, 5)), (3, (6, 30)), (2, (31, 150))]);
        let release = day + self.dice.between(low, high);
        if self.dice.percent(50) {
            self.event(day, None, EventType::Arrest);
        }
        self.event(day, None, EventType::IncarcerationStart);
        self.event(release, None, EventType::IncarcerationEnd);
        self.away_until = release;
        self.due.follow_up = Self::never();
        self.due.quiet_until = release + self.dice.between(1, 30);
        if self.in_care && self.dice.percent(35) {
            self.fall_silent(day);
        }
    }

    /// Events that no other part of the life brings about.
    pub(super) fn other_events(&mut self) {
        let calendar = self.rows.calendar;
        let days = calendar.last - calendar.first;
        let any_day = |life: &mut Self| calendar.first + life.dice.below(days);
        if let (Some(death), true) = (self.member.death, self.dice.percent(80)) {
            self.event(death, None, EventType::Death);
        }
        if self.need == Need::Substance && self.dice.percent(12) {
            let day = any_day(self);
            self.event(day, None, EventType::Overdose);
        }
        if self.need == Need::Substance && self.dice.percent(25) {
            let day = any_day(self);
            self.event(day, None, EventType::ReturnToUse);
        }
        if self.dice.percent(3) {
            let day = any_day(self);
            self.event(day, None, EventType::SuicideAttempt);
        }
        let homeless = match self.need {
            Need::High => 18,
            Need::Substance => 10,
            Need::Persistent => 4,
            _ => 1,
        };
        if self.dice.percent(homeless) {
            let from = any_day(self);
            let to = from + self.dice.between(5, 160);
            self.event(from, None, EventType::HomelessStart);
            self.event(to, None, EventType::HomelessEnd);
            self.live_in(calendar.first - 100, Some(from - 1), "rented", 1);
            self.live_in(from, Some(to - 1).filter(|end| *end <= calendar.last), "homeless", 2);
            if to <= calendar.last {
                self.live_in(to, None, "supported_housing", 1);
            }
        } else if self.need == Need::Youth && self.dice.percent(60) {
            self.youth_homes();
        }
    }

    fn youth_homes(&mut self) {
        let calendar = self.rows.calendar;
        let (setting, rank) = self.dice.weighted(&[
            (70, ("family_home", 1)),
            (12, ("kinship_care", 1)),
            (12, ("foster_home", 2)),
            (6, ("group_home", 3)),
        ]);
        let start = calendar.first - self.dice.between(10, 400);
        if self.dice.percent(70) {
            return self.live_in(start, None, setting, rank);
        }
        let change = calendar.first + self.dice.below(calendar.last - calendar.first);
        self.live_in(start, Some(change - 1), setting, rank);
        let (next, rank) = self.dice.pick(&[
            ("family_home", 1),
            ("foster_home", 2),
            ("group_home", 3),
            ("detention", 4),
        ]);
        self.live_in(change, None, next, rank);
    }

    fn live_in(&mut self, start: Day, end: Option<Day>, setting: &str, rank: i32) {
        let death = self.member.death;
        if death.is_some_and(|death| start > death) {
            return;
        }
        let end = match (end, death) {
            (Some(end), Some(death)) => Some(end.min(death)),
            (end, death) => end.or(death),
        };
        let member = self.member.number;
        let (posted, key) = (self.posted(end.unwrap_or(start)), self.dice.bits());
        self.rows.post(Table::Living, posted, key, |line| {
            line.id(b'M', member);
            line.day(start);
            line.maybe_day(end);
            line.text(setting);
            line.number(rank);
            // A made-up weight of the site, from 2 to 8.
            line.number(2 * rank);
        });
    }
}
