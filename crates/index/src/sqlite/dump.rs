//! Everything the index knows of a project, as text, to compare two indexes.
//!
//! Not for people. Invariant: equal dumps mean indexes that answer alike; row ids and stable ids (which depend
//! on where a file was first seen) are left out.

use super::Session;
use super::rank;
use crate::error::StatementContext;
use crate::record::ProjectId;
use crate::{NoteId, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;

impl Session<'_> {
    /// Returns a readable dump of everything known of a project.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn dump(&self, project: ProjectId) -> Result<String> {
        let mut text = String::new();
        let words = self.dump_words().action("read the words")?;
        for record in self.below(project, "")? {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{} | {} | {} | {} | {} | {} {}",
                record.path,
                record.title,
                record.note_type,
                record.permalink.as_deref().unwrap_or("-"),
                record.fingerprint.checksum_hex(),
                record.created,
                record.modified,
            );
            let _ = writeln!(
                text,
                "  {}",
                serde_json::Value::Object(record.metadata.clone())
            );
            for observation in self.observations(record.id)? {
                let _ = writeln!(text, "  {observation:?}");
            }
            for relation in self.relations(record.id)? {
                let end = match relation.resolved {
                    Some(NoteId(id)) => self.by_id(NoteId(id))?.map(|note| note.path.to_string()),
                    None => None,
                };
                let _ = writeln!(
                    text,
                    "  {} [[{}]] ({:?}) -> {}",
                    relation.relation_type,
                    relation.target,
                    relation.context,
                    end.as_deref().unwrap_or("?")
                );
            }
            for line in words.get(&record.id.0).into_iter().flatten() {
                let _ = writeln!(text, "  {line}");
            }
        }
        for count in self.tags(project)? {
            let _ = writeln!(text, "tag {} {}", count.value, count.count);
        }
        for fault in self.faults(project)? {
            let _ = writeln!(text, "fault {}: {}", fault.path, fault.message);
        }
        Ok(text)
    }

    /// Each note's terms with column and place, and its lengths as the row number has them.
    fn dump_words(&self) -> rusqlite::Result<BTreeMap<i64, Vec<String>>> {
        let connection = self.lease.connection();
        connection
            .execute_batch("CREATE VIRTUAL TABLE IF NOT EXISTS temp.every_word USING fts5vocab(main, words, instance)")?;
        let mut words: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let mut statement = connection.prepare(
            "SELECT doc, term, col, offset FROM temp.every_word ORDER BY doc, col, offset, term",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let (term, column, offset): (String, String, i64) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            words
                .entry(rank::note_of(number))
                .or_default()
                .push(format!("{column}[{offset}] {term} ({})", number & 0xffff));
        }
        drop(rows);
        drop(statement);
        connection.execute_batch("DROP TABLE temp.every_word")?;
        Ok(words)
    }
}
