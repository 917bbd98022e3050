//! One thread of a writer: it alone changes the notes below its folder, by verbs and, as an editor would, without.
//!
//! It knows what each verb must lead to before it calls it, to the byte. Invariant: what a verb is to do is in the
//! journal before it begins, and what it answered afterwards.

mod outside;
mod text;
mod verbs;

pub(super) use outside::EDITOR;
pub(super) use text::word;

use super::disk::Observer;
use super::journal::{Intent, Journal, Line, Model, Step};
use super::place::Place;
use crate::generate::random::Random;
use cairn_engine::{Engine, Error, Kind, Project};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use text::Live;

/// What some files become at once.
type Change = Vec<(String, Option<Live>)>;

/// Where folders are that several threads put notes into.
pub(super) const COMMON: &str = "common";

/// How many notes were put there: each folder gets a few.
static MADE_TOGETHER: AtomicUsize = AtomicUsize::new(0);

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
        // In every name stands whose it is.
        let mine =
            |path: &str| path.contains("/n") && path.split('x').nth(1) == Some(&number.to_string());
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

    fn see_if_needed(&mut self) {
        if !self.unseen.is_empty() {
            self.see();
        }
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
        let folders: BTreeSet<String> = folders
            .map(|(folder, _)| folder.to_owned())
            .filter(|folder| !folder.starts_with(COMMON))
            .collect();
        let at = self.random.below(3);
        if let Some(folder) = folders.into_iter().nth(at) {
            return folder;
        }
        let name = self.name();
        format!("t{}/{name}", self.number)
    }

    /// One of its folders, or a new one that others make at the same time.
    fn folder_to_go_to(&mut self) -> String {
        if !self.random.chance(0.1) {
            return self.folder();
        }
        let number = MADE_TOGETHER.fetch_add(1, Ordering::Relaxed) / 3;
        format!("{COMMON}/r{}-{number}/deep", self.round)
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
