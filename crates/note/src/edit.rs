//! The six edits of a note's text: core.md 9.1.

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// At the end.
    Append { /// The text to add.
        content: String },
    /// After the frontmatter.
    Prepend { /// The text to add.
        content: String },
    /// Literal replacement of every occurrence, if there are exactly `expected`.
    FindReplace { /// The text to look for.
        find: String, /// Its replacement.
        replace: String, /// How many there must be.
        expected: usize },
    /// The body of one section.
    ReplaceSection { /// Its heading.
        section: String, /// The new body.
        content: String, /// What happens to subsections.
        subsections: Subsections },
    /// Before a heading.
    InsertBefore { /// The heading.
        section: String, /// The text to add.
        content: String },
    /// Directly below a heading.
    InsertAfter { /// The heading.
        section: String, /// The text to add.
        content: String },
}
/// Whether replacing a section replaces its subsections too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subsections { /// Up to the next heading of the same or a higher level.
    Replace, /// Up to the next heading of any level.
    Keep }
/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Placeholder.
    #[error("Text to replace not found: '{0}'")]
    NotFound(String),
}
/// Returns the edited text.
pub fn edit(text: &str, edit: &Edit) -> Result<String, EditError> { let _ = (text, edit); todo!() }
/// When the first H1 equalled the title before the edit and differs after it, the title that follows it (core.md 9.1).
pub fn title_from_heading(before: &str, after: &str) -> Option<String> { let _ = (before, after); todo!() }
