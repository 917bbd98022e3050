//! Whatever two actors do to a few notes, one's changes can be taken back and the other's stand.

use crate::support::{Desk, main, sync, tick, undo};
use cairn_engine::{EditRequest, Overwrite, Project, UndoRequest, WriteRequest};
use cairn_history::Hash;
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What one actor does. Numbers pick a note, a line, a place.
#[derive(Debug, Clone)]
enum Act {
    Append {
        note: usize,
    },
    Insert {
        note: usize,
        line: usize,
    },
    Change {
        note: usize,
        line: usize,
    },
    Cut {
        note: usize,
        line: usize,
    },
    Overwrite {
        note: usize,
    },
    Move {
        note: usize,
        to: usize,
    },
    Delete {
        note: usize,
    },
    /// Somebody with an editor; seen at once.
    Outside {
        note: usize,
    },
}

const TITLES: [&str; 5] = ["A", "B", "C", "x/A", "x/B"];
const ACTORS: [&str; 2] = ["agent", "person"];

fn session() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let (note, line) = (0..TITLES.len(), 0..1000_usize);
    let act = prop_oneof![
        6 => note.clone().prop_map(|note| Act::Append { note }),
        8 => (note.clone(), line.clone()).prop_map(|(note, line)| Act::Insert { note, line }),
        8 => (note.clone(), line.clone()).prop_map(|(note, line)| Act::Change { note, line }),
        4 => (note.clone(), line).prop_map(|(note, line)| Act::Cut { note, line }),
        3 => note.clone().prop_map(|note| Act::Overwrite { note }),
        2 => (note.clone(), 0..TITLES.len()).prop_map(|(note, to)| Act::Move { note, to }),
        1 => note.clone().prop_map(|note| Act::Delete { note }),
        1 => note.prop_map(|note| Act::Outside { note }),
    ];
    prop::collection::vec((0..ACTORS.len(), act), 150..250)
}

/// A line of the body that can be named by its text: all lines written here are different.
fn pick(desk: &Desk, path: &str, line: usize) -> Option<String> {
    let text = desk.vault.has(path).then(|| desk.vault.read(path))?;
    let body: Vec<&str> = text.lines().filter(|line| line.contains(" did ")).collect();
    let picked = body.get(line.checked_rem(body.len())?)?;
    Some((*picked).to_owned())
}

fn edit(project: Project<'_>, identifier: &str, edit: Edit) {
    let request = EditRequest {
        identifier: identifier.to_owned(),
        edit: Some(edit),
        metadata: Metadata::new(),
        base: None,
    };
    project.edit_note(&request).expect("nothing is in the way");
}

/// Does one thing; the number makes every line another one.
fn perform(desk: &Desk, project: Project<'_>, actor: &str, act: &Act, number: usize) {
    let mine = format!("{actor} did {number}.");
    let replace = |path: &str, find: String, replace: String| {
        let change = Edit::FindReplace {
            find,
            replace,
            expected: 1,
        };
        edit(project, path, change);
    };
    let path = |note: usize| format!("{}.md", TITLES[note]);
    match *act {
        Act::Append { note } | Act::Overwrite { note } if !desk.vault.has(&path(note)) => {
            overwrite(project, TITLES[note], &mine);
        }
        Act::Overwrite { note } => overwrite(project, TITLES[note], &mine),
        Act::Append { note } => {
            let content = format!("{mine}\n");
            edit(project, &path(note), Edit::Append { content });
        }
        Act::Insert { note, line } => {
            if let Some(line) = pick(desk, &path(note), line) {
                replace(
                    &path(note),
                    format!("{line}\n"),
                    format!("{line}\n{mine}\n"),
                );
            }
        }
        Act::Change { note, line } => {
            if let Some(line) = pick(desk, &path(note), line) {
                replace(&path(note), format!("{line}\n"), format!("{mine}\n"));
            }
        }
        Act::Cut { note, line } => {
            if let Some(line) = pick(desk, &path(note), line) {
                replace(&path(note), format!("{line}\n"), String::new());
            }
        }
        Act::Move { note, to } => {
            if desk.vault.has(&path(note)) && !desk.vault.has(&path(to)) {
                project
                    .move_note(&path(note), &path(to))
                    .expect("nothing is there");
            }
        }
        Act::Delete { note } => {
            if desk.vault.has(&path(note)) {
                project.delete_note(&path(note)).expect("it is there");
            }
        }
        Act::Outside { note } => {
            if desk.vault.has(&path(note)) {
                let text = desk.vault.read(&path(note));
                desk.outside(&path(note), format!("{text}external did {number}.\n"));
                project
                    .sync(&cairn_engine::Silent, &cairn_engine::Cancel::new())
                    .expect("it syncs");
            }
        }
    }
}

