//! `write_note`.
//!
//! Invariant: a note that is there is replaced only when the call says so, and what was written is known to the index
//! before the answer says so.

mod refusals;

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile, WORKSPACE,
};
use super::failure::Failure;
use super::reply::Reply;
use super::written;
use cairn_engine::{Overwrite, Project, WriteRequest, Written};
use cairn_note::path::PathError;
use cairn_note::{NotePath, filter, tags};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "write_note",
    title: "Write Note",
    description: "Create a Markdown note. An existing note is refused unless overwrite is true; to change a part of \
                  one use edit_note. Lines like `- [category] fact #tag` become observations, \
                  `- relation_type [[Other Note]]` relations.",
    parameters: PARAMETERS,
    effect: Effect::Destructive,
    idempotent: false,
    tags: &["notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "title",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &[],
        description: "Title; the file is named after it",
    },
    Parameter {
        name: "content",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &[],
        description: "Markdown; may begin with frontmatter",
    },
    Parameter {
        name: "directory",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &["folder", "dir", "path"],
        description: "Folder in the project; \"/\" is the root",
    },
    PROJECT,
    WORKSPACE,
    PROJECT_ID,
    Parameter {
        name: "tags",
        kind: Kind::List,
        need: Need::Optional,
        aliases: &[],
        description: "Tags; win over those in the content",
    },
    Parameter {
        name: "note_type",
        kind: Kind::Text,
        need: Need::Default("\"note\""),
        aliases: &[],
        description: "Frontmatter type; one in the content wins",
    },
    Parameter {
        name: "metadata",
        kind: Kind::Object,
        need: Need::Optional,
        aliases: &[],
        description: "More frontmatter; null removes a key",
    },
    Parameter {
        name: "overwrite",
        kind: Kind::Boolean,
        need: Need::Default("false"),
        aliases: &[],
        description: "Replace a note that is there; frontmatter keys not given stay",
    },
    written::BASE_CHECKSUM,
    OUTPUT_FORMAT,
];

/// The longest type of a note, in characters.
const LONGEST_TYPE: usize = 200;

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    call.refuse_workspace()?;
    let project = call.project()?;
    let request = request(call)?;
    let result = match outside(&request.folder) {
        Some(error) => Err(error.into()),
        None => project.write_note(&request),
    };
    match result {
        Ok(written) => {
            let name = &project.settings().name;
            call.host.tell_changed(name, written.is_listed_anew);
            Ok(answer(call, name, &request, &written))
        }
        Err(error) => refusals::reply(call, &project, &request, error),
    }
}

fn request(call: &Call<'_>) -> Result<WriteRequest, Failure> {
    let arguments = &call.arguments;
    let note_type = filter::canonical_type(arguments.text("note_type"));
    if note_type.chars().count() > LONGEST_TYPE {
        return Err(Failure::raised(format!(
            "note_type must have at most {LONGEST_TYPE} characters"
        )));
    }
    Ok(WriteRequest {
        title: arguments.text("title").to_owned(),
        folder: arguments.text("directory").to_owned(),
        content: arguments.text("content").to_owned(),
        note_type: Some(note_type),
        tags: tags::parse(&Value::from(arguments.list("tags"))),
        metadata: arguments.object("metadata"),
        overwrite: if arguments.flag("overwrite") {
            Overwrite::Allow
        } else {
            Overwrite::Deny
        },
        base: written::base(arguments)?,
    })
}

/// Why a folder, as given, leads out of the project: cleaned, `C:/notes` and `/home/ada/notes` would land inside it.
fn outside(directory: &str) -> Option<PathError> {
    if matches!(directory.trim(), "" | "/") {
        return None;
    }
    NotePath::parse(directory).err().filter(written::leads_out)
}

fn answer(call: &Call<'_>, project: &str, request: &WriteRequest, written: &Written) -> Reply {
    let note = &written.note;
    if call.format() == Format::Json {
        return Reply::json(json!({
            "title": note.title,
            "permalink": note.permalink,
            "file_path": note.path.as_str(),
            "checksum": note.fingerprint.checksum_hex(),
            "action": if written.created { "created" } else { "updated" },
        }));
    }
    let action = if written.created {
        "Created"
    } else {
        "Updated"
    };
    let mut text = format!(
        "# {action} note\n{}{}",
        written::identity(project, note),
        written::counts(written),
    );
    if written.unresolved > 0 {
        text.push_str(
            "\nNote: Unresolved relations point to notes that are not there yet.\n\
             They resolve by themselves when such a note is written.\n",
        );
    }
    if !request.tags.is_empty() {
        let _ = writeln!(text, "\n## Tags\n- {}", request.tags.join(", "));
    }
    text.push_str(&written::session(project));
    Reply::text(text)
}
