//! How one note names another: link targets, identifiers, and the key under which the two sides meet.
//!
//! This file takes names apart; which note a name stands for is the index's to find.
//! Invariant: whatever rule lets a link find a note, one of the link's [`LinkTarget::buckets`] is the [`bucket`] of
//! the note's permalink, title or path.

mod glob;
mod spans;
mod url;

pub use glob::Glob;
pub use spans::{Form, LinkSpan, rewrite, spans};
pub use url::{MemoryUrl, UrlError, without_scheme};

use crate::path::alias_key;
use crate::permalink::{below_project, slug, without_extension};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// What stands between `[[` and `]]`, or what a person typed to name a note, cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    /// Trimmed, brackets and alias removed, `a::b` as `a/b`.
    pub name: String,
    /// The name before its first `#`, when it has one and something stands before it: tried when the whole name
    /// resolves nowhere.
    pub without_heading: Option<String>,
    /// What follows that `#` (a heading, or `^block`).
    pub heading: Option<String>,
    /// Whether the project was named with `::`.
    pub qualified: bool,
}

impl LinkTarget {
    /// Reads the text of a link, with or without its brackets; `None` when it names nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text
            .strip_prefix("[[")
            .and_then(|inner| inner.strip_suffix("]]"))
            .unwrap_or(text);
        // In a table the bar before an alias is escaped.
        let text = match text.split_once('|') {
            Some((named, _)) => named.strip_suffix('\\').unwrap_or(named),
            None => text,
        };
        let text = text.trim();
        let (name, qualified) = match text
            .split_once("::")
            .map(|(project, rest)| (project.trim(), rest.trim()))
        {
            Some((project, rest)) if !project.is_empty() && !rest.is_empty() => {
                (format!("{project}/{rest}"), true)
            }
            _ => (text.to_owned(), false),
        };
        if name.is_empty() {
            return None;
        }
        let (without_heading, heading) = match split_heading(&name) {
            Some((before, heading)) => (Some(before.to_owned()), heading),
            None => (None, name.strip_prefix('#').unwrap_or_default()),
        };
        let heading = Some(heading.trim())
            .filter(|heading| !heading.is_empty())
            .map(str::to_owned);
        Some(Self {
            without_heading,
            heading,
            name,
            qualified,
        })
    }

    /// Returns the first segment and the rest when the name has a `/`: a candidate for another project.
    pub fn project_prefix(&self) -> Option<(&str, &str)> {
        self.name
            .split_once('/')
            .filter(|(project, rest)| !project.is_empty() && !rest.is_empty())
    }

    /// Returns the texts tried against permalinks, in order, each once: the name without outer slashes, its slug,
    /// its slug below `project` (a slug), and the two without that project's own prefix.
    ///
    /// A slug of nothing but signs is left out: it would stand for any note whose name has no slug.
    pub fn permalink_candidates(&self, project: Option<&str>) -> Vec<String> {
        let exact = self.name.trim_matches('/');
        let slug = slug(exact);
        let named = |text: &str| {
            text.rsplit('/')
                .next()
                .is_some_and(|last| !key(last).is_empty())
        };
        let slug = Some(slug.as_str()).filter(|slug| named(slug));
        let own = |text: &str| {
            let inside = text
                .strip_prefix(project?)?
                .strip_prefix('/')?
                .trim_matches('/');
            named(inside).then(|| inside.to_owned())
        };
        let candidates = [
            Some(exact.to_owned()),
            slug.map(str::to_owned),
            slug.and_then(|slug| below_project(slug, project?)),
            own(exact),
            slug.and_then(own),
        ];
        let mut unique: Vec<String> = Vec::with_capacity(candidates.len());
        for candidate in candidates.into_iter().flatten() {
            if !candidate.is_empty() && !unique.contains(&candidate) {
                unique.push(candidate);
            }
        }
        unique
    }

    /// Returns every key under which a note this link may find can be filed, the likeliest first.
    ///
    /// Nearly always that is one, `bucket(&name)`. A name with `#` has a second, in case the sign belongs to the
    /// note's name; one with letters whose folded form is transliterated differently (`µ`) has another.
    pub fn buckets(&self) -> Vec<String> {
        let mut buckets = Vec::with_capacity(1);
        let mut add = |text: &str| {
            for bucket in [Some(key(&alias_key(text))), raw_key(text)]
                .into_iter()
                .flatten()
            {
                if !buckets.contains(&bucket) {
                    buckets.push(bucket);
                }
            }
        };
        add(before_heading(&self.name));
        if self.name.contains('#') {
            add(&self.name);
        }
        buckets
    }
}

