//! How `edit_note` says that nothing was edited.
//!
//! Invariant: the page follows from the type of the error, never from its words.

use super::{Call, Failure, Format, Reply, written};
use crate::mcp::next_call;
use cairn_engine::{Error, Project};
use cairn_note::edit::EditError;
use cairn_note::link;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// An edit that was refused.
pub(super) struct Refusal<'r> {
    pub(super) call: &'r Call<'r>,
    pub(super) project: &'r Project<'r>,
    pub(super) identifier: &'r str,
    /// The first segment of a URL that names no project of this call.
    pub(super) route: Option<&'r str>,
}

/// A page of guidance, and the same for programs.
struct Page {
    heading: &'static str,
    text: String,
    /// The code or the message of the JSON form.
    error: String,
    /// What else the JSON form has.
    more: Value,
}

impl Page {
    fn new(heading: &'static str, text: String, error: impl Into<String>) -> Self {
        Self {
            heading,
            text,
            error: error.into(),
            more: json!({}),
        }
    }
}

impl Refusal<'_> {
    /// Returns the page of guidance for an error, or the failure where there is none.
    pub(super) fn reply(&self, error: Error) -> Result<Reply, Failure> {
        let page = match error {
            Error::NotFound { near, .. } => match self.route {
                Some(route) => self.unresolved_route(route),
                None => self.not_found(&near),
            },
            Error::OtherProject { project, .. } => self.other_project(&project),
            Error::Changed {
                path,
                expected,
                found,
            } => self.changed(&path, &expected, found.as_deref()),
            Error::Equivalent { existing } => self.similar(&existing),
            Error::Path(error) if written::leads_out(&error) => self.not_allowed(),
            Error::Edit { source, path } => match source {
                EditError::TextNotFound { find } => self.text_not_found(written::excerpt(&find)),
                EditError::Count {
                    find,
                    expected,
                    found,
                } => self.wrong_count(written::excerpt(&find), expected, found),
                EditError::AmbiguousReplacement { .. } => self.duplicate_sections(&source),
                EditError::FindTextRequired
                | EditError::FindTextBlank
                | EditError::SectionRequired
                | EditError::SectionBlank => return Err(Failure::raised(source.to_string())),
                EditError::AmbiguousInsertion { .. } | EditError::SectionNotFound { .. } => {
                    self.failed(&source.to_string(), None)
                }
                EditError::Frontmatter(source) => {
                    self.failed(&format!("cannot edit {path}: {source}"), None)
                }
            },
            Error::Ambiguous { .. }
            | Error::Exists { .. }
            | Error::NotIndexed { .. }
            | Error::Invalid { .. }
            | Error::Path(_)
            | Error::Frontmatter { .. } => self.failed(&error.to_string(), error.hint()),
            error => return Err(error.into()),
        };
        Ok(self.worded(page))
    }

    fn worded(&self, page: Page) -> Reply {
        if self.call.format() == Format::Text {
            return Reply::text(format!("# {}\n\n{}", page.heading, page.text));
        }
        let mut object = Map::new();
        for key in ["title", "permalink", "file_path", "checksum", "operation"] {
            object.insert(key.to_owned(), Value::Null);
        }
        object.insert("fileCreated".to_owned(), Value::from(false));
        object.insert("error".to_owned(), Value::from(page.error));
        if let Value::Object(more) = page.more {
            object.extend(more);
        }
        Reply::json(Value::Object(object))
    }

    fn project_name(&self) -> &str {
        &self.project.settings().name
    }

    /// `name="…"` with the project a suggested call needs.
    fn argument(&self, name: &str, value: &str) -> String {
        let project = next_call::reaching(self.call, self.project);
        format!("{name}={}{project}", next_call::quoted(value))
    }

    fn sync(&self) -> String {
        next_call::sync(&next_call::reaching(self.call, self.project))
    }

    fn without_scheme(&self) -> &str {
        link::without_scheme(self.identifier).unwrap_or(self.identifier.trim())
    }

    fn not_found(&self, near: &[String]) -> Page {
        let identifier = self.identifier;
        let name = self.without_scheme().trim_end_matches('/');
        let (folder, title) = name.rsplit_once('/').unwrap_or(("/", name));
        let near = if near.is_empty() {
            String::new()
        } else {
            format!("Names like it: {}\n", near.join(", "))
        };
        let operation = self.call.arguments.text("operation");
        // These make a missing note, unless its name is none a new one can have.
        let (why, make) = if matches!(operation, "append" | "prepend") {
            ("and none can be made of that name".to_owned(), "")
        } else {
            (
                format!("{operation} needs one that is there"),
                "`edit_note` with operation=\"append\" or \"prepend\", or ",
            )
        };
        Page::new(
            "Edit Failed - Note Not Found",
            format!(
                "No note is called '{identifier}' in project '{}'; {why}.\n{near}\
                 - Find it: `search_notes({})`; then use its exact title, permalink or path\n\
                 - Make it: {make}`write_note(title={}, content=\"…\", {})`\n\
                 - If the file was put there just now: `{}`, then repeat",
                self.project_name(),
                self.argument("query", title),
                next_call::quoted(title),
                self.argument("directory", folder),
                self.sync(),
            ),
            format!("Entity not found: '{identifier}'"),
        )
    }

    fn unresolved_route(&self, route: &str) -> Page {
        let project = self.project_name();
        let local = self.without_scheme();
        Page {
            more: json!({ "project": project, "projectRoute": route }),
            ..Page::new(
                "Edit Failed - Unresolved Project Route",
                format!(
                    "'{route}' in '{}' is no project of this call, and no such note is in project '{project}'. \
                     Nothing was edited or created.\n\
                     - If '{route}' is a folder: repeat with `{}`\n\
                     - If it is a project: see `list_memory_projects()`, then repeat with its name",
                    self.identifier,
                    self.argument("identifier", local),
                ),
                "UNRESOLVED_PROJECT_ROUTE",
            )
        }
    }

    fn other_project(&self, other: &str) -> Page {
        let id = self
            .call
            .engine
            .project(Some(other))
            .ok()
            .map(|project| project.settings().external_id());
        let project = id.as_deref().map_or_else(
            || format!("project={}", next_call::quoted(other)),
            |id| format!("project_id=\"{id}\""),
        );
        Page {
            more: json!({ "project": self.project_name(), "targetProjectId": id }),
            ..Page::new(
                "Edit Failed - Note Not Found In This Project",
                format!(
                    "'{}' belongs to project '{other}', not to '{}'. Nothing was edited.\n\
                     Repeat with `{project}`.",
                    self.identifier,
                    self.project_name(),
                ),
                "CROSS_PROJECT_ENTITY",
            )
        }
    }

    fn changed(&self, path: &str, expected: &str, found: Option<&str>) -> Page {
        let way_out = match found {
            Some(found) => format!(
                "Read it with `read_note({})`, then repeat with `base_checksum=\"{}\"`.",
                self.argument("identifier", path),
                written::short(found),
            ),
            None => format!(
                "Write it anew with `write_note`, or call `{}` if it was deleted on purpose.",
                self.sync()
            ),
        };
        Page {
            more: json!({ "base_checksum": expected, "current_checksum": found }),
            ..Page::new(
                "Edit Failed - Note Changed",
                format!("{}{way_out}", written::changed(path, expected, found)),
                "NOTE_CHANGED",
            )
        }
    }

    fn similar(&self, existing: &str) -> Page {
        Page {
            more: json!({ "existing": existing }),
            ..Page::new(
                "Edit Failed - Similar Note Exists",
                format!(
                    "'{}' is missing, but a note of nearly that name is there: {existing}. Nothing was created.\n\
                     - If you mean that one: repeat with `{}`\n\
                     - If you want a second one: `write_note` with a clearly different title",
                    self.identifier,
                    self.argument("identifier", existing),
                ),
                "SIMILAR_NOTE_EXISTS",
            )
        }
    }

    fn not_allowed(&self) -> Page {
        let name = self.without_scheme();
        let directory = name
            .rsplit_once('/')
            .map_or(name, |(directory, _)| directory);
        Page::new(
            "Error",
            written::not_allowed(directory),
            "SECURITY_VALIDATION_ERROR",
        )
    }

    fn text_not_found(&self, find: Cow<'_, str>) -> Page {
        Page::new(
            "Edit Failed - Text Not Found",
            format!(
                "The text '{find}' is not in '{}'.\n\
                 - See the note: `read_note({})`\n\
                 - The text must be the same, letter case and white space included",
                self.identifier,
                self.argument("identifier", self.identifier),
            ),
            EditError::TextNotFound {
                find: find.into_owned(),
            }
            .to_string(),
        )
    }

    fn wrong_count(&self, find: Cow<'_, str>, expected: usize, found: usize) -> Page {
        Page::new(
            "Edit Failed - Wrong Replacement Count",
            format!(
                "Expected {expected} occurrences of '{find}' but found {found}.\n\
                 - To replace all of them: repeat with `expected_replacements={found}`\n\
                 - To replace one: give more of the text around it in `find_text`\n\
                 - See the note: `read_note({})`",
                self.argument("identifier", self.identifier),
            ),
            EditError::Count {
                find: find.into_owned(),
                expected,
                found,
            }
            .to_string(),
        )
    }

    fn duplicate_sections(&self, error: &EditError) -> Page {
        Page::new(
            "Edit Failed - Duplicate Section Headers",
            format!(
                "{error}\n\
                 - See the note: `read_note({})`\n\
                 - Make the headings different, or edit by the text itself with operation=\"find_replace\"",
                self.argument("identifier", self.identifier),
            ),
            error.to_string(),
        )
    }

    fn failed(&self, message: &str, hint: Option<String>) -> Page {
        let hint = hint.map_or_else(String::new, |hint| format!("\nHint: {hint}"));
        Page::new(
            "Edit Failed",
            format!("Error editing note '{}': {message}{hint}", self.identifier),
            message,
        )
    }
}
