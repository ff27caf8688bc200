//! A TOML file as a tree in which every key and value knows where it stands.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Problem, Problems, Source};
use crate::terms::Day;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// What TOML can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A civil date.
    Day(Day),
    /// An array.
    List(Vec<Node>),
    /// A table.
    Section(Section),
}

/// A table: keys with their places and values, in the order of the keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// `(key, place of the key, value)`.
    pub entries: Vec<(String, Range<usize>, Node)>,
}

impl Section {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|(name, _, _)| name == key).map(|(_, _, node)| node)
    }

    /// This section without some keys.
    #[must_use]
    pub fn without(&self, keys: &[&str]) -> Self {
        let kept = self.entries.iter().filter(|(name, _, _)| !keys.contains(&name.as_str()));
        Self { entries: kept.cloned().collect() }
    }

    /// This section with every key of `other` laid over it; tables are laid over tables, and an
    /// empty list takes a key away.
    #[must_use]
    pub fn overlaid(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        for (key, key_span, node) in &other.entries {
            if matches!(&node.value, Value::List(items) if items.is_empty())
                && merged.get(key).is_some()
            {
                merged.entries.retain(|(name, _, _)| name != key);
                continue;
            }
            let below = merged.entries.iter_mut().find(|(name, _, _)| name == key);
            match (below, &node.value) {
                (Some((_, _, below)), Value::Section(above))
                    if matches!(below.value, Value::Section(_)) =>
                {
                    let Value::Section(under) = &below.value else { continue };
                    *below = Node {
                        value: Value::Section(under.overlaid(above)),
                        span: node.span.clone(),
                    };
                }
                (Some(entry), _) => *entry = (key.clone(), key_span.clone(), node.clone()),
                (None, _) => merged.entries.push((key.clone(), key_span.clone(), node.clone())),
            }
        }
        merged
    }
}

/// A brace too few makes an error of every line after it.
const MOST_SYNTAX_ERRORS: usize = 3;

/// A TOML file, read but not yet checked.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub source: Arc<Source>,
    /// Its top-level table.
    pub root: Section,
}

impl Document {
    /// Reads a file's text. Of syntax errors the first ones are told: most others follow from them.
    pub fn parse(source: Source) -> Result<Self, Problems> {
        let source = Arc::new(source);
        let mut problems = Problems::default();
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        for error in errors.into_iter().take(MOST_SYNTAX_ERRORS) {
            let span = error.span().unwrap_or(0..0);
            problems.push(Problem::new(
                &source,
                span,
                "this is not valid TOML",
                error.message().to_owned(),
            ));
        }
        let root = section(table.get_ref(), &source, &mut problems);
        problems.none_or(Self { source: Arc::clone(&source), root })
    }
}

fn section(table: &DeTable<'_>, source: &Arc<Source>, problems: &mut Problems) -> Section {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), key.span(), node(value, source, problems)))
        .collect();
    entries.sort_by_key(|(_, span, _)| span.start);
    Section { entries }
}

fn node(spanned: &Spanned<DeValue<'_>>, source: &Arc<Source>, problems: &mut Problems) -> Node {
    let span = spanned.span();
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            Value::Integer(i64::from_str_radix(&digits, number.radix()).unwrap_or_else(|_| {
                problems.push(Problem::new(
                    source,
                    span.clone(),
                    "this number is too large",
                    "does not fit",
                ));
                0
            }))
        }
        DeValue::Float(number) => {
            Value::Float(number.as_str().replace('_', "").parse().unwrap_or(f64::NAN))
        }
        DeValue::Datetime(date) => {
            match date.date.and_then(|d| Day::from_ymd(d.year.into(), d.month.into(), d.day.into()))
            {
                Some(day) if date.time.is_none() => Value::Day(day),
                _ => {
                    problems.push(Problem::new(
                        source,
                        span.clone(),
                        "expected a date",
                        "write YYYY-MM-DD, without a time",
                    ));
                    Value::Day(Day(0))
                }
            }
        }
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| node(item, source, problems)).collect())
        }
        DeValue::Table(table) => Value::Section(section(table, source, problems)),
    };
    Node { value, span }
}
