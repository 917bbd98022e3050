//! Naming a note to read it, and what is offered when there is none; parts, outlines and bytes.

use crate::support::{main, now, open};
use cairn_engine::{Error, OutlineHeading, Part, ReadRequest};
use cairn_testkit::Vault;

#[test]
fn a_title_but_for_case_is_found_when_one_note_has_it() {
    let vault = Vault::new(
        "//- x1.md\n---\ntitle: Garden Party\n---\n//- x2.md\n---\ntitle: Plan B\n---\n//- x3.md\n---\ntitle: plan b\n---\n",
    );
    let engine = open(&vault);
    let found = main(&engine).look_up("GARDEN party").expect("it is one");
    assert_eq!(found.path.as_str(), "x1.md");
    assert_eq!(
        main(&engine)
            .look_up("Plan B")
            .expect("it is the very title")
            .path
            .as_str(),
        "x2.md"
    );
    match main(&engine).look_up("PLAN B") {
        Err(Error::Ambiguous { candidates, .. }) => assert_eq!(candidates, ["x2.md", "x3.md"]),
        other => panic!("{other:?} is not both"),
    }
}

#[test]
fn a_file_nobody_has_indexed_is_found_by_its_path_alone() {
    let vault = Vault::new("//- .gitignore\nsecret.md\n");
    let engine = open(&vault);
    for path in [
        "new/Late.md",
        "new/plain.txt",
        "secret.md",
        "new/.hidden.md",
    ] {
        vault.write(path, "text\n");
    }
    let found = |identifier: &str| {
        let found = main(&engine).look_up(identifier).ok()?;
        Some(found.path.to_string())
    };
    for identifier in [
        "Late",
        "secret.md",
        "secret",
        "new/.hidden",
        "../new/Late",
        "new",
    ] {
        assert_eq!(found(identifier), None, "{identifier}");
    }
    for (identifier, path) in [
        ("memory://main/new/Late", "new/Late.md"),
        ("Late", "new/Late.md"),
        ("/new/plain.txt", "new/plain.txt"),
    ] {
        assert_eq!(found(identifier).as_deref(), Some(path), "{identifier}");
    }
    // Reading leaves every file as it was.
    assert_eq!(vault.read("new/Late.md"), "text\n");
}

#[test]
fn suggestions_are_near_names_and_then_what_a_search_finds() {
    let vault = Vault::new(
        "//- Green Tea.md\nhot\n//- Water.md\nfor a gren cup\n//- Gone Tea.md\ngren\n//- Stone.md\nhard\n",
    );
    let engine = open(&vault);
    vault.remove("Gone Tea.md");
    let near = match main(&engine).look_up("main/Gren Tea") {
        Err(Error::NotFound { near, .. }) => near,
        other => panic!("{other:?} is no miss"),
    };
    let paths = |page, page_size| -> Vec<String> {
        let found = main(&engine)
            .suggestions("main/Gren Tea", &near, page, page_size, &now())
            .expect("the index can be read");
        found.iter().map(|note| note.path.to_string()).collect()
    };
    assert_eq!(paths(1, 10), ["Green Tea.md", "Water.md"]);
    assert_eq!(paths(1, 1), ["Green Tea.md"]);
    assert!(paths(9, 10).is_empty());
}

#[test]
fn an_outline_names_lines_that_can_be_read() {
    let vault = Vault::new(
        "//- Tea.md\n---\ntitle: Tea\n---\n# Tea\n- [a] fact\n- uses [[Water]]\n## Hot\nx\n### Very\ny\n## Cold\nz\n",
    );
    let engine = open(&vault);
    let read = main(&engine)
        .read_note(&ReadRequest {
            identifier: "Tea".into(),
            ..ReadRequest::default()
        })
        .expect("it is there");
    let outline = read.outline();
    assert_eq!(
        (outline.lines, outline.observations, outline.relations),
        (12, 1, 1)
    );
    let heading = |level, text: &str, first_line, last_line| OutlineHeading {
        level,
        text: text.to_owned(),
        first_line,
        last_line,
    };
    assert_eq!(
        outline.headings,
        [
            heading(1, "Tea", 4, 12),
            heading(2, "Hot", 7, 10),
            heading(3, "Very", 9, 10),
            heading(2, "Cold", 11, 12),
        ]
    );
    for heading in &outline.headings {
        let section = read.part(Some(&heading.text), None).expect("it is there");
        let lines = read
            .part(None, Some((heading.first_line, heading.last_line)))
            .expect("they are there");
        assert_eq!(section.text, lines.text, "{}", heading.text);
    }
    assert_eq!(
        read.part(Some("Hot"), Some((2, 3))).expect("it is there"),
        Part {
            text: "x\n### Very\n",
            first_line: 2,
            lines: 4
        }
    );
    assert_eq!(Part::of("", None).expect("it is there").lines, 0);
    assert_eq!(Part::of("a\nb", None).expect("it is there").lines, 2);
}

#[test]
fn bytes_are_read_up_to_what_the_caller_takes() {
    let vault = Vault::new("//- a.txt\ntext\n");
    vault.write_bytes("b.bin", &[0, 255]);
    let engine = open(&vault);
    let read = |path: &str, most| main(&engine).read_content(path, most);
    let bytes = read("b.bin", 2).expect("it is there").bytes;
    assert_eq!(bytes.as_deref(), Some([0, 255].as_slice()));
    let large = read("a.txt", 4).expect("it is there");
    assert_eq!((large.bytes, large.size), (None, 5));
    vault.remove("a.txt");
    for path in ["a.txt", "nowhere"] {
        assert!(
            matches!(read(path, 100), Err(Error::NotFound { .. })),
            "{path}"
        );
    }
}
