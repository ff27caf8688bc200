//! What else has to be hidden so that no count can be found out.
//!
//! Every count has to have a witness (see `witness`). Where the hidden rows allow for none, the
//! cheapest rows that would are hidden too; then rows that turn out not to be needed are shown
//! again. Hiding more never undoes a witness. What can't be proved is hidden as a whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::flow::Terms;
use super::sheet::{BEYOND, Need, Reader, Sheet, Sight};
use super::witness::{Search, Witness};

/// How often the hidden rows are gone through once more.
const ROUNDS: usize = 2;

/// Rows that so many counts rely on stay hidden without trying.
const MOST: usize = 150;

/// Hides rows until nothing that a sheet must keep can be found out.
pub(super) fn protect(sheet: &mut Sheet) {
    sheet.needs.sort();
    sheet.needs.dedup();
    // Everyone first: what is hidden there allows for much in the breakdowns, and longer periods
    // stand after the shorter ones.
    let times = sheet.space.times();
    let mut order = std::mem::take(&mut sheet.needs);
    order.sort_by_key(|need| (need.place / times != 0, usize::MAX - need.place % times));
    let mut guard = Guard { search: Search::new(sheet), sheet, proofs: Vec::new() };
    let mut known = BTreeMap::new();
    for need in order {
        guard.meet(need, &mut known);
    }
    for _ in 0..ROUNDS {
        if !guard.tidy() {
            break;
        }
    }
    let proved = guard.proofs.iter().all(|(need, witness)| witness.proves(guard.sheet, need));
    if !proved {
        guard.sheet.hide_all();
    }
    guard.sheet.needs = guard.proofs.into_iter().map(|(need, _)| need).collect();
}

/// Witnesses by place, direction, width and reader.
type Known = BTreeMap<(usize, usize, i64, Reader), Witness>;

struct Guard<'s> {
    sheet: &'s mut Sheet,
    search: Search,
    proofs: Vec<(Need, Witness)>,
}

