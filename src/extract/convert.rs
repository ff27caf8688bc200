//! From the fields of some records to columns of numbers, with the first fault of each record.

use std::ops::Range;

use super::fields::Fields;
use super::plan::{Binding, Origin, Plan};
use super::pools::{Lexicon, Members, Pools};
use super::rows::{Data, NO_CODE, NO_FLAG, NO_INT, NO_LONG, Named, Rows, Texts};
use super::rule::Rule;
use super::tables::{Form, VOID};
use super::value;
use crate::terms::codes::FacilityClass;
use crate::terms::{Day, Table, column};

/// The first fault of a record in the order of the file's columns, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault(u32);

impl Fault {
    pub(super) const NONE: Self = Self(u32::MAX);

    /// A fault of one column, or of the record as a whole.
    pub(super) fn of(column: Option<usize>, rule: Rule) -> Self {
        let column = column.map_or(0, |column| {
            u32::try_from(column).map_or(0x00ff_fffe, |column| column.min(0x00ff_fffd) + 1)
        });
        Self(column << 8 | u32::from(rule.index()))
    }

    pub(super) fn column(self) -> Option<usize> {
        (self.0 >> 8).checked_sub(1).map(|column| column as usize)
    }

    pub(super) fn rule(self) -> Rule {
        Rule::from_index(self.0.to_le_bytes()[0])
    }
}

/// Records without a fault, one after the other.
fn good_runs(faults: &[Fault]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (row, _) in faults.iter().enumerate().filter(|(_, fault)| **fault == Fault::NONE) {
        match runs.last_mut() {
            Some(run) if run.end == row => run.end += 1,
            _ => runs.push(row..row + 1),
        }
    }
    runs
}

/// Everything a conversion needs to know.
pub(super) struct Conversion<'a> {
    pub(super) plan: &'a Plan,
    pub(super) members: &'a Members,
    pub(super) pools: &'a Pools,
    /// One for each binding.
    pub(super) lexicons: &'a [Lexicon],
    /// [`Plan::wanted`].
    pub(super) wanted: &'a [Option<usize>],
    /// True if members that are not known yet may be added.
    pub(super) may_add_members: bool,
    /// The extract date.
    pub(super) last_day: i32,
}

