//! One thread of a writer: it alone changes the notes below its folder, by verbs and, as an editor would, without.
//!
//! It knows what each verb must lead to before it calls it, to the byte. Invariant: what a verb is to do is in the
//! journal before it begins, and what it answered afterwards.

mod outside;
mod text;

pub(super) use outside::EDITOR;
pub(super) use text::word;

use super::disk::Observer;
use super::journal::{Intent, Journal, Line, Model, Step};
use super::place::Place;
use crate::generate::random::Random;
use cairn_engine::{
    Cancel, Confirm, EditRequest, Engine, Error, Kind, Overwrite, Project, RestoreRequest, Silent,
    UndoRequest, WriteRequest,
};
use cairn_history::Hash;
use cairn_note::edit::{Edit, edit};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use text::{Live, block, first_block, same, with_title};

/// What some files become at once.
type Change = Vec<(String, Option<Live>)>;

/// One thread of a writer.
pub(super) struct Hand<'a> {
    engine: &'a Engine,
    place: &'a Place,
    journal: &'a Journal,
    observer: Arc<Observer>,
    random: Random,
    round: usize,
    number: usize,
    actor: String,
    made: usize,
    notes: BTreeMap<String, Live>,
    deleted: BTreeMap<String, Live>,
    /// What the last change of this actor can be taken back to.
    last: Option<Vec<Change>>,
    /// What was changed without a verb, and may not have been seen.
    unseen: BTreeSet<String>,
}

impl<'a> Hand<'a> {
    /// Takes over the notes of its folder.
    #[expect(clippy::too_many_arguments, reason = "it is made once")]
    pub(super) fn new(
        engine: &'a Engine,
        place: &'a Place,
        journal: &'a Journal,
        observer: Arc<Observer>,
        model: &Model,
        random: Random,
        round: usize,
        number: usize,
    ) -> Self {
        let mine = |path: &str| path.starts_with(&format!("t{number}/"));
        let notes = model
            .iter()
            .filter(|(path, _)| mine(path))
            .map(|(path, known)| {
                let text = fs::read_to_string(place.notes().join(path)).expect("it is there");
                let live = Live {
                    text,
                    word: known.word.clone(),
                    private: known.private,
                };
                (path.clone(), live)
            })
            .collect();
        Self {
            engine,
            place,
            journal,
            observer,
            random,
            round,
            number,
            actor: format!("t{number}"),
            made: 0,
            notes,
            deleted: BTreeMap::new(),
            last: None,
            unseen: BTreeSet::new(),
        }
    }

    /// Does one thing.
    pub(super) fn act(&mut self) {
        let few = self.notes.len() < 6;
        match self.random.below(25) {
            _ if few => self.create(),
            0..=2 => self.create(),
            3..=5 => self.overwrite(),
            6..=9 => self.append(),
            10..=11 => self.rename(),
            12 => self.rename_folder(),
            13..=14 => self.delete(),
            15 if self.notes.len() > 8 => self.delete_folder(),
            16..=17 => self.restore(),
            18..=19 => self.undo(),
            20 => self.save(),
            21 => self.save_new(),
            22 => self.change_mode(),
            23 => self.edit_what_is_not_there(),
            _ => self.see(),
        }
    }

