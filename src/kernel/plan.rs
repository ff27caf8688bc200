//! What to compute, prepared once for all members.

use super::alike::Alike;
use super::joint::Joined;
use super::reported::Reported;
use super::{Covariate, Supply};
use crate::indicator::care::CareEpisode;
use crate::indicator::unit::Scene;
use crate::indicator::year::{MONTHS, MonthGrid};
use crate::indicator::{Activity, Indicator, Measure, MemberValue, Rule, Shape, Thing};
use crate::terms::{Day, Grain, Period, column};
use crate::timeline::{Basis, ContactFilter, Needs, Settings, Timeline, columns};

/// An attribute that results are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StratumKind {
    /// Age on the index day, or at the end of the period for members and rates.
    AgeBand,
    /// A column of the members table.
    Attribute(&'static str),
    /// The provider that a unit or member belongs to; of units and members that belong to none of the
    /// kind, there is no breakdown.
    Provider(Attributed),
}

/// Which provider a unit or member belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attributed {
    /// Of a discharge: the facility that discharged.
    Facility,
    /// The agency with the most days of qualifying contact in the 365 days before the index admission,
    /// visit or day, or in a member's window; of several, the latest one.
    Agency,
}

impl Attributed {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Facility, Self::Agency];

    /// The word in pipeline files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Facility => "discharging_facility",
            Self::Agency => "attributed_agency",
        }
    }

    /// The rule in words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Facility => {
                "A discharge belongs to the facility that discharged, whoever followed up."
            }
            Self::Agency => {
                "An event belongs to the agency with the most days of qualifying contact in the 365 days before it \
                 (before the admission, if it is a discharge), a member's value to that of its window; of several, to \
                 the one seen last. What comes after the index day does not count, so that nobody is credited with a \
                 follow-up; members whom no agency saw are “none” and belong to their organisation alone."
            }
        }
    }
}

/// Attributes of members that results can be broken down by.
const ATTRIBUTES: [&str; 12] = [
    column::SEX,
    column::GENDER,
    column::RACE_ETH,
    column::LANGUAGE,
    column::COUNTY,
    column::REGION,
    column::RURAL,
    column::SMI_SED,
    column::ELIGIBILITY_CAT,
    column::FOSTER_CARE,
    column::DUAL,
    column::VETERAN,
];

impl StratumKind {
    /// Every word that a pipeline file may use.
    pub fn names() -> Vec<&'static str> {
        let providers = Attributed::ALL.map(Attributed::name);
        std::iter::once("age_band").chain(ATTRIBUTES).chain(providers).collect()
    }

    /// The kind of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "age_band" {
            return Some(Self::AgeBand);
        }
        let attribute = ATTRIBUTES.iter().find(|attribute| **attribute == name);
        let provider = || Attributed::ALL.into_iter().find(|whose| whose.name() == name);
        attribute.map(|name| Self::Attribute(name)).or_else(|| provider().map(Self::Provider))
    }

    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgeBand => "age_band",
            Self::Attribute(name) => name,
            Self::Provider(whose) => whose.name(),
        }
    }
}

/// Everything a run computes, in one pass.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The indicators, in the order of the pipeline file.
    pub indicators: Vec<Indicator>,
    /// Every reported period: months, then quarters, then years, each in order.
    pub periods: Vec<Period>,
    /// The attributes of the breakdown.
    pub strata: Vec<StratumKind>,
    /// How timelines are read.
    pub settings: Settings,
    pub(super) needs: Needs,
    /// The measures that can be computed, in order.
    pub(super) computable: Vec<usize>,
    /// For each indicator, where its filters are among those of the timeline.
    pub(super) filters: Vec<Vec<usize>>,
    pub(super) treatment: usize,
    pub(super) qualifying: usize,
    /// The distinct gaps that make a disengagement.
    pub(super) gaps: Vec<i32>,
    /// For each indicator, the place of its gap among them.
    pub(super) gap_at: Vec<Option<usize>>,
    /// Whether a measure asks for the entropy of visits.
    pub(super) entropy: bool,
    pub(super) calendar: Calendar,
    /// What belongs to no member.
    pub(super) activities: Vec<Activity>,
    /// First and last day of all periods.
    pub(super) span: (Day, Day),
    /// Distinct last days of periods, in order.
    pub(super) ends: Vec<Day>,
    /// The year, and month and day, of each.
    pub(super) end_dates: Vec<(i32, (u32, u32))>,
    /// First and last day of the member window that ends on each of them.
    pub(super) windows: Vec<(Day, Day)>,
    /// For each period, the place of its last day among the ends.
    pub(super) end_of: Vec<usize>,
    /// For each measure, its place among the member rules or among the others.
    pub(super) row_of: Vec<usize>,
    pub(super) alike: Alike,
    /// For each place among the others, the measure.
    pub(super) measure_of_row: Vec<usize>,
    /// The covariates whose joint strata are summed.
    pub(super) joined: Joined,
    pub(super) grid: MonthGrid,
    pub(super) reported: Reported,
}

