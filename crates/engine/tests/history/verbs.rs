//! Every verb leaves what it did, and each can be taken back.

use crate::support::{
    Desk, append, content, main, restore, revisions, told, undo, undo_last, write,
};
use cairn_engine::{Cancel, Confirm, DiffRequest, ReadRequest, Silent, UndoRequest};

#[test]
fn every_verb_leaves_a_revision() {
    let desk = Desk::new("//- x.md\nx\n");
    let engine = desk.synced();
    let project = main(&engine).acting("alice");
    write(project, "Tea", "one\n");
    let first = desk.vault.read("Tea.md");
    write(project, "Tea", "two\n");
    append(project.acting("bob"), "Tea", "three");
    project
        .move_note("Tea", "deep/Tea")
        .expect("nothing is there");
    project.delete_note("Tea").expect("it is there");
    assert_eq!(restore(project, "deep/Tea.md", None), 1);
    let oldest = revisions(&engine, "Tea").pop().expect("it was created");
    assert_eq!(restore(project, "Tea", Some(oldest.id)), 1);
    assert_eq!(desk.vault.read("deep/Tea.md"), first);
    undo_last(project);
    assert_eq!(
        told(&engine, "Tea"),
        [
            "undo alice deep/Tea.md",
            "restore alice deep/Tea.md",
            "restore alice deep/Tea.md",
            "delete alice deep/Tea.md",
            "move alice Tea.md > deep/Tea.md",
            "edit bob Tea.md",
            "write alice Tea.md",
            "create alice Tea.md",
        ]
    );
    let history = desk.history();
    let all = revisions(&engine, "Tea");
    for pair in all.windows(2) {
        assert_eq!(pair[0].before, pair[1].after, "{pair:#?}");
        assert!(pair[0].time > pair[1].time && pair[0].id > pair[1].id);
    }
    assert_eq!(content(&history, all[7].after.as_ref()), first);
    let last = content(&history, all[0].after.as_ref());
    assert!(last.contains("two") && last.contains("three"), "{last}");
    assert!(all.iter().all(|revision| revision.change == revision.id));
    assert_eq!(told(&engine, "x"), [""; 0]);
    assert_eq!(history.check().expect("it can be read"), []);
}

#[test]
fn what_changes_nothing_leaves_nothing() {
    let desk = Desk::new("");
    let engine = desk.synced();
    write(main(&engine), "Tea", "one\n");
    write(main(&engine), "Tea", "one\n");
    let id = revisions(&engine, "Tea")[0].id;
    restore(main(&engine), "Tea", Some(id));
    assert_eq!(told(&engine, "Tea"), ["create cairn Tea.md"]);
}

#[test]
fn each_change_is_undone_and_an_undo_too() {
    let desk = Desk::new("//- a/One.md\n1\n//- a/b/Two.md\n2\n//- Three.md\n3\n");
    let engine = desk.synced();
    let project = main(&engine);
    let steps: [(&str, &dyn Fn()); 7] = [
        ("create", &|| drop(write(project, "New", "new\n"))),
        ("overwrite", &|| drop(write(project, "Three", "drei\n"))),
        ("edit", &|| append(project, "Three", "more")),
        ("move", &|| {
            project
                .move_note("Three", "a/Three")
                .expect("nothing is there");
        }),
        ("delete", &|| {
            project.delete_note("a/Three").expect("it is there");
        }),
        ("move a folder", &|| {
            let moved = project.move_directory("a", "z", &Silent, &Cancel::new());
            assert_eq!(moved.expect("it is a folder").moved.len(), 2);
        }),
        ("delete a folder", &|| {
            let deleted = project.delete_directory("z", Confirm::Given, &Silent, &Cancel::new());
            assert_eq!(deleted.expect("it is a folder").deleted.len(), 2);
        }),
    ];
    for (name, step) in steps {
        let before = desk.vault.snapshot();
        step();
        let after = desk.vault.snapshot();
        assert!(before != after, "{name} changed nothing");
        let dry = undo(
            project,
            &UndoRequest {
                dry_run: true,
                ..UndoRequest::default()
            },
        );
        assert!(
            desk.vault.snapshot() == after,
            "{name}: a dry run changed something"
        );
        assert_eq!(dry.change, None);
        let undone = undo_last(project);
        assert_eq!(undone.undone, dry.undone, "{name}");
        assert!(desk.vault.snapshot() == before, "{name} was not undone");
        undo_last(project);
        assert!(desk.vault.snapshot() == after, "{name} did not come back");
        let change = undone.undone[0].change;
        let again = undo(
            project,
            &UndoRequest {
                change: Some(change),
                ..UndoRequest::default()
            },
        );
        assert_eq!(again.conflicts, [], "{name}");
        assert!(
            desk.vault.snapshot() == before,
            "{name} was not undone by its number"
        );
        undo_last(project);
        assert!(desk.vault.snapshot() == after, "{name} did not come back");
    }
}

