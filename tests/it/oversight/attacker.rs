//! A reader who knows every number that is published and every sum between them, and solves for what
//! is hidden. It shares no code with the protection: it reads rows, sets up equations in all counts of
//! a table at once, and asks linear programming for the least and the most that each can be.

use std::collections::{BTreeMap, BTreeSet};

use throughline::indicator::Shape;
use throughline::kernel::{Group, Stratum};
use throughline::oversight::{PublishedTable, Row, is_share_high};
use throughline::terms::Period;

use super::simplex::Simplex;
use super::world::everyone;

/// What a count is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Units,
    Met,
    Unmet,
    Excluded,
    Reason(usize),
}

pub(super) type Place = (usize, &'static str, Period, Group, Stratum);

/// One count of a table.
type Name = (What, Place);

/// What the reader can set up: counts shown and hidden, and equations among them.
pub(super) struct Attack {
    names: Vec<Name>,
    index: BTreeMap<Name, usize>,
    shown: Vec<Option<i64>>,
    truth: Vec<i64>,
    /// True for the difference of two sides of an inequality.
    slack: Vec<bool>,
    /// Counts that no reader may find out.
    secret: Vec<bool>,
    /// Σ coefficient × count = 0.
    equations: Vec<Vec<(usize, i64)>>,
}

/// A count that a reader has found out: its name, the truth, and the range that is left.
pub(super) type FoundOut = (String, i64, f64, f64);

fn place(row: &Row) -> Place {
    (row.measure, row.statistic, row.period, row.group.clone(), row.stratum.clone())
}

fn whole(row: &Row, numerator: bool) -> Option<i64> {
    let exact = if numerator { row.numerator } else { row.denominator };
    exact.and_then(|exact| i64::try_from(exact.parts).ok())
}

fn counts(row: &Row, shape: Shape) -> Vec<(What, Option<i64>)> {
    let (units, met) = (whole(row, false), whole(row, true));
    let share = matches!(shape, Shape::Share | Shape::MemberShare | Shape::Mix)
        || is_share_high(row.statistic);
    let mut counts = Vec::new();
    if shape != Shape::Rate {
        counts.push((What::Units, units));
    }
    if share || shape == Shape::Rate {
        counts.push((What::Met, met));
    }
    if share {
        counts.push((What::Unmet, units.zip(met).map(|(units, met)| units - met)));
    }
    if row.statistic.is_empty() && row.stratum == everyone() && row.group == Group::All {
        counts.push((What::Excluded, row.excluded));
        let reasons = row.excluded_by_reason.iter().enumerate();
        counts.extend(reasons.map(|(reason, count)| (What::Reason(reason), *count)));
    }
    counts
}

impl Attack {
    /// Reads the published table; the internal one gives the truth to judge by.
    pub(super) fn new(published: &PublishedTable, internal: &PublishedTable) -> Self {
        Self::with(published, None, internal)
    }

    /// Reads an earlier release of the same data as well.
    pub(super) fn with(
        published: &PublishedTable,
        earlier: Option<&PublishedTable>,
        internal: &PublishedTable,
    ) -> Self {
        let mut attack = Self {
            names: Vec::new(),
            index: BTreeMap::new(),
            shown: Vec::new(),
            truth: Vec::new(),
            slack: Vec::new(),
            secret: Vec::new(),
            equations: Vec::new(),
        };
        for row in published.rows() {
            if !row.statistic.is_empty() && !is_share_high(row.statistic) {
                continue;
            }
            let shape = published.measures()[row.measure].shape;
            let truth =
                internal.row(row.measure, row.statistic, row.period, &row.group, &row.stratum);
            let truth = truth.expect("the internal table has every row");
            // A value to three decimals may give its counts away: the reader is granted them.
            let before = earlier.and_then(|earlier| {
                earlier.row(row.measure, row.statistic, row.period, &row.group, &row.stratum)
            });
            let was_seen = before.is_some_and(|row| row.value.is_some());
            let seen = if row.value.is_some() || was_seen { truth } else { row };
            let exclusions = counts(row, shape);
            for (((what, shown), (_, truth)), (_, own)) in
                counts(seen, shape).into_iter().zip(counts(truth, shape)).zip(exclusions)
            {
                let excluded = matches!(what, What::Excluded | What::Reason(_));
                let shown = if excluded { own } else { shown };
                let truth = truth.expect("the internal table hides nothing");
                attack.add((what, place(row)), shown, truth, false);
            }
        }
        attack.rows_add_up(published);
        attack.parts_add_up(published);
        attack.levels_add_up(published);
        attack.measures_agree(published);
        attack
    }

    /// Takes in a count that a file tells.
    pub(super) fn learn(&mut self, what: What, place: &Place, count: i64) {
        let Some(index) = self.find(what, place) else { return };
        assert_eq!(count, self.truth[index], "{:?} is told", self.names[index]);
        self.shown[index] = Some(count);
    }

    fn add(&mut self, name: Name, shown: Option<i64>, truth: i64, slack: bool) {
        if !slack {
            self.index.insert(name.clone(), self.names.len());
        }
        self.names.push(name);
        self.shown.push(shown);
        self.truth.push(truth);
        self.slack.push(slack);
        self.secret.push(!slack);
    }

    fn find(&self, what: What, place: &Place) -> Option<usize> {
        self.index.get(&(what, place.clone())).copied()
    }

    /// A sum that the reader knows to hold; one that does not hold would be a mistake of this test.
    fn equation(&mut self, terms: Vec<(usize, i64)>) {
        let sum: i64 = terms.iter().map(|(index, by)| self.truth[*index] * by).sum();
        assert_eq!(
            sum,
            0,
            "{:?}",
            terms.iter().map(|(at, _)| &self.names[*at]).collect::<Vec<_>>()
        );
        self.equations.push(terms);
    }

    /// The first count is at most the second, and what lies between is a secret, too.
    fn at_most(&mut self, less: usize, more: usize) {
        let between = self.truth[more] - self.truth[less];
        let shown = self.shown[more].zip(self.shown[less]).map(|(more, less)| more - less);
        self.add(self.names[less].clone(), shown, between, true);
        let slack = self.names.len() - 1;
        self.secret[slack] = true;
        self.equation(vec![(less, 1), (slack, 1), (more, -1)]);
    }

    fn rows_add_up(&mut self, table: &PublishedTable) {
        for row in table.rows() {
            let place = place(row);
            let find = |what| self.find(what, &place);
            let [units, met, unmet] = [What::Units, What::Met, What::Unmet].map(find);
            let reasons: Vec<usize> =
                (0..8).filter_map(|reason| find(What::Reason(reason))).collect();
            let excluded = find(What::Excluded);
            if let (Some(units), Some(met), Some(unmet)) = (units, met, unmet) {
                self.equation(vec![(met, 1), (unmet, 1), (units, -1)]);
            }
            if let (Some(excluded), false) = (excluded, reasons.is_empty()) {
                let terms = reasons.into_iter().map(|reason| (reason, 1));
                self.equation(terms.chain([(excluded, -1)]).collect());
            }
        }
    }

    /// Parts and totals over groups, strata and time.
    fn parts_add_up(&mut self, table: &PublishedTable) {
        let mut totals: BTreeMap<(String, Name), Vec<usize>> = BTreeMap::new();
        for (name, index) in self.index.clone() {
            let (what, (measure, statistic, period, group, stratum)) = name;
            let shape = table.measures()[measure].shape;
            let mut under = |kind: &str, place: Place| {
                totals.entry((kind.to_owned(), (what, place))).or_default().push(index);
            };
            if group != Group::All {
                under("group", (measure, statistic, period, Group::All, stratum.clone()));
            }
            if stratum.kind != "all" && stratum.kind != "level" {
                under(&stratum.kind, (measure, statistic, period, group.clone(), everyone()));
            }
            if matches!(shape, Shape::Share | Shape::Rate | Shape::Mix) {
                let periods: BTreeSet<Period> =
                    table.rows_of(measure).iter().map(|row| row.period).collect();
                for outer in periods {
                    if outer.grain > period.grain && outer.contains(period.start) {
                        let total = (measure, statistic, outer, group.clone(), stratum.clone());
                        under(period.grain.name(), total);
                    }
                }
            }
        }
        for ((_, total), parts) in totals {
            if let Some(index) = self.index.get(&total).copied() {
                self.equation(parts.iter().map(|part| (*part, 1)).chain([(index, -1)]).collect());
            }
        }
    }

    /// The days of all levels are the denominator, which every level shows.
    fn levels_add_up(&mut self, table: &PublishedTable) {
        let mut rows: BTreeMap<(usize, Period, Group), Vec<Place>> = BTreeMap::new();
        for row in table.rows().iter().filter(|row| row.stratum.kind == "level") {
            rows.entry((row.measure, row.period, row.group.clone())).or_default().push(place(row));
        }
        for places in rows.into_values() {
            let units: Vec<usize> =
                places.iter().filter_map(|place| self.find(What::Units, place)).collect();
            let met = places.iter().filter_map(|place| self.find(What::Met, place));
            let terms = met.map(|met| (met, 1)).chain([(units[0], -1)]).collect();
            self.equation(terms);
            for other in &units[1..] {
                self.equation(vec![(units[0], 1), (*other, -1)]);
            }
        }
    }

    /// `fu_7d`, `fu_14d` and `fu_30d` count the same discharges, and those followed up earlier are among those
    /// followed up later; `outreach` counts those followed up in 30 days; the share of high values has the
    /// members of its mean.
    fn measures_agree(&mut self, table: &PublishedTable) {
        let id = |measure: usize| table.measures()[measure].id.as_str();
        for (name, index) in self.index.clone() {
            let (what, mut place) = name;
            match (id(place.0), what) {
                ("fu_7d", What::Met) => {
                    for later in [1, 7] {
                        place.0 = later;
                        let other = self.find(what, &place).expect("the same rows");
                        self.at_most(index, other);
                    }
                }
                ("fu_14d", What::Met) => {
                    place.0 = 1;
                    let other = self.find(what, &place).expect("the same rows");
                    self.at_most(index, other);
                }
                ("fu_7d" | "fu_14d", What::Unmet) => {}
                ("fu_7d" | "fu_14d", _) => {
                    place.0 = 1;
                    let other = self.find(what, &place).expect("the same rows");
                    self.equation(vec![(index, 1), (other, -1)]);
                }
                ("fu_30d", What::Met) => {
                    place.0 = 2;
                    match self.find(What::Units, &place) {
                        Some(other) => self.equation(vec![(index, 1), (other, -1)]),
                        None => self.equation(vec![(index, 1)]),
                    }
                }
                (_, What::Units) if is_share_high(place.1) => {
                    place.1 = "";
                    let other = self.find(What::Units, &place).expect("the row of the mean");
                    self.equation(vec![(index, 1), (other, -1)]);
                }
                _ => {}
            }
        }
    }

    fn is_small(&self, index: usize, threshold: i64) -> bool {
        self.secret[index] && (1..threshold).contains(&self.truth[index])
    }

    /// Counts that are small and shown.
    pub(super) fn shown_small(&self, threshold: i64) -> Vec<&Name> {
        let shown = (0..self.names.len())
            .filter(|index| self.shown[*index].is_some() && self.is_small(*index, threshold));
        shown.map(|index| &self.names[index]).collect()
    }

    /// How many counts are hidden, of how many.
    pub(super) fn hidden_share(&self) -> (usize, usize) {
        let counts = || (0..self.names.len()).filter(|index| !self.slack[*index]);
        (counts().filter(|index| self.shown[*index].is_none()).count(), counts().count())
    }

    /// Small counts that the reader knows too well: a plain reader must be left with a range as wide
    /// as the threshold, and one who knows which hidden counts are zero with more than one choice.
    pub(super) fn found_out(&self, threshold: i64) -> Vec<FoundOut> {
        let mut found = Vec::new();
        for (informed, width) in [(false, threshold), (true, 1)] {
            for part in self.connected() {
                let small: Vec<usize> =
                    (0..part.len()).filter(|at| self.is_small(part[*at], threshold)).collect();
                if small.is_empty() {
                    continue;
                }
                let mut simplex = self.programme(&part, informed);
                for at in small {
                    let (truth, least) = (self.truth[part[at]], self.least(part[at], informed));
                    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                    let (width, truth_f, least) = (width as f64, truth as f64, least as f64);
                    let high = simplex.most(at) + least;
                    // The truth is in the range.
                    if high - truth_f >= width - 1e-6 {
                        continue;
                    }
                    let low = simplex.least(at) + least;
                    if high - low < width - 1e-6 {
                        found.push((format!("{:?}", self.names[part[at]]), truth, low, high));
                    }
                }
            }
        }
        found
    }

    fn least(&self, index: usize, informed: bool) -> i64 {
        if informed && self.secret[index] { self.truth[index].min(1) } else { 0 }
    }

    /// Hidden counts that hang together.
    fn connected(&self) -> Vec<Vec<usize>> {
        let mut home: Vec<usize> = (0..self.names.len()).collect();
        for terms in &self.equations {
            let hidden: Vec<usize> = terms
                .iter()
                .map(|(index, _)| *index)
                .filter(|index| self.shown[*index].is_none())
                .collect();
            for pair in hidden.windows(2) {
                let (a, b) = (first(&mut home, pair[0]), first(&mut home, pair[1]));
                home[a.max(b)] = a.min(b);
            }
        }
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for index in (0..self.names.len()).filter(|index| self.shown[*index].is_none()) {
            let home = first(&mut home, index);
            parts.entry(home).or_default().push(index);
        }
        parts.into_values().collect()
    }

    fn programme(&self, part: &[usize], informed: bool) -> Simplex {
        let place: BTreeMap<usize, usize> =
            part.iter().enumerate().map(|(place, index)| (*index, place)).collect();
        let mut rows = Vec::new();
        for terms in &self.equations {
            if !terms.iter().any(|(index, _)| place.contains_key(index)) {
                continue;
            }
            let mut row = vec![0.0; part.len()];
            let mut rest = 0;
            for (index, by) in terms {
                if let Some(place) = place.get(index) {
                    row[*place] += f64::from(i32::try_from(*by).expect("±1"));
                    rest -= by * self.least(*index, informed);
                } else {
                    rest -= by * self.shown[*index].expect("hidden counts of a sum hang together");
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            rows.push((row, rest as f64));
        }
        Simplex::new(rows, part.len())
    }
}

/// The first of the counts that one hangs together with.
fn first(home: &mut [usize], mut at: usize) -> usize {
    while home[at] != at {
        home[at] = home[home[at]];
        at = home[at];
    }
    at
}
