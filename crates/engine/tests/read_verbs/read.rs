//! The text of a note.

use crate::support::{main, open};
use cairn_engine::{
    Cancel, EditRequest, Engine, Error, HistoryRequest, Kind, ReadRequest, Settings, Silent,
};
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
    let vault = Vault::new("//- Tea.md\none\n//- Quiet.md\nnever changed\n");
    let mut settings = Settings::in_memory("main", vault.root().to_owned());
    settings.clock = || {
        let minutes = MINUTES.fetch_add(10, Ordering::SeqCst);
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    };
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
    let request = HistoryRequest {
        identifier: "Tea".into(),
        before: None,
        limit: 10,
    };
    let history = main(&engine).note_history(&request).expect("it is there");
    let [third, second] = history.revisions.as_slice() else {
        panic!("two edits are two revisions");
    };
    let minute = SignedDuration::from_mins(1);
    let read = |identifier: &str, as_of: Option<Timestamp>| {
        let request = ReadRequest {
            identifier: identifier.into(),
            body_only: true,
            as_of,
            ..ReadRequest::default()
        };
        let read = main(&engine).read_note(&request).expect("it was there");
        let words: Vec<_> = read.text.split_whitespace().collect();
        (words.join(" "), read.checksum)
    };
    for (time, said) in [
        (second.time - minute, "one"),
        (second.time, "one two"),
        (third.time - minute, "one two"),
        (third.time, "one two three"),
        (third.time + minute, "one two three"),
    ] {
        assert_eq!(read("Tea", Some(time)).0, said, "{time}");
    }
    assert_eq!(read("Quiet", Some(second.time)).0, "never changed");
    let now = read("Tea", None);
    assert_eq!(read("Tea", Some(third.time)), now);
    assert_ne!(read("Tea", Some(second.time)).1, now.1);
}
