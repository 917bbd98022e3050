//! What every backend must show of vectors.
//!
//! Not tests of answers. Invariant: as in the module above, each behaviour gives the first violation seen.

use super::*;
use crate::{Filter, Pending};
use cairn_note::chunk::PassageHash;

const MODEL: &str = "two numbers";

fn hash_of(path: &str, text: &str) -> PassageHash {
    let path = NotePath::from_disk(path).expect("test paths are valid");
    let (note, outline) = cairn_note::parse_with_outline(text);
    Span::of(&note, &outline, &path, text)[0].hash
}

/// The note at `path` says `text`, and its passage means something.
fn embedded(path: &str, text: &str, vector: [f32; 2]) -> Change {
    Change::Embedded {
        path: NotePath::from_disk(path).expect("test paths are valid"),
        model: MODEL.to_owned(),
        vectors: vec![(hash_of(path, text), vector.to_vec())],
    }
}

/// The paths of what is near, the nearest first.
fn near(index: &Index) -> Result<Vec<String>, Violation> {
    let session = index.read("search").map_err(|error| wrong(&error))?;
    let nearest = session
        .nearest(MODEL, &[1.0, 0.0], &Filter::default(), 10, 1)
        .map_err(|error| wrong(&error))?;
    let mut paths = Vec::new();
    for near in nearest.notes {
        let note = session.by_id(near.note).map_err(|error| wrong(&error))?;
        paths.extend(note.map(|note| note.path.to_string()));
    }
    Ok(paths)
}

fn expect<T: PartialEq + std::fmt::Debug>(
    found: &T,
    wanted: &T,
    when: &str,
) -> Result<(), Violation> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{when}: wanted {wanted:?}, found {found:?}"))
    }
}

fn pending(index: &Index) -> Result<Pending, Violation> {
    let session = index.read("count").map_err(|error| wrong(&error))?;
    session.pending(&[]).map_err(|error| wrong(&error))
}

fn apply(index: &Index, changes: Vec<Change>) -> Result<(), Violation> {
    let applied = index.apply(&SCOPE, changes);
    applied.map(|_| ()).map_err(|error| wrong(&error))
}

/// (e) What was embedded is near at once, also after a change, and no longer once it is gone.
fn finds_what_was_embedded(index: &Index) -> Result<(), Violation> {
    apply(index, vec![put("a.md", "one"), put("b.md", "two")])?;
    index.use_model(MODEL, 2).map_err(|error| wrong(&error))?;
    expect(&near(index)?, &Vec::new(), "nothing is embedded")?;
    apply(index, vec![embedded("a.md", "one", [0.0, 1.0])])?;
    expect(&near(index)?, &vec!["a.md".to_owned()], "one is embedded")?;
    apply(index, vec![embedded("b.md", "two", [1.0, 0.1])])?;
    let both = vec!["b.md".to_owned(), "a.md".to_owned()];
    expect(&near(index)?, &both, "both are embedded")?;
    apply(index, vec![put("b.md", "three")])?;
    expect(
        &near(index)?,
        &vec!["a.md".to_owned()],
        "one says something else",
    )?;
    expect(&pending(index)?.passages, &1, "one says something else")?;
    let gone = NotePath::from_disk("a.md").expect("test paths are valid");
    apply(index, vec![Change::Drop { path: gone }])?;
    expect(&near(index)?, &Vec::new(), "the other is gone")
}

/// (f) Vectors of a session that rolls back are near to nobody, whoever looks meanwhile.
fn finds_nothing_that_was_rolled_back(index: &Index, patience: Duration) -> Result<(), Violation> {
    apply(index, vec![put("a.md", "one"), put("b.md", "two")])?;
    index.use_model(MODEL, 2).map_err(|error| wrong(&error))?;
    apply(index, vec![embedded("a.md", "one", [1.0, 0.0])])?;
    let (wrote, was_written) = channel();
    let (looked, was_looked) = channel();
    let (meanwhile, failed) = thread::scope(|threads| {
        let failing = threads.spawn(move || -> Result<(), Violation> {
            let session = index.write("failing").map_err(|error| wrong(&error))?;
            let applied = session.apply(&SCOPE, [vec![embedded("b.md", "two", [1.0, 0.0])]]);
            wrote.send(()).map_err(|error| error.to_string())?;
            // Where there is one connection nobody can look, and this wait runs out.
            was_looked.recv_timeout(patience).ok();
            applied.map(|_| ()).map_err(|error| wrong(&error))
        });
        was_written.recv().ok();
        let meanwhile = near(index);
        looked.send(()).ok();
        let failed = failing.join();
        (
            meanwhile,
            failed.unwrap_or_else(|_| Err("it panicked".to_owned())),
        )
    });
    failed?;
    let one = vec!["a.md".to_owned()];
    expect(&meanwhile?, &one, "meanwhile")?;
    expect(&near(index)?, &one, "afterwards")?;
    expect(&pending(index)?.passages, &1, "afterwards")
}

#[test]
fn memory_finds_what_was_embedded() {
    assert_eq!(finds_what_was_embedded(&memory()), Ok(()));
}

#[test]
fn file_finds_what_was_embedded() {
    let file = FileIndex::new("e", &patient());
    assert_eq!(finds_what_was_embedded(&file.index), Ok(()));
}

#[test]
fn memory_finds_nothing_that_was_rolled_back() {
    assert_eq!(
        finds_nothing_that_was_rolled_back(&memory(), SHORTLY),
        Ok(())
    );
}

#[test]
fn file_finds_nothing_that_was_rolled_back() {
    let file = FileIndex::new("f", &patient());
    assert_eq!(
        finds_nothing_that_was_rolled_back(&file.index, LONG),
        Ok(())
    );
}

#[test]
fn a_shared_connection_finds_what_was_rolled_back() {
    finds_nothing_that_was_rolled_back(&shared(), LONG)
        .expect_err("the contract must notice a shared connection");
}
