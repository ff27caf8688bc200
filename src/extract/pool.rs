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
    tag: u32,
    /// The number plus one; 0 = free.
    entry: u32,
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
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

    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let hash = hash(text);
        let mask = self.slots.len() - 1;
        let tag = tag_of(hash);
        let mut at = place_of(hash) & mask;
        loop {
            let slot = self.slots[at];
            if slot.entry == 0 {
                return None;
            }
            if slot.tag == tag && self.get(slot.entry - 1) == text {
                return Some(slot.entry - 1);
            }
            at = (at + 1) & mask;
        }
    }

    pub(super) fn intern(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        if (self.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let number = u32::try_from(self.len())
            .expect("fewer distinct texts than rows, and rows are counted in u32");
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.place(hash(text), number);
        number
    }

    fn place(&mut self, hash: u64, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = place_of(hash) & mask;
        while self.slots[at].entry != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = Slot { tag: tag_of(hash), entry: number + 1 };
    }

    fn grow(&mut self) {
        self.slots = vec![Slot::default(); (self.slots.len() * 2).max(64)];
        for number in 0..self.len() {
            let number = u32::try_from(number).expect("numbers are u32");
            self.place(hash(self.get(number)), number);
        }
    }
}

fn tag_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "only low bits are used")]
fn place_of(hash: u64) -> usize {
    hash as usize
}

/// A fast hash of a short text, the same in every run.
#[inline]
pub(super) fn hash(text: &[u8]) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ text.len() as u64;
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    mix(state, tail(rest))
}

#[inline]
fn tail(rest: &[u8]) -> u64 {
    let mut word = 0_u64;
    for byte in rest {
        word = word << 8 | u64::from(*byte);
    }
    word
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves of the product are used")]
fn mix(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * 0xd6e8_feb8_6659_fd93_u128;
    (product as u64) ^ ((product >> 64) as u64)
}
