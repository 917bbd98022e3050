//! Values to YAML text as PyYAML's `safe_dump` writes it: block style, keys in order, Unicode unescaped.
//!
//! Two things differ on purpose: long lines are never folded, and texts with the line breaks only YAML 1.1 knows
//! (U+0085, U+2028, U+2029) are escaped, so that YAML 1.2 readers agree about them.
//! Invariant: a text that would be read as another type is quoted.

use super::plain::{self, Plain};
use serde_json::{Map, Value};
use std::fmt::Write;

/// A value as it follows `key:`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Emitted {
    /// On the key's line (a quoted text with line breaks goes on below).
    Inline(String),
    /// On the lines below, the last without a line end.
    Block(String),
}

/// Writes the value of a key that stands `indent` columns in.
pub(crate) fn emit(value: &Value, indent: usize) -> Emitted {
    let mut out = String::new();
    match value {
        Value::Array(items) if !items.is_empty() => list(&mut out, items, indent, true),
        Value::Object(map) if !map.is_empty() => emit_map(&mut out, map, indent + 2, true),
        _ => {
            inline(&mut out, value, indent + 2);
            return Emitted::Inline(out);
        }
    }
    out.pop();
    Emitted::Block(out)
}

/// Characters a key may have beside its colon: PyYAML's 127 without those of the tag `!!str`.
const LONGEST_SIMPLE_KEY: usize = 122;

/// Writes a key; `None` when YAML wants it on a line of its own after `? `.
fn emit_key(key: &str) -> Option<String> {
    let mut out = String::new();
    text(&mut out, key, Place::Key, 0);
    (!key.is_empty() && key.chars().count() <= LONGEST_SIMPLE_KEY && !key.contains('\n'))
        .then_some(out)
}

/// Writes a map, each entry on its own lines; the first one is not indented unless `pad_first`.
pub(crate) fn emit_map(out: &mut String, map: &Map<String, Value>, indent: usize, pad_first: bool) {
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 || pad_first {
            pad(out, indent);
        }
        let Some(key) = emit_key(key) else {
            out.push_str("? ");
            text(out, key, Place::Value, indent + 2);
            out.push('\n');
            pad(out, indent);
            out.push_str(": ");
            compact(out, value, indent + 2);
            continue;
        };
        out.push_str(&key);
        match emit(value, indent) {
            Emitted::Inline(value) => out.extend([": ", &value, "\n"]),
            Emitted::Block(lines) => out.extend([":\n", &lines, "\n"]),
        }
    }
}

fn list(out: &mut String, items: &[Value], indent: usize, pad_first: bool) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 || pad_first {
            pad(out, indent);
        }
        out.push_str("- ");
        compact(out, item, indent + 2);
    }
}

/// A value whose first line continues the current one.
fn compact(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => list(out, items, indent, false),
        Value::Object(map) if !map.is_empty() => emit_map(out, map, indent, false),
        _ => {
            inline(out, value, indent);
            out.push('\n');
        }
    }
}

fn pad(out: &mut String, columns: usize) {
    out.extend(std::iter::repeat_n(' ', columns));
}

fn inline(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => {
            // YAML 1.1 takes no exponent without a point.
            let number = plain::number_text(number);
            match number.split_once('e') {
                Some((digits, exponent)) if !digits.contains('.') => {
                    out.extend([digits, ".0e", exponent]);
                }
                _ => out.push_str(&number),
            }
        }
        Value::String(value) => text(out, value, Place::Value, indent),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Key,
    Value,
}

/// Writes a text in the lightest style that keeps it; `indent` is where its further lines begin.
fn text(out: &mut String, value: &str, place: Place, indent: usize) {
    let needs = Needs::of(value);
    let one_line_only = place == Place::Key && needs.lines;
    if !needs.quotes
        && !needs.escapes
        && !needs.lines
        && matches!(plain::resolve(value), Plain::Text)
    {
        out.push_str(value);
    } else if needs.escapes || one_line_only {
        double_quoted(out, value);
    } else {
        single_quoted(out, value, indent);
    }
}

/// What a text asks of its style.
#[derive(Default)]
struct Needs {
    /// It has indicators, or blanks at its ends.
    quotes: bool,
    /// It has line breaks.
    lines: bool,
    /// It has what only double quotes can hold.
    escapes: bool,
}

impl Needs {
    fn of(value: &str) -> Self {
        let bytes = value.as_bytes();
        let mut needs = Self {
            quotes: starts_with_indicator(value),
            ..Self::default()
        };
        let blank_after = |at: usize| {
            matches!(
                bytes.get(at + 1),
                None | Some(b' ' | b'\t' | b'\n' | b'\r' | 0)
            )
        };
        let mut previous = None;
        for (at, char) in value.char_indices() {
            match char {
                '\n' => {
                    needs.lines = true;
                    needs.escapes |= previous == Some(' ');
                }
                ' ' => needs.escapes |= previous == Some('\n'),
                ':' => needs.quotes |= at > 0 && (blank_after(at) || breaks_after(value, at)),
                '#' => needs.quotes |= previous.is_some_and(is_blank),
                char => needs.escapes |= !is_printable(char),
            }
            previous = Some(char);
        }
        needs.quotes |= value.starts_with([' ', '\n']) || value.ends_with([' ', '\n']);
        needs
    }
}

fn breaks_after(value: &str, at: usize) -> bool {
    value[at + 1..].starts_with(['\u{85}', '\u{2028}', '\u{2029}'])
}

fn is_blank(char: char) -> bool {
    matches!(
        char,
        '\0' | ' ' | '\t' | '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn starts_with_indicator(value: &str) -> bool {
    if value.starts_with("---") || value.starts_with("...") {
        return true;
    }
    let mut chars = value.chars();
    match chars.next() {
        Some(
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`',
        ) => true,
        Some('?' | ':' | '-') => chars.next().is_none_or(is_blank),
        _ => false,
    }
}

/// PyYAML's printable characters without the breaks of YAML 1.1.
fn is_printable(char: char) -> bool {
    matches!(char, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10fffe}')
        && !matches!(char, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// A run of n line breaks is written as n + 1, since YAML folds one of them into a space.
fn single_quoted(out: &mut String, value: &str, indent: usize) {
    out.push('\'');
    let mut rest = value;
    while let Some(at) = rest.find('\n') {
        out.push_str(&rest[..at].replace('\'', "''"));
        let after = rest[at..].trim_start_matches('\n');
        out.extend(std::iter::repeat_n('\n', rest.len() - at - after.len() + 1));
        pad(out, indent);
        rest = after;
    }
    out.push_str(&rest.replace('\'', "''"));
    out.push('\'');
}

fn double_quoted(out: &mut String, value: &str) {
    out.push('"');
    for char in value.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\0' => out.push_str("\\0"),
            '\u{07}' => out.push_str("\\a"),
            '\u{08}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{0b}' => out.push_str("\\v"),
            '\u{0c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            char if is_printable(char) && char < '\u{10000}' => out.push(char),
            char => escape(out, u32::from(char)),
        }
    }
    out.push('"');
}

fn escape(out: &mut String, code: u32) {
    let written = match code {
        0..=0xff => write!(out, "\\x{code:02X}"),
        0x100..=0xffff => write!(out, "\\u{code:04X}"),
        _ => write!(out, "\\U{code:08X}"),
    };
    written.expect("writing to a String cannot fail");
}
