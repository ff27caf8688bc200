//! Batches in, timelines out, one member after the other.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::rows::{Memory, Rows};
use super::{
    Assessment, Cost, DaySpans, EdTime, EdVisit, Enrolment, Error, Event, Found, Interner,
    LevelDay, Needs, OwnSpells, Settings, Stay, Timeline, UNKNOWN,
};
use crate::terms::codes::{Disposition, EndReason, FacilityClass};
use crate::terms::{Day, Kind, Level, column};

/// What a reader has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows.
    pub rows: u64,
    /// Members.
    pub members: u64,
    /// What rows show beside one another.
    pub found: Found,
}

/// Reads batches of the timeline table: rows sorted by member, first day, kind and key, all rows of
/// a member together. It checks what it can of this at no cost and refuses the rest of the stream.
#[derive(Debug)]
pub struct Reader<'n> {
    pub(super) needs: &'n Needs,
    pub(super) settings: &'n Settings,
    /// The numbers of ids and attributes, for as long as the reader lives.
    pub interner: Interner,
    memory: Memory,
    /// Places of filters of other tables than contacts.
    other_filters: Vec<usize>,
    /// For each filter, whether more is kept of contacts than their days.
    pub(super) asks_more: Vec<bool>,
    started: bool,
    last: (i32, Option<Kind>),
    pub(super) timeline: Timeline,
    pub(super) enrolment: Vec<Enrolment>,
    /// Days that contacts cover beyond their first.
    pub(super) covered: Vec<LevelDay>,
    /// First and last days of 24-hour care billed as contacts: `(inpatient, days, diagnosis)`.
    pub(super) institution_days: Vec<(bool, (Day, Day), u32)>,
    /// Days with a sign of a need that the timeline does not keep.
    pub(super) signs: Vec<Day>,
    /// Lines of cost, with the last day of the month of those that say no more than it.
    pub(super) costs: Vec<(Cost, Option<Day>)>,
    /// Days of contacts and of assessments, one for each row.
    pub(super) row_days: (Vec<Day>, Vec<Day>),
    pub(super) summary: Summary,
}

impl<'n> Reader<'n> {
    /// A reader before the first batch.
    pub fn new(needs: &'n Needs, settings: &'n Settings) -> Self {
        let own_set =
            |set: &_| OwnSpells { set: *set, spells: Vec::new(), days: DaySpans::default() };
        let timeline = Timeline {
            contact_days: vec![Vec::new(); needs.filters.len()],
            contact_counts: vec![Vec::new(); needs.filters.len()],
            supplies: vec![Vec::new(); needs.filters.len()],
            contact_sums: vec![Vec::new(); needs.filters.len()],
            contact_agencies: vec![Vec::new(); needs.filters.len()],
            contact_organisations: vec![Vec::new(); needs.filters.len()],
            contact_visits: vec![Vec::new(); needs.filters.len()],
            attributes: vec![UNKNOWN; needs.attributes.len()],
            own_sets: needs.sets.iter().map(own_set).collect(),
            instruments: Arc::clone(&settings.instruments),
            ..Timeline::default()
        };
        let other = |place: &usize| needs.filters[*place].kind != Kind::Contact;
        Self {
            other_filters: (0..needs.filters.len()).filter(other).collect(),
            asks_more: (0..needs.filters.len()).map(|filter| needs.asks_more(filter)).collect(),
            needs,
            settings,
            interner: Interner::default(),
            memory: Memory::default(),
            started: false,
            last: (i32::MIN, None),
            timeline,
            enrolment: Vec::new(),
            covered: Vec::new(),
            institution_days: Vec::new(),
            signs: Vec::new(),
            costs: Vec::new(),
            row_days: Default::default(),
            summary: Summary::default(),
        }
    }

