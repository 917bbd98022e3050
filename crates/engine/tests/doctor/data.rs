//! Index and history files, locks, and who watches.

use crate::support::Ward;
use cairn_engine::doctor::{Check, Severity, examine};
use cairn_engine::{Cancel, Error, IndexLocation, Silent};
use std::fs::{self, File};

const NOTES: &str = "//- notes/a.md\n# A\ntea and [[b]]\n//- notes/b.md\n# B\n//- notes/c.png\nx\n";

/// Overwrites the middle of every third page but the first ones.
fn scratch(ward: &Ward, file: &str) {
    let mut bytes = fs::read(ward.vault.path(file)).expect("it is there");
    for page in bytes.chunks_mut(4_096).skip(3).step_by(3) {
        page[..200].fill(0xA5);
    }
    ward.vault.write_bytes(file, &bytes);
}

fn many() -> String {
    (0..300)
        .map(|number| {
            format!(
                "//- notes/{number}.md\n# Tea {number}\n[[{}]]\n",
                (number + 1) % 300
            )
        })
        .collect()
}

#[test]
fn a_healthy_house_is_well_in_every_respect() {
    let ward = Ward::synced(NOTES);
    let findings = ward.examine();
    let checks: Vec<_> = findings
        .iter()
        .map(|finding| finding.check.name())
        .collect();
    assert_eq!(
        checks,
        [
            "projects",
            "space",
            "locks",
            "watch",
            "index",
            "history",
            "folder",
            "files",
            "frontmatter",
            "permalinks",
            "look-alikes",
            "leftovers",
            "interrupted",
            "in-step",
            "rebuilt",
            "identities",
            "links",
        ]
    );
    assert_eq!(ward.told(&findings), [""; 0]);
    assert!(
        findings
            .iter()
            .all(|finding| finding.hint.is_none() && !finding.fixable)
    );
    assert_eq!(ward.mend(), [""; 0]);
}

