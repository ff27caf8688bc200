//! JSON against a JSON schema: the part of draft 6 that the schema of FHIR R4 is written in. A keyword
//! that is not known here is a failure, so that nothing is passed over.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

/// Everything about a value that the schema forbids.
pub(super) fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let (mut found, mut patterns) = (Vec::new(), BTreeMap::new());
    Checker { root: schema, found: &mut found, patterns: &mut patterns }.check(schema, value, "");
    found
}

struct Checker<'s> {
    root: &'s Value,
    found: &'s mut Vec<String>,
    patterns: &'s mut BTreeMap<String, Regex>,
}

impl Checker<'_> {
    fn wrong(&mut self, at: &str, what: &str) {
        self.found.push(format!("{at}: {what}"));
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let rules = schema.as_object().expect("a schema is an object");
        for (keyword, rule) in rules {
            match keyword.as_str() {
                "$ref" => {
                    let target = rule.as_str().and_then(|target| target.strip_prefix('#'));
                    let target = self.root.pointer(target.expect("a place in this schema"));
                    self.check(target.expect("what is referred to is there"), value, at);
                }
                "type" => self.check_type(rule, value, at),
                "const" if rule != value => self.wrong(at, &format!("is not {rule}")),
                "enum" => {
                    let allowed = rule.as_array().expect("a list");
                    if !allowed.contains(value) {
                        self.wrong(at, &format!("{value} is not among {rule}"));
                    }
                }
                "pattern" => self.check_pattern(rule, value, at),
                "properties" => self.check_properties(rule, value, at),
                "additionalProperties" => {
                    assert_eq!(rule, false);
                    self.check_unknown(&schema["properties"], value, at);
                }
                "required" => self.check_required(rule, value, at),
                "items" => {
                    for (place, one) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, one, &format!("{at}/{place}"));
                    }
                }
                "oneOf" => self.check_one_of(rule, value, at),
                "const" | "$schema" | "$comment" | "id" | "definitions" => {}
                other => panic!("the keyword {other} is not known"),
            }
        }
    }

    fn check_type(&mut self, rule: &Value, value: &Value, at: &str) {
        let fits = match rule.as_str().expect("a name") {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            other => panic!("the type {other} is not known"),
        };
        if !fits {
            self.wrong(at, &format!("is no {rule}"));
        }
    }

    /// Numbers are checked as they are written, which is what FHIR's patterns for them mean.
    fn check_pattern(&mut self, rule: &Value, value: &Value, at: &str) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        let pattern = rule.as_str().expect("a pattern");
        let new = || Regex::new(pattern).expect("a pattern");
        let pattern = self.patterns.entry(pattern.to_owned()).or_insert_with(new);
        if !pattern.is_match(&text) {
            self.wrong(at, &format!("{value} is not like {rule}"));
        }
    }

    fn check_properties(&mut self, rule: &Value, value: &Value, at: &str) {
        let Some(object) = value.as_object() else { return };
        for (name, rule) in rule.as_object().expect("an object") {
            if let Some(one) = object.get(name) {
                // A property without type or reference is of one the schema has no list for.
                self.check(rule, one, &format!("{at}/{name}"));
            }
        }
    }

    fn check_unknown(&mut self, known: &Value, value: &Value, at: &str) {
        for name in value.as_object().into_iter().flat_map(|object| object.keys()) {
            if known.get(name).is_none() {
                self.wrong(at, &format!("{name} is not known"));
            }
        }
    }

    fn check_required(&mut self, rule: &Value, value: &Value, at: &str) {
        for name in rule.as_array().expect("a list") {
            let name = name.as_str().expect("a name");
            if value.get(name).is_none() {
                self.wrong(at, &format!("{name} is missing"));
            }
        }
    }

    fn check_one_of(&mut self, rule: &Value, value: &Value, at: &str) {
        let all: Vec<Vec<String>> = rule
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| {
                let mut found = Vec::new();
                let (root, patterns) = (self.root, &mut *self.patterns);
                Checker { root, found: &mut found, patterns }.check(one, value, at);
                found
            })
            .collect();
        match all.iter().filter(|found| found.is_empty()).count() {
            1 => {}
            0 => self.found.extend(all.into_iter().next().unwrap_or_default()),
            _ => self.wrong(at, "is several of the allowed ones"),
        }
    }
}
