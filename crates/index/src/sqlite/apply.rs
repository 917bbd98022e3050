//! The one write door: files put, moved, dropped.
//!
//! Not the rules of permalinks (`claims`) or of links (`links`). Invariant: when `apply` returns, every row says
//! what an index built from scratch would say.

use super::WriteSession;
use super::claims::Claims;
use super::full_text::Words;
use super::ids::free_external_id;
use super::known::Known;
use super::links::Links;
use super::open;
use super::passages::Passages;
use super::properties::{Properties, properties};
use super::row::Row;
use crate::error::StatementContext;
use crate::{Applied, Change, Content, Entry, ProjectId, Result, Scope, Terms};
use cairn_note::{Note, NotePath, filter, link};
use rusqlite::{Connection, OptionalExtension, params};

/// Everything one transaction gathers until all rows are in.
pub(super) struct Work<'a> {
    pub(super) connection: &'a Connection,
    pub(super) scope: &'a Scope<'a>,
    pub(super) claims: Claims,
    pub(super) links: Links,
    pub(super) words: Words,
    pub(super) properties: Properties,
    pub(super) passages: Passages,
    /// The id the next new row gets.
    next: i64,
}

impl WriteSession<'_> {
    /// Applies batch after batch; permalinks and links are settled once, after the last.
    pub(crate) fn apply(
        &self,
        scope: &Scope<'_>,
        batches: impl IntoIterator<Item = Vec<Change>>,
    ) -> Result<Applied> {
        let connection = self.lease.connection();
        let mut work = Work {
            connection,
            scope,
            claims: Claims::default(),
            links: Links::default(),
            words: Words::default(),
            properties: Properties::default(),
            passages: Passages::default(),
            next: next_id(connection).action("look for a free row")?,
        };
        let (mut applied, mut changes) = (Applied::default(), 0);
        for batch in batches {
            changes += batch.len();
            for change in batch {
                work.apply(change, &mut applied)?;
            }
            work.flush_words().action("index words")?;
        }
        work.settle_properties().action("store properties")?;
        work.settle_passages().action("count passages")?;
        work.settle_claims()?;
        work.settle_links()?;
        work.merge_words().action("merge words")?;
        open::set_checkpoint(connection, changes).action("set the checkpoint")?;
        Ok(applied)
    }

    pub(super) fn forget(&self, project: ProjectId) -> Result<()> {
        let connection = self.lease.connection();
        let paths: Vec<String> = connection
            .prepare_cached("SELECT path FROM note WHERE project = ?1")
            .and_then(|mut statement| {
                statement
                    .query_map([project.0], |row| row.get(0))?
                    .collect()
            })
            .action("list a project")?;
        let scope = Scope {
            project,
            slug: None,
            siblings: &[],
        };
        let mut changes: Vec<_> = paths
            .iter()
            .filter_map(|path| NotePath::from_disk(path).ok())
            .map(|path| Change::Drop { path })
            .collect();
        changes.push(Change::Faults(Vec::new()));
        self.apply(&scope, [changes]).map(|_| ())
    }
}

/// Ids are never given twice, not even those of notes that are gone.
fn next_id(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'note'")?
        .query_row([], |row| row.get(0))
        .optional()
        .map(|last: Option<i64>| last.unwrap_or(0) + 1)
}