    fn project(&self) -> Project<'_> {
        let project = self.engine.project(None).expect("there is one");
        project.acting(&self.actor)
    }

    fn create(&mut self) {
        let (title, folder) = (self.name(), self.folder());
        let path = format!("{folder}/{title}.md");
        let (word, body) = self.body();
        let live = Live {
            text: format!("{}\n{body}", first_block(&folder, &title)),
            word,
            private: false,
        };
        self.write(&path, &title, &folder, body, live, "create");
    }

    fn overwrite(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let (word, body) = self.body();
        let live = Live {
            text: format!("{}\n{body}", block(&old.text)),
            word,
            private: old.private,
        };
        let (folder, name) = path.rsplit_once('/').expect("it lies in a folder");
        let title = name.trim_end_matches(".md").to_owned();
        let folder = folder.to_owned();
        // A moved note has the title it was made with; it is the new one's.
        let mut live = live;
        live.text = with_title(&live.text, &title);
        self.write(&path, &title, &folder, body, live, "write");
    }

    fn write(
        &mut self,
        path: &str,
        title: &str,
        folder: &str,
        body: String,
        live: Live,
        verb: &str,
    ) {
        let request = WriteRequest {
            title: title.to_owned(),
            folder: folder.to_owned(),
            content: body,
            overwrite: Overwrite::Allow,
            ..WriteRequest::default()
        };
        let hash = live.known().hash;
        self.verb(verb, vec![vec![(path.to_owned(), Some(live))]], |hand| {
            let written = hand.project().write_note(&request)?;
            Ok(same(hash, written.note.fingerprint.checksum))
        });
    }

    fn append(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let word = self.word();
        let change = Edit::Append {
            content: format!("and {word} was added by hand\n"),
        };
        let text = edit(&old.text, &change).expect("adding is never refused");
        let live = Live {
            text,
            word,
            private: old.private,
        };
        let hash = live.known().hash;
        let request = EditRequest {
            identifier: path.clone(),
            edit: Some(change),
            metadata: Default::default(),
            base: None,
        };
        self.verb("edit", vec![vec![(path, Some(live))]], |hand| {
            let edited = hand.project().edit_note(&request)?;
            Ok(same(hash, edited.note.fingerprint.checksum))
        });
    }

    fn rename(&mut self) {
        let Some((path, live)) = self.some() else {
            return;
        };
        let (folder, name) = (self.folder(), self.name());
        let to = format!("{folder}/{name}.md");
        let hash = live.known().hash;
        let step = vec![(path.clone(), None), (to.clone(), Some(live))];
        self.verb("move", vec![step], |hand| {
            let moved = hand.project().move_note(&path, &to)?;
            Ok(same(hash, moved.note.fingerprint.checksum))
        });
    }

    fn rename_folder(&mut self) {
        let from = self.folder();
        let name = self.name();
        let to = format!("t{}/{name}", self.number);
        self.see_if_needed();
        let steps: Vec<Change> = self
            .below(&from)
            .map(|(path, live)| {
                let target = format!("{to}{}", &path[from.len()..]);
                vec![(path.clone(), None), (target, Some(live.clone()))]
            })
            .collect();
        if steps.is_empty() {
            return;
        }
        self.verb("move folder", steps, |hand| {
            let moved = hand
                .project()
                .move_directory(&from, &to, &Silent, &Cancel::new())?;
            Ok(moved
                .failed
                .first()
                .map(|fault| format!("{}: {}", fault.path, fault.message)))
        });
    }

    fn delete(&mut self) {
        let Some((path, _)) = self.some() else {
            return;
        };
        self.verb("delete", vec![vec![(path.clone(), None)]], |hand| {
            hand.project().delete_note(&path)?;
            Ok(None)
        });
    }

    fn delete_folder(&mut self) {
        let folder = self.folder();
        self.see_if_needed();
        let steps: Vec<Change> = self
            .below(&folder)
            .map(|(path, _)| vec![(path.clone(), None)])
            .collect();
        if steps.is_empty() {
            return;
        }
        self.verb("delete folder", steps, |hand| {
            let deleted = hand.project().delete_directory(
                &folder,
                Confirm::Given,
                &Silent,
                &Cancel::new(),
            )?;
            Ok(deleted
                .failed
                .first()
                .map(|fault| format!("{}: {}", fault.path, fault.message)))
        });
    }

    fn restore(&mut self) {
        let Some((path, live)) = self.deleted.pop_last() else {
            return;
        };
        let live = Live {
            private: false,
            ..live
        };
        let request = RestoreRequest {
            identifier: path.clone(),
            revision: None,
        };
        self.verb("restore", vec![vec![(path, Some(live))]], |hand| {
            let restored = hand.project().restore_note(&request)?;
            Ok(restored.failed.first().map(|fault| fault.message.clone()))
        });
    }

    fn undo(&mut self) {
        let Some(mut steps) = self.last.clone() else {
            return;
        };
        for (path, live) in steps.iter_mut().flatten() {
            // What is written anew has no mode to keep.
            if let Some(live) = live {
                live.private = self.notes.get(path).is_some_and(|note| note.private)
                    || live.private && !self.deleted.contains_key(path);
            }
        }
        let request = UndoRequest {
            actor: Some(self.actor.clone()),
            ..UndoRequest::default()
        };
        self.verb("undo", steps, |hand| {
            let undone = hand.project().undo(&request, &Silent, &Cancel::new())?;
            Ok(undone
                .conflicts
                .first()
                .map(|fault| format!("{}: {}", fault.path, fault.message)))
        });
    }

    fn see_if_needed(&mut self) {
        if !self.unseen.is_empty() {
            self.see();
        }
    }

    /// Edits what the note does not say, which must be refused.
    fn edit_what_is_not_there(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let number = self.journal.number();
        let step = vec![(path.clone(), Some(old.known()))];
        self.journal.write(&Line::Begun(
            number,
            Intent {
                verb: format!("{} edit from another base", self.actor),
                steps: vec![step],
            },
        ));
        let request = EditRequest {
            identifier: path.clone(),
            edit: Some(Edit::Append {
                content: "this is never written\n".to_owned(),
            }),
            metadata: Default::default(),
            base: Some(Hash::of(self.word().as_bytes()).to_string()),
        };
        self.journal
            .write(&match self.project().edit_note(&request) {
                Err(error) if matches!(error.kind(), Kind::Conflict | Kind::NotFound) => {
                    Line::Refused(number, error.to_string())
                }
                Err(error) => Line::Wrong(format!("{number} was refused as it must not: {error}")),
                Ok(_) => Line::Wrong(format!("{number} {path}: another base was not refused")),
            });
    }

    /// Calls a verb that leads to `changes`; it answers `None`, or what is wrong with its answer.
    fn verb(
        &mut self,
        verb: &str,
        changes: Vec<Change>,
        call: impl FnOnce(&Self) -> Result<Option<String>, Error>,
    ) {
        let number = self.journal.number();
        let step = |change: &Change| -> Step {
            let known = |(path, live): &(String, Option<Live>)| {
                (path.clone(), live.as_ref().map(Live::known))
            };
            change.iter().map(known).collect()
        };
        self.journal.write(&Line::Begun(
            number,
            Intent {
                verb: format!("{} {verb}", self.actor),
                steps: changes.iter().map(step).collect(),
            },
        ));
        match call(self) {
            Ok(None) => {
                self.journal.write(&Line::Done(number));
                self.apply(changes);
            }
            Ok(Some(wrong)) => {
                self.journal
                    .write(&Line::Wrong(format!("{number} {verb}: {wrong}")));
                // Nobody knows any more what this thread's notes are.
                loop {
                    std::thread::park();
                }
            }
            Err(error) => {
                let mut paths = changes.iter().flatten().map(|(path, _)| path);
                let is_excused = paths.any(|path| self.unseen.contains(path))
                    && matches!(error.kind(), Kind::Conflict | Kind::NotFound);
                self.journal
                    .write(&Line::Refused(number, error.to_string()));
                if !is_excused {
                    self.journal.write(&Line::Wrong(format!(
                        "{number} {verb} was refused: {error}"
                    )));
                }
            }
        }
    }

    fn apply(&mut self, changes: Vec<Change>) {
        let before = |change: &Change| -> Change {
            let old =
                |(path, _): &(String, Option<Live>)| (path.clone(), self.notes.get(path).cloned());
            change.iter().map(old).collect()
        };
        self.last = Some(changes.iter().map(before).collect());
        for change in changes {
            let is_move = change.len() > 1;
            for (path, live) in change {
                let old = match live {
                    Some(live) => {
                        self.deleted.remove(&path);
                        self.notes.insert(path, live);
                        continue;
                    }
                    None => self.notes.remove(&path),
                };
                if let Some(old) = old
                    && !is_move
                {
                    self.deleted.insert(path, old);
                }
            }
        }
    }

    fn below(&self, folder: &str) -> impl Iterator<Item = (&String, &Live)> {
        let prefix = format!("{folder}/");
        self.notes
            .iter()
            .filter(move |(path, _)| path.starts_with(&prefix))
    }

    fn some(&mut self) -> Option<(String, Live)> {
        let at = self.random.below(self.notes.len());
        let found = self.notes.iter().nth(at);
        found.map(|(path, live)| (path.clone(), live.clone()))
    }

    /// One of the folders it has, or a new one.
    fn folder(&mut self) -> String {
        let folders = self.notes.keys().filter_map(|path| path.rsplit_once('/'));
        let folders: BTreeSet<String> = folders.map(|(folder, _)| folder.to_owned()).collect();
        let at = self.random.below(3);
        if let Some(folder) = folders.into_iter().nth(at) {
            return folder;
        }
        let name = self.name();
        format!("t{}/{name}", self.number)
    }

    /// A name that nothing else ever has.
    fn name(&mut self) -> String {
        self.made += 1;
        format!("n{}x{}x{}", self.round, self.number, self.made)
    }

    fn word(&mut self) -> String {
        self.made += 1;
        word(self.round, self.number, self.made)
    }

    /// A text of its own, with a link to some other note.
    fn body(&mut self) -> (String, String) {
        let word = self.word();
        let target = self
            .random
            .below(4)
            .checked_sub(1)
            .map_or("nobody".to_owned(), |number| {
                format!("n{}x{number}x{}", self.round, self.random.below(9))
            });
        let filler = "Nothing that is written down may be lost, whoever pulls the plug.\n"
            .repeat(self.random.between(0, 40));
        let body = format!(
            "The word is {word}.\n\n- [fact] it stands here\n- relates_to [[{target}]]\n\n{filler}\nThis is its last line.\n"
        );
        (word, body)
    }
}
