//! What is answered when there is no such note.
//!
//! Never another note in its place: what is near is only named. Invariant: one page for each kind of miss, chosen by
//! the engine's error.

use crate::mcp::call::{Call, Format};
use crate::mcp::failure::Failure;
use crate::mcp::next_call::quoted;
use crate::mcp::reply::Reply;
use cairn_engine::{Error, Project};
use cairn_index::NoteRecord;
use cairn_note::NotePath;
use cairn_note::link::without_scheme;
use cairn_note::path::PathError;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The longest identifier anything is called, in characters.
const LONGEST: usize = 500;

/// Why there is no note.
pub(in crate::mcp) struct Missing<'c> {
    project: Project<'c>,
    why: Why,
}

enum Why {
    /// Nothing is called so; these names are near.
    Unknown(Vec<String>),
    /// Several notes are, at these paths.
    Several(Vec<String>),
    /// It is no name of a note but a path out of the project.
    Outside,
}

/// Whether an identifier is longer than anything is called.
pub(in crate::mcp) fn names_nothing(identifier: &str) -> bool {
    identifier.chars().nth(LONGEST).is_some()
}

/// Whether a name is a path that leads out of the project: only the form is looked at.
pub(in crate::mcp) fn is_outside(name: &str) -> bool {
    let name = name.trim();
    match NotePath::parse(name) {
        Err(PathError::Absolute(_) | PathError::Parent(_) | PathError::Control(_)) => true,
        // `a: b` and `about ~5` are titles.
        Err(PathError::Drive(_)) => name
            .get(2..)
            .is_some_and(|rest| rest.starts_with(['/', '\\'])),
        Err(PathError::Home(_)) => name.split(['/', '\\']).any(|part| part.starts_with('~')),
        _ => false,
    }
}

impl<'c> Missing<'c> {
    pub(super) fn unknown(project: Project<'c>) -> Self {
        let why = Why::Unknown(Vec::new());
        Self { project, why }
    }

    /// Reads an error of the engine; any other failure stays one.
    pub(super) fn of(error: Error, project: Project<'c>, local: &str) -> Result<Self, Failure> {
        let why = match error {
            Error::NotFound { .. } if is_outside(local) => Why::Outside,
            Error::NotFound { near, .. } => Why::Unknown(near),
            Error::Ambiguous { candidates, .. } => Why::Several(candidates),
            error => return Err(error.into()),
        };
        Ok(Self { project, why })
    }

    /// Returns the answer.
    pub(in crate::mcp) fn reply(
        &self,
        call: &Call<'_>,
        identifier: &str,
    ) -> Result<Reply, Failure> {
        let (related, error) = match &self.why {
            Why::Outside => (Vec::new(), Some("SECURITY_VALIDATION_ERROR")),
            Why::Several(paths) => (self.project.named(paths)?, Some("AMBIGUOUS_IDENTIFIER")),
            Why::Unknown(_) if names_nothing(identifier) => (Vec::new(), None),
            Why::Unknown(near) => (self.suggestions(call, identifier, near)?, None),
        };
        if call.format() == Format::Json {
            return Ok(Reply::json(nulls(&related, error)));
        }
        let page = match &self.why {
            Why::Outside => format!(
                "# Error\n\nIdentifier '{}' is not allowed - paths must stay within project boundaries",
                shown(identifier)
            ),
            Why::Several(paths) => self.several(identifier, &related, paths),
            Why::Unknown(_) if related.is_empty() => self.nothing(call, identifier),
            Why::Unknown(_) => self.suggest(call, identifier, &related),
        };
        Ok(Reply::text(page))
    }

    fn suggestions(
        &self,
        call: &Call<'_>,
        identifier: &str,
        near: &[String],
    ) -> Result<Vec<NoteRecord>, Failure> {
        let arguments = &call.arguments;
        let page = arguments.optional_integer("page").unwrap_or(1);
        let page_size = arguments.optional_integer("page_size").unwrap_or(10);
        Ok(self.project.suggestions(
            identifier,
            near,
            usize::try_from(page).unwrap_or(1),
            usize::try_from(page_size).unwrap_or(10),
            &call.now,
        )?)
    }

    fn heading(&self, identifier: &str) -> String {
        format!(
            "# Note Not Found in {}: \"{}\"\n\n",
            self.project.settings().name,
            shown(identifier)
        )
    }

    fn nothing(&self, call: &Call<'_>, identifier: &str) -> String {
        let project = quoted(&self.project.settings().name);
        let (heading, words) = (self.heading(identifier), quoted(&words(identifier)));
        let create = create(call, identifier, &project);
        format!(
            "{heading}\
             ## Check Identifier Type\n\
             Give a note's exact title, permalink or path; nothing is guessed.\n\n\
             ## Search Instead\n\
             search_notes(project={project}, query={words})\n\n\
             ## Recent Activity\n\
             recent_activity(project={project}, timeframe=\"7d\")\n\n\
             ## Create New Note\n\
             {create}"
        )
    }

