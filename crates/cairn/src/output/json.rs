//! Notes and failures as JSON: the same keys wherever they appear.
//!
//! Invariant: a key once given keeps its name and meaning; docs/cli.md names them all.

use crate::failure::Failure;
use cairn_engine::{SearchHit, Snippet, SyncReport, Written};
use cairn_index::{Fault, NoteRecord, Statistics};
use cairn_note::Observation;
use serde_json::{Value, json};

pub(crate) use cairn_server::revision_json as revision;

/// A file as it is indexed.
pub(crate) fn note(note: &NoteRecord) -> Value {
    json!({
        "title": note.title,
        "permalink": note.permalink,
        "file_path": note.path.as_str(),
        "type": note.note_type,
        "external_id": note.external_id,
        "checksum": note.fingerprint.checksum_hex(),
        "size": note.fingerprint.size,
        "created": note.created.to_string(),
        "modified": note.modified.to_string(),
        "metadata": note.metadata,
    })
}

/// The keys of one value and then those of another.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

/// A hit of a search.
pub(crate) fn hit(hit: &SearchHit) -> Value {
    let Snippet {
        heading_path,
        text,
        highlights,
    } = &hit.snippet;
    let characters = |byte: usize| text.get(..byte).map_or(0, |before| before.chars().count());
    let highlights: Vec<_> = highlights
        .iter()
        .map(|mark| [characters(mark.start), characters(mark.end)])
        .collect();
    with(
        note(&hit.note),
        json!({
            "score": score(hit.score),
            "parts": {
                "words": part(hit.parts.words),
                "passage": part(hit.parts.passage),
                "meaning": part(hit.parts.meaning),
            },
            "also": hit.also.iter().map(|note| note.path.as_str()).collect::<Vec<_>>(),
            "score_parts": {
                "body": score(hit.parts.lexical.body),
                "title": score(hit.parts.lexical.title),
                "headings": score(hit.parts.lexical.headings),
                "whole": score(hit.parts.lexical.whole),
            },
            "heading_path": heading_path,
            "snippet": text,
            "highlights": highlights,
        }),
    )
}

/// A part of a score; null where a search did not look at it or did not find it.
pub(crate) fn part(part: Option<f32>) -> Value {
    part.map_or(Value::Null, score)
}

/// Four digits are all that is meant; the rest is noise of the binary fraction.
fn score(score: f32) -> Value {
    json!((f64::from(score) * 10_000.0).round() / 10_000.0)
}

/// A note as written.
pub(crate) fn written(written: &Written) -> Value {
    let observations: serde_json::Map<String, Value> = written
        .observations
        .iter()
        .map(|(category, count)| (category.clone(), json!(count)))
        .collect();
    with(
        note(&written.note),
        json!({
            "action": if written.created { "created" } else { "updated" },
            "observations": observations,
            "relations": {"resolved": written.resolved, "unresolved": written.unresolved},
        }),
    )
}

/// An observation.
pub(crate) fn observation(observation: &Observation) -> Value {
    json!({
        "category": observation.category(),
        "content": observation.content,
        "tags": observation.tags,
        "context": observation.context,
    })
}

/// What could not be read or done.
pub(crate) fn faults(faults: &[Fault]) -> Value {
    faults
        .iter()
        .map(|fault| json!({"file_path": fault.path, "message": fault.message}))
        .collect()
}

/// What a sync did to a project.
pub(crate) fn sync(project: &str, report: &SyncReport) -> Value {
    json!({
        "project": project,
        "new": report.new,
        "modified": report.modified,
        "moved": report.moved,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "faults": faults(&report.faults),
    })
}

/// What a project holds.
pub(crate) fn statistics(statistics: &Statistics) -> Value {
    json!({
        "notes": statistics.notes,
        "files": statistics.files,
        "observations": statistics.observations,
        "relations": statistics.relations,
        "unresolved_relations": statistics.unresolved,
    })
}

/// A failure.
pub(crate) fn failure(failure: &Failure) -> Value {
    let mut error =
        json!({"kind": failure.kind_name(), "message": failure.message, "hint": failure.hint});
    if let Some((expected, found)) = &failure.checksums {
        error["expected"] = json!(expected);
        error["found"] = json!(found);
    }
    json!({ "error": error })
}
