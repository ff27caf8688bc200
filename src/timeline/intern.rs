//! Texts as small numbers, within one reader.

use std::cmp::Ordering;
use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Gives each text a number, in the order in which texts are first seen. Numbers never leave the
/// reader that made them; results carry the texts.
#[derive(Debug, Clone)]
pub struct Interner {
    keys: HashMap<Box<str>, u32, RandomState>,
    texts: Vec<Box<str>>,
    /// The first bytes of each text, which mostly decide which of two comes first.
    heads: Vec<u64>,
}

/// What stands for an attribute or organisation that is not known; never empty in results.
pub const UNKNOWN: u32 = 0;

impl Default for Interner {
    fn default() -> Self {
        let mut interner = Self { keys: HashMap::default(), texts: Vec::new(), heads: Vec::new() };
        assert_eq!(interner.key("unknown"), UNKNOWN, "the first text gets the first number");
        interner
    }
}

impl Interner {
    /// The number of a text.
    pub fn key(&mut self, text: &str) -> u32 {
        if let Some(key) = self.keys.get(text) {
            return *key;
        }
        let key =
            u32::try_from(self.texts.len()).expect("fewer than 2³² different ids in one bucket");
        self.texts.push(text.into());
        let mut head = [0; 8];
        head.iter_mut().zip(text.bytes()).for_each(|(head, byte)| *head = byte);
        self.heads.push(u64::from_be_bytes(head));
        self.keys.insert(text.into(), key);
        key
    }

    /// The text of a number.
    pub fn text(&self, key: u32) -> &str {
        &self.texts[key as usize]
    }

    /// The order of the texts of two numbers.
    pub fn compare(&self, a: u32, b: u32) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let (head_a, head_b) = (self.heads[a as usize], self.heads[b as usize]);
        head_a.cmp(&head_b).then_with(|| self.text(a).cmp(self.text(b)))
    }
}
