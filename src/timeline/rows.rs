//! The rows of one batch, decoded once.

use arrow_array::RecordBatch;

use super::attribute::Attribute;
use super::batch::{Answers, DayColumn, NumberColumn, Remembered, TextColumn, decide};
use super::contact::{
    Basis, ContactFilter, Facts, LEAST_MINUTES, Participants, PlaceFacts, is_24_hour_code,
};
use super::contact_kind::{ContactKinds, Numbering, Questions};
use super::filter_answer::{FilterAnswers, all_answers};
use super::home::LivingColumns;
use super::outcome::OutcomeColumns;
use super::records::Records;
use super::score::ScoreColumns;
use super::{Error, Interner, Needs, UNKNOWN};
use crate::terms::codes::{
    ContactStatus, Disposition, EndReason, EventType, FacilityClass, Modality, RecordType,
};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::instrument::Instruments;
use crate::terms::{Kind, ServiceClass, column};

/// A batch as columns of small numbers.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) count: usize,
    pub(super) member: TextColumn,
    pub(super) kind: Vec<Option<Kind>>,
    pub(super) start: DayColumn,
    pub(super) end: DayColumn,
    pub(super) bho: Answers<u32>,
    class: Answers<Option<ServiceClass>>,
    pub(super) facility: Answers<Option<FacilityClass>>,
    /// The facility of a stay, where it is needed.
    pub(super) facility_id: Answers<u32>,
    pub(super) event: Answers<Option<EventType>>,
    /// Whether an outcome record is an assessment; one that says nothing is.
    pub(super) is_assessment: Answers<bool>,
    pub(super) level: NumberColumn,
    place: Answers<PlaceFacts>,
    status: Answers<ContactStatus>,
    modality: Answers<Option<Modality>>,
    participants: Answers<Participants>,
    code_is_24_hour: Answers<bool>,
    minutes: NumberColumn,
    ed_flag: NumberColumn,
    pub(super) ed_admitted: NumberColumn,
    pub(super) dx1: Answers<u32>,
    dx_other: Vec<Answers<u32>>,
    pub(super) disposition: Answers<Option<Disposition>>,
    pub(super) planned: NumberColumn,
    pub(super) end_reason: Answers<Option<EndReason>>,
    pub(super) birth: DayColumn,
    pub(super) death: DayColumn,
    pub(super) hospice: NumberColumn,
    pub(super) smi_sed: NumberColumn,
    pub(super) providers: [Answers<Option<u32>>; 3],
    pub(super) amounts: [NumberColumn; 3],
    pub(super) supply: NumberColumn,
    pub(super) attributes: Vec<Attribute>,
    pub(super) records: Records,
    /// Outcome records, where they are needed.
    pub(super) outcomes: Option<OutcomeColumns>,
    /// Scores, where they are needed.
    pub(super) scores: Option<ScoreColumns>,
    /// Living spans, where they are needed.
    pub(super) living: Option<LivingColumns>,
    practice: NumberColumn,
    filters: Vec<FilterAnswers>,
    pub(super) kinds: ContactKinds,
}

/// Answers that are expensive to find, kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Memory {
    diagnoses: [Remembered<u32>; 5],
    providers: [Remembered<Option<u32>>; 3],
}

fn is_assessment(record_type: &str) -> bool {
    RecordType::from_name(record_type) == Some(RecordType::Assessment)
}

pub(super) fn looks_at_practice(filter: &ContactFilter) -> bool {
    filter.parts().iter().any(|part| part.practice.is_some())
}

pub(super) fn looks_at_diagnosis(filter: &ContactFilter) -> bool {
    filter.parts().iter().any(|part| !part.diagnosis.is_empty() || !part.principal.is_empty())
}

fn looks_at_principal(filter: &ContactFilter) -> bool {
    filter.parts().iter().any(|part| !part.principal.is_empty())
}

/// True if diagnoses beyond the principal one are looked at.
pub(super) fn needs_further(needs: &Needs) -> bool {
    needs.further_diagnoses || needs.filters.iter().any(looks_at_diagnosis)
}

