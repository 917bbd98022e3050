//! Processes that are killed: what was acknowledged is there.

use crate::bench::{Place, Random, edited, entry, text};
use cairn_history::{Filter, History, Operation, Options, Outcome, RevisionId};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Tells a process of this test that it is the child, and where to write.
const CHILD: &str = "CAIRN_HISTORY_TEST_CHILD";

/// Runs the test of a name in a process of its own, as a child that records into a folder.
fn spawn(test: &str, folder: &Path, acknowledged: &Path) -> Child {
    let program = std::env::current_exe().expect("this is a program");
    Command::new(program)
        .args(["--exact", test, "--nocapture"])
        .env(
            CHILD,
            format!("{}\n{}", folder.display(), acknowledged.display()),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program can be run again")
}

/// In a child: where the history is, and where to write what was acknowledged.
fn told() -> Option<(PathBuf, PathBuf)> {
    let told = std::env::var(CHILD).ok()?;
    let (history, acknowledged) = told.split_once('\n')?;
    Some((history.into(), acknowledged.into()))
}

/// Records edits with four threads, writing down what was acknowledged as soon as it is.
fn record_many((path, acknowledged): (PathBuf, PathBuf), rounds: usize) {
    let history = History::open(&path, &Options::default()).expect("it opens");
    let name = acknowledged.display().to_string();
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&acknowledged)
        .expect("it can be written");
    thread::scope(|scope| {
        for number in 0..4 {
            let (history, file, name) = (&history, &file, &name);
            scope.spawn(move || {
                let mut before = text(number, 800);
                for round in 0..rounds {
                    let after = edited(&before, round as u64);
                    let edit = entry(
                        &format!("{name}-{number}"),
                        Operation::Edit,
                        &before,
                        &after,
                    );
                    let id = history
                        .record(vec![edit])
                        .expect("it is recorded")
                        .revisions[0];
                    // One write of a whole line, so that threads and the kill tear none.
                    let mut file: &File = file;
                    file.write_all(format!("{}\n", id.0).as_bytes())
                        .expect("it can be written");
                    history.settle(&[(id, Outcome::Done)]);
                    before = after;
                }
            });
        }
    });
}

fn acknowledged(path: &Path) -> Vec<RevisionId> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| RevisionId(line.parse().expect("it is a number")))
        .collect()
}

fn expect_all(history: &History, acknowledged: &[RevisionId]) {
    let kept: Vec<RevisionId> = history
        .revisions(&Filter::default(), usize::MAX)
        .expect("it can be asked")
        .iter()
        .map(|revision| revision.id)
        .collect();
    for id in acknowledged {
        assert!(
            kept.binary_search_by(|kept| id.cmp(kept)).is_ok(),
            "{id:?} was lost"
        );
    }
    assert_eq!(history.check().expect("it can be checked"), []);
}

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    if let Some(told) = told() {
        return record_many(told, usize::MAX);
    }
    let place = Place::new();
    place.open();
    let mut random = Random(1);
    let mut all = Vec::new();
    for life in 0..8 {
        let lines = place.path().with_extension(format!("life-{life}"));
        let mut child = spawn(
            "durable::a_killed_process_loses_nothing_that_was_acknowledged",
            &place.path(),
            &lines,
        );
        let enough = 1 + random.below(60);
        while acknowledged(&lines).len() < enough {
            assert!(
                child.try_wait().expect("it can be asked").is_none(),
                "the child ended"
            );
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        all.extend(acknowledged(&lines));
        expect_all(&place.open(), &all);
    }
    // Who was interrupted between recording and settling is seen by who opens it next.
    let history = place.open();
    for revision in history
        .pending(crate::bench::PROJECT)
        .expect("it can be asked")
    {
        history.settle(&[(revision.id, Outcome::Done)]);
    }
    assert_eq!(
        history
            .pending(crate::bench::PROJECT)
            .expect("it can be asked"),
        []
    );
}

#[test]
fn eight_processes_at_once_lose_nothing() {
    const ROUNDS: usize = 15;
    if let Some(told) = told() {
        return record_many(told, ROUNDS);
    }
    let place = Place::new();
    std::fs::create_dir_all(place.path().parent().expect("it has one")).expect("it can be made");
    let mut children: Vec<(Child, PathBuf)> = (0..8)
        .map(|number| {
            let lines = place.path().with_extension(format!("process-{number}"));
            let test = "durable::eight_processes_at_once_lose_nothing";
            (spawn(test, &place.path(), &lines), lines)
        })
        .collect();
    let mut all = Vec::new();
    for (child, lines) in &mut children {
        assert!(child.wait().expect("it ends").success(), "a process failed");
        all.extend(acknowledged(lines));
    }
    assert_eq!(all.len(), 8 * 4 * ROUNDS);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 8 * 4 * ROUNDS, "a number was given twice");
    expect_all(&place.open(), &all);
}
