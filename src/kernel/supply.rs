//! What a store can say, and what an indicator cannot do without.

use std::collections::{BTreeMap, BTreeSet};

use crate::indicator::{
    Belongs, Candidates, Course, Criterion, Happening, Indicator, Measure, MemberValue, OwnTest,
    Rule, Share, Tables, Thing, Unit, are_young,
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

/// Contacts from which stays can be derived.
pub const CARE_24_HOUR: &str = "contacts of 24-hour care";

/// What stays are known by.
pub const STAYS: &str = "stays or contacts of 24-hour care";

impl Supply {
    /// What an indicator needs and the store lacks: what its file names, and the columns that decide about
    /// its units.
    pub fn missing(&self, indicator: &Indicator) -> Vec<String> {
        let has = |need: &str| need.split(" or ").any(|one| self.delivered.contains(one.trim()));
        let mut missing: Vec<String> =
            indicator.needs.iter().filter(|need| !has(need)).cloned().collect();
        let is_named = |key: &str| {
            indicator.needs.iter().any(|need| need.split(" or ").any(|one| one.trim() == key))
        };
        // A class that no column gives may be given by the crosswalk.
        let keys = self.key_columns(indicator, INDISPENSABLE).into_iter();
        let keys = keys.filter(|key| *key != SERVICE_CLASS);
        missing.extend(keys.filter(|key| !is_named(key) && !has(key)).map(str::to_owned));
        // Where no stay could be known, nobody knows that there was none.
        let is_told = missing.iter().any(|need| need.starts_with("stays"));
        if asks_stays(&indicator.rule) && !is_told && !has(STAYS) {
            missing.push(STAYS.to_owned());
        }
        let mut lacks = |column: &str| {
            if !is_named(column) && !has(column) {
                missing.push(column.to_owned());
            }
        };
        // Without any discharge every stay would seem to go on.
        if has("stays") && (asks_stays(&indicator.rule) || is_named("stays")) {
            lacks("stays.discharge");
        }
        if asks_for_young(&indicator.rule) {
            lacks("members.birth_year");
        }
        missing
    }

    /// True if stays are to be derived from contacts of 24-hour care, because none were delivered.
    pub fn derives_stays(&self) -> bool {
        !self.delivered.contains("stays")
    }

    /// As if everything that an indicator needs had been delivered, as in its examples.
    #[must_use]
    pub fn with_all_for(mut self, indicator: &Indicator) -> Self {
        for need in self.missing(indicator) {
            self.delivered.extend(need.split(" or ").map(|one| one.trim().to_owned()));
        }
        self
    }

    /// Why the columns that an indicator needs do not bear a number; empty if they do.
    pub fn poor(&self, indicator: &Indicator) -> Vec<String> {
        let mut keys = self.key_columns(indicator, DECIDING);
        if self.derives_stays() && asks_stays(&indicator.rule) {
            keys.insert(CARE_24_HOUR);
        }
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
    fn key_columns<'a>(&self, indicator: &'a Indicator, asked: Asked) -> BTreeSet<&'a str> {
        // Where one of two columns is enough, the one may be empty because of the other.
        let needs = indicator.needs.iter().filter(|need| !need.contains(" or "));
        let mut keys: BTreeSet<&str> = needs.map(String::as_str).collect();
        keys.extend(indicator.filters.iter().flat_map(asked.of_filter));
        if asks_class(&indicator.rule) {
            keys.insert(SERVICE_CLASS);
        }
        let by_stay = match &indicator.rule {
            Rule::Share(share) => {
                if let Unit::QuarterPair(kind) = share.index.unit {
                    keys.extend(PROVIDERS.get(kind));
                }
                (asked.of_diagnosis)(share)
            }
            Rule::Member(rule) => {
                if let Candidates::Visits { visits, .. } = rule.candidates {
                    keys.extend(PROVIDERS.get(visits.provider));
                }
                if matches!(rule.value, MemberValue::QuartersInCare { lead: true, .. }) {
                    keys.insert(PROVIDERS[0]);
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
                rate.units.iter().any(|one| (asked.of_diagnosis)(&one.share))
                    || matches!(rate.of, Thing::EdVisits { diagnosis } if diagnosis != 0)
            }
            _ => false,
        };
        if by_stay {
            keys.insert(if self.derives_stays() { "contacts.dx1" } else { "stays.dx1" });
        }
        keys
    }
}

/// The tables that an indicator rests on.
pub(super) fn tables(indicator: &Indicator) -> Tables {
    let table_of = |need: &str| need.split('.').next().unwrap_or(need).trim().to_owned();
    let stays = asks_stays(&indicator.rule).then(|| "stays".to_owned());
    let alone = indicator.needs.iter().filter(|need| !need.contains(" or "));
    let needed: BTreeSet<String> = alone.map(|need| table_of(need)).chain(stays.clone()).collect();
    let named = indicator.needs.iter().flat_map(|need| need.split(" or ")).map(table_of);
    let mut read: BTreeSet<String> = named.collect();
    if read.is_empty() || !indicator.filters.is_empty() || indicator.rule == Rule::LevelMix {
        read.insert("contacts".to_owned());
    }
    read.extend(stays);
    Tables { read: read.into_iter().collect(), needed: needed.into_iter().collect() }
}

/// Which columns are asked for, of a filter of contacts and of the diagnoses of stays.
#[derive(Clone, Copy)]
struct Asked {
    of_filter: fn(&ContactFilter) -> BTreeSet<&'static str>,
    of_diagnosis: fn(&Share) -> bool,
}

/// All that decide about something.
const DECIDING: Asked = Asked { of_filter: of_any_part, of_diagnosis: asks_diagnosis };

/// Those without which nothing can be said.
const INDISPENSABLE: Asked = Asked { of_filter: of_every_part, of_diagnosis: is_by_diagnosis };

/// Clinician, team, agency; an agency is always known.
const PROVIDERS: [&str; 3] = ["contacts.clinician_id", "contacts.team_id", "contacts.agency_id"];

/// Where a contact was.
const PLACE: &str = "contacts.place_of_service";

/// Who a clinician is.
const CLINICIAN_TYPE: &str = "contacts.clinician_type";

/// The organisation that a contact names.
const ORGANISATION: &str = "contacts.bho_id";

/// The columns that a filter or what it takes instead looks at. Who a clinician is decides little where the
/// class of the service tells it as well.
fn of_any_part(filter: &ContactFilter) -> BTreeSet<&'static str> {
    let parts = filter.parts();
    let by_class = parts.len() > 1 && parts.iter().any(|part| !part.classes.is_empty());
    let columns = parts.into_iter().flat_map(of_filter);
    columns.filter(|column| !(by_class && *column == CLINICIAN_TYPE)).collect()
}

