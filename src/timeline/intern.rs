//! Texts as small numbers, within one reader.

use std::collections::HashMap;

/// Gives each text a number, in the order in which texts are first seen. Numbers never leave the
/// reader that made them; results carry the texts.
#[derive(Debug, Clone)]
pub struct Interner {
    keys: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

/// What stands for an attribute or organisation that is not known; never empty in results.
pub const UNKNOWN: u32 = 0;

impl Default for Interner {
    fn default() -> Self {
        let mut interner = Self { keys: HashMap::new(), texts: Vec::new() };
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
        self.keys.insert(text.into(), key);
        key
    }

    /// The text of a number.
    pub fn text(&self, key: u32) -> &str {
        &self.texts[key as usize]
    }
}
