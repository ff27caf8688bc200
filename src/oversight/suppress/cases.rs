//! Tables of two dimensions, against patterns that others have found and cases done by hand.

use super::count::{Count, Kept, sheet};
use super::protect::protect;
use super::sheet::{Layer, Sheet, Sight};
use super::space::{Kind, Space};

/// Rows and columns with published totals. Zeros are known, small counts and `also` are hidden.
pub(super) fn table(counts: &[&[i64]], threshold: i64, also: &[(usize, usize)]) -> Sheet {
    let columns = counts[0].len();
    let parents = (0..columns).map(|_| Some(columns)).chain([None]).collect();
    let kind =
        Kind { members: (1..=counts.len()).collect(), adds_up: true, unpublished: Vec::new() };
    let space = Space::new(counts.len() + 1, vec![kind], parents);
    let mut values = vec![0; space.places()];
    for (row, counts) in counts.iter().enumerate() {
        for (column, count) in counts.iter().enumerate() {
            for (row, column) in [(row + 1, column), (row + 1, columns), (0, column), (0, columns)]
            {
                values[space.place(row, column)] += count;
            }
        }
    }
    let fixed: Vec<bool> = (0..values.len())
        .map(|place| {
            let (row, column) = space.split(place);
            (1..threshold).contains(&values[place])
                || also.iter().any(|at| (at.0 + 1, at.1) == (row, column))
        })
        .collect();
    let sight = values.iter().zip(&fixed).map(|(value, fixed)| match (*fixed, *value) {
        (true, _) => Sight::Hidden,
        (false, 0) => Sight::Missing,
        (false, _) => Sight::Shown,
    });
    let cost = values.iter().map(|value| value + threshold).collect();
    let layers = vec![Layer { sight: sight.collect(), cost, fixed }];
    let count = Count { values, layers: vec![0], jointly: false, kept: Kept::Small };
    sheet(space, layers, &[count], &[vec![1]], threshold)
}

/// What is hidden beside the small counts: how many cells, and the sum of their counts.
pub(super) fn hidden_too(sheet: &Sheet, threshold: i64) -> (usize, i64) {
    let layer = &sheet.layers[0];
    let also = (0..layer.sight.len())
        .filter(|place| layer.sight[*place] == Sight::Hidden && !layer.fixed[*place]);
    let costs: Vec<i64> = also.map(|place| layer.cost[place] - threshold).collect();
    (costs.len(), costs.iter().sum())
}

/// τ-ARGUS (optimal) hides four cells with 58 units.
#[test]
fn a_table_of_five_by_four_costs_no_more_than_the_best() {
    let counts: [&[i64]; 5] =
        [&[107, 0, 15, 64], &[27, 19, 24, 9], &[12, 17, 31, 11], &[21, 23, 0, 87], &[9, 0, 11, 58]];
    let mut sheet = table(&counts, 11, &[]);
    protect(&mut sheet);
    assert_eq!(hidden_too(&sheet, 11), (4, 58));
}

/// τ-ARGUS (optimal) hides four cells with 125 units, but leaves 5 and 1 in a range from 0 to 6; a
/// range as wide as the threshold takes a fifth cell.
#[test]
fn a_table_of_eight_by_five_costs_one_cell_more() {
    let counts: [&[i64]; 8] = [
        &[5, 1, 0, 26, 125],
        &[40, 129, 0, 148, 109],
        &[10, 82, 31, 180, 21],
        &[71, 0, 36, 64, 0],
        &[24, 0, 157, 49, 156],
        &[19, 33, 130, 27, 0],
        &[0, 21, 156, 40, 0],
        &[8, 60, 42, 83, 253],
    ];
    let mut sheet = table(&counts, 11, &[]);
    protect(&mut sheet);
    let (cells, units) = hidden_too(&sheet, 11);
    assert!(cells <= 5, "{cells} cells with {units} units");
}

/// A title says 180, of which 3 are hidden: what is left is hidden too, or the total.
#[test]
fn the_rest_of_a_total_is_hidden_too() {
    let mut sheet = table(&[&[3, 177]], 6, &[]);
    protect(&mut sheet);
    assert!(hidden_too(&sheet, 6).0 > 0);
}

