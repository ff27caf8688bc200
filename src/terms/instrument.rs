//! What is known of the instruments that scores come from: direction, range, how much change is more
//! than error, and from which score on a member is a case. Scores only: no items, no weights.

/// What an instrument measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// Depression.
    Depression,
    /// Anxiety.
    Anxiety,
    /// Distress in general.
    Distress,
    /// Substance use.
    SubstanceUse,
    /// Functioning in daily life.
    Functioning,
    /// Quality of life.
    QualityOfLife,
    /// Milestones of recovery, an ordinal scale.
    RecoveryMilestone,
    /// Being connected with others.
    SocialConnectedness,
    /// Well-being, as surveys of a population ask for it.
    WellBeing,
    /// Experience of access to care.
    CareAccess,
    /// Experience of quality and appropriateness of care.
    CareQuality,
    /// Experience of what care brought about.
    CareOutcome,
    /// Experience of taking part in planning.
    CareParticipation,
    /// General satisfaction with care.
    CareSatisfaction,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 14] = [
        Self::Depression,
        Self::Anxiety,
        Self::Distress,
        Self::SubstanceUse,
        Self::Functioning,
        Self::QualityOfLife,
        Self::RecoveryMilestone,
        Self::SocialConnectedness,
        Self::WellBeing,
        Self::CareAccess,
        Self::CareQuality,
        Self::CareOutcome,
        Self::CareParticipation,
        Self::CareSatisfaction,
    ];
    /// The words that files use.
    pub const NAMES: [&'static str; 14] = [
        "depression",
        "anxiety",
        "distress",
        "substance_use",
        "functioning",
        "quality_of_life",
        "recovery_milestone",
        "social_connectedness",
        "well_being",
        "care_access",
        "care_quality",
        "care_outcome",
        "care_participation",
        "care_satisfaction",
    ];

    /// The domain of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|word| *word == name).map(|place| Self::ALL[place])
    }

    /// The word of a domain.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Some domains; none named means all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Domains(u32);

impl Domains {
    /// The set of some domains.
    pub fn of(domains: &[Domain]) -> Self {
        Self(domains.iter().fold(0, |bits, one| bits | 1 << (*one as u32)))
    }

    /// True if a domain is in the set, or the set names none.
    pub fn has(self, domain: Domain) -> bool {
        self.0 == 0 || self.0 & (1 << (domain as u32)) != 0
    }

    /// The domains that are named, in the order of the list.
    pub fn named(self) -> impl Iterator<Item = Domain> {
        Domain::ALL.into_iter().filter(move |one| self.0 & (1 << (*one as u32)) != 0)
    }
}

/// Who rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rater {
    /// The member.
    Member,
    /// A parent.
    Parent,
    /// A clinician.
    Clinician,
}

impl Rater {
    /// The words of the data model.
    pub const NAMES: [&'static str; 3] = ["self", "parent", "clinician"];

    /// The rater of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Member, Self::Parent, Self::Clinician]
            .into_iter()
            .find(|one| Self::NAMES[*one as usize] == name)
    }
}

/// An instrument. Points are whole thousandths.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Its name in the extracts; with a subscale, `name/subscale`.
    pub id: String,
    /// What it measures.
    pub domain: Domain,
    /// True if a higher score is better.
    pub higher_is_better: bool,
    /// Least and greatest score; a score outside is not valid.
    pub range: (i64, i64),
    /// Whose scores count; nothing for anybody's.
    pub rater: Option<Rater>,
    /// Standard deviation of first scores, in thousandths of a point, if it is known.
    pub deviation: Option<f64>,
    /// The smallest change that is more than error, if it is known.
    pub least_change: Option<i64>,
    /// The best score at which a member is still a case, if it is known.
    pub case_from: Option<i64>,
}

/// Thousandths of a point.
pub const POINT: i64 = 1000;

/// The normal quantile that the reliable change index has to exceed.
const RELIABLE: f64 = 1.96;

impl Instrument {
    /// The change from one score to another; positive for the better.
    pub fn change(&self, first: i64, last: i64) -> i64 {
        if self.higher_is_better { last - first } else { first - last }
    }

