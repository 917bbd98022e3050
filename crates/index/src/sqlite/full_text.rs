//! The rows of the full-text table.
//!
//! Not how they are searched (`lexical`). Invariant: after an `apply` there is exactly one row for each file, and the
//! totals count exactly these rows.

use super::apply::Work;
use super::rank;
use crate::Terms;
use rusqlite::params;

/// Pages of 4 KiB that one `apply` merges at most, a few milliseconds' work. Sixteen segments are merged long before
/// so many small ones have piled up that searches would notice.
const MERGE_PAGES: i64 = 128;

/// A row without the terms of its content.
pub(super) struct WordsRow {
    /// Its row number.
    pub(super) number: i64,
    /// The terms of the title.
    pub(super) title: String,
    /// The terms of the other names.
    pub(super) names: String,
    /// How many terms the body has.
    pub(super) length: u32,
}

impl WordsRow {
    /// Returns the id of the note it is about.
    pub(super) fn note(&self) -> i64 {
        rank::note_of(self.number)
    }
}

/// Changes of the full-text table, kept back until the rest of a batch is in: a statement on another table may open
/// a savepoint, for which FTS5 writes out what it has gathered, note by note.
#[derive(Default)]
pub(super) struct Words {
    gone: Vec<i64>,
    new: Vec<(WordsRow, Terms)>,
    /// How the totals change.
    notes: i64,
    words: i64,
}

impl Words {
    /// Adds a row.
    pub(super) fn add(&mut self, row: WordsRow, terms: Terms) {
        self.notes += 1;
        self.words += i64::from(row.length);
        self.new.push((row, terms));
    }

    /// Takes a row out, whether it is stored or only kept back.
    pub(super) fn remove(&mut self, number: i64, length: i64) {
        self.notes -= 1;
        self.words -= length;
        match self.new.iter().rposition(|(new, _)| new.number == number) {
            Some(place) => {
                self.new.swap_remove(place);
            }
            None => self.gone.push(number),
        }
    }
}

impl Work<'_> {
    /// Stores what was kept back.
    pub(super) fn flush_words(&mut self) -> rusqlite::Result<()> {
        let Words {
            gone,
            new,
            notes,
            words,
        } = std::mem::take(&mut self.words);
        if gone.is_empty() && new.is_empty() {
            return Ok(());
        }
        let mut total = self
            .connection
            .prepare_cached("UPDATE total SET value = value + ?2 WHERE name = ?1")?;
        total.execute(params!["notes", notes])?;
        total.execute(params!["words", words])?;
        let mut delete = self
            .connection
            .prepare_cached("DELETE FROM words WHERE rowid = ?1")?;
        for number in gone {
            delete.execute([number])?;
        }
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO words (rowid, title, headings, names, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (
            WordsRow {
                number,
                title,
                names,
                ..
            },
            Terms { headings, body, .. },
        ) in new
        {
            insert.execute(params![number, title, headings, names, body])?;
        }
        Ok(())
    }

    /// Goes on with merging what earlier changes left, if enough has piled up.
    pub(super) fn merge_words(&self) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT INTO words (words, rank) VALUES ('merge', ?1)")?
            .execute([MERGE_PAGES])
            .map(|_| ())
    }
}
