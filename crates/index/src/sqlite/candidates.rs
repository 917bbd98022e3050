//! The notes a link or an identifier may mean, read by its coarse keys.
//!
//! Not which of them it means (`resolve`). Invariant: whatever rule makes a link find a note, the note is among them.

use super::Session;
use super::links::keys_of;
use super::resolve::{Choice, choose};
use crate::Result;
use crate::error::StatementContext;
use crate::record::{NoteId, NoteKey, NoteRecord, ProjectId, Resolution, Scope};
use cairn_note::NotePath;
use cairn_note::link::LinkTarget;
use rusqlite::{Connection, Row};
use std::collections::HashMap;
use uuid::Uuid;

impl Session<'_> {
    /// Says what a link or identifier means, nearest to `source` when that is given; never fuzzy.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn resolve(
        &self,
        scope: &Scope<'_>,
        source: Option<&NotePath>,
        target: &LinkTarget,
    ) -> Result<Resolution> {
        let candidates =
            candidates(self.lease.connection(), target).action("look for a link's target")?;
        let record = |place: usize| self.by_id(NoteId(candidates.all[place].id));
        Ok(match choose(scope, source, target, &candidates) {
            Choice::One(place) => record(place)?.map_or(Resolution::Missing, |record| {
                Resolution::Found(Box::new(record))
            }),
            Choice::Several(places) => {
                let records: Result<Vec<Option<NoteRecord>>> =
                    places.into_iter().map(record).collect();
                Resolution::Ambiguous(records?.into_iter().flatten().collect())
            }
            Choice::Nothing => Resolution::Missing,
        })
    }

    /// Returns path and title of every file of a project that may be confused with a name: more than those that
    /// are, none of those left out; by path.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn alike_names(&self, project: ProjectId, name: &str) -> Result<Vec<(NotePath, String)>> {
        let Some(target) = LinkTarget::parse(name) else {
            return Ok(Vec::new());
        };
        let found =
            candidates(self.lease.connection(), &target).action("look for names like one")?;
        let mut alike: Vec<_> = found
            .all
            .into_iter()
            .filter(|candidate| candidate.project == project.0)
            .map(|candidate| (candidate.path, candidate.title))
            .collect();
        alike.sort();
        Ok(alike)
    }

    /// Returns the files of [`Session::alike_names`].
    ///
    /// # Errors
    /// When a statement fails.
    pub fn alike(&self, project: ProjectId, name: &str) -> Result<Vec<NoteRecord>> {
        let mut records = Vec::new();
        for (path, _) in self.alike_names(project, name)? {
            records.extend(self.note(project, NoteKey::Path(&path))?);
        }
        Ok(records)
    }
}

/// Returns the notes that share a key of the target, of every project.
fn candidates(connection: &Connection, target: &LinkTarget) -> rusqlite::Result<Candidates> {
    let mut found = Vec::new();
    for key in keys_of(target) {
        join(&mut found, &of_key(connection, &key)?);
    }
    Ok(Candidates::new(found))
}

/// Returns the notes of a key as [`keys_of`] gives them.
pub(super) fn of_key(connection: &Connection, key: &str) -> rusqlite::Result<Vec<Candidate>> {
    match key.strip_prefix('#') {
        Some(id) => of_external_id(connection, id),
        None => of_bucket(connection, key),
    }
}

/// Adds candidates that are not there yet.
pub(super) fn join(found: &mut Vec<Candidate>, more: &[Candidate]) {
    for candidate in more {
        if found.iter().all(|known| known.id != candidate.id) {
            found.push(candidate.clone());
        }
    }
}

/// Returns the note with a stable id, if there is one.
fn of_external_id(connection: &Connection, id: &str) -> rusqlite::Result<Vec<Candidate>> {
    match Uuid::try_parse(id) {
        Ok(id) => query(connection, "external_id = ?1", &id.as_bytes().as_slice()),
        Err(_) => Ok(Vec::new()),
    }
}

/// Returns the note of a row, if it is there.
pub(super) fn of_row(connection: &Connection, id: i64) -> rusqlite::Result<Vec<Candidate>> {
    query(connection, "id = ?1", &id)
}