#[test]
fn a_house_nobody_lives_in_yet_is_left_empty() {
    let ward = Ward::new(NOTES);
    assert_eq!(
        ward.ills(),
        ["warning index : ROOT/data/index.db is not there yet"]
    );
    assert!(!ward.vault.has("data"), "nothing is made");
    assert_eq!(
        ward.mend(),
        [
            "index : made ROOT/data/index.db anew",
            "index main: brought the index in step with 3 files"
        ]
    );
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn a_damaged_index_is_emptied_and_filled_again() {
    let ward = Ward::synced(&many());
    scratch(&ward, "data/index.db");
    let findings = ward.examine();
    let index = findings
        .iter()
        .find(|finding| finding.check == Check::Index);
    let index = index.expect("it is looked at");
    assert_eq!(
        index.message,
        format!("{} is damaged", ward.vault.path("data/index.db").display())
    );
    assert!(index.fixable && index.severity == Severity::Problem && !index.items.is_empty());
    assert!(
        findings.iter().any(|finding| finding.check == Check::Files),
        "the notes are looked at all the same"
    );
    assert_eq!(
        ward.mend(),
        [
            "index : emptied ROOT/data/index.db",
            "index main: brought the index in step with 300 files"
        ]
    );
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn an_index_that_is_none_is_put_aside() {
    let ward = Ward::synced(NOTES);
    ward.vault
        .write("data/index.db", &"a shopping list ".repeat(100));
    assert_eq!(
        ward.ills(),
        ["problem index : ROOT/data/index.db is no database"]
    );
    assert_eq!(
        ward.mend(),
        [
            "index : put ROOT/data/index.db aside, as index.db.damaged",
            "index main: brought the index in step with 3 files"
        ]
    );
    assert_eq!(ward.ills(), [""; 0]);
    assert!(
        ward.vault
            .read("data/index.db.damaged")
            .starts_with("a shopping list")
    );
}

#[test]
fn an_index_of_another_version_is_told_and_not_made_anew_by_looking() {
    let ward = Ward::synced(NOTES);
    let mut bytes = fs::read(ward.vault.path("data/index.db")).expect("it is there");
    // Where SQLite keeps `user_version`.
    bytes[60..64].fill(1);
    ward.vault.write_bytes("data/index.db", &bytes);
    assert_eq!(
        ward.ills(),
        ["warning index : ROOT/data/index.db was made by another version"]
    );
    ward.mend();
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn a_damaged_history_is_named_and_nothing_of_it_is_thrown_away() {
    let ward = Ward::synced(&many());
    scratch(&ward, "data/history.db");
    let damaged = fs::read(ward.vault.path("data/history.db")).expect("it is there");
    let ills = ward.ills();
    assert!(
        ills.iter()
            .any(|ill| ill.starts_with("problem history : ROOT/data/history.db is damaged | ")),
        "{ills:?}"
    );
    let fixable = |check| {
        ward.examine()
            .iter()
            .any(|finding| finding.check == check && finding.fixable)
    };
    assert!(!fixable(Check::History));
    ward.mend();
    assert_eq!(
        fs::read(ward.vault.path("data/history.db")).expect("it is there"),
        damaged
    );
}

#[test]
fn a_file_in_the_place_of_the_history_keeps_nothing_else_from_being_looked_at() {
    let ward = Ward::synced(NOTES);
    ward.vault
        .write("data/history.db", &"a shopping list ".repeat(100));
    assert_eq!(
        ward.ills(),
        ["problem history : ROOT/data/history.db is not a history of notes, and is left as it is"]
    );
    let findings = ward.examine();
    let looked_at = |check| findings.iter().any(|finding| finding.check == check);
    assert!(looked_at(Check::InStep) && looked_at(Check::Links));
    assert!(!looked_at(Check::Rebuilt), "nobody knows the identities");
}

#[test]
fn where_index_and_history_are_none_the_index_is_mended_when_the_history_is_away() {
    let ward = Ward::synced(NOTES);
    for file in ["data/index.db", "data/history.db"] {
        ward.vault.write(file, &"a shopping list ".repeat(100));
    }
    assert_eq!(
        ward.mend()[1],
        "index : not mended: ROOT/data/history.db is not a history of notes, and is left as it is"
    );
    ward.vault.rename("data/history.db", "data/history.db.away");
    ward.mend();
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn a_history_of_a_newer_version_is_left_to_it() {
    let ward = Ward::synced(NOTES);
    let mut bytes = fs::read(ward.vault.path("data/history.db")).expect("it is there");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    ward.vault.write_bytes("data/history.db", &bytes);
    assert_eq!(
        ward.ills(),
        ["problem history : the history has format 99, and this version knows up to 2"]
    );
}

#[test]
fn a_lock_that_is_held_for_long_is_named_and_a_free_one_is_no_matter() {
    let ward = Ward::synced(NOTES);
    ward.vault.write("data/index.locks/00", "");
    ward.vault.write("data/index.locks/01", "");
    assert_eq!(ward.ills(), [""; 0]);
    let held = File::open(ward.vault.path("data/index.locks/01")).expect("it is there");
    held.lock().expect("nobody has it");
    assert_eq!(
        ward.ills(),
        [
            "warning locks : 1 lock is held for more than a second: a process writes much, or hangs | \
             ROOT/data/index.locks/01"
        ]
    );
    drop(held);
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn who_watches_is_said() {
    let ward = Ward::synced(NOTES);
    let watch = || {
        let findings = ward.examine();
        let watch = findings
            .iter()
            .find(|finding| finding.check == Check::Watch);
        watch.expect("it is looked at").message.clone()
    };
    assert_eq!(watch(), "nobody has watched yet");
    ward.vault
        .write("data/watch.lock", "process 7 (cairn 0.1.0)\n");
    assert_eq!(watch(), "nobody watches now");
    let lock = File::open(ward.vault.path("data/watch.lock")).expect("it is there");
    lock.lock().expect("nobody has it");
    assert_eq!(watch(), "one process watches: process 7 (cairn 0.1.0)");
}

#[test]
fn an_examination_that_is_told_to_stop_stops() {
    let ward = Ward::synced(NOTES);
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = examine(&ward.settings, None, &Silent, &cancel);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
}

#[test]
fn without_a_file_the_notes_are_looked_at_in_memory() {
    let mut ward = Ward::new("//- notes/a.md\n[[nobody]]\n");
    ward.settings.index = IndexLocation::Memory;
    assert_eq!(
        ward.ills(),
        ["warning links main: 1 of 1 link leads to a note that is not there | a.md: [[nobody]]"]
    );
    assert!(!ward.vault.has("data"));
}
