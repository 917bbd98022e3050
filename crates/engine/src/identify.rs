//! What an identifier names.
//!
//! The index resolves, strictly; this file cleans what people type and answers a miss with names like it.
//! Invariant: an identifier is never guessed, a guess is only ever a suggestion.

use crate::files::Presence;
use crate::{Error, Project, Result};
use cairn_index::{NoteKey, NoteRecord, Resolution, Session};
use cairn_note::NotePath;
use cairn_note::link::{self, LinkTarget};
use cairn_note::permalink;
use std::collections::HashSet;

/// Suggestions of one answer.
const MOST_NEAR: usize = 5;
/// The least likeness of a suggestion: two letters of five may differ, an unrelated word is below.
const LEAST_LIKENESS: f64 = 0.6;
/// Matches of the index that are compared.
const MOST_CANDIDATES: usize = 50;

/// At most five names like `wanted`, nearest first.
pub(crate) fn near_names<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.trim().to_lowercase();
    let scored = names
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name.to_owned()))
        .collect();
    nearest(scored)
}

/// How alike two lowercase names are, 0 to 1: few edits apart, or one a good part of the other.
fn likeness(wanted: &str, name: &str) -> f64 {
    let (wanted_length, length) = (wanted.chars().count(), name.chars().count());
    let (short, long) = (wanted_length.min(length), wanted_length.max(length));
    if short == 0 {
        return 0.0;
    }
    let ratio = share(short, long);
    // A single ASCII letter or two is part of almost anything.
    let tells = short >= 3 || (short == 2 && !wanted.is_ascii());
    let contained = tells && (name.contains(wanted) || (ratio >= 0.5 && wanted.contains(name)));
    if contained {
        LEAST_LIKENESS + (1.0 - LEAST_LIKENESS) * ratio
    } else if ratio < LEAST_LIKENESS || share(in_common(wanted, name), long) < LEAST_LIKENESS {
        // Each letter too many is an edit, and so is each that the other has not.
        0.0
    } else {
        strsim::normalized_damerau_levenshtein(wanted, name)
    }
}

/// How many letters two names have in common at most, wherever they stand; some letters are not told apart.
fn in_common(wanted: &str, name: &str) -> usize {
    const KINDS: usize = 64;
    let kind = |letter: char| letter as usize % KINDS;
    let mut left = [0_u16; KINDS];
    for letter in wanted.chars() {
        left[kind(letter)] = left[kind(letter)].saturating_add(1);
    }
    let mut common = 0;
    for letter in name.chars() {
        let left = &mut left[kind(letter)];
        common += usize::from(*left > 0);
        *left = left.saturating_sub(1);
    }
    common
}

/// Names are short: their lengths are exact as `f64`.
#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of names are far below 2^52"
)]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The best names, each once.
fn nearest(mut scored: Vec<(f64, String)>) -> Vec<String> {
    scored.retain(|(likeness, _)| *likeness >= LEAST_LIKENESS);
    scored.sort_by(|(one, name), (other, other_name)| {
        other.total_cmp(one).then_with(|| name.cmp(other_name))
    });
    let mut seen = HashSet::new();
    scored
        .into_iter()
        .map(|(_, name)| name)
        .filter(|name| seen.insert(name.clone()))
        .take(MOST_NEAR)
        .collect()
}

