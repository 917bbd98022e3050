//! What a person typed into a search box, as a tree.
//!
//! This is the one place where query text is read; a backend renders the tree and never sees the text.
//! Invariant: no text makes [`Query::parse`] fail, and the tree is small whatever the text (at most 64 words in
//! a plain query, 512 tokens, 32 levels, 64 terms in a word).
//!
//! - Plain words: any may match. Function words are marked, endings that only grammar added (`Anna's`,
//!   `l'index`, `서울에서`) are left off. Beside other words, the parts of a compound one (`low-dose`) may match too.
//! - A word of a script without spaces is looked for as a phrase up to four clusters. In a plain query a longer
//!   one is a sentence: each two neighbouring clusters become a word, so that notes with parts of it match
//!   and those with most of it come first.
//! - `"quoted words"` must stand beside each other; in a plain query they must match, while any of the bare
//!   words may.
//! - `AND`, `OR`, `NOT` in capitals and parentheses make a boolean query, where words beside each other must all
//!   match. Without such an operator parentheses are punctuation.
//! - `mem*` is a prefix; `*` alone, like a blank text, is no condition.
//! - `tag:a,b` or `tag:a b` asks for tags and nothing else.

mod boolean;
mod plain;
mod tokens;

use crate::words::phrase;
use tokens::{Starred, Token, is_blank, tokens};

/// The most words of a plain query, and the most terms of one word.
const MOST_WORDS: usize = 64;

/// A parsed query. No text makes this fail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// `None`: no text condition at all (blank, or `*`), unless [`nothing`](Self::nothing) is set.
    pub expr: Option<Expr>,
    /// Tags from a `tag:a,b` query.
    pub tags: Vec<String>,
    /// Whether there was a text without anything searchable in it (`@#$%`): such a query matches nothing.
    pub nothing: bool,
}

/// A node of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Plain words: any may match, more is better. Never empty.
    Any(Vec<Word>),
    /// A single word or quoted phrase that must match.
    Word(Word),
    /// All must match.
    And(Vec<Self>),
    /// One must match.
    Or(Vec<Self>),
    /// The first without the second; a leading `NOT x` has `None`.
    Not(Option<Box<Self>>, Box<Self>),
}

/// One user word or phrase: its terms as an adjacent sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As typed, without quotes, star and what grammar added.
    pub text: String,
    /// Its terms (from the same splitter as the index), one or more.
    pub terms: Vec<String>,
    /// Whether the last term is a prefix (`mem*`, or a lone cluster of a continuous script).
    pub prefix: bool,
    /// A function word, dropped from plain queries unless nothing else is there (then never set).
    pub stop: bool,
    /// Whether it is meant as it is written: quoted, a prefix, or beside an operator. Other forms of another word
    /// are meant too, though less.
    pub exact: bool,
    /// A part of the compound word before it, which tells half as much.
    pub part: bool,
}

impl Query {
    /// Parses; total.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_matches(is_blank);
        if text
            .chars()
            .all(|character| character == '*' || is_blank(character))
        {
            return Self::default();
        }
        if let Some(tags) = tags(text) {
            return Self {
                tags,
                ..Self::default()
            };
        }
        let tokens = tokens(text);
        let is_operator = |token: &Token<'_>| matches!(token, Token::And | Token::Or | Token::Not);
        let expr = if tokens.iter().any(is_operator) {
            // Nothing but operators is a text about Oregon, not a query language.
            boolean::parse(&tokens).or_else(|| plain::parse(&as_words(&tokens)))
        } else {
            plain::parse(&tokens)
        };
        Self {
            nothing: expr.is_none(),
            expr,
            tags: Vec::new(),
        }
    }
}

fn as_words<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let word = |token: &Token<'a>| match token {
        Token::And => Token::Word("AND", Starred::No),
        Token::Or => Token::Word("OR", Starred::No),
        Token::Not => Token::Word("NOT", Starred::No),
        other => *other,
    };
    tokens.iter().map(word).collect()
}

/// The tags of a `tag:` query; `None` if it is not one, or names no tag.
fn tags(text: &str) -> Option<Vec<String>> {
    let (prefix, list) = text.split_at_checked(4)?;
    if !prefix.eq_ignore_ascii_case("tag:") {
        return None;
    }
    let mut tags: Vec<String> = Vec::new();
    for tag in list.split(|character: char| character == ',' || is_blank(character)) {
        let tag = tag.trim_matches('"').trim_start_matches('#');
        if !tag.is_empty() && tags.len() < MOST_WORDS && !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    (!tags.is_empty()).then_some(tags)
}

fn word(text: &str, starred: Starred) -> Option<Word> {
    let mut found = phrase(text);
    if found.terms.is_empty() {
        return None;
    }
    let prefix = (found.prefix || starred == Starred::Yes) && found.terms.len() <= MOST_WORDS;
    found.terms.truncate(MOST_WORDS);
    let text = match starred {
        Starred::Yes => text.trim_end_matches(['*', '?', '!', ',', '.', ';', ':']),
        Starred::No => text,
    };
    Some(Word {
        text: text.to_owned(),
        terms: found.terms,
        prefix,
        stop: false,
        exact: true,
        part: false,
    })
}
