//! Time to event, against R's survival and cmprsk, lifelines, textbooks and definitions written out.

mod competing;
mod cox;
mod curves;
mod recurrent;

use throughline::statistics::survival::FollowUp;

/// Weeks in remission of 21 pairs, 6-mercaptopurine (with event or not) and placebo: Freireich and
/// others 1963; Cox 1972.
const TREATED: [(u32, u8); 21] = [
    (6, 1),
    (6, 1),
    (6, 1),
    (6, 0),
    (7, 1),
    (9, 0),
    (10, 1),
    (10, 0),
    (11, 0),
    (13, 1),
    (16, 1),
    (17, 0),
    (19, 0),
    (20, 0),
    (22, 1),
    (23, 1),
    (25, 0),
    (32, 0),
    (32, 0),
    (34, 0),
    (35, 0),
];
const PLACEBO: [u32; 21] = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

fn treated() -> Vec<FollowUp> {
    TREATED.iter().map(|(weeks, event)| FollowUp::until(*weeks, *event)).collect()
}

/// Both arms, and 1 for placebo.
fn remission() -> (Vec<FollowUp>, Vec<u32>) {
    let mut both = treated();
    both.extend(PLACEBO.iter().map(|weeks| FollowUp::until(*weeks, 1)));
    (both, (0..42).map(|row| u32::from(row >= 21)).collect())
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("few rows"))
}

/// Numbers that are the same in every language: x → (1103515245 x + 12345) mod 2³¹, upper bits.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = (self.0 * 1_103_515_245 + 12_345) % (1 << 31);
        u32::try_from((self.0 >> 8) % u64::from(n)).expect("below n")
    }
}

/// Made-up members with up to three stretches each: follow-up, two covariates, stratum, member.
struct MadeUp {
    follow_ups: Vec<FollowUp>,
    covariates: Vec<f64>,
    strata: Vec<u32>,
    members: Vec<u32>,
}

/// Days are multiplied by `spread`, and the number of the row is added to the end where it is above
/// 1, so that no two share a day.
fn made_up(spread: u32) -> MadeUp {
    let mut numbers = Numbers(7);
    let mut data = MadeUp {
        follow_ups: Vec::new(),
        covariates: Vec::new(),
        strata: Vec::new(),
        members: Vec::new(),
    };
    for member in 0..240 {
        let (arm, score, stratum) = (numbers.below(2), numbers.below(9), numbers.below(3));
        let mut start = numbers.below(6) * (member % 2);
        for stretch in 0..=numbers.below(3) {
            let length = 1 + numbers.below(20 - 6 * arm + score);
            let event = [1, 1, 1, 1, 1, 2, 2, 0, 0, 0][numbers.below(10) as usize];
            let weight = 1.0 + f64::from(numbers.below(4)) / 2.0;
            let row = u32::try_from(data.follow_ups.len()).expect("few rows");
            let stop = (start + length) * spread + if spread > 1 { row } else { 0 };
            let follow_up = FollowUp::until(stop, event).entering_at(start * spread);
            data.follow_ups.push(follow_up.weighing(weight));
            data.covariates.extend([f64::from(arm), f64::from(score + stretch)]);
            data.strata.push(stratum);
            data.members.push(member);
            start += length;
        }
    }
    data
}