impl Plan {
    /// Prepares a plan. An indicator that needs more than the store supplies is marked with what is
    /// missing or poor, and not computed.
    pub fn new(
        indicators: Vec<Indicator>,
        periods: Vec<Period>,
        strata: Vec<StratumKind>,
        settings: Settings,
        supply: &Supply,
    ) -> Self {
        let mut indicators = indicators;
        for indicator in &mut indicators {
            indicator.measure.tables = super::supply::tables(indicator);
            indicator.measure.missing = supply.missing(indicator);
            indicator.measure.poor = supply.poor(indicator);
        }
        let mut needs = Needs::default();
        let treatment = keep(&mut needs.filters, &ContactFilter::of(Basis::Treatment));
        let qualifying = keep(&mut needs.filters, &ContactFilter::of(Basis::Qualifying));
        let filters: Vec<Vec<usize>> = indicators
            .iter()
            .map(|one| one.filters.iter().map(|filter| keep(&mut needs.filters, filter)).collect())
            .collect();
        see_needs(&mut needs, &indicators, &strata);
        needs.counted = counted(&indicators, &filters, needs.filters.len());
        super::needs::of_contacts(&mut needs, &indicators, &filters, (treatment, qualifying));
        super::attribution::see_needs(&mut needs, &strata, qualifying);
        let mut ends: Vec<Day> = periods.iter().map(|period| period.end).collect();
        ends.sort_unstable();
        ends.dedup();
        let end_dates =
            ends.iter().map(|end| (end.year(), (end.month(), end.day_of_month()))).collect();
        let windows = ends.iter().map(|end| (end.months_later(1 - MONTHS), *end)).collect();
        let end_of =
            periods.iter().map(|period| ends.partition_point(|end| *end < period.end)).collect();
        let row_of = rows(&indicators);
        let is_computable = |at: &usize| indicators[*at].measure.is_computable();
        let computable: Vec<usize> = (0..indicators.len()).filter(is_computable).collect();
        let measure_of_row = others(&indicators);
        let first = periods.iter().map(|period| period.start).min();
        let last = periods.iter().map(|period| period.end).max();
        let span = (first.unwrap_or(Day(0)), last.unwrap_or(Day(-1)));
        let calendar = Calendar::new(&periods);
        let longest = periods.iter().map(|period| period.grain.months()).max();
        let longest = periods.iter().filter(|period| Some(period.grain.months()) == longest);
        let grid = MonthGrid::new(&ends, &longest.map(|period| period.end).collect::<Vec<_>>());
        let gaps = gaps(&indicators);
        let gap_at = gap_places(&indicators, &gaps);
        let alike = Alike::of(&indicators, &filters, &computable, treatment);
        let reported = Reported::everywhere(&alike, indicators.len(), ends.len());
        let entropy = indicators.iter().any(
            |one| matches!(&one.rule, Rule::Member(rule) if rule.value == MemberValue::Entropy),
        );
        Self {
            indicators,
            periods,
            strata,
            settings,
            needs,
            computable,
            filters,
            treatment,
            qualifying,
            gaps,
            gap_at,
            entropy,
            calendar,
            span,
            ends,
            end_dates,
            windows,
            end_of,
            row_of,
            alike,
            measure_of_row,
            joined: Joined::default(),
            activities: Vec::new(),
            grid,
            reported,
        }
    }

    /// The same plan, of which each measure is counted only in periods of the lengths that its file asks for.
    /// One that asks for none of the plan's is marked so, and not counted.
    #[must_use]
    pub fn by_grains_of_files(mut self) -> Self {
        for indicator in &mut self.indicators {
            let measure = &mut indicator.measure;
            if !self.periods.iter().any(|period| measure.is_reported_by(period.grain)) {
                let grains: Vec<&str> = measure.grains.iter().map(|grain| grain.name()).collect();
                let grains = grains.join(" or ");
                measure.missing.push(format!("a whole {grains} among the reported periods"));
            }
        }
        self.computable.retain(|at| self.indicators[*at].measure.is_computable());
        self.alike = Alike::of(&self.indicators, &self.filters, &self.computable, self.treatment);
        self.reported = Reported::by_files(&self);
        self
    }

    /// The same plan, which also sums the joint strata of several covariates in the periods of a
    /// grain: see [`super::JOINT`].
    #[must_use]
    pub fn jointly(mut self, covariates: &[Covariate], grain: Grain) -> Self {
        for one in covariates {
            one.see_needs(&mut self.needs);
        }
        super::needs::of_states(&mut self.needs);
        self.joined = Joined::new(covariates, grain, &self);
        self
    }

