//! Services: public HCPCS level II codes with their class, length, price and who gives them.

use crate::terms::ServiceClass;
use crate::terms::codes::ClinicianType;

/// A service as an agency reports it.
pub(super) struct Service {
    /// The code; a local code where no crosswalk knows it; empty where only the class is known.
    pub(super) code: &'static str,
    pub(super) class: ServiceClass,
    pub(super) minutes: i32,
    /// Price of one contact in cents.
    pub(super) price: i32,
    pub(super) by: ClinicianType,
    /// Place of service where nothing else is known.
    pub(super) place: &'static str,
}

const fn service(
    code: &'static str,
    class: ServiceClass,
    minutes: i32,
    price: i32,
    by: ClinicianType,
    place: &'static str,
) -> Service {
    Service { code, class, minutes, price, by, place }
}

use ClinicianType::{
    CaseManager, EmploymentSpecialist, Nurse, Other, Peer, Psychiatrist, Psychologist, Therapist,
};
use ServiceClass as Class;

pub(super) static INTAKE: Service =
    service("H0031", Class::Assessment, 60, 14_500, Therapist, "53");
pub(super) static INTAKE_SUD: Service =
    service("H0001", Class::Assessment, 60, 13_800, Therapist, "57");
pub(super) static EVALUATION: Service =
    service("H2000", Class::Assessment, 90, 21_000, Psychologist, "53");
pub(super) static SCREEN: Service = service("G0444", Class::Screening, 15, 1_900, Nurse, "11");
pub(super) static SCREEN_SUD: Service = service("H0049", Class::Screening, 15, 2_400, Nurse, "11");
pub(super) static THERAPY: Service = service("H0004", Class::Therapy, 45, 10_200, Therapist, "53");
pub(super) static GROUP: Service = service("H0005", Class::Therapy, 60, 4_100, Therapist, "57");
pub(super) static MEDICATION: Service =
    service("H0034", Class::Medication, 20, 7_300, Psychiatrist, "53");
pub(super) static NURSING: Service = service("H2010", Class::Medication, 15, 4_400, Nurse, "53");
pub(super) static CASE_MANAGEMENT: Service =
    service("T1016", Class::CaseManagement, 30, 5_600, CaseManager, "12");
pub(super) static TARGETED: Service =
    service("T1017", Class::CaseManagement, 45, 8_400, CaseManager, "53");
pub(super) static PEER: Service = service("H0038", Class::Peer, 45, 4_900, Peer, "12");
pub(super) static SUPPORT: Service = service("H0036", Class::Rehab, 45, 7_000, CaseManager, "12");
pub(super) static REHAB: Service = service("H2017", Class::Rehab, 60, 6_400, Other, "53");
pub(super) static SKILLS: Service = service("H2014", Class::Skills, 60, 6_000, Other, "53");
pub(super) static EMPLOYMENT: Service =
    service("H2025", Class::SupportedEmployment, 45, 6_900, EmploymentSpecialist, "18");
pub(super) static HOUSING: Service =
    service("H0043", Class::SupportedHousing, 45, 6_200, CaseManager, "12");
pub(super) static PSYCHOEDUCATION: Service =
    service("H2027", Class::Psychoeducation, 60, 3_800, Therapist, "53");
pub(super) static ACT: Service = service("H0039", Class::Act, 30, 9_800, CaseManager, "12");
pub(super) static WRAPAROUND: Service =
    service("H2021", Class::Wraparound, 60, 9_100, CaseManager, "12");
pub(super) static MULTISYSTEMIC: Service =
    service("H2033", Class::Therapy, 60, 12_600, Therapist, "12");
pub(super) static IOP: Service = service("S9480", Class::Iop, 180, 18_500, Therapist, "53");
pub(super) static IOP_SUD: Service = service("H0015", Class::Iop, 180, 17_200, Therapist, "57");
pub(super) static PHP: Service = service("H0035", Class::Php, 300, 31_000, Therapist, "52");
pub(super) static MOUD: Service = service("H0020", Class::Moud, 10, 1_700, Nurse, "58");
pub(super) static CRISIS: Service =
    service("H2011", Class::CrisisAmbulatory, 60, 16_400, Therapist, "15");
pub(super) static WALK_IN: Service =
    service("S9484", Class::CrisisAmbulatory, 90, 19_900, Therapist, "49");
pub(super) static OUTREACH: Service = service("H0023", Class::Outreach, 15, 2_800, Peer, "27");
pub(super) static COORDINATION: Service =
    service("", Class::Coordination, 20, 3_000, CaseManager, "53");
pub(super) static MONITORING: Service = service("", Class::Monitoring, 15, 2_600, Peer, "10");
pub(super) static EDUCATION: Service =
    service("", Class::SupportedEducation, 45, 5_900, Other, "03");
pub(super) static PRIMARY_CARE: Service = service("", Class::Other, 20, 9_500, Other, "11");
pub(super) static LOCAL_17: Service = service("LOC17", Class::Other, 30, 5_000, Other, "53");
pub(super) static LOCAL_23: Service = service("LOC23", Class::Other, 60, 4_000, Other, "99");

/// Services with their weights.
pub(super) type Menu = [(i32, &'static Service)];

/// Visits of a member with a short, episodic need.
pub(super) static EPISODIC: &Menu = &[
    (58, &THERAPY),
    (15, &MEDICATION),
    (6, &NURSING),
    (5, &PSYCHOEDUCATION),
    (5, &TARGETED),
    (4, &PEER),
    (4, &EVALUATION),
    (2, &COORDINATION),
    (1, &LOCAL_17),
];

/// Visits of a member with a persistent mental illness.
pub(super) static PERSISTENT: &Menu = &[
    (24, &THERAPY),
    (16, &MEDICATION),
    (9, &NURSING),
    (13, &CASE_MANAGEMENT),
    (6, &TARGETED),
    (10, &PEER),
    (5, &REHAB),
    (4, &SKILLS),
    (4, &EMPLOYMENT),
    (3, &HOUSING),
    (2, &MONITORING),
    (2, &COORDINATION),
    (1, &LOCAL_17),
    (1, &LOCAL_23),
];

/// Visits of a member whose team comes to them.
pub(super) static HIGH: &Menu = &[
    (46, &ACT),
    (11, &MEDICATION),
    (11, &CASE_MANAGEMENT),
    (9, &PEER),
    (8, &SUPPORT),
    (5, &THERAPY),
    (4, &HOUSING),
    (3, &REHAB),
    (2, &COORDINATION),
    (1, &LOCAL_23),
];

/// Visits of a member with a substance-use disorder, once the intensive weeks are over.
pub(super) static SUBSTANCE: &Menu = &[
    (30, &GROUP),
    (18, &THERAPY),
    (24, &MOUD),
    (12, &PEER),
    (7, &TARGETED),
    (5, &MONITORING),
    (3, &MEDICATION),
    (1, &LOCAL_17),
];

/// Visits of a child or young person with a serious emotional disturbance.
pub(super) static YOUTH: &Menu = &[
    (34, &THERAPY),
    (24, &WRAPAROUND),
    (12, &MULTISYSTEMIC),
    (10, &MEDICATION),
    (7, &CASE_MANAGEMENT),
    (5, &SKILLS),
    (4, &EDUCATION),
    (3, &COORDINATION),
    (1, &LOCAL_23),
];

/// First contacts after a discharge: every one of them is treatment.
pub(super) static FOLLOW_UP: &Menu =
    &[(38, &MEDICATION), (34, &THERAPY), (14, &CASE_MANAGEMENT), (8, &PEER), (6, &TARGETED)];
