//! Where the entries of a top-level map stand in the text.
//!
//! A second pass over the events, for edits only; it knows positions and keys, and no values but the keys.
//! Invariant: entries come in the order of the text, and every range lies inside it on character borders.

use super::load;
use super::plain::Plain;
use super::without_nul;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use std::borrow::Cow;
use std::ops::Range;

/// A top-level map.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Where the `{` stands when the map is written in braces.
    pub(crate) brace: Option<usize>,
    /// Columns before each key.
    pub(crate) indent: usize,
    /// Its entries.
    pub(crate) entries: Vec<Entry>,
}

/// One entry of it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The key as [`super::load()`] gives it; `None` for an alias or a merge.
    pub(crate) key: Option<String>,
    /// The key as written, quotes included.
    pub(crate) key_range: Range<usize>,
    /// Just after the `:` that follows the key; `None` when something else follows it.
    pub(crate) separator: Option<usize>,
    /// Where the last token of the value ends; the separator when there is no value.
    pub(crate) end: usize,
    /// Whether the value is a `|` or `>` scalar.
    pub(crate) block_scalar: bool,
}

/// Finds the entries; `None` when `text` is not a well-formed map with scalar keys.
pub(crate) fn layout(text: &str) -> Option<Layout> {
    let clean = without_nul(Cow::Borrowed(text));
    let mut walk = Walk {
        text,
        offsets: offsets(text),
        depth: 0,
        in_value: false,
        layout: None,
    };
    for event in Parser::new_from_str(&clean) {
        let (event, span) = event.ok()?;
        walk.take(event, span.start, span.end)?;
    }
    Some(walk.layout.unwrap_or_default())
}

/// The byte offset of each character the parser counts, and the end.
fn offsets(text: &str) -> Vec<usize> {
    let mut offsets: Vec<usize> = text
        .char_indices()
        .filter(|(_, char)| *char != '\0')
        .map(|(at, _)| at)
        .collect();
    offsets.push(text.len());
    offsets
}

struct Walk<'a> {
    text: &'a str,
    offsets: Vec<usize>,
    depth: usize,
    in_value: bool,
    layout: Option<Layout>,
}

impl Walk<'_> {
    fn take(&mut self, event: Event<'_>, start: Marker, end: Marker) -> Option<()> {
        let (start_at, end_at) = (self.offset(start), self.offset(end));
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let end_at = match style {
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                        self.quoted_end(start_at).unwrap_or(end_at)
                    }
                    _ => end_at,
                };
                if self.key_is_next() {
                    let key = match load::scalar(&text, style, tag.as_deref()).ok()? {
                        Plain::Null => Some("None".to_owned()),
                        Plain::Typed(key) => Some(key),
                        Plain::Merge => None,
                        Plain::Lookalike | Plain::Text => Some(without_nul(text).into_owned()),
                    };
                    return self.key(key, start_at..end_at);
                }
                // The span of a value that is not there is the next token's.
                let absent =
                    text.is_empty() && style == ScalarStyle::Plain && anchor == 0 && tag.is_none();
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    if self.depth == 1 {
                        self.entry()?.block_scalar = true;
                    }
                    let end_at = self.text[..end_at]
                        .trim_end_matches([' ', '\t', '\r', '\n', '\0'])
                        .len();
                    self.reach(end_at);
                } else if !absent {
                    self.reach(end_at);
                }
            }
            Event::Alias(_) if self.key_is_next() => return self.key(None, start_at..end_at),
            Event::Alias(_) => self.reach(end_at),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if self.key_is_next() {
                    return None;
                }
                if self.depth == 0 {
                    let Event::MappingStart(..) = event else {
                        return None;
                    };
                    let brace = self.text[start_at..].starts_with('{').then_some(start_at);
                    self.layout = Some(Layout {
                        brace,
                        indent: start.col(),
                        entries: Vec::new(),
                    });
                }
                self.depth += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.depth -= 1;
                if self.text[start_at..].starts_with([']', '}']) {
                    self.reach(start_at + 1);
                }
            }
            _ => {}
        }
        if self.depth == 1 && self.in_value {
            self.in_value = false;
        }
        Some(())
    }

    fn offset(&self, marker: Marker) -> usize {
        self.offsets
            .get(marker.index())
            .copied()
            .unwrap_or(self.text.len())
    }

    /// Where a quoted scalar ends; the parser's span takes in the comment behind it.
    fn quoted_end(&self, start: usize) -> Option<usize> {
        let mut at = start;
        while let [b'!' | b'&', ..] = self.text.as_bytes()[at..] {
            let name = self.text[at..].find([' ', '\t', '\r', '\n'])?;
            let blank =
                self.text[at + name..].find(|char| !matches!(char, ' ' | '\t' | '\r' | '\n'))?;
            at += name + blank;
        }
        let bytes = self.text.as_bytes();
        let quote = *bytes.get(at)?;
        at += 1;
        loop {
            match *bytes.get(at)? {
                b'\\' if quote == b'"' => at += 2,
                byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => {
                    at += 2;
                }
                byte if byte == quote => return Some(at + 1),
                _ => at += 1,
            }
        }
    }

    fn key_is_next(&self) -> bool {
        self.depth == 1 && !self.in_value
    }

    fn key(&mut self, key: Option<String>, key_range: Range<usize>) -> Option<()> {
        let after = &self.text[key_range.end..];
        let blanks = after.len() - after.trim_start_matches([' ', '\t', '\0']).len();
        let separator = after[blanks..]
            .starts_with(':')
            .then_some(key_range.end + blanks + 1);
        let end = separator.unwrap_or(key_range.end);
        self.layout.as_mut()?.entries.push(Entry {
            key,
            key_range,
            separator,
            end,
            block_scalar: false,
        });
        self.in_value = true;
        Some(())
    }

    fn entry(&mut self) -> Option<&mut Entry> {
        self.layout.as_mut()?.entries.last_mut()
    }

    /// Extends the current value to `end`.
    fn reach(&mut self, end: usize) {
        if self.depth > 0
            && let Some(entry) = self.entry()
        {
            entry.end = entry.end.max(end);
        }
    }
}
