//! The rows of the full-text table.
//!
//! Not how they are searched (`lexical`). Invariant: after an `apply` there is exactly one row for each file, and the
//! totals count exactly these rows.

use super::apply::Work;
use super::rank;
use super::row::Row;
use crate::Content;
use cairn_note::words;
use rusqlite::params;

/// Changes of the full-text table, kept back until everything else is in: a statement on another table may open a
/// savepoint, for which FTS5 writes out what it has gathered, note by note.
#[derive(Default)]
pub(super) struct Words<'a> {
    /// Rows to remove.
    gone: Vec<i64>,
    /// Rows to add: number, title, names, and the content whose terms it gets.
    new: Vec<(i64, String, String, &'a Content)>,
    /// How the totals change.
    notes: i64,
    words: i64,
}

impl Words<'_> {
    /// Takes a row out, whether it is stored or only kept back.
    pub(super) fn remove(&mut self, number: i64, length: i64) {
        self.notes -= 1;
        self.words -= length;
        match self.new.iter().rposition(|(new, ..)| *new == number) {
            Some(place) => {
                self.new.swap_remove(place);
            }
            None => self.gone.push(number),
        }
    }
}

impl<'a> Work<'a> {
    pub(super) fn add_words(&mut self, id: i64, row: &Row<'a>) -> rusqlite::Result<()> {
        let mut title = String::new();
        let title_length = words::terms(row.entry.title(), &mut title);
        let number = rank::row_number(id, title_length, row.length());
        self.connection
            .prepare_cached("UPDATE note SET words = ?2 WHERE id = ?1")?
            .execute([id, number])?;
        self.words
            .new
            .push((number, title, row.names(), &row.entry.content));
        self.words.notes += 1;
        self.words.words += i64::from(row.length());
        Ok(())
    }

    pub(super) fn settle_words(&mut self) -> rusqlite::Result<()> {
        let Words {
            gone,
            new,
            notes,
            words,
        } = std::mem::take(&mut self.words);
        let mut total = self
            .connection
            .prepare_cached("UPDATE total SET value = value + ?2 WHERE name = ?1")?;
        total.execute(params!["notes", notes])?;
        total.execute(params!["words", words])?;
        for number in gone {
            self.connection
                .prepare_cached("DELETE FROM words WHERE rowid = ?1")?
                .execute([number])?;
        }
        for (number, title, names, content) in new {
            let (headings, body) = match content {
                Content::Note { terms, .. } => (terms.headings.as_str(), terms.body.as_str()),
                Content::File => ("", ""),
            };
            self.connection
                .prepare_cached("INSERT INTO words (rowid, title, headings, names, body) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![number, title, headings, names, body])?;
        }
        Ok(())
    }
}