/// The columns without which no part of a filter can say anything. Places that do not count are none: where
/// no place is delivered, a site has none of them to tell.
fn of_every_part(filter: &ContactFilter) -> BTreeSet<&'static str> {
    let own = |part: &ContactFilter| -> BTreeSet<&'static str> {
        let is_asked = |column: &&str| *column != PLACE || !part.settings.is_empty();
        of_filter(part).into_iter().filter(is_asked).collect()
    };
    let columns = filter.parts().into_iter().map(own);
    columns.reduce(|all, own| &all & &own).unwrap_or_default()
}

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
        keys.push(PLACE);
    }
    keys.extend(filter.values.iter().filter_map(|(name, _)| match *name {
        column::MODALITY => Some("contacts.modality"),
        column::CLINICIAN_TYPE => Some(CLINICIAN_TYPE),
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
            decides || rule.agencies.is_some() || rule.in_phase.is_some()
        }
        Rule::Rate(rate) => {
            let of_care = |thing: &Thing| {
                matches!(
                    thing,
                    Thing::Disengagements { .. }
                        | Thing::CareDays { .. }
                        | Thing::PhaseDays(_)
                        | Thing::PhaseContacts { .. }
                )
            };
            of_care(&rate.of) || rate.to.as_ref().is_some_and(of_care)
        }
        Rule::Share(share) => {
            let lost = matches!(
                share.index.unit,
                Unit::Disengagement { .. }
                    | Unit::Reengagement { .. }
                    | Unit::EpisodeEnd { .. }
                    | Unit::QuarterPair(_)
            );
            let phase = |one: &Happening| matches!(one, Happening::PhaseBegins(_));
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
                                | Course::InPhase { .. }
                        )
                )
            };
            lost || share.criteria().iter().any(follows) || share.happenings().iter().any(phase)
        }
        Rule::Contacts(_) => false,
    }
}

/// True if stays make the units or the numbers of a rule, so that nothing can be said without any.
fn asks_stays(rule: &Rule) -> bool {
    let of_unit =
        |share: &Share| matches!(share.index.unit, Unit::Discharge(_) | Unit::Admission(_));
    let of_thing = |thing: &Thing| {
        matches!(
            thing,
            Thing::Nights(_)
                | Thing::Admissions(_)
                | Thing::PatientDays(_)
                | Thing::WaitingNights(_)
        )
    };
    match rule {
        Rule::Share(share) => of_unit(share),
        Rule::Member(rule) => {
            matches!(rule.candidates, Candidates::Institution(_))
                || matches!(
                    rule.value,
                    MemberValue::CommunityDays { .. }
                        | MemberValue::AnyInstitution(_)
                        | MemberValue::NightsSoFar(_)
                )
        }
        Rule::Rate(rate) => {
            std::iter::once(&rate.of).chain(&rate.to).any(of_thing)
                || rate.units.iter().any(|one| of_unit(&one.share))
        }
        // Levels of days are told by contacts as well.
        Rule::LevelMix | Rule::Contacts(_) => false,
    }
}

/// True if a rule asks for children or youth, and nothing else will do.
fn asks_for_young(rule: &Rule) -> bool {
    let own = |one: &Criterion| matches!(one, Criterion::Own(OwnTest::Age(least, most)) if are_young((*least, *most)));
    match rule {
        Rule::Member(rule) => {
            rule.ages.is_some_and(are_young) || rule.when.iter().any(|when| own(&when.is))
        }
        Rule::Share(share) => share.index.when.iter().any(own),
        _ => false,
    }
}

/// True if units are stays or visits with a principal diagnosis.
fn is_by_diagnosis(share: &Share) -> bool {
    let of_stays =
        matches!(share.index.unit, Unit::Discharge(_) | Unit::Admission(_) | Unit::EdVisit);
    of_stays && !share.index.diagnosis.is_empty()
}

/// True if the principal diagnosis of stays or visits decides about units or about what is met.
fn asks_diagnosis(share: &Share) -> bool {
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
    is_by_diagnosis(share)
        || share.happenings().iter().any(happens)
        || share.criteria().iter().any(meets)
}
