//! Which notes a filter lets through, as a set of ids.
//!
//! Not ranking. Invariant: SQL only narrows what has to be looked at; whether metadata passes is decided by
//! `note::filter` alone, so that every backend agrees.

use super::Session;
use super::read::range_of;
use crate::error::StatementContext;
use crate::record::NoteId;
use crate::{Filter, Result};
use cairn_note::filter::{Condition, Test, canonical_type};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};

/// A set of note ids.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    bits: Vec<u64>,
    count: usize,
}

impl Allowed {
    fn insert(&mut self, id: i64) {
        let (word, bit) = place(id);
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.count += usize::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    /// Whether a note is in the set.
    pub(super) fn has(&self, id: i64) -> bool {
        let (word, bit) = place(id);
        self.bits.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }
}

fn place(id: i64) -> (usize, u64) {
    let id = usize::try_from(id).unwrap_or(0);
    (id / 64, 1 << (id % 64))
}

/// A condition in SQL and its values.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, sql: impl Into<String>) {
        self.sql.push(sql.into());
    }

    fn test(&self) -> String {
        if self.sql.is_empty() {
            "1".to_owned()
        } else {
            self.sql.join(" AND ")
        }
    }

    fn value(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
    }

    fn values(&mut self, values: impl IntoIterator<Item = String>) -> String {
        let before = self.values.len();
        self.values.extend(values.into_iter().map(Value::Text));
        vec!["?"; self.values.len() - before].join(", ")
    }

    fn metadata(&mut self, condition: &Condition) {
        // These keys have no rows in `property`, or (tags) rows of another form.
        if matches!(
            condition.key.as_str(),
            "title" | "type" | "tags" | "permalink"
        ) {
            return;
        }
        let mut exists = |values: &[String]| {
            self.values.push(Value::Text(condition.key.clone()));
            let equal = if values.is_empty() {
                String::new()
            } else {
                format!(" AND value IN ({})", self.values(values.iter().cloned()))
            };
            self.add(format!(
                "id IN (SELECT note FROM property WHERE key = ?{equal})"
            ));
        };
        match &condition.test {
            Test::Equals(value) => exists(std::slice::from_ref(value)),
            Test::In(values) => exists(values),
            Test::ContainsAll(_) | Test::Compare(..) | Test::Between(..) => exists(&[]),
        }
    }
}

impl Session<'_> {
    /// Returns the notes a filter lets through, or `None` when it lets everything through.
    pub(super) fn allowed(&self, filter: &Filter) -> Result<Option<Allowed>> {
        let conditions = self.conditions(filter)?;
        if conditions.sql.is_empty() && filter.metadata.conditions.is_empty() {
            return Ok(None);
        }
        self.select(&conditions, filter).map(Some)
    }

    /// Returns what a filter lets through, latest first; no more than is asked for is looked at, where nothing but SQL
    /// decides.
    pub(super) fn latest_of(
        &self,
        filter: &Filter,
        limit: usize,
        offset: usize,
    ) -> Result<Vec<NoteId>> {
        let has_metadata = !filter.metadata.conditions.is_empty();
        let (allowed, conditions) = if has_metadata {
            (self.allowed(filter)?, Conditions::default())
        } else {
            (None, self.conditions(filter)?)
        };
        let passes = |id: &NoteId| allowed.as_ref().is_none_or(|set| set.has(id.0));
        let latest = || -> rusqlite::Result<Vec<NoteId>> {
            self.lease
                .connection()
                .prepare_cached(&format!(
                    "SELECT id FROM note INDEXED BY note_modified WHERE {}
                     ORDER BY modified DESC, project, path",
                    conditions.test()
                ))?
                .query_map(params_from_iter(&conditions.values), |row| {
                    Ok(NoteId(row.get(0)?))
                })?
                .filter(|id| id.as_ref().map_or(true, passes))
                .skip(offset)
                .take(limit)
                .collect()
        };
        latest().action("list recent notes")
    }

    fn conditions(&self, filter: &Filter) -> Result<Conditions> {
        let mut conditions = Conditions::default();
        if !filter.projects.is_empty() && self.holds_others(filter)? {
            let projects: Vec<String> = filter
                .projects
                .iter()
                .map(|project| project.0.to_string())
                .collect();
            conditions.add(format!("project IN ({})", projects.join(", ")));
        }
        if let Some(folder) = filter
            .folder
            .as_deref()
            .filter(|folder| !folder.trim_matches('/').is_empty())
        {
            let (first, end) = range_of(folder);
            conditions.add("path >= ? AND path < ?");
            conditions.value(first);
            conditions.value(end.unwrap_or_default());
        }
        if !filter.note_types.is_empty() {
            let list = conditions.values(filter.note_types.iter().map(|name| canonical_type(name)));
            conditions.add(format!("canonical_type IN ({list})"));
        }
        for tag in &filter.tags {
            conditions.add("id IN (SELECT note FROM property WHERE key = 'tags' AND value = ?)");
            conditions.value(tag.clone());
        }
        if !filter.categories.is_empty() {
            let list = conditions.values(filter.categories.iter().cloned());
            conditions.add(format!(
                "id IN (SELECT note FROM observation WHERE category IN ({list}))"
            ));
        }
        if let Some(after) = filter.after {
            conditions.add("modified > ?");
            conditions.value(after.as_microsecond());
        }
        if filter.notes_only {
            conditions.add("is_note");
        }
        for condition in &filter.metadata.conditions {
            conditions.metadata(condition);
        }
        Ok(conditions)
    }

    fn select(&self, conditions: &Conditions, filter: &Filter) -> Result<Allowed> {
        let decide = !filter.metadata.conditions.is_empty();
        let column = if decide { "metadata" } else { "NULL" };
        let test = conditions.test();
        let mut allowed = Allowed::default();
        let read = || -> rusqlite::Result<()> {
            let mut statement = self
                .lease
                .connection()
                .prepare_cached(&format!("SELECT id, {column} FROM note WHERE {test}"))?;
            let mut rows = statement.query(params_from_iter(&conditions.values))?;
            while let Some(row) = rows.next()? {
                let passes = !decide
                    || row
                        .get_ref(1)?
                        .as_str()
                        .ok()
                        .and_then(|text| serde_json::from_str(text).ok())
                        .is_some_and(|metadata| filter.metadata.matches(&metadata));
                if passes {
                    allowed.insert(row.get(0)?);
                }
            }
            Ok(())
        };
        let mut read = read;
        read().action("apply a filter")?;
        Ok(allowed)
    }

    /// Whether the index holds notes of projects that the filter leaves out.
    fn holds_others(&self, filter: &Filter) -> Result<bool> {
        let mut projects: Vec<i64> = filter.projects.iter().map(|project| project.0).collect();
        projects.sort_unstable();
        // Steps over the index from gap to gap between the wanted projects.
        let mut after = i64::MIN;
        for project in projects.into_iter().map(Some).chain([None]) {
            let found: Option<i64> = self
                .lease
                .connection()
                .prepare_cached(
                    "SELECT project FROM note WHERE project > ?1 AND project < ?2 LIMIT 1",
                )
                .and_then(|mut statement| {
                    statement
                        .query_row([after, project.unwrap_or(i64::MAX)], |row| row.get(0))
                        .optional()
                })
                .action("look for other projects")?;
            if found.is_some() {
                return Ok(true);
            }
            after = project.unwrap_or(i64::MAX);
        }
        Ok(false)
    }
}
