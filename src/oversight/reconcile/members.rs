//! Which members differ between the list of an organisation and the units that are counted here.
//!
//! A line of a list is a unit: left out, in the denominator, or met. Units of a member are matched, the
//! same ones first; what is left over on both sides differs, and the reason follows from what stands
//! against what. What is left out on one side and not known on the other changes no rate and is not told.

use std::collections::{BTreeMap, BTreeSet};

use super::delimited::{Faults, Line, lines};
use super::reported::ReportedRate;
use crate::indicator::Measure;
use crate::kernel::{Fate, Group, Unit};
use crate::oversight::results::group_words;
use crate::store::harmless;
use crate::terms::Period;

/// The columns of a member list; the last one need not be there.
const COLUMNS: [&str; 6] = ["indicator", "bho_id", "period", "member_id", "unit", "preset"];
const REQUIRED: usize = 5;

/// What a list says of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Listed {
    Met,
    NotMet,
    Excluded,
}

impl Listed {
    const NAMES: [(&str, Self); 3] =
        [("met", Self::Met), ("denominator", Self::NotMet), ("excluded", Self::Excluded)];

    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, listed)| *listed)
    }
}

/// The units of member lists, by the place of their reported rate and member.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemberLists(BTreeMap<usize, BTreeMap<String, Vec<Listed>>>);

impl MemberLists {
    /// True if a rate has a list.
    pub fn has(&self, rate: usize) -> bool {
        self.0.contains_key(&rate)
    }
}

/// Why a member's unit differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberReason {
    /// Listed in the denominator, and counted nowhere here.
    NotHere,
    /// Counted in the denominator here, and not listed.
    NotListed,
    /// Listed in the denominator, and left out here, for this reason.
    ExcludedHere(String),
    /// Counted in the denominator here, and listed as left out.
    ExcludedThere,
    /// Met in the list, and not here.
    MetThere,
    /// Met here, and not in the list.
    MetHere,
}

impl MemberReason {
    /// The word in files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotHere => "not_counted_here",
            Self::NotListed => "not_listed",
            Self::ExcludedHere(_) => "excluded_here",
            Self::ExcludedThere => "excluded_in_list",
            Self::MetThere => "met_in_list_only",
            Self::MetHere => "met_here_only",
        }
    }

    /// The reason in words.
    pub fn words(&self) -> String {
        match self {
            Self::NotHere => "in the list, not counted here".to_owned(),
            Self::NotListed => "counted here, not in the list".to_owned(),
            Self::ExcludedHere(why) => {
                format!("in the list, left out here: {}", why.replace('_', " "))
            }
            Self::ExcludedThere => "counted here, left out in the list".to_owned(),
            Self::MetThere => "met in the list, not here".to_owned(),
            Self::MetHere => "met here, not in the list".to_owned(),
        }
    }
}

/// Units of a member that differ for one reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberDifference {
    /// The rate, by its place in the reported file.
    pub rate: usize,
    /// Why.
    pub reason: MemberReason,
    /// The member's id: for files inside the agency only.
    pub member: String,
    /// How many units.
    pub units: usize,
}

/// Reads member lists of reported shares.
///
/// # Errors
/// Everything that is wrong with the file, by line and column; no value is shown.
pub fn read_members(
    file: &str,
    bytes: &[u8],
    reported: &[ReportedRate],
    is_share: impl Fn(&ReportedRate) -> bool,
) -> Result<MemberLists, Faults> {
    let mut faults = Faults::new(file);
    let mut lists = MemberLists::default();
    for line in lines(bytes, &COLUMNS, REQUIRED, &mut faults) {
        let Some((rate, listed)) = unit(&line, reported, &mut faults) else { continue };
        if !is_share(&reported[rate]) {
            let place = line.place(0, &COLUMNS);
            let message = "not a share: members are not in it or met, but add to it";
            faults.at(line.number, place, message, "leave its lines out");
            continue;
        }
        let members = lists.0.entry(rate).or_default();
        members.entry(line.text(3).to_owned()).or_default().push(listed);
    }
    if lists.0.is_empty() && faults.list.is_empty() {
        faults.of_line(1, "there is no member in this file", "one line for each unit of a member");
    }
    faults.none_or(lists)
}

fn unit(line: &Line, reported: &[ReportedRate], faults: &mut Faults) -> Option<(usize, Listed)> {
    let before = faults.list.len();
    let mut wrong = |column: usize, message: &str, help: &str| {
        let place = line.place(column, &COLUMNS);
        if place.0 > 0 {
            faults.at(line.number, place, message, help);
        }
    };
    let preset = if line.text(5).is_empty() { "default" } else { line.text(5) };
    let group = match line.text(1) {
        "all" => Group::All,
        id => Group::Bho(id.to_owned()),
    };
    let period = Period::parse(line.text(2));
    if period.is_none() {
        wrong(2, "this is no period", "2026-09, 2026-Q3, 2026, or 2025-07 to 2026-06");
    }
    if line.text(3).is_empty() {
        wrong(3, "a member is named here", "");
    }
    let listed = Listed::from_name(line.text(4));
    if listed.is_none() {
        wrong(4, "this is no fate of a unit", "one of met, denominator (and not met), excluded");
    }
    let is_own = |rate: &ReportedRate| {
        rate.indicator == line.text(0)
            && rate.preset == preset
            && rate.group == group
            && Some(rate.period) == period
    };
    let rate = reported.iter().position(is_own);
    if rate.is_none() && period.is_some() {
        let help = "report it: its indicator, organisation and period stand in one line there";
        wrong(0, "no rate is reported for this list", help);
    }
    (faults.list.len() == before).then_some(rate.zip(listed)).flatten()
}

