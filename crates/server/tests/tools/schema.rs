//! `schema_validate`, `schema_infer`, `schema_diff`.

use crate::harness::Server;
use cairn_server::HostOptions;
use serde_json::json;
use std::fmt::Write as _;

/// Two types with a schema, one without.
const VAULT: &str = "\
//- schemas/Person.md
---
title: Person
type: schema
entity: Person
schema:
  name: string, full name
  company: string
  role?(enum): [engineer, writer]
  knows?(array): Person
settings:
  validation: strict
---
//- schemas/Task.md
---
title: Task
type: schema
entity: task
schema:
  description: string
settings:
  frontmatter:
    status(enum): [open, closed]
---
//- schemas/Meeting.md
---
title: Meeting
type: schema
entity: meeting
schema:
  topic: string
---
//- people/Ada.md
---
title: Ada
type: person
---
- [name] Ada Lovelace
- [company] Analytical Engines
- [role] engineer #maths
- [hobby] horses
- [hobby] numbers
- knows [[Charles]]
- admires [[Mary]]
//- people/Charles.md
---
title: Charles
type: person
---
- [name] Charles Babbage
- [role] plumber
- [email] charles@example.org
- knows [[Ada]]
- knows [[Mary]]
//- tasks/Mend.md
---
title: Mend the engine
type: Task
status: open
---
- [email] ada@example.org
//- diary/One.md
---
title: One
type: diary
---
Nothing but words.
//- diary/Two.md
---
title: Two
type: diary
schema: Diary
---
Words again.
";

#[test]
fn a_type_a_note_or_everything_is_validated() {
    insta::assert_snapshot!(Server::new(VAULT).transcript(&[
        ("schema_validate", json!({ "note_type": "person" })),
        (
            "schema_validate",
            json!({ "note_type": " Person ", "identifier": "people/ada" })
        ),
        (
            "schema_validate",
            json!({ "identifier": "Mend the engine" })
        ),
        (
            "schema_validate",
            json!({ "note_type": null, "identifier": "" })
        ),
    ]));
}

#[test]
fn validation_in_json() {
    insta::assert_snapshot!(Server::new(VAULT).transcript(&[
        (
            "schema_validate",
            json!({ "identifier": "Charles", "output_format": "JSON" })
        ),
        ("schema_validate", json!({ "output_format": "json" })),
    ]));
}

#[test]
fn a_schema_is_inferred() {
    insta::assert_snapshot!(Server::new(VAULT).transcript(&[
        (
            "schema_infer",
            json!({ "note_type": "person", "threshold": "0.6" })
        ),
        (
            "schema_infer",
            json!({ "note_type": "person", "output_format": "json" })
        ),
        ("schema_infer", json!({ "note_type": "nothing" })),
        (
            "schema_infer",
            json!({ "note_type": "nothing", "output_format": "json" })
        ),
    ]));
}

