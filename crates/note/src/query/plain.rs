//! A query of plain words and quoted phrases.
//!
//! Words are read generously, because any of them may match: endings that only grammar added are left off, and
//! a sentence written without spaces is taken apart.
//! Invariant: what is taken off a word makes it match more, never less.

use super::tokens::{Starred, Token};
use super::{Expr, MOST_WORDS, Word, word};
use crate::words::{is_continuous, is_stop_word, phrase, terms};

/// The longest run of clusters that is looked for as a whole; a longer one is a sentence, not a word.
const LONGEST_PHRASE: usize = 4;

/// The most parts of a compound word that may match alone; more of them are a path or an address.
const MOST_PARTS: usize = 4;

/// Reads the tokens; `None` if no word has a term.
pub(super) fn parse(tokens: &[Token<'_>]) -> Option<Expr> {
    let mut phrases: Vec<Word> = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    for &token in tokens {
        match token {
            Token::Phrase(text, starred) => {
                phrases.extend(word(text, starred).filter(|word| is_new(word, &phrases)));
            }
            Token::Word(text, starred) => {
                for mut word in plain_words(text, starred) {
                    if words.len() < MOST_WORDS && is_new(&word, &words) {
                        word.exact = word.prefix;
                        words.push(word);
                    }
                }
            }
            _ => {}
        }
    }
    mark_stop_words(&mut words);
    // A compound word that is asked for alone is a name.
    if words.len() > 1 {
        words = with_parts(words);
    }
    let only_stop_words = words.iter().all(|word| is_stop_word(&word.terms.join(" ")));
    if phrases.is_empty() {
        return match words.len() {
            0 | 1 => words.pop().map(Expr::Word),
            _ => Some(Expr::Any(words)),
        };
    }
    let mut all: Vec<Expr> = phrases.into_iter().map(Expr::Word).collect();
    if !only_stop_words {
        all.push(Expr::Any(words));
    }
    match all.len() {
        1 => all.pop(),
        _ => Some(Expr::And(all)),
    }
}

fn is_new(word: &Word, words: &[Word]) -> bool {
    !words
        .iter()
        .any(|other| other.terms == word.terms && other.prefix == word.prefix)
}

fn mark_stop_words(words: &mut [Word]) {
    for word in &mut *words {
        word.stop = !word.prefix && is_stop_word(&word.terms.join(" "));
    }
    if words.iter().all(|word| word.stop) {
        for word in words {
            word.stop = false;
        }
    }
}

/// The words, each compound one followed by its parts.
fn with_parts(words: Vec<Word>) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::with_capacity(words.len());
    let whole = words.clone();
    for word in words {
        let parts = parts(&word);
        all.push(word);
        for part in parts {
            if is_new(&part, &whole) && is_new(&part, &all) {
                all.push(part);
            }
        }
    }
    all.truncate(MOST_WORDS.max(whole.len()));
    all
}

/// The parts of a compound word that are words by themselves; numbers, and those of scripts without spaces, are none.
fn parts(word: &Word) -> Vec<Word> {
    let is_compound = (2..=MOST_PARTS).contains(&word.terms.len()) && !word.prefix && !word.stop;
    let terms = word.terms.iter().filter(|_| is_compound);
    terms
        .filter(|term| {
            term.len() > 1
                && term.starts_with(|character: char| character.is_ascii_lowercase())
                && term.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && !is_stop_word(term)
        })
        .map(|term| Word {
            text: term.clone(),
            terms: vec![term.clone()],
            prefix: false,
            stop: false,
            exact: false,
            part: true,
        })
        .collect()
}

fn plain_words(text: &str, starred: Starred) -> Vec<Word> {
    if starred == Starred::Yes {
        return word(text, starred).into_iter().collect();
    }
    let text = without_grammar(text);
    let spans = spans(text);
    let clusters: usize = spans.iter().map(|span| clusters(span)).sum();
    if clusters <= LONGEST_PHRASE {
        return word(text, starred).into_iter().collect();
    }
    // One cluster between other words is a particle more often than a word.
    spans
        .into_iter()
        .filter(|span| clusters_or_many(span) > 1)
        .flat_map(taken_apart)
        .collect()
}

