//! What the tests stand on: a history in memory or in a file, entries in few words, and texts that change a little.

use cairn_history::{
    Content, Entry, Filter, History, Operation, Options, Outcome, Recorded, Revision,
};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const PROJECT: i64 = 7;

/// Runs a behaviour on every kind of history.
pub(crate) fn on_each(behaviour: impl Fn(&History)) {
    behaviour(&History::in_memory().expect("a history in memory opens"));
    behaviour(&Place::new().open());
}

/// A folder with a history file in it.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder can be made"))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("data").join("history.db")
    }

    pub(crate) fn open(&self) -> History {
        History::open(&self.path(), &Options::default()).expect("the history opens")
    }
}

/// So many hours after the beginning.
pub(crate) fn hour(hours: i64) -> Timestamp {
    let beginning: Timestamp = "2026-01-01T00:00:00Z".parse().expect("it is a time");
    beginning + SignedDuration::from_hours(hours)
}

/// An entry about a note whose id is its first path without `.md`; empty texts are absent.
pub(crate) fn entry(note: &str, operation: Operation, before: &str, after: &str) -> Entry {
    let content = |text: &str| (!text.is_empty()).then(|| Content::Bytes(text.into()));
    Entry {
        project: PROJECT,
        note: note.to_owned(),
        path: format!("{note}.md"),
        former: None,
        operation,
        actor: "cli".to_owned(),
        time: hour(0),
        before: content(before),
        after: content(after),
        permalink: None,
    }
}

/// An entry about a note that is at another path than its first.
pub(crate) fn at(path: &str, entry: Entry) -> Entry {
    Entry {
        path: path.to_owned(),
        ..entry
    }
}

/// A move of a note that keeps its text.
pub(crate) fn moved(note: &str, from: &str, to: &str, text: &str) -> Entry {
    Entry {
        former: Some(from.to_owned()),
        ..at(to, entry(note, Operation::Move, text, text))
    }
}

pub(crate) fn when(time: Timestamp, entry: Entry) -> Entry {
    Entry { time, ..entry }
}

pub(crate) fn by(actor: &str, entry: Entry) -> Entry {
    Entry {
        actor: actor.to_owned(),
        ..entry
    }
}

/// Records entries as one change and says that they are done.
pub(crate) fn did(history: &History, entries: Vec<Entry>) -> Recorded {
    let recorded = history.record(entries).expect("it is recorded");
    let done: Vec<_> = recorded
        .revisions
        .iter()
        .map(|id| (*id, Outcome::Done))
        .collect();
    history.settle(&done);
    recorded
}

/// Revisions as lines: operation, path, and the texts they lead between.
pub(crate) fn told(history: &History, revisions: &[Revision]) -> Vec<String> {
    let text = |hash: Option<_>| match hash {
        None => "-".to_owned(),
        Some(hash) => match history.content(&hash) {
            Ok(Some(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            other => format!("{other:?}"),
        },
    };
    revisions
        .iter()
        .map(|revision| {
            format!(
                "{} {}: {} > {}",
                revision.operation.name(),
                revision.path,
                text(revision.before),
                text(revision.after)
            )
        })
        .collect()
}

/// What a filter lets through, as [`told`].
pub(crate) fn list(history: &History, filter: &Filter) -> Vec<String> {
    told(
        history,
        &history.revisions(filter, 100).expect("it can be asked"),
    )
}

/// A text of about so many bytes that looks like notes do, and differs for each `seed`.
pub(crate) fn text(seed: u64, bytes: usize) -> String {
    const WORDS: &[&str] = &[
        "garden",
        "tea",
        "the",
        "a",
        "of",
        "water",
        "leaf",
        "decision",
        "because",
        "project",
        "meeting",
        "we",
        "should",
        "light",
        "on",
        "river",
        "question",
        "- [fact]",
        "[[Link]]",
        "\n\n## Heading\n",
        "#tag",
        "slowly",
        "morning",
        "after",
        "and",
        "is",
        "not",
        "yet",
        "number",
        "green",
        "table",
        "with",
    ];
    let mut random = Random(seed);
    let mut text = format!("# Note {seed}\n\n");
    while text.len() < bytes {
        text.push_str(WORDS[random.below(WORDS.len())]);
        if random.below(4) == 0 {
            write!(text, "{:x}", random.below(1 << 20)).expect("it is written to memory");
        }
        text.push(' ');
    }
    text
}

/// The same text with one passage replaced.
pub(crate) fn edited(text: &str, seed: u64) -> String {
    let mut random = Random(seed);
    let mut at = random.below(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = (at + 20).min(text.len());
    format!(
        "{}an edit {:x}{}",
        &text[..at],
        random.below(1 << 30),
        &text[end..]
    )
}

/// Numbers that look random and are the same each time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % end as u64).expect("it is below the end")
    }
}
