//! Members over the twelve months that end with a period.

use std::collections::{BTreeMap, BTreeSet};

use super::contact::Contact;
use super::course::{Visit, met, most_visited, visits};
use super::criterion::Criterion;
use super::definition::{
    Definition, Each, Exclusion, Group, Member, MemberValue, Organisation, Provider, Set, ValueOf,
};
use super::homes;
use super::life::{Life, Spell};
use super::rows::{Day, Row, month_start};
use super::scores;
use super::status;
use super::units::{Of, Unit};

/// What a member is in the window: left out under the exclusion at this place, or with a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    Excluded(usize),
    Value(f64),
}

/// The window, and what every rule asks of it.
#[derive(Debug)]
pub(super) struct Year<'a> {
    life: &'a Life<'a>,
    pub(super) start: Day,
    pub(super) end: Day,
    /// First and last day of each of its months.
    months: Vec<(Day, Day)>,
}

impl<'a> Year<'a> {
    pub(super) fn ending(life: &'a Life<'a>, end: Day) -> Self {
        let month = |back: i32| (month_start(end, -back), month_start(end, 1 - back) - 1);
        let months: Vec<(Day, Day)> = (0..12).rev().map(month).collect();
        Self { life, start: months[0].0, end, months }
    }

    fn has(&self, day: Day) -> bool {
        self.start <= day && day <= self.end
    }

    fn within(&self, days: &BTreeSet<Day>) -> Vec<Day> {
        days.range(self.start..=self.end).copied().collect()
    }

    fn any_night(&self, set: Set) -> bool {
        let nights = self.within(self.life.days_in(set));
        nights.into_iter().any(|day| self.life.is_alive(day))
    }

    /// Reading 4: the organisation of the last enrolled day.
    pub(super) fn bho(&self) -> &str {
        let last = (self.start..=self.end).rev().find(|day| self.life.is_enrolled(*day));
        last.map_or("unknown", |day| self.life.bho(day))
    }

