//! What is recorded, and what comes back: the vocabulary of this room.
//!
//! Not how it is stored. Invariant: an [`Entry`] carries everything needed to record it; nothing is read from the
//! folder or from a clock.

use crate::Hash;
use jiff::Timestamp;

/// The number of a revision, given by the database and never given twice. A higher one was recorded later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(pub i64);

/// The number of a change: several revisions that are undone as one. It is the number of the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeId(pub i64);

/// What was done to a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It was written where nothing was.
    Create,
    /// It was overwritten.
    Write,
    /// A part of it was changed.
    Edit,
    /// It has another path.
    Move,
    /// It was taken away.
    Delete,
    /// It is again what it was.
    Restore,
    /// A change was taken back.
    Undo,
    /// Something else changed the file, and it was seen later.
    External,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Write,
        Self::Edit,
        Self::Move,
        Self::Delete,
        Self::Restore,
        Self::Undo,
        Self::External,
    ];

    /// Returns its name, one lowercase word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Write => "write",
            Self::Edit => "edit",
            Self::Move => "move",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Undo => "undo",
            Self::External => "external",
        }
    }

    /// Returns the operation of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
    }
}

/// What became of a change that was recorded before it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The file is what was recorded.
    Done,
    /// The file was left as it was: the revision never happened.
    Undone,
}

/// What a note says before or after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes. Giving them costs nothing where they are kept already, and makes packing what follows cheap.
    Bytes(Vec<u8>),
    /// What is kept under this hash.
    Known(Hash),
}

impl Content {
    /// Returns its hash.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Bytes(bytes) => Hash::of(bytes),
            Self::Known(hash) => *hash,
        }
    }
}

/// A change of one note, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The project.
    pub project: i64,
    /// The note's external id.
    pub note: String,
    /// Where the note is after the change; of a deleted one, where it was.
    pub path: String,
    /// Where it was before, if elsewhere.
    pub former: Option<String>,
    /// What was done.
    pub operation: Operation,
    /// Who did it.
    pub actor: String,
    /// When.
    pub time: Timestamp,
    /// What the file said before; `None` where there was none.
    pub before: Option<Content>,
    /// What it says after; `None` where there is none any more, which puts the note into the trash. A note that only
    /// moved says the same before and after.
    pub after: Option<Content>,
    /// The permalink the note is given by this change, where its file declares none. `None` leaves it the one it has,
    /// except that a note that is created has none.
    pub permalink: Option<String>,
}

/// A recorded change of one note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub id: RevisionId,
    /// The change it is part of.
    pub change: ChangeId,
    /// The project.
    pub project: i64,
    /// The note's external id.
    pub note: String,
    /// Where the note is after the change; of a deleted one, where it was.
    pub path: String,
    /// Where it was before, if elsewhere.
    pub former: Option<String>,
    /// What was done.
    pub operation: Operation,
    /// Who did it.
    pub actor: String,
    /// When.
    pub time: Timestamp,
    /// What the file said before.
    pub before: Option<Hash>,
    /// What it says after.
    pub after: Option<Hash>,
    /// The permalink the note had been given by then, where its file declares none.
    pub permalink: Option<String>,
    /// What became of it; `None` while nobody has said.
    pub outcome: Option<Outcome>,
}

/// What a [`crate::History::record`] was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The change all of its revisions are part of.
    pub change: ChangeId,
    /// One for each entry, in their order.
    pub revisions: Vec<RevisionId>,
}

/// What a [`crate::History::observe`] was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The change all of its revisions are part of.
    pub change: ChangeId,
    /// One for each entry that was news, in their order.
    pub revisions: Vec<RevisionId>,
    /// The places of the entries that came late: their notes were changed since somebody looked.
    pub late: Vec<usize>,
}

/// Which revisions are asked for; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this project.
    pub project: Option<i64>,
    /// Of the note with this external id, wherever it was.
    pub note: Option<String>,
    /// Of whatever note was at this path, came to it or left it.
    pub path: Option<String>,
    /// By this actor.
    pub actor: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// At this time or earlier.
    pub until: Option<Timestamp>,
    /// Recorded before this one: where the next page begins.
    pub before: Option<RevisionId>,
    /// Of this change.
    pub change: Option<ChangeId>,
}

impl Filter {
    /// Returns the filter for the revisions of one note.
    pub fn of_note(project: i64, note: &str) -> Self {
        Self {
            project: Some(project),
            note: Some(note.to_owned()),
            ..Self::default()
        }
    }
}

/// What somebody did to one note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The last of it.
    pub last: Revision,
    /// Where the note was before the first of it that moved it.
    pub former: Option<String>,
    /// Where the note is now; `None` when it is deleted.
    pub place: Option<String>,
}

/// Which note is at a path, and what it was given that its file does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The note's external id.
    pub note: String,
    /// Where it is, or was when it was deleted.
    pub path: String,
    /// The permalink it was given, where its file declares none.
    pub permalink: Option<String>,
    /// Whether it is there; otherwise it lies in the trash.
    pub is_present: bool,
}

/// A path a note has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path.
    pub path: String,
    /// Since when; `None` where it came there before it was first recorded.
    pub since: Option<Timestamp>,
}

/// What came of handing the history of one project to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// It changed hands.
    Done,
    /// There was none.
    Nothing,
    /// The other project has one of its own; both stay as they are.
    Occupied,
}

/// How much is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Revisions, those that never happened too.
    pub revisions: u64,
    /// Contents.
    pub contents: u64,
    /// How long all contents are together, unpacked.
    pub unpacked: u64,
    /// How long the database is.
    pub bytes: u64,
    /// When the oldest revision was made.
    pub oldest: Option<Timestamp>,
}

/// A damage found by [`crate::History::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The database itself is damaged; what SQLite says of it.
    Database(String),
    /// A content cannot be read, or is not what it was.
    Content {
        /// The note it belongs to: its path and id, or what else it is.
        owner: String,
        /// The content.
        hash: Hash,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_name() {
        for operation in Operation::ALL {
            assert_eq!(Operation::named(operation.name()), Some(operation));
        }
        assert_eq!(Operation::named("burn"), None);
    }
}