impl Rows {
    pub(super) fn decode(
        batch: &RecordBatch,
        (needs, instruments): (&Needs, &Instruments),
        interner: &mut Interner,
        memory: &mut Memory,
    ) -> Result<Self, Error> {
        let member = TextColumn::of(batch, column::MEMBER_ID)?
            .ok_or(Error::MissingColumn { column: column::MEMBER_ID })?;
        let attributes = needs
            .attributes
            .iter()
            .map(|name| Attribute::of(batch, name, interner))
            .collect::<Result<_, _>>()?;
        let mut rows = Self {
            count: batch.num_rows(),
            member,
            kind: decide(batch, column::KIND, None, Kind::from_name)?.of_rows(batch.num_rows()),
            start: DayColumn::of(batch, column::START_ON)?,
            end: DayColumn::of(batch, column::END_ON)?,
            bho: decide(batch, column::BHO_ID, UNKNOWN, |text| interner.key(text))?,
            class: decide(batch, column::CLASS, None, ServiceClass::from_name)?,
            facility: decide(batch, column::CLASS, None, FacilityClass::from_name)?,
            facility_id: if needs.facilities {
                decide(batch, column::FACILITY_ID, UNKNOWN, |text| interner.key(text))?
            } else {
                Answers::Same(UNKNOWN)
            },
            event: decide(batch, column::CLASS, None, EventType::from_name)?,
            is_assessment: decide(batch, column::CLASS, true, is_assessment)?,
            level: NumberColumn::of(batch, column::LEVEL)?,
            place: decide(batch, column::SETTING, PlaceFacts::default(), PlaceFacts::of)?,
            status: decide(batch, column::STATUS, ContactStatus::Attended, |text| {
                ContactStatus::from_name(text).unwrap_or(ContactStatus::Attempted)
            })?,
            modality: decide(batch, column::MODALITY, None, Modality::from_name)?,
            participants: decide(
                batch,
                column::PARTICIPANTS,
                Participants::default(),
                Participants::of,
            )?,
            code_is_24_hour: decide(batch, column::CODE, false, is_24_hour_code)?,
            minutes: NumberColumn::of(batch, column::MINUTES)?,
            ed_flag: NumberColumn::of(batch, column::ED_FLAG)?,
            ed_admitted: NumberColumn::of(batch, column::ED_ADMITTED)?,
            dx1: memory.diagnoses[0].decide(batch, column::DX1, 0, groups_of)?,
            dx_other: other_diagnoses(batch, needs, memory)?,
            disposition: decide(batch, column::DISPOSITION, None, Disposition::from_name)?,
            planned: NumberColumn::of(batch, column::PLANNED)?,
            end_reason: decide(batch, column::END_REASON, None, EndReason::from_name)?,
            birth: DayColumn::of(batch, column::BIRTH_ON)?,
            death: DayColumn::of(batch, column::DEATH_ON)?,
            hospice: NumberColumn::of(batch, column::HOSPICE)?,
            smi_sed: NumberColumn::of(batch, column::SMI_SED)?,
            providers: providers(batch, needs, interner, memory)?,
            amounts: [
                NumberColumn::of(batch, column::AMOUNT_CENTS)?,
                NumberColumn::of(batch, column::ALLOWED_CENTS)?,
                NumberColumn::of(batch, column::PRICE_CENTS)?,
            ],
            supply: NumberColumn::of(batch, column::DAYS_SUPPLY)?,
            attributes,
            records: Records::decode(batch, needs, interner)?,
            outcomes: needs.outcomes.then(|| OutcomeColumns::of(batch)).transpose()?,
            scores: needs.scores.then(|| ScoreColumns::of(batch, instruments)).transpose()?,
            living: needs.homes.then(|| LivingColumns::of(batch)).transpose()?,
            practice: NumberColumn::of(batch, column::PRACTICE_LEVEL)?,
            filters: all_answers(batch, &needs.filters)?,
            kinds: ContactKinds::default(),
        };
        rows.kinds = rows.kinds_of_contact(needs);
        Ok(rows)
    }

    /// Clinician, team and agency of a contact, where providers are needed.
    pub(super) fn providers_of(&self, row: usize) -> [Option<u32>; 3] {
        [0, 1, 2].map(|level: usize| self.providers[level].at(row))
    }

