//! How `write_note` says that nothing was written.
//!
//! Invariant: the page follows from the type of the error, never from its words.

use super::{Call, Failure, Format, Project, Reply, WriteRequest, written};
use crate::mcp::next_call;
use cairn_engine::Error;
use cairn_index::NoteRecord;
use cairn_note::path::PathError;
use serde_json::{Map, Value, json};

/// Returns the page of guidance for an error, or the failure where there is none.
pub(super) fn reply(
    call: &Call<'_>,
    project: &Project<'_>,
    request: &WriteRequest,
    error: Error,
) -> Result<Reply, Failure> {
    let refusal = Refusal {
        call,
        project,
        request,
    };
    match error {
        Error::Exists { path } => Ok(refusal.exists(&path, &request.title, "")),
        Error::Equivalent { existing } => {
            let (folder, name) = existing.rsplit_once('/').unwrap_or(("", &existing));
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let as_it_is = WriteRequest {
                folder: folder.to_owned(),
                ..request.clone()
            };
            let refusal = Refusal {
                request: &as_it_is,
                ..refusal
            };
            let equivalent = format!(" `{existing}` has an equivalent name.");
            Ok(refusal.exists(&existing, stem, &equivalent))
        }
        Error::Changed {
            path,
            expected,
            found,
        } => Ok(refusal.changed(&path, &expected, found.as_deref())),
        Error::Path(error) if written::leads_out(&error) => Ok(refusal.not_allowed()),
        Error::Path(error @ PathError::TooLong(_)) => {
            Err(Failure::raised(format!("File name too long: {error}")))
        }
        Error::Frontmatter { source, .. } => Err(Failure::raised(format!(
            "Invalid YAML in frontmatter: {source}"
        ))),
        error => Err(error.into()),
    }
}

/// A write that was refused.
struct Refusal<'r> {
    call: &'r Call<'r>,
    project: &'r Project<'r>,
    request: &'r WriteRequest,
}

impl Refusal<'_> {
    /// A note is there, which `title` in the request's folder would replace.
    fn exists(&self, path: &str, title: &str, why: &str) -> Reply {
        let permalink = self.permalink(path);
        if self.call.format() == Format::Json {
            return self.json(permalink, "conflict", "NOTE_ALREADY_EXISTS", json!({}));
        }
        let project = next_call::reaching(self.call, self.project);
        let identifier = next_call::quoted(permalink.as_deref().unwrap_or(path));
        let edit = |operation: &str, more: &str| {
            format!(
                "`edit_note(identifier={identifier}, operation=\"{operation}\"{more}, content=\"…\"{project})`"
            )
        };
        let named = permalink.map_or_else(
            || format!("file: `{path}`"),
            |permalink| format!("permalink: `{permalink}`"),
        );
        Reply::text(format!(
            "# Error: Note already exists\n\n\
             **\"{}\"** ({named}).{why} Nothing was written.\n\n\
             | Goal | Action |\n|---|---|\n\
             | Add to its end | {} |\n\
             | Add to its beginning | {} |\n\
             | Replace a section | {} |\n\
             | Replace all of it | `write_note(title={}, directory={}, content=\"…\", overwrite=True{project})` |\n\
             | See it first | `read_note(identifier={identifier}{project})` |\n\n\
             Project: {}",
            self.request.title,
            edit("append", ""),
            edit("prepend", ""),
            edit("replace_section", ", section=\"…\""),
            next_call::quoted(title),
            next_call::quoted(&self.request.folder),
            self.project.settings().name,
        ))
    }

    /// The note is not what the write was based on.
    fn changed(&self, path: &str, expected: &str, found: Option<&str>) -> Reply {
        let permalink = self.permalink(path);
        if self.call.format() == Format::Json {
            let checksums = json!({ "base_checksum": expected, "current_checksum": found });
            return self.json(permalink, "conflict", "NOTE_CHANGED", checksums);
        }
        let project = next_call::reaching(self.call, self.project);
        let way_out = match found {
            Some(found) => format!(
                "Read it with `read_note(identifier={}{project})`, then repeat with `overwrite=True, base_checksum=\"{}\"`.",
                next_call::quoted(permalink.as_deref().unwrap_or(path)),
                written::short(found),
            ),
            None => "Repeat without `base_checksum` to write it anew.".to_owned(),
        };
        Reply::text(format!(
            "# Error: Note changed meanwhile\n\n{}{way_out}\n\nProject: {}",
            written::changed(path, expected, found),
            self.project.settings().name,
        ))
    }

    fn not_allowed(&self) -> Reply {
        if self.call.format() == Format::Json {
            return self.json(None, "error", "SECURITY_VALIDATION_ERROR", json!({}));
        }
        Reply::text(format!(
            "# Error\n\n{}",
            written::not_allowed(&self.request.folder)
        ))
    }

    /// The stored permalink of the file at `path`, if the index knows it.
    fn permalink(&self, path: &str) -> Option<String> {
        let record = self.project.identify(path, None).ok();
        record
            .filter(|record: &NoteRecord| record.path.as_str() == path)
            .and_then(|record| record.permalink)
    }

    fn json(&self, permalink: Option<String>, action: &str, error: &str, more: Value) -> Reply {
        let mut object = Map::new();
        for (key, value) in [
            ("title", Value::from(self.request.title.as_str())),
            ("permalink", Value::from(permalink)),
            ("file_path", Value::Null),
            ("checksum", Value::Null),
            ("action", Value::from(action)),
            ("error", Value::from(error)),
        ] {
            object.insert(key.to_owned(), value);
        }
        if let Value::Object(more) = more {
            object.extend(more);
        }
        Reply::json(Value::Object(object))
    }
}
