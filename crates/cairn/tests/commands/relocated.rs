//! Projects that are elsewhere now, or come back: their history is still theirs.

use crate::bench::Bench;
use std::fs;

/// A bench with the project `second` and a note in it that was written, moved and edited.
fn second() -> Bench {
    let bench = Bench::new("");
    fs::create_dir(bench.home.path().join("one")).expect("the home is empty");
    let one = folder(&bench, "one");
    bench.run(&["project", "add", "second", &one]);
    for command in [
        &["write", "Tea", "green"][..],
        &["move", "Tea.md", "deep/Tea.md"],
        &["edit", "deep/Tea.md", "append", "--content", "and hot"],
    ] {
        let told = bench.run(&[command, &["--project", "second"]].concat());
        assert!(!told.contains("error"), "{told}");
    }
    bench
}

fn folder(bench: &Bench, name: &str) -> String {
    let folder = bench.home.path().join(name);
    folder.to_str().expect("it is UTF-8").to_owned()
}

/// What was done with the note, newest first.
fn operations(bench: &Bench) -> Vec<String> {
    let history = bench.json(&["history", "deep/Tea.md", "--project", "second", "--json"]);
    let revisions = history["revisions"].as_array().expect("it is a list");
    revisions
        .iter()
        .map(|revision| revision["operation"].as_str().unwrap_or("?").to_owned())
        .collect()
}

#[test]
fn a_project_that_is_moved_takes_its_history_along() {
    let bench = second();
    assert_eq!(operations(&bench), ["edit", "move", "create"]);
    let (one, two) = (folder(&bench, "one"), folder(&bench, "two"));
    fs::rename(&one, &two).expect("nothing is there");
    assert_eq!(
        bench.run(&["project", "move", "second", &two]),
        "moved: second\nfolder: HOME/two\n"
    );
    assert_eq!(operations(&bench), ["edit", "move", "create"]);
    bench.run(&["undo", "--project", "second"]);
    assert_eq!(operations(&bench), ["undo", "edit", "move", "create"]);
    fs::rename(&two, &one).expect("nothing is there");
    bench.run(&["project", "move", "second", &one]);
    assert_eq!(operations(&bench), ["undo", "edit", "move", "create"]);
}

#[test]
fn a_project_that_is_added_again_has_its_history_again() {
    let bench = second();
    bench.run(&["project", "remove", "second"]);
    bench.run(&["project", "add", "second", &folder(&bench, "one")]);
    assert_eq!(operations(&bench), ["edit", "move", "create"]);
}

#[test]
fn a_history_that_is_there_already_is_kept_apart() {
    let bench = second();
    let (one, two) = (folder(&bench, "one"), folder(&bench, "two"));
    bench.run(&["project", "remove", "second"]);
    bench.run(&["project", "add", "second", &two]);
    bench.run(&["write", "Salt", "white", "--project", "second"]);
    let told = bench.run(&["project", "move", "second", &one]);
    assert_eq!(
        told,
        "moved: second\nfolder: HOME/one\n! a project of that name and folder had a history before, \
         and has it again; the one of the former folder is kept for it\n"
    );
    assert_eq!(operations(&bench), ["edit", "move", "create"]);
}
