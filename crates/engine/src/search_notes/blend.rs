//! Words and meaning together: which notes may be hits, and in what order.
//!
//! The legs are asked in one session; then, outside it, the files of what they found are cut into passages. Invariant:
//! candidates do not depend on the page that is asked for, so pages are cut from one list.

use super::asked::Asked;
use super::cut::{self, CutNote};
use super::fuse::{self, Legs};
use super::snippet;
use super::ties::{self, Tied};
use super::{LeftOut, Parts, SearchHit, Snippet};
use crate::{Project, Result};
use cairn_index::{NoteId, NoteRecord, Scores, Session};
use std::collections::HashMap;

/// Notes that each leg may propose.
pub(super) const DEPTH: usize = 100;
/// Passages of a note whose nearness is looked at.
const PASSAGES: usize = 256;
/// How much a note is about something as a whole, beside what its nearest passage says. Measured, see
/// `docs/design/retrieval.md`.
const WHOLE: f32 = 0.2;
/// The cosine below which a note that shares no word with the question is no answer to it.
pub(super) const LEAST_MEANING: f32 = 0.2;
/// Characters of a passage from which on two notes with the same one say the same.
const LEAST_DOUBLE: usize = 80;

/// What counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Words and meaning.
    Both,
    /// Meaning alone.
    Meaning,
}

/// A question's meaning.
pub(super) struct Meaning<'a> {
    pub(super) model: &'a str,
    pub(super) vector: &'a [f32],
    /// The least cosine that counts, if somebody named one.
    pub(super) least: Option<f32>,
    pub(super) counted: Counted,
    pub(super) left_out: LeftOut,
}

/// A note that a leg proposed.
struct Candidate {
    note: NoteRecord,
    words: Option<(f32, Scores)>,
    /// Its passages nearest in meaning, the nearest first.
    near: Vec<(usize, f32)>,
}

impl Candidate {
    /// The cosine of its nearest passage.
    fn nearest(&self) -> Option<f32> {
        self.near.first().map(|(_, cosine)| *cosine)
    }

    /// How near it is, its other passages counted too.
    fn nearness(&self) -> Option<f32> {
        let all: f32 = self.near.iter().map(|(_, cosine)| cosine).sum();
        let mean = all / self.near.len().max(1) as f32;
        Some((1.0 - WHOLE) * self.nearest()? + WHOLE * mean)
    }
}

/// What the legs found.
pub(super) struct Gathered {
    candidates: Vec<Candidate>,
    /// Inverse document frequency of each wanted word.
    weights: Vec<f32>,
    counted: Counted,
    left_out: LeftOut,
    /// Notes that have any of the words, or are near.
    pub(super) total: usize,
    pub(super) total_is_exact: bool,
}

/// Asks the legs.
pub(super) fn gather(
    session: &Session<'_>,
    asked: &Asked,
    meaning: &Meaning<'_>,
) -> Result<Gathered> {
    let mut candidates = Vec::new();
    let (mut total, mut total_is_exact) = (0, true);
    let mut places: HashMap<NoteId, usize> = HashMap::new();
    if meaning.counted == Counted::Both {
        let found = session.lexical(&asked.query, &asked.filter, DEPTH, 0)?;
        (total, total_is_exact) = (found.total, found.total_is_exact);
        for hit in found.hits {
            places.insert(hit.note.id, candidates.len());
            candidates.push(Candidate {
                note: hit.note,
                words: Some((hit.score, hit.parts)),
                near: Vec::new(),
            });
        }
    }
    let near = session.nearest(
        meaning.model,
        meaning.vector,
        &asked.filter,
        DEPTH,
        PASSAGES,
    )?;
    for found in near.notes {
        let is_near = |least: f32| {
            found
                .passages
                .first()
                .is_some_and(|(_, cosine)| *cosine >= least)
        };
        if meaning.least.is_some_and(|least| !is_near(least)) {
            continue;
        }
        if let Some(place) = places.get(&found.note) {
            candidates[*place].near = found.passages;
        } else if is_near(meaning.least.unwrap_or(LEAST_MEANING))
            && let Some(note) = session.by_id(found.note)?
        {
            total += 1;
            candidates.push(Candidate {
                note,
                words: None,
                near: found.passages,
            });
        }
    }
    Ok(Gathered {
        candidates,
        weights: session.weights(&asked.wanted.sources())?,
        counted: meaning.counted,
        left_out: meaning.left_out,
        total,
        total_is_exact,
    })
}

/// A note in its place, not shown yet.
pub(super) struct Ranked {
    pub(super) note: NoteRecord,
    pub(super) score: f32,
    pub(super) parts: Parts,
    cut: Option<CutNote>,
    /// Its passage that answers best.
    passage: Option<usize>,
    /// Notes that say the same.
    pub(super) also: Vec<NoteRecord>,
}

impl Gathered {
    /// The notes that were proposed.
    pub(super) fn notes(&self) -> Vec<NoteId> {
        let candidates = self.candidates.iter();
        candidates.map(|candidate| candidate.note.id).collect()
    }

