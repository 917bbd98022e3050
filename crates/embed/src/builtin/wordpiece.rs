//! Text to the numbers of word pieces, as BERT (uncased) was trained with.
//!
//! Characters that do not show are dropped, Chinese characters stand alone, accents go, letters become small,
//! punctuation stands alone; then each word is cut into the longest pieces the vocabulary has.
//! Unlike the tokenizers of others it reads `[SEP]` and its like in a text as plain text: a note cannot end itself.
//! Invariant: there are at most 256 numbers, the first is `[CLS]` and the last `[SEP]`, however long the text.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

static VOCABULARY: &str = include_str!("../../assets/all-MiniLM-L6-v2/vocab.txt");

/// As many tokens as the model was trained to read at once.
const MOST_TOKENS: usize = 256;

/// A longer word is unknown without looking.
const MOST_LETTERS: usize = 100;

/// The vocabulary, ready to look up.
pub(super) struct WordPiece {
    /// Pieces that begin a word.
    first: HashMap<&'static str, i32>,
    /// Pieces that go on, without their `##`.
    further: HashMap<&'static str, i32>,
    unknown: i32,
    begin: i32,
    end: i32,
}

impl WordPiece {
    pub(super) fn new() -> Self {
        let mut first = HashMap::with_capacity(25_000);
        let mut further = HashMap::with_capacity(6_000);
        for (number, piece) in (0..).zip(VOCABULARY.lines()) {
            match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => further.insert(rest, number),
                _ => first.insert(piece, number),
            };
        }
        let special = |piece: &str| first.get(piece).copied().expect("the vocabulary has it");
        Self {
            unknown: special("[UNK]"),
            begin: special("[CLS]"),
            end: special("[SEP]"),
            first,
            further,
        }
    }

    /// The numbers of the text's pieces.
    pub(super) fn ids(&self, text: &str) -> Vec<i32> {
        let mut ids = vec![self.begin];
        let mut word = String::new();
        for c in plain(text) {
            if c.is_whitespace() || is_punctuation(c) {
                self.cut(&word, &mut ids);
                word.clear();
                if !c.is_whitespace() {
                    self.cut(c.encode_utf8(&mut [0; 4]), &mut ids);
                }
                if ids.len() >= MOST_TOKENS {
                    break;
                }
            } else {
                word.push(c);
            }
        }
        self.cut(&word, &mut ids);
        ids.truncate(MOST_TOKENS - 1);
        ids.push(self.end);
        ids
    }

    /// Adds the longest pieces of a word, or one unknown where some part has none.
    fn cut(&self, word: &str, ids: &mut Vec<i32>) {
        if word.is_empty() {
            return;
        }
        if word.chars().count() > MOST_LETTERS {
            ids.push(self.unknown);
            return;
        }
        let before = ids.len();
        let mut rest = word;
        while !rest.is_empty() {
            let pieces = if rest.len() == word.len() {
                &self.first
            } else {
                &self.further
            };
            let longest = rest
                .char_indices()
                .rev()
                .map(|(at, c)| at + c.len_utf8())
                .find_map(|end| Some((end, *pieces.get(&rest[..end])?)));
            let Some((end, id)) = longest else {
                ids.truncate(before);
                ids.push(self.unknown);
                return;
            };
            ids.push(id);
            rest = &rest[end..];
        }
    }
}

/// The text as the model wants it, character by character.
fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| !is_dropped(*c))
        .flat_map(|c| {
            let space = is_chinese(c).then_some(' ');
            space.into_iter().chain([c]).chain(space)
        })
        .nfd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase)
}

fn is_dropped(c: char) -> bool {
    match c.general_category() {
        GeneralCategory::Control => !matches!(c, '\t' | '\n' | '\r'),
        GeneralCategory::Format | GeneralCategory::PrivateUse => true,
        _ => c == '\u{fffd}',
    }
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || c.general_category_group() == GeneralCategoryGroup::Punctuation
}

fn is_chinese(c: char) -> bool {
    matches!(
        u32::from(c),
        0x4E00..=0x9FFF
            | 0x3400..=0x4DBF
            | 0x20000..=0x2A6DF
            | 0x2A700..=0x2B73F
            | 0x2B740..=0x2B81F
            | 0x2B920..=0x2CEAF
            | 0xF900..=0xFAFF
            | 0x2F800..=0x2FA1F
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of odd characters, with the numbers the model's own tokenizer gives.
    static LINES: &str = include_str!("../../tests/data/wordpiece.jsonl");

    #[test]
    fn agrees_with_the_tokenizer_the_model_was_published_with() {
        let pieces = WordPiece::new();
        let mut count = 0;
        for line in LINES.lines() {
            let case: serde_json::Value =
                serde_json::from_str(line).expect("a line of the table is JSON");
            let text = case[0].as_str().expect("a text");
            assert_eq!(serde_json::json!(pieces.ids(text)), case[1], "{text:?}");
            count += 1;
        }
        assert!(count >= 400, "only {count} lines");
    }

    #[test]
    fn a_text_cannot_pretend_to_end() {
        let pieces = WordPiece::new();
        let ids = pieces.ids("one [SEP] two");
        assert_eq!(ids.iter().filter(|id| **id == pieces.end).count(), 1);
    }

    #[test]
    fn a_long_text_is_cut() {
        let pieces = WordPiece::new();
        for text in [
            "word ".repeat(100_000),
            "a".repeat(1_000_000),
            "…".repeat(10_000),
        ] {
            let ids = pieces.ids(&text);
            assert!(ids.len() <= MOST_TOKENS);
            assert_eq!((ids[0], ids[ids.len() - 1]), (pieces.begin, pieces.end));
        }
    }
}