    /// The organisation of the last enrolled day, or the one that the last contact names.
    pub(super) fn organisation(&self, member: &Member) -> &str {
        if member.organisation != Some(Organisation::LastContact) {
            return self.bho();
        }
        let counts = |one: &&Contact<'_>| {
            let passes = member.contact.as_ref().map(|test| one.passes(test));
            self.has(one.day) && passes.unwrap_or_else(|| is_visit(member, one))
        };
        let contacts = self.life.contacts.iter().filter(counts);
        let last = contacts.max_by_key(|one| (one.day, one.row.text("bho_id")));
        last.map_or("unknown", Contact::organisation)
    }

    /// What became of the member; nothing if the rule does not look at them.
    pub(super) fn judged(&self, definition: &Definition) -> Option<Outcome> {
        let member = definition.member.as_ref().expect("a rule of members");
        let value = definition.value.as_ref().expect("a rule of members has a value");
        if !self.is_candidate(member) {
            return None;
        }
        let excluded = definition.exclusion.iter().position(|one| self.applies(one));
        Some(match excluded {
            Some(place) => Outcome::Excluded(place),
            None => Outcome::Value(self.value(member, value)),
        })
    }

    fn is_candidate(&self, member: &Member) -> bool {
        let in_age = member.age.is_none_or(|[from, to]| self.life.is_aged(self.end, from, to));
        // The 24 months that end with the window.
        let two_years = month_start(self.start, -12);
        in_age
            && member.agencies_min.is_none_or(|least| self.agencies().len() >= least)
            && self.is_looked_at(member, two_years)
            && (!member.smi || self.life.has_smi(two_years, self.end))
            && member.when.iter().all(|one| self.holds(one))
    }

    /// Whether a criterion is met on the last day of the window, or on the day before it.
    fn holds(&self, criterion: &Criterion) -> bool {
        let day = if criterion.before_window { self.start - 1 } else { self.end };
        met(criterion, self.life, &Unit { day, of: Of::Day }).is_some()
    }

    /// Changes of agency and clinician from quarter to quarter and of the highest level from one month
    /// with care to the next, and unplanned admissions to hospital.
    fn disruptions(&self) -> usize {
        let life = self.life;
        let treatment: Vec<&Contact<'_>> =
            life.contacts.iter().filter(|one| one.is_treatment && self.has(one.day)).collect();
        let quarters: Vec<(Day, Day)> =
            self.months.chunks(3).map(|three| (three[0].0, three[2].1)).collect();
        let modal = |column: &str, (from, to): (Day, Day)| {
            let of = treatment.iter().filter(|one| from <= one.day && one.day <= to).copied();
            most_visited(&visits(of, column)).map(str::to_owned)
        };
        let mut count = 0;
        for column in ["agency_id", "clinician_id"] {
            for pair in quarters.windows(2) {
                let (before, now) = (modal(column, pair[0]), modal(column, pair[1]));
                count += usize::from(before.is_some() && now.is_some() && before != now);
            }
        }
        let level =
            |(from, to): &(Day, Day)| (*from..=*to).filter_map(|day| life.level_on(day)).max();
        let levels: Vec<u8> = self.months.iter().filter_map(level).collect();
        count += levels.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let admitted = life.inpatient.iter().filter(|spell| self.has(spell.admit));
        count + admitted.filter(|spell| !spell.first.is_planned).count()
    }

    fn is_looked_at(&self, member: &Member, two_years: Day) -> bool {
        let at_least = member.at_least.unwrap_or(1);
        if member.visits_to.is_some() {
            return self.visits(member).len() >= at_least;
        }
        if let Some(test) = &member.contact {
            let days = self.life.contact_days(test);
            if member.in_24_months {
                return days.range(two_years..=self.end).next().is_some();
            }
            if let Some(before) = member.days_before {
                return days.range(self.start - before..self.start).count() >= at_least;
            }
            let in_bed = |day: &Day| self.life.is_alive(*day);
            return self.within(&days).len() >= at_least
                || (member.or_institution_day
                    && self.within(&self.life.institution_days).iter().any(in_bed));
        }
        if member.enrolled {
            return !self.eligible_days().is_empty();
        }
        if let Some(set) = member.any_night {
            return self.any_night(set);
        }
        if let Some(gap) = member.in_care {
            let since = member.since_days.unwrap_or(0);
            return self.in_care_since(gap).is_some_and(|entry| self.end - entry >= since);
        }
        if let Some(asked) = member.status {
            let answers = status::answers(asked, self.life, (self.start, self.end));
            let (Some(first), Some(last)) = (answers.first(), answers.last()) else { return false };
            return last.0 - first.0 >= member.days_apart.unwrap_or(30)
                && member.first_at_least.is_none_or(|least| first.1 >= least);
        }
        if member.scored.is_some() {
            let begins = |phase| self.life.phases().on(self.start) == Some(phase);
            return scores::is_scored(member, self.life, [self.start, self.end])
                && member.in_phase.is_none_or(begins);
        }
        if let Some(asked) = member.living {
            return homes::is_known(asked, self.life, (self.start, self.end));
        }
        if member.ed_visit {
            return self.ed_visits(&member.diagnosis) > 0;
        }
        self.events(&member.event) > 0
    }

    fn applies(&self, exclusion: &Exclusion) -> bool {
        let life = self.life;
        let unenrolled = |(from, to): &&(Day, Day)| {
            (*from..=*to)
                .any(|day| !life.is_enrolled(day) && (!exclusion.until_death || life.is_alive(day)))
        };
        let counts = |day: &Day| !exclusion.until_death || life.is_alive(*day);
        let every_day = || (self.start..=self.end).filter(counts);
        (exclusion.not_enrolled_throughout && life.is_left(every_day(), exclusion.one_span))
            || (exclusion.not_enrolled_year && self.months.iter().filter(unenrolled).count() >= 2)
            || (exclusion.died_in_year && !life.is_alive(self.end))
            || (exclusion.hospice_in_year && !self.within(&life.hospice).is_empty())
            || (exclusion.no_eligible_month && self.eligible_months().is_empty())
            || (exclusion.no_eligible_day && self.eligible_days().is_empty())
    }

    fn months_with(&self, contacts: &[Day], all: bool) -> f64 {
        let months = if all { self.months.clone() } else { self.eligible_months() };
        let seen = |(from, to): &&(Day, Day)| contacts.iter().any(|day| from <= day && day <= to);
        share(months.iter().filter(seen).count(), months.len())
    }

    /// Of the four quarters of 90 days.
    fn quarters_with(&self, contacts: &[Day]) -> usize {
        let first_days = [0, 90, 180, 270].map(|days| self.start + days);
        let has = |from: &&Day| contacts.iter().any(|day| (**from..**from + 90).contains(day));
        first_days.iter().filter(has).count()
    }

    /// Reading 23: fully enrolled, with fewer than 15 days in an institution or in custody. The dead are
    /// not enrolled.
    fn eligible_months(&self) -> Vec<(Day, Day)> {
        let life = self.life;
        let is_eligible = |(from, to): &&(Day, Day)| {
            let away =
                |day: &Day| life.institution_days.contains(day) || life.custody.contains(day);
            (*from..=*to).all(|day| life.is_enrolled(day) && life.is_alive(day))
                && (*from..=*to).filter(away).count() < 15
        };
        self.months.iter().filter(is_eligible).copied().collect()
    }

    fn eligible_days(&self) -> Vec<Day> {
        let counts = |day: &Day| self.life.is_alive(*day) && self.life.is_enrolled(*day);
        (self.start..=self.end).filter(counts).collect()
    }

    /// Visits in order of days and providers: each row, or one for each day and provider.
    fn visits(&self, member: &Member) -> Vec<String> {
        let own = |one: &&Contact<'_>| is_visit(member, one) && self.has(one.day);
        let provider = member.visits_to.expect("visits");
        let visits = visits(self.life.contacts.iter().filter(own), provider.column());
        let mut visits: Vec<(Day, &str)> = visits.iter().map(|one| (one.day, one.who)).collect();
        visits.sort_unstable();
        if member.each == Each::Day {
            visits.dedup();
        }
        visits.into_iter().map(|(_, who)| who.to_owned()).collect()
    }

    /// Days from the first visit ever to the last of the window, with the provider most seen in it.
    fn tenure(&self, member: &Member) -> usize {
        let own = self.life.contacts.iter().filter(|one| is_visit(member, one));
        let ever = visits(own, member.visits_to.expect("visits").column());
        let within: Vec<Visit<'_>> = ever.iter().copied().filter(|one| self.has(one.day)).collect();
        let who = most_visited(&within).expect("a visit in the window");
        let first = ever.iter().find(|visit| visit.who == who).expect("a visit");
        let last = within.iter().rfind(|visit| visit.who == who).expect("a visit in the window");
        usize::try_from(last.day - first.day).expect("the last is not before the first")
    }

    /// Days of the relationship with the provider most seen, twice, and one more if the last days of the window
    /// have no visit.
    fn relationship(&self, member: &Member, silent: i32) -> usize {
        let own = self.life.contacts.iter().filter(|one| is_visit(member, one));
        let ever = visits(own, member.visits_to.expect("visits").column());
        let within: Vec<Visit<'_>> = ever.iter().copied().filter(|one| self.has(one.day)).collect();
        let who = most_visited(&within).expect("a visit in the window");
        let days = || ever.iter().filter(|visit| visit.who == who && visit.day <= self.end);
        let (first, last) =
            (days().map(|visit| visit.day).min(), days().map(|visit| visit.day).max());
        let (first, last) = first.zip(last).expect("a visit");
        let quiet = (self.end - silent + 1..=self.end).all(|day| day != last);
        let until = if quiet { last } else { self.end };
        usize::try_from((until - first) * 2).expect("not before the first") + usize::from(quiet)
    }

    /// The days of treatment visits to each agency in the window.
    fn agencies(&self) -> BTreeMap<String, usize> {
        let mut agencies = BTreeMap::new();
        let own = self.life.contacts.iter().filter(|one| one.is_treatment && self.has(one.day));
        let visits = visits(own, Provider::Agency.column());
        let visits: BTreeSet<(Day, &str)> = visits.iter().map(|one| (one.day, one.who)).collect();
        for (_, who) in visits {
            *agencies.entry(who.to_owned()).or_insert(0) += 1;
        }
        agencies
    }

    /// Care plans that run on the last day.
    fn running_plans(&self) -> impl Iterator<Item = &Row> {
        let runs = |row: &&&Row| {
            row.day("created").is_some_and(|day| day <= self.end)
                && row.day("ended").is_none_or(|day| day > self.end)
        };
        self.life.plans.iter().filter(runs).copied()
    }

    /// Days of the contacts that a value looks at in each quarter of care.
    fn seen_in_care(&self, value: &MemberValue) -> BTreeSet<Day> {
        let asked = value.contact.as_ref().expect("a rule about contacts");
        let lead = self.lead();
        let is_led = |one: &Contact<'_>| !lead.is_empty() && one.row.text("clinician_id") == lead;
        let counts = |one: &&Contact<'_>| one.passes(asked) && (!value.lead || is_led(one));
        self.life.contacts.iter().filter(counts).map(|one| one.day).collect()
    }

    /// The lead clinician of the register, else of the latest plan that runs and names one.
    fn lead(&self) -> &str {
        let named = self.running_plans().filter(|row| !row.text("lead_id").is_empty());
        let latest = named.max_by_key(|row| (row.day("created"), row.text("plan_id")));
        match &self.life.lead {
            register if !register.is_empty() => register,
            _ => latest.map_or("", |row| row.text("lead_id")),
        }
    }

    fn is_plan_current(&self, days: i32) -> bool {
        let is_recent = |day: Day| (self.end - days + 1..=self.end).contains(&day);
        let is_current = |row: &Row| {
            ["created", "reviewed"].iter().any(|column| row.day(column).is_some_and(is_recent))
        };
        self.running_plans().any(is_current)
    }

    fn has_shared_plan(&self) -> bool {
        let agencies = self.agencies();
        let mut often = agencies.iter().filter(|(_, days)| **days >= 2).map(|(who, _)| who);
        let often: BTreeSet<&str> = often.by_ref().map(String::as_str).collect();
        self.running_plans().any(|row| often.is_subset(&row.words("agencies")))
    }

    /// The first day of the time in care that goes on at the last day.
    fn in_care_since(&self, gap: i32) -> Option<Day> {
        let care = self.life.care(gap);
        let open = |last: Option<Day>| last.is_none_or(|last| last > self.end);
        let now = care.spans.iter().find(|(entry, last)| *entry <= self.end && open(*last));
        now.map(|(entry, _)| *entry).filter(|_| self.life.is_alive(self.end))
    }

    /// Whether something is so on a day of each quarter, counted back from the last day, that lies in
    /// the present time in care; at most four.
    fn in_quarters_of_care(&self, member: &Member, is_so: impl Fn(Day) -> bool) -> bool {
        let entry = self.in_care_since(member.in_care.expect("in care"));
        let entry = entry.expect("only of members in care");
        let from = |quarter: i32| self.end - 90 * quarter + 1;
        let mut own = (1..=4).map(from).filter(|from| *from >= entry);
        own.all(|from| (from..from + 90).any(&is_so))
    }

    fn ed_visits(&self, groups: &[Group]) -> usize {
        let visits = self.life.ed_visits.iter().filter(|visit| self.has(visit.index));
        visits.filter(|visit| visit.is_of(groups)).count()
    }

    fn events(&self, types: &[String]) -> usize {
        let events = self.life.events.iter().filter(|(day, _)| self.has(*day));
        events.filter(|(_, what)| types.iter().any(|wanted| wanted == what)).count()
    }

    /// At-risk days of each gap, edges of the window included.
    fn gaps(&self, contacts: &[Day]) -> Vec<usize> {
        let ends = [self.start].into_iter().chain(contacts.iter().copied()).chain([self.end]);
        let ends: Vec<Day> = ends.collect();
        let lasts =
            |pair: &[Day]| (pair[0] + 1..=pair[1]).filter(|day| self.life.is_at_risk(*day)).count();
        ends.windows(2).map(lasts).collect()
    }

    /// The most at-risk days in a row, as days that are not at risk do not count, without a contact.
    fn longest_silence(&self, contacts: &[Day]) -> usize {
        let (mut longest, mut run) = (0, 0);
        for day in self.start..=self.end {
            if contacts.contains(&day) {
                run = 0;
            } else if self.life.is_at_risk(day) {
                run += 1;
            }
            longest = longest.max(run);
        }
        longest
    }

    /// A value of the days of contacts.
    fn of_contacts(&self, value: &MemberValue, contacts: &[Day]) -> Option<f64> {
        let longest = || self.gaps(contacts).into_iter().max().unwrap_or(0);
        let days = || usize::try_from(value.length()).expect("a number of days");
        let months = || self.months_with(contacts, value.all_months);
        Some(match value.of {
            ValueOf::MonthsWithContact => months(),
            ValueOf::EachMonth => whether((months() - 1.0).abs() < 1e-9),
            ValueOf::GapOver => whether(longest() > days()),
            ValueOf::DaysWithout => whether(self.longest_silence(contacts) >= days()),
            ValueOf::LongestGap => share(longest(), 1),
            ValueOf::AnyContact => whether(!contacts.is_empty()),
            ValueOf::EachQuarter => whether(self.quarters_with(contacts) == 4),
            ValueOf::QuartersWithContact => share(self.quarters_with(contacts), 4),
            ValueOf::Regularity => regularity(contacts),
            _ => return None,
        })
    }

    fn value(&self, member: &Member, value: &MemberValue) -> f64 {
        let contacts =
            value.contact.as_ref().map(|test| self.within(&self.life.contact_days(test)));
        let contacts = contacts.unwrap_or_default();
        let at_least = value.at_least.unwrap_or(1);
        if let Some(found) = self.of_contacts(value, &contacts) {
            return found;
        }
        match value.of {
            ValueOf::CommunityDays => {
                let days = self.eligible_days();
                let is_home = |day: &&Day| match value.set {
                    Some(set) => !self.life.days_in(set).contains(*day),
                    None => self.life.is_at_risk(**day),
                };
                share(days.iter().filter(is_home).count(), days.len())
            }
            ValueOf::NightsSoFar => {
                let spells = self.life.spells(value.set.expect("a set"));
                let in_bed = |spell: &&Spell| spell.admit <= self.end && self.end < spell.discharge;
                let nights = spells.iter().find(in_bed).map_or(0, |own| self.end + 1 - own.admit);
                f64::from(nights)
            }
            ValueOf::AnyNight => whether(self.any_night(value.set.expect("a set"))),
            ValueOf::EdVisits => whether(self.ed_visits(&value.diagnosis) >= at_least),
            ValueOf::Events => whether(self.events(&value.event) >= at_least),
            ValueOf::HasLead => whether(!self.lead().is_empty()),
            ValueOf::PlanCurrent => whether(self.is_plan_current(value.length())),
            ValueOf::SharedPlan => whether(self.has_shared_plan()),
            ValueOf::EachQuarterInCare => {
                let seen = self.seen_in_care(value);
                whether(self.in_quarters_of_care(member, |day| seen.contains(&day)))
            }
            ValueOf::Meets => whether(value.criterion.iter().all(|one| self.holds(one))),
            ValueOf::EachQuarterScored => whether(self.in_quarters_of_care(member, |day| {
                self.life.scores.iter().any(|score| score.day == day)
            })),
            ValueOf::SeveralInstruments
            | ValueOf::ScoreBetter
            | ValueOf::ScoreWorse
            | ValueOf::ScoreNotWorse
            | ValueOf::Favourable => {
                whether(scores::of_member(member, value, self.life, [self.start, self.end]))
            }
            ValueOf::OutOfHome
            | ValueOf::Restrictiveness
            | ValueOf::LivingWeight
            | ValueOf::LessRestrictive => homes::value(value, self.life, (self.start, self.end)),
            ValueOf::Disruptions => share(self.disruptions(), 1),
            ValueOf::Tenure => share(self.tenure(member), 1),
            ValueOf::Relationship => share(self.relationship(member, value.length()), 1),
            ValueOf::StatusFirst
            | ValueOf::StatusLast
            | ValueOf::StatusGained
            | ValueOf::StatusLost
            | ValueOf::StatusEver
            | ValueOf::StatusLess
            | ValueOf::StatusNoneOrLess => {
                let asked = member.status.expect("a question");
                let answers = status::answers(asked, self.life, (self.start, self.end));
                whether(status::passes(value.of, &answers))
            }
            ValueOf::Providers if value.at_least.is_some() => {
                let seen: BTreeSet<String> = self.visits(member).into_iter().collect();
                whether(seen.len() >= at_least)
            }
            of => relation(of, &self.visits(member)),
        }
    }
}