/// The parts before and after the first `#`, if something stands before it; trimmed at the cut.
fn split_heading(name: &str) -> Option<(&str, &str)> {
    let (before, heading) = name.split_once('#')?;
    let named = before
        .chars()
        .any(|character| !matches!(character, '/' | '.') && !character.is_whitespace());
    named.then(|| (before.trim_end(), heading))
}

fn before_heading(name: &str) -> &str {
    split_heading(name).map_or(name, |(before, _)| before)
}

/// Returns the canonical lowercase hyphenated form when `text` looks like a UUID: 32 hexadecimal digits in any case,
/// all together or hyphenated 8-4-4-4-12.
pub fn uuid(text: &str) -> Option<String> {
    let text = text.trim();
    let hyphenated = match text.len() {
        32 => false,
        36 => true,
        _ => return None,
    };
    let mut canonical = String::with_capacity(36);
    for (at, byte) in text.bytes().enumerate() {
        if hyphenated && matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
        } else if !byte.is_ascii_hexdigit() {
            return None;
        } else {
            if matches!(canonical.len(), 8 | 13 | 18 | 23) {
                canonical.push('-');
            }
            canonical.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    Some(canonical)
}

/// Returns a coarse key of a link's or a note's name, so that the links a new note may satisfy are found without
/// reading all of them; see [`LinkTarget::buckets`].
///
/// It is what comes before a heading, its last segment, without case, extension, hyphens and dots, transliterated as
/// a slug; or, when that leaves nothing, the characters of the case-folded segment beyond ASCII.
pub fn bucket(text: &str) -> String {
    key(&alias_key(before_heading(text)))
}

/// The key of a name whose slug may not be that of its folded form; a dot, because case may part an extension.
fn raw_key(text: &str) -> Option<String> {
    let may_differ = !text.is_ascii() || text.contains(['\\', '.']);
    may_differ.then(|| key(text))
}

/// The last segment of what slugging (again and again, for it may lay bare another extension) comes to.
fn key(text: &str) -> String {
    let segment = last_segment(text);
    let mut stable = Cow::Borrowed(segment);
    loop {
        let slug = slug(without_bare_extension(&stable));
        let next = last_segment(&slug);
        if next == stable {
            break;
        }
        stable = Cow::Owned(next.to_owned());
    }
    let squeezed = stable
        .chars()
        .filter(|character| !matches!(character, '-' | '.'));
    if stable.is_empty() {
        segment
            .chars()
            .filter(|character| !character.is_ascii())
            .collect()
    } else if stable.is_ascii() {
        squeezed.collect()
    } else {
        squeezed.nfc().collect()
    }
}

/// The last segment that is neither empty nor a lone dot; all of the text but outer slashes when there is none.
fn last_segment(text: &str) -> &str {
    text.rsplit('/')
        .find(|segment| !matches!(*segment, "" | "."))
        .unwrap_or_else(|| text.trim_matches('/'))
}

/// A name that begins with a dot, without its extension: for a slug `.md` is a hidden file, but it is also what slugs
/// leave of `-.md`.
fn without_bare_extension(name: &str) -> &str {
    let Some(mut rest) = name.starts_with('.').then_some(name) else {
        return name;
    };
    while let Some(stem) = rest
        .rfind('.')
        .filter(|_| without_extension(&format!("-{rest}")).len() <= rest.len())
    {
        rest = &rest[..stem];
    }
    rest
}
