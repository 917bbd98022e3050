//! Random lives of a few notes: whatever is kept reads back byte for byte.

use crate::bench::{PROJECT, Place, edited, entry, hour, text, when};
use cairn_history::{Filter, Hash, History, Operation, Outcome, Retention, RevisionId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Clone)]
enum Step {
    Write {
        note: usize,
        seed: u64,
        outcome: Option<Outcome>,
    },
    Replace {
        note: usize,
        seed: u64,
    },
    Delete {
        note: usize,
    },
    Prune {
        days: u64,
        daily: u64,
    },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![
        8 => Just(Some(Outcome::Done)),
        1 => Just(Some(Outcome::Undone)),
        1 => Just(None),
    ];
    prop_oneof![
        20 => (0..4_usize, any::<u64>(), outcome)
            .prop_map(|(note, seed, outcome)| Step::Write { note, seed, outcome }),
        2 => (0..4_usize, 0..8_u64).prop_map(|(note, seed)| Step::Replace { note, seed }),
        2 => (0..4_usize).prop_map(|note| Step::Delete { note }),
        3 => (0..5_u64, 0..10_u64).prop_map(|(days, daily)| Step::Prune { days, daily }),
        1 => Just(Step::Reopen),
    ]
}

/// What should be there.
#[derive(Default)]
struct Model {
    texts: [String; 4],
    contents: BTreeMap<Hash, String>,
    /// The newest revision of each note that happened.
    newest: [Option<RevisionId>; 4],
    hours: i64,
}

impl Model {
    fn record(
        &mut self,
        history: &History,
        note: usize,
        operation: Operation,
        after: String,
        outcome: Option<Outcome>,
    ) {
        self.hours += 5;
        let before = self.texts[note].clone();
        let given = entry(&format!("note-{note}"), operation, &before, &after);
        let recorded = history
            .record(vec![when(hour(self.hours), given)])
            .expect("it is recorded");
        for text in [&before, &after] {
            self.contents
                .insert(Hash::of(text.as_bytes()), text.clone());
        }
        let id = recorded.revisions[0];
        if let Some(outcome) = outcome {
            history.settle(&[(id, outcome)]);
        }
        if outcome != Some(Outcome::Undone) {
            self.texts[note] = after;
            self.newest[note] = Some(id);
        }
    }

    fn check(&self, history: &History) {
        let revisions = history
            .revisions(&Filter::default(), usize::MAX)
            .expect("it can be asked");
        for revision in &revisions {
            for hash in [revision.before, revision.after].into_iter().flatten() {
                let content = history.content(&hash).expect("it reads back");
                let wanted = self.contents[&hash].as_bytes();
                assert_eq!(content.as_deref(), Some(wanted));
            }
        }
        for (note, newest) in self.newest.iter().enumerate() {
            let Some(newest) = newest else { continue };
            let filter = Filter {
                note: Some(format!("note-{note}")),
                ..Filter::default()
            };
            let found = history.revisions(&filter, 1).expect("it can be asked");
            assert_eq!(found[0].id, *newest);
            let is_there = history
                .identity(PROJECT, &format!("note-{note}.md"))
                .expect("it can be asked")
                .is_some();
            assert_eq!(is_there, !self.texts[note].is_empty());
        }
        assert_eq!(history.check().expect("it can be checked"), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_kept_content_reads_back(steps in prop::collection::vec(step(), 1..80)) {
        let place = Place::new();
        let mut history = place.open();
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Write { note, seed, outcome } => {
                    let text = if model.texts[note].is_empty() {
                        text(note as u64, 1_500)
                    } else {
                        edited(&model.texts[note], seed)
                    };
                    model.record(&history, note, Operation::Edit, text, outcome);
                }
                // Seeds of few values: contents come again, in other notes too.
                Step::Replace { note, seed } => {
                    model.record(&history, note, Operation::Write, text(seed, 1_500), Some(Outcome::Done));
                }
                Step::Delete { note } if !model.texts[note].is_empty() => {
                    model.record(&history, note, Operation::Delete, String::new(), Some(Outcome::Done));
                }
                Step::Delete { .. } => {}
                Step::Prune { days, daily } => {
                    let long = |days| Duration::from_secs(days * 24 * 60 * 60);
                    let retention = Retention {
                        everything: long(days),
                        daily: Some(long(daily)),
                        trash: None,
                    };
                    let now = hour(model.hours);
                    let foretold = history.rehearse_prune(&retention, now).expect("it can be asked");
                    prop_assert_eq!(history.prune(&retention, now).expect("it prunes"), foretold);
                    model.check(&history);
                }
                Step::Reopen => {
                    drop(history);
                    history = place.open();
                }
            }
        }
        model.check(&history);
    }
}
