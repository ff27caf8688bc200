//! A small site with a pipeline file, driven through the command line: for the tests of trust.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::delivered::files_below;

pub(crate) struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    /// A site without extracts; its pipeline computes the named indicators.
    pub(crate) fn new(indicators: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(site.path("extracts")).expect("a folder");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
        site.write("site.toml", format!(
            "title = \"Site\"\nstore = \"store\"\nreports = \"reports\"\n[extracts]\nfolder = \"extracts\"\n\
             [indicators]\nfolders = [\"{}\"]\nuse = [{indicators}]\n",
            shipped.display()
        ));
        site
    }

    /// Contacts of 40 members in each of so many months of 2024.
    pub(crate) fn with_contacts(self, months: u32) -> Self {
        self.contacts(months, 40);
        self
    }

    pub(crate) fn contacts(&self, months: u32, members: u32) {
        let mut text =
            "contact_id,member_id,contact_date,service_class,service_code,agency_id,bho_id\n"
                .to_owned();
        for (member, month) in
            (0..members).flat_map(|member| (1..=months).map(move |month| (member, month)))
        {
            text += &format!(
                "C{member}-{month},M{member:02},2024-{month:02}-15,therapy,H0004,A{},B1\n",
                member % 2
            );
        }
        self.write("extracts/contacts.csv", text);
        self.write(
            "extracts/manifest.csv",
            format!("source,extract_date,coverage_start,runout_days\ncontacts,2024-{:02}-28,2024-01-01,0\n", months + 1),
        );
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// The program, with paths of this site for words that begin with `@`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
        for argument in arguments {
            match argument.strip_prefix('@') {
                Some(path) => command.arg(self.path(path)),
                None => command.arg(argument),
            };
        }
        command
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// What it says when all is fine.
    #[track_caller]
    pub(crate) fn fine(&self, arguments: &[&str]) -> String {
        self.says(arguments, 0)
    }

    /// What it says on both ways, with this exit code.
    #[track_caller]
    pub(crate) fn says(&self, arguments: &[&str], code: i32) -> String {
        let output = self.output(arguments);
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(!text.contains("panicked"), "{text}");
        text
    }

    /// What a report's results say, in some columns, in the rows that have these values in others.
    pub(crate) fn results<const N: usize>(
        &self,
        report: &str,
        wanted: &[(&str, &str)],
        told: [&str; N],
    ) -> Vec<[String; N]> {
        let path = self.path(report).join("tables/results.csv");
        let mut reader = csv::Reader::from_path(path).expect("results");
        let header = reader.headers().expect("a header").clone();
        let place = |name: &str| header.iter().position(|one| one == name).expect("a column");
        let (told, rows) = (told.map(place), reader.records().map(|row| row.expect("a row")));
        rows.filter(|row| wanted.iter().all(|(name, value)| &row[place(name)] == *value))
            .map(|row| told.map(|place| row[place].to_owned()))
            .collect()
    }

    /// Files below one of its folders with their bytes, without the lock.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path(folder);
        let files = files_below(&root).into_iter().filter(|path| !path.ends_with("lock"));
        files
            .map(|path| {
                let name = path.strip_prefix(&root).expect("below").to_path_buf();
                (name, fs::read(path).expect("a file"))
            })
            .collect()
    }

    /// The only file of the store with this name.
    pub(crate) fn stored(&self, name: &str) -> PathBuf {
        let found = files_below(&self.path("store")).into_iter().find(|path| path.ends_with(name));
        found.expect("a file of the store")
    }
}
