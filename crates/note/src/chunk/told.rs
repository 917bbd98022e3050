//! What a model is told of a passage, and the hash by which its vector is found again.
//!
//! Not where passages begin and end. Invariant: two passages with the same hash were told alike, so they stand in
//! notes of the same title, and a vector of one is a vector of the other.

use std::ops::Range;

use jiff::civil;
use sha2::{Digest, Sha256};

use super::Outline;
use crate::Note;
use crate::When;
use crate::blocks::trim;
use crate::parse::{coerced, iso_8601};

/// What a passage is known by: the first 16 bytes of the SHA-256 of what a model is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageHash([u8; 16]);

impl PassageHash {
    /// How many bytes it has.
    pub const LENGTH: usize = 16;

    /// Returns the hash of what [`told`] gives.
    pub fn of(told: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(told);
        Self::finished(hash)
    }

    /// Returns a hash that was kept as bytes.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Returns its bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    fn finished(hash: Sha256) -> Self {
        let digest = hash.finalize();
        let mut short = [0; Self::LENGTH];
        short.copy_from_slice(&digest[..Self::LENGTH]);
        Self(short)
    }
}

/// Returns what a model is told of a passage: the note's title and date, the headings above it, and its text.
pub fn told(title: &str, date: Option<&str>, heading_path: &[String], text: &str) -> String {
    let mut told = String::with_capacity(text.len() + title.len() + 64);
    tell_note(title, date, &mut |part| told.push_str(part));
    let path = heading_path.iter().map(String::as_str);
    tell_passage(path, text, &mut |part| told.push_str(part));
    told
}

fn tell_note(title: &str, date: Option<&str>, tell: &mut impl FnMut(&str)) {
    tell(title);
    if let Some(date) = date {
        tell(" (");
        tell(date);
        tell(")");
    }
    tell("\n");
}

fn tell_passage<'a>(
    heading_path: impl Iterator<Item = &'a str>,
    text: &str,
    tell: &mut impl FnMut(&str),
) {
    let mut is_first = true;
    for heading in heading_path {
        if !is_first {
            tell(" > ");
        }
        tell(heading);
        is_first = false;
    }
    if !is_first {
        tell("\n");
    }
    tell("\n");
    tell(text);
}

/// Returns the passages of a note's text as [`passages`](super::passages) cuts it, with the hash of what a model is told
/// of each; nothing of that is written out. The text was parsed into `note` and `outline`, and is called `title`.
pub fn hashes(
    note: &Note,
    outline: &Outline,
    title: &str,
    text: &str,
) -> Vec<(PassageHash, Range<usize>)> {
    let body = text.get(note.body_start..).unwrap_or_default();
    let mut begun = Sha256::new();
    tell_note(title, date_of(note).as_deref(), &mut |part| {
        begun.update(part);
    });
    let passages = super::pack(&outline.blocks(body)).into_iter();
    passages
        .map(|(range, heading)| {
            let mut hash = begun.clone();
            let text = &body[range.clone()];
            tell_passage(outline.path(heading), text, &mut |part| {
                hash.update(part);
            });
            let range = note.body_start + range.start..note.body_start + range.end;
            (PassageHash::finished(hash), range)
        })
        .collect()
}

/// What is no date is repeated as it is written, up to so many characters.
const LONGEST_DATE: usize = 40;

/// Returns the day a note is about, as people read it (`8 May 2023`): what its frontmatter says under `date`, else under
/// `created`. The times of the file say nothing about it.
pub fn date_of(note: &Note) -> Option<String> {
    let written = |key| note.metadata.get(key).and_then(coerced);
    if let Some(text) = written("date") {
        let text = trim(&text);
        if let Some(day) = day(text) {
            return Some(spoken(day));
        }
        let is_short = !text.contains('\n') && text.chars().count() <= LONGEST_DATE;
        if is_short && !text.is_empty() {
            return Some(text.to_owned());
        }
    }
    written("created")
        .and_then(|text| day(trim(&text)))
        .map(spoken)
}

