//! `delete_note`.

use crate::harness::Server;
use crate::move_note::Impatient;
use cairn_engine::{Cancel, Progress, Silent};
use cairn_server::{Body, HostOptions};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fmt::Write as _;

const GARDEN: &str = "//- Tea.md\n---\ntitle: Tea\npermalink: main/tea\n---\nzebra\n\
    //- case/CamelCase Note.md\nx\n\
    //- one/Twin.md\n1\n//- two/Twin.md\n2\n\
    //- plot/bed.md\n[[Tea]]\n//- plot/deep/row.md\n3\n//- plot/plan.png\n4\n";

#[test]
fn deletes_in_text_and_json() {
    let server = Server::new(GARDEN);
    assert_snapshot!(server.transcript(&[
        ("delete_note", json!({ "identifier": "Tea" })),
        ("delete_note", json!({ "identifier": "Tea" })),
        (
            "delete_note",
            json!({ "identifier": "memory://main/one/twin", "output_format": "json" })
        ),
        (
            "delete_note",
            json!({ "identifier": "main/one/twin", "output_format": "JSON" })
        ),
        (
            "delete_note",
            json!({ "identifier": "plot", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "memory://main/two", "is_dir": "yes", "output_format": "json" })
        ),
    ]));
    assert_eq!(paths(&server), ["case/CamelCase Note.md"]);
}

