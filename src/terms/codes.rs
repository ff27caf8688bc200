//! Code lists of the data model: each an enum with the names that extracts use.

/// Declares a code list: an enum, its names, and the way back from a name.
macro_rules! code_list {
    ($(#[$list:meta])* $name:ident { $($(#[$code:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$list])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$code])* $variant,)+ }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The names, in the order of the list.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The name that extracts and definitions use.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The code of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use code_list;

code_list! {
    /// What became of a contact.
    ContactStatus {
        /// The member took part.
        Attended => "attended",
        /// The member did not come.
        NoShow => "no_show",
        /// Cancelled by the member.
        CancelledClient => "cancelled_client",
        /// Cancelled by the provider.
        CancelledProvider => "cancelled_provider",
        /// Cancelled too late to be rebooked.
        LateCancel => "late_cancel",
        /// Tried, for example an outreach call.
        Attempted => "attempted",
    }
}

code_list! {
    /// How a contact took place.
    Modality {
        /// Face to face.
        InPerson => "in_person",
        /// By video.
        Video => "video",
        /// By telephone.
        Phone => "phone",
        /// By message.
        Message => "message",
        /// With others about the member, without the member.
        CollateralOnly => "collateral_only",
    }
}

code_list! {
    /// Who took part in a contact.
    Participant {
        /// The member.
        Member => "member",
        /// Family or carer.
        Family => "family",
        /// Another agency.
        OtherAgency => "other_agency",
        /// A community resource.
        CommunityResource => "community_resource",
    }
}

code_list! {
    /// The profession of a clinician.
    ClinicianType {
        /// Psychiatrist.
        Psychiatrist => "psychiatrist",
        /// Nurse.
        Nurse => "nurse",
        /// Psychologist.
        Psychologist => "psychologist",
        /// Therapist.
        Therapist => "therapist",
        /// Case manager.
        CaseManager => "case_manager",
        /// Peer.
        Peer => "peer",
        /// Employment specialist.
        EmploymentSpecialist => "employment_specialist",
        /// Another profession.
        Other => "other",
    }
}

code_list! {
    /// What an attempt at outreach led to.
    OutreachResult {
        /// The member was reached.
        Reached => "reached",
        /// Nobody was reached.
        NotReached => "not_reached",
        /// The member declined.
        Refused => "refused",
        /// The address or number was wrong.
        WrongContact => "wrong_contact",
    }
}

code_list! {
    /// Why a member did not come.
    NoShowReason {
        /// No childcare.
        Childcare => "childcare",
        /// No transport.
        Transport => "transport",
        /// Work.
        Work => "work",
        /// Illness.
        Ill => "ill",
        /// Forgotten.
        Forgot => "forgot",
        /// Another reason.
        Other => "other",
    }
}

code_list! {
    /// What kind of place a stay was in.
    FacilityClass {
        /// Acute psychiatric unit.
        AcutePsych => "acute_psych",
        /// State psychiatric hospital.
        StatePsych => "state_psych",
        /// General hospital.
        GeneralHospital => "general_hospital",
        /// Residential treatment facility.
        Rtf => "rtf",
        /// Psychiatric residential treatment facility.
        Prtf => "prtf",
        /// Crisis stabilisation.
        CrisisStab => "crisis_stab",
        /// Residential treatment of substance use.
        ResidentialSud => "residential_sud",
        /// Inpatient withdrawal management.
        WmInpatient => "wm_inpatient",
        /// Emergency department: a visit, never a stay.
        Ed => "ed",
        /// Nursing facility.
        Nursing => "nursing",
    }
}

impl FacilityClass {
    /// The level of 24-hour care, where the class has one.
    pub fn level(self) -> Option<u8> {
        match self {
            Self::AcutePsych | Self::StatePsych | Self::GeneralHospital | Self::WmInpatient => {
                Some(6)
            }
            Self::Rtf | Self::Prtf | Self::CrisisStab | Self::ResidentialSud => Some(5),
            Self::Ed | Self::Nursing => None,
        }
    }
}

code_list! {
    /// Where a member went when a stay ended.
    Disposition {
        /// Home.
        Home => "home",
        /// To residential care.
        Residential => "residential",
        /// To another hospital.
        InpatientTransfer => "inpatient_transfer",
        /// To jail, prison or court.
        Jail => "jail",
        /// To nursing or other long-term care.
        Nursing => "nursing",
        /// Left against advice.
        Ama => "AMA",
        /// Died.
        Died => "died",
        /// Elsewhere.
        Other => "other",
    }
}

impl Disposition {
    /// The disposition as a bit, in the order of the code list.
    pub fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

code_list! {
    /// Why a care plan, episode or stay ended.
    EndReason {
        /// Completed (TEDS 1).
        Completed => "completed",
        /// Dropped out (TEDS 2).
        DroppedOut => "dropped_out",
        /// Ended by the facility (TEDS 3).
        Terminated => "terminated",
        /// Transferred (TEDS 4).
        Transferred => "transferred",
        /// Incarcerated (TEDS 5).
        Incarcerated => "incarcerated",
        /// Died (TEDS 6).
        Died => "died",
        /// Moved away.
        Moved => "moved",
        /// Another reason (TEDS 7).
        Other => "other",
    }
}

impl EndReason {
    /// True if the end was planned or outside anyone's reach, so that no contact afterwards is no
    /// disengagement.
    pub fn is_planned(self) -> bool {
        matches!(self, Self::Completed | Self::Transferred | Self::Moved | Self::Died)
    }
}

code_list! {
    /// What an event was.
    EventType {
        /// Involuntary 72-hour evaluation.
        Involuntary72h => "involuntary_72h",
        /// Emergency commitment.
        EmergencyCommitment => "emergency_commitment",
        /// Short-term certification.
        CertShort => "cert_short",
        /// Long-term certification.
        CertLong => "cert_long",
        /// Seclusion.
        Seclusion => "seclusion",
        /// Physical restraint.
        RestraintPhysical => "restraint_physical",
        /// Mechanical restraint.
        RestraintMechanical => "restraint_mechanical",
        /// Arrest.
        Arrest => "arrest",
        /// Start of incarceration.
        IncarcerationStart => "incarceration_start",
        /// End of incarceration.
        IncarcerationEnd => "incarceration_end",
        /// Start of homelessness.
        HomelessStart => "homeless_start",
        /// End of homelessness.
        HomelessEnd => "homeless_end",
        /// Overdose.
        Overdose => "overdose",
        /// Suicide attempt.
        SuicideAttempt => "suicide_attempt",
        /// Death.
        Death => "death",
        /// Return to use.
        ReturnToUse => "return_to_use",
        /// Contact with police.
        PoliceContact => "police_contact",
    }
}

impl EventType {
    /// True for involuntary evaluation, commitment and certification.
    pub fn is_involuntary(self) -> bool {
        matches!(
            self,
            Self::Involuntary72h | Self::EmergencyCommitment | Self::CertShort | Self::CertLong
        )
    }
}

code_list! {
    /// What kind of outcome record a row is.
    RecordType {
        /// An assessment.
        Assessment => "assessment",
        /// A screen.
        Screen => "screen",
        /// A status record.
        Status => "status",
        /// A survey.
        Survey => "survey",
    }
}

code_list! {
    /// A sector that help comes from.
    Sector {
        /// Behavioural health.
        Bh => "bh",
        /// Physical health.
        Physical => "physical",
        /// Housing.
        Housing => "housing",
        /// Employment.
        Employment => "employment",
        /// Education.
        Education => "education",
        /// Legal help.
        Legal => "legal",
        /// Food.
        Food => "food",
        /// Childcare.
        Childcare => "childcare",
        /// Transport.
        Transport => "transport",
        /// Mutual aid.
        MutualAid => "mutual_aid",
        /// Justice.
        Justice => "justice",
    }
}

code_list! {
    /// What became of a referral.
    ReferralStatus {
        /// Sent.
        Sent => "sent",
        /// Accepted by the receiver.
        Accepted => "accepted",
        /// Declined by the receiver.
        Declined => "declined",
        /// On the receiver's waiting list.
        Waitlisted => "waitlisted",
        /// Completed.
        Completed => "completed",
        /// Closed.
        Closed => "closed",
    }
}

/// Place-of-service numbers of CMS.
pub const PLACES_OF_SERVICE: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "31", "32", "33", "34", "41",
    "42", "49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "65", "66",
    "71", "72", "81", "99",
];
