//! Takes changes back: the last one, one of them, or all that somebody made since a time.
//!
//! What others changed afterwards stays: lines beside theirs are taken back, and where they changed the same ones the
//! revision is left as it is and named. A note is found where it is now, wherever it was. Invariant: an undo is a change
//! of its own, recorded and undoable; a dry run changes nothing, and tells what an undo would do.

mod bundles;
mod effect;
mod merge;
mod rehearsal;

use crate::note_history::NoteRevision;
use crate::{Cancel, Error, Progress, Project, Result};
use bundles::bundles;
use cairn_history::{ChangeId, Filter, Revision, RevisionId};
use cairn_index::Fault;
use cairn_note::NotePath;
use effect::Effects;
use jiff::Timestamp;
use rehearsal::Rehearsal;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which changes are taken back.
#[derive(Debug, Clone, Default)]
pub struct UndoRequest {
    /// This change.
    pub change: Option<i64>,
    /// Those of this actor; of everybody when `None`.
    pub actor: Option<String>,
    /// Those made at this time or later. Without it and without `change`, only the last one.
    pub since: Option<Timestamp>,
    /// Only lists what would be taken back.
    pub dry_run: bool,
}

/// What was taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undone {
    /// The revisions that were (or would be) taken back, newest first.
    pub undone: Vec<NoteRevision>,
    /// What was left, and why.
    pub conflicts: Vec<Fault>,
    /// The change this was, to undo it; `None` when nothing changed.
    pub change: Option<i64>,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
}

/// More revisions than a history has.
const ALL: usize = usize::MAX >> 1;

impl Project<'_> {
    /// Takes changes back. What is as if they had never been made already is passed over.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such change; what cannot be taken back is in the answer.
    pub fn undo(
        &self,
        request: &UndoRequest,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Undone> {
        let mut revisions = self.revisions_of(request)?;
        if revisions.is_empty() {
            return Err(self.nothing_to_undo(request)?);
        }
        let ids: Vec<RevisionId> = revisions.iter().map(|revision| revision.id).collect();
        let taken_back = self.engine.history.taken_back(&ids)?;
        revisions.retain(|revision| !taken_back.contains(&revision.id));
        progress.begin("undo", Some(revisions.len() as u64));
        let mut undoing = Undoing {
            project: self,
            each: revisions.iter().map(|_| None).collect(),
            revisions: &revisions,
            change: None,
        };
        let mut cancelled = false;
        for bundle in bundles(self, &revisions)? {
            if cancel.is_cancelled() {
                cancelled = true;
                break;
            }
            if request.dry_run {
                undoing.rehearse(&bundle);
            } else {
                undoing.take_back(&bundle);
            }
            progress.advance(bundle.len() as u64);
        }
        let (each, change) = (undoing.each, undoing.change);
        let mut answer = Undone {
            change: change.map(|change| change.0),
            cancelled,
            ..Undone::default()
        };
        for (revision, came) in revisions.into_iter().zip(each) {
            match came {
                Some(Ok(true)) => answer.undone.push(revision.into()),
                Some(Ok(false)) | None => {}
                Some(Err(message)) => {
                    let conflict = conflict(revision.path, &message);
                    if !answer.conflicts.contains(&conflict) {
                        answer.conflicts.push(conflict);
                    }
                }
            }
        }
        Ok(answer)
    }

    /// Says that there is no such change, and who made the changes there are.
    fn nothing_to_undo(&self, request: &UndoRequest) -> Result<Error> {
        const LATEST: usize = 10_000;
        let Some(actor) = &request.actor else {
            return Ok(Error::Invalid {
                message: "there is no change to undo".to_owned(),
                hint: Some("the history of a note lists its changes".to_owned()),
            });
        };
        let filter = Filter {
            project: Some(self.id().0),
            ..Filter::default()
        };
        let latest = self.engine.history.revisions(&filter, LATEST)?;
        let actors: BTreeSet<String> = latest.into_iter().map(|revision| revision.actor).collect();
        let when = if actors.contains(actor) && request.since.is_some() {
            " since then"
        } else {
            ""
        };
        let actors: Vec<String> = actors.into_iter().collect();
        Ok(Error::Invalid {
            message: format!("there is no change by '{actor}'{when} to undo"),
            hint: (!actors.is_empty())
                .then(|| format!("changes were made by {}", actors.join(", "))),
        })
    }

    /// The revisions a request speaks of, newest first.
    fn revisions_of(&self, request: &UndoRequest) -> Result<Vec<Revision>> {
        let history = &self.engine.history;
        let filter = Filter {
            project: Some(self.id().0),
            actor: request.actor.clone(),
            since: request.since,
            change: request.change.map(ChangeId),
            ..Filter::default()
        };
        if request.change.is_some() || request.since.is_some() {
            return Ok(history.revisions(&filter, ALL)?);
        }
        let last = history.revisions(&filter, 1)?;
        let Some(last) = last.first() else {
            return Ok(Vec::new());
        };
        let whole = Filter {
            project: Some(self.id().0),
            change: Some(last.change),
            ..Filter::default()
        };
        Ok(history.revisions(&whole, ALL)?)
    }

    /// Returns where the note of a revision is, or was last.
    fn place_of(&self, revision: &Revision) -> Result<NotePath> {
        let places = self.engine.history.places(self.id().0, &revision.note)?;
        let path = places.last().map_or(&revision.path, |place| &place.path);
        Ok(NotePath::from_disk(path)?)
    }
}

