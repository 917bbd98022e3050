//! What the history says of changes that failed: see [`crate::files::failpoints`] for why not from outside.

mod matrix;
mod taken_away;
mod trouble;
mod verbs;

use crate::files::Point;
use crate::files::failpoints::fail;
use crate::{
    Cancel, Engine, HistoryRequest, Overwrite, Project, Result, Settings, Silent, WriteRequest,
};
use cairn_testkit::Vault;
use std::io::ErrorKind;

fn engine(vault: &Vault) -> Engine {
    let engine =
        Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
    let project = engine.project(None).expect("there is one");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    engine
}

fn write(project: Project<'_>, title: &str, content: &str) -> Result<()> {
    let request = WriteRequest {
        title: title.to_owned(),
        content: content.to_owned(),
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    project.write_note(&request).map(|_| ())
}

fn operations(project: Project<'_>, identifier: &str) -> Vec<&'static str> {
    let request = HistoryRequest {
        identifier: identifier.to_owned(),
        before: None,
        limit: 100,
    };
    let history = project.note_history(&request).expect("it is there");
    let revisions = history.revisions.iter();
    revisions.map(|revision| revision.operation).collect()
}

#[test]
fn a_change_that_failed_never_happened() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let engine = engine(&vault);
    let project = engine.project(None).expect("there is one");
    let before = vault.snapshot();
    for kind in [
        ErrorKind::StorageFull,
        ErrorKind::PermissionDenied,
        ErrorKind::Other,
    ] {
        let _hooks = [
            fail(Point::Replace, vault.path("Tea.md"), kind),
            fail(Point::Replace, vault.path("New.md"), kind),
            fail(Point::Unname, vault.path("Tea.md"), kind),
        ];
        write(project, "Tea", "new\n").expect_err("the disk refuses");
        write(project, "New", "new\n").expect_err("the disk refuses");
        project
            .move_note("Tea", "Moved")
            .expect_err("the disk refuses");
        project.delete_note("Tea").expect_err("the disk refuses");
        assert!(vault.snapshot() == before, "{kind}: a file changed");
        assert_eq!(operations(project, "Tea"), [""; 0], "{kind}");
        let history = &engine.history;
        let pending = history.pending(project.id().0).expect("it can be asked");
        assert_eq!(pending, [], "{kind}");
        assert_eq!(project.trash().expect("it can be asked"), []);
    }
    write(project, "Tea", "new\n").expect("the disk is well again");
    write(project, "New", "new\n").expect("the disk is well again");
    project.move_note("Tea", "Moved").expect("nothing is there");
    assert_eq!(operations(project, "Moved"), ["move", "write"]);
    project.delete_note("Moved").expect("it is there");
    let trash = project.trash().expect("it can be asked");
    assert_eq!(trash[0].path, "Moved.md");
}

#[test]
fn a_failed_deletion_of_a_changed_note_leaves_its_history() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let engine = engine(&vault);
    let project = engine.project(None).expect("there is one");
    write(project, "Tea", "new\n").expect("the disk is well");
    let hook = fail(Point::Unname, vault.path("Tea.md"), ErrorKind::Other);
    project.delete_note("Tea").expect_err("the disk refuses");
    drop(hook);
    assert_eq!(operations(project, "Tea"), ["write"]);
    assert_eq!(project.trash().expect("it can be asked"), []);
    let undone = project.undo(&crate::UndoRequest::default(), &Silent, &Cancel::new());
    assert_eq!(undone.expect("there is a change").undone.len(), 1);
    assert_eq!(vault.read("Tea.md"), "old\n");
}
