//! What may be told to the index: the vocabulary of its one write door.
//!
//! Not how it is stored. Invariant: a [`Change`] carries everything needed to apply it; nothing is read back
//! from the folder.

use crate::Span;
use cairn_note::chunk::PassageHash;
use cairn_note::{Note, NotePath, words};
use jiff::Timestamp;
use uuid::Uuid;

/// One change of a project's folder.
#[derive(Debug, Clone)]
pub enum Change {
    /// The file is there and says this; it replaces whatever was known of its path.
    Put(Box<Entry>),
    /// The file that was at `from` is now at the entry's path, and is the same note.
    Move {
        /// The path it had.
        from: NotePath,
        /// What it says at its new path.
        entry: Box<Entry>,
    },
    /// The content is unchanged, only what the file system says of it is new.
    Touch {
        /// The file.
        path: NotePath,
        /// Its size, time and checksum.
        fingerprint: Fingerprint,
        /// When it was created, as [`Entry::created`].
        created: Timestamp,
        /// When it was last modified, as [`Entry::modified`].
        modified: Timestamp,
    },
    /// The file is gone.
    Drop {
        /// The file.
        path: NotePath,
    },
    /// A model turned passages of the file into vectors. What is of another model than the one in use, of other
    /// dimensions, or of passages the file no longer has, is not taken. The note's pending passages are counted again,
    /// also when there are no vectors.
    Embedded {
        /// The file.
        path: NotePath,
        /// The model, as [`Index::use_model`](crate::Index::use_model) was told of it.
        model: String,
        /// Each passage's vector; its direction is what counts.
        vectors: Vec<(PassageHash, Vec<f32>)>,
    },
    /// What the last scan could not read; replaces what the scan before it said.
    Faults(Vec<Fault>),
    /// The change, if the index still knows the file (of a move, the file at its old path) with this checksum, or
    /// still does not know it. Otherwise somebody has told something newer meanwhile, and nothing happens.
    IfSeen {
        /// What whoever asks for the change believes is known.
        seen: Option<[u8; 32]>,
        /// The change.
        change: Box<Self>,
    },
}

impl Change {
    /// Returns the path under which the index knows the file before the change; faults have none.
    pub fn path(&self) -> Option<&NotePath> {
        match self {
            Self::Put(entry) => Some(&entry.path),
            Self::Move { from: path, .. }
            | Self::Touch { path, .. }
            | Self::Drop { path }
            | Self::Embedded { path, .. } => Some(path),
            Self::Faults(_) => None,
            Self::IfSeen { change, .. } => change.path(),
        }
    }
}

/// What is compared to tell whether a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// Bytes.
    pub size: u64,
    /// Modification time, nanoseconds since 1970.
    pub modified_ns: i64,
    /// SHA-256 of the bytes.
    pub checksum: [u8; 32],
}

impl Fingerprint {
    /// Returns the checksum as 64 lowercase hexadecimal digits.
    pub fn checksum_hex(&self) -> String {
        hex(&self.checksum)
    }
}

/// Returns bytes as lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A file of a project as it is on disk.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it is.
    pub path: NotePath,
    /// What it is besides what it says.
    pub given: Given,
    /// Its size, time and checksum.
    pub fingerprint: Fingerprint,
    /// When it was created: the frontmatter's word, else the file's.
    pub created: Timestamp,
    /// When it was last modified: the frontmatter's word, else the file's.
    pub modified: Timestamp,
    /// What it holds.
    pub content: Content,
}

impl Entry {
    /// Returns the title: the frontmatter's, else the file's stem; for a file that is no note, its name.
    pub fn title(&self) -> &str {
        match &self.content {
            Content::Note { note, .. } => note.title.as_deref().unwrap_or_else(|| self.path.stem()),
            Content::File => self.path.file_name(),
        }
    }
}

/// What a file is besides what it says: what whoever keeps the identities of notes knows of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Its stable id; a file that had it loses it. `None` is the one it has in the index, or for a new file the first
    /// of its [`derived_ids`](crate::derived_ids) that no file has.
    pub external_id: Option<Uuid>,
    /// The permalink it was given, which it claims unless the file itself declares one.
    pub permalink: Option<String>,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A note.
    Note {
        /// What it says.
        note: Box<Note>,
        /// Its search terms.
        terms: Terms,
        /// Its passages, in their order.
        passages: Vec<Span>,
    },
    /// Anything else: known by name only.
    File,
}

/// The search terms of a note, split by [`words::terms`] and separated by spaces.
///
/// They are made where files are parsed, in parallel, and only stored by the one writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Of all headings.
    pub headings: String,
    /// Of everything below the frontmatter.
    pub body: String,
    /// How many terms the body has.
    pub length: u32,
}

impl Terms {
    /// Returns the terms of `note`, parsed from `text`.
    pub fn of(note: &Note, text: &str) -> Self {
        let mut terms = Self::default();
        let body = text.get(note.body_start..).unwrap_or(text);
        terms.body.reserve(body.len() + body.len() / 4);
        terms.length = words::terms(body, &mut terms.body);
        for heading in &note.headings {
            words::terms(&heading.text, &mut terms.headings);
        }
        terms
    }
}

/// A file or folder that could not be read, or a note that could not be indexed as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The path inside the project, as text since it may be no valid [`NotePath`]; empty for the root.
    pub path: String,
    /// What went wrong, one sentence without a trailing period.
    pub message: String,
}

/// What an `apply` did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files new or replaced.
    pub put: usize,
    /// Files moved.
    pub moved: usize,
    /// Files gone.
    pub dropped: usize,
}
