//! `move_note`.

use crate::delete_note::many;
use crate::harness::Server;
use cairn_engine::{Cancel, Silent};
use cairn_server::{Body, HostOptions};
use insta::assert_snapshot;
use serde_json::{Value, json};

const GARDEN: &str = "//- Tea.md\n---\ntitle: Tea\npermalink: main/tea\n---\nzebra\n\
    //- Milk.md\n1\n//- one/Twin.md\n1\n//- two/Twin.md\n2\n\
    //- plot/bed.md\n[[Tea]]\n//- plot/deep/row.md\n3\n//- plot/plan.png\n4\n";

fn paths(server: &Server, project: &str) -> Vec<String> {
    let files = server.vault(project).files();
    files.into_iter().map(|(path, _)| path).collect()
}

#[test]
fn moves_in_text_and_json() {
    let server = Server::new(GARDEN);
    assert_snapshot!(server.transcript(&[
        ("move_note", json!({ "identifier": "Tea", "destination_path": "drinks/Green Tea.md" })),
        ("move_note", json!({ "identifier": "Tea", "destination_folder": "deep/er", "output_format": "json" })),
        ("move_note", json!({ "identifier": "memory://main/tea", "to": "memory://main/Tea" })),
        ("move_note", json!({ "identifier": "one/Twin", "to_folder": "/" })),
        ("move_note", json!({ "identifier": "plot", "destination": "field", "is_dir": "true" })),
        ("move_note", json!({ "identifier": "memory://main/field", "new_path": "a/b", "is_directory": 1, "output_format": "json" })),
    ]));
    assert_eq!(
        paths(&server, "main"),
        [
            "Milk.md",
            "Tea.md",
            "Twin.md",
            "a/b/bed.md",
            "a/b/deep/row.md",
            "a/b/plan.png",
            "two/Twin.md"
        ]
    );
    assert_eq!(
        server.vault("main").read("Tea.md"),
        "---\ntitle: Tea\npermalink: main/tea\n---\nzebra\n"
    );
}

#[test]
fn every_spelling_of_a_destination() {
    for (name, folder) in [
        ("destination_path", false),
        ("dest_path", false),
        ("new_path", false),
        ("to", false),
        ("destination", false),
        ("destination_folder", true),
        ("dest_folder", true),
        ("to_folder", true),
    ] {
        let server = Server::new("//- Tea.md\nx\n");
        let destination = if folder { "new" } else { "new/Tea.md" };
        let said = server.call(
            "move_note",
            &json!({ "identifier": "Tea", name: destination }),
        );
        assert!(
            said.starts_with("✅ Note moved successfully"),
            "{name}: {said}"
        );
        assert!(server.vault("main").has("new/Tea.md"), "{name}");
    }
}

#[test]
fn what_is_not_moved() {
    let server = Server::new(GARDEN);
    server.vault("main").write("Unseen.md", "not indexed\n");
    let before = server.vault("main").snapshot();
    let mut said = String::new();
    for destination in [
        json!({}),
        json!({ "destination_path": "a.md", "destination_folder": "a" }),
        json!({ "destination_path": "a.md", "to": "b.md" }),
        json!({ "destination_folder": "a", "is_directory": true }),
        json!({ "destination_path": "../x.md" }),
        json!({ "destination_path": "/x.md" }),
        json!({ "destination_path": "C:/x.md" }),
        json!({ "destination_path": "a\u{0}b.md" }),
        json!({ "destination_folder": "~/notes" }),
        json!({ "destination_path": "con.md" }),
        json!({ "destination_path": "Milk.md" }),
        json!({ "destination_path": "Unseen" }),
        json!({ "destination_path": "Tea.md" }),
        json!({ "destination_path": "Tea.txt" }),
        json!({ "destination_path": ".hidden/Tea.md" }),
    ] {
        let mut arguments = destination;
        arguments["identifier"] = json!("Tea");
        said += &server.transcript(&[("move_note", arguments.clone())]);
        arguments["output_format"] = json!("json");
        said += &server.transcript(&[("move_note", arguments)]);
    }
    said += &server.transcript(&[
        ("move_note", json!({ "identifier": "Teas", "destination_path": "x.md" })),
        ("move_note", json!({ "identifier": "Quantum", "destination_path": "x.md" })),
        ("move_note", json!({ "identifier": "Twin", "destination_path": "x.md" })),
        ("move_note", json!({ "identifier": "", "destination_path": "x.md" })),
        ("move_note", json!({ "destination_path": "x.md" })),
        ("move_note", json!({ "identifier": "plot", "destination_path": "plot/deep", "is_directory": true })),
        ("move_note", json!({ "identifier": "plot", "destination_path": "plot", "is_directory": true })),
        ("move_note", json!({ "identifier": "/", "destination_path": "x", "is_directory": true })),
        ("move_note", json!({ "identifier": "nowhere", "destination_path": "x", "is_directory": true })),
        ("move_note", json!({ "identifier": "nowhere", "destination_path": "x", "is_directory": true, "output_format": "json" })),
        ("move_note", json!({ "identifier": "Tea", "destination_path": "x.md", "project": "nowhere" })),
    ]);
    assert_snapshot!(said);
    assert_eq!(before, server.vault("main").snapshot());
}

