//! Behaviours every backend must show, and proof that a backend without them would be noticed.
//!
//! Not tests of answers. Invariant: each behaviour is a function from an index to the first violation seen, so
//! that the same function runs against every backend and against one that is broken on purpose.

mod vectors;

use crate::sqlite::shared_connection;
use crate::{
    Change, Content, Entry, Error, Fingerprint, Index, Options, ProjectId, Scope, Span, Terms,
};
use cairn_note::NotePath;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Barrier;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

const SCOPE: Scope<'static> = Scope {
    project: ProjectId(1),
    slug: None,
    siblings: &[],
};

/// How long a session waits for siblings that cannot even begin, and for those that surely do.
const SHORTLY: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(30);

/// A violation, in words.
type Violation = String;

fn put(path: &str, text: &str) -> Change {
    let (note, outline) = cairn_note::parse_with_outline(text);
    let note = Box::new(note);
    let terms = Terms::of(&note, text);
    let path = NotePath::from_disk(path).expect("test paths are valid");
    let passages = Span::of(&note, &outline, &path, text);
    Change::Put(Box::new(Entry {
        path,
        given: crate::Given::default(),
        fingerprint: Fingerprint {
            size: text.len() as u64,
            modified_ns: 0,
            checksum: [0; 32],
        },
        created: Timestamp::UNIX_EPOCH,
        modified: Timestamp::UNIX_EPOCH,
        content: Content::Note {
            note,
            terms,
            passages,
        },
    }))
}

fn wrong(error: &Error) -> Violation {
    error.to_string()
}

fn expect_paths(index: &Index, wanted: &[String]) -> Result<(), Violation> {
    let session = index.read("check").map_err(|error| wrong(&error))?;
    let found = session
        .fingerprints(SCOPE.project)
        .map_err(|error| wrong(&error))?;
    let found: Vec<String> = found
        .into_iter()
        .map(|(path, _)| path.to_string())
        .collect();
    if found == wanted {
        Ok(())
    } else {
        Err(format!("wanted {wanted:?}, found {found:?}"))
    }
}

fn expect_linked(index: &Index) -> Result<(), Violation> {
    let session = index.read("check").map_err(|error| wrong(&error))?;
    let statistics = session
        .statistics(SCOPE.project)
        .map_err(|error| wrong(&error))?;
    match (
        statistics.notes,
        statistics.relations,
        statistics.unresolved,
    ) {
        (2, 2, 0) => Ok(()),
        found => Err(format!(
            "wanted 2 notes, 2 relations, 0 unresolved, found {found:?}"
        )),
    }
}

/// (a) A session that stays open over many steps keeps its rows while a sibling opens, fails and rolls back.
fn keeps_rows_beside_a_failing_sibling(index: &Index, patience: Duration) -> Result<(), Violation> {
    let (failed, sibling_failed) = channel();
    let (opened, first_opened) = channel();
    thread::scope(|threads| {
        let first = threads.spawn(move || -> Result<(), Violation> {
            let session = index.write("first").map_err(|error| wrong(&error))?;
            session
                .apply(&SCOPE, [vec![put("0.md", "zero")]])
                .map_err(|error| wrong(&error))?;
            opened.send(()).map_err(|error| error.to_string())?;
            // Where sessions are isolated the sibling cannot even begin, and this wait runs out.
            sibling_failed.recv_timeout(patience).ok();
            for step in 1..10 {
                session
                    .apply(&SCOPE, [vec![put(&format!("{step}.md"), "text")]])
                    .map_err(|error| wrong(&error))?;
            }
            session.commit().map_err(|error| wrong(&error))
        });
        threads.spawn(move || {
            first_opened.recv().ok();
            if let Ok(session) = index.write("sibling") {
                session
                    .apply(&SCOPE, [vec![put("sibling.md", "never committed")]])
                    .ok();
            }
            failed.send(()).ok();
        });
        first
            .join()
            .map_err(|_| "the first session panicked".to_owned())?
    })?;
    expect_paths(
        index,
        &(0..10).map(|step| format!("{step}.md")).collect::<Vec<_>>(),
    )
}

