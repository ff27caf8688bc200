//! The made-up state: seven BHOs, their counties, agencies, clinicians and facilities.

use super::chance::Dice;
use crate::terms::codes::{ClinicianType, FacilityClass};

/// A county and the share of its BHO's members that live there.
pub(super) struct County {
    pub(super) share: i32,
    pub(super) name: &'static str,
    pub(super) rural: bool,
}

/// A behavioural-health organisation.
pub(super) struct Bho {
    pub(super) id: &'static str,
    /// Share of the members, in percent.
    pub(super) share: i32,
    pub(super) region: &'static str,
    pub(super) agencies: i32,
    pub(super) counties: &'static [County],
    /// Mental-health discharges with a contact on day 1 to 7, in percent, where nothing is planted.
    pub(super) follow_up_7d: i32,
}

const fn county(share: i32, name: &'static str, rural: bool) -> County {
    County { share, name, rural }
}

/// The BHOs, from large to small.
pub(super) const BHOS: [Bho; 7] = [
    Bho {
        id: "B1",
        share: 27,
        region: "Metro",
        agencies: 6,
        counties: &[
            county(60, "Alder", false),
            county(25, "Aspen", false),
            county(15, "Birch", false),
        ],
        follow_up_7d: 44,
    },
    Bho {
        id: "B2",
        share: 21,
        region: "South",
        agencies: 5,
        counties: &[
            county(45, "Juniper", false),
            county(35, "Cedar", false),
            county(20, "Cypress", true),
        ],
        follow_up_7d: 50,
    },
    Bho {
        id: "B3",
        share: 17,
        region: "North",
        agencies: 4,
        counties: &[county(65, "Elm", false), county(35, "Fir", true)],
        follow_up_7d: 52,
    },
    Bho {
        id: "B4",
        share: 14,
        region: "East",
        agencies: 3,
        counties: &[county(55, "Hazel", false), county(45, "Hemlock", true)],
        follow_up_7d: 25,
    },
    Bho {
        id: "B5",
        share: 9,
        region: "West",
        agencies: 3,
        counties: &[county(50, "Larch", true), county(50, "Laurel", true)],
        follow_up_7d: 49,
    },
    Bho {
        id: "B6",
        share: 7,
        region: "West",
        agencies: 2,
        counties: &[county(70, "Linden", true), county(30, "Maple", true)],
        follow_up_7d: 47,
    },
    Bho {
        id: "B7",
        share: 5,
        region: "East",
        agencies: 2,
        counties: &[county(100, "Oak", true)],
        follow_up_7d: 51,
    },
];

/// A BHO and a county in it, as places in the lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) bho: usize,
    pub(super) county: usize,
}

impl Home {
    /// A home drawn by the shares of BHOs and counties.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let shares: [(i32, usize); 7] = std::array::from_fn(|bho| (BHOS[bho].share, bho));
        let bho = dice.weighted(&shares);
        let mut left = dice.below(100);
        let counties = BHOS[bho].counties;
        let county = counties.iter().position(|county| {
            left -= county.share;
            left < 0
        });
        Self { bho, county: county.unwrap_or(0) }
    }

    pub(super) fn bho(self) -> &'static Bho {
        &BHOS[self.bho]
    }

    pub(super) fn county(self) -> &'static County {
        &BHOS[self.bho].counties[self.county]
    }
}

/// An agency: the BHO's place in the list and the agency's number in it, from 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Agency {
    pub(super) bho: usize,
    pub(super) number: i32,
}

impl Agency {
    /// An agency of the BHO; the first are the largest.
    pub(super) fn draw(bho: usize, dice: &mut Dice) -> Self {
        let agencies = BHOS[bho].agencies;
        Self { bho, number: 1 + dice.below(agencies).min(dice.below(agencies)) }
    }

    /// The pseudonym.
    pub(super) fn id(self) -> String {
        format!("A{}", self.code())
    }

    /// The digits that the pseudonyms of the agency and its staff share.
    pub(super) fn code(self) -> i32 {
        (i32::try_from(self.bho).unwrap_or(0) + 1) * 100 + self.number
    }
}

/// The clinicians of a profession at each agency: from which number, and how many.
fn staff(profession: ClinicianType) -> (i32, i32) {
    match profession {
        ClinicianType::Psychiatrist => (1, 3),
        ClinicianType::Nurse => (4, 4),
        ClinicianType::Psychologist => (8, 3),
        ClinicianType::Therapist => (11, 16),
        ClinicianType::CaseManager => (27, 10),
        ClinicianType::Peer => (37, 5),
        ClinicianType::EmploymentSpecialist => (42, 2),
        ClinicianType::Other => (44, 4),
    }
}

/// The number of a clinician of this profession at an agency: `choice` picks among the colleagues.
pub(super) fn clinician(agency: Agency, profession: ClinicianType, choice: i32) -> i32 {
    let (first, count) = staff(profession);
    agency.code() * 100 + first + choice.rem_euclid(count)
}

/// The facility of a class that a BHO's members go to; `choice` picks where there are several.
pub(super) fn facility(bho: usize, class: FacilityClass, choice: i32) -> String {
    let number = match class {
        FacilityClass::AcutePsych => 1 + choice.rem_euclid(2),
        FacilityClass::GeneralHospital => 3,
        FacilityClass::CrisisStab => 4,
        FacilityClass::Rtf => 5,
        FacilityClass::ResidentialSud => 6,
        FacilityClass::WmInpatient => 7,
        FacilityClass::Ed => 8 + choice.rem_euclid(2),
        FacilityClass::StatePsych => return "F901".to_owned(),
        FacilityClass::Prtf => return "F902".to_owned(),
        FacilityClass::Nursing => return "F903".to_owned(),
    };
    format!("F{}{number:02}", bho + 1)
}