#[test]
fn what_is_not_deleted() {
    let server = Server::new(GARDEN);
    let before = server.vault("main").snapshot();
    server.vault("main").write("case/Changed.md", "seen\n");
    server.call("sync", &json!({}));
    server
        .vault("main")
        .write("case/Changed.md", "changed by someone else\n");
    assert_snapshot!(server.transcript(&[
        ("delete_note", json!({})),
        ("delete_note", json!({ "identifier": "Teas" })),
        ("delete_note", json!({ "identifier": "plot" })),
        ("delete_note", json!({ "identifier": "Twin" })),
        (
            "delete_note",
            json!({ "identifier": "Twin", "output_format": "json" })
        ),
        ("delete_note", json!({ "identifier": "case/Changed" })),
        ("delete_note", json!({ "identifier": "" })),
        (
            "delete_note",
            json!({ "identifier": "Tea", "project": "nowhere" })
        ),
        (
            "delete_note",
            json!({ "identifier": "Tea", "is_directory": "perhaps" })
        ),
        (
            "delete_note",
            json!({ "identifier": "case", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": " ", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "", "is_directory": true, "confirm": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "../plot", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "..", "is_directory": true, "output_format": "json" })
        ),
    ]));
    server.vault("main").write("case/CamelCase Note.md", "x\n");
    server.vault("main").remove("case/Changed.md");
    assert_eq!(before, server.vault("main").snapshot());
}

#[test]
fn a_note_of_another_project_is_deleted_there_or_not_at_all() {
    let vaults = [("main", "//- Tea.md\n1\n"), ("other", "//- Milk.md\n2\n")];
    let server = Server::with(&vaults, HostOptions::default());
    assert_snapshot!(server.transcript(&[
        ("delete_note", json!({ "identifier": "other/milk" })),
        (
            "delete_note",
            json!({ "identifier": "memory://other/milk", "project": "main" })
        ),
        (
            "delete_note",
            json!({ "identifier": "memory://other/milk" })
        ),
    ]));
    assert!(!server.vault("other").has("Milk.md"));
    let only_main = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let server = Server::with(&vaults, only_main);
    assert_snapshot!(
        "constrained",
        server.call(
            "delete_note",
            &json!({ "identifier": "memory://other/milk" })
        )
    );
    assert!(server.vault("other").has("Milk.md"));
}

#[test]
fn everything_and_many_need_a_confirmation() {
    let server = Server::new(&many(51));
    assert_snapshot!(server.transcript(&[
        (
            "delete_note",
            json!({ "identifier": "many", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "many", "is_directory": true, "output_format": "json" })
        ),
    ]));
    assert_eq!(paths(&server).len(), 51);
    let said = server.call(
        "delete_note",
        &json!({ "identifier": "many", "is_directory": true, "confirm": "true" }),
    );
    assert!(said.contains("- Successfully deleted: 51"), "{said}");

    let server = Server::new(&many(1));
    for identifier in ["/", ".", "./", "//"] {
        let said = server.call(
            "delete_note",
            &json!({ "identifier": identifier, "is_directory": true }),
        );
        assert!(
            said.starts_with("# Directory Delete Failed - Confirmation Required"),
            "{said}"
        );
    }
    assert_eq!(paths(&server).len(), 1);
    let said = server.call(
        "delete_note",
        &json!({ "identifier": "/", "is_directory": true, "confirm": true }),
    );
    assert!(
        said.starts_with("# Directory Deleted Successfully"),
        "{said}"
    );
}

#[test]
fn the_heading_tells_of_failures() {
    let server = Server::new("//- a/one.md\n1\n//- a/two.md\n2\n//- b/three.md\n3\n");
    server.vault("main").write("a/one.md", "someone else\n");
    server.vault("main").write("b/three.md", "someone else\n");
    assert_snapshot!(server.transcript(&[
        (
            "delete_note",
            json!({ "identifier": "a", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "b", "is_directory": true })
        ),
        (
            "delete_note",
            json!({ "identifier": "b", "is_directory": true, "output_format": "json" })
        ),
    ]));
    assert_eq!(paths(&server), ["a/one.md", "b/three.md"]);
}

#[test]
fn fragment_22_true_and_false() {
    let server = Server::new(GARDEN);
    let body = |identifier: &str| {
        server
            .reply("delete_note", &json!({ "identifier": identifier }))
            .body
    };
    assert_eq!(body("camelcase note"), Body::Json(Value::Bool(false)));
    assert_eq!(
        body("Case/CamelCase Note.md"),
        Body::Json(Value::Bool(false))
    );
    assert!(server.vault("main").has("case/CamelCase Note.md"));
    assert_eq!(body("CamelCase Note"), Body::Json(Value::Bool(true)));
    assert!(!server.vault("main").has("case/CamelCase Note.md"));
}

#[test]
fn fragment_23_directories() {
    let server = Server::new(&format!("{GARDEN}{}", many(12)));
    let delete = |folder: &str| {
        server.call(
            "delete_note",
            &json!({ "identifier": folder, "is_directory": true }),
        )
    };
    let said = delete("plot");
    assert!(
        said.contains("Directory Deleted Successfully") && said.contains("Total files: 3"),
        "{said}"
    );
    let said = delete("many");
    assert!(said.contains("... and 2 more"), "{said}");
    let said = delete("many");
    assert!(
        said.contains("Total files: 0") && !said.contains("Successfully"),
        "{said}"
    );
}

#[test]
fn fragment_24_directory_failure_in_json() {
    let server = Server::new(GARDEN);
    let asked = json!({ "identifier": "nowhere", "is_directory": true, "output_format": "json" });
    let Body::Json(said) = server.reply("delete_note", &asked).body else {
        panic!("JSON was asked for");
    };
    assert_eq!(said["deleted"], false);
    assert_eq!(said["is_directory"], true);
    assert_eq!(said["identifier"], "nowhere");
    assert_eq!(
        said["error"],
        "Directory not found or empty: no files matched"
    );
}

#[test]
fn a_cancelled_deletion_says_what_it_did() {
    let server = Server::new(&many(300));
    let cancel = Cancel::new();
    let tool = cairn_server::tool("delete_note").expect("the tool exists");
    let call = |asked: Value, listener: &dyn Progress| {
        let asked = asked.as_object().expect("it is one").clone();
        cairn_server::call(&server.host, tool, asked, None, listener, &cancel).body
    };
    let asked = json!({ "identifier": "many", "is_directory": true, "confirm": true });
    let Body::Text(said) = call(asked, &Impatient(&cancel)) else {
        panic!("text was asked for");
    };
    assert!(said.starts_with("# Directory Delete Cancelled\n"), "{said}");
    assert!(said.contains("- Total files: 300\n"), "{said}");
    assert!(said.contains("- Not attempted: 44\n"), "{said}");
    let asked = json!({
        "identifier": "many", "is_directory": true, "confirm": true, "output_format": "json"
    });
    let Body::Json(said) = call(asked, &Silent) else {
        panic!("JSON was asked for");
    };
    assert_eq!(said["deleted"], false);
    assert_eq!(said["total_files"], 44);
    assert_eq!(
        said["error"],
        "Directory delete cancelled: 0 of 44 files were deleted"
    );
    assert_eq!(paths(&server).len(), 44);
}

/// A vault with that many notes in the folder `many`.
pub(crate) fn many(count: usize) -> String {
    (0..count).fold(String::new(), |mut vault, number| {
        let _ = writeln!(vault, "//- many/{number:02}.md\nx");
        vault
    })
}

fn paths(server: &Server) -> Vec<String> {
    let files = server.vault("main").files();
    files.into_iter().map(|(path, _)| path).collect()
}
