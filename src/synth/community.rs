//! What agencies do in their community beyond single members.

use super::calendar::Calendar;
use super::chance::{Dice, Purpose};
use super::region::{Agency, BHOS};
use super::rows::Rows;
use crate::terms::Table;

/// Zero to three activities of each agency in each month.
pub(super) fn activities(seed: u64, calendar: &Calendar, rows: &mut Rows<'_>) {
    let mut dice = Dice::new(seed, Purpose::Community, 0);
    let mut month = calendar.first;
    while month <= calendar.last {
        for (bho, organisation) in BHOS.iter().enumerate() {
            for number in 1..=organisation.agencies {
                for _ in 0..dice.below(4) {
                    activity(Agency { bho, number }, month, &mut dice, rows);
                }
            }
        }
        month = month.months_later(1);
    }
}

fn activity(agency: Agency, month: crate::terms::Day, dice: &mut Dice, rows: &mut Rows<'_>) {
    let day = month + dice.below(28);
    let kind = dice.pick(&[
        "community_event",
        "coalition",
        "housing_project",
        "anti_stigma_education",
        "school_prevention",
    ]);
    let people = dice.between(4, 60);
    let hours = dice.between(1, 8);
    let (lag, key) = (dice.between(2, 12), dice.bits());
    rows.post(Table::CommunityActivities, day + lag, key, |line| {
        line.day(day);
        line.text(&agency.id());
        line.text(kind);
        line.number(people);
        line.number(hours);
        line.number(4);
    });
}