fn spoken(day: civil::Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// The day of a date or a moment, where it was written.
fn day(text: &str) -> Option<civil::Date> {
    match iso_8601(text)? {
        When::Civil(civil) => Some(civil.date()),
        When::Instant(instant) => {
            let mut starts = [10, 8].into_iter().filter_map(|length| text.get(..length));
            let written = starts.find_map(|start| start.parse().ok());
            Some(written.unwrap_or_else(|| instant.to_zoned(jiff::tz::TimeZone::UTC).date()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::passages;
    use crate::parse::{parse, parse_with_outline};

    #[test]
    fn a_model_is_told_of_title_date_headings_and_text() {
        let path = ["Tools".to_owned(), "Spades".to_owned()];
        assert_eq!(
            told("Garden", Some("8 May 2023"), &path, "Dig deep."),
            "Garden (8 May 2023)\nTools > Spades\n\nDig deep."
        );
        assert_eq!(told("Garden", None, &[], "Dig."), "Garden\n\nDig.");
    }

    #[test]
    fn hashes_are_those_of_what_is_told() {
        let text = format!(
            "---\ntitle: Garden\ndate: 2023-05-08\n---\nFirst {words}\n\n# Tools\n\n## Spades\n\nDig {words}\n\n# End\n\n{words}\n",
            words = "word ".repeat(70)
        );
        let (note, outline) = parse_with_outline(&text);
        let date = date_of(&note);
        let expected: Vec<_> = passages(&text)
            .into_iter()
            .map(|passage| {
                let cut = &text[passage.range.clone()];
                let told = told("Garden", date.as_deref(), &passage.heading_path, cut);
                (PassageHash::of(&told), passage.range)
            })
            .collect();
        assert_eq!(expected.len(), 3);
        assert_eq!(hashes(&note, &outline, "Garden", &text), expected);
        let digest: [u8; 16] = [
            0xba, 0xa7, 0xe6, 0x65, 0x67, 0x7d, 0x29, 0x9c, 0x30, 0xee, 0x06, 0xc5, 0x9b, 0x53,
            0x34, 0x2e,
        ];
        assert_eq!(PassageHash::of("Garden\n\nDig.").as_bytes(), &digest);
    }

    #[test]
    fn whatever_a_model_is_told_changes_the_hash() {
        let hash = |title, date: &str, heading: &str, text: &str| {
            let text = format!("---\ndate: {date}\n---\n# {heading}\n\n{text}\n");
            let (note, outline) = parse_with_outline(&text);
            hashes(&note, &outline, title, &text)[0].0
        };
        let one = hash("Tea", "2023-05-08", "Green", "Steep it.");
        assert_eq!(one, hash("Tea", "8 May 2023", "Green", "Steep it."));
        assert_ne!(one, hash("Tee", "2023-05-08", "Green", "Steep it."));
        assert_ne!(one, hash("Tea", "2023-05-09", "Green", "Steep it."));
        assert_ne!(one, hash("Tea", "2023-05-08", "Black", "Steep it."));
        assert_ne!(one, hash("Tea", "2023-05-08", "Green", "Boil it."));
    }

    #[test]
    fn dates_are_told_as_people_read_them() {
        let cases = [
            ("date: 2023-05-08", Some("8 May 2023")),
            ("date: 2023-05-08T23:30:00-05:00", Some("8 May 2023")),
            ("date: 20230508T233000Z", Some("8 May 2023")),
            ("date: 2023-05-08 10:00", Some("8 May 2023")),
            ("date: Spring 2023", Some("Spring 2023")),
            ("created: 2021-12-31", Some("31 December 2021")),
            ("created: by hand", None),
            ("date: ''\ncreated: 2021-12-31", Some("31 December 2021")),
            ("date: 2023-05-08\ncreated: 2021-12-31", Some("8 May 2023")),
            ("modified: 2021-12-31", None),
            ("title: x", None),
        ];
        for (frontmatter, expected) in cases {
            let note = parse(&format!("---\n{frontmatter}\n---\ntext\n"));
            assert_eq!(date_of(&note).as_deref(), expected, "{frontmatter}");
        }
        let long = parse(&format!("---\ndate: {}\n---\n", "x".repeat(41)));
        assert_eq!(date_of(&long), None);
    }
}
