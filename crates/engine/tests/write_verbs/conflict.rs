//! Who wins when several write, and what is never written.

use crate::support::{append, base, found, main, open, opened, replacing, request};
use cairn_engine::{
    Cancel, Confirm, EditRequest, Engine, Error, IndexLocation, ProjectSettings, ReadRequest,
    Settings, Silent, WriteRequest,
};
use cairn_testkit::Vault;
use std::thread;

#[test]
fn an_external_edit_is_never_overwritten() {
    let vault = Vault::new("//- Tea.md\none\n");
    let engine = open(&vault);
    let stale = base(&engine, "Tea");
    vault.write("Tea.md", "someone else\n");
    let fresh = base(&engine, "Tea");
    let before = vault.snapshot();
    let errors = [
        main(&engine).edit_note(&append("Tea", "x")).map(|_| ()),
        main(&engine)
            .edit_note(&EditRequest {
                base: Some(stale.clone()),
                ..append("Tea", "x")
            })
            .map(|_| ()),
        main(&engine)
            .write_note(&replacing("Tea", "", "x"))
            .map(|_| ()),
        main(&engine).move_note("Tea", "Milk").map(|_| ()),
        main(&engine).delete_note("Tea").map(|_| ()),
    ];
    for error in errors {
        match error.expect_err("the file is another") {
            Error::Changed {
                path,
                expected,
                found,
            } => {
                assert_eq!(
                    (path.as_str(), &expected, found.as_ref()),
                    ("Tea.md", &stale, Some(&fresh))
                );
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(before, vault.snapshot());
    main(&engine)
        .edit_note(&EditRequest {
            base: Some(fresh.to_uppercase()),
            ..append("Tea", "x")
        })
        .expect("who has seen it may edit it");
    assert_eq!(vault.read("Tea.md"), "someone else\nx");
}

#[test]
fn a_deleted_note_does_not_rise_again() {
    let vault = Vault::new("//- Tea.md\none\n");
    let engine = open(&vault);
    let base = base(&engine, "Tea");
    vault.remove("Tea.md");
    let error = main(&engine).edit_note(&EditRequest {
        base: Some(base.clone()),
        ..append("Tea", "x")
    });
    assert!(matches!(error, Err(Error::Changed { found: None, .. })));
    let error = main(&engine).write_note(&WriteRequest {
        base: Some(base),
        ..replacing("Tea", "", "x")
    });
    assert!(matches!(error, Err(Error::Changed { found: None, .. })));
    assert!(!vault.has("Tea.md"));
    main(&engine)
        .delete_note("Tea")
        .expect("what is gone can be forgotten");
    assert!(matches!(
        main(&engine).delete_note("Tea"),
        Err(Error::NotFound { .. })
    ));
}

#[test]
fn of_two_edits_from_one_base_one_wins() {
    let vault = Vault::new("//- Tea.md\none\n");
    let engine = open(&vault);
    let base = base(&engine, "Tea");
    let results: Vec<_> = thread::scope(|scope| {
        let edit = |text: &'static str| {
            let (engine, base) = (&engine, base.clone());
            scope.spawn(move || {
                main(engine)
                    .edit_note(&EditRequest {
                        base: Some(base),
                        ..append("Tea", text)
                    })
                    .map(|_| text)
            })
        };
        let threads: Vec<_> = ["left", "right", "middle"].into_iter().map(edit).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let won: Vec<&str> = results
        .iter()
        .filter_map(|result| result.as_ref().ok().copied())
        .collect();
    assert_eq!(won.len(), 1, "{results:?}");
    assert_eq!(
        results
            .iter()
            .filter(|result| matches!(result, Err(Error::Changed { .. })))
            .count(),
        2
    );
    assert_eq!(vault.read("Tea.md"), format!("one\n{}", won[0]));
    assert_eq!(found(&engine, won[0]), ["Tea.md"]);
}

#[test]
fn edits_without_a_base_take_turns() {
    let vault = Vault::new("//- Tea.md\n");
    let engine = open(&vault);
    thread::scope(|scope| {
        for thread in 0..4 {
            let engine = &engine;
            scope.spawn(move || {
                for step in 0..5 {
                    main(engine)
                        .edit_note(&append("Tea", &format!("line{thread}x{step}\n")))
                        .expect("nothing is lost");
                }
            });
        }
    });
    assert_eq!(vault.read("Tea.md").lines().count(), 20);
}

#[test]
fn of_two_writers_of_one_title_one_creates() {
    let vault = Vault::new("");
    let engine = open(&vault);
    let created = thread::scope(|scope| {
        let write = |_| scope.spawn(|| main(&engine).write_note(&request("Tea", "", "x")).is_ok());
        let threads: Vec<_> = (0..4).map(write).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .filter(|won| *won)
            .count()
    });
    assert_eq!(created, 1);
}

#[test]
fn another_projects_note_is_changed_there_only() {
    let (vault, other) = (
        Vault::new("//- Tea.md\nx\n"),
        Vault::new("//- Milk.md\ny\n"),
    );
    let engine = opened(&vault, |mut settings| {
        settings.projects.push(ProjectSettings {
            name: "Other".into(),
            root: other.root().to_owned(),
        });
        settings
    });
    let error = main(&engine)
        .edit_note(&append("other/Milk", "z"))
        .expect_err("it is the other project's");
    assert!(
        matches!(&error, Error::OtherProject { project, .. } if project == "Other"),
        "{error}"
    );
    let error = main(&engine)
        .delete_note("memory://other/milk")
        .expect_err("it is the other project's");
    assert!(matches!(error, Error::OtherProject { .. }));
    let read = ReadRequest {
        identifier: "other/Milk".into(),
        ..ReadRequest::default()
    };
    assert_eq!(
        main(&engine)
            .read_note(&read)
            .expect("reading is free")
            .text,
        "y\n"
    );
    assert_eq!(other.read("Milk.md"), "y\n");
}

#[test]
fn processes_that_share_an_index_take_turns_at_a_note() {
    let vault = Vault::new("//- notes/Log.md\nfirst\n");
    // Each engine is a process of its own: nothing but the index and the folder is shared.
    let opened = || {
        opened(&vault, |settings| Settings {
            index: IndexLocation::File(vault.path(".cairn/index.db")),
            projects: vec![ProjectSettings {
                name: "main".to_owned(),
                root: vault.path("notes"),
            }],
            ..settings
        })
    };
    let engines: Vec<Engine> = (0..4).map(|_| opened()).collect();
    let created: usize = thread::scope(|scope| {
        let writers: Vec<_> = engines
            .iter()
            .enumerate()
            .map(|(writer, engine)| {
                scope.spawn(move || {
                    for line in 0..10 {
                        main(engine)
                            .edit_note(&append("Log", &format!("{writer}.{line}\n")))
                            .expect("the others are waited for");
                    }
                    usize::from(main(engine).write_note(&request("New", "", "x")).is_ok())
                })
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().expect("it does not panic"))
            .sum()
    });
    let text = vault.read("notes/Log.md");
    for (writer, line) in (0..4).flat_map(|writer| (0..10).map(move |line| (writer, line))) {
        let line = format!("{writer}.{line}");
        assert_eq!(
            text.lines().filter(|found| **found == line).count(),
            1,
            "{line} in {text}"
        );
    }
    assert_eq!(created, 1, "who comes second sees that the note is there");
}

#[test]
fn a_change_no_sync_can_see_is_a_conflict_once() {
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_714_557_600);
    let vault = Vault::new("//- a.md\none\n//- b.md\none\n//- c.md\none\n//- d.md\none\n");
    let age = |text: &str| {
        for name in ["a.md", "b.md", "c.md", "d.md"] {
            vault.write(name, text);
            vault.set_mtime(name, old);
        }
    };
    age("one\n");
    let engine = open(&vault);
    // Unpacked from an archive: another text of the same size and time.
    age("two\n");
    crate::support::sync(&engine);
    let project = main(&engine);
    let verbs: [&dyn Fn() -> Result<(), Error>; 4] = [
        &|| project.edit_note(&append("a", "x")).map(|_| ()),
        &|| project.write_note(&replacing("b", "", "x")).map(|_| ()),
        &|| project.move_note("c", "sub/c").map(|_| ()),
        &|| project.delete_note("d").map(|_| ()),
    ];
    for verb in verbs {
        assert!(matches!(verb(), Err(Error::Changed { .. })));
        verb().expect("it was said, and repeated");
    }
    let mut now = found(&engine, "two");
    now.sort();
    assert_eq!(now, ["a.md", "sub/c.md"]);
}

#[test]
fn a_disk_that_is_not_there_deletes_nothing_and_is_not_written_beside() {
    let vault = Vault::new("");
    for index in 0..60 {
        vault.write(&format!("disk/notes/{index}.md"), "x\n");
    }
    let root = vault.path("disk");
    let engine = Engine::open(Settings::in_memory("main", root.clone())).expect("it opens");
    crate::support::sync(&engine);
    let away = vault.path("unmounted");
    std::fs::rename(&root, &away).expect("nobody holds it");
    // Without its folder, and with the empty folder it is mounted on.
    for is_bare in [false, true] {
        if is_bare {
            std::fs::create_dir(&root).expect("nothing is there");
        }
        let project = main(&engine);
        let write = project.write_note(&request("New", "notes", "x"));
        let errors = [
            write.map(drop),
            project.edit_note(&append("notes/1", "x")).map(drop),
            project.edit_or_create(&append("notes/new", "x")).map(drop),
            project.move_note("notes/2", "b.md").map(drop),
            project.delete_note("notes/3").map(drop),
        ];
        for error in errors {
            let error = error.expect_err("the folder is not there");
            assert!(matches!(error, Error::Root { .. }), "{error}");
        }
        let deleted = project
            .delete_directory("/", Confirm::Given, &Silent, &Cancel::new())
            .expect("each file fails for itself");
        assert_eq!((deleted.deleted.len(), deleted.failed.len()), (0, 60));
        assert_eq!(root.exists(), is_bare, "nothing is made in its place");
        assert!(
            vault
                .files()
                .iter()
                .all(|(path, _)| path.starts_with("unmounted/"))
        );
    }
    std::fs::remove_dir(&root).expect("it is empty");
    std::fs::rename(&away, &root).expect("it is mounted again");
    assert_eq!(main(&engine).known().expect("it is counted"), 60);
    main(&engine).delete_note("notes/3").expect("it is there");
}
