//! Which files of a folder are not looked at.
//!
//! It judges names and paths and opens nothing; `files` brings it the texts of ignore files. Invariant: the
//! same texts give the same answer, whatever lies outside the project's root.
//!
//! Three things hide a file: its name ([`is_hidden`], [`is_transient`]), the reference's patterns
//! ([`Patterns`]), and the ignore files of its folder and those above it ([`FolderRules`]).

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;
use std::sync::Arc;

/// The ignore files of a folder; where two disagree the later one wins.
pub(crate) const IGNORE_FILES: [&str; 3] = [".gitignore", ".ignore", ".cairnignore"];

/// The file of the reference's patterns in a project's root.
pub(crate) const PROJECT_PATTERNS: &str = ".bmignore";

/// Whether a file or folder of that name is hidden, with all that is in it.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// Whether a file of that name is what an editor leaves beside the real one.
pub(crate) fn is_transient(name: &str) -> bool {
    name.ends_with(".tmp") || name.ends_with(".swp") || name.ends_with('~')
}

/// What the ignore files of a folder and of those above it say, in the grammar of git.
#[derive(Debug)]
pub(crate) struct FolderRules {
    matcher: Gitignore,
    /// Bytes of the folder's path and its slash, cut from paths before they are matched.
    prefix: usize,
    above: Option<Arc<Self>>,
}

impl FolderRules {
    /// Reads a folder's ignore files, given by name and text in the order of [`IGNORE_FILES`]. A line that is no
    /// pattern is left out; the second value says so, with the file's name.
    pub(crate) fn new<'t>(
        prefix: usize,
        above: Option<Arc<Self>>,
        files: &[(&'t str, String)],
    ) -> (Arc<Self>, Vec<(&'t str, String)>) {
        // Paths are matched relative to the folder, which is the root of its own patterns.
        let mut builder = GitignoreBuilder::new(".");
        let mut slips = Vec::new();
        for (name, text) in files {
            for line in text.trim_start_matches('\u{feff}').lines() {
                if let Err(error) = builder.add_line(None, line) {
                    slips.push((*name, format!("{line:?} is no pattern: {error}")));
                }
            }
        }
        let matcher = builder.build().unwrap_or_else(|error| {
            let name = files.first().map_or(IGNORE_FILES[0], |(name, _)| name);
            slips.push((name, format!("its patterns cannot be used: {error}")));
            Gitignore::empty()
        });
        (
            Arc::new(Self {
                matcher,
                prefix,
                above,
            }),
            slips,
        )
    }

    /// Whether the file or folder at `path` (relative to the root) is ignored; the nearest folder that has an
    /// opinion decides.
    pub(crate) fn ignores(&self, path: &str, is_folder: bool) -> bool {
        let mut rules = Some(self);
        while let Some(folder) = rules {
            let below = path.get(folder.prefix..).unwrap_or(path);
            match folder.matcher.matched(Path::new(below), is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => rules = folder.above.as_deref(),
            }
        }
        false
    }
}

/// The reference's ignore patterns: shell patterns without order, negation or `**`.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Vec<Pattern>);

#[derive(Debug, PartialEq, Eq)]
enum Pattern {
    /// `/name/`: the first component is this.
    First(String),
    /// `/pattern`: the whole path matches.
    Whole(Vec<Piece>),
    /// `name/`: a component is this.
    Component(String),
    /// `pattern`: a component is this or matches, or the whole path matches.
    Anything(String, Vec<Piece>),
}

/// A part of a shell pattern.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// This character.
    Character(char),
    /// `?`
    AnyOne,
    /// `*`, which also crosses slashes.
    AnyMany,
    /// `[a-z]`, `[!a-z]`
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Patterns {
    /// Adds the patterns of a file's text: one a line; blank lines and lines that begin with `#` are not.
    pub(crate) fn add(&mut self, text: &str) {
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        let patterns = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        self.0.extend(patterns.map(Pattern::new));
    }

    /// Whether a pattern holds for the file or folder at `path` (relative to the root).
    pub(crate) fn ignore(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(path))
    }
}

impl Pattern {
    fn new(line: &str) -> Self {
        if let Some(rooted) = line.strip_prefix('/') {
            return match rooted.strip_suffix('/') {
                Some(name) => Self::First(name.to_owned()),
                None => Self::Whole(pieces(rooted)),
            };
        }
        match line.strip_suffix('/') {
            Some(name) => Self::Component(name.to_owned()),
            None => Self::Anything(line.to_owned(), pieces(line)),
        }
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            Self::First(name) => path.split('/').next() == Some(name),
            Self::Whole(pattern) => matches(pattern, path),
            Self::Component(name) => path.split('/').any(|component| component == name),
            Self::Anything(name, pattern) => {
                path.split('/')
                    .any(|component| component == name || matches(pattern, component))
                    || matches(pattern, path)
            }
        }
    }
}

