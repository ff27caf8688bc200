//! Values made of visits to providers.

use super::member_outcome::Values;
use super::member_value::{PARTS, ratio};
use super::relations::Relation;
use super::rule::MemberValue;
use super::window_set::WindowSet;

impl MemberValue {
    /// True for values made of visits to providers.
    pub fn is_of_visits(self) -> bool {
        matches!(
            self,
            Self::UsualProvider
                | Self::BiceBoxerman
                | Self::Sequential
                | Self::Herfindahl
                | Self::Modified { .. }
                | Self::KnownProvider
                | Self::Entropy
                | Self::Providers
                | Self::ManyProviders(_)
                | Self::Density
                | Self::Fragmentation
                | Self::Tenure
                | Self::Relationship { .. }
        )
    }
}

/// Adds the values that are made of visits to providers, of the windows that are counted.
pub(super) fn of_relations(
    value: MemberValue,
    relations: &[Relation],
    counted: WindowSet,
    found: &mut Values<'_>,
) {
    // Neighbouring windows often have the same visits.
    let mut before: Option<(&Relation, i64)> = None;
    for place in counted.iter() {
        let relation = &relations[place];
        let known = before.filter(|(known, _)| *known == relation);
        let (_, value) =
            *before.insert(known.unwrap_or_else(|| (relation, of_relation(value, *relation))));
        found.add(place, value);
    }
}

/// A value made of visits to providers.
fn of_relation(value: MemberValue, r: Relation) -> i64 {
    let bice_boxerman = || ratio(r.squares - r.visits, r.visits * (r.visits - 1));
    match value {
        MemberValue::UsualProvider => ratio(r.most, r.visits),
        MemberValue::BiceBoxerman => bice_boxerman(),
        MemberValue::Sequential => ratio(r.same, r.visits - 1),
        MemberValue::Herfindahl => ratio(r.squares, r.visits * r.visits),
        MemberValue::Modified { twice } => modified(r, twice),
        // Each provider is new once; the first visit is left out of both.
        MemberValue::KnownProvider => ratio(r.visits - r.providers, r.visits - 1),
        MemberValue::Entropy => r.entropy,
        MemberValue::Providers => r.providers * PARTS,
        MemberValue::ManyProviders(least) => i64::from(r.providers >= i64::from(least)),
        MemberValue::Fragmentation => PARTS - bice_boxerman(),
        // A density is made of all members at the end. The reader of definitions refuses the others
        // for members with visits.
        _ => 0,
    }
}

/// (1 − p ÷ (N + 0.1)), and that ÷ (1 − 1 ÷ (N + 0.1)), in tenths: (10N + 1 − 10p) ÷ (10N + 1), and
/// (10N + 1 − 10p) ÷ (10N − 9).
fn modified(relation: Relation, twice: bool) -> i64 {
    let (visits, providers) = (10 * relation.visits, 10 * relation.providers);
    ratio(visits + 1 - providers, if twice { visits - 9 } else { visits + 1 })
}
