//! Reads the keys of one table, and knows afterwards which keys nobody asked for.

use std::ops::Range;
use std::sync::Arc;

use super::{Node, Problem, Problems, Section, Source, Value, suggest};
use crate::terms::{Day, Window};

/// A table being read. Each getter asks for one key; [`Fields::finish`] reports keys that no getter
/// asked for, with the closest one that such a table may have.
#[derive(Debug)]
pub struct Fields<'a> {
    source: &'a Arc<Source>,
    section: &'a Section,
    span: Range<usize>,
    known: Vec<&'static str>,
    read: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Starts to read a table that stands at `span`.
    pub fn new(source: &'a Arc<Source>, section: &'a Section, span: Range<usize>) -> Self {
        Self { source, section, span, known: Vec::new(), read: Vec::new() }
    }

    /// Starts to read a value that has to be a table.
    pub fn of(source: &'a Arc<Source>, node: &'a Node, problems: &mut Problems) -> Option<Self> {
        if let Value::Section(section) = &node.value {
            return Some(Self::new(source, section, node.span.clone()));
        }
        problems.push(Problem::new(
            source,
            node.span.clone(),
            "expected a table",
            "write `{ key = value }`",
        ));
        None
    }

    /// Where the table stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The table as its author calls it: its heading, if it has one.
    pub fn name(&self) -> String {
        let text = self.source.text.get(self.span()).unwrap_or("");
        let is_heading = text.starts_with('[') && !text.contains('\n');
        if is_heading { format!("`{text}`") } else { "this table".to_owned() }
    }

    /// The file.
    pub fn source(&self) -> &'a Arc<Source> {
        self.source
    }

    /// A problem at `span` of this file.
    pub fn problem(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Problem {
        Problem::new(self.source, span, message, label)
    }

    /// The raw value of a key.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.knows(&[key]);
        self.read.push(key);
        self.section.get(key)
    }

    /// True if the table has the key. A key that is not read afterwards is reported.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.knows(&[key]);
        self.section.get(key).is_some()
    }

    /// Keys that such a table may have, whichever of them are read of this one.
    pub fn knows(&mut self, keys: &[&'static str]) {
        for key in keys {
            if !self.known.contains(key) {
                self.known.push(key);
            }
        }
    }

    /// The keys of the table in the order of the file, for tables whose keys are the user's own.
    pub fn free_entries(&self) -> impl Iterator<Item = &'a (String, Range<usize>, Node)> + use<'a> {
        self.section.entries.iter()
    }

    fn wrong(&self, node: &Node, expected: &str, problems: &mut Problems) {
        problems.push(self.problem(
            node.span.clone(),
            format!("expected {expected}"),
            format!("not {expected}"),
        ));
    }

    fn missing(&self, key: &str, expected: &str, problems: &mut Problems) {
        let start = self.span.start;
        let place = start..self.span.end.min(start + 1);
        let problem = self.problem(place, format!("`{key}` is missing"), "in this table");
        problems.push(problem.help(format!("add `{key} = …`: {expected}")));
    }

    /// A string, if the key is there.
    pub fn text(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(&'a str, Range<usize>)> {
        let node = self.node(key)?;
        if let Value::Text(text) = &node.value {
            return Some((text, node.span.clone()));
        }
        self.wrong(node, "a string", problems);
        None
    }

    /// A string that has to be there and not be empty; the empty string after a problem.
    pub fn required_text(
        &mut self,
        key: &'static str,
        expected: &str,
        problems: &mut Problems,
    ) -> (&'a str, Range<usize>) {
        if self.node(key).is_none() {
            self.missing(key, expected, problems);
            return ("", self.span());
        }
        let (text, span) = self.text(key, problems).unwrap_or(("?", 0..0));
        if text.trim().is_empty() {
            problems.push(self.problem(
                span.clone(),
                format!("`{key}` is empty"),
                format!("expected {expected}"),
            ));
        }
        (text, span)
    }

    /// A whole number, if the key is there.
    pub fn integer(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(i64, Range<usize>)> {
        let node = self.node(key)?;
        if let Value::Integer(number) = node.value {
            return Some((number, node.span.clone()));
        }
        self.wrong(node, "a whole number", problems);
        None
    }

    /// A whole number from `least` to `most`, if the key is there.
    pub fn integer_in(
        &mut self,
        key: &'static str,
        least: i32,
        most: i32,
        problems: &mut Problems,
    ) -> Option<i32> {
        let (number, span) = self.integer(key, problems)?;
        let checked = i32::try_from(number).ok().filter(|number| (least..=most).contains(number));
        if checked.is_none() {
            let message = format!("`{key}` is out of range");
            problems.push(self.problem(span, message, format!("expected {least} to {most}")));
        }
        checked
    }

    /// Any number, if the key is there.
    pub fn number(&mut self, key: &'static str, problems: &mut Problems) -> Option<f64> {
        let node = self.node(key)?;
        match node.value {
            Value::Float(number) if number.is_finite() => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "a setting, not a count")]
            Value::Integer(number) => Some(number as f64),
            _ => {
                self.wrong(node, "a number", problems);
                None
            }
        }
    }

    /// A share from 0 to 1, if the key is there.
    pub fn share(&mut self, key: &'static str, problems: &mut Problems) -> Option<f64> {
        let share = self.number(key, problems)?;
        let checked = Some(share).filter(|share| (0.0..=1.0).contains(share));
        if checked.is_none() {
            let span = self.node(key)?.span.clone();
            let problem = self.problem(span, format!("`{key}` is no share"), "expected 0 to 1");
            problems.push(problem.help(format!("two percent are `{key} = 0.02`")));
        }
        checked
    }

    /// True or false, if the key is there.
    pub fn flag(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        let node = self.node(key)?;
        if let Value::Flag(flag) = node.value {
            return Some(flag);
        }
        self.wrong(node, "`true` or `false`", problems);
        None
    }

    /// A date, bare or quoted and no placeholder, if the key is there.
    pub fn day(&mut self, key: &'static str, problems: &mut Problems) -> Option<Day> {
        let node = self.node(key)?;
        let day = match &node.value {
            Value::Day(day) => Some(*day),
            Value::Text(text) => Day::parse(text),
            _ => None,
        };
        match day {
            None => self.wrong(node, "a date such as 2024-12-31", problems),
            Some(day) if !day.is_plausible() => {
                self.wrong(node, "a date between 1900 and 2200", problems);
            }
            Some(_) => {}
        }
        day
    }

    /// A day window `[from, to]`, inclusive at both ends, if the key is there.
    pub fn window(&mut self, key: &'static str, problems: &mut Problems) -> Option<Window> {
        let node = self.node(key)?;
        let Value::List(items) = &node.value else {
            self.wrong(node, "a window of days such as [1, 7]", problems);
            return None;
        };
        let [first, last] = items.as_slice() else {
            self.wrong(node, "a window of two days such as [1, 7]", problems);
            return None;
        };
        let (Some(from), Some(to)) = (whole(first, -3660, 3660), whole(last, -3660, 3660)) else {
            self.wrong(
                node,
                "a window of two whole days, at most ten years from the index",
                problems,
            );
            return None;
        };
        if from > to {
            problems.push(
                self.problem(
                    first.span.clone(),
                    "this window is empty",
                    format!("starts on day {from} …"),
                )
                .also(last.span.clone(), format!("… and ends on day {to}"))
                .help(format!("swap them: [{to}, {from}]")),
            );
            return None;
        }
        Some(Window { from, to })
    }

    /// The first and the last number of a range from `least` to `most`, if the key is there.
    pub fn range(
        &mut self,
        key: &'static str,
        least: u8,
        most: u8,
        problems: &mut Problems,
    ) -> Option<(u8, u8)> {
        let node = self.node(key)?;
        let items = if let Value::List(items) = &node.value { items.as_slice() } else { &[] };
        let number = |item| whole(item, least.into(), most.into()).and_then(|n| n.try_into().ok());
        let bounds = match items {
            [first, last] => number(first).zip(number(last)).filter(|(first, last)| first <= last),
            _ => None,
        };
        if bounds.is_none() {
            let problem = self.problem(
                node.span.clone(),
                format!("`{key}` is a first and a last number"),
                format!("expected two from {least} to {most}, the smaller one first"),
            );
            problems.push(problem.help(format!("such as `{key} = [{least}, {most}]`")));
        }
        bounds
    }

    /// A list of strings (or one string), with their places; empty if the key is not there.
    pub fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<(&'a str, Range<usize>)> {
        self.node(key).map_or_else(Vec::new, |node| self.strings(node, problems))
    }

    /// The same where an empty list would mean nothing.
    pub fn some_texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<(&'a str, Range<usize>)> {
        if let Some(node) = self.section.get(key) {
            self.refuse_empty(key, node, problems);
        }
        self.texts(key, problems)
    }

    fn refuse_empty(&self, key: &str, node: &Node, problems: &mut Problems) {
        if matches!(&node.value, Value::List(items) if items.is_empty()) {
            let problem = self.problem(node.span.clone(), format!("`{key}` is empty"), "here");
            problems.push(problem.help(format!("put something into it, or leave `{key}` out")));
        }
    }

    fn strings(&self, node: &'a Node, problems: &mut Problems) -> Vec<(&'a str, Range<usize>)> {
        let one = std::slice::from_ref(node);
        let items = if let Value::List(items) = &node.value { items.as_slice() } else { one };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push((text.as_str(), item.span.clone())),
                _ => self.wrong(item, "a string", problems),
            }
        }
        texts
    }

    /// A list of lists of strings, with their places; empty if the key is not there.
    pub fn each(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<Vec<(&'a str, Range<usize>)>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let one = std::slice::from_ref(node);
        let items = if let Value::List(items) = &node.value { items.as_slice() } else { one };
        items.iter().map(|item| self.strings(item, problems)).collect()
    }

    /// Words of a code list, at least one; anything else is a problem with a suggestion.
    pub fn words<T>(
        &mut self,
        key: &'static str,
        known: &[&str],
        from_name: impl Fn(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Vec<T> {
        if let Some(node) = self.section.get(key) {
            self.refuse_empty(key, node, problems);
        }
        self.any_words(key, known, from_name, problems)
    }

    /// Words of a code list, or none.
    pub fn any_words<T>(
        &mut self,
        key: &'static str,
        known: &[&str],
        from_name: impl Fn(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Vec<T> {
        let texts = self.texts(key, problems);
        texts
            .into_iter()
            .filter_map(|(text, span)| self.word_at(key, text, span, known, &from_name, problems))
            .collect()
    }

    /// One word of a code list, if the key is there.
    pub fn word<T>(
        &mut self,
        key: &'static str,
        known: &[&str],
        from_name: impl Fn(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        let (text, span) = self.text(key, problems)?;
        self.word_at(key, text, span, known, &from_name, problems)
    }

    fn word_at<T>(
        &self,
        key: &str,
        text: &str,
        span: Range<usize>,
        known: &[&str],
        from_name: &impl Fn(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        let found = from_name(text);
        if found.is_none() {
            let expected = format!("expected {}", listed(known));
            let problem = self.problem(span, format!("unknown {key} `{text}`"), expected);
            problems.push(problem.maybe_help(suggest(text, known.iter().copied())));
        }
        found
    }

    /// A table, if the key is there.
    pub fn fields(&mut self, key: &'static str, problems: &mut Problems) -> Option<Self> {
        let node = self.node(key)?;
        Self::of(self.source, node, problems)
    }

    /// The tables of `[[key]]`, at least one if the key is there; empty if it is not.
    pub fn list(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Self> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            self.wrong(node, &format!("a list of tables: [[{key}]]"), problems);
            return Vec::new();
        };
        self.refuse_empty(key, node, problems);
        items.iter().filter_map(|item| Self::of(self.source, item, problems)).collect()
    }

    /// Reports every key that no getter asked for.
    pub fn finish(self, problems: &mut Problems) {
        for (key, span, _) in &self.section.entries {
            if !self.read.contains(&key.as_str()) {
                problems.push(self.unread(key, span.clone()));
            }
        }
    }

    fn unread(&self, key: &str, span: Range<usize>) -> Problem {
        if self.known.contains(&key) {
            let message = format!("`{key}` is not read here");
            let problem = self.problem(span, message, "does not go with the rest of this table");
            return problem.help(format!(
                "leave it out (presets and variants: `{key} = []`), or give it a table of its own"
            ));
        }
        let help = suggest(key, self.known.iter().copied())
            .unwrap_or_else(|| format!("this table may have {}", listed(&self.known)));
        self.problem(span, format!("unknown setting `{key}`"), "nothing reads this").help(help)
    }
}

/// A whole number from `least` to `most`.
fn whole(node: &Node, least: i32, most: i32) -> Option<i32> {
    let Value::Integer(number) = node.value else { return None };
    i32::try_from(number).ok().filter(|number| (least..=most).contains(number))
}

/// Words as a message lists them.
pub fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
