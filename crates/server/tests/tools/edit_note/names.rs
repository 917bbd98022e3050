//! What a note is called: which names reach it, which make it, which do neither.

use super::{GARDEN, edit_of, value};
use crate::harness::Server;
use cairn_server::HostOptions;
use serde_json::json;
use std::fmt::Write as _;

#[test]
fn a_typo_in_a_title_forks_no_note() {
    let server = Server::new("//- a.md\n---\ntitle: Alpha Note\n---\nx\n");
    let edited = value(server.reply(
        "edit_note",
        &edit_of(
            "alpha note",
            "append",
            "y",
            json!({ "output_format": "json" }),
        ),
    ));
    assert_eq!(edited["file_path"], "a.md");
    assert_eq!(edited["fileCreated"], false);
    let refused = server.call(
        "edit_note",
        &edit_of("alpha_note", "append", "y", json!({})),
    );
    assert!(
        refused.starts_with("# Edit Failed - Similar Note Exists"),
        "{refused}"
    );
    assert_eq!(server.vault("main").files().len(), 1);
}

#[test]
fn a_projects_name_is_no_folder() {
    let server = Server::with(&[("main", ""), ("team", "")], HostOptions::default());
    for (identifier, project, path) in [
        ("memory://main/dir/T3", "main", "dir/T3.md"),
        ("main/dir/T4", "main", "dir/T4.md"),
        ("memory://team/dir/T5", "team", "dir/T5.md"),
        ("dir/T6", "main", "dir/T6.md"),
    ] {
        let created = server.call("edit_note", &edit_of(identifier, "append", "x", json!({})));
        assert!(
            created.contains(&format!("project: {project}\nfile_path: {path}\n")),
            "{created}"
        );
        assert!(server.vault(project).has(path), "{identifier}");
    }
    let refused = server.call(
        "edit_note",
        &edit_of("team/dir/T7", "append", "x", json!({})),
    );
    assert!(
        refused.starts_with("# Edit Failed - Note Not Found In This Project"),
        "{refused}"
    );
}

#[test]
fn odd_names_make_no_odd_files() {
    let server = Server::new("//- Tea.md\nx\n");
    let mut transcript = String::new();
    for identifier in [
        "",
        " ",
        "/",
        ".",
        "..",
        "memory://",
        "memory:///",
        "memory://main/",
        "#",
        "# Tea",
        "[[Tea]]",
        "[[New|shown]]",
        "a\0b",
        "a/\0/b",
        "a\nb",
        "~",
        "~/x",
        "x/",
        "/x",
        "a//b",
        "CON",
        "C:\\x",
        "a\\b",
        ".md",
        ".git/config",
        "notes/.hidden",
        "🍵",
        "c.txt",
        "0b7f6f3e-0d0c-4f0e-9d7e-0c8f5f0f4d11",
    ] {
        let before: Vec<String> = paths(&server);
        let answer = server.call("edit_note", &edit_of(identifier, "append", "y", json!({})));
        let made: Vec<String> = paths(&server)
            .into_iter()
            .filter(|path| !before.contains(path))
            .collect();
        let said = answer.lines().next().unwrap_or_default();
        let _ = writeln!(transcript, "{identifier:?}: {said} {made:?}");
    }
    insta::assert_snapshot!(transcript);
}

fn paths(server: &Server) -> Vec<String> {
    let files = server.vault("main").files();
    files.into_iter().map(|(path, _)| path).collect()
}

#[test]
fn notes_are_named_in_many_ways() {
    for identifier in [
        "Plan",
        "main/garden/plan",
        "garden/plan",
        "garden/Plan.md",
        "garden/Plan",
        "memory://main/garden/plan",
        "memory://garden/plan",
        "main::garden/plan",
    ] {
        let server = Server::new(GARDEN);
        let edited = server.call("edit_note", &edit_of(identifier, "append", "x", json!({})));
        assert!(
            edited
                .starts_with("# Edited note (append)\nproject: main\nfile_path: garden/Plan.md\n"),
            "{identifier}: {edited}"
        );
    }
}

#[test]
fn the_scheme_of_a_name_may_have_any_case_and_is_no_part_of_a_title() {
    let server = Server::new(GARDEN);
    let append = edit_of("Memory://main/garden/plan", "append", "x", json!({}));
    let edited = server.call("edit_note", &append);
    assert!(edited.starts_with("# Edited note"), "{edited}");
    let replace = edit_of(
        "MEMORY://Nowhere",
        "find_replace",
        "x",
        json!({ "find_text": "y" }),
    );
    let missing = server.call("edit_note", &replace);
    assert!(missing.contains("title=\"Nowhere\""), "{missing}");
}
