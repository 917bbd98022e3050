//! What names a note.

use crate::support::{main, open};
use cairn_engine::{Engine, Error, Kind};
use cairn_note::NotePath;
use cairn_testkit::Vault;

const NAMES: &str = "//- notes/Tea.md\n---\npermalink: custom/Tea-Link\n---\n//- notes/deep/Milk.md\nx\n\
    //- archive/Milk.md\nx\n//- My_File.md\nx\n//- Meeting Notes.md\n---\ntitle: Weekly Meeting\n---\n//- a/pic.png\nx\n";

fn path(engine: &Engine, identifier: &str) -> Result<String, Error> {
    main(engine)
        .identify(identifier, None)
        .map(|record| record.path.to_string())
}

#[test]
fn every_spelling_of_a_name_is_one_note() {
    let vault = Vault::new(NAMES);
    let engine = open(&vault);
    let id = main(&engine)
        .identify("Tea", None)
        .expect("it is there")
        .external_id;
    for (identifier, expected) in [
        ("Tea", "notes/Tea.md"),
        (" [[Tea]] ", "notes/Tea.md"),
        ("Tea#Brewing", "notes/Tea.md"),
        ("custom/Tea-Link", "notes/Tea.md"),
        ("memory://custom/Tea-Link", "notes/Tea.md"),
        ("notes/Tea", "notes/Tea.md"),
        ("notes/Tea.md", "notes/Tea.md"),
        ("./notes/Tea.md", "notes/Tea.md"),
        ("main/notes/deep/milk", "notes/deep/Milk.md"),
        ("memory://main/archive/milk", "archive/Milk.md"),
        ("my-file", "My_File.md"),
        ("Weekly Meeting", "Meeting Notes.md"),
        ("a/pic.png", "a/pic.png"),
        (id.as_str(), "notes/Tea.md"),
        (&id.to_uppercase(), "notes/Tea.md"),
        (&id.replace('-', ""), "notes/Tea.md"),
    ] {
        assert_eq!(
            path(&engine, identifier).expect("it is there"),
            expected,
            "{identifier}"
        );
    }
    let source = NotePath::parse("archive/x.md").expect("a path");
    let near = main(&engine)
        .identify("Milk", Some(&source))
        .expect("the nearest is meant");
    assert_eq!(near.path.as_str(), "archive/Milk.md");
}

#[test]
fn an_ambiguous_name_answers_with_candidates_and_a_miss_with_near_names() {
    let vault = Vault::new(NAMES);
    let engine = open(&vault);
    match path(&engine, "Milk").expect_err("two notes have that title") {
        Error::Ambiguous { candidates, .. } => {
            assert_eq!(candidates, ["archive/Milk.md", "notes/deep/Milk.md"]);
        }
        other => panic!("{other}"),
    }
    let near = |identifier: &str| match path(&engine, identifier).expect_err("it is not there") {
        Error::NotFound { near, .. } => near,
        other => panic!("{other}"),
    };
    assert_eq!(near("Weekly Meetng"), ["Weekly Meeting"]);
    assert_eq!(near("Meeting"), ["Weekly Meeting"]);
    assert_eq!(near("notes/Teaa"), ["Tea"]);
    assert_eq!(near("qqqq xxxx"), Vec::<String>::new());
    assert_eq!(
        path(&engine, "qqqq")
            .expect_err("it is not there")
            .hint()
            .as_deref(),
        Some("search for it with `cairn search`")
    );
    assert_eq!(
        path(&engine, " ").expect_err("it names nothing").kind(),
        Kind::Invalid
    );
}

#[test]
fn a_path_letter_for_letter_is_that_file_whoever_has_its_slug() {
    let vault = Vault::new(
        "//- a/foo bar.md\nx\n//- a/foo-bar.md\nx\n//- Tee.md\nx\n//- tee.md\nx\n//- caf\u{e9}.md\nx\n\
         //- cafe\u{301}.md\nx\n//- other.md\n---\npermalink: tee.md\n---\n//- a.txt\nx\n//- a-txt.md\nx\n",
    );
    let engine = open(&vault);
    for (identifier, expected) in [
        ("a/foo bar.md", "a/foo bar.md"),
        ("a/foo-bar.md", "a/foo-bar.md"),
        ("./a/foo-bar.md", "a/foo-bar.md"),
        ("/a/foo-bar.md", "a/foo-bar.md"),
        ("Tee.md", "Tee.md"),
        ("caf\u{e9}.md", "caf\u{e9}.md"),
        ("cafe\u{301}.md", "cafe\u{301}.md"),
        ("a.txt", "a.txt"),
        ("tee.md", "other.md"),
    ] {
        assert_eq!(
            path(&engine, identifier).expect("it is there"),
            expected,
            "{identifier}"
        );
    }
}
