//! Where many links lead, as the notes are or as they would be if some were moved.
//!
//! Not the rules (`resolve`). Invariant: nothing is stored; each bucket is read once, however many links share it.

use super::Session;
use super::candidates::{self, Candidate, Candidates};
use super::links::{key_of_id, keys_of};
use super::resolve::{Choice, choose};
use crate::Result;
use crate::error::StatementContext;
use crate::record::{NoteId, Scope};
use cairn_note::NotePath;
use cairn_note::link::{self, LinkTarget};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A note as it would be after a move; its id and its permalink stay.
#[derive(Debug, Clone)]
pub struct Imagined {
    /// The note.
    pub note: NoteId,
    /// Where it would be.
    pub path: NotePath,
    /// The title it would have.
    pub title: String,
}

/// Answers where links lead.
pub struct Pointing<'s> {
    session: &'s Session<'s>,
    moved: HashSet<i64>,
    /// The moved notes by the keys they would have.
    imagined: HashMap<String, Vec<Candidate>>,
    buckets: HashMap<String, Rc<Candidates>>,
}

impl Session<'_> {
    /// Begins to ask where links lead if these notes were where they are imagined; none means as it is.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn pointing(&self, imagined: &[Imagined]) -> Result<Pointing<'_>> {
        let mut pointing = Pointing {
            session: self,
            moved: imagined.iter().map(|moved| moved.note.0).collect(),
            imagined: HashMap::new(),
            buckets: HashMap::new(),
        };
        for moved in imagined {
            let known = candidates::of_row(self.lease.connection(), moved.note.0)
                .action("look a note up")?;
            for candidate in known {
                pointing.imagine(&Candidate {
                    alias: moved.path.alias_key(),
                    path: moved.path.clone(),
                    title: moved.title.clone(),
                    ..candidate
                });
            }
        }
        Ok(pointing)
    }
}

impl Pointing<'_> {
    /// Returns the note a link leads to, if exactly one answers, as stored relations are pointed.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn end(
        &mut self,
        scope: &Scope<'_>,
        source: Option<&NotePath>,
        target: &LinkTarget,
    ) -> Result<Option<NoteId>> {
        let keys = keys_of(target);
        let candidates = match keys.as_slice() {
            [only] => self.bucket(only)?,
            _ => {
                let mut all = Vec::new();
                for key in &keys {
                    candidates::join(&mut all, &self.bucket(key)?.all);
                }
                Rc::new(Candidates::new(all))
            }
        };
        Ok(match choose(scope, source, target, &candidates) {
            Choice::One(place) => Some(NoteId(candidates.all[place].id)),
            Choice::Several(_) | Choice::Nothing => None,
        })
    }

    fn imagine(&mut self, candidate: &Candidate) {
        let names = [candidate.path.as_str(), &candidate.title];
        let mut keys: Vec<String> = names
            .into_iter()
            .chain(candidate.permalink.as_deref())
            .map(link::bucket)
            .collect();
        keys.push(key_of_id(&candidate.external_id));
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let same = self.imagined.entry(key).or_default();
            same.push(candidate.clone());
        }
    }

    fn bucket(&mut self, key: &str) -> Result<Rc<Candidates>> {
        if let Some(known) = self.buckets.get(key) {
            return Ok(Rc::clone(known));
        }
        let connection = self.session.lease.connection();
        let mut found = candidates::of_key(connection, key).action("look for a link's target")?;
        found.retain(|candidate| !self.moved.contains(&candidate.id));
        if let Some(imagined) = self.imagined.get(key) {
            found.extend(imagined.iter().cloned());
            found.sort_by(|one, other| one.path.cmp(&other.path));
        }
        let found = Rc::new(Candidates::new(found));
        self.buckets.insert(key.to_owned(), Rc::clone(&found));
        Ok(found)
    }
}
