//! What a note's score is made of.
//!
//! Not finding notes. Invariant: a score is between 0 and 1 and depends on the row, the query and the totals of the
//! index alone.

use super::Session;
use super::allowed::Allowed;
use super::plan::Plan;
use super::rank::{self, K1, Scored, Weights};
use crate::error::StatementContext;
use crate::{Result, Scores};

/// What a term met in the title weighs besides, as far as the title says nothing else.
const TITLE: f32 = 2.0;
/// What having all terms adds, for each of them.
const ALL: f32 = 0.2;
/// What having the query's words side by side in their order adds, for each of them.
const PHRASE: f32 = 0.6;
/// The most a term can contribute to a note that has not all of them.
pub(super) const BOUND: f32 = K1 + 1.0 + TITLE;

/// A scored note.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) note: i64,
    pub(super) total: f32,
    pub(super) parts: Scores,
}

impl Session<'_> {
    /// Scores every allowed note a plan finds.
    pub(super) fn scored(
        &self,
        plan: &Plan,
        allowed: Option<&Allowed>,
        phrase: Option<&str>,
    ) -> Result<Vec<Ranked>> {
        let (notes, words) = self.totals()?;
        let mean_length = words as f32 / notes.max(1) as f32;
        let ranker = self.lease.ranker();
        ranker.prepare(Weights {
            phrases: plan.phrases.clone(),
            mean_length,
        });
        self.lease
            .connection()
            .prepare_cached("SELECT rank_row(words) FROM words WHERE words MATCH ?1")
            .and_then(|mut statement| {
                let mut rows = statement.query([&plan.text])?;
                while rows.next()?.is_some() {}
                Ok(())
            })
            .action("search")?;
        let rows = ranker.take();
        let phrase = match phrase {
            Some(phrase) => self.with_phrase(phrase)?,
            None => Vec::new(),
        };
        let (weight, counted) = (plan.weight(), plan.counted());
        Ok(rows
            .into_iter()
            .filter(|row| allowed.is_none_or(|set| set.has(rank::note_of(row.row))))
            .map(|row| {
                ranked(
                    &row,
                    weight,
                    counted,
                    phrase.binary_search(&row.row).is_ok(),
                )
            })
            .collect())
    }

    /// The rows that have a phrase, in order.
    fn with_phrase(&self, phrase: &str) -> Result<Vec<i64>> {
        self.rows(
            "search a phrase",
            "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid",
            [phrase],
            |row| row.get(0),
        )
    }
}

/// The total of the note at a place, counted from 1, in the order of totals.
pub(super) fn nth_best(ranked: &[Ranked], place: usize) -> Option<f32> {
    if place == 0 || ranked.len() < place {
        return None;
    }
    let mut totals: Vec<f32> = ranked.iter().map(|ranked| ranked.total).collect();
    let (_, nth, _) = totals.select_nth_unstable_by(place - 1, |one, other| other.total_cmp(one));
    Some(*nth)
}

fn ranked(row: &Scored, weight: f32, counted: u64, has_phrase: bool) -> Ranked {
    let exactness = f32::from(row.title_terms) / f32::from(rank::title_length(row.row).max(1));
    let title = row.title + TITLE * row.in_title * exactness.min(1.0);
    let all = if row.met & counted == counted {
        ALL * weight
    } else {
        0.0
    };
    let phrase = if has_phrase { PHRASE * weight } else { 0.0 };
    let parts = Scores {
        body: row.body,
        title,
        headings: row.headings,
        whole: all + phrase,
    };
    let total = (row.body + title + row.headings + all + phrase) / most(weight);
    Ranked {
        note: rank::note_of(row.row),
        total: total.min(1.0),
        parts,
    }
}

/// The most a note can have, by which totals are brought between 0 and 1.
pub(super) fn most(weight: f32) -> f32 {
    (weight * (BOUND + ALL + PHRASE)).max(f32::MIN_POSITIVE)
}
