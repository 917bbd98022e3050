//! What the writing verbs have in common, under programs that know nothing of each other.

use super::*;
use crate::files::Point;
use crate::files::failpoints::at;
use crate::{Cancel, Engine, Kind, Settings, Silent};
use cairn_history::Hash;
use cairn_testkit::Vault;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

fn path(text: &str) -> NotePath {
    NotePath::parse(text).expect("a path")
}

#[test]
fn a_write_the_index_cannot_be_told_says_that_the_file_is_written() {
    let vault = Vault::new("");
    let engine =
        Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
    let project = engine.project(None).expect("there is a default project");
    let path = path("Tea.md");
    // The change is refused because this thread holds a session.
    let session = project.session("hold the index").expect("it is free");
    let error = project
        .put(&path, "id".to_owned(), None, "zebra\n", Operation::Create)
        .expect_err("the index is held");
    drop(session);
    assert!(
        error
            .to_string()
            .starts_with("Tea.md was written, but the index does not know it yet: "),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Busy);
    assert_eq!(
        error.hint().as_deref(),
        Some("the next sync brings the index in step")
    );
    assert_eq!(vault.read("Tea.md"), "zebra\n");
    let report = project.sync(&Silent, &Cancel::new()).expect("it syncs");
    assert_eq!(report.new, 1);
}

#[test]
fn a_note_that_is_moved_while_its_lock_is_waited_for_is_found_where_it_is() {
    let vault = Vault::new("//- a/Tea.md\nx\n");
    let engine =
        Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
    let project = engine.project(None).expect("there is a default project");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    std::thread::scope(|scope| {
        for round in 0..20 {
            let (from, to) = if round % 2 == 0 {
                ("a", "b")
            } else {
                ("b", "a")
            };
            let (from, to) = (
                path(&format!("{from}/Tea.md")),
                path(&format!("{to}/Tea.md")),
            );
            let guard = project.lock(&from).expect("nobody holds it");
            let (began, has_begun) = std::sync::mpsc::channel();
            let other = &engine;
            let editor = scope.spawn(move || {
                let project = other.project(None).expect("there is a default project");
                began.send(()).expect("the test waits");
                project.locked("Tea").map(|(record, _guard)| record.path)
            });
            has_begun.recv().expect("it begins");
            // Whether it waits for the lock by now or not: there is always a note of that name.
            std::thread::yield_now();
            files::rename(project.root(), &from, &to, None, engine.settings.durability)
                .expect("nothing is there");
            let entry = Box::new(project.entry(&to).expect("it is there"));
            let change = Change::Move { from, entry };
            project
                .told(&to, "moved", Ok(change))
                .expect("the index is free");
            drop(guard);
            let found = editor.join().expect("it ends").expect("the note is there");
            assert!(
                ["a/Tea.md", "b/Tea.md"].contains(&found.as_str()),
                "{found}"
            );
        }
    });
}

#[test]
fn what_another_program_writes_while_the_disk_is_waited_for_stays() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let engine =
        Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
    let project = engine.project(None).expect("there is a default project");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    for (name, old) in [
        ("Tea.md", project.found(&path("Tea.md"))),
        ("New.md", Ok(None)),
    ] {
        let old = old.expect("it can be read");
        let target = vault.path(name);
        let _hook = at(Point::Replace, target.clone(), move || {
            std::fs::write(&target, "someone's\n")
        });
        let error = project
            .put(
                &path(name),
                "id".to_owned(),
                old.as_ref(),
                "ours\n",
                Operation::Write,
            )
            .expect_err("someone was faster");
        assert_eq!(error.kind(), Kind::Conflict, "{error}");
        assert_eq!(vault.read(name), "someone's\n");
    }
    assert_eq!(vault.files().len(), 2, "no temporary file stays");
}

/// Has another program save a file, once, when a point is passed.
fn saved_at(point: Point, passed: PathBuf, file: PathBuf) -> impl Drop {
    let is_saved = AtomicBool::new(false);
    at(point, passed, move || {
        if is_saved.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let new = file.with_extension("new");
        std::fs::write(&new, "someone's\n")?;
        std::fs::rename(new, &file)
    })
}

