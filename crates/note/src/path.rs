//! Paths of files inside a project, and the names Cairn gives new files.
//!
//! This file judges texts; whether a file is there, or a link leads out of the folder, is the engine's affair.
//! Invariant: a [`NotePath`] is relative, has `/` between its components, none of them empty, `.` or `..`.

use crate::permalink::{Extension, slug_path, split_extension};
use std::borrow::Cow;
use std::fmt;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A path inside a project: relative, UTF-8, `/` between components, no `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NotePath(String);

/// Why a text is not a [`NotePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing is left of it.
    #[error("the path is empty")]
    Empty,
    /// It begins with `/` or a backslash.
    #[error("the path '{0}' is absolute; give it relative to the project's folder")]
    Absolute(String),
    /// It begins with a drive, as `C:` does.
    #[error("the path '{0}' names a drive; give it relative to the project's folder")]
    Drive(String),
    /// A component is `..` or a look-alike of it.
    #[error("the path '{0}' leads out of a folder with '..'")]
    Parent(String),
    /// A component is empty or a lone dot.
    #[error("the path '{0}' has a component that names nothing")]
    Nameless(String),
    /// It has a `~`, which some programs take for a home folder.
    #[error("the path '{0}' has a '~', which may stand for a home folder")]
    Home(String),
    /// It has a control character; it is shown escaped.
    #[error("the path '{0}' has a control character")]
    Control(String),
    /// A component is longer than 255 bytes, the most a file system takes.
    #[error("the path '{0}' has a component longer than {LONGEST_NAME} bytes")]
    TooLong(String),
    /// A component is a device's name on Windows.
    #[error("the path '{path}' has the component '{name}', which Windows reserves")]
    Reserved {
        /// The whole path.
        path: String,
        /// The component.
        name: String,
    },
    /// A component ends in a dot or a space, which Windows drops.
    #[error("the path '{0}' has a component that ends in a dot or a space")]
    Trailing(String),
}

/// The longest file name common file systems take, in bytes.
const LONGEST_NAME: usize = 255;

impl NotePath {
    /// Accepts a path someone asks to write or read, trimmed and without `./` before it and `//` in it.
    ///
    /// # Errors
    /// Any [`PathError`]: the path may be absolute, lead out of the project, or be no name on some platform.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut rest = text.trim();
        while let Some(inner) = rest.strip_prefix("./") {
            rest = inner.trim_start_matches('/').trim_start();
        }
        if rest.is_empty() {
            return Err(PathError::Empty);
        }
        if rest.chars().any(char::is_control) {
            return Err(PathError::Control(rest.escape_debug().collect()));
        }
        let refuse = |error: fn(String) -> PathError| Err(error(rest.to_owned()));
        if rest.starts_with(['/', '\\']) {
            return refuse(PathError::Absolute);
        }
        if rest.as_bytes().get(1) == Some(&b':') {
            return refuse(PathError::Drive);
        }
        // A backslash parts folders on Windows, whatever this platform thinks of it.
        if rest.split(['/', '\\']).any(is_parent) {
            return refuse(PathError::Parent);
        }
        if rest.contains('~') {
            return refuse(PathError::Home);
        }
        let components: Vec<&str> = rest
            .split('/')
            .filter(|component| !component.is_empty())
            .collect();
        for component in &components {
            match component {
                _ if *component == "." => return refuse(PathError::Nameless),
                _ if component.len() > LONGEST_NAME => return refuse(PathError::TooLong),
                _ if component.ends_with(|last: char| last == '.' || last.is_whitespace()) => {
                    return refuse(PathError::Trailing);
                }
                _ if is_reserved(component) => {
                    return Err(PathError::Reserved {
                        path: rest.to_owned(),
                        name: (*component).to_owned(),
                    });
                }
                _ => {}
            }
        }
        Ok(Self(components.join("/")))
    }

    /// Accepts a path found on disk, relative to the project's folder.
    ///
    /// # Errors
    /// Only what cannot be inside a folder at all is refused: nothing, a NUL, an empty component (so an absolute
    /// path too), `.` and `..`.
    pub fn from_disk(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.contains('\0') {
            return Err(PathError::Control(text.escape_debug().collect()));
        }
        if text.starts_with('/') {
            return Err(PathError::Absolute(text.to_owned()));
        }
        for component in text.split('/') {
            match component {
                ".." => return Err(PathError::Parent(text.to_owned())),
                "" | "." => return Err(PathError::Nameless(text.to_owned())),
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the path of `name` in `folder`, where "" and `/` are the project's own folder.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn join(folder: &str, name: &str) -> Result<Self, PathError> {
        match folder.trim().trim_matches('/') {
            "" => Self::parse(name),
            folder => Self::parse(&format!("{folder}/{name}")),
        }
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Returns the last component without its last extension; `.hidden` has none.
    pub fn stem(&self) -> &str {
        split_extension(self.file_name()).map_or(self.file_name(), |(stem, _)| stem)
    }

    /// Returns the last extension as it is spelled, without its dot.
    pub fn extension(&self) -> Option<&str> {
        split_extension(self.file_name()).map(|(_, extension)| extension)
    }

    /// Returns the folder, "" for the root.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Returns whether the file is Markdown (`.md`, `.markdown`, in any case).
    pub fn is_markdown(&self) -> bool {
        self.extension().is_some_and(|extension| {
            ["md", "markdown"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        })
    }

    /// Returns the path by which look-alikes are compared: NFC, case folded, `_` as `-`, backslash as `/`.
    pub fn alias_key(&self) -> String {
        alias_key(&self.0)
    }

    /// Returns whether the path lies somewhere below `folder`, where "" and `/` are the project's own folder.
    pub fn starts_with_folder(&self, folder: &str) -> bool {
        match folder.trim_matches('/') {
            "" => true,
            folder => self
                .0
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/')),
        }
    }
}

impl fmt::Display for NotePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// [`NotePath::alias_key`] of any text.
pub(crate) fn alias_key(text: &str) -> String {
    let folded = fold(text);
    if folded.contains(['_', '\\']) {
        folded.replace('_', "-").replace('\\', "/")
    } else {
        folded
    }
}

/// NFC with full case folding: `ß`, `ẞ` and `ss` are equal, `ı` and `i` are not.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed = if is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect::<String>())
    };
    // Lower, upper, lower meets full case folding everywhere but at the dotless i; one character at a time, so that
    // no final sigma depends on what follows it.
    let mut folded = String::with_capacity(text.len());
    for character in composed.chars() {
        match character {
            'ı' => folded.push('ı'),
            _ if character.is_ascii() => folded.push(character.to_ascii_lowercase()),
            _ => folded.extend(
                character
                    .to_lowercase()
                    .flat_map(char::to_uppercase)
                    .flat_map(char::to_lowercase),
            ),
        }
    }
    if is_nfc(&folded) {
        folded
    } else {
        folded.nfc().collect()
    }
}

/// `..`, also with spaces or more dots about it, as some systems read `.. ` and `...`.
fn is_parent(component: &str) -> bool {
    let dots = component
        .chars()
        .filter(|character| *character == '.')
        .count();
    dots >= 2
        && component
            .chars()
            .all(|character| character == '.' || character.is_whitespace())
}

/// Whether Windows takes the component for a device, whatever its extension.
fn is_reserved(component: &str) -> bool {
    let stem = component
        .split('.')
        .next()
        .unwrap_or(component)
        .trim_end()
        .to_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    let port = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    port.is_some_and(|number| {
        matches!(
            number,
            "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
        )
    })
}

/// How a new note's file is named after its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileNameStyle {
    /// As the title is spelled.
    #[default]
    Title,
    /// Lowercase with hyphens, as the permalink.
    Kebab,
}