impl Work<'_> {
    fn apply(&mut self, change: Change, applied: &mut Applied) -> Result<()> {
        match change {
            Change::Put(entry) => {
                let known = self.known(&entry.path).action("look a file up")?;
                self.write(*entry, known)?;
                applied.put += 1;
            }
            Change::Move { from, entry } => {
                self.move_from(&from, *entry)?;
                applied.moved += 1;
            }
            Change::Touch { .. } => self.touch(&change).action("touch a file")?,
            Change::Drop { path } => applied.dropped += usize::from(self.drop_path(&path)?),
            Change::Embedded {
                path,
                model,
                vectors,
            } => self
                .embed(&path, &model, &vectors)
                .action("store vectors")?,
            Change::Faults(faults) => self.set_faults(&faults).action("store faults")?,
            Change::IfSeen { seen, change } => {
                if self.checksum(change.path()).action("look a file up")? == seen {
                    self.apply(*change, applied)?;
                }
            }
        }
        Ok(())
    }

    /// A file that changed its path keeps its row and its stable id.
    fn move_from(&mut self, from: &NotePath, entry: Entry) -> Result<()> {
        let Some(known) = self.known(from).action("look a file up")? else {
            // Somebody told of the move before.
            let known = self.known(&entry.path).action("look a file up")?;
            return self.write(entry, known);
        };
        if *from != entry.path {
            self.drop_path(&entry.path)?;
        }
        // How near it is to a link's source has changed, whichever name the link uses, and so has its turn among the
        // notes that want its permalink.
        self.touch_names(from, &known);
        self.links.touched(link::bucket(entry.path.as_str()));
        self.claims.touched(known.claim.as_deref());
        self.connection
            .prepare_cached("UPDATE note SET path = ?2 WHERE id = ?1")
            .and_then(|mut statement| statement.execute(params![known.id, entry.path.as_str()]))
            .action("move a file")?;
        self.write(entry, Some(known))
    }

    fn write(&mut self, entry: Entry, known: Option<Known>) -> Result<()> {
        let row = Row::new(&entry, self.scope);
        let is_new = known.is_none();
        let words = match known {
            Some(known) => {
                self.clear(&known).action("clear a note")?;
                let words = row.words(known.id);
                self.update(&known, &row, words.number)
                    .action("update a note")?;
                words
            }
            None => {
                let words = row.words(self.next);
                self.insert(&row, words.number).action("insert a note")?;
                self.next += 1;
                words
            }
        };
        let id = words.note();
        let Entry { path, content, .. } = entry;
        match content {
            Content::Note {
                note,
                terms,
                passages,
            } => {
                self.write_note(id, &note).action("store a note")?;
                self.write_passages(id, is_new, &passages)
                    .action("store passages")?;
                self.properties.add(id, properties(&note.metadata));
                self.links.add(id, path, note.relations);
                self.words.add(words, terms);
            }
            Content::File => {
                self.words.add(words, Terms::default());
                if !is_new {
                    self.drop_passages(id).action("drop passages")?;
                }
            }
        }
        Ok(())
    }

    fn insert(&mut self, row: &Row<'_>, words: i64) -> rusqlite::Result<()> {
        let entry = row.entry;
        let external_id = match entry.given.external_id {
            Some(id) => {
                self.release(id)?;
                id
            }
            None => free_external_id(self.connection, self.scope.project, entry.path.as_str())?,
        };
        // A claim nobody shares is settled at once.
        let permalink = match &row.claim {
            Some(claim) if self.is_free(claim)? => Some(claim),
            claim => {
                self.claims.touched(claim.as_deref());
                None
            }
        };
        let permalink_bucket = permalink.map(|permalink| link::bucket(permalink));
        self.connection
            .prepare_cached(
                "INSERT INTO note (id, project, path, is_note, title, type, canonical_type, claim, ground, permalink,
                    external_id, alias, path_bucket, title_bucket, permalink_bucket, checksum, size, modified_ns,
                    created, modified, words, length, metadata)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
                    iif(?15 = ?13 OR ?15 IS ?14, NULL, ?15), ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
            )?
            .execute(params![
                self.next,
                self.scope.project.0,
                entry.path.as_str(),
                row.note().is_some(),
                entry.title(),
                row.note_type(),
                filter::canonical_type(row.note_type()),
                row.claim,
                row.ground as i64,
                permalink,
                external_id.as_bytes(),
                entry.path.alias_key(),
                row.path_bucket,
                row.title_bucket,
                permalink_bucket,
                entry.fingerprint.checksum.as_slice(),
                entry.fingerprint.size.cast_signed(),
                entry.fingerprint.modified_ns,
                entry.created.as_microsecond(),
                entry.modified.as_microsecond(),
                words,
                row.length(),
                row.metadata(),
            ])?;
        self.links.touched(row.path_bucket.clone());
        for bucket in row.title_bucket.clone().into_iter().chain(permalink_bucket) {
            self.links.touched(bucket);
        }
        self.links.touched_id(external_id);
        Ok(())
    }

    fn update(&mut self, known: &Known, row: &Row<'_>, words: i64) -> rusqlite::Result<()> {
        let entry = row.entry;
        if known.title != entry.title() {
            self.links.touched(link::bucket(&known.title));
            self.links.touched(link::bucket(entry.title()));
        }
        if let Some(id) = entry.given.external_id
            && id != known.external_id
        {
            self.release(id)?;
            self.identify(known.id, known.external_id, id)?;
        }
        let keeps_claim = known.claim == row.claim;
        if !keeps_claim || known.ground != row.ground as i64 {
            self.claims.touched(known.claim.as_deref());
            self.claims.touched(row.claim.as_deref());
        }
        let permalink = known.permalink.as_deref().filter(|_| keeps_claim);
        if !keeps_claim && let Some(old) = &known.permalink {
            self.links.touched(link::bucket(old));
        }
        self.connection
            .prepare_cached(
                "UPDATE note SET is_note = ?2, title = ?3, type = ?4, canonical_type = ?5, claim = ?6, ground = ?7,
                    alias = ?8, path_bucket = ?9, title_bucket = ?10, checksum = ?11, size = ?12, modified_ns = ?13,
                    created = ?14, modified = ?15, length = ?16, metadata = ?17, permalink = ?18,
                    permalink_bucket = iif(?19 = ?9 OR ?19 IS ?10, NULL, ?19), words = ?20
                 WHERE id = ?1",
            )?
            .execute(params![
                known.id,
                row.note().is_some(),
                entry.title(),
                row.note_type(),
                filter::canonical_type(row.note_type()),
                row.claim,
                row.ground as i64,
                entry.path.alias_key(),
                row.path_bucket,
                row.title_bucket,
                entry.fingerprint.checksum.as_slice(),
                entry.fingerprint.size.cast_signed(),
                entry.fingerprint.modified_ns,
                entry.created.as_microsecond(),
                entry.modified.as_microsecond(),
                row.length(),
                row.metadata(),
                permalink,
                permalink.map(link::bucket),
                words,
            ])?;
        Ok(())
    }

    fn write_note(&self, id: i64, note: &Note) -> rusqlite::Result<()> {
        for (position, observation) in (0_i64..).zip(&note.observations) {
            self.connection
                .prepare_cached("INSERT INTO observation VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![
                    id,
                    position,
                    observation.category(),
                    observation.content,
                    observation.context,
                    serde_json::json!(observation.tags).to_string(),
                ])?;
        }
        Ok(())
    }

    /// Removes all that was made from the file's earlier content; its row stays.
    fn clear(&mut self, known: &Known) -> rusqlite::Result<()> {
        self.words.remove(known.words, known.length);
        self.links.forget(known.id);
        self.properties.forget(known.id);
        if known.is_note {
            self.clear_properties(known.id)?;
            self.clear_link_buckets(known.id)?;
            for statement in [
                "DELETE FROM observation WHERE note = ?1",
                "DELETE FROM relation WHERE note = ?1",
            ] {
                self.connection
                    .prepare_cached(statement)?
                    .execute([known.id])?;
            }
        }
        Ok(())
    }

    fn drop_path(&mut self, path: &NotePath) -> Result<bool> {
        let Some(known) = self.known(path).action("look a file up")? else {
            return Ok(false);
        };
        self.clear(&known).action("clear a note")?;
        self.drop_passages(known.id).action("drop passages")?;
        self.claims.touched(known.claim.as_deref());
        self.touch_names(path, &known);
        self.connection
            .prepare_cached("DELETE FROM note WHERE id = ?1")
            .and_then(|mut statement| statement.execute([known.id]))
            .action("drop a file")?;
        Ok(true)
    }

    /// Has every link looked at again that may have found the note by one of its names.
    fn touch_names(&mut self, path: &NotePath, known: &Known) {
        self.links.touched_id(known.external_id);
        for name in [path.as_str(), &known.title]
            .into_iter()
            .chain(known.permalink.as_deref())
        {
            self.links.touched(link::bucket(name));
        }
    }
}
