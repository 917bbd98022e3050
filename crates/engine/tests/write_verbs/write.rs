//! Making and replacing notes.

use crate::support::{found, main, metadata, open, opened, replacing, request};
use cairn_engine::{Cancel, Error, FileNames, Kind, Permalinks, Settings, Silent, WriteRequest};
use cairn_testkit::Vault;

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
        "//- alpha_note.md\nx\n//- notes/Caf\u{e9}.md\n---\npermalink: elsewhere\n---\n//- my-plan.md\n---\ntitle: My Plan\npermalink: other\n---\n//- so_so.md\n---\ntitle: Fine\npermalink: thanks\n---\n//- pic.png\nx\n",
    );
    let engine = open(&vault);
    for (title, folder, existing) in [
        ("Alpha Note", "", "alpha_note.md"),
        ("ALPHA-NOTE", "", "alpha_note.md"),
        ("My Plan", "", "my-plan.md"),
        ("So So", "", "so_so.md"),
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
        .write_note(&request("[[]]", "", "x"))
        .expect("an odd title");
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
        (request("T", "a/.hidden", "x"), Kind::Invalid),
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
fn what_stands_where_a_folder_or_a_note_should_be_is_named() {
    let vault =
        Vault::new("//- a.md\nx\n//- dir.md/b.md\nx\n//- drafts/c.md\nx\n//- .ignore\ndrafts/\n");
    let engine = open(&vault);
    for (title, folder, message) in [
        (
            "T",
            "a.md",
            "a.md is no folder of the project, but a file or a link",
        ),
        (
            "T",
            "a.md/deep",
            "a.md is no folder of the project, but a file or a link",
        ),
        ("dir", "", "dir.md is a folder"),
        (
            "T",
            "drafts",
            "drafts/T.md would not be indexed: hidden and ignored files are left out",
        ),
    ] {
        let error = main(&engine)
            .write_note(&request(title, folder, "x"))
            .expect_err("nothing can be written there");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (Kind::Invalid, message)
        );
    }
}