/// (b) Dropping, resetting and returning connections never reaches a sibling.
fn returning_connections_reaches_nobody(
    index: &Index,
    patience: Duration,
) -> Result<(), Violation> {
    let first_wrote = Barrier::new(5);
    let (done, siblings_done) = channel();
    thread::scope(|threads| {
        for _ in 0..4 {
            let (first_wrote, done) = (&first_wrote, done.clone());
            threads.spawn(move || {
                first_wrote.wait();
                for _ in 0..10 {
                    drop(index.read("reader"));
                    if let Ok(session) = index.write("dropper") {
                        session
                            .apply(&SCOPE, [vec![put("dropped.md", "never committed")]])
                            .ok();
                    }
                }
                done.send(()).ok();
            });
        }
        let session = index.write("first").map_err(|error| wrong(&error));
        let first = session.as_ref().map_err(Clone::clone).and_then(|session| {
            let applied = session.apply(&SCOPE, [vec![put("0.md", "text")]]);
            applied.map_err(|error| wrong(&error))
        });
        first_wrote.wait();
        first?;
        // Where sessions are isolated none of them can write yet, and this wait runs out.
        siblings_done.recv_timeout(patience).ok();
        let session = session?;
        session
            .apply(&SCOPE, [vec![put("1.md", "text")]])
            .map_err(|error| wrong(&error))?;
        session.commit().map_err(|error| wrong(&error))
    })?;
    expect_paths(index, &["0.md".to_owned(), "1.md".to_owned()])
}

/// (c) A session inside a session is refused at once.
fn refuses_nested_sessions(index: &Index) -> Result<(), Violation> {
    let outer = index.read("outer").map_err(|error| wrong(&error))?;
    let inner = [
        index.read("inner").map(|_| ()),
        index.write("inner").map(|_| ()),
    ];
    drop(outer);
    for result in inner {
        match result {
            Err(Error::Nested {
                outer: "outer",
                inner: "inner",
            }) => {}
            other => return Err(format!("a nested session gave {other:?}")),
        }
    }
    let outer = index.write("outer").map_err(|error| wrong(&error))?;
    match index.read("inner").map(|_| ()) {
        Err(Error::Nested { .. }) => {}
        other => return Err(format!("a nested session gave {other:?}")),
    }
    drop(outer);
    index
        .read("after")
        .map(|_| ())
        .map_err(|error| wrong(&error))
}

/// (c) A starved session ends in `Busy`, which names the holder. The index must have a short timeout.
fn names_who_starves_others(index: &Index) -> Result<(), Violation> {
    let held = index
        .write("the long import")
        .map_err(|error| wrong(&error))?;
    let starved =
        thread::scope(|threads| threads.spawn(|| index.write("starved").map(|_| ())).join());
    drop(held);
    match starved {
        Ok(Err(Error::Busy { holder, .. })) if holder == "the long import" => Ok(()),
        other => Err(format!("a starved session gave {other:?}")),
    }
}

/// (d) Two notes that link to each other, written by two of eight threads while the others fail and roll back.
fn resolves_circular_links(index: &Index) -> Result<(), Violation> {
    let together = Barrier::new(8);
    let results: Vec<Result<(), Violation>> = thread::scope(|threads| {
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let together = &together;
                threads.spawn(move || -> Result<(), Violation> {
                    together.wait();
                    match worker {
                        0 => index
                            .apply(&SCOPE, vec![put("a.md", "- knows [[b]]")])
                            .map(|_| ()),
                        1 => index
                            .apply(&SCOPE, vec![put("b.md", "- knows [[a]]")])
                            .map(|_| ()),
                        2..5 => index.read("reader").map(|_| ()),
                        _ => index.write("failing").map(|session| {
                            session
                                .apply(&SCOPE, [vec![put("c.md", "never committed")]])
                                .ok();
                        }),
                    }
                    .map_err(|error| wrong(&error))
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err("a worker panicked".to_owned()))
            })
            .collect()
    });
    results.into_iter().collect::<Result<(), Violation>>()?;
    expect_linked(index)
}

