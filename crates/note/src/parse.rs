//! Text to [`Note`]: frontmatter, headings, observations and relations of one Markdown file.
//!
//! This puts together what the neighbouring modules read; it decides the defaults of the required keys and
//! nothing else.
//! Invariant: total and linear: every text gives a note, and every offset in it refers to the text as given,
//! byte order mark and NUL characters included.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil;
use serde_json::Value;

use crate::blocks::{self, Kind, Leaf, is_space, trim};
use crate::chunk::{Drawing, Outline};
use crate::frontmatter::Frontmatter;
use crate::{Heading, Metadata, Note, Warning, When, frontmatter, observation, relation, tags};

/// Reads the text of a Markdown file. Total: whatever is odd becomes a warning.
///
/// A leading byte order mark and every NUL character are read as if they were not there.
pub fn parse(text: &str) -> Note {
    read(text, |_, _| {}).0
}

/// Reads as [`parse()`] does, and draws the outline by which the text is cut into passages on the way.
pub fn parse_with_outline(text: &str) -> (Note, Outline) {
    let mut drawing = Drawing::default();
    let (note, body) = read(text, |leaf, body| drawing.leaf(leaf, body));
    let outline = drawing.finish(|at| body.original(at) - note.body_start);
    (note, outline)
}

/// Returns where the body of a text begins, in bytes, and its outline.
pub(crate) fn outline(text: &str) -> (usize, Outline) {
    let (clean, offsets) = cleaned(text);
    let body_start = frontmatter::read(&clean).body_start;
    let start = offsets.original(body_start);
    let (body, place) = stripped(&clean, body_start, offsets);
    let mut drawing = Drawing::default();
    blocks::each_leaf(body, |leaf| drawing.leaf(leaf, body));
    (start, drawing.finish(|at| place.original(at) - start))
}

/// Where the body of a text begins, in bytes.
pub(crate) fn body_start(text: &str) -> usize {
    let (clean, offsets) = cleaned(text);
    offsets.original(frontmatter::read(&clean).body_start)
}

/// Reads a text, and shows each leaf with the body its offsets refer to; returns where that stood.
fn read(text: &str, mut also: impl FnMut(&Leaf<'_>, &str)) -> (Note, Place) {
    let (clean, offsets) = cleaned(text);
    let Frontmatter {
        mut metadata,
        body_start,
        warnings,
    } = frontmatter::read(&clean);
    let mut note = Note {
        body_start: offsets.original(body_start),
        warnings,
        ..Note::default()
    };
    read_keys(&mut metadata, &mut note);
    note.metadata = metadata;
    let (body, place) = stripped(&clean, body_start, offsets);
    blocks::each_leaf(body, |leaf| {
        read_leaf(leaf, &mut note);
        also(leaf, body);
    });
    relation::keep_first(&mut note.relations);
    for heading in &mut note.headings {
        let Range { start, end } = heading.range;
        heading.range = place.original(start)..place.original(end);
    }
    (note, place)
}

/// Where a part of a cleaned text stood in the original.
struct Place {
    offsets: Offsets,
    start: usize,
}

impl Place {
    fn original(&self, at: usize) -> usize {
        self.offsets.original(self.start + at)
    }
}

/// The body of a cleaned text without the white space before it: the reference strips the body before it parses, so an
/// indented first line is no code.
fn stripped(clean: &str, body_start: usize, offsets: Offsets) -> (&str, Place) {
    let body = clean[body_start..].trim_start_matches(is_space);
    let start = clean.len() - body.len();
    (body, Place { offsets, start })
}

/// Where a cleaned text's bytes stood in the original.
struct Offsets {
    mark: usize,
    /// Offsets of the NULs in the text after its byte order mark.
    nuls: Vec<usize>,
}

impl Offsets {
    fn original(&self, clean: usize) -> usize {
        // The n-th NUL lies before a clean offset when n characters fewer than its own offset do.
        let mut low = 0;
        let mut high = self.nuls.len();
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.nuls[middle] - middle <= clean {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        self.mark + clean + low
    }
}

fn cleaned(text: &str) -> (Cow<'_, str>, Offsets) {
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offsets = Offsets {
        mark: text.len() - unmarked.len(),
        nuls: memchr::memchr_iter(0, unmarked.as_bytes()).collect(),
    };
    if offsets.nuls.is_empty() {
        (Cow::Borrowed(unmarked), offsets)
    } else {
        (Cow::Owned(unmarked.replace('\0', "")), offsets)
    }
}

fn read_keys(metadata: &mut Metadata, note: &mut Note) {
    note.title = title(metadata);
    note.note_type = metadata
        .get("type")
        .and_then(coerced)
        .unwrap_or_else(|| "note".to_owned());
    note.permalink = match metadata.get("permalink") {
        Some(Value::String(text)) if !trim(text).is_empty() => Some(text.clone()),
        _ => None,
    };
    if let Some(value) = metadata.get_mut("tags") {
        note.tags = tags::parse(value);
        if !note.tags.is_empty() {
            *value = note.tags.iter().cloned().map(Value::String).collect();
        }
    }
    note.created = when("created", metadata, &mut note.warnings);
    note.modified = when("modified", metadata, &mut note.warnings);
}

/// The frontmatter's title; `None` when the file's stem is the title.
pub(crate) fn title(metadata: &Metadata) -> Option<String> {
    metadata
        .get("title")
        .and_then(coerced)
        .filter(|title| !trim(title).is_empty() && title != "None")
}

/// A value as one string: lists are joined by `, `.
pub(crate) fn coerced(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().filter_map(coerced).collect();
            Some(parts.join(", "))
        }
        other => Some(other.to_string()),
    }
}

