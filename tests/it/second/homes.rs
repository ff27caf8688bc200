//! Where a member lives on each day.

use super::definition::{Living, MemberValue, ValueOf};
use super::life::Life;
use super::rows::{Day, Row};
use super::status;

/// Days for which a status record says where somebody lives, its own included.
const CARRIED: i32 = 90;

/// What is known of a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Home {
    rank: Option<i64>,
    /// In thousandths.
    weight: Option<i64>,
    is_out: Option<bool>,
    /// True if a span or a record says it.
    is_said: bool,
    /// True if it also says whether that is out of home.
    says_place: bool,
}

/// The span of a day that began last, else the last status record of 90 days.
fn said(life: &Life<'_>, day: Day) -> Home {
    let covers = |row: &&&Row| {
        row.day("start").is_some_and(|start| start <= day)
            && row.day("end").is_none_or(|end| end >= day)
    };
    if let Some(span) = life.living.iter().filter(covers).max_by_key(|row| row.day("start")) {
        let code = status::setting_code(span.text("setting"));
        return Home {
            rank: span.number("restrict_rank").or(status::rank(code)),
            weight: span.thousandths("weight"),
            is_out: status::is_out_of_home(code),
            is_said: true,
            says_place: status::is_out_of_home(code).is_some(),
        };
    }
    let says = |row: &&&Row| {
        row.day("date").is_some_and(|made| made <= day && day - made < CARRIED)
            && status::says_home(row.text("living"))
    };
    let Some(record) = life.outcomes.iter().rfind(|row| says(row)) else { return Home::default() };
    let code = record.text("living");
    Home {
        rank: status::rank(code),
        weight: None,
        is_out: status::is_out_of_home(code),
        is_said: true,
        says_place: status::is_out_of_home(code).is_some(),
    }
}

/// Over the home, unless it is more restrictive, lie residential care, hospital and custody.
pub(super) fn on(life: &Life<'_>, day: Day) -> Home {
    let home = said(life, day);
    let over = if life.inpatient_days.contains(&day) || life.custody.contains(&day) {
        4
    } else if life.institution_days.contains(&day) {
        3
    } else {
        return home;
    };
    let rank = Some(home.rank.map_or(over, |own| own.max(over)));
    Home { rank, weight: None, is_out: Some(true), ..home }
}

fn days(life: &Life<'_>, from: Day, to: Day) -> Vec<Home> {
    let counts = |day: &Day| life.is_alive(*day) && life.is_enrolled(*day);
    (from..=to).filter(counts).map(|day| life.home_on(day)).collect()
}

/// True if it is known of a member where the home is.
pub(super) fn is_known(asked: Living, life: &Life<'_>, (start, end): (Day, Day)) -> bool {
    let ranked =
        |from, to| days(life, from, to).iter().any(|home| home.is_said && home.rank.is_some());
    match asked {
        Living::Restrictiveness => ranked(start, end),
        Living::Weight => days(life, start, end).iter().any(|home| home.weight.is_some()),
        Living::Place => days(life, start, end).iter().any(|home| home.says_place),
        Living::Change => ranked(start, start + 89) && ranked(end - 89, end),
    }
}

pub(super) fn value(value: &MemberValue, life: &Life<'_>, (start, end): (Day, Day)) -> f64 {
    let ranks = |from, to| {
        let of: Vec<i64> = days(life, from, to).iter().filter_map(|home| home.rank).collect();
        mean(&of)
    };
    match value.of {
        ValueOf::Restrictiveness => ranks(start, end),
        ValueOf::LivingWeight => {
            let of = days(life, start, end);
            mean(&of.iter().filter_map(|home| home.weight).collect::<Vec<i64>>()) / 1000.0
        }
        ValueOf::LessRestrictive => {
            f64::from(u8::from(ranks(end - 89, end) < ranks(start, start + 89)))
        }
        ValueOf::OutOfHome => {
            let days = days(life, start, end);
            let of = days.iter().map(|home| i64::from(home.is_out == Some(true)));
            mean(&of.collect::<Vec<i64>>())
        }
        other => panic!("{other:?} is not of homes"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
fn mean(of: &[i64]) -> f64 {
    of.iter().sum::<i64>() as f64 / of.len() as f64
}
