//! Many at once: threads on one history, many histories on one file.

use crate::bench::{PROJECT, Place, did, edited, entry, hour, list, on_each, text, when};
use cairn_history::{
    Content, Error, Filter, Hash, History, Operation, Options, Outcome, Retention, RevisionId,
};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

/// Records edits of one note of this thread's own and one they all edit; returns what was acknowledged.
fn write(history: &History, thread: usize, rounds: usize) -> Vec<RevisionId> {
    let mut acknowledged = Vec::new();
    let mut before = String::new();
    for round in 0..rounds {
        let after = if before.is_empty() {
            text(thread as u64, 1_000)
        } else {
            edited(&before, round as u64)
        };
        let own = entry(&format!("own-{thread}"), Operation::Edit, &before, &after);
        let shared = entry("shared", Operation::Write, "", &format!("{thread} {round}"));
        let recorded = history.record(vec![own, shared]).expect("it is recorded");
        assert_eq!(recorded.revisions[0].0, recorded.change.0);
        history.settle(&[(recorded.revisions[0], Outcome::Done)]);
        acknowledged.extend(recorded.revisions);
        before = after;
    }
    acknowledged
}

fn expect_all(history: &History, acknowledged: Vec<Vec<RevisionId>>) {
    let given: Vec<RevisionId> = acknowledged.into_iter().flatten().collect();
    let different: BTreeSet<RevisionId> = given.iter().copied().collect();
    assert_eq!(different.len(), given.len(), "a number was given twice");
    let kept: BTreeSet<RevisionId> = history
        .revisions(&Filter::default(), usize::MAX)
        .expect("it can be asked")
        .iter()
        .map(|revision| revision.id)
        .collect();
    assert_eq!(kept, different);
    assert_eq!(history.check().expect("it can be checked"), []);
}

#[test]
fn threads_on_one_history_lose_nothing() {
    on_each(|history| {
        let acknowledged = thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|thread| scope.spawn(move || write(history, thread, 20)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no thread fails"))
                .collect()
        });
        expect_all(history, acknowledged);
    });
}

#[test]
fn eight_histories_on_one_file_lose_nothing() {
    let place = Place::new();
    let together = Barrier::new(8);
    let acknowledged = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let (place, together) = (&place, &together);
                scope.spawn(move || {
                    together.wait();
                    // All of them make the file.
                    write(&place.open(), thread, 20)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no thread fails"))
            .collect()
    });
    expect_all(&place.open(), acknowledged);
}

#[test]
fn one_that_fails_takes_no_other_with_it() {
    on_each(|history| {
        let results: Vec<bool> = thread::scope(|scope| {
            let threads: Vec<_> = (0..32)
                .map(|thread| {
                    scope.spawn(move || {
                        let mut given = entry(&format!("{thread}"), Operation::Create, "", "text");
                        if thread % 2 == 1 {
                            given.before = Some(Content::Known(Hash::of(b"never seen")));
                        }
                        history.record(vec![given]).is_ok()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no thread fails"))
                .collect()
        });
        for (thread, is_recorded) in results.into_iter().enumerate() {
            assert_eq!(is_recorded, thread % 2 == 0, "{thread}");
        }
        assert_eq!(list(history, &Filter::default()).len(), 16);
    });
}

#[test]
fn pruning_beside_writers_breaks_nothing() {
    let place = Place::new();
    let history = place.open();
    let retention = Retention {
        everything: Duration::ZERO,
        daily: Some(Duration::ZERO),
        trash: None,
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|thread| {
                let place = &place;
                scope.spawn(move || {
                    let history = place.open();
                    let note = format!("note-{thread}");
                    let mut before = text(thread, 2_000);
                    for round in 0..40 {
                        let after = edited(&before, round);
                        let edit = entry(&note, Operation::Edit, &before, &after);
                        did(&history, vec![when(hour(0), edit)]);
                        before = after;
                    }
                    before
                })
            })
            .collect();
        for _ in 0..10 {
            history.prune(&retention, hour(1)).expect("it prunes");
        }
        for writer in writers {
            let last = writer.join().expect("no thread fails");
            let content = history
                .content(&Hash::of(last.as_bytes()))
                .expect("it reads back");
            assert_eq!(content, Some(last.into_bytes()));
        }
    });
    history.prune(&retention, hour(1)).expect("it prunes");
    assert_eq!(history.check().expect("it can be checked"), []);
    assert_eq!(list(&history, &Filter::default()).len(), 4);
}

#[test]
fn readers_do_not_wait_for_a_writer_and_a_writer_does_not_wait_for_ever() {
    let place = Place::new();
    let impatient = Options {
        busy_timeout: Duration::from_millis(20),
        ..Options::default()
    };
    let history = History::open(&place.path(), &impatient).expect("it opens");
    did(&history, vec![entry("a", Operation::Create, "", "A")]);
    let other = Connection::open(place.path()).expect("it opens");
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody writes");
    assert_eq!(list(&history, &Filter::default()), ["create a.md: - > A"]);
    let refused = history
        .record(vec![entry("b", Operation::Create, "", "B")])
        .expect_err("another one writes");
    assert!(matches!(refused, Error::Busy { .. }), "{refused}");
    // What cannot be written now is written later.
    let pending = history
        .revisions(&Filter::default(), 1)
        .expect("it can be asked")[0]
        .id;
    history.settle(&[(pending, Outcome::Done)]);
    history.flush().expect_err("another one writes");
    other.execute_batch("ROLLBACK").expect("it was open");
    did(&history, vec![entry("b", Operation::Create, "", "B")]);
    assert_eq!(list(&history, &Filter::default()).len(), 2);
    history.flush().expect("nobody writes");
    assert_eq!(place.open().pending(PROJECT).expect("it can be asked"), []);
}

#[test]
fn a_full_disk_is_an_error_and_leaves_a_whole_history() {
    let place = Place::new();
    did(&place.open(), vec![entry("a", Operation::Create, "", "A")]);
    let history = place.open();
    // A trigger that fails in the middle of an entry is what a failing disk looks like.
    let meddler = Connection::open(place.path()).expect("it opens");
    let fails = "CREATE TRIGGER full BEFORE INSERT ON identity WHEN new.note = 'b'
                 BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END";
    meddler
        .execute_batch(fails)
        .expect("it can be meddled with");
    let error = history
        .record(vec![entry("b", Operation::Create, "", "B")])
        .expect_err("it fails");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    meddler
        .execute_batch("DROP TRIGGER full")
        .expect("it can be meddled with");
    did(&history, vec![entry("c", Operation::Create, "", "C")]);
    assert_eq!(
        list(&history, &Filter::default()),
        ["create c.md: - > C", "create a.md: - > A"]
    );
    assert_eq!(history.check().expect("it can be checked"), []);
}
