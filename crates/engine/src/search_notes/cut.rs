//! Notes cut into passages, and how well each passage answers a question by its words.
//!
//! The files are read here, outside any session. Invariant: a file that cannot be read, or whose turn comes after
//! [`MOST_BYTES`], has no passages, and is ranked by what else is known of it.

use super::units::Wanted;
use crate::Project;
use cairn_index::NoteRecord;
use cairn_note::chunk::{self, Passage};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// The largest file that is cut, in bytes: reading more costs more than a search.
pub(super) const LARGEST_FILE: u64 = 4 << 20;
/// Bytes of files that are cut for one question.
const MOST_BYTES: u64 = 8 << 20;

/// BM25's saturation and length normalisation (Robertson & Zaragoza, "The probabilistic relevance framework", 2009).
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// What another form of a word counts for, as in the index.
const FORM: f32 = 0.6;
/// The length of a passage in words where it counts neither for nor against it.
const USUAL_LENGTH: f32 = 95.0;

/// A note's text and passages.
#[derive(Debug)]
pub(super) struct CutNote {
    pub(super) text: String,
    pub(super) passages: Vec<Passage>,
    /// BM25 of each passage, its title and headings counted as part of it.
    pub(super) scores: Vec<f32>,
}

impl CutNote {
    /// The best passage by its words, if any word stands anywhere.
    pub(super) fn best(&self) -> Option<(usize, f32)> {
        let scores = self.scores.iter().copied().enumerate();
        scores
            .filter(|(_, score)| *score > 0.0)
            .max_by(|(one_at, one), (at, other)| one.total_cmp(other).then(at.cmp(one_at)))
    }
}

/// Cuts notes, each of its project, as far as [`MOST_BYTES`] goes; those that come first are cut first.
pub(super) fn cut(
    notes: &[(Project<'_>, &NoteRecord)],
    wanted: &Wanted,
    weights: &[f32],
) -> Vec<Option<CutNote>> {
    let spent = AtomicU64::new(0);
    let one = |(project, note): &(Project<'_>, &NoteRecord)| {
        let size = note.fingerprint.size;
        let is_readable = note.is_note && size <= LARGEST_FILE;
        if !is_readable || spent.fetch_add(size, Ordering::Relaxed) > MOST_BYTES {
            return None;
        }
        let bytes = crate::files::read(project.root(), &note.path).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        Some(scored(text, note, wanted, weights))
    };
    match notes {
        [only] => vec![one(only)],
        _ => notes.par_iter().map(one).collect(),
    }
}

fn scored(text: String, note: &NoteRecord, wanted: &Wanted, weights: &[f32]) -> CutNote {
    let passages = chunk::passages(&text);
    let title = Counts::of(&note.title, wanted);
    let scores = passages.iter().map(|passage| {
        let mut counts = Counts::of(&text[passage.range.clone()], wanted);
        // What a note is called tells more than any other line of it.
        counts.add(&title);
        counts.add(&title);
        for heading in &passage.heading_path {
            counts.add(&Counts::of(heading, wanted));
        }
        counts.bm25(weights)
    });
    CutNote {
        scores: scores.collect(),
        passages,
        text,
    }
}

/// How often each word of a question stands in a text.
struct Counts {
    of_words: Vec<f32>,
    length: f32,
}

impl Counts {
    fn of(text: &str, wanted: &Wanted) -> Self {
        let mut of_words = vec![0.0; wanted.words.len()];
        for found in wanted.matches(text) {
            of_words[found.word] += if found.is_form { FORM } else { 1.0 };
        }
        Self {
            of_words,
            length: chunk::weight(text) as f32,
        }
    }

    fn add(&mut self, other: &Self) {
        self.length += other.length;
        for (count, more) in self.of_words.iter_mut().zip(&other.of_words) {
            *count += more;
        }
    }

    fn bm25(&self, weights: &[f32]) -> f32 {
        let factor = K1 * (1.0 - B + B * self.length / USUAL_LENGTH);
        let parts = self.of_words.iter().zip(weights);
        parts
            .map(|(count, weight)| weight * count * (K1 + 1.0) / (count + factor))
            .sum()
    }
}
