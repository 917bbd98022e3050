//! Gives a note's text.
//!
//! The text is the file's, not the index's. Invariant: the checksum is that of the whole file, whatever part of it
//! was asked for.

use crate::identify::near_names;
use crate::{Error, Project, Result};
use cairn_index::NoteRecord;
use cairn_note::parse;
use std::ops::Range;

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct ReadRequest {
    /// The note, named exactly.
    pub identifier: String,
    /// Only the section below this heading, which is named by its text, with or without its `#`s.
    pub section: Option<String>,
    /// Only these lines (first, last), counted from 1 in what the other two fields leave.
    pub lines: Option<(usize, usize)>,
    /// Leaves the frontmatter out.
    pub body_only: bool,
}

/// A note's text.
#[derive(Debug, Clone)]
pub struct ReadNote {
    /// The note.
    pub note: NoteRecord,
    /// The text that was asked for.
    pub text: String,
    /// The checksum (hex) of the whole file, to base a write on.
    pub checksum: String,
}

/// The largest file that is no note and is read as text, in bytes: what someone can still read.
const LARGEST_TEXT: u64 = 1 << 20;

impl Project<'_> {
    /// Reads a note from its file; a text file that is no note, too, when it is UTF-8 and not above 1 MiB.
    ///
    /// # Errors
    /// As [`Project::identify`]; [`Error::Invalid`] for what is no text, and for a section or lines that are not
    /// there; [`Error::NotFound`] when the file is gone.
    pub fn read_note(&self, request: &ReadRequest) -> Result<ReadNote> {
        let note = self.identify(&request.identifier, None)?;
        let home = self
            .engine
            .projects()
            .find(|project| project.id() == note.project)
            .unwrap_or(*self);
        if !note.is_note && note.fingerprint.size > LARGEST_TEXT {
            return Err(Error::Invalid {
                message: format!(
                    "{} is no note and has {} bytes",
                    note.path, note.fingerprint.size
                ),
                hint: Some(format!(
                    "files that are no notes are read up to {LARGEST_TEXT} bytes"
                )),
            });
        }
        let found = home.found(&note.path)?.ok_or_else(|| Error::NotFound {
            identifier: note.path.to_string(),
            near: Vec::new(),
        })?;
        let text = match std::str::from_utf8(&found.bytes) {
            Ok(text) if note.is_note || !text.contains('\0') => text,
            Ok(_) | Err(_) if !note.is_note => {
                return Err(Error::Invalid {
                    message: format!("{} is no text", note.path),
                    hint: Some("open the file with a program made for its kind".to_owned()),
                });
            }
            _ => found.text(&note.path)?,
        };
        let text = match &request.section {
            Some(section) => self::section(text, section, note.path.as_str())?,
            None if request.body_only && note.is_note => &text[parse(text).body_start..],
            None => text,
        };
        let text = match request.lines {
            Some((first, last)) => lines(text, first, last)?,
            None => text,
        };
        Ok(ReadNote {
            text: text.to_owned(),
            note,
            checksum: found.checksum,
        })
    }
}

/// The first section with that heading, its subsections included; a heading of the same case goes first.
fn section<'t>(text: &'t str, wanted: &str, path: &str) -> Result<&'t str> {
    let headings = parse(text).headings;
    let marks = wanted
        .trim()
        .bytes()
        .take_while(|byte| *byte == b'#')
        .count();
    let name = wanted.trim()[marks..].trim();
    let is_level = |level: u8| marks == 0 || usize::from(level) == marks;
    let folded = name.to_lowercase();
    let at = headings
        .iter()
        .position(|heading| is_level(heading.level) && heading.text == name)
        .or_else(|| {
            headings.iter().position(|heading| {
                is_level(heading.level) && heading.text.to_lowercase() == folded
            })
        })
        .ok_or_else(|| {
            let near = near_names(name, headings.iter().map(|heading| heading.text.as_str()));
            Error::Invalid {
                message: format!("{path} has no section '{wanted}'"),
                hint: (!near.is_empty()).then(|| format!("did you mean {}?", near.join(", "))),
            }
        })?;
    let end = headings[at + 1..]
        .iter()
        .find(|next| next.level <= headings[at].level)
        .map_or(text.len(), |next| next.range.start);
    Ok(text.get(headings[at].range.start..end).unwrap_or_default())
}

fn lines(text: &str, first: usize, last: usize) -> Result<&str> {
    let invalid = |message: String| Error::Invalid {
        message,
        hint: None,
    };
    if first == 0 || first > last {
        return Err(invalid(format!(
            "lines {first} to {last} are no range; the first line is 1"
        )));
    }
    let mut count = 0;
    let mut end = 0;
    let mut range: Option<Range<usize>> = None;
    for line in text.split_inclusive('\n') {
        count += 1;
        let start = end;
        end += line.len();
        if count == first {
            range = Some(start..end);
        } else if let Some(range) = &mut range
            && count <= last
        {
            range.end = end;
        }
    }
    match range {
        Some(range) => Ok(&text[range]),
        None => Err(invalid(format!(
            "line {first} is beyond the last line, which is {count}"
        ))),
    }
}