#[test]
fn a_file_that_changed_or_is_gone_is_not_moved() {
    let server = Server::new(GARDEN);
    server.vault("main").remove("Milk.md");
    server.vault("main").write("Tea.md", "by someone else\n");
    assert_snapshot!(server.transcript(&[
        (
            "move_note",
            json!({ "identifier": "Milk", "destination_path": "x.md" })
        ),
        (
            "move_note",
            json!({ "identifier": "Tea", "destination_path": "x.md" })
        ),
    ]));
    assert!(!server.vault("main").has("x.md"));
}

#[test]
fn a_folder_of_another_projects_name_can_be_meant() {
    let server = Server::with(
        &[("main", GARDEN), ("Work Notes", "//- Job.md\nx\n")],
        HostOptions::default(),
    );
    assert_snapshot!(server.transcript(&[
        ("move_note", json!({ "identifier": "Tea", "destination_path": "work-notes/Tea.md" })),
        ("move_note", json!({ "identifier": "Tea", "destination_path": "./work-notes/Tea.md" })),
        ("move_note", json!({ "identifier": "Work Notes/Job", "destination_folder": "jobs" })),
        ("move_note", json!({ "identifier": "memory://work-notes/job", "destination_folder": "jobs", "output_format": "json" })),
        ("move_note", json!({ "identifier": "memory://work-notes/jobs", "destination_path": "jobs", "is_directory": true })),
        ("move_note", json!({ "identifier": "Milk", "destination_folder": "memory://work-notes/x" })),
    ]));
    assert_eq!(paths(&server, "Work Notes"), ["Job.md"]);
    assert!(server.vault("main").has("work-notes/Tea.md"));
}

#[test]
fn the_heading_tells_of_failures() {
    let server = Server::new("//- a/one.md\n1\n//- a/two.md\n2\n//- b/one.md\n3\n");
    assert_snapshot!(server.transcript(&[
        ("move_note", json!({ "identifier": "a", "destination_path": "b", "is_directory": true })),
        ("move_note", json!({ "identifier": "a", "destination_path": "b", "is_directory": true })),
        ("move_note", json!({ "identifier": "a", "destination_path": "b", "is_directory": true, "output_format": "json" })),
    ]));
    assert_eq!(paths(&server, "main"), ["a/one.md", "b/one.md", "b/two.md"]);
    assert_eq!(server.vault("main").read("b/one.md"), "3\n");
}

/// A listener that gives up after the first files.
pub(crate) struct Impatient<'a>(pub(crate) &'a Cancel);

impl cairn_engine::Progress for Impatient<'_> {
    fn begin(&self, _phase: &'static str, _total: Option<u64>) {}
    fn advance(&self, steps: u64) {
        if steps > 0 {
            self.0.cancel();
        }
    }
}

