//! Rates that organisations report, against the same rates counted here.
//!
//! [`read_reported`] checks the file, [`reconcile`] grades every rate and says where a difference
//! arises, [`reconciled_csv`] writes it down; with lists of members, [`differing`] says who differs and
//! why. Counts are not hidden here: what comes out is for the
//! desk of the monitor and of the organisation concerned, never for publication.

mod compare;
mod delimited;
mod members;
mod reported;
mod table;

pub use compare::{Grade, Origin, Reconciled, Sources, reconcile};
pub use delimited::{Fault, Faults};
pub use members::{
    MEMBER_COLUMNS, MemberDifference, MemberLists, MemberReason, differing, members_csv,
    read_members,
};
pub use reported::{Asked, ReportedRate, read_reported};
pub use table::{RECONCILED_COLUMNS, reconciled_csv};
