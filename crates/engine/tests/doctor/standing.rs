//! Index, history and folder beside each other.

use crate::support::Ward;
use cairn_history::{Content, Entry, Operation};
use cairn_index::{Change, Index, NoteKey, Scope};
use cairn_note::NotePath;
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, SystemTime};

const NOTES: &str = "//- notes/a.md\n# A\n//- notes/b.md\n# B\n";

fn tell(ward: &Ward, change: impl FnOnce(&Index) -> Change) {
    let index = ward.index().expect("a ward has its index in a file");
    let scope = Scope {
        project: ward.settings.projects[0].id(),
        slug: Some("main"),
        siblings: &[],
    };
    let change = change(&index);
    index.apply(&scope, vec![change]).expect("it is told");
}

fn record(ward: &Ward, entry: Entry) {
    let path = ward.vault.path("data/history.db");
    let history = cairn_history::History::open(&path, &cairn_history::Options::default());
    history
        .expect("it is whole")
        .record(vec![entry])
        .expect("it is recorded");
}

fn entry(ward: &Ward, path: &str, before: &str, after: &str) -> Entry {
    let content = |text: &str| Some(Content::Bytes(text.into()));
    Entry {
        project: ward.settings.projects[0].id().0,
        note: "11111111-2222-8333-8444-555555555555".to_owned(),
        path: path.to_owned(),
        former: None,
        operation: Operation::Write,
        actor: "robot".to_owned(),
        time: Timestamp::UNIX_EPOCH,
        before: content(before),
        after: content(after),
        permalink: None,
    }
}

#[test]
fn an_index_that_is_behind_is_brought_in_step() {
    let ward = Ward::synced(NOTES);
    ward.vault.write("notes/c.md", "C\n");
    ward.vault.write("notes/b.md", "# Another B\n");
    ward.vault.remove("notes/a.md");
    assert_eq!(
        ward.ills(),
        [
            "warning in-step main: the index does not know 3 changes yet | new: c.md | modified: b.md | deleted: a.md"
        ]
    );
    assert_eq!(
        ward.mend(),
        ["in-step main: brought the index in step with 3 files"]
    );
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn an_index_that_says_something_else_than_the_files_is_built_anew() {
    let ward = Ward::synced(NOTES);
    tell(&ward, |index| {
        let path = NotePath::from_disk("a.md").expect("a good path");
        let project = ward.settings.projects[0].id();
        let session = index.read("test").expect("it can be read");
        let note = session
            .note(project, NoteKey::Path(&path))
            .expect("it can be asked");
        Change::Touch {
            path,
            fingerprint: note.expect("it is known").fingerprint,
            created: Timestamp::UNIX_EPOCH,
            modified: Timestamp::UNIX_EPOCH,
        }
    });
    let ills = ward.ills();
    assert_eq!(ills.len(), 1, "{ills:?}");
    assert!(
        ills[0].starts_with(
            "problem rebuilt main: the index differs from one built anew in 2 lines | a.md: "
        ),
        "{ills:?}"
    );
    assert_eq!(
        ward.mend(),
        ["rebuilt main: built the index anew from 2 files"]
    );
    assert_eq!(ward.ills(), [""; 0]);
}

#[test]
fn a_change_whose_process_died_is_named_until_a_sync_has_settled_it() {
    let ward = Ward::synced(NOTES);
    record(&ward, entry(&ward, "b.md", "# B\n", "never written\n"));
    let ills = ward.ills();
    assert_eq!(
        ills[0],
        "warning interrupted main: 1 change was interrupted, or is being made now | b.md: write by robot at \
         1970-01-01T00:00:00Z"
    );
    ward.mend();
    let ills = ward.ills();
    assert!(
        ills.iter().all(|ill| !ill.contains("interrupted")),
        "{ills:?}"
    );
}

#[test]
fn a_change_that_was_made_and_not_settled_yet_is_no_matter() {
    let ward = Ward::synced(NOTES);
    record(&ward, entry(&ward, "b.md", "# A\n", "# B\n"));
    let ills = ward.ills();
    assert!(
        ills.iter().all(|ill| !ill.contains("interrupted")),
        "{ills:?}"
    );
}

#[test]
fn temporary_files_of_killed_processes_are_removed_when_they_are_old() {
    let mut ward = Ward::synced(NOTES);
    ward.vault.write("notes/.cairn-x.tmp", "half a no");
    ward.vault.write("notes/.cairn-y.tmp", "half a no");
    let found = ward.examine();
    let lines: Vec<String> = found.iter().map(|finding| ward.line(finding)).collect();
    let young = "ok leftovers main: 2 temporary files of the last hour: of writes going on, or left by killed \
                 processes | .cairn-";
    assert!(
        lines.iter().any(|line| line.starts_with(young)),
        "{lines:#?}"
    );
    let now = Timestamp::now();
    ward.settings.clock = || Timestamp::now() + SignedDuration::from_hours(2);
    let soon = now + SignedDuration::from_hours(2);
    let soon = u64::try_from(soon.as_second()).expect("it is after 1970");
    // Another process is at this one.
    ward.vault.set_mtime(
        "notes/.cairn-y.tmp",
        SystemTime::UNIX_EPOCH + Duration::from_secs(soon),
    );
    assert_eq!(
        ward.ills(),
        ["warning leftovers main: 1 temporary file left by killed processes | .cairn-x.tmp"]
    );
    ward.mend();
    assert_eq!(ward.ills(), [""; 0]);
    assert!(!ward.vault.has("notes/.cairn-x.tmp") && ward.vault.has("notes/.cairn-y.tmp"));
}

#[test]
fn a_note_that_index_and_history_call_differently_gets_the_id_of_the_history() {
    let ward = Ward::synced(NOTES);
    record(&ward, entry(&ward, "b.md", "# A\n", "# B\n"));
    let ills = ward.ills();
    assert!(
        ills.iter().any(|ill| ill.starts_with(
            "problem identities main: index and history call 1 note by different ids | b.md: "
        )),
        "{ills:?}"
    );
    ward.mend();
    assert_eq!(ward.ills(), [""; 0]);
}
