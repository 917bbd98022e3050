//! Who did what since when, and who changed a note last.

use crate::bench::{PROJECT, by, did, entry, hour, moved, on_each, when};
use cairn_history::{Entry, History, Operation, Outcome};

/// What an actor did since an hour: operation, last path, `< former`, and where the note is now.
fn touched(history: &History, actor: &str, hours: i64) -> Vec<String> {
    let page = (0, 10);
    let touched = history.touched(PROJECT, actor, hour(hours), page);
    let line = |touched: cairn_history::Touched| {
        format!(
            "{} {} < {} @ {}",
            touched.last.operation.name(),
            touched.last.path,
            touched.former.as_deref().unwrap_or("-"),
            touched.place.as_deref().unwrap_or("-")
        )
    };
    touched
        .expect("it can be asked")
        .into_iter()
        .map(line)
        .collect()
}

/// Two actors, three notes, an hour between any two changes.
fn session(history: &History) {
    let changes = [
        by("agent", entry("a", Operation::Create, "", "A")),
        by("cli", entry("b", Operation::Create, "", "B")),
        by("agent", moved("b", "b.md", "x/b.md", "B")),
        by(
            "agent",
            Entry {
                path: "x/b.md".to_owned(),
                ..entry("b", Operation::Edit, "B", "BB")
            },
        ),
        by(
            "cli",
            Entry {
                path: "y/b.md".to_owned(),
                former: Some("x/b.md".to_owned()),
                ..entry("b", Operation::Move, "BB", "BB")
            },
        ),
        by("agent", entry("c", Operation::Create, "", "C")),
        by("agent", entry("c", Operation::Delete, "C", "")),
        by("cli", entry("a", Operation::Delete, "A", "")),
    ];
    for (hours, change) in changes.into_iter().enumerate() {
        did(history, vec![when(hour(hours as i64), change)]);
    }
    let undone = history.record(vec![when(
        hour(9),
        by("agent", entry("d", Operation::Create, "", "D")),
    )]);
    let undone = undone.expect("it is recorded").revisions[0];
    history.settle(&[(undone, Outcome::Undone)]);
}

#[test]
fn each_note_once_with_what_was_done_last_and_where_it_is() {
    on_each(|history| {
        session(history);
        assert_eq!(
            touched(history, "agent", 0),
            [
                "delete c.md < - @ -",
                "edit x/b.md < b.md @ y/b.md",
                "create a.md < - @ -",
            ]
        );
        assert_eq!(touched(history, "agent", 6), ["delete c.md < - @ -"]);
        assert_eq!(touched(history, "nobody", 0), [""; 0]);
        let page = history.touched(PROJECT, "agent", hour(0), (1, 1));
        let page = page.expect("it can be asked");
        assert_eq!(page.len(), 1);
        assert_eq!(page[0].last.path, "x/b.md");
        let other = history.touched(PROJECT + 1, "agent", hour(0), (0, 10));
        assert_eq!(other.expect("it can be asked"), []);
        let actors = |hours| {
            history
                .actors(PROJECT, hour(hours))
                .expect("it can be asked")
        };
        assert_eq!(actors(0), ["agent", "cli"]);
        assert_eq!(actors(7), ["cli"]);
    });
}

#[test]
fn the_newest_revision_of_the_note_at_each_path() {
    on_each(|history| {
        session(history);
        did(
            history,
            vec![by("web", entry("e", Operation::Create, "", "E"))],
        );
        let newest = history.newest(PROJECT, &["y/b.md", "x/b.md", "a.md", "d.md", "e.md"]);
        let newest = newest.expect("it can be asked").into_iter();
        let lines: Vec<_> = newest
            .map(|revision| format!("{} {}", revision.actor, revision.path))
            .collect();
        assert_eq!(lines, ["cli y/b.md", "web e.md"]);
        assert_eq!(history.newest(PROJECT, &[]).expect("it can be asked"), []);
    });
}
