//! Every verb that writes, on one small vault: what it begins with, what it does, which files it changes.

use crate::{
    Cancel, Confirm, EditRequest, Error, Kind, MoveRequest, Overwrite, Project, RestoreRequest,
    Silent, UndoRequest, UpdateLinks, WriteRequest,
};
use cairn_history::{Filter, Operation};
use cairn_note::Metadata;
use cairn_note::edit::Edit;

/// The notes every verb begins with.
pub(super) const VAULT: &str = "//- Tea.md\n# Tea\nold\n//- d/Milk.md\nmilk\n//- d/e/Rum.md\nrum\n\
                                //- Other.md\nother [[Tea]]\n";

/// A verb that writes.
pub(super) struct Verb {
    pub(super) name: &'static str,
    /// What happens before, without a fault.
    pub(super) begin: fn(Project<'_>),
    /// What is done, and what it says of what it could not do.
    pub(super) run: fn(Project<'_>) -> Vec<Failure>,
    /// The files that change together: all of them, or none.
    pub(super) units: &'static [&'static [&'static str]],
}

/// What a verb says of what it could not do.
#[derive(Debug)]
pub(super) struct Failure {
    /// `None` where it stands in an answer.
    pub(super) kind: Option<Kind>,
    pub(super) message: String,
}

const FOLDER: &[&[&str]] = &[&["d/Milk.md"], &["d/e/Rum.md"]];
const MOVED_FOLDER: &[&[&str]] = &[
    &["d/Milk.md", "x/y/Milk.md"],
    &["d/e/Rum.md", "x/y/e/Rum.md"],
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "write a new note",
        begin: |_| {},
        run: |project| write(project, "n/m", "New", "new\n"),
        units: &[&["n/m/New.md"]],
    },
    Verb {
        name: "overwrite a note",
        begin: |_| {},
        run: |project| write(project, "", "Tea", "new\n"),
        units: &[&["Tea.md"]],
    },
    Verb {
        name: "edit a note",
        begin: |_| {},
        run: edit,
        units: &[&["Tea.md"]],
    },
    Verb {
        name: "move a note",
        begin: |_| {},
        run: |project| failed(project.move_note("Tea", "m/Tea")),
        units: &[&["Tea.md", "m/Tea.md"]],
    },
    Verb {
        name: "move a note and the links to it",
        begin: |_| {},
        run: move_with_links,
        units: &[&["Tea.md", "m/Cha.md"], &["Other.md"]],
    },
    Verb {
        name: "move a folder",
        begin: |_| {},
        run: move_folder,
        units: MOVED_FOLDER,
    },
    Verb {
        name: "delete a note",
        begin: |_| {},
        run: |project| failed(project.delete_note("Tea")),
        units: &[&["Tea.md"]],
    },
    Verb {
        name: "delete a folder",
        begin: |_| {},
        run: delete_folder,
        units: FOLDER,
    },
    Verb {
        name: "restore a revision",
        begin: |project| {
            none(&edit(project));
            none(&edit(project));
        },
        run: restore_revision,
        units: &[&["Tea.md"]],
    },
    Verb {
        name: "restore a deleted note",
        begin: |project| none(&failed(project.delete_note("d/e/Rum.md"))),
        run: |project| restore(project, "d/e/Rum.md", None),
        units: &[&["d/e/Rum.md"]],
    },
    Verb {
        name: "restore a deleted folder",
        begin: |project| none(&delete_folder(project)),
        run: |project| restore(project, "d", None),
        units: FOLDER,
    },
    Verb {
        name: "undo an edit",
        begin: |project| none(&edit(project)),
        run: undo,
        units: &[&["Tea.md"]],
    },
    Verb {
        name: "undo a creation",
        begin: |project| none(&write(project, "n", "New", "new\n")),
        run: undo,
        units: &[&["n/New.md"]],
    },
    Verb {
        name: "undo the move of a folder",
        begin: |project| none(&move_folder(project)),
        run: undo,
        units: MOVED_FOLDER,
    },
    Verb {
        name: "undo the deletion of a folder",
        begin: |project| none(&delete_folder(project)),
        run: undo,
        units: FOLDER,
    },
];

fn none(failures: &[Failure]) {
    assert!(failures.is_empty(), "{failures:?}");
}

fn failed<T>(result: Result<T, Error>) -> Vec<Failure> {
    let failure = |error: Error| Failure {
        kind: Some(error.kind()),
        message: error.to_string(),
    };
    result.err().into_iter().map(failure).collect()
}

fn answered<T>(
    result: Result<T, Error>,
    faults: impl FnOnce(T) -> Vec<cairn_index::Fault>,
) -> Vec<Failure> {
    let failure = |fault: cairn_index::Fault| Failure {
        kind: None,
        message: format!("{}: {}", fault.path, fault.message),
    };
    match result {
        Ok(answer) => faults(answer).into_iter().map(failure).collect(),
        Err(error) => failed::<T>(Err(error)),
    }
}

fn write(project: Project<'_>, folder: &str, title: &str, content: &str) -> Vec<Failure> {
    let request = WriteRequest {
        title: title.to_owned(),
        folder: folder.to_owned(),
        content: content.to_owned(),
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    failed(project.write_note(&request))
}

fn edit(project: Project<'_>) -> Vec<Failure> {
    let content = "more\n".to_owned();
    let request = EditRequest {
        identifier: "Tea".to_owned(),
        edit: Some(Edit::Append { content }),
        metadata: Metadata::new(),
        base: None,
    };
    failed(project.edit_note(&request))
}

/// Moves a note to another name. Where it has gone already and the links to it have not followed, the move is undone
/// first, as somebody who wants both does.
fn move_with_links(project: Project<'_>) -> Vec<Failure> {
    if project.root().join("m/Cha.md").exists() {
        let request = UndoRequest {
            change: Some(last(project, |operation| operation == Operation::Move)),
            ..UndoRequest::default()
        };
        let undone = project.undo(&request, &Silent, &Cancel::new());
        none(&answered(undone, |undone| undone.conflicts));
    }
    let request = MoveRequest {
        identifier: "Tea".to_owned(),
        destination: "m/Cha".to_owned(),
        update_links: UpdateLinks::Yes,
        dry_run: false,
    };
    let moved = project.move_note_as(&request, &Silent, &Cancel::new());
    answered(moved, |moved| moved.links.failed)
}

fn move_folder(project: Project<'_>) -> Vec<Failure> {
    let moved = project.move_directory("d", "x/y", &Silent, &Cancel::new());
    answered(moved, |moved| moved.failed)
}

fn delete_folder(project: Project<'_>) -> Vec<Failure> {
    let deleted = project.delete_directory("d", Confirm::Required, &Silent, &Cancel::new());
    answered(deleted, |deleted| deleted.failed)
}

fn restore(project: Project<'_>, identifier: &str, revision: Option<i64>) -> Vec<Failure> {
    let request = RestoreRequest {
        identifier: identifier.to_owned(),
        revision,
    };
    answered(project.restore_note(&request), |restored| restored.failed)
}

/// Restores what the note said after its first edit.
fn restore_revision(project: Project<'_>) -> Vec<Failure> {
    let history = &project.engine.history;
    let revisions = history.revisions(&Filter::default(), 100);
    let revisions = revisions.expect("it can be asked");
    let first = revisions.last().expect("something was changed");
    restore(project, "Tea", Some(first.id.0))
}

/// Undoes the last change that is no undo.
fn undo(project: Project<'_>) -> Vec<Failure> {
    let request = UndoRequest {
        change: Some(last(project, |operation| operation != Operation::Undo)),
        ..UndoRequest::default()
    };
    let undone = project.undo(&request, &Silent, &Cancel::new());
    answered(undone, |undone| undone.conflicts)
}

fn last(project: Project<'_>, is_wanted: fn(Operation) -> bool) -> i64 {
    let revisions = project.engine.history.revisions(&Filter::default(), 100);
    let revisions = revisions.expect("it can be asked");
    let mut wanted = revisions
        .iter()
        .filter(|revision| is_wanted(revision.operation));
    wanted.next().expect("something was changed").change.0
}
