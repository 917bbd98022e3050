//! Pruning: what goes, what stays, and that what stays is whole.

use crate::bench::{PROJECT, Place, did, edited, entry, hour, list, on_each, text, when};
use cairn_history::{Filter, Hash, History, Operation, Outcome, Pruning, Retention};
use std::ops::ControlFlow;
use std::time::Duration;

/// Keeps a day of everything and nothing older but what a note says now.
fn short() -> Retention {
    let day = Duration::from_secs(24 * 60 * 60);
    Retention {
        everything: day,
        daily: Some(day),
        trash: Some(day * 10),
    }
}

/// Prunes, and looks that it was foretold.
fn prune(history: &History, retention: &Retention, hours: i64) -> (u64, u64) {
    let foretold = history
        .rehearse_prune(retention, hour(hours))
        .expect("it can be asked");
    let before = history.statistics().expect("it can be asked");
    let pruned = history.prune(retention, hour(hours)).expect("it prunes");
    assert_eq!(pruned, foretold);
    let after = history.statistics().expect("it can be asked");
    assert_eq!(before.revisions - after.revisions, pruned.revisions);
    assert_eq!(before.contents - after.contents, pruned.contents);
    assert_eq!(before.unpacked - after.unpacked, pruned.bytes);
    assert_eq!(history.check().expect("it can be checked"), []);
    (pruned.revisions, pruned.contents)
}

#[test]
fn a_month_of_everything_and_then_one_a_day() {
    on_each(|history| {
        // Every eight hours for forty days.
        let mut before = String::new();
        for number in 0..120 {
            let after = format!("text {number}");
            let edit = entry("a", Operation::Edit, &before, &after);
            did(history, vec![when(hour(number * 8), edit)]);
            before = after;
        }
        assert_eq!(prune(history, &Retention::default(), 40 * 24), (20, 10));
        assert_eq!(prune(history, &Retention::default(), 40 * 24), (0, 0));
        let left = list(history, &Filter::default());
        assert_eq!(left.len(), 100);
        assert_eq!(left[0], "edit a.md: text 118 > text 119");
        assert_eq!(left[99], "edit a.md: text 1 > text 2");
    });
}

#[test]
fn a_chain_is_packed_anew_where_a_base_goes() {
    on_each(|history| {
        let mut texts = vec![text(1, 5_000)];
        did(history, vec![entry("a", Operation::Create, "", &texts[0])]);
        for number in 1..40 {
            let next = edited(&texts[number - 1], number as u64);
            let edit = entry("a", Operation::Edit, &texts[number - 1], &next);
            did(history, vec![when(hour(number as i64), edit)]);
            texts.push(next);
        }
        // Everything is old but the last, which needs the content before it.
        assert_eq!(prune(history, &short(), 1_000), (39, 38));
        for (number, text) in texts.iter().enumerate() {
            let content = history
                .content(&Hash::of(text.as_bytes()))
                .expect("it reads back");
            let wanted = (number >= 38).then_some(text.as_bytes());
            assert_eq!(content.as_deref(), wanted, "{number}");
        }
    });
}

#[test]
fn one_of_two_branches_goes_and_the_other_stays() {
    on_each(|history| {
        let root = text(1, 4_000);
        let (left, right) = (edited(&root, 2), edited(&root, 3));
        let further = edited(&right, 4);
        did(history, vec![entry("a", Operation::Create, "", &root)]);
        did(history, vec![entry("a", Operation::Edit, &root, &left)]);
        did(history, vec![entry("b", Operation::Edit, &root, &right)]);
        did(
            history,
            vec![when(
                hour(900),
                entry("b", Operation::Edit, &right, &further),
            )],
        );
        did(
            history,
            vec![when(
                hour(990),
                entry("a", Operation::Write, &left, "short"),
            )],
        );
        let (revisions, contents) = prune(history, &short(), 1_000);
        // Of `a` the edit was in force a day ago and needs the root; of `b` only the last is left.
        assert_eq!((revisions, contents), (2, 0));
        assert_eq!(prune(history, &short(), 2_000), (1, 1));
        assert!(
            !history
                .has(&Hash::of(root.as_bytes()))
                .expect("it can be asked")
        );
        assert_eq!(
            history
                .content(&Hash::of(further.as_bytes()))
                .expect("it reads back"),
            Some(further.into_bytes())
        );
    });
}

