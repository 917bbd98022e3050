//! The six edits of a note's text.
//!
//! An edit is text in, text out: it neither knows where the note is kept nor whether its author may change it.
//! Keys of the frontmatter are changed by [`crate::frontmatter::set`], not here.
//! Invariant: an edit changes no byte outside the place it names; what it inserts has the line ending of the
//! text's first line.

mod sections;

use std::borrow::Cow;

use memchr::{memchr, memmem};

use crate::{frontmatter, parse};
use sections::Section;

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// At the end, on a line of its own.
    Append {
        /// The text to add; empty changes nothing.
        content: String,
    },
    /// After the frontmatter, one blank line below it.
    Prepend {
        /// The text to add; empty changes nothing.
        content: String,
    },
    /// Literal replacement of every occurrence, frontmatter included, if there are exactly `expected`.
    FindReplace {
        /// The text to look for.
        find: String,
        /// Its replacement.
        replace: String,
        /// How many there must be.
        expected: usize,
    },
    /// The body of one section; a section that does not exist is added at the end.
    ReplaceSection {
        /// Its heading line; without a leading `#` a level-2 heading is meant.
        section: String,
        /// The new body; the heading itself at its beginning is dropped.
        content: String,
        /// What happens to subsections.
        subsections: Subsections,
    },
    /// Before a heading, blank lines around.
    InsertBefore {
        /// Its heading line; without a leading `#` a level-2 heading is meant.
        section: String,
        /// The text to add.
        content: String,
    },
    /// Directly below a heading.
    InsertAfter {
        /// Its heading line; without a leading `#` a level-2 heading is meant.
        section: String,
        /// The text to add.
        content: String,
    },
}

/// Whether replacing a section replaces its subsections too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subsections {
    /// Up to the next heading of the same or a higher level.
    Replace,
    /// Up to the next heading of any level.
    Keep,
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A replacement without a text to look for.
    #[error("find_text is required for find_replace operation")]
    FindTextRequired,
    /// A replacement of white space alone.
    #[error("find_text cannot be empty or whitespace only")]
    FindTextBlank,
    /// The text to replace occurs nowhere.
    #[error("Text to replace not found: '{find}'")]
    TextNotFound {
        /// What was looked for.
        find: String,
    },
    /// The text to replace occurs more or less often than it should.
    #[error("Expected {expected} occurrences of '{find}', but found {found}")]
    Count {
        /// What was looked for.
        find: String,
        /// How often it should occur.
        expected: usize,
        /// How often it does.
        found: usize,
    },
    /// A section edit without a section.
    #[error("section is required for section-based operations")]
    SectionRequired,
    /// A section named by white space alone.
    #[error("section cannot be empty or whitespace only")]
    SectionBlank,
    /// Several sections to replace.
    #[error(
        "Multiple sections found with header '{section}'. Section replacement requires unique headers."
    )]
    AmbiguousReplacement {
        /// The heading line looked for.
        section: String,
    },
    /// Several places to insert at.
    #[error(
        "Multiple sections found with header '{section}'. Section insertion requires unique headers."
    )]
    AmbiguousInsertion {
        /// The heading line looked for.
        section: String,
    },
    /// No place to insert at.
    #[error(
        "Section '{section}' not found in document. Use replace_section to create a new section."
    )]
    SectionNotFound {
        /// The heading line looked for.
        section: String,
    },
    /// The end of the frontmatter, after which text was to be put, cannot be told.
    #[error(transparent)]
    Frontmatter(#[from] frontmatter::FrontmatterError),
}

impl Edit {
    /// Checks what can be checked without a text.
    ///
    /// # Errors
    ///
    /// When a section or the text to look for is missing or blank.
    pub fn check(&self) -> Result<(), EditError> {
        match self {
            Self::FindReplace { find, .. } if find.is_empty() => Err(EditError::FindTextRequired),
            Self::FindReplace { find, .. } if find.trim().is_empty() => {
                Err(EditError::FindTextBlank)
            }
            Self::Append { .. } | Self::Prepend { .. } | Self::FindReplace { .. } => Ok(()),
            Self::ReplaceSection { section, .. }
            | Self::InsertBefore { section, .. }
            | Self::InsertAfter { section, .. } => Section::named(section).map(drop),
        }
    }
}