fn when(key: &str, metadata: &Metadata, warnings: &mut Vec<Warning>) -> Option<When> {
    let value = coerced(metadata.get(key)?)?;
    let text = trim(&value);
    if text.is_empty() {
        return None;
    }
    let when = iso_8601(text);
    if when.is_none() {
        warnings.push(Warning {
            message: format!(
                "'{key}: {text}' is not an ISO-8601 date, so the time of the file is used"
            ),
        });
    }
    when
}

/// A date, a date and time, either with an offset or without, in extended or basic form.
pub(crate) fn iso_8601(text: &str) -> Option<When> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(When::Instant(instant));
    }
    if let Ok(civil) = text.parse::<civil::DateTime>() {
        return Some(When::Civil(civil));
    }
    let date = text.parse::<civil::ISOWeekDate>().ok()?.date();
    Some(When::Civil(date.at(0, 0, 0, 0)))
}

fn read_leaf(leaf: &Leaf<'_>, note: &mut Note) {
    match leaf.kind {
        Kind::Code | Kind::Html | Kind::Rule => return,
        Kind::Heading(level) => note.headings.push(Heading {
            level,
            text: leaf.text().replace('\n', " "),
            range: leaf.lines(),
        }),
        Kind::Paragraph => {}
    }
    if memchr::memchr2(b'[', b'#', leaf.source().as_bytes()).is_none() {
        return;
    }
    let text = leaf.text();
    if !leaf.in_quote
        && let Some(observation) = observation::read(&text)
    {
        note.observations.push(observation);
    }
    relation::read(&text, leaf.in_item, &mut note.relations);
}

#[cfg(test)]
mod tests {
    use super::{Offsets, iso_8601};

    #[test]
    fn offsets_count_what_was_removed() {
        // "\u{feff}a\0\0bc\0" cleaned is "abc".
        let offsets = Offsets {
            mark: 3,
            nuls: vec![1, 2, 5],
        };
        let original: Vec<usize> = (0..=3).map(|clean| offsets.original(clean)).collect();
        assert_eq!(original, [3, 6, 7, 9]);
    }

    #[test]
    fn dates_are_iso_8601() {
        for text in [
            "2025-01-02",
            "20250102",
            "2025-01-02T03:04",
            "2025-01-02 03:04:05.678",
            "20250102T030405",
            "2025-01-02T03:04:05Z",
            "2025-01-02T03:04:05+0200",
            "2025-01-02 03:04:05-05:30",
            "2025-W01-4",
        ] {
            assert!(iso_8601(text).is_some(), "{text} is a date");
        }
        for text in [
            "yesterday",
            "2025",
            "02.01.2025",
            "2025-13-01",
            "now",
            "03:04",
        ] {
            assert!(iso_8601(text).is_none(), "{text} is no date");
        }
    }
}
