//! Function words that a plain question can do without.
//!
//! The list is spelled as people write; it is folded with the splitter itself, so it always agrees with the
//! index. Invariant: no word that carries meaning in English is in it, whatever it is elsewhere (German "die",
//! French "comment", Portuguese "os").

use std::collections::HashSet;
use std::sync::LazyLock;

static STOP_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    include_str!("stop_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(|word| super::phrase(word).terms.join(" "))
        .collect()
});

/// Whether `term` is a function word: articles, prepositions, pronouns, auxiliary verbs and question words of
/// English and a dozen other languages.
///
/// `term` is a term of [`terms`](super::terms), or the terms of one word joined by a space (`don t`).
pub fn is_stop_word(term: &str) -> bool {
    STOP_WORDS.contains(term)
}