#[test]
fn a_deleted_folder_is_one_change_and_comes_back() {
    let desk =
        Desk::new("//- a/One.md\n1\n//- a/b/Two.md\n2\n//- a/pic.png\nnot text\n//- Three.md\n3\n");
    let engine = desk.synced();
    let before = desk.vault.snapshot();
    let deleted = main(&engine).delete_directory("a", Confirm::Given, &Silent, &Cancel::new());
    assert_eq!(deleted.expect("it is a folder").failed, []);
    assert_eq!(desk.vault.files().len(), 1);
    let trash = main(&engine).trash().expect("it can be asked");
    assert_eq!(trash.len(), 3);
    assert!(
        trash
            .iter()
            .all(|revision| revision.change == trash[0].change)
    );
    assert_eq!(restore(main(&engine), "a", None), 3);
    assert!(desk.vault.snapshot() == before);
    assert_eq!(main(&engine).trash().expect("it can be asked"), []);
    undo_last(main(&engine));
    assert_eq!(desk.vault.files().len(), 1);
}

#[test]
fn a_note_can_be_read_as_of_a_time() {
    let desk = Desk::new("//- Old.md\nfirst\n");
    let engine = desk.synced();
    let project = main(&engine);
    let start = crate::support::tick();
    append(project, "Old", "second");
    let then = crate::support::tick();
    project
        .move_note("Old", "New/Old")
        .expect("nothing is there");
    append(project, "Old", "third");
    let now = crate::support::tick();
    let read = |time| {
        let request = ReadRequest {
            identifier: "Old".to_owned(),
            as_of: time,
            ..ReadRequest::default()
        };
        project.read_note(&request).map(|read| read.text)
    };
    assert_eq!(read(Some(start)).expect("it was there"), "first\n");
    let second = read(Some(then)).expect("it was there");
    assert!(second.contains("second") && !second.contains("third"));
    assert_eq!(
        read(Some(now)).expect("it is there"),
        read(None).expect("it is there")
    );
    write(project, "Young", "young\n");
    let young = ReadRequest {
        identifier: "Young".to_owned(),
        as_of: Some(start),
        ..ReadRequest::default()
    };
    let error = project.read_note(&young).expect_err("it was not there");
    assert!(error.to_string().contains("was not there"), "{error}");
}

#[test]
fn a_diff_is_of_the_latest_change_unless_asked_otherwise() {
    let desk = Desk::new("//- Tea.md\na\nb\n");
    let engine = desk.synced();
    crate::support::replace(main(&engine), "Tea", "a\n", "A\n");
    crate::support::replace(main(&engine), "Tea", "b\n", "B\n");
    let diff = |from, to| {
        let request = DiffRequest {
            identifier: "Tea".to_owned(),
            from,
            to,
            words: false,
        };
        let diff = main(&engine).diff_note(&request).expect("it changed");
        let changed = diff
            .text
            .lines()
            .skip(2)
            .filter(|line| line.starts_with(['+', '-']));
        changed.map(str::to_owned).collect::<Vec<_>>()
    };
    let all = revisions(&engine, "Tea");
    assert_eq!(diff(None, None), ["-b", "+B"]);
    assert_eq!(diff(Some(all[1].id), None), ["-a", "-b", "+A", "+B"]);
    assert_eq!(diff(Some(all[1].id), Some(all[0].id)), ["-b", "+B"]);
}
