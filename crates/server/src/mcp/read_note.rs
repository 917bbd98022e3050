//! `read_note`.
//!
//! A note's text as it stands in its file, or stood at a time, all of it or a part. Invariant: text that is not cut is
//! the file's, byte for byte.

mod missing;
mod outline;
mod range;

pub(super) use missing::{Missing, is_outside, names_nothing};
pub(super) use range::range;

use super::budget::Cut;
use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, IDENTIFIER, Kind, MAX_TOKENS, Need, OUTPUT_FORMAT, PAGE, PAGE_SIZE,
    PROJECT, PROJECT_ID, Parameter, Produces, Profile,
};
use super::failure::Failure;
use super::moment::{AS_OF, moment};
use super::next_call::{self, quoted};
use super::reply::Reply;
use cairn_engine::{Error, Part, Project, ReadNote, ReadRequest};
use serde_json::{Value, json};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "read_note",
    title: "Read Note",
    description: "Read a note by exact title, permalink, path or memory:// URL. Long note: outline=true first, then \
                  section or lines, or set max_tokens. A miss answers with suggestions.",
    parameters: &[
        IDENTIFIER,
        Parameter {
            name: "section",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "Only the section below this heading",
        },
        Parameter {
            name: "lines",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "Only these lines of note or section: 10-20, 10, 10-",
        },
        Parameter {
            name: "outline",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Only the headings with their lines",
        },
        MAX_TOKENS,
        AS_OF,
        Parameter {
            name: "include_frontmatter",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "JSON: frontmatter in content too",
        },
        OUTPUT_FORMAT,
        Parameter {
            description: "Page of suggestions",
            ..PAGE
        },
        Parameter {
            description: "Suggestions per page",
            ..PAGE_SIZE
        },
        PROJECT,
        PROJECT_ID,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let identifier = call.arguments.text("identifier");
    let section = call.arguments.optional_text("section");
    let lines = range(call)?;
    let is_outline = call.arguments.flag("outline");
    if is_outline && (section.is_some() || lines.is_some()) {
        return Err(Failure::raised(
            "read_note: outline is of the whole note; give it without section and lines",
        ));
    }
    let read = match find(call, identifier)? {
        Ok(read) => read,
        Err(missing) => return missing.reply(call, identifier),
    };
    match (call.format(), is_outline) {
        (format, true) => Ok(outline::reply(call, &read, format)),
        (Format::Text, false) => Ok(Reply::text(text(call, read, section, lines)?)),
        (Format::Json, false) => Ok(Reply::json(json(call, &read, section, lines)?)),
    }
}

/// The note an identifier names, or why there is none.
pub(super) fn find<'c>(
    call: &'c Call<'_>,
    identifier: &str,
) -> Result<Result<ReadNote, Missing<'c>>, Failure> {
    let routed = call.route(identifier, Prefix::Plain)?;
    let project = routed.project;
    if names_nothing(identifier) {
        return Ok(Err(Missing::unknown(project)));
    }
    let read = project.read_note(&ReadRequest {
        identifier: identifier.to_owned(),
        as_of: moment(call, AS_OF.name)?,
        ..ReadRequest::default()
    });
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(error @ Error::Invalid { .. }) => Err(unreadable(&project, identifier, error)),
        Err(error) => Missing::of(error, project, &routed.local).map(Err),
    }
}

/// Says which tool reads what is no text.
fn unreadable(project: &Project<'_>, identifier: &str, error: Error) -> Failure {
    match project.look_up(identifier) {
        Ok(file) if !file.is_note => Failure::Raised {
            message: error.to_string(),
            hint: Some(format!(
                "try read_content(path={})",
                quoted(file.path.as_str())
            )),
        },
        _ => error.into(),
    }
}

/// The text that was asked for, and how to go on when it is cut.
pub(super) fn text(
    call: &Call<'_>,
    read: ReadNote,
    section: Option<&str>,
    lines: Option<(usize, usize)>,
) -> Result<String, Failure> {
    let limit = call.max_tokens();
    if section.is_none() && lines.is_none() && limit.is_none() {
        return Ok(read.text);
    }
    let part = read.part(section, lines)?;
    let Some(cut) = Cut::of(part.text, part.first_line, limit) else {
        return Ok(part.text.to_owned());
    };
    let line_end = if cut.is_inside { "\n" } else { "" };
    let marker = cut.marker(part.lines, |lines| again(call, section, lines));
    Ok(format!("{}{line_end}{marker}", cut.kept))
}

/// The call that reads other lines of the same text.
fn again(call: &Call<'_>, section: Option<&str>, lines: &str) -> String {
    let section = section.map_or_else(String::new, |section| {
        format!(", section={}", quoted(section))
    });
    let as_of = match moment(call, AS_OF.name) {
        Ok(Some(moment)) => format!(", as_of=\"{moment}\""),
        _ => String::new(),
    };
    format!(
        "read_note(identifier={}{section}, lines=\"{lines}\"{as_of}{})",
        quoted(call.arguments.text("identifier")),
        next_call::repeated(call)
    )
}

fn json(
    call: &Call<'_>,
    read: &ReadNote,
    section: Option<&str>,
    lines: Option<(usize, usize)>,
) -> Result<Value, Failure> {
    let frontmatter = frontmatter(read);
    let is_body =
        section.is_none() && lines.is_none() && !call.arguments.flag("include_frontmatter");
    let mut part = read.part(section, lines)?;
    if is_body && let Some((_, body)) = &frontmatter {
        // Lines count from the file's first one whatever is left out, so that a cut can be gone on with.
        let above = Part::of(&read.text[..*body], None)?.lines;
        part.text = &read.text[*body..];
        part.first_line = above + 1;
    }
    let mut answer = json!({
        "title": read.note.title,
        "permalink": read.note.permalink,
        "file_path": read.note.path.as_str(),
        "content": part.text,
        "frontmatter": frontmatter.map(|(metadata, _)| metadata),
        "checksum": read.checksum,
    });
    if let Some(moment) = moment(call, AS_OF.name)? {
        answer["as_of"] = json!(moment.to_string());
    }
    if let Some(cut) = Cut::of(part.text, part.first_line, call.max_tokens()) {
        answer["content"] = json!(cut.kept);
        mark(&mut answer, &cut);
    }
    Ok(answer)
}

/// Adds to an answer in JSON that it was cut and how to go on.
pub(super) fn mark(answer: &mut Value, cut: &Cut<'_>) {
    answer["truncated"] = json!(true);
    answer["next_lines"] = json!(cut.next_lines());
    if cut.is_inside {
        answer["cut_inside_line"] = json!(cut.line);
    }
}

/// The mapping at the head of a note and where the body begins, when there is one.
fn frontmatter(read: &ReadNote) -> Option<(cairn_note::Metadata, usize)> {
    let found = cairn_note::frontmatter::read(&read.text);
    (read.note.is_note && found.body_start > 0 && !found.metadata.is_empty())
        .then_some((found.metadata, found.body_start))
}