/// Cuts a shell pattern into its parts. A bracket that is never closed is a character like any other.
fn pieces(pattern: &str) -> Vec<Piece> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut pieces = Vec::with_capacity(characters.len());
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        at += 1;
        let piece = match character {
            '*' => Piece::AnyMany,
            '?' => Piece::AnyOne,
            '[' => match set(&characters[at..]) {
                Some((set, used)) => {
                    at += used;
                    set
                }
                None => Piece::Character('['),
            },
            other => Piece::Character(other),
        };
        pieces.push(piece);
    }
    pieces
}

/// Reads a set after its opening bracket; returns how many characters it takes, the closing one included.
fn set(rest: &[char]) -> Option<(Piece, usize)> {
    let negated = rest.first() == Some(&'!');
    let start = usize::from(negated);
    // A bracket in the first place is a member of the set.
    let end = start
        + 1
        + rest
            .get(start + 1..)?
            .iter()
            .position(|&character| character == ']')?;
    let members = &rest[start..end];
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < members.len() {
        if at + 2 < members.len() && members[at + 1] == '-' {
            ranges.push((members[at], members[at + 2]));
            at += 3;
        } else {
            ranges.push((members[at], members[at]));
            at += 1;
        }
    }
    Some((Piece::Set { negated, ranges }, end + 1))
}

