//! What the name of a column announces.

use super::privacy::Identifier;

/// Words of a column's name, and parts of the words written as one, that announce an identifier.
struct Announcement {
    identifier: Identifier,
    words: &'static [&'static str],
    parts: &'static [&'static str],
    whole: &'static [&'static str],
}

const fn announcement(
    identifier: Identifier,
    words: &'static [&'static str],
    parts: &'static [&'static str],
    whole: &'static [&'static str],
) -> Announcement {
    Announcement { identifier, words, parts, whole }
}

/// In order: the first that fits decides. An e-mail address is no street address.
const FIRST: [Announcement; 5] = [
    announcement(
        Identifier::Ssn,
        &["ssn", "ssns", "itin"],
        &["socialsec", "socsec"],
        &["ssnumber", "ssno", "ssnum", "memberssn", "patientssn"],
    ),
    announcement(Identifier::Email, &[], &["email"], &["mail", "emails"]),
    announcement(Identifier::Ip, &[], &["ipaddr", "macaddr"], &["ip", "clientip"]),
    announcement(
        Identifier::Url,
        &["url", "website", "webpage", "homepage"],
        &["website", "webaddress"],
        &[],
    ),
    announcement(
        Identifier::Phone,
        &["tel", "telno", "cell", "cellno", "fax", "pager", "mobile"],
        &["phone", "faxn"],
        &[],
    ),
];

const THEN: [Announcement; 2] = [
    announcement(
        Identifier::Zip,
        &["zip", "zips", "postcode", "postal"],
        &["zipcode", "postalcode", "postcode", "zipplus"],
        &[],
    ),
    announcement(
        Identifier::Coordinates,
        &["lat", "latitude", "lon", "lng", "longitude", "gps", "geocode", "tract", "blockgroup"],
        &["latitude", "longitude", "censustract", "censusblock", "geoloc", "coordinates"],
        &[],
    ),
];

const LAST: [Announcement; 2] = [
    announcement(
        Identifier::Address,
        &["addr", "street", "apt", "apartment"],
        &["address", "streetaddr", "homeaddr", "mailingaddr", "pobox", "streetname"],
        &[],
    ),
    announcement(
        Identifier::Photo,
        &["photo", "photograph", "fingerprint", "voiceprint", "biometric", "retina"],
        &[],
        &[],
    ),
];

/// The identifier that a column's name announces.
pub(super) fn announced(column: &str) -> Option<Identifier> {
    let words = words(column);
    // Writers without any mark between words are read as one.
    let joined = words.concat();
    let of = |list: &[Announcement]| {
        let one = list.iter().find(|one| {
            words.iter().any(|word| one.words.contains(&word.as_str()))
                || one.parts.iter().any(|part| joined.contains(part))
                || one.whole.contains(&joined.as_str())
        });
        one.map(|one| one.identifier)
    };
    of(&FIRST)
        .or_else(|| is_birth_date(&words, &joined).then_some(Identifier::BirthDate))
        .or_else(|| is_record_number(&words, &joined).then_some(Identifier::RecordNumber))
        .or_else(|| of(&THEN))
        .or_else(|| is_name(&words, &joined).then_some(Identifier::Name))
        .or_else(|| of(&LAST))
}

fn is_birth_date(words: &[String], joined: &str) -> bool {
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(&["dob", "bdate", "bday", "birthdate", "birthday", "birthdt", "born"])
        || (has(&["birth"]) && (has(&["date", "dt", "day", "on"]) || words.len() == 1))
        || ["dateofbirth", "birthdate", "birthday"].iter().any(|part| joined.contains(part))
}

fn is_record_number(words: &[String], joined: &str) -> bool {
    const NUMBER: [&str; 8] = ["id", "no", "num", "nbr", "number", "identifier", "nr", "card"];
    const OF: [&str; 18] = [
        "medicaid",
        "medicare",
        "mrn",
        "subscriber",
        "beneficiary",
        "policy",
        "account",
        "acct",
        "insurance",
        "license",
        "licence",
        "driver",
        "drivers",
        "passport",
        "vehicle",
        "chart",
        "certificate",
        "device",
    ];
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(&["mrn", "vin", "hicn", "mbi", "ehrid"])
        || (has(&OF) && has(&NUMBER))
        || joined.contains("medicalrecord")
        || joined.contains("licenseplate")
        || joined.contains("serialnumber")
        || OF.iter().any(|of| {
            joined.strip_prefix(of).is_some_and(|rest| NUMBER.contains(&rest))
                || ["member", "patient", "client"].iter().any(|who| {
                    joined
                        .strip_prefix(who)
                        .and_then(|rest| rest.strip_prefix(of))
                        .is_some_and(|rest| NUMBER.contains(&rest))
                })
        })
}

