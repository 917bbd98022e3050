//! Writing, editing, moving and deleting: text in, text out, and what the index answers right after.

use cairn_engine::{
    Cancel, Confirm, EditRequest, Engine, Error, FileNames, Kind, ListingRequest, Overwrite,
    Permalinks, Project, ReadRequest, SearchRequest, Settings, Silent, Sort, WriteRequest,
};
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use cairn_testkit::Vault;
use jiff::Zoned;

fn open(vault: &Vault) -> Engine {
    opened(vault, |settings| settings)
}

fn opened(vault: &Vault, change: impl FnOnce(Settings) -> Settings) -> Engine {
    let engine = Engine::open(change(Settings::in_memory("main", vault.root().to_owned())))
        .expect("an index in memory opens");
    sync(&engine);
    engine
}

fn sync(engine: &Engine) {
    for project in engine.projects() {
        project
            .sync(&Silent, &Cancel::new())
            .expect("a folder of text files syncs");
    }
}

fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is a default project")
}

fn request(title: &str, folder: &str, content: &str) -> WriteRequest {
    WriteRequest {
        title: title.into(),
        folder: folder.into(),
        content: content.into(),
        ..WriteRequest::default()
    }
}

fn replacing(title: &str, folder: &str, content: &str) -> WriteRequest {
    WriteRequest {
        overwrite: Overwrite::Allow,
        ..request(title, folder, content)
    }
}

fn metadata(json: &str) -> Metadata {
    serde_json::from_str(json).expect("a JSON object")
}

fn append(identifier: &str, content: &str) -> EditRequest {
    EditRequest {
        identifier: identifier.into(),
        edit: Some(Edit::Append {
            content: content.into(),
        }),
        metadata: Metadata::new(),
        base: None,
    }
}

fn found(engine: &Engine, query: &str) -> Vec<String> {
    let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
    let request = SearchRequest {
        query: query.into(),
        folder: None,
        note_types: Vec::new(),
        tags: Vec::new(),
        categories: Vec::new(),
        metadata: Metadata::new(),
        after: None,
        page: 1,
        page_size: 10,
        now,
    };
    let reply = main(engine)
        .search_notes(&request)
        .expect("a search never fails");
    reply
        .hits
        .into_iter()
        .map(|hit| hit.note.path.to_string())
        .collect()
}

fn base(engine: &Engine, identifier: &str) -> String {
    let request = ReadRequest {
        identifier: identifier.into(),
        ..ReadRequest::default()
    };
    main(engine)
        .read_note(&request)
        .expect("the note is there")
        .checksum
}

