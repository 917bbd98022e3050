//! Notes that go and come back, others in their places, and a history that is lost.

use crate::support::{Desk, assert_same, tick};
use cairn_engine::{Cancel, EditRequest, Kind, Silent};
use cairn_history::{History, Options, Retention};
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use jiff::SignedDuration;
use std::time::Duration;

#[test]
fn a_deleted_note_that_is_restored_is_the_one_it_was() {
    let mut desk = Desk::new("//- a.md\none\n");
    let id = desk.id("a.md");
    desk.shift("a.md", "b.md");
    desk.delete("b.md");
    desk.proves();
    desk.restore("b.md");
    assert_eq!(
        (desk.id("b.md"), desk.permalinks()),
        (id, vec!["b.md main/a".to_owned()])
    );
    desk.proves();
}

#[test]
fn a_file_that_comes_back_is_the_note_that_left() {
    let mut desk = Desk::new("//- a.md\none\n");
    let id = desk.id("a.md");
    desk.shift("a.md", "b.md");
    desk.vault.remove("b.md");
    desk.sync();
    desk.proves();
    desk.vault.write("b.md", "again, and otherwise\n");
    desk.sync();
    assert_eq!(
        (desk.id("b.md"), desk.permalinks()),
        (id, vec!["b.md main/a".to_owned()])
    );
    desk.proves();
}

#[test]
fn a_note_written_where_one_was_deleted_has_the_permalink_of_its_path() {
    let mut desk = Desk::new("//- a.md\none\n");
    desk.shift("a.md", "b.md");
    desk.delete("b.md");
    let file = "//- b.md\n---\ntitle: b\n---\nanother\n";
    desk.write("", "b", file);
    let permalinks = desk.permalinks();
    assert_eq!(permalinks, ["b.md main/b"]);
    desk.proves();
}

#[test]
fn what_stands_where_a_note_was_is_another_one() {
    let mut desk = Desk::new("//- a.md\none\n");
    let id = desk.id("a.md");
    desk.shift("a.md", "b.md");
    desk.vault.write("a.md", "another\n");
    desk.sync();
    let other = desk.id("a.md");
    assert_ne!(other, id);
    assert_eq!(desk.permalinks(), ["a.md main/a-1", "b.md main/a"]);
    desk.proves();
    // And another one after that, by way of someone who looks before a sync does.
    desk.shift("a.md", "c.md");
    desk.vault.write("a.md", "a third\n");
    let third = desk.project().look_up("a.md").expect("it is there");
    assert!(![&id, &other].contains(&&third.external_id));
    desk.proves();
    assert_eq!(desk.id("c.md"), other);
    assert_eq!(desk.id("a.md"), third.external_id);
}

#[test]
fn who_took_a_notes_place_stays_who_it_is_when_that_one_is_forgotten() {
    let mut desk = Desk::new("//- a.md\none\n");
    desk.shift("a.md", "b.md");
    desk.vault.write("a.md", "another\n");
    desk.sync();
    let id = desk.id("a.md");
    desk.delete("b.md");
    desk.lose("nothing");
    let history = History::open(&desk.data.path("history.db"), &Options::default());
    let history = history.expect("it is a history");
    let retention = Retention {
        everything: Duration::ZERO,
        daily: Some(Duration::ZERO),
        trash: Some(Duration::ZERO),
    };
    let later = tick() + SignedDuration::from_hours(24 * 400);
    let pruned = history.prune(&retention, later).expect("it is pruned");
    assert!(pruned.revisions > 0);
    drop(history);
    desk.proves();
    assert_eq!(desk.id("a.md"), id);
}

#[test]
fn a_note_moved_to_where_one_lies_in_the_trash_is_not_that_one() {
    let mut desk = Desk::new("//- a.md\none\n//- b.md\ntwo\n");
    let ids = [desk.id("a.md"), desk.id("b.md")];
    desk.delete("b.md");
    desk.shift("a.md", "b.md");
    assert_eq!(desk.id("b.md"), ids[0]);
    desk.proves();
    desk.shift("b.md", "c.md");
    desk.restore("b.md");
    assert_eq!([desk.id("c.md"), desk.id("b.md")], ids);
    desk.proves();
}

#[test]
fn a_path_is_that_of_the_file_there_and_not_the_name_of_who_left_it() {
    let mut desk = Desk::new("//- a.md\none\n");
    desk.shift("a.md", "b.md");
    desk.vault.write("a.md", "new\n");
    let missing = desk.project().delete_note("a.md");
    let error = missing.expect_err("no sync has seen it");
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
    assert!(desk.vault.has("b.md"));
    let edit = EditRequest {
        identifier: "a.md".to_owned(),
        edit: Some(Edit::Append {
            content: "more".to_owned(),
        }),
        metadata: Metadata::new(),
        base: None,
    };
    desk.project().edit_note(&edit).expect("it is there");
    assert!(desk.vault.read("a.md").contains("more"));
    assert_eq!(desk.vault.read("b.md"), "one\n");
    desk.proves();
}

#[test]
fn a_path_of_a_deleted_note_names_it_and_not_who_kept_its_permalink() {
    let mut desk = Desk::new("//- a.md\none\n");
    desk.shift("a.md", "b.md");
    desk.write("", "a", "---\ntitle: a\npermalink: second\n---\nanother\n");
    let other = desk.id("a.md");
    desk.delete("a.md");
    desk.restore("a.md");
    assert_eq!(desk.id("a.md"), other);
    desk.proves();
}

#[test]
fn without_its_history_a_vault_falls_back_to_what_paths_give() {
    let mut desk = Desk::new("//- a.md\none\n");
    let id = desk.id("a.md");
    desk.shift("a.md", "b.md");
    desk.lose("history.db");
    desk.sync();
    assert_eq!(desk.id("b.md"), id, "the index still knows");
    let reindexed = desk.project().reindex(&Silent, &Cancel::new());
    reindexed.expect("a folder syncs");
    assert_eq!(desk.permalinks(), ["b.md main/b"]);
    assert_ne!(desk.id("b.md"), id);
    assert_same(desk.engine());
    desk.vault.write("a.md", "new\n");
    desk.sync();
    assert_eq!(desk.id("a.md"), id, "nothing else has it");
    desk.proves();
}

#[test]
fn a_note_is_found_by_its_id_wherever_it_is() {
    let mut desk = Desk::new("//- a.md\none\n");
    let id = desk.id("a.md");
    desk.vault.write("b.md", &format!("[[{id}]]\n"));
    desk.sync();
    desk.shift("a.md", "c.md");
    desk.vault.write("a.md", "another\n");
    desk.sync();
    let found = desk.project().identify(&id, None).expect("it is there");
    assert_eq!(found.path.as_str(), "c.md");
    desk.proves();
    let found = desk.project().identify(&id, None).expect("it is there");
    assert_eq!(found.path.as_str(), "c.md");
    assert!(crate::support::dump(desk.engine()).contains(&format!("[[{id}]] (None) -> c.md")));
}

#[test]
fn a_file_that_vanishes_from_where_others_passed_through_lies_in_the_trash() {
    let mut desk = Desk::new("//- a.md\none\n");
    desk.shift("a.md", "b.md");
    desk.shift("b.md", "c.md");
    desk.vault.write("b.md", "new\n");
    desk.sync();
    let id = desk.id("b.md");
    desk.vault.remove("b.md");
    desk.sync();
    desk.restore("b.md");
    assert_eq!(desk.id("b.md"), id);
    assert_eq!(desk.vault.read("b.md"), "new\n");
    desk.proves();
}
