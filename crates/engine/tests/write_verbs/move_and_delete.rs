//! Moving and deleting notes and folders.

use crate::support::{found, main, open, relations, request, sync};
use cairn_engine::{Cancel, Confirm, Error, Kind, ListingRequest, Silent, Sort};
use cairn_testkit::Vault;

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

#[test]
fn moves_that_cannot_be_made() {
    let vault =
        Vault::new("//- Tea.md\nx\n//- Milk.md\ny\n//- pic.png\n//- .gitignore\nignored/\n");
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
    for destination in [
        ".hidden/Tea",
        "deep/.x/Tea",
        "ignored/Tea",
        "ignored/deep/Tea",
    ] {
        let message = error(destination).to_string();
        assert!(
            message.ends_with("hidden and ignored files are left out"),
            "{message}"
        );
    }
    assert!(matches!(
        main(&engine).move_note("Nothing", "x"),
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        main(&engine).move_note("pic.png", "pic.md"),
        Err(Error::OtherExtension { from, to }) if from == "pic.png" && to == "pic.md"
    ));
    assert!(matches!(error("Tea"), Error::SamePlace { path } if path == "Tea.md"));
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
    assert_eq!((moved.total, moved.failed.len()), (3, 1));
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
    assert!(stopped.cancelled && stopped.moved.is_empty() && stopped.total == 3);
}

#[test]
fn a_note_without_its_file_cannot_be_moved() {
    let vault = Vault::new("//- Tea.md\nx\n");
    let engine = open(&vault);
    vault.remove("Tea.md");
    let error = main(&engine)
        .move_note("Tea", "Milk")
        .expect_err("there is no file");
    assert!(
        matches!(&error, Error::FileGone { path } if path == "Tea.md"),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::NotFound);
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
fn a_name_in_another_case_deletes_nothing() {
    let vault = Vault::new("//- case/CamelCase Note.md\nx\n");
    let engine = open(&vault);
    for name in [
        "camelcase note",
        "case/camelcase note",
        "CASE/CamelCase Note.md",
        "main/Case/CamelCase Note",
        "memory://main/CASE/CamelCase Note",
    ] {
        main(&engine)
            .identify(name, None)
            .expect("it opens the note");
        let error = main(&engine).delete_note(name).expect_err("deletes none");
        assert!(
            matches!(&error, Error::NotFound { near, .. } if near == &["CamelCase Note"]),
            "{name}: {error}"
        );
    }
    assert!(vault.has("case/CamelCase Note.md"));
    for name in [
        "CamelCase Note",
        "case/CamelCase Note",
        "/case/CamelCase Note.md",
        "[[CamelCase Note]]",
        "main/case/camel-case-note",
        "case/camel-case-note",
        "memory://main/case/CamelCase Note",
    ] {
        main(&engine).delete_note(name).expect(name);
        vault.write("case/CamelCase Note.md", "x\n");
        sync(&engine);
    }
}

#[test]
fn a_folder_is_deleted_with_what_is_known_of_it() {
    let vault =
        Vault::new("//- a/one.md\n1\n//- a/deep/two.md\n2\n//- a/changed.md\n3\n//- ab/three.md\n");
    let engine = open(&vault);
    vault.write("a/changed.md", "someone else\n");
    vault.write("a/deep/new.md", "not indexed\n");
    let deleted = main(&engine)
        .delete_directory("a", Confirm::Required, &Silent, &Cancel::new())
        .expect("it is small");
    assert_eq!(deleted.deleted, ["a/deep/two.md", "a/one.md"]);
    assert_eq!(deleted.failed.len(), 1);
    assert_eq!(deleted.failed[0].path, "a/changed.md");
    let left: Vec<String> = vault.files().into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, ["a/changed.md", "a/deep/new.md", "ab/three.md"]);
    sync(&engine);
    main(&engine)
        .delete_directory("a/", Confirm::Required, &Silent, &Cancel::new())
        .expect("it is small");
    assert!(!vault.has("a"));
    let nothing = main(&engine)
        .delete_directory("a", Confirm::Required, &Silent, &Cancel::new())
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
            .delete_directory(folder, Confirm::Required, &Silent, &Cancel::new())
            .expect_err("it is large");
        assert!(
            matches!(error, Error::Unconfirmed { count: 51, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("51 files"));
    }
    assert_eq!(vault.files().len(), 51);
    let deleted = main(&engine)
        .delete_directory("/", Confirm::Given, &Silent, &Cancel::new())
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
