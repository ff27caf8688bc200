//! Fine and Gray's model of cumulative incidence.

use super::cox::{CoxData, CoxError, CoxFit, Ties, cox};
use super::follow_up::{CENSORED, FollowUp, days, sound};

/// Follow-up with covariates and competing events.
#[derive(Debug, Clone, Copy)]
pub struct FineGrayData<'a> {
    /// Follow-up, one stretch for each member, from time zero.
    pub follow_ups: &'a [FollowUp],
    /// Covariates, row by row.
    pub covariates: &'a [f64],
    /// Covariates of a row.
    pub width: usize,
    /// The kind of event whose incidence is modelled.
    pub kind: u8,
}

/// Fits proportional hazards of the sub-distribution (Fine and Gray, JASA 94 (1999)): members with a
/// competing event stay at risk with the weight G(t) ÷ G(T), G the chance of not yet being censored.
/// Done by weighted stretches and a Cox model clustered by member, as `finegray` of R's survival does;
/// censoring on a day comes after the events of the day. Coefficients are logarithms of
/// sub-distribution hazard ratios.
///
/// Costs a row for each competing event and each change of G between later events of the kind.
pub fn fine_gray(data: &FineGrayData, ties: Ties) -> Result<CoxFit, CoxError> {
    if data.width == 0 || data.covariates.len() != data.follow_ups.len() * data.width {
        return Err(CoxError::Shape);
    }
    let late = data.follow_ups.iter().any(|one| one.start > 0);
    if !sound(data.follow_ups) || late || data.kind == CENSORED {
        return Err(CoxError::Values);
    }
    let days = censoring_free(data);
    let pieces = pieces(&days);
    let mut rows = Rows::default();
    for (member, (one, values)) in
        data.follow_ups.iter().zip(data.covariates.chunks_exact(data.width)).enumerate()
    {
        let member = u32::try_from(member).map_err(|_| CoxError::Values)?;
        rows.push(one.only(data.kind), values, member);
        if one.event == CENSORED || one.event == data.kind {
            continue;
        }
        let own = days.partition_point(|day| day.time < one.stop);
        let next = pieces.partition_point(|piece| piece.until <= one.stop);
        let mut start = one.stop;
        for piece in pieces[next..].iter().take_while(|piece| piece.free > 0.0) {
            let weight = one.weight * piece.free / days[own].free;
            let stretch = FollowUp { start, stop: piece.until, event: CENSORED, weight };
            rows.push(stretch, values, member);
            start = piece.until;
        }
    }
    let expanded = CoxData {
        follow_ups: &rows.follow_ups,
        covariates: &rows.covariates,
        width: data.width,
        strata: None,
        clusters: Some(&rows.members),
    };
    cox(&expanded, ties)
}

#[derive(Default)]
struct Rows {
    follow_ups: Vec<FollowUp>,
    covariates: Vec<f64>,
    members: Vec<u32>,
}

impl Rows {
    fn push(&mut self, stretch: FollowUp, covariates: &[f64], member: u32) {
        self.follow_ups.push(stretch);
        self.covariates.extend(covariates);
        self.members.push(member);
    }
}

/// A day on which somebody's follow-up ends.
struct FreeDay {
    time: u32,
    /// The chance of not being censored before the day.
    free: f64,
    /// True if the kind of event happens on it.
    own: bool,
}

fn censoring_free(data: &FineGrayData) -> Vec<FreeDay> {
    let place = |event: u8| (event != CENSORED).then_some(usize::from(event != data.kind));
    let mut free = 1.0;
    let mut found = Vec::new();
    for day in days::<2>(data.follow_ups, place) {
        found.push(FreeDay { time: day.time, free, own: day.events[0] > 0.0 });
        if day.censored > 0.0 {
            let left = day.at_risk - day.events[0] - day.events[1];
            let stay = left - day.censored;
            free *= if stay > 1e-9 * left { stay / left } else { 0.0 };
        }
    }
    found
}

/// Days with events of the kind that share one chance of not being censored before them.
struct Piece {
    until: u32,
    free: f64,
}

fn pieces(days: &[FreeDay]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for day in days.iter().filter(|day| day.own) {
        match pieces.last_mut() {
            #[expect(clippy::float_cmp, reason = "the same number, carried on")]
            Some(last) if last.free == day.free => last.until = day.time,
            _ => pieces.push(Piece { until: day.time, free: day.free }),
        }
    }
    pieces
}
