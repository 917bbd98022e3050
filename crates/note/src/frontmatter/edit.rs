//! Setting and removing one key.
//!
//! The text is changed on the lines of that key only, and read again afterwards.
//! Invariant: what is returned has the wanted value, the other values as they were, and the same body.

use super::fence::{self, Block, line_end};
use super::{Frontmatter, FrontmatterError, located, normalise, read};
use crate::yaml::{self, Emitted, Entry, Layout};
use serde_json::Value;
use std::ops::Range;

/// Sets one top-level key; every other byte stays (comments, quotes, order, line endings).
///
/// A new key goes right before the closing fence; of a repeated key the last one changes. Without frontmatter a block
/// is put before the text, a blank line between. A text that has the value already is returned as it is.
///
/// # Errors
/// When the block is malformed or no map, or when the change would change something else.
pub fn set(text: &str, key: &str, value: &Value) -> Result<String, FrontmatterError> {
    let before = read(text);
    let wanted = normalise(value);
    if before.metadata.get(key) == Some(&wanted) {
        return Ok(text.to_owned());
    }
    let edited = match editable(text)? {
        Some((block, layout)) => match layout
            .entries
            .iter()
            .rfind(|entry| entry.key.as_deref() == Some(key))
        {
            Some(entry) => replaced(text, &block, &layout, entry, value),
            None => added(text, &block, &layout, key, value),
        },
        None => prepended(text, key, value),
    };
    check(text, before, edited, key, Some(&wanted))
}

/// Removes one top-level key and its lines; every other byte stays. A text without the key is returned as it is.
///
/// # Errors
/// As [`set`].
pub fn remove(text: &str, key: &str) -> Result<String, FrontmatterError> {
    let before = read(text);
    let Some((block, layout)) = editable(text)? else {
        return Ok(text.to_owned());
    };
    if !before.metadata.contains_key(key) {
        return Ok(text.to_owned());
    }
    let mut edited = text.to_owned();
    for (at, entry) in layout.entries.iter().enumerate().rev() {
        if entry.key.as_deref() == Some(key) {
            let cut = if layout.brace.is_some() {
                in_braces(&layout, at)
            } else {
                lines(&text[block.yaml.clone()], entry)
            };
            edited.replace_range(block.yaml.start + cut.start..block.yaml.start + cut.end, "");
        }
    }
    check(text, before, edited, key, None)
}

/// The block and its entries; `None` when there is no block.
fn editable(text: &str) -> Result<Option<(Block, Layout)>, FrontmatterError> {
    let Some(block) = fence::lenient(text) else {
        return Ok(None);
    };
    let yaml_text = &text[block.yaml.clone()];
    let loaded = yaml::load(yaml_text).map_err(|malformed| {
        FrontmatterError::Malformed(located(text, block.yaml.start, &malformed))
    })?;
    if !matches!(loaded.value, Value::Object(_) | Value::Null) {
        return Err(FrontmatterError::NotAMap);
    }
    let layout = yaml::layout(yaml_text).ok_or(FrontmatterError::NotAMap)?;
    Ok(Some((block, layout)))
}

/// Lets `edited` pass when only `key` differs from `before`.
fn check(
    text: &str,
    mut before: Frontmatter,
    edited: String,
    key: &str,
    wanted: Option<&Value>,
) -> Result<String, FrontmatterError> {
    let mut after = read(&edited);
    before.metadata.shift_remove(key);
    let value = after.metadata.shift_remove(key);
    let had_block = fence::lenient(text).is_some();
    let same_body = edited[after.body_start..]
        .strip_suffix(&text[before.body_start..])
        .is_some_and(|between| {
            if had_block {
                between.is_empty()
            } else {
                matches!(between, "" | "\n" | "\r\n")
            }
        });
    if value.as_ref() == wanted && after.metadata == before.metadata && same_body {
        Ok(edited)
    } else {
        Err(FrontmatterError::Entangled(key.to_owned()))
    }
}

fn line_ending(text: &str) -> &'static str {
    if text[..line_end(text, 0)].ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    }
}

/// `key: value` with its line end, in the file's line endings.
fn entry_lines(key: &str, value: &Value, indent: usize, ending: &str) -> String {
    let mut lines = String::new();
    let single = std::iter::once((key.to_owned(), value.clone())).collect();
    yaml::emit_map(&mut lines, &single, indent, true);
    if ending == "\n" {
        lines
    } else {
        lines.replace('\n', ending)
    }
}

