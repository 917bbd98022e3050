//! What others than the verbs changed, as a sync sees it.

use crate::support::{
    Desk, append, content, main, replace, restore, revisions, sync, tick, told, undo, undo_last,
    write,
};
use cairn_engine::{Engine, UndoRequest};
use std::fs;

#[test]
fn the_first_outside_edit_can_be_seen_and_undone() {
    let desk = Desk::new("//- Tea.md\na\nb\n");
    let engine = desk.synced();
    desk.outside("Tea.md", "a\nB\nc\n");
    sync(&engine);
    sync(&engine);
    assert_eq!(told(&engine, "Tea"), ["external external Tea.md"]);
    let revision = &revisions(&engine, "Tea")[0];
    let history = desk.history();
    assert_eq!(content(&history, revision.before.as_ref()), "a\nb\n");
    assert_eq!(content(&history, revision.after.as_ref()), "a\nB\nc\n");
    append(main(&engine), "Tea", "mine\n");
    undo(
        main(&engine),
        &UndoRequest {
            change: Some(revision.change),
            ..UndoRequest::default()
        },
    );
    let text = desk.vault.read("Tea.md");
    assert!(
        text.starts_with("a\nb\n") && text.contains("mine"),
        "{text}"
    );
}

#[test]
fn edits_moves_and_deletions_are_told_once_whoever_sees_them() {
    let desk = Desk::new(
        "//- Tea.md\ntea\n//- Milk.md\nmilk\n//- Salt.md\nsalt\n//- d/pic.png\nnot text\n",
    );
    let (one, other) = (desk.synced(), desk.engine());
    desk.outside("Tea.md", "green tea\n");
    desk.vault.rename("Milk.md", "d/Milk.md");
    desk.vault.rename("d/pic.png", "pic.png");
    desk.vault.remove("Salt.md");
    std::thread::scope(|scope| {
        for engine in [&one, &other] {
            scope.spawn(|| sync(engine));
        }
    });
    sync(&one);
    sync(&other);
    for engine in [&one, &other] {
        assert_eq!(told(engine, "Tea"), ["external external Tea.md"]);
        assert_eq!(
            told(engine, "d/Milk.md"),
            ["external external Milk.md > d/Milk.md"]
        );
        assert_eq!(
            told(engine, "pic.png"),
            ["external external d/pic.png > pic.png"]
        );
        assert_eq!(told(engine, "Salt.md"), ["external external Salt.md"]);
    }
    let trash = main(&one).trash().expect("it can be asked");
    assert_eq!(trash.len(), 1, "{trash:?}");
    assert_eq!(restore(main(&other), "Salt.md", None), 1);
    assert_eq!(desk.vault.read("Salt.md"), "salt\n");
}

#[test]
fn what_the_verbs_wrote_is_no_news_to_a_sync() {
    let desk = Desk::new("//- Tea.md\ntea\n");
    let (one, other) = (desk.synced(), desk.engine());
    replace(main(&one), "Tea", "tea\n", "green tea\n");
    main(&one)
        .move_note("Tea", "d/Tea")
        .expect("nothing is there");
    write(main(&one), "New", "new\n");
    write(main(&one), "Gone", "gone\n");
    main(&one).delete_note("Gone").expect("it is there");
    for engine in [&other, &one] {
        sync(engine);
        assert_eq!(told(engine, "Tea").len(), 2);
        assert_eq!(told(engine, "New").len(), 1);
        assert_eq!(told(engine, "Gone").len(), 2);
    }
}

#[test]
fn a_file_that_comes_back_leaves_the_trash() {
    let desk = Desk::new("//- Tea.md\ntea\n");
    let engine = desk.synced();
    desk.vault.remove("Tea.md");
    sync(&engine);
    assert_eq!(main(&engine).trash().expect("it can be asked").len(), 1);
    desk.outside("Tea.md", "tea again\n");
    sync(&engine);
    sync(&engine);
    assert_eq!(main(&engine).trash().expect("it can be asked"), []);
    assert_eq!(told(&engine, "Tea"), ["external external Tea.md"; 2]);
}

