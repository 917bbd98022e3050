//! `edit_note`.
//!
//! Invariant: an edit that is refused changed no byte; only `append` and `prepend` make a note that is missing.

mod refusals;

use super::arguments::Arguments;
use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile, WORKSPACE,
};
use super::failure::Failure;
use super::reply::Reply;
use super::written;
use cairn_engine::{EditRequest, Edited};
use cairn_note::edit::{Edit, Subsections};
use cairn_note::link::without_scheme;
use refusals::Refusal;
use serde_json::json;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "edit_note",
    title: "Edit Note",
    description: "Change a part of a note and leave the rest byte for byte. append and prepend create the note when it \
                  is missing; the other operations need it. Names are exact, never fuzzy.",
    parameters: PARAMETERS,
    effect: Effect::Destructive,
    idempotent: false,
    tags: &["notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

const OPERATIONS: &[&str] = &[
    "append",
    "prepend",
    "find_replace",
    "replace_section",
    "insert_before_section",
    "insert_after_section",
];

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "identifier",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &[],
        description: "Exact title, permalink, path, memory:// URL or id",
    },
    Parameter {
        name: "operation",
        kind: Kind::Choice(OPERATIONS),
        need: Need::Required,
        aliases: &[],
        description: "What to do with content",
    },
    Parameter {
        name: "content",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &["new_content", "replacement", "replace_with"],
        description: "Text to add or put in place; empty with metadata alone",
    },
    PROJECT,
    WORKSPACE,
    PROJECT_ID,
    Parameter {
        name: "section",
        kind: Kind::Text,
        need: Need::Optional,
        aliases: &["section_heading", "heading"],
        description: "Heading line, as `## Ideas`; for section operations",
    },
    Parameter {
        name: "find_text",
        kind: Kind::Text,
        need: Need::Optional,
        aliases: &["find", "old_text", "old_content", "search"],
        description: "Exact text to find; for find_replace",
    },
    Parameter {
        name: "expected_replacements",
        kind: Kind::Integer {
            least: 1,
            most: 1_000_000,
        },
        need: Need::Default("1"),
        aliases: &[],
        description: "How often find_text must occur",
    },
    Parameter {
        name: "replace_subsections",
        kind: Kind::Boolean,
        need: Need::Default("true"),
        aliases: &[],
        description: "false: replace_section keeps the subsections",
    },
    Parameter {
        name: "metadata",
        kind: Kind::Object,
        need: Need::Optional,
        aliases: &[],
        description: "Frontmatter keys to set besides",
    },
    written::BASE_CHECKSUM,
    OUTPUT_FORMAT,
];

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    call.refuse_workspace()?;
    let arguments = &call.arguments;
    let identifier = arguments.text("identifier");
    let request = EditRequest {
        identifier: identifier.to_owned(),
        edit: Some(edit(arguments)?),
        metadata: arguments.object("metadata"),
        base: written::base(arguments)?,
    };
    let routed = call.route(identifier, Prefix::Url)?;
    let route = unresolved_route(identifier, &routed.local);
    // A URL whose first segment is no project of this call may mean another one: nothing is made for it.
    let result = match route {
        None => routed.project.edit_or_create(&request),
        Some(_) => routed.project.edit_note(&request),
    };
    match result {
        Ok(edited) => {
            let name = &routed.project.settings().name;
            call.host.tell_changed(name, edited.is_listed_anew);
            Ok(answer(call, name, &edited))
        }
        Err(error) => Refusal {
            call,
            project: &routed.project,
            identifier,
            route,
        }
        .reply(error),
    }
}

/// Returns the first segment of a `memory://` URL that names no project of the call.
fn unresolved_route<'i>(identifier: &'i str, local: &str) -> Option<&'i str> {
    let bare = without_scheme(identifier)?;
    let (first, rest) = local.split_once('/')?;
    let is_whole = bare.replace("::", "/") == local;
    (is_whole && !first.is_empty() && !rest.is_empty()).then_some(&bare[..first.len()])
}

fn edit(arguments: &Arguments) -> Result<Edit, Failure> {
    let content = arguments.text("content").to_owned();
    let section = || {
        arguments
            .optional_text("section")
            .map(str::to_owned)
            .ok_or_else(|| {
                Failure::raised("section parameter is required for section-based operations")
            })
    };
    Ok(match arguments.text("operation") {
        "append" => Edit::Append { content },
        "prepend" => Edit::Prepend { content },
        "find_replace" => Edit::FindReplace {
            find: arguments
                .optional_text("find_text")
                .filter(|find| !find.is_empty())
                .map(str::to_owned)
                .ok_or_else(|| {
                    Failure::raised("find_text parameter is required for find_replace operation")
                })?,
            replace: content,
            expected: arguments.count("expected_replacements"),
        },
        "replace_section" => Edit::ReplaceSection {
            section: section()?,
            content,
            subsections: if arguments.flag("replace_subsections") {
                Subsections::Replace
            } else {
                Subsections::Keep
            },
        },
        "insert_before_section" => Edit::InsertBefore {
            section: section()?,
            content,
        },
        // The declaration has no other word.
        _ => Edit::InsertAfter {
            section: section()?,
            content,
        },
    })
}

fn answer(call: &Call<'_>, project: &str, edited: &Edited) -> Reply {
    let note = &edited.note;
    let operation = call.arguments.text("operation");
    if call.format() == Format::Json {
        return Reply::json(json!({
            "title": note.title,
            "permalink": note.permalink,
            "file_path": note.path.as_str(),
            "checksum": note.fingerprint.checksum_hex(),
            "operation": operation,
            "fileCreated": edited.created,
        }));
    }
    let (action, file_created) = if edited.created {
        ("Created", "fileCreated: true\n")
    } else {
        ("Edited", "")
    };
    Reply::text(format!(
        "# {action} note ({operation})\n{}{file_created}operation: {}\n{}{}",
        written::identity(project, note),
        done(&call.arguments, edited.created),
        written::counts(edited),
        written::session(project),
    ))
}

/// What was done, in words.
fn done(arguments: &Arguments, created: bool) -> String {
    let lines = match arguments.text("content") {
        "" => 0,
        // What follows the last line break is a line, if an empty one.
        content => content.split('\n').count(),
    };
    let section = arguments.text("section");
    match arguments.text("operation") {
        _ if created => format!("Created note with {lines} lines"),
        "append" => format!("Added {lines} lines to end of note"),
        "prepend" => format!("Added {lines} lines to beginning of note"),
        "find_replace" => "Find and replace operation completed".to_owned(),
        "replace_section" => format!("Replaced content under section '{section}'"),
        "insert_before_section" => format!("Inserted content before section '{section}'"),
        _ => format!("Inserted content after section '{section}'"),
    }
}
