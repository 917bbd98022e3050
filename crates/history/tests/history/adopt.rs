//! Histories that change hands.

use crate::bench::{PROJECT, did, entry, moved, on_each};
use cairn_history::{Adoption, Entry, Filter, Operation};

const OTHER: i64 = 8;

#[test]
fn all_of_a_history_changes_hands_and_comes_back() {
    on_each(|history| {
        let mut away = moved("tea", "tea.md", "b.md", "T");
        away.permalink = Some("tea".to_owned());
        did(history, vec![away]);
        did(history, vec![entry("x", Operation::Create, "", "X")]);
        did(history, vec![entry("x", Operation::Delete, "X", "")]);
        let state = |project| {
            let filter = Filter {
                project: Some(project),
                ..Filter::default()
            };
            let revisions = history.revisions(&filter, 100).expect("it can be asked");
            let ids: Vec<_> = revisions.iter().map(|revision| revision.id).collect();
            (
                ids,
                history.ever(project).expect("it can be asked"),
                history.places(project, "tea").expect("it can be asked"),
                history.trash(project).expect("it can be asked").len(),
            )
        };
        let (before, nothing) = (state(PROJECT), state(OTHER));
        assert_eq!(
            history.adopt(PROJECT, OTHER).expect("it is written"),
            Adoption::Done
        );
        assert_eq!((state(OTHER), state(PROJECT)), (before.clone(), nothing));
        assert_eq!(
            history.adopt(PROJECT, OTHER).expect("it is written"),
            Adoption::Nothing,
            "doing it again does nothing"
        );
        assert_eq!(
            history.adopt(OTHER, PROJECT).expect("it is written"),
            Adoption::Done
        );
        assert_eq!(state(PROJECT), before);
        assert_eq!(
            history.adopt(PROJECT, PROJECT).expect("it is written"),
            Adoption::Nothing
        );
    });
}

#[test]
fn two_histories_are_never_mixed() {
    on_each(|history| {
        did(history, vec![entry("a", Operation::Create, "", "A")]);
        let other = Entry {
            project: OTHER,
            ..entry("b", Operation::Create, "", "B")
        };
        did(history, vec![other]);
        assert_eq!(
            history.adopt(PROJECT, OTHER).expect("it is written"),
            Adoption::Occupied
        );
        let notes = |project| {
            let ever = history.ever(project).expect("it can be asked");
            ever.into_iter()
                .map(|identity| identity.note)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (notes(PROJECT), notes(OTHER)),
            (vec!["a".to_owned()], vec!["b".to_owned()])
        );
    });
}
