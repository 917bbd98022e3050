//! What editors leave in files, and what files are beside their text, outlives every verb and its undo.

use crate::support::{Desk, append, main, replace, restore, revisions, undo_last, write};
use cairn_engine::{Cancel, Confirm, Silent};

/// Texts as people have them: line ends of another system, a byte-order mark, no line end at the end, none at all.
const TEXTS: [(&str, &str); 6] = [
    ("crlf", "# Tea\r\n\r\ngreen\r\nblack\r\n"),
    ("no end", "# Tea\n\ngreen\nblack"),
    ("crlf, no end", "# Tea\r\n\r\ngreen\r\nblack"),
    ("mark", "\u{feff}# Tea\n\ngreen\nblack\n"),
    ("mixed", "# Tea\r\n\ngreen\nblack\r\n"),
    ("blanks", "# Tea  \n\n\n\tgreen \nblack\n\n\n"),
];

#[test]
fn an_edit_changes_its_own_bytes_only_and_an_undo_brings_them_back() {
    for (name, text) in TEXTS {
        let desk = Desk::new("");
        desk.outside("d/Tea.md", text);
        let engine = desk.synced();
        let project = main(&engine);
        replace(project, "d/Tea.md", "green", "white");
        let edited = text.replace("green", "white");
        assert_eq!(desk.vault.read("d/Tea.md"), edited, "{name}");
        undo_last(project);
        assert_eq!(desk.vault.read("d/Tea.md"), text, "{name}");

        append(project, "d/Tea.md", "more");
        let after = desk.vault.read("d/Tea.md");
        assert!(after.starts_with(text.trim_end()), "{name}: {after:?}");
        write(project.acting("other"), "Else", "else\n");
        let first = revisions(&engine, "d/Tea.md").pop().expect("it was edited");
        restore(project, "d/Tea.md", Some(first.id));
        assert_eq!(desk.vault.read("d/Tea.md"), edited, "{name}");
        undo_last(project);
        assert_eq!(desk.vault.read("d/Tea.md"), after, "{name}");

        project.move_note("d/Tea.md", "e/Tea").expect("it is free");
        project
            .delete_directory("e", Confirm::Given, &Silent, &Cancel::new())
            .expect("it is a folder");
        restore(project, "e", None);
        assert_eq!(desk.vault.read("e/Tea.md"), after, "{name}");
    }
}

/// Of a note two wrote in, what stays has the ends the file had.
#[test]
fn what_is_left_of_a_note_two_wrote_in_keeps_its_line_ends() {
    let desk = Desk::new("");
    desk.outside("Tea.md", "# Tea\r\n\r\ngreen\r\nblack");
    let engine = desk.synced();
    let (agent, person) = (
        main(&engine).acting("agent"),
        main(&engine).acting("person"),
    );
    replace(agent, "Tea", "green", "white");
    let change = revisions(&engine, "Tea")[0].change;
    replace(person, "Tea", "# Tea", "# Teas");
    let request = cairn_engine::UndoRequest {
        change: Some(change),
        ..cairn_engine::UndoRequest::default()
    };
    let undone = crate::support::undo(person, &request);
    assert_eq!(undone.conflicts, []);
    let text = desk.vault.read("Tea.md");
    assert!(text.ends_with("# Teas\r\n\r\ngreen\r\nblack"), "{text:?}");
}

#[cfg(unix)]
#[test]
fn a_mode_outlives_edits_undos_and_moves() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new("//- Tea.md\ngreen\n//- Milk.md\nmilk\n");
    let mode = |path: &str| {
        let metadata = fs::metadata(desk.vault.path(path)).expect("it is there");
        metadata.permissions().mode() & 0o7777
    };
    for path in ["Tea.md", "Milk.md"] {
        fs::set_permissions(desk.vault.path(path), Permissions::from_mode(0o640))
            .expect("it is ours");
    }
    let engine = desk.synced();
    let project = main(&engine);
    append(project, "Tea", "more");
    write(project, "Milk", "white\n");
    assert_eq!((mode("Tea.md"), mode("Milk.md")), (0o640, 0o640));
    project.move_note("Tea", "d/Tea").expect("it is free");
    assert_eq!(mode("d/Tea.md"), 0o640);
    undo_last(project);
    assert_eq!(mode("Tea.md"), 0o640);
    let id = revisions(&engine, "Milk")[0].id;
    restore(project, "Milk", Some(id));
    assert_eq!(mode("Milk.md"), 0o640);
}

/// A folder nobody may write in: the note stays, and so does everything beside it.
#[cfg(unix)]
#[test]
fn a_folder_this_user_may_not_write_refuses_clearly_and_stays() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new("//- d/Tea.md\ngreen\n//- Milk.md\nmilk\n");
    let engine = desk.synced();
    let allow = |mode| {
        fs::set_permissions(desk.vault.path("d"), Permissions::from_mode(mode))
            .expect("it is ours");
    };
    allow(0o555);
    // Root may write there all the same.
    if fs::write(desk.vault.path("d/probe"), "").is_err() {
        let before = desk.vault.snapshot();
        let errors = [
            main(&engine).delete_note("Tea").err(),
            main(&engine).move_note("Tea", "Tea").err(),
            main(&engine).move_note("Milk", "d/Milk").err(),
        ];
        for error in errors {
            let error = error.expect("it is refused");
            assert_eq!(error.kind(), cairn_engine::Kind::Io, "{error}");
        }
        assert!(desk.vault.snapshot() == before);
    }
    allow(0o755);
    drop(fs::remove_file(desk.vault.path("d/probe")));
    main(&engine).delete_note("Tea").expect("it may be now");
}

#[test]
fn a_name_too_long_for_the_disk_is_refused_and_leaves_nothing() {
    let desk = Desk::new("//- Tea.md\ngreen\n");
    let engine = desk.synced();
    let before = desk.vault.snapshot();
    // A temporary file's name is shorter; with its extension this one is a byte too long.
    let long = "x".repeat(253);
    for to in [format!("{long}.md"), format!("new/{long}.md")] {
        let error = main(&engine)
            .move_note("Tea", &to)
            .expect_err("it is too long");
        let text = error.to_string();
        assert!(
            text.contains("longer than 255 bytes") && !text.contains('\n'),
            "{text}"
        );
        assert!(desk.vault.snapshot() == before);
        assert!(!desk.vault.path("new").exists(), "no folder is left");
    }
    assert_eq!(crate::support::told(&engine, "Tea"), [""; 0]);
    let fits = format!("new/{}.md", "x".repeat(252));
    main(&engine).move_note("Tea", &fits).expect("it just fits");
}