fn overwrite(project: Project<'_>, title: &str, line: &str) {
    let (folder, title) = title.rsplit_once('/').unwrap_or(("", title));
    let request = WriteRequest {
        title: title.to_owned(),
        folder: folder.to_owned(),
        content: format!("{line}\n{line} Twice.\n"),
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    project.write_note(&request).expect("nothing is in the way");
}

/// The lines somebody else than the agent wrote.
fn of_others(desk: &Desk) -> BTreeSet<String> {
    let texts = desk.vault.files().into_iter().map(|(_, bytes)| bytes);
    let texts = texts.map(|bytes| String::from_utf8(bytes).expect("all of it is text"));
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .filter(|line| line.starts_with("person did") || line.starts_with("external did"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_changes_of_one_go_and_those_of_the_other_stand(acts in session()) {
        let desk = Desk::new("");
        let engine = desk.synced();
        let since = tick();
        let mut contents = BTreeSet::new();
        for (number, (actor, act)) in acts.iter().enumerate() {
            let actor = ACTORS[*actor];
            perform(&desk, main(&engine).acting(actor), actor, act, number);
            contents.extend(desk.vault.files().into_iter().map(|(_, bytes)| bytes));
        }
        let (before, theirs) = (desk.vault.snapshot(), of_others(&desk));
        let request = UndoRequest {
            actor: Some("agent".to_owned()),
            since: Some(since),
            dry_run: true,
            ..UndoRequest::default()
        };
        let Ok(dry) = main(&engine).undo(&request) else {
            // The agent did nothing.
            return Ok(());
        };
        prop_assert!(desk.vault.snapshot() == before, "a dry run changed something");
        let undone = undo(main(&engine).acting("undoer"), &UndoRequest { dry_run: false, ..request });
        prop_assert_eq!(&dry.undone, &undone.undone);
        prop_assert_eq!(&dry.conflicts, &undone.conflicts);
        let kept = of_others(&desk);
        prop_assert!(theirs.is_subset(&kept), "lost: {:?}", theirs.difference(&kept));
        if undone.conflicts.is_empty() {
            let is_there = |(_, bytes): &(String, Vec<u8>)| String::from_utf8_lossy(bytes).contains("agent did");
            prop_assert!(!desk.vault.files().iter().any(is_there), "something of the agent stays");
        }
        contents.extend(desk.vault.files().into_iter().map(|(_, bytes)| bytes));
        let report = sync(&engine);
        prop_assert_eq!((report.new, report.modified, report.moved, report.deleted), (0, 0, 0, 0));
        if let Some(change) = undone.change {
            let request = UndoRequest { change: Some(change), ..UndoRequest::default() };
            let again = undo(main(&engine), &request);
            prop_assert_eq!(&again.conflicts, &[]);
            prop_assert!(desk.vault.snapshot() == before, "a second undo did not bring it back");
        }
        drop(engine);
        let history = desk.history();
        for content in contents {
            let kept = history.content(&Hash::of(&content)).expect("it can be read");
            prop_assert_eq!(kept.as_deref(), Some(content.as_slice()));
        }
        prop_assert_eq!(history.check().expect("it can be read"), []);
    }
}
