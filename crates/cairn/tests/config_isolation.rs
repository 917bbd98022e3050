//! Contract test (e): a configuration that many read and some write.
//!
//! Eight threads and four processes write while eight readers reload; no reader may ever see a broken or
//! partial file and no update may be lost. The same harness is run with a writer that rewrites the file in
//! place without a lock, and must catch it: the test of the test.

#![allow(clippy::unwrap_used)]

#[allow(dead_code, unused_imports)]
#[path = "../src/config_file.rs"]
mod config_file;

#[path = "config_isolation/alone.rs"]
mod alone;

use config_file::{ConfigError, ConfigFile, Reload};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use toml_edit::{DocumentMut, Item, Table, value};

const THREADS: usize = 8;
const READERS: usize = 8;
const PROCESSES: usize = 4;
/// Projects each thread and each process adds.
const ROUNDS: usize = 8;

/// What the harness saw go wrong.
#[derive(Debug, Default, PartialEq, Eq)]
struct Damage {
    /// Reads of a file that was no TOML or lacked a project an earlier read had shown.
    broken_reads: usize,
    /// Projects added that are not in the file at the end.
    lost_updates: usize,
}

/// Adds a project to the configuration; the second argument waits until every reader has looked at the file.
type Writer<'a> = dyn Fn(&Path, &str, &dyn Fn()) + Sync + 'a;

/// The names of the registered projects.
fn names(document: &DocumentMut) -> BTreeSet<String> {
    let table = document.get("projects").and_then(Item::as_table_like);
    let names = table.into_iter().flat_map(|table| table.iter());
    names.map(|(name, _)| name.to_owned()).collect()
}

/// Registers a project in a document.
fn insert(document: &mut DocumentMut, name: &str) {
    let projects = document["projects"].or_insert(Item::Table(Table::new()));
    projects[name]["path"] = value(format!("/nowhere/{name}"));
}

/// Writes with eight threads and `processes` processes while eight readers reload.
fn race(home: &Path, writer: &Writer<'_>, processes: usize) -> Damage {
    let path = home.join("config.toml");
    let done = AtomicBool::new(false);
    let looks: [AtomicUsize; READERS] = Default::default();
    let look = || {
        // Two more, since one may have begun before the file was as it is now.
        let before: Vec<_> = looks
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .collect();
        for (count, before) in looks.iter().zip(before) {
            while count.load(Ordering::SeqCst) < before + 2 {
                thread::yield_now();
            }
        }
    };
    let broken: usize = thread::scope(|scope| {
        let readers: Vec<_> = looks
            .iter()
            .map(|looks| scope.spawn(|| read_until(&path, &done, looks)))
            .collect();
        let mut writers = Vec::new();
        for thread in 0..THREADS {
            let (path, look) = (&path, &look);
            writers.push(scope.spawn(move || {
                for round in 0..ROUNDS {
                    writer(path, &format!("thread-{thread}-{round}"), look);
                }
            }));
        }
        for process in 0..processes {
            writers.push(scope.spawn(move || {
                for round in 0..ROUNDS {
                    add_by_process(home, &format!("process-{process}-{round}"));
                }
            }));
        }
        let ended: Vec<_> = writers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        // Readers are stopped even when a writer failed, so that the test fails instead of hanging.
        done.store(true, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok), "a writer failed");
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .sum()
    });
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for round in 0..ROUNDS {
        expected.extend((0..THREADS).map(|thread| format!("thread-{thread}-{round}")));
        expected.extend((0..processes).map(|process| format!("process-{process}-{round}")));
    }
    let found = fs::read_to_string(&path)
        .unwrap()
        .parse()
        .map(|document| names(&document));
    let found = found.unwrap_or_default();
    Damage {
        broken_reads: broken,
        lost_updates: expected.difference(&found).count(),
    }
}

/// Reloads until told to stop; returns how many reads were broken.
fn read_until(path: &Path, done: &AtomicBool, looks: &AtomicUsize) -> usize {
    let mut file = ConfigFile::new(path.to_owned(), |_| Ok(()));
    let (mut broken, mut known) = (0, BTreeSet::new());
    while !done.load(Ordering::SeqCst) {
        match file.reload() {
            Reload::Kept(_) => broken += 1,
            Reload::Unchanged => {}
            Reload::Fresh => {
                let now = names(file.current());
                // Nobody removes a project, so one that vanished was in a part of the file that is missing.
                broken += usize::from(!known.is_subset(&now));
                known = now;
            }
        }
        looks.fetch_add(1, Ordering::SeqCst);
        // Eight readers that never rest would leave two cores to nobody else.
        thread::sleep(Duration::from_micros(100));
    }
    broken
}

