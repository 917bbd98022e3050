//! What the notes of a writer say.
//!
//! Invariant: a word is in one text and in no other, ever, and each text ends with the same line, so that one that was
//! cut off is seen.

use super::super::journal::Known;
use cairn_history::Hash;

/// A note of this thread, and what it says.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) text: String,
    pub(super) word: String,
    pub(super) private: bool,
}

impl Live {
    pub(super) fn known(&self) -> Known {
        Known {
            hash: Hash::of(self.text.as_bytes()),
            word: self.word.clone(),
            private: self.private,
        }
    }
}

/// A word that nothing else ever has, of letters alone.
pub(in crate::torture) fn word(round: usize, thread: usize, made: usize) -> String {
    const LETTERS: &[u8] = b"bcfhjkmnpqrtvwxz";
    let mut number = (round * 16 + thread) * 65_536 + made;
    let mut word = String::from("zq");
    for _ in 0..9 {
        word.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
    }
    word
}

/// The frontmatter of a new note.
pub(super) fn first_block(folder: &str, title: &str) -> String {
    format!("---\ntitle: {title}\ntype: note\npermalink: main/{folder}/{title}\n---\n")
}

/// The frontmatter of a note, which every change keeps.
pub(super) fn block(text: &str) -> &str {
    match text
        .strip_prefix("---\n")
        .and_then(|rest| rest.find("---\n"))
    {
        Some(end) => &text[..end + 8],
        None => "",
    }
}

/// The same text as the note of another title.
pub(super) fn with_title(text: &str, title: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        if line.starts_with("title: ") {
            format!("title: {title}\n")
        } else {
            line.to_owned()
        }
    });
    lines.collect()
}

pub(super) fn same(expected: Hash, answered: [u8; 32]) -> Option<String> {
    (expected != Hash::from(answered))
        .then(|| format!("the answer has {}, not {expected}", Hash::from(answered)))
}
