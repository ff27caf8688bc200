//! The windows of a rule, to be drawn: made from the rule itself, so that picture and rule cannot
//! disagree.

use super::amount::HowMuch;
use super::course::Happens;
use super::rule::{
    Around, Candidates, Criterion, ExclusionTest, Index, Indicator, MemberRule, RateRule,
    ReferralTest, Rule, Share, Unit,
};
use super::sentence::{self, contacts};
use super::sentence_member;
use super::unit_value::UnitValue;
use crate::terms::Window;
use crate::timeline::ContactFilter;

/// What a window is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What happens in it decides whether a unit is counted at all.
    Counts,
    /// What happens in it leaves a unit out.
    LeavesOut,
    /// What happens in it decides whether a unit is met.
    Meets,
    /// What happens in it makes a member's value.
    Value,
}

impl Role {
    /// The word beside a window.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::LeavesOut => "left out",
            Self::Meets => "met",
            Self::Value => "value",
        }
    }
}

/// One window of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleWindow {
    /// What it is for.
    pub role: Role,
    /// What is looked for in it.
    pub label: String,
    /// Days from the day of the index.
    pub days: Window,
}

/// A rule as windows around one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What happens on day 0: `discharge`, or the end of the period.
    pub index: String,
    /// Its windows: first those that decide what counts, then those that leave out, then those that
    /// meet.
    pub windows: Vec<RuleWindow>,
}

/// The days of a member's twelve months, up to the last day of the period.
const YEAR: Window = Window { from: -364, to: 0 };

/// The picture of an indicator's rule.
pub fn picture(indicator: &Indicator) -> Picture {
    let filters = &indicator.filters;
    match &indicator.rule {
        Rule::Share(share) => Picture {
            index: sentence::index_noun(&share.index).to_owned(),
            windows: of_share(share, filters),
        },
        Rule::Member(member) => {
            Picture { index: "end of the period".to_owned(), windows: of_member(member, filters) }
        }
        Rule::Rate(RateRule { units, .. }) if !units.is_empty() => Picture {
            index: sentence::index_noun(&units[0].share.index).to_owned(),
            windows: units.iter().flat_map(|one| of_share(&one.share, filters)).collect(),
        },
        Rule::Rate(_) | Rule::LevelMix | Rule::Contacts(_) => Picture {
            index: "end of the period".to_owned(),
            windows: vec![window(
                Role::Counts,
                "what happens in the reported period (month, quarter or year)",
                Window { from: -29, to: 0 },
            )],
        },
    }
}

fn window(role: Role, label: impl Into<String>, days: Window) -> RuleWindow {
    RuleWindow { role, label: label.into(), days }
}

fn of_share(share: &Share, filters: &[ContactFilter]) -> Vec<RuleWindow> {
    let index = &share.index;
    let mut found = Vec::new();
    let around = |word: &str, around: &Around| {
        let label = format!("{word} {}", contacts(&filters[around.filter]));
        window(Role::Counts, label, around.days)
    };
    found.extend(index.with.iter().map(|one| around("only with", one)));
    found.extend(index.without.iter().map(|one| around("only without", one)));
    if let Some(chain) = &index.chain {
        let label = format!(
            "another {} here counts instead",
            sentence::among(&chain.diagnosis, "admission")
        );
        found.push(window(Role::Counts, label, chain.days));
    }
    if let Unit::Reengagement { days, .. } = index.unit {
        found.push(window(Role::Counts, "only with a treatment contact", days));
    }
    for condition in &index.when {
        let own = of_criterion(condition, index, filters);
        found.extend(own.into_iter().map(|one| RuleWindow { role: Role::Counts, ..one }));
    }
    for exclusion in &share.exclusions {
        if let ExclusionTest::When(condition) = &exclusion.test {
            let own = of_criterion(condition, index, filters);
            found.extend(own.into_iter().map(|one| RuleWindow {
                role: Role::LeavesOut,
                label: exclusion.reason.clone(),
                ..one
            }));
        }
        let days = of_exclusion(&exclusion.test);
        found.extend(days.map(|days| window(Role::LeavesOut, exclusion.reason.clone(), days)));
    }
    found.extend(of_criterion(&share.numerator, &share.index, filters));
    if let Some(UnitValue::Cost { days, .. }) = share.value {
        found.push(window(Role::Value, "cost lines", days));
    }
    found
}

