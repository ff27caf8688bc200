//! To which provider a unit or member belongs: the facility that discharged, or the agency that knew the
//! member before. Never the agency that delivered what is counted: whoever follows up would be credited
//! with those who could be reached.

use super::board::{Board, RowOf, sum};
use super::covariate::{Which, first_day, own_spell};
use super::ledger::{EVERYONE, Ledger};
use super::plan::{Attributed, Plan, StratumKind};
use crate::indicator::{Rule, Unit};
use crate::terms::Day;
use crate::timeline::{Interner, Needs, Timeline, UNKNOWN};

/// How far back an agency is looked for.
const YEAR: i32 = 365;

/// The word for members whom no agency saw: they belong to their organisation alone.
pub(super) const NO_AGENCY: &str = "none";

/// The providers among the attributes of a breakdown, with their place in it.
pub(super) fn asked(plan: &Plan) -> impl Iterator<Item = (usize, Attributed)> + '_ {
    plan.strata.iter().enumerate().filter_map(|(place, kind)| match kind {
        StratumKind::Provider(whose) => Some((place, *whose)),
        _ => None,
    })
}

/// What the reader of timelines has to keep for them.
pub(super) fn see_needs(needs: &mut Needs, strata: &[StratumKind], qualifying: usize) {
    for kind in strata {
        match kind {
            StratumKind::Provider(Attributed::Facility) => needs.facilities = true,
            StratumKind::Provider(Attributed::Agency) => {
                needs.ask_visits();
                needs.agencies[qualifying] = true;
            }
            StratumKind::AgeBand | StratumKind::Attribute(_) => {}
        }
    }
}

/// True if units or values of a rule belong to a provider.
pub(super) fn applies(rule: &Rule, whose: Attributed) -> bool {
    match (rule, whose) {
        (Rule::Share(share), Attributed::Facility) => {
            matches!(share.index.unit, Unit::Discharge(_))
        }
        (Rule::Share(_) | Rule::Member(_), Attributed::Agency) => true,
        _ => false,
    }
}

/// The provider of a unit, as a key of the interner; nothing where units of its kind belong to none.
pub(super) fn of_unit(
    plan: &Plan,
    timeline: &Timeline,
    which: Which,
    whose: Attributed,
    interner: &Interner,
) -> Option<u32> {
    match (whose, which.unit) {
        (Attributed::Facility, Unit::Discharge(_)) => {
            let own = own_spell(timeline, which);
            Some(own.map_or(UNKNOWN, |spell| timeline.stays[spell.last].facility_id))
        }
        (Attributed::Facility, _) => None,
        (Attributed::Agency, _) => {
            let first = first_day(timeline, which);
            Some(agency(plan, timeline, (first - YEAR, first - 1), interner))
        }
    }
}

/// The agency with the most days of qualifying contact from one day to another; of several, the one with
/// the latest, and of these the one whose id comes first. Without any, none.
pub(super) fn agency(
    plan: &Plan,
    timeline: &Timeline,
    (first, last): (Day, Day),
    interner: &Interner,
) -> u32 {
    let seen = &timeline.contact_agencies[plan.qualifying];
    let mut found: Vec<(u32, usize, Day)> = Vec::new();
    for (day, agency) in seen.iter().filter(|(day, _)| first <= *day && *day <= last) {
        match found.iter_mut().find(|(known, ..)| known == agency) {
            Some((_, days, latest)) => {
                *days += 1;
                *latest = *day;
            }
            None => found.push((*agency, 1, *day)),
        }
    }
    let best = found.into_iter().max_by(|a, b| {
        (a.1, a.2).cmp(&(b.1, b.2)).then_with(|| interner.text(b.0).cmp(interner.text(a.0)))
    });
    best.map_or(UNKNOWN, |(agency, ..)| agency)
}

/// The word of a provider in results.
pub(super) fn word(key: u32, whose: Attributed, interner: &Interner) -> &str {
    match (whose, key) {
        (Attributed::Agency, UNKNOWN) => NO_AGENCY,
        _ => interner.text(key),
    }
}

