//! Units without a numerator, for whoever asks something else of them: the same index, exclusions and
//! contacts as in an indicator file, read by the same code and judged by it.

use super::rule::{Criterion, EventSet, Exclusion, Index, Share, Unit};
use super::score::PairTest;
use super::unit::{Outcome, Scene, judge};
use super::{read_contact, read_index, read_instruments, read_rule, read_score};
use crate::diagnostic::{Fields, Problems};
use crate::terms::diagnosis::DiagnosisGroup;
use crate::terms::instrument::Instruments;
use crate::terms::{Day, Window};
use crate::timeline::{ContactFilter, OwnSet, SpellSet};

/// Which units there are, and which of them are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    rule: Share,
}

impl Population {
    /// Reads `[index]` and every `[[exclusion]]` of a file.
    pub fn read(
        fields: &mut Fields<'_>,
        filters: &mut Vec<ContactFilter>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let exclusions = read_rule::exclusions(fields, false, filters, problems);
        let Some(mut table) = fields.fields("index", problems) else {
            if !fields.has("index") {
                let problem = fields.problem(0..1, "[index] is missing", "in this file");
                problems.push(problem.help("say which event begins: `discharge = \"inpatient\"`"));
            }
            return None;
        };
        let index = read_index::index(&mut table, filters, problems);
        table.finish(problems);
        // Nothing is asked of the units, and any criterion that fits every unit says so.
        let numerator = Criterion::NoService(Window { from: 0, to: 0 });
        Some(Self {
            rule: Share { index: index?, exclusions, numerator, value: None, curve: false },
        })
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.rule.index
    }

    /// The sets of stays that it names by their levels, each once.
    pub fn own_sets(&self) -> Vec<OwnSet> {
        OwnSet::among(self.rule.spell_sets())
    }

    /// The reasons to leave a unit out, in order.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.rule.exclusions
    }

    /// Days at risk without contact that make a disengagement, if the units are disengagements.
    pub fn gap(&self) -> Option<i32> {
        match self.rule.index.unit {
            Unit::Disengagement { gap }
            | Unit::Reengagement { gap, .. }
            | Unit::EpisodeEnd { gap } => Some(gap),
            _ => None,
        }
    }

    /// Every unit of a member in order, with the place of the exclusion that leaves it out.
    pub fn units(&self, scene: Scene<'_>) -> Vec<(Day, Option<usize>)> {
        let mut found = Vec::new();
        judge(&self.rule, scene, &mut |judged| {
            let excluded = match judged.outcome {
                Outcome::Excluded(place) => Some(place),
                Outcome::Met(_) | Outcome::NotMet | Outcome::Value(_) => None,
            };
            found.push((judged.day, excluded));
        });
        found.sort_unstable();
        found
    }
}

/// The filter of `key = { is = "…", … }`, kept among the others of the file; its place in them.
pub fn read_contact(
    fields: &mut Fields<'_>,
    key: &'static str,
    filters: &mut Vec<ContactFilter>,
    problems: &mut Problems,
) -> Option<usize> {
    read_contact::contact(fields, key, filters, problems)
}

/// Keeps a filter among the others of a file; its place in them.
pub fn keep_contact(filters: &mut Vec<ContactFilter>, filter: ContactFilter) -> usize {
    read_contact::keep(filters, filter)
}

/// The kinds of stays of a key, by their name.
pub fn read_stays(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<SpellSet> {
    fields.word(key, &SpellSet::NAMES, SpellSet::from_name, problems)
}

/// The types of events of a key, if it names any.
pub fn read_events(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Option<EventSet> {
    read_rule::events(fields, key, problems)
}

/// The diagnosis groups of a key; empty if it names none.
pub fn read_diagnoses(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Vec<DiagnosisGroup> {
    read_rule::groups(fields, key, problems)
}

/// The change of scores that `scores = { … }` asks for: `baseline` around the index, `until` 0 for the
/// end of follow-up.
pub fn read_score_change(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<PairTest> {
    read_score::score_change(fields, problems)
}

/// The instruments that the examples of a file use.
pub fn read_example_instruments(fields: &mut Fields<'_>, problems: &mut Problems) -> Instruments {
    read_instruments::instruments(fields, "example_instrument", false, problems)
}