/// An index file in a folder that goes when the test ends.
struct FileIndex {
    index: Index,
    folder: PathBuf,
}

impl FileIndex {
    fn new(name: &str, options: &Options) -> Self {
        let folder =
            std::env::temp_dir().join(format!("cairn-contract-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
        Self {
            index: Index::open(&folder.join("index.db"), options).expect("a new index opens"),
            folder,
        }
    }
}

impl Drop for FileIndex {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn patient() -> Options {
    Options::default()
}

fn impatient() -> Options {
    Options {
        checkout_timeout: Duration::from_millis(50),
    }
}

fn memory() -> Index {
    Index::in_memory(&patient()).expect("an index in memory opens")
}

fn shared() -> Index {
    shared_connection(&patient()).expect("a shared connection opens")
}

#[test]
fn memory_keeps_rows_beside_a_failing_sibling() {
    assert_eq!(
        keeps_rows_beside_a_failing_sibling(&memory(), SHORTLY),
        Ok(())
    );
}

#[test]
fn file_keeps_rows_beside_a_failing_sibling() {
    let file = FileIndex::new("a", &patient());
    assert_eq!(
        keeps_rows_beside_a_failing_sibling(&file.index, SHORTLY),
        Ok(())
    );
}

#[test]
fn a_shared_connection_loses_rows_to_a_failing_sibling() {
    keeps_rows_beside_a_failing_sibling(&shared(), LONG)
        .expect_err("the contract must notice a shared connection");
}

#[test]
fn memory_returns_connections_unnoticed() {
    assert_eq!(
        returning_connections_reaches_nobody(&memory(), SHORTLY),
        Ok(())
    );
}

#[test]
fn file_returns_connections_unnoticed() {
    let file = FileIndex::new("b", &patient());
    assert_eq!(
        returning_connections_reaches_nobody(&file.index, SHORTLY),
        Ok(())
    );
}

#[test]
fn a_shared_connection_is_noticed_when_returned() {
    returning_connections_reaches_nobody(&shared(), LONG)
        .expect_err("the contract must notice a shared connection");
}

#[test]
fn memory_refuses_nested_sessions() {
    assert_eq!(refuses_nested_sessions(&memory()), Ok(()));
}

#[test]
fn file_refuses_nested_sessions() {
    let file = FileIndex::new("c", &patient());
    assert_eq!(refuses_nested_sessions(&file.index), Ok(()));
}

#[test]
fn memory_names_who_starves_others() {
    let index = Index::in_memory(&impatient()).expect("an index in memory opens");
    assert_eq!(names_who_starves_others(&index), Ok(()));
}

#[test]
fn file_names_who_starves_others() {
    let file = FileIndex::new("starve", &impatient());
    assert_eq!(names_who_starves_others(&file.index), Ok(()));
}

#[test]
fn memory_resolves_circular_links_a_thousand_times() {
    for round in 0..1_000 {
        assert_eq!(resolves_circular_links(&memory()), Ok(()), "round {round}");
    }
}

#[test]
fn file_resolves_circular_links() {
    for round in 0..50 {
        let file = FileIndex::new(&format!("d{round}"), &patient());
        assert_eq!(
            resolves_circular_links(&file.index),
            Ok(()),
            "round {round}"
        );
    }
}

#[test]
fn a_shared_connection_breaks_circular_links() {
    let violations = (0..1_000).filter_map(|_| resolves_circular_links(&shared()).err());
    assert!(
        violations.take(1).count() > 0,
        "the contract must notice a shared connection"
    );
}

#[test]
fn another_process_that_writes_is_waited_for_and_named() {
    let file = FileIndex::new("busy", &impatient());
    let other =
        Index::open(&file.folder.join("index.db"), &impatient()).expect("a second opening is fine");
    let held = other.write("elsewhere").expect("nobody else writes");
    match file.index.write("here").map(|_| ()) {
        Err(Error::Busy { holder, .. }) => assert_eq!(holder, "another process"),
        other => panic!("a locked database gave {other:?}"),
    }
    drop(held);
    file.index
        .apply(&SCOPE, vec![put("a.md", "text")])
        .expect("the lock is free again");
}