    /// True if a change for the better is more than error.
    pub fn improved(&self, first: i64, last: i64) -> bool {
        self.least_change.is_some_and(|least| self.change(first, last) >= least)
    }

    /// True if a change for the worse is more than error.
    pub fn deteriorated(&self, first: i64, last: i64) -> bool {
        self.least_change.is_some_and(|least| self.change(first, last) <= -least)
    }

    /// Whether a score is that of a case, if a cut-off is known.
    pub fn is_case(&self, score: i64) -> Option<bool> {
        self.case_from.map(|cut| self.change(cut, score) <= 0)
    }
}

/// The smallest number of thousandths that is more than 1.96 standard errors of a difference,
/// √2 · SD · √(1 − r), with the standard deviation in points (Jacobson and Truax, Journal of Consulting
/// and Clinical Psychology 59 (1991)).
#[expect(clippy::cast_possible_truncation, reason = "points of a scale")]
#[expect(clippy::cast_precision_loss, reason = "a thousand")]
pub fn least_reliable_change(deviation: f64, reliability: f64) -> i64 {
    let error = std::f64::consts::SQRT_2 * deviation * libm::sqrt(1.0 - reliability);
    libm::floor(RELIABLE * error * POINT as f64) as i64 + 1
}

/// The score as far from the clinical mean as from the general one, in standard deviations of each
/// (criterion c of Jacobson and Truax), in points. Each pair is a mean and a standard deviation.
pub fn cut_off(clinical: (f64, f64), general: (f64, f64)) -> f64 {
    (clinical.1 * general.0 + general.1 * clinical.0) / (clinical.1 + general.1)
}

/// The instruments of a site, by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instruments(Vec<Instrument>);

impl Instruments {
    /// A registry of instruments with different ids; of two with one id, the first counts.
    pub fn new(mut all: Vec<Instrument>) -> Self {
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup_by(|later, first| later.id == first.id);
        Self(all)
    }

    /// The place of an id.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.0.binary_search_by(|one| one.id.as_str().cmp(id)).ok()
    }

    /// The instrument at a place that [`Instruments::place`] gave.
    pub fn at(&self, place: usize) -> &Instrument {
        &self.0[place]
    }

    /// Every instrument, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = &Instrument> + Clone {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(higher_is_better: bool) -> Instrument {
        Instrument {
            id: "demo".to_owned(),
            domain: Domain::Depression,
            higher_is_better,
            range: (0, 40 * POINT),
            rater: None,
            deviation: Some(6000.0),
            least_change: Some(least_reliable_change(6.0, 0.84)),
            case_from: Some(8 * POINT),
        }
    }

    // SD 6.0, r 0.84: threshold 6.65 points; 18 → 9 is −2.65 standard errors, improved.
    #[test]
    fn change_counts_beyond_its_error_in_the_good_direction() {
        let lower = scale(false);
        assert_eq!(lower.least_change, Some(6653));
        assert!(lower.improved(18_000, 9_000) && !lower.deteriorated(18_000, 9_000));
        assert!(lower.improved(18_000, 11_347) && !lower.improved(18_000, 11_348));
        assert!(lower.deteriorated(9_000, 15_653) && !lower.deteriorated(9_000, 15_652));
        assert!(scale(true).deteriorated(18_000, 9_000));
    }

    #[test]
    fn a_case_is_at_the_cut_off_or_beyond_it() {
        assert_eq!(
            [7999, 8000].map(|score| scale(false).is_case(score)),
            [Some(false), Some(true)]
        );
        assert_eq!([8000, 8001].map(|score| scale(true).is_case(score)), [Some(true), Some(false)]);
        // Clinical mean 16 (6), general mean 4 (3): c = (6·4 + 3·16) ÷ 9 = 8.
        assert!((cut_off((16.0, 6.0), (4.0, 3.0)) - 8.0).abs() < 1e-12);
    }

    #[test]
    fn names_and_domains_go_together() {
        for (domain, name) in Domain::ALL.into_iter().zip(Domain::NAMES) {
            assert_eq!((Domain::from_name(name), domain.name()), (Some(domain), name));
        }
        assert!(Domains::default().has(Domain::Anxiety));
        assert!(!Domains::of(&[Domain::Depression]).has(Domain::Anxiety));
    }
}
