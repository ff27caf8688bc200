//! Problems and how they are drawn.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A file that a user wrote: its path as the user gave it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path, for display.
    pub path: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// A file as text.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn of_bytes(path: String, bytes: Vec<u8>) -> Result<Self, Problems> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Self { path, text }),
            Err(error) => error,
        };
        let from = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let to = from + char::REPLACEMENT_CHARACTER.len_utf8();
        let problem = Problem::new(
            &Arc::new(Self { path, text }),
            from..to,
            "this file is not text in UTF-8",
            "the first byte that is not",
        );
        let mut problems = Problems::default();
        problems.push(problem.help("save it as UTF-8"));
        Err(problems)
    }
}

/// Something wrong at one place of a user's file.
#[derive(Debug, Clone)]
pub struct Problem {
    source: Arc<Source>,
    message: String,
    span: Range<usize>,
    label: String,
    also: Vec<(Range<usize>, String)>,
    help: Option<String>,
}

impl Problem {
    /// A problem with a message, drawn under `span` (bytes) with a label.
    pub fn new(
        source: &Arc<Source>,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let end = source.text.len();
        let start = span.start.min(end);
        Self {
            source: Arc::clone(source),
            message: message.into(),
            span: start..span.end.clamp(start, end),
            label: label.into(),
            also: Vec::new(),
            help: None,
        }
    }

    /// Adds another place that belongs to the problem.
    #[must_use]
    pub fn also(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a way out, if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    fn draw(&self, renderer: &Renderer) -> String {
        let mut snippet = Snippet::source(self.source.text.as_str())
            .path(self.source.path.as_str())
            .annotation(AnnotationKind::Primary.span(self.span.clone()).label(self.label.as_str()));
        for (span, label) in &self.also {
            snippet = snippet
                .annotation(AnnotationKind::Context.span(span.clone()).label(label.as_str()));
        }
        let mut report = vec![Level::ERROR.primary_title(self.message.as_str()).element(snippet)];
        if let Some(help) = &self.help {
            report.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
        }
        renderer.render(&report)
    }
}

/// Every problem that was found, in the order of the files and of the text.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Adds one, unless the same was said of the same place before.
    pub fn push(&mut self, problem: Problem) {
        let same = |other: &Problem| {
            other.span == problem.span
                && other.message == problem.message
                && other.source.path == problem.source.path
        };
        if !self.list.iter().any(same) {
            self.list.push(problem);
        }
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: Self) {
        other.list.into_iter().for_each(|problem| self.push(problem));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// `value` if no problem was found, otherwise the problems.
    pub fn none_or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }

    /// All problems as text, with colours if the reader's terminal has them.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut sorted: Vec<&Problem> = self.list.iter().collect();
        sorted.sort_by(|a, b| (&a.source.path, a.span.start).cmp(&(&b.source.path, b.span.start)));
        sorted.iter().map(|problem| problem.draw(&renderer)).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// “did you mean …?” if one of the known words is close to what was written: by its letters, or
/// by being made of the same parts.
pub fn suggest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let by_letters = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), *word))
        .filter(|(distance, word)| *distance <= (word.len().max(3) / 3).max(1))
        .min()
        .map(|(_, word)| word);
    let word = by_letters.or_else(|| by_parts(written, &known))?;
    Some(format!("did you mean `{word}`?"))
}

/// The known word with two or more of the same parts, in any order, and the fewest others.
fn by_parts<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let parts: Vec<&str> = written.split(['_', '-', ' ']).collect();
    let apart = |word: &&'a str| {
        let own: Vec<&str> = word.split(['_', ' ']).collect();
        let shared = own.iter().filter(|part| parts.contains(part)).count();
        let is_near = shared > 1 && (shared == own.len() || shared == parts.len());
        is_near.then_some((own.len() + parts.len() - 2 * shared, *word))
    };
    known.iter().filter_map(apart).min().map(|(_, word)| word)
}
