//! What identifies a person, and what a site lets in: allowed, coarsened or refused.
//!
//! The policies follow the HIPAA privacy rule: *safe harbor* is 45 CFR 164.514(b)(2), the *limited
//! data set* is 45 CFR 164.514(e)(2). A policy is a setting of this program and no legal opinion.

use std::collections::BTreeMap;

/// Declares the identifiers: variant, name in pipeline files, rule in messages, words for people.
macro_rules! identifiers {
    ($($variant:ident = $name:literal, $rule:literal, $words:literal;)+) => {
        /// Something that tells who a person is, or narrows it down.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Identifier {
            $(#[doc = concat!("Holds ", $words, ".")] $variant,)+
        }

        impl Identifier {
            /// Every identifier.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Every name, in the order of [`Identifier::ALL`].
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Its name in pipeline files.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The rule that messages name.
            pub(super) fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule),+ }
            }

            /// What it is, for people.
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),+ }
            }
        }
    };
}

identifiers! {
    Name = "name", "looks_like_name", "a person's name";
    Ssn = "ssn", "looks_like_ssn", "a social security number";
    RecordNumber = "record_number", "looks_like_record_number", "a number of a record, plan, account, licence or device";
    Phone = "phone", "looks_like_phone", "a phone number";
    Email = "email", "looks_like_email", "an e-mail address";
    Address = "address", "looks_like_address", "an address";
    Coordinates = "coordinates", "looks_like_coordinates", "coordinates or a small area";
    Url = "url", "looks_like_url", "an address on the web";
    Ip = "ip", "looks_like_ip", "an address of a computer";
    Photo = "photo", "looks_like_photo", "an image or a biometric mark";
    Zip = "zip", "looks_like_zip", "a ZIP code";
    BirthDate = "birth_date", "looks_like_birth_date", "a full date of birth";
    Age = "age", "looks_like_age_over_89", "an age over 89";
    Place = "place", "smaller_than_state", "a place smaller than a state";
    Date = "date", "true_dates", "true dates of care";
}

impl Identifier {
    /// The identifier of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// How it can be made coarser, in words; nothing if there is no coarser form.
    pub fn coarser(self) -> Option<&'static str> {
        match self {
            Self::Zip => Some("cut to three digits, and to 000 where few people live"),
            Self::BirthDate => Some("cut to the year"),
            Self::Age => Some("years of birth of people of 90 and more are one category"),
            Self::Place => Some("left out"),
            _ => None,
        }
    }
}

/// What becomes of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Taken in as it is.
    Allow,
    /// Taken in with less detail.
    Coarsen,
    /// The extract is refused.
    Refuse,
}

/// What may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// Nobody has decided: as a limited data set, but ZIP codes and dates of birth are refused.
    #[default]
    Undecided,
    /// Dates of care, places and ZIP codes may come in; what names or reaches a person may not.
    LimitedDataSet,
    /// Nothing smaller than a state and no date but the year; ages of 90 and more are one category.
    SafeHarbor,
}

impl Policy {
    /// The name in pipeline files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::LimitedDataSet => "limited_data_set",
            Self::SafeHarbor => "safe_harbor",
        }
    }

    fn treatment(self, identifier: Identifier) -> Treatment {
        use Treatment::{Allow, Coarsen, Refuse};
        match (identifier, self) {
            (Identifier::Zip, Self::LimitedDataSet)
            | (
                Identifier::Age | Identifier::Place | Identifier::Date,
                Self::LimitedDataSet | Self::Undecided,
            ) => Allow,
            (Identifier::BirthDate, Self::LimitedDataSet)
            | (
                Identifier::Zip | Identifier::BirthDate | Identifier::Age | Identifier::Place,
                Self::SafeHarbor,
            ) => Coarsen,
            _ => Refuse,
        }
    }
}

/// A policy and what a site decides otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    /// The policy.
    pub policy: Policy,
    /// What the site decides otherwise.
    pub decided: BTreeMap<Identifier, Treatment>,
    /// Columns that are not searched, `table.column` by the site's name, each with the reason.
    pub exempt: BTreeMap<String, String>,
}

impl Privacy {
    /// What becomes of an identifier.
    pub fn treatment(&self, identifier: Identifier) -> Treatment {
        let decided = self.decided.get(&identifier).copied();
        decided.unwrap_or_else(|| self.policy.treatment(identifier))
    }

    /// True if the site says that a column identifies nobody.
    pub(super) fn exempts(&self, table: &str, column: &str) -> bool {
        self.exempt.contains_key(&format!("{table}.{column}"))
    }
}

/// The three-digit areas in which 20,000 people or fewer live: the 17 that the department of health
/// lists from the census of 2000 (guidance on de-identification, 26 November 2012), and the 18 of the
/// censuses of 2010 and 2020, as several publications count them. The first list was compared with
/// copies of the guidance, the second with independent counts; the census bureau's own tables were
/// not at hand. The guidance wants the newest census: what either list has is cut to 000.
const FEW_PEOPLE: [&str; 23] = [
    "036", "059", "063", "102", "202", "203", "204", "205", "369", "556", "692", "753", "772",
    "790", "821", "823", "830", "831", "878", "879", "884", "890", "893",
];

/// A ZIP code of five or nine digits cut to three; nothing if it is none.
pub(super) fn zip3(text: &[u8]) -> Option<[u8; 3]> {
    let five = text.get(..5)?;
    let is_zip = five.iter().all(u8::is_ascii_digit)
        && match &text[5..] {
            [] => true,
            [b'-', rest @ ..] | rest => rest.len() == 4 && rest.iter().all(u8::is_ascii_digit),
        };
    let three = [five[0], five[1], five[2]];
    let few = FEW_PEOPLE.iter().any(|area| area.as_bytes() == three);
    is_zip.then_some(if few { *b"000" } else { three })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zip_codes_are_cut_to_areas_with_many_people() {
        let cut = |text: &str| {
            zip3(text.as_bytes()).map(|cut| String::from_utf8_lossy(&cut).into_owned())
        };
        assert_eq!(cut("80203").as_deref(), Some("802"));
        assert_eq!(cut("80203-1234").as_deref(), Some("802"));
        assert_eq!(cut("82101").as_deref(), Some("000"));
        // The guidance's list, and the newer one.
        let listed = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893";
        let newer = "036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893";
        for area in listed.split(' ').chain(newer.split(' ')) {
            assert_eq!(cut(&format!("{area}01")).as_deref(), Some("000"), "{area}");
        }
        let zeroed =
            (0..1000).filter(|area| zip3(format!("{area:03}01").as_bytes()) == Some(*b"000"));
        assert_eq!(zeroed.count(), 1 + FEW_PEOPLE.len(), "000 itself, and the list");
        assert_eq!(cut("8020"), None);
        assert_eq!(cut("80203-12"), None);
        assert_eq!(cut("Elm"), None);
    }

    #[test]
    fn policies_differ_where_the_rule_does() {
        let treatment = |policy, one| Privacy { policy, ..Privacy::default() }.treatment(one);
        for identifier in Identifier::ALL {
            let strict = treatment(Policy::SafeHarbor, *identifier);
            assert!(strict != Treatment::Allow, "{identifier:?}");
            assert!(strict != Treatment::Coarsen || identifier.coarser().is_some());
        }
        assert_eq!(treatment(Policy::LimitedDataSet, Identifier::Zip), Treatment::Allow);
        assert_eq!(treatment(Policy::LimitedDataSet, Identifier::Phone), Treatment::Refuse);
        assert_eq!(treatment(Policy::Undecided, Identifier::BirthDate), Treatment::Refuse);
    }
}
