//! What referrals, care plans and stays say beyond their days, decoded once per batch.

use arrow_array::RecordBatch;

use super::batch::{Answers, DayColumn, NumberColumn, TextColumn, decide};
use super::{CarePlan, Error, Interner, Needs, Referral};
use crate::terms::codes::{EndReason, ReferralStatus, Sector};
use crate::terms::{Day, ServiceClass, column};

/// The columns that these records need.
pub(super) fn columns(needs: &Needs) -> Vec<&'static str> {
    let mut columns = Vec::new();
    if needs.referrals {
        columns.extend([
            column::WARM,
            column::FIRST_ATTENDED_ON,
            column::REPORT_BACK_ON,
            column::TO_SECTOR,
            column::REQUEST_RECEIVED_ON,
            column::FIRST_OFFERED_ON,
        ]);
    }
    if needs.plans {
        columns.extend([
            column::MEMBER_SIGNED,
            column::FAMILY_INVOLVED,
            column::GOALS_ATTAINED,
            column::GOALS_CLOSED,
            column::REVIEWED_ON,
            column::AGENCIES,
            column::SERVICES_PLANNED,
        ]);
    }
    if needs.sectors {
        columns.push(column::SECTORS_NEEDED);
    }
    if needs.leads {
        columns.push(column::CLINICIAN_ID);
    }
    if needs.stays {
        columns.extend([column::LEAVE_DAYS, column::READY_ON, column::ADMIT_LEGAL]);
    }
    if needs.times {
        columns.extend([column::START_TS, column::END_TS]);
    }
    columns
}

/// The further columns of a batch.
#[derive(Debug)]
pub(super) struct Records {
    status: Answers<Option<ReferralStatus>>,
    warm: NumberColumn,
    attended: DayColumn,
    reported: DayColumn,
    sector: Answers<Option<Sector>>,
    requested: DayColumn,
    offered: DayColumn,
    signed: NumberColumn,
    family: NumberColumn,
    goals: [NumberColumn; 2],
    reviewed: DayColumn,
    agencies: Option<TextColumn>,
    services: Answers<u32>,
    sectors: Answers<u32>,
    lead: Answers<Option<u32>>,
    leave: NumberColumn,
    ready: DayColumn,
    involuntary: Answers<Option<bool>>,
    /// First and last instant of a row, in minutes since 1970-01-01T00:00.
    times: [Answers<Option<i64>>; 2],
}

impl Records {
    pub(super) fn decode(
        batch: &RecordBatch,
        needs: &Needs,
        interner: &mut Interner,
    ) -> Result<Self, Error> {
        let lead = |text: &str| Some(interner.key(text));
        Ok(Self {
            status: if needs.referrals {
                decide(batch, column::STATUS, None, ReferralStatus::from_name)?
            } else {
                Answers::Same(None)
            },
            warm: NumberColumn::of(batch, column::WARM)?,
            attended: DayColumn::of(batch, column::FIRST_ATTENDED_ON)?,
            reported: DayColumn::of(batch, column::REPORT_BACK_ON)?,
            sector: decide(batch, column::TO_SECTOR, None, Sector::from_name)?,
            requested: DayColumn::of(batch, column::REQUEST_RECEIVED_ON)?,
            offered: DayColumn::of(batch, column::FIRST_OFFERED_ON)?,
            signed: NumberColumn::of(batch, column::MEMBER_SIGNED)?,
            family: NumberColumn::of(batch, column::FAMILY_INVOLVED)?,
            goals: [
                NumberColumn::of(batch, column::GOALS_CLOSED)?,
                NumberColumn::of(batch, column::GOALS_ATTAINED)?,
            ],
            reviewed: DayColumn::of(batch, column::REVIEWED_ON)?,
            agencies: TextColumn::of(batch, column::AGENCIES)?,
            services: decide(batch, column::SERVICES_PLANNED, 0, service_bits)?,
            sectors: decide(batch, column::SECTORS_NEEDED, 0, sector_bits)?,
            lead: if needs.leads {
                decide(batch, column::CLINICIAN_ID, None, lead)?
            } else {
                Answers::Same(None)
            },
            leave: NumberColumn::of(batch, column::LEAVE_DAYS)?,
            ready: DayColumn::of(batch, column::READY_ON)?,
            involuntary: decide(batch, column::ADMIT_LEGAL, None, |text| {
                Some(is_involuntary(text))
            })?,
            times: [
                decide(batch, column::START_TS, None, seconds)?,
                decide(batch, column::END_TS, None, seconds)?,
            ],
        })
    }

