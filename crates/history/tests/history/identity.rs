//! Which note is where, was where, and what lies in the trash.

use crate::bench::{PROJECT, at, did, entry, hour, moved, on_each, told, when};
use cairn_history::{History, Operation, Outcome, Retention};
use std::time::Duration;

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
            ["tea.md: tea tea"],
            "it keeps what it was given"
        );
        assert_eq!(
            places(history, "tea"),
            ["tea.md", "drinks/tea.md 1", "tea.md 3"]
        );
    });
}

#[test]
fn a_note_keeps_the_permalink_it_was_given_until_another_is_created_in_its_place() {
    on_each(|history| {
        let mut first = moved("tea", "tea.md", "b.md", "T");
        first.permalink = Some("tea".to_owned());
        did(history, vec![when(hour(1), first)]);
        let mut again = moved("tea", "b.md", "c.md", "T");
        again.permalink = Some("other".to_owned());
        let recorded = history.record(vec![again]).expect("it is recorded");
        assert_eq!(identities(history), ["c.md: tea other"]);
        history.settle(&[(recorded.revisions[0], Outcome::Undone)]);
        history.flush().expect("it is written");
        assert_eq!(identities(history), ["b.md: tea tea"]);
        let edited = at("b.md", entry("tea", Operation::Edit, "T", "U"));
        let recorded = history.record(vec![edited]).expect("it is recorded");
        history.settle(&[(recorded.revisions[0], Outcome::Done)]);
        did(
            history,
            vec![at("b.md", entry("tea", Operation::Delete, "U", ""))],
        );
        let last = |path: &str| {
            let last = history.last_at(PROJECT, path).expect("it can be asked")?;
            Some((last.note, last.permalink, last.is_present))
        };
        let trashed = Some(("tea".to_owned(), Some("tea".to_owned()), false));
        assert_eq!((last("b.md"), last("tea.md")), (trashed, None));
        let of = history
            .identity_of(PROJECT, "tea")
            .expect("it can be asked");
        assert_eq!(of.map(|of| of.path), Some("b.md".to_owned()));
        did(
            history,
            vec![at("b.md", entry("tea", Operation::Restore, "", "U"))],
        );
        assert_eq!(identities(history), ["b.md: tea tea"]);
        did(
            history,
            vec![at("b.md", entry("tea", Operation::Delete, "U", ""))],
        );
        did(
            history,
            vec![at("b.md", entry("tea", Operation::Create, "", "new"))],
        );
        assert_eq!(identities(history), ["b.md: tea -"], "this is a new note");
    });
}

#[test]
fn what_was_given_outlives_the_revision_that_gave_it() {
    on_each(|history| {
        let mut first = moved("tea", "tea.md", "b.md", "T");
        first.permalink = Some("tea".to_owned());
        did(history, vec![when(hour(0), first)]);
        did(
            history,
            vec![when(
                hour(1),
                at("b.md", entry("tea", Operation::Edit, "T", "U")),
            )],
        );
        let retention = Retention {
            everything: Duration::ZERO,
            daily: Some(Duration::ZERO),
            trash: None,
        };
        let pruned = history
            .prune(&retention, hour(2_000))
            .expect("it is pruned");
        assert_eq!(pruned.revisions, 1);
        let away = history
            .record(vec![moved("tea", "b.md", "c.md", "U")])
            .expect("it is recorded");
        history.settle(&[(away.revisions[0], Outcome::Undone)]);
        history.flush().expect("it is written");
        assert_eq!(identities(history), ["b.md: tea tea"]);
    });
}

#[test]
fn everyone_who_ever_was_is_listed_the_one_who_is_there_first() {
    on_each(|history| {
        did(history, vec![entry("a", Operation::Create, "", "A")]);
        did(history, vec![entry("a", Operation::Delete, "A", "")]);
        did(history, vec![moved("b", "b.md", "a.md", "B")]);
        did(history, vec![entry("c", Operation::Create, "", "C")]);
        let ever = history.ever(PROJECT).expect("it can be asked");
        let ever: Vec<_> = ever
            .into_iter()
            .map(|one| (one.path, one.note, one.is_present))
            .collect();
        let one = |path: &str, note: &str, there| (path.to_owned(), note.to_owned(), there);
        assert_eq!(
            ever,
            [
                one("a.md", "b", true),
                one("a.md", "a", false),
                one("c.md", "c", true)
            ]
        );
        assert_eq!(history.ever(8).expect("it can be asked"), []);
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
