//! Status records: what the first and the last of a window say. Two published code lists side by
//! side, one digit TEDS, two digits Colorado.

use super::definition::{Asked, ValueOf};
use super::life::Life;
use super::rows::{Day, Row};

const INDEPENDENT: [&str; 2] = ["3", "15"];
const SUPPORTED: [&str; 1] = ["13"];
const HOMELESS: [&str; 2] = ["1", "12"];
const DEPENDENT: [&str; 1] = ["2"];
const ASSISTED: [&str; 4] = ["05", "06", "11", "14"];
const RESIDENTIAL: [&str; 6] = ["04", "07", "08", "09", "10", "16"];
const HOSPITAL_OR_JAIL: [&str; 3] = ["01", "02", "03"];

const OPEN_MARKET: [&str; 5] = ["1", "2", "01", "02", "10"];
const SUPPORTED_WORK: [&str; 1] = ["04"];
const UNEMPLOYED: [&str; 2] = ["3", "03"];
const OUTSIDE: [&str; 7] = ["4", "05", "06", "07", "08", "09", "11"];

/// The code that a word for the setting of a living span stands for.
pub(super) fn setting_code(setting: &str) -> &str {
    match setting {
        "homeless" | "shelter" => "12",
        "home" | "family_home" | "kinship_care" | "adoptive_home" | "rented" | "own_home"
        | "independent" => "15",
        "supported_housing" => "13",
        "foster_home" | "foster_care" | "assisted_living" | "sober_living" => "05",
        "group_home" | "residential" | "halfway_house" | "nursing" => "07",
        "hospital" => "02",
        "detention" | "jail" | "prison" => "01",
        code => code,
    }
}

/// How restrictive a living situation is, from 1 low to 4 high; nothing for people without a home.
pub(super) fn rank(home: &str) -> Option<i64> {
    let ranks: [(i64, &[&str]); 6] = [
        (1, &INDEPENDENT),
        (1, &SUPPORTED),
        (2, &ASSISTED),
        (2, &DEPENDENT),
        (3, &RESIDENTIAL),
        (4, &HOSPITAL_OR_JAIL),
    ];
    ranks.into_iter().find(|(_, codes)| codes.contains(&home)).map(|(rank, _)| rank)
}

/// True if a code is known.
pub(super) fn says_home(home: &str) -> bool {
    HOMELESS.contains(&home) || rank(home).is_some()
}

/// Whether it is a placement out of home; of dependent living it is not known.
pub(super) fn is_out_of_home(home: &str) -> Option<bool> {
    let is_known = says_home(home) && !DEPENDENT.contains(&home);
    let is_out =
        [&ASSISTED[..], &RESIDENTIAL, &HOSPITAL_OR_JAIL].iter().any(|all| all.contains(&home));
    is_known.then_some(is_out)
}

/// The answer of a record; nothing where it does not say.
fn answer(asked: Asked, row: &Row) -> Option<i64> {
    let (home, work) = (row.text("living"), row.text("employment"));
    let is_homeless = HOMELESS.contains(&home);
    let lives = |holds: bool| says_home(home).then_some(i64::from(holds));
    let in_force =
        OPEN_MARKET.contains(&work) || SUPPORTED_WORK.contains(&work) || UNEMPLOYED.contains(&work);
    let works = OPEN_MARKET.contains(&work) || SUPPORTED_WORK.contains(&work);
    let says_work = in_force || OUTSIDE.contains(&work);
    match asked {
        Asked::Housed => lives(INDEPENDENT.contains(&home) || SUPPORTED.contains(&home)),
        Asked::Homeless => lives(is_homeless),
        Asked::AtHome if DEPENDENT.contains(&home) => None,
        Asked::Independent | Asked::AtHome => lives(INDEPENDENT.contains(&home)),
        Asked::Restrictiveness => rank(home),
        Asked::Employed => says_work.then_some(works.into()),
        Asked::EmployedInLabourForce => in_force.then_some(works.into()),
        Asked::CompetitiveWork => says_work.then_some(OPEN_MARKET.contains(&work).into()),
        Asked::School => match row.text("school") {
            "01" => Some(1),
            "02" => Some(0),
            _ => None,
        },
        Asked::ArrestFree => match row.text("arrests_30d") {
            "" => None,
            arrests => Some(i64::from(arrests == "0")),
        },
        Asked::SelfHelp => match row.text("selfhelp_freq") {
            "1" => Some(0),
            "2" | "3" | "4" | "5" => Some(1),
            _ => None,
        },
        Asked::UseDays => row.number("substance_use_days"),
    }
}

/// The answers of a window, in order.
pub(super) fn answers(asked: Asked, life: &Life<'_>, (from, to): (Day, Day)) -> Vec<(Day, i64)> {
    let within = |row: &&&Row| row.day("date").is_some_and(|day| from <= day && day <= to);
    let rows = life.outcomes.iter().filter(within);
    rows.filter_map(|row| Some((row.day("date")?, answer(asked, row)?))).collect()
}

/// Whether the answers of a member pass.
pub(super) fn passes(of: ValueOf, answers: &[(Day, i64)]) -> bool {
    let (first, last) = (answers[0].1, answers[answers.len() - 1].1);
    match of {
        ValueOf::StatusFirst => first > 0,
        ValueOf::StatusLast => last > 0,
        ValueOf::StatusGained => first == 0 && last > 0,
        ValueOf::StatusLost => first > 0 && last == 0,
        ValueOf::StatusEver => answers.iter().any(|(_, answer)| *answer > 0),
        ValueOf::StatusLess => last < first,
        ValueOf::StatusNoneOrLess => last == 0 || last < first,
        other => panic!("{other:?} is not of status records"),
    }
}