#[test]
fn what_is_inferred_can_be_saved_and_validated() {
    let server = Server::new(VAULT);
    let inferred = server.call(
        "schema_infer",
        &json!({ "note_type": "diary", "threshold": 0 }),
    );
    assert!(
        inferred.starts_with("# No Schema Pattern Found"),
        "{inferred}"
    );
    let inferred = server.call("schema_infer", &json!({ "note_type": "task" }));
    let yaml = inferred
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("there is a block of YAML");
    server.call(
        "write_note",
        &json!({
            "title": "Task",
            "directory": "schemas",
            "content": format!("---\n{yaml}---\n"),
            "overwrite": true,
        }),
    );
    insta::assert_snapshot!(server.call("schema_validate", &json!({ "note_type": "task" })), @"
    # Schema Validation: task

    Notes: 1 | Valid: 1 | Warnings: 0 | Errors: 0

    ## Notes

    - **Mend the engine** — valid
    ");
}

#[test]
fn a_schema_is_compared_with_its_notes() {
    insta::assert_snapshot!(Server::new(VAULT).transcript(&[
        ("schema_diff", json!({ "note_type": "Person" })),
        (
            "schema_diff",
            json!({ "note_type": "Person", "output_format": "json" })
        ),
        ("schema_diff", json!({ "note_type": "meeting" })),
        (
            "schema_diff",
            json!({ "note_type": "meeting", "output_format": "json" })
        ),
    ]));
    let vault = "//- s.md\n---\ntype: schema\nentity: tea\nschema:\n  origin: string\n---\n//- t.md\n---\ntype: tea\n---\n- [origin] China\n";
    insta::assert_snapshot!(
        Server::new(vault).call("schema_diff", &json!({ "note_type": "tea" })),
        @"
    # Schema Drift: tea

    No drift detected — schema matches actual usage.
    "
    );
}

#[test]
fn where_there_is_nothing_the_way_out_is_named() {
    let mut transcript = String::new();
    for format in ["text", "json"] {
        transcript += &Server::new(VAULT).transcript(&[
            (
                "schema_validate",
                json!({ "note_type": "persons", "output_format": format }),
            ),
            (
                "schema_validate",
                json!({ "note_type": "diary", "output_format": format }),
            ),
            (
                "schema_validate",
                json!({ "identifier": "diary/one", "output_format": format }),
            ),
            (
                "schema_validate",
                json!({ "identifier": "Charlse", "output_format": format }),
            ),
            (
                "schema_infer",
                json!({ "note_type": "diary", "output_format": format }),
            ),
            (
                "schema_diff",
                json!({ "note_type": "diary", "output_format": format }),
            ),
        ]);
        transcript += &Server::new("//- a.md\n# A\n")
            .transcript(&[("schema_validate", json!({ "output_format": format }))]);
    }
    insta::assert_snapshot!(transcript);
}

#[test]
fn a_schema_that_cannot_be_used_is_named() {
    let vault = "\
//- schemas/tea.md
---
type: schema
entity: tea
schema: {origin: string}
settings: {validation: now and then}
---
//- schemas/cup.md
---
type: schema
entity: cup
schema: {size: string}
---
//- green.md
---
type: tea
---
- [origin] China
//- mug.md
---
type: cup
---
- [size] large
//- Mug.txt
no note
";
    let mut transcript = String::new();
    for format in ["text", "json"] {
        transcript += &Server::new(vault).transcript(&[
            ("schema_validate", json!({ "output_format": format })),
            (
                "schema_validate",
                json!({ "note_type": "tea", "output_format": format }),
            ),
            (
                "schema_diff",
                json!({ "note_type": "tea", "output_format": format }),
            ),
        ]);
    }
    insta::assert_snapshot!(transcript);
}

#[test]
fn arguments_that_are_not_understood() {
    insta::assert_snapshot!(Server::new(VAULT).transcript(&[
        ("schema_infer", json!({})),
        ("schema_infer", json!({ "note_type": "  " })),
        (
            "schema_infer",
            json!({ "note_type": "person", "threshold": 25 })
        ),
        ("schema_diff", json!({})),
        (
            "schema_diff",
            json!({ "note_type": "", "output_format": "json" })
        ),
        ("schema_validate", json!({ "type": "person" })),
        ("schema_validate", json!({ "project": "nowhere" })),
        ("schema_validate", json!({ "note_type": ["person"] })),
    ]));
}

#[test]
fn a_note_of_another_project_is_validated_there_unless_the_server_is_constrained() {
    let other = "//- b.md\n---\ntype: tea\nschema: {origin: string}\n---\n- [origin] China\n";
    let vaults = [("main", "//- a.md\n# A\n"), ("other", other)];
    let ask = [(
        "schema_validate",
        json!({ "identifier": "memory://other/b" }),
    )];
    let plain = [("schema_validate", json!({ "identifier": "other/b" }))];
    let free = Server::with(&vaults, HostOptions::default());
    let only_main = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let constrained = Server::with(&vaults, only_main);
    let transcript = [
        free.transcript(&ask),
        free.transcript(&plain),
        constrained.transcript(&ask),
        constrained.transcript(&plain),
    ];
    insta::assert_snapshot!(transcript.concat());
}

#[test]
fn many_notes_make_no_long_answer() {
    let mut vault =
        "//- s.md\n---\ntype: schema\nentity: tea\nschema:\n  origin: string\n---\n".to_owned();
    for number in 0..300 {
        let origin = if number < 130 { "maker" } else { "origin" };
        let _ = write!(
            vault,
            "//- {number:03}.md\n---\ntype: tea\n---\n- [{origin}] China\n- [only {number:03}] x\n"
        );
    }
    let server = Server::new(&vault);
    let text = server.call("schema_validate", &json!({}));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[2],
        "Notes: 300 | Valid: 300 | Warnings: 130 | Errors: 0"
    );
    assert_eq!(
        lines[lines.len() - 2..],
        [
            "- … and 30 more with warnings or errors (all: output_format=\"json\")",
            "- … and 170 valid without warnings"
        ]
    );
    let text = server.call("schema_infer", &json!({ "note_type": "tea" }));
    assert!(text.contains("\n- … and 200 more\n"), "{text}");
    assert!(text.lines().count() < 130, "{text}");
}
