//! What holds for every command: slips, pipes, and what is never written.

use super::bench::{Bench, NOTES};
use cairn_testkit::Vault;
use std::fs;
use std::process::Stdio;

#[test]
fn slips_are_usage_errors_with_suggestions() {
    let bench = Bench::new(NOTES);
    for (arguments, complaint) in [
        (&["serch", "tea"][..], "'search'"),
        (
            &["search", "tea", "--flder", "x"],
            "a similar argument exists: '--folder'",
        ),
        (&["ls", "--sort", "size"], "[possible values: name, title"),
        (
            &["search", "tea", "--page-size", "0"],
            "0 is not in 1..=100",
        ),
        (
            &["search", "tea", "-C", ".", "--project", "main"],
            "cannot be used with",
        ),
        (&[], "Usage: cairn [OPTIONS] <COMMAND>"),
    ] {
        let slip = bench.run(arguments);
        assert!(
            slip.contains(complaint) && slip.ends_with("[exit 2]\n"),
            "{slip}"
        );
    }
    assert_eq!(
        bench.run(&["search", "--json", "--flder", "x"]),
        "! {\"error\":{\"kind\":\"invalid\",\"message\":\"unexpected argument '--flder' found\",\"hint\":\"a similar \
         argument exists: '--folder'\"}}\n[exit 2]\n"
    );
    assert_eq!(
        bench.run(&["read", "zebra", "--json", "--quiet"]),
        "! {\"error\":{\"kind\":\"not_found\",\"message\":\"no note is called 'zebra'\",\"hint\":\"search for it with \
         `cairn search`\"}}\n[exit 3]\n"
    );
    assert_eq!(
        bench.run(&["--version"]),
        format!("cairn {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn no_escape_reaches_a_pipe() {
    let bench = Bench::new("//- e.md\n---\ntitle: \"red \\x1b[31m\"\n---\nsteep \x1b[2J\n");
    for arguments in [
        &["search", "steep"][..],
        &["ls"],
        &["recent"],
        &["context", "e"],
        &["status"],
        &["read", "red [31"],
    ] {
        for (variable, value) in [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"), ("TERM", "dumb")] {
            let output = bench.finish(bench.command(arguments).env(variable, value), "");
            assert!(!output.contains('\x1b'), "{output:?}");
        }
    }
}

#[test]
fn a_folder_that_is_opened_gets_nothing_but_notes() {
    let bench = Bench::new("");
    let vault = Vault::new(NOTES);
    let before = vault.snapshot();
    let folder = vault.root().to_str().unwrap();
    for arguments in [
        &["search", "steep"][..],
        &["ls"],
        &["sync"],
        &["status"],
        &["recent"],
        &["read", "Coffee"],
    ] {
        let output = bench.run(&[arguments, &["-C", folder]].concat());
        assert!(!output.contains("[exit"), "{output}");
    }
    assert_eq!(vault.snapshot(), before);
    let folders = fs::read_dir(bench.home.path().join("data/folders")).unwrap();
    assert_eq!(
        folders.count(),
        1,
        "one index, however often the folder is opened"
    );
    assert!(!bench.home.path().join("data/index.db").exists());
    assert!(
        !bench.config().contains(folder),
        "the folder is not registered"
    );
    let written = bench.json(&["-C", folder, "write", "New", "text", "--json"]);
    let name = vault
        .root()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_lowercase();
    assert!(
        written["permalink"].as_str().unwrap().ends_with("/new"),
        "{written} in {name}"
    );
    vault.remove("New.md");
    assert_eq!(vault.snapshot(), before);
    let missing = bench.run(&["ls", "-C", "/nowhere/at/all"]);
    assert_eq!(
        missing,
        "! error: there is no folder /nowhere/at/all\n[exit 3]\n"
    );
}

#[test]
fn an_ephemeral_command_writes_nothing_but_notes() {
    let bench = Bench::new(NOTES);
    let (vault, home) = (bench.vault.snapshot(), bench.home_files());
    for arguments in [
        &["search", "steep"][..],
        &["ls"],
        &["sync"],
        &["reindex"],
        &["status"],
        &["project", "info"],
    ] {
        let output = bench.run(&[arguments, &["--ephemeral"]].concat());
        assert!(!output.contains("[exit"), "{output}");
    }
    assert!(
        bench
            .run(&["search", "steep", "--ephemeral"])
            .contains("drinks/tea.md")
    );
    let refused = bench.run(&["config", "set", "durability", "os", "--ephemeral"]);
    assert!(refused.ends_with("[exit 2]\n"), "{refused}");
    assert_eq!(bench.vault.snapshot(), vault);
    bench.run(&["write", "New", "text", "--ephemeral"]);
    assert!(bench.vault.has("New.md"));
    bench.vault.remove("New.md");
    assert_eq!(bench.vault.snapshot(), vault);
    assert_eq!(bench.home_files(), home);
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let bench = Bench::new(NOTES);
    let mut child = bench
        .command(&["ls", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn a_registered_folder_that_is_opened_keeps_its_name_in_permalinks() {
    let bench = Bench::new("");
    let folder = bench.vault.root().to_str().unwrap();
    let written = bench.json(&["-C", folder, "write", "New", "text", "--json"]);
    assert_eq!(written["permalink"], "main/new");
    assert!(
        bench
            .vault
            .read("New.md")
            .contains("\npermalink: main/new\n")
    );
}
