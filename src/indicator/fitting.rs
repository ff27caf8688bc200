//! Which criteria can be asked of which units.

use super::course::Course;
use super::own::OwnTest;
use super::rule::{Criterion, Unit};

impl Criterion {
    /// True if a unit of this kind can be asked.
    pub fn fits(&self, unit: Unit) -> bool {
        match self {
            Self::NightsOver(_) | Self::ContactDuringStay { .. } => {
                matches!(unit, Unit::Discharge(_))
            }
            Self::DeliveredLevel { .. } => unit == Unit::Assessment,
            Self::AssessedLevel { .. } => matches!(unit, Unit::Discharge(_) | Unit::Admission(_)),
            Self::Course(Course::OtherAgency { .. }) => matches!(unit, Unit::AgencyDay { .. }),
            Self::Scores(_) => matches!(unit, Unit::EpisodeEnd { .. }),
            Self::ContactBeforeReturn { .. } => {
                matches!(unit, Unit::Disengagement { .. } | Unit::Reengagement { .. })
            }
            Self::Referral(_) => matches!(unit, Unit::Referral | Unit::Request),
            Self::Plan(_) => unit == Unit::Plan,
            Self::Joined { of, .. } => of.iter().all(|one| one.fits(unit)),
            Self::Followed { first, .. } => first.fits(unit),
            Self::Own(OwnTest::Kind(_) | OwnTest::Favourable(_)) => unit == Unit::Signal,
            Self::Own(OwnTest::Changed) => matches!(unit, Unit::QuarterPair(_)),
            Self::Course(Course::Delivered(_)) => unit == Unit::PlannedService,
            Self::Course(Course::Linked { .. }) => matches!(unit, Unit::SectorNeed(_)),
            Self::Course(Course::SameAgency { .. }) => matches!(unit, Unit::Discharge(_)),
            Self::Own(OwnTest::Facility(_) | OwnTest::Involuntary)
            | Self::Course(Course::HoldEnds { .. }) => {
                matches!(unit, Unit::Discharge(_) | Unit::Admission(_))
            }
            Self::Own(OwnTest::HoursOver(_) | OwnTest::TimesKnown) => unit == Unit::EdVisit,
            Self::Own(OwnTest::Planned | OwnTest::FurtherDiagnosis(_) | OwnTest::AgencyKnown)
            | Self::Course(Course::OwnAgency { .. }) => {
                matches!(unit, Unit::Discharge(_) | Unit::Admission(_))
            }
            Self::Own(OwnTest::Diagnosis(_)) => {
                matches!(unit, Unit::Discharge(_) | Unit::Admission(_) | Unit::EdVisit)
            }
            _ => true,
        }
    }
}
