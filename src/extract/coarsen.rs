//! What the policy makes coarser: dates and years of birth, ZIP codes, places.

use super::heading;
use super::plan::{Binding, Plan};
use super::pools::Pools;
use super::privacy::{Identifier, Privacy, Treatment, zip3};
use super::rows::NO_LONG;
use super::rule::Rule;
use super::tables::Form;
use super::value;
use crate::terms::{Day, Table, column};

/// What is said about columns that were coarsened.
pub(super) fn coarsened(plan: &Plan) -> impl Iterator<Item = String> {
    plan.bindings.iter().enumerate().filter_map(|(number, binding)| {
        let what = binding.coarsening.as_ref()?.words();
        Some(format!("{}: column {} {what}", plan.delivered.file, plan.column_name(number)))
    })
}

/// What a column becomes when it is made coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coarsening {
    /// A date or year of birth: the year; with `oldest`, people of 90 and more share the latest year
    /// that all of them can have.
    BirthYear {
        /// Dates are cut; without, only years come in.
        dates: bool,
        /// The year that stands for all earlier ones.
        oldest: Option<i32>,
    },
    /// A ZIP code: its first three digits, 000 where few people live.
    Zip,
    /// Every value is left out.
    LeftOut,
}

impl Coarsening {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::BirthYear { dates: true, oldest: None } => "was cut to the year of birth",
            Self::BirthYear { dates: true, .. } => {
                "was cut to the year of birth; people of 90 and more are one category"
            }
            Self::BirthYear { .. } => "has one category for people of 90 and more",
            Self::Zip => "was cut to three digits, and to 000 where few people live",
            Self::LeftOut => "was left out",
        }
    }

    /// How a column is made coarser, if it is.
    pub(super) fn of(
        privacy: &Privacy,
        column: &str,
        form: Form,
        to: &str,
        extract_year: Option<i32>,
    ) -> Option<Self> {
        let coarsens = |one| privacy.treatment(one) == Treatment::Coarsen;
        let announced = heading::announced(column);
        let is_place = [column::COUNTY, column::REGION].contains(&to);
        match form {
            Form::BirthYear => {
                let dates = coarsens(Identifier::BirthDate);
                let oldest =
                    extract_year.filter(|_| coarsens(Identifier::Age)).map(|year| year - 90);
                (dates || oldest.is_some()).then_some(Self::BirthYear { dates, oldest })
            }
            Form::BirthMonth if privacy.treatment(Identifier::Date) == Treatment::Refuse => {
                Some(Self::LeftOut)
            }
            Form::Text if is_place && announced == Some(Identifier::Zip) => {
                coarsens(Identifier::Zip).then_some(Self::Zip)
            }
            Form::Text if is_place && coarsens(Identifier::Place) => Some(Self::LeftOut),
            _ => None,
        }
    }

    /// What is kept of a value.
    pub(super) fn verdict(
        self,
        binding: &Binding,
        text: &[u8],
        pools: &Pools,
        last_day: i32,
    ) -> Result<i64, Rule> {
        match self {
            Self::LeftOut => Ok(NO_LONG),
            Self::Zip => {
                let area = zip3(text).ok_or(Rule::UnexpectedForm)?;
                Ok(i64::from(pools.of(binding.field.to).intern(&area)))
            }
            Self::BirthYear { dates, oldest } => {
                let year = if dates { value::birth_year(text) } else { value::whole(text) }?;
                let last = i64::from(Day(last_day).year());
                let year = binding.in_range(year, 1, 1900, last)?;
                Ok(year.max(oldest.map_or(year, i64::from)))
            }
        }
    }
}

/// True if a column of the model can take an identifier in its coarser form.
pub(super) fn takes(table: Table, model: &str, identifier: Identifier) -> bool {
    table.field(model).is_some_and(|field| match identifier {
        Identifier::Zip => [column::COUNTY, column::REGION].contains(&field.to),
        Identifier::BirthDate => field.form == Form::BirthYear,
        _ => false,
    })
}
