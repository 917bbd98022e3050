//! The YAML dialect against PyYAML's, from tables that `crates/testkit/golden/pyyaml.py` writes.

use cairn_note::{Metadata, frontmatter};
use serde_json::{Value, json};

const SCALARS: &str = include_str!("data/yaml/scalars.tsv");
const DOCUMENTS: &str = include_str!("data/yaml/documents.tsv");
const EMITTED: &str = include_str!("data/yaml/emitted.tsv");
const SPLIT: &str = include_str!("data/frontmatter/split.tsv");

/// Documents read here that PyYAML refuses: a tab before or after a value is blank space.
const READ_HERE: [&str; 4] = ["a: x\t# y\n", "a: b\t\n", "a: \tb\n", "\ta: b\n"];

/// Documents PyYAML reads that are refused here, as YAML 1.2 refuses them: brackets and quotes must go on further in
/// than the key, and a comment needs a blank before it.
const REFUSED_HERE: [&str; 6] = [
    "a: '\n'\n",
    "a: [x,\ny]\n",
    "a: [\n]\n",
    "a: \"x\ny\"\n",
    "a: {x: 1,\ny: 2}\n",
    "a: \"x\"# y\n",
];

fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table
        .split_terminator('\n')
        .map(|row| row.split_once('\t').expect("a row has two columns"))
}

fn text_of(cell: &str) -> String {
    serde_json::from_str(cell).expect("the cell is a JSON string")
}

fn value_of(cell: &str) -> Value {
    serde_json::from_str(cell).expect("the cell is JSON")
}

fn report(name: &str, total: usize, wrong: &[String]) {
    assert!(total > 40, "{name}: the table is cut short");
    assert!(
        wrong.is_empty(),
        "{name}: {} of {total} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn plain_scalars_mean_what_they_mean_to_pyyaml() {
    let mut wrong = Vec::new();
    for (scalar, expected) in rows(SCALARS) {
        let read = frontmatter::read(&format!("---\nkey: {scalar}\n---\n"));
        let found = read.metadata.get("key");
        if found != Some(&value_of(expected)) {
            wrong.push(format!(
                "{scalar}: expected {expected}, found {found:?} {:?}",
                read.warnings
            ));
        }
    }
    report("scalars", rows(SCALARS).count(), &wrong);
}

#[test]
fn documents_mean_what_they_mean_to_pyyaml() {
    let mut wrong = Vec::new();
    for (document, expected) in rows(DOCUMENTS) {
        let document = text_of(document);
        let read = frontmatter::read(&format!("---\n{document}---\nBody"));
        let malformed = read.body_start == 0;
        let agrees = match expected {
            "error" => malformed != READ_HERE.contains(&document.as_str()),
            _ if REFUSED_HERE.contains(&document.as_str()) => malformed,
            expected => {
                let expected = value_of(expected);
                let metadata = expected.as_object().cloned().unwrap_or_default();
                !malformed && read.metadata == metadata
            }
        };
        if !agrees {
            wrong.push(format!(
                "{document:?}: expected {expected}, found {} {:?}",
                json!(read.metadata),
                read.warnings
            ));
        }
    }
    report("documents", rows(DOCUMENTS).count(), &wrong);
}

#[test]
fn values_are_written_as_pyyaml_writes_them() {
    let mut wrong = Vec::new();
    for (value, expected) in rows(EMITTED) {
        let metadata: Metadata = [("key".to_owned(), value_of(value))].into_iter().collect();
        let text = frontmatter::compose(&metadata, "");
        let expected = format!("---\n{}---\n", text_of(expected));
        if text != expected {
            wrong.push(format!("{value}: expected {expected:?}, found {text:?}"));
        }
        let read = frontmatter::read(&text);
        if read.metadata.get("key") != Some(&frontmatter::normalise(&metadata["key"])) {
            wrong.push(format!(
                "{value}: does not read back, {text:?} gives {read:?}"
            ));
        }
    }
    report("emitted", rows(EMITTED).count(), &wrong);
}

#[test]
fn the_block_is_found_where_python_frontmatter_finds_it() {
    let mut wrong = Vec::new();
    for (text, expected) in rows(SPLIT) {
        let text = text_of(text);
        let read = frontmatter::read(&text);
        let body = text[read.body_start..]
            .replace("\r\n", "\n")
            .replace('\0', "");
        let found = json!({"metadata": read.metadata, "body": body.trim()});
        if found != value_of(expected) {
            wrong.push(format!("{text:?}: expected {expected}, found {found}"));
        }
    }
    report("split", rows(SPLIT).count(), &wrong);
}