fn prepended(text: &str, key: &str, value: &Value) -> String {
    let (mark, rest) = text.split_at(fence::mark(text));
    let ending = line_ending(rest);
    let lines = entry_lines(key, value, 0, ending);
    let blank = if rest.is_empty() { "" } else { ending };
    format!("{mark}---{ending}{lines}---{ending}{blank}{rest}")
}

fn added(text: &str, block: &Block, layout: &Layout, key: &str, value: &Value) -> String {
    let (at, new) = match layout.brace {
        None => (
            block.yaml.end,
            entry_lines(key, value, layout.indent, line_ending(&text[..block.body])),
        ),
        Some(brace) => {
            let pair = format!("{}: {value}", Value::from(key));
            match layout.entries.last() {
                None => (block.yaml.start + brace + 1, pair),
                Some(last) => (block.yaml.start + last.end, format!(", {pair}")),
            }
        }
    };
    format!("{}{new}{}", &text[..at], &text[at..])
}

fn replaced(text: &str, block: &Block, layout: &Layout, entry: &Entry, value: &Value) -> String {
    let yaml_text = &text[block.yaml.clone()];
    let start = block.yaml.start;
    let splice = |range: Range<usize>, new: &str| {
        format!(
            "{}{new}{}",
            &text[..start + range.start],
            &text[start + range.end..]
        )
    };
    if layout.brace.is_some() {
        // JSON is YAML, and the only style that fits between braces.
        return match entry.separator {
            Some(separator) => splice(separator..entry.end, &format!(" {value}")),
            None => splice(entry.end..entry.end, &format!(": {value}")),
        };
    }
    let ending = line_ending(&text[..block.body]);
    let line_start = line_start(yaml_text, entry);
    let is_simple = yaml_text[line_start..entry.key_range.start]
        .bytes()
        .all(|byte| byte == b' ');
    let Some(separator) = entry.separator.filter(|_| is_simple) else {
        let key = entry.key.as_deref().unwrap_or_default();
        return splice(
            lines(yaml_text, entry),
            &entry_lines(key, value, layout.indent, ending),
        );
    };
    let comment = comment(yaml_text, entry, separator);
    let new = match yaml::emit(value, layout.indent) {
        Emitted::Inline(value) => format!(" {value}{comment}"),
        Emitted::Block(lines) => format!("{comment}\n{lines}"),
    };
    let new = if ending == "\n" {
        new
    } else {
        new.replace('\n', ending)
    };
    splice(separator..content_end(yaml_text, entry.end), &new)
}

/// The comment beside the key or its one-line value, with the blanks before it.
fn comment<'a>(yaml_text: &'a str, entry: &Entry, separator: usize) -> &'a str {
    let first_line = &yaml_text[separator..content_end(yaml_text, separator)];
    let starts_below = matches!(
        first_line.trim_start().as_bytes().first(),
        None | Some(b'#')
    );
    let tail = if starts_below || entry.block_scalar {
        let hash = first_line
            .match_indices('#')
            .map(|(at, _)| at)
            .find(|at| first_line[..*at].ends_with([' ', '\t']));
        hash.map_or("", |at| &first_line[first_line[..at].trim_end().len()..])
    } else {
        &yaml_text[entry.end..content_end(yaml_text, entry.end)]
    };
    if tail.trim_start().starts_with('#') {
        tail
    } else {
        ""
    }
}

fn line_start(yaml_text: &str, entry: &Entry) -> usize {
    memchr::memrchr(b'\n', &yaml_text.as_bytes()[..entry.key_range.start]).map_or(0, |at| at + 1)
}

/// Where the line that holds `at` ends, its line end not included.
fn content_end(yaml_text: &str, at: usize) -> usize {
    let line = &yaml_text[at..line_end(yaml_text, at)];
    let line = line.strip_suffix('\n').unwrap_or(line);
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The whole lines of an entry.
fn lines(yaml_text: &str, entry: &Entry) -> Range<usize> {
    line_start(yaml_text, entry)..line_end(yaml_text, entry.end)
}

/// An entry between braces with one of the commas beside it.
fn in_braces(layout: &Layout, at: usize) -> Range<usize> {
    let entry = &layout.entries[at];
    match (
        layout.entries.get(at + 1),
        at.checked_sub(1).map(|before| &layout.entries[before]),
    ) {
        (Some(next), _) => entry.key_range.start..next.key_range.start,
        (None, Some(previous)) => previous.end..entry.end,
        (None, None) => entry.key_range.start..entry.end,
    }
}
