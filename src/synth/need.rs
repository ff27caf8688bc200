//! What members need: how often they are seen, how often things go wrong, which diagnoses they have.

use super::services::{self, Menu};

/// The kind of need of a member who is served.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// A short episode of depression, anxiety or adjustment.
    Episodic,
    /// A persistent mental illness.
    Persistent,
    /// A severe illness with many crises, served by a team that comes to the member.
    High,
    /// A substance-use disorder.
    Substance,
    /// A serious emotional disturbance of a child or young person.
    Youth,
}

/// Rates of a need. Those per day are in parts of a million.
pub(super) struct Course {
    /// Days between visits: one of these is a member's own rhythm. The spread makes the counts skewed.
    pub(super) rhythm: &'static [i32],
    pub(super) menu: &'static Menu,
    pub(super) admission: i32,
    pub(super) emergency: i32,
    pub(super) crisis: i32,
    pub(super) custody: i32,
    /// Falling silent while in care.
    pub(super) lapse: i32,
    /// Coming back by oneself after falling silent.
    pub(super) comeback: i32,
    pub(super) death: i32,
    /// Principal diagnoses.
    pub(super) diagnoses: &'static [&'static str],
    /// Recommended levels of care with their weights.
    pub(super) levels: &'static [(i32, i32)],
}

static EPISODIC: Course = Course {
    rhythm: &[5, 7, 7, 7, 10, 14, 14, 21],
    menu: services::EPISODIC,
    admission: 400,
    emergency: 260,
    crisis: 150,
    custody: 20,
    lapse: 3_400,
    comeback: 1_500,
    death: 4,
    diagnoses: &[
        "F32.1", "F32.9", "F33.1", "F41.1", "F41.9", "F43.10", "F43.23", "F43.20", "F50.01",
        "F40.10",
    ],
    levels: &[(12, 1), (78, 2), (10, 3)],
};

static PERSISTENT: Course = Course {
    rhythm: &[3, 4, 5, 6, 7, 8, 10, 12, 14, 14, 18, 21, 28, 30],
    menu: services::PERSISTENT,
    admission: 2_750,
    emergency: 1_100,
    crisis: 700,
    custody: 120,
    lapse: 1_500,
    comeback: 2_000,
    death: 22,
    diagnoses: &[
        "F20.9", "F25.0", "F25.9", "F31.9", "F31.13", "F33.2", "F32.2", "F33.1", "F43.12", "F60.3",
    ],
    levels: &[(14, 1), (66, 2), (18, 3), (2, 4)],
};

static HIGH: Course = Course {
    rhythm: &[1, 2, 2, 3, 3, 4, 5],
    menu: services::HIGH,
    admission: 6_500,
    emergency: 3_300,
    crisis: 2_200,
    custody: 400,
    lapse: 1_000,
    comeback: 2_600,
    death: 45,
    diagnoses: &["F20.9", "F20.0", "F25.0", "F25.1", "F31.2", "F31.64"],
    levels: &[(20, 2), (62, 3), (12, 4), (4, 5), (2, 6)],
};

static SUBSTANCE: Course = Course {
    rhythm: &[2, 3, 5, 7, 7, 10, 14, 21],
    menu: services::SUBSTANCE,
    admission: 1_150,
    emergency: 1_200,
    crisis: 350,
    custody: 400,
    lapse: 3_600,
    comeback: 1_700,
    death: 30,
    diagnoses: &["F10.20", "F10.20", "F11.20", "F11.20", "F15.20", "F12.20", "F14.20", "F19.20"],
    levels: &[(10, 1), (45, 2), (38, 3), (7, 5)],
};

static YOUTH: Course = Course {
    rhythm: &[4, 5, 7, 7, 7, 10, 14, 14],
    menu: services::YOUTH,
    admission: 1_650,
    emergency: 600,
    crisis: 600,
    custody: 40,
    lapse: 1_700,
    comeback: 1_800,
    death: 2,
    diagnoses: &["F90.2", "F91.3", "F34.81", "F43.10", "F32.1", "F41.1", "F84.0", "F33.1"],
    levels: &[(8, 1), (52, 2), (36, 3), (4, 5)],
};

impl Need {
    /// The rates of this need.
    pub(super) fn course(self) -> &'static Course {
        match self {
            Self::Episodic => &EPISODIC,
            Self::Persistent => &PERSISTENT,
            Self::High => &HIGH,
            Self::Substance => &SUBSTANCE,
            Self::Youth => &YOUTH,
        }
    }

    /// True for a mental illness that is serious by itself.
    pub(super) fn is_severe(self) -> bool {
        matches!(self, Self::Persistent | Self::High)
    }
}
