//! Whatever two actors do to thirty notes in five hundred steps, one's changes can be taken back and the other's stand.
//!
//! Here they get in each other's way. A line is written once, so that wherever it is found it tells whose it is.

use crate::dice::Dice;
use crate::support::{Desk, main, sync, tick, undo};
use cairn_engine::{
    Cancel, Confirm, EditRequest, NoteRevision, Overwrite, Project, RestoreRequest, Silent,
    UndoRequest, Undone, WriteRequest,
};
use cairn_history::{Hash, History};
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use std::collections::{BTreeMap, BTreeSet};

const STEPS: usize = 500;
const NOTES: usize = 30;
const FOLDERS: [&str; 4] = ["a", "b", "c/d", "e"];
const ACTORS: [&str; 2] = ["agent", "person"];

/// A session that is going on.
struct Session<'d> {
    desk: &'d Desk,
    dice: Dice,
    /// Every content any note ever had.
    contents: BTreeSet<Vec<u8>>,
    /// How often each kind of step was taken.
    taken: BTreeMap<&'static str, usize>,
}

impl Session<'_> {
    fn files(&self) -> Vec<String> {
        let files = self.desk.vault.files().into_iter();
        files.map(|(path, _)| path).collect()
    }

    fn step(&mut self, project: Project<'_>, actor: &str, number: usize) {
        let mine = format!("{actor} did {number}.");
        let kind = match self.dice.below(100) {
            0..20 => self.append(project, &mine),
            20..44 => self.insert(project, &mine),
            44..64 => self.change(project, Some(&mine)),
            64..74 => self.change(project, None),
            74..80 => Some(self.overwrite(project, &mine)),
            80..86 => self.rename(project),
            86..90 => self.delete(project),
            90..94 => self.restore(project),
            94..95 => self.move_folder(project),
            95..96 => Some(self.delete_folder(project)),
            _ => self.outside(project, number),
        };
        *self.taken.entry(kind.unwrap_or("nothing")).or_default() += 1;
        let files = self.desk.vault.files().into_iter();
        self.contents.extend(files.map(|(_, bytes)| bytes));
    }

    /// A place for a note, which may be taken.
    fn place(&mut self) -> (&'static str, String) {
        let folder = FOLDERS[self.dice.below(FOLDERS.len())];
        (folder, format!("N{}", self.dice.below(NOTES)))
    }

    fn note(&mut self) -> Option<String> {
        let files = self.files();
        self.dice.pick(&files).cloned()
    }

    /// A note, and a line of its body.
    fn line(&mut self) -> Option<(String, String)> {
        let note = self.note()?;
        let text = self.desk.vault.read(&note);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(" did ")).collect();
        let line = self.dice.pick(&lines)?;
        Some((note, (*line).to_owned()))
    }

    fn append(&mut self, project: Project<'_>, mine: &str) -> Option<&'static str> {
        if self.files().len() < NOTES {
            return Some(self.overwrite(project, mine));
        }
        let content = format!("{mine}\n");
        edit(project, &self.note()?, Edit::Append { content });
        Some("append")
    }

    fn insert(&mut self, project: Project<'_>, mine: &str) -> Option<&'static str> {
        let (note, line) = self.line()?;
        replace(
            project,
            &note,
            format!("{line}\n"),
            format!("{line}\n{mine}\n"),
        );
        Some("insert")
    }

    fn change(&mut self, project: Project<'_>, mine: Option<&str>) -> Option<&'static str> {
        let (note, line) = self.line()?;
        let new = mine.map_or(String::new(), |mine| format!("{mine}\n"));
        replace(project, &note, format!("{line}\n"), new);
        Some(if mine.is_some() { "change" } else { "cut" })
    }

    fn overwrite(&mut self, project: Project<'_>, mine: &str) -> &'static str {
        let (folder, title) = self.place();
        let request = WriteRequest {
            title,
            folder: folder.to_owned(),
            content: format!("{mine}\n{mine} Twice.\n"),
            overwrite: Overwrite::Allow,
            ..WriteRequest::default()
        };
        project.write_note(&request).expect("nothing is in the way");
        "write"
    }

    fn rename(&mut self, project: Project<'_>) -> Option<&'static str> {
        let note = self.note()?;
        let (folder, title) = self.place();
        let to = format!("{folder}/{title}.md");
        if self.desk.vault.has(&to) {
            return None;
        }
        project.move_note(&note, &to).expect("nothing is there");
        Some("move")
    }

    fn delete(&mut self, project: Project<'_>) -> Option<&'static str> {
        project.delete_note(&self.note()?).expect("it is there");
        Some("delete")
    }

    fn restore(&mut self, project: Project<'_>) -> Option<&'static str> {
        let trash = project.trash().expect("it can be asked");
        let deleted = self.dice.pick(&trash)?;
        if self.desk.vault.has(&deleted.path) {
            return None;
        }
        let request = RestoreRequest {
            identifier: deleted.path.clone(),
            revision: None,
        };
        project.restore_note(&request).expect("nothing is there");
        Some("restore")
    }

    fn move_folder(&mut self, project: Project<'_>) -> Option<&'static str> {
        let (from, to) = (self.place().0, self.place().0);
        if from == to {
            return None;
        }
        project
            .move_directory(from, to, &Silent, &Cancel::new())
            .expect("these are folders");
        Some("move a folder")
    }

    fn delete_folder(&mut self, project: Project<'_>) -> &'static str {
        let folder = self.place().0;
        let deleted = project.delete_directory(folder, Confirm::Given, &Silent, &Cancel::new());
        assert_eq!(deleted.expect("it is a folder").failed, []);
        "delete a folder"
    }

    /// Somebody with an editor; seen at once.
    fn outside(&mut self, project: Project<'_>, number: usize) -> Option<&'static str> {
        let note = self.note()?;
        let text = self.desk.vault.read(&note);
        self.desk
            .outside(&note, format!("{text}external did {number}.\n"));
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        Some("outside")
    }
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

fn replace(project: Project<'_>, path: &str, find: String, replace: String) {
    let change = Edit::FindReplace {
        find,
        replace,
        expected: 1,
    };
    edit(project, path, change);
}

/// All lines of a folder.
fn lines(desk: &Desk) -> BTreeSet<String> {
    let texts = desk.vault.files().into_iter().map(|(_, bytes)| bytes);
    let texts = texts.map(|bytes| String::from_utf8(bytes).expect("all of it is text"));
    texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// The lines somebody else than the agent wrote.
fn of_others(desk: &Desk) -> BTreeSet<String> {
    let mut lines = lines(desk);
    lines.retain(|line| line.starts_with("person did") || line.starts_with("external did"));
    lines
}

/// The lines a revision brought.
fn brought(history: &History, revision: &NoteRevision) -> BTreeSet<String> {
    let lines = |hash: Option<&String>| -> BTreeSet<String> {
        let text = hash.map(|hash| crate::support::content(history, Some(hash)));
        let text = text.unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    let before = lines(revision.before.as_ref());
    let mut after = lines(revision.after.as_ref());
    after.retain(|line| !before.contains(line));
    after
}

fn take_back(seed: u64) -> BTreeMap<&'static str, usize> {
    let desk = Desk::new("");
    let engine = desk.synced();
    let since = tick();
    let mut session = Session {
        desk: &desk,
        dice: Dice::new(seed),
        contents: BTreeSet::new(),
        taken: BTreeMap::new(),
    };
    for number in 0..STEPS {
        let actor = ACTORS[session.dice.below(ACTORS.len())];
        session.step(main(&engine).acting(actor), actor, number);
    }
    let (before, theirs) = (desk.vault.snapshot(), of_others(&desk));
    let request = UndoRequest {
        actor: Some("agent".to_owned()),
        since: Some(since),
        ..UndoRequest::default()
    };
    let dry_run = UndoRequest {
        dry_run: true,
        ..request.clone()
    };
    let undoer = main(&engine).acting("undoer");
    let dry = undo(undoer, &dry_run);
    assert!(
        desk.vault.snapshot() == before,
        "{seed}: a dry run changed something"
    );
    let undone = undo(undoer, &request);
    assert_eq!(
        (&dry.undone, &dry.conflicts),
        (&undone.undone, &undone.conflicts)
    );
    assert!(!undone.undone.is_empty(), "{seed}");

    // What others wrote stands.
    let kept = lines(&desk);
    let lost: Vec<&String> = theirs.difference(&kept).collect();
    assert_eq!(lost, [""; 0], "{seed}: lines of others are lost");
    // What the agent wrote is gone, but for what is named.
    let history = desk.history();
    let texts =
        |revision: &&NoteRevision| ["create", "write", "edit"].contains(&revision.operation);
    for revision in undone.undone.iter().filter(texts) {
        let mut brought = brought(&history, revision);
        brought.retain(|line| line.starts_with("agent did") && kept.contains(line));
        assert!(
            brought.is_empty(),
            "{seed}: {brought:?} stay of {revision:?}"
        );
    }
    let after = desk.vault.snapshot();
    let report = sync(&engine);
    assert_eq!(
        (report.new, report.modified, report.moved, report.deleted),
        (0, 0, 0, 0),
        "{seed}: the index did not follow"
    );

    // What is undone is not undone again.
    let again = undo(undoer, &dry_run);
    let named: BTreeSet<_> = undone.conflicts.iter().map(|fault| &fault.path).collect();
    assert!(
        again
            .conflicts
            .iter()
            .all(|fault| named.contains(&fault.path)),
        "{seed}: {:?} are no conflicts of the first time: {named:?}",
        again.conflicts
    );
    bring_back(&desk, undoer, &undone, &before, &after);

    session
        .contents
        .extend(desk.vault.files().into_iter().map(|(_, bytes)| bytes));
    let contents = session.contents;
    drop(engine);
    for content in contents {
        let kept = history
            .content(&Hash::of(&content))
            .expect("it can be read");
        assert_eq!(kept.as_deref(), Some(content.as_slice()));
    }
    assert_eq!(history.check().expect("it can be read"), []);
    session.taken
}

/// Undoes an undo, and that again.
fn bring_back(
    desk: &Desk,
    project: Project<'_>,
    undone: &Undone,
    before: &cairn_testkit::Snapshot,
    after: &cairn_testkit::Snapshot,
) {
    let mut change = undone.change;
    for expected in [before, after, before] {
        let request = UndoRequest {
            change,
            ..UndoRequest::default()
        };
        let back = undo(project, &request);
        assert_eq!(back.conflicts, []);
        assert!(
            desk.vault.snapshot() == *expected,
            "an undo of an undo did not bring it back"
        );
        change = back.change;
    }
}

#[test]
fn the_changes_of_one_go_and_those_of_the_other_stand() {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..4 {
        for (kind, count) in take_back(seed) {
            *taken.entry(kind).or_default() += count;
        }
    }
    let kinds = [
        "append",
        "change",
        "cut",
        "delete",
        "delete a folder",
        "insert",
        "move",
        "move a folder",
        "outside",
        "restore",
        "write",
    ];
    for kind in kinds {
        assert!(
            taken.get(kind).is_some_and(|count| *count > 4),
            "{kind}: {taken:?}"
        );
    }
}
