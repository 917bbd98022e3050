//! A search with what it looked at on the way, and the passages of a note as a model knows them.
//!
//! Not another search: its hits are those that `search_notes` gives, and every leg is asked as it asks. Invariant: each
//! note a leg proposed is there with what became of it.

use super::asked::Asked;
use super::blend::{self, Counted, DEPTH};
use super::{Parts, SearchBy, SearchReply, SearchRequest};
use crate::{Project, Result};
use cairn_index::{NoteId, NoteRecord, Session};
use cairn_note::chunk;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// A search with what it looked at.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// What it answers.
    pub reply: SearchReply,
    /// What was done, in order.
    pub stages: Vec<Stage>,
    /// Every note that was looked at, the best first; without a model, the hits alone.
    pub candidates: Vec<Candidate>,
}

/// A step of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// `embed` (the question), `words`, `meaning`, `rank` (passages cut, scores fused, equal ones folded), `page`.
    pub name: &'static str,
    /// Notes it was given; 0 where it looks through all of them.
    pub given: usize,
    /// Notes that are left after it.
    pub left: usize,
    /// How long it took.
    pub took: SignedDuration,
}

/// A note that a leg proposed.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The note.
    pub note: NoteRecord,
    /// Its fused score, 0 to 1.
    pub score: f32,
    /// What that is made of.
    pub parts: Parts,
    /// Its places by each part, from 1.
    pub ranks: Ranks,
    /// What became of it.
    pub fate: Fate,
}

/// The places of a note among all candidates, from 1; `None` where it has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ranks {
    /// By words of the note.
    pub words: Option<usize>,
    /// By words of its best passage.
    pub passage: Option<usize>,
    /// By meaning.
    pub meaning: Option<usize>,
    /// By all of it.
    pub fused: Option<usize>,
}

/// What became of a note that a leg proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is a hit of the page.
    Returned,
    /// It is a hit of another page.
    OnAnotherPage,
    /// Its best passage is the same as that of this note, which stands for it.
    Folded {
        /// The path of the note that stands for it.
        into: String,
    },
    /// It shares no word with the question, and is not near enough to count.
    NotSimilar,
}

/// A passage of a note as a model knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotePassage {
    /// What its vector is found by, in hexadecimal digits.
    pub hash: String,
    /// Headings above it.
    pub heading_path: Vec<String>,
    /// Its text.
    pub text: String,
    /// What a model is told of it.
    pub told: String,
    /// Whether it has a vector of the model in use.
    pub is_embedded: bool,
}

/// The passages of a note as a model knows them.
#[derive(Debug, Clone, PartialEq)]
pub struct NotePassages {
    /// The note.
    pub note: NoteRecord,
    /// Its passages, in their order.
    pub passages: Vec<NotePassage>,
    /// Whether the index has other passages than the file: it is behind.
    pub is_behind: bool,
}

/// Measures how long steps take.
struct Watch {
    clock: fn() -> Timestamp,
    stages: Vec<Stage>,
}

impl Watch {
    fn measure<T>(
        &mut self,
        name: &'static str,
        given: usize,
        step: impl FnOnce() -> Result<(usize, T)>,
    ) -> Result<T> {
        let begun = (self.clock)();
        let (left, value) = step()?;
        self.stages.push(Stage {
            name,
            given,
            left,
            took: (self.clock)().duration_since(begun),
        });
        Ok(value)
    }
}

