//! Notes and the lines in them as one list: each note, its observations, its relations.
//!
//! It knows no search. Invariant: a page is found by counting, so a late one costs no more than the first.

use crate::Result;
use crate::search_notes::RowKind;
use cairn_index::{NoteId, Session};
use cairn_note::Observation;
use std::collections::HashMap;

/// A place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    /// The place of its note among the notes.
    pub(crate) rank: usize,
    /// What of the note.
    pub(crate) kind: RowKind,
    /// Lines of its kind before it in the note; of the categories that are asked for.
    pub(crate) nth: usize,
}

/// A page of the list, and how long the list is.
pub(crate) fn page(
    session: &Session<'_>,
    notes: &[NoteId],
    kinds: &[RowKind],
    categories: &[String],
    limit: usize,
    offset: usize,
) -> Result<(Vec<Line>, usize)> {
    let mut lists: Vec<(RowKind, Option<HashMap<NoteId, usize>>)> = Vec::new();
    for kind in [RowKind::Note, RowKind::Observation, RowKind::Relation] {
        if kinds.contains(&kind) {
            let counts = match kind {
                RowKind::Note => None,
                RowKind::Observation => Some(session.observation_counts(categories)?),
                RowKind::Relation => Some(session.relation_counts()?),
            };
            lists.push((kind, counts));
        }
    }
    let (mut page, mut total) = (Vec::new(), 0);
    for (rank, note) in notes.iter().enumerate() {
        for (kind, counts) in &lists {
            let count = match counts {
                None => 1,
                Some(counts) => counts.get(note).copied().unwrap_or_default(),
            };
            let skipped = offset.saturating_sub(total);
            let left = limit - page.len();
            page.extend((skipped..count).take(left).map(|nth| Line {
                rank,
                kind: *kind,
                nth,
            }));
            total += count;
        }
    }
    Ok((page, total))
}

/// The observations of these categories (all, when none is named), each with its place in the note.
pub(crate) fn of_categories(
    observations: Vec<Observation>,
    categories: &[String],
) -> impl Iterator<Item = (usize, Observation)> {
    let is_asked = |observation: &Observation| {
        categories.is_empty() || categories.iter().any(|name| name == observation.category())
    };
    observations
        .into_iter()
        .enumerate()
        .filter(move |(_, observation)| is_asked(observation))
}
