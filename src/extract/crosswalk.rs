//! Crosswalks: from a service code to its class, level and practice level.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::pieces::sha256_of;
use super::plan::did_you_mean;
use super::problem::{Error, Problem};
use crate::terms::{Level, ServiceClass};

/// What a service code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its class.
    pub class: ServiceClass,
    /// Its level of care, where the code settles it.
    pub level: Option<u8>,
    /// Its practice level, 1–4, where the code has one.
    pub practice_level: Option<u8>,
}

/// Service codes and what they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceMap {
    /// By code, in capitals.
    pub services: BTreeMap<String, Service>,
    /// The files it was read from, with their SHA-256.
    pub files: Vec<(String, String)>,
}

impl ServiceMap {
    /// Reads crosswalk files; a later file wins.
    ///
    /// # Errors
    /// Every problem of every file, at once.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut map = Self::default();
        let mut problems = Vec::new();
        for path in paths {
            let name = path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            map.files.push((name.clone(), sha256_of(path).map_err(Error::io(path))?.0));
            let mut say = |line: u64, column: &str, message: &str, help: String| {
                let message = format!("row {line}: {message}");
                problems
                    .push(Problem::new("bad_crosswalk", message, help).file(&name).column(column));
            };
            read_file(path, &mut map.services, &mut say).map_err(Error::io(path))?;
        }
        if problems.is_empty() { Ok(map) } else { Err(Error::Problems(problems)) }
    }

    /// What a code stands for.
    pub fn get(&self, code: &str) -> Option<Service> {
        self.services.get(code).or_else(|| self.services.get(&code.to_ascii_uppercase())).copied()
    }
}

fn read_file(
    path: &Path,
    services: &mut BTreeMap<String, Service>,
    say: &mut dyn FnMut(u64, &str, &str, String),
) -> std::io::Result<()> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path)?;
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|column| column == name);
    let (Some(code), Some(class)) = (column("code"), column("class")) else {
        say(
            1,
            "code",
            "a crosswalk needs columns code and class",
            "the columns are code,class,level,practice_level,note".to_owned(),
        );
        return Ok(());
    };
    let (level, practice) = (column("level"), column("practice_level"));
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or("").trim();
        let Some(service) = ServiceClass::from_name(field(Some(class))) else {
            let help = did_you_mean(field(Some(class)), ServiceClass::NAMES.iter().copied())
                .unwrap_or_else(|| format!("the classes are {}", ServiceClass::NAMES.join(", ")));
            say(line, "class", "this is no service class", help);
            continue;
        };
        let mut number = |name: &str, text: &str, allowed: fn(i64) -> bool, range: &str| {
            let number = text.parse::<u8>().ok().filter(|number| allowed(i64::from(*number)));
            if number.is_none() && !text.is_empty() {
                say(line, name, "this is no level", format!("levels run from {range}"));
            }
            number
        };
        let level = number("level", field(level), |number| Level::new(number).is_some(), "0 to 6");
        let practice_level =
            number("practice_level", field(practice), |number| (1..=4).contains(&number), "1 to 4");
        services.insert(
            field(Some(code)).to_ascii_uppercase(),
            Service { class: service, level, practice_level },
        );
    }
    Ok(())
}
