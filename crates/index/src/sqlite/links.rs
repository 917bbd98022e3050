//! Where relations point.
//!
//! Not the rules (`resolve`). Invariant: after every `apply` each relation points where those rules say now: a
//! relation is looked at again whenever a note that shares its bucket came, went, moved or changed a name. No
//! scan of a project is needed for it.

use super::apply::Work;
use super::candidates;
use super::candidates::Candidates;
use super::resolve::{Choice, choose};
use crate::error::StatementContext;
use crate::{ProjectId, Result, Scope};
use cairn_note::link::{self, LinkTarget};
use cairn_note::{NotePath, Relation, permalink};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use uuid::Uuid;

/// The links an `apply` has to look at.
#[derive(Default)]
pub(super) struct Links {
    /// Buckets in which a name came, went or changed its place.
    touched: BTreeSet<String>,
    /// Stable ids that came or went.
    ids: BTreeSet<Uuid>,
    /// The relations of notes that were put, and those notes' paths.
    new: BTreeMap<i64, (NotePath, Vec<Relation>)>,
}

impl Links {
    pub(super) fn touched(&mut self, bucket: String) {
        self.touched.insert(bucket);
    }

    pub(super) fn touched_id(&mut self, id: Uuid) {
        self.ids.insert(id);
    }

    pub(super) fn add(&mut self, note: i64, path: NotePath, relations: Vec<Relation>) {
        if !relations.is_empty() {
            self.new.insert(note, (path, relations));
        }
    }

    /// Leaves out the relations of a note that is put again or goes.
    pub(super) fn forget(&mut self, note: i64) {
        self.new.remove(&note);
    }
}

/// A relation that is stored already.
struct Stored {
    note: i64,
    position: i64,
    target: String,
    qualified: bool,
    resolved: Option<i64>,
    path: String,
    project: ProjectId,
}

/// The notes of each bucket that was asked for.
type Buckets = HashMap<String, Rc<Candidates>>;

