//! An extract for others: ids become tokens, dates move, details are coarsened, and columns that
//! nobody asked for are left out. Row by row, so that memory does not grow with the extract.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::coarsen::{Coarsening, takes};
use super::folder::{choose, files_of};
use super::gate::suspicious_name;
use super::identifier::{identifier, is_date};
use super::manifest::{Dates, MANIFEST, read_manifest};
use super::pieces::{Format, Mark};
use super::privacy::{Identifier, Privacy, Treatment, zip3};
use super::problem::{Error, Problem};
use super::pseudonym::{Key, earlier};
use super::settings::Source;
use super::source::unchanged;
use super::statement::{manifest_csv, statement};
use super::tables::{Field, Form, Table};
use super::value;
use crate::terms::column;

/// What is to be made into what.
#[derive(Debug, Clone)]
pub struct Pseudonymize {
    /// The folder with the extracts.
    pub folder: PathBuf,
    /// The folder to write; it must not exist or be empty.
    pub out: PathBuf,
    /// Settings of single sources: names of files and columns.
    pub sources: Vec<Source>,
    /// What is coarsened and what may not be in it.
    pub privacy: Privacy,
    /// The sender's secret.
    pub key: Key,
    /// Dates of each member lie 1 to so many days earlier, all of a member's by the same number.
    pub shift_days: Option<u32>,
}

/// What was done to one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// The file.
    pub file: String,
    /// The table it feeds.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// What became of each column, in the order of the file.
    pub columns: Vec<(String, &'static str)>,
    /// Dates that could not be read and were replaced by a question mark.
    pub unreadable: u64,
}

/// What becomes of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    LeaveOut,
    Keep,
    /// Kept although it looks like an identifier: the site says that it is none.
    Exempt,
    /// A year or month of birth, and nothing finer.
    Number,
    Member,
    Token(&'static str),
    Date,
    Coarsen(Coarsening),
}

impl Action {
    fn of(source: &Source, column: &str, privacy: &Privacy, year: Option<i32>) -> Self {
        if source.ignore.iter().any(|ignored| ignored == column) {
            return Self::LeaveOut;
        }
        let model = source.columns.get(column).map_or(column, String::as_str);
        let Some(field) = source.table.fields().iter().find(|field| field.name == model) else {
            return Self::LeaveOut;
        };
        if privacy.exempts(source.table.name(), column) {
            return Self::Exempt;
        }
        // What intake would refuse by its name is not passed on either.
        if suspicious_name(privacy, column, |one| takes(source.table, model, one)).is_some() {
            return Self::LeaveOut;
        }
        if let Some(coarsening) = Coarsening::of(privacy, column, field.form, field.to, year) {
            return match coarsening {
                Coarsening::LeftOut => Self::LeaveOut,
                other => Self::Coarsen(other),
            };
        }
        Self::of_field(source.table, field)
    }

    fn of_field(table: Table, field: &Field) -> Self {
        match (field.form, field.to) {
            (Form::Member, _) => Self::Member,
            (Form::BirthYear | Form::BirthMonth, _) => Self::Number,
            (_, column::RECORD_ID) => Self::Token(table.name()),
            (_, column::STAY_ID) => Self::Token(Table::Stays.name()),
            (_, column::EPISODE_ID) => Self::Token("episode"),
            (_, column::CLINICIAN_ID) => Self::Token("clinician"),
            (Form::Past | Form::Planned | Form::Instant | Form::Month, _) => Self::Date,
            _ => Self::Keep,
        }
    }

    fn words(self, shifts: bool) -> &'static str {
        match self {
            Self::LeaveOut => "left out",
            Self::Member => "token of the member",
            Self::Token("clinician") => "token of the clinician",
            Self::Token(_) => "token of the record",
            Self::Date if shifts => "shifted with the member's other dates",
            Self::Date | Self::Keep | Self::Number => "kept",
            Self::Exempt => "kept unsearched, as the site decided",
            Self::Coarsen(coarsening) => coarsening.words(),
        }
    }
}

