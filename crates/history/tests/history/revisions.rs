//! Recording, settling and asking for revisions.

use crate::bench::{PROJECT, Place, at, by, did, entry, hour, list, moved, on_each, told, when};
use cairn_history::{
    ChangeId, Content, Error, Filter, Hash, History, Operation, Outcome, Recorded, RevisionId,
};

#[test]
fn what_is_recorded_comes_back_whole() {
    on_each(|history| {
        let mut given = moved("tea", "tea.md", "drinks/tea.md", "Tea.");
        given.after = Some(Content::Bytes(b"Tea!\r\n\xFF".to_vec()));
        given.permalink = Some("tea".to_owned());
        given.time = "2026-03-04T05:06:07.123456789Z"
            .parse()
            .expect("it is a time");
        let Recorded { change, revisions } = history.record(vec![given.clone()]).expect("recorded");
        let revision = history
            .revision(revisions[0])
            .expect("it can be asked")
            .expect("it is there");
        assert_eq!(revision.id, RevisionId(1));
        assert_eq!(revision.change, change);
        assert_eq!(change, ChangeId(1));
        assert_eq!(revision.project, given.project);
        assert_eq!(revision.note, given.note);
        assert_eq!(revision.path, given.path);
        assert_eq!(revision.former, given.former);
        assert_eq!(revision.operation, given.operation);
        assert_eq!(revision.actor, given.actor);
        assert_eq!(revision.time, given.time);
        assert_eq!(revision.before, Some(Hash::of(b"Tea.")));
        assert_eq!(revision.after, Some(Hash::of(b"Tea!\r\n\xFF")));
        assert_eq!(revision.permalink, given.permalink);
        assert_eq!(revision.outcome, None);
        assert_eq!(
            history.revision(RevisionId(2)).expect("it can be asked"),
            None
        );
    });
}

#[test]
fn a_change_has_many_revisions_and_grows() {
    on_each(|history| {
        let first = did(
            history,
            vec![
                entry("a", Operation::Create, "", "A"),
                entry("b", Operation::Create, "", "B"),
            ],
        );
        let other = did(history, vec![entry("c", Operation::Create, "", "C")]);
        let more = history
            .record_undo(
                Some(first.change),
                vec![(entry("d", Operation::Create, "", "D"), Vec::new())],
            )
            .expect("it is recorded");
        assert_eq!(more.change, first.change);
        assert_ne!(other.change, first.change);
        let filter = Filter {
            change: Some(first.change),
            ..Filter::default()
        };
        assert_eq!(
            list(history, &filter),
            [
                "create d.md: - > D",
                "create b.md: - > B",
                "create a.md: - > A"
            ]
        );
        let nothing = history.record(Vec::new()).expect("nothing is recorded");
        assert_eq!((nothing.change, nothing.revisions), (ChangeId(0), vec![]));
    });
}

#[test]
fn what_is_seen_is_recorded_when_it_is_news() {
    on_each(|history| {
        let first = did(history, vec![entry("a", Operation::Create, "", "A")]);
        let horizon = first.revisions[0];
        let seen = |before: &str, after: &str| entry("a", Operation::External, before, after);
        let observe = |change, entries| {
            history
                .observe(change, horizon, entries)
                .expect("it is recorded")
        };
        let known = observe(None, vec![seen("", "A")]);
        assert_eq!((known.change, known.revisions), (ChangeId(0), vec![]));
        let other = entry("b", Operation::External, "", "B");
        let news = observe(None, vec![seen("A", "B"), other]);
        assert_eq!(news.revisions.len(), 2);
        // What was seen before the newest revision was made is no news, nor is what someone else saw too.
        let late = observe(Some(news.change), vec![seen("A", "C"), seen("A", "B")]);
        assert_eq!((late.change, late.revisions), (news.change, vec![]));
        // What never happened is no revision.
        let failed = history
            .record(vec![seen("B", "D")])
            .expect("it is recorded");
        history.settle(&[(failed.revisions[0], Outcome::Undone)]);
        let newest = news.revisions[1];
        let again = history.observe(None, newest, vec![seen("B", "D")]);
        assert_eq!(again.expect("it is recorded").revisions.len(), 1);
        let filter = Filter {
            note: Some("a".to_owned()),
            ..Filter::default()
        };
        assert_eq!(
            list(history, &filter),
            [
                "external a.md: B > D",
                "external a.md: A > B",
                "create a.md: - > A"
            ]
        );
    });
}

