//! The monthly report: one page to read, mail and print, and the same numbers as tables, a workbook
//! and a manifest beside it.
//!
//! Nothing is computed here. [`Content`] is everything a report says; [`write()`] lays it out.

mod checks;
mod content;
mod delimited;
mod dictionary;
mod disparity;
mod draft;
mod each;
mod figures;
mod folder;
mod front;

mod html;
mod lookup;
mod manifest;
mod measure_report;
mod member_differences;
mod method;
mod page;
mod plate;
mod quality;
mod reconciliation;
mod reference;
mod restated;
mod score;
mod score_files;
mod score_sheet;
mod score_words;
mod section;
mod study_courses;
mod study_files;
mod study_page;
mod study_parts;
mod table;
mod words;
mod workbook;
mod worklist;

pub use content::{
    Content, Coverage, MonthRows, Quality, Refused, RestatedNumber, Share, SinceLast, Snapshot,
    Source,
};
pub use draft::{
    Draft, Fate, Uninterrupted, abandoned, fate, of_process, remove_abandoned,
    remove_all_abandoned, uninterrupted,
};
pub use folder::{Error, Written, WrittenFile, check_place, draft, write};
pub use page::{REFERENCE, page};
pub use reconciliation::{ReconciliationContent, reconciliation_page, write_reconciliation};
pub use reference::{is_reference, reference};
pub use study_files::{StudyContent, draft_study};
pub use study_page::study_page;
pub use worklist::{WorkItem, Worklist, write_worklist};