/// Returns the notes of a bucket, by path.
fn of_bucket(connection: &Connection, bucket: &str) -> rusqlite::Result<Vec<Candidate>> {
    query(
        connection,
        "(path_bucket = ?1 OR title_bucket = ?1 OR permalink_bucket = ?1)",
        &bucket,
    )
}

fn query(
    connection: &Connection,
    condition: &str,
    key: &dyn rusqlite::ToSql,
) -> rusqlite::Result<Vec<Candidate>> {
    connection
        .prepare_cached(&format!(
            "SELECT id, project, path, title, permalink, alias, external_id FROM note WHERE {condition} ORDER BY path"
        ))?
        .query_map([key], candidate)?
        .filter_map(rusqlite::Result::transpose)
        .collect()
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Option<Candidate>> {
    let path: String = row.get(2)?;
    let Ok(path) = NotePath::from_disk(&path) else {
        return Ok(None);
    };
    Ok(Some(Candidate {
        id: row.get(0)?,
        project: row.get(1)?,
        path,
        title: row.get(3)?,
        permalink: row.get(4)?,
        alias: row.get(5)?,
        external_id: Uuid::from_bytes(row.get(6)?),
    }))
}

/// A note a link may mean.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: i64,
    pub(super) project: i64,
    pub(super) path: NotePath,
    pub(super) title: String,
    pub(super) permalink: Option<String>,
    pub(super) alias: String,
    pub(super) external_id: Uuid,
}

/// More candidates than this are looked up, not looked through: a vault may have a thousand notes called `index`.
const MANY: usize = 16;

/// The notes a link may mean.
pub(super) struct Candidates {
    pub(super) all: Vec<Candidate>,
    /// Their places by name, when there are many.
    places: Option<Places>,
}

#[derive(Default)]
struct Places {
    titles: HashMap<String, Vec<usize>>,
    permalinks: HashMap<String, Vec<usize>>,
    paths: HashMap<String, Vec<usize>>,
    folders: HashMap<String, Vec<usize>>,
}

impl Candidates {
    pub(super) fn new(all: Vec<Candidate>) -> Self {
        let places = (all.len() > MANY).then(|| Places::of(&all));
        Self { all, places }
    }

    pub(super) fn with_title(&self, title: &str) -> Vec<usize> {
        match &self.places {
            Some(places) => places.titles.get(title).cloned().unwrap_or_default(),
            None => self.find(|candidate| candidate.title == title),
        }
    }

    pub(super) fn with_permalink(&self, permalink: &str) -> Vec<usize> {
        match &self.places {
            Some(places) => places
                .permalinks
                .get(permalink)
                .cloned()
                .unwrap_or_default(),
            None => self.find(|candidate| candidate.permalink.as_deref() == Some(permalink)),
        }
    }

    pub(super) fn with_path(&self, path: &str) -> Vec<usize> {
        match &self.places {
            Some(places) => places.paths.get(path).cloned().unwrap_or_default(),
            None => self.find(|candidate| candidate.path.as_str() == path),
        }
    }

    /// Those directly in a folder, when there are so many that asking is worth it.
    pub(super) fn in_folder(&self, folder: &str) -> Option<&[usize]> {
        let places = self.places.as_ref()?;
        Some(places.folders.get(folder).map_or(&[], Vec::as_slice))
    }

    pub(super) fn find(&self, test: impl Fn(&Candidate) -> bool) -> Vec<usize> {
        let passing = self
            .all
            .iter()
            .enumerate()
            .filter(|(_, candidate)| test(candidate));
        passing.map(|(place, _)| place).collect()
    }
}

impl Places {
    fn of(all: &[Candidate]) -> Self {
        let mut places = Self::default();
        for (place, candidate) in all.iter().enumerate() {
            let add = |map: &mut HashMap<String, Vec<usize>>, name: &str| {
                map.entry(name.to_owned()).or_default().push(place);
            };
            add(&mut places.titles, &candidate.title);
            add(&mut places.paths, candidate.path.as_str());
            add(&mut places.folders, candidate.path.parent());
            if let Some(permalink) = &candidate.permalink {
                add(&mut places.permalinks, permalink);
            }
        }
        places
    }
}
