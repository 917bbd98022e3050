//! Notes as files: each `data/parse/*.md` beside a `.txt` that says what is read in it.
//!
//! Files named `A07-…` are the edge cases of the reference by their number. With `CAIRN_BLESS` set, the expected
//! files are written anew, to be reviewed as a diff.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cairn_note::{Note, Observation, Relation, When, parse};

fn shown(note: &Note, text: &str) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!("title: {}", absent(note.title.as_deref())));
    line(format!("type: {}", note.note_type));
    line(format!("permalink: {}", absent(note.permalink.as_deref())));
    line(format!("tags: {}", listed(&note.tags)));
    line(format!("created: {}", moment(note.created)));
    line(format!("modified: {}", moment(note.modified)));
    let body = &text[note.body_start..];
    line(format!(
        "body begins: {:?}",
        body.lines().next().unwrap_or("")
    ));
    for (key, value) in &note.metadata {
        line(format!("metadata {key}: {value}"));
    }
    for heading in &note.headings {
        let level = heading.level;
        let source = &text[heading.range.clone()];
        line(format!(
            "heading {level}: {:?} from {source:?}",
            heading.text
        ));
    }
    for observation in &note.observations {
        line(shown_observation(observation));
    }
    for relation in &note.relations {
        line(shown_relation(relation));
    }
    for warning in &note.warnings {
        line(format!("warning: {}", warning.message));
    }
    out
}

fn absent(text: Option<&str>) -> &str {
    text.unwrap_or("(none)")
}

fn listed(items: &[String]) -> String {
    if items.is_empty() {
        "(none)".to_owned()
    } else {
        items.join(" | ")
    }
}

fn moment(when: Option<When>) -> String {
    match when {
        None => "(none)".to_owned(),
        Some(When::Instant(instant)) => format!("{instant}"),
        Some(When::Civil(civil)) => format!("{civil} local"),
    }
}

fn shown_observation(observation: &Observation) -> String {
    let category = absent(observation.category.as_deref());
    let mut out = format!("observation [{category}] {:?}", observation.content);
    if let Some(context) = &observation.context {
        write!(out, " context {context:?}").expect("writing to a string cannot fail");
    }
    if !observation.tags.is_empty() {
        write!(out, " tags {}", listed(&observation.tags))
            .expect("writing to a string cannot fail");
    }
    out
}

fn shown_relation(relation: &Relation) -> String {
    let qualified = if relation.qualified {
        " (project named)"
    } else {
        ""
    };
    let mut out = format!(
        "relation {} -> {:?}{qualified}",
        relation.relation_type, relation.target
    );
    if let Some(context) = &relation.context {
        write!(out, " context {context:?}").expect("writing to a string cannot fail");
    }
    out
}

fn reads_as_written(path: &Path) -> datatest_stable::Result<()> {
    let text = fs::read_to_string(path)?;
    let shown = shown(&parse(&text), &text);
    let expected = path.with_extension("txt");
    if std::env::var_os("CAIRN_BLESS").is_some() {
        fs::write(&expected, &shown)?;
    }
    let wanted = fs::read_to_string(&expected)?;
    if shown != wanted {
        return Err(format!("read:\n{shown}\nbut {} says:\n{wanted}", expected.display()).into());
    }
    Ok(())
}

datatest_stable::harness! {
    { test = reads_as_written, root = "tests/data/parse", pattern = r"^.*\.md$" },
}
