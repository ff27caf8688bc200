//! Money and medication: monthly lines of community care, claims of stays, pharmacy fills.

use super::life::Life;
use super::need::Need;
use crate::terms::{Day, Table};

impl Life<'_, '_> {
    /// Adds a contact's price to the month's line.
    pub(super) fn add_cost(&mut self, day: Day, cents: i32) {
        let month = day.first_of_month().0;
        if self.bill.0 != month {
            self.flush_bill();
            self.bill = (month, 0, day);
        }
        self.bill.1 += cents;
        self.bill.2 = day;
    }

    /// Writes the month's line.
    pub(super) fn flush_bill(&mut self) {
        let (_, cents, day) = self.bill;
        if cents > 0 {
            self.add_claim(day, 2, cents, false);
        }
        self.bill = (0, 0, day);
    }

    /// A cost line. One BHO is paid by capitation and reports a standard price only.
    pub(super) fn add_claim(&mut self, day: Day, level: i32, cents: i32, full: bool) {
        let (member, serial) = (self.member.number, self.serials.claim);
        self.serials.claim += 1;
        let (posted, key) = (self.posted(day), self.dice.bits());
        let capitated = self.home.bho == 5;
        let paid = if full { cents / 100 * self.dice.between(80, 100) } else { cents };
        self.rows.post(Table::Cost, posted, key, |line| {
            line.id(b'M', member);
            line.unknown(1);
            line.key(b'L', member, serial);
            line.day(day);
            line.maybe_day((!capitated).then_some(posted));
            line.number(level);
            if capitated {
                line.unknown(2);
            } else {
                line.cents(paid);
                line.cents(cents);
            }
            line.cents(cents);
            line.flag(capitated);
        });
    }

    /// A fill after a medication visit.
    pub(super) fn fill(&mut self, day: Day) {
        if day < self.due.fill {
            return;
        }
        let supply = self.dice.weighted(&[(80, 30), (8, 28), (12, 90)]);
        self.due.fill = day + supply;
        let class = match (self.need, self.diagnosis) {
            (Need::Youth, _) => self.dice.pick(&["stimulant", "ssri", "alpha_agonist"]),
            (Need::Substance, "F11.20") => "buprenorphine",
            (Need::Substance, _) => "naltrexone",
            (_, "F20.9" | "F20.0" | "F25.0" | "F25.1" | "F25.9") => "atypical_antipsychotic",
            (_, "F31.9" | "F31.13" | "F31.2" | "F31.64") => {
                self.dice.pick(&["mood_stabilizer", "atypical_antipsychotic"])
            }
            _ => self.dice.pick(&["ssri", "ssri", "snri", "other_antidepressant"]),
        };
        let twice = class == "atypical_antipsychotic" && self.dice.percent(6);
        let fill = day + self.dice.below(4);
        let member = self.member.number;
        // Two packs of one class differ in something: the same row again would be a mistake of the sender.
        let other = if supply == 28 { 30 } else { 28 };
        for supply in [supply, other].into_iter().take(1 + usize::from(twice)) {
            let (posted, key) = (self.posted(fill), self.dice.bits());
            self.rows.post(Table::Pharmacy, posted, key, |line| {
                line.id(b'M', member);
                line.day(fill);
                line.text(class);
                line.number(supply);
            });
        }
    }
}