#[test]
fn what_another_program_saves_after_the_last_look_stays() {
    let act = |verb: &str, project: Project<'_>| -> Result<()> {
        let path = path("Tea.md");
        match verb {
            "write" => {
                let old = project.found(&path)?;
                let id = "id".to_owned();
                project.put(&path, id, old.as_ref(), "ours\n", Operation::Write)
            }
            "move" => project.move_note("Tea", "b/Moved.md").map(|_| ()),
            _ => project.delete_note("Tea").map(|_| ()),
        }
    };
    for (verb, point, passed) in [
        ("write", Point::Rename, "Tea.md"),
        ("move", Point::Link, "b/Moved.md"),
        ("move", Point::Unlink, "Tea.md"),
        ("delete", Point::Unlink, "Tea.md"),
    ] {
        let vault = Vault::new("//- Tea.md\nold\n//- b/Other.md\nx\n");
        let settings = Settings::in_memory("main", vault.root().to_owned());
        let engine = Engine::open(settings).expect("it opens");
        let project = engine.project(None).expect("there is a default project");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        let hook = saved_at(point, vault.path(passed), vault.path("Tea.md"));
        let error = act(verb, project).expect_err("someone was faster");
        drop(hook);
        assert_eq!(error.kind(), Kind::Conflict, "{verb} at {point:?}: {error}");
        assert_eq!(vault.read("Tea.md"), "someone's\n", "{verb} at {point:?}");
        assert_eq!(vault.files().len(), 2, "{verb} at {point:?}");
        let report = project.sync(&Silent, &Cancel::new()).expect("it syncs");
        assert_eq!(report.modified, 1, "{verb} at {point:?}");
        act(verb, project).expect("nobody is in the way");
    }
}

#[test]
fn the_index_learns_of_what_another_program_saves_after_a_write_by_a_sync_alone() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let settings = Settings::in_memory("main", vault.root().to_owned());
    let engine = Engine::open(settings).expect("it opens");
    let project = engine.project(None).expect("there is a default project");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    let hook = saved_at(Point::Settle, vault.path("Tea.md"), vault.path("Tea.md"));
    let request = crate::WriteRequest {
        title: "Tea".to_owned(),
        content: "ours\n".to_owned(),
        overwrite: crate::Overwrite::Allow,
        ..crate::WriteRequest::default()
    };
    let written = project.write_note(&request).expect("it is written");
    drop(hook);
    let said = |revision: &cairn_history::Revision| revision.after;
    let revisions = || {
        let filter = cairn_history::Filter::default();
        let revisions = engine.history.revisions(&filter, 9);
        revisions.expect("they can be read")
    };
    let ours = Hash::from(written.note.fingerprint.checksum);
    assert_eq!(
        said(&revisions()[0]),
        Some(ours),
        "the answer is what was written"
    );
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    let revisions = revisions();
    assert_eq!(revisions[0].operation, Operation::External);
    assert_eq!(revisions[0].before, Some(ours));
    assert_eq!(said(&revisions[0]), Some(Hash::of(b"someone's\n")));
}

#[test]
fn a_change_is_recorded_as_one_of_what_it_was_made_on() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let settings = Settings::in_memory("main", vault.root().to_owned());
    let engine = Engine::open(settings).expect("it opens");
    let project = engine.project(None).expect("there is a default project");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    let put = |text: &str| {
        let old = project.found(&path("Tea.md")).expect("it can be read");
        let note = project.note_id(&path("Tea.md")).expect("it has one");
        project.put(&path("Tea.md"), note, old.as_ref(), text, Operation::Write)
    };
    put("one\n").expect("it is written");
    // A sync saw what a checkout brought, and then another one took it away again.
    vault.write("Tea.md", "two\n");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    vault.write("Tea.md", "one\n");
    put("three\n").expect("it is written");
    let filter = cairn_history::Filter::default();
    let revisions = engine.history.revisions(&filter, 9);
    let revisions = revisions.expect("they can be read");
    let said: Vec<_> = revisions.iter().map(|revision| revision.after).collect();
    let texts: [&[u8]; 4] = [b"three\n", b"one\n", b"two\n", b"one\n"];
    assert_eq!(said, texts.map(|text| Some(Hash::of(text))));
    for pair in revisions.windows(2) {
        assert_eq!(pair[0].before, pair[1].after);
        assert_ne!(pair[0].change, pair[1].change);
    }
}

#[test]
fn folders_are_spelled_in_many_ways() {
    for (text, expected) in [
        ("notes", Some("notes")),
        ("/notes/", Some("notes")),
        ("./a//b", Some("a/b")),
        ("", None),
        ("/", None),
        (" . ", None),
    ] {
        let folder = folder(text).expect("it is a folder");
        assert_eq!(folder.as_ref().map(NotePath::as_str), expected, "{text:?}");
    }
    assert!(folder("a/../b").is_err());
}
