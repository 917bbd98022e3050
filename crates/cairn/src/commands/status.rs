//! `cairn status`.

use super::embed;
use super::sync::{self, Projects};
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, Style, json, one_line, text};
use cairn_engine::{IndexState, Meaning, Model, Status};
use cairn_index::Pending;
use serde_json::{Value, json};

/// Compares the index with the files.
pub(crate) fn run(invocation: &Invocation, which: &Projects) -> Result<Answer> {
    let engine = invocation.engine()?;
    let style = invocation.style();
    let (mut blocks, mut reports, mut outcome) = (Vec::new(), Vec::new(), Outcome::Complete);
    for project in sync::projects(invocation, which, &engine)? {
        let status = project.status()?;
        let folder = project.settings().root.display().to_string();
        let name = &project.settings().name;
        let head = text::lines(
            style,
            &[("project", name.clone()), ("folder", folder.clone())],
        );
        let meaning = &engine.settings().meaning;
        let pending = project.pending()?;
        blocks.push(head + &lines(style, &status) + &meaning_lines(style, meaning, pending));
        reports.push(json::with(
            json!({"project": name, "folder": folder}),
            json::with(status_json(&status), meaning_json(meaning, pending)),
        ));
        if !status.faults.is_empty() {
            outcome = Outcome::Partial;
        }
    }
    Ok(Answer::new(blocks.join("\n"), json!({"projects": reports})).outcome(outcome))
}

/// How the index stands, line by line.
pub(super) fn lines(style: Style, status: &Status) -> String {
    let statistics = &status.statistics;
    let state = match status.state {
        IndexState::NotIndexed => style.yellow("not indexed"),
        IndexState::Behind => style.yellow("behind"),
        IndexState::UpToDate => style.green("up to date"),
    };
    let relations = match statistics.unresolved {
        0 => statistics.relations.to_string(),
        unresolved => format!("{} ({unresolved} unresolved)", statistics.relations),
    };
    let mut lines = format!("{} {state}\n", style.dim("state:"));
    lines += &text::lines(
        style,
        &[
            ("notes", statistics.notes.to_string()),
            ("files", statistics.files.to_string()),
            ("observations", statistics.observations.to_string()),
            ("relations", relations),
        ],
    );
    let moved: Vec<_> = status
        .moved
        .iter()
        .map(|(from, to)| format!("{} -> {}", one_line(from), one_line(to)))
        .collect();
    for (key, paths) in [
        ("new", &status.new),
        ("modified", &status.modified),
        ("moved", &moved),
        ("deleted", &status.deleted),
    ] {
        for path in paths {
            lines += &text::lines(style, &[(key, path.clone())]);
        }
    }
    lines + &text::faults(style, &status.faults)
}

/// How far embedding is, line by line.
pub(super) fn meaning_lines(style: Style, meaning: &Meaning, pending: Pending) -> String {
    let lines = match &meaning.model {
        Some(model) => vec![
            ("model", model.name().to_owned()),
            ("pending", embed::of_all(pending.passages, pending.of)),
        ],
        None => vec![("model", "none, semantic search is switched off".to_owned())],
    };
    text::lines(style, &lines)
}

/// How far embedding is, for programs.
pub(super) fn meaning_json(meaning: &Meaning, pending: Pending) -> Value {
    json!({
        "embedding_model": meaning.model.as_ref().map(Model::name),
        "passages": pending.of,
        "pending_passages": meaning.model.as_ref().map(|_| pending.passages),
    })
}

/// How the index stands, for programs.
pub(super) fn status_json(status: &Status) -> Value {
    json!({
        "state": match status.state {
            IndexState::NotIndexed => "not_indexed",
            IndexState::Behind => "behind",
            IndexState::UpToDate => "up_to_date",
        },
        "statistics": json::statistics(&status.statistics),
        "new": status.new,
        "modified": status.modified,
        "moved": status.moved.iter().map(|(from, to)| json!({"from": from, "to": to})).collect::<Vec<_>>(),
        "deleted": status.deleted,
        "faults": json::faults(&status.faults),
    })
}