/// Writes the extract for others. The folder appears when all of it is written.
///
/// # Errors
/// If a file cannot be read or written, a row has too many or too few fields, or a value that would
/// be kept is an identifier.
pub fn pseudonymize(request: &Pseudonymize) -> Result<Vec<Done>, Error> {
    if fs::read_dir(&request.out).is_ok_and(|mut entries| entries.next().is_some()) {
        let message = format!("{} is not empty", request.out.display());
        return Err(refused(Problem::new("not_empty", message, "name a new folder with --out")));
    }
    let names = files_of(&request.folder)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let manifest = read_manifest(&request.folder, &names).map_err(Error::Problems)?;
    let mut files = Vec::new();
    for table in Table::ALL {
        let given = request.sources.iter().find(|source| source.table == table).cloned();
        let source = given.unwrap_or_else(|| Source::of(table));
        for file in choose(&source, &names).map_err(refused)? {
            let dates = Dates::of(&source, &file, &manifest, None);
            files.push((source.clone(), file, dates));
        }
    }
    let draft = draft_of(&request.out)?;
    let written: Result<Vec<Done>, Error> = {
        let done = files
            .par_iter()
            .map(|(source, file, dates)| write(request, source, file, *dates, &draft));
        done.collect()
    };
    let whole = written.and_then(|done| {
        let rows: Vec<(Table, &str, Dates)> = files
            .iter()
            .map(|(source, file, dates)| (source.table, file.as_str(), *dates))
            .collect();
        put(&draft.join(MANIFEST), &manifest_csv(&rows, &manifest, request.shift_days))?;
        put(&draft.join("pseudonymized.json"), &statement(request, &done))?;
        if request.out.exists() {
            fs::remove_dir(&request.out).map_err(Error::io(&request.out))?;
        }
        fs::rename(&draft, &request.out).map_err(Error::io(&request.out))?;
        Ok(done)
    });
    if whole.is_err() {
        // A refused extract leaves no byte behind; if even that fails, the first error says more.
        drop(fs::remove_dir_all(&draft));
    }
    whole
}

fn refused(problem: Problem) -> Error {
    Error::Problems(vec![problem])
}

/// A hidden folder beside the one to be written.
fn draft_of(out: &Path) -> Result<PathBuf, Error> {
    let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = out.with_file_name(format!(".{name}.new-{}", std::process::id()));
    fs::create_dir_all(&draft).map_err(Error::io(&draft))?;
    Ok(draft)
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::io(path))
}

/// Reads, and stops at a line that is longer than any row of a table.
struct Lines<R> {
    input: R,
    since: usize,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        match memchr::memrchr(b'\n', &buffer[..read]) {
            Some(at) => self.since = read - at,
            None => self.since += read,
        }
        if self.since > 64 << 20 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is longer than 64 MB"));
        }
        Ok(read)
    }
}

fn write(
    request: &Pseudonymize,
    source: &Source,
    file: &str,
    dates: Dates,
    draft: &Path,
) -> Result<Done, Error> {
    let (from, to) = (request.folder.join(file), draft.join(file));
    let mark = Mark::of(&from).map_err(Error::io(&from))?;
    let written = write_from(request, source, file, dates, (&from, &to));
    unchanged(&from, mark, file).and(written)
}

fn write_from(
    request: &Pseudonymize,
    source: &Source,
    file: &str,
    dates: Dates,
    (from, to): (&Path, &Path),
) -> Result<Done, Error> {
    let opened = File::open(from).map_err(Error::io(from))?;
    let input = BufReader::with_capacity(1 << 18, opened);
    let output = BufWriter::new(File::create(to).map_err(Error::io(to))?);
    match Format::of(from).map_err(Error::io(from))? {
        Format::Parquet => {
            let message = "Parquet files are not rewritten";
            let help = "deliver the table as CSV, plain or compressed with gzip";
            Err(refused(Problem::new("unfit_format", message, help).file(file)))
        }
        Format::Csv => {
            let (done, mut output) = rewrite(request, source, file, dates, input, output)?;
            output.flush().and_then(|()| output.get_ref().sync_all()).map_err(Error::io(to))?;
            Ok(done)
        }
        Format::Gzip => {
            let output = GzEncoder::new(output, flate2::Compression::fast());
            let input = MultiGzDecoder::new(input);
            let (done, output) = rewrite(request, source, file, dates, input, output)?;
            let finish = || -> io::Result<()> {
                let mut output = output.finish()?;
                output.flush()?;
                output.get_ref().sync_all()
            };
            finish().map_err(Error::io(to))?;
            Ok(done)
        }
    }
}

