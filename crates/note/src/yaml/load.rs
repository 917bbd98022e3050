//! Events to one normalised value.
//!
//! Iterative, so no text can overflow the stack; aliases are paid for from a budget, so none can blow up.
//! Invariant: [`load`] is total: a value with its oddities, or the reason there is none.

use super::plain::{self, Plain};
use super::without_nul;
use crate::Metadata;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// How deep lists and maps may nest; `serde_json` reads back 127 levels.
const MAX_DEPTH: usize = 100;
/// What all anchors and aliases together may add, in bytes of text and [`NODE_COST`] for each value.
const ALIAS_BUDGET: usize = 1 << 20;
/// What a value costs beside its text.
const NODE_COST: usize = 16;

/// A document as read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Null when there is no content.
    pub(crate) value: Value,
    /// Duplicate keys and keys that are no text, one sentence each.
    pub(crate) oddities: Vec<String>,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// 1-based, in the given text.
    pub(crate) line: usize,
    /// A sentence without a period.
    pub(crate) reason: String,
}

/// Reads one YAML document.
pub(crate) fn load(text: &str) -> Result<Loaded, Malformed> {
    let text = without_nul(Cow::Borrowed(text));
    let mut parser = Parser::new_from_str(&text);
    let mut loader = Loader::default();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| Malformed {
            line: error.marker().line(),
            reason: error.info().to_owned(),
        })?;
        loader.take(event).map_err(|reason| Malformed {
            line: span.start.line(),
            reason,
        })?;
    }
    Ok(Loaded {
        value: loader.root.unwrap_or(Value::Null),
        oddities: loader.oddities,
    })
}

/// Resolves a scalar with its style and tag.
pub(super) fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Plain, String> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(plain::resolve(text)),
        None => Ok(Plain::Text),
        Some(tag) => tagged(text, tag),
    }
}

fn tagged(text: &str, tag: &Tag) -> Result<Plain, String> {
    let name = tag_name(tag)?;
    let found = plain::resolve(text);
    match (name, found) {
        ("", found) => Ok(found),
        ("str" | "binary", _) => Ok(Plain::Text),
        ("null", _) => Ok(Plain::Null),
        ("bool", Plain::Typed(value)) if value == "True" || value == "False" => {
            Ok(Plain::Typed(value))
        }
        ("float", Plain::Typed(value)) if value.parse::<f64>().is_ok() => Ok(Plain::Typed(
            plain::float_text(value.parse().unwrap_or_default()),
        )),
        ("int", Plain::Typed(value))
            if value
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-') =>
        {
            Ok(Plain::Typed(value))
        }
        ("timestamp", Plain::Typed(value)) if value.get(4..5) == Some("-") => {
            Ok(Plain::Typed(value))
        }
        ("bool" | "float" | "int" | "timestamp", _) => {
            Err(format!("'{text}' is not of the type !!{name}"))
        }
        _ => Err(format!("the tag !!{name} does not belong to a text")),
    }
}

/// The part after `tag:yaml.org,2002:`; empty for the tag `!`.
fn tag_name(tag: &Tag) -> Result<&str, String> {
    if tag.is_yaml_core_schema() {
        return Ok(&tag.suffix);
    }
    if tag.handle.is_empty() && tag.suffix == "!" {
        return Ok("");
    }
    match tag.suffix.strip_prefix("tag:yaml.org,2002:") {
        Some(name) if tag.handle.is_empty() => Ok(name),
        _ => Err(format!("the tag {}{} is unknown", tag.handle, tag.suffix)),
    }
}

fn collection_tag(tag: Option<&Tag>, allowed: &[&str]) -> Result<(), String> {
    match tag.map(tag_name).transpose()? {
        Some(name) if !name.is_empty() && !allowed.contains(&name) => {
            Err(format!("the tag !!{name} does not belong to a list or map"))
        }
        _ => Ok(()),
    }
}

enum Key {
    Name(String),
    Merge,
}

#[derive(Default)]
struct Map {
    own: Metadata,
    merged: Metadata,
    key: Option<Key>,
}

enum Open {
    List(Vec<Value>),
    Map(Map),
}

struct Anchor {
    value: Value,
    cost: usize,
}

#[derive(Default)]
struct Loader {
    open: Vec<(Open, usize)>,
    anchors: HashMap<usize, Anchor>,
    spent: usize,
    root: Option<Value>,
    oddities: Vec<String>,
}