#[test]
fn what_is_seen_follows_what_was_recorded_and_late_comers_are_named() {
    on_each(|history| {
        let first = did(history, vec![entry("a", Operation::Create, "", "A")]);
        let second = did(history, vec![entry("a", Operation::Write, "A", "B")]);
        let seen = |note: &str, after: &str| entry(note, Operation::External, "A", after);
        did(history, vec![entry("b", Operation::Create, "", "A")]);
        // Whoever saw C had not been told of B yet, though it was recorded before he looked.
        let observed = history
            .observe(
                None,
                second.revisions[0],
                vec![seen("b", "C"), seen("a", "C")],
            )
            .expect("it is recorded");
        assert_eq!((observed.revisions.len(), observed.late), (1, vec![0]));
        let late = history.observe(None, first.revisions[0], vec![seen("a", "D")]);
        assert_eq!(late.expect("nothing is recorded").late, [0]);
        let filter = Filter {
            note: Some("a".to_owned()),
            ..Filter::default()
        };
        assert_eq!(
            list(history, &filter),
            [
                "external a.md: B > C",
                "write a.md: A > B",
                "create a.md: - > A"
            ]
        );
    });
}

#[test]
fn all_or_nothing_is_recorded() {
    on_each(|history| {
        let missing = Hash::of(b"never seen");
        let mut wrong = entry("b", Operation::Write, "", "B");
        wrong.before = Some(Content::Known(missing));
        let refused = history
            .record(vec![entry("a", Operation::Create, "", "A"), wrong])
            .expect_err("a content is missing");
        assert!(
            matches!(refused, Error::Unknown { hash } if hash == missing),
            "{refused}"
        );
        assert_eq!(list(history, &Filter::default()), [""; 0]);
        assert!(!history.has(&Hash::of(b"A")).expect("it can be asked"));
        assert_eq!(
            history.identity(PROJECT, "a.md").expect("it can be asked"),
            None
        );
    });
}

fn garden(history: &History) {
    let entries = [
        when(hour(1), entry("tea", Operation::Create, "", "1")),
        when(hour(2), by("web", entry("tea", Operation::Edit, "1", "2"))),
        when(hour(3), moved("tea", "tea.md", "old/tea.md", "2")),
        when(
            hour(4),
            by("web", entry("soup", Operation::External, "", "3")),
        ),
        when(
            hour(5),
            at("old/tea.md", entry("tea", Operation::Delete, "2", "")),
        ),
    ];
    for entry in entries {
        did(history, vec![entry]);
    }
    let mut elsewhere = when(hour(6), entry("tea", Operation::Create, "", "4"));
    elsewhere.project = 8;
    did(history, vec![elsewhere]);
}

#[test]
fn each_filter_lets_its_own_through() {
    let filter = Filter::default;
    let cases: Vec<(Filter, &[i64])> = vec![
        (filter(), &[6, 5, 4, 3, 2, 1]),
        (
            Filter {
                project: Some(8),
                ..filter()
            },
            &[6],
        ),
        (
            Filter {
                note: Some("tea".into()),
                ..filter()
            },
            &[6, 5, 3, 2, 1],
        ),
        (
            Filter {
                project: Some(7),
                note: Some("tea".into()),
                ..filter()
            },
            &[5, 3, 2, 1],
        ),
        (
            Filter {
                project: Some(7),
                path: Some("tea.md".into()),
                ..filter()
            },
            &[3, 2, 1],
        ),
        (
            Filter {
                path: Some("old/tea.md".into()),
                ..filter()
            },
            &[5, 3],
        ),
        (
            Filter {
                path: Some("old/tea.md".into()),
                actor: Some("web".into()),
                ..filter()
            },
            &[],
        ),
        (
            Filter {
                actor: Some("web".into()),
                ..filter()
            },
            &[4, 2],
        ),
        (
            Filter {
                since: Some(hour(3)),
                ..filter()
            },
            &[6, 5, 4, 3],
        ),
        (
            Filter {
                until: Some(hour(3)),
                ..filter()
            },
            &[3, 2, 1],
        ),
        (
            Filter {
                since: Some(hour(2)),
                until: Some(hour(4)),
                ..filter()
            },
            &[4, 3, 2],
        ),
        (
            Filter {
                before: Some(RevisionId(3)),
                ..filter()
            },
            &[2, 1],
        ),
        (
            Filter {
                change: Some(ChangeId(4)),
                ..filter()
            },
            &[4],
        ),
        (
            Filter {
                note: Some("x' OR 1=1 --".into()),
                ..filter()
            },
            &[],
        ),
    ];
    on_each(|history| {
        garden(history);
        for (filter, wanted) in &cases {
            let found = history.revisions(filter, 100).expect("it can be asked");
            let found: Vec<i64> = found.iter().map(|revision| revision.id.0).collect();
            assert_eq!(found, *wanted, "{filter:?}");
        }
        let page = history.revisions(&filter(), 2).expect("it can be asked");
        assert_eq!(
            page.iter()
                .map(|revision| revision.id.0)
                .collect::<Vec<_>>(),
            [6, 5]
        );
    });
}

