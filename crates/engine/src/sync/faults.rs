//! Syncs on a file system that fails: see [`crate::files::failpoints`] for why not from outside.

use crate::files::Point;
use crate::files::failpoints::{at, fail};
use crate::{Cancel, Engine, IndexState, Settings, Silent, SyncReport, WriteRequest};
use cairn_testkit::Vault;
use std::fs;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

fn engine(vault: &Vault) -> Engine {
    Engine::open(Settings::in_memory("test", vault.root().to_owned())).expect("memory can be had")
}

fn sync(engine: &Engine) -> SyncReport {
    let project = engine.project(None).expect("there is one");
    project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed")
}

fn known(engine: &Engine) -> Vec<String> {
    let project = engine.project(None).expect("there is one");
    let session = engine.index.read("test").expect("nobody else reads");
    let known = session
        .fingerprints(project.settings.id())
        .expect("it can be read");
    known
        .into_iter()
        .map(|(path, _)| path.to_string())
        .collect()
}

fn faulty(report: &SyncReport) -> Vec<&str> {
    report
        .faults
        .iter()
        .map(|fault| fault.path.as_str())
        .collect()
}

#[test]
fn nothing_below_a_folder_that_cannot_be_listed_is_forgotten() {
    let vault = Vault::new("//- a/b/one.md\n1\n//- a/two.md\n2\n//- three.md\n3\n");
    let engine = engine(&vault);
    sync(&engine);
    let hook = fail(Point::List, vault.path("a/b"), ErrorKind::PermissionDenied);
    // The same content elsewhere is a new file and no move: the old one may still be there.
    vault.write("copy.md", "1\n");
    vault.remove("three.md");
    let report = sync(&engine);
    assert_eq!((report.new, report.moved, report.deleted), (1, 0, 1));
    assert_eq!(faulty(&report), ["a/b"]);
    assert_eq!(known(&engine), ["a/b/one.md", "a/two.md", "copy.md"]);
    let status = engine
        .project(None)
        .expect("there is one")
        .status()
        .expect("the root can be listed");
    assert_eq!(status.state, IndexState::UpToDate);
    assert_eq!(status.deleted, Vec::<String>::new());
    assert_eq!(status.faults, report.faults);
    drop(hook);
    let report = sync(&engine);
    assert_eq!((report.new, report.deleted, report.unchanged), (0, 0, 3));
    assert_eq!(report.faults, []);
}

