//! Text to search terms, in every script.
//!
//! The index stores what [`terms`] makes of a note and a query asks for what [`phrase`] makes of a word, so the
//! two are one algorithm; it knows nothing of Markdown, fields or ranking.
//! Invariant: no dictionary and no context beyond the word decide anything, so a word of a text has the terms
//! that the same word has when it is typed alone.
//!
//! Rules, each of which bumps [`VERSION`] when changed:
//!
//! - Text is folded character by character: compatibility forms, case, diacritics of Latin, Greek and Cyrillic,
//!   Hebrew points, Arabic vowel signs, decimal digits of other scripts.
//! - Scripts with spaces: a term is a run of letters, digits and marks; everything else separates, also `_`,
//!   `-`, `.`, `/` and apostrophes. `camelCase` is one term.
//! - Scripts without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Myanmar): each two neighbouring clusters are a
//!   term, and the last cluster alone is one. A cluster is a character with its marks; the Khmer coeng and the
//!   Myanmar virama bind the next consonant too.
//! - `c++` and `c#`: a word of exactly one letter keeps a `++` or `#` right after it, unless a letter follows
//!   (`a#b`).
//! - A pictograph is a term. Other symbols and punctuation are nothing.
//! - A term has at most 64 bytes; what is longer is cut. Its only ASCII characters are `a-z 0-9 + #`.

mod fold;
mod forms;
mod stop;

pub use forms::Forms;
pub use stop::is_stop_word;

use fold::{Class, Folded, expansion, folded};
use unicode_normalization::char::{canonical_combining_class, compose};

/// Bumped whenever [`terms`] changes its output: an index with another version is rebuilt.
pub const VERSION: u32 = 1;

/// The longest term, in bytes: enough for any word, and what keeps encoded blobs out of the index.
const LONGEST_TERM: usize = 64;

/// The longest cluster, in bytes, so that two of them are a term.
const LONGEST_CLUSTER: usize = LONGEST_TERM / 2;

/// Appends the terms of `text` to `out`, each followed by one space; returns how many.
pub fn terms(text: &str, out: &mut String) -> u32 {
    let mut splitter = Splitter::new(out);
    splitter.split(text);
    splitter.count
}

/// The terms a text must have one after the other to contain a word or phrase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase {
    /// The terms in order; none if the text has no searchable character.
    pub terms: Vec<String>,
    /// Whether the last term stands for every term that begins with it.
    pub prefix: bool,
}

/// Returns what to look for to find `text` inside other texts.
///
/// These are the terms of `text`, except that it may go on where it is found: a final run of two or more
/// clusters of a continuous script is asked for without its last cluster alone, and the last term is a prefix
/// where that is a lone cluster, or where marks may follow its last character (ไท is in ไท้).
pub fn phrase(text: &str) -> Phrase {
    let mut out = String::new();
    let mut splitter = Splitter::new(&mut out);
    splitter.split(text);
    let last = splitter.last;
    let mut terms: Vec<String> = out.split_ascii_whitespace().map(str::to_owned).collect();
    let prefix = match last {
        Last::Word => false,
        Last::LoneCluster => true,
        Last::ClusterOfMany => terms
            .pop()
            .and_then(|last| last_of(&last))
            .is_some_and(takes_marks),
    };
    Phrase { terms, prefix }
}

/// Whether a character is of a continuous script whose letters carry marks: Thai, Lao, Myanmar, Khmer.
fn takes_marks(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Whether a character belongs to a script that puts no spaces between words.
pub(crate) fn is_continuous(character: char) -> bool {
    fold::is_continuous(character)
}

/// What the splitter is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    /// A word whose term begins at this offset of the output.
    Word(usize),
    /// A run of a continuous script.
    Run,
}

/// What the last term is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Word,
    LoneCluster,
    ClusterOfMany,
}

struct Splitter<'a> {
    out: &'a mut String,
    count: u32,
    inside: Inside,
    last: Last,
    /// The last finished cluster of the run.
    left: String,
    /// The cluster being read.
    right: String,
}

impl<'a> Splitter<'a> {
    fn new(out: &'a mut String) -> Self {
        let (left, right) = (String::new(), String::new());
        Self {
            out,
            count: 0,
            inside: Inside::Nothing,
            last: Last::Word,
            left,
            right,
        }
    }

