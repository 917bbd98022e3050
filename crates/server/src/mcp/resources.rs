//! Notes, files and what is known of a project as resources.
//!
//! A resource is named `memory://{project}/{address}`, percent-encoded. Invariant: what is listed can be read under the
//! same URI, and a URI that names nothing is an error, never a guess.

pub(crate) mod address;
mod cursor;
mod info;

use crate::Failure;
use crate::host::Host;
use crate::mcp::media_type::media_type;
use address::Address;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cairn_engine::{Engine, Project};
use cairn_index::NoteRecord;
use cursor::Cursor;
use rmcp::ErrorData;
use rmcp::model::{
    Annotations, ListResourcesResult, ReadResourceResult, Resource, ResourceContents,
    ResourceTemplate,
};
use serde_json::json;
use std::sync::Arc;

/// The URI of the assistant guide.
pub(crate) const GUIDE: &str = "memory://ai_assistant_guide";
const GUIDE_TEXT: &str = include_str!("text/ai_assistant_guide.md");

/// Resources of a page.
const PAGE: usize = 200;
/// Bytes of a file that are sent at most.
const LARGEST: u64 = 10 << 20;
/// Bytes of a note that are sent at most: a note is never larger.
const LARGEST_NOTE: u64 = 64 << 20;

fn described(uri: String, note: &NoteRecord) -> Resource {
    let mut annotations = Annotations::default();
    annotations.last_modified = Some(note.modified.to_string());
    Resource::new(uri, note.title.clone())
        .with_title(note.title.clone())
        .with_mime_type(media_type(note))
        .with_size(note.fingerprint.size)
        .with_annotations(annotations)
}

/// Returns a note's address inside its project: its permalink without the project, or its path where that address
/// means something else.
fn local<'n>(project: &str, note: &'n NoteRecord) -> &'n str {
    let slug = cairn_note::permalink::slug(project);
    let name = note.permalink.as_deref().unwrap_or(note.path.as_str());
    let local = name
        .strip_prefix(slug.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(name);
    if address::is_taken(&slug, local) {
        note.path.as_str()
    } else {
        local
    }
}

/// Returns the projects whose resources may be seen.
pub(crate) fn reachable<'e>(host: &Host, engine: &'e Engine) -> Result<Vec<Project<'e>>, Failure> {
    match host.constraint() {
        Some(only) => Ok(vec![engine.project(Some(only))?]),
        None => Ok(engine.projects().collect()),
    }
}

/// Returns a page of every project's notes and files, after what is no note: the guide and what is known of each
/// project.
pub(crate) fn list(
    host: &Arc<Host>,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, ErrorData> {
    let _answering = host.answering();
    let engine = host.engine()?;
    let projects = reachable(host, &engine)?;
    let cursor = match cursor {
        None => Cursor::default(),
        Some(text) => Cursor::read(text)
            .ok_or_else(|| ErrorData::invalid_params(format!("Invalid cursor: '{text}'"), None))?,
    };
    let mut resources = Vec::new();
    if cursor.is_first() {
        resources.push(guide());
        resources.extend(projects.iter().map(info::resource));
    }
    let mut ordered: Vec<_> = projects
        .iter()
        .map(|project| (project.settings().id().0, project))
        .collect();
    ordered.sort_by_key(|(id, _)| *id);
    let mut next = None;
    for (id, project) in ordered {
        let Some(after) = cursor.after(id) else {
            continue;
        };
        let left = PAGE.saturating_sub(resources.len());
        let mut notes = project
            .files_after(after, left + 1)
            .map_err(Failure::from)?;
        let has_more = notes.len() > left;
        notes.truncate(left);
        let last = notes.last().map(|note| note.path.clone());
        resources.extend(self::resources(project, &notes)?);
        if has_more {
            let last = last.or_else(|| after.cloned());
            next = Some(Cursor::at(id, last).text());
            break;
        }
    }
    let mut result = ListResourcesResult::with_all_items(resources);
    result.next_cursor = next;
    Ok(result)
}

/// Returns notes of a project as resources, each under a URI that leads back to it: how they are listed and how search
/// hits link to them.
pub(crate) fn resources<'n>(
    project: &Project<'_>,
    notes: impl IntoIterator<Item = &'n NoteRecord>,
) -> Result<Vec<Resource>, Failure> {
    let notes: Vec<&NoteRecord> = notes.into_iter().collect();
    let name = &project.settings().name;
    let locals: Vec<&str> = notes.iter().map(|note| local(name, note)).collect();
    let found = project.addressed(&locals)?;
    let mut resources = Vec::with_capacity(notes.len());
    for ((note, local), found) in notes.iter().zip(locals).zip(found) {
        // Someone else may have declared a permalink that reads the same below the project: then the id is the name.
        let leads_back = found.is_some_and(|found| found.id == note.id);
        let local = if leads_back { local } else { &note.external_id };
        resources.push(described(address::uri(&address::named(name), local), note));
    }
    Ok(resources)
}

