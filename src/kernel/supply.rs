//! What a store can say, and what an indicator cannot do without.

use std::collections::{BTreeMap, BTreeSet};

use crate::indicator::{
    Belongs, Candidates, Course, Criterion, Happening, Indicator, Measure, MemberValue, Rule,
    Share, Thing, Unit,
};
use crate::terms::column;
use crate::terms::diagnosis::DiagnosisGroup;
use crate::timeline::{Basis, ContactFilter};

/// What a store can say, by the names of the data model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supply {
    /// `table` and `table.column` of everything that was delivered with at least one value.
    pub delivered: BTreeSet<String>,
    /// Columns with too many rows that say nothing, each with a sentence that says how many.
    pub poor: BTreeMap<String, String>,
}

/// The service class of contacts, by a column or the crosswalk.
pub const SERVICE_CLASS: &str = "contacts.service_class";

impl Supply {
    /// What an indicator needs and the store lacks.
    pub fn missing(&self, indicator: &Indicator) -> Vec<String> {
        let lacks =
            |need: &&String| !need.split(" or ").any(|one| self.delivered.contains(one.trim()));
        indicator.needs.iter().filter(lacks).cloned().collect()
    }

    /// Why the columns that an indicator needs do not bear a number; empty if they do.
    pub fn poor(&self, indicator: &Indicator) -> Vec<String> {
        let keys = self.key_columns(indicator);
        let poor = self.poor.iter().filter(|(column, _)| keys.contains(column.as_str()));
        poor.map(|(_, why)| why.clone()).collect()
    }

    /// Why a store cannot compute an indicator; empty if it can.
    pub fn why_not(&self, indicator: &Indicator) -> String {
        let measure = Measure {
            missing: self.missing(indicator),
            poor: self.poor(indicator),
            ..indicator.measure.clone()
        };
        measure.why_not()
    }

    /// The columns that decide which units there are and which are met.
    fn key_columns<'a>(&self, indicator: &'a Indicator) -> BTreeSet<&'a str> {
        // Where one of two columns is enough, the one may be empty because of the other.
        let needs = indicator.needs.iter().filter(|need| !need.contains(" or "));
        let mut keys: BTreeSet<&str> = needs.map(String::as_str).collect();
        for filter in indicator.filters.iter().flat_map(ContactFilter::parts) {
            keys.extend(of_filter(filter));
        }
        if asks_class(&indicator.rule) {
            keys.insert(SERVICE_CLASS);
        }
        let by_stay = match &indicator.rule {
            Rule::Share(share) => {
                if let Unit::QuarterPair(kind) = share.index.unit {
                    keys.extend(PROVIDERS.get(kind));
                }
                asks_diagnosis(share)
            }
            Rule::Member(rule) => {
                if let Candidates::Visits { visits, .. } = rule.candidates {
                    keys.extend(PROVIDERS.get(visits.provider));
                }
                if rule.belongs != Belongs::Enrolled {
                    keys.insert(ORGANISATION);
                }
                matches!(rule.candidates, Candidates::EdVisits { diagnosis } if diagnosis != 0)
                    || matches!(rule.value, MemberValue::EdVisits { diagnosis, .. } if diagnosis != 0)
            }
            Rule::Rate(rate) => {
                if std::iter::once(rate.of).chain(rate.to).any(|of| of.filter_by_row().is_some()) {
                    keys.insert(ORGANISATION);
                }
                matches!(rate.of, Thing::EdVisits { diagnosis } if diagnosis != 0)
            }
            _ => false,
        };
        if by_stay {
            let stays = self.delivered.contains("stays");
            keys.insert(if stays { "stays.dx1" } else { "contacts.dx1" });
        }
        keys
    }
}

/// Clinician, team, agency; an agency is always known.
const PROVIDERS: [&str; 3] = ["contacts.clinician_id", "contacts.team_id", "contacts.agency_id"];

/// The organisation that a contact names.
const ORGANISATION: &str = "contacts.bho_id";

/// The columns that a filter of contacts looks at.
fn of_filter(filter: &ContactFilter) -> Vec<&'static str> {
    let mut keys = Vec::new();
    if !filter.classes.is_empty() || matches!(filter.basis, Basis::Qualifying | Basis::Treatment) {
        keys.push(SERVICE_CLASS);
    }
    // A serious mental illness is recorded by itself as well.
    if !filter.diagnosis.is_empty() && filter.diagnosis != [DiagnosisGroup::Severe] {
        keys.push("contacts.dx1");
    }
    if !filter.settings.is_empty() || !filter.not_settings.is_empty() {
        keys.push("contacts.place_of_service");
    }
    if filter.by_lead {
        keys.push(PROVIDERS[0]);
    }
    keys.extend(filter.values.iter().filter_map(|(name, _)| match *name {
        column::MODALITY => Some("contacts.modality"),
        column::CLINICIAN_TYPE => Some("contacts.clinician_type"),
        column::OUTREACH_RESULT => Some("contacts.outreach_result"),
        _ => None,
    }));
    keys
}

/// True if treatment or qualifying contacts decide without a filter of the rule's own: visits to
/// providers, times in care, levels of care.
fn asks_class(rule: &Rule) -> bool {
    match rule {
        Rule::LevelMix => true,
        Rule::Member(rule) => {
            let decides = match rule.candidates {
                Candidates::Visits { visits, .. } => visits.filter.is_none(),
                candidates => matches!(candidates, Candidates::InCareSince { .. }),
            };
            decides || rule.agencies.is_some()
        }
        Rule::Rate(rate) => {
            let of_care = |thing: &Thing| {
                matches!(thing, Thing::Disengagements { .. } | Thing::CareDays { .. })
            };
            of_care(&rate.of) || rate.to.as_ref().is_some_and(of_care)
        }
        Rule::Share(share) => {
            let lost = matches!(
                share.index.unit,
                Unit::Disengagement { .. } | Unit::Reengagement { .. } | Unit::QuarterPair(_)
            );
            let follows = |one: &&Criterion| {
                matches!(
                    one,
                    Criterion::NoService(_)
                        | Criterion::DeliveredLevel { .. }
                        | Criterion::Course(
                            Course::Lost { .. }
                                | Course::Disengages { .. }
                                | Course::Escalates { .. }
                                | Course::Delivered(_)
                                | Course::SameAgency { .. }
                        )
                )
            };
            lost || share.criteria().iter().any(follows)
        }
        Rule::Contacts(_) => false,
    }
}

/// True if the principal diagnosis of stays or visits decides about units or about what is met.
fn asks_diagnosis(share: &Share) -> bool {
    let of_stays =
        matches!(share.index.unit, Unit::Discharge(_) | Unit::Admission(_) | Unit::EdVisit);
    let happens = |one: &Happening| match one {
        Happening::EdVisit { diagnosis, .. }
        | Happening::Admission { diagnosis, .. }
        | Happening::Discharge { diagnosis, .. } => *diagnosis != 0,
        _ => false,
    };
    let meets = |one: &&Criterion| match one {
        Criterion::Admission { diagnosis, .. } | Criterion::EdVisit { diagnosis, .. } => {
            !diagnosis.is_empty()
        }
        _ => false,
    };
    (of_stays && !share.index.diagnosis.is_empty())
        || share.happenings().iter().any(happens)
        || share.criteria().iter().any(meets)
}