/// Returns the edited text.
///
/// # Errors
///
/// As [`Edit::check`], and when the place the edit names is not in the text, or not exactly as often as it must.
pub fn edit(text: &str, edit: &Edit) -> Result<String, EditError> {
    edit.check()?;
    match edit {
        Edit::Append { content } => Ok(append(text, content)),
        Edit::Prepend { content } => prepend(text, content),
        Edit::FindReplace {
            find,
            replace,
            expected,
        } => find_replace(text, find, replace, *expected),
        Edit::ReplaceSection {
            section,
            content,
            subsections,
        } => Section::named(section)?.replace(text, content, *subsections),
        Edit::InsertBefore { section, content } => {
            Section::named(section)?.insert_before(text, content)
        }
        Edit::InsertAfter { section, content } => {
            Section::named(section)?.insert_after(text, content)
        }
    }
}

/// When the first H1 equalled the title before the edit and differs after it, the title that follows it.
///
/// Nothing follows when the edit changed the frontmatter's title itself, or removed the heading.
pub fn title_from_heading(before: &str, after: &str) -> Option<String> {
    let title_of = |text: &str| {
        parse::title(&frontmatter::read(text.strip_prefix('\u{feff}').unwrap_or(text)).metadata)
    };
    let old = sections::first_h1(before)?;
    let new = sections::first_h1(after)?;
    if new == old || new.is_empty() {
        return None;
    }
    let title = title_of(before)?;
    (title.trim() == old && title_of(after)? == title).then(|| new.to_owned())
}

fn append(text: &str, content: &str) -> String {
    if content.is_empty() {
        return text.to_owned();
    }
    let ending = LineEnding::of(text);
    let mut edited = text.to_owned();
    ending.end_line(&mut edited);
    edited.push_str(&ending.adapt(content));
    edited
}

fn prepend(text: &str, content: &str) -> Result<String, EditError> {
    if content.is_empty() {
        return Ok(text.to_owned());
    }
    let mark = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let body = frontmatter::body(&text[mark..])?;
    let ending = LineEnding::of(text);
    let mut at = text.len() - body.len();
    let has_frontmatter = at > mark;
    let mut edited = String::with_capacity(text.len() + content.len() + 4);
    if has_frontmatter {
        at += sections::blank_line(body);
        edited.push_str(&text[..at]);
        ending.end_line(&mut edited);
        if !sections::ends_with_blank_line(&edited) {
            edited.push_str(ending.as_str());
        }
    } else {
        edited.push_str(&text[..at]);
    }
    edited.push_str(&ending.adapt(content));
    ending.end_line(&mut edited);
    edited.push_str(&text[at..]);
    Ok(edited)
}

fn find_replace(
    text: &str,
    find: &str,
    replace: &str,
    expected: usize,
) -> Result<String, EditError> {
    let ending = LineEnding::of(text);
    let literal = memmem::find(text.as_bytes(), find.as_bytes()).is_some();
    // Whoever finds a line ending literally knows the text's endings; whoever writes `\n` into a CRLF text
    // means an end of line.
    let find_as = if literal {
        Cow::Borrowed(find)
    } else {
        ending.adapt(find)
    };
    let replacement = if literal && find.contains('\n') {
        Cow::Borrowed(replace)
    } else {
        ending.adapt(replace)
    };
    match text.matches(&*find_as).count() {
        0 => Err(EditError::TextNotFound {
            find: find.to_owned(),
        }),
        found if found != expected => Err(EditError::Count {
            find: find.to_owned(),
            expected,
            found,
        }),
        _ => Ok(text.replace(&*find_as, &replacement)),
    }
}

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnding {
    Lf,
    CrLf,
}

impl LineEnding {
    /// As the first line ends.
    fn of(text: &str) -> Self {
        match memchr(b'\n', text.as_bytes()) {
            Some(at) if text[..at].ends_with('\r') => Self::CrLf,
            _ => Self::Lf,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }

    /// Ends the last line of `text`, if there is one and it is open.
    fn end_line(self, text: &mut String) {
        if !matches!(text.as_str(), "" | "\u{feff}") && !text.ends_with('\n') {
            text.push_str(self.as_str());
        }
    }

    /// Gives new text the endings of the old one; into a text with plain newlines it goes as it is.
    fn adapt(self, content: &str) -> Cow<'_, str> {
        if self == Self::Lf || !content.contains('\n') {
            return Cow::Borrowed(content);
        }
        Cow::Owned(content.replace("\r\n", "\n").replace('\n', "\r\n"))
    }
}
