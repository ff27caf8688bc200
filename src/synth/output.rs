//! One file of a table, plain or gzip, and the folder that appears only when it is whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Error, at};

enum Writer {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

/// A file being written.
pub(super) struct Output {
    path: PathBuf,
    writer: Writer,
}

impl Output {
    /// `NAME.csv` or `NAME.csv.gz` in a folder. The gzip header carries no time.
    pub(super) fn create(folder: &Path, name: &str, gzip: bool) -> Result<Self, Error> {
        let path = folder.join(format!("{name}.csv{}", if gzip { ".gz" } else { "" }));
        let file = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(at(&path))?);
        let writer = if gzip {
            Writer::Gzip(Box::new(GzEncoder::new(file, Compression::default())))
        } else {
            Writer::Plain(file)
        };
        Ok(Self { path, writer })
    }

    /// Appends bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.writer {
            Writer::Plain(file) => file.write_all(bytes),
            Writer::Gzip(file) => file.write_all(bytes),
        }
        .map_err(at(&self.path))
    }

    /// Writes what is left and the end of the gzip stream.
    pub(super) fn finish(self) -> Result<(), Error> {
        let flushed = match self.writer {
            Writer::Plain(mut file) => file.flush(),
            Writer::Gzip(file) => file.finish().and_then(|mut file| file.flush()),
        };
        flushed.map_err(at(&self.path))
    }
}

/// A folder beside the final one. It is removed unless it was put in place.
pub(super) struct Staging {
    folder: PathBuf,
    target: PathBuf,
    in_place: bool,
}

impl Staging {
    /// Makes the folder; refuses a target that holds something.
    pub(super) fn create(target: &Path) -> Result<Self, Error> {
        match fs::read_dir(target).map(|mut entries| entries.next().is_some()) {
            Ok(true) => return Err(Error::NotEmpty { out: target.to_owned() }),
            Err(_) if target.exists() => return Err(Error::NotAFolder { out: target.to_owned() }),
            Ok(false) | Err(_) => {}
        }
        let not_a_folder = || Error::NotAFolder { out: target.to_owned() };
        let name = target.file_name().ok_or_else(not_a_folder)?;
        let mut unfinished = std::ffi::OsString::from(".");
        unfinished.push(name);
        unfinished.push(".unfinished");
        let folder = target.with_file_name(unfinished);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(at(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(|_| not_a_folder())?;
        Ok(Self { folder, target: target.to_owned(), in_place: false })
    }

    /// The folder to write to.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the folder its final name.
    pub(super) fn put_in_place(mut self) -> Result<(), Error> {
        if self.target.exists() {
            fs::remove_dir(&self.target).map_err(at(&self.target))?;
        }
        fs::rename(&self.folder, &self.target).map_err(at(&self.target))?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.in_place {
            // Nothing can be done about a folder that will not go; the next run removes it.
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}