fn of_exclusion(test: &ExclusionTest) -> Option<Window> {
    match test {
        ExclusionTest::NotEnrolled { days, .. }
        | ExclusionTest::Admission { days, .. }
        | ExclusionTest::ComesFirst { days, .. }
        | ExclusionTest::Died(days)
        | ExclusionTest::Hospice(days)
        | ExclusionTest::NoService(days) => Some(*days),
        ExclusionTest::NotObservable(days) => Some(Window { from: 0, to: *days }),
        _ => None,
    }
}

fn of_criterion(
    criterion: &Criterion,
    index: &Index,
    filters: &[ContactFilter],
) -> Vec<RuleWindow> {
    let label = sentence::criterion(criterion, index, filters);
    match criterion {
        Criterion::Contact { filter: _, days, at_least: _, then } => {
            let mut found = vec![window(Role::Meets, label, *days)];
            for next in then {
                // Counted from the first contact, which may lie on any day of the window.
                let days = Window { from: days.from + next.days.from, to: days.to + next.days.to };
                let label = format!(
                    "and {} in {} from the first of them",
                    contacts(&filters[next.filter]),
                    next.days
                );
                found.push(window(Role::Meets, label, days));
            }
            found
        }
        Criterion::ContactOrPlan { days, .. }
        | Criterion::NoContact { days, .. }
        | Criterion::NoService(days)
        | Criterion::NoAcuteCare(days)
        | Criterion::EdVisit { days, .. }
        | Criterion::Event { days, .. }
        | Criterion::Admission { days, .. }
        | Criterion::DeliveredLevel { days, .. }
        | Criterion::AssessedLevel { days, .. }
        | Criterion::HowMuch(HowMuch { days, .. })
        | Criterion::Happens(Happens { days, .. })
        | Criterion::Referral(
            ReferralTest::Attended(days)
            | ReferralTest::Reported(days)
            | ReferralTest::Offered(days),
        ) => {
            vec![window(Role::Meets, label, *days)]
        }
        Criterion::Scores(test) => vec![window(Role::Meets, label, test.window())],
        Criterion::Joined { of, .. } => {
            of.iter().flat_map(|one| of_criterion(one, index, filters)).collect()
        }
        Criterion::Followed { first, then } => {
            let mut found = of_criterion(first, index, filters);
            // Counted from the day that meets the first, which may be any of its window.
            let (from, to) = found.first().map_or((0, 0), |one| (one.days.from, one.days.to));
            let days = Window { from: from + then.days.from, to: to + then.days.to };
            found.push(window(Role::Meets, label, days));
            found
        }
        Criterion::Course(course) => {
            let windows = course.windows().into_iter();
            windows.map(|days| window(Role::Meets, label.clone(), days)).collect()
        }
        // Judged by the unit itself: a stay, a plan, a referral.
        _ => vec![window(Role::Meets, label, Window { from: 0, to: 0 })],
    }
}

fn of_member(rule: &MemberRule, filters: &[ContactFilter]) -> Vec<RuleWindow> {
    let mut found = Vec::new();
    match rule.candidates {
        Candidates::ActiveBefore { filter, at_least, days } => {
            let label = format!("only with {} on {at_least} days", contacts(&filters[filter]));
            let days = Window { from: YEAR.from - days, to: YEAR.from - 1 };
            found.push(window(Role::Counts, label, days));
        }
        Candidates::HasContactIn24Months { filter } => {
            let label = format!("only with {}", contacts(&filters[filter]));
            found.push(window(Role::Counts, label, Window { from: -729, to: 0 }));
        }
        _ => {}
    }
    if rule.smi.is_some() {
        let label = "only with a serious mental illness, recorded or by diagnosis";
        found.push(window(Role::Counts, label, Window { from: -729, to: 0 }));
    }
    let day = sentence_member::a_day();
    for one in &rule.when {
        let own = of_criterion(&one.is, &day, filters);
        found.extend(own.into_iter().map(|one| RuleWindow { role: Role::Counts, ..one }));
    }
    if let Some(criterion) = &rule.meets {
        let own = of_criterion(criterion, &day, filters);
        found.extend(own.into_iter().map(|one| RuleWindow { role: Role::Value, ..one }));
    }
    found.push(window(Role::Value, "the twelve months that the value is made of", YEAR));
    found
}