    /// Reads what the candidates say and puts them in order, the best first.
    pub(super) fn ranked(self, projects: &[Project<'_>], asked: &Asked) -> Vec<Ranked> {
        let readable: Vec<(usize, Project<'_>, &NoteRecord)> = self
            .candidates
            .iter()
            .enumerate()
            .filter_map(|(place, candidate)| {
                let mut all = projects.iter();
                let home = all.find(|project| project.id() == candidate.note.project)?;
                Some((place, *home, &candidate.note))
            })
            .collect();
        let notes: Vec<_> = readable
            .iter()
            .map(|(_, home, note)| (*home, *note))
            .collect();
        let mut cuts: HashMap<usize, CutNote> = readable
            .iter()
            .zip(cut::cut(&notes, &asked.wanted, &self.weights))
            .filter_map(|((place, ..), cut)| Some((*place, cut?)))
            .collect();
        let legs: Vec<Legs> = self
            .candidates
            .iter()
            .enumerate()
            .map(|(place, candidate)| Legs {
                words: candidate.words.map(|(score, _)| score),
                passage: cuts.get(&place).and_then(|cut| Some(cut.best()?.1)),
                meaning: candidate.nearness(),
            })
            .collect();
        let scores = match self.counted {
            Counted::Both => self.fused(&legs, &cuts),
            // A cosine below nothing is nothing alike.
            Counted::Meaning => self
                .candidates
                .iter()
                .map(|candidate| candidate.nearest().unwrap_or_default().clamp(0.0, 1.0))
                .collect(),
        };
        let highest = legs
            .iter()
            .filter_map(|legs| legs.passage)
            .fold(0.0, f32::max);
        let mut ranked: Vec<Ranked> = self
            .candidates
            .into_iter()
            .enumerate()
            .map(|(place, candidate)| {
                let cut = cuts.remove(&place);
                let Legs { words, passage, .. } = legs[place];
                Ranked {
                    passage: cut
                        .as_ref()
                        .and_then(|cut| best(cut, &candidate.near, highest)),
                    cut,
                    score: scores[place],
                    parts: Parts {
                        words,
                        passage,
                        meaning: candidate.nearest(),
                        lexical: candidate.words.map(|(_, parts)| parts).unwrap_or_default(),
                    },
                    note: candidate.note,
                    also: Vec::new(),
                }
            })
            .collect();
        ranked.sort_by(|one, other| {
            other
                .score
                .total_cmp(&one.score)
                .then_with(|| one.note.path.cmp(&other.note.path))
        });
        folded(ranked)
    }
}

impl Gathered {
    /// Everything together.
    fn fused(&self, legs: &[Legs], cuts: &HashMap<usize, CutNote>) -> Vec<f32> {
        let mut legs = legs.to_vec();
        for legs in &mut legs {
            match self.left_out {
                LeftOut::Nothing | LeftOut::Ties => {}
                LeftOut::Words => legs.words = None,
                LeftOut::Passages => legs.passage = None,
                LeftOut::Meaning => legs.meaning = None,
            }
        }
        let scores = fuse::fuse(&legs);
        match self.left_out {
            LeftOut::Ties => scores,
            _ => self.tied(&scores, cuts),
        }
    }

    /// The scores, with what the notes have to do with each other.
    fn tied(&self, scores: &[f32], cuts: &HashMap<usize, CutNote>) -> Vec<f32> {
        let notes = self.candidates.iter().zip(scores).enumerate();
        let notes: Vec<Tied<'_>> = notes
            .map(|(place, (candidate, score))| Tied {
                title: &candidate.note.title,
                text: cuts.get(&place).map(|cut| cut.text.as_str()),
                score: *score,
            })
            .collect();
        ties::tie(&notes)
    }
}

/// The passage of a note that answers best, by words and meaning.
fn best(cut: &CutNote, near: &[(usize, f32)], highest: f32) -> Option<usize> {
    let score = |passage: usize| {
        let words = if highest > 0.0 {
            cut.scores[passage] / highest
        } else {
            0.0
        };
        let nearness = near.iter().find(|(position, _)| *position == passage);
        words + nearness.map_or(0.0, |(_, cosine)| *cosine)
    };
    let all = (0..cut.passages.len()).map(|passage| (passage, score(passage)));
    all.filter(|(_, score)| *score > 0.0)
        .max_by(|(one_at, one), (at, other)| one.total_cmp(other).then(at.cmp(one_at)))
        .map(|(passage, _)| passage)
}

/// Puts notes whose best passages are the same into the first of them.
fn folded(ranked: Vec<Ranked>) -> Vec<Ranked> {
    let mut kept: Vec<Ranked> = Vec::with_capacity(ranked.len());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for one in ranked {
        let said = one
            .said()
            .filter(|said| said.chars().count() >= LEAST_DOUBLE);
        match said {
            Some(said) => match seen.get(&said) {
                Some(place) => kept[*place].also.push(one.note),
                None => {
                    seen.insert(said, kept.len());
                    kept.push(one);
                }
            },
            None => kept.push(one),
        }
    }
    kept
}

impl Ranked {
    /// Its best passage, words only.
    fn said(&self) -> Option<String> {
        let cut = self.cut.as_ref()?;
        let passage = cut.passages.get(self.passage?)?;
        let words: Vec<_> = cut.text[passage.range.clone()].split_whitespace().collect();
        Some(words.join(" "))
    }

    /// As it is shown.
    pub(super) fn shown(self, asked: &Asked) -> SearchHit {
        let snippet = self.cut.as_ref().map_or_else(Snippet::default, |cut| {
            match self.passage.and_then(|passage| cut.passages.get(passage)) {
                Some(passage) => snippet::of_passage(&cut.text, passage, &asked.wanted),
                None => snippet::snippet(&cut.text, &asked.wanted),
            }
        });
        SearchHit {
            note: self.note,
            score: self.score,
            parts: self.parts,
            snippet,
            also: self.also,
        }
    }
}