/// The longest stem a title may give, in bytes: room is left for `.md` and for a temporary file's suffix.
const LONGEST_STEM: usize = 215;

/// Returns the name of the file of a new note with this title: `hi everyone.` gives `hi everyone.md`.
///
/// What no file system takes becomes `-`; a title of which nothing is left gives `untitled.md`. Long titles are cut,
/// and names that Windows reserves get a hyphen.
pub fn file_name_for_title(title: &str, style: FileNameStyle) -> String {
    let mut name = String::with_capacity(title.len() + 4);
    for character in title.chars() {
        let refused = matches!(
            character,
            '/' | '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*' | '~'
        );
        match if refused || character.is_control() {
            '-'
        } else {
            character
        } {
            '-' if name.ends_with('-') => {}
            character => name.push(character),
        }
    }
    let mut stem = name.trim_matches('.').trim_matches('-').to_owned();
    if style == FileNameStyle::Kebab {
        let kebab = slug_path(&stem, Extension::Keep).replace('/', "-");
        // A title without a slug (only emoji, only fullwidth letters) keeps its own spelling.
        if !kebab.trim_matches(['.', '-']).is_empty() {
            stem = kebab;
        }
    }
    if stem.len() > LONGEST_STEM {
        stem.truncate(stem.floor_char_boundary(LONGEST_STEM));
        stem.truncate(stem.trim_end_matches(['.', '-', ' ']).len());
    }
    if stem.trim().is_empty() {
        "untitled".clone_into(&mut stem);
    }
    if is_reserved(&stem) {
        let device = stem.find('.').unwrap_or(stem.len());
        stem.insert(device, '-');
    }
    stem + ".md"
}

/// Returns a folder someone named for a new note, cleaned: trimmed, no `./` before it, only letters, marks, digits
/// and `. - _` and spaces kept, one `/` between components and none around.
///
/// What is left may still be no [`NotePath`] (`..`); [`NotePath::join`] tells.
pub fn sanitize_folder(folder: &str) -> String {
    let keep = |character: &char| {
        let sign = matches!(character, '.' | ' ' | '-' | '_' | '/' | '\\');
        sign || character.is_alphanumeric() || is_combining_mark(*character)
    };
    let kept: String = folder.chars().filter(keep).collect();
    let components = kept
        .split(['/', '\\'])
        .map(str::trim)
        .filter(|component| !matches!(*component, "" | "."));
    components.collect::<Vec<_>>().join("/")
}
