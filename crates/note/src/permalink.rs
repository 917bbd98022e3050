//! Permalinks: the address a note keeps.
//!
//! This file turns a path, a title or a link's text into the form permalinks have; choosing among taken ones is
//! the index's affair.
//! Invariant: [`slug`] agrees with the reference byte for byte (`tests/data/permalink/golden.tsv`).

mod exceptions;
mod transliterate;

use crate::NotePath;
use std::fmt;
use transliterate::{Letter, letter};

/// A permalink: the stable address of a note inside its project.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permalink(String);

impl Permalink {
    /// Returns the permalink a path gets: its [`slug`], below `project` (already a slug) when one is given and the
    /// slug does not begin with that segment yet.
    ///
    /// A name that leaves nothing (only fullwidth letters, only emoji) gives a permalink that ends in `/` or is
    /// empty, as the reference's does.
    pub fn of(path: &NotePath, project: Option<&str>) -> Self {
        let slug = slug(path.as_str());
        Self(match project {
            Some(project) => below_project(&slug, project).unwrap_or(slug),
            None => slug,
        })
    }

    /// Takes a permalink someone wrote, verbatim.
    pub fn verbatim(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the permalink as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Permalink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// `project/slug`, or `None` when the slug is there already.
pub(crate) fn below_project(slug: &str, project: &str) -> Option<String> {
    let inside = slug
        .strip_prefix(project)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (!inside).then(|| format!("{project}/{slug}"))
}

/// Returns the form that permalinks have of a path, a title or a link's text: lowercase, hyphens between words,
/// transliterated (`café/Ünïcode.md` is `cafe/unicode`), Chinese characters kept, a known extension cut off.
///
/// Never fails; a text of nothing but fullwidth letters, or an empty one, gives an empty slug.
pub fn slug(text: &str) -> String {
    slug_path(text, Extension::Cut)
}

/// What becomes of the last extension of a path that is slugged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    /// Cut off when it is one of [`EXTENSIONS`].
    Cut,
    /// Kept: the text is only the beginning of a path.
    Keep,
}

/// [`slug`], with a say over the extension.
pub(crate) fn slug_path(text: &str, extension: Extension) -> String {
    let mut slug = Slug {
        text: String::with_capacity(text.len() + 8),
        hyphen: false,
        before: Before::Other,
    };
    // POSIX gives exactly two leading slashes a meaning of their own, so normalising keeps both.
    match text.bytes().take_while(|byte| *byte == b'/').count() {
        0 => {}
        2 => slug.text.push_str("//"),
        _ => slug.text.push('/'),
    }
    let mut components = text
        .split('/')
        .filter(|component| !matches!(*component, "" | "."))
        .peekable();
    while let Some(component) = components.next() {
        let last = components.peek().is_none();
        slug.component(if last && extension == Extension::Cut {
            without_extension(component)
        } else {
            component
        });
        if !last {
            slug.slash();
        }
    }
    slug.text
}

/// A slug under construction.
struct Slug {
    text: String,
    /// A hyphen is due if anything follows in this segment.
    hyphen: bool,
    before: Before,
}

/// What the character before was, as far as word borders depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Lower,
    Upper,
    Han,
    Other,
}

impl Slug {
    fn component(&mut self, component: &str) {
        for character in component.chars() {
            if character.is_ascii() {
                self.ascii(character as u8);
                continue;
            }
            match letter(character) {
                Letter::Kept => {
                    if matches!(self.before, Before::Lower | Before::Upper) {
                        self.hyphen();
                    }
                    self.put(character);
                    self.before = Before::Han;
                }
                Letter::Ascii(text) => text.bytes().for_each(|byte| self.ascii(byte)),
            }
        }
        self.hyphen = false;
        self.before = Before::Other;
    }

    #[inline]
    fn ascii(&mut self, byte: u8) {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => {
                if self.before == Before::Han {
                    self.hyphen();
                }
                self.put(char::from(byte));
                self.before = Before::Lower;
            }
            b'A'..=b'Z' => {
                if matches!(self.before, Before::Lower | Before::Han) {
                    self.hyphen();
                }
                self.put(char::from(byte.to_ascii_lowercase()));
                self.before = Before::Upper;
            }
            _ => {
                match byte {
                    b'.' => self.put('.'),
                    b'/' => self.slash(),
                    b'\'' => {}
                    _ => self.hyphen(),
                }
                self.before = Before::Other;
            }
        }
    }

    #[inline]
    fn put(&mut self, character: char) {
        if self.hyphen {
            self.text.push('-');
            self.hyphen = false;
        }
        self.text.push(character);
    }

    #[inline]
    fn hyphen(&mut self) {
        self.hyphen = !(self.text.is_empty() || self.text.ends_with('/'));
    }

    fn slash(&mut self) {
        self.text.push('/');
        self.hyphen = false;
        self.before = Before::Other;
    }
}

