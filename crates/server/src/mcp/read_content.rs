//! `read_content`.
//!
//! A file's bytes in a form a client can show. Invariant: the media type is that of what is sent, whatever the file is
//! called.

mod media;
mod picture;

use super::budget::Cut;
use super::call::{Call, Prefix};
use super::declaration::{
    Declaration, Effect, Kind, MAX_TOKENS, Need, PROJECT, PROJECT_ID, Parameter, Produces, Profile,
};
use super::failure::Failure;
use super::next_call::{self, quoted};
use super::read_note::{is_outside, mark, names_nothing, range};
use super::reply::Reply;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_engine::{Error, Part, ReadContent};
use cairn_index::NoteRecord;
use media::{Form, form};
use serde_json::{Value, json};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "read_content",
    title: "Read Content",
    description: "Read any file of the project by path: text, JSON, images, other files in base64. For notes use \
                  read_note.",
    parameters: &[
        Parameter {
            name: "path",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &["file_path", "filepath", "file"],
            description: "Path in the project, or memory:// URL",
        },
        Parameter {
            name: "lines",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "Text: only these lines: 10-20, 10, 10-",
        },
        MAX_TOKENS,
        PROJECT,
        PROJECT_ID,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["notes"],
    profile: Profile::Core,
    produces: Produces::Object,
    call: run,
};

/// The most bytes that are sent of what is no text, as in the reference.
const MOST_BYTES: usize = 350_000;
/// The largest file that is looked at.
const LARGEST: u64 = 64 << 20;

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let path = call.arguments.text("path");
    let lines = range(call)?;
    let routed = call.route(path, Prefix::Url)?;
    if names_nothing(path) {
        return Err(not_found(&format!("{}…", short(path)), &[]));
    }
    let content = match routed.project.read_content(path, LARGEST) {
        Ok(content) => content,
        Err(Error::NotFound { .. }) if is_outside(&routed.local) => {
            return Ok(Reply::json(error(&format!(
                "Path '{path}' is not allowed - paths must stay within project boundaries"
            ))));
        }
        Err(Error::NotFound { near, .. }) => {
            let near = routed.project.named(&near)?;
            return Err(not_found(path, &near));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Reply::json(answer(call, &content, lines)?))
}

fn short(path: &str) -> String {
    path.chars().take(100).collect()
}

fn not_found(path: &str, near: &[NoteRecord]) -> Failure {
    let hint = if near.is_empty() {
        "see list_directory(), or look for it with search_notes(query=…)".to_owned()
    } else {
        let paths: Vec<&str> = near.iter().map(|note| note.path.as_str()).collect();
        format!("did you mean {}?", paths.join(", "))
    };
    Failure::Raised {
        message: format!("Resource not found: {path}"),
        hint: Some(hint),
    }
}

fn answer(
    call: &Call<'_>,
    content: &ReadContent,
    lines: Option<(usize, usize)>,
) -> Result<Value, Failure> {
    let Some(bytes) = &content.bytes else {
        return Ok(too_large(content.size));
    };
    match form(&content.note.path, bytes) {
        Form::Text {
            text,
            content_type: kind,
        } => text_answer(call, text, &kind, lines),
        _ if lines.is_some() => Err(Failure::raised(format!(
            "{} is no text, so it has no lines",
            content.note.path
        ))),
        Form::Picture(media_type) if bytes.len() <= MOST_BYTES => {
            Ok(encoded("image", media_type, bytes))
        }
        Form::Picture(_) => Ok(match picture::made_small(bytes, MOST_BYTES) {
            Ok(jpeg) => encoded("image", "image/jpeg", &jpeg),
            Err(why) => error(&format!(
                "Image size {} bytes exceeds maximum allowed size, and it cannot be made smaller: {why}",
                bytes.len()
            )),
        }),
        Form::Other(_) if bytes.len() > MOST_BYTES => Ok(too_large(content.size)),
        Form::Other(media_type) => Ok(encoded("document", media_type, bytes)),
    }
}

fn text_answer(
    call: &Call<'_>,
    text: &str,
    content_type: &str,
    lines: Option<(usize, usize)>,
) -> Result<Value, Failure> {
    let part = Part::of(text, lines)?;
    let mut answer = json!({
        "type": "text",
        "text": part.text,
        "content_type": content_type,
        "encoding": "utf-8",
    });
    if let Some(cut) = Cut::of(part.text, part.first_line, call.max_tokens()) {
        answer["text"] = json!(cut.kept);
        mark(&mut answer, &cut);
        answer["notice"] = json!(cut.marker(part.lines, |lines| again(call, lines)));
    }
    Ok(answer)
}

/// The call that reads other lines of the same file.
fn again(call: &Call<'_>, lines: &str) -> String {
    format!(
        "read_content(path={}, lines=\"{lines}\"{})",
        quoted(call.arguments.text("path")),
        next_call::repeated(call)
    )
}

fn encoded(kind: &str, media_type: &str, bytes: &[u8]) -> Value {
    json!({
        "type": kind,
        "source": {
            "type": "base64",
            "media_type": media_type,
            "data": STANDARD.encode(bytes),
        },
    })
}

fn too_large(size: u64) -> Value {
    error(&format!(
        "Document size {size} bytes exceeds maximum allowed size"
    ))
}

fn error(message: &str) -> Value {
    json!({ "type": "error", "error": message })
}
