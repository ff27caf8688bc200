//! Ids that are spelled like one another: the same person may stand behind them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Distinct ids, and how many of them may be another one in other clothes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ids {
    /// Distinct ids.
    pub ids: u64,
    /// Those that differ from another only in case, punctuation, spaces or leading zeros.
    pub alike: u64,
}

impl Ids {
    /// Counts distinct ids. What has neither letters nor digits of ASCII is like nothing else.
    pub(super) fn of<'t>(ids: impl Iterator<Item = &'t str>) -> Self {
        let mut found = Self::default();
        let mut like: HashMap<String, u64> = HashMap::new();
        for id in ids {
            found.ids += 1;
            let bare: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
            let bare = bare.trim_start_matches('0').to_ascii_lowercase();
            if !bare.is_empty() {
                *like.entry(bare).or_default() += 1;
            }
        }
        found.alike = like.values().filter(|ids| **ids > 1).sum();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn case_punctuation_and_leading_zeros_make_no_other_person() {
        let of = |ids: &[&str]| Ids::of(ids.iter().copied());
        assert_eq!(of(&["C17", "c-17", "C 18", "017", "17", "0"]), Ids { ids: 6, alike: 4 });
        assert_eq!(of(&["000", "-", "é", "ü"]), Ids { ids: 4, alike: 0 });
    }
}