/// Says why a revision was left; what is named is not named twice.
fn conflict(path: String, message: &str) -> Fault {
    let rest = message
        .strip_prefix(&path)
        .and_then(|rest| rest.strip_prefix(' '));
    let message = rest.map_or_else(|| message.to_owned(), |rest| format!("it {rest}"));
    Fault { path, message }
}

/// An undo that is being made.
struct Undoing<'u, 'a> {
    project: &'u Project<'a>,
    revisions: &'u [Revision],
    /// For each revision, once it was come to: whether there was anything to do, or why it was left.
    each: Vec<Option<std::result::Result<bool, String>>>,
    /// What is changed is part of this.
    change: Option<ChangeId>,
}

impl<'a> Undoing<'_, 'a> {
    /// Plays through what would be done with some revisions, newest first.
    fn rehearse(&mut self, bundle: &[usize]) -> Rehearsal<'a> {
        let mut rehearsal = Rehearsal::new(*self.project);
        for &number in bundle {
            let came = rehearsal.take_back(&self.revisions[number]);
            self.each[number] = Some(came.map_err(|error| error.to_string()));
        }
        for &number in bundle {
            // There and back again is no change.
            if rehearsal.leaves(&self.revisions[number].note) && self.is_taken_back(number) {
                self.each[number] = Some(Ok(false));
            }
        }
        rehearsal
    }

    fn is_taken_back(&self, number: usize) -> bool {
        matches!(self.each[number], Some(Ok(true)))
    }

    /// Takes some revisions back that have nothing to do with the others.
    fn take_back(&mut self, bundle: &[usize]) {
        if let Err(error) = self.try_take_back(bundle) {
            let message = error.to_string();
            for &number in bundle {
                self.each[number] = Some(Err(message.clone()));
            }
        }
    }

    fn try_take_back(&mut self, bundle: &[usize]) -> Result<()> {
        let project = self.project;
        loop {
            let places = self.places(bundle)?;
            let paths = self.paths(bundle, &places);
            let paths: Vec<&NotePath> = paths.iter().collect();
            let _guard = project.lock_all(&paths)?;
            if self.places(bundle)? != places {
                // One of them was moved while the locks were waited for.
                continue;
            }
            let rehearsal = self.rehearse(bundle);
            let mut taken: HashMap<&str, Vec<RevisionId>> = HashMap::new();
            for &number in bundle {
                // What was as if it had never been made is so from now on, whatever the note says then.
                if matches!(self.each[number], Some(Ok(_))) {
                    let revision = &self.revisions[number];
                    taken.entry(&revision.note).or_default().push(revision.id);
                }
            }
            let effects = Effects::of(rehearsal, taken);
            let failed = effects.make(project, &mut self.change);
            for &number in bundle {
                let failure = failed.get(&self.revisions[number].note);
                if let (true, Some(message)) = (self.is_taken_back(number), failure) {
                    self.each[number] = Some(Err(message.clone()));
                }
            }
            return Ok(());
        }
    }

    /// Where the notes of some revisions are, by their ids.
    fn places(&self, bundle: &[usize]) -> Result<BTreeMap<&str, NotePath>> {
        let mut places = BTreeMap::new();
        for &number in bundle {
            let revision = &self.revisions[number];
            if !places.contains_key(revision.note.as_str()) {
                places.insert(revision.note.as_str(), self.project.place_of(revision)?);
            }
        }
        Ok(places)
    }

    /// Every path at which something may change.
    fn paths(&self, bundle: &[usize], places: &BTreeMap<&str, NotePath>) -> BTreeSet<NotePath> {
        let revisions = bundle.iter().map(|&number| &self.revisions[number]);
        let told = revisions.flat_map(|revision| [Some(&revision.path), revision.former.as_ref()]);
        told.flatten()
            .filter_map(|path| NotePath::from_disk(path).ok())
            .chain(places.values().cloned())
            .collect()
    }
}
