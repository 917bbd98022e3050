//! A schema held against what its notes have come to say.
//!
//! Invariant: a schema that its notes follow has no drift.

use super::{Frequency, Schema, Usage};

/// An undeclared field is news when at least so many of the notes have it.
const NEW: f64 = 0.25;
/// A declared field is dropped when fewer of the notes have it.
const DROPPED: f64 = 0.10;

/// How notes have drifted away from their schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drift {
    /// Fields many notes have and the schema does not, the most frequent first.
    pub new: Vec<Frequency>,
    /// Fields the schema has and hardly a note, in the schema's order.
    pub dropped: Vec<Frequency>,
    /// Fields that are said more often, or less, than declared: one sentence each.
    pub cardinality: Vec<String>,
}

impl Drift {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.dropped.is_empty() && self.cardinality.is_empty()
    }
}

/// Compares a schema with what its notes say; without notes there is nothing to compare.
pub fn diff(schema: &Schema, usage: &Usage) -> Drift {
    let mut drift = Drift::default();
    if usage.notes() == 0 {
        return drift;
    }
    for frequency in usage.frequencies() {
        let is_declared = schema
            .fields
            .iter()
            .any(|field| field.source() == frequency.source && field.name == frequency.name);
        if !is_declared && frequency.share() >= NEW {
            drift.new.push(frequency);
        }
    }
    for field in &schema.fields {
        let frequency = usage.frequency(&field.name, field.source());
        let name = &field.name;
        if frequency.is_array() && !field.is_array {
            drift.cardinality.push(format!(
                "{name}: declared once, but most notes that have it repeat it"
            ));
        }
        // A list may well hold one value; that no note ever holds two says more.
        if field.is_array && frequency.count > 1 && frequency.repeating == 0 {
            drift.cardinality.push(format!(
                "{name}: declared as an array, but no note repeats it"
            ));
        }
        if frequency.share() < DROPPED {
            drift.dropped.push(frequency);
        }
    }
    drift
}
