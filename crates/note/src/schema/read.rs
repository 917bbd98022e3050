//! A schema out of frontmatter: `name?(array, what it means): type, what it means`.
//!
//! Lenient about everything but what makes a definition useless. Invariant: a field that is written is a field that
//! is read, under some kind; none is dropped in silence.

use super::{Field, FieldKind, Schema, Validation};
use crate::Metadata;
use serde_json::Value;

/// The names of scalar types, whatever their case; any other capitalised type is that of a note.
const SCALARS: [&str; 5] = ["string", "integer", "number", "boolean", "any"];

/// Why frontmatter is no schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The type it is for is missing.
    #[error("a schema needs `entity`, the type of note it is for")]
    NoEntity,
    /// The fields are missing.
    #[error("a schema needs `schema`, a map of its fields")]
    NoFields,
    /// The validation is none we know.
    #[error("`settings.validation` is '{0}'; it may be warn or strict")]
    Validation(String),
}

/// What a note says about its own schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared {
    /// It has one in its frontmatter.
    Inline(Schema),
    /// It names one.
    Reference(String),
    /// Nothing: its type decides.
    Nothing,
}

/// Reads the frontmatter of a schema note.
///
/// # Errors
/// When the type or the fields are missing, or the validation is unknown.
pub fn definition(metadata: &Metadata) -> Result<Schema, SchemaError> {
    let entity = text(metadata.get("entity")).ok_or(SchemaError::NoEntity)?;
    let Some(Value::Object(fields)) = metadata.get("schema") else {
        return Err(SchemaError::NoFields);
    };
    schema(entity, fields, metadata)
}

/// Reads what a note of that type says about its own schema.
///
/// # Errors
/// When it has one and its validation is unknown.
pub fn declared(metadata: &Metadata, note_type: &str) -> Result<Declared, SchemaError> {
    match metadata.get("schema") {
        Some(Value::Object(fields)) => {
            let entity = text(metadata.get("entity")).unwrap_or(note_type);
            schema(entity, fields, metadata).map(Declared::Inline)
        }
        value => Ok(text(value).map_or(Declared::Nothing, |name| {
            Declared::Reference(name.to_owned())
        })),
    }
}

fn schema(
    entity: &str,
    schema_fields: &Metadata,
    metadata: &Metadata,
) -> Result<Schema, SchemaError> {
    let settings = metadata.get("settings").and_then(Value::as_object);
    let setting = |key| settings.and_then(|settings| settings.get(key));
    let validation = match text(setting("validation")) {
        None => Validation::default(),
        Some(word) => match word.to_ascii_lowercase().as_str() {
            "warn" => Validation::Warn,
            "strict" | "error" => Validation::Strict,
            _ => return Err(SchemaError::Validation(word.to_owned())),
        },
    };
    let frontmatter = match setting("frontmatter") {
        Some(Value::Object(map)) => fields(map),
        _ => Vec::new(),
    };
    Ok(Schema {
        entity: entity.to_owned(),
        validation,
        fields: fields(schema_fields),
        frontmatter,
    })
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn fields(map: &Metadata) -> Vec<Field> {
    map.iter().map(|(key, value)| field(key, value)).collect()
}

/// A key of a schema, taken apart.
struct Key<'k> {
    name: &'k str,
    required: bool,
    shape: Option<Shape>,
    description: Option<&'k str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Array,
    Enum,
    Object,
}

/// Returns the name a key stands for.
pub(super) fn name_of(text: &str) -> &str {
    key(text).name
}

fn key(text: &str) -> Key<'_> {
    let text = text.trim();
    let (text, late_mark) = match text.strip_suffix('?') {
        // `name(array)?` is not how it is written, but how it is meant is plain.
        Some(rest) if rest.ends_with(')') => (rest, true),
        _ => (text, false),
    };
    let (rest, shape, description) = match shape(text) {
        Some((rest, shape, description)) => (rest, Some(shape), description),
        None => (text, None, None),
    };
    let rest = rest.trim();
    let (name, mark) = match rest.strip_suffix('?') {
        Some(name) if !name.is_empty() => (name.trim_end(), true),
        _ => (rest, false),
    };
    Key {
        name,
        required: !mark && !late_mark,
        shape,
        description,
    }
}

/// The shape in the parentheses at the end of a key; others are part of the name.
fn shape(text: &str) -> Option<(&str, Shape, Option<&str>)> {
    let (rest, inside) = text.strip_suffix(')')?.split_once('(')?;
    let (word, description) = match inside.split_once(',') {
        Some((word, description)) => (word, meaning(description)),
        None => (inside, None),
    };
    let shape = match word.trim().to_ascii_lowercase().as_str() {
        "array" => Shape::Array,
        "enum" => Shape::Enum,
        "object" => Shape::Object,
        _ => return None,
    };
    Some((rest, shape, description))
}

fn meaning(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn field(key: &str, value: &Value) -> Field {
    let key = self::key(key);
    let (kind, description) = match value {
        Value::Object(map) => (FieldKind::Object(fields(map)), None),
        Value::Array(items) => match (key.shape, items.as_slice()) {
            // `tags(array): [string]`
            (Some(Shape::Array), [Value::String(only)]) => typed(only),
            _ => (
                FieldKind::Enum(items.iter().filter_map(item).collect()),
                None,
            ),
        },
        Value::String(text) => match key.shape {
            Some(Shape::Enum) => choices(text),
            Some(Shape::Object) => (FieldKind::Object(Vec::new()), meaning(text)),
            _ if text.trim_start().starts_with('[') => choices(text),
            _ => typed(text),
        },
        _ => typed("any"),
    };
    Field {
        name: key.name.to_owned(),
        kind,
        required: key.required,
        is_array: key.shape == Some(Shape::Array),
        description: key.description.or(description).map(str::to_owned),
    }
}

fn item(value: &Value) -> Option<String> {
    Some(value.as_str()?.trim().to_owned())
}

/// `type, what it means`
fn typed(text: &str) -> (FieldKind, Option<&str>) {
    let (name, description) = match text.split_once(',') {
        Some((name, description)) => (name.trim(), meaning(description)),
        None => (text.trim(), None),
    };
    let kind = if name.is_empty() {
        FieldKind::Scalar("any".to_owned())
    } else if is_entity(name) {
        FieldKind::Entity(name.to_owned())
    } else if is_scalar(name) {
        FieldKind::Scalar(name.to_ascii_lowercase())
    } else {
        FieldKind::Scalar(name.to_owned())
    };
    (kind, description)
}

/// Whether a type is that of notes.
pub(super) fn is_entity(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && !is_scalar(name) && !name.contains(',')
}

fn is_scalar(name: &str) -> bool {
    SCALARS
        .iter()
        .any(|scalar| scalar.eq_ignore_ascii_case(name))
}

/// `[one, other], what it means`, or only `one, other`
fn choices(text: &str) -> (FieldKind, Option<&str>) {
    let text = text.trim();
    let (list, description) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((list, rest)) => (list, rest.trim().strip_prefix(',').and_then(meaning)),
        None => (text, None),
    };
    let values = list
        .split(',')
        .map(|value| value.trim().trim_matches(['"', '\'']))
        .filter(|value| !value.is_empty())
        .map(str::to_owned);
    (FieldKind::Enum(values.collect()), description)
}
