//! `cairn schema`.
//!
//! JSON is what the MCP tools answer. Invariant: nothing to validate is no failure; what does not pass is one only where
//! that was asked for.

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, Style, one_line, text};
use cairn_engine::{
    CheckedNote, Error, Project, SchemaCounts, SchemaReport, SchemaScope, WriteRequest,
};
use cairn_index::Fault;
use cairn_note::frontmatter;
use cairn_note::schema::{Frequency, Inference};
use cairn_server::schema_json;
use clap::Subcommand;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Where `--save` puts schemas.
const FOLDER: &str = "schemas";

/// Commands of `cairn schema`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Checks notes against their schemas
    Validate {
        /// A type, or a note; every type that has a schema where it is missing
        target: Option<String>,
        /// Exits with 1 when a note does not pass
        #[arg(long)]
        strict: bool,
    },
    /// Proposes a schema from what the notes of a type say
    Infer {
        /// The type
        note_type: String,
        /// The share of notes a field must be in, 0 to 1
        #[arg(long, default_value_t = 0.25, value_name = "SHARE")]
        threshold: f64,
        /// Writes the proposal as a note into the folder `schemas`
        #[arg(long)]
        save: bool,
    },
    /// Compares the schema of a type with what its notes say
    Diff {
        /// The type
        note_type: String,
    },
}

/// Runs a command of `cairn schema`.
pub(crate) fn run(invocation: &Invocation, command: Command) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let style = invocation.style();
    match command {
        Command::Validate { target, strict } => validate(style, project, target, strict),
        Command::Infer {
            note_type,
            threshold,
            save,
        } => infer(style, project, &note_type, threshold, save),
        Command::Diff { note_type } => diff(project, &note_type),
    }
}

/// An answer that says why there is none.
fn nothing(message: &str) -> Answer {
    Answer::new(String::new(), json!({ "error": message })).notice(one_line(message))
}

fn validate(
    style: Style,
    project: Project<'_>,
    target: Option<String>,
    strict: bool,
) -> Result<Answer> {
    let scope = match target {
        None => SchemaScope::Everything,
        // As Basic Memory tells a path from a type.
        Some(name) if name.contains(['/', '.']) => SchemaScope::Note(name),
        Some(name) => SchemaScope::Type(name),
    };
    let report = report(project, scope)?;
    if report.notes.is_empty() && report.types.is_empty() && report.broken.is_empty() {
        return Ok(nothing(&match &report.note_type {
            None => schema_json::NO_SCHEMAS.to_owned(),
            Some(name) if report.total == 0 => schema_json::no_notes(name),
            Some(name) => schema_json::no_schema(name),
        }));
    }
    let faults: Vec<Fault> = report
        .broken
        .iter()
        .map(|broken| Fault {
            path: broken.path.clone(),
            message: broken.message.clone(),
        })
        .collect();
    let rows: Vec<_> = report.notes.iter().map(row).collect();
    let text = style.rows(&["note", "status", "findings"], &rows) + &text::faults(style, &faults);
    let counts = SchemaCounts::of(&report.notes);
    let fails = strict && (counts.errors > 0 || !faults.is_empty());
    let outcome = match fails {
        true => Outcome::Partial,
        false => Outcome::Complete,
    };
    Ok(Answer::new(text, schema_json::validation(&report))
        .notice(format!(
            "{}: {} valid, {}, {}",
            text::count_of(counts.notes, "note"),
            counts.valid,
            text::count_of(counts.warnings, "warning"),
            text::count_of(counts.errors, "error")
        ))
        .outcome(outcome))
}

/// A type without notes may be the title of one.
fn report(project: Project<'_>, scope: SchemaScope) -> Result<SchemaReport> {
    let report = project.schema_validate(&scope)?;
    match scope {
        SchemaScope::Type(name) if report.total == 0 => {
            match project.schema_validate(&SchemaScope::Note(name)) {
                Err(Error::NotFound { .. }) => Ok(report),
                other => Ok(other?),
            }
        }
        _ => Ok(report),
    }
}

fn row(one: &CheckedNote) -> Vec<String> {
    let CheckedNote { note, checked } = one;
    let status = match (checked.passed, checked.warnings.is_empty()) {
        (false, _) => "fail",
        (true, false) => "warn",
        (true, true) => "pass",
    };
    let findings: Vec<_> = checked
        .errors
        .iter()
        .chain(&checked.warnings)
        .map(|finding| one_line(finding))
        .collect();
    vec![
        one_line(note.path.as_str()),
        status.to_owned(),
        findings.join("; "),
    ]
}

fn infer(
    style: Style,
    project: Project<'_>,
    note_type: &str,
    threshold: f64,
    save: bool,
) -> Result<Answer> {
    let inference = project.schema_infer(note_type, threshold)?;
    if inference.notes == 0 {
        let answer = Answer::new(String::new(), schema_json::inference(&inference));
        return Ok(answer.notice(one_line(&schema_json::no_notes(note_type))));
    }
    if inference.schema.is_empty() {
        return Ok(nothing(&schema_json::no_pattern(note_type, threshold)));
    }
    let rows: Vec<_> = inference
        .fields
        .iter()
        .map(|field| {
            vec![
                one_line(&field.frequency.name),
                field.frequency.source.name().to_owned(),
                share(&field.frequency),
                field.standing.name().to_owned(),
            ]
        })
        .collect();
    let note = frontmatter::compose(&inference.definition(), "");
    let text = style.rows(&["field", "source", "share", "schema"], &rows) + "\n" + &note;
    let mut json = schema_json::inference(&inference);
    if !save {
        return Ok(Answer::new(text, json));
    }
    let path = saved(project, &inference, note)?;
    json["saved"] = Value::from(path.as_str());
    Ok(Answer::new(text, json).notice(format!("saved as {}", one_line(&path))))
}

/// Writes a proposal as a note, where there is none yet, and returns its path.
fn saved(project: Project<'_>, inference: &Inference, note: String) -> Result<String> {
    let title = inference.definition().remove("title");
    let title = title.as_ref().and_then(Value::as_str);
    let written = project.write_note(&WriteRequest {
        title: title.unwrap_or(&inference.note_type).to_owned(),
        folder: FOLDER.to_owned(),
        content: note,
        note_type: Some("schema".to_owned()),
        ..WriteRequest::default()
    })?;
    Ok(written.note.path.to_string())
}

fn diff(project: Project<'_>, note_type: &str) -> Result<Answer> {
    let compared = project.schema_diff(note_type)?;
    let Some(drift) = compared.drift else {
        return Ok(nothing(&schema_json::no_schema(note_type)));
    };
    let mut text = String::new();
    // Writing to a String cannot fail.
    let mut field = |mark, frequency: &Frequency| {
        let (name, source) = (one_line(&frequency.name), frequency.source.name());
        let _ = writeln!(text, "{mark} {name} ({source}) {}", share(frequency));
    };
    drift.new.iter().for_each(|new| field('+', new));
    drift.dropped.iter().for_each(|old| field('-', old));
    for sentence in &drift.cardinality {
        let _ = writeln!(text, "~ {}", one_line(sentence));
    }
    let answer = Answer::new(text, schema_json::drift(note_type, &drift));
    Ok(match (compared.notes, drift.is_empty()) {
        (0, _) => answer.notice(one_line(&schema_json::no_notes(note_type))),
        (_, true) => answer.notice("no drift"),
        (_, false) => answer,
    })
}

fn share(frequency: &Frequency) -> String {
    let Frequency { count, total, .. } = frequency;
    format!("{:.0}% ({count}/{total})", frequency.share() * 100.0)
}
