//! `cairn edit`.

use super::{content, metadata};
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, json, text};
use cairn_engine::EditRequest;
use cairn_note::edit::{Edit, Subsections};
use clap::{Args, ValueEnum};

/// Arguments of `cairn edit`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note: its title, permalink, path, memory:// URL or id
    #[arg(value_name = "ID")]
    identifier: String,
    /// What is done to its text; may be left out beside --metadata
    #[arg(value_name = "OPERATION")]
    operation: Option<Operation>,
    /// The new text; stdin where it is missing
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    content: Option<String>,
    /// The text find-replace looks for
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    find: Option<String>,
    /// The heading a section operation is about
    #[arg(long, value_name = "HEADING", allow_hyphen_values = true)]
    section: Option<String>,
    /// How often find-replace must find it
    #[arg(long, value_name = "N", default_value_t = 1)]
    expected: usize,
    /// Leaves the subsections of a replaced section as they are
    #[arg(long)]
    keep_subsections: bool,
    /// Frontmatter to set; may be repeated
    #[arg(long, value_name = "KEY=VALUE|JSON")]
    metadata: Vec<String>,
    /// Edits only if the note's checksum is still this one
    #[arg(long, value_name = "CHECKSUM")]
    base: Option<String>,
}

/// What is done to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Operation {
    /// At the end
    Append,
    /// After the frontmatter
    Prepend,
    /// Every --find becomes --content
    #[value(alias = "find_replace")]
    FindReplace,
    /// The body of --section becomes --content
    #[value(alias = "replace_section")]
    ReplaceSection,
    /// Before the heading of --section
    #[value(alias = "insert_before_section")]
    InsertBeforeSection,
    /// Directly below the heading of --section
    #[value(alias = "insert_after_section")]
    InsertAfterSection,
}

/// Edits a note.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let metadata = metadata::read(&arguments.metadata)?;
    if arguments.operation.is_none() && metadata.is_empty() {
        return Err(Failure::invalid("there is nothing to change")
            .hint("name an OPERATION, or give --metadata"));
    }
    let request = EditRequest {
        identifier: arguments.identifier.clone(),
        base: arguments.base.clone(),
        metadata,
        edit: edit(arguments)?,
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let edited = project.edit_note(&request)?;
    Ok(Answer::new(
        text::written(invocation.style(), "updated", &edited),
        json::written(&edited),
    ))
}

fn edit(arguments: Arguments) -> Result<Option<Edit>> {
    let Some(operation) = arguments.operation else {
        for (option, given) in [
            ("--content", arguments.content.is_some()),
            ("--find", arguments.find.is_some()),
            ("--section", arguments.section.is_some()),
        ] {
            if given {
                return Err(Failure::invalid(format!("{option} needs an OPERATION")));
            }
        }
        return Ok(None);
    };
    // What is missing is said before stdin is waited for.
    let find = require(
        operation == Operation::FindReplace,
        arguments.find,
        "find-replace needs --find TEXT",
    )?;
    let by_section = !matches!(
        operation,
        Operation::Append | Operation::Prepend | Operation::FindReplace
    );
    let section = require(
        by_section,
        arguments.section,
        "a section operation needs --section HEADING",
    )?;
    let content = content::read(arguments.content)?;
    Ok(Some(match operation {
        Operation::Append => Edit::Append { content },
        Operation::Prepend => Edit::Prepend { content },
        Operation::FindReplace => Edit::FindReplace {
            find,
            replace: content,
            expected: arguments.expected,
        },
        Operation::ReplaceSection => Edit::ReplaceSection {
            section,
            content,
            subsections: if arguments.keep_subsections {
                Subsections::Keep
            } else {
                Subsections::Replace
            },
        },
        Operation::InsertBeforeSection => Edit::InsertBefore { section, content },
        Operation::InsertAfterSection => Edit::InsertAfter { section, content },
    }))
}

/// Returns an option's value where the operation needs one; an option it does not know is a slip.
fn require(needed: bool, value: Option<String>, otherwise: &str) -> Result<String> {
    match (needed, value) {
        (true, Some(value)) => Ok(value),
        (true, None) => Err(Failure::invalid(otherwise)),
        (false, None) => Ok(String::new()),
        (false, Some(_)) => Err(Failure::invalid(format!(
            "this operation takes no such option: {otherwise}"
        ))),
    }
}
