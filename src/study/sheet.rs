//! Tables of a study that may be shown: the same rows go to the page, the CSV and the workbook.

/// One field of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Words.
    Words(String),
    /// A count of people or events.
    Count(u64),
    /// A share, 0 to 1.
    Share(f64),
    /// Dollars.
    Dollars(f64),
    /// A p-value.
    Chance(f64),
    /// Another number.
    Number(f64),
    /// Hidden, because it is a small count or would give one away.
    Hidden,
    /// Nothing to say, or not known.
    Empty,
}

impl Field {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }

    /// A number; empty if there is none, or none that is finite.
    pub fn number(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// A p-value; empty if there is none, or none that is finite.
    pub fn chance(p: Option<f64>) -> Self {
        p.filter(|p| p.is_finite()).map_or(Self::Empty, Self::Chance)
    }

    /// A share; empty if there is none, or none that is finite.
    pub fn share(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Empty, Self::Share)
    }

    /// The number in it, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Self::Count(n) => Some(*n as f64),
            Self::Share(value)
            | Self::Dollars(value)
            | Self::Chance(value)
            | Self::Number(value) => Some(*value),
            Self::Words(_) | Self::Hidden | Self::Empty => None,
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The name of its file and worksheet.
    pub id: String,
    /// What stands above it.
    pub title: String,
    /// Heads of its columns.
    pub heads: Vec<&'static str>,
    /// Rows, with a field for each head.
    pub rows: Vec<Vec<Field>>,
}

/// What may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Counts from 1 to one less than this are hidden.
    pub least: u64,
    /// True if nothing is hidden: for internal use.
    pub internal: bool,
}

impl Screen {
    /// True if a count has to be hidden.
    pub fn is_small(self, n: u64) -> bool {
        !self.internal && n > 0 && n < self.least
    }

    /// True if a part of a whole, or what it leaves, has to be hidden.
    pub fn is_telling(self, n: u64, of: u64) -> bool {
        self.is_small(n) || self.is_small(of.saturating_sub(n))
    }

    /// A count that stands alone.
    pub fn count(self, n: u64) -> Field {
        if self.is_small(n) { Field::Hidden } else { Field::Count(n) }
    }

    /// Puts parts of a whole together until none is small: those that are and, while their sum is
    /// small, the next greater ones. Gives the places of the parts that become one.
    pub fn pooled(self, parts: &[u64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..parts.len()).filter(|place| parts[*place] > 0).collect();
        order.sort_by_key(|place| (parts[*place], *place));
        let small = order.iter().filter(|place| self.is_small(parts[**place])).count();
        let mut taken = small;
        let sum = |taken: usize| order[..taken].iter().map(|place| parts[*place]).sum::<u64>();
        while taken > 0 && taken < order.len() && self.is_small(sum(taken)) {
            taken += 1;
        }
        // One part alone is known from the whole.
        if taken == 1 && order.len() > 1 && self.is_small(parts[order[0]]) {
            taken = 2;
        }
        let mut places = order[..taken].to_vec();
        places.sort_unstable();
        places
    }

    /// Puts states together over all times, the same ones at each, so that a state does not come and
    /// go: those that are small at any time, and the next rarer ones while too many times would have a
    /// small sum. Gives those states, and for each time whether it can be shown.
    pub fn pooled_over(self, times: &[&[u64]]) -> (Vec<usize>, Vec<bool>) {
        let states = times.iter().map(|counts| counts.len()).max().unwrap_or(0);
        let greatest = |state: usize| times.iter().map(|counts| counts[state]).max().unwrap_or(0);
        let mut order: Vec<usize> = (0..states).filter(|state| greatest(*state) > 0).collect();
        let is_small = |state: &usize| times.iter().any(|counts| self.is_small(counts[*state]));
        order.sort_by_key(|state| (!is_small(state), greatest(*state), *state));
        let mut taken = order.iter().filter(|state| is_small(state)).count();
        // One state alone is known from the others.
        if taken == 1 {
            taken = 2.min(order.len());
        }
        let shown = |taken: usize| -> Vec<bool> {
            let sum = |counts: &[u64]| order[..taken].iter().map(|state| counts[*state]).sum();
            times.iter().map(|counts| !self.is_small(sum(counts))).collect()
        };
        let hidden = |taken: usize| shown(taken).iter().filter(|shown| !**shown).count();
        while taken > 0 && taken + 2 < order.len() && hidden(taken) * 4 > times.len() {
            taken += 1;
        }
        let shown = shown(taken);
        let mut places = order[..taken].to_vec();
        places.sort_unstable();
        (places, shown)
    }
}
