//! Questions of a search that is about more, or about less, than the words of whole notes: what stands in notes, what
//! they are called.
//!
//! Not which of it is shown. Invariant: every list has a defined order, and a filter means here what it means in
//! `lexical`.

use super::Session;
use super::plan::Plan;
use crate::record::{NoteId, ProjectId};
use crate::{Filter, Hits, Result};
use cairn_note::query::{Expr, Query};
use rusqlite::params_from_iter;
use std::collections::HashMap;

impl Session<'_> {
    /// Searches titles alone; best first. A query without a text condition lists what the filter lets through.
    ///
    /// # Errors
    /// When a statement fails; never because of the query's text.
    pub fn titles(
        &self,
        query: &Query,
        filter: &Filter,
        limit: usize,
        offset: usize,
    ) -> Result<Hits> {
        let words_asked_for = match &query.expr {
            Some(Expr::Any(words)) => {
                let asked: Vec<_> = words.iter().filter(|word| !word.stop).cloned().collect();
                Some(Expr::Any(asked))
            }
            other => other.clone(),
        };
        let mut plan = Plan::default();
        let text = match &words_asked_for {
            Some(expr) if !query.nothing => self.render(expr, &mut plan, true)?,
            // A blank query or one of nothing but exclusions is no matter of titles.
            _ => return self.lexical(query, filter, limit, offset),
        };
        let Some(text) = text else {
            return self.lexical(query, filter, limit, offset);
        };
        plan.text = format!("title : ({text})");
        let allowed = self.allowed(&tagged(filter, query))?;
        let ranked = self.scored(&plan, allowed.as_ref(), None)?;
        self.page(ranked, true, limit, offset)
    }

    /// Returns what a filter lets through, latest first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn latest(&self, filter: &Filter) -> Result<Vec<NoteId>> {
        self.latest_of(filter, usize::MAX, 0)
    }

    /// Returns the permalinks of what a filter lets through, by permalink.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn permalinks(&self, filter: &Filter) -> Result<Vec<(NoteId, ProjectId, String)>> {
        let allowed = self.allowed(filter)?;
        let mut permalinks = self.rows(
            "list permalinks",
            "SELECT id, project, permalink FROM note WHERE permalink IS NOT NULL ORDER BY permalink, project",
            [],
            |row| Ok((NoteId(row.get(0)?), ProjectId(row.get(1)?), row.get(2)?)),
        )?;
        if let Some(set) = allowed {
            permalinks.retain(|(id, ..)| set.has(id.0));
        }
        Ok(permalinks)
    }

    /// Returns how many observations of these categories (of all, when none is named) notes have that have any.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn observation_counts(&self, categories: &[String]) -> Result<HashMap<NoteId, usize>> {
        let test = if categories.is_empty() {
            String::new()
        } else {
            let list = vec!["?"; categories.len()].join(", ");
            format!("WHERE category IN ({list})")
        };
        let counts = self.rows(
            "count observations",
            &format!("SELECT note, count(*) FROM observation {test} GROUP BY note"),
            params_from_iter(categories),
            count,
        )?;
        Ok(counts.into_iter().collect())
    }

    /// Returns how many relations notes have that have any.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn relation_counts(&self) -> Result<HashMap<NoteId, usize>> {
        let counts = self.rows(
            "count relations",
            "SELECT note, count(*) FROM relation GROUP BY note",
            [],
            count,
        )?;
        Ok(counts.into_iter().collect())
    }
}

fn count(row: &rusqlite::Row<'_>) -> rusqlite::Result<(NoteId, usize)> {
    let count = usize::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
    Ok((NoteId(row.get(0)?), count))
}

/// The filter with the tags a query asks for.
fn tagged(filter: &Filter, query: &Query) -> Filter {
    let mut filter = filter.clone();
    filter.tags.extend(query.tags.iter().cloned());
    filter
}
