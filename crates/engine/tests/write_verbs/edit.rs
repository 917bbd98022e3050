//! Changing a part of a note.

use crate::support::{append, base, found, main, metadata, open, request};
use cairn_engine::{EditRequest, Error, WriteRequest};
use cairn_note::edit::Edit;
use cairn_testkit::Vault;

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
fn text_for_a_note_that_is_not_there_makes_it_where_its_name_says() {
    for (identifier, path, title) in [
        ("Tea", "Tea.md", "Tea"),
        ("drinks/Hot Tea.md", "drinks/Hot Tea.md", "Hot Tea"),
        ("memory://main/drinks/tea", "drinks/tea.md", "tea"),
        ("main/drinks/tea", "drinks/tea.md", "tea"),
        ("memory://tea", "tea.md", "tea"),
    ] {
        let vault = Vault::new("//- other.md\nx\n");
        let engine = open(&vault);
        let edited = main(&engine)
            .edit_or_create(&EditRequest {
                metadata: metadata(r#"{"status": "new"}"#),
                ..append(identifier, "zebra")
            })
            .expect("it is made");
        assert!(edited.created);
        assert_eq!(edited.note.title, title, "{identifier}");
        assert!(vault.has(path), "{identifier}");
        assert_eq!(vault.files().len(), 2, "{identifier}");
        assert!(vault.read(path).contains("status: new"));
        assert_eq!(found(&engine, "zebra"), [path]);
    }
}

#[test]
fn a_folder_called_as_the_project_is_a_folder() {
    let vault = Vault::new("//- main/other.md\nx\n");
    let engine = open(&vault);
    main(&engine)
        .edit_or_create(&append("main/tea", "x"))
        .expect("it is made");
    assert!(vault.has("main/tea.md"));
}

#[test]
fn a_title_that_is_a_notes_but_for_case_is_that_note() {
    let vault = Vault::new("//- a.md\n---\ntitle: Alpha Note\n---\nx\n");
    let engine = open(&vault);
    let edited = main(&engine)
        .edit_or_create(&append("alpha note", "zebra"))
        .expect("it is edited");
    assert!(!edited.created);
    assert_eq!(found(&engine, "zebra"), ["a.md"]);
}

#[test]
fn no_note_is_made_beside_one_it_would_be_confused_with() {
    let vault = Vault::new(
        "//- a.md\n---\ntitle: My Plan\n---\nx\n//- b.md\n---\ntitle: Same\n---\n//- c.md\n---\ntitle: SAME\n---\n\
         //- notes/d.md\n---\ntitle: Deep Thought\n---\n",
    );
    let engine = open(&vault);
    let before = vault.snapshot();
    for (identifier, existing) in [
        ("my_plan", "a.md"),
        ("My - plan", "a.md"),
        ("deep_thought", "notes/d.md"),
        ("Notes/deep-thought", "notes/d.md"),
    ] {
        let error = main(&engine)
            .edit_or_create(&append(identifier, "y"))
            .expect_err("they are confused");
        assert!(
            matches!(&error, Error::Equivalent { existing: found } if found == existing),
            "{identifier}: {error}"
        );
    }
    let error = main(&engine)
        .edit_or_create(&append("same", "y"))
        .expect_err("it could be either");
    assert!(matches!(error, Error::Ambiguous { .. }), "{error}");
    assert_eq!(before, vault.snapshot());
    main(&engine)
        .edit_or_create(&append("other/my_plan", "y"))
        .expect("another folder");
}

#[test]
fn what_is_no_name_for_a_new_note_makes_none() {
    let vault = Vault::new("//- Tea.md\nx\n");
    let engine = open(&vault);
    let before = vault.snapshot();
    let make = |request: &EditRequest| {
        main(&engine)
            .edit_or_create(request)
            .expect_err("it is not made")
    };
    for nothing in [
        "0b7f6f3e-0d0c-4f0e-9d7e-0c8f5f0f4d11",
        ".",
        "..",
        "~",
        "memory://main/",
    ] {
        let error = make(&append(nothing, "y"));
        assert!(
            matches!(error, Error::NotFound { .. }),
            "{nothing}: {error}"
        );
    }
    for outside in [
        "../out",
        "/out",
        "/home/ada/out",
        "C:/out",
        "C:\\out",
        "\\\\host\\out",
        "~/out",
        "a/../../out",
    ] {
        let error = make(&append(outside, "y"));
        assert!(matches!(error, Error::Path(_)), "{outside}: {error}");
    }
    let replace = EditRequest {
        edit: Some(Edit::ReplaceSection {
            section: "## A".into(),
            content: "y".into(),
            subsections: cairn_note::edit::Subsections::Replace,
        }),
        ..append("Milk", "")
    };
    assert!(matches!(make(&replace), Error::NotFound { .. }));
    let based = EditRequest {
        base: Some("ab".repeat(32)),
        ..append("Milk", "y")
    };
    assert!(matches!(make(&based), Error::Changed { found: None, .. }));
    let nulls = EditRequest {
        metadata: metadata(r#"{"a": null}"#),
        ..append("Milk", "y")
    };
    assert!(matches!(make(&nulls), Error::Nulls { .. }));
    assert_eq!(before, vault.snapshot());
}

#[test]
fn a_file_the_index_has_not_seen_is_edited_all_the_same() {
    let vault = Vault::new("//- a.md\nx\n//- .ignore\nsecret/\n");
    let engine = open(&vault);
    vault.write("notes/New.md", "one\n");
    vault.write("notes/Other.markdown", "one\n");
    vault.write("secret/b.md", "one\n");
    for identifier in ["notes/New", "memory://main/notes/Other"] {
        let edited = main(&engine)
            .edit_note(&append(identifier, "zebra"))
            .expect("it is there");
        assert!(!edited.created);
        assert!(edited.is_listed_anew, "{identifier} is in no list so far");
        let again = main(&engine)
            .edit_note(&append(identifier, ""))
            .expect("it is known");
        assert!(!again.is_listed_anew, "{identifier}");
    }
    assert_eq!(vault.read("notes/New.md"), "one\nzebra");
    assert_eq!(vault.read("notes/Other.markdown"), "one\nzebra");
    assert_eq!(found(&engine, "zebra").len(), 2);
    let error = main(&engine)
        .edit_or_create(&append("secret/b", "y"))
        .expect_err("it is ignored");
    assert!(
        error
            .to_string()
            .starts_with("Note file 'secret/b.md' exists on disk but"),
        "{error}"
    );
    assert_eq!(vault.read("secret/b.md"), "one\n");
}

#[test]
fn a_markdown_file_that_is_no_text_says_so() {
    let vault = Vault::new("//- a.md\nx\n");
    vault.write_bytes("latin.md", b"caf\xe9\n");
    let engine = open(&vault);
    let error = main(&engine)
        .edit_note(&append("latin", "y"))
        .expect_err("it is no UTF-8");
    assert_eq!(
        error.to_string(),
        "latin.md is not UTF-8 text: byte 3 is not part of a character"
    );
    assert_eq!(error.hint().as_deref(), Some("save it as UTF-8"));
}

#[test]
fn the_beginning_of_a_checksum_is_a_base() {
    let vault = Vault::new("//- Tea.md\nx\n");
    let engine = open(&vault);
    let based = |base: &str| EditRequest {
        base: Some(base.to_owned()),
        ..append("Tea", "y")
    };
    let checksum = base(&engine, "Tea");
    main(&engine)
        .edit_note(&based(&checksum[..8]))
        .expect("it is what it was");
    let error = main(&engine)
        .edit_note(&based(&checksum[..8]))
        .expect_err("it is not any more");
    assert!(matches!(error, Error::Changed { found: Some(_), .. }));
}
