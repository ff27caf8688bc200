//! Columns of nine, ten or eleven digits, which say nothing one by one: as a whole, social-security
//! and telephone numbers leave out what other numbers do not, and spread as others do not. What is
//! missed and what is taken for one by mistake is measured in `tests/it/identifiers.rs`.

use super::privacy::Identifier;

/// Bits of a sketch of distinct values: some thousand values can be told apart.
const BITS: usize = 8192;

/// How many distinct numbers there are, about: a bit for each by its hash (linear counting).
#[derive(Debug, Clone)]
struct Distinct(Box<[u64; BITS / 64]>);

impl Distinct {
    fn none() -> Self {
        Self(Box::new([0; BITS / 64]))
    }

    fn add(&mut self, number: u64) {
        let mixed = (number ^ (number >> 15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let hash = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        let bit = usize::try_from(hash >> 51).expect("13 bits");
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn and(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(*other.0) {
            *mine |= theirs;
        }
    }

    /// A full sketch counts as if one bit were left.
    fn count(&self) -> f64 {
        let bits = f64::from(u32::try_from(BITS).expect("small"));
        let set: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        -bits * libm::log((bits - f64::from(set)).max(1.0) / bits)
    }
}

/// Values that can be numbers of one kind.
#[derive(Debug, Clone)]
struct Seen {
    n: u64,
    values: Distinct,
    /// Beginnings: areas of social-security numbers, areas with exchanges of telephone numbers.
    beginnings: Distinct,
    /// Which first three digits came.
    areas: [u64; 16],
    /// Values whose area nobody had before June 2011, when areas lost their meaning.
    unassigned: u64,
}

impl Seen {
    fn none() -> Self {
        let values = Distinct::none();
        Self { n: 0, beginnings: values.clone(), values, areas: [0; 16], unassigned: 0 }
    }

    fn add(&mut self, number: u64, beginning: u64, area: u64) {
        self.n += 1;
        self.values.add(number);
        self.beginnings.add(beginning);
        self.unassigned += u64::from(area > 772 || (734..=749).contains(&area));
        let place = usize::try_from(area).expect("three digits");
        self.areas[place / 64] |= 1 << (place % 64);
    }

    fn and(mut self, other: &Self) -> Self {
        self.n += other.n;
        self.unassigned += other.unassigned;
        self.values.and(&other.values);
        self.beginnings.and(&other.beginnings);
        for (mine, theirs) in self.areas.iter_mut().zip(other.areas) {
            *mine |= theirs;
        }
        self
    }

    fn n_areas(&self) -> u32 {
        self.areas.iter().map(|areas| areas.count_ones()).sum()
    }

    /// How many different first digits areas have.
    fn n_regions(&self) -> usize {
        let has = |area: usize| self.areas[area / 64] >> (area % 64) & 1 == 1;
        (0..10).filter(|first| (first * 100..first * 100 + 100).any(has)).count()
    }
}

/// The evidence of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    /// Values with digits in them, but for placeholders.
    n: u64,
    ssns: Option<Box<Seen>>,
    phones: Option<Box<Seen>>,
}

impl Numbers {
    pub(super) fn look(&mut self, value: &[u8]) {
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || is_placeholder(value) {
            return;
        }
        self.n += 1;
        if digits < value.len() {
            return;
        }
        let number = |digits: &[u8]| {
            digits.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'))
        };
        let seen = |of: &mut Option<Box<Seen>>| of.take().unwrap_or_else(|| Box::new(Seen::none()));
        match digits {
            // Spreadsheets drop zeros in front.
            7..=9 if is_ssn(number(value)) => {
                let (number, mut ssns) = (number(value), seen(&mut self.ssns));
                ssns.add(number, number / 1_000_000, number / 1_000_000);
                self.ssns = Some(ssns);
            }
            10 | 11 if is_phone(value) => {
                let local = &value[digits - 10..];
                let mut phones = seen(&mut self.phones);
                phones.add(number(local), number(&local[..6]), number(&local[..3]));
                self.phones = Some(phones);
            }
            _ => {}
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        let both = |mine: &mut Option<Box<Seen>>, theirs: &Option<Box<Seen>>| {
            *mine = match (mine.take(), theirs) {
                (Some(mine), Some(theirs)) => Some(Box::new(mine.and(theirs))),
                (mine, theirs) => mine.or_else(|| theirs.clone()),
            };
        };
        self.n += other.n;
        both(&mut self.ssns, &other.ssns);
        both(&mut self.phones, &other.phones);
    }

    /// What they are, if they are anybody's. Ids are numbers by design, and take more to convince.
    pub(super) fn are(&self, are_ids: bool) -> Option<Identifier> {
        if self.are_ssns(are_ids) {
            Some(Identifier::Ssn)
        } else {
            self.are_phones(are_ids).then_some(Identifier::Phone)
        }
    }

    /// Of a hundred arbitrary numbers without a leading 0 or 9, one has group 00 and sixteen have an
    /// area that was never given out before 2011. So a thousand are convincing by themselves; fewer,
    /// if hardly one has such an area, or if many share an area, as people of one state do. And they
    /// come from all over the country.
    fn are_ssns(&self, are_ids: bool) -> bool {
        let Some(seen) = self.ssns.as_ref().filter(|seen| (self.n - seen.n) * 500 <= self.n) else {
            return false;
        };
        let distinct = seen.values.count();
        let areas = f64::from(seen.n_areas());
        let (least, share) = match distinct {
            1000.0.. => (30.0, 10),
            100.0.. => (20.0, 20),
            _ => (12.0, 20),
        };
        let share = if areas <= distinct * 0.7 { share.min(7) } else { share };
        distinct >= if are_ids { 100.0 } else { 30.0 }
            && areas >= least
            && seen.unassigned * share <= seen.n
            && seen.n_regions() >= 5
    }

    /// Two of five arbitrary numbers are no telephone numbers, so that twenty are enough; but
    /// numbers that begin with a year or a site count up within it, and telephone numbers do not.
    fn are_phones(&self, are_ids: bool) -> bool {
        let Some(seen) = self.phones.as_ref().filter(|seen| (self.n - seen.n) * 20 <= self.n)
        else {
            return false;
        };
        let distinct = seen.values.count();
        distinct >= if are_ids { 40.0 } else { 20.0 }
            && seen.n_areas() >= 3
            && seen.beginnings.count() >= (distinct / 3.0).min(60.0)
    }
}

/// What stands for no number: one digit throughout, or counting up.
fn is_placeholder(value: &[u8]) -> bool {
    value.iter().all(|byte| *byte == value[0]) || value == b"123456789" || value == b"1234567890"
}

/// No area 000, 666 or from 900, no group 00, no serial number 0000.
fn is_ssn(number: u64) -> bool {
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}

/// In North America area and exchange are 200 or more, and neither ends in 11; no area has 9 in the
/// middle. A 1 may stand before ten digits.
fn is_phone(digits: &[u8]) -> bool {
    let local = digits.strip_prefix(b"1").filter(|rest| rest.len() == 10).unwrap_or(digits);
    if local.len() != 10 {
        return false;
    }
    let codes = [&local[..3], &local[3..6]];
    codes.iter().all(|code| code[0] >= b'2' && code[1..] != *b"11") && local[1] != b'9'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_a_number_of_a_person() {
        for number in [521_123_456, 1_010_001, 899_990_001] {
            assert!(is_ssn(number), "{number}");
        }
        for number in [123_456, 666_123_456, 912_345_678, 521_003_456, 521_120_000] {
            assert!(!is_ssn(number), "{number}");
        }
        for digits in ["3035550100", "13035550100"] {
            assert!(is_phone(digits.as_bytes()), "{digits}");
        }
        for digits in [
            "1035550100",
            "3030550100",
            "3115550100",
            "3039110100",
            "3935550100",
            "23035550100",
            "303555010",
        ] {
            assert!(!is_phone(digits.as_bytes()), "{digits}");
        }
    }

    #[test]
    fn distinct_values_are_counted_nearly() {
        let mut distinct = Distinct::none();
        for number in (0..1500).chain(0..1500) {
            distinct.add(100_000_000 + number * 7919);
        }
        assert!((1400.0..1600.0).contains(&distinct.count()), "{}", distinct.count());
    }

    /// Numbers that look arbitrary, the same on every machine (xorshift).
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % end
        }

        fn one_of(&mut self, list: &[u64]) -> u64 {
            let place = self.below(list.len() as u64);
            list[usize::try_from(place).expect("small")]
        }

        /// One in seven was born after areas lost their meaning; of the others, three in five have
        /// an area of the state.
        fn ssn(&mut self) -> String {
            const STATE: [u64; 8] = [521, 522, 523, 524, 650, 651, 652, 653];
            let area = loop {
                let area = match self.below(35) {
                    0..5 => 1 + self.below(899),
                    5..23 => self.one_of(&STATE),
                    _ => 1 + self.below(772),
                };
                if area != 666 {
                    break area;
                }
            };
            format!("{area:03}{:02}{:04}", 1 + self.below(99), 1 + self.below(9999))
        }

        fn phone(&mut self) -> String {
            const STATE: [u64; 5] = [303, 719, 720, 970, 983];
            const OTHER: [u64; 8] = [212, 307, 310, 415, 505, 602, 702, 801];
            let area = if self.below(5) == 0 { self.one_of(&OTHER) } else { self.one_of(&STATE) };
            let exchange = loop {
                let exchange = 200 + self.below(800);
                if exchange % 100 != 11 {
                    break exchange;
                }
            };
            format!("{area}{exchange}{:04}", self.below(10_000))
        }
    }

    /// How many of 200 columns of `size` values are taken for people's numbers.
    fn taken(size: u64, are_ids: bool, value: &dyn Fn(&mut Chance, u64) -> String) -> usize {
        let column = |seed: u64| {
            let mut chance = Chance(seed * 0x9e37_79b9 + 7);
            let _ = (0..20).map(|_| chance.below(9)).max();
            let mut numbers = Numbers::default();
            (0..size).for_each(|row| numbers.look(value(&mut chance, row).as_bytes()));
            numbers.are(are_ids).is_some()
        };
        (1..=200).filter(|seed| column(*seed)).count()
    }

    #[test]
    fn numbers_of_people_are_found() {
        let placeholders = |chance: &mut Chance, number: String| match chance.below(50) {
            0 => "999999999".to_owned(),
            1 => "UNKNOWN".to_owned(),
            _ => number,
        };
        let with_zeros = |number: String| number.trim_start_matches('0').to_owned();
        let found = |are_ids, size| {
            [
                taken(size, are_ids, &|chance, _| chance.ssn()),
                taken(size, are_ids, &|chance, _| with_zeros(chance.ssn())),
                taken(size, are_ids, &|chance, _| {
                    let number = chance.ssn();
                    placeholders(chance, number)
                }),
                taken(size, are_ids, &|chance, _| chance.phone()),
                taken(size, are_ids, &|chance, _| format!("1{}", chance.phone())),
            ]
        };
        for (are_ids, size, least) in [
            (false, 40, 170),
            (false, 200, 200),
            (true, 120, 199),
            (true, 400, 200),
            (true, 1500, 200),
        ] {
            let found = found(are_ids, size);
            assert!(found.iter().all(|n| *n >= least), "ids {are_ids}, {size} values: {found:?}");
        }
    }

    #[test]
    fn other_numbers_are_not_taken_for_them() {
        type Value = dyn Fn(&mut Chance, u64) -> String;
        let others: [(&str, &Value); 17] = [
            ("nine digits", &|chance, _| format!("{:09}", chance.below(1_000_000_000))),
            ("from 1", &|chance, _| (100_000_000 + chance.below(900_000_000)).to_string()),
            ("1 to 8", &|chance, _| (100_000_000 + chance.below(800_000_000)).to_string()),
            ("all with 1", &|chance, _| (100_000_000 + chance.below(100_000_000)).to_string()),
            ("counting", &|_, row| (100_200_300 + row).to_string()),
            ("counting by 7919", &|_, row| (100_200_300 + 7919 * row).to_string()),
            ("site and number", &|chance, _| {
                format!("{}{:06}", 301 + chance.below(30), chance.below(1_000_000))
            }),
            ("day and number", &|chance, _| {
                let (month, day) = (1 + chance.below(12), 1 + chance.below(28));
                format!("{}{month:02}{day:02}{:03}", 18 + chance.below(7), chance.below(1000))
            }),
            ("eight digits", &|chance, _| (10_000_000 + chance.below(90_000_000)).to_string()),
            ("any length", &|chance, _| {
                let end = chance.one_of(&[1000, 1_000_000, 1_000_000_000, 1_000_000_000_000]);
                chance.below(end).to_string()
            }),
            ("ten digits", &|chance, _| format!("{:010}", chance.below(10_000_000_000))),
            ("ten from 1", &|chance, _| (1_000_000_000 + chance.below(9_000_000_000)).to_string()),
            ("ten, counting", &|_, row| (3_035_550_000 + row).to_string()),
            ("provider numbers", &|chance, _| format!("1{:09}", chance.below(1_000_000_000))),
            ("year and number", &|chance, _| {
                format!("{}{:06}", 2018 + chance.below(8), chance.below(1_000_000))
            }),
            ("site and seven digits", &|chance, _| {
                format!("{}{:07}", 301 + chance.below(30), chance.below(10_000_000))
            }),
            ("drug codes", &|chance, _| {
                format!(
                    "{:05}{:04}{:02}",
                    chance.below(80_000),
                    chance.below(10_000),
                    chance.below(100)
                )
            }),
        ];
        let (mut n, mut wrong) = (0, Vec::new());
        for (name, value) in others {
            for (are_ids, size) in
                [(false, 25), (false, 50), (false, 300), (true, 50), (true, 120), (true, 1200)]
            {
                n += 200;
                let taken = taken(size, are_ids, value);
                if taken > 0 {
                    wrong.push((name, are_ids, size, taken));
                }
            }
        }
        let taken: usize = wrong.iter().map(|(.., taken)| taken).sum();
        assert!(taken * 2000 <= n, "{taken} of {n}: {wrong:?}");
    }
}
