//! One search while the index answers it, in one session.
//!
//! No files. Invariant: a page is cut from one list in one order, so pages are apart and together everything.

use super::asked::Asked;
use super::name::Name;
use super::rows::{RowContent, RowKind, RowRequest, SearchBy, SearchRow};
use super::{SearchHit, Snippet};
use crate::{Project, Result};
use cairn_index::{Filter, Hit, Hits, NoteId, NoteRecord, Place, ProjectId, Scores, Session};
use std::collections::HashMap;

/// Notes, the best ones, whose lines are looked at.
const MOST_NOTES: usize = 500;

/// Rows before their passages are cut from the files.
pub(super) struct Found {
    pub(super) rows: Vec<SearchRow>,
    pub(super) total: usize,
    pub(super) total_is_exact: bool,
}

/// A request while the index answers it.
pub(super) struct Question<'q> {
    pub(super) session: Session<'q>,
    pub(super) projects: &'q [Project<'q>],
    pub(super) request: &'q RowRequest,
    pub(super) asked: &'q Asked,
}

/// A row that may be on the page.
struct Candidate {
    score: f32,
    /// The place of its note among the notes.
    rank: usize,
    kind: RowKind,
    position: usize,
}

impl Question<'_> {
    fn is_name(&self) -> bool {
        self.request.by == SearchBy::Permalink && !self.request.search.query.trim().is_empty()
    }

    pub(super) fn notes(&self, limit: usize, offset: usize) -> Result<Found> {
        let found = self.hits(limit, offset)?;
        Ok(Found {
            rows: found
                .hits
                .into_iter()
                .map(|hit| row(hit, RowContent::Note))
                .collect(),
            total: found.total,
            total_is_exact: found.total_is_exact,
        })
    }

    fn hits(&self, limit: usize, offset: usize) -> Result<Hits> {
        let Asked { query, filter, .. } = self.asked;
        if self.is_name() {
            let ids = self.named(filter)?;
            let mut hits = Vec::new();
            for id in ids.iter().skip(offset).take(limit) {
                hits.extend(self.session.by_id(*id)?.map(|note| hit(note, 1.0)));
            }
            return Ok(Hits {
                hits,
                total: ids.len(),
                total_is_exact: true,
            });
        }
        Ok(match self.request.by {
            SearchBy::Title => self.session.titles(query, filter, limit, offset)?,
            _ => self.session.lexical(query, filter, limit, offset)?,
        })
    }

    /// The notes whose permalink the query names, by permalink.
    fn named(&self, filter: &Filter) -> Result<Vec<NoteId>> {
        let text = self.request.search.query.trim();
        let names: HashMap<ProjectId, Name> = self
            .projects
            .iter()
            .map(|project| project.with_scope(|scope| (scope.project, Name::new(text, scope.slug))))
            .collect();
        let permalinks = self.session.permalinks(filter)?.into_iter();
        Ok(permalinks
            .filter(|(_, project, permalink)| {
                names.get(project).is_some_and(|name| name.names(permalink))
            })
            .map(|(id, ..)| id)
            .collect())
    }

    pub(super) fn lines(&self, limit: usize, offset: usize) -> Result<Found> {
        let has_words = !self.asked.wanted.words.is_empty() && self.request.by == SearchBy::Text;
        let is_ranked = self.asked.query.expr.is_some();
        let (notes, is_all) = if is_ranked {
            let found = self.hits(MOST_NOTES, 0)?;
            let is_all = found.total_is_exact && found.total <= MOST_NOTES;
            let notes: Vec<_> = found
                .hits
                .into_iter()
                .map(|hit| (hit.note.id, hit.score, hit.note.title))
                .collect();
            (notes, is_all)
        } else {
            let (ids, score) = if self.is_name() {
                (self.named(&self.asked.filter)?, 1.0)
            } else {
                (self.session.latest(&self.asked.filter)?, 0.0)
            };
            let notes = ids.into_iter().map(|id| (id, score, String::new()));
            (notes.collect(), true)
        };
        let mut candidates = if has_words {
            self.matching(&notes)?
        } else {
            self.all_of(&notes)?
        };
        candidates.sort_by(|one, other| {
            let places =
                |candidate: &Candidate| (candidate.rank, candidate.kind, candidate.position);
            other
                .score
                .total_cmp(&one.score)
                .then_with(|| places(one).cmp(&places(other)))
        });
        let mut rows = Vec::new();
        for candidate in candidates.iter().skip(offset).take(limit) {
            rows.extend(self.filled(candidate, notes[candidate.rank].0)?);
        }
        Ok(Found {
            rows,
            total: candidates.len(),
            total_is_exact: is_all,
        })
    }

    fn has(&self, kind: RowKind) -> bool {
        self.request.kinds.contains(&kind)
    }

    /// Notes, and their lines that have at least one of the words.
    fn matching(&self, notes: &[(NoteId, f32, String)]) -> Result<Vec<Candidate>> {
        let mut candidates = Vec::new();
        let categories = &self.request.search.categories;
        for (rank, (note, score, title)) in notes.iter().enumerate() {
            let mut add = |kind, position, share: f32| {
                if share > 0.0 {
                    candidates.push(Candidate {
                        score: score * share,
                        rank,
                        kind,
                        position,
                    });
                }
            };
            if self.has(RowKind::Note) {
                add(RowKind::Note, 0, 1.0);
            }
            if self.has(RowKind::Observation) {
                for (position, line) in self.session.observations(*note)?.iter().enumerate() {
                    let category = line.category();
                    if categories.is_empty() || categories.iter().any(|name| name == category) {
                        let context = line.context.as_deref().unwrap_or_default();
                        let text = format!("{category} {} {context}", line.content);
                        add(
                            RowKind::Observation,
                            position,
                            self.asked.wanted.share(&text),
                        );
                    }
                }
            }
            if self.has(RowKind::Relation) {
                for (position, line) in self.session.relations(*note)?.iter().enumerate() {
                    let context = line.context.as_deref().unwrap_or_default();
                    let text = format!(
                        "{title}\n{}\n{}\n{context}",
                        line.relation_type, line.target
                    );
                    add(RowKind::Relation, position, self.asked.wanted.share(&text));
                }
            }
        }
        Ok(candidates)
    }

    /// Notes and all of their lines.
    fn all_of(&self, notes: &[(NoteId, f32, String)]) -> Result<Vec<Candidate>> {
        let ranks: HashMap<NoteId, usize> = notes
            .iter()
            .enumerate()
            .map(|(rank, (note, ..))| (*note, rank))
            .collect();
        let mut candidates = Vec::new();
        let mut add = |kind: RowKind, places: Vec<Place>| {
            for Place { note, position } in places {
                if let Some(rank) = ranks.get(&note) {
                    candidates.push(Candidate {
                        score: notes[*rank].1,
                        rank: *rank,
                        kind,
                        position,
                    });
                }
            }
        };
        if self.has(RowKind::Note) {
            let place = |(note, ..): &(NoteId, f32, String)| Place {
                note: *note,
                position: 0,
            };
            add(RowKind::Note, notes.iter().map(place).collect());
        }
        if self.has(RowKind::Observation) {
            let categories = &self.request.search.categories;
            add(
                RowKind::Observation,
                self.session.observation_places(categories)?,
            );
        }
        if self.has(RowKind::Relation) {
            add(RowKind::Relation, self.session.relation_places()?);
        }
        Ok(candidates)
    }

    fn filled(&self, candidate: &Candidate, note: NoteId) -> Result<Option<SearchRow>> {
        let position = candidate.position;
        let content = match candidate.kind {
            RowKind::Note => Some(RowContent::Note),
            RowKind::Observation => {
                let line = self.session.observations(note)?.into_iter().nth(position);
                line.map(|observation| RowContent::Observation {
                    position,
                    observation,
                })
            }
            RowKind::Relation => match self.session.relations(note)?.into_iter().nth(position) {
                Some(mut relation) => {
                    let target = match self.projects.first() {
                        Some(project) => project.end_of(&self.session, &mut relation)?,
                        None => None,
                    };
                    Some(RowContent::Relation {
                        position,
                        relation,
                        target,
                    })
                }
                None => None,
            },
        };
        let note = self.session.by_id(note)?;
        Ok(content
            .zip(note)
            .map(|(content, note)| row(hit(note, candidate.score), content)))
    }
}

fn hit(note: NoteRecord, score: f32) -> Hit {
    Hit {
        note,
        score,
        parts: Scores::default(),
    }
}

fn row(hit: Hit, content: RowContent) -> SearchRow {
    SearchRow {
        hit: SearchHit {
            note: hit.note,
            score: hit.score,
            parts: hit.parts,
            snippet: Snippet::default(),
        },
        content,
    }
}
