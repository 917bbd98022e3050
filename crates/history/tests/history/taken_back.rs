//! What was taken back, and what of that was taken back again.

use crate::bench::{Place, did, entry, hour};
use cairn_history::{History, Operation, Outcome, Retention, RevisionId};
use std::time::Duration;

/// Records what takes a revision back, and says what came of it.
fn undo(history: &History, revision: RevisionId, outcome: Option<Outcome>) -> RevisionId {
    let entry = entry("a", Operation::Undo, "B", "A");
    let recorded = history.record_undo(None, vec![(entry, vec![revision])]);
    let by = recorded.expect("it is recorded").revisions[0];
    if let Some(outcome) = outcome {
        history.settle(&[(by, outcome)]);
    }
    by
}

fn is_taken_back(history: &History, revision: RevisionId) -> bool {
    let taken = history.taken_back(&[revision]).expect("it can be asked");
    taken.contains(&revision)
}

#[test]
fn an_undo_of_an_undo_takes_nothing_back() {
    let place = Place::new();
    for (history, rounds) in [
        (History::in_memory().expect("it opens"), 301),
        (place.open(), 3),
    ] {
        let one = did(&history, vec![entry("a", Operation::Edit, "A", "B")]).revisions[0];
        assert!(!is_taken_back(&history, one));
        let mut last = one;
        for round in 0..rounds {
            assert_eq!(is_taken_back(&history, one), round % 2 == 1);
            last = undo(&history, last, Some(Outcome::Done));
        }
        assert!(!is_taken_back(&history, last));
    }
    // Also when it is read again.
    assert!(is_taken_back(&place.open(), RevisionId(1)));
}

#[test]
fn what_never_happened_took_nothing_back() {
    let place = Place::new();
    let history = place.open();
    let one = did(&history, vec![entry("a", Operation::Edit, "A", "B")]).revisions[0];
    let by = undo(&history, one, None);
    assert!(is_taken_back(&history, one), "while nobody has said");
    history.settle(&[(by, Outcome::Undone)]);
    assert!(!is_taken_back(&history, one));
    undo(&history, one, Some(Outcome::Done));
    assert!(is_taken_back(&history, one));
}

#[test]
fn what_is_pruned_is_forgotten_here_too() {
    let place = Place::new();
    let history = place.open();
    let one = did(&history, vec![entry("a", Operation::Edit, "A", "B")]).revisions[0];
    undo(&history, one, Some(Outcome::Done));
    let nothing = Retention {
        everything: Duration::ZERO,
        daily: Some(Duration::ZERO),
        ..Retention::default()
    };
    history
        .prune(&nothing, hour(24 * 365))
        .expect("it can be pruned");
    assert_eq!(history.revision(one).expect("it can be asked"), None);
    assert!(!is_taken_back(&history, one), "nothing is left of it");
}
