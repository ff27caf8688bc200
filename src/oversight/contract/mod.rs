//! A contract between a state and its organisations: what is wanted, by which indicators it is told,
//! what has to be reached, and who is compared with whom.

mod known;
mod read;
mod read_standardisation;
mod read_target;

pub use known::KnownMeasure;
pub use read::read;

use crate::indicator::Better;
use crate::kernel::{Covariate, Group};
use crate::terms::{Day, Grain, Period};

/// A contract file, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Its heading.
    pub title: String,
    /// Which periods are judged: the last whole one up to the reported month.
    pub grain: Grain,
    /// To whom an event, a member or a day belongs.
    pub attribution: Attribution,
    /// The organisations, in the order of the scorecard.
    pub organisations: Vec<String>,
    /// Who is compared with whom: organisations that stand in one group.
    pub peers: Vec<Vec<String>>,
    /// What organisations are made comparable by, the most telling first; empty: by nothing.
    pub standardised_by: Vec<Covariate>,
    /// What is wanted, in order.
    pub objectives: Vec<Objective>,
    /// What has to be reached.
    pub targets: Vec<Target>,
}

impl Contract {
    /// The organisations that one is compared with, itself among them.
    pub fn peers_of(&self, organisation: &str) -> &[String] {
        let own = |peers: &&Vec<String>| peers.iter().any(|peer| peer == organisation);
        self.peers.iter().find(own).map_or(&[], Vec::as_slice)
    }
}

/// To whom an event, a member or a day belongs. Never to the agency that delivered what is counted:
/// whoever follows up would then be credited with those who could be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// The organisation of the member's enrolment: on the day of the index event, on the last
    /// enrolled day of a member's window, on each very day of a rate.
    Enrolment,
}

impl Attribution {
    /// Every word that a contract may use.
    pub const NAMES: [&str; 1] = ["enrolment"];

    /// The attribution of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        (name == Self::NAMES[0]).then_some(Self::Enrolment)
    }

    /// The rule in words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Enrolment => {
                "An event belongs to the organisation that the member was enrolled with on the day of the index \
                 event, a member's value to that of the last enrolled day of the window, and each day, night and \
                 dollar to that of its very day. Nothing is credited to the agency that delivered a follow-up."
            }
        }
    }
}

/// Something a contract wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objective {
    /// Its number.
    pub number: u8,
    /// Its wording, in short.
    pub title: String,
    /// The indicators that stand on the scorecard, by id.
    pub lead: Vec<String>,
    /// Further indicators, by id.
    pub supporting: Vec<String>,
    /// What no extract can show of it.
    pub cannot_show: String,
}

/// What has to be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The indicator's id, or that of a file whose variants are meant.
    pub indicator: String,
    /// True if the variants of a file are meant. A file with an indicator of its own name shows variants
    /// beside it, which the target is not about.
    pub variants: bool,
    /// The value to reach, in the unit of the value.
    pub at: f64,
    /// [`Better::Higher`]: at least; [`Better::Lower`]: at most.
    pub better: Better,
    /// Whom it binds; empty: every organisation, and all of them together.
    pub organisations: Vec<String>,
    /// The first day of the periods that it holds for.
    pub from: Option<Day>,
    /// The last day of the periods that it holds for.
    pub until: Option<Day>,
}

impl Target {
    /// A target for every organisation and period.
    pub fn for_all(indicator: &str, better: Better, at: f64) -> Self {
        Self {
            indicator: indicator.to_owned(),
            variants: true,
            at,
            better,
            organisations: Vec::new(),
            from: None,
            until: None,
        }
    }

    /// True if it binds a group in a period, which has to lie within the target's own.
    pub fn binds(&self, group: &Group, period: Period) -> bool {
        let by_group = match group {
            Group::All => self.organisations.is_empty(),
            Group::Bho(id) => {
                id != "unknown"
                    && (self.organisations.is_empty() || self.organisations.contains(id))
            }
        };
        by_group
            && self.from.is_none_or(|from| from <= period.start)
            && self.until.is_none_or(|until| period.end <= until)
    }

    /// What is most particular wins: a variant's own target, then one for named organisations.
    pub(super) fn precedence(&self, id: &str) -> (bool, bool) {
        (self.indicator == id, !self.organisations.is_empty())
    }
}
