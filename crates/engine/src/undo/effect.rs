//! What an undo changes in the folder, whatever it took to find out.
//!
//! It decides nothing. Invariant: a note is changed where its locks are held, and what its first step could not do its
//! next ones leave.

use super::rehearsal::{Played, Rehearsal, Text};
use crate::accept::{Act, Did, Task};
use crate::files;
use crate::{Project, Result};
use cairn_history::{ChangeId, Content, Operation, RevisionId};
use cairn_note::NotePath;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What is to be done with notes whose locks are held.
#[derive(Default)]
pub(super) struct Effects {
    /// Those that go, and from where.
    removed: Vec<(String, Task)>,
    /// Those that get another path.
    moved: Vec<(String, Task)>,
    /// Those that say something else, or are there again.
    written: Vec<(String, Task)>,
}

impl Effects {
    /// Returns what would have to be done for a rehearsal to come true, and which revisions of each note that takes back.
    pub(super) fn of(rehearsal: Rehearsal<'_>, mut taken: HashMap<&str, Vec<RevisionId>>) -> Self {
        let mut effects = Self::default();
        for (note, played) in rehearsal.into_notes() {
            let taken = taken.remove(note.as_str()).unwrap_or_default();
            effects.add(note, played, taken);
        }
        effects
    }

    /// The last step of a note takes the revisions back.
    fn add(&mut self, note: String, Played { is, would_be }: Played, taken: Vec<RevisionId>) {
        let base = is.text.as_ref().map(Text::hash);
        let task = |path, act, takes_back| Task {
            path,
            act,
            takes_back,
        };
        let Some(text) = would_be.text else {
            if base.is_some() {
                let remove = task(is.path, Act::Remove { base }, taken);
                self.removed.push((note, remove));
            }
            return;
        };
        let is_moved = base.is_some() && is.path != would_be.path;
        let is_written = base != Some(text.hash());
        if is_moved {
            let taken = if is_written {
                Vec::new()
            } else {
                taken.clone()
            };
            let act = Act::Move(would_be.path.clone());
            self.moved.push((note.clone(), task(is.path, act, taken)));
        }
        if is_written {
            let act = Act::Write {
                note: note.clone(),
                text: content(text),
                base,
            };
            self.written.push((note, task(would_be.path, act, taken)));
        }
    }

    /// Does it, as more of `change`; returns why notes were not changed, by their ids.
    pub(super) fn make(
        self,
        project: &Project<'_>,
        change: &mut Option<ChangeId>,
    ) -> BTreeMap<String, String> {
        let mut making = Making {
            project,
            did: Did {
                change: *change,
                ..Did::default()
            },
            failed: BTreeMap::new(),
            left: BTreeSet::new(),
        };
        making.wave(self.removed);
        making.moves(self.moved);
        making.wave(self.written);
        making.tidy();
        *change = making.did.change;
        making.failed
    }
}

fn content(text: Text) -> Content {
    match text {
        Text::File(_, hash) | Text::Kept(hash) => Content::Known(hash),
        Text::Merged(bytes) => Content::Bytes(bytes),
    }
}

/// Effects that are being made.
struct Making<'p, 'a> {
    project: &'p Project<'a>,
    did: Did,
    failed: BTreeMap<String, String>,
    /// Folders that notes have left.
    left: BTreeSet<NotePath>,
}

impl Making<'_, '_> {
    /// Does tasks that are not in each other's way.
    fn wave(&mut self, mut tasks: Vec<(String, Task)>) {
        tasks.retain(|(note, _)| !self.failed.contains_key(note));
        let (notes, tasks): (Vec<String>, Vec<Task>) = tasks.into_iter().unzip();
        self.project
            .change_together(&tasks, Operation::Undo, &mut self.did);
        let came: Vec<Result<()>> = self.did.each.drain(..).collect();
        for ((note, task), came) in notes.into_iter().zip(tasks).zip(came) {
            if !matches!(task.act, Act::Write { .. }) {
                self.left.extend(NotePath::from_disk(task.path.parent()));
            }
            if let Err(error) = came {
                self.failed.insert(note, error.to_string());
            }
        }
    }

    /// Moves notes, each when its place is free.
    fn moves(&mut self, mut waiting: Vec<(String, Task)>) {
        while !waiting.is_empty() {
            let held: HashSet<NotePath> =
                waiting.iter().map(|(_, task)| task.path.clone()).collect();
            let (mut now, mut later): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .partition(|(_, task)| !matches!(&task.act, Act::Move(to) if held.contains(to)));
            if now.is_empty() {
                // They change places: one of them steps aside.
                let (note, mut task) = later.swap_remove(0);
                let is_free = |path: &NotePath| matches!(self.project.found(path), Ok(None));
                let aside = aside(&task.path, is_free);
                let from = std::mem::replace(&mut task.path, aside.clone());
                now.push((note.clone(), Task::new(from, Act::Move(aside))));
                later.push((note, task));
            }
            self.wave(now);
            // What waits for a note that did not move finds its place taken.
            later.retain(|(note, _)| !self.failed.contains_key(note));
            waiting = later;
        }
    }

    /// Removes the folders that were left empty.
    fn tidy(&self) {
        for folder in &self.left {
            files::remove_if_left(self.project.root(), folder);
        }
    }
}

/// Returns a free place beside a file.
fn aside(path: &NotePath, is_free: impl Fn(&NotePath) -> bool) -> NotePath {
    let end = path.extension().map(|end| format!(".{end}"));
    let names = (1..).map(|number| {
        let name = format!(
            "{} {number}{}",
            path.stem(),
            end.as_deref().unwrap_or_default()
        );
        NotePath::join(path.parent(), &name).unwrap_or_else(|_| path.clone())
    });
    names
        .take(1000)
        .find(is_free)
        .unwrap_or_else(|| path.clone())
}