impl Work<'_> {
    /// Points stored relations anew where a name changed, and stores the new ones.
    pub(super) fn settle_links(&mut self) -> Result<()> {
        let mut links = std::mem::take(&mut self.links);
        // Hardly any vault links by id, and looking for each would cost as much as looking for each name.
        if self.any_link_by_id().action("look for links by id")? {
            links.touched.extend(links.ids.iter().map(key_of_id));
        }
        let mut buckets = Buckets::new();
        for bucket in &links.touched {
            self.point_again(bucket, &mut buckets)
                .action("point links anew")?;
        }
        let mut keys = Vec::new();
        for (note, (path, relations)) in links.new {
            self.store(note, &path, &relations, &mut buckets, &mut keys)
                .action("store a note's links")?;
        }
        self.store_keys(keys).action("store the keys of links")
    }

    fn any_link_by_id(&self) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM link_bucket WHERE bucket >= '#' AND bucket < '$'")?
            .exists([])
    }

    fn point_again(&self, bucket: &str, buckets: &mut Buckets) -> rusqlite::Result<()> {
        for stored in self.stored(bucket)? {
            let Ok(path) = NotePath::from_disk(&stored.path) else {
                continue;
            };
            let Some(target) = target(&stored.target, stored.qualified) else {
                continue;
            };
            let resolved =
                self.point(stored.project, &path, &target, &keys_of(&target), buckets)?;
            if resolved != stored.resolved {
                self.connection
                    .prepare_cached(
                        "UPDATE relation SET resolved = ?3 WHERE note = ?1 AND position = ?2",
                    )?
                    .execute(params![stored.note, stored.position, resolved])?;
            }
        }
        Ok(())
    }

    fn stored(&self, bucket: &str) -> rusqlite::Result<Vec<Stored>> {
        self.connection
            .prepare_cached(
                "SELECT relation.note, relation.position, target, qualified, resolved, path, project
                 FROM link_bucket
                 JOIN relation ON relation.note = link_bucket.note
                    AND relation.position = link_bucket.position
                 JOIN note ON note.id = link_bucket.note
                 WHERE bucket = ?1",
            )?
            .query_map([bucket], |row| {
                Ok(Stored {
                    note: row.get(0)?,
                    position: row.get(1)?,
                    target: row.get(2)?,
                    qualified: row.get(3)?,
                    resolved: row.get(4)?,
                    path: row.get(5)?,
                    project: ProjectId(row.get(6)?),
                })
            })?
            .collect()
    }

    fn store(
        &self,
        note: i64,
        path: &NotePath,
        relations: &[Relation],
        buckets: &mut Buckets,
        stored: &mut Vec<(String, i64, i64)>,
    ) -> rusqlite::Result<()> {
        for (position, relation) in (0_i64..).zip(relations) {
            let target = target(&relation.target, relation.qualified);
            let keys = target.as_ref().map(keys_of).unwrap_or_default();
            let resolved = match &target {
                Some(target) => self.point(self.scope.project, path, target, &keys, buckets)?,
                None => None,
            };
            self.connection
                .prepare_cached("INSERT INTO relation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(params![
                    note,
                    position,
                    relation.relation_type,
                    relation.target,
                    relation.qualified,
                    relation.context,
                    resolved
                ])?;
            stored.extend(keys.into_iter().map(|key| (key, note, position)));
        }
        Ok(())
    }

    /// Stores the keys of many relations in the order of the table, which touches each of its pages once.
    fn store_keys(&self, mut keys: Vec<(String, i64, i64)>) -> rusqlite::Result<()> {
        keys.sort_unstable();
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO link_bucket VALUES (?1, ?2, ?3)")?;
        for (key, note, position) in keys {
            insert.execute(params![key, note, position])?;
        }
        Ok(())
    }

    /// Removes the keys of a note's relations, which are about to go.
    pub(super) fn clear_link_buckets(&self, note: i64) -> rusqlite::Result<()> {
        let mut relations = self
            .connection
            .prepare_cached("SELECT position, target, qualified FROM relation WHERE note = ?1")?;
        let mut rows = relations.query([note])?;
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM link_bucket WHERE bucket = ?1 AND note = ?2 AND position = ?3",
        )?;
        while let Some(row) = rows.next()? {
            let position: i64 = row.get(0)?;
            let target = target(&row.get::<_, String>(1)?, row.get(2)?);
            for key in target.iter().flat_map(keys_of) {
                delete.execute(params![key, note, position])?;
            }
        }
        Ok(())
    }

    /// Returns the note a link points to, if exactly one answers.
    fn point(
        &self,
        project: ProjectId,
        source: &NotePath,
        target: &LinkTarget,
        keys: &[String],
        buckets: &mut Buckets,
    ) -> rusqlite::Result<Option<i64>> {
        let candidates = match keys {
            [only] => self.bucket(only, buckets)?,
            _ => {
                let mut all = Vec::new();
                for key in keys {
                    candidates::join(&mut all, &self.bucket(key, buckets)?.all);
                }
                Rc::new(Candidates::new(all))
            }
        };
        if candidates.all.is_empty() {
            return Ok(None);
        }
        let slug = self.slug_of(project);
        let scope = Scope {
            project,
            slug: slug.as_deref(),
            siblings: self.scope.siblings,
        };
        Ok(match choose(&scope, Some(source), target, &candidates) {
            Choice::One(place) => Some(candidates.all[place].id),
            Choice::Several(_) | Choice::Nothing => None,
        })
    }

    /// Returns the notes of a bucket, read once for each `apply`.
    fn bucket(&self, key: &str, buckets: &mut Buckets) -> rusqlite::Result<Rc<Candidates>> {
        if let Some(candidates) = buckets.get(key) {
            return Ok(Rc::clone(candidates));
        }
        let found = Rc::new(Candidates::new(candidates::of_key(self.connection, key)?));
        buckets.insert(key.to_owned(), Rc::clone(&found));
        Ok(found)
    }

    /// Returns the slug permalinks of a project begin with, if they do.
    fn slug_of(&self, project: ProjectId) -> Option<String> {
        let own = self.scope.slug?;
        if project == self.scope.project {
            return Some(own.to_owned());
        }
        let sibling = self.scope.siblings.iter().find(|(_, id)| *id == project);
        sibling.map(|(name, _)| permalink::slug(name))
    }
}

fn target(text: &str, qualified: bool) -> Option<LinkTarget> {
    let mut target = LinkTarget::parse(text)?;
    target.qualified |= qualified;
    Some(target)
}

/// The keys under which a relation is found again: its target's buckets and, for a stable id, the id behind a `#`,
/// with which no bucket begins.
pub(super) fn keys_of(target: &LinkTarget) -> Vec<String> {
    let mut keys = target.buckets();
    let id = link::uuid(&target.name).and_then(|id| Uuid::try_parse(&id).ok());
    keys.extend(id.as_ref().map(key_of_id));
    keys
}

/// The key of a stable id.
pub(super) fn key_of_id(id: &Uuid) -> String {
    format!("#{id}")
}