impl Project<'_> {
    /// Searches this project and tells what it looked at.
    ///
    /// # Errors
    /// As [`Self::search_notes`].
    pub fn inspect_search(&self, request: &SearchRequest) -> Result<Inspection> {
        let settings = &self.engine.settings;
        let mut watch = Watch {
            clock: settings.clock,
            stages: Vec::new(),
        };
        let is_plain = matches!(request.by, SearchBy::Title | SearchBy::Permalink);
        let asked = match is_plain {
            true => None,
            false => Asked::words(request, vec![self.id()])?,
        };
        let mut candidates = Vec::new();
        if let Some(asked) = &asked {
            candidates = self.candidates(request, asked, &mut watch)?;
        }
        let given = candidates.len();
        let reply = watch.measure("page", given, || {
            let reply = self.search_notes(request)?;
            Ok((reply.hits.len(), reply))
        })?;
        if candidates.is_empty() {
            candidates = reply.hits.iter().enumerate().map(hit).collect();
        }
        let shown: HashSet<NoteId> = reply.hits.iter().map(|hit| hit.note.id).collect();
        for candidate in &mut candidates {
            if candidate.fate == Fate::OnAnotherPage && shown.contains(&candidate.note.id) {
                candidate.fate = Fate::Returned;
            }
        }
        Ok(Inspection {
            reply,
            stages: watch.stages,
            candidates,
        })
    }

    /// Asks each leg and ranks what they propose; nothing where meaning does not count.
    fn candidates(
        &self,
        request: &SearchRequest,
        asked: &Asked,
        watch: &mut Watch,
    ) -> Result<Vec<Candidate>> {
        let engine = self.engine;
        let vector = match request.by {
            SearchBy::Hybrid | SearchBy::Meaning => watch.measure("embed", 0, || {
                Ok((0, engine.meaning_of(request, asked)?.vector))
            })?,
            _ => None,
        };
        let session = self.session("search")?;
        if request.by != SearchBy::Meaning && asked.query.expr.is_some() {
            watch.measure("words", 0, || {
                let found = session.lexical(&asked.query, &asked.filter, DEPTH, 0)?;
                Ok((found.hits.len(), ()))
            })?;
        }
        let (Some(vector), Some(model)) = (&vector, &engine.settings.meaning.model) else {
            return Ok(Vec::new());
        };
        let near = watch.measure("meaning", 0, || {
            let near = session.nearest(model.name(), vector, &asked.filter, DEPTH, 1)?;
            let near: Vec<(NoteId, f32)> = near
                .notes
                .iter()
                .filter_map(|note| Some((note.note, note.passages.first()?.1)))
                .collect();
            Ok((near.len(), near))
        })?;
        let meaning = blend::Meaning {
            model: model.name(),
            vector,
            least: request
                .min_similarity
                .or(engine.settings.meaning.min_similarity),
            counted: match request.by {
                SearchBy::Meaning => Counted::Meaning,
                _ => Counted::Both,
            },
            left_out: request.left_out,
        };
        let gathered = blend::gather(&session, asked, &meaning)?;
        let left_out = left_out(&session, &near, &gathered.notes())?;
        drop(session);
        let given = gathered.notes().len();
        let ranked = watch.measure("rank", given, || {
            let ranked = gathered.ranked(&[*self], asked);
            Ok((ranked.len(), ranked))
        })?;
        let mut candidates = Vec::new();
        for (place, one) in ranked.into_iter().enumerate() {
            let into = one.note.path.to_string();
            let fused = Ranks {
                fused: Some(place + 1),
                ..Ranks::default()
            };
            candidates.push(Candidate {
                note: one.note,
                score: one.score,
                parts: one.parts,
                ranks: fused,
                fate: Fate::OnAnotherPage,
            });
            candidates.extend(one.also.into_iter().map(|note| Candidate {
                note,
                score: one.score,
                parts: Parts::default(),
                ranks: Ranks::default(),
                fate: Fate::Folded { into: into.clone() },
            }));
        }
        candidates.extend(left_out);
        place_by(
            &mut candidates,
            |parts| parts.words,
            |ranks| &mut ranks.words,
        );
        place_by(
            &mut candidates,
            |parts| parts.passage,
            |ranks| &mut ranks.passage,
        );
        place_by(
            &mut candidates,
            |parts| parts.meaning,
            |ranks| &mut ranks.meaning,
        );
        Ok(candidates)
    }

    /// Returns the passages of a note as a model knows them.
    ///
    /// # Errors
    /// As [`Self::read_note`].
    pub fn inspect_passages(&self, identifier: &str) -> Result<NotePassages> {
        let note = self.identify(identifier, None)?;
        let text = crate::files::read(self.root(), &note.path)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let parsed = cairn_note::parse(&text);
        let title = parsed.title.as_deref().unwrap_or_else(|| note.path.stem());
        let date = chunk::date_of(&parsed);
        let session = self.session("read the passages of a note")?;
        let known = session.spans(note.id)?;
        let missing: HashSet<_> = session.missing(note.id)?.into_iter().collect();
        let mut hashes = Vec::new();
        let passages = if note.is_note {
            chunk::passages(&text)
        } else {
            Vec::new()
        };
        let passages = passages
            .into_iter()
            .map(|passage| {
                let said = &text[passage.range.clone()];
                let told = chunk::told(title, date.as_deref(), &passage.heading_path, said);
                let hash = chunk::PassageHash::of(&told);
                hashes.push(hash);
                NotePassage {
                    hash: hexadecimal(hash.as_bytes()),
                    heading_path: passage.heading_path,
                    text: said.to_owned(),
                    told,
                    is_embedded: known.iter().any(|span| span.hash == hash)
                        && !missing.contains(&hash),
                }
            })
            .collect();
        Ok(NotePassages {
            is_behind: !known.iter().map(|span| span.hash).eq(hashes),
            note,
            passages,
        })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hit((place, hit): (usize, &super::SearchHit)) -> Candidate {
    Candidate {
        note: hit.note.clone(),
        score: hit.score,
        parts: hit.parts,
        ranks: Ranks {
            words: hit.parts.words.map(|_| place + 1),
            fused: Some(place + 1),
            ..Ranks::default()
        },
        fate: Fate::OnAnotherPage,
    }
}

/// Notes that are near, and not near enough.
fn left_out(
    session: &Session<'_>,
    near: &[(NoteId, f32)],
    counted: &[NoteId],
) -> Result<Vec<Candidate>> {
    let mut left_out = Vec::new();
    for (id, cosine) in near.iter().filter(|(id, _)| !counted.contains(id)) {
        let Some(note) = session.by_id(*id)? else {
            continue;
        };
        left_out.push(Candidate {
            note,
            score: 0.0,
            parts: Parts {
                meaning: Some(*cosine),
                ..Parts::default()
            },
            ranks: Ranks::default(),
            fate: Fate::NotSimilar,
        });
    }
    Ok(left_out)
}

/// Gives each candidate its place by one part of its score.
fn place_by(
    candidates: &mut [Candidate],
    part: fn(&Parts) -> Option<f32>,
    rank: fn(&mut Ranks) -> &mut Option<usize>,
) {
    let mut order: Vec<(usize, f32)> = candidates
        .iter()
        .enumerate()
        .filter_map(|(at, candidate)| Some((at, part(&candidate.parts)?)))
        .collect();
    order.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let places: HashMap<usize, usize> = order.iter().map(|(at, _)| *at).zip(1..).collect();
    for (at, candidate) in candidates.iter_mut().enumerate() {
        *rank(&mut candidate.ranks) = places.get(&at).copied();
    }
}
