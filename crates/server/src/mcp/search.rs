//! `search`: the search that deep-research clients call by this name, with the answer they expect.
//!
//! Invariant: every `id` it gives, `fetch` reads.

use super::call::{Call, Prefix};
use super::declaration::{Declaration, Effect, Kind, Need, Parameter, Produces, Profile};
use super::failure::Failure;
use super::reply::Reply;
use super::resources;
use cairn_engine::SearchRequest;
use cairn_index::NoteRecord;
use serde_json::{Value, json};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "search",
    title: "Search Knowledge Base",
    description: "Search notes by words and meaning, for clients that expect the pair search and fetch. \
        Others have more with search_notes.",
    parameters: &[Parameter {
        name: "query",
        kind: Kind::Text,
        need: Need::Required,
        aliases: &[],
        description: "What to look for",
    }],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["search"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

const RESULTS: usize = 10;

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let query = call.arguments.text("query");
    let request = SearchRequest {
        by: call.engine.settings().meaning.by(),
        page_size: RESULTS,
        ..SearchRequest::new(query, call.now.clone())
    };
    let found = call.project().and_then(|project| {
        let reply = project.search_notes(&request)?;
        Ok((project, reply))
    });
    let (project, reply) = match found {
        Ok(found) => found,
        Err(failure) => {
            return Ok(wrapped(&json!({
                "results": [],
                "error": "Search failed",
                "error_details": failure.to_string(),
            })));
        }
    };
    let results: Vec<Value> = reply
        .hits
        .iter()
        .map(|hit| {
            let note = &hit.note;
            let id = id(call, note);
            let title = match note.title.trim() {
                "" => "Untitled",
                title => title,
            };
            json!({ "id": id, "title": title, "url": id })
        })
        .collect();
    let links = resources::resources(&project, reply.hits.iter().map(|hit| &hit.note))?;
    let count = results.len();
    let answer = json!({ "results": results, "total_count": count, "query": query });
    Ok(wrapped(&answer).with_links(links))
}

/// What `fetch` reads a note by: its permalink or path, or its id where those mean something else.
fn id<'n>(call: &Call<'_>, note: &'n NoteRecord) -> &'n str {
    let name = note.permalink.as_deref().unwrap_or(note.path.as_str());
    let found = call
        .route(name, Prefix::Plain)
        .ok()
        .and_then(|routed| routed.project.identify(name, None).ok());
    if found.is_some_and(|found| found.id == note.id) {
        name
    } else {
        &note.external_id
    }
}

/// An answer as these clients unpack it: a list of one block that holds the JSON as text.
pub(super) fn wrapped(value: &Value) -> Reply {
    Reply::json(json!([{ "type": "text", "text": value.to_string() }]))
}