impl Conversion<'_> {
    /// A column for each binding.
    pub(super) fn scratch(&self) -> Vec<Data> {
        self.plan.bindings.iter().map(|binding| Data::of(binding.field.form)).collect()
    }

    /// Converts the records and adds those without a fault to `to`. `faults` come with the faults
    /// that are known already.
    pub(super) fn convert(
        &self,
        fields: &impl Fields,
        lines: &[u32],
        faults: &mut [Fault],
        scratch: &mut [Data],
        to: &mut Rows,
    ) {
        // The fields of a record with a fault as a whole are empty, which is no fault of theirs.
        let given: Vec<(usize, Fault)> =
            faults.iter().copied().enumerate().filter(|(_, fault)| *fault != Fault::NONE).collect();
        for (number, column) in scratch.iter_mut().enumerate() {
            column.clear();
            self.column(number, fields, faults, column);
        }
        self.check_either(scratch, faults);
        self.check_spans(scratch, faults);
        self.check_voids(fields, scratch, faults);
        self.take_level_from_visits(scratch);
        for (row, fault) in given {
            faults[row] = fault;
        }
        let good = good_runs(faults);
        let rows = Named::Runs(&good);
        rows.copy(&mut to.lines, lines, |line| line);
        match self.member_column(scratch) {
            Some(members) => rows.copy(&mut to.members, members, |member| member),
            None => to.members.resize(to.lines.len(), 0),
        }
        for (slot, column) in self.plan.slots.iter().zip(&mut to.columns) {
            slot.filling.append(scratch, rows, column);
        }
    }

    fn member_column<'s>(&self, scratch: &'s [Data]) -> Option<&'s [u32]> {
        let binding = self.plan.binding("member_id")?;
        if let Data::Codes(members) = &scratch[binding] { Some(members) } else { None }
    }

    fn source<'a, F: Fields>(&'a self, number: usize, fields: &'a F) -> Column<'a, F> {
        let binding = &self.plan.bindings[number];
        let at = match &binding.origin {
            Origin::Column(position) => self.wanted[*position],
            Origin::Constant(_) => None,
        };
        let place = self.plan.place(number);
        Column { fields, binding, place, at, required: binding.field.required }
    }

    /// Converts one column.
    fn column(&self, number: usize, fields: &impl Fields, faults: &mut [Fault], to: &mut Data) {
        let binding = &self.plan.bindings[number];
        let source = self.source(number, fields);
        if binding.is_judged_by_text() {
            return self.judge(number, &source, faults, to);
        }
        let last = self.last_day;
        match (binding.field.form, to) {
            (Form::Past, Data::Ints(to)) => {
                source.fill(faults, to, NO_INT, |text| binding.day(text, last));
            }
            (Form::Planned, Data::Ints(to)) => {
                source.fill(faults, to, NO_INT, |text| binding.day(text, i32::MAX));
            }
            (Form::Month, Data::Ints(to)) => {
                source.fill(faults, to, NO_INT, |text| binding.month(text, last));
            }
            (Form::Whole(min, max), Data::Ints(to)) => source.fill(faults, to, NO_INT, |text| {
                let number = value::whole(text)?;
                binding.in_range(number, 1, min, max).map(value::as_int)
            }),
            (Form::Parts(per_unit), Data::Longs(to)) => source.fill(faults, to, NO_LONG, |text| {
                let number = value::parts(text, per_unit)?;
                binding.in_range(number, per_unit, i64::MIN, i64::MAX)
            }),
            (Form::Real, Data::Floats(to)) => source.fill(faults, to, f64::NAN, |text| {
                let number = value::real(text)?;
                if binding.allows_real(number) { Ok(number) } else { Err(Rule::OutOfRange) }
            }),
            (Form::Instant, Data::Texts(to)) => {
                source.texts(faults, to, |text| value::instant(text, last));
            }
            (Form::Key | Form::LongText, Data::Texts(to)) => {
                source.texts(faults, to, |text| binding.fits_id(text));
            }
            (Form::Member, Data::Codes(to)) => self.members(&source, faults, to),
            _ => unreachable!("every other form is judged by text"),
        }
    }

    fn members(&self, source: &Column<'_, impl Fields>, faults: &mut [Fault], to: &mut Vec<u32>) {
        let may_add = |id: &[u8]| {
            if id.is_empty() {
                return Err(Rule::MissingValue);
            }
            source.binding.fits_id(id)?;
            if self.may_add_members { Ok(()) } else { Err(Rule::UnknownMember) }
        };
        self.members.number(
            source.fields.rows(),
            |row| source.text(row),
            may_add,
            |row, verdict| {
                to.push(source.told(verdict, NO_CODE, row, faults));
            },
        );
    }

    /// Converts a column whose distinct values are judged once.
    fn judge(
        &self,
        number: usize,
        source: &Column<'_, impl Fields>,
        faults: &mut [Fault],
        to: &mut Data,
    ) {
        let rows = source.fields.rows();
        let lexicon = &self.lexicons[number];
        let text = |row| source.text(row);
        let judge = |text: &[u8]| self.verdict(source.binding, text);
        match to {
            Data::Codes(to) => lexicon.judge(rows, text, judge, |row, verdict| {
                to.push(source.told(verdict.map(value::as_code), NO_CODE, row, faults));
            }),
            Data::Ints(to) => lexicon.judge(rows, text, judge, |row, verdict| {
                to.push(source.told(verdict.map(value::as_int), NO_INT, row, faults));
            }),
            Data::Longs(to) => lexicon.judge(rows, text, judge, |row, verdict| {
                to.push(source.told(verdict, NO_LONG, row, faults));
            }),
            Data::Flags(to) => lexicon.judge(rows, text, judge, |row, verdict| {
                to.push(source.told(verdict.map(value::as_flag), NO_FLAG, row, faults));
            }),
            Data::Floats(to) => lexicon.judge(rows, text, judge, |row, verdict| {
                let bits = source.told(verdict, NO_LONG, row, faults);
                to.push(if bits == NO_LONG {
                    f64::NAN
                } else {
                    f64::from_bits(bits.cast_unsigned())
                });
            }),
            Data::Texts(to) => lexicon.judge(rows, text, judge, |row, verdict| {
                source.told(verdict, NO_LONG, row, faults);
                to.push(source.text(row));
            }),
            Data::Narrow(_) => unreachable!("codes are judged at full width"),
        }
    }

    /// What a text stands for: a code, or a number whose type the column decides.
    fn verdict(&self, binding: &Binding, given: &[u8]) -> Result<i64, Rule> {
        let meant = binding.values.get(given);
        let text = meant.map_or(given, Vec::as_slice);
        if text.is_empty() {
            return if binding.field.required { Err(Rule::MissingValue) } else { Ok(NO_LONG) };
        }
        binding.fits(given)?;
        // From here on dates are written as the model writes them.
        let day = if meant.is_none() { binding.day_as_written(text)? } else { None };
        let written = day.map(|day| day.to_string());
        let text = written.as_ref().map_or(text, |date| date.as_bytes());
        if let Some(coarsening) = binding.coarsening {
            return coarsening.verdict(binding, text, self.pools, self.last_day);
        }
        let intern = |text: &[u8]| i64::from(self.pools.of(binding.field.to).intern(text));
        let wide = |number: i32| if number == NO_INT { NO_LONG } else { i64::from(number) };
        match binding.field.form {
            Form::Text | Form::Words if !value::is_label(text) => Err(Rule::UnexpectedForm),
            Form::Text => Ok(intern(text)),
            Form::Words => Ok(intern(value::words(text).as_bytes())),
            Form::Codes(names) => value::codes(text, names).map(|codes| intern(codes.as_bytes())),
            Form::Code(names, spellings) => {
                value::code(text, names, spellings).map(|code| intern(code.as_bytes()))
            }
            Form::Diagnosis if value::is_diagnosis(text) => Ok(intern(&text.to_ascii_uppercase())),
            Form::Diagnosis => Err(Rule::UnexpectedForm),
            Form::Flag => value::flag(text).map(i64::from),
            Form::Whole(min, max) => binding.in_range(value::whole(text)?, 1, min, max),
            Form::Parts(per_unit) => {
                binding.in_range(value::parts(text, per_unit)?, per_unit, i64::MIN, i64::MAX)
            }
            Form::BirthYear => {
                binding.in_range(value::whole(text)?, 1, 1900, i64::from(Day(self.last_day).year()))
            }
            Form::BirthMonth => binding.in_range(value::whole(text)?, 1, 1, 12),
            Form::Past => value::day(text, self.last_day).map(wide),
            Form::Planned => value::day(text, i32::MAX).map(wide),
            Form::Month => value::month(text, self.last_day).map(wide),
            Form::Real => value::real(text).and_then(|number| {
                if binding.allows_real(number) {
                    Ok(number.to_bits().cast_signed())
                } else {
                    Err(Rule::OutOfRange)
                }
            }),
            Form::Instant => value::instant(text, self.last_day).map(|()| 0),
            Form::Member | Form::Key | Form::LongText => Ok(0),
        }
    }

    /// Of some columns, a row must fill one.
    fn check_either(&self, scratch: &[Data], faults: &mut [Fault]) {
        let bindings: Vec<usize> =
            self.plan.table().either().iter().filter_map(|name| self.plan.binding(name)).collect();
        let Some(place) = bindings.iter().map(|binding| self.plan.place(*binding)).min() else {
            return;
        };
        // A value that broke a rule is not kept, but it was not empty either.
        let broke = |fault: Fault| {
            bindings.iter().any(|binding| fault.column() == Some(self.plan.place(*binding)))
        };
        for (row, fault) in faults.iter_mut().enumerate() {
            if bindings.iter().all(|binding| scratch[*binding].is_null(row)) && !broke(*fault) {
                *fault = (*fault).min(Fault::of(Some(place), Rule::MissingValue));
            }
        }
    }

    /// Of a row that takes another back, only the key is looked at, which must be there.
    fn check_voids(&self, fields: &impl Fields, scratch: &[Data], faults: &mut [Fault]) {
        let Some(void) = self.plan.binding(VOID) else { return };
        let key =
            if self.plan.table() == Table::Members { column::MEMBER_ID } else { column::RECORD_ID };
        let key = self.plan.bindings.iter().position(|binding| binding.field.to == key);
        let key = key.map(|key| self.source(key, fields));
        for row in (0..fields.rows()).filter(|row| scratch[void].is_set(*row)) {
            let text = key.as_ref().map(|key| key.text(row)).unwrap_or_default();
            let verdict = match &key {
                Some(key) if !text.is_empty() => key.binding.fits_id(text),
                _ => Err(Rule::MissingValue),
            };
            faults[row] = match verdict {
                Ok(()) => Fault::NONE,
                Err(rule) => Fault::of(key.as_ref().map(|key| key.place), rule),
            };
        }
    }

    /// A visit to an emergency department is no stay and has no level of care, whatever is given.
    fn take_level_from_visits(&self, scratch: &mut [Data]) {
        let (Some(class), Some(level)) =
            (self.plan.binding("facility_class"), self.plan.binding("level"))
        else {
            return;
        };
        let visit = self.pools.of(column::CLASS).find(FacilityClass::Ed.name().as_bytes());
        let Ok([Data::Codes(classes), Data::Ints(levels)]) =
            scratch.get_disjoint_mut([class, level])
        else {
            return;
        };
        for (level, class) in levels.iter_mut().zip(classes) {
            if Some(*class) == visit {
                *level = NO_INT;
            }
        }
    }

    /// No end lies before its start.
    fn check_spans(&self, scratch: &[Data], faults: &mut [Fault]) {
        let by = |to: &str, form: Form| {
            let of = |binding: &Binding| binding.field.to == to && binding.field.form == form;
            self.plan.bindings.iter().position(of)
        };
        let end = by(column::END_ON, Form::Past).or_else(|| by(column::END_ON, Form::Planned));
        let (Some(start), Some(end)) = (by(column::START_ON, Form::Past), end) else { return };
        let (Data::Ints(starts), Data::Ints(ends)) = (&scratch[start], &scratch[end]) else {
            return;
        };
        let fault = Fault::of(Some(self.plan.place(end)), Rule::EndBeforeStart);
        for ((start, end), found) in starts.iter().zip(ends).zip(faults) {
            if *end != NO_INT && end < start {
                *found = (*found).min(fault);
            }
        }
    }
}

