//! One search while the index answers it, in one session.
//!
//! No files. Invariant: a page is cut from one list in one order, so pages are apart and together everything.

use super::asked::Asked;
use super::name::Name;
use super::rows::{RowContent, RowKind, RowRequest, SearchBy, SearchRow};
use super::{Parts, SearchHit, Snippet};
use crate::lines::{self, Line};
use crate::{Project, Result};
use cairn_index::{Filter, Hit, Hits, NoteId, NoteRecord, ProjectId, Scores, Session};
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
    line: Line,
}

impl Question<'_> {
    fn is_name(&self) -> bool {
        self.request.search.by == SearchBy::Permalink
            && !self.request.search.query.trim().is_empty()
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
        Ok(match self.request.search.by {
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

    /// Lines of notes, of those that are given in their order, else of those that the words find.
    pub(super) fn lines(
        &self,
        ranked: Option<Vec<(NoteId, f32, String)>>,
        limit: usize,
        offset: usize,
    ) -> Result<Found> {
        let by = self.request.search.by;
        let has_words = !self.asked.wanted.words.is_empty()
            && matches!(by, SearchBy::Text | SearchBy::Hybrid | SearchBy::Meaning);
        let is_ranked = self.asked.query.expr.is_some();
        let (notes, is_all) = if let Some(ranked) = ranked {
            (ranked, false)
        } else if is_ranked {
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
        let (page, total) = if has_words {
            let mut candidates = self.matching(&notes)?;
            candidates.sort_by(|one, other| {
                other
                    .score
                    .total_cmp(&one.score)
                    .then_with(|| one.line.cmp(&other.line))
            });
            let total = candidates.len();
            let page = candidates.into_iter().skip(offset).take(limit);
            (page.collect(), total)
        } else {
            let ids: Vec<NoteId> = notes.iter().map(|(id, ..)| *id).collect();
            let search = &self.request.search;
            let (lines, total) = lines::page(
                &self.session,
                &ids,
                &self.request.kinds,
                &search.categories,
                limit,
                offset,
            )?;
            let scored = lines.into_iter().map(|line| Candidate {
                score: notes[line.rank].1,
                line,
            });
            (scored.collect::<Vec<_>>(), total)
        };
        let mut rows = Vec::new();
        for of_note in page.chunk_by(|one, other| one.line.rank == other.line.rank) {
            self.fill(of_note, notes[of_note[0].line.rank].0, &mut rows)?;
        }
        Ok(Found {
            rows,
            total,
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
            let mut add = |kind, nth, share: f32| {
                if share > 0.0 {
                    candidates.push(Candidate {
                        score: score * share,
                        line: Line { rank, kind, nth },
                    });
                }
            };
            if self.has(RowKind::Note) {
                add(RowKind::Note, 0, 1.0);
            }
            if self.has(RowKind::Observation) {
                let all = self.session.observations(*note)?;
                for (nth, (_, line)) in lines::of_categories(all, categories).enumerate() {
                    let context = line.context.as_deref().unwrap_or_default();
                    let text = format!("{} {} {context}", line.category(), line.content);
                    add(RowKind::Observation, nth, self.asked.wanted.share(&text));
                }
            }
            if self.has(RowKind::Relation) {
                for (nth, line) in self.session.relations(*note)?.iter().enumerate() {
                    let context = line.context.as_deref().unwrap_or_default();
                    let text = format!(
                        "{title}\n{}\n{}\n{context}",
                        line.relation_type, line.target
                    );
                    add(RowKind::Relation, nth, self.asked.wanted.share(&text));
                }
            }
        }
        Ok(candidates)
    }

    /// Adds the rows of one note.
    fn fill(
        &self,
        candidates: &[Candidate],
        note: NoteId,
        rows: &mut Vec<SearchRow>,
    ) -> Result<()> {
        let Some(record) = self.session.by_id(note)? else {
            return Ok(());
        };
        let has = |kind| {
            candidates
                .iter()
                .any(|candidate| candidate.line.kind == kind)
        };
        let categories = &self.request.search.categories;
        let observations: Vec<_> = if has(RowKind::Observation) {
            lines::of_categories(self.session.observations(note)?, categories).collect()
        } else {
            Vec::new()
        };
        let relations = if has(RowKind::Relation) {
            self.session.relations(note)?
        } else {
            Vec::new()
        };
        for candidate in candidates {
            let Line { kind, nth, .. } = candidate.line;
            let content =
                match kind {
                    RowKind::Note => Some(RowContent::Note),
                    RowKind::Observation => observations.get(nth).map(|(position, observation)| {
                        RowContent::Observation {
                            position: *position,
                            observation: observation.clone(),
                        }
                    }),
                    RowKind::Relation => match (relations.get(nth), self.projects.first()) {
                        (Some(relation), Some(project)) => {
                            let mut relation = relation.clone();
                            Some(RowContent::Relation {
                                position: nth,
                                target: project.end_of(&self.session, &mut relation)?,
                                relation,
                            })
                        }
                        _ => None,
                    },
                };
            rows.extend(content.map(|content| row(hit(record.clone(), candidate.score), content)));
        }
        Ok(())
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
            parts: Parts {
                words: Some(hit.score),
                lexical: hit.parts,
                ..Parts::default()
            },
            snippet: Snippet::default(),
            also: Vec::new(),
        },
        content,
    }
}