    /// Reads one batch; `each` gets every member that is complete.
    pub fn read(
        &mut self,
        batch: &RecordBatch,
        each: &mut impl FnMut(&Timeline, &mut Interner),
    ) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let rows = Rows::decode(
            batch,
            (self.needs, &self.settings.instruments),
            &mut self.interner,
            &mut self.memory,
        )?;
        let mut key = None;
        for row in 0..rows.count {
            let at = self.summary.rows;
            let next = rows
                .member
                .key(row)
                .ok_or(Error::NullKey { row: at, column: column::MEMBER_ID })?;
            if key != Some(next) {
                key = Some(next);
                self.enter(rows.member.text(next), at, each)?;
            }
            let kind = rows.kind[row].ok_or(Error::UnknownKind { row: at })?;
            let start = rows.start.at(row);
            let order = (start.unwrap_or(i32::MIN), Some(kind));
            if order < self.last {
                return Err(Error::OutOfOrder { row: at });
            }
            self.last = order;
            self.take(&rows, row, kind, start.map(Day), at)?;
            self.summary.rows += 1;
        }
        Ok(())
    }

    /// Hands out the last member, and says what was seen since the last time. Other rows may follow.
    pub fn finish(&mut self, each: &mut impl FnMut(&Timeline, &mut Interner)) -> Summary {
        self.complete(each);
        self.started = false;
        std::mem::take(&mut self.summary)
    }

    /// Goes on to a member, who has to come after the one before.
    fn enter(
        &mut self,
        member: &str,
        at: u64,
        each: &mut impl FnMut(&Timeline, &mut Interner),
    ) -> Result<(), Error> {
        if self.started && member == self.timeline.member {
            return Ok(());
        }
        if member.is_empty() {
            return Err(Error::NullKey { row: at, column: column::MEMBER_ID });
        }
        if self.started && member < self.timeline.member.as_str() {
            return Err(Error::OutOfOrder { row: at });
        }
        self.complete(each);
        self.timeline.member.clear();
        self.timeline.member.push_str(member);
        self.started = true;
        self.last = (i32::MIN, None);
        self.summary.members += 1;
        Ok(())
    }

    fn complete(&mut self, each: &mut impl FnMut(&Timeline, &mut Interner)) {
        if self.started {
            self.conclude();
            each(&self.timeline, &mut self.interner);
        }
        self.timeline.clear();
        self.enrolment.clear();
        self.covered.clear();
        self.institution_days.clear();
        self.signs.clear();
        self.row_days.0.clear();
        self.row_days.1.clear();
    }

    fn take(
        &mut self,
        rows: &Rows,
        row: usize,
        kind: Kind,
        start: Option<Day>,
        at: u64,
    ) -> Result<(), Error> {
        if kind == Kind::Member {
            self.take_member(rows, row);
            self.take_record(rows, row, kind, Day(0));
            return Ok(());
        }
        let day = start.ok_or(Error::NullKey { row: at, column: column::START_ON })?;
        self.timeline.first_row = Some(self.timeline.first_row.map_or(day, |first| first.min(day)));
        self.timeline.has_records |= kind != Kind::Enrolment;
        self.take_record(rows, row, kind, day);
        if kind == Kind::Contact {
            self.take_contact(rows, row, day);
            return Ok(());
        }
        let end = rows.end.at(row).map(Day);
        match kind {
            Kind::Stay => self.take_stay(rows, row, day, end),
            Kind::Enrolment => self.enrolment.push(Enrolment {
                start: day,
                end: end.unwrap_or(Day(OPEN)),
                bho: rows.bho.at(row),
                hospice: rows.hospice.at(row) == Some(1),
            }),
            Kind::Event => {
                if let Some(what) = rows.event.at(row) {
                    let times = rows.records.times(row);
                    self.timeline.events.push(Event { start: day, end, what, times });
                }
            }
            Kind::Assessment => self.take_assessment(rows, row, day),
            Kind::Plan => {
                let reason = rows.end_reason.at(row);
                if end.is_some() {
                    self.summary.found.ended(reason.is_some());
                }
                let planned = reason.is_some_and(EndReason::is_planned);
                self.timeline.planned_ends.extend(end.filter(|_| planned));
                if self.needs.plans {
                    self.take_plan(rows, row, day, end);
                }
            }
            Kind::Cost => {
                let cents = rows.amounts.iter().find_map(|amount| amount.at(row));
                let level = rows.level.at(row).and_then(|level| u8::try_from(level).ok());
                let cents = cents.filter(|_| self.needs.costs);
                self.costs.extend(cents.map(|cents| (Cost { day, level, cents }, end)));
            }
            Kind::Referral if self.needs.referrals => {
                self.timeline.referrals.push(rows.records.referral(row, day));
            }
            Kind::Living => {
                let days = (day, end.unwrap_or(Day(OPEN)));
                self.timeline.living.extend(rows.living.as_ref().map(|own| own.at(row, days)));
            }
            Kind::Contact | Kind::Member | Kind::Pharmacy | Kind::Referral => {}
        }
        Ok(())
    }

    fn take_assessment(&mut self, rows: &Rows, row: usize, day: Day) {
        self.row_days.1.push(day);
        let sectors = rows.records.sectors(row);
        if sectors != 0 {
            self.timeline.sector_needs.push((day, sectors));
        }
        if let Some(own) = &rows.outcomes {
            own.listed(row).for_each(|is_read| self.summary.found.status(is_read));
            self.timeline.outcomes.push(own.at(row, day));
        }
        let known = &self.settings.instruments;
        if let Some(own) = rows.scores.as_ref().filter(|own| own.has(row)) {
            let score = own.at(row, day, known);
            self.summary.found.scored(score.is_some());
            self.timeline.scores.extend(score);
        }
        let level = rows.level.at(row).and_then(Level::new);
        let level = level.filter(|_| rows.is_assessment.at(row));
        self.timeline
            .assessments
            .extend(level.map(|level| Assessment { day, recommended: level.number() }));
    }

    fn take_plan(&mut self, rows: &Rows, row: usize, day: Day, ended: Option<Day>) {
        let plan = rows.records.plan(row, day, (ended, rows.end_reason.at(row)));
        let place = self.timeline.plans.len();
        self.timeline.plans.push(plan);
        for agency in rows.records.agencies(row) {
            let key = self.interner.key(agency);
            self.timeline.plan_agencies.push((place, key));
        }
    }

    fn take_member(&mut self, rows: &Rows, row: usize) {
        self.timeline.birth = rows.birth.at(row).map(Day);
        self.timeline.smi = rows.smi_sed.at(row) == Some(1);
        self.timeline.sed = rows.smi_sed.at(row) == Some(2);
        self.timeline.lead = rows.records.lead(row);
        self.died_on(rows.death.at(row).map(Day));
        for (attribute, column) in self.timeline.attributes.iter_mut().zip(&rows.attributes) {
            *attribute = column.at(row, &mut self.interner);
        }
    }

    pub(super) fn died_on(&mut self, day: Option<Day>) {
        let earliest = self.timeline.death.into_iter().chain(day).min();
        self.timeline.death = earliest;
    }

    /// Keeps the day of a row of another table than contacts for every filter that it passes.
    fn take_record(&mut self, rows: &Rows, row: usize, kind: Kind, day: Day) {
        for &index in &self.other_filters {
            if self.needs.filters[index].kind != kind || !rows.passes_texts(index, row) {
                continue;
            }
            self.timeline.take_day(index, day);
            if kind == Kind::Pharmacy {
                let supply = rows.supply.int(row).unwrap_or(0);
                self.timeline.supplies[index].push((day, supply));
            }
        }
    }

    fn take_stay(&mut self, rows: &Rows, row: usize, admit: Day, discharge: Option<Day>) {
        let facility = rows.facility.at(row);
        let disposition = rows.disposition.at(row);
        if disposition == Some(Disposition::Died) {
            self.died_on(discharge);
        }
        if facility == Some(FacilityClass::Ed) {
            let index = discharge.unwrap_or(admit);
            let (diagnosis, further) = (rows.dx1.at(row), rows.further_groups(row));
            if let Some((start, end)) = rows.records.times(row) {
                let seconds = end - start;
                self.timeline.ed_times.push(EdTime { index, diagnosis, further, seconds });
            }
            self.timeline.ed_visits.push(EdVisit {
                start: admit,
                index,
                diagnosis,
                further,
                admitted: rows.ed_admitted.at(row) == Some(1),
                dispositions: disposition.map_or(0, Disposition::bit),
            });
            return;
        }
        if discharge.is_some() {
            let has_reason = disposition.is_some() || rows.end_reason.at(row).is_some();
            self.summary.found.ended(has_reason);
        }
        let given = rows.level.at(row).and_then(Level::new);
        let level = given.or_else(|| {
            facility.and_then(FacilityClass::level).and_then(|level| Level::new(level.into()))
        });
        let (leave, ready, involuntary) = rows.records.stay(row);
        let rank = u32::try_from(self.timeline.stays.len()).unwrap_or(u32::MAX);
        self.timeline.stays.push(Stay {
            admit,
            discharge,
            level,
            diagnosis: rows.dx1.at(row),
            further: if self.needs.further_diagnoses { rows.further_groups(row) } else { 0 },
            facility: facility.and_then(|class| u8::try_from(class as usize).ok()),
            facility_id: rows.facility_id.at(row),
            agency: rows.providers[2].at(row),
            disposition,
            planned: rows.planned.at(row) == Some(1),
            leave,
            ready,
            involuntary,
            rank,
        });
    }
}

/// The day on which open spans end: far beyond any data, and small enough to add to.
pub(super) const OPEN: i32 = i32::MAX / 4;

impl Summary {
    /// Adds what another reader has seen.
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.members += other.members;
        self.found.add(&other.found);
    }
}
