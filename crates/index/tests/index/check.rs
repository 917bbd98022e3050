//! Index files that are whole, damaged, or something else, and what emptying one leaves.

use super::{HERE, apply_to, found, put};
use cairn_index::{Condition, Error, Index, Options};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// A folder of one test with an index of some notes in it.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("cairn-index-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
        let place = Self(folder);
        let index = place.open();
        let notes = (0..200).map(|number| {
            let text = format!("tea number {number} and [[note {}]]", number + 1);
            put(&format!("note {number}.md"), &text)
        });
        apply_to(&index, HERE, notes.collect());
        place
    }

    fn file(&self) -> PathBuf {
        self.0.join("index.db")
    }

    fn open(&self) -> Index {
        Index::open(&self.file(), &Options::default()).expect("it opens")
    }

    /// Checks the file, and sees that this changes no byte of it.
    fn check(&self) -> Condition {
        let before = bytes(&self.file());
        let condition = Index::check(&self.file(), &Options::default(), &|| false);
        assert_eq!(bytes(&self.file()), before, "looking changes nothing");
        condition.expect("it can be checked")
    }

    fn meddle(&self, sql: &str) {
        let connection = Connection::open(self.file()).expect("the file opens");
        connection
            .execute_batch(sql)
            .expect("it can be meddled with");
    }

    fn damaged(&self) -> Vec<String> {
        match self.check() {
            Condition::Damaged(found) => found,
            other => panic!("it is damaged, and not {other:?}"),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn bytes(file: &Path) -> Option<Vec<u8>> {
    std::fs::read(file).ok()
}

#[test]
fn whoever_closes_the_index_last_folds_its_log_back() {
    let place = Place::new("log");
    let index = place.open();
    apply_to(&index, HERE, vec![put("one more.md", "tea")]);
    assert_eq!(found(&index, "more"), ["one more.md"], "it is read, too");
    drop(index);
    assert!(!place.file().with_file_name("index.db-wal").exists());
}

#[test]
fn a_whole_index_is_sound_and_a_missing_one_is_not_made() {
    let place = Place::new("sound");
    assert_eq!(place.check(), Condition::Sound);
    let open = place.open();
    assert_eq!(place.check(), Condition::Sound, "also while it is in use");
    drop(open);
    std::fs::remove_file(place.file()).expect("it can be removed");
    assert_eq!(place.check(), Condition::Missing);
    assert!(!place.file().exists());
    std::fs::write(place.file(), "").expect("it can be written");
    assert_eq!(place.check(), Condition::Missing);
}

#[test]
fn another_version_and_another_file_are_named_and_left_alone() {
    let place = Place::new("other");
    place.meddle("PRAGMA user_version = 1");
    assert_eq!(place.check(), Condition::OtherVersion);
    std::fs::write(place.file(), "a shopping list ".repeat(100)).expect("it can be written");
    assert_eq!(place.check(), Condition::NoDatabase);
}

#[test]
fn a_page_of_garbage_is_found_and_the_emptied_index_can_be_filled_again() {
    let place = Place::new("page");
    let mut file = bytes(&place.file()).expect("it can be read");
    for page in file.chunks_mut(4_096).skip(4).step_by(3) {
        page[..300].fill(0xA5);
    }
    std::fs::write(place.file(), file).expect("it can be written");
    assert_ne!(place.damaged(), [""; 0]);
    Index::reset(&place.file(), &Options::default()).expect("it is emptied");
    assert_eq!(place.check(), Condition::Sound);
    let index = place.open();
    assert_eq!(found(&index, "tea"), [""; 0]);
    apply_to(&index, HERE, vec![put("a.md", "tea")]);
    assert_eq!(found(&index, "tea"), ["a.md"]);
}

#[test]
fn a_damaged_full_text_index_is_found() {
    let place = Place::new("words");
    place.meddle("UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 10");
    let found = place.damaged().join("\n");
    assert!(found.contains("words"), "{found}");
}

#[test]
fn a_row_that_only_one_of_two_indexes_knows_is_found() {
    let place = Place::new("row");
    place.meddle(
        "PRAGMA writable_schema = 1;
         CREATE TABLE stray (name TEXT);
         INSERT INTO stray VALUES ('a');
         CREATE INDEX stray_name ON stray (name);
         UPDATE sqlite_schema SET sql = 'CREATE INDEX stray_name ON stray (name || 1)' WHERE name = 'stray_name'",
    );
    assert_ne!(place.damaged(), [""; 0]);
}

#[test]
fn who_has_a_damaged_index_open_goes_on_with_the_emptied_one() {
    let place = Place::new("shared");
    let other = place.open();
    assert_eq!(found(&other, "number").len(), 10);
    place.meddle("UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 10");
    Index::reset(&place.file(), &Options::default()).expect("it is emptied");
    assert_eq!(found(&other, "tea"), [""; 0]);
    apply_to(&other, HERE, vec![put("b.md", "tea again")]);
    assert_eq!(found(&place.open(), "tea"), ["b.md"]);
    assert_eq!(place.check(), Condition::Sound);
}

#[test]
fn a_check_that_is_told_to_stop_ends_with_an_error() {
    let place = Place::new("stop");
    let error = Index::check(&place.file(), &Options::default(), &|| true).expect_err("it stops");
    assert!(matches!(error, Error::Statement { .. }), "{error}");
}
