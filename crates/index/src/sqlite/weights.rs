//! What words weigh in this index, for whoever scores texts of their own.
//!
//! Not scoring. Invariant: a word weighs here what it weighs in `lexical`.

use super::Session;
use crate::Result;
use cairn_note::query::Word;

impl Session<'_> {
    /// Returns the inverse document frequency of each word; 0 of one that no note has.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn weights(&self, words: &[Word]) -> Result<Vec<f32>> {
        let weight = |word| {
            let phrases = self.asked(&[word])?;
            Ok(phrases.first().map_or(0.0, |phrase| phrase.weight))
        };
        words.iter().map(weight).collect()
    }

    /// Returns how many terms the body of a note has on average; 0 when there is none.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn mean_length(&self) -> Result<f32> {
        let (notes, words) = self.totals()?;
        Ok(words as f32 / notes.max(1) as f32)
    }
}