fn rewrite<W: Write>(
    request: &Pseudonymize,
    source: &Source,
    file: &str,
    dates: Dates,
    input: impl Read,
    output: W,
) -> Result<(Done, W), Error> {
    let unreadable = |error: csv::Error| unreadable(file, &error);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(source.delimiter)
        .has_headers(false)
        .from_reader(Lines { input, since: 0 });
    let mut writer = csv::WriterBuilder::new().delimiter(source.delimiter).from_writer(output);
    let mut record = csv::ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(unreadable)?;
    let header: Vec<String> = record
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    let year = dates.extract_date.map(crate::terms::Day::year);
    let actions: Vec<Action> =
        header.iter().map(|column| Action::of(source, column, &request.privacy, year)).collect();
    let is_kept = |action: &Action| *action != Action::LeaveOut;
    let names = header.iter().zip(&actions).filter(|(_, action)| is_kept(action));
    writer.write_record(names.map(|(name, _)| name.as_bytes())).map_err(unreadable)?;
    let member = actions.iter().position(|action| *action == Action::Member);
    let mut row = Rewriting { request, member, shift: 0, unreadable: 0 };
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        rows += 1;
        row.begin(&record);
        for (place, action) in actions.iter().enumerate().filter(|(_, action)| is_kept(action)) {
            let value = record.get(place).unwrap_or(&[]);
            let made = row.made(*action, value).map_err(|found| {
                let message = format!("row {}: the value looks like {}", rows + 1, found.words());
                let help = "leave the column out with `ignore`, or clean it before delivery";
                refused(Problem::new(found.rule(), message, help).file(file).column(&header[place]))
            })?;
            writer.write_field(made).map_err(unreadable)?;
        }
        writer.write_record(None::<&[u8]>).map_err(unreadable)?;
    }
    let shifts = request.shift_days.is_some() && member.is_some();
    let columns =
        header.into_iter().zip(&actions).map(|(name, action)| (name, action.words(shifts)));
    let done = Done {
        file: file.to_owned(),
        table: source.table.name(),
        rows,
        columns: columns.collect(),
        unreadable: row.unreadable,
    };
    let output = writer
        .into_inner()
        .map_err(|error| Error::Io { path: PathBuf::from(file), source: error.into_error() })?;
    Ok((done, output))
}

/// The library's own message could show a value.
fn unreadable(file: &str, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(error) => {
            let source = io::Error::new(error.kind(), error.to_string());
            Error::Io { path: PathBuf::from(file), source }
        }
        csv::ErrorKind::UnequalLengths { pos, .. } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            let message = format!("line {line}: the row has more or fewer fields than the header");
            let help = "a field would land in another column: correct the row before delivery";
            refused(Problem::new("ragged_row", message, help).file(file))
        }
        _ => refused(Problem::new("unreadable_file", "cannot be read as CSV", "").file(file)),
    }
}

/// One row after the other.
struct Rewriting<'a> {
    request: &'a Pseudonymize,
    member: Option<usize>,
    shift: i32,
    unreadable: u64,
}

impl Rewriting<'_> {
    fn begin(&mut self, record: &csv::ByteRecord) {
        let id = self.member.and_then(|member| record.get(member)).unwrap_or(&[]);
        self.shift = match self.request.shift_days {
            Some(most) if self.member.is_some() => self.request.key.shift(id, most),
            _ => 0,
        };
    }

    fn made(&mut self, action: Action, value: &[u8]) -> Result<Vec<u8>, Identifier> {
        let value = value.trim_ascii();
        if value.is_empty() {
            return Ok(Vec::new());
        }
        let key = &self.request.key;
        Ok(match action {
            Action::LeaveOut | Action::Coarsen(Coarsening::LeftOut) => Vec::new(),
            Action::Member => key.token("member", value).to_vec(),
            Action::Token(kind) => key.token(kind, value).to_vec(),
            Action::Date => earlier(value, self.shift).unwrap_or_else(|| self.question_mark()),
            Action::Coarsen(Coarsening::Zip) => {
                zip3(value).map_or_else(|| self.question_mark(), |area| area.to_vec())
            }
            Action::Coarsen(Coarsening::BirthYear { dates, oldest }) => {
                let year = if dates { value::birth_year(value) } else { value::whole(value) };
                match year {
                    Ok(year) => year.max(oldest.map_or(year, i64::from)).to_string().into_bytes(),
                    Err(_) => self.question_mark(),
                }
            }
            Action::Exempt => value.to_vec(),
            Action::Number if value::whole(value).is_ok() => value.to_vec(),
            Action::Number => self.question_mark(),
            Action::Keep => match seen(value) {
                Some(found) if self.request.privacy.treatment(found) != Treatment::Allow => {
                    return Err(found);
                }
                _ => value.to_vec(),
            },
        })
    }

    /// What cannot be read cannot be made safe either; intake refuses it by its rule.
    fn question_mark(&mut self) -> Vec<u8> {
        self.unreadable += 1;
        b"?".to_vec()
    }
}

/// The identifier that a value looks like.
fn seen(value: &[u8]) -> Option<Identifier> {
    identifier(value).or_else(|| is_date(value).then_some(Identifier::BirthDate))
}