#[test]
fn a_note_is_known_as_of_any_time() {
    on_each(|history| {
        garden(history);
        let as_of = |time| {
            let revision = history
                .as_of(PROJECT, "tea", time)
                .expect("it can be asked");
            told(history, &revision.into_iter().collect::<Vec<_>>()).join("")
        };
        assert_eq!(as_of(hour(0)), "");
        assert_eq!(as_of(hour(1)), "create tea.md: - > 1");
        assert_eq!(as_of(hour(2)), "edit tea.md: 1 > 2");
        assert_eq!(as_of(hour(4)), "move old/tea.md: 2 > 2");
        assert_eq!(as_of(hour(9)), "delete old/tea.md: 2 > -");
    });
}

#[test]
fn pending_is_what_nobody_settled() {
    on_each(|history| {
        let recorded = history
            .record(vec![
                entry("a", Operation::Create, "", "A"),
                entry("b", Operation::Create, "", "B"),
                entry("c", Operation::Create, "", "C"),
            ])
            .expect("it is recorded");
        let pending = || told(history, &history.pending(PROJECT).expect("it can be asked"));
        assert_eq!(pending().len(), 3);
        assert_eq!(history.pending(8).expect("it can be asked"), []);
        history.settle(&[
            (recorded.revisions[0], Outcome::Done),
            (recorded.revisions[1], Outcome::Undone),
        ]);
        assert_eq!(pending(), ["create c.md: - > C"]);
        assert_eq!(
            list(history, &Filter::default()),
            ["create c.md: - > C", "create a.md: - > A"],
            "what was undone never happened"
        );
        let undone = history
            .revision(recorded.revisions[1])
            .expect("it can be asked");
        assert_eq!(
            undone.and_then(|revision| revision.outcome),
            Some(Outcome::Undone)
        );
        // A failed write knows nothing new; one that was made after all does.
        history.settle(&[(recorded.revisions[0], Outcome::Undone)]);
        history.settle(&[(recorded.revisions[1], Outcome::Done)]);
        history.flush().expect("it is written");
        assert_eq!(list(history, &Filter::default()).len(), 3);
    });
}

#[test]
fn outcomes_are_written_with_what_comes_next() {
    let place = Place::new();
    let (history, other) = (place.open(), place.open());
    let pending = |history: &History| history.pending(PROJECT).expect("it can be asked").len();
    did(&history, vec![entry("a", Operation::Create, "", "A")]);
    assert_eq!((pending(&history), pending(&other)), (0, 1));
    let first = history
        .revisions(&Filter::default(), 1)
        .expect("it can be asked");
    assert_eq!(
        first[0].outcome,
        Some(Outcome::Done),
        "not written, but known here"
    );
    did(&history, vec![entry("b", Operation::Create, "", "B")]);
    assert_eq!(
        pending(&other),
        1,
        "the first is written, the second is not"
    );
    history.flush().expect("it is written");
    assert_eq!(pending(&other), 0);
    did(&history, vec![entry("c", Operation::Create, "", "C")]);
    drop(history);
    assert_eq!(pending(&other), 0, "closing writes it");
}
