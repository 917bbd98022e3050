//! Two actors who keep out of each other's way for five hundred steps: without one's, the notes are what they would be
//! had only the other worked on them, to the byte.

use crate::dice::Dice;
use crate::support::{Desk, main, sync, tick, undo};
use cairn_engine::{
    Cancel, EditRequest, Engine, Overwrite, Project, RestoreRequest, Silent, UndoRequest,
    WriteRequest,
};
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use std::collections::{BTreeMap, BTreeSet};

const STEPS: usize = 500;
const NOTES: usize = 30;
const FOLDERS: [&str; 4] = ["a", "b", "c/d", "e"];

/// What the person did: enough to do it again in another folder.
#[derive(Debug, Clone)]
enum Done {
    /// In a note both write in, wherever the agent has moved it.
    Shared {
        note: usize,
        find: String,
        replace: String,
    },
    Own {
        path: String,
        find: String,
        replace: String,
    },
    Write {
        title: String,
        content: String,
    },
    Move {
        from: String,
        to: String,
    },
    Delete(String),
    Restore(String),
}

/// The notes as both begin: each has its own lines to write below.
fn vault() -> String {
    (0..NOTES)
        .map(|note| {
            format!(
                "//- {}\ntop {note}\nperson below {note}\nmiddle {note}\nagent below {note}\nend {note}\n",
                first_place(note)
            )
        })
        .collect()
}

fn first_place(note: usize) -> String {
    format!("{}/N{note}.md", FOLDERS[note % FOLDERS.len()])
}

struct Session<'d> {
    desk: &'d Desk,
    engine: &'d Engine,
    dice: Dice,
    /// Where each note is that both write in.
    places: Vec<String>,
    /// Those the agent has deleted and brought back: it would be a conflict to change them now.
    touched: BTreeSet<usize>,
    done: Vec<Done>,
    kinds: BTreeMap<&'static str, usize>,
}

impl<'d> Session<'d> {
    fn agent(&self) -> Project<'d> {
        main(self.engine).acting("agent")
    }

    fn note(&mut self) -> Option<usize> {
        let note = self.dice.below(NOTES);
        self.desk.vault.has(&self.places[note]).then_some(note)
    }

    /// A line an actor may write below, or change: the mark or one of its own.
    fn line(&mut self, path: &str, actor: &str) -> String {
        let text = self.desk.vault.read(path);
        let start = format!("{actor} ");
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(&start))
            .collect();
        let line = self.dice.pick(&lines).expect("the mark stays");
        (*line).to_owned()
    }

    /// What an actor does with one line: writes below it, changes it, takes it away.
    fn text(&mut self, path: &str, actor: &str, number: usize) -> (String, String) {
        let line = self.line(path, actor);
        let is_mark = line.contains(" below ");
        let replace = match self.dice.below(3) {
            0 if !is_mark => String::new(),
            1 if !is_mark => format!("{actor} did {number}\n"),
            _ => format!("{line}\n{actor} did {number}\n"),
        };
        (format!("{line}\n"), replace)
    }

    fn agent_acts(&mut self, number: usize) -> Option<&'static str> {
        let project = self.agent();
        match self.dice.below(20) {
            0..8 => {
                let note = self.note()?;
                let path = self.places[note].clone();
                let (find, replace) = self.text(&path, "agent", number);
                edit(project, &path, find, replace);
                Some("edit")
            }
            8..10 => {
                let note = self.note()?;
                let path = self.places[note].clone();
                let (find, replace) = self.text(&path, "agent", number);
                let content = self.desk.vault.read(&path).replace(&find, &replace);
                let (folder, title) = path.rsplit_once('/').expect("all are in folders");
                write(project, folder, title.trim_end_matches(".md"), content);
                Some("overwrite")
            }
            10..12 => {
                let title = format!("X{}", number % 10);
                write(project, "own", &title, format!("agent did {number}\n"));
                Some("create")
            }
            12..15 => {
                let note = self.note()?;
                let folder = FOLDERS[self.dice.below(FOLDERS.len())];
                let to = format!("{folder}/N{note}.md");
                if to == self.places[note] {
                    return None;
                }
                project
                    .move_note(&self.places[note], &to)
                    .expect("nothing is there");
                self.places[note] = to;
                Some("move")
            }
            15..17 => {
                let note = self.note()?;
                project
                    .delete_note(&self.places[note])
                    .expect("it is there");
                Some("delete")
            }
            17..19 => {
                let note = self.dice.below(NOTES);
                let path = self.places[note].clone();
                if self.desk.vault.has(&path) {
                    return None;
                }
                restore(project, &path);
                self.touched.insert(note);
                Some("restore")
            }
            _ => self.move_folder(project),
        }
    }

    fn move_folder(&mut self, project: Project<'_>) -> Option<&'static str> {
        let from = FOLDERS[self.dice.below(FOLDERS.len())];
        let to = FOLDERS[self.dice.below(FOLDERS.len())];
        if from == to {
            return None;
        }
        let moved = project.move_directory(from, to, &Silent, &Cancel::new());
        for (from, to) in moved.expect("these are folders").moved {
            let place = self.places.iter_mut().find(|place| **place == from);
            *place.expect("only these are in the folders") = to;
        }
        Some("move a folder")
    }

    fn person_acts(&mut self, number: usize) -> Option<&'static str> {
        let own: Vec<String> = (self.desk.vault.files().into_iter())
            .map(|(path, _)| path)
            .filter(|path| path.starts_with("person/"))
            .collect();
        let done = match self.dice.below(20) {
            0..10 => {
                let note = self.note().filter(|note| !self.touched.contains(note))?;
                let path = self.places[note].clone();
                let (find, replace) = self.text(&path, "person", number);
                Done::Shared {
                    note,
                    find,
                    replace,
                }
            }
            10..14 => Done::Write {
                title: format!("P{}", self.dice.below(20)),
                content: format!("person below {number}\n"),
            },
            14..16 => {
                let path = self.dice.pick(&own)?.clone();
                let (find, replace) = self.text(&path, "person", number);
                Done::Own {
                    path,
                    find,
                    replace,
                }
            }
            16..18 => {
                let from = self.dice.pick(&own)?.clone();
                let to = format!("person/moved/Q{number}.md");
                Done::Move { from, to }
            }
            18 => Done::Delete(self.dice.pick(&own)?.clone()),
            _ => {
                let trash = main(self.engine).trash().expect("it can be asked");
                let mut mine = trash.into_iter().map(|deleted| deleted.path);
                let path =
                    mine.find(|path| path.starts_with("person/") && !self.desk.vault.has(path))?;
                Done::Restore(path)
            }
        };
        let places = self.places.clone();
        perform(main(self.engine).acting("person"), &done, &places);
        self.done.push(done);
        Some("person")
    }
}