/// Matches a whole text. Time is at most the product of both lengths: only the last `*` is ever retried.
fn matches(pattern: &[Piece], text: &str) -> bool {
    let mut rest = text.chars();
    let mut at = 0;
    let mut star = None;
    loop {
        let mut ahead = rest.clone();
        let next = ahead.next();
        let step = match (pattern.get(at), next) {
            (None, None) => return true,
            (Some(Piece::AnyMany), _) => {
                star = Some((at, rest.clone()));
                at += 1;
                continue;
            }
            (None, Some(_)) | (Some(_), None) => false,
            (Some(Piece::Character(wanted)), Some(found)) => *wanted == found,
            (Some(Piece::AnyOne), Some(_)) => true,
            (Some(Piece::Set { negated, ranges }), Some(found)) => {
                let inside = ranges
                    .iter()
                    .any(|&(low, high)| (low..=high).contains(&found));
                inside != *negated
            }
        };
        if step {
            rest = ahead;
            at += 1;
            continue;
        }
        // Let the last star take one more character.
        let Some((star_at, taken)) = star.as_mut() else {
            return false;
        };
        if taken.next().is_none() {
            return false;
        }
        rest = taken.clone();
        at = *star_at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_never_looked_at() {
        for name in [".git", ".obsidian", ".hidden.md", "."] {
            assert!(is_hidden(name), "{name}");
        }
        for name in ["a.tmp", "a.md.swp", "a.md~"] {
            assert!(is_transient(name), "{name}");
        }
        for name in ["a.md", "tmp", "a.tmp.md", "~a.md", "a.b"] {
            assert!(!is_hidden(name) && !is_transient(name), "{name}");
        }
    }

    #[test]
    fn the_patterns_of_the_reference() {
        // pattern, paths it hides, paths it does not
        let table: &[(&str, &[&str], &[&str])] = &[
            (
                "/drafts/",
                &["drafts", "drafts/a.md"],
                &["a/drafts/b.md", "drafts2/a.md"],
            ),
            ("/a*.md", &["abc.md", "a/b/c.md"], &["b/abc.md"]),
            (
                "build/",
                &["build", "x/build/y.md"],
                &["builds/a.md", "build.md"],
            ),
            (
                "build",
                &["build", "x/build/y.md"],
                &["builds/a.md", "build.md"],
            ),
            ("*.db*", &["x.db", "a/x.db-wal"], &["x.md"]),
            ("a/*.md", &["a/b.md", "a/b/c.md"], &["b/a/c.md"]),
            ("!keep.md", &["!keep.md"], &["keep.md"]),
            (
                "n?te.md",
                &["note.md", "x/nete.md"],
                &["noote.md", "nte.md"],
            ),
            ("[a-c]x", &["ax", "d/cx"], &["dx", "abx"]),
            ("[!a-c]x", &["dx"], &["ax", "x"]),
            ("[]]x", &["]x", "[]]x"], &["[x", "x"]),
            ("[^a]x", &["^x", "ax"], &["bx"]),
            ("[ab", &["[ab"], &["a", "b"]),
            ("**/x", &["a/x", "a/b/x"], &["x"]),
            ("*a*b*", &["xaxbx", "d/ab"], &["ba", "xbx"]),
            ("Note", &["Note"], &["note"]),
            ("t?", &["té"], &["t"]),
        ];
        for (pattern, hidden, seen) in table {
            let mut patterns = Patterns::default();
            patterns.add(&format!("# a comment\n\n  {pattern}  \n"));
            assert_eq!(patterns.0.len(), 1);
            for path in *hidden {
                assert!(patterns.ignore(path), "{pattern} hides {path}");
            }
            for path in *seen {
                assert!(!patterns.ignore(path), "{pattern} does not hide {path}");
            }
        }
    }

    #[test]
    fn the_nearest_folder_with_an_opinion_decides() {
        let text = |name, text: &str| (name, text.to_owned());
        let (root, slips) = FolderRules::new(
            0,
            None,
            &[text(".gitignore", "*.log\n/only-root.md\nsub/\n")],
        );
        assert_eq!(slips, []);
        let files = [
            text(".gitignore", "!kept.log\ninner.md\n"),
            text(".cairnignore", "!inner.md"),
        ];
        let (folder, _) = FolderRules::new("a/b/".len(), Some(Arc::clone(&root)), &files);
        for (path, is_folder, ignored) in [
            ("x.log", false, true),
            ("deep/er/x.log", false, true),
            ("only-root.md", false, true),
            ("a/only-root.md", false, false),
            ("sub", true, true),
            ("sub", false, false),
            ("a/sub", true, true),
        ] {
            assert_eq!(root.ignores(path, is_folder), ignored, "{path}");
        }
        for (path, ignored) in [
            ("a/b/kept.log", false),
            ("a/b/other.log", true),
            ("a/b/inner.md", false),
            ("a/b/c/x.log", true),
        ] {
            assert_eq!(folder.ignores(path, false), ignored, "{path}");
        }
    }

    #[test]
    fn a_line_that_is_no_pattern_is_named_and_the_others_hold() {
        let (rules, slips) = FolderRules::new(0, None, &[(".ignore", "a{b\n*.log\n".to_owned())]);
        assert!(rules.ignores("x.log", false));
        assert_eq!(slips.len(), 1, "{slips:?}");
        assert_eq!(slips[0].0, ".ignore");
        assert!(
            slips[0].1.starts_with("\"a{b\" is no pattern: "),
            "{slips:?}"
        );
    }
}