fn is_name(words: &[String], joined: &str) -> bool {
    const PEOPLE: [&str; 34] = [
        "first",
        "last",
        "middle",
        "family",
        "given",
        "maiden",
        "full",
        "sur",
        "fore",
        "nick",
        "legal",
        "preferred",
        "member",
        "patient",
        "client",
        "person",
        "clinician",
        "provider",
        "guardian",
        "parent",
        "mother",
        "contact",
        "father",
        "spouse",
        "caregiver",
        "therapist",
        "doctor",
        "physician",
        "pt",
        "pat",
        "mbr",
        "worker",
        "consumer",
        "display",
    ];
    const WHOLE: [&str; 16] = [
        "name",
        "names",
        "firstname",
        "lastname",
        "middlename",
        "surname",
        "forename",
        "fname",
        "lname",
        "mname",
        "fullname",
        "givenname",
        "familyname",
        "maidenname",
        "nickname",
        "initials",
    ];
    const NAME: [&str; 3] = ["name", "names", "nm"];
    let has_name = words.iter().any(|word| NAME.contains(&word.as_str()));
    (has_name && words.iter().any(|word| PEOPLE.contains(&word.as_str())))
        || WHOLE.contains(&joined)
        || words.iter().any(|word| WHOLE[2..].contains(&word.as_str()))
        || joined
            .strip_suffix("name")
            .is_some_and(|rest| PEOPLE.iter().any(|who| rest.ends_with(who)))
}

/// The words of a column's name: `memberFirst_Name` has three; a number at the end counts for none.
fn words(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in column.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().expect("starts with one").extend(letter.to_lowercase());
        }
        before = letter;
    }
    // An empty word has no other letters either.
    let is_number = |word: &str| word.len() < 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    words.retain(|word| !is_number(word));
    for word in &mut words {
        let kept = word.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
        if kept > 1 {
            word.truncate(kept);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Table;

    /// How senders write the same words.
    fn writings(name: &str) -> Vec<String> {
        let words: Vec<&str> = name.split('_').collect();
        let capital = |word: &&str| word[..1].to_uppercase() + &word[1..];
        let pascal: String = words.iter().map(capital).collect();
        let camel = words[0].to_owned() + &words[1..].iter().map(capital).collect::<String>();
        let mut all = vec![
            name.to_owned(),
            name.to_uppercase(),
            words.join("-"),
            words.join(" "),
            words.join("."),
            words.concat().to_uppercase(),
            pascal,
            camel,
            format!("member_{name}"),
            format!("client_{name}"),
            format!("{name}_1"),
            format!("{name}2"),
            format!(" {name} "),
        ];
        all.dedup();
        all
    }

    #[test]
    fn no_column_of_identifiers_is_missed() {
        let lists: [(Identifier, &str); 10] = [
            (
                Identifier::Name,
                "first_name last_name middle_name name patient_name surname full_name maiden_name guardian_name fname lname provider_name",
            ),
            (Identifier::Ssn, "ssn social_security_number soc_sec_no social_security"),
            (Identifier::Email, "email email_address e_mail"),
            (
                Identifier::Phone,
                "phone home_phone phone_number cell_phone telephone fax_number mobile_phone",
            ),
            (Identifier::BirthDate, "dob birth_date date_of_birth birthdate birthday"),
            (
                Identifier::Address,
                "address street_address home_address mailing_address address_line street_name",
            ),
            (Identifier::Zip, "zip zip_code postal_code"),
            (
                Identifier::RecordNumber,
                "mrn medical_record_number medicaid_id medicare_number account_number policy_number",
            ),
            (Identifier::Coordinates, "latitude longitude census_tract"),
            (Identifier::Ip, "ip_address"),
        ];
        let (mut n, mut missed) = (0, Vec::new());
        for (identifier, names) in lists {
            for column in names.split(' ').flat_map(writings) {
                n += 1;
                // Which identifier it is decides the words of a message, and a street may be a person's.
                let found = announced(&column);
                if found.is_none()
                    || (found != Some(identifier) && identifier != Identifier::Address)
                {
                    missed.push(format!("{column}: {found:?}"));
                }
            }
        }
        assert!(n > 600, "{n}");
        assert!(missed.is_empty(), "{} of {n}: {missed:?}", missed.len());
    }

    #[test]
    fn other_columns_are_let_pass() {
        for field in Table::ALL.iter().flat_map(|table| table.fields()) {
            assert_eq!(announced(field.name), None, "{}", field.name);
        }
        for column in "facility_name plan_name agency_name race_ethnicity county agency service_date enrol_end \
            patient_id client_id member_key birth_year medicaid_eligible license_type phase tele place_code \
            latency relation shipping zipper language template"
            .split_whitespace()
        {
            assert_eq!(announced(column), None, "{column}");
        }
    }
}