#[test]
fn a_cancelled_move_says_what_it_did() {
    let server = Server::new(&many(300));
    let call = |arguments: Value, listener: &dyn cairn_engine::Progress, cancel: &Cancel| {
        let tool = cairn_server::tool("move_note").expect("the tool exists");
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        match cairn_server::call(&server.host, tool, arguments, None, listener, cancel).body {
            Body::Text(text) => text,
            Body::Json(value) => serde_json::to_string_pretty(&value).expect("a value is JSON"),
        }
    };
    let cancel = Cancel::new();
    let listener = Impatient(&cancel);
    let asked = json!({ "identifier": "many", "destination_path": "few", "is_directory": true });
    let text = call(asked, &listener, &cancel);
    let asked = json!({ "identifier": "many", "destination_path": "few", "is_directory": true, "output_format": "json" });
    let json = call(asked, &Silent, &cancel);
    assert_snapshot!(format!("{text}\n\n{json}"));
    let paths = paths(&server, "main");
    let moved = paths.iter().filter(|path| path.starts_with("few/"));
    assert_eq!((moved.count(), paths.len()), (256, 300));
}

#[test]
fn fragment_25_a_moved_note() {
    let server = Server::new(GARDEN);
    let said = server.call(
        "move_note",
        &json!({ "identifier": "Tea", "destination_path": "drinks/Tea.md" }),
    );
    for fragment in [
        "✅ Note moved successfully",
        "Tea",
        "drinks/Tea.md",
        "📊 Database and search index updated",
    ] {
        assert!(said.contains(fragment), "{said}");
    }
}

#[test]
fn fragment_26_failures() {
    let server = Server::new(GARDEN);
    for (identifier, destination, fragment) in [
        ("Quantum", "x.md", "Quantum"),
        ("Tea", "/absolute/path/note.md", "/absolute/path/note.md"),
        ("Tea", "Milk.md", "already exists"),
    ] {
        let reply = server.reply(
            "move_note",
            &json!({ "identifier": identifier, "destination_path": destination }),
        );
        let Body::Text(said) = reply.body else {
            panic!("text was asked for");
        };
        assert!(
            !reply.is_error && said.starts_with("# Move Failed") && said.contains(fragment),
            "{said}"
        );
    }
}

#[test]
fn fragment_27_no_move_between_projects() {
    let server = Server::with(
        &[("main", GARDEN), ("other", "//- Job.md\nx\n")],
        HostOptions::default(),
    );
    let said = server.call(
        "move_note",
        &json!({ "identifier": "Tea", "destination_path": "OTHER/Tea.md" }),
    );
    for fragment in [
        "Cross-Project Move Not Supported",
        "other",
        "read_note",
        "write_note",
    ] {
        assert!(said.contains(fragment), "{said}");
    }
    assert!(server.vault("main").has("Tea.md"));
}

#[test]
fn fragment_28_two_destinations() {
    let server = Server::new(GARDEN);
    let said = server.call(
        "move_note",
        &json!({ "identifier": "Tea", "to": "a.md", "to_folder": "b" }),
    );
    assert!(
        said.starts_with("# Move Failed - Invalid Parameters")
            && said.contains("Cannot specify both"),
        "{said}"
    );
}

#[test]
fn fragment_29_json() {
    let server = Server::new(GARDEN);
    let asked = json!({ "identifier": "Tea", "destination_path": "drinks/Tea.md", "output_format": "json" });
    let Body::Json(Value::Object(said)) = server.reply("move_note", &asked).body else {
        panic!("JSON was asked for");
    };
    assert_eq!(said["moved"], true);
    assert_eq!(said["source"], "Tea");
    assert_eq!(said["destination"], "drinks/Tea.md");
    assert_eq!(said["file_path"], "drinks/Tea.md");
    assert!(!said.contains_key("error"), "{said:?}");
}

#[test]
fn fragment_30_directories() {
    let server = Server::new(&format!("{GARDEN}{}", many(12)));
    let moved = |from: &str, to: &str| {
        server.call(
            "move_note",
            &json!({ "identifier": from, "destination_path": to, "is_directory": true }),
        )
    };
    let said = moved("plot", "field");
    assert!(
        said.contains("Directory Moved Successfully") && said.contains("Total files: 3"),
        "{said}"
    );
    let said = moved("many", "more");
    assert!(said.contains("... and 2 more"), "{said}");
    let said = moved("many", "more");
    assert!(
        said.contains("No files found") && !said.contains("Successfully"),
        "{said}"
    );
}
