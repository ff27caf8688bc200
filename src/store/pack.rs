//! Numbers packed as Parquet wants them: runs and bit-packed groups, and differences.
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/>

/// Differences are packed in blocks of this many, each of four groups.
const BLOCK: usize = 128;
const GROUP: usize = 32;

/// Appends numbers of `width` bits as a hybrid of runs and bit-packed groups of eight.
pub(super) fn hybrid(numbers: &[u32], width: u32, to: &mut Vec<u8>) {
    let mut literal = 0;
    let mut at = 0;
    while at < numbers.len() {
        let run = run_length(&numbers[at..]);
        if run >= 8 {
            literals(&numbers[literal..at], width, to);
            varint((run as u64) << 1, to);
            to.extend_from_slice(&numbers[at].to_le_bytes()[..width.div_ceil(8) as usize]);
            at += run;
            literal = at;
        } else {
            at += 8;
        }
    }
    literals(&numbers[literal..], width, to);
}

/// How often the first number repeats; counts on only if a whole group repeats.
fn run_length(numbers: &[u32]) -> usize {
    let first = numbers[0];
    match numbers.first_chunk::<8>() {
        Some(group) if *group == [first; 8] => {
            8 + numbers[8..].iter().take_while(|number| **number == first).count()
        }
        _ => 0,
    }
}

fn literals(numbers: &[u32], width: u32, to: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    varint((groups as u64) << 1 | 1, to);
    let end = to.len() + groups * width as usize;
    bits(numbers.iter().map(|number| u64::from(*number)), width, to);
    to.resize(end, 0);
}

/// Appends the low bits of each number, the first at the lowest place.
#[inline]
fn bits(numbers: impl Iterator<Item = u64>, width: u32, to: &mut Vec<u8>) {
    let (mut word, mut filled) = (0_u128, 0);
    for number in numbers {
        word |= u128::from(number) << filled;
        filled += width;
        if filled >= 64 {
            to.extend_from_slice(&low_half(word).to_le_bytes());
            word >>= 64;
            filled -= 64;
        }
    }
    to.extend_from_slice(&low_half(word).to_le_bytes()[..filled.div_ceil(8) as usize]);
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
fn low_half(word: u128) -> u64 {
    word as u64
}

/// Appends whole numbers as differences to the one before. `wrap` brings a difference into the
/// type of the numbers.
pub(super) fn deltas(numbers: &[i64], wrap: impl Fn(i64) -> i64, to: &mut Vec<u8>) {
    varint(BLOCK as u64, to);
    varint((BLOCK / GROUP) as u64, to);
    varint(numbers.len() as u64, to);
    varint(zigzag(numbers.first().copied().unwrap_or(0)), to);
    let mut block = [0; BLOCK];
    for pairs in (0..numbers.len().saturating_sub(1)).step_by(BLOCK) {
        let n = BLOCK.min(numbers.len() - 1 - pairs);
        for (place, delta) in block[..n].iter_mut().enumerate() {
            *delta = wrap(numbers[pairs + place + 1].wrapping_sub(numbers[pairs + place]));
        }
        delta_block(&block[..n], to);
    }
}

fn delta_block(deltas: &[i64], to: &mut Vec<u8>) {
    let min = deltas.iter().copied().min().unwrap_or(0);
    varint(zigzag(min), to);
    let above = |delta: &i64| delta.wrapping_sub(min).cast_unsigned();
    let mut widths = [0_u8; BLOCK / GROUP];
    for (width, group) in widths.iter_mut().zip(deltas.chunks(GROUP)) {
        let most = group.iter().map(above).fold(0, |all, delta| all | delta);
        *width = u8::try_from(u64::BITS - most.leading_zeros()).expect("64 bits at most");
    }
    to.extend_from_slice(&widths);
    for (width, group) in widths.iter().zip(deltas.chunks(GROUP)) {
        let end = to.len() + GROUP * usize::from(*width) / 8;
        bits(group.iter().map(above), u32::from(*width), to);
        to.resize(end, 0);
    }
}

pub(super) fn varint(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}
