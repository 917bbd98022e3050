//! What the schema tools answer when there is nothing to hold against anything.
//!
//! Invariant: one page for each reason, in both forms; none of them is a failure of the call.

use super::call::{Call, Format};
use super::failure::Failure;
use super::reply::Reply;
use super::schema_json;
use super::schema_text::short;
use cairn_engine::{BrokenSchema, Error, Project};
use serde_json::json;

/// Types named as a way out.
const MOST_TYPES: usize = 10;
/// A threshold that is worth another call.
const LOW_THRESHOLD: f64 = 0.1;

/// Why there is no answer.
pub(super) enum Nothing<'n> {
    /// No schema at all.
    NoSchemas,
    /// No note of that type.
    NoNotes(&'n str),
    /// No schema for that type; these notes name one that is not there.
    NoSchema(&'n str, &'n [BrokenSchema]),
    /// The notes of that type have nothing in common.
    NoPattern(&'n str, f64),
    /// No note of that name; these are near.
    NoNote(&'n str, Vec<String>),
    /// Something else; the verb's name for people comes first.
    Failed(&'static str, Failure),
}

impl Nothing<'_> {
    /// Returns the answer.
    pub(super) fn reply(&self, call: &Call<'_>, project: Project<'_>) -> Reply {
        match call.format() {
            Format::Json => Reply::json(json!({ "error": self.error() })),
            Format::Text => Reply::text(format!(
                "# {}\n\n{}\n",
                self.heading(),
                self.advice(project).trim_end()
            )),
        }
    }

    fn heading(&self) -> String {
        match self {
            Self::NoSchemas => "No Schemas Defined".to_owned(),
            Self::NoNotes(note_type) => format!("No Notes Found of Type '{}'", short(note_type)),
            Self::NoSchema(note_type, _) => format!("No Schema Found for '{}'", short(note_type)),
            Self::NoPattern(..) => "No Schema Pattern Found".to_owned(),
            Self::NoNote(identifier, _) => format!("Note Not Found: '{}'", short(identifier)),
            Self::Failed(verb, _) => format!("{verb} Failed"),
        }
    }

    fn error(&self) -> String {
        match self {
            Self::NoSchemas => schema_json::NO_SCHEMAS.to_owned(),
            Self::NoNotes(note_type) => schema_json::no_notes(note_type),
            Self::NoSchema(note_type, _) => schema_json::no_schema(note_type),
            Self::NoPattern(note_type, threshold) => schema_json::no_pattern(note_type, *threshold),
            Self::NoNote(identifier, _) => format!("Note not found: '{identifier}'"),
            Self::Failed(verb, failure) => {
                let mut verb = verb.to_lowercase();
                if let Some(first) = verb.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                format!("{verb} failed: {failure}")
            }
        }
    }

    fn advice(&self, project: Project<'_>) -> String {
        match self {
            Self::NoSchemas => format!(
                "A schema is a note of type `schema` that says what notes of another type should hold.\n\
                 - Propose one: schema_infer(note_type=\"…\")\n{}{}",
                save("…"),
                types(project)
            ),
            Self::NoNotes(note_type) => format!(
                "Types are compared without case, spaces and hyphens.\n{}- Look for it: search_notes(query=\"{}\")",
                types(project),
                short(note_type)
            ),
            Self::NoSchema(note_type, missing) => {
                let missing = missing.iter().take(MOST_TYPES);
                let missing: String = missing
                    .map(|one| format!("- {}: {}\n", one.path, short(&one.message)))
                    .collect();
                format!(
                    "Nothing says what notes of this type should hold.\n\
                     {missing}- Propose a schema: schema_infer(note_type=\"{0}\")\n{1}",
                    short(note_type),
                    save(&short(note_type))
                )
            }
            Self::NoPattern(note_type, threshold) => {
                let lower = match *threshold > LOW_THRESHOLD {
                    true => format!(
                        "- Lower the threshold: schema_infer(note_type=\"{}\", threshold={LOW_THRESHOLD})\n",
                        short(note_type)
                    ),
                    false => String::new(),
                };
                format!(
                    "No observation category and no relation type is in {:.0}% of the notes of type '{}'.\n\
                     {lower}- Fields are written as `- [category] text` and `- type [[Note]]`",
                    threshold * 100.0,
                    short(note_type)
                )
            }
            Self::NoNote(identifier, near) => {
                let look = format!(
                    "- Look for it: search_notes(query=\"{}\")",
                    short(identifier)
                );
                match near.as_slice() {
                    [] => look,
                    near => format!("- Did you mean {}?\n{look}", near.join(", ")),
                }
            }
            Self::Failed(_, failure) => {
                let hint = failure.hint().map(|hint| format!("Hint: {hint}"));
                format!("{failure}\n{}", hint.unwrap_or_default())
            }
        }
    }
}

/// Returns the page for an error of a verb.
pub(super) fn failed<'n>(verb: &'static str, identifier: &'n str, error: Error) -> Nothing<'n> {
    match error {
        Error::NotFound { near, .. } => Nothing::NoNote(identifier, near),
        error => Nothing::Failed(verb, error.into()),
    }
}

/// Returns the type a call is about.
pub(super) fn named<'c>(call: &'c Call<'_>) -> Result<&'c str, Failure> {
    let note_type = call.arguments.text("note_type").trim();
    if note_type.is_empty() {
        return Err(Failure::raised(format!(
            "{}: note_type is empty",
            call.tool.name
        )));
    }
    Ok(note_type)
}

fn save(note_type: &str) -> String {
    format!(
        "- Save one: write_note(title=\"…\", directory=\"schemas\", note_type=\"schema\", content=\"…\", \
         metadata={{\"entity\": \"{note_type}\", \"schema\": {{\"name\": \"string\"}}}})\n"
    )
}

/// Returns a line with the types there are, the most frequent first.
pub(super) fn types(project: Project<'_>) -> String {
    let types = project.every_type().unwrap_or_default();
    let mut names: Vec<_> = types
        .iter()
        .take(MOST_TYPES)
        .map(|one| format!("{} ({})", short(&one.value), one.count))
        .collect();
    if types.len() > MOST_TYPES {
        names.push("…".to_owned());
    }
    match names.as_slice() {
        [] => String::new(),
        names => format!("- Types here: {}\n", names.join(", ")),
    }
}
