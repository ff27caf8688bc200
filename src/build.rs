//! Names the program by what it counts with: a hash over the sources of the counting rooms, so that
//! tallies of two builds add up only if both count alike. No clock, no path and no commit is in it;
//! the same sources give the same name anywhere.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The rooms that decide what a tally is.
const ROOMS: [&str; 4] = ["terms", "timeline", "indicator", "kernel"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder"));
    let mut cargo = io::stdout().lock();
    for room in ROOMS {
        writeln!(cargo, "cargo::rerun-if-changed=src/{room}")?;
    }
    writeln!(cargo, "cargo::rustc-env=THROUGHLINE_COUNTING={:016x}", counting(&root)?)
}

/// The hash (FNV-1a, 64 bits) over the counting rooms below `root`: paths and texts, without unit
/// tests and however lines end.
pub(crate) fn counting(root: &Path) -> io::Result<u64> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = ROOMS.iter().map(|room| root.join("src").join(room)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let is_source = path.extension().is_some_and(|ending| ending == "rs");
            if path.is_dir() {
                folders.push(path);
            } else if is_source {
                let text = fs::read_to_string(&path)?;
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
                files.push((name.replace('\\', "/"), text));
            }
        }
    }
    files.sort_unstable();
    let texts = files.iter().flat_map(|(name, text)| {
        let code = text.split("#[cfg(test)]").next().unwrap_or(text);
        [name.as_str(), "\0", code, "\0"]
    });
    let bytes = texts.flat_map(str::bytes).filter(|byte| *byte != b'\r');
    Ok(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}
