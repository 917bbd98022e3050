//! Tag lists as people write them: YAML lists, JSON lists, comma texts, `#` or none.
//!
//! Not the hashtags of an observation's text, which are found where they stand.
//! Invariant: no tag returned is empty, begins with `#`, has outer blanks or a comma, or comes twice.

use crate::yaml;
use serde_json::Value;
use std::collections::HashSet;

/// Reads the value of a `tags` key, in the order written.
pub fn parse(value: &Value) -> Vec<String> {
    let mut tags = Tags::default();
    tags.value(value);
    tags.found
}

/// Reads tags from a text: a JSON list, or words between commas.
pub fn parse_text(text: &str) -> Vec<String> {
    let mut tags = Tags::default();
    tags.text(text);
    tags.found
}

#[derive(Default)]
struct Tags {
    found: Vec<String>,
    seen: HashSet<String>,
}

impl Tags {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter().for_each(|item| self.item(item)),
            Value::String(text) => self.text(text),
            other => self.item(other),
        }
    }

    fn text(&mut self, text: &str) {
        let trimmed = text.trim();
        if trimmed.starts_with('[')
            && trimmed.ends_with(']')
            && let Ok(Value::Array(items)) = serde_json::from_str(trimmed)
        {
            items.iter().for_each(|item| self.item(item));
        } else {
            self.words(text);
        }
    }

    /// One element of a list; a list inside a list counts with its elements.
    fn item(&mut self, item: &Value) {
        match item {
            Value::Null => {}
            Value::String(text) => self.words(text),
            Value::Bool(value) => self.words(if *value { "True" } else { "False" }),
            Value::Number(number) => self.words(&yaml::number_text(number)),
            Value::Array(items) => items.iter().for_each(|item| self.item(item)),
            Value::Object(map) => {
                for (key, value) in map {
                    self.words(key);
                    self.item(value);
                }
            }
        }
    }

    fn words(&mut self, text: &str) {
        for word in text.split(',') {
            let tag = word
                .trim()
                .trim_start_matches(|char: char| char == '#' || char.is_whitespace());
            if !tag.is_empty() && self.seen.insert(tag.to_owned()) {
                self.found.push(tag.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_spelling_gives_the_same_tags() {
        for spelling in [
            json!(["alpha", "beta"]),
            json!(["#alpha", "##beta"]),
            json!("alpha, beta"),
            json!("#alpha,#beta,"),
            json!("[\"alpha\", \"beta\"]"),
            json!(["alpha,beta", null, "", "alpha"]),
            json!([["alpha"], "beta"]),
        ] {
            assert_eq!(parse(&spelling), ["alpha", "beta"], "{spelling}");
        }
    }

    #[test]
    fn what_is_no_list_is_one_tag() {
        assert_eq!(parse(&Value::Null), [""; 0]);
        assert_eq!(parse(&json!(5)), ["5"]);
        assert_eq!(parse(&json!([true, 1.5])), ["True", "1.5"]);
        assert_eq!(parse(&json!("two words")), ["two words"]);
        assert_eq!(parse_text("[a, b]"), ["[a", "b]"]);
        assert_eq!(parse_text(" # , ,#"), [""; 0]);
    }
}
