//! Everything the index knows of a project, as text, to compare two indexes.
//!
//! Not for people. Invariant: equal dumps mean indexes that answer alike now and after any further change; only row
//! numbers are left out, and vectors, which are not made from files.

use super::Session;
use super::rank;
use crate::change::hex;
use crate::error::StatementContext;
use crate::record::{NoteRecord, ProjectId};
use crate::{NoteId, Result, Span};
use rusqlite::Row;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};

/// What is known of each note beside its own rows, summed up: its terms with their places, its properties, and the
/// keys of its links.
///
/// Sums can be compared between indexes in one process; a dump has the terms themselves.
#[derive(Debug, Default)]
pub struct Sums(HashMap<i64, [Sum; 3]>);

/// How many there are, and what they come to in whatever order.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    count: u64,
    total: u64,
}

impl Sum {
    fn add(&mut self, value: impl std::hash::Hash) {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        self.count += 1;
        self.total = self.total.wrapping_add(hasher.finish());
    }
}

impl Session<'_> {
    /// Returns a readable dump of everything known of a project.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn dump(&self, project: ProjectId) -> Result<String> {
        let mut text = String::new();
        let words = self.dump_words().action("read the words")?;
        for record in self.below(project, "")? {
            for line in self.lines(&record)? {
                text.push_str(&line);
                text.push('\n');
            }
            for line in words.get(&record.id.0).into_iter().flatten() {
                // Writing to a String cannot fail.
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

    /// Returns the lines of one file in a dump, with sums in the place of its words, properties and keys.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn summary(&self, record: &NoteRecord, sums: &Sums) -> Result<Vec<String>> {
        let mut lines = self.lines(record)?;
        let sums = sums.0.get(&record.id.0).copied().unwrap_or_default();
        for (what, Sum { count, total }) in
            ["words", "properties", "keys of links"].iter().zip(sums)
        {
            lines.push(format!("  {count} {what} ({total:016x})"));
        }
        Ok(lines)
    }

    /// Sums up what is known of every note of every project.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn sums(&self) -> Result<Sums> {
        let mut sums = Sums::default();
        self.each_word(false, |note, number, column, offset, term| {
            let place = (number & 0xffff, column, offset, term);
            sums.0.entry(note).or_default()[0].add(place);
        })
        .action("read the words")?;
        let mut add = |at: usize, sql: &str| -> rusqlite::Result<()> {
            let mut statement = self.lease.connection().prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let value = (row.get_ref(1)?.as_str()?, row.get::<_, String>(2)?);
                sums.0.entry(row.get(0)?).or_default()[at].add(value);
            }
            Ok(())
        };
        add(1, "SELECT note, key, value FROM property").action("read the properties")?;
        add(
            2,
            "SELECT note, bucket, CAST(position AS TEXT) FROM link_bucket",
        )
        .action("read the keys of links")?;
        Ok(sums)
    }

    /// The lines of a file: what its row says, its observations, its passages and its relations.
    fn lines(&self, record: &NoteRecord) -> Result<Vec<String>> {
        let mut lines = vec![
            format!(
                "{} | {} | {} | {} | {} | {} | {} {}",
                record.path,
                record.external_id,
                record.title,
                record.note_type,
                record.permalink.as_deref().unwrap_or("-"),
                record.fingerprint.checksum_hex(),
                record.created,
                record.modified,
            ),
            self.keys(record)?,
            format!("  {}", serde_json::Value::Object(record.metadata.clone())),
        ];
        for observation in self.observations(record.id)? {
            lines.push(format!("  {observation:?}"));
        }
        for Span { hash, start, end } in self.spans(record.id)? {
            lines.push(format!("  {start}..{end} {}", hex(hash.as_bytes())));
        }
        for relation in self.relations(record.id)? {
            let end = match relation.resolved {
                Some(NoteId(id)) => self.by_id(NoteId(id))?.map(|note| note.path.to_string()),
                None => None,
            };
            lines.push(format!(
                "  {} [[{}]] ({:?}) -> {}",
                relation.relation_type,
                relation.target,
                relation.context,
                end.as_deref().unwrap_or("?")
            ));
        }
        Ok(lines)
    }

    /// What a file is found by, as far as a record does not say it.
    fn keys(&self, record: &NoteRecord) -> Result<String> {
        let keys = |row: &Row<'_>| -> rusqlite::Result<String> {
            let text = |column| -> rusqlite::Result<String> {
                Ok(row
                    .get::<_, Option<String>>(column)?
                    .unwrap_or_else(|| "-".to_owned()))
            };
            Ok(format!(
                "  claims {} ({}) | {} | {} {} {} | {} terms",
                text(0)?,
                row.get::<_, i64>(1)?,
                text(2)?,
                text(3)?,
                text(4)?,
                text(5)?,
                row.get::<_, i64>(6)?,
            ))
        };
        self.lease
            .connection()
            .prepare_cached(
                "SELECT claim, ground, alias, path_bucket, title_bucket, permalink_bucket, length
                 FROM note WHERE id = ?1",
            )
            .and_then(|mut statement| statement.query_row([record.id.0], keys))
            .action("read what a file is found by")
    }

    /// Each note's terms with column and place, and its lengths as the row number has them.
    fn dump_words(&self) -> rusqlite::Result<BTreeMap<i64, Vec<String>>> {
        let mut words: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        self.each_word(true, |note, number, column, offset, term| {
            words
                .entry(note)
                .or_default()
                .push(format!("{column}[{offset}] {term} ({})", number & 0xffff));
        })?;
        Ok(words)
    }

    /// Calls `each` with the note, the row number, the column, the place and the text of every term.
    fn each_word(
        &self,
        is_sorted: bool,
        mut each: impl FnMut(i64, i64, &str, i64, &str),
    ) -> rusqlite::Result<()> {
        let connection = self.lease.connection();
        connection
            .execute_batch("CREATE VIRTUAL TABLE IF NOT EXISTS temp.every_word USING fts5vocab(main, words, instance)")?;
        let order = if is_sorted {
            " ORDER BY doc, col, offset, term"
        } else {
            ""
        };
        let mut statement = connection.prepare(&format!(
            "SELECT doc, term, col, offset FROM temp.every_word{order}"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            each(
                rank::note_of(number),
                number,
                row.get_ref(2)?.as_str()?,
                row.get(3)?,
                row.get_ref(1)?.as_str()?,
            );
        }
        drop(rows);
        drop(statement);
        connection.execute_batch("DROP TABLE temp.every_word")
    }
}
