//! What a prune takes out of the history, and what can still be had afterwards.

use crate::support::{Desk, append, content, main, revisions, sync, told, write};
use cairn_engine::{Cancel, Engine, Error, Progress, Retention, Settings, Silent};
use cairn_history::Hash;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Years after everything the tests do.
fn later() -> Timestamp {
    Timestamp::from_second(1_900_000_000).expect("it is a time")
}

/// Two days after [`later`].
fn two_days_later() -> Timestamp {
    later() + SignedDuration::from_hours(48)
}

/// Opens an engine years later that keeps no more than it must.
fn strict(desk: &Desk) -> Engine {
    strict_at(desk, later)
}

fn strict_at(desk: &Desk, clock: fn() -> Timestamp) -> Engine {
    let day = Duration::from_secs(24 * 60 * 60);
    Engine::open(Settings {
        retention: Retention {
            everything: day,
            daily: Some(day),
            trash: Some(day),
        },
        clock,
        ..desk.settings()
    })
    .expect("it opens")
}

/// Tea of three revisions, and Milk in the trash.
fn worked_on() -> Desk {
    let desk = Desk::new("");
    let engine = desk.synced();
    write(main(&engine), "Tea", "one\n");
    append(main(&engine), "Tea", "two\n");
    append(main(&engine), "Tea", "three\n");
    write(main(&engine), "Milk", "white\n");
    main(&engine).delete_note("Milk").expect("it is there");
    desk
}

#[test]
fn what_retention_no_longer_asks_for_goes() {
    let desk = worked_on();
    let engine = strict(&desk);
    let foretold = engine.rehearse_prune().expect("it can be asked");
    assert_eq!(told(&engine, "Tea").len(), 3);
    let pruned = engine
        .prune_history(&Silent, &Cancel::new())
        .expect("it prunes");
    assert_eq!(pruned.gone, foretold.gone);
    // Of Tea what it says now and the text before it; of Milk nothing.
    assert_eq!((pruned.gone.revisions, pruned.gone.contents), (4, 2));
    assert_eq!(pruned.before, foretold.before);
    assert_eq!((pruned.before.revisions, pruned.now.revisions), (5, 1));
    assert_eq!(told(&engine, "Tea"), ["edit cairn Tea.md"]);
    let last = &revisions(&engine, "Tea")[0];
    let history = desk.history();
    assert!(content(&history, last.before.as_ref()).ends_with("two\n"));
    assert_eq!(
        content(&history, last.after.as_ref()),
        desk.vault.read("Tea.md")
    );
    assert_eq!(main(&engine).trash().expect("it can be asked"), []);
    assert_eq!(history.check().expect("it can be read"), []);
    let again = engine
        .prune_history(&Silent, &Cancel::new())
        .expect("it prunes");
    assert_eq!(again.gone.revisions, 0);
}

#[test]
fn the_default_keeps_the_trash_and_the_last_of_a_day() {
    let desk = worked_on();
    let engine = Engine::open(Settings {
        clock: later,
        ..desk.settings()
    })
    .expect("it opens");
    engine
        .prune_history(&Silent, &Cancel::new())
        .expect("it prunes");
    assert_eq!(told(&engine, "Tea"), ["edit cairn Tea.md"]);
    assert_eq!(told(&engine, "Milk")[0], "delete cairn Milk.md");
    let trash = main(&engine).trash().expect("it can be asked");
    assert_eq!(trash.len(), 1);
}

#[test]
fn a_prune_says_how_far_it_is_and_can_be_stopped() {
    /// Stops what it watches when it has begun to take revisions.
    struct Stop<'a>(&'a Cancel, AtomicU64);
    impl Progress for Stop<'_> {
        fn begin(&self, phase: &'static str, total: Option<u64>) {
            if phase == "revisions" {
                self.1.store(total.unwrap_or(0), Ordering::Relaxed);
                self.0.cancel();
            }
        }
        fn advance(&self, _steps: u64) {}
    }
    let desk = worked_on();
    let engine = strict(&desk);
    let cancel = Cancel::new();
    let stop = Stop(&cancel, AtomicU64::new(0));
    let stopped = engine.prune_history(&stop, &cancel);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    assert_eq!(
        stop.1.load(Ordering::Relaxed),
        2,
        "notes that lose something"
    );
    assert_eq!(told(&engine, "Tea").len(), 3);
    engine
        .prune_history(&Silent, &Cancel::new())
        .expect("it goes on");
    assert_eq!(told(&engine, "Tea").len(), 1);
}

#[test]
fn what_a_note_said_when_it_was_first_seen_goes_with_it_and_stays_as_long_as_it_says_it() {
    let desk = Desk::new("//- Gone.md\ngone\n//- Stays.md\nstays\n");
    let engine = desk.synced();
    desk.vault.remove("Gone.md");
    sync(&engine);
    drop(engine);
    let kept = |text: &str| {
        let kept = desk.history().has(&Hash::of(text.as_bytes()));
        kept.expect("it can be asked")
    };
    for (clock, is_kept) in [(later as fn() -> Timestamp, true), (two_days_later, false)] {
        let engine = strict_at(&desk, clock);
        let pruned = engine.prune_history(&Silent, &Cancel::new());
        assert_eq!(pruned.expect("it prunes").now.revisions, 0);
        assert_eq!((kept("gone\n"), kept("stays\n")), (is_kept, true));
    }
}