#[test]
fn reindexing_forgets_nothing_below_a_folder_that_cannot_be_listed() {
    let vault = Vault::new("//- a/one.md\n1\n//- two.md\n2\n");
    let engine = engine(&vault);
    sync(&engine);
    let _hook = fail(Point::List, vault.path("a"), ErrorKind::PermissionDenied);
    let project = engine.project(None).expect("there is one");
    let report = project
        .reindex(&Silent, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!((report.modified, report.deleted), (1, 0));
    assert_eq!(known(&engine), ["a/one.md", "two.md"]);
}

#[test]
fn a_file_that_cannot_be_read_stays_as_it_was_known_and_is_tried_again() {
    let vault = Vault::new("//- a.md\nold\n//- b.md\nb\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.write("a.md", "new and longer\n");
    vault.write("c.md", "c\n");
    let hooks = ["a.md", "c.md"]
        .map(|name| fail(Point::Open, vault.path(name), ErrorKind::PermissionDenied));
    for _ in 0..2 {
        let report = sync(&engine);
        assert_eq!((report.new, report.modified, report.deleted), (0, 0, 0));
        assert_eq!(faulty(&report), ["a.md", "c.md"]);
        assert_eq!(known(&engine), ["a.md", "b.md"]);
    }
    drop(hooks);
    let report = sync(&engine);
    assert_eq!((report.new, report.modified), (1, 1));
    assert_eq!(report.faults, []);
}

#[test]
fn a_file_that_vanishes_between_listing_and_reading_is_simply_gone() {
    let vault = Vault::new("//- a.md\nold\n//- b.md\nb\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.write("a.md", "new and longer\n");
    vault.write("c.md", "c\n");
    let _hooks = ["a.md", "c.md"].map(|name| {
        let absolute = vault.path(name);
        at(Point::Open, absolute.clone(), move || {
            drop(fs::remove_file(&absolute));
            Ok(())
        })
    });
    let report = sync(&engine);
    assert_eq!((report.new, report.modified, report.deleted), (0, 0, 1));
    assert_eq!(report.faults, []);
    assert_eq!(known(&engine), ["b.md"]);
}

#[test]
fn a_file_written_again_before_its_row_is_dropped_stays() {
    let vault = Vault::new("//- a.md\na\n//- b.md\nb\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.remove("a.md");
    let absolute = vault.path("a.md");
    let hook = at(Point::Open, absolute.clone(), move || {
        fs::write(&absolute, "a again\n")
    });
    let report = sync(&engine);
    assert_eq!(report.deleted, 0);
    assert_eq!(known(&engine), ["a.md", "b.md"]);
    drop(hook);
    assert_eq!(sync(&engine).modified, 1);
}

#[test]
fn a_deletion_nobody_can_confirm_is_not_made() {
    let vault = Vault::new("//- a/b.md\nb\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.remove("a/b.md");
    let hook = fail(Point::Open, vault.path("a/b.md"), ErrorKind::TimedOut);
    assert_eq!(sync(&engine).deleted, 0);
    drop(hook);
    assert_eq!(sync(&engine).deleted, 1);
}

#[test]
fn what_a_verb_writes_during_a_sync_is_not_replaced_by_what_was_read_before() {
    let vault = Vault::new("//- a.md\nfirst\n//- b.md\nb\n");
    let mut settings = Settings::in_memory("test", vault.root().to_owned());
    // One thread reads a.md before b.md.
    settings.index_concurrency = 1;
    let engine = Arc::new(Engine::open(settings).expect("memory can be had"));
    sync(&engine);
    vault.write("a.md", "stale\n");
    vault.write("b.md", "b again\n");
    let (writer, once) = (Arc::clone(&engine), AtomicBool::new(true));
    let hook = at(Point::Open, vault.path("b.md"), move || {
        if once.swap(false, Ordering::Relaxed) {
            let path = cairn_note::NotePath::from_disk("a.md").expect("a good path");
            let project = writer.project(None).expect("there is one");
            let found = project.found(&path).expect("it is there");
            project
                .put(
                    &path,
                    "id".to_owned(),
                    found.as_ref(),
                    "newer\n",
                    cairn_history::Operation::Write,
                )
                .expect("it is written");
        }
        Ok(())
    });
    sync(&engine);
    drop(hook);
    let dump = engine.project(None).expect("there is one").dump();
    let dump = dump.expect("it can be read");
    assert!(dump.contains("newer") && !dump.contains("stale"), "{dump}");
    assert_eq!(sync(&engine).unchanged, 2);
}

#[test]
fn a_sync_told_to_stop_deletes_nothing_and_the_next_one_goes_on() {
    let vault = Vault::new("//- a.md\na\n//- b.md\nb\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.remove("a.md");
    vault.write("c.md", "c\n");
    let cancel = Cancel::new();
    cancel.cancel();
    let project = engine.project(None).expect("there is one");
    let report = project
        .sync(&Silent, &cancel)
        .expect("stopping is no failure");
    assert!(report.cancelled);
    assert_eq!((report.new, report.deleted), (0, 0));
    assert_eq!(known(&engine), ["a.md", "b.md"]);
    let report = sync(&engine);
    assert_eq!(
        (report.new, report.deleted, report.cancelled),
        (1, 1, false)
    );
}

#[test]
fn a_disk_taken_away_during_a_scan_takes_nothing_with_it() {
    let vault = Vault::new("//- root/a/one.md\n1\n//- root/two.md\n2\n");
    let settings = Settings::in_memory("test", vault.path("root"));
    let engine = Engine::open(settings).expect("memory can be had");
    sync(&engine);
    for (point, path) in [(Point::List, "root/a"), (Point::Open, "root/two.md")] {
        let (root, away) = (vault.path("root"), vault.path("away"));
        let hook = at(point, vault.path(path), move || {
            if !away.exists() {
                fs::rename(&root, &away)?;
                fs::create_dir(&root)?;
            }
            Ok(())
        });
        if point == Point::Open {
            vault.remove("root/two.md");
        }
        let project = engine.project(None).expect("there is one");
        let result = project.sync(&Silent, &Cancel::new());
        assert_eq!(result.is_err(), point == Point::List, "{result:?}");
        assert!(vault.has("away"), "the disk was taken away");
        assert_eq!(known(&engine), ["a/one.md", "two.md"]);
        drop(hook);
        vault.remove("root");
        vault.rename("away", "root");
    }
    let report = sync(&engine);
    assert_eq!((report.deleted, report.unchanged), (1, 1));
}

#[test]
fn what_is_seen_of_a_note_that_is_moved_meanwhile_is_no_other_note() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let settings = Settings::in_memory("main", vault.root().to_owned());
    let engine = Arc::new(Engine::open(settings).expect("it opens"));
    let project = engine.project(None).expect("there is one");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    vault.write("Tea.md", "someone's\n");
    let (other, is_moved) = (Arc::clone(&engine), AtomicBool::new(false));
    let hook = at(Point::Read, vault.path("Tea.md"), move || {
        if !is_moved.swap(true, Ordering::SeqCst) {
            let project = other.project(None).expect("there is one");
            project.sync(&Silent, &Cancel::new()).expect("it syncs");
            project.move_note("Tea", "b/Moved.md").expect("it is known");
        }
        Ok(())
    });
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    drop(hook);
    let filter = cairn_history::Filter::default();
    let revisions = engine.history.revisions(&filter, 9);
    let revisions = revisions.expect("they can be read");
    let said: Vec<_> = revisions
        .iter()
        .map(|revision| (revision.operation.name(), revision.path.as_str()))
        .collect();
    assert_eq!(said, [("move", "b/Moved.md"), ("external", "Tea.md")]);
    let known = project.known().expect("it can be asked");
    assert_eq!(known, 1);
}

/// Two threads meet at each of these, in their order.
#[derive(Clone, Copy)]
enum Meeting {
    Lists,
    IsWritten,
    HasRead,
    IsTold,
    Applies,
    IsGone,
}

#[test]
fn a_note_that_came_and_went_while_a_sync_looked_is_not_there() {
    let vault = Vault::new("//- a/Milk.md\nmilk\n");
    let settings = Settings::in_memory("main", vault.root().to_owned());
    let engine = Engine::open(settings).expect("it opens");
    let project = engine.project(None).expect("there is one");
    project.sync(&Silent, &Cancel::new()).expect("it syncs");
    let meetings: Arc<[Barrier; 6]> = Arc::new(std::array::from_fn(|_| Barrier::new(2)));
    let writer = std::thread::current().id();
    let meet = |first: Meeting, second: Meeting, point, path: &str| {
        let (meetings, is_past) = (Arc::clone(&meetings), AtomicBool::new(false));
        at(point, vault.path(path), move || {
            // The writer passes the points of a reader, too.
            let is_writer = std::thread::current().id() == writer;
            let is_meant = is_writer == (point == Point::Tell);
            if is_meant && !is_past.swap(true, Ordering::SeqCst) {
                meetings[first as usize].wait();
                meetings[second as usize].wait();
            }
            Ok(())
        })
    };
    let _hooks = [
        meet(Meeting::Lists, Meeting::IsWritten, Point::List, "a"),
        meet(
            Meeting::IsWritten,
            Meeting::HasRead,
            Point::Tell,
            "a/Tea.md",
        ),
        meet(Meeting::HasRead, Meeting::IsTold, Point::Read, "a/Tea.md"),
        meet(Meeting::Applies, Meeting::IsGone, Point::Apply, ""),
    ];
    std::thread::scope(|scope| {
        scope.spawn(|| project.sync(&Silent, &Cancel::new()).expect("it syncs"));
        meetings[Meeting::Lists as usize].wait();
        let request = WriteRequest {
            title: "Tea".to_owned(),
            folder: "a".to_owned(),
            content: "tea".to_owned(),
            ..WriteRequest::default()
        };
        project.write_note(&request).expect("nothing is there");
        meetings[Meeting::IsTold as usize].wait();
        meetings[Meeting::Applies as usize].wait();
        project.delete_note("Tea").expect("it was written");
        meetings[Meeting::IsGone as usize].wait();
    });
    assert!(!vault.path("a/Tea.md").exists());
    assert_eq!(project.known().expect("it can be asked"), 1);
}
