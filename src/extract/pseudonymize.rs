//! An extract for others: ids become tokens, dates move, details are coarsened, and columns that
//! nobody asked for are left out. Row by row, so that memory does not grow with the extract.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::coarsen::Coarsening;
use super::folder::{choose, files_of, not_a_file};
use super::gate::seen;
use super::header;
use super::manifest::{Dates, MANIFEST, read_manifest};
use super::pieces::{Blocks, Format, Mark, Piece, Stop};
use super::plan;
use super::privacy::{Identifier, Privacy, Treatment, zip3};
use super::problem::{Error, Problem};
use super::pseudonym::{Key, earlier};
use super::pseudonym_action::Action;
use super::rule::Rule;
use super::runout;
use super::settings::Source;
use super::source::{CHUNK, unchanged};
use super::split::{Chunk, Place, Splitter, Text};
use super::statement::{manifest_csv, statement};
use super::value;
use crate::terms::Table;

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
    if let Some((source, file, _)) = files.iter().find(|(source, ..)| !source.dates.is_empty()) {
        let message = format!("`dates` of {} cannot be rewritten", source.table.name());
        let help = "deliver dates as YYYY-MM-DD";
        return Err(refused(Problem::new("unfit_setting", message, help).file(file)));
    }
    let draft = draft_of(&request.out)?;
    let written: Result<Vec<Done>, Error> = {
        let done = files
            .par_iter()
            .map(|(source, file, dates)| write(request, source, file, *dates, &draft));
        done.collect()
    };
    let whole = written.and_then(|done| {
        let rows = files.iter().zip(&done).map(|((source, file, dates), done)| {
            // What is to be added to has to be said.
            let usual = request.shift_days.map(|_| runout::usual(source, &done.columns));
            let runout_days = dates.runout_days.or(usual);
            (source.table, file.as_str(), Dates { runout_days, ..*dates })
        });
        let rows: Vec<(Table, &str, Dates)> = rows.collect();
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
    fs::create_dir_all(&draft).map_err(|error| {
        let message = format!("{}: no folder can be made here ({error})", out.display());
        refused(Problem::new("not_writable", message, "choose another folder with --out"))
    })?;
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

fn write(
    request: &Pseudonymize,
    source: &Source,
    file: &str,
    dates: Dates,
    draft: &Path,
) -> Result<Done, Error> {
    let (from, to) = (request.folder.join(file), draft.join(file));
    if let Some(problem) = not_a_file(&from) {
        return Err(refused(problem.file(file)));
    }
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
    let format = Format::of(from).map_err(Error::io(from))?;
    if format == Format::Parquet {
        let message = "Parquet files are not rewritten";
        let help = "deliver the table as CSV, plain or compressed with gzip";
        return Err(refused(Problem::new("unfit_format", message, help).file(file)));
    }
    let input = Input::open(request, source, file, (from, format))?;
    let output = BufWriter::new(File::create(to).map_err(Error::io(to))?);
    if format == Format::Csv {
        let (done, mut output) = rewrite(request, &input, dates, output)?;
        output.flush().and_then(|()| output.get_ref().sync_all()).map_err(Error::io(to))?;
        return Ok(done);
    }
    let output = GzEncoder::new(output, flate2::Compression::fast());
    let (done, output) = rewrite(request, &input, dates, output)?;
    let finish = || -> io::Result<()> {
        let mut output = output.finish()?;
        output.flush()?;
        output.get_ref().sync_all()
    };
    finish().map_err(Error::io(to))?;
    Ok(done)
}

/// A file that is read as intake reads it, so that both see the same rows.
struct Input<'a> {
    source: &'a Source,
    file: &'a str,
    path: &'a Path,
    format: Format,
    header: Vec<String>,
    /// The names that may be shown, and the places of the others.
    shown: Vec<String>,
}

impl<'a> Input<'a> {
    fn open(
        request: &Pseudonymize,
        source: &'a Source,
        file: &'a str,
        (path, format): (&'a Path, Format),
    ) -> Result<Self, Error> {
        let sources = &request.sources;
        let header = header::read(path, format, source, sources).map_err(|found| {
            Error::Problems(found.into_iter().map(|problem| problem.file(file)).collect())
        })?;
        let names = header.iter().enumerate();
        let shown: Vec<String> =
            names.map(|(place, name)| header::shown(name, place, sources)).collect();
        let missing = plan::missing(source, file, &shown);
        if missing.is_empty() {
            Ok(Self { source, file, path, format, header, shown })
        } else {
            Err(Error::Problems(missing))
        }
    }

    /// Calls with the line and the wanted fields of each row; a row that intake would refuse as a
    /// whole refuses the file.
    fn each_row(
        &self,
        wanted: Vec<Option<usize>>,
        mut tell: impl FnMut(u32, &[&[u8]]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let columns = wanted.iter().flatten().count();
        let splitter = Splitter { delimiter: self.source.delimiter, wanted, columns };
        let opened = Blocks::open(self.path, self.format).map_err(Error::io(self.path))?;
        let mut blocks = opened.exactly(splitter.clone());
        let mut chunk = Chunk::default();
        while let Some(piece) = blocks.next().map_err(|stop| self.stopped(stop))? {
            let Piece::Text { bytes, line } = &piece else { unreachable!("no Parquet comes here") };
            let (text, mut place) = (Text::of(bytes), Place { at: 0, line: *line });
            if *line == 1 {
                splitter.split(&text, &mut place, 1, &mut chunk);
            }
            loop {
                splitter.split(&text, &mut place, CHUNK, &mut chunk);
                if chunk.lone_return {
                    return Err(refused(header::lone_return().file(self.file)));
                }
                for (row, line) in chunk.lines.iter().enumerate() {
                    if let Some((column, rule)) = chunk.faults[row] {
                        return Err(self.faulty(*line, column, rule));
                    }
                    let field = |column| chunk.get(bytes, columns, column, row);
                    tell(*line, &(0..columns).map(field).collect::<Vec<_>>())?;
                }
                if chunk.lines.is_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn stopped(&self, stop: Stop) -> Error {
        Error::io(self.path)(match stop {
            Stop::Io(error) => error,
            Stop::Irregular => io::ErrorKind::InvalidData.into(),
        })
    }

    fn faulty(&self, line: u32, column: Option<usize>, rule: Rule) -> Error {
        let message = format!("line {line}: {}", rule.explanation());
        let problem = Problem::new(rule.name(), message, rule.way_out()).file(self.file);
        refused(match column {
            Some(place) => problem.column(&self.shown[place]),
            None => problem,
        })
    }

    fn unfit(&self, line: u32, place: usize, unfit: Unfit) -> Error {
        let (rule, what) = match unfit {
            Unfit::Identifier(found) => (found.rule(), format!("looks like {}", found.words())),
            Unfit::Lines => (
                "line_end",
                "has a line end in it, as where a quotation mark does not end".to_owned(),
            ),
        };
        let help = "leave the column out with `ignore`, or clean it before delivery";
        let problem = Problem::new(rule, format!("line {line}: the value {what}"), help);
        refused(problem.file(self.file).column(&self.shown[place]))
    }
}

fn rewrite<W: Write>(
    request: &Pseudonymize,
    input: &Input<'_>,
    dates: Dates,
    output: W,
) -> Result<(Done, W), Error> {
    let failed = |error: csv::Error| Error::io(input.file)(error.into());
    let year = dates.extract_date.map(crate::terms::Day::year);
    let action = |column: &String| Action::of(input.source, column, &request.privacy, year);
    let actions: Vec<Action> = input.header.iter().map(action).collect();
    let kept: Vec<usize> =
        (0..actions.len()).filter(|place| actions[*place] != Action::LeaveOut).collect();
    let wanted = (0..actions.len()).map(|place| kept.iter().position(|kept| *kept == place));
    let mut writer =
        csv::WriterBuilder::new().delimiter(input.source.delimiter).from_writer(output);
    writer
        .write_record(kept.iter().map(|place| input.header[*place].as_bytes()))
        .map_err(failed)?;
    let member = kept.iter().position(|place| actions[*place] == Action::Member);
    let mut row = Rewriting { request, member, shift: 0, unreadable: 0 };
    let mut rows = 0;
    input.each_row(wanted.collect(), |line, fields| {
        rows += 1;
        row.begin(fields);
        for (number, place) in kept.iter().enumerate() {
            let made = row.made(actions[*place], fields[number]);
            let made = made.map_err(|unfit| input.unfit(line, *place, unfit))?;
            writer.write_field(made).map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)
    })?;
    let shifts = request.shift_days.is_some() && member.is_some();
    let columns = input.shown.iter().cloned().zip(&actions);
    let done = Done {
        file: input.file.to_owned(),
        table: input.source.table.name(),
        rows,
        columns: columns.map(|(name, action)| (name, action.words(shifts))).collect(),
        unreadable: row.unreadable,
    };
    let output = writer.into_inner().map_err(|error| Error::io(input.file)(error.into_error()))?;
    Ok((done, output))
}

/// Why a value cannot be passed on.
#[derive(Clone, Copy)]
enum Unfit {
    Identifier(Identifier),
    /// It has a line end in it: rows may hide behind a mark that does not end.
    Lines,
}

/// One row after the other.
struct Rewriting<'a> {
    request: &'a Pseudonymize,
    member: Option<usize>,
    shift: i32,
    unreadable: u64,
}

impl Rewriting<'_> {
    fn begin(&mut self, fields: &[&[u8]]) {
        let id = self.member.map_or(&[][..], |member| value::trimmed(fields[member]));
        self.shift = match self.request.shift_days {
            Some(most) if self.member.is_some() => self.request.key.shift(id, most),
            _ => 0,
        };
    }

    fn made(&mut self, action: Action, value: &[u8]) -> Result<Vec<u8>, Unfit> {
        let value = value::trimmed(value);
        if value.is_empty() {
            return Ok(Vec::new());
        }
        if memchr::memchr2(b'\n', b'\r', value).is_some() {
            return Err(Unfit::Lines);
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
                    return Err(Unfit::Identifier(found));
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