/// The extensions whose type is known without asking the system: the strict table of Python 3.13's `mimetypes`.
#[rustfmt::skip]
static EXTENSIONS: [&str; 154] = [
    "3g2", "3gp", "3gpp", "3gpp2", "a", "aac", "adts", "ai", "aif", "aifc", "aiff", "ass", "au", "avi", "avif", "bat",
    "bcpio", "bin", "bmp", "c", "cdf", "cpio", "csh", "css", "csv", "dll", "doc", "dot", "dvi", "eml", "eps", "etx",
    "exe", "gif", "gtar", "h", "h5", "hdf", "heic", "heif", "htm", "html", "ico", "ief", "jpe", "jpeg", "jpg", "js",
    "json", "ksh", "latex", "loas", "m1v", "m3u", "m3u8", "man", "markdown", "md", "me", "mht", "mhtml", "mif", "mjs",
    "mov", "movie", "mp2", "mp3", "mp4", "mpa", "mpe", "mpeg", "mpg", "ms", "n3", "nc", "nq", "nt", "nws", "o", "obj",
    "oda", "opus", "p12", "p7c", "pbm", "pdf", "pfx", "pgm", "pl", "png", "pnm", "pot", "ppa", "ppm", "pps", "ppt",
    "ps", "pwz", "py", "pyc", "pyo", "qt", "ra", "ram", "ras", "rdf", "rgb", "roff", "rst", "rtf", "rtx", "sgm", "sgml",
    "sh", "shar", "snd", "so", "src", "srt", "sv4cpio", "sv4crc", "svg", "swf", "t", "tar", "tcl", "tex", "texi",
    "texinfo", "tif", "tiff", "tr", "trig", "tsv", "txt", "ustar", "vcf", "vtt", "wasm", "wav", "webm", "webmanifest",
    "webp", "wiz", "wsdl", "xbm", "xlb", "xls", "xml", "xpdl", "xpm", "xsl", "xwd", "zip",
];

/// A file name without its last extension, if that extension is a known one.
pub(crate) fn without_extension(name: &str) -> &str {
    let Some((stem, extension)) = split_extension(name) else {
        return name;
    };
    let known = match extension {
        "md" => true,
        // These say how the file is packed; what it is, the extension before says.
        "gz" | "Z" | "bz2" | "xz" | "br" => {
            split_extension(stem).is_some_and(|(_, inner)| is_known(inner))
        }
        _ => {
            is_known(extension)
                || ["tgz", "taz", "tz", "tbz2", "txz", "svgz"]
                    .iter()
                    .any(|packed| extension.eq_ignore_ascii_case(packed))
        }
    };
    if known { stem } else { name }
}

/// Stem and extension; leading dots begin no extension.
pub(crate) fn split_extension(name: &str) -> Option<(&str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    stem.bytes()
        .any(|byte| byte != b'.')
        .then_some((stem, extension))
}

fn is_known(extension: &str) -> bool {
    let lower = || extension.bytes().map(|byte| byte.to_ascii_lowercase());
    EXTENSIONS
        .binary_search_by(|known| known.bytes().cmp(lower()))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_sorted() {
        assert!(EXTENSIONS.is_sorted());
    }

    #[test]
    fn of_a_path_and_a_project() {
        let path = |text: &str| NotePath::from_disk(text).expect("a path");
        assert_eq!(
            Permalink::of(&path("Notes/Foo Bar.md"), None).as_str(),
            "notes/foo-bar"
        );
        assert_eq!(
            Permalink::of(&path("Notes/Foo Bar.md"), Some("acme")).as_str(),
            "acme/notes/foo-bar"
        );
        assert_eq!(
            Permalink::of(&path("Acme/Foo.md"), Some("acme")).as_str(),
            "acme/foo"
        );
        assert_eq!(
            Permalink::of(&path("acme.md"), Some("acme")).as_str(),
            "acme"
        );
        assert_eq!(
            Permalink::of(&path("acme-two/Foo.md"), Some("acme")).as_str(),
            "acme/acme-two/foo"
        );
        assert_eq!(
            Permalink::of(&path("Ｆｕｌｌ.md"), Some("acme")).as_str(),
            "acme/"
        );
    }
}
