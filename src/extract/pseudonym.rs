//! Tokens that stand for people and records: keyed, the same for the same key, and not to be turned
//! back without it.
//!
//! A token is the first 75 bits of keyed BLAKE3 over what kind of thing it stands for and its id, in
//! 15 letters and digits. Among a hundred million records, two share a token with a chance of one in
//! seven million; such records would be refused on intake as repeated keys.

use crate::terms::Day;

/// The secret of a sender.
#[derive(Clone)]
pub struct Key {
    tokens: [u8; 32],
    shifts: [u8; 32],
    mark: String,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(not shown)")
    }
}

impl Key {
    /// The fewest bytes of a secret.
    pub const LEAST: usize = 32;

    /// Makes the keys of tokens and shifts from a secret; nothing if it is too short or one letter
    /// over and over.
    pub fn of(secret: &[u8]) -> Option<Self> {
        let secret = secret.trim_ascii();
        let mut letters: Vec<u8> = secret.to_vec();
        letters.sort_unstable();
        letters.dedup();
        (secret.len() >= Self::LEAST && letters.len() >= 8).then(|| {
            let of = |purpose: &str| {
                blake3::derive_key(&format!("throughline 2026-11 pseudonyms: {purpose}"), secret)
            };
            let mark = super::pieces::hex(&of("mark of the key")[..6]);
            Self { tokens: of("tokens"), shifts: of("shifts of dates"), mark }
        })
    }

    /// A mark by which two deliveries show that they were made with one key. It says nothing about
    /// the key.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// The token of an id. Things of different kinds never share one.
    pub(super) fn token(&self, kind: &str, id: &[u8]) -> [u8; 15] {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let hash = keyed(&self.tokens, kind, id);
        let bits = u128::from_le_bytes(std::array::from_fn(|at| hash[at]));
        std::array::from_fn(|at| LETTERS[usize::try_from(bits >> (5 * at) & 31).unwrap_or(0)])
    }

    /// How many days, from 1 to `most`, a member's dates lie earlier.
    pub(super) fn shift(&self, member: &[u8], most: u32) -> i32 {
        let hash = keyed(&self.shifts, "member", member);
        let number = u64::from_le_bytes(std::array::from_fn(|at| hash[at]));
        i32::try_from(number % u64::from(most.max(1))).unwrap_or(0) + 1
    }
}

fn keyed(key: &[u8; 32], kind: &str, id: &[u8]) -> [u8; 32] {
    let mut hash = blake3::Hasher::new_keyed(key);
    hash.update(kind.as_bytes());
    hash.update(&[0]);
    hash.update(id);
    *hash.finalize().as_bytes()
}

/// A date, month or instant some days earlier, in its own writing; nothing if it is none.
pub(super) fn earlier(text: &[u8], days: i32) -> Option<Vec<u8>> {
    if text.len() == 7 {
        let middle = [text, b"-15"].concat();
        return Some((Day::parse_bytes(&middle)? - days).to_string().as_bytes()[..7].to_vec());
    }
    let day = Day::parse_bytes(text.get(..10)?)? - days;
    super::value::instant(text, i32::MAX).ok()?;
    Some([day.to_string().as_bytes(), &text[10..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(last: char) -> Key {
        Key::of(format!("0123456789abcdefghijklmnopqrstu{last}").as_bytes()).expect("long enough")
    }

    #[test]
    fn weak_secrets_are_no_keys() {
        assert!(Key::of(b"short").is_none());
        assert!(Key::of(&[b'a'; 64]).is_none());
        assert!(Key::of(b"0123456789abcdefghijklmnopqrstu  \n").is_none());
        assert_eq!(format!("{:?}", key('v')), "Key(not shown)");
    }

    #[test]
    fn tokens_depend_on_key_kind_and_id() {
        let token = |key: &Key, kind, id: &str| key.token(kind, id.as_bytes());
        let all = [
            token(&key('v'), "member", "M1"),
            token(&key('v'), "member", "M2"),
            token(&key('v'), "clinician", "M1"),
            token(&key('w'), "member", "M1"),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(all[place + 1..].iter().all(|other| other != one));
            assert!(one.iter().all(u8::is_ascii_alphanumeric));
        }
        assert_eq!(token(&key('v'), "member", "M1"), all[0]);
        assert_ne!(key('v').mark(), key('w').mark());
    }

    #[test]
    fn dates_keep_their_writing() {
        let earlier = |text: &str, days| {
            earlier(text.as_bytes(), days).map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        assert_eq!(earlier("2024-03-01", 1).as_deref(), Some("2024-02-29"));
        assert_eq!(earlier("2024-03-01T09:30:00Z", 366).as_deref(), Some("2023-03-01T09:30:00Z"));
        assert_eq!(earlier("2024-03", 31).as_deref(), Some("2024-02"));
        assert_eq!(earlier("03/01/2024", 1), None);
        assert_eq!(earlier("2024-03-01 John", 1), None);
        assert_eq!(earlier("", 1), None);
    }

    #[test]
    fn shifts_are_spread_and_never_nought() {
        let mut seen = [0; 365];
        for member in 0..36_500 {
            let shift = key('v').shift(format!("M{member}").as_bytes(), 364);
            seen[usize::try_from(shift).expect("positive")] += 1;
        }
        assert_eq!(seen[0], 0);
        assert!(seen[1..].iter().all(|n| (50..160).contains(n)));
    }
}
