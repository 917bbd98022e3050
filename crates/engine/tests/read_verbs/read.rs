//! The text of a note.

use crate::support::{main, open};
use cairn_engine::{Cancel, EditRequest, Engine, Error, Kind, ReadRequest, Settings, Silent};
use cairn_note::edit::Edit;
use cairn_testkit::Vault;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

const LONG: &str = "---\ntitle: Tea\n---\n\n# Tea\nintro\n## Brewing\nhot\n### Water\nsoft\n```\n## Not a heading\n```\n## Serving\ncold\n";

fn read(engine: &Engine, request: ReadRequest) -> Result<String, Error> {
    main(engine)
        .read_note(&ReadRequest {
            identifier: "Tea".into(),
            ..request
        })
        .map(|read| read.text)
}

#[test]
fn a_note_is_read_whole_or_in_part() {
    let vault = Vault::new(&format!("//- Tea.md\n{LONG}"));
    let engine = open(&vault);
    let section = |section: &str| ReadRequest {
        section: Some(section.into()),
        ..ReadRequest::default()
    };
    for (request, expected) in [
        (ReadRequest::default(), LONG),
        (
            ReadRequest {
                body_only: true,
                ..ReadRequest::default()
            },
            &LONG["---\ntitle: Tea\n---\n".len()..],
        ),
        (
            section("Brewing"),
            "## Brewing\nhot\n### Water\nsoft\n```\n## Not a heading\n```\n",
        ),
        (
            section("## brewing"),
            "## Brewing\nhot\n### Water\nsoft\n```\n## Not a heading\n```\n",
        ),
        (section("Serving"), "## Serving\ncold\n"),
        (
            ReadRequest {
                lines: Some((2, 3)),
                ..ReadRequest::default()
            },
            "title: Tea\n---\n",
        ),
        (
            ReadRequest {
                lines: Some((14, 99)),
                ..ReadRequest::default()
            },
            "## Serving\ncold\n",
        ),
        (
            ReadRequest {
                lines: Some((2, 2)),
                ..section("Serving")
            },
            "cold\n",
        ),
    ] {
        assert_eq!(
            read(&engine, request.clone()).expect("it is there"),
            expected,
            "{request:?}"
        );
    }
    for (request, message) in [
        (
            section("Not a heading"),
            "Tea.md has no section 'Not a heading'",
        ),
        (section("# Brewing"), "Tea.md has no section '# Brewing'"),
        (
            ReadRequest {
                lines: Some((3, 2)),
                ..ReadRequest::default()
            },
            "lines 3 to 2 are no range; the first line is 1",
        ),
        (
            ReadRequest {
                lines: Some((0, 2)),
                ..ReadRequest::default()
            },
            "lines 0 to 2 are no range; the first line is 1",
        ),
        (
            ReadRequest {
                lines: Some((16, 20)),
                ..ReadRequest::default()
            },
            "line 16 is beyond the last line, which is 15",
        ),
    ] {
        let error = read(&engine, request).expect_err("it is not there");
        assert_eq!(
            (error.to_string().as_str(), error.kind()),
            (message, Kind::Invalid)
        );
    }
    let error = read(&engine, section("Brewin")).expect_err("it is not there");
    assert_eq!(error.hint().as_deref(), Some("did you mean Brewing?"));
}

#[test]
fn the_file_is_read_and_not_the_index() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let engine = open(&vault);
    let request = ReadRequest {
        identifier: "Tea".into(),
        ..ReadRequest::default()
    };
    let before = main(&engine).read_note(&request).expect("it is there");
    assert_eq!(before.checksum, before.note.fingerprint.checksum_hex());
    vault.write("Tea.md", "new\n");
    let after = main(&engine).read_note(&request).expect("it is there");
    assert_eq!(after.text, "new\n");
    assert_ne!(after.checksum, before.checksum);
    vault.remove("Tea.md");
    assert!(matches!(
        main(&engine).read_note(&request),
        Err(Error::NotFound { .. })
    ));
}

#[test]
fn text_that_is_no_note_is_read_and_other_files_are_not() {
    let vault = Vault::new("//- a.txt\ntext\n");
    vault.write_bytes("pic.png", &[0x89, 0x50, 0xff]);
    vault.write_bytes("zero.bin", b"a\0b");
    vault.write("big.txt", &"x".repeat((1 << 20) + 1));
    let engine = open(&vault);
    let read = |identifier: &str| {
        main(&engine).read_note(&ReadRequest {
            identifier: identifier.into(),
            ..ReadRequest::default()
        })
    };
    assert_eq!(read("a.txt").expect("it is text").text, "text\n");
    for identifier in ["pic.png", "zero.bin", "big.txt"] {
        let error = read(identifier).expect_err("it is no text to read");
        assert_eq!(error.kind(), Kind::Invalid, "{identifier}");
        assert!(error.hint().is_some(), "{identifier}");
    }
}

#[test]
fn a_note_is_read_as_it_was() {
    static MINUTES: AtomicI64 = AtomicI64::new(0);
    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }
    let vault = Vault::new("//- Tea.md\none\n//- Quiet.md\nnever changed\n");
    let mut settings = Settings::in_memory("main", vault.root().to_owned());
    settings.clock = || at(MINUTES.fetch_add(10, Ordering::SeqCst) + 10);
    let engine = Engine::open(settings).expect("an index in memory opens");
    main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("a folder of text files syncs");
    for content in ["two\n", "three\n"] {
        let request = EditRequest {
            identifier: "Tea".into(),
            edit: Some(Edit::Append {
                content: content.into(),
            }),
            metadata: cairn_note::Metadata::new(),
            base: None,
        };
        main(&engine).edit_note(&request).expect("it is there");
    }
    let body = |identifier: &str, minutes: i64| {
        let request = ReadRequest {
            identifier: identifier.into(),
            body_only: true,
            as_of: Some(at(minutes)),
            ..ReadRequest::default()
        };
        let read = main(&engine).read_note(&request).expect("it was there");
        let lines: Vec<_> = read.text.split_whitespace().map(str::to_owned).collect();
        (lines.join(" "), read.checksum)
    };
    assert_eq!(body("Tea", 0).0, "one");
    assert_eq!(body("Tea", 9).0, "one");
    assert_eq!(body("Tea", 10).0, "one two");
    assert_eq!(body("Tea", 19).0, "one two");
    assert_eq!(body("Tea", 1_000).0, "one two three");
    assert_eq!(body("Quiet", 0).0, "never changed");
    let now = main(&engine)
        .read_note(&ReadRequest {
            identifier: "Tea".into(),
            ..ReadRequest::default()
        })
        .expect("it is there");
    assert_eq!(body("Tea", 1_000).1, now.checksum);
    assert_ne!(body("Tea", 19).1, now.checksum);
}
