//! Picoschema: what the notes of a type should say, and what they do say.
//!
//! Which schema is a note's, and where its notes are, is not decided here. Values are never checked against scalar
//! types: an observation is prose, and `[age] forty, I think` is a fine one.
//! Invariant: pure and deterministic: the same schema and notes in the same order give the same answer.

mod check;
mod diff;
mod infer;
mod read;
mod usage;

pub use check::{Checked, CheckedField, Status, check};
pub use diff::{Drift, diff};
pub use infer::{Inference, InferredField, Standing, infer, type_name};
pub use read::{Declared, SchemaError, declared, definition};
pub use usage::{Frequency, Usage};

use crate::{Metadata, Observation};

/// What the notes of a type should say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The type it is for, as its author spelled it.
    pub entity: String,
    /// What a departure from it is.
    pub validation: Validation,
    /// What the body should say.
    pub fields: Vec<Field>,
    /// Which keys the frontmatter should have.
    pub frontmatter: Vec<Field>,
}

/// What a departure from a schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Validation {
    /// A warning.
    #[default]
    Warn,
    /// An error: the note does not pass.
    Strict,
}

/// One field of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The category of its observations, the type of its relations, or the key of the frontmatter.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether every note should have it.
    pub required: bool,
    /// Whether a note may have it several times.
    pub is_array: bool,
    /// What it means.
    pub description: Option<String>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Text, a number, …; by name.
    Scalar(String),
    /// One of these values.
    Enum(Vec<String>),
    /// A relation to a note of this type.
    Entity(String),
    /// Fields of its own, which are not looked at.
    Object(Vec<Field>),
}

impl FieldKind {
    /// Returns the name of the kind: `string`, `enum`, `object`, or the type a relation leads to.
    pub fn name(&self) -> &str {
        match self {
            Self::Scalar(name) | Self::Entity(name) => name,
            Self::Enum(_) => "enum",
            Self::Object(_) => "object",
        }
    }
}

/// Where in a note's body a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `- [field] …`
    Observation,
    /// `- field [[…]]`
    Relation,
}

impl Source {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observation => "observation",
            Self::Relation => "relation",
        }
    }
}

impl Field {
    /// Returns where in a body the field stands.
    pub fn source(&self) -> Source {
        match self.kind {
            FieldKind::Entity(_) => Source::Relation,
            _ => Source::Observation,
        }
    }
}

/// What a note says, as far as a schema looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its frontmatter.
    pub metadata: &'a Metadata,
    /// Its observations in document order.
    pub observations: &'a [Observation],
    /// Its relations in document order.
    pub links: &'a [Link],
}

/// A relation and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its type.
    pub relation_type: String,
    /// Its target as written.
    pub target: String,
    /// The type of the note it leads to, if it leads to one.
    pub target_type: Option<String>,
}
