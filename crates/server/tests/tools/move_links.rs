//! `move_note` with `update_links` and `dry_run`.

use crate::harness::Server;
use insta::assert_snapshot;
use serde_json::json;

const GARDEN: &str = "//- plot/Tea.md\n---\npermalink: main/plot/tea\n---\nSee [[Mint]].\n//- plot/Mint.md\n1\n\
    //- Diary.md\n# May\n\n- drank [[plot/Tea|tea]] (noon)\n- [tea](plot/Tea.md#top) and [[Tea]]\n\
    //- Plan.md\n[[Tea]] [[main/plot/tea]]\n";

#[test]
fn a_note_and_the_links_to_it() {
    let server = Server::new(GARDEN);
    let before = server.vault("main").snapshot();
    let to = json!({ "identifier": "Tea", "destination_path": "drinks/Green Tea.md" });
    let with = |more: serde_json::Value| {
        let mut arguments = to.clone();
        for (key, value) in more.as_object().expect("an object") {
            arguments[key] = value.clone();
        }
        ("move_note", arguments)
    };
    let rehearsed = server.transcript(&[
        with(json!({ "dry_run": true })),
        with(json!({ "dry_run": true, "update_links": true })),
        with(json!({ "dry_run": true, "update_links": true, "output_format": "json" })),
        with(json!({ "dry_run": true, "destination_path": "Plan.md" })),
    ]);
    assert_eq!(server.vault("main").snapshot(), before);
    let moved = server.transcript(&[
        with(json!({})),
        ("undo", json!({})),
        with(json!({ "update_links": true })),
    ]);
    assert_snapshot!(format!("{rehearsed}{moved}"));
    assert_eq!(
        server.vault("main").read("Diary.md"),
        "# May\n\n- drank [[drinks/Green Tea|tea]] (noon)\n- [tea](drinks/Green%20Tea.md#top) and [[Green Tea]]\n"
    );
    server.call("undo", &json!({}));
    assert_eq!(server.vault("main").snapshot(), before);
}

#[test]
fn a_folder_and_the_links_into_it() {
    let server = Server::new(GARDEN);
    let before = server.vault("main").snapshot();
    let to = json!({ "identifier": "plot", "destination_path": "a/field", "is_directory": true });
    let with = |name: &str, format: &str| {
        let mut arguments = to.clone();
        arguments["update_links"] = json!(true);
        arguments["dry_run"] = json!(name == "dry");
        arguments["output_format"] = json!(format);
        ("move_note", arguments)
    };
    let rehearsed = server.transcript(&[with("dry", "text"), with("dry", "json")]);
    assert_eq!(server.vault("main").snapshot(), before);
    let moved = server.transcript(&[
        with("real", "text"),
        ("undo", json!({})),
        with("real", "json"),
        ("undo", json!({})),
    ]);
    assert_snapshot!(format!("{rehearsed}{moved}"));
    assert_eq!(server.vault("main").snapshot(), before);
}
