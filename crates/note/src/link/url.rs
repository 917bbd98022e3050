//! `memory://` URLs.
//!
//! This file reads them; what they lead to is the index's to find.
//! Invariant: the path of a [`MemoryUrl`] is trimmed and has nothing a permalink or a path cannot have, but for `*`.

use super::Glob;
use crate::permalink::{Extension, slug_path};

/// A parsed `memory://` URL, or the path of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryUrl {
    /// The path after `memory://`, trimmed; may hold `*`.
    pub path: String,
}

/// Why a text is not a memory URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Nothing stands after `memory://`.
    #[error(
        "the memory URL is empty; write memory:// and a permalink, a path or a pattern with '*'"
    )]
    Empty,
    /// It is longer than [`MemoryUrl::LONGEST`] characters.
    #[error("the memory URL has {0} characters, more than {longest}", longest = MemoryUrl::LONGEST)]
    TooLong(usize),
    /// It has another `://`, so another scheme.
    #[error("the memory URL '{0}' has a second '://'")]
    Scheme(String),
    /// It has `//`.
    #[error("the memory URL '{0}' has an empty segment ('//')")]
    EmptySegment(String),
    /// It has a character that stands in no permalink and no path.
    #[error("the memory URL '{url}' has the character '{character}', which no memory URL can have")]
    Character {
        /// The whole URL.
        url: String,
        /// The first such character.
        character: char,
    },
}

const SCHEME: &str = "memory://";

/// Returns what follows `memory://`, whose letters may have any case; `None` where a text does not begin with it.
pub fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

impl MemoryUrl {
    /// The most characters a URL may have, as in the reference.
    pub const LONGEST: usize = 2028;

    /// Accepts a URL with or without `memory://`.
    ///
    /// # Errors
    /// The URL is empty, too long, has another `://`, a `//`, or one of `< > " | ?`.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let length = text.chars().count();
        if length > Self::LONGEST {
            return Err(UrlError::TooLong(length));
        }
        let path = without_scheme(text).unwrap_or(text).trim();
        if path.is_empty() {
            return Err(UrlError::Empty);
        }
        if path.contains("://") {
            return Err(UrlError::Scheme(text.to_owned()));
        }
        if path.contains("//") {
            return Err(UrlError::EmptySegment(text.to_owned()));
        }
        if let Some(character) = path
            .chars()
            .find(|character| matches!(character, '<' | '>' | '"' | '|' | '?'))
        {
            return Err(UrlError::Character {
                url: text.to_owned(),
                character,
            });
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Returns the pattern over permalinks when the path holds a `*`: each part between stars slugged by itself
    /// (`foo_bar/*` is `foo-bar/*`), a final `.md` dropped.
    pub fn pattern(&self) -> Option<Glob> {
        let path = self.path.trim_start_matches('/');
        let (first, rest) = path.split_once('*')?;
        let mut pattern = part(first, Edge::End, Edge::Star);
        let mut rest = rest;
        while let Some((middle, after)) = rest.split_once('*') {
            pattern.push('*');
            pattern += &part(middle, Edge::Star, Edge::Star);
            rest = after;
        }
        pattern.push('*');
        let last = rest.strip_suffix(".md").unwrap_or(rest);
        pattern += &part(last, Edge::Star, Edge::End);
        Some(Glob::new(&pattern))
    }
}

/// What an end of a part of a pattern leans on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    End,
    Star,
}

/// The slug of one part; next to a star, the slash or the word border it begins or ends with is kept, for what the
/// star stands for goes on from there.
fn part(text: &str, before: Edge, after: Edge) -> String {
    let border = |character: Option<char>, edge| match character {
        Some('/') if edge == Edge::Star => "/",
        Some('-' | '_' | ' ') if edge == Edge::Star => "-",
        _ => "",
    };
    let extension = if after == Edge::Star {
        Extension::Keep
    } else {
        Extension::Cut
    };
    let slug = slug_path(text.trim_matches('/'), extension);
    let before = border(text.chars().next(), before);
    let after = border(text.chars().next_back().filter(|_| !slug.is_empty()), after);
    format!("{before}{slug}{after}")
}
