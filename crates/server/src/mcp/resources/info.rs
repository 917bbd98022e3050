//! What is known of a project, as a resource in JSON.
//!
//! Invariant: every key the reference names is there; null where nothing is known.

use super::address;
use crate::Failure;
use crate::host::{Host, Indexing};
use cairn_engine::{Engine, Project};
use cairn_index::{Connected, Count, Fault, NoteRecord};
use rmcp::model::Resource;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Returns what is known of a project as it is listed.
pub(super) fn resource(project: &Project<'_>) -> Resource {
    let settings = project.settings();
    Resource::new(
        address::uri(&address::named(&settings.name), "info"),
        "project_info",
    )
    .with_title(format!("Project {}", settings.name))
    .with_description("What the project holds and how far it is indexed")
    .with_mime_type("application/json")
}

/// Returns what is known of a project.
pub(super) fn text(
    host: &Arc<Host>,
    engine: &Engine,
    project: &Project<'_>,
) -> Result<String, Failure> {
    let mut value = value(host, engine, project)?;
    value["embedding_status"] = embedding(engine, project)?;
    value["system"]["timestamp"] = json!(host.home().now().timestamp().to_string());
    Ok(format!("{value:#}"))
}

/// How far embedding is.
fn embedding(engine: &Engine, project: &Project<'_>) -> Result<Value, Failure> {
    let pending = project.pending()?;
    let model = engine.settings().meaning.model.as_ref();
    Ok(json!({
        "semantic_search_enabled": model.is_some(),
        "embedding_model": model.map(cairn_engine::Model::name),
        "embedding_dimensions": model.map(cairn_engine::Model::dimensions),
        "total_chunks": pending.of,
        "total_embeddings": model.map(|_| pending.of - pending.passages),
        "pending_chunks": model.map(|_| pending.passages),
        "pending_entities": model.map(|_| pending.notes),
        // What is pending is embedded behind.
        "reindex_recommended": false,
        "reindex_reason": null,
    }))
}

/// Returns what is known of a project, without what changes while no note does: how far embedding is, the time of asking.
pub(super) fn value(
    host: &Arc<Host>,
    engine: &Engine,
    project: &Project<'_>,
) -> Result<Value, Failure> {
    let overview = project.overview()?;
    let settings = project.settings();
    let default = engine.project(None).ok();
    let seen = super::reachable(host, engine)?;
    let statistics = overview.statistics;
    Ok(json!({
        "project_name": settings.name,
        "project_path": settings.root.display().to_string(),
        "external_id": settings.external_id(),
        "available_projects": seen.iter().map(|project| {
            let settings = project.settings();
            (settings.name.clone(), json!({
                "path": settings.root.display().to_string(),
                "external_id": settings.external_id(),
                "is_default": default.is_some_and(|default| default.settings() == settings),
            }))
        }).collect::<Map<_, _>>(),
        "default_project": default.map(|project| &project.settings().name),
        "statistics": {
            "total_entities": statistics.notes + statistics.files,
            "total_observations": statistics.observations,
            "total_relations": statistics.relations,
            "total_unresolved_relations": statistics.unresolved,
            "note_types": counts(&overview.note_types),
            "observation_categories": counts(&overview.categories),
            "relation_types": counts(&overview.relation_types),
            "most_connected_entities": overview.most_connected.iter().map(connected).collect::<Vec<_>>(),
            "isolated_entities": overview.isolated,
        },
        "activity": {
            "recently_created": overview.created.iter().map(note).collect::<Vec<_>>(),
            "recently_updated": overview.modified.iter().map(note).collect::<Vec<_>>(),
            "monthly_growth": null,
        },
        "system": {
            "version": env!("CARGO_PKG_VERSION"),
            "database_path": project.index_file().map(|path| path.display().to_string()),
            "database_size": null,
            "watch_status": null,
            "timestamp": null,
        },
        "embedding_status": null,
        "indexing": host.indexing(&settings.name).map(|state| indexing(&state)),
        "faults": overview.faults.iter().map(fault).collect::<Vec<_>>(),
    }))
}

fn counts(counts: &[Count]) -> Value {
    let pairs = counts
        .iter()
        .map(|count| (count.value.clone(), json!(count.count)));
    Value::Object(pairs.collect())
}

fn connected(connected: &Connected) -> Value {
    json!({
        "title": connected.name.title,
        "permalink": connected.name.permalink,
        "relation_count": connected.relations,
    })
}

fn note(note: &NoteRecord) -> Value {
    json!({
        "title": note.title,
        "permalink": note.permalink,
        "file_path": note.path.as_str(),
        "created_at": note.created.to_string(),
        "updated_at": note.modified.to_string(),
    })
}

fn fault(fault: &Fault) -> Value {
    json!({ "file_path": fault.path, "message": fault.message })
}

fn indexing(state: &Indexing) -> Value {
    match state {
        Indexing::Running { done, total } => {
            json!({ "state": "running", "done": done, "total": total })
        }
        Indexing::Complete => json!({ "state": "complete" }),
        Indexing::Failed(message) => json!({ "state": "failed", "message": message }),
    }
}
