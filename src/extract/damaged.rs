//! Files from outside that a library chokes on: the readers of Parquet take some lengths on trust and
//! panic where a damaged file is wrong about them. That is a fault of the file and no bug of ours.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// True while this thread reads what may be damaged; a panic is then told as an error of the file.
pub fn is_guarded() -> bool {
    IS_GUARDED.get()
}

/// Reads, and takes a panic for a damaged file. What was read half is thrown away by the caller.
pub fn guarded<T>(read: impl FnOnce() -> T) -> io::Result<T> {
    let before = IS_GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(read));
    IS_GUARDED.set(before);
    outcome.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is damaged"))
}
