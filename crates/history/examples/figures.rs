//! How fast and how small: `cargo run --release -p cairn-history --example figures FOLDER`.
//!
//! Figures, not tests. The folder should be on the disk that is asked about.

#![expect(clippy::print_stdout, reason = "it is a program for people")]

use cairn_history::{Content, Entry, History, Operation, Options, Outcome};
use jiff::Timestamp;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const THREADS: usize = 64;
const RECORDS: usize = 200;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder is given");
    let path = Path::new(&folder).join("figures.db");
    let history = History::open(&path, &Options::default()).expect("it opens");
    let memory = History::in_memory().expect("it opens");
    alone(&memory, "in memory, so without the disk's share");
    alone(&history, "first");
    alone(&history, "again");
    let start = Instant::now();
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let history = &history;
                scope.spawn(move || write(history, &format!("note-{thread}"), RECORDS))
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no thread fails"))
            .collect()
    });
    let all = start.elapsed();
    took.sort_unstable();
    println!(
        "{THREADS} threads: {:.0} records a second, p50 {:.2} ms, p95 {:.2} ms",
        (THREADS * RECORDS) as f64 / all.as_secs_f64(),
        at(&took, 50),
        at(&took, 95),
    );
    println!("{:?}", history.statistics().expect("it can be asked"));
}

fn alone(history: &History, name: &str) {
    let mut took = write(history, &format!("alone-{name}"), 500);
    took.sort_unstable();
    println!(
        "alone ({name}): p50 {:.2} ms, p95 {:.2} ms",
        at(&took, 50),
        at(&took, 95)
    );
}

fn at(sorted: &[Duration], percent: usize) -> f64 {
    sorted[sorted.len() * percent / 100].as_secs_f64() * 1_000.0
}

/// Edits a note of 5 KB again and again.
fn write(history: &History, note: &str, records: usize) -> Vec<Duration> {
    let mut before: Vec<u8> = Vec::new();
    let mut number = note.len() as u64;
    while before.len() < 5_000 {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        before.extend_from_slice(format!("{note} {:x} of the garden. ", number >> 40).as_bytes());
    }
    let mut took = Vec::new();
    for record in 0..records {
        let mut after = before.clone();
        let place = record * 37 % 4_000;
        after.splice(place..place + 10, format!("an edit {record}").into_bytes());
        let entry = Entry {
            project: 1,
            note: format!("{note}-5d0e-9c1a-6b1f-000000000000"),
            path: format!("projects/garden/{note}.md"),
            former: None,
            operation: Operation::Edit,
            actor: "figures".to_owned(),
            time: Timestamp::UNIX_EPOCH,
            before: Some(Content::Bytes(before)),
            after: Some(Content::Bytes(after.clone())),
            permalink: None,
        };
        let start = Instant::now();
        let recorded = history.record(vec![entry]).expect("it is recorded");
        took.push(start.elapsed());
        history.settle(&[(recorded.revisions[0], Outcome::Done)]);
        before = after;
    }
    took
}
