//! A schema out of what the notes of a type say.
//!
//! Invariant: a schema that is proposed reads back as what it was meant to be: every field under its own name, every
//! relation as a relation.

use super::{Frequency, Source, Usage, read};
use crate::Metadata;
use crate::filter::canonical_type;
use serde_json::Value;
use std::collections::HashSet;

/// What at least so many of the notes have is required.
const REQUIRED: f64 = 0.95;
/// The type of targets nothing is known of.
const ANY_ENTITY: &str = "Entity";

/// What a schema for some notes could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Inference {
    /// The type of the notes, as it was asked for.
    pub note_type: String,
    /// How many there are.
    pub notes: usize,
    /// Every field they have, the most frequent first.
    pub fields: Vec<InferredField>,
    /// The fields of the schema, as Picoschema writes them.
    pub schema: Metadata,
}

/// A field that notes have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredField {
    /// How often.
    pub frequency: Frequency,
    /// What it is in the schema.
    pub standing: Standing,
}

/// What a field is in a proposed schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Every note should have it.
    Required,
    /// Notes may have it.
    Optional,
    /// It is not in the schema.
    Excluded,
}

impl Standing {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Excluded => "excluded",
        }
    }
}

impl Inference {
    /// Returns the names of the fields with that standing.
    pub fn names(&self, standing: Standing) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |field| field.standing == standing)
            .map(|field| field.frequency.name.as_str())
    }

    /// Returns the frontmatter of a schema note.
    pub fn definition(&self) -> Metadata {
        let mut metadata = Metadata::new();
        let title = type_name(&self.note_type).unwrap_or_else(|| self.note_type.clone());
        metadata.insert("title".to_owned(), Value::from(title));
        metadata.insert("type".to_owned(), Value::from("schema"));
        metadata.insert("entity".to_owned(), Value::from(self.note_type.as_str()));
        metadata.insert("version".to_owned(), Value::from(1));
        metadata.insert("schema".to_owned(), Value::Object(self.schema.clone()));
        metadata
    }
}

/// Proposes a schema: what nearly all notes have is required, what a `threshold` of them have is optional.
pub fn infer(note_type: &str, usage: &Usage, threshold: f64) -> Inference {
    let mut schema = Metadata::new();
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    for frequency in usage.frequencies() {
        let share = frequency.share();
        let mut standing = if share >= REQUIRED {
            Standing::Required
        } else if share >= threshold {
            Standing::Optional
        } else {
            Standing::Excluded
        };
        let key = key(&frequency, standing);
        // What is also a relation has one place only, and what looks like syntax has none.
        if names.contains(&frequency.name) || read::name_of(&key) != frequency.name {
            standing = Standing::Excluded;
        }
        if standing != Standing::Excluded {
            names.insert(frequency.name.clone());
            schema.insert(key, Value::from(kind(&frequency)));
        }
        fields.push(InferredField {
            frequency,
            standing,
        });
    }
    Inference {
        note_type: note_type.to_owned(),
        notes: usage.notes(),
        fields,
        schema,
    }
}

fn key(frequency: &Frequency, standing: Standing) -> String {
    let mark = match standing {
        Standing::Required => "",
        _ => "?",
    };
    let shape = match frequency.is_array() {
        true => "(array)",
        false => "",
    };
    format!("{}{mark}{shape}", frequency.name)
}

fn kind(frequency: &Frequency) -> String {
    match frequency.source {
        Source::Observation => "string".to_owned(),
        Source::Relation => frequency
            .target_type
            .as_deref()
            .and_then(type_name)
            .unwrap_or_else(|| ANY_ENTITY.to_owned()),
    }
}

/// Returns a type as schemas name it: `coding session` is `CodingSession`. `None` where it cannot begin with a capital
/// letter, or would be the name of a scalar or be cut at a comma.
pub fn type_name(note_type: &str) -> Option<String> {
    let mut name = String::new();
    for word in canonical_type(note_type).split('_') {
        let mut characters = word.chars();
        if let Some(first) = characters.next() {
            name.extend(first.to_uppercase());
            name.push_str(characters.as_str());
        }
    }
    read::is_entity(&name).then_some(name)
}