/// The members whose units differ, by rate, reason and id. `units` are those of the rates that have a
/// list, by the places of their measures.
pub fn differing(
    reported: &[ReportedRate],
    lists: &MemberLists,
    units: &[Unit],
    measures: &[Measure],
) -> Vec<MemberDifference> {
    let mut counted: BTreeMap<(usize, &Period, &Group), BTreeMap<&str, Vec<Fate>>> =
        BTreeMap::new();
    for unit in units {
        let Some(member) = &unit.member else { continue };
        let members = counted.entry((unit.measure, &unit.period, &unit.group)).or_default();
        members.entry(member).or_default().push(unit.fate);
    }
    let none = BTreeMap::new();
    let mut found = Vec::new();
    for (rate, listed) in &lists.0 {
        let asked = &reported[*rate];
        let is_own = |one: &Measure| one.id == asked.indicator && one.preset == asked.preset;
        let Some(measure) = measures.iter().position(is_own) else { continue };
        let own = counted.get(&(measure, &asked.period, &asked.group)).unwrap_or(&none);
        let ids: BTreeSet<&str> =
            own.keys().copied().chain(listed.keys().map(String::as_str)).collect();
        for id in ids {
            let theirs = listed.get(id).map_or(&[][..], Vec::as_slice);
            let ours = own.get(id).map_or(&[][..], Vec::as_slice);
            for (reason, units) in reasons(theirs, ours, &measures[measure]) {
                found.push(MemberDifference { rate: *rate, reason, member: id.to_owned(), units });
            }
        }
    }
    found.sort();
    found
}

/// Places of the kinds of units.
const MET: usize = 0;
const NOT_MET: usize = 1;
const OUT: usize = 2;

/// Why the units of one member differ, each reason with its units.
fn reasons(theirs: &[Listed], ours: &[Fate], measure: &Measure) -> BTreeMap<MemberReason, usize> {
    let of_theirs = |wanted: Listed| theirs.iter().filter(|one| **one == wanted).count();
    let met = |fate: &Fate| matches!(fate, Fate::Counted { numerator, .. } if *numerator > 0);
    let not_met = |fate: &Fate| matches!(fate, Fate::Counted { numerator, .. } if *numerator == 0);
    let mut excluded: Vec<usize> = ours
        .iter()
        .filter_map(|fate| match fate {
            Fate::Excluded(reason) => Some(*reason),
            Fate::Counted { .. } => None,
        })
        .collect();
    excluded.sort_unstable();
    let mut left = Left {
        theirs: [Listed::Met, Listed::NotMet, Listed::Excluded].map(of_theirs),
        ours: [
            ours.iter().filter(|fate| met(fate)).count(),
            ours.iter().filter(|fate| not_met(fate)).count(),
            excluded.len(),
        ],
    };
    for same in [MET, NOT_MET, OUT] {
        left.pair(same, same);
    }
    let mut found: BTreeMap<MemberReason, usize> = BTreeMap::new();
    let mut note = |reason: MemberReason, units: usize| {
        if units > 0 {
            *found.entry(reason).or_default() += units;
        }
    };
    note(MemberReason::MetThere, left.pair(MET, NOT_MET));
    note(MemberReason::MetHere, left.pair(NOT_MET, MET));
    note(MemberReason::ExcludedThere, left.pair(OUT, MET) + left.pair(OUT, NOT_MET));
    let out_here = left.pair(MET, OUT) + left.pair(NOT_MET, OUT);
    // Which of several exclusions stands against a listed unit is not told; the first ones are named.
    for reason in excluded.into_iter().take(out_here) {
        let why = measure.exclusions.get(reason).cloned().unwrap_or_default();
        note(MemberReason::ExcludedHere(why), 1);
    }
    note(MemberReason::NotHere, left.theirs[MET] + left.theirs[NOT_MET]);
    note(MemberReason::NotListed, left.ours[MET] + left.ours[NOT_MET]);
    found
}

/// Units that nothing stands against yet: met, not met, left out.
struct Left {
    theirs: [usize; 3],
    ours: [usize; 3],
}

impl Left {
    /// Sets units of one kind against units of another; gives how many.
    fn pair(&mut self, theirs: usize, ours: usize) -> usize {
        let units = self.theirs[theirs].min(self.ours[ours]);
        self.theirs[theirs] -= units;
        self.ours[ours] -= units;
        units
    }
}

/// The columns of `members.csv`.
pub const MEMBER_COLUMNS: [&str; 9] = [
    "indicator",
    "preset",
    "group",
    "period_start",
    "period_end",
    "member_id",
    "differs",
    "excluded_for",
    "units",
];

/// `members.csv`: it names members, and is for the agency and the organisation concerned.
pub fn members_csv(found: &[MemberDifference], reported: &[ReportedRate]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(MEMBER_COLUMNS).expect("a list in memory takes every byte");
    for one in found {
        let rate = &reported[one.rate];
        let why = match &one.reason {
            MemberReason::ExcludedHere(why) => why.as_str(),
            _ => "",
        };
        let record = [
            harmless(&rate.indicator),
            harmless(&rate.preset),
            harmless(group_words(&rate.group).1),
            rate.period.start.to_string(),
            rate.period.end.to_string(),
            harmless(&one.member),
            one.reason.name().to_owned(),
            harmless(why),
            one.units.to_string(),
        ];
        writer.write_record(record).expect("every record has the same length");
    }
    writer.into_inner().expect("a list in memory can be flushed")
}