    /// The columns of the timeline table that have to be in the batches.
    pub fn columns(&self) -> Vec<&'static str> {
        columns(&self.needs)
    }

    /// The measures, in order.
    pub fn measures(&self) -> Vec<Measure> {
        self.indicators.iter().map(|indicator| indicator.measure.clone()).collect()
    }

    /// True if a measure is counted in a period.
    pub(super) fn counts_in(&self, measure: usize, period: usize) -> bool {
        self.reported.by(measure, self.periods[period].grain)
    }

    /// The places of the periods with this day that a measure is counted in.
    pub(super) fn periods_of(&self, measure: usize, day: Day) -> impl Iterator<Item = usize> + '_ {
        let periods = self.calendar.periods(day).iter().copied();
        periods.filter(move |period| self.counts_in(measure, *period))
    }

    /// The place of a measure (not of members) and a period.
    pub(super) fn cell(&self, measure: usize, period: usize) -> usize {
        self.row_of[measure] * self.periods.len() + period
    }

    /// A number that is different for each place of a list and length of period.
    pub(super) fn slot(&self, place: usize, period: usize) -> usize {
        place * Grain::ALL.len() + self.periods[period].grain as usize
    }

    /// True if it is kept how often each value of a measure occurs among members.
    pub(super) fn keeps_values(&self, measure: usize) -> bool {
        let indicator = &self.indicators[measure];
        match indicator.measure.shape {
            Shape::MemberMean => !indicator.rule.is_of_whole_groups(),
            shape => shape == Shape::Duration,
        }
    }

    /// What the units of a measure may look at, without the days that decide; `care` has a member's
    /// episodes for each gap.
    pub(super) fn scene<'a>(
        &'a self,
        measure: usize,
        timeline: &'a Timeline,
        care: &'a [Vec<CareEpisode>],
    ) -> Scene<'a> {
        Scene {
            timeline,
            filters: &self.filters[measure],
            care: self.gap_at[measure].map_or(&[], |place| &care[place]),
            treatment: self.treatment,
            qualifying: self.qualifying,
            data_through: self.settings.data_through,
            asked: self.span,
            decides: false,
        }
    }

    /// Place of a rule's gap among the distinct gaps.
    pub(super) fn gap_place(&self, gap: i32) -> Option<usize> {
        self.gaps.iter().position(|known| *known == gap)
    }
}

/// The measures whose rules are not about members.
fn others(indicators: &[Indicator]) -> Vec<usize> {
    let of_others = |at: &usize| !matches!(indicators[*at].rule, Rule::Member(_));
    (0..indicators.len()).filter(of_others).collect()
}

/// The place of each measure among the member rules or among the others.
fn rows(indicators: &[Indicator]) -> Vec<usize> {
    let (mut members, mut others) = (0, 0);
    let mut row = |of_member: bool| {
        let next = if of_member { &mut members } else { &mut others };
        *next += 1;
        *next - 1
    };
    indicators.iter().map(|one| row(matches!(one.rule, Rule::Member(_)))).collect()
}

/// What the reader of timelines has to keep besides contacts that pass filters.
fn see_needs(needs: &mut Needs, indicators: &[Indicator], strata: &[StratumKind]) {
    needs.levels = true;
    super::needs::of_units(needs, indicators);
    super::needs::of_members(needs, indicators);
    super::needs::of_sets(needs, indicators);
    super::needs::of_things(needs, indicators.iter().flat_map(|one| things_of(&one.rule)));
    super::needs::of_states(needs);
    needs.attributes = strata
        .iter()
        .filter_map(|kind| match kind {
            StratumKind::Attribute(name) => Some(*name),
            StratumKind::AgeBand | StratumKind::Provider(_) => None,
        })
        .collect();
}

fn keep(filters: &mut Vec<ContactFilter>, filter: &ContactFilter) -> usize {
    filters.iter().position(|kept| kept == filter).unwrap_or_else(|| {
        filters.push(filter.clone());
        filters.len() - 1
    })
}

/// What a rate counts, and what it is divided by.
fn things_of(rule: &Rule) -> impl Iterator<Item = Thing> + use<> {
    let things = match rule {
        Rule::Rate(rate) => [Some(rate.of), rate.to],
        _ => [None, None],
    };
    things.into_iter().flatten()
}

