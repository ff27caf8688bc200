//! Service classes, and which of them count as treatment.

use super::codes::code_list;

code_list! {
    /// What kind of service a contact was.
    ServiceClass {
        /// A clinical assessment.
        Assessment => "assessment",
        /// A screening line; never a qualifying contact.
        Screening => "screening",
        /// Individual, group or family therapy.
        Therapy => "therapy",
        /// Medication management or administration.
        Medication => "medication",
        /// Case management.
        CaseManagement => "case_management",
        /// Coordination between providers.
        Coordination => "coordination",
        /// Peer support.
        Peer => "peer",
        /// Psychosocial rehabilitation.
        Rehab => "rehab",
        /// Skills training.
        Skills => "skills",
        /// Supported employment.
        SupportedEmployment => "supported_employment",
        /// Supported housing.
        SupportedHousing => "supported_housing",
        /// Supported education.
        SupportedEducation => "supported_education",
        /// Psychoeducation.
        Psychoeducation => "psychoeducation",
        /// Mobile or walk-in crisis service.
        CrisisAmbulatory => "crisis_ambulatory",
        /// Outreach, whatever its result.
        Outreach => "outreach",
        /// Intensive outpatient programme.
        Iop => "iop",
        /// Partial hospital programme.
        Php => "php",
        /// Assertive community treatment.
        Act => "act",
        /// Wraparound.
        Wraparound => "wraparound",
        /// A day of residential care.
        ResidentialDay => "residential_day",
        /// A day of inpatient care.
        InpatientDay => "inpatient_day",
        /// Withdrawal management.
        Wm => "wm",
        /// Medication for opioid use disorder.
        Moud => "moud",
        /// Check-up, recovery coaching or telephone monitoring.
        Monitoring => "monitoring",
        /// Prevention.
        Prevention => "prevention",
        /// Anything else.
        Other => "other",
    }
}

impl ServiceClass {
    /// True for treatment classes: a contact of one of them can be a `QC_tx`.
    pub fn is_treatment(self) -> bool {
        matches!(
            self,
            Self::Assessment
                | Self::Therapy
                | Self::Medication
                | Self::CaseManagement
                | Self::Peer
                | Self::Rehab
                | Self::Skills
                | Self::SupportedEmployment
                | Self::SupportedHousing
                | Self::SupportedEducation
                | Self::Psychoeducation
                | Self::Iop
                | Self::Php
                | Self::Act
                | Self::Wraparound
                | Self::Moud
                | Self::Wm
        )
    }

    /// True if a contact of this class can be any qualifying contact (`QC_any`).
    pub fn is_qualifying(self) -> bool {
        self.is_treatment() || matches!(self, Self::CrisisAmbulatory | Self::Monitoring)
    }

    /// True for days of 24-hour care billed as contacts.
    pub fn is_24_hour(self) -> bool {
        matches!(self, Self::ResidentialDay | Self::InpatientDay)
    }

    /// The level of care of a qualifying contact that carries none itself.
    pub fn default_level(self) -> u8 {
        match self {
            Self::Monitoring => 1,
            Self::Iop | Self::Act | Self::Wraparound | Self::CrisisAmbulatory => 3,
            Self::Php | Self::Wm => 4,
            _ => 2,
        }
    }
}
