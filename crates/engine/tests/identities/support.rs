//! A vault with index and history beside it, and what every test asks of them in the end.

use cairn_engine::{
    Cancel, Durability, Engine, IndexLocation, Overwrite, Project, RestoreRequest, Settings,
    Silent, WriteRequest,
};
use cairn_index::NoteRecord;
use cairn_testkit::Vault;
use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

pub(crate) struct Desk {
    pub(crate) vault: Vault,
    pub(crate) data: Vault,
    engine: Option<Engine>,
}

impl Desk {
    /// A synced vault.
    pub(crate) fn new(text: &str) -> Self {
        let mut desk = Self {
            vault: Vault::new(text),
            data: Vault::new(""),
            engine: None,
        };
        desk.engine = Some(desk.another());
        desk.sync();
        desk
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            index: IndexLocation::File(self.data.path("index.db")),
            durability: Durability::Os,
            clock: tick,
            ..Settings::in_memory("main", self.vault.root().to_owned())
        }
    }

    /// An engine as another process would open it.
    pub(crate) fn another(&self) -> Engine {
        Engine::open(self.settings()).expect("a folder takes an index")
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("it is open")
    }

    pub(crate) fn project(&self) -> Project<'_> {
        main(self.engine())
    }

    pub(crate) fn sync(&self) {
        sync(self.engine());
    }

    pub(crate) fn shift(&self, from: &str, to: &str) {
        let moved = self.project().move_note(from, to);
        moved.expect("nothing is in the way");
    }

    pub(crate) fn write(&self, folder: &str, title: &str, content: &str) {
        let request = WriteRequest {
            title: title.to_owned(),
            folder: folder.to_owned(),
            content: content.to_owned(),
            overwrite: Overwrite::Allow,
            ..WriteRequest::default()
        };
        let written = self.project().write_note(&request);
        written.expect("it can be written");
    }

    pub(crate) fn delete(&self, note: &str) {
        self.project().delete_note(note).expect("it is there");
    }

    pub(crate) fn restore(&self, note: &str) {
        let request = RestoreRequest {
            identifier: note.to_owned(),
            revision: None,
        };
        let restored = self.project().restore_note(&request);
        assert_eq!(restored.expect("it is in the trash").notes.len(), 1);
    }

    /// The id of the note at a path.
    pub(crate) fn id(&self, path: &str) -> String {
        self.note(path).external_id
    }

    fn note(&self, path: &str) -> NoteRecord {
        let found = self.project().identify(path, None);
        let found = found.expect("there is such a note");
        assert_eq!(found.path.as_str(), path);
        found
    }

    /// The permalinks of all notes, by path.
    pub(crate) fn permalinks(&self) -> Vec<String> {
        permalinks(self.engine())
    }

    /// Loses one of the files beside the vault, as far as it is there.
    pub(crate) fn lose(&mut self, file: &str) {
        self.engine = None;
        for (name, _) in self.data.files() {
            if name.starts_with(file) {
                self.data.remove(&name);
            }
        }
        self.engine = Some(self.another());
    }

    /// Proves that the index is what one built anew would be, compared, made again, and reindexed.
    pub(crate) fn proves(&mut self) {
        assert_same(self.engine());
        let dump = dump(self.engine());
        self.lose("index.db");
        self.sync();
        assert_eq!(self::dump(self.engine()), dump, "it is made again");
        let reindexed = self.project().reindex(&Silent, &Cancel::new());
        reindexed.expect("a folder syncs");
        assert_eq!(self::dump(self.engine()), dump, "it is reindexed");
        assert_same(self.engine());
    }
}

/// A clock that goes on by a second whenever it is looked at.
pub(crate) fn tick() -> Timestamp {
    static SECOND: AtomicI64 = AtomicI64::new(1_700_000_000);
    let second = SECOND.fetch_add(1, Ordering::Relaxed);
    Timestamp::from_second(second).expect("it is a time")
}

pub(crate) fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is a default project")
}

pub(crate) fn sync(engine: &Engine) {
    let report = main(engine).sync(&Silent, &Cancel::new());
    assert_eq!(report.expect("a folder syncs").faults, []);
}

pub(crate) fn dump(engine: &Engine) -> String {
    main(engine).dump().expect("it can be read")
}

pub(crate) fn permalinks(engine: &Engine) -> Vec<String> {
    let dump = dump(engine);
    let rows = dump.lines().filter(|line| !line.starts_with(' '));
    let columns = rows.map(|line| line.split(" | ").collect::<Vec<_>>());
    let rows = columns.filter(|columns| columns.len() > 5);
    rows.map(|columns| format!("{} {}", columns[0], columns[4]))
        .collect()
}

pub(crate) fn assert_same(engine: &Engine) {
    let comparison = engine.compare_with_rebuilt(&Silent, &Cancel::new());
    let comparison = comparison.expect("an index can be read");
    let lines = comparison.differences.iter();
    let lines: Vec<String> = lines.map(ToString::to_string).collect();
    assert_eq!(lines, Vec::<String>::new(), "it is as one built anew");
}
