//! Which note is where, was where, and what lies in the trash.

use crate::bench::{PROJECT, at, did, entry, hour, moved, on_each, told, when};
use cairn_history::{History, Operation, Outcome};

fn identities(history: &History) -> Vec<String> {
    let identities = history.identities(PROJECT).expect("it can be asked");
    for identity in &identities {
        let found = history
            .identity(PROJECT, &identity.path)
            .expect("it can be asked");
        assert_eq!(found.as_ref(), Some(identity));
    }
    identities
        .into_iter()
        .map(|identity| {
            let permalink = identity.permalink.unwrap_or_else(|| "-".to_owned());
            format!("{}: {} {permalink}", identity.path, identity.note)
        })
        .collect()
}

fn places(history: &History, note: &str) -> Vec<String> {
    history
        .places(PROJECT, note)
        .expect("it can be asked")
        .into_iter()
        .map(|place| match place.since {
            Some(since) => format!(
                "{} {}",
                place.path,
                (since.as_second() - hour(0).as_second()) / 3_600
            ),
            None => place.path,
        })
        .collect()
}

fn trash(history: &History) -> Vec<String> {
    told(history, &history.trash(PROJECT).expect("it can be asked"))
}

#[test]
fn a_moved_note_keeps_its_id_and_permalink() {
    on_each(|history| {
        let mut first = moved("tea", "tea.md", "drinks/tea.md", "T");
        first.permalink = Some("tea".to_owned());
        did(history, vec![when(hour(1), first)]);
        assert_eq!(identities(history), ["drinks/tea.md: tea tea"]);
        assert_eq!(
            history
                .identity(PROJECT, "tea.md")
                .expect("it can be asked"),
            None
        );
        assert_eq!(
            history
                .identity(8, "drinks/tea.md")
                .expect("it can be asked"),
            None
        );
        did(
            history,
            vec![when(
                hour(2),
                at("drinks/tea.md", entry("tea", Operation::Edit, "T", "U")),
            )],
        );
        did(
            history,
            vec![when(hour(3), moved("tea", "drinks/tea.md", "tea.md", "U"))],
        );
        assert_eq!(
            identities(history),
            ["tea.md: tea -"],
            "the file declares one now"
        );
        assert_eq!(
            places(history, "tea"),
            ["tea.md", "drinks/tea.md 1", "tea.md 3"]
        );
    });
}

#[test]
fn of_two_notes_at_a_path_the_last_one_is_there() {
    on_each(|history| {
        did(history, vec![entry("a", Operation::Create, "", "A")]);
        did(history, vec![moved("b", "b.md", "a.md", "B")]);
        assert_eq!(identities(history), ["a.md: b -"]);
        did(
            history,
            vec![at("a.md", entry("b", Operation::Delete, "B", ""))],
        );
        assert_eq!(
            identities(history),
            ["a.md: a -"],
            "nobody has said that it went"
        );
    });
}

#[test]
fn deleted_notes_lie_in_the_trash_until_they_are_restored() {
    on_each(|history| {
        did(
            history,
            vec![
                entry("a", Operation::Create, "", "A"),
                entry("b", Operation::Create, "", "B"),
            ],
        );
        assert_eq!(trash(history), [""; 0]);
        did(
            history,
            vec![
                entry("a", Operation::Delete, "A", ""),
                entry("b", Operation::Delete, "B", ""),
            ],
        );
        assert_eq!(trash(history), ["delete b.md: B > -", "delete a.md: A > -"]);
        assert_eq!(identities(history), [""; 0]);
        assert_eq!(history.trash(8).expect("it can be asked"), []);
        did(
            history,
            vec![at("z.md", entry("a", Operation::Restore, "", "A"))],
        );
        assert_eq!(trash(history), ["delete b.md: B > -"]);
        assert_eq!(identities(history), ["z.md: a -"]);
        did(history, vec![entry("b", Operation::Create, "", "new")]);
        assert_eq!(trash(history), [""; 0]);
    });
}

#[test]
fn what_was_undone_moved_and_deleted_nothing() {
    on_each(|history| {
        let settle = |recorded: &cairn_history::Recorded, outcome| {
            history.settle(&[(recorded.revisions[0], outcome)]);
            history.flush().expect("it is written");
        };
        did(history, vec![entry("a", Operation::Create, "", "A")]);
        let away = history
            .record(vec![moved("a", "a.md", "b.md", "A")])
            .expect("it is recorded");
        assert_eq!(identities(history), ["b.md: a -"], "it is about to move");
        settle(&away, Outcome::Undone);
        assert_eq!(identities(history), ["a.md: a -"]);
        assert_eq!(places(history, "a"), ["a.md 0"]);
        let deleted = history
            .record(vec![entry("a", Operation::Delete, "A", "")])
            .expect("it is recorded");
        assert_eq!(trash(history).len(), 1);
        settle(&deleted, Outcome::Undone);
        assert_eq!(trash(history), [""; 0]);
        let created = history
            .record(vec![entry("n", Operation::Create, "", "N")])
            .expect("it is recorded");
        settle(&created, Outcome::Undone);
        assert_eq!(identities(history), ["a.md: a -"]);
        assert_eq!(places(history, "n"), [""; 0]);
        // Whoever moved it knows better than whoever thought it was interrupted.
        settle(&away, Outcome::Done);
        assert_eq!(identities(history), ["b.md: a -"]);
        assert_eq!(places(history, "a"), ["a.md 0", "b.md 0"]);
    });
}