fn guide() -> Resource {
    Resource::new(GUIDE, "ai assistant guide")
        .with_title("AI assistant guide")
        .with_description("How to work with this knowledge base")
        .with_mime_type("text/markdown")
        .with_size(GUIDE_TEXT.len() as u64)
}

/// Returns the templates.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let template = |uri: &str, name: &str, description: &str, media_type: Option<&str>| {
        let template = ResourceTemplate::new(uri, name).with_description(description);
        match media_type {
            Some(media_type) => template.with_mime_type(media_type),
            None => template,
        }
    };
    vec![
        template(
            "memory://{project}/{path}",
            "note",
            "A note or file, by its permalink or path inside the project",
            None,
        ),
        template(
            "memory://{project}/info",
            "project",
            "What a project holds and how far it is indexed",
            Some("application/json"),
        ),
        template(
            "memory://local/{project}/info",
            "project_info",
            "The same, under the name other servers give it",
            Some("application/json"),
        ),
    ]
}

/// Reads a resource.
pub(crate) fn read(host: &Arc<Host>, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let _answering = host.answering();
    if uri == GUIDE {
        return Ok(one(
            ResourceContents::text(GUIDE_TEXT, uri).with_mime_type("text/markdown")
        ));
    }
    let engine = host.engine()?;
    let found = find(host, &engine, uri)?.ok_or_else(|| missing(uri))?;
    match found {
        Found::Info(project) => {
            let text = info::text(host, &engine, &project)?;
            Ok(one(
                ResourceContents::text(text, uri).with_mime_type("application/json")
            ))
        }
        Found::File(project, note) => file(&project, &note, uri),
    }
}

/// Returns what stands for the text of a resource as the index knows it, whatever its file says meanwhile: equal for
/// equal texts.
pub(crate) fn known(host: &Arc<Host>, uri: &str) -> Result<Vec<u8>, ErrorData> {
    if uri == GUIDE {
        return Ok(Vec::new());
    }
    let engine = host.engine()?;
    let found = find(host, &engine, uri)?.ok_or_else(|| missing(uri))?;
    match found {
        Found::Info(project) => Ok(info::value(host, &engine, &project)?
            .to_string()
            .into_bytes()),
        Found::File(_, note) => Ok(note.fingerprint.checksum.to_vec()),
    }
}

/// What a URI names.
pub(crate) enum Found<'e> {
    /// What is known of a project.
    Info(Project<'e>),
    /// A note or file.
    File(Project<'e>, Box<NoteRecord>),
}

/// Returns what a URI names, among what may be reached.
pub(crate) fn find<'e>(
    host: &Host,
    engine: &'e Engine,
    uri: &str,
) -> Result<Option<Found<'e>>, Failure> {
    let projects = reachable(host, engine)?;
    for address in Address::readings(uri) {
        let named = |project: &&Project<'e>| {
            let settings = project.settings();
            settings.name == address.project || settings.slug() == address.project
        };
        for project in projects.iter().filter(named).copied() {
            let Some(local) = address.local.as_deref() else {
                return Ok(Some(Found::Info(project)));
            };
            let found = project.addressed(&[local])?.into_iter().next().flatten();
            if let Some(note) = found {
                return Ok(Some(Found::File(project, Box::new(note))));
            }
        }
    }
    Ok(None)
}

fn file(
    project: &Project<'_>,
    note: &NoteRecord,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    let most = if note.is_note { LARGEST_NOTE } else { LARGEST };
    let bytes = project
        .bytes(note, most)
        .map_err(Failure::from)?
        .ok_or_else(|| missing(uri))?;
    let is_text = note.is_note || !bytes.contains(&0);
    let contents = match String::from_utf8(bytes) {
        Ok(text) if is_text => ResourceContents::text(text, uri),
        Ok(text) => ResourceContents::blob(BASE64_STANDARD.encode(text), uri),
        Err(error) => ResourceContents::blob(BASE64_STANDARD.encode(error.as_bytes()), uri),
    };
    Ok(one(contents.with_mime_type(media_type(note))))
}

fn one(contents: ResourceContents) -> ReadResourceResult {
    ReadResourceResult::new(vec![contents])
}

fn missing(uri: &str) -> ErrorData {
    ErrorData::resource_not_found(
        format!("Resource not found: '{uri}'"),
        Some(json!({ "uri": uri })),
    )
}
