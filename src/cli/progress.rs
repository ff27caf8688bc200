//! Bars while a run works, on a terminal; silence elsewhere.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use throughline::pipeline::Stage;

/// One line that says what is going on and how far it is.
#[derive(Debug)]
pub(super) struct Bar {
    bar: ProgressBar,
    stage: Mutex<String>,
}

impl Bar {
    /// A bar on standard error; invisible if that is no terminal.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{elapsed:>4} {wide_msg} {bar:24} {percent:>3} %");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, stage: Mutex::new(String::new()) }
    }

    /// So much of something is done.
    pub(super) fn step(&self, what: &str, done: u64, total: u64) {
        self.bar.set_length(total.max(1));
        self.bar.set_position(done);
        let stage = self.stage.lock().map_or_else(|_| String::new(), |stage| stage.clone());
        self.bar.set_message(if stage.is_empty() {
            what.to_owned()
        } else {
            format!("{stage}: {what}")
        });
    }

    /// What a run says of itself.
    pub(super) fn stage(&self, stage: Stage<'_>) {
        match stage {
            Stage::Begin(name) => {
                if let Ok(mut current) = self.stage.lock() {
                    name.clone_into(&mut current);
                }
                self.bar.set_message(name.to_owned());
            }
            Stage::Step { what, done, total } => self.step(what, done, total),
            Stage::End(result) => {
                if !self.bar.is_hidden() {
                    self.bar.println(format!("     {result}"));
                }
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