impl Loader {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err("there is more than one document".to_owned())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let resolved = scalar(&text, style, tag.as_deref())?;
                self.scalar(text, resolved, anchor)
            }
            Event::Alias(id) => {
                let value = self.alias(id)?;
                self.value(value)
            }
            Event::SequenceStart(anchor, tag) => {
                collection_tag(tag.as_deref(), &["seq", "omap", "pairs"])?;
                self.push(Open::List(Vec::new()), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                collection_tag(tag.as_deref(), &["map", "set"])?;
                self.push(Open::Map(Map::default()), anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some((Open::List(items), anchor)) => self.finish(Value::Array(items), anchor),
                Some((Open::Map(map), anchor)) => self.finish(Value::Object(map.close()), anchor),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn push(&mut self, open: Open, anchor: usize) -> Result<(), String> {
        if self.key_is_next() {
            return Err("a list or map cannot be a key".to_owned());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(format!(
                "lists and maps nest deeper than {MAX_DEPTH} levels"
            ));
        }
        self.open.push((open, anchor));
        Ok(())
    }

    fn key_is_next(&self) -> bool {
        matches!(
            self.open.last(),
            Some((Open::Map(Map { key: None, .. }), _))
        )
    }

    fn scalar(&mut self, text: Cow<'_, str>, resolved: Plain, anchor: usize) -> Result<(), String> {
        if !self.key_is_next() {
            let value = match resolved {
                Plain::Null => Value::Null,
                Plain::Typed(value) => Value::String(value),
                Plain::Merge | Plain::Lookalike | Plain::Text => {
                    Value::String(without_nul(text).into_owned())
                }
            };
            return self.finish(value, anchor);
        }
        let key = match resolved {
            Plain::Merge => Key::Merge,
            Plain::Null => Key::Name(self.odd_key(&text, "None")),
            Plain::Typed(value) => Key::Name(self.odd_key(&text, &value)),
            Plain::Lookalike | Plain::Text => Key::Name(without_nul(text).into_owned()),
        };
        if anchor != 0
            && let Key::Name(name) = &key
        {
            self.remember(anchor, Value::String(name.clone()))?;
        }
        self.key(key);
        Ok(())
    }

    fn odd_key(&mut self, written: &str, read: &str) -> String {
        self.oddities.push(format!(
            "the key '{written}' is not a text and is read as '{read}'"
        ));
        read.to_owned()
    }

    fn key(&mut self, key: Key) {
        if let Some((Open::Map(map), _)) = self.open.last_mut() {
            if let Key::Name(name) = &key
                && map.own.contains_key(name)
            {
                self.oddities.push(format!(
                    "the key '{name}' is given more than once, and the last value counts"
                ));
            }
            map.key = Some(key);
        }
    }

    fn finish(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        if anchor != 0 {
            self.remember(anchor, value.clone())?;
        }
        self.value(value)
    }

    fn remember(&mut self, id: usize, value: Value) -> Result<(), String> {
        let cost = cost(&value);
        self.spend(cost)?;
        self.anchors.insert(id, Anchor { value, cost });
        Ok(())
    }

    fn spend(&mut self, cost: usize) -> Result<(), String> {
        self.spent += cost;
        if self.spent > ALIAS_BUDGET {
            Err("the aliases add up to too much".to_owned())
        } else {
            Ok(())
        }
    }

    fn alias(&mut self, id: usize) -> Result<Value, String> {
        let Some(cost) = self.anchors.get(&id).map(|anchor| anchor.cost) else {
            return Err("an alias stands inside the value it names".to_owned());
        };
        self.spend(cost)?;
        let anchor = &self.anchors[&id];
        if self.open.len() + depth(&anchor.value) > MAX_DEPTH {
            return Err(format!(
                "lists and maps nest deeper than {MAX_DEPTH} levels"
            ));
        }
        Ok(anchor.value.clone())
    }

    /// Puts a complete value where it belongs.
    fn value(&mut self, value: Value) -> Result<(), String> {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some((Open::List(items), _)) => items.push(value),
            Some((Open::Map(map), _)) => match map.key.take() {
                Some(Key::Name(name)) => {
                    map.own.insert(name, value);
                }
                Some(Key::Merge) => map.merge(value)?,
                None => match value {
                    Value::String(name) => self.key(Key::Name(name)),
                    Value::Null => self.key(Key::Name("None".to_owned())),
                    _ => return Err("a list or map cannot be a key".to_owned()),
                },
            },
        }
        Ok(())
    }
}

impl Map {
    /// Takes the pairs of a `<<`: of several maps the first one wins, of several `<<` the last.
    fn merge(&mut self, value: Value) -> Result<(), String> {
        let maps = match value {
            Value::Array(items) => items,
            map => vec![map],
        };
        for map in maps.into_iter().rev() {
            let Value::Object(pairs) = map else {
                return Err("the key '<<' takes a map or a list of maps".to_owned());
            };
            self.merged.extend(pairs);
        }
        Ok(())
    }

    fn close(mut self) -> Metadata {
        if self.merged.is_empty() {
            return self.own;
        }
        self.merged.extend(self.own);
        self.merged
    }
}

/// Recursion is bounded by [`MAX_DEPTH`], as in [`depth`].
fn cost(value: &Value) -> usize {
    NODE_COST
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(cost).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| key.len() + cost(value)).sum(),
            _ => 0,
        }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
