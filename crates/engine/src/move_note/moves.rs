//! Which notes go where, and what they are called before and after.
//!
//! It moves nothing. Invariant: a note is in it once, by its row and by its old path.

use crate::Result;
use cairn_index::{Imagined, NoteId, NoteRecord, Session};
use cairn_note::NotePath;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A note on its way.
#[derive(Debug, Clone)]
pub(super) struct Going {
    /// As it was indexed before.
    pub(super) before: NoteRecord,
    /// Where it goes.
    pub(super) to: NotePath,
}

impl Going {
    /// Returns the title it has at its new place: one that the file does not declare follows the file's name.
    fn title_after(&self) -> String {
        let Self { before, to } = self;
        let declared = before.metadata.get("title").and_then(Value::as_str);
        if !before.is_note {
            to.file_name().to_owned()
        } else if declared != Some(&before.title) && before.title == before.path.stem() {
            to.stem().to_owned()
        } else {
            before.title.clone()
        }
    }

    /// Returns the note as it will be indexed.
    pub(super) fn imagined(&self) -> NoteRecord {
        NoteRecord {
            path: self.to.clone(),
            title: self.title_after(),
            ..self.before.clone()
        }
    }
}

/// Whether notes are where they are said to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// They are only imagined there.
    Rehearsed,
    /// They are there.
    Moved,
}

/// Notes on their way.
#[derive(Debug, Default)]
pub(super) struct Moves {
    going: Vec<Going>,
    by_row: HashMap<NoteId, usize>,
    by_path: HashMap<String, usize>,
}

impl Moves {
    pub(super) fn new(going: Vec<Going>) -> Self {
        let mut moves = Self::default();
        for (place, going) in going.iter().enumerate() {
            moves.by_row.insert(going.before.id, place);
            moves.by_path.insert(going.before.path.to_string(), place);
        }
        Self { going, ..moves }
    }

    /// Returns those that went from and to these places.
    pub(super) fn only(self, moved: &[(String, String)]) -> Self {
        let moved: HashSet<&str> = moved.iter().map(|(from, _)| from.as_str()).collect();
        let mut going = self.going;
        going.retain(|going| moved.contains(going.before.path.as_str()));
        Self::new(going)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Going> {
        self.going.iter()
    }

    /// Returns where what is or was at a path is now.
    pub(super) fn place_of<'p>(&'p self, path: &'p NotePath) -> &'p NotePath {
        self.by_path
            .get(path.as_str())
            .map_or(path, |place| &self.going[*place].to)
    }

    pub(super) fn place_of_text<'p>(&'p self, path: &'p str) -> &'p str {
        self.by_path
            .get(path)
            .map_or(path, |place| self.going[*place].to.as_str())
    }

    pub(super) fn goes(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    pub(super) fn of_row(&self, row: NoteId) -> Option<&Going> {
        self.by_row.get(&row).map(|place| &self.going[*place])
    }

    /// Returns what the index has to imagine.
    pub(super) fn imagined(&self, stage: Stage) -> Vec<Imagined> {
        let going = match stage {
            Stage::Rehearsed => self.going.as_slice(),
            Stage::Moved => &[],
        };
        going
            .iter()
            .map(|going| Imagined {
                note: going.before.id,
                path: going.to.clone(),
                title: going.title_after(),
            })
            .collect()
    }

    /// Returns a note as it is after the move.
    pub(super) fn after(
        &self,
        session: &Session<'_>,
        row: NoteId,
        stage: Stage,
    ) -> Result<Option<NoteRecord>> {
        match (stage, self.of_row(row)) {
            (Stage::Rehearsed, Some(going)) => Ok(Some(going.imagined())),
            _ => Ok(session.by_id(row)?),
        }
    }
}
