//! An interrupted run leaves nothing half written, and nothing in which small numbers are not hidden.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use throughline::report;

/// From now on, an interrupt removes the reports that are being written before it ends the process.
pub(super) fn heed() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let held = report::uninterrupted();
            held.remove_drafts();
            drop(emulate_default_handler(signal));
        }
    });
}
