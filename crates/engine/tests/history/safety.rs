//! Processes that died, histories that cannot be read, and what lies about.

use crate::support::{Desk, append, main, revisions, sync, tick, told, undo_last, write};
use cairn_engine::{Cancel, Engine, Kind, Overwrite, Silent, WriteRequest};
use cairn_history::{ChangeId, Content, Entry, Hash, Operation, Revision};
use cairn_note::NotePath;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::time::{Duration, SystemTime};

/// Records what a process was about to do that died at once.
fn record(
    desk: &Desk,
    engine: &Engine,
    path: &str,
    operation: Operation,
    former: Option<&str>,
    before: Option<&str>,
    after: Option<&str>,
) -> ChangeId {
    let project = main(engine);
    let known = project.identify(former.unwrap_or(path), None);
    let bytes = |text: &str| Content::Bytes(text.as_bytes().to_vec());
    let entry = Entry {
        project: project.settings().id().0,
        note: known.map_or_else(
            |_| "00000000-0000-8000-8000-000000000000".to_owned(),
            |note| note.external_id,
        ),
        path: path.to_owned(),
        former: former.map(str::to_owned),
        operation,
        actor: "dead".to_owned(),
        time: tick(),
        before: before.map(bytes),
        after: after.map(bytes),
        permalink: None,
    };
    desk.history()
        .record(vec![entry])
        .expect("it is recorded")
        .change
}

fn pending(desk: &Desk, engine: &Engine) -> Vec<Revision> {
    let project = main(engine).settings().id().0;
    desk.history().pending(project).expect("it can be asked")
}

#[test]
fn what_a_dead_process_did_or_did_not_do_is_found_out() {
    let desk = Desk::new(
        "//- Done.md\nold\n//- Not.md\nold\n//- Gone.md\nold\n//- Stays.md\nold\n//- Moved.md\nmoved\n//- Half.md\nhalf\n//- Here.md\nhere\n",
    );
    let engine = desk.synced();
    let say = |path, operation, former, before, after| {
        record(&desk, &engine, path, operation, former, before, after)
    };
    say(
        "Done.md",
        Operation::Edit,
        None,
        Some("old\n"),
        Some("newer\n"),
    );
    desk.outside("Done.md", "newer\n");
    say(
        "Not.md",
        Operation::Edit,
        None,
        Some("old\n"),
        Some("newer\n"),
    );
    say("Gone.md", Operation::Delete, None, Some("old\n"), None);
    desk.vault.remove("Gone.md");
    say("Stays.md", Operation::Delete, None, Some("old\n"), None);
    say(
        "d/Moved.md",
        Operation::Move,
        Some("Moved.md"),
        Some("moved\n"),
        Some("moved\n"),
    );
    desk.vault.rename("Moved.md", "d/Moved.md");
    say(
        "d/Half.md",
        Operation::Move,
        Some("Half.md"),
        Some("half\n"),
        Some("half\n"),
    );
    fs::hard_link(desk.vault.path("Half.md"), desk.vault.path("d/Half.md"))
        .expect("it can be linked");
    say(
        "d/Here.md",
        Operation::Move,
        Some("Here.md"),
        Some("here\n"),
        Some("here\n"),
    );
    say("New.md", Operation::Create, None, None, Some("new\n"));
    assert_eq!(pending(&desk, &engine).len(), 8);
    sync(&engine);
    sync(&engine);
    for (path, expected) in [
        ("Done.md", vec!["edit dead Done.md"]),
        ("Not.md", vec![]),
        ("Gone.md", vec!["delete dead Gone.md"]),
        ("Stays.md", vec![]),
        ("d/Moved.md", vec!["move dead Moved.md > d/Moved.md"]),
        ("d/Half.md", vec!["move dead Half.md > d/Half.md"]),
        ("Here.md", vec![]),
    ] {
        assert_eq!(told(&engine, path), expected, "{path}");
    }
    let files = desk.vault.files();
    let files: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        files,
        [
            "Done.md",
            "Here.md",
            "Not.md",
            "Stays.md",
            "d/Half.md",
            "d/Moved.md"
        ]
    );
    let trash = main(&engine).trash().expect("it can be asked");
    assert_eq!(trash.len(), 1, "{trash:?}");
    drop(engine);
    assert_eq!(pending(&desk, &desk.engine()), []);
}

