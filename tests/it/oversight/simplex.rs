//! Linear programming, just enough of it: dense tableau, two phases, Dantzig's rule and, where that
//! stands still, Bland's.

/// x ≥ 0 with equations; the basis stays feasible from one question to the next.
pub(crate) struct Simplex {
    /// Rows of coefficients, the right-hand side last.
    table: Vec<Vec<f64>>,
    basis: Vec<usize>,
    variables: usize,
}

const ZERO: f64 = 1e-7;

impl Simplex {
    pub(crate) fn new(rows: Vec<(Vec<f64>, f64)>, variables: usize) -> Self {
        let artificial = rows.len();
        let mut table = Vec::new();
        for (index, (mut row, mut rest)) in rows.into_iter().enumerate() {
            if rest < 0.0 {
                for value in &mut row {
                    *value = -*value;
                }
                rest = -rest;
            }
            row.resize(variables + artificial, 0.0);
            row[variables + index] = 1.0;
            row.push(rest);
            table.push(row);
        }
        let mut simplex =
            Self { basis: (variables..variables + artificial).collect(), table, variables };
        let mut goal = vec![0.0; variables + artificial];
        goal[variables..].fill(-1.0);
        let best = simplex.maximise(&goal, variables + artificial);
        assert!(best.abs() < 1e-4, "the truth is a solution, so there is one: {best}");
        simplex.drop_artificial();
        simplex
    }

    fn drop_artificial(&mut self) {
        for row in 0..self.table.len() {
            if self.basis[row] >= self.variables
                && let Some(column) =
                    (0..self.variables).find(|column| self.table[row][*column].abs() > ZERO)
            {
                self.pivot(row, column);
            }
        }
        let keep: Vec<bool> = self.basis.iter().map(|basic| *basic < self.variables).collect();
        let mut kept = keep.iter();
        self.table.retain(|_| *kept.next().expect("one for each row"));
        self.basis.retain(|basic| *basic < self.variables);
        for row in &mut self.table {
            let rest = row.pop().expect("a right-hand side");
            row.truncate(self.variables);
            row.push(rest);
        }
    }

    pub(crate) fn most(&mut self, variable: usize) -> f64 {
        let mut goal = vec![0.0; self.variables];
        goal[variable] = 1.0;
        self.maximise(&goal, self.variables)
    }

    pub(crate) fn least(&mut self, variable: usize) -> f64 {
        let mut goal = vec![0.0; self.variables];
        goal[variable] = -1.0;
        -self.maximise(&goal, self.variables)
    }

    fn maximise(&mut self, goal: &[f64], columns: usize) -> f64 {
        let last = self.table.first().map_or(0, Vec::len).saturating_sub(1);
        // Reduced costs, kept up to date by pivoting them along.
        let mut costs: Vec<f64> = goal.to_vec();
        costs.push(0.0);
        for (row, basic) in self.table.iter().zip(&self.basis) {
            let by = goal[*basic];
            if by != 0.0 {
                costs.iter_mut().zip(row).for_each(|(cost, value)| *cost -= by * value);
            }
        }
        let mut still = 0;
        loop {
            let entering = (0..columns).filter(|column| costs[*column] > ZERO);
            let column = if still > 50 {
                entering.min()
            } else {
                entering.max_by(|a, b| costs[*a].total_cmp(&costs[*b]))
            };
            let Some(column) = column else { break };
            let mut leaving: Option<(usize, f64)> = None;
            for (row, values) in
                self.table.iter().enumerate().filter(|(_, values)| values[column] > ZERO)
            {
                let ratio = values[last] / values[column];
                let first = leaving.is_none_or(|(best, least)| {
                    ratio < least - ZERO
                        || (ratio < least + ZERO && self.basis[row] < self.basis[best])
                });
                if first {
                    leaving = Some((row, ratio));
                }
            }
            let Some((row, ratio)) = leaving else { return f64::INFINITY };
            still = if ratio > ZERO { 0 } else { still + 1 };
            self.pivot(row, column);
            let by = costs[column];
            costs.iter_mut().zip(&self.table[row]).for_each(|(cost, value)| *cost -= by * value);
        }
        -costs[last]
    }

    fn pivot(&mut self, row: usize, column: usize) {
        let by = self.table[row][column];
        self.table[row].iter_mut().for_each(|value| *value /= by);
        let own = self.table[row].clone();
        for (index, values) in self.table.iter_mut().enumerate() {
            let by = values[column];
            if index != row && by.abs() > 1e-12 {
                values.iter_mut().zip(&own).for_each(|(value, own)| *value -= by * own);
            }
        }
        self.basis[row] = column;
    }
}