#[test]
fn a_new_note_is_a_file_and_is_found_at_once() {
    let vault = Vault::new("//- other.md\n# Other\n");
    let engine = open(&vault);
    let written = main(&engine)
        .write_note(&WriteRequest {
            tags: vec!["#hot".into()],
            metadata: metadata(r#"{"status": "draft"}"#),
            ..request(
                "API: HTTP",
                "/notes/",
                "- [fact] zebra\n- [fact] two\n- [idea] x\n- see [[Other]]\n- see [[Later]]\n",
            )
        })
        .expect("nothing is in the way");
    assert_eq!(
        vault.read("notes/API- HTTP.md"),
        "---\ntitle: 'API: HTTP'\ntype: note\npermalink: main/notes/api-http\nstatus: draft\ntags:\n- hot\n---\n\n\
         - [fact] zebra\n- [fact] two\n- [idea] x\n- see [[Other]]\n- see [[Later]]\n"
    );
    assert!(written.created);
    assert_eq!(written.note.title, "API: HTTP");
    assert_eq!(
        written.note.permalink.as_deref(),
        Some("main/notes/api-http")
    );
    assert_eq!(
        written.observations,
        [("fact".to_owned(), 2), ("idea".to_owned(), 1)]
    );
    assert_eq!((written.resolved, written.unresolved), (1, 1));
    assert_eq!(found(&engine, "zebra"), ["notes/API- HTTP.md"]);
}

#[test]
fn writing_makes_what_a_sync_would_find() {
    let vault = Vault::new("");
    let engine = open(&vault);
    main(&engine)
        .write_note(&request("Tea", "a/b", "[[Milk]]"))
        .expect("it is written");
    let report = main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("it syncs");
    assert_eq!((report.new, report.modified, report.unchanged), (0, 0, 1));
}

#[test]
fn settings_decide_file_name_and_permalink() {
    let vault = Vault::new("");
    let engine = opened(&vault, |settings| Settings {
        file_names: FileNames::Kebab,
        permalinks: Permalinks::PathOnly,
        ..settings
    });
    let written = main(&engine)
        .write_note(&request("My Great Note", "Some Folder", "x"))
        .expect("it is written");
    assert_eq!(written.note.path.as_str(), "Some Folder/my-great-note.md");
    assert_eq!(
        written.note.permalink.as_deref(),
        Some("some-folder/my-great-note")
    );
    assert_eq!(written.note.title, "My Great Note");
}

#[test]
fn a_taken_permalink_gets_a_suffix_and_a_free_one_is_taken_verbatim() {
    let vault = Vault::new(
        "//- a.md\n---\npermalink: mine/Own\n---\n//- b.md\n---\npermalink: main/tea\n---\n",
    );
    let engine = open(&vault);
    let write = |title: &str, content: &str| {
        main(&engine)
            .write_note(&request(title, "", content))
            .expect("it is written")
            .note
            .permalink
            .expect("notes have one")
    };
    assert_eq!(write("C", "---\npermalink: mine/Own\n---\nx"), "mine/Own-1");
    assert_eq!(write("D", "---\npermalink: Free/Way\n---\nx"), "Free/Way");
    assert_eq!(write("Tea", "x"), "main/tea-1");
    assert!(vault.read("Tea.md").contains("permalink: main/tea-1\n"));
}

#[test]
fn replacing_keeps_what_nobody_mentions_and_repairs_what_cannot_be_read() {
    let vault = Vault::new(
        "//- Tea.md\n---\ntitle: Tea\nkept: yes # mine\npermalink: old/link\ntype: note\n---\nzebra\n//- Bad.md\n---\ntitle: a: b\n---\nOld\n",
    );
    let engine = open(&vault);
    let written = main(&engine)
        .write_note(&replacing("Tea", "", "New\n"))
        .expect("it may be replaced");
    assert!(!written.created);
    assert_eq!(
        vault.read("Tea.md"),
        "---\ntitle: Tea\nkept: yes # mine\npermalink: old/link\ntype: note\n---\n\nNew\n"
    );
    main(&engine)
        .write_note(&replacing("Bad", "", "Good\n"))
        .expect("it may be repaired");
    assert_eq!(
        vault.read("Bad.md"),
        "---\ntitle: Bad\ntype: note\npermalink: main/bad\n---\n\nGood\n"
    );
    assert_eq!(found(&engine, "zebra"), Vec::<String>::new());
}

#[test]
fn nothing_is_replaced_unasked() {
    let vault = Vault::new("//- Tea.md\nmine\n");
    let engine = open(&vault);
    vault.write("Milk.md", "not indexed\n");
    let before = vault.snapshot();
    let error = main(&engine)
        .write_note(&request("Tea", "", "x"))
        .expect_err("it is there");
    assert!(
        matches!(&error, Error::Exists { path } if path == "Tea.md"),
        "{error}"
    );
    let error = main(&engine)
        .write_note(&request("Milk", "", "x"))
        .expect_err("it is there");
    assert!(
        matches!(&error, Error::Exists { path } if path == "Milk.md"),
        "{error}"
    );
    let error = main(&engine)
        .write_note(&replacing("Milk", "", "x"))
        .expect_err("nobody has seen it");
    assert!(
        matches!(&error, Error::NotIndexed { path } if path == "Milk.md"),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(before, vault.snapshot());
}

#[test]
fn an_equivalent_name_is_another_note() {
    let vault = Vault::new(
        "//- alpha_note.md\nx\n//- notes/Caf\u{e9}.md\n---\npermalink: elsewhere\n---\n//- pic.png\nx\n",
    );
    let engine = open(&vault);
    for (title, folder, existing) in [
        ("Alpha Note", "", "alpha_note.md"),
        ("ALPHA-NOTE", "", "alpha_note.md"),
        ("cafe\u{301}", "notes", "notes/Caf\u{e9}.md"),
    ] {
        let error = main(&engine)
            .write_note(&request(title, folder, "x"))
            .expect_err("they are confused");
        assert!(
            matches!(&error, Error::Equivalent { existing: found } if found == existing),
            "{title}: {error}"
        );
    }
    main(&engine)
        .write_note(&request("Pic", "", "x"))
        .expect("a picture is no note");
    main(&engine)
        .write_note(&request("Alpha Note", "notes", "x"))
        .expect("another folder");
}

#[test]
fn requests_that_make_no_sense() {
    let vault = Vault::new("//- a.md\nx\n");
    let engine = open(&vault);
    let before = vault.snapshot();
    for (request, kind) in [
        (request(" ", "", "x"), Kind::Invalid),
        (request("T", "../up", "x"), Kind::Invalid),
        (request("T", "~/x", "x"), Kind::Invalid),
        (request("T", "", "---\na: b: c\n---\nx"), Kind::Invalid),
        (
            WriteRequest {
                base: Some("00".into()),
                ..request("T", "", "x")
            },
            Kind::Conflict,
        ),
    ] {
        let error = main(&engine)
            .write_note(&request)
            .expect_err("it makes no sense");
        assert_eq!(error.kind(), kind, "{error}");
    }
    assert_eq!(before, vault.snapshot());
}

#[test]
fn an_edit_changes_what_it_names_and_is_found_at_once() {
    let vault = Vault::new("//- Tea.md\n---\ntitle: Tea # t\ntags: [a,  b]\n---\nBody without end");
    let engine = open(&vault);
    main(&engine)
        .edit_note(&append("Tea", "- [fact] zebra"))
        .expect("it can be edited");
    assert_eq!(
        vault.read("Tea.md"),
        "---\ntitle: Tea # t\ntags: [a,  b]\n---\nBody without end\n- [fact] zebra"
    );
    assert_eq!(found(&engine, "zebra"), ["Tea.md"]);
    let edited = main(&engine)
        .edit_note(&EditRequest {
            edit: None,
            metadata: metadata(r#"{"status": "done", "title": "ignored", "permalink": "ignored", "type": "ignored"}"#),
            ..append("memory://main/tea", "")
        })
        .expect("it can be edited");
    assert_eq!(
        vault.read("Tea.md"),
        "---\ntitle: Tea # t\ntags: [a,  b]\nstatus: done\n---\nBody without end\n- [fact] zebra"
    );
    assert_eq!(edited.note.metadata.get("status"), Some(&"done".into()));
    assert_eq!(edited.observations, [("fact".to_owned(), 1)]);
}

#[test]
fn line_endings_stay() {
    let vault = Vault::new("//- Tea.md\n---\r\ntitle: Tea\r\n---\r\nBody\r\n");
    let engine = open(&vault);
    let request = EditRequest {
        metadata: metadata(r#"{"a": ["x", "y"]}"#),
        ..append("Tea", "More")
    };
    main(&engine).edit_note(&request).expect("it can be edited");
    let text = vault.read("Tea.md");
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "{text:?}"
    );
    assert!(
        text.starts_with("---\r\ntitle: Tea\r\na:\r\n- x\r\n- y\r\n---\r\nBody\r\nMore"),
        "{text:?}"
    );
    main(&engine)
        .write_note(&request_crlf())
        .expect("it is written");
    assert!(vault.read("Milk.md").ends_with("---\r\n\r\none\r\ntwo\r\n"));
}

fn request_crlf() -> WriteRequest {
    request("Milk", "", "one\r\ntwo\r\n")
}

#[test]
fn the_title_follows_its_heading() {
    let vault =
        Vault::new("//- Old.md\n---\ntitle: Old\npermalink: main/old\n---\n# Old\n\ntext\n");
    let engine = open(&vault);
    let edit = Edit::FindReplace {
        find: "# Old".into(),
        replace: "# New".into(),
        expected: 1,
    };
    let edited = main(&engine)
        .edit_note(&EditRequest {
            edit: Some(edit),
            ..append("Old", "")
        })
        .expect("it can be edited");
    assert_eq!(
        vault.read("Old.md"),
        "---\ntitle: New\npermalink: main/old\n---\n# New\n\ntext\n"
    );
    assert_eq!(
        (edited.note.title.as_str(), edited.note.path.as_str()),
        ("New", "Old.md")
    );
    assert_eq!(edited.note.permalink.as_deref(), Some("main/old"));
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let vault = Vault::new("//- Tea.md\nx\n");
    let engine = open(&vault);
    let long_ago =
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    vault.set_mtime("Tea.md", long_ago);
    main(&engine)
        .edit_note(&append("Tea", ""))
        .expect("nothing to do");
    let edit = Edit::FindReplace {
        find: "x".into(),
        replace: "x".into(),
        expected: 1,
    };
    main(&engine)
        .edit_note(&EditRequest {
            edit: Some(edit),
            ..append("Tea", "")
        })
        .expect("nothing to do");
    let modified = std::fs::metadata(vault.path("Tea.md"))
        .and_then(|metadata| metadata.modified())
        .expect("it is there");
    assert_eq!(modified, long_ago);
}

#[test]
fn edits_that_cannot_be_made() {
    let vault = Vault::new("//- Tea.md\nx\n//- pic.png\nx\n//- Bad.md\n---\ntitle: a: b\n---\nx\n");
    vault.write_bytes("Latin.md", b"caf\xe9\n");
    let engine = open(&vault);
    let before = vault.snapshot();
    let error = |request: &EditRequest| {
        main(&engine)
            .edit_note(request)
            .expect_err("it cannot be made")
    };
    let nulls = EditRequest {
        metadata: metadata(r#"{"a": null, "b": 1, "c": null}"#),
        ..append("Tea", "y")
    };
    assert_eq!(
        error(&nulls).to_string(),
        "metadata values cannot be null (key deletion is not supported): a, c"
    );
    assert!(matches!(
        error(&EditRequest {
            edit: None,
            ..append("Tea", "")
        }),
        Error::Invalid { .. }
    ));
    assert!(matches!(
        error(&append("pic.png", "y")),
        Error::Invalid { .. }
    ));
    assert!(matches!(
        error(&append("Latin.md", "y")),
        Error::Invalid { .. }
    ));
    assert!(matches!(
        error(&append("Milk", "y")),
        Error::NotFound { .. }
    ));
    let edit = Edit::FindReplace {
        find: "y".into(),
        replace: "z".into(),
        expected: 1,
    };
    assert!(matches!(
        error(&EditRequest {
            edit: Some(edit),
            ..append("Tea", "")
        }),
        Error::Edit { .. }
    ));
    let bad = EditRequest {
        edit: None,
        metadata: metadata(r#"{"a": 1}"#),
        ..append("Bad", "")
    };
    assert!(matches!(error(&bad), Error::Frontmatter { .. }));
    assert_eq!(before, vault.snapshot());
}

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
    let results: Vec<_> = std::thread::scope(|scope| {
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
    std::thread::scope(|scope| {
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
    let created = std::thread::scope(|scope| {
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
fn a_moved_note_is_the_same_note() {
    let vault = Vault::new(
        "//- Tea.md\n---\ntitle: Tea\npermalink: main/tea\n---\nzebra\n//- other.md\n[[Tea]]\n//- archive/x.md\n",
    );
    let engine = open(&vault);
    let before = main(&engine).identify("Tea", None).expect("it is there");
    let moved = main(&engine)
        .move_note("Tea", "deep/er/Green Tea")
        .expect("nothing is in the way");
    assert_eq!(
        (moved.from.as_str(), moved.note.path.as_str()),
        ("Tea.md", "deep/er/Green Tea.md")
    );
    assert_eq!(moved.note.external_id, before.external_id);
    assert_eq!(moved.note.permalink, before.permalink);
    assert_eq!(
        vault.read("deep/er/Green Tea.md"),
        "---\ntitle: Tea\npermalink: main/tea\n---\nzebra\n"
    );
    assert!(!vault.has("Tea.md"));
    assert_eq!(found(&engine, "zebra"), ["deep/er/Green Tea.md"]);
    assert_eq!(relations(&engine, "other.md"), (1, 0));
    let report = main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("it syncs");
    assert_eq!(
        (report.new, report.modified, report.moved, report.deleted),
        (0, 0, 0, 0)
    );
    for (destination, expected) in [
        ("archive", "archive/Green Tea.md"),
        ("new/", "new/Green Tea.md"),
        ("v1.2", "v1.2.md"),
        ("Tea.md", "Tea.md"),
    ] {
        let moved = main(&engine)
            .move_note("Tea", destination)
            .expect("nothing is in the way");
        assert_eq!(moved.note.path.as_str(), expected);
    }
}

/// Resolved and unresolved relations of a note.
fn relations(engine: &Engine, identifier: &str) -> (usize, usize) {
    let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
    let request = cairn_engine::ContextRequest {
        url: identifier.into(),
        depth: 0,
        timeframe: None,
        page: 1,
        page_size: 1,
        max_related: 0,
        now,
    };
    let context = main(engine).build_context(&request).expect("it is there");
    let relations = &context.items[0].relations;
    let resolved = relations
        .iter()
        .filter(|relation| relation.resolved.is_some())
        .count();
    (resolved, relations.len() - resolved)
}

#[test]
fn moves_that_cannot_be_made() {
    let vault = Vault::new("//- Tea.md\nx\n//- Milk.md\ny\n//- pic.png\n");
    let engine = open(&vault);
    vault.write("New.md", "not indexed\n");
    let before = vault.snapshot();
    let error = |to: &str| {
        main(&engine)
            .move_note("Tea", to)
            .expect_err("it cannot be made")
    };
    assert!(matches!(error("Milk.md"), Error::Exists { path } if path == "Milk.md"));
    assert!(matches!(error("New"), Error::Exists { path } if path == "New.md"));
    for destination in [
        "Tea.md", "Tea", "Tea.txt", "../x.md", "/x.md", "/x/", "C:/x.md",
    ] {
        assert_eq!(error(destination).kind(), Kind::Invalid, "{destination}");
    }
    assert!(matches!(
        main(&engine).move_note("Nothing", "x"),
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        main(&engine).move_note("pic.png", "pic.md"),
        Err(Error::Invalid { .. })
    ));
    assert_eq!(before, vault.snapshot());
}

#[test]
fn a_folder_moves_file_by_file() {
    let vault = Vault::new(
        "//- a_b/one.md\n1\n//- a_b/deep/two.md\n2\n//- a_b/pic.png\n3\n//- axb/no.md\n4\n//- to/one.md\n5\n",
    );
    let engine = open(&vault);
    let moved = main(&engine)
        .move_directory("/a_b/", "to", &Silent, &Cancel::new())
        .expect("it can be moved");
    let expected = [
        ("a_b/deep/two.md", "to/deep/two.md"),
        ("a_b/pic.png", "to/pic.png"),
    ];
    assert_eq!(
        moved.moved,
        expected.map(|(from, to)| (from.to_owned(), to.to_owned()))
    );
    assert_eq!(moved.failed.len(), 1);
    assert_eq!(moved.failed[0].path, "a_b/one.md");
    assert!(
        moved.failed[0].message.contains("to/one.md already exists"),
        "{:?}",
        moved.failed
    );
    assert!(!vault.has("a_b/deep") && vault.has("a_b/one.md") && vault.has("axb/no.md"));
    let nothing = main(&engine)
        .move_directory("unknown", "x", &Silent, &Cancel::new())
        .expect("nothing to move");
    assert!(nothing.moved.is_empty() && nothing.failed.is_empty());
    for (from, to) in [("to", "to"), ("to", "to/deep"), ("", "x"), ("to", "../x")] {
        let error = main(&engine)
            .move_directory(from, to, &Silent, &Cancel::new())
            .expect_err("no sense");
        assert_eq!(error.kind(), Kind::Invalid, "{from} to {to}");
    }
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = main(&engine)
        .move_directory("to", "x", &Silent, &cancel)
        .expect("it stops");
    assert!(stopped.cancelled && stopped.moved.is_empty());
}

#[test]
fn deleting_unresolves_links_and_writing_resolves_them() {
    let vault = Vault::new("//- other.md\n[[Tea]]\n//- Tea.md\nzebra\n");
    let engine = open(&vault);
    assert_eq!(relations(&engine, "other"), (1, 0));
    let deleted = main(&engine).delete_note("Tea").expect("it is there");
    assert_eq!(deleted.note.title, "Tea");
    assert!(!vault.has("Tea.md"));
    assert_eq!(found(&engine, "zebra"), Vec::<String>::new());
    assert_eq!(relations(&engine, "other"), (0, 1));
    main(&engine)
        .write_note(&request("Tea", "drinks", "again"))
        .expect("nothing is in the way");
    assert_eq!(relations(&engine, "other"), (1, 0));
    assert_eq!(vault.read("other.md"), "[[Tea]]\n");
}

#[test]
fn a_folder_is_deleted_with_what_is_known_of_it() {
    let vault =
        Vault::new("//- a/one.md\n1\n//- a/deep/two.md\n2\n//- a/changed.md\n3\n//- ab/three.md\n");
    let engine = open(&vault);
    vault.write("a/changed.md", "someone else\n");
    vault.write("a/deep/new.md", "not indexed\n");
    let deleted = main(&engine)
        .delete_directory("a", Confirm::Required)
        .expect("it is small");
    assert_eq!(deleted.deleted, ["a/deep/two.md", "a/one.md"]);
    assert_eq!(deleted.failed.len(), 1);
    assert_eq!(deleted.failed[0].path, "a/changed.md");
    let left: Vec<String> = vault.files().into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, ["a/changed.md", "a/deep/new.md", "ab/three.md"]);
    sync(&engine);
    main(&engine)
        .delete_directory("a/", Confirm::Required)
        .expect("it is small");
    assert!(!vault.has("a"));
    let nothing = main(&engine)
        .delete_directory("a", Confirm::Required)
        .expect("nothing to delete");
    assert!(nothing.deleted.is_empty());
}

#[test]
fn large_deletions_are_confirmed() {
    let notes: String = (0..51)
        .map(|number| format!("//- many/{number}.md\nx\n"))
        .collect();
    let vault = Vault::new(&notes);
    let engine = open(&vault);
    for folder in ["many", "/", ""] {
        let error = main(&engine)
            .delete_directory(folder, Confirm::Required)
            .expect_err("it is large");
        assert!(
            matches!(error, Error::Unconfirmed { count: 51, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("51 files"));
    }
    assert_eq!(vault.files().len(), 51);
    let deleted = main(&engine)
        .delete_directory("/", Confirm::Given)
        .expect("it is confirmed");
    assert_eq!(deleted.deleted.len(), 51);
    assert!(!vault.has("many") && vault.root().is_dir());
    let listing = ListingRequest {
        folder: String::new(),
        depth: 1,
        glob: None,
        sort: Sort::Name,
        page: 1,
        page_size: 10,
    };
    assert_eq!(
        main(&engine)
            .list_directory(&listing)
            .expect("the root is there")
            .total,
        0
    );
}

#[test]
fn another_projects_note_is_changed_there_only() {
    let (vault, other) = (
        Vault::new("//- Tea.md\nx\n"),
        Vault::new("//- Milk.md\ny\n"),
    );
    let engine = opened(&vault, |mut settings| {
        settings.projects.push(cairn_engine::ProjectSettings {
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