/// Does what the person does.
fn perform(project: Project<'_>, done: &Done, places: &[String]) {
    match done.clone() {
        Done::Shared {
            note,
            find,
            replace,
        } => edit(project, &places[note], find, replace),
        Done::Own {
            path,
            find,
            replace,
        } => edit(project, &path, find, replace),
        Done::Write { title, content } => write(project, "person", &title, content),
        Done::Move { from, to } => {
            project.move_note(&from, &to).expect("nothing is there");
        }
        Done::Delete(path) => {
            project.delete_note(&path).expect("it is there");
        }
        Done::Restore(path) => restore(project, &path),
    }
}

fn edit(project: Project<'_>, path: &str, find: String, replace: String) {
    let request = EditRequest {
        identifier: path.to_owned(),
        edit: Some(Edit::FindReplace {
            find,
            replace,
            expected: 1,
        }),
        metadata: Metadata::new(),
        base: None,
    };
    project.edit_note(&request).expect("nothing is in the way");
}

fn write(project: Project<'_>, folder: &str, title: &str, content: String) {
    let request = WriteRequest {
        title: title.to_owned(),
        folder: folder.to_owned(),
        content,
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    project.write_note(&request).expect("nothing is in the way");
}

fn restore(project: Project<'_>, path: &str) {
    let request = RestoreRequest {
        identifier: path.to_owned(),
        revision: None,
    };
    project.restore_note(&request).expect("nothing is there");
}

fn take_back(seed: u64) -> BTreeMap<&'static str, usize> {
    let text = vault();
    let (desk, alone) = (Desk::new(&text), Desk::new(&text));
    let engine = desk.synced();
    let since = tick();
    let mut session = Session {
        desk: &desk,
        engine: &engine,
        dice: Dice::new(seed),
        places: (0..NOTES).map(first_place).collect(),
        touched: BTreeSet::new(),
        done: Vec::new(),
        kinds: BTreeMap::new(),
    };
    for number in 0..STEPS {
        let kind = if session.dice.below(2) == 0 {
            session.agent_acts(number)
        } else {
            session.person_acts(number)
        };
        *session.kinds.entry(kind.unwrap_or("nothing")).or_default() += 1;
    }
    let other = alone.synced();
    let places: Vec<String> = (0..NOTES).map(first_place).collect();
    for done in &session.done {
        perform(main(&other).acting("person"), done, &places);
    }
    let before = desk.vault.snapshot();
    let request = UndoRequest {
        actor: Some("agent".to_owned()),
        since: Some(since),
        ..UndoRequest::default()
    };
    let undone = undo(main(&engine).acting("undoer"), &request);
    assert_eq!(undone.conflicts, [], "{seed}");
    assert_eq!(
        desk.vault.snapshot(),
        alone.vault.snapshot(),
        "{seed}: it is not as if the agent had never been there"
    );
    let report = sync(&engine);
    assert_eq!(
        (report.new, report.modified, report.moved, report.deleted),
        (0, 0, 0, 0),
        "{seed}: the index did not follow"
    );
    let again = undo(main(&engine), &request);
    assert_eq!((again.undone, again.conflicts), (vec![], vec![]), "{seed}");
    let back = UndoRequest {
        change: undone.change,
        ..UndoRequest::default()
    };
    assert_eq!(undo(main(&engine), &back).conflicts, [], "{seed}");
    assert!(
        desk.vault.snapshot() == before,
        "{seed}: a second undo did not bring it back"
    );
    session.kinds
}

#[test]
fn without_one_it_is_as_if_only_the_other_had_been_there() {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..4 {
        for (kind, count) in take_back(seed) {
            *kinds.entry(kind).or_default() += count;
        }
    }
    for kind in [
        "create",
        "delete",
        "edit",
        "move",
        "move a folder",
        "overwrite",
        "person",
        "restore",
    ] {
        assert!(
            kinds.get(kind).is_some_and(|count| *count > 4),
            "{kind}: {kinds:?}"
        );
    }
}