impl Board<'_> {
    /// Finds the providers that a unit belongs to.
    pub(super) fn see_providers(&mut self, timeline: &Timeline, which: Which, interner: &Interner) {
        self.providers.clear();
        for (kind, whose) in asked(self.plan) {
            let key = of_unit(self.plan, timeline, which, whose, interner);
            self.providers.extend(
                key.map(|key| self.parts.provider((kind, key), word(key, whose, interner))),
            );
        }
    }

    /// The parts of the providers that were found.
    pub(super) fn providers(&self) -> &[usize] {
        &self.providers
    }

    /// Adds units to the blocks of the providers that they belong to.
    pub(super) fn post_providers(&mut self, ledger: &mut Ledger, row_of: RowOf) {
        let plan = self.plan;
        for unit in &ledger.left_out_by_provider {
            let Some(row) = row_of.row(unit.group) else { continue };
            self.rows[row].block(unit.age).leave_out(plan, unit);
        }
        ledger.by_provider.sort_unstable_by_key(|line| (line.group, line.cell, line.age));
        let same = ledger
            .by_provider
            .chunk_by(|a, b| (a.group, a.cell, a.age) == (b.group, b.cell, b.age));
        for units in same {
            let Some(row) = row_of.row(units[0].group) else { continue };
            self.rows[row].block(units[0].age).add(plan, &sum(units));
        }
    }

    /// Adds outcomes to the blocks of the agencies that the member belongs to.
    pub(super) fn post_outcomes_by_agency(
        &mut self,
        ledger: &Ledger,
        row_of: RowOf,
        timeline: &Timeline,
        interner: &Interner,
    ) {
        let plan = self.plan;
        let by_agency = asked(plan).find(|(_, whose)| *whose == Attributed::Agency);
        let Some((kind, whose)) = by_agency.filter(|_| ledger.outcomes().next().is_some()) else {
            return;
        };
        let agency_at = |window: &(Day, Day)| {
            let key = agency(plan, timeline, *window, interner);
            self.parts.provider((kind, key), word(key, whose, interner))
        };
        let parts: Vec<usize> = plan.windows.iter().map(agency_at).collect();
        for (measure, outcomes) in ledger.outcomes() {
            let at = (plan.row_of[measure], self.reasons_from[measure]);
            for (end, outcome) in
                outcomes.iter().flat_map(|one| (one.from..one.to).map(|end| (end, one.outcome)))
            {
                let group = self.ends(measure)[end];
                let rows = [EVERYONE, group].into_iter().filter_map(|one| row_of.row(one));
                for row in rows {
                    let block = self.rows[row].block(parts[end]);
                    block.add_outcome(plan, at, end, outcome, 1);
                    block.add_outcome(plan, at, end + 1, outcome, -1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Level;
    use crate::timeline::{Settings, Spell, SpellSet};

    fn plan() -> Plan {
        let settings = Settings {
            transfer_gap: 1,
            data_through: Day(3000),
            assume_enrolment: false,
            derive_stays: false,
            instruments: std::sync::Arc::default(),
        };
        Plan::new(Vec::new(), Vec::new(), Vec::new(), settings, &crate::kernel::Supply::default())
    }

    /// Days of contact with agencies; a stay from day 1000 to 1010.
    fn whose(contacts: &[(i32, &str)]) -> String {
        let (plan, mut interner) = (plan(), Interner::default());
        let mut timeline = Timeline::default();
        timeline.contact_agencies.resize(plan.qualifying + 1, Vec::new());
        timeline.contact_agencies[plan.qualifying] =
            contacts.iter().map(|(day, id)| (Day(*day), interner.key(id))).collect();
        let stay = Spell {
            admit: Day(1000),
            discharge: Some(Day(1010)),
            first: 0,
            last: 0,
            level: Level::INPATIENT,
            leave: 0,
        };
        timeline.spells[SpellSet::Inpatient.place()].push(stay);
        let unit = Unit::Discharge(SpellSet::Inpatient);
        let which = Which { unit, day: Day(1010), stay: Some(0) };
        let key = of_unit(&plan, &timeline, which, Attributed::Agency, &interner);
        word(key.expect("every unit belongs somewhere"), Attributed::Agency, &interner).to_owned()
    }

    #[test]
    fn the_agency_that_knew_the_member_before_is_credited() {
        assert_eq!(
            whose(&[(700, "A"), (800, "B"), (801, "B"), (999, "A"), (999, "C")]),
            "A",
            "a tie, seen last"
        );
        assert_eq!(whose(&[(700, "A"), (800, "B"), (801, "B"), (900, "C")]), "B", "the most days");
        assert_eq!(whose(&[(999, "D"), (999, "C")]), "C", "the same days: the id that comes first");
        assert_eq!(
            whose(&[(634, "A"), (635, "B")]),
            "B",
            "a day of the year before, and one too early"
        );
        assert_eq!(
            whose(&[(1003, "A"), (1011, "A"), (1012, "A"), (990, "B")]),
            "B",
            "not who followed up"
        );
        assert_eq!(whose(&[(1011, "A"), (1012, "A")]), "none", "contacts after the index only");
        assert_eq!(whose(&[]), "none");
    }
}
