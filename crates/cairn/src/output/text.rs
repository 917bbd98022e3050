//! Notes as text: the same lines wherever they appear.
//!
//! Invariant: what is printed of a note other than its own text stays on one line.

use super::{Style, one_line};
use cairn_engine::{NoteRevision, SyncReport, Written};
use cairn_index::{Fault, NoteRecord};
use jiff::{Timestamp, tz::TimeZone};

/// A moment, to the minute, in the zone of whoever looks.
pub(crate) fn moment(moment: Timestamp) -> String {
    moment
        .to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// Lines of `key: value`, the keys standing back.
pub(crate) fn lines(style: Style, lines: &[(&str, String)]) -> String {
    lines
        .iter()
        .map(|(key, value)| format!("{} {}\n", style.dim(&format!("{key}:")), one_line(value)))
        .collect()
}

/// A listing of notes: path, type, last change, title.
pub(crate) fn notes<'a>(style: Style, notes: impl Iterator<Item = &'a NoteRecord>) -> String {
    let rows: Vec<_> = notes.map(row).collect();
    style.rows(&HEADING, &rows)
}

/// The heading over rows of [`row`].
pub(crate) const HEADING: [&str; 4] = ["path", "type", "modified", "title"];

/// The cells of one note in a listing.
pub(crate) fn row(note: &NoteRecord) -> Vec<String> {
    vec![
        one_line(note.path.as_str()),
        one_line(&note.note_type),
        moment(note.modified),
        one_line(&note.title),
    ]
}

/// A listing of revisions: number, change, operation, actor, time, path.
pub(crate) fn revisions(style: Style, revisions: &[NoteRevision]) -> String {
    let rows: Vec<_> = revisions
        .iter()
        .map(|revision| {
            let path = match &revision.former {
                Some(former) => format!("{former} -> {}", revision.path),
                None => revision.path.clone(),
            };
            vec![
                revision.id.to_string(),
                revision.change.to_string(),
                revision.operation.to_owned(),
                one_line(&revision.actor),
                moment(revision.time),
                one_line(&path),
            ]
        })
        .collect();
    let heading = ["revision", "change", "operation", "actor", "time", "path"];
    style.rows(&heading, &rows)
}

/// A note as written.
pub(crate) fn written(style: Style, action: &str, written: &Written) -> String {
    let note = &written.note;
    let counted: usize = written.observations.iter().map(|(_, count)| count).sum();
    let categories: Vec<_> = written
        .observations
        .iter()
        .map(|(category, count)| format!("{category} {count}"))
        .collect();
    let observations = match categories.as_slice() {
        [] => "0".to_owned(),
        categories => format!("{counted} ({})", categories.join(", ")),
    };
    let relations = written.resolved + written.unresolved;
    let relations = match written.unresolved {
        0 => relations.to_string(),
        unresolved => format!("{relations} ({unresolved} unresolved)"),
    };
    lines(
        style,
        &[
            (action, note.path.as_str().to_owned()),
            ("title", note.title.clone()),
            ("permalink", note.permalink.clone().unwrap_or_default()),
            ("checksum", note.fingerprint.checksum_hex()),
            ("observations", observations),
            ("relations", relations),
        ],
    )
}

/// What could not be read or done, one a line.
pub(crate) fn faults(style: Style, faults: &[Fault]) -> String {
    let name = |path: &str| {
        if path.is_empty() {
            ".".to_owned()
        } else {
            one_line(path)
        }
    };
    faults
        .iter()
        .map(|fault| {
            format!(
                "{} {}: {}\n",
                style.red("fault:"),
                name(&fault.path),
                one_line(&fault.message)
            )
        })
        .collect()
}

/// What a sync did, on one line.
pub(crate) fn sync(report: &SyncReport) -> String {
    let SyncReport {
        new,
        modified,
        moved,
        deleted,
        unchanged,
        faults,
        ..
    } = report;
    let faults = match faults.len() {
        0 => String::new(),
        count => format!(", {}", count_of(count, "fault")),
    };
    format!(
        "{new} new, {modified} modified, {moved} moved, {deleted} deleted, {unchanged} unchanged{faults}"
    )
}

/// "1 note", "2 notes".
pub(crate) fn count_of(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