impl Guard<'_> {
    /// Finds a witness for a need, and hides what it takes.
    fn meet(&mut self, need: Need, known: &mut Known) {
        let key = |direction: usize| (need.place, direction, need.width, need.reader);
        let old = need.directions.iter().find_map(|direction| known.get(&key(*direction)));
        let found = old
            .cloned()
            .or_else(|| self.free(&need, true))
            .or_else(|| self.paid(&need))
            .or_else(|| self.dear(&need));
        // Without one, nothing of the sheet can be shown, which the last check sees to.
        let witness = found.unwrap_or_default();
        for place in witness.places() {
            self.sheet.hide(witness.direction, place);
        }
        known.insert(key(witness.direction), witness.clone());
        self.proofs.push((need, witness));
    }

    /// A witness that hides nothing more; everyone's counts change only where they must.
    fn free(&self, need: &Need, jointly: bool) -> Option<Witness> {
        let terms = |direction: &usize| self.terms(need, *direction, false);
        let directions = || need.directions.iter();
        let within = directions().find_map(|direction| self.search.within(terms(direction), need));
        let joint = || directions().find_map(|direction| self.search.joint(terms(direction), need));
        within.or_else(|| jointly.then(joint).flatten())
    }

    /// The witness for which the least must be hidden, within the breakdown if there is one.
    fn paid(&self, need: &Need) -> Option<Witness> {
        let terms = |direction: &usize| self.terms(need, *direction, true);
        let found = need
            .directions
            .iter()
            .filter_map(|direction| self.search.within(terms(direction), need));
        found.min_by_key(|witness| witness.cost)
    }

    /// The witness for which the least must be hidden if everyone's counts change too.
    fn dear(&self, need: &Need) -> Option<Witness> {
        let terms = |direction: &usize| self.terms(need, *direction, true);
        let found = need
            .directions
            .iter()
            .filter_map(|direction| self.search.joint(terms(direction), need));
        found.min_by_key(|witness| witness.cost)
    }

    fn terms(&self, need: &Need, direction: usize, paying: bool) -> Terms<'_> {
        Terms { sheet: self.sheet, direction, reader: need.reader, paying }
    }

    /// Shows rows again that nothing needs, or for which cheaper ones can be hidden, the most
    /// expensive ones first. True if any was.
    fn tidy(&mut self) -> bool {
        let mut users: BTreeMap<(usize, usize), BTreeSet<usize>> = BTreeMap::new();
        for (index, (_, witness)) in self.proofs.iter().enumerate() {
            note(self.sheet, &mut users, index, witness);
        }
        let mut changed = false;
        for (layer, place) in self.to_try() {
            let concerned: Vec<usize> =
                users.get(&(layer, place)).into_iter().flatten().copied().collect();
            if concerned.len() > MOST {
                continue;
            }
            let found = self.do_without(&concerned, layer, place);
            changed |= found.is_some();
            for (index, witness) in found.into_iter().flatten() {
                note(self.sheet, &mut users, index, &witness);
                self.proofs[index].1 = witness;
            }
        }
        changed
    }

    /// Rows that need not be hidden for their own sake.
    fn to_try(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (index, layer) in self.sheet.layers.iter().enumerate() {
            let open = (0..layer.sight.len())
                .filter(|place| layer.sight[*place] == Sight::Hidden && !layer.fixed[*place]);
            found.extend(open.map(|place| (layer.cost[place], index, place)));
        }
        found.sort_by_key(|(cost, layer, place)| (Reverse(*cost), *layer, *place));
        found.into_iter().map(|(_, layer, place)| (layer, place)).collect()
    }

    /// Shows a row, if all who rely on it have witnesses that do without and cost less.
    fn do_without(
        &mut self,
        concerned: &[usize],
        layer: usize,
        place: usize,
    ) -> Option<Vec<(usize, Witness)>> {
        let cost = self.sheet.layers[layer].cost[place];
        self.sheet.set((layer, place), Sight::Shown, BEYOND);
        let mut instead = Vec::new();
        let found = self.prove_again(concerned, (layer, place), cost, &mut instead);
        let sight = if found.is_none() { Sight::Hidden } else { Sight::Shown };
        for (layer, place) in instead.into_iter().filter(|_| found.is_none()) {
            self.sheet.set((layer, place), Sight::Shown, self.sheet.layers[layer].cost[place]);
        }
        self.sheet.set((layer, place), sight, cost);
        found
    }

    fn prove_again(
        &mut self,
        concerned: &[usize],
        row: (usize, usize),
        mut limit: i64,
        instead: &mut Vec<(usize, usize)>,
    ) -> Option<Vec<(usize, Witness)>> {
        let mut found: Vec<(usize, Witness)> = Vec::new();
        let mut known = Known::new();
        for index in concerned {
            let (need, old) = &self.proofs[*index];
            let relies = self.sheet.directions[old.direction].seen_in.contains(&row.0)
                && old.places().any(|used| used == row.1);
            if !relies {
                continue;
            }
            let key = |direction: usize| (need.place, direction, need.width, need.reader);
            let again = need.directions.iter().find_map(|direction| known.get(&key(*direction)));
            let again = again
                .cloned()
                .or_else(|| self.free(need, old.joint))
                .or_else(|| self.paid(need))?;
            let key = key(again.direction);
            for place in again.places() {
                for layer in self.sheet.hide(again.direction, place) {
                    limit -= self.sheet.layers[layer].cost[place];
                    instead.push((layer, place));
                }
            }
            if limit <= 0 {
                return None;
            }
            known.insert(key, again.clone());
            found.push((*index, again));
        }
        Some(found)
    }
}

fn note(
    sheet: &Sheet,
    users: &mut BTreeMap<(usize, usize), BTreeSet<usize>>,
    index: usize,
    witness: &Witness,
) {
    for place in witness.places() {
        for layer in &sheet.directions[witness.direction].seen_in {
            users.entry((*layer, place)).or_default().insert(index);
        }
    }
}
