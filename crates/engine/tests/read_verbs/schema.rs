//! Which schema is a note's, and what comes of holding the note against it.

use crate::support::{main, open};
use cairn_engine::{Error, Project, SchemaReport, SchemaScope};
use cairn_testkit::Vault;
use std::fmt::Write as _;

fn report(report: &SchemaReport) -> String {
    let mut text = format!(
        "{}: {} of {} notes\n",
        report.note_type.as_deref().unwrap_or("everything"),
        report.notes.len(),
        report.total
    );
    for one in &report.types {
        let counts = one.counts;
        let _ = writeln!(
            text,
            "type {}: {} valid of {} checked of {}, {} warnings, {} errors",
            one.note_type, counts.valid, counts.notes, one.total, counts.warnings, counts.errors
        );
    }
    for one in &report.notes {
        let fields: Vec<&str> = one
            .checked
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let _ = writeln!(
            text,
            "{}: {} wants {}",
            one.note.path,
            one.checked.entity,
            fields.join(", ")
        );
    }
    for one in &report.broken {
        let _ = writeln!(text, "broken {}: {}", one.path, one.message);
    }
    text
}

fn validate(project: Project<'_>, scope: &SchemaScope) -> String {
    report(&project.schema_validate(scope).expect("the index answers"))
}

fn of_type(name: &str) -> SchemaScope {
    SchemaScope::Type(name.to_owned())
}

const VAULT: &str = "\
//- schemas/Person Schema.md
---
type: schema
entity: Person
schema:
  name: string
---
//- schemas/second.md
---
type: schema
entity: person
schema:
  never: string
---
//- schemas/short.md
---
title: Short form
type: Schema
entity: brief
schema:
  gist: string
---
//- people/ada.md
---
type: person
---
- [name] Ada
//- people/by-entity.md
---
type: person
schema: Brief
---
//- people/by-permalink.md
---
type: note
schema: schemas/short
---
//- people/by-title.md
---
type: note
schema: '[[Short form]]'
---
//- people/inline.md
---
type: Person
schema:
  hat: string
---
//- people/lost.md
---
type: person
schema: nowhere
---
//- plain.md
---
type: note
---
";

#[test]
fn a_notes_own_schema_comes_first_then_the_one_it_names_then_that_of_its_type() {
    let vault = Vault::new(VAULT);
    let engine = open(&vault);
    assert_eq!(
        validate(main(&engine), &of_type("person")),
        "\
person: 4 of 4 notes
people/ada.md: Person wants name
people/by-entity.md: brief wants gist
people/inline.md: Person wants hat
people/lost.md: Person wants name
broken people/lost.md: it names the schema 'nowhere', which is not there
"
    );
    assert_eq!(
        validate(main(&engine), &of_type("Note")),
        "\
Note: 2 of 3 notes
people/by-permalink.md: brief wants gist
people/by-title.md: brief wants gist
"
    );
    assert_eq!(
        validate(
            main(&engine),
            &SchemaScope::Note("people/inline".to_owned())
        ),
        "Person: 1 of 1 notes\npeople/inline.md: Person wants hat\n"
    );
}

#[test]
fn everything_is_every_type_that_a_schema_speaks_of() {
    let vault = Vault::new(VAULT);
    let engine = open(&vault);
    assert_eq!(
        validate(main(&engine), &SchemaScope::Everything),
        "\
everything: 6 of 7 notes
type brief: 0 valid of 0 checked of 0, 0 warnings, 0 errors
type note: 2 valid of 2 checked of 3, 2 warnings, 0 errors
type Person: 4 valid of 4 checked of 4, 3 warnings, 0 errors
people/ada.md: Person wants name
people/by-entity.md: brief wants gist
people/by-permalink.md: brief wants gist
people/by-title.md: brief wants gist
people/inline.md: Person wants hat
people/lost.md: Person wants name
broken people/lost.md: it names the schema 'nowhere', which is not there
"
    );
}

#[test]
fn without_a_schema_nothing_is_covered() {
    let vault = Vault::new("//- a.md\n- [name] A\n");
    let engine = open(&vault);
    assert_eq!(
        validate(main(&engine), &SchemaScope::Everything),
        "everything: 0 of 0 notes\n"
    );
    assert_eq!(
        validate(main(&engine), &of_type("note")),
        "note: 0 of 1 notes\n"
    );
    assert_eq!(validate(main(&engine), &of_type("")), ": 0 of 0 notes\n");
}

#[test]
fn a_broken_schema_is_named_and_the_others_are_used() {
    let vault = Vault::new(
        "\
//- schemas/a.md
---
type: schema
entity: task
---
//- schemas/b.md
---
type: schema
entity: person
schema: {name: string}
settings: {validation: often}
---
//- schemas/c.md
---
type: schema
schema: {name: string}
---
//- ada.md
---
type: person
---
//- do.md
---
type: task
schema: {what: string}
---
",
    );
    let engine = open(&vault);
    let project = main(&engine);
    assert_eq!(
        validate(project, &SchemaScope::Everything),
        "\
everything: 1 of 2 notes
type person: 0 valid of 0 checked of 1, 0 warnings, 0 errors
type task: 1 valid of 1 checked of 1, 1 warnings, 0 errors
do.md: task wants what
broken schemas/a.md: a schema needs `schema`, a map of its fields
broken schemas/b.md: `settings.validation` is 'often'; it may be warn or strict
broken schemas/c.md: a schema needs `entity`, the type of note it is for
"
    );
    let error = project
        .schema_diff("person")
        .expect_err("the schema is broken");
    assert_eq!(
        error.to_string(),
        "schemas/b.md: `settings.validation` is 'often'; it may be warn or strict"
    );
}

#[test]
fn a_definition_is_what_its_file_says_now() {
    let vault = Vault::new(VAULT);
    let engine = open(&vault);
    vault.write(
        "schemas/Person Schema.md",
        "---\ntype: schema\nentity: person\nschema: {new: string}\n---\n",
    );
    assert_eq!(
        validate(main(&engine), &SchemaScope::Note("people/ada".to_owned())),
        "person: 1 of 1 notes\npeople/ada.md: person wants new\n"
    );
}

#[test]
fn a_relation_is_inferred_to_lead_where_most_do() {
    let vault = Vault::new(
        "\
//- firms/navy.md
---
type: Org Unit
---
//- a.md
---
type: person
---
- works_at [[navy]]
- knows [[nobody]]
//- b.md
---
type: person
---
- works_at [[navy]]
",
    );
    let engine = open(&vault);
    let project = main(&engine);
    let inference = project
        .schema_infer("Person", 0.25)
        .expect("it is answered");
    assert_eq!(
        serde_json::Value::Object(inference.schema).to_string(),
        r#"{"works_at":"OrgUnit","knows?":"Entity"}"#
    );
    let drift = project.schema_diff("person").expect("it is answered");
    assert_eq!((drift.notes, drift.drift), (2, None));
    assert!(matches!(
        project.schema_infer("person", 25.0),
        Err(Error::Invalid { .. })
    ));
    assert!(project.schema_infer("person", f64::NAN).is_err());
}
