//! Notes that go elsewhere: by a verb, or seen by a sync.

use crate::support::{Desk, assert_same, dump, main, permalinks, sync};
use cairn_engine::{Cancel, Engine, MoveRequest, Settings, Silent};
use cairn_testkit::Vault;

#[test]
fn a_moved_note_keeps_id_permalink_and_links() {
    let mut desk = Desk::new("//- a/Tea.md\ntea\n//- b.md\n[[main/a/tea]]\n");
    let id = desk.id("a/Tea.md");
    desk.shift("a/Tea.md", "c/Green.md");
    assert_eq!(desk.permalinks(), ["b.md main/b", "c/Green.md main/a/tea"]);
    assert_eq!(desk.id("c/Green.md"), id);
    assert!(dump(desk.engine()).contains("-> c/Green.md"));
    desk.proves();
    desk.vault.rename("c/Green.md", "d/White.md");
    desk.sync();
    assert_eq!(desk.permalinks(), ["b.md main/b", "d/White.md main/a/tea"]);
    assert_eq!(desk.id("d/White.md"), id);
    desk.proves();
}

#[test]
fn a_note_that_was_moved_outside_first_keeps_them_too() {
    let mut desk = Desk::new("//- a/Tea.md\ntea\n//- a/Salt.md\nsalt\n");
    let ids = [desk.id("a/Tea.md"), desk.id("a/Salt.md")];
    desk.vault.rename("a", "z");
    desk.sync();
    assert_eq!(
        desk.permalinks(),
        ["z/Salt.md main/a/salt", "z/Tea.md main/a/tea"]
    );
    desk.proves();
    desk.shift("z/Tea.md", "Tea.md");
    assert_eq!([desk.id("Tea.md"), desk.id("z/Salt.md")], ids);
    desk.proves();
}

#[test]
fn a_folder_that_is_moved_by_a_verb_takes_all_of_them_along() {
    let mut desk = Desk::new("//- a/Tea.md\ntea\n//- a/b/Salt.md\nsalt\n//- a/pic.png\nx\n");
    let ids = ["a/Tea.md", "a/b/Salt.md", "a/pic.png"].map(|path| desk.id(path));
    let request = MoveRequest {
        identifier: "a".to_owned(),
        destination: "z".to_owned(),
        ..MoveRequest::default()
    };
    let moved = desk
        .project()
        .move_directory_as(&request, &Silent, &Cancel::new());
    assert_eq!(moved.expect("nothing is in the way").moved.len(), 3);
    assert_eq!(
        ["z/Tea.md", "z/b/Salt.md", "z/pic.png"].map(|path| desk.id(path)),
        ids
    );
    assert_eq!(
        desk.permalinks(),
        [
            "z/Tea.md main/a/tea",
            "z/b/Salt.md main/a/b/salt",
            "z/pic.png -"
        ]
    );
    desk.proves();
}

#[test]
fn what_a_file_declares_is_what_it_has_wherever_it_goes() {
    let mut desk = Desk::new("//- a.md\n---\npermalink: own\n---\n");
    desk.shift("a.md", "b.md");
    assert_eq!(desk.permalinks(), ["b.md own"]);
    desk.vault.write("b.md", "declares nothing any more\n");
    desk.sync();
    assert_eq!(desk.permalinks(), ["b.md main/b"]);
    desk.proves();
}

#[test]
fn a_note_keeps_what_it_was_given_first_although_another_declares_that_meanwhile() {
    let mut desk = Desk::new("//- a.md\none\n");
    desk.shift("a.md", "b.md");
    let declared = "---\npermalink: main/a\n---\n";
    desk.vault.write("other.md", declared);
    desk.sync();
    assert_eq!(desk.permalinks(), ["b.md main/a-1", "other.md main/a"]);
    desk.shift("b.md", "c.md");
    desk.proves();
    desk.delete("other.md");
    assert_eq!(desk.permalinks(), ["c.md main/a"]);
    desk.proves();
}

