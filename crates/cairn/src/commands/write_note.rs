//! `cairn write`.

use super::{content, metadata};
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, json, text};
use cairn_engine::{Error, Overwrite, WriteRequest};
use clap::Args;

/// Arguments of `cairn write`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The title; the file is named after it
    title: String,
    /// The text, with or without frontmatter; stdin where it is missing
    #[arg(allow_hyphen_values = true)]
    content: Option<String>,
    /// The folder, made if it is missing
    #[arg(long, default_value = "", hide_default_value = true)]
    folder: String,
    /// Tags, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "TAGS")]
    tags: Vec<String>,
    /// The type of the note
    #[arg(long = "type", value_name = "TYPE")]
    note_type: Option<String>,
    /// More frontmatter; may be repeated
    #[arg(long, value_name = "KEY=VALUE|JSON")]
    metadata: Vec<String>,
    /// Replaces a note that is there
    #[arg(long)]
    overwrite: bool,
    /// Replaces it only if its checksum is still this one
    #[arg(long, value_name = "CHECKSUM")]
    base: Option<String>,
}

/// Writes a note.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let request = WriteRequest {
        title: arguments.title,
        folder: arguments.folder,
        note_type: arguments.note_type,
        tags: arguments
            .tags
            .into_iter()
            .filter(|tag| !tag.trim().is_empty())
            .collect(),
        metadata: metadata::read(&arguments.metadata)?,
        overwrite: if arguments.overwrite {
            Overwrite::Allow
        } else {
            Overwrite::Deny
        },
        base: arguments.base,
        content: content::read(content::positional(arguments.content)?)?,
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let written = project.write_note(&request).map_err(|error| match error {
        Error::Exists { .. } => Failure::from(error)
            .hint("replace it with --overwrite, or choose another title or folder"),
        error => error.into(),
    })?;
    let action = if written.created {
        "created"
    } else {
        "updated"
    };
    Ok(Answer::new(
        text::written(invocation.style(), action, &written),
        json::written(&written),
    ))
}
