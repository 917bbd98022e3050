//! Schemas as files: each `data/schema/*.txt` has a schema note, some notes, and what comes of them.
//!
//! Lines beginning with `%%%` divide a file: `%%% schema` and any number of `%%% note`, each a whole Markdown text, then
//! one question: `%%% read` (what the schema means), `%%% check` (each note held against it), `%%% infer 0.25` (what the
//! notes would have for a schema) or `%%% diff` (how they drifted away from it), with the answer below. A link between
//! notes is followed by its title. With `CAIRN_BLESS` set, the answer is written anew, to be reviewed as a diff.

use cairn_note::schema::{
    Checked, Declared, Facts, Field, FieldKind, Frequency, Inference, Link, Schema, Usage, check,
    declared, definition, diff, infer,
};
use cairn_note::{Note, frontmatter, parse};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A part of a file: the words behind its `%%%`, and the lines below.
struct Part<'f> {
    head: &'f str,
    text: &'f str,
}

fn parts(file: &str) -> Vec<Part<'_>> {
    file.split("%%% ")
        .skip(1)
        .map(|part| {
            let (head, text) = part.split_once('\n').unwrap_or((part, ""));
            Part { head, text }
        })
        .collect()
}

/// A note, and where its links lead.
struct Parsed {
    note: Note,
    links: Vec<Link>,
}

impl Parsed {
    fn facts(&self) -> Facts<'_> {
        Facts {
            metadata: &self.note.metadata,
            observations: &self.note.observations,
            links: &self.links,
        }
    }
}

