//! Where relations point.
//!
//! Not the rules (`resolve`). Invariant: after every `apply` each relation points where those rules say now: a
//! relation is looked at again whenever a note that shares its bucket came, went, moved or changed a name. No
//! scan of a project is needed for it.

use super::apply::Work;
use super::resolve::{self, Candidate, Choice};
use crate::error::StatementContext;
use crate::{ProjectId, Result, Scope};
use cairn_note::link::{self, LinkTarget};
use cairn_note::{NotePath, Relation, permalink};
use rusqlite::params;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// The links an `apply` has to look at.
#[derive(Default)]
pub(super) struct Links<'a> {
    /// Buckets in which a name came, went or changed its place.
    touched: BTreeSet<String>,
    /// The relations of notes that were put.
    new: Vec<(i64, &'a NotePath, &'a [Relation])>,
}

impl<'a> Links<'a> {
    pub(super) fn touched(&mut self, bucket: String) {
        self.touched.insert(bucket);
    }

    pub(super) fn add(&mut self, note: i64, path: &'a NotePath, relations: &'a [Relation]) {
        self.new.push((note, path, relations));
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
type Buckets = HashMap<String, Rc<Vec<Candidate>>>;

impl Work<'_> {
    /// Points stored relations anew where a name changed, and stores the new ones.
    pub(super) fn settle_links(&mut self) -> Result<()> {
        let links = std::mem::take(&mut self.links);
        let mut buckets = Buckets::new();
        for bucket in &links.touched {
            self.point_again(bucket, &mut buckets)
                .action("point links anew")?;
        }
        for (note, path, relations) in links.new {
            self.store(note, path, relations, &mut buckets)
                .action("store a note's links")?;
        }
        Ok(())
    }

    fn point_again(&self, bucket: &str, buckets: &mut Buckets) -> rusqlite::Result<()> {
        for stored in self.stored(bucket)? {
            let Ok(path) = NotePath::from_disk(&stored.path) else {
                continue;
            };
            let resolved = self.point(
                stored.project,
                &path,
                &stored.target,
                stored.qualified,
                bucket,
                buckets,
            )?;
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
                "SELECT relation.note, position, target, qualified, resolved, path, project
                 FROM relation JOIN note ON note.id = relation.note WHERE bucket = ?1",
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
    ) -> rusqlite::Result<()> {
        for (position, relation) in (0_i64..).zip(relations) {
            let bucket = link::bucket(
                &LinkTarget::parse(&relation.target).map_or(String::new(), |link| link.name),
            );
            let resolved = self.point(
                self.scope.project,
                path,
                &relation.target,
                relation.qualified,
                &bucket,
                buckets,
            )?;
            self.connection
                .prepare_cached("INSERT INTO relation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
                .execute(params![
                    note,
                    position,
                    relation.relation_type,
                    relation.target,
                    relation.qualified,
                    relation.context,
                    bucket,
                    resolved
                ])?;
        }
        Ok(())
    }

    /// Returns the note a link points to, if exactly one answers.
    fn point(
        &self,
        project: ProjectId,
        source: &NotePath,
        target: &str,
        qualified: bool,
        bucket: &str,
        buckets: &mut Buckets,
    ) -> rusqlite::Result<Option<i64>> {
        let Some(mut target) = LinkTarget::parse(target) else {
            return Ok(None);
        };
        target.qualified |= qualified;
        let candidates = if link::uuid(&target.name).is_some() {
            Rc::new(resolve::candidates(self.connection, &target)?)
        } else if let Some(candidates) = buckets.get(bucket) {
            Rc::clone(candidates)
        } else {
            let candidates = Rc::new(resolve::of_bucket(self.connection, bucket)?);
            buckets.insert(bucket.to_owned(), Rc::clone(&candidates));
            candidates
        };
        let slug = self.slug_of(project);
        let scope = Scope {
            project,
            slug: slug.as_deref(),
            siblings: self.scope.siblings,
        };
        Ok(
            match resolve::choose(&scope, Some(source), &target, &candidates) {
                Choice::One(place) => Some(candidates[place].id),
                Choice::Several(_) | Choice::Nothing => None,
            },
        )
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
