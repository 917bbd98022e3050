//! Changing a part of a note.

use crate::support::{append, found, main, metadata, open, request};
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