#[test]
fn a_new_index_knows_what_changed_since_the_old_one() {
    let desk = Desk::new("//- Tea.md\ntea\n//- Milk.md\nmilk\n");
    let engine = desk.synced();
    replace(main(&engine), "Tea", "tea\n", "green tea\n");
    main(&engine)
        .move_note("Milk", "d/Milk")
        .expect("nothing is there");
    drop(engine);
    for file in ["index.db", "index.db-wal", "index.db-shm"] {
        if desk.data.has(file) {
            desk.data.remove(file);
        }
    }
    desk.outside("Tea.md", "black tea\n");
    let engine = desk.synced();
    assert_eq!(
        told(&engine, "Tea"),
        ["external external Tea.md", "edit cairn Tea.md"]
    );
    let history = desk.history();
    let last = &revisions(&engine, "Tea")[0];
    assert_eq!(content(&history, last.before.as_ref()), "green tea\n");
    assert_eq!(
        told(&engine, "d/Milk.md"),
        ["move cairn Milk.md > d/Milk.md"]
    );
    undo_last(main(&engine));
    assert_eq!(desk.vault.read("Tea.md"), "green tea\n");
}

#[test]
fn bytes_that_are_no_text_are_kept_too() {
    let latin = b"caf\xe9\n";
    let picture: Vec<u8> = (0..200_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let desk = Desk::new("");
    desk.outside("Latin.md", latin);
    desk.outside("pic.png", &picture);
    let engine = desk.synced();
    let project = main(&engine);
    for path in ["Latin.md", "pic.png"] {
        let before = desk.vault.snapshot();
        project.move_note(path, "d/").expect("nothing is there");
        project
            .delete_note(&format!("d/{path}"))
            .expect("it is there");
        undo_last(project);
        undo(
            project,
            &UndoRequest {
                change: Some(first(&engine, &format!("d/{path}"))),
                ..UndoRequest::default()
            },
        );
        assert!(desk.vault.snapshot() == before, "{path}");
        desk.outside(path, b"other\0bytes\xff");
        sync(&engine);
        undo_last(project);
        assert!(desk.vault.snapshot() == before, "{path}");
    }
    assert_eq!(project.trash().expect("it can be asked"), []);
}

fn first(engine: &Engine, path: &str) -> i64 {
    revisions(engine, path).last().expect("it changed").change
}

#[test]
fn ends_of_lines_come_back_as_they_were() {
    for text in ["a\r\nb\r\nc\r\n", "a\nb\nc", "\u{feff}a\r\nb\nc\r"] {
        let desk = Desk::new("");
        desk.outside("Tea.md", text);
        let engine = desk.synced();
        let (agent, person) = (
            main(&engine).acting("agent"),
            main(&engine).acting("person"),
        );
        let since = tick();
        replace(agent, "Tea", "b", "B");
        replace(person, "Tea", "a", "A");
        let request = UndoRequest {
            actor: Some("agent".to_owned()),
            since: Some(since),
            ..UndoRequest::default()
        };
        assert_eq!(undo(person, &request).conflicts, []);
        assert_eq!(desk.vault.read("Tea.md"), text.replace('a', "A"));
        append(agent, "Tea", "more");
        undo(agent, &request);
        assert_eq!(desk.vault.read("Tea.md"), text.replace('a', "A"));
    }
}

#[test]
fn a_large_note_is_kept_whole() {
    let text: String = (0..300_000)
        .map(|number| format!("line {number}\n"))
        .collect();
    let desk = Desk::new("");
    desk.outside("Large.md", &text);
    let engine = desk.synced();
    append(main(&engine), "Large", "the end\n");
    main(&engine).delete_note("Large").expect("it is there");
    undo_last(main(&engine));
    assert!(desk.vault.read("Large.md").ends_with("the end\n"));
    let edit = first(&engine, "Large");
    undo(
        main(&engine),
        &UndoRequest {
            change: Some(edit),
            ..UndoRequest::default()
        },
    );
    assert!(desk.vault.read("Large.md") == text);
}

#[test]
fn an_outside_edit_that_no_sync_has_seen_is_a_conflict_for_an_undo() {
    let desk = Desk::new("//- Tea.md\ntea\n");
    let engine = desk.synced();
    replace(main(&engine), "Tea", "tea\n", "green tea\n");
    desk.outside("Tea.md", "green tea\nand a line nobody has seen\n");
    let undone = undo(main(&engine), &UndoRequest::default());
    assert_eq!(undone.undone, []);
    assert_eq!(undone.conflicts.len(), 1);
    let text = fs::read_to_string(desk.vault.path("Tea.md")).expect("it is there");
    assert_eq!(text, "green tea\nand a line nobody has seen\n");
    sync(&engine);
    let edit = first(&engine, "Tea");
    undo(
        main(&engine),
        &UndoRequest {
            change: Some(edit),
            ..UndoRequest::default()
        },
    );
    assert_eq!(
        desk.vault.read("Tea.md"),
        "tea\nand a line nobody has seen\n"
    );
}