fn taken_apart(span: &str) -> Vec<Word> {
    if clusters(span) <= LONGEST_PHRASE {
        return word(span, Starred::No).into_iter().collect();
    }
    let found = phrase(span);
    let last = found.terms.len().saturating_sub(1);
    found
        .terms
        .into_iter()
        .enumerate()
        .take(MOST_WORDS)
        .map(|(place, term)| Word {
            text: term.clone(),
            terms: vec![term],
            prefix: found.prefix && place == last,
            stop: false,
            exact: true,
            part: false,
        })
        .collect()
}

/// The clusters of a span of a continuous script; 0 for another span.
fn clusters(span: &str) -> usize {
    if !span.chars().any(is_continuous) {
        return 0;
    }
    // Each cluster ends a pair, but for the first, and the last is a term alone.
    terms(span, &mut String::new()) as usize
}

fn clusters_or_many(span: &str) -> usize {
    match clusters(span) {
        0 => usize::MAX,
        clusters => clusters,
    }
}

/// Cuts a word where it changes between continuous and spaced scripts, and a continuous one at punctuation.
fn spans(text: &str) -> Vec<&str> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut inside = None;
    for (at, character) in text.char_indices() {
        let kind = if is_continuous(character) {
            Some(true)
        } else if character.is_alphanumeric() {
            Some(false)
        } else {
            None
        };
        let cut = match (inside, kind) {
            (Some(before), Some(now)) => before != now,
            (Some(before), None) => before && character.is_ascii(),
            (None, _) => false,
        };
        if cut {
            spans.push(&text[start..at]);
            start = at;
            inside = kind;
        } else if kind.is_some() {
            inside = kind;
        }
    }
    spans.push(&text[start..]);
    spans
}

/// Leaves off what grammar adds to a word: an English `'s`, a French or Italian elided article, a Korean or
/// Japanese particle. The rest still matches the longer word.
fn without_grammar(text: &str) -> &str {
    let text = text.trim_end_matches(|character: char| {
        character.is_ascii_punctuation() && !"+#".contains(character)
    });
    if let Some((before, after)) = text.split_once(['\'', '’']) {
        let elided = ELIDED
            .iter()
            .any(|article| article.eq_ignore_ascii_case(before));
        if elided && after.chars().nth(1).is_some() {
            return after;
        }
        if after.eq_ignore_ascii_case("s") && !before.is_empty() {
            return before;
        }
    }
    for particle in PARTICLES {
        let Some(rest) = text.strip_suffix(particle) else {
            continue;
        };
        let mut before = rest.chars().rev();
        let hangul = matches!(particle.chars().next(), Some('\u{ac00}'..='\u{d7a3}'));
        let enough = match (before.next(), before.next()) {
            (Some('\u{ac00}'..='\u{d7a3}'), Some('\u{ac00}'..='\u{d7a3}')) => hangul,
            (Some('\u{30a1}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'), Some(_)) => !hangul,
            _ => false,
        };
        if enough {
            return rest;
        }
    }
    text
}

const ELIDED: [&str; 20] = [
    "l", "d", "j", "m", "n", "s", "c", "t", "qu", "jusqu", "lorsqu", "puisqu", "quelqu", "un",
    "all", "dall", "dell", "nell", "sull", "quest",
];

/// Longer ones first.
const PARTICLES: [&str; 31] = [
    "에서", "으로", "부터", "까지", "에게", "한테", "하고", "이나", "은", "는", "이", "가", "을",
    "를", "에", "의", "도", "로", "와", "과", "から", "まで", "を", "に", "は", "が", "の", "と",
    "へ", "で", "も",
];
