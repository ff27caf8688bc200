//! The monthly report: one page to read, mail and print, and the same numbers as tables, a workbook
//! and a manifest beside it.
//!
//! Nothing is computed here. [`Content`] is everything a report says; [`write()`] lays it out.

mod content;
mod delimited;
mod figures;
mod folder;
mod front;

mod html;
mod lookup;
mod manifest;
mod method;
mod page;
mod plate;
mod quality;
mod reference;
mod section;
mod study_courses;
mod study_files;
mod study_page;
mod study_parts;
mod table;
mod words;
mod workbook;
mod worklist;

pub use content::{Content, Coverage, MonthRows, Quality, Refused, Share, Snapshot, Source};
pub use folder::{Error, Written, WrittenFile, write};
pub use page::{REFERENCE, page};
pub use reference::reference;
pub use study_files::{StudyContent, write_study};
pub use study_page::study_page;
pub use worklist::{WorkItem, Worklist, write_worklist};
