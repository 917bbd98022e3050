//! The YAML block at a note's head: find it, read it, set one key and leave every other byte alone.
//!
//! It knows no key's meaning; that is [`mod@crate::parse`]'s business.
//! Invariant: [`read`] is total, and [`set`] returns either a text whose other keys and body are what they were,
//! or an error.

mod edit;
mod fence;

pub use edit::{remove, set};

use crate::{Metadata, Warning, yaml};
use fence::Strict;
use serde_json::Value;

/// A note's frontmatter as read, and where its body begins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frontmatter {
    /// Normalised as [`normalise`] does, keys stringified; keys without a value are here as null.
    pub metadata: Metadata,
    /// Byte offset of the body in the given text: after the closing fence's line, or after the byte order mark.
    pub body_start: usize,
    /// Malformed YAML, duplicate keys, keys that are no text.
    pub warnings: Vec<Warning>,
}

/// Why a frontmatter cannot be edited or taken away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontmatterError {
    /// The YAML has a syntax error; the text says which line and why.
    #[error("the frontmatter is not valid YAML: {0}")]
    Malformed(String),
    /// The YAML is a list or a single value.
    #[error("the frontmatter is not a list of `key: value` lines")]
    NotAMap,
    /// The opening fence has no closing one.
    #[error("the frontmatter is opened with `---` and never closed")]
    Unclosed,
    /// The key cannot be changed without changing something else, such as a value that refers to it.
    #[error(
        "the key '{0}' of the frontmatter cannot be changed without changing something else; edit the file by hand"
    )]
    Entangled(String),
}

/// Reads the frontmatter; total.
///
/// A byte order mark and blank space may come first, a fence is a line of three or more hyphens. No closing fence:
/// no frontmatter. Not a map: no metadata, but the block is not body. Malformed: a warning, and all of it is body.
pub fn read(text: &str) -> Frontmatter {
    let whole = Frontmatter {
        body_start: fence::mark(text),
        ..Frontmatter::default()
    };
    let Some(block) = fence::lenient(text) else {
        return whole;
    };
    match yaml::load(&text[block.yaml.clone()]) {
        Ok(loaded) => {
            let warnings = loaded
                .oddities
                .into_iter()
                .map(|message| Warning { message })
                .collect();
            let metadata = match loaded.value {
                Value::Object(metadata) => metadata,
                _ => Metadata::new(),
            };
            Frontmatter {
                metadata,
                body_start: block.body,
                warnings,
            }
        }
        Err(malformed) => {
            let message = format!(
                "the frontmatter is not valid YAML ({}), so all of the file is read as plain text",
                located(text, block.yaml.start, &malformed)
            );
            Frontmatter {
                warnings: vec![Warning { message }],
                ..whole
            }
        }
    }
}

/// Whether the text has a frontmatter as written notes have it: closed, fences of exactly three hyphens.
pub fn has(text: &str) -> bool {
    matches!(fence::strict(text), Strict::Closed(_))
}

/// Returns the text after the block, byte for byte; all of it when there is no block.
///
/// # Errors
/// [`FrontmatterError::Unclosed`] when the block is not closed.
pub fn body(text: &str) -> Result<&str, FrontmatterError> {
    match fence::strict(text) {
        Strict::Absent => Ok(text),
        Strict::Unclosed => Err(FrontmatterError::Unclosed),
        Strict::Closed(block) => Ok(&text[block.body..]),
    }
}

/// Composes a new text: `---`, the keys in order, `---`, a blank line, the body.
///
/// Strings that look like another type are quoted and stay strings; without metadata there is only the body, and
/// without a body the text ends after the closing fence.
pub fn compose(metadata: &Metadata, body: &str) -> String {
    if metadata.is_empty() {
        return body.to_owned();
    }
    let mut text = "---\n".to_owned();
    yaml::emit_map(&mut text, metadata, 0, false);
    text.push_str("---\n");
    if !body.is_empty() {
        text.extend(["\n", body]);
    }
    text
}

/// Turns a JSON value into what [`read`] would give for it: booleans and numbers as Python prints them
/// (`True`, `1.5`), no NUL characters, lists and maps throughout.
pub fn normalise(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(value) => Value::String(if *value { "True" } else { "False" }.to_owned()),
        Value::Number(number) => Value::String(yaml::number_text(number)),
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(items) => Value::Array(items.iter().map(normalise).collect()),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (key.replace('\0', ""), normalise(value)))
                .collect(),
        ),
    }
}

/// `line 3: …`, counted in the whole text.
fn located(text: &str, yaml_start: usize, malformed: &yaml::Malformed) -> String {
    let above = memchr::memchr_iter(b'\n', &text.as_bytes()[..yaml_start]).count();
    format!("line {}: {}", above + malformed.line, malformed.reason)
}