#[test]
fn what_came_after_tells_what_became_of_a_change() {
    let desk = Desk::new("//- Tea.md\none\n");
    let engine = desk.synced();
    record(
        &desk,
        &engine,
        "Tea.md",
        Operation::Edit,
        None,
        Some("one\n"),
        Some("never\n"),
    );
    append(main(&engine), "Tea", "two");
    sync(&engine);
    assert_eq!(told(&engine, "Tea"), ["edit cairn Tea.md"]);
    record(
        &desk,
        &engine,
        "d/Tea.md",
        Operation::Move,
        Some("Tea.md"),
        Some(&desk.vault.read("Tea.md")),
        Some(&desk.vault.read("Tea.md")),
    );
    desk.vault.rename("Tea.md", "d/Tea.md");
    // This tells the index, and nobody what became of the revision.
    main(&engine)
        .reindex(&Silent, &Cancel::new())
        .expect("it can be read");
    main(&engine)
        .move_note("d/Tea.md", "e/")
        .expect("nothing is there");
    sync(&engine);
    assert_eq!(
        told(&engine, "Tea"),
        [
            "move cairn d/Tea.md > e/Tea.md",
            "move dead Tea.md > d/Tea.md",
            "edit cairn Tea.md"
        ]
    );
}

#[test]
fn a_history_that_cannot_be_read_refuses_the_write() {
    let desk = Desk::new("//- Tea.md\ntea\n");
    // What is in the log is folded back when it is closed.
    drop(desk.synced());
    let engine = desk.engine();
    let before = desk.vault.snapshot();
    let was = patch(&desk, 0, &[0xff; 100]);
    let request = WriteRequest {
        title: "Tea".to_owned(),
        content: "green\n".to_owned(),
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    let errors = [
        main(&engine).write_note(&request).expect_err("no history"),
        main(&engine)
            .move_note("Tea", "d/Tea")
            .expect_err("no history"),
        main(&engine).delete_note("Tea").expect_err("no history"),
    ];
    for error in errors {
        assert!(error.to_string().contains("history"), "{error}");
        assert!(matches!(error.kind(), Kind::Corrupt | Kind::Io), "{error}");
    }
    assert!(desk.vault.snapshot() == before, "a file changed");
    patch(&desk, 0, &was);
    append(main(&engine), "Tea", "well again");
    assert_eq!(told(&engine, "Tea").len(), 1);
}

fn patch(desk: &Desk, place: u64, bytes: &[u8]) -> Vec<u8> {
    let mut options = File::options();
    let mut file = options
        .read(true)
        .write(true)
        .open(desk.data.path("history.db"))
        .expect("it is there");
    let mut was = vec![0; bytes.len()];
    file.seek(SeekFrom::Start(place)).expect("it is that long");
    file.read_exact(&mut was).expect("it is that long");
    file.seek(SeekFrom::Start(place)).expect("it is that long");
    file.write_all(bytes).expect("it can be written");
    was
}

#[test]
fn a_file_that_is_no_history_is_left_as_it_is() {
    let desk = Desk::new("");
    desk.data.write(
        "history.db",
        "my diary, which is long enough to be no empty file\n",
    );
    let error = Engine::open(desk.settings()).err().expect("it is none");
    assert_eq!(error.kind(), Kind::Corrupt, "{error}");
    assert!(desk.data.read("history.db").starts_with("my diary"));
}

#[test]
fn temporary_files_of_dead_processes_are_cleared_away() {
    let desk = Desk::new("//- Tea.md\ntea\n//- d/Milk.md\nmilk\n");
    let now = u64::try_from(tick().as_second()).expect("it is after 1970");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(now - 2 * 60 * 60);
    let young = SystemTime::UNIX_EPOCH + Duration::from_secs(now - 10 * 60);
    for (path, time) in [
        (".cairn-old123.tmp", old),
        ("d/.cairn-old456.tmp", old),
        ("d/.cairn-young1.tmp", young),
        ("d/.cairn-held12.tmp", old),
        (".other-tool.tmp", old),
        (".cairn-notes.md", old),
    ] {
        desk.vault.write(path, "half of it");
        desk.vault.set_mtime(path, time);
    }
    let held = File::open(desk.vault.path("d/.cairn-held12.tmp")).expect("it is there");
    held.lock().expect("nobody else has it");
    let engine = desk.synced();
    let hidden = || {
        let files = desk.vault.files().into_iter().map(|(path, _)| path);
        files
            .filter(|path| path.contains("/.") || path.starts_with('.'))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        hidden(),
        [
            ".cairn-notes.md",
            ".other-tool.tmp",
            "d/.cairn-held12.tmp",
            "d/.cairn-young1.tmp"
        ]
    );
    drop(held);
    sync(&engine);
    assert_eq!(
        hidden(),
        [".cairn-notes.md", ".other-tool.tmp", "d/.cairn-young1.tmp"]
    );
}

#[test]
fn an_index_built_anew_finds_out_what_dead_processes_did_and_clears_up() {
    let desk = Desk::new("//- Tea.md\nold\n");
    let engine = desk.synced();
    record(
        &desk,
        &engine,
        "Tea.md",
        Operation::Edit,
        None,
        Some("old\n"),
        Some("new\n"),
    );
    desk.outside("Tea.md", "new\n");
    let now = u64::try_from(tick().as_second()).expect("it is after 1970");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(now - 2 * 60 * 60);
    desk.vault.write(".cairn-old123.tmp", "half of it");
    desk.vault.set_mtime(".cairn-old123.tmp", old);
    main(&engine)
        .reindex(&Silent, &Cancel::new())
        .expect("a folder is indexed");
    assert_eq!(told(&engine, "Tea"), ["edit dead Tea.md"]);
    drop(engine);
    assert_eq!(pending(&desk, &desk.engine()), []);
    assert!(!desk.vault.path(".cairn-old123.tmp").exists());
}

#[test]
fn two_engines_write_one_history() {
    let desk = Desk::new("");
    let engines = [desk.synced(), desk.engine()];
    std::thread::scope(|scope| {
        for (number, engine) in engines.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..20 {
                    let actor = format!("actor {number}");
                    write(
                        main(engine).acting(&actor),
                        &format!("Note {number}"),
                        &format!("{round}\n"),
                    );
                }
            });
        }
    });
    for number in 0..2 {
        let all = revisions(&engines[1 - number], &format!("Note {number}"));
        assert_eq!(all.len(), 20);
        assert!(
            all.iter()
                .all(|revision| revision.actor == format!("actor {number}"))
        );
    }
    let path = NotePath::parse("Note 0.md").expect("it is a path");
    let text = desk.vault.read(path.as_str());
    let hash = Hash::of(text.as_bytes()).to_string();
    assert_eq!(revisions(&engines[0], "Note 0")[0].after, Some(hash));
    undo_last(main(&engines[0]));
}

#[test]
fn other_processes_see_what_is_done_once_it_is_settled_or_synced() {
    let desk = Desk::new("");
    let engine = desk.synced();
    write(main(&engine).acting("agent"), "Tea", "tea\n");
    let project = engine.settings().projects[0].id().0;
    let pending = || desk.history().pending(project).expect("it can be asked");
    assert_eq!(pending().len(), 1, "it is written with the next change");
    engine.settle().expect("the disk is there");
    assert_eq!(pending().len(), 0);
    write(main(&engine).acting("agent"), "Milk", "milk\n");
    assert_eq!(pending().len(), 1);
    let other = desk.engine();
    sync(&other);
    assert_eq!(pending().len(), 0, "a sync of another process found out");
}
