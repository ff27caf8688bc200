//! What else has to be hidden so that no sum gives a hidden cell away.
//!
//! Two steps, until neither finds anything: in every sum the hidden parts must be several and hold
//! enough together; then the bounds that a reader can work out from all sums at once must leave
//! every hidden count a range at least as wide as the threshold.

use super::sheet::{Sheet, Sum};

/// Hides more cells of a sheet until every hidden one is safe. Each step hides at least one cell, so
/// that this ends.
pub(super) fn protect(sheet: &mut Sheet, threshold: i64) {
    loop {
        let mut changed = true;
        while changed {
            changed = false;
            for place in 0..sheet.sums.len() {
                changed |= mend(sheet, place, threshold);
            }
        }
        if !audit(sheet, threshold) {
            return;
        }
    }
}

/// Hides one more cell if a sum gives something away; true if it did.
fn mend(sheet: &mut Sheet, place: usize, threshold: i64) -> bool {
    let sum = &sheet.sums[place];
    let total_hidden = sum.total.is_some_and(|total| sheet.cells[total].hidden);
    let hidden: Vec<usize> =
        sum.parts.iter().copied().filter(|part| sheet.cells[*part].hidden).collect();
    if total_hidden {
        // A hidden total of shown parts can be added up.
        return hidden.is_empty() && hide_one(sheet, place);
    }
    if hidden.is_empty() {
        return false;
    }
    let n_counts = sheet.cells[hidden[0]].counts.len();
    let thin = |count: usize| {
        let held: i64 = hidden.iter().map(|part| sheet.cells[*part].counts[count]).sum();
        0 < held && held < threshold
    };
    let unsafe_sum = hidden.len() < 2 || (0..n_counts).any(thin);
    unsafe_sum && hide_one(sheet, place)
}

/// Hides the smallest shown part of a sum that is not empty, or else its total. Nothing is left to
/// hide only where all of the sum is hidden.
fn hide_one(sheet: &mut Sheet, place: usize) -> bool {
    let Sum { total, parts } = &sheet.sums[place];
    let shown = parts.iter().copied().filter(|part| !sheet.cells[*part].hidden);
    let smallest = shown.min_by_key(|part| {
        let cell = &sheet.cells[*part];
        (cell.counts[0] == 0, cell.counts[0], cell.key.clone())
    });
    let next = smallest.or_else(|| total.filter(|total| !sheet.cells[*total].hidden));
    match next {
        Some(cell) => {
            sheet.cells[cell].hidden = true;
            true
        }
        None => false,
    }
}

/// Works out what a reader can: bounds of every hidden count. Hides more around counts that are
/// bounded too well; true if it did.
fn audit(sheet: &mut Sheet, threshold: i64) -> bool {
    let n_counts = sheet.cells.first().map_or(0, |cell| cell.counts.len());
    for count in 0..n_counts {
        let bounds = bounds(sheet, count);
        for (cell, (low, high)) in bounds.into_iter().enumerate() {
            let value = sheet.cells[cell].counts[count];
            if sheet.cells[cell].hidden
                && value > 0
                && high - low < threshold - 1
                && hide_around(sheet, cell)
            {
                return true;
            }
        }
    }
    false
}

/// More than any count.
const BEYOND: i64 = i64::MAX / 4;

fn bounds(sheet: &Sheet, count: usize) -> Vec<(i64, i64)> {
    let start = |cell: &super::sheet::SheetCell| {
        if cell.hidden { (0, BEYOND) } else { (cell.counts[count], cell.counts[count]) }
    };
    let mut bounds: Vec<(i64, i64)> = sheet.cells.iter().map(start).collect();
    for _ in 0..40 {
        let mut tighter = false;
        for sum in &sheet.sums {
            tighter |= tighten(sheet, sum, count, &mut bounds);
        }
        if !tighter {
            break;
        }
    }
    bounds
}

fn tighten(sheet: &Sheet, sum: &Sum, count: usize, bounds: &mut [(i64, i64)]) -> bool {
    let low: i64 = sum.parts.iter().map(|part| bounds[*part].0).sum();
    let high = sum
        .parts
        .iter()
        .map(|part| bounds[*part].1)
        .fold(0_i64, |all, one| (all + one).min(BEYOND));
    let known: i64 = sum.parts.iter().map(|part| sheet.cells[*part].counts[count]).sum();
    let total = sum.total.map_or((known, known), |total| bounds[total]);
    let mut tighter = false;
    if let Some(place) = sum.total {
        let better = (total.0.max(low), total.1.min(high));
        tighter |= better != bounds[place];
        bounds[place] = better;
    }
    for part in &sum.parts {
        let own = bounds[*part];
        let others_low = low - own.0;
        let others_high = if high >= BEYOND { BEYOND } else { high - own.1 };
        let better = (own.0.max(total.0 - others_high), own.1.min(total.1 - others_low));
        tighter |= better != own;
        bounds[*part] = better;
    }
    tighter
}

/// Hides one more cell in some sum that a cell is in.
fn hide_around(sheet: &mut Sheet, cell: usize) -> bool {
    for place in 0..sheet.sums.len() {
        let sum = &sheet.sums[place];
        if (sum.total == Some(cell) || sum.parts.contains(&cell)) && hide_one(sheet, place) {
            return true;
        }
    }
    false
}
