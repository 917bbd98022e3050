//! Vectors from the words alone, for tests.
//!
//! It understands nothing: texts that share words are near, all others are not. It costs no model.
//! Invariant: it is pure arithmetic, equal on every machine.

use crate::{Embedder, ModelId, Prefixes, Result, Role, normalised};

const DIMENSIONS: usize = 64;

/// An embedder that adds up one pseudo-random direction per word.
pub struct Hashed(ModelId);

impl Hashed {
    /// The only one there is.
    pub fn new() -> Self {
        Self(ModelId::new(
            "hashed",
            "1",
            DIMENSIONS,
            &Prefixes::default(),
        ))
    }
}

impl Default for Hashed {
    fn default() -> Self {
        Self::new()
    }
}

impl Embedder for Hashed {
    fn id(&self) -> &ModelId {
        &self.0
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, texts: &[&str], _role: Role) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }

    fn tokens(&self, text: &str, _role: Role) -> Result<Option<Vec<Vec<f32>>>> {
        Ok(Some(words(text).map(vector).collect()))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn vector(text: &str) -> Vec<f32> {
    let mut sum = vec![0.0; DIMENSIONS];
    sum[0] = 0.01;
    for word in words(text) {
        // FNV-1a, then SplitMix64 for one value per dimension.
        let mut state = word
            .to_lowercase()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        for value in &mut sum {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *value += if (mixed >> 63) == 0 { 1.0 } else { -1.0 };
        }
    }
    // The first value is never exactly zero: whole numbers plus a hundredth.
    normalised(sum).expect("a sum with a hundredth in it has a direction")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_words_are_near() {
        let texts = ["green tea", "Green tea, cold", "a bicycle", ""];
        let vectors = Hashed::new().embed(&texts, Role::Passage).expect("no IO");
        let cosine = |a: usize, b: usize| -> f32 {
            vectors[a].iter().zip(&vectors[b]).map(|(a, b)| a * b).sum()
        };
        assert!(cosine(0, 1) > 0.6, "{}", cosine(0, 1));
        assert!(cosine(0, 2) < 0.4, "{}", cosine(0, 2));
        assert!(vectors.iter().all(|vector| vector.len() == DIMENSIONS));
    }

    #[test]
    fn a_token_is_a_word_by_itself() {
        let hashed = Hashed::new();
        let tokens = hashed.tokens("Green, green tea!", Role::Query);
        let tokens = tokens.expect("no IO").expect("it has tokens");
        let words = hashed.embed(&["green", "green", "tea"], Role::Query);
        assert_eq!(tokens, words.expect("no IO"));
    }
}
