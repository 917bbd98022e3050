//! A note held against a schema.
//!
//! Invariant: what a schema does not speak of is reported, and is never a departure from it.

use super::{Facts, Field, FieldKind, Schema, Source, Validation};
use crate::yaml::{Plain, resolve};
use serde_json::Value;
use std::collections::BTreeMap;

/// How a note stands to a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The type the schema is for.
    pub entity: String,
    /// Whether there are no errors.
    pub passed: bool,
    /// The fields of the body, then those of the frontmatter, in the schema's order.
    pub fields: Vec<CheckedField>,
    /// Categories the schema does not speak of, and how many observations they have, sorted.
    pub unmatched_observations: Vec<(String, usize)>,
    /// Types of relations the schema does not speak of, sorted.
    pub unmatched_relations: Vec<String>,
    /// What departs from the schema, where it only warns.
    pub warnings: Vec<String>,
    /// What departs from the schema, where it is strict.
    pub errors: Vec<String>,
}

/// How a note stands to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedField {
    /// The field.
    pub name: String,
    /// What it holds, by name.
    pub kind: String,
    /// Whether every note should have it.
    pub required: bool,
    /// Whether it is there.
    pub status: Status,
    /// What the note says: contents, targets, values.
    pub values: Vec<String>,
    /// What is wrong, where something is.
    pub message: Option<String>,
}

/// Whether a field is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Present,
    /// It is not.
    Missing,
    /// It is, with a value that is none of those allowed.
    EnumMismatch,
}

impl Status {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Missing => "missing",
            Self::EnumMismatch => "enum_mismatch",
        }
    }
}

/// Checks a note.
pub fn check(schema: &Schema, note: &Facts<'_>) -> Checked {
    let body = schema.fields.iter().map(|field| in_body(field, note));
    let head = schema.frontmatter.iter().map(|field| in_head(field, note));
    let fields: Vec<CheckedField> = body.chain(head).collect();
    let messages: Vec<String> = fields
        .iter()
        .filter_map(|field| field.message.clone())
        .collect();
    let (warnings, errors) = match schema.validation {
        Validation::Warn => (messages, Vec::new()),
        Validation::Strict => (Vec::new(), messages),
    };
    Checked {
        entity: schema.entity.clone(),
        passed: errors.is_empty(),
        fields,
        unmatched_observations: unmatched_observations(schema, note),
        unmatched_relations: unmatched_relations(schema, note),
        warnings,
        errors,
    }
}

fn in_body(field: &Field, note: &Facts<'_>) -> CheckedField {
    let values = match field.source() {
        Source::Observation => note
            .observations
            .iter()
            .filter(|observation| observation.category() == field.name)
            .map(|observation| observation.content.clone())
            .collect(),
        Source::Relation => note
            .links
            .iter()
            .filter(|link| link.relation_type == field.name)
            .map(|link| link.target.clone())
            .collect(),
    };
    checked(field, values, true, || match &field.kind {
        FieldKind::Entity(entity) => format!(
            "Missing required field: {0} (expected {0} [[{entity}]] relation)",
            field.name
        ),
        _ => format!(
            "Missing required field: {0} (expected [{0}] observation)",
            field.name
        ),
    })
}

fn in_head(field: &Field, note: &Facts<'_>) -> CheckedField {
    let value = note.metadata.get(&field.name);
    let values = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
    };
    checked(field, values, false, || {
        format!("Missing required frontmatter field: {}", field.name)
    })
}

/// A value as text; none for what is blank.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (!text.trim().is_empty()).then_some(text)
}

fn checked(
    field: &Field,
    values: Vec<String>,
    is_prose: bool,
    missing: impl FnOnce() -> String,
) -> CheckedField {
    let (status, message) = if values.is_empty() {
        (Status::Missing, field.required.then(missing))
    } else {
        match stranger(&field.kind, &values, is_prose) {
            None => (Status::Present, None),
            Some((value, allowed)) => (
                Status::EnumMismatch,
                Some(format!(
                    "Field '{}' has '{value}', expected one of: {}",
                    field.name,
                    allowed.join(", ")
                )),
            ),
        }
    };
    CheckedField {
        name: field.name.clone(),
        kind: field.kind.name().to_owned(),
        required: field.required,
        status,
        values,
        message,
    }
}

/// The first value that is none of those allowed.
fn stranger<'v>(
    kind: &'v FieldKind,
    values: &'v [String],
    is_prose: bool,
) -> Option<(&'v str, &'v [String])> {
    let FieldKind::Enum(allowed) = kind else {
        return None;
    };
    let mut values = values.iter().map(|value| match is_prose {
        true => without_hashtags(value),
        false => value.trim(),
    });
    let stranger = values.find(|value| !allowed.iter().any(|one| is_same(one, value)))?;
    Some((stranger, allowed))
}

/// An observation's content up to its first hashtag.
fn without_hashtags(content: &str) -> &str {
    let end = match content.starts_with('#') {
        true => Some(0),
        false => content.find(" #"),
    };
    content[..end.unwrap_or(content.len())].trim()
}

/// Whether a value is the allowed one. Frontmatter has made `yes` into `True` and `1.50` into `1.5`, prose has not.
fn is_same(allowed: &str, value: &str) -> bool {
    allowed == value || matches!(resolve(value), Plain::Typed(typed) if typed == allowed)
}

fn unmatched_observations(schema: &Schema, note: &Facts<'_>) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for observation in note.observations {
        if !has(schema, Source::Observation, observation.category()) {
            *counts.entry(observation.category()).or_default() += 1;
        }
    }
    let counts = counts.into_iter();
    counts
        .map(|(category, count)| (category.to_owned(), count))
        .collect()
}

fn unmatched_relations(schema: &Schema, note: &Facts<'_>) -> Vec<String> {
    let mut types: Vec<&str> = note
        .links
        .iter()
        .map(|link| link.relation_type.as_str())
        .filter(|name| !has(schema, Source::Relation, name))
        .collect();
    types.sort_unstable();
    types.dedup();
    types.into_iter().map(str::to_owned).collect()
}

fn has(schema: &Schema, source: Source, name: &str) -> bool {
    let mut fields = schema.fields.iter();
    fields.any(|field| field.source() == source && field.name == name)
}
