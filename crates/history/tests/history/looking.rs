//! Looking at a history file without making, migrating or writing anything.

use crate::bench::{Place, did, entry};
use cairn_history::{Error, Filter, History, Operation, Options};
use rusqlite::Connection;
use std::cell::Cell;

fn look(place: &Place) -> Result<Option<History>, Error> {
    History::open_to_look(&place.path(), &Options::default())
}

#[test]
fn nothing_is_made_where_nothing_is() {
    let place = Place::new();
    assert!(look(&place).expect("nothing is no error").is_none());
    let folder = place.path().parent().expect("it has one").to_owned();
    assert!(!folder.exists());
    std::fs::create_dir_all(&folder).expect("it can be made");
    std::fs::write(place.path(), "").expect("it can be written");
    assert!(look(&place).expect("an empty file is none").is_none());
    assert_eq!(std::fs::read(place.path()).expect("it is there"), b"");
}

#[test]
fn what_was_recorded_is_seen_and_nothing_can_be_added() {
    let place = Place::new();
    did(
        &place.open(),
        vec![
            entry("a", Operation::Create, "", "A"),
            entry("b", Operation::Create, "", "B"),
        ],
    );
    let before = std::fs::read(place.path()).expect("it is there");
    let history = look(&place).expect("it opens").expect("it is there");
    let seen = history.revisions(&Filter::default(), 10);
    assert_eq!(seen.expect("it can be read").len(), 2);
    history
        .record(vec![entry("c", Operation::Create, "", "C")])
        .expect_err("it is only looked at");
    let steps = Cell::new(Vec::new());
    let problems = history.check_while(&|done, all| {
        let mut seen = steps.take();
        seen.push((done, all));
        steps.set(seen);
        done < 1
    });
    assert_eq!(problems.expect("it can be checked"), []);
    assert_eq!(steps.take(), [(0, 2), (1, 2)], "it stops where it is told");
    drop(history);
    assert_eq!(std::fs::read(place.path()).expect("it is there"), before);
}

#[test]
fn an_older_or_newer_format_is_named_and_left_as_it_is() {
    let place = Place::new();
    did(&place.open(), vec![entry("a", Operation::Create, "", "A")]);
    let format = |number: u32| {
        let connection = Connection::open(place.path()).expect("the file opens");
        connection
            .pragma_update(None, "user_version", number)
            .expect("it can be set");
    };
    format(0);
    let older = look(&place).expect_err("it is older");
    assert!(
        matches!(older, Error::Older { found: 0, known: 2 }),
        "{older}"
    );
    format(99);
    let newer = look(&place).expect_err("it is newer");
    assert!(matches!(newer, Error::Newer { found: 99, .. }), "{newer}");
    std::fs::write(place.path(), "a shopping list ".repeat(100)).expect("it can be written");
    let foreign = look(&place).expect_err("it is no history");
    assert!(matches!(foreign, Error::Foreign { .. }), "{foreign}");
}