/// One column of the fields, and how its faults are told.
struct Column<'a, F> {
    fields: &'a F,
    binding: &'a Binding,
    /// Its place in the file, for faults.
    place: usize,
    /// Its place among the columns that are read; nothing for a constant.
    at: Option<usize>,
    required: bool,
}

impl<F: Fields> Column<'_, F> {
    #[inline]
    fn text(&self, row: usize) -> &[u8] {
        match (&self.binding.origin, self.at) {
            (Origin::Constant(text), _) => text.as_bytes(),
            (_, Some(at)) => value::trimmed(self.fields.get(at, row)),
            (_, None) => &[],
        }
    }

    #[inline]
    fn told<T>(&self, verdict: Result<T, Rule>, unknown: T, row: usize, faults: &mut [Fault]) -> T {
        verdict.unwrap_or_else(|rule| {
            faults[row] = faults[row].min(Fault::of(Some(self.place), rule));
            unknown
        })
    }

    #[inline]
    fn fill<T: Copy>(
        &self,
        faults: &mut [Fault],
        to: &mut Vec<T>,
        unknown: T,
        parse: impl Fn(&[u8]) -> Result<T, Rule>,
    ) {
        for row in 0..self.fields.rows() {
            let text = self.text(row);
            let verdict = if text.is_empty() && self.required {
                Err(Rule::MissingValue)
            } else {
                parse(text)
            };
            to.push(self.told(verdict, unknown, row, faults));
        }
    }

    fn texts(
        &self,
        faults: &mut [Fault],
        to: &mut Texts,
        check: impl Fn(&[u8]) -> Result<(), Rule>,
    ) {
        for row in 0..self.fields.rows() {
            let text = self.text(row);
            let verdict = if text.is_empty() && self.required {
                Err(Rule::MissingValue)
            } else {
                check(text)
            };
            self.told(verdict, (), row, faults);
            to.push(text);
        }
    }
}
