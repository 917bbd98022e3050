//! Moves that are stopped, or meet what others write meanwhile.

use crate::support::{main, open, request, said, undo};
use cairn_engine::{Cancel, Error, Progress};
use cairn_testkit::Vault;

/// Does something when a phase begins.
struct When<F: Fn() + Sync>(&'static str, F);

impl<F: Fn() + Sync> Progress for When<F> {
    fn begin(&self, phase: &'static str, _total: Option<u64>) {
        if phase == self.0 {
            self.1();
        }
    }
    fn advance(&self, _steps: u64) {}
}

const NOTES: &str = "//- n/Tea.md\nx\n//- One.md\n[[n/Tea]]\n//- Two.md\n[[n/Tea]] too\n";

#[test]
fn stopped_while_it_reads_nothing_is_moved() {
    let vault = Vault::new(NOTES);
    let engine = open(&vault);
    let before = vault.snapshot();
    let cancel = Cancel::new();
    let stopped = main(&engine).move_note_as(
        &request("Tea", "a/Tea"),
        &When("read links", || cancel.cancel()),
        &cancel,
    );
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    assert_eq!(vault.snapshot(), before);
}

#[test]
fn stopped_while_it_writes_the_others_are_named() {
    let vault = Vault::new(NOTES);
    let engine = open(&vault);
    let before = vault.snapshot();
    let cancel = Cancel::new();
    let moved = main(&engine)
        .move_note_as(
            &request("Tea", "a/Tea"),
            &When("update links", || cancel.cancel()),
            &cancel,
        )
        .expect("it is moved");
    assert!(moved.links.cancelled);
    assert_eq!(
        said(&moved.links),
        ["One.md [[n/Tea]] -> nothing", "Two.md [[n/Tea]] -> nothing"]
    );
    assert!(vault.has("a/Tea.md"));
    undo(&engine);
    assert_eq!(vault.snapshot(), before);
}

#[test]
fn a_note_that_somebody_writes_meanwhile_keeps_their_text_and_is_named() {
    let vault = Vault::new(NOTES);
    let engine = open(&vault);
    let moved = main(&engine)
        .move_note_as(
            &request("Tea", "a/Tea"),
            &When("update links", || {
                vault.write("One.md", "theirs [[n/Tea]]\n");
            }),
            &Cancel::new(),
        )
        .expect("it is moved");
    assert_eq!(
        said(&moved.links),
        [
            "Two.md:1 [[n/Tea]] -> [[a/Tea]]",
            "One.md: One.md was changed by someone else since it was read",
        ]
    );
    assert_eq!(vault.read("One.md"), "theirs [[n/Tea]]\n");
    assert_eq!(vault.read("Two.md"), "[[a/Tea]] too\n");
}
