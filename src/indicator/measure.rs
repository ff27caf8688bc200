//! What the later rooms need to know of an indicator: everything but how it is evaluated.

use crate::terms::Grain;

/// The family an indicator is listed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Continuity of care across transitions, relations and time.
    Continuity,
    /// Losing people, reaching out and winning them back.
    Reengagement,
    /// Care at the least restrictive level.
    LeastRestrictive,
    /// Working together across agencies.
    Coordination,
    /// Access to care.
    Access,
    /// Which services and practices people get.
    PracticeMix,
    /// What becomes of people.
    Outcome,
    /// Episodic and persistent needs, prevention.
    Population,
    /// Cost.
    Cost,
}

/// Which direction is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: a balance or a description.
    Neutral,
}

/// How well the definition is founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Read in a public source, which is named.
    Verified,
    /// Written from memory of a published standard; to be checked before conformity is claimed.
    FromMemory,
    /// Defined by this project; no public standard exists.
    ProjectDefined,
}

/// What numerator and denominator are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Units that met a criterion ÷ units (discharges, assessments …).
    Share,
    /// Sum of the values of units (days, counts, dollars) ÷ units.
    UnitMean,
    /// How far two ratings of each unit agree beyond chance; the tally's values are pairs of ratings.
    Agreement,
    /// Sum of member values (in units of 10⁻¹²) ÷ members.
    MemberMean,
    /// How long something of members lasts, of which some go on: a median; the tally's values are durations.
    Duration,
    /// Members that met a criterion ÷ members.
    MemberShare,
    /// Things counted ÷ days of person-time.
    Rate,
    /// Days at one level of care ÷ days at any; the level stands in the stratum.
    Mix,
    /// What falls on the members with most ÷ what falls on all members.
    Top {
        /// Per cent of the members who have any, rounded up to a whole member.
        percent: u8,
    },
}

/// How the quotient of numerator and denominator becomes the value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// Times a constant.
    Times(f64),
    /// Times the days of the reported period.
    DaysOfPeriod(f64),
}

/// How a value is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// 0.6667 as 66.7 %.
    Percent,
    /// 0.6667 as 0.667.
    Index,
    /// 12.34 as 12.3, with the unit beside it.
    Rate,
    /// 12.345 as $12.35.
    Dollars,
}

/// How the values of a mean lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Nothing is known of it.
    Any,
    /// On few whole numbers, such as differences of levels, and mostly on one: a mean would tell how many
    /// units have another.
    Few,
    /// Few are many times as large as most: their geometric mean is told as well.
    Skewed,
}

/// How an interval is made; see the room `statistics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// Wilson score on units, which assumes that they are independent.
    Wilson,
    /// Wilson score on units, deflated by the design effect of members.
    WilsonCluster,
    /// Byar for counts over person-time, exact Poisson below 10.
    Byar,
    /// Student's t on member values.
    Mean,
    /// Ratio of sums over members, with the member as the cluster.
    RatioCluster,
    /// None: a value that depends on all members at once has no plain one.
    None,
}

/// An indicator (one preset and one variant of it) as the later rooms see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its id; variants carry a suffix such as `@clinician`.
    pub id: String,
    /// The id of the file it comes from.
    pub base_id: String,
    /// The preset, `default` if none was chosen.
    pub preset: String,
    /// Its title, in a reader's words.
    pub title: String,
    /// Its family.
    pub family: Family,
    /// What a row of the denominator is: `discharge`, `member` …
    pub counts: String,
    /// The unit of the value in words, such as `per 1,000 member-months`; empty for shares.
    pub unit: String,
    /// Which direction is good.
    pub better: Better,
    /// Which of the ten objectives it informs.
    pub objectives: Vec<u8>,
    /// Where the definition comes from.
    pub source: String,
    /// How well it is founded.
    pub evidence: Evidence,
    /// Why anyone should look at it.
    pub rationale: String,
    /// The rule as a generated sentence.
    pub sentence: String,
    /// What numerator and denominator are.
    pub shape: Shape,
    /// From quotient to value.
    pub scale: Scale,
    /// How the value is written.
    pub display: Display,
    /// How the interval is made.
    pub interval: Interval,
    /// Parts of one numerator unit: 1 for counts and days, 100 for dollars held as cents, 10¹² for
    /// member values.
    pub numerator_parts: i64,
    /// Why units are excluded, in the order in which reasons are tried.
    pub exclusions: Vec<String>,
    /// Days after a period's end until its last unit can be judged; 0 for members and rates.
    pub ripe_days: i32,
    /// Days before a unit, or before a window of members, that its rule looks at; what happened before the data is not known.
    pub look_back: i32,
    /// The lengths of the periods that it is reported in, of those that a pipeline reports.
    pub grains: Vec<Grain>,
    /// True if results are reported more often than their window is long.
    pub overlapping: bool,
    /// True if the tally's `values` are days from the index to the deciding event of met units.
    pub has_curve: bool,
    /// What stands for the value of a unit that the deciding event does not reach: quantiles of so much
    /// are not reached.
    pub ceiling: Option<i64>,
    /// How its values lie, where it is a mean.
    pub spread: Spread,
    /// From how many per cent on a member's value is high.
    pub high_percent: i64,
    /// How it is one of a chain of definitions, of which each meets whatever the one before does.
    pub widening: Option<Widening>,
    /// The tables that it rests on.
    pub tables: Tables,
    /// What the store lacks for it, such as `outcomes.recommended_level`; empty if computable.
    pub missing: Vec<String>,
    /// Which of its columns say too little to bear a number, such as `contacts.dx1 is missing in 35 %
    /// of its rows, which may be 20 %`; empty if none.
    pub poor: Vec<String>,
}

/// The tables that a measure rests on, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Those of whose rows it is made.
    pub read: Vec<String>,
    /// Those without which it has no number.
    pub needed: Vec<String>,
}

/// A definition but for the width of what meets it, such as the last day of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Widening {
    /// The definition without the width.
    pub of: String,
    /// The width: whatever is met by less is met by more.
    pub width: i32,
}

impl Measure {
    /// Parts of one denominator unit: those of the numerator where both are of one thing, else 1.
    pub fn denominator_parts(&self) -> i64 {
        let is_share = self.shape == Shape::Rate && self.display == Display::Percent;
        let of_one_thing = is_share || matches!(self.shape, Shape::Top { .. });
        if of_one_thing { self.numerator_parts } else { 1 }
    }

    /// True if it is reported in periods of this length.
    pub fn is_reported_by(&self, grain: Grain) -> bool {
        self.grains.contains(&grain)
    }

    /// True if its value is made of how often each value occurs, and their sum says nothing.
    pub fn has_no_sum(&self) -> bool {
        matches!(self.shape, Shape::Agreement | Shape::Duration)
    }

    /// The lengths of the periods that it is reported in, as words; empty if all of them are.
    pub fn reported_by(&self) -> String {
        let words: Vec<&str> = self.grains.iter().map(|grain| grain.name()).collect();
        if Grain::ALL.iter().all(|grain| self.is_reported_by(*grain)) {
            String::new()
        } else {
            words.join(", ")
        }
    }

    /// True if the store has everything that it needs.
    pub fn is_computable(&self) -> bool {
        self.missing.is_empty() && self.poor.is_empty()
    }

    /// Why it is not computable: `needs outcomes.living`, or what is wrong with a column; empty if it
    /// is.
    pub fn why_not(&self) -> String {
        if self.missing.is_empty() {
            self.poor.join("; ")
        } else {
            format!("needs {}", self.missing.join(", "))
        }
    }
}