impl Project<'_> {
    /// Returns the one note an identifier names exactly; never fuzzy.
    ///
    /// An identifier is a title, a permalink, a path with or without `.md`, a memory:// URL, a wiki link or a
    /// UUID, with or without this project's own prefix; `source` is the note it stands in, if any. Another
    /// project's prefix leads into that project.
    ///
    /// # Errors
    /// [`Error::NotFound`] with names like it, [`Error::Ambiguous`] with the paths it could mean.
    pub fn identify(&self, identifier: &str, source: Option<&NotePath>) -> Result<NoteRecord> {
        let session = self.session("identify a note")?;
        match self.resolve(&session, identifier, source)? {
            Resolution::Found(record) => Ok(*record),
            Resolution::Ambiguous(records) => Err(Error::ambiguous(identifier, &records)),
            Resolution::Missing => Err(Error::NotFound {
                identifier: identifier.to_owned(),
                near: self.near(&session, identifier)?,
            }),
        }
    }

    /// Resolves an identifier inside a session.
    pub(crate) fn resolve(
        &self,
        session: &Session<'_>,
        identifier: &str,
        source: Option<&NotePath>,
    ) -> Result<Resolution> {
        let name = without_scheme(identifier);
        let target = LinkTarget::parse(name).ok_or_else(|| Error::Invalid {
            message: "the identifier is empty".to_owned(),
            hint: Some("name a note by its title, permalink or path".to_owned()),
        })?;
        // A path as shells complete it.
        let plain = target.name.trim_start_matches("./").trim_start_matches('/');
        if source.is_none()
            && !target.qualified
            && let Some(record) = self.spelled(session, &target.name, plain)?
        {
            return Ok(Resolution::Found(Box::new(record)));
        }
        let resolution = self.with_reach(|scope| session.resolve(scope, source, &target))?;
        if resolution != Resolution::Missing {
            return Ok(resolution);
        }
        match LinkTarget::parse(plain) {
            Some(plain) if plain.name != target.name => {
                Ok(self.with_reach(|scope| session.resolve(scope, source, &plain))?)
            }
            _ => Ok(resolution),
        }
    }

    /// Returns the file whose path it is, letter for letter: `foo-bar.md` is not `foo bar.md`, whose permalink its
    /// slug is. Only a permalink that is the very text comes first.
    fn spelled(&self, session: &Session<'_>, name: &str, path: &str) -> Result<Option<NoteRecord>> {
        let Ok(path) = NotePath::from_disk(path) else {
            return Ok(None);
        };
        let Some(record) = session.note(self.id(), NoteKey::Path(&path))? else {
            return Ok(None);
        };
        let linked = session.note(self.id(), NoteKey::Permalink(name))?;
        Ok(Some(linked.unwrap_or(record)))
    }

    /// Whether an identifier is, letter for letter, the path of a note that is there and that the index has not seen: that
    /// is meant then, and not a note that only has the permalink such a path gives.
    pub(crate) fn is_overtaken(&self, identifier: &str, found: &NoteRecord) -> bool {
        let name = without_scheme(identifier);
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let mut paths = std::iter::once(name).chain(self.without_own_name(name));
        paths.any(|path| {
            NotePath::parse(path).is_ok_and(|path| {
                path.is_markdown()
                    && path != found.path
                    && self.lookout().presence(&path) == Presence::There
                    && matches!(self.record_at(&path), Ok(None))
            })
        })
    }

    /// Returns what follows this project's own name in a name, if it begins with that.
    pub(crate) fn without_own_name<'n>(&self, name: &'n str) -> Option<&'n str> {
        let (first, rest) = name.split_once('/')?;
        (permalink::slug(first) == self.settings.slug()).then_some(rest)
    }

    /// Returns the titles (paths, where titles are equal) of notes with a name like `identifier`.
    pub(crate) fn near(&self, session: &Session<'_>, identifier: &str) -> Result<Vec<String>> {
        let wanted = LinkTarget::parse(without_scheme(identifier))
            .map_or_else(String::new, |target| target.name);
        let wanted = wanted.trim_matches('/').to_lowercase();
        let last = wanted.rsplit('/').next().unwrap_or(&wanted);
        let best = |names: &[&str]| {
            let names = names.iter().map(|name| name.to_lowercase());
            names
                .map(|name| likeness(&wanted, &name).max(likeness(last, &name)))
                .fold(0.0, f64::max)
        };
        let mut scored = Vec::new();
        let mut seen = HashSet::new();
        let mut titles = HashSet::new();
        for record in session.near(self.id(), last, MOST_CANDIDATES)? {
            let permalink = record.permalink.as_deref().unwrap_or_default();
            let likeness = best(&[
                &record.title,
                record.path.stem(),
                record.path.as_str(),
                permalink,
            ]);
            if likeness >= LEAST_LIKENESS {
                let is_first = titles.insert(record.title.clone());
                scored.push((
                    likeness,
                    if is_first {
                        record.title
                    } else {
                        record.path.to_string()
                    },
                ));
            }
            seen.insert(record.path);
        }
        // A typo inside a word is no match of the index.
        if scored.len() < MOST_NEAR {
            for (path, _) in session.fingerprints(self.id())? {
                let likeness = if seen.contains(&path) {
                    0.0
                } else {
                    best(&[path.stem(), path.as_str()])
                };
                if likeness >= LEAST_LIKENESS {
                    let is_first = titles.insert(path.stem().to_owned());
                    scored.push((
                        likeness,
                        if is_first {
                            path.stem().to_owned()
                        } else {
                            path.to_string()
                        },
                    ));
                }
            }
        }
        Ok(nearest(scored))
    }
}

pub(crate) fn without_scheme(identifier: &str) -> &str {
    link::without_scheme(identifier).unwrap_or(identifier.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name_and_garbage_finds_none() {
        let names = ["Alpha Note", "Beta Note", "Meeting with Ana", "部署方案"];
        let near = |wanted| near_names(wanted, names.into_iter());
        for (wanted, expected) in [
            ("alpha note", vec!["Alpha Note", "Beta Note"]),
            ("Alhpa Note", vec!["Alpha Note", "Beta Note"]),
            ("meeting", vec!["Meeting with Ana"]),
            ("部署", vec!["部署方案"]),
            ("no", vec![]),
            ("qqqqqq", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(near(wanted), expected, "{wanted}");
        }
    }

    #[test]
    fn letters_in_common_rule_out_only_what_is_unlike() {
        let names = [
            "green tea",
            "gren tea",
            "tea green",
            "teagreen",
            "grün tee",
            "GREEN",
            "部署方案",
            "部署方法",
            "beta note",
            "alhpa note",
            "alpha note",
            "aaaaaaaa",
            "aaaabbbb",
            "abab",
        ];
        for wanted in names {
            for name in names {
                let exact = strsim::normalized_damerau_levenshtein(wanted, name);
                let long = wanted.chars().count().max(name.chars().count());
                assert!(
                    exact <= share(in_common(wanted, name), long) + 1e-9,
                    "{wanted} {name}"
                );
            }
        }
    }

    #[test]
    fn at_most_five_names_each_once() {
        let names = [
            "tea 1", "tea 2", "tea 3", "tea 4", "tea 5", "tea 6", "tea 1",
        ];
        assert_eq!(
            near_names("tea", names.into_iter()),
            ["tea 1", "tea 2", "tea 3", "tea 4", "tea 5"]
        );
    }

    #[test]
    fn the_scheme_is_dropped_in_any_case() {
        assert_eq!(without_scheme(" Memory://a/b "), "a/b");
        assert_eq!(without_scheme("memory:/a"), "memory:/a");
        assert_eq!(without_scheme("é"), "é");
    }
}