#[test]
fn the_trash_is_emptied_at_its_own_age() {
    on_each(|history| {
        did(history, vec![entry("a", Operation::Create, "", "A")]);
        did(
            history,
            vec![when(hour(10), entry("a", Operation::Delete, "A", ""))],
        );
        assert_eq!(prune(history, &short(), 10 + 239), (0, 0));
        assert_eq!(history.trash(PROJECT).expect("it can be asked").len(), 1);
        assert_eq!(
            prune(history, &Retention::default(), 100_000),
            (0, 0),
            "for ever by default"
        );
        assert_eq!(prune(history, &short(), 10 + 241), (2, 1));
        assert_eq!(history.trash(PROJECT).expect("it can be asked"), []);
        assert_eq!(history.places(PROJECT, "a").expect("it can be asked"), []);
    });
}

#[test]
fn pending_revisions_stay_and_the_path_of_a_note_too() {
    on_each(|history| {
        did(history, vec![entry("a", Operation::Create, "", "A")]);
        history
            .record(vec![entry("a", Operation::Edit, "A", "B")])
            .expect("it is recorded");
        did(history, vec![crate::bench::moved("a", "a.md", "b.md", "B")]);
        did(
            history,
            vec![crate::bench::at(
                "b.md",
                entry("a", Operation::Edit, "B", "C"),
            )],
        );
        assert_eq!(prune(history, &short(), 1_000), (2, 0));
        assert_eq!(history.pending(PROJECT).expect("it can be asked").len(), 1);
        let places = history.places(PROJECT, "a").expect("it can be asked");
        assert_eq!(
            places.iter().map(|place| &*place.path).collect::<Vec<_>>(),
            ["a.md", "b.md"]
        );
    });
}

#[test]
fn what_was_undone_ages_and_what_the_file_says_stays() {
    on_each(|history| {
        let recorded = history
            .record(vec![entry("a", Operation::Edit, "A", "B")])
            .expect("it is recorded");
        history.settle(&[(recorded.revisions[0], Outcome::Undone)]);
        assert_eq!(prune(history, &short(), 20), (0, 0));
        assert_eq!(prune(history, &short(), 25), (1, 1));
        assert!(history.has(&Hash::of(b"A")).expect("it can be asked"));
        let next = did(history, vec![entry("b", Operation::Create, "", "B")]);
        assert!(
            next.revisions > recorded.revisions,
            "no number is given twice"
        );
    });
}

#[test]
fn space_is_given_back() {
    let place = Place::new();
    let history = place.open();
    for number in 0..200 {
        did(
            &history,
            vec![entry("a", Operation::Write, "", &text(number, 20_000))],
        );
    }
    let before = history.statistics().expect("it can be asked").bytes;
    prune(&history, &short(), 1_000);
    let after = history.statistics().expect("it can be asked").bytes;
    assert!(after < before / 5, "{before} > {after}");
    let file = std::fs::metadata(place.path()).expect("it is there").len();
    assert_eq!(file, after, "the log is folded back");
}

#[test]
fn a_prune_that_is_stopped_leaves_everything_whole_and_the_next_goes_on() {
    on_each(|history| {
        for note in 0..200 {
            let (note, mut before) = (format!("n{note}"), String::new());
            for number in 0..3 {
                let after = text(number, 500) + &note;
                let edit = entry(&note, Operation::Write, &before, &after);
                did(history, vec![when(hour(number as i64), edit)]);
                before = after;
            }
        }
        let all = history
            .rehearse_prune(&short(), hour(1_000))
            .expect("it can be asked");
        assert_eq!((all.revisions, all.contents), (400, 200));
        let mut told = Vec::new();
        let stopped = history
            .prune_watched(&short(), hour(1_000), &mut |step| {
                told.push(step);
                match told.len() {
                    ..3 => ControlFlow::Continue(()),
                    _ => ControlFlow::Break(()),
                }
            })
            .expect("it stops");
        assert_eq!((stopped.revisions, stopped.contents), (256, 0));
        assert_eq!(
            told[..3],
            [
                Pruning::Begins {
                    phase: "revisions",
                    total: Some(200)
                },
                Pruning::Advances(64),
                Pruning::Advances(64),
            ]
        );
        assert_eq!(history.check().expect("it can be checked"), []);
        let rest = history.prune(&short(), hour(1_000)).expect("it prunes");
        assert_eq!((rest.revisions, rest.contents), (144, 200));
        assert_eq!(history.check().expect("it can be checked"), []);
    });
}