#[test]
fn two_notes_that_change_places_are_still_themselves() {
    let mut desk = Desk::new("//- a.md\none\n//- b.md\ntwo!\n");
    let ids = [desk.id("a.md"), desk.id("b.md")];
    for (from, to) in [("a.md", "x.md"), ("b.md", "a.md"), ("x.md", "b.md")] {
        desk.shift(from, to);
    }
    assert_eq!([desk.id("b.md"), desk.id("a.md")], ids);
    assert_eq!(desk.permalinks(), ["a.md main/b", "b.md main/a"]);
    desk.proves();
    assert_eq!([desk.id("b.md"), desk.id("a.md")], ids);
}

#[test]
fn a_chain_of_moves_between_two_syncs_is_seen_for_what_it_can_be_told_of() {
    let mut desk = Desk::new("//- a.md\none\n//- b.md\ntwo, longer\n");
    // b goes to c, and a to b.
    desk.vault.rename("b.md", "c.md");
    desk.vault.rename("a.md", "b.md");
    desk.sync();
    desk.proves();
    desk.vault.rename("c.md", "a.md");
    desk.sync();
    desk.proves();
}

#[test]
fn another_case_is_another_path_of_the_same_note() {
    let mut desk = Desk::new("//- tea.md\ntea\n");
    let id = desk.id("tea.md");
    desk.vault.rename("tea.md", "Tea.md");
    desk.sync();
    assert_eq!(desk.id("Tea.md"), id);
    assert_eq!(desk.permalinks(), ["Tea.md main/tea"]);
    desk.proves();
    desk.shift("Tea.md", "TEA.md");
    assert_eq!(desk.id("TEA.md"), id);
    desk.proves();
}

#[test]
fn a_file_that_becomes_a_note_by_its_name_has_the_permalink_of_its_path() {
    let mut desk = Desk::new("//- a.txt\none\n");
    let id = desk.id("a.txt");
    desk.vault.rename("a.txt", "b.md");
    desk.sync();
    assert_eq!(desk.permalinks(), ["b.md main/b"]);
    assert_eq!(desk.id("b.md"), id);
    desk.proves();
}

#[test]
fn a_move_that_is_undone_leaves_everything_as_it_was() {
    let mut desk = Desk::new("//- a.md\none\n");
    let (id, before) = (desk.id("a.md"), desk.permalinks());
    desk.shift("a.md", "x/b.md");
    let undone = desk.project().undo(
        &cairn_engine::UndoRequest::default(),
        &Silent,
        &Cancel::new(),
    );
    assert_eq!(undone.expect("there is a change").conflicts, []);
    assert_eq!((desk.id("a.md"), desk.permalinks()), (id, before));
    desk.proves();
}

#[test]
fn what_one_process_moved_another_knows() {
    let mut desk = Desk::new("//- a.md\none\n//- b.md\ntwo\n");
    let other = desk.another();
    desk.shift("a.md", "x/a.md");
    main(&other)
        .move_note("b.md", "x/b.md")
        .expect("it is there");
    desk.vault.rename("x", "y");
    sync(&other);
    desk.sync();
    assert_eq!(permalinks(&other), ["y/a.md main/a", "y/b.md main/b"]);
    assert_eq!(dump(&other), dump(desk.engine()));
    desk.proves();
}

#[test]
fn an_index_in_memory_knows_them_as_long_as_it_lives() {
    let vault = Vault::new("//- a.md\none\n//- b.md\ntwo\n");
    let settings = Settings::in_memory("main", vault.root().to_owned());
    let engine = Engine::open(settings).expect("memory can be had");
    sync(&engine);
    main(&engine)
        .move_note("a.md", "x/a.md")
        .expect("it is there");
    vault.rename("b.md", "x/b.md");
    vault.write("a.md", "another\n");
    sync(&engine);
    assert_eq!(
        permalinks(&engine),
        ["a.md main/a-1", "x/a.md main/a", "x/b.md main/b"]
    );
    assert_same(&engine);
    main(&engine)
        .reindex(&Silent, &Cancel::new())
        .expect("a folder syncs");
    assert_same(&engine);
}
