//! The flow of people as a table in which no small count can be found by subtracting.

use super::cohort::Flow;
use super::sheet::{Field, Screen, Sheet};

/// One stretch of the flow: what is left at its start, and who leaves.
struct Stretch {
    what: &'static str,
    start: u64,
    outs: Vec<(String, u64)>,
}

impl Stretch {
    fn out(&self) -> u64 {
        self.outs.iter().map(|(_, n)| n).sum()
    }
}

/// The flow of people. Reasons with few people stand together; where too few leave altogether, the
/// number before and the one after are not both shown.
pub(super) fn flow_sheet(flow: &[Flow], screen: Screen) -> Sheet {
    let (mut stretches, end) = stretches(flow);
    while let Some(at) = stretches.iter().position(|one| screen.is_small(one.out())) {
        if stretches.len() == 1 {
            stretches.clear();
            break;
        }
        let from = if at == 0 { 1 } else { at };
        let later = stretches.remove(from);
        stretches[from - 1].outs.extend(later.outs);
    }
    let mut rows = Vec::new();
    for stretch in &stretches {
        rows.push(vec![Field::words(stretch.what), Field::Count(stretch.start)]);
        rows.extend(outs(&stretch.outs, screen));
    }
    rows.push(vec![Field::words(end.0), Field::Count(end.1)]);
    Sheet {
        id: "flow".into(),
        title: "Flow of people: from index events to members compared".into(),
        heads: vec!["Step", "Count"],
        rows,
    }
}

fn outs(outs: &[(String, u64)], screen: Screen) -> Vec<Vec<Field>> {
    let counts: Vec<u64> = outs.iter().map(|(_, n)| *n).collect();
    let pooled = screen.pooled(&counts);
    let alone = (0..outs.len()).filter(|place| !pooled.contains(place));
    let mut rows: Vec<Vec<Field>> = alone
        .map(|place| {
            vec![Field::words(format!("– {}", outs[place].0)), Field::Count(outs[place].1)]
        })
        .collect();
    if !pooled.is_empty() {
        let reasons: Vec<&str> = pooled.iter().map(|place| outs[*place].0.as_str()).collect();
        let sum: u64 = pooled.iter().map(|place| counts[*place]).sum();
        let words = format!("– together: {}", reasons.join("; "));
        rows.push(vec![Field::words(words), Field::Count(sum)]);
    }
    rows
}

fn stretches(flow: &[Flow]) -> (Vec<Stretch>, (&'static str, u64)) {
    let mut stretches: Vec<Stretch> = Vec::new();
    for step in flow {
        match step {
            Flow::Left { what, n } => {
                stretches.push(Stretch { what, start: *n, outs: Vec::new() });
            }
            Flow::Out { why, n } => {
                if let Some(stretch) = stretches.last_mut() {
                    stretch.outs.push((why.clone(), *n));
                }
            }
        }
    }
    let end = stretches.pop().map_or(("members", 0), |last| (last.what, last.start));
    (stretches, end)
}