    fn split(&mut self, text: &str) {
        let first = self.out.len();
        self.out.reserve(text.len() + text.len() / 8 + 2);
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at].is_ascii_alphanumeric() {
                let end = at + ascii_word(&bytes[at..]);
                self.begin_word();
                self.out.push_str(&text[at..end]);
                at = end;
            } else if bytes[at].is_ascii() {
                at += self.separate(&text[at..]);
            } else {
                at += self.wide(&text[at..]);
            }
        }
        self.end();
        // Only ASCII words were copied unfolded.
        self.out[first..].make_ascii_lowercase();
    }

    /// Reads one character beyond ASCII; returns how many bytes were consumed.
    fn wide(&mut self, rest: &str) -> usize {
        let Some(character) = rest.chars().next() else {
            return rest.len();
        };
        let Folded {
            class,
            first,
            second,
            long,
        } = folded(character);
        if long {
            for part in expansion(character).chars() {
                self.feed(folded(part).class, part);
            }
        } else if class == Class::Separator && second.is_none() {
            return self.separate(rest);
        } else {
            self.feed(class, first);
            if let Some(second) = second {
                self.feed(folded(second).class, second);
            }
        }
        character.len_utf8()
    }

    fn feed(&mut self, class: Class, character: char) {
        match class {
            Class::Letter => {
                self.begin_word();
                self.out.push(character);
            }
            Class::Cluster => self.cluster(character),
            Class::Mark => self.mark(character),
            Class::Tail => match last_of(&self.right).and_then(|last| compose(last, character)) {
                Some(syllable) if self.inside == Inside::Run => {
                    replace_last(&mut self.right, syllable);
                }
                _ => self.cluster(character),
            },
            Class::Separator => self.end(),
            Class::Symbol => {
                self.end();
                self.out.push(character);
                self.finish_term(Last::Word);
            }
            Class::Spacer if self.inside != Inside::Run => self.end(),
            Class::Spacer | Class::Ignored => {}
        }
    }

    #[inline]
    fn begin_word(&mut self) {
        match self.inside {
            Inside::Word(_) => return,
            Inside::Run => self.end(),
            Inside::Nothing => {}
        }
        self.inside = Inside::Word(self.out.len());
    }

    /// Reads a separator at the start of `rest`, and the sign of `c++` or `c#` if it is one; returns how many
    /// bytes were consumed.
    #[inline]
    fn separate(&mut self, rest: &str) -> usize {
        if let Inside::Word(start) = self.inside {
            let word = &self.out.as_bytes()[start..];
            if word.len() == 1
                && word[0].is_ascii_alphabetic()
                && let Some((sign, consumed)) = sign(rest)
            {
                self.out.push_str(sign);
                self.end();
                return consumed;
            }
            self.end();
        } else if self.inside == Inside::Run {
            self.end();
        }
        rest.chars().next().map_or(1, char::len_utf8)
    }

    fn cluster(&mut self, character: char) {
        if self.inside == Inside::Run {
            if matches!(last_of(&self.right), Some(KHMER_COENG | MYANMAR_VIRAMA)) {
                return push_capped(&mut self.right, character);
            }
            if !self.left.is_empty() {
                self.bigram();
            }
            std::mem::swap(&mut self.left, &mut self.right);
            self.right.clear();
        } else {
            self.end();
            self.inside = Inside::Run;
        }
        self.right.push(character);
    }

    fn mark(&mut self, character: char) {
        match self.inside {
            // A mark without anything to stand on is no word.
            Inside::Nothing => {}
            Inside::Word(start) => push_ordered(self.out, start, character),
            Inside::Run => match (character, last_of(&self.right)) {
                (KANA_VOICED | KANA_SEMI_VOICED, Some(last)) => match compose(last, character) {
                    Some(kana) => replace_last(&mut self.right, kana),
                    None => push_capped(&mut self.right, character),
                },
                _ if self.right.len() + character.len_utf8() > LONGEST_CLUSTER => {}
                _ => push_ordered(&mut self.right, 0, character),
            },
        }
    }

    fn bigram(&mut self) {
        self.out.push_str(&self.left);
        self.out.push_str(&self.right);
        self.finish_term(Last::ClusterOfMany);
    }

    /// Ends the word or run, if there is one.
    #[inline]
    fn end(&mut self) {
        match self.inside {
            Inside::Nothing => return,
            Inside::Word(start) => {
                if self.out.len() - start > LONGEST_TERM {
                    self.out
                        .truncate(self.out.floor_char_boundary(start + LONGEST_TERM));
                }
                self.finish_term(Last::Word);
            }
            Inside::Run => {
                let last = if self.left.is_empty() {
                    Last::LoneCluster
                } else {
                    self.bigram();
                    Last::ClusterOfMany
                };
                self.out.push_str(&self.right);
                self.finish_term(last);
                self.left.clear();
                self.right.clear();
            }
        }
        self.inside = Inside::Nothing;
    }

    #[inline]
    fn finish_term(&mut self, last: Last) {
        self.out.push(' ');
        self.count += 1;
        self.last = last;
    }
}

const KHMER_COENG: char = '\u{17d2}';
const MYANMAR_VIRAMA: char = '\u{1039}';
const KANA_VOICED: char = '\u{3099}';
const KANA_SEMI_VOICED: char = '\u{309a}';

#[inline]
fn ascii_word(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(bytes.len())
}

/// The `++` or `#` at the start of `rest`, and its bytes there (fullwidth forms are longer).
#[inline]
fn sign(rest: &str) -> Option<(&'static str, usize)> {
    let mut characters = rest.chars();
    let sign = match characters.next()? {
        '+' | '＋' if matches!(characters.next(), Some('+' | '＋')) => "++",
        '#' | '＃' => "#",
        _ => return None,
    };
    let after = characters.as_str();
    let goes_on = after.chars().next().is_some_and(|next| {
        let next = folded(next);
        next.class == Class::Letter && !next.first.is_numeric()
    });
    (!goes_on).then(|| (sign, rest.len() - after.len()))
}

fn last_of(text: &str) -> Option<char> {
    text.chars().next_back()
}

fn replace_last(text: &mut String, character: char) {
    text.pop();
    text.push(character);
}

fn push_capped(cluster: &mut String, character: char) {
    if cluster.len() + character.len_utf8() <= LONGEST_CLUSTER {
        cluster.push(character);
    }
}

/// The most marks on one character that are put in order; Unicode's stream-safe format allows as many (UAX 15),
/// and a hostile text must not cost quadratic time.
const MOST_MARKS: usize = 30;

/// Pushes a mark in canonical order among the marks that `text` ends with, looking back no further than `start`.
fn push_ordered(text: &mut String, start: usize, mark: char) {
    let class = canonical_combining_class(mark);
    let mut at = text.len();
    if class != 0 {
        for (offset, before) in text[start..].char_indices().rev().take(MOST_MARKS) {
            if canonical_combining_class(before) <= class {
                break;
            }
            at = start + offset;
        }
    }
    text.insert(at, mark);
}