/// Adds a project with the real binary, and sets a key on the way.
fn add_by_process(home: &Path, name: &str) {
    let folder = home.join("notes").join(name);
    let add = [
        "project".as_ref(),
        "add".as_ref(),
        name.as_ref(),
        folder.as_os_str(),
    ];
    let set = ["config", "set", "index_concurrency", "3"].map(AsRef::as_ref);
    for arguments in [&add, &set] {
        let output = Command::new(env!("CARGO_BIN_EXE_cairn"))
            .args(arguments)
            .env("CAIRN_HOME", home)
            .env_remove("CAIRN_INDEX_CONCURRENCY")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// The writer under test.
fn published(path: &Path, name: &str, _look: &dyn Fn()) {
    ConfigFile::new(path.to_owned(), |_| Ok(()))
        .update(|document| {
            insert(document, name);
            Ok::<_, ConfigError>(())
        })
        .unwrap();
}

#[test]
fn no_reader_sees_a_broken_file_and_no_update_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let damage = race(home.path(), &published, PROCESSES);
    assert_eq!(damage, Damage::default());
    let text = fs::read_to_string(home.path().join("config.toml")).unwrap();
    assert!(text.contains("index_concurrency = 3"), "{text}");
    assert_eq!(leftovers(home.path()), [""; 0]);
}

#[test]
fn the_harness_catches_a_writer_that_rewrites_in_place() {
    let home = tempfile::tempdir().unwrap();
    let together = Barrier::new(THREADS);
    let in_place = |path: &Path, name: &str, look: &dyn Fn()| {
        let mut document = fs::read_to_string(path)
            .unwrap_or_default()
            .parse::<DocumentMut>()
            .unwrap_or_default();
        insert(&mut document, name);
        let text = document.to_string();
        // All have read before any writes; all have written half before any writes the rest.
        together.wait();
        fs::write(path, &text[..text.len() - 3]).unwrap();
        if together.wait().is_leader() {
            look();
        }
        together.wait();
        fs::write(path, &text).unwrap();
        together.wait();
    };
    let damage = race(home.path(), &in_place, 0);
    assert!(damage.broken_reads >= READERS * ROUNDS, "{damage:?}");
    // Of eight writers that read the same text one can win a round at most.
    assert!(damage.lost_updates >= (THREADS - 1) * ROUNDS, "{damage:?}");
}

/// Says that the draft is on disk, in the child of the test below.
const READY: &str = "the draft is on disk";

#[test]
fn a_writer_killed_half_way_leaves_the_old_file() {
    // The test runs itself as the process that is killed.
    if let Some(path) = std::env::var_os("CONFIG_ISOLATION_CHILD") {
        let file = ConfigFile::new(PathBuf::from(path), |_| Ok(()));
        let mut draft = file.draft().unwrap();
        insert(&mut draft.document, "half");
        let _written = draft.write().unwrap();
        writeln!(std::io::stderr(), "{READY}").unwrap();
        loop {
            thread::park();
        }
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    published(&path, "whole", &|| ());
    let before = fs::read_to_string(&path).unwrap();

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_writer_killed_half_way_leaves_the_old_file",
            "--nocapture",
        ])
        .env("CONFIG_ISOLATION_CHILD", &path)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ready = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .any(|line| line.unwrap().contains(READY));
    assert!(ready, "the child ended before its draft was written");
    assert_eq!(
        leftovers(home.path()).len(),
        1,
        "the draft is beside the file"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(
        leftovers(home.path()).len(),
        1,
        "the killed writer could not clean up"
    );
    published(&path, "after", &|| ());
    assert_eq!(leftovers(home.path()), [""; 0], "the next writer does");
    let document = fs::read_to_string(&path).unwrap().parse().unwrap();
    assert_eq!(
        names(&document),
        ["after", "whole"].map(str::to_owned).into()
    );
}

/// Drafts beside the configuration.
fn leftovers(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    entries
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".tmp"))
        .collect()
}