/// Another zero gives a hidden zero away, so that it takes a cell that is not empty.
#[test]
fn a_zero_is_no_partner() {
    let mut sheet = table(&[&[10, 5, 0, 0]], 1, &[(0, 2)]);
    let place = sheet.space.place(1, 2);
    sheet.needs.push(super::sheet::Need {
        place,
        width: 1,
        reader: super::sheet::Reader::Plain,
        directions: vec![0],
    });
    protect(&mut sheet);
    assert!(hidden_too(&sheet, 1).1 > 0);
}

/// Two hidden ones with the sum of two are known to who knows that neither is zero.
#[test]
fn two_ones_take_a_third() {
    let mut sheet = table(&[&[10, 3, 1, 1]], 2, &[]);
    protect(&mut sheet);
    assert!(hidden_too(&sheet, 2).0 > 0);
}

/// Regions in counties and regions in groups are two breakdowns of the same people (sdcTools issue
/// 136), here by county and by size: a change in one that is not possible in the other is none.
#[test]
fn linked_tables_are_protected_together() {
    // Everyone; two counties; three sizes. 20 + 16 = 36, and 2 + 6 + 28 = 36.
    let kinds = vec![
        Kind { members: vec![1, 2], adds_up: true, unpublished: Vec::new() },
        Kind { members: vec![3, 4, 5], adds_up: true, unpublished: Vec::new() },
    ];
    let space = Space::new(6, kinds, vec![None]);
    let values = vec![36, 20, 16, 2, 6, 28];
    let fixed: Vec<bool> = values.iter().map(|value| *value < 11).collect();
    let sight = fixed.iter().map(|fixed| if *fixed { Sight::Hidden } else { Sight::Shown });
    let layers = vec![Layer { sight: sight.collect(), cost: values.clone(), fixed: fixed.clone() }];
    let count = Count { values, layers: vec![0], jointly: false, kept: Kept::Small };
    let mut sheet = sheet(space, layers, &[count], &[vec![1]], 11);
    protect(&mut sheet);
    let hidden: Vec<usize> = (0..6).filter(|place| sheet.is_hidden(0, *place)).collect();
    assert_eq!(hidden, [3, 4, 5], "2 + 6 are too few to hide behind each other; 28 is with them");
}

/// Where two blocks of hidden cells are joined by a single one, four sums give it away, though each
/// sum has several hidden cells.
#[test]
fn a_cell_that_joins_two_blocks_gets_company() {
    let counts: [&[i64]; 4] =
        [&[10, 10, 100, 100], &[10, 10, 5, 100], &[100, 100, 10, 10], &[100, 100, 10, 10]];
    let mut sheet = table(&counts, 11, &[]);
    protect(&mut sheet);
    assert!(hidden_too(&sheet, 11).0 > 0);
}

/// A sum of money that one member may hold most of has a range as wide as itself.
#[test]
fn a_sum_of_money_is_not_narrowed_to_less_than_itself() {
    let kind = Kind { members: vec![1, 2, 3], adds_up: true, unpublished: Vec::new() };
    let space = Space::new(4, vec![kind], vec![Some(2), Some(2), None]);
    // Everyone and three organisations: two months and their quarter, in cents.
    let values = vec![9_000, 8_000, 17_000, 2_000, 1_500, 3_500, 3_000, 2_500, 5_500];
    let values = [values, vec![4_000, 4_000, 8_000]].concat();
    let mut dominated = vec![false; 12];
    dominated[3] = true;
    let sight = dominated.iter().map(|hidden| if *hidden { Sight::Hidden } else { Sight::Shown });
    let layers =
        vec![Layer { sight: sight.collect(), cost: values.clone(), fixed: dominated.clone() }];
    let count = Count { values, layers: vec![0], jointly: false, kept: Kept::Sum(dominated) };
    let mut sheet = sheet(space, layers, &[count], &[vec![1]], 11);
    protect(&mut sheet);
    let hidden: Vec<usize> = (0..12).filter(|place| sheet.is_hidden(0, *place)).collect();
    assert_eq!(hidden, [3, 4, 6, 7], "two organisations in two months can exchange their sums");
}