    pub(super) fn referral(&self, row: usize, day: Day) -> Referral {
        Referral {
            day,
            warm: self.warm.at(row).map(|warm| warm == 1),
            status: self.status.at(row),
            attended: self.attended.at(row).map(Day),
            reported: self.reported.at(row).map(Day),
            sector: self.sector.at(row).and_then(|one| u8::try_from(one as usize).ok()),
            requested: self.requested.at(row).map(Day),
            offered: self.offered.at(row).map(Day),
        }
    }

    pub(super) fn plan(
        &self,
        row: usize,
        day: Day,
        (ended, end_reason): (Option<Day>, Option<EndReason>),
    ) -> CarePlan {
        CarePlan {
            day,
            signed: self.signed.at(row).map(|signed| signed == 1),
            family: self.family.at(row).map(|family| family == 1),
            goals: self.goals[0].at(row).zip(self.goals[1].at(row)),
            ended,
            end_reason,
            reviewed: self.reviewed.at(row).map(Day),
            services: self.services.at(row),
            lead: self.lead.at(row),
        }
    }

    /// The agencies that a plan names.
    pub(super) fn agencies(&self, row: usize) -> impl Iterator<Item = &str> {
        let set = self.agencies.as_ref().and_then(|texts| Some(texts.text(texts.key(row)?)));
        set.unwrap_or("").split([';', '|', ',', ' ']).filter(|name| !name.is_empty())
    }

    /// Sectors in which help is needed, as bits in the order of the code list.
    pub(super) fn sectors(&self, row: usize) -> u32 {
        self.sectors.at(row)
    }

    /// The clinician of a row: the lead of a member.
    pub(super) fn lead(&self, row: usize) -> Option<u32> {
        self.lead.at(row)
    }

    /// Days on leave, the day of being ready to leave, and whether the admission was involuntary.
    pub(super) fn stay(&self, row: usize) -> (i32, Option<Day>, Option<bool>) {
        let leave = self.leave.int(row).unwrap_or(0);
        (leave, self.ready.at(row).map(Day), self.involuntary.at(row))
    }

    /// First and last instant, in seconds, where both are known and in order.
    pub(super) fn times(&self, row: usize) -> Option<(i64, i64)> {
        let both = self.times[0].at(row).zip(self.times[1].at(row));
        both.filter(|(start, end)| start <= end)
    }
}

/// Classes of planned services as bits in the order of the code list; local words are none.
fn service_bits(set: &str) -> u32 {
    let classes = set.split([';', '|', ',', ' ']).filter_map(ServiceClass::from_name);
    classes.fold(0, |bits, class| bits | 1 << (class as u32))
}

fn sector_bits(set: &str) -> u32 {
    let sectors = set.split([';', '|', ',', ' ']).filter_map(Sector::from_name);
    sectors.fold(0, |bits, sector| bits | 1 << (sector as u32))
}

/// Colorado's legal status 04, 05, 06, 09 and 14 is involuntary.
fn is_involuntary(status: &str) -> bool {
    matches!(status, "involuntary" | "04" | "05" | "06" | "09" | "14")
}

/// Seconds since 1970-01-01T00:00 of an instant such as `2024-02-01T16:14:30`. An offset from universal
/// time is not looked at: both ends of a row have the same.
fn seconds(text: &str) -> Option<i64> {
    let day = Day::parse(text.get(..10)?)?;
    let time = text.get(11..16)?;
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds: i64 = match text.get(17..19) {
        Some(seconds) => seconds.parse().ok()?,
        None => 0,
    };
    Some(i64::from(day.0) * 86_400 + hours * 3_600 + minutes * 60 + seconds)
}
