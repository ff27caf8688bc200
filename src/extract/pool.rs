//! Texts as small numbers: each distinct text is kept once.

/// Distinct byte strings, numbered in the order they came. The numbers never reach a file: what is
/// written depends only on the texts.
#[derive(Debug, Default)]
pub(super) struct Pool {
    slots: Vec<Slot>,
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: Key,
    /// The number plus one; 0 = free.
    entry: u32,
}

/// A text of up to 15 bytes with its length, so that most texts are found without a look at the
/// texts themselves; or a hash of a longer one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    first: u64,
    second: u64,
}

/// The longest text that a key holds.
const SHORT: usize = 15;

impl Key {
    #[inline]
    fn of(text: &[u8]) -> Self {
        let len = (text.len().min(SHORT + 1) as u64) << 56;
        match text.split_first_chunk::<8>() {
            None => Self { first: word(text), second: len },
            Some((first, rest)) if text.len() <= SHORT => {
                Self { first: u64::from_le_bytes(*first), second: word(rest) | len }
            }
            Some(_) => Self { first: hash(text), second: len },
        }
    }

    #[inline]
    fn is_whole(self) -> bool {
        (self.second >> 56) as usize <= SHORT
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "only low bits are used")]
    fn place(self) -> usize {
        mix(self.first, self.second) as usize
    }
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all texts.
    pub(super) fn bytes_len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }

    /// The text of a number; texts are checked to be UTF-8 before they come here.
    pub(super) fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.get(number)).unwrap_or("")
    }

    pub(super) fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|number| self.text(u32::try_from(number).expect("numbers are u32")))
    }

    /// Brings the places of some texts near, one after the other without waiting for any: finding
    /// them in a pool that is larger than the cache then takes a fraction of the time.
    pub(super) fn approach<'a>(&self, texts: impl Iterator<Item = &'a [u8]>) {
        let mask = self.slots.len().wrapping_sub(1);
        let touched = texts.fold(0, |touched, text| {
            let slot = self.slots.get(Key::of(text).place() & mask);
            touched ^ slot.map_or(0, |slot| slot.key.first ^ u64::from(slot.entry))
        });
        std::hint::black_box(touched);
    }

    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let key = Key::of(text);
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = key.place() & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.entry == 0 {
                return None;
            }
            if slot.key == key && (key.is_whole() || self.get(slot.entry - 1) == text) {
                return Some(slot.entry - 1);
            }
            at = (at + 1) & mask;
        }
    }

    pub(super) fn intern(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        if (self.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let number = u32::try_from(self.len())
            .expect("fewer distinct texts than rows, and rows are counted in u32");
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.place(Slot { key: Key::of(text), entry: number + 1 });
        number
    }

    fn place(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = slot.key.place() & mask;
        while self.slots[at].entry != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    fn grow(&mut self) {
        let greater = vec![Slot::default(); (self.slots.len() * 2).max(64)];
        for slot in
            std::mem::replace(&mut self.slots, greater).into_iter().filter(|slot| slot.entry != 0)
        {
            self.place(slot);
        }
    }
}

/// A fast hash of a text, the same in every run.
#[inline]
pub(super) fn hash(text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks::<8>();
    let start = 0x9e37_79b9_7f4a_7c15_u64 ^ text.len() as u64;
    let state = words.iter().fold(start, |state, word| mix(state, u64::from_le_bytes(*word)));
    mix(state, word(rest))
}

/// Up to seven bytes as a number; texts of one length never share one.
#[inline]
fn word(text: &[u8]) -> u64 {
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => four(first) | four(last) << (8 * (text.len() - 4)),
        _ => text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves of the product are used")]
fn mix(state: u64, word: u64) -> u64 {
    let product =
        u128::from(state ^ 0x9e37_79b9_7f4a_7c15) * u128::from(word ^ 0xd6e8_feb8_6659_fd93);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_are_found_again() {
        let texts: Vec<String> =
            (0..40).flat_map(|len| ["a", "b", "\0"].map(|letter| letter.repeat(len))).collect();
        let mut pool = Pool::default();
        let numbers: Vec<u32> = texts.iter().map(|text| pool.intern(text.as_bytes())).collect();
        for (text, number) in texts.iter().zip(&numbers) {
            assert_eq!(pool.text(*number), text);
            assert_eq!(pool.find(text.as_bytes()), Some(*number));
        }
        // The empty text came three times, each other once.
        assert_eq!(pool.len(), texts.len() - 2);
        assert_eq!(pool.find(b"c"), None);
    }
}
