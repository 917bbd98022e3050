//! Damage: named, and never made worse.

use crate::bench::{Place, did, edited, entry, hour, text};
use cairn_history::{Error, Filter, Hash, History, Operation, Options, Problem, Retention};
use rusqlite::Connection;
use std::time::Duration;

/// Does something to the database behind the history's back.
fn meddle(place: &Place, sql: &str) {
    let connection = Connection::open(place.path()).expect("the file opens");
    connection
        .execute_batch(sql)
        .expect("it can be meddled with");
}

/// A note of three texts, and these.
fn three(place: &Place) -> [String; 3] {
    let history = place.open();
    let first = text(1, 3_000);
    let second = edited(&first, 2);
    let third = edited(&second, 3);
    did(
        &history,
        vec![entry("garden/tea", Operation::Create, "", &first)],
    );
    did(
        &history,
        vec![entry("garden/tea", Operation::Edit, &first, &second)],
    );
    did(
        &history,
        vec![entry("garden/tea", Operation::Edit, &second, &third)],
    );
    [first, second, third]
}

fn read(history: &History, text: &str) -> Result<Option<Vec<u8>>, Error> {
    history.content(&Hash::of(text.as_bytes()))
}

#[test]
fn a_damaged_content_is_named_with_its_note() {
    let damages = [
        "UPDATE content SET packed = zeroblob(length(packed)) WHERE id = 2",
        "UPDATE content SET packed = x'' WHERE id = 2",
        "UPDATE content SET size = size + 1 WHERE id = 2",
        "UPDATE content SET size = -1 WHERE id = 2",
        "UPDATE content SET base = NULL WHERE id = 2",
        "UPDATE content SET base = 2 WHERE id = 2",
        "UPDATE content SET base = 3 WHERE id = 2",
        "UPDATE content SET packed = (SELECT packed FROM content WHERE id = 3) WHERE id = 2",
    ];
    for damage in damages {
        let place = Place::new();
        let texts = three(&place);
        meddle(&place, damage);
        let history = place.open();
        assert_eq!(
            read(&history, &texts[0]).expect("it is whole"),
            Some(texts[0].clone().into())
        );
        // The third is a difference from the second.
        for text in &texts[1..] {
            let error = read(&history, text).expect_err(damage).to_string();
            let hash = Hash::of(text.as_bytes()).to_string();
            assert!(
                error.contains("garden/tea.md (note garden/tea)"),
                "{damage}: {error}"
            );
            assert!(error.contains(&hash), "{damage}: {error}");
        }
        let problems = history.check().expect("it can be checked");
        let named: Vec<_> = problems
            .iter()
            .filter(|problem| matches!(problem, Problem::Content { owner, .. } if owner.contains("garden/tea.md")))
            .collect();
        assert_eq!(named.len(), 2, "{damage}: {problems:?}");
    }
}

#[test]
fn a_damaged_content_stops_neither_records_nor_prunes() {
    let place = Place::new();
    let texts = three(&place);
    meddle(&place, "UPDATE content SET packed = x'00' WHERE id = 3");
    let history = place.open();
    let next = edited(&texts[2], 4);
    let mut edit = entry("garden/tea", Operation::Edit, "", &next);
    edit.before = Some(cairn_history::Content::Known(Hash::of(texts[2].as_bytes())));
    did(&history, vec![edit]);
    assert_eq!(
        read(&history, &next).expect("it is whole"),
        Some(next.clone().into())
    );
    let retention = Retention {
        everything: Duration::from_secs(60),
        daily: Some(Duration::ZERO),
        trash: None,
    };
    let pruned = history.prune(&retention, hour(1_000)).expect("it prunes");
    // The second is what the damaged third is based on, which is needed; it was packed anew, so that the first could go.
    assert_eq!((pruned.revisions, pruned.contents), (3, 1));
    assert_eq!(
        read(&history, &next).expect("it is whole"),
        Some(next.into())
    );
    assert_eq!(
        read(&history, &texts[1]).expect("it is whole"),
        Some(texts[1].clone().into())
    );
}

#[test]
fn missing_rows_are_problems() {
    let place = Place::new();
    three(&place);
    meddle(
        &place,
        "PRAGMA foreign_keys = OFF; DELETE FROM content WHERE id = 3; DELETE FROM revision WHERE id = 3;
         UPDATE identity SET revision = 9",
    );
    let problems = place.open().check().expect("it can be checked");
    assert_eq!(problems.len(), 1, "{problems:?}");
    meddle(
        &place,
        "PRAGMA foreign_keys = OFF; DELETE FROM content WHERE id = 1",
    );
    let problems = place.open().check().expect("it can be checked");
    assert!(problems.len() >= 3, "{problems:?}");
}

#[test]
fn a_page_of_garbage_is_a_problem_and_not_a_panic() {
    let place = Place::new();
    three(&place);
    let mut bytes = std::fs::read(place.path()).expect("it can be read");
    for page in bytes.chunks_mut(4_096).skip(1) {
        page[..200].fill(0xA5);
    }
    std::fs::write(place.path(), &bytes).expect("it can be written");
    match History::open(&place.path(), &Options::default()) {
        Ok(history) => {
            assert!(!history.check().expect("it can be checked").is_empty());
            history
                .revisions(&Filter::default(), 1)
                .expect_err("it is damaged");
        }
        Err(error) => assert!(error.to_string().contains("history"), "{error}"),
    }
    let left = std::fs::read(place.path()).expect("it can be read");
    assert_eq!(left.len(), bytes.len(), "it is left as it is");
}

#[test]
fn what_a_newer_version_wrote_is_refused() {
    let place = Place::new();
    three(&place);
    let open_before = place.open();
    meddle(&place, "PRAGMA user_version = 99");
    let refused = open_before
        .record(vec![entry("a", Operation::Create, "", "A")])
        .expect_err("it is newer now");
    assert!(
        matches!(
            refused,
            Error::Newer {
                found: 99,
                known: 2
            }
        ),
        "{refused}"
    );
    drop(open_before);
    let refused = History::open(&place.path(), &Options::default()).expect_err("it is newer");
    assert!(
        matches!(
            refused,
            Error::Newer {
                found: 99,
                known: 2
            }
        ),
        "{refused}"
    );
    meddle(&place, "PRAGMA user_version = 2");
    assert_eq!(
        place.open().check().expect("it can be checked"),
        [],
        "nothing was touched"
    );
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let place = Place::new();
    std::fs::create_dir_all(place.path().parent().expect("it has one")).expect("it can be made");
    let refuse = || {
        let before = std::fs::read(place.path()).expect("it can be read");
        let refused =
            History::open(&place.path(), &Options::default()).expect_err("it is no history");
        assert!(matches!(refused, Error::Foreign { .. }), "{refused}");
        assert_eq!(std::fs::read(place.path()).expect("it can be read"), before);
    };
    std::fs::write(place.path(), "This is a shopping list. ".repeat(300))
        .expect("it can be written");
    refuse();
    std::fs::remove_file(place.path()).expect("it can be removed");
    meddle(&place, "CREATE TABLE shopping (item)");
    refuse();
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let history = place.open();
    did(&history, vec![entry("a", Operation::Create, "", "A")]);
    for end in ["", "-wal", "-shm"] {
        let mut name = place.path().into_os_string();
        name.push(end);
        let mode = std::fs::metadata(&name)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name:?}");
    }
}
