//! Passages of a note: for embedding, and for the snippet of a hit.
use std::ops::Range;
/// A passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Headings above it, outermost first.
    pub heading_path: Vec<String>,
    /// Its bytes in the given text.
    pub range: Range<usize>,
    /// Stable across edits elsewhere: first 16 hex of SHA-256 of heading path and text, `-2`, `-3` … for repeats.
    pub key: String,
}
/// Splits a note's text (frontmatter left out) into passages of whole paragraphs and list items, packed to about 60–100 words.
pub fn passages(text: &str) -> Vec<Passage> { let _ = text; todo!() }
