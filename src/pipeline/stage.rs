//! What a run tells whoever waits for it.

/// A stage of a run, or a step within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage<'a> {
    /// A stage begins.
    Begin(&'a str),
    /// So much of the stage is done: of a file, or of the buckets.
    Step {
        /// What is worked on.
        what: &'a str,
        /// Done.
        done: u64,
        /// In all.
        total: u64,
    },
    /// A stage ends, with a short result.
    End(String),
}

/// Who is told.
pub type OnStage<'a> = &'a (dyn Fn(Stage<'_>) + Sync);
