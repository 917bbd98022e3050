//! Gives a note's text.
//!
//! The text is the file's, not the index's; of another time, the history's. Invariant: the checksum is that of the
//! whole text, whatever part of it was asked for.

use crate::identify::near_names;
use crate::{Error, Project, Result};
use cairn_history::Hash;
use cairn_index::NoteRecord;
use cairn_note::parse;
use jiff::Timestamp;
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
    /// What it said at this time; `None` is what the file says now.
    pub as_of: Option<Timestamp>,
}

/// A note's text.
#[derive(Debug, Clone)]
pub struct ReadNote {
    /// The note.
    pub note: NoteRecord,
    /// The text that was asked for.
    pub text: String,
    /// The checksum (hex) of the whole text; when that is what the file says now, a write can be based on it.
    pub checksum: String,
}

/// A part of a text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'t> {
    /// The part.
    pub text: &'t str,
    /// The number of its first line, from 1, in the section it is of, else in the whole text.
    pub first_line: usize,
    /// How many lines that section or text has.
    pub lines: usize,
}

/// A text as its headings show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// How many lines the text has.
    pub lines: usize,
    /// Its headings in order.
    pub headings: Vec<OutlineHeading>,
    /// How many observations it has.
    pub observations: usize,
    /// How many relations it has.
    pub relations: usize,
}

/// A heading, and the lines of its section with its subsections, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineHeading {
    /// 1 to 6.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// The heading's own line.
    pub first_line: usize,
    /// The last line before the next heading of its level or above.
    pub last_line: usize,
}

/// The largest file that is no note and is read as text, in bytes: what someone can still read.
const LARGEST_TEXT: u64 = 1 << 20;

impl Project<'_> {
    /// Reads a note from its file; a text file that is no note, too, when it is UTF-8 and not above 1 MiB.
    ///
    /// # Errors
    /// As [`Project::look_up`]; [`Error::Invalid`] for what is no text, and for a section or lines that are not
    /// there; [`Error::NotFound`] when the file is gone; [`Error::Invalid`] when the note was not there at the time that
    /// is asked for, or what it said is no longer kept.
    pub fn read_note(&self, request: &ReadRequest) -> Result<ReadNote> {
        let note = self.look_up(&request.identifier)?;
        let home = self.home_of(&note);
        let mut read = match request.as_of {
            Some(time) => home.as_of(note, time)?,
            None => home.whole(note)?,
        };
        if request.body_only && request.section.is_none() && read.note.is_note {
            read.text.drain(..parse(&read.text).body_start);
        }
        if request.section.is_some() || request.lines.is_some() {
            let part = read.part(request.section.as_deref(), request.lines)?;
            read.text = part.text.to_owned();
        }
        Ok(read)
    }

    /// Returns the project a note is of, which an identifier's own prefix may have led to.
    pub(crate) fn home_of(&self, note: &NoteRecord) -> Self {
        let mut projects = self.engine.projects();
        projects
            .find(|project| project.id() == note.project)
            .unwrap_or(*self)
    }

    /// Reads what a note said at a time.
    fn as_of(&self, note: NoteRecord, time: Timestamp) -> Result<ReadNote> {
        match self.text_as_of(&note, time)? {
            Some(text) => Ok(ReadNote {
                checksum: Hash::of(text.as_bytes()).to_string(),
                note,
                text,
            }),
            None => self.whole(note),
        }
    }

    /// Reads all of a note's file.
    fn whole(&self, note: NoteRecord) -> Result<ReadNote> {
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
        let found = self
            .found(&note.path)?
            .ok_or_else(|| Error::gone(&note.path))?;
        let checksum = found.checksum.clone();
        if note.is_note {
            found.text(&note.path)?;
        }
        match String::from_utf8(found.bytes) {
            Ok(text) if note.is_note || !text.contains('\0') => Ok(ReadNote {
                note,
                text,
                checksum,
            }),
            _ => Err(Error::Invalid {
                message: format!("{} is no text", note.path),
                hint: Some("open the file with a program made for its kind".to_owned()),
            }),
        }
    }
}

impl ReadNote {
    /// Returns a section of the text, or lines of it, or lines of a section.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a section or lines that are not there.
    pub fn part(&self, section: Option<&str>, lines: Option<(usize, usize)>) -> Result<Part<'_>> {
        let text = match section {
            Some(section) => self::section(&self.text, section, self.note.path.as_str())?,
            None => &self.text,
        };
        Part::of(text, lines)
    }

    /// Returns the headings of the text with their lines, and how much more there is.
    pub fn outline(&self) -> Outline {
        let note = parse(&self.text);
        let mut counted = (0, 0);
        let mut lines_before = |end: usize| {
            // Headings come in order, so that the text is counted once.
            let between = self.text.get(counted.0..end).unwrap_or_default();
            counted = (end, counted.1 + newlines(between));
            counted.1
        };
        let mut headings: Vec<OutlineHeading> = note
            .headings
            .iter()
            .map(|heading| OutlineHeading {
                level: heading.level,
                text: heading.text.clone(),
                first_line: lines_before(heading.range.start) + 1,
                last_line: 0,
            })
            .collect();
        let lines = line_count(&self.text);
        for at in 0..headings.len() {
            let next = headings[at + 1..]
                .iter()
                .find(|next| next.level <= headings[at].level);
            headings[at].last_line = next.map_or(lines, |next| next.first_line - 1);
        }
        Outline {
            lines,
            headings,
            observations: note.observations.len(),
            relations: note.relations.len(),
        }
    }
}

impl<'t> Part<'t> {
    /// Returns lines (first, last), counted from 1, of a text; all of it when none are named.
    ///
    /// # Errors
    /// [`Error::Invalid`] for lines that are not there.
    pub fn of(text: &'t str, lines: Option<(usize, usize)>) -> Result<Self> {
        let (first_line, part) = match lines {
            Some((first, last)) => (first, self::lines(text, first, last)?),
            None => (1, text),
        };
        Ok(Self {
            text: part,
            first_line,
            lines: line_count(text),
        })
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// How many lines a text has; a newline at the end begins no other.
fn line_count(text: &str) -> usize {
    newlines(text) + usize::from(!text.is_empty() && !text.ends_with('\n'))
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
