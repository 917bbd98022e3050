//! What the schema tools answer in words.
//!
//! Invariant: an answer never grows with the number of notes beyond [`MOST_LINES`] of a kind; what it leaves out it
//! counts.

use super::excerpt::excerpt_line;
use cairn_engine::{CheckedNote, SchemaCounts, SchemaReport};
use cairn_note::frontmatter;
use cairn_note::schema::{Drift, Frequency, Inference, InferredField, Standing};
use std::fmt::Write as _;

/// Lines of one kind.
const MOST_LINES: usize = 100;
/// Samples of a field.
const MOST_SAMPLES: usize = 3;
/// Characters of a sample or a title.
const LONGEST: usize = 80;

/// How notes stand to their schemas.
pub(super) fn validation(report: &SchemaReport) -> String {
    let SchemaCounts {
        notes,
        valid,
        warnings,
        errors,
    } = SchemaCounts::of(&report.notes);
    let note_type = short(report.note_type.as_deref().unwrap_or("all"));
    let mut text = format!(
        "# Schema Validation: {note_type}\n\nNotes: {notes} | Valid: {valid} | Warnings: {warnings} | Errors: {errors}\n"
    );
    let unchecked = report.total - notes;
    if unchecked > 0 {
        let _ = writeln!(text, "Without a schema: {unchecked}");
    }
    if !report.types.is_empty() {
        let lines = report.types.iter().map(|one| {
            let counts = one.counts;
            let summary = match (counts.notes, one.total) {
                (0, 0) => "no notes".to_owned(),
                (0, total) => format!("no notes with a usable schema (of {total})"),
                (notes, _) => format!("{}/{notes} valid", counts.valid),
            };
            format!("- **{}**: {summary}\n", short(&one.note_type))
        });
        section(&mut text, "By Type", lines.collect());
    }
    if !report.notes.is_empty() {
        text.push_str("\n## Notes\n\n");
        text.push_str(&notes_lines(&report.notes));
    }
    let broken = report.broken.iter();
    let lines = broken.map(|one| format!("- {}: {}\n", one.path, one.message));
    section(&mut text, "Schema Errors", lines.collect());
    text
}

/// All notes where there are few; else those with something to say, and how many there are of the others.
fn notes_lines(notes: &[CheckedNote]) -> String {
    if notes.len() <= MOST_LINES {
        return notes.iter().map(note).collect();
    }
    let (clean, telling): (Vec<_>, Vec<_>) = notes
        .iter()
        .partition(|one| one.checked.warnings.is_empty() && one.checked.errors.is_empty());
    let mut text: String = telling
        .iter()
        .take(MOST_LINES)
        .map(|one| note(one))
        .collect();
    if telling.len() > MOST_LINES {
        let more = telling.len() - MOST_LINES;
        let _ = writeln!(
            text,
            "- … and {more} more with warnings or errors (all: output_format=\"json\")"
        );
    }
    if !clean.is_empty() {
        let _ = writeln!(text, "- … and {} valid without warnings", clean.len());
    }
    text
}

fn note(one: &CheckedNote) -> String {
    let CheckedNote { note, checked } = one;
    let verdict = if checked.passed { "valid" } else { "INVALID" };
    let mut text = format!("- **{}** — {verdict}", short(&note.title));
    if !(checked.warnings.is_empty() && checked.errors.is_empty()) {
        let _ = write!(text, " ({})", note.path);
    }
    text.push('\n');
    for warning in &checked.warnings {
        let _ = writeln!(text, "  - warning: {}", short_line(warning));
    }
    for error in &checked.errors {
        let _ = writeln!(text, "  - error: {}", short_line(error));
    }
    text
}

/// What a schema for a type could be.
pub(super) fn inference(inference: &Inference) -> String {
    let definition = inference.definition();
    let yaml = frontmatter::compose(&definition, "");
    let yaml = yaml.trim_start_matches("---\n").trim_end_matches("---\n");
    let mut text = inference_heading(inference);
    let _ = write!(text, "\n## Suggested Schema\n\n```yaml\n{yaml}```\n");
    let (excluded, suggested): (Vec<_>, Vec<_>) = inference
        .fields
        .iter()
        .partition(|field| field.standing == Standing::Excluded);
    let lines = suggested.iter().map(|field| inferred(field));
    section(&mut text, "Field Frequencies", lines.collect());
    let lines = excluded.iter().map(|field| row(&field.frequency) + "\n");
    section(&mut text, "Excluded (below threshold)", lines.collect());
    let title = definition.get("title").and_then(|title| title.as_str());
    let _ = writeln!(
        text,
        "\nTo save it: write_note(title=\"{}\", directory=\"schemas\", content=\"---\\n<the YAML above>\\n---\\n\")",
        short(title.unwrap_or(&inference.note_type))
    );
    text
}

/// What is said of a type without notes, too.
pub(super) fn inference_heading(inference: &Inference) -> String {
    format!(
        "# Schema Inference: {}\n\nNotes analyzed: {}\n",
        short(&inference.note_type),
        inference.notes
    )
}

fn inferred(field: &InferredField) -> String {
    let frequency = &field.frequency;
    let samples: Vec<_> = frequency
        .samples
        .iter()
        .take(MOST_SAMPLES)
        .map(|sample| short(sample))
        .collect();
    format!(
        "{} [{}] (e.g. {})\n",
        row(frequency),
        field.standing.name(),
        samples.join(", ")
    )
}

/// How the notes of a type have drifted away from its schema.
pub(super) fn drift(note_type: &str, notes: usize, drift: &Drift) -> String {
    let mut text = format!("# Schema Drift: {}\n", short(note_type));
    if notes == 0 {
        text.push_str("\nNo notes of this type yet, so there is nothing to compare.\n");
    } else if drift.is_empty() {
        text.push_str("\nNo drift detected — schema matches actual usage.\n");
    }
    let rows = |fields: &[Frequency]| fields.iter().map(|one| row(one) + "\n").collect();
    let new = rows(&drift.new);
    section(&mut text, "New Fields (in notes but not in schema)", new);
    let dropped = rows(&drift.dropped);
    section(
        &mut text,
        "Dropped Fields (in schema but rare in notes)",
        dropped,
    );
    let changes = drift.cardinality.iter();
    let lines = changes.map(|sentence| format!("- {sentence}\n"));
    section(&mut text, "Cardinality Changes", lines.collect());
    text
}

fn row(frequency: &Frequency) -> String {
    format!(
        "- **{}** ({}) — {:.0}% ({}/{})",
        short(&frequency.name),
        frequency.source.name(),
        frequency.share() * 100.0,
        frequency.count,
        frequency.total
    )
}

/// Adds a section, if there is anything in it.
fn section(text: &mut String, heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {heading}\n\n");
    let more = lines.len().saturating_sub(MOST_LINES);
    text.extend(lines.into_iter().take(MOST_LINES));
    if more > 0 {
        let _ = writeln!(text, "- … and {more} more");
    }
}

/// A title, a name or a sample on one line, not too long.
pub(super) fn short(text: &str) -> String {
    excerpt_line(text, LONGEST)
}

/// A sentence on one line; it holds a value of a note, which may be anything.
fn short_line(text: &str) -> String {
    excerpt_line(text, 4 * LONGEST)
}