    /// Minutes of a contact; 0 where they are not recorded.
    pub(super) fn minutes(&self, row: usize) -> i64 {
        self.minutes.at(row).unwrap_or(0)
    }

    /// Contacts are of one kind if everything is equal that facts and filters look at.
    fn kinds_of_contact(&self, needs: &Needs) -> ContactKinds {
        let contacts = Numbering::new(self.count, |row| self.kind[row] == Some(Kind::Contact));
        let mut numbering = contacts.clone();
        let mut texts = Questions::default();
        texts.add(column::CLASS, &self.class);
        texts.add(column::SETTING, &self.place);
        texts.add(column::STATUS, &self.status);
        texts.add(column::MODALITY, &self.modality);
        texts.add(column::PARTICIPANTS, &self.participants);
        texts.add(column::CODE, &self.code_is_24_hour);
        self.filters.iter().for_each(|filter| filter.add_to(&mut texts));
        texts.refine(&mut numbering);
        if needs.filters.iter().any(looks_at_diagnosis) {
            let names = [column::DX1, column::DX2, column::DX3, column::DX4, column::DX5];
            let columns = std::iter::once(&self.dx1).chain(&self.dx_other);
            let mut codes = Questions::default();
            names.iter().zip(columns).for_each(|(name, groups)| codes.add(name, groups));
            let mut diagnoses = contacts;
            codes.refine(&mut diagnoses);
            let diagnoses = diagnoses.numbers();
            numbering.refine_by(&diagnoses, |row| self.groups(row));
            if needs.filters.iter().any(looks_at_principal) {
                numbering.refine_by(&diagnoses, |row| self.dx1.at(row));
            }
        }
        let small = |number: Option<i64>| number.and_then(|number| u8::try_from(number).ok());
        if !self.level.is_absent() {
            let code = |level| small(level).map_or(0, |level| 1 + u32::from(level));
            let codes = self.level.of_rows(self.count, code);
            let highest = codes.iter().max().copied().unwrap_or(0);
            numbering.refine(highest as usize + 1, |row| codes[row]);
        }
        if !self.practice.is_absent() && needs.filters.iter().any(looks_at_practice) {
            let code = |level| small(level).map_or(0, |level| 1 + u32::from(level.min(4)));
            let codes = self.practice.of_rows(self.count, code);
            numbering.refine(6, |row| codes[row]);
        }
        if !self.minutes.is_absent() {
            let code = |minutes: Option<i64>| {
                let minutes = minutes.and_then(|minutes| i32::try_from(minutes).ok());
                minutes.map_or(0, |minutes| 1 + u32::from(minutes >= LEAST_MINUTES))
            };
            let codes = self.minutes.of_rows(self.count, code);
            numbering.refine(3, |row| codes[row]);
        }
        if !self.ed_flag.is_absent() {
            let codes = self.ed_flag.of_rows(self.count, |flag| u32::from(flag == Some(1)));
            numbering.refine(2, |row| codes[row]);
        }
        ContactKinds::new(
            numbering.numbers(),
            &needs.filters,
            |row, minor| self.facts(row, minor),
            |filter, row, facts, qualifying| {
                self.passes(filter, &needs.filters[filter], facts, qualifying, row)
            },
        )
    }

    /// What a row of kind `contact` says; `minor` if the member is known to be under 18.
    fn facts(&self, row: usize, minor: bool) -> Facts {
        Facts {
            class: self.class.at(row),
            status: self.status.at(row),
            modality: self.modality.at(row),
            minutes: self.minutes.int(row),
            ed_flag: self.ed_flag.at(row) == Some(1),
            level: self.level.at(row).and_then(|level| u8::try_from(level).ok()),
            place: self.place.at(row),
            code_is_24_hour: self.code_is_24_hour.at(row),
            participants: self.participants.at(row),
            minor,
        }
    }

    /// True if a contact passes a filter.
    fn passes(
        &self,
        index: usize,
        filter: &ContactFilter,
        facts: &Facts,
        qualifying: bool,
        row: usize,
    ) -> bool {
        filter.kind == Kind::Contact
            && self.passes_all(&self.filters[index], filter, facts, qualifying, row)
    }

