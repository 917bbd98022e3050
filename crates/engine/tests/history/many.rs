//! Changes of many notes: done in groups, told as they go, stopped between two of them.

use crate::support::{Desk, main, restore, sync, undo_last};
use cairn_engine::{Cancel, Confirm, Progress, Silent, UndoRequest};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

const NOTES: usize = 600;

fn many() -> Desk {
    let text = (0..NOTES).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "//- d/{}/{number}.md\nnote {number}", number % 7);
        text
    });
    Desk::new(&text)
}

/// Counts, and asks to stop when something was done.
#[derive(Default)]
struct Stop {
    cancel: Cancel,
    total: AtomicU64,
    done: AtomicU64,
}

impl Progress for Stop {
    fn begin(&self, _phase: &'static str, total: Option<u64>) {
        let total = total.expect("it is known how many they are");
        self.total.store(total, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
    }

    fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
        self.cancel.cancel();
    }
}

/// (all, done until it stopped).
fn numbers(stop: &Stop) -> (usize, usize) {
    let number =
        |at: &AtomicU64| usize::try_from(at.load(Ordering::Relaxed)).expect("they are few");
    (number(&stop.total), number(&stop.done))
}

#[test]
fn what_is_stopped_is_done_for_some_and_goes_on_where_it_was() {
    let desk = many();
    let engine = desk.synced();
    let project = main(&engine);
    let before = desk.vault.snapshot();

    let stop = Stop::default();
    let deleted = project
        .delete_directory("d", Confirm::Given, &stop, &stop.cancel)
        .expect("it is a folder");
    let (all, done) = numbers(&stop);
    assert_eq!((all, deleted.cancelled), (NOTES, true));
    assert_eq!(deleted.deleted.len(), done);
    assert!(0 < done && done < NOTES, "{done}");
    assert_eq!(desk.vault.files().len(), NOTES - done);
    project
        .delete_directory("d", Confirm::Given, &Silent, &Cancel::new())
        .expect("it is a folder");
    assert_eq!(desk.vault.files(), []);
    assert_eq!(restore(project, "d", None), NOTES);
    assert!(desk.vault.snapshot() == before);

    let request = UndoRequest::default();
    let stop = Stop::default();
    let undone = project
        .undo(&request, &stop, &stop.cancel)
        .expect("something was changed");
    let (all, done) = numbers(&stop);
    assert_eq!((all, undone.cancelled), (NOTES, true));
    assert_eq!(undone.undone.len(), done);
    assert_eq!(desk.vault.files().len(), NOTES - done);
    let rest = UndoRequest {
        change: Some(undone.undone[0].change),
        ..UndoRequest::default()
    };
    let rest = project
        .undo(&rest, &Silent, &Cancel::new())
        .expect("the rest is there");
    assert_eq!(
        rest.undone.len(),
        NOTES - done,
        "what was undone is not undone again"
    );
    assert_eq!(desk.vault.files(), []);

    let report = sync(&engine);
    assert_eq!((report.new, report.deleted), (0, 0));
}

#[test]
fn a_folder_is_moved_where_another_one_of_its_own_leaves() {
    // The second one goes where the first one was.
    let desk = Desk::new("//- a/A.md\nouter\n//- a/a/A.md\ninner\n");
    let engine = desk.synced();
    let before = desk.vault.snapshot();
    let moved = main(&engine)
        .move_directory("a", "/", &Silent, &Cancel::new())
        .expect("it is a folder");
    assert_eq!((moved.moved.len(), moved.failed), (2, vec![]));
    assert_eq!(desk.vault.read("A.md"), "outer\n");
    assert_eq!(desk.vault.read("a/A.md"), "inner\n");
    undo_last(main(&engine));
    assert!(desk.vault.snapshot() == before);
}
