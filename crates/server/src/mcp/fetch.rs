//! `fetch`: the reading that deep-research clients call by this name, with the answer they expect.
//!
//! Invariant: the text is the file's, whole.

use super::call::{Call, Prefix};
use super::declaration::{Declaration, Effect, Kind, Need, Parameter, Produces, Profile};
use super::failure::Failure;
use super::reply::Reply;
use super::search::wrapped;
use cairn_engine::{Error, ReadNote, ReadRequest};
use serde_json::json;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "fetch",
    title: "Fetch Document",
    description: "Read the whole note that search found, for clients that expect the pair search and fetch. \
        Others have more with read_note.",
    parameters: &[Parameter {
        name: "id",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &[],
        description: "An id that search gave; also a title, path or memory:// URL",
    }],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["notes", "search"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "every tool is called the same way"
)]
fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.arguments.text("id");
    let answer = match read(call, id) {
        Ok(read) => json!({
            "id": id,
            "title": read.note.title,
            "text": read.text,
            "url": id,
            "metadata": { "format": "markdown" },
        }),
        Err(Failure::Engine(Error::NotFound { near, .. })) => json!({
            "id": id,
            "title": "Document Not Found",
            "text": not_found(id, &near),
            "url": id,
            "metadata": { "error": "Document not found" },
        }),
        Err(failure) => json!({
            "id": id,
            "title": "Fetch Error",
            "text": failure.to_string(),
            "url": id,
            "metadata": { "error": "Fetch failed" },
        }),
    };
    Ok(wrapped(&answer))
}

fn read(call: &Call<'_>, id: &str) -> Result<ReadNote, Failure> {
    let routed = call.route(id, Prefix::Plain)?;
    Ok(routed.project.read_note(&ReadRequest {
        identifier: id.to_owned(),
        ..ReadRequest::default()
    })?)
}

fn not_found(id: &str, near: &[String]) -> String {
    let like = if near.is_empty() {
        String::new()
    } else {
        format!("Notes with names like it: {}\n\n", near.join(", "))
    };
    format!(
        "# Note Not Found: '{id}'\n\n{like}Find its id with `search(query=\"…\")` and fetch that."
    )
}
