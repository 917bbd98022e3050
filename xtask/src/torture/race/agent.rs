//! One who writes, edits, moves, deletes and restores what others do that to as well.
//!
//! Invariant: what was answered is noted down, with what the note says since; what was refused is counted by its kind.

use super::super::hand::word;
use super::super::options::Options;
use super::{FOLDERS, Log};
use crate::generate::random::Random;
use cairn_engine::{
    Cancel, EditRequest, Engine, Error, Kind, Overwrite, Project, RestoreRequest, Silent,
    UndoRequest, WriteRequest,
};
use cairn_history::Hash;
use cairn_index::NoteRecord;
use cairn_note::edit::Edit;

/// One of them.
pub(super) struct Agent<'a> {
    engine: &'a Engine,
    log: &'a Log,
    random: Random,
    number: usize,
    name: String,
    notes: usize,
    made: usize,
}

impl<'a> Agent<'a> {
    pub(super) fn new(engine: &'a Engine, log: &'a Log, options: &Options, notes: usize) -> Self {
        Self {
            engine,
            log,
            random: Random::new(options.seed.wrapping_mul(97) + options.number as u64),
            number: options.number,
            name: format!("agent{}", options.number),
            notes,
            made: 0,
        }
    }

    /// Does so many things.
    pub(super) fn run(&mut self, operations: usize) {
        for _ in 0..operations {
            let result = self.act();
            if let Err(error) = result {
                self.refused(&error);
            }
        }
    }

    fn act(&mut self) -> Result<(), Error> {
        let path = self.path();
        match self.random.below(100) {
            0..=21 => self.write(&path),
            22..=71 => self.append(&path),
            72..=83 => self.rename(&path),
            84..=91 => self.delete(&path),
            92..=97 => self.restore(&path),
            _ => self.undo(),
        }
    }

    fn write(&mut self, path: &str) -> Result<(), Error> {
        let word = self.word();
        let (folder, name) = path.rsplit_once('/').expect("it lies in a folder");
        let request = WriteRequest {
            title: name.trim_end_matches(".md").to_owned(),
            folder: folder.to_owned(),
            content: format!("Written anew.\n\n- {word}\n"),
            overwrite: Overwrite::Allow,
            ..WriteRequest::default()
        };
        let written = self.project().write_note(&request)?;
        self.wrote("write", &written.note, &word);
        Ok(())
    }

    fn append(&mut self, path: &str) -> Result<(), Error> {
        let word = self.word();
        let request = EditRequest {
            identifier: path.to_owned(),
            edit: Some(Edit::Append {
                content: format!("- {word}\n"),
            }),
            metadata: Default::default(),
            base: None,
        };
        let edited = self.project().edit_note(&request)?;
        self.wrote("edit", &edited.note, &word);
        Ok(())
    }

    fn rename(&mut self, path: &str) -> Result<(), Error> {
        let folder = FOLDERS[self.random.below(2)];
        let name = path.rsplit_once('/').expect("it lies in a folder").1;
        let moved = self
            .project()
            .move_note(path, &format!("{folder}/{name}"))?;
        let hash = Hash::from(moved.note.fingerprint.checksum).to_string();
        self.log.line(&[
            "move",
            &self.name,
            moved.note.path.as_str(),
            &hash,
            &moved.from,
        ]);
        Ok(())
    }

    fn delete(&mut self, path: &str) -> Result<(), Error> {
        let deleted = self.project().delete_note(path)?;
        self.log
            .line(&["delete", &self.name, deleted.note.path.as_str(), "-", "-"]);
        Ok(())
    }

    fn restore(&mut self, path: &str) -> Result<(), Error> {
        let request = RestoreRequest {
            identifier: path.to_owned(),
            revision: None,
        };
        let restored = self.project().restore_note(&request)?;
        self.log.line(&[
            "restored",
            &self.name,
            &restored.notes.len().to_string(),
            "-",
            "-",
        ]);
        Ok(())
    }

    fn undo(&mut self) -> Result<(), Error> {
        let request = UndoRequest {
            actor: Some(self.name.clone()),
            ..UndoRequest::default()
        };
        let undone = self.project().undo(&request, &Silent, &Cancel::new())?;
        self.log.line(&[
            "undone",
            &self.name,
            &undone.undone.len().to_string(),
            "-",
            "-",
        ]);
        Ok(())
    }

    fn wrote(&self, verb: &str, note: &NoteRecord, word: &str) {
        let hash = Hash::from(note.fingerprint.checksum).to_string();
        self.log
            .line(&[verb, &self.name, note.path.as_str(), &hash, word]);
    }

    fn refused(&self, error: &Error) {
        let kind = match error.kind() {
            Kind::NotFound | Kind::Conflict | Kind::Invalid => "refused",
            _ => "error",
        };
        self.log.line(&[
            kind,
            &self.name,
            &format!("{:?}", error.kind()),
            &error.to_string(),
        ]);
    }

    fn project(&self) -> Project<'_> {
        let project = self.engine.project(None).expect("there is one");
        project.acting(&self.name)
    }

    /// Where a note may be: mostly where it was put first.
    fn path(&mut self) -> String {
        let number = self.random.below(self.notes);
        if self.random.chance(0.7) {
            return super::home_of(number);
        }
        format!("{}/note{number:03}.md", self.random.pick(&FOLDERS))
    }

    fn word(&mut self) -> String {
        self.made += 1;
        word(1, self.number, self.made)
    }
}
