//! The rows by which notes are found by their frontmatter.
//!
//! Not filters (`allowed`). Invariant: a note's rows follow from its metadata alone, so they can be taken out again
//! without an index by note.

use super::apply::Work;
use cairn_note::{Metadata, tags};
use rusqlite::params;
use serde_json::Value;
use std::collections::BTreeMap;

/// The keys and values of notes that were put, kept back until they can be stored in the order of the table.
#[derive(Default)]
pub(super) struct Properties(BTreeMap<i64, Vec<(String, String)>>);

impl Properties {
    pub(super) fn add(&mut self, note: i64, properties: Vec<(String, String)>) {
        self.0.insert(note, properties);
    }

    /// Leaves out those of a note that is put again or goes.
    pub(super) fn forget(&mut self, note: i64) {
        self.0.remove(&note);
    }
}

impl Work<'_> {
    /// Stores what was kept back.
    pub(super) fn settle_properties(&mut self) -> rusqlite::Result<()> {
        let notes = std::mem::take(&mut self.properties).0;
        let mut rows: Vec<(String, String, i64)> = notes
            .into_iter()
            .flat_map(|(note, properties)| {
                properties
                    .into_iter()
                    .map(move |(key, value)| (key, value, note))
            })
            .collect();
        rows.sort_unstable();
        rows.dedup();
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO property VALUES (?1, ?2, ?3)")?;
        for (key, value, note) in rows {
            insert.execute(params![key, value, note])?;
        }
        Ok(())
    }

    /// Removes the rows of a note whose metadata is about to change or go.
    pub(super) fn clear_properties(&self, note: i64) -> rusqlite::Result<()> {
        let metadata: String = self
            .connection
            .prepare_cached("SELECT metadata FROM note WHERE id = ?1")?
            .query_row([note], |row| row.get(0))?;
        let metadata: Metadata = serde_json::from_str(&metadata).unwrap_or_default();
        let mut delete = self
            .connection
            .prepare_cached("DELETE FROM property WHERE key = ?1 AND value = ?2 AND note = ?3")?;
        for (key, value) in properties(&metadata) {
            delete.execute(params![key, value, note])?;
        }
        Ok(())
    }
}

/// The text of a value, or of a list's items.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// Returns frontmatter as dotted keys and texts, tags as they are compared.
pub(super) fn properties(metadata: &Metadata) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    let mut pending = Vec::new();
    for (key, value) in metadata {
        match key.as_str() {
            "title" | "type" | "permalink" => {}
            "tags" => flat.extend(tags::parse(value).into_iter().map(|tag| (key.clone(), tag))),
            _ => pending.push((key.clone(), value)),
        }
    }
    while let Some((key, value)) = pending.pop() {
        match value {
            Value::Object(map) => {
                pending.extend(
                    map.iter()
                        .map(|(inner, value)| (format!("{key}.{inner}"), value)),
                );
            }
            value => {
                flat.extend(
                    texts(value)
                        .into_iter()
                        .map(|text| (key.clone(), text.to_owned())),
                );
            }
        }
    }
    flat
}
