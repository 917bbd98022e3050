//! Vectors outlive everything that makes the rest anew.

use super::*;
use cairn_index::Condition;
use rusqlite::Connection;
use std::path::PathBuf;

/// An index file in a folder that goes when the test ends.
struct Place(PathBuf);

const NOTES: usize = 120;

impl Place {
    /// With notes of two passages each, all of them embedded.
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("cairn-kept-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
        let place = Self(folder);
        let index = place.open();
        index.use_model("m", DIMENSIONS).expect("it is used");
        fill(&index, NOTES);
        embed_all(&index, "m");
        assert_eq!(pending(&index).passages, 0);
        place
    }

    fn file(&self) -> PathBuf {
        self.0.join("index.db")
    }

    fn open(&self) -> Index {
        Index::open(&self.file(), &Options::default()).expect("it opens")
    }

    fn meddle(&self, sql: &str) {
        let connection = Connection::open(self.file()).expect("the file opens");
        connection
            .execute_batch(sql)
            .expect("it can be meddled with");
    }

    fn count(&self, sql: &str) -> i64 {
        let connection = Connection::open(self.file()).expect("the file opens");
        connection
            .query_row(sql, [], |row| row.get(0))
            .expect("it counts")
    }

    fn vectors(&self) -> i64 {
        let stored = self.count("SELECT count(*) FROM vector");
        assert_eq!(
            self.count("SELECT coalesce(sum(vectors), 0) FROM model"),
            stored
        );
        stored
    }

    fn reset(&self) {
        Index::reset(&self.file(), &Options::default()).expect("it is emptied");
        let condition = Index::check(&self.file(), &Options::default(), &|| false);
        assert_eq!(condition.expect("it is checked"), Condition::Sound);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn fill(index: &Index, notes: usize) {
    let notes = (0..notes).map(|number| {
        let text = text(&format!("word{number}"), 2);
        put(&format!("{number}.md"), &text)
    });
    apply_to(index, HERE, notes.collect());
}

/// The note a vector is nearest to.
fn found_by_meaning(index: &Index) -> String {
    let asked = hashes("7.md", &text("word7", 2))[1];
    nearest(index, "m", &vector_of("m", &asked), &Filter::default())
        .first()
        .map(|(path, _)| path.clone())
        .unwrap_or_default()
}

#[test]
fn another_version_and_a_forgotten_project_lose_no_vectors() {
    let place = Place::new("version");
    let index = place.open();
    assert_eq!(found_by_meaning(&index), "7.md");
    index.forget(HERE).expect("it is forgotten");
    assert_eq!(pending(&index), Pending::default());
    assert_eq!(found_by_meaning(&index), "", "nobody has the passage");
    fill(&index, NOTES);
    assert_eq!(pending(&index).passages, 0);
    assert_eq!(found_by_meaning(&index), "7.md");
    drop(index);
    place.meddle("PRAGMA user_version = 1");
    let index = place.open();
    assert_eq!(pending(&index), Pending::default(), "there are no notes");
    fill(&index, NOTES);
    let all = 2 * NOTES as u64;
    assert_eq!((pending(&index).of, pending(&index).passages), (all, 0));
    assert_eq!(found_by_meaning(&index), "7.md");
    assert_eq!(place.vectors(), 2 * NOTES as i64);
}

#[test]
fn tables_of_vectors_of_another_version_are_made_anew() {
    let place = Place::new("kept-version");
    place.meddle("UPDATE kept SET value = 99 WHERE name = 'version'; PRAGMA user_version = 1");
    let index = place.open();
    assert_eq!(
        ask(&index, |session| session.model_in_use().expect("a name")),
        None
    );
    assert_eq!(place.vectors(), 0);
}

#[test]
fn an_emptied_index_keeps_vectors_and_whoever_has_it_open_goes_on() {
    let place = Place::new("reset");
    let other = place.open();
    assert_eq!(found_by_meaning(&other), "7.md");
    place.meddle("UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 10");
    place.reset();
    assert_eq!(found_by_meaning(&other), "", "there are no notes");
    let model = ask(&other, |session| session.model_in_use().expect("a name"));
    assert_eq!(model.as_deref(), Some("m"));
    fill(&place.open(), NOTES);
    assert_eq!(pending(&other).passages, 0);
    assert_eq!(found_by_meaning(&other), "7.md");
    assert_eq!(place.vectors(), 2 * NOTES as i64);
}

#[test]
fn of_damaged_vectors_only_the_whole_ones_are_kept() {
    let place = Place::new("garbage");
    place.meddle(
        "UPDATE vector SET bytes = zeroblob(length(bytes)) WHERE id = 1;
        UPDATE vector SET bytes = x'00' WHERE id = 2;
        UPDATE vector SET hash = x'00' WHERE id = 3",
    );
    place.meddle("UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 10");
    place.reset();
    let kept = place.vectors();
    assert_eq!(
        kept,
        2 * NOTES as i64 - 3,
        "three are no longer what they were"
    );
    assert_eq!(
        place.count("SELECT count(*) FROM vector WHERE length(bytes) < 8"),
        0
    );
    let index = place.open();
    fill(&index, NOTES);
    assert_eq!(pending(&index).passages as i64, 2 * NOTES as i64 - kept);
    embed_all(&index, "m");
    assert_eq!(pending(&index).passages, 0);
    assert_eq!(found_by_meaning(&index), "7.md");
}

#[test]
fn a_model_that_is_used_again_has_its_vectors_until_another_has_them_all() {
    let place = Place::new("models");
    let index = place.open();
    let passages = || pending(&index).passages;
    index.use_model("n", DIMENSIONS).expect("it is used");
    assert_eq!(passages(), 2 * NOTES as u64);
    assert_eq!(
        index.sweep_vectors().expect("swept"),
        0,
        "something is pending"
    );
    index.use_model("m", DIMENSIONS).expect("it is used");
    assert_eq!(passages(), 0);
    index.use_model("n", DIMENSIONS).expect("it is used");
    embed_all(&index, "n");
    assert_eq!(index.sweep_vectors().expect("swept"), 2 * NOTES);
    assert_eq!(place.vectors(), 2 * NOTES as i64);
    index.use_model("m", DIMENSIONS).expect("it is used");
    assert_eq!(passages(), 2 * NOTES as u64);
    index.use_model("n", DIMENSIONS + 1).expect("it is used");
    assert_eq!(
        passages(),
        2 * NOTES as u64,
        "other dimensions are another model"
    );
    assert_eq!(place.vectors(), 0);
}

#[test]
fn vectors_nobody_needs_go_when_they_are_many() {
    let place = Place::new("sweep");
    let index = place.open();
    fill(&index, 700);
    embed_all(&index, "m");
    let drop = (100..700).map(|number| Change::Drop {
        path: path(&format!("{number}.md")),
    });
    apply_to(&index, HERE, drop.clone().take(100).collect());
    assert_eq!(index.sweep_vectors().expect("swept"), 0, "they are few");
    apply_to(&index, HERE, drop.skip(100).collect());
    assert_eq!(index.sweep_vectors().expect("swept"), 1_200);
    assert_eq!(place.vectors(), 200);
    assert_eq!(pending(&index).passages, 0);
    assert_eq!(found_by_meaning(&index), "7.md");
    assert_eq!(index.sweep_vectors().expect("swept"), 0);
}