    fn suggest(&self, call: &Call<'_>, identifier: &str, related: &[NoteRecord]) -> String {
        let project = quoted(&self.project.settings().name);
        let mut page = self.heading(identifier);
        let _ = write!(
            page,
            "I couldn't find an exact match for \"{}\". These are near it:\n\n",
            shown(identifier)
        );
        self.list(&mut page, related);
        let _ = write!(
            page,
            "## Try More Specific Lookup\n\
             Give one of the permalinks above, exactly.\n\n\
             ## Search For More Results\n\
             search_notes(project={project}, query={})\n\n\
             ## Create New Note\n\
             {}",
            quoted(&words(identifier)),
            create(call, identifier, &project)
        );
        page
    }

    fn several(&self, identifier: &str, related: &[NoteRecord], paths: &[String]) -> String {
        let mut page = self.heading(identifier);
        let _ = write!(
            page,
            "\"{}\" could be any of {} notes. Give one of them by its permalink or path:\n\n",
            shown(identifier),
            paths.len()
        );
        if related.is_empty() {
            // They are another project's.
            for path in paths {
                let _ = writeln!(page, "- {path}");
            }
        }
        self.list(&mut page, related);
        page.truncate(page.trim_end().len());
        page
    }

    fn list(&self, page: &mut String, related: &[NoteRecord]) {
        let project = quoted(&self.project.settings().name);
        for (at, note) in related.iter().enumerate() {
            let name = note.permalink.as_deref().unwrap_or(note.path.as_str());
            let _ = write!(
                page,
                "## {}. {}\n- **Type**: {}\n- **Permalink**: {}\n- read_note(project={project}, identifier={})\n\n",
                at + 1,
                note.title,
                note.note_type,
                note.permalink.as_deref().unwrap_or("none"),
                quoted(name)
            );
        }
    }
}

/// The reference's keys, all null, and what may have been meant.
fn nulls(related: &[NoteRecord], error: Option<&str>) -> Value {
    let mut answer = json!({
        "title": null,
        "permalink": null,
        "file_path": null,
        "content": null,
        "frontmatter": null,
    });
    if let Some(error) = error {
        answer["error"] = json!(error);
    }
    if !related.is_empty() {
        let related = related.iter().map(|note| {
            json!({
                "title": note.title,
                "permalink": note.permalink,
                "file_path": note.path.as_str(),
            })
        });
        answer["related_results"] = related.collect();
    }
    answer
}

/// The call that makes the note that was looked for.
fn create(call: &Call<'_>, identifier: &str, project: &str) -> String {
    let identifier = without_scheme(identifier).unwrap_or(identifier.trim());
    let identifier = identifier.trim_end_matches('/');
    let (folder, title) = identifier.rsplit_once('/').unwrap_or(("", identifier));
    let title = title.strip_suffix(".md").unwrap_or(title);
    // The project is named by its own argument.
    let is_project = |first: &str| {
        let slug = cairn_note::permalink::slug(first);
        let registry = &call.engine.settings().projects;
        registry.iter().any(|project| project.slug() == slug)
    };
    let folder = match folder.split_once('/') {
        Some((first, rest)) if is_project(first) => rest,
        None if is_project(folder) => "",
        _ => folder,
    };
    format!(
        "write_note(project={project}, title={}, directory={}, content=\"…\")",
        quoted(&shown(title)),
        quoted(&shown(if folder.is_empty() { "/" } else { folder }))
    )
}

/// An identifier as words to search for.
fn words(identifier: &str) -> String {
    let name = without_scheme(identifier).unwrap_or(identifier.trim());
    let last = name
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(name);
    let last = last.strip_suffix(".md").unwrap_or(last);
    shown(&last.replace(['-', '_'], " "))
}

/// An identifier on one line and not longer than any is.
fn shown(identifier: &str) -> String {
    let mut text = String::new();
    for character in identifier.chars().take(LONGEST) {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    if names_nothing(identifier) {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{is_outside, shown, words};

    #[test]
    fn paths_out_of_the_project_are_told_from_titles() {
        for name in [
            "../x",
            "a/../../x",
            "/etc/passwd",
            "\\\\server\\share",
            "C:\\x",
            "c:/x",
            "~/.ssh/id",
            "a/~root/x",
            "a\0b",
        ] {
            assert!(is_outside(name), "{name:?}");
        }
        for name in ["a: b", "about ~5", "notes/tea", "x..y", "", "Tea.", "é:x"] {
            assert!(!is_outside(name), "{name:?}");
        }
    }

    #[test]
    fn identifiers_are_shown_on_one_line() {
        assert_eq!(shown("a\nb"), "a\\nb");
        assert_eq!(shown(&"x".repeat(501)).chars().count(), 501);
        assert_eq!(words("memory://main/notes/green-tea.md"), "green tea");
    }
}
