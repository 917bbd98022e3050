//! What the tests of the history share.

use cairn_engine::{
    Cancel, Durability, EditRequest, Engine, HistoryRequest, IndexLocation, NoteRevision,
    Overwrite, Project, RestoreRequest, Settings, Silent, SyncReport, UndoRequest, Undone,
    WriteRequest, Written,
};
use cairn_history::{Hash, History, Options};
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use cairn_testkit::Vault;
use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// A vault, and a folder beside it with index and history.
pub(crate) struct Desk {
    pub(crate) vault: Vault,
    pub(crate) data: Vault,
}

impl Desk {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            vault: Vault::new(text),
            data: Vault::new(""),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            index: IndexLocation::File(self.data.path("index.db")),
            durability: Durability::Os,
            clock: tick,
            ..Settings::in_memory("main", self.vault.root().to_owned())
        }
    }

    /// Opens an engine as another process would.
    pub(crate) fn engine(&self) -> Engine {
        Engine::open(self.settings()).expect("a new folder takes an index")
    }

    /// As [`Self::engine`], in step with the folder.
    pub(crate) fn synced(&self) -> Engine {
        let engine = self.engine();
        sync(&engine);
        engine
    }

    /// Opens the history as another process would.
    pub(crate) fn history(&self) -> History {
        History::open(&self.data.path("history.db"), &Options::default()).expect("it is a history")
    }

    /// Writes a file as an editor does, at a time of its own: a file system's clock may be too coarse.
    pub(crate) fn outside(&self, path: &str, text: impl AsRef<[u8]>) {
        self.vault.write_bytes(path, text.as_ref());
        let time = u64::try_from(tick().as_second()).expect("it is after 1970");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
        self.vault.set_mtime(path, time);
    }
}

/// A clock that goes on by a second whenever it is looked at.
pub(crate) fn tick() -> Timestamp {
    static SECOND: AtomicI64 = AtomicI64::new(1_700_000_000);
    let second = SECOND.fetch_add(1, Ordering::Relaxed);
    Timestamp::from_second(second).expect("it is a time")
}

pub(crate) fn sync(engine: &Engine) -> SyncReport {
    main(engine)
        .sync(&Silent, &Cancel::new())
        .expect("a folder syncs")
}

pub(crate) fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is a default project")
}

pub(crate) fn write(project: Project<'_>, title: &str, content: &str) -> Written {
    let request = WriteRequest {
        title: title.into(),
        content: content.into(),
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    project.write_note(&request).expect("it can be written")
}

pub(crate) fn edit(project: Project<'_>, identifier: &str, edit: Edit) {
    let request = EditRequest {
        identifier: identifier.into(),
        edit: Some(edit),
        metadata: Metadata::new(),
        base: None,
    };
    project.edit_note(&request).expect("it can be edited");
}

pub(crate) fn append(project: Project<'_>, identifier: &str, content: &str) {
    let content = content.into();
    edit(project, identifier, Edit::Append { content });
}

pub(crate) fn replace(project: Project<'_>, identifier: &str, find: &str, replace: &str) {
    let change = Edit::FindReplace {
        find: find.into(),
        replace: replace.into(),
        expected: 1,
    };
    edit(project, identifier, change);
}

pub(crate) fn restore(project: Project<'_>, identifier: &str, revision: Option<i64>) -> usize {
    let request = RestoreRequest {
        identifier: identifier.into(),
        revision,
    };
    let restored = project.restore_note(&request).expect("it can be restored");
    assert_eq!(restored.failed, []);
    restored.notes.len()
}

pub(crate) fn undo(project: Project<'_>, request: &UndoRequest) -> Undone {
    project
        .undo(request, &Silent, &Cancel::new())
        .expect("there is something to undo")
}

pub(crate) fn undo_last(project: Project<'_>) -> Undone {
    let undone = undo(project, &UndoRequest::default());
    assert_eq!(undone.conflicts, []);
    undone
}

/// The revisions of a note, newest first.
pub(crate) fn revisions(engine: &Engine, identifier: &str) -> Vec<NoteRevision> {
    let request = HistoryRequest {
        identifier: identifier.into(),
        before: None,
        limit: 1000,
    };
    let history = main(engine).note_history(&request);
    history.expect("the note is known").revisions
}

/// The revisions of a note, newest first: what, by whom, where.
pub(crate) fn told(engine: &Engine, identifier: &str) -> Vec<String> {
    let say = |revision: NoteRevision| {
        let from = revision.former.map_or(String::new(), |path| path + " > ");
        format!(
            "{} {} {from}{}",
            revision.operation, revision.actor, revision.path
        )
    };
    revisions(engine, identifier).into_iter().map(say).collect()
}

/// What the history keeps under a hash.
pub(crate) fn content(history: &History, hash: Option<&String>) -> String {
    let hash: Hash = hash.expect("it was there").parse().expect("it is a hash");
    let bytes = history.content(&hash).expect("it can be read");
    String::from_utf8(bytes.expect("it is kept")).expect("it is text")
}
