//! The report as files: readable, harmless, complete and the same every time.
#![allow(clippy::pedantic)]

mod content;
mod rows;

use std::path::Path;

#[test]
fn example_for_the_eye() {
    let Ok(folder) = std::env::var("THROUGHLINE_EXAMPLE") else { return };
    let tallies = content::tallies();
    let rows = rows::rows(&tallies);
    let content = rows::content(&tallies, &rows);
    throughline::report::write(&content, Path::new(&folder)).unwrap();
}