fn whether(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// True for the contacts that a rule takes for visits.
fn is_visit(member: &Member, contact: &Contact<'_>) -> bool {
    member.visits.as_ref().map_or(contact.is_treatment, |test| contact.passes(test))
}

#[expect(clippy::cast_precision_loss, reason = "counts of one member")]
fn share(of: usize, all: usize) -> f64 {
    of as f64 / all as f64
}

/// 1 ÷ (1 + CV) of the days between contacts.
fn regularity(contacts: &[Day]) -> f64 {
    let gaps: Vec<f64> = contacts.windows(2).map(|pair| f64::from(pair[1] - pair[0])).collect();
    let n = share(gaps.len(), 1);
    let mean = gaps.iter().sum::<f64>() / n;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / (n - 1.0);
    1.0 / (1.0 + variance.sqrt() / mean)
}

/// The table of section 2.B.
fn relation(of: ValueOf, visits: &[String]) -> f64 {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for who in visits {
        *counts.entry(who).or_insert(0) += 1;
    }
    let (n, p) = (share(visits.len(), 1), share(counts.len(), 1));
    let shares: Vec<f64> = counts.values().map(|count| share(*count, visits.len())).collect();
    let herfindahl: f64 = shares.iter().map(|share| share * share).sum();
    let bice_boxerman = (n * herfindahl - 1.0) / (n - 1.0);
    let modified = 1.0 - p / (n + 0.1);
    match of {
        ValueOf::UsualProvider => shares.iter().copied().fold(0.0, f64::max),
        ValueOf::BiceBoxerman => bice_boxerman,
        ValueOf::Fragmentation => 1.0 - bice_boxerman,
        ValueOf::Herfindahl => herfindahl,
        ValueOf::Sequential => {
            let same = visits.windows(2).filter(|pair| pair[0] == pair[1]).count();
            share(same, visits.len() - 1)
        }
        ValueOf::Modified => modified,
        ValueOf::ModifiedTwice => modified / (1.0 - 1.0 / (n + 0.1)),
        ValueOf::KnownProvider => {
            let known = (1..visits.len()).filter(|at| visits[..*at].contains(&visits[*at])).count();
            share(known, visits.len() - 1)
        }
        ValueOf::Entropy => -shares.iter().map(|share| share * share.log2()).sum::<f64>(),
        ValueOf::Providers => p,
        other => panic!("{other:?} is not of visits"),
    }
}
