//! What the schema tools answer in JSON; the command line answers the same.
//!
//! Invariant: the keys are Basic Memory's; what we add comes after them.

use cairn_engine::{CheckedNote, SchemaCounts, SchemaReport};
use cairn_note::schema::{Checked, Drift, Frequency, Inference, Standing};
use serde_json::{Map, Value, json};

/// What is answered in place of a report when there is no schema at all.
pub const NO_SCHEMAS: &str = "No schemas defined in this project";

/// What is answered when there is no note of a type.
pub fn no_notes(note_type: &str) -> String {
    format!("No notes found of type '{note_type}'")
}

/// What is answered when a type has no schema.
pub fn no_schema(note_type: &str) -> String {
    format!("No schema found for type '{note_type}'")
}

/// What is answered when the notes of a type have nothing in common.
pub fn no_pattern(note_type: &str, threshold: f64) -> String {
    format!(
        "No schema pattern found for '{note_type}' (threshold: {:.0}%)",
        threshold * 100.0
    )
}

/// How notes stand to their schemas.
pub fn validation(report: &SchemaReport) -> Value {
    let counts = SchemaCounts::of(&report.notes);
    let types = report.types.iter().map(|one| {
        json!({
            "note_type": one.note_type,
            "total_notes": one.counts.notes,
            "total_entities": one.total,
            "valid_count": one.counts.valid,
            "warning_count": one.counts.warnings,
            "error_count": one.counts.errors,
        })
    });
    let mut answer = json!({
        "note_type": report.note_type,
        "total_notes": counts.notes,
        "total_entities": report.total,
        "valid_count": counts.valid,
        "warning_count": counts.warnings,
        "error_count": counts.errors,
        "results": report.notes.iter().map(note).collect::<Vec<_>>(),
        "type_summaries": types.collect::<Vec<_>>(),
    });
    if !report.broken.is_empty() {
        let broken = report.broken.iter();
        answer["schema_errors"] = broken
            .map(|one| json!({ "file_path": one.path, "message": one.message }))
            .collect();
    }
    answer
}

fn note(one: &CheckedNote) -> Value {
    let CheckedNote { note, checked } = one;
    let Checked {
        entity,
        passed,
        fields,
        unmatched_observations,
        unmatched_relations,
        warnings,
        errors,
    } = checked;
    let fields = fields.iter().map(|field| {
        json!({
            "field_name": field.name,
            "field_type": field.kind,
            "required": field.required,
            "status": field.status.name(),
            "values": field.values,
            "message": field.message,
        })
    });
    let unmatched: Map<String, Value> = unmatched_observations
        .iter()
        .map(|(category, count)| (category.clone(), json!(count)))
        .collect();
    json!({
        "note_identifier": note.permalink.as_deref().unwrap_or(note.path.as_str()),
        "schema_entity": entity,
        "passed": passed,
        "field_results": fields.collect::<Vec<_>>(),
        "unmatched_observations": unmatched,
        "unmatched_relations": unmatched_relations,
        "warnings": warnings,
        "errors": errors,
        "title": note.title,
        "file_path": note.path.as_str(),
    })
}

/// What a schema for a type could be.
pub fn inference(inference: &Inference) -> Value {
    let fields = inference.fields.iter().map(|field| {
        let frequency = &field.frequency;
        let mut row = row(frequency);
        row["sample_values"] = json!(frequency.samples);
        row["is_array"] = json!(frequency.is_array());
        row["target_type"] = json!(frequency.target_type);
        row
    });
    let names = |standing| inference.names(standing).collect::<Vec<_>>();
    json!({
        "note_type": inference.note_type,
        "notes_analyzed": inference.notes,
        "field_frequencies": fields.collect::<Vec<_>>(),
        "suggested_schema": inference.schema,
        "suggested_required": names(Standing::Required),
        "suggested_optional": names(Standing::Optional),
        "excluded": names(Standing::Excluded),
    })
}

/// How the notes of a type have drifted away from its schema.
pub fn drift(note_type: &str, drift: &Drift) -> Value {
    let rows = |fields: &[Frequency]| fields.iter().map(row).collect::<Vec<_>>();
    json!({
        "note_type": note_type,
        "schema_found": true,
        "new_fields": rows(&drift.new),
        "dropped_fields": rows(&drift.dropped),
        "cardinality_changes": drift.cardinality,
    })
}

fn row(frequency: &Frequency) -> Value {
    json!({
        "name": frequency.name,
        "source": frequency.source.name(),
        "count": frequency.count,
        "total": frequency.total,
        "percentage": frequency.share(),
    })
}
