//! Revisions as arguments name them and answers list them.
//!
//! It asks nothing. Invariant: the number of a revision and of its change stand in every form of it.

use super::declaration::{IDENTIFIER, Kind, Need, Parameter};
use super::excerpt::one_line;
use cairn_engine::NoteRevision;
use serde_json::{Value, json};

/// A note, or one the history remembers.
pub(super) const REMEMBERED: Parameter = Parameter {
    description: "Title, permalink, path or memory:// URL; of a deleted note its old path or title",
    ..IDENTIFIER
};

/// The number of a revision.
pub(super) const REVISION: Parameter = Parameter {
    name: "revision",
    kind: NUMBER,
    need: Need::Optional,
    aliases: &[],
    description: "Number of a revision",
};

/// What a revision or a change may be numbered.
pub(super) const NUMBER: Kind = Kind::Integer {
    least: 1,
    most: 1_000_000_000_000,
};

/// Returns the line of a revision: its number, what was done, by whom and when.
pub(super) fn line(revision: &NoteRevision, place: Place) -> String {
    let NoteRevision {
        id,
        change,
        operation,
        actor,
        time,
        path,
        former,
        ..
    } = revision;
    let place = match (former, place) {
        (Some(former), _) => format!(", {former} -> {path}"),
        (None, Place::Named) => format!(", {path}"),
        (None, Place::Known) => String::new(),
    };
    let change = if change == id {
        String::new()
    } else {
        format!(" (change {change})")
    };
    // A client may call itself anything.
    let actor = one_line(actor);
    format!("- {id}: {operation} by {actor}, {time:.0}{place}{change}\n")
}

/// Whether a line says which note it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The answer is about one note.
    Known,
    /// It says so.
    Named,
}

/// Returns a revision for programs.
pub fn json(revision: &NoteRevision) -> Value {
    json!({
        "revision": revision.id,
        "change": revision.change,
        "operation": revision.operation,
        "actor": revision.actor,
        "time": revision.time.to_string(),
        "file_path": revision.path,
        "former_path": revision.former,
        "checksum_before": revision.before,
        "checksum": revision.after,
    })
}
