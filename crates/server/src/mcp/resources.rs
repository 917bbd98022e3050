//! Notes as resources.
//!
//! Invariant: what is listed can be read under the same URI.

use crate::host::Host;
use cairn_index::NoteRecord;
use rmcp::ErrorData;
use rmcp::model::{ListResourcesResult, ReadResourceResult, Resource, ResourceTemplate};
use std::sync::Arc;

/// Returns a note as a resource: how search hits link to it and how it is listed.
pub(crate) fn resource(project: &str, note: &NoteRecord) -> Resource {
    Resource::new(uri(project, note), note.title.clone())
        .with_title(note.title.clone())
        .with_mime_type("text/markdown")
        .with_size(note.fingerprint.size)
}

/// Returns the URI of a note: `memory://{project}/{permalink}`.
pub(crate) fn uri(project: &str, note: &NoteRecord) -> String {
    let slug = cairn_note::permalink::slug(project);
    let name = note.permalink.as_deref().unwrap_or(note.path.as_str());
    let local = name.strip_prefix(&format!("{slug}/")).unwrap_or(name);
    format!("memory://{slug}/{local}")
}

/// Returns a page of every project's notes.
pub(crate) fn list(
    _host: &Arc<Host>,
    _cursor: Option<&str>,
) -> Result<ListResourcesResult, ErrorData> {
    Ok(ListResourcesResult::default())
}

/// Returns the templates.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    Vec::new()
}

/// Reads a resource.
pub(crate) fn read(_host: &Arc<Host>, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    Err(ErrorData::resource_not_found(
        format!("Resource not found: '{uri}'"),
        None,
    ))
}
