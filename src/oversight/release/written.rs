//! How a register is written down: a list of the releases, and for each of them a text of what it
//! showed differently from the release before.
//!
//! Most of what a release shows is what the one before showed. A text has a line of JSON for each cell
//! that is new or shows something else, and one for each that is gone; it is known by its SHA-256, which
//! the list has, so that no other text can take its place.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::register::{CellKey, Register, Release, ReleasedCell, Shown, hexadecimal};

/// The list of releases.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    format: u32,
    releases: Vec<Release>,
}

/// The number of the format.
const FORMAT: u32 = 2;

/// Why a register cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place} of the register of releases cannot be read: {why}")]
pub struct RegisterError {
    /// Which part.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

impl RegisterError {
    fn new(place: impl Into<String>, why: &dyn std::fmt::Display) -> Self {
        Self { place: place.into(), why: why.to_string() }
    }
}

impl Register {
    /// Reads a register: the list of releases, and with `cells` the text of each.
    ///
    /// # Errors
    /// If list or text is not what [`Register::list`] and [`Register::cells_text`] write, or a text has
    /// not the hash that the list has.
    pub fn read(
        list: &str,
        mut cells: impl FnMut(&Release) -> Result<String, String>,
    ) -> Result<Self, RegisterError> {
        let list: List =
            serde_json::from_str(list).map_err(|error| RegisterError::new("the list", &error))?;
        if list.format != FORMAT {
            let why = format!("it has format {}, this program knows {FORMAT}", list.format);
            return Err(RegisterError::new("the list", &why));
        }
        let mut register = Self::default();
        let mut current: BTreeMap<CellKey, Shown> = BTreeMap::new();
        for (place, release) in list.releases.into_iter().enumerate() {
            let what = format!("release {}", place + 1);
            let text = cells(&release).map_err(|why| RegisterError::new(&what, &why))?;
            if hexadecimal(text.as_bytes()) != release.cells {
                let why = "its cells are not those that were written";
                return Err(RegisterError::new(what, &why));
            }
            for (line, text) in text.lines().enumerate() {
                apply(&mut current, text).map_err(|why| {
                    RegisterError::new(format!("line {} of {what}", line + 1), &why)
                })?;
            }
            register.releases.push(release);
            for (key, shown) in &current {
                register.note(key.clone(), shown.clone(), place);
            }
        }
        Ok(register)
    }

    /// Reads the first format: a line of JSON for each release, then one for each cell.
    ///
    /// # Errors
    /// If a line is not what that format has.
    pub fn read_lines(text: &str) -> Result<Self, RegisterError> {
        let mut register = Self::default();
        for (place, line) in text.lines().enumerate() {
            let wrong = |why: &dyn std::fmt::Display| {
                RegisterError::new(format!("line {}", place + 1), why)
            };
            if line.starts_with("{\"id\"") {
                register.releases.push(serde_json::from_str(line).map_err(|error| wrong(&error))?);
                continue;
            }
            let cell: ReleasedCell = serde_json::from_str(line).map_err(|error| wrong(&error))?;
            if cell.releases.iter().any(|release| *release >= register.releases.len()) {
                return Err(wrong(&"it names a release that is not there"));
            }
            let key = cell.key().ok_or_else(|| wrong(&"its period is none"))?;
            for release in &cell.releases {
                register.note(key.clone(), cell.shown.clone(), *release);
            }
        }
        for place in 0..register.releases.len() {
            register.seal(place);
        }
        Ok(register)
    }

    /// The list of releases as text.
    pub fn list(&self) -> String {
        let list = List { format: FORMAT, releases: self.releases.clone() };
        let mut text = serde_json::to_string_pretty(&list).expect("texts always serialise");
        text.push('\n');
        text
    }

    /// What a release showed differently from the one before, as text.
    pub fn cells_text(&self, place: usize) -> String {
        let mut before: BTreeMap<&CellKey, &Shown> = match place.checked_sub(1) {
            Some(before) => self.cells_of(before).collect(),
            None => BTreeMap::new(),
        };
        let shown = self.cells_of(place);
        let new: Vec<(&CellKey, &Shown)> =
            shown.filter(|(key, shown)| before.remove(key) != Some(*shown)).collect();
        let line = |cell: &ReleasedCell| {
            serde_json::to_string(cell).expect("texts and finite numbers serialise") + "\n"
        };
        let told =
            |(key, shown): (&CellKey, &Shown)| line(&ReleasedCell::new(key, None, shown.clone()));
        let mut lines: Vec<String> = new.into_par_iter().map(told).collect();
        for key in before.into_keys() {
            let mut cell = ReleasedCell::new(key, None, Shown::default());
            cell.gone = true;
            lines.push(line(&cell));
        }
        lines.concat()
    }

    /// Writes into a release the hash of its text, and gives the text.
    pub(super) fn seal(&mut self, place: usize) -> String {
        let text = self.cells_text(place);
        self.releases[place].cells = hexadecimal(text.as_bytes());
        text
    }
}

/// Applies a line of a text to what the release before showed.
fn apply(current: &mut BTreeMap<CellKey, Shown>, line: &str) -> Result<(), String> {
    let cell: ReleasedCell = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let key = cell.key().ok_or("its period is none")?;
    if cell.gone {
        current.remove(&key).ok_or("it takes away what was not there")?;
    } else {
        current.insert(key, cell.shown);
    }
    Ok(())
}
