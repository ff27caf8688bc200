//! Diagnosis groups as prefixes of ICD-10-CM, a public code system. The groups are the project's
//! own and are to be checked against each year's release.

use super::codes::code_list;

code_list! {
    /// A group of diagnosis codes.
    DiagnosisGroup {
        /// F20–F99 except F70–F79, suicidal ideation and self-harm.
        MentalHealth => "mental_health",
        /// F10–F19 except F17.
        SubstanceUse => "substance_use",
        /// F20, F22–F25, F28, F29.
        Psychosis => "psychosis",
        /// F30, F31.
        Bipolar => "bipolar",
        /// F32, F33.
        MajorDepression => "major_depression",
        /// F30–F39.
        Affective => "affective",
        /// F40, F41.
        Anxiety => "anxiety",
        /// F43.
        Stress => "stress",
        /// F50.
        Eating => "eating",
        /// F43.2.
        Adjustment => "adjustment",
        /// Psychosis, bipolar disorder, severe depression (F32.2, F32.3, F33.2, F33.3): what makes a
        /// severe mental illness by itself when it recurs.
        Severe => "severe",
        /// Poisoning by drugs or alcohol (T40, T42.3, T42.4, T43.6, T51), by accident, self-harm or
        /// of undetermined intent.
        Overdose => "overdose",
        /// Suicidal ideation, attempt and intentional self-harm.
        SelfHarm => "self_harm",
        /// F11.
        Opioid => "opioid",
        /// F90, F91.
        AttentionConduct => "attention_conduct",
        /// F43.0, F43.8, F43.9, Z73.3: the project's own group, as no category is called so.
        Coping => "coping",
        /// Chapters A–E and G–N: diseases of the body.
        Medical => "medical",
        /// F10–F19 except F17, without codes of remission (F10.11, F10.21, F10.91 …).
        ActiveSubstanceUse => "active_substance_use",
    }
}

impl DiagnosisGroup {
    /// Groups as bits, in the order of the list.
    pub fn bits(groups: &[Self]) -> u32 {
        groups.iter().fold(0, |bits, group| bits | 1 << (*group as u32))
    }

    /// True if the group has this code. Dots and letter case do not matter; an empty code is in no
    /// group.
    pub fn has(self, code: &str) -> bool {
        let code = bare(code);
        let category = code.get(..3).unwrap_or("");
        let within =
            |from: &str, to: &str| category.len() == 3 && from <= category && category <= to;
        match self {
            Self::MentalHealth => {
                (within("F20", "F99") && !within("F70", "F79")) || is_self_harm(&code)
            }
            Self::SubstanceUse => within("F10", "F19") && category != "F17",
            Self::Psychosis => within("F20", "F20") || within("F22", "F25") || within("F28", "F29"),
            Self::Bipolar => within("F30", "F31"),
            Self::MajorDepression => within("F32", "F33"),
            Self::Affective => within("F30", "F39"),
            Self::Anxiety => within("F40", "F41"),
            Self::Stress => category == "F43",
            Self::Eating => category == "F50",
            Self::Adjustment => code.starts_with("F432"),
            Self::Severe => is_severe(&code),
            Self::SelfHarm => is_self_harm(&code),
            Self::Opioid => category == "F11",
            Self::AttentionConduct => within("F90", "F91"),
            Self::Coping => {
                ["F430", "F438", "F439", "Z733"].iter().any(|prefix| code.starts_with(prefix))
            }
            Self::Medical => {
                category.len() == 3
                    && matches!(code.as_bytes().first(), Some(b'A'..=b'E' | b'G'..=b'N'))
            }
            Self::ActiveSubstanceUse => Self::SubstanceUse.has(&code) && !is_remission(&code),
            Self::Overdose => {
                let drugs = ["T40", "T423", "T424", "T436", "T51"];
                drugs.iter().any(|prefix| code.starts_with(prefix))
                    && matches!(intent(&code), Some(b'1' | b'2' | b'4'))
            }
        }
    }
}

/// Abuse, dependence or use of a substance, in remission: five characters, of which the last is 1.
fn is_remission(code: &str) -> bool {
    matches!(code.as_bytes(), [b'F', b'1', _, b'1' | b'2' | b'9', b'1'])
}

/// True for codes that make a severe mental illness by themselves when they recur.
fn is_severe(code: &str) -> bool {
    let bare = bare(code);
    DiagnosisGroup::Psychosis.has(code)
        || DiagnosisGroup::Bipolar.has(code)
        || ["F322", "F323", "F332", "F333"].iter().any(|prefix| bare.starts_with(prefix))
}

/// The code without its dot, in capitals.
fn bare(code: &str) -> String {
    code.chars().filter(|letter| *letter != '.').map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Suicidal ideation, attempt, intentional self-harm, and poisoning with the intent character for
/// self-harm.
fn is_self_harm(code: &str) -> bool {
    let category = code.get(..3).unwrap_or("");
    let poisoning = ("T36"..="T65").contains(&category);
    code.starts_with("R45851")
        || code.starts_with("T1491")
        || ("X71"..="X83").contains(&category)
        || (poisoning && intent(code) == Some(b'2'))
}

/// The intent character of a poisoning: the sixth, or the fifth when the code has five or an X in
/// sixth place.
fn intent(code: &str) -> Option<u8> {
    let letters = code.as_bytes();
    match (letters.get(4), letters.get(5)) {
        (Some(fifth), None | Some(b'X')) => Some(*fifth),
        (_, sixth) => sixth.copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::DiagnosisGroup::{ActiveSubstanceUse, MentalHealth, Overdose, SubstanceUse};

    #[test]
    fn groups_follow_their_prefixes() {
        for code in [
            "F20.9", "f99", "F64.0", "R45.851", "T14.91XA", "X78.1XXA", "T42.4X2A", "T39.012A",
            "T51.2X2", "T58.2X2A",
        ] {
            assert!(MentalHealth.has(code), "{code}");
        }
        for code in
            ["", "F70", "F79.9", "F10.20", "F17.210", "T42.4X1A", "T39.011A", "Z63.0", "R45", "F2"]
        {
            assert!(!MentalHealth.has(code), "{code}");
        }
        assert!(
            SubstanceUse.has("F11.20") && SubstanceUse.has("F19") && !SubstanceUse.has("F17.200")
        );
    }

    #[test]
    fn an_overdose_is_a_poisoning_that_was_not_an_assault_or_a_side_effect() {
        for code in ["T40.2X1A", "T42.4X2A", "T43.614A", "T51.0X1A"] {
            assert!(Overdose.has(code), "{code}");
        }
        for code in ["T40.2X3A", "T40.2X5A", "T42.6X1A", "T39.1X1A", "F11.20"] {
            assert!(!Overdose.has(code), "{code}");
        }
    }

    #[test]
    fn remission_is_no_active_use() {
        for code in ["F10.20", "F10.121", "F11.1", "F19.221", "F12.90"] {
            assert!(ActiveSubstanceUse.has(code), "{code}");
        }
        for code in ["F10.11", "F10.21", "f11.91", "F17.201", "F32.1"] {
            assert!(!ActiveSubstanceUse.has(code), "{code}");
        }
    }

    #[test]
    fn the_intent_is_the_fifth_character_where_there_is_no_sixth() {
        assert!(MentalHealth.has("T65.92"));
        assert!(!MentalHealth.has("T65.91"));
        assert!(MentalHealth.has("T65.92XA"));
    }
}