fn notes(parts: &[Part<'_>]) -> Vec<Parsed> {
    let notes: Vec<Note> = parts
        .iter()
        .filter(|part| part.head == "note")
        .map(|part| parse(part.text))
        .collect();
    let links = |note: &Note| {
        note.relations
            .iter()
            .map(|relation| Link {
                relation_type: relation.relation_type.clone(),
                target: relation.target.clone(),
                target_type: notes
                    .iter()
                    .find(|other| other.title.as_ref() == Some(&relation.target))
                    .map(|other| other.note_type.clone()),
            })
            .collect()
    };
    let links: Vec<Vec<Link>> = notes.iter().map(links).collect();
    let pairs = notes.into_iter().zip(links);
    pairs.map(|(note, links)| Parsed { note, links }).collect()
}

fn field(out: &mut String, depth: usize, field: &Field) {
    let Field {
        name,
        kind,
        required,
        is_array,
        description,
    } = field;
    let need = if *required { "required" } else { "optional" };
    let several = if *is_array { ", several" } else { "" };
    let _ = write!(
        out,
        "{:indent$}{name}: {need}{several}, ",
        "",
        indent = depth * 2
    );
    match kind {
        FieldKind::Scalar(name) => out.push_str(name),
        FieldKind::Entity(name) => {
            let _ = write!(out, "relation to {name}");
        }
        FieldKind::Enum(values) => {
            let _ = write!(out, "one of {}", values.join(" | "));
        }
        FieldKind::Object(_) => out.push_str("fields of its own"),
    }
    if let Some(description) = description {
        let _ = write!(out, " ({description})");
    }
    out.push('\n');
    if let FieldKind::Object(children) = kind {
        children
            .iter()
            .for_each(|child| self::field(out, depth + 1, child));
    }
}

fn read(schema: &Schema) -> String {
    let mut out = format!("for {}, {:?}\n", schema.entity, schema.validation);
    schema.fields.iter().for_each(|one| field(&mut out, 0, one));
    if !schema.frontmatter.is_empty() {
        out.push_str("in the frontmatter:\n");
    }
    let keys = schema.frontmatter.iter();
    keys.for_each(|one| field(&mut out, 1, one));
    out
}

fn checked(note: &Note, checked: &Checked) -> String {
    let title = note.title.as_deref().unwrap_or("?");
    let verdict = if checked.passed { "valid" } else { "INVALID" };
    let mut out = format!("{title}: {verdict} as {}\n", checked.entity);
    for field in &checked.fields {
        let values = field.values.join(" | ");
        let line = format!("  {} {}: {values}", field.name, field.status.name());
        out.extend([line.trim_end_matches([' ', ':']), "\n"]);
    }
    for warning in &checked.warnings {
        let _ = writeln!(out, "  warning: {warning}");
    }
    for error in &checked.errors {
        let _ = writeln!(out, "  error: {error}");
    }
    for (category, count) in &checked.unmatched_observations {
        let _ = writeln!(out, "  not in the schema: [{category}] {count}");
    }
    for relation in &checked.unmatched_relations {
        let _ = writeln!(out, "  not in the schema: {relation} [[…]]");
    }
    out
}

fn frequency(frequency: &Frequency) -> String {
    let Frequency {
        name, count, total, ..
    } = frequency;
    format!("{name} ({}) {count}/{total}", frequency.source.name())
}

fn inferred(inference: &Inference) -> String {
    let mut out = String::new();
    for field in &inference.fields {
        let _ = writeln!(
            out,
            "{} {}: {}",
            frequency(&field.frequency),
            field.standing.name(),
            field.frequency.samples.join(" | ")
        );
    }
    out + &frontmatter::compose(&inference.definition(), "")
}

fn answer(question: &str, parts: &[Part<'_>]) -> datatest_stable::Result<String> {
    let schema = parts.iter().find(|part| part.head == "schema");
    let schema = schema.map(|part| definition(&parse(part.text).metadata));
    let schema = match schema.transpose() {
        Ok(schema) => schema,
        Err(error) => return Ok(format!("{error}\n")),
    };
    let notes = notes(parts);
    let mut usage = Usage::default();
    notes.iter().for_each(|parsed| usage.add(&parsed.facts()));
    let (verb, argument) = question.split_once(' ').unwrap_or((question, ""));
    Ok(match verb {
        "read" => read(&schema.ok_or("there is no %%% schema")?),
        "check" => {
            let mut out = String::new();
            for parsed in &notes {
                let own = declared(&parsed.note.metadata, &parsed.note.note_type);
                let schema = match own {
                    Ok(Declared::Inline(own)) => own,
                    Ok(Declared::Reference(name)) => {
                        let _ = writeln!(out, "(names the schema {name})");
                        schema.clone().ok_or("there is no %%% schema")?
                    }
                    Ok(Declared::Nothing) => schema.clone().ok_or("there is no %%% schema")?,
                    Err(error) => {
                        let _ = writeln!(out, "{error}");
                        continue;
                    }
                };
                out += &checked(&parsed.note, &check(&schema, &parsed.facts()));
            }
            out
        }
        "infer" => {
            let note_type = notes
                .first()
                .map_or("note", |parsed| &parsed.note.note_type);
            inferred(&infer(note_type, &usage, argument.parse()?))
        }
        "diff" => {
            let drift = diff(&schema.ok_or("there is no %%% schema")?, &usage);
            let mut out = String::new();
            for new in &drift.new {
                let _ = writeln!(out, "new: {}", frequency(new));
            }
            for dropped in &drift.dropped {
                let _ = writeln!(out, "dropped: {}", frequency(dropped));
            }
            for sentence in &drift.cardinality {
                let _ = writeln!(out, "cardinality: {sentence}");
            }
            assert_eq!(drift.is_empty(), out.is_empty());
            out
        }
        _ => return Err(format!("no such question: {question}").into()),
    })
}

fn schemas_as_written(path: &Path) -> datatest_stable::Result<()> {
    let file = fs::read_to_string(path)?;
    let parts = parts(&file);
    let question = parts.last().ok_or("a file ends with its question")?;
    let got = answer(question.head, &parts)?;
    if std::env::var_os("CAIRN_BLESS").is_some() {
        let given = &file[..file.len() - question.text.len()];
        let line_end = if given.ends_with('\n') { "" } else { "\n" };
        fs::write(path, format!("{given}{line_end}{got}"))?;
    } else if got != question.text {
        return Err(format!("wanted:\n{}\nbut got:\n{got}", question.text).into());
    }
    Ok(())
}

datatest_stable::harness! {
    { test = schemas_as_written, root = "tests/data/schema", pattern = r"^.*\.txt$" },
}