/// For each filter of the timeline, whether the contacts of a day are counted.
fn counted(indicators: &[Indicator], filters: &[Vec<usize>], count: usize) -> Vec<bool> {
    let mut counted = vec![false; count];
    for (indicator, places) in indicators.iter().zip(filters) {
        if let Rule::Contacts(share) = &indicator.rule {
            counted[places[share.of]] = true;
            counted[places[share.met]] = true;
        }
        for filter in super::needs::counted_rows(&indicator.rule) {
            counted[places[filter]] = true;
        }
        for thing in things_of(&indicator.rule).filter(|thing| thing.filter_by_row().is_none()) {
            if let Thing::Contacts { filter, .. } | Thing::PhaseContacts { filter, .. } = thing {
                counted[places[filter]] = true;
            }
        }
    }
    counted
}

fn gaps(indicators: &[Indicator]) -> Vec<i32> {
    let mut gaps: Vec<i32> =
        indicators.iter().flat_map(|indicator| indicator.rule.gaps()).collect();
    gaps.sort_unstable();
    gaps.dedup();
    gaps
}

/// For each indicator, the place of its gap among all of them.
fn gap_places(indicators: &[Indicator], gaps: &[i32]) -> Vec<Option<usize>> {
    let place = |gap: &i32| gaps.iter().position(|known| known == gap);
    indicators.iter().map(|one| one.rule.gaps().first().and_then(place)).collect()
}

/// Which periods a day lies in.
#[derive(Debug, Clone, Default)]
pub(super) struct Calendar {
    first: i32,
    /// For each day from the first, the place of its month.
    month_of: Vec<u16>,
    /// For each month of the calendar, its first day and the places of the periods it lies in.
    months: Vec<(Day, Vec<usize>)>,
    /// The year and month of each.
    dates: Vec<(i32, u32)>,
}

impl Calendar {
    fn new(periods: &[Period]) -> Self {
        let (Some(first), Some(last)) =
            (periods.iter().map(|p| p.start).min(), periods.iter().map(|p| p.end).max())
        else {
            return Self::default();
        };
        let mut calendar = Self { first: first.0, ..Self::default() };
        let mut start = first;
        while start <= last {
            let month = Period::starting(Grain::Month, start);
            let holds = |period: &Period| period.contains(month.start);
            let places = (0..periods.len()).filter(|place| holds(&periods[*place])).collect();
            let number = u16::try_from(calendar.months.len()).unwrap_or(u16::MAX);
            calendar.months.push((start, places));
            calendar.dates.push((start.year(), start.month()));
            calendar.month_of.extend((0..month.days()).map(|_| number));
            start = month.end + 1;
        }
        calendar
    }

    /// The place of a day's month.
    pub(super) fn month(&self, day: Day) -> Option<usize> {
        let place = usize::try_from(day.0 - self.first).ok()?;
        self.month_of.get(place).map(|month| usize::from(*month))
    }

    /// Places of the periods that have this day.
    pub(super) fn periods(&self, day: Day) -> &[usize] {
        self.month(day).map_or(&[], |month| &self.months[month].1)
    }

    /// First and last day of a day's month, inside the calendar; outside, of the day alone.
    pub(super) fn month_of(&self, day: Day) -> (Day, Day) {
        let Some(place) = self.month(day) else { return (day, day) };
        let next = self.months.get(place + 1).map(|(start, _)| *start);
        let start = self.months[place].0;
        (start, next.unwrap_or_else(|| start.months_later(1)) - 1)
    }

    /// Year, and month and day of month, of a day; cheaper inside the calendar than outside.
    pub(super) fn date(&self, day: Day) -> (i32, (u32, u32)) {
        let Some(place) = self.month(day) else {
            return (day.year(), (day.month(), day.day_of_month()));
        };
        let (year, month) = self.dates[place];
        let since = u32::try_from(day - self.months[place].0).unwrap_or(0);
        (year, (month, since + 1))
    }

    /// First days of the months.
    pub(super) fn starts(&self) -> impl ExactSizeIterator<Item = Day> + '_ {
        self.months.iter().map(|(start, _)| *start)
    }

    /// The months of a run of days, by their places, and how many of its days lie in each.
    pub(super) fn months_of(&self, first: Day, last: Day) -> impl Iterator<Item = (usize, i32)> {
        let from = self.month(first).unwrap_or(self.months.len());
        let months = self.months[from..].iter().take_while(move |(start, _)| *start <= last);
        let mut start = first;
        (from..).zip(months).map(move |(place, _)| {
            let next = self.months.get(place + 1).map_or(Day(i32::MAX), |(start, _)| *start);
            let days = last.min(next - 1) - start + 1;
            start = next;
            (place, days)
        })
    }

    /// Splits a run of days by month: `each(periods, days)`.
    pub(super) fn for_each_month(
        &self,
        first: Day,
        last: Day,
        each: &mut impl FnMut(&[usize], i32),
    ) {
        for (month, days) in self.months_of(first, last) {
            each(&self.months[month].1, days);
        }
    }
}