    /// True if a row of another table passes the filter at a place.
    pub(super) fn passes_texts(&self, index: usize, row: usize) -> bool {
        self.filters[index].texts.iter().all(|(_, answers)| answers.at(row))
    }

    fn passes_all(
        &self,
        answers: &FilterAnswers,
        filter: &ContactFilter,
        facts: &Facts,
        qualifying: bool,
        row: usize,
    ) -> bool {
        let part = |(answers, filter): (&FilterAnswers, &ContactFilter)| {
            self.passes_all(answers, filter, facts, qualifying, row)
        };
        (self.passes_itself(answers, filter, facts, qualifying, row)
            || answers.or.iter().zip(&filter.or).any(part))
            && answers.and.iter().zip(&filter.and).all(part)
    }

    fn passes_itself(
        &self,
        answers: &FilterAnswers,
        filter: &ContactFilter,
        facts: &Facts,
        qualifying: bool,
        row: usize,
    ) -> bool {
        let basis = match filter.basis {
            Basis::Row => true,
            Basis::Attempt => !facts.is_cancelled(),
            Basis::Qualifying => qualifying,
            Basis::Treatment => qualifying && facts.class.is_some_and(ServiceClass::is_treatment),
        };
        basis
            && (filter.classes.is_empty()
                || facts.class.is_some_and(|class| filter.classes.contains(&class)))
            && filter
                .levels
                .is_none_or(|(least, most)| (least..=most).contains(&facts.effective_level()))
            && filter.practice.is_none_or(|(least, most)| {
                let level = self.practice.int(row);
                level.is_some_and(|level| (i32::from(least)..=i32::from(most)).contains(&level))
            })
            && answers.texts.iter().all(|(_, answers)| answers.at(row))
            && (filter.diagnosis.is_empty()
                || self.groups(row) & DiagnosisGroup::bits(&filter.diagnosis) != 0)
            && (filter.principal.is_empty()
                || self.dx1.at(row) & DiagnosisGroup::bits(&filter.principal) != 0)
    }

    /// Diagnosis groups of a row in any position.
    fn groups(&self, row: usize) -> u32 {
        self.dx1.at(row) | self.further_groups(row)
    }

    /// Diagnosis groups of a row in any position but the first, where they are needed.
    pub(super) fn further_groups(&self, row: usize) -> u32 {
        self.dx_other.iter().fold(0, |groups, column| groups | column.at(row))
    }
}

/// Keys of clinician, team and agency, where they are needed.
fn providers(
    batch: &RecordBatch,
    needs: &Needs,
    interner: &mut Interner,
    memory: &mut Memory,
) -> Result<[Answers<Option<u32>>; 3], Error> {
    let mut provider = |known: &mut Remembered<Option<u32>>, name: Option<_>| match name {
        Some(name) => known.decide(batch, name, None, |text| Some(interner.key(text))),
        None => Ok(Answers::Same(None)),
    };
    let [clinicians, teams, agencies] = &mut memory.providers;
    let [clinician, team, agency] = needs.provider_columns();
    Ok([provider(clinicians, clinician)?, provider(teams, team)?, provider(agencies, agency)?])
}

/// Diagnosis groups of the further positions, where a filter looks at them.
fn other_diagnoses(
    batch: &RecordBatch,
    needs: &Needs,
    memory: &mut Memory,
) -> Result<Vec<Answers<u32>>, Error> {
    if !needs_further(needs) {
        return Ok(Vec::new());
    }
    let names = [column::DX2, column::DX3, column::DX4, column::DX5].into_iter();
    let known = memory.diagnoses[1..].iter_mut();
    known.zip(names).map(|(known, name)| known.decide(batch, name, 0, groups_of)).collect()
}

/// The bit of a diagnosis that was recorded, whatever its group.
pub(super) const RECORDED: u32 = 1 << 31;

/// Diagnosis groups of a code, one bit each.
fn groups_of(code: &str) -> u32 {
    let recorded = if code.is_empty() { 0 } else { RECORDED };
    recorded
        | DiagnosisGroup::bits(
            &DiagnosisGroup::ALL
                .iter()
                .copied()
                .filter(|group| group.has(code))
                .collect::<Vec<_>>(),
        )
}
