//! The phases of recovery of a member, told one day after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::contact::Contact;
use super::course::INVOLUNTARY;
use super::life::Life;
use super::rows::Day;
use super::scores;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    PreRecovery,
    Initiation,
    Maintenance,
}

/// The phase of each day of somebody alive, and the days on which one begins.
#[derive(Debug, Default)]
pub(super) struct Phases {
    on: BTreeMap<Day, Phase>,
    begins: BTreeSet<(Day, Phase)>,
}

impl Phases {
    pub(super) fn on(&self, day: Day) -> Option<Phase> {
        self.on.get(&day).copied()
    }

    pub(super) fn begins(&self, phase: Phase) -> BTreeSet<Day> {
        self.begins.iter().filter(|(_, which)| *which == phase).map(|(day, _)| *day).collect()
    }
}

/// What the rule looks at.
struct Signs {
    /// A need is seen.
    needs: BTreeSet<Day>,
    acute: BTreeSet<Day>,
    unstable: BTreeSet<Day>,
}

pub(super) fn of(life: &Life<'_>) -> Phases {
    let signs = signs(life);
    let (treatment, qualifying) = (life.treatment_days(), life.qualifying_days());
    let mut found = Phases::default();
    let Some(first) = signs.needs.first().copied() else { return found };
    let mut now: Option<(Day, Phase)> = None;
    let (mut clock, mut unstable) = (0, NOT_YET);
    for day in (first..=life.data_through).filter(|day| life.is_alive(*day)) {
        if qualifying.contains(&day) {
            clock = 0;
        } else if life.is_at_risk(day) {
            clock += 1;
        }
        if signs.unstable.contains(&day) {
            unstable = day;
        }
        let quiet_since = |begin: Day| day - begin.max(unstable);
        let next = match now {
            None => signs.needs.contains(&day).then_some(Phase::PreRecovery),
            Some(_) if life.planned_ends.contains(&day) => None,
            Some((begin, Phase::PreRecovery)) => {
                let near = treatment.range(begin.max(day - 60)..day).next().is_some();
                (near && treatment.contains(&day)).then_some(Phase::Initiation)
            }
            Some((_, Phase::Maintenance)) if signs.acute.contains(&day) => Some(Phase::Initiation),
            Some(_) if clock >= 90 => Some(Phase::PreRecovery),
            Some((begin, Phase::Initiation)) => {
                (quiet_since(begin) >= 90).then_some(Phase::Maintenance)
            }
            Some((_, Phase::Maintenance)) => None,
        };
        if let Some(phase) = next {
            now = Some((day, phase));
            found.begins.insert((day, phase));
        }
        if let Some((_, phase)) = now {
            found.on.insert(day, phase);
        }
        // The day of a planned end is the last one in a phase.
        if life.planned_ends.contains(&day) {
            now = None;
        }
    }
    found
}

/// Before every day.
const NOT_YET: Day = -1_000_000;

fn signs(life: &Life<'_>) -> Signs {
    let days = |of: &dyn Fn(&Contact<'_>) -> bool| -> BTreeSet<Day> {
        life.contacts.iter().filter(|one| of(one)).map(|one| one.day).collect()
    };
    let cancelled = ["cancelled_client", "cancelled_provider", "late_cancel"];
    let mut needs = days(&|one| one.class == "outreach" && !cancelled.contains(&one.status));
    needs.extend(days(&|one| one.class == "screening" && one.status == "attended"));
    needs.extend(life.qualifying_days().iter());
    let positive = life.outcomes.iter().filter(|row| row.text("screen_result") == "pos");
    needs.extend(positive.filter_map(|row| row.day("date")));
    needs.extend(life.referrals.iter().filter_map(|row| row.day("date")));
    needs.extend(life.ed_visits.iter().map(|visit| visit.start));
    needs.extend(life.any_24h.iter().map(|spell| spell.admit));

    let mut acute = days(&|one| one.is_qualifying && one.class == "crisis_ambulatory");
    acute.extend(days(&|one| one.is_qualifying && one.level >= 4));
    acute.extend(life.institution_days.iter().filter(|day| life.is_alive(**day)));
    acute.extend(life.any_24h.iter().map(|spell| spell.admit));
    acute.extend(life.ed_visits.iter().flat_map(|visit| visit.start..=visit.index));
    let held = life.events.iter().filter(|(_, what)| INVOLUNTARY.contains(what));
    acute.extend(held.map(|(day, _)| *day));

    let mut unstable = acute.clone();
    unstable.extend(scores::deteriorations(&life.scores));
    let intensive = life.assessments.iter().filter(|one| one.recommended >= 3);
    unstable.extend(intensive.map(|one| one.day));
    Signs { needs, acute, unstable }
}
