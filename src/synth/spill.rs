//! Rows wait on disk in one file per window of posting days, so that memory holds one window only;
//! then the windows are read back in order and each is sorted.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::output::Output;
use super::rows::FRAME_BYTES;
use super::{Error, at};
use crate::terms::Table;

/// The files of the windows.
pub(super) struct Spill {
    paths: Vec<PathBuf>,
    files: Vec<File>,
}

impl Spill {
    /// Empty files for this many windows in a folder.
    pub(super) fn create(folder: &Path, windows: usize) -> Result<Self, Error> {
        let paths: Vec<PathBuf> =
            (0..windows).map(|window| folder.join(format!("window-{window}"))).collect();
        let files = paths
            .iter()
            .map(|path| File::create(path).map_err(at(path)))
            .collect::<Result<_, _>>()?;
        Ok(Self { paths, files })
    }

    /// Adds the rows of a block.
    pub(super) fn add(&mut self, windows: &[Vec<u8>]) -> Result<(), Error> {
        for ((file, path), rows) in self.files.iter_mut().zip(&self.paths).zip(windows) {
            file.write_all(rows).map_err(at(path))?;
        }
        Ok(())
    }

    /// Moves all rows to their tables in posting order and removes the files.
    pub(super) fn drain(
        self,
        outputs: &mut [Output],
        progress: &mut dyn FnMut(),
    ) -> Result<(), Error> {
        drop(self.files);
        for path in &self.paths {
            let rows = fs::read(path).map_err(at(path))?;
            for (start, end, table) in in_posting_order(&rows) {
                outputs[table].write(&rows[start..end])?;
            }
            fs::remove_file(path).map_err(at(path))?;
            progress();
        }
        Ok(())
    }
}

/// Where each row's text starts and ends and which table it belongs to. Rows of the same day and
/// place keep the order of the members.
fn in_posting_order(rows: &[u8]) -> Vec<(usize, usize, usize)> {
    let mut order = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let frame = &rows[at..at + FRAME_BYTES];
        let number =
            |from: usize| u32::from_be_bytes(frame[from..from + 4].try_into().expect("four bytes"));
        let place = (u64::from(number(1)) << 32) | u64::from(number(5));
        let length = usize::try_from(number(9)).expect("a row is short");
        let start = at + FRAME_BYTES;
        order.push((frame[0], place, start, start + length));
        at = start + length;
    }
    order.sort_unstable();
    order.into_iter().map(|(table, _, start, end)| (start, end, usize::from(table))).collect()
}

/// The outputs of all tables, each with its header.
pub(super) fn open_tables(folder: &Path, gzip: bool) -> Result<Vec<Output>, Error> {
    Table::ALL
        .iter()
        .map(|table| {
            let mut output = Output::create(folder, table.name(), gzip)?;
            output.write(table.header().as_bytes())?;
            output.write(b"\n")?;
            Ok(output)
        })
        .collect()
}
