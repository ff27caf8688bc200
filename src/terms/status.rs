//! What status records say of home and work. Two published code lists are understood side by side,
//! told apart by their form: one digit is TEDS (`1`), two digits are Colorado's (`01`). A code of
//! neither list is not known, and never bad.

/// Where somebody lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LivingSituation {
    /// Without a home (TEDS 1, Colorado 12).
    Homeless,
    /// In a supervised setting, or dependent on others (TEDS 2): which one is not recorded.
    Dependent,
    /// Independent, in a private residence (TEDS 3, Colorado 15).
    Independent,
    /// In supported housing (Colorado 13).
    Supported,
    /// Foster, boarding, assisted or sober living (Colorado 05, 06, 11, 14).
    Assisted,
    /// Group home, halfway house, residential or nursing facility (Colorado 04, 07–10, 16).
    Residential,
    /// Hospital or acute treatment unit (Colorado 02, 03).
    Hospital,
    /// Jail or another correctional facility (Colorado 01).
    Custody,
}

impl LivingSituation {
    /// The situation of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "1" | "12" => Self::Homeless,
            "2" => Self::Dependent,
            "3" | "15" => Self::Independent,
            "13" => Self::Supported,
            "05" | "06" | "11" | "14" => Self::Assisted,
            "04" | "07" | "08" | "09" | "10" | "16" => Self::Residential,
            "02" | "03" => Self::Hospital,
            "01" => Self::Custody,
            _ => return None,
        })
    }

    /// The situation of a code, or of a word for the setting of a living span.
    pub fn from_setting(setting: &str) -> Option<Self> {
        Some(match setting {
            "homeless" | "shelter" => Self::Homeless,
            "home" | "family_home" | "kinship_care" | "adoptive_home" | "rented" | "own_home"
            | "independent" => Self::Independent,
            "supported_housing" => Self::Supported,
            "foster_home" | "foster_care" | "assisted_living" | "sober_living" => Self::Assisted,
            "group_home" | "residential" | "halfway_house" | "nursing" => Self::Residential,
            "hospital" => Self::Hospital,
            "detention" | "jail" | "prison" => Self::Custody,
            code => return Self::from_code(code),
        })
    }

    /// Whether it is a placement out of home: foster or assisted living, a group home or residential
    /// care, a hospital, detention. People without a home are not placed; of dependent living it is
    /// not known.
    pub fn is_out_of_home(self) -> Option<bool> {
        match self {
            Self::Dependent => None,
            Self::Homeless | Self::Independent | Self::Supported => Some(false),
            Self::Assisted | Self::Residential | Self::Hospital | Self::Custody => Some(true),
        }
    }

    /// How restrictive it is, from 1 low to 4 high; nothing for people without a home. The project's
    /// own reading of four published classes.
    pub fn restrictiveness(self) -> Option<i32> {
        match self {
            Self::Homeless => None,
            Self::Independent | Self::Supported => Some(1),
            Self::Assisted | Self::Dependent => Some(2),
            Self::Residential => Some(3),
            Self::Hospital | Self::Custody => Some(4),
        }
    }
}

/// What somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Employment {
    /// On the open labour market, full or part time, or in the military (TEDS 1, 2; Colorado 01, 02,
    /// 10). TEDS does not tell supported work apart.
    Competitive,
    /// In supported employment (Colorado 04).
    Supported,
    /// Out of work (TEDS 3, Colorado 03).
    Unemployed,
    /// Not in the labour force: at home, studying, retired, disabled, in custody, volunteering (TEDS
    /// 4; Colorado 05–09, 11).
    OutOfLabourForce,
}

impl Employment {
    /// The employment of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "1" | "2" | "01" | "02" | "10" => Self::Competitive,
            "04" => Self::Supported,
            "3" | "03" => Self::Unemployed,
            "4" | "05" | "06" | "07" | "08" | "09" | "11" => Self::OutOfLabourForce,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Employment, LivingSituation};

    #[test]
    fn one_digit_is_teds_and_two_are_colorados() {
        assert_eq!(LivingSituation::from_code("1"), Some(LivingSituation::Homeless));
        assert_eq!(LivingSituation::from_code("01"), Some(LivingSituation::Custody));
        assert_eq!(Employment::from_code("3"), Some(Employment::Unemployed));
        assert_eq!(Employment::from_code("04"), Some(Employment::Supported));
        assert_eq!(Employment::from_code("4"), Some(Employment::OutOfLabourForce));
        assert_eq!(LivingSituation::from_code("99"), None);
        let foster = LivingSituation::from_setting("foster_home");
        assert_eq!(foster.and_then(LivingSituation::is_out_of_home), Some(true));
        assert_eq!(LivingSituation::from_setting("05"), Some(LivingSituation::Assisted));
        assert_eq!(Employment::from_code("-9"), None);
    }
}
