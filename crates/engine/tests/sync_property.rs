//! Whatever happens to a folder, its index ends as one built anew from the files and the identities would be.

use cairn_engine::{
    Cancel, Durability, Engine, IndexLocation, Overwrite, Project, RestoreRequest, Settings,
    Silent, UndoRequest, WriteRequest,
};
use cairn_history::{Content, Entry, Hash, History, Operation, Options};
use cairn_testkit::Vault;
use jiff::Timestamp;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

/// What may happen to a folder. Numbers pick a path, a content, an existing file.
#[derive(Debug, Clone)]
enum Step {
    Write {
        path: usize,
        content: usize,
    },
    Delete {
        file: usize,
    },
    Rename {
        file: usize,
        to: usize,
    },
    RenameFolder {
        from: usize,
        to: usize,
    },
    Touch {
        file: usize,
    },
    Sync,
    MoveNote {
        file: usize,
        to: usize,
    },
    MoveFolder {
        from: usize,
        to: usize,
    },
    WriteNote {
        title: usize,
        content: usize,
    },
    DeleteNote {
        file: usize,
    },
    RestoreNote {
        deleted: usize,
    },
    Undo,
    Look {
        path: usize,
    },
    Reindex,
    OpenAgain,
    /// A process dies that is about to move a note, before the file is elsewhere or after.
    Die {
        file: usize,
        to: usize,
        after: bool,
    },
}

const PATHS: [&str; 10] = [
    "a.md",
    "b.md",
    "x/a.md",
    "x/b.md",
    "x/y/a.md",
    "z/a.md",
    "z/My Note.md",
    "z/my-note.md",
    "pic.png",
    "x/pic.png",
];

const FOLDERS: [&str; 4] = ["x", "z", "w", "x/y"];

const TITLES: [&str; 4] = ["a", "x/a", "z/My Note", "w/b"];

const CONTENTS: [&str; 16] = [
    "# A\n",
    "# B\n\n- [fact] bees dance #bee\n",
    "- knows [[a]]\n- knows [[b]]\n",
    "See [[x/a]] and [[My Note]] and [[pic.png]].\n",
    "---\ntitle: Same\n---\n[[Same]] and [[b]]\n",
    "---\ntitle: Same\npermalink: same\n---\n- likes [[My Note]]\n",
    "---\npermalink: same\n---\n- likes [[same]]\n",
    "---\npermalink: test/a\ntags: [one, two]\n---\n# Declared\n",
    "---\npermalink: test/x/a\n---\n[[test/a]]\n",
    "---\ntitle: a\n---\n[[a]] [[Other]]\n",
    "---\ntitle: Other\nmodified: 2024-05-06T07:08:09Z\n---\n[[same]]\n",
    "---\ncreated: 2020-01-01\ntags: one\n---\n[[z/a]]\n",
    "---\nbroken: [\n---\ntext\n",
    "",
    "bytes \u{0}\n",
    // Stands for a file that is not UTF-8.
    "INVALID",
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any = 0..1000_usize;
    let step = prop_oneof![
        6 => (0..PATHS.len(), 0..CONTENTS.len())
            .prop_map(|(path, content)| Step::Write { path, content }),
        3 => any.clone().prop_map(|file| Step::Delete { file }),
        3 => (any.clone(), 0..PATHS.len()).prop_map(|(file, to)| Step::Rename { file, to }),
        1 => (0..FOLDERS.len(), 0..FOLDERS.len())
            .prop_map(|(from, to)| Step::RenameFolder { from, to }),
        1 => any.clone().prop_map(|file| Step::Touch { file }),
        4 => Just(Step::Sync),
        4 => (any.clone(), 0..PATHS.len()).prop_map(|(file, to)| Step::MoveNote { file, to }),
        1 => (0..FOLDERS.len(), 0..FOLDERS.len())
            .prop_map(|(from, to)| Step::MoveFolder { from, to }),
        2 => (0..TITLES.len(), 0..CONTENTS.len() - 1)
            .prop_map(|(title, content)| Step::WriteNote { title, content }),
        2 => any.clone().prop_map(|file| Step::DeleteNote { file }),
        2 => any.prop_map(|deleted| Step::RestoreNote { deleted }),
        1 => Just(Step::Undo),
        1 => (0..PATHS.len()).prop_map(|path| Step::Look { path }),
        1 => Just(Step::Reindex),
        1 => Just(Step::OpenAgain),
        1 => (0..1000_usize, 0..PATHS.len(), prop::bool::ANY)
            .prop_map(|(file, to, after)| Step::Die { file, to, after }),
    ];
    prop::collection::vec(step, 1..30)
}

/// An engine whose index is a file, or in memory.
fn engine(vault: &Vault, data: Option<&Vault>) -> Engine {
    let mut settings = Settings {
        durability: Durability::Os,
        ..Settings::in_memory("test", vault.root().to_owned())
    };
    if let Some(data) = data {
        settings.index = IndexLocation::File(data.path("index.db"));
    }
    Engine::open(settings).expect("a new folder takes an index")
}

fn project(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is one")
}

fn sync(engine: &Engine) -> String {
    let project = project(engine);
    project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    project.dump().expect("it can be read")
}

/// Records a move as a process does that dies before it can say what became of it.
fn die(engine: &Engine, vault: &Vault, data: &Vault, (file, to): (&str, &str), after: bool) {
    let Ok(note) = project(engine).identify(file, None) else {
        return;
    };
    let text = std::fs::read(vault.path(file)).expect("it is there");
    if note.path.as_str() != file || note.fingerprint.checksum != *Hash::of(&text).as_bytes() {
        return;
    }
    let history = History::open(&data.path("history.db"), &Options::default());
    let history = history.expect("it is a history");
    let entry = Entry {
        project: note.project.0,
        note: note.external_id,
        path: to.to_owned(),
        former: Some(file.to_owned()),
        operation: Operation::Move,
        actor: "dead".to_owned(),
        time: Timestamp::UNIX_EPOCH,
        before: Some(Content::Bytes(text.clone())),
        after: Some(Content::Bytes(text)),
        permalink: note.permalink,
    };
    history.record(vec![entry]).expect("it is recorded");
    if after {
        vault.rename(file, to);
    }
}

/// A dump without what syncs alone say: a verb that brings back what cannot be read names no fault.
fn without_faults(dump: &str) -> Vec<&str> {
    let lines = dump.lines();
    lines.filter(|line| !line.starts_with("fault ")).collect()
}

fn differences(engine: &Engine) -> Vec<String> {
    let comparison = engine.compare_with_rebuilt(&Silent, &Cancel::new());
    let comparison = comparison.expect("an index can be read");
    let lines = comparison.differences.iter();
    lines.map(ToString::to_string).collect()
}

/// Does one step by a verb. Verbs refuse what is not in step, and may.
fn ask(engine: &Engine, vault: &Vault, step: &Step) {
    let project = project(engine);
    match step {
        Step::Sync => {
            sync(engine);
        }
        Step::Reindex => {
            let reindexed = project.reindex(&Silent, &Cancel::new());
            reindexed.expect("the root can be listed");
        }
        Step::MoveNote { file, to } => {
            if let Some(file) = pick(vault, *file) {
                project.move_note(&file, PATHS[*to]).ok();
            }
        }
        Step::MoveFolder { from, to } => {
            let (from, to) = (FOLDERS[*from], FOLDERS[*to]);
            let moved = project.move_directory(from, to, &Silent, &Cancel::new());
            moved.ok();
        }
        Step::WriteNote { title, content } => {
            let (folder, title) = TITLES[*title]
                .rsplit_once('/')
                .unwrap_or(("", TITLES[*title]));
            let request = WriteRequest {
                title: title.to_owned(),
                folder: folder.to_owned(),
                content: CONTENTS[*content].to_owned(),
                overwrite: Overwrite::Allow,
                ..WriteRequest::default()
            };
            project.write_note(&request).ok();
        }
        Step::DeleteNote { file } => {
            if let Some(file) = pick(vault, *file) {
                project.delete_note(&file).ok();
            }
        }
        Step::RestoreNote { deleted } => {
            let trash = project.trash().expect("it can be read");
            if !trash.is_empty() {
                let request = RestoreRequest {
                    identifier: trash[deleted % trash.len()].path.clone(),
                    revision: None,
                };
                project.restore_note(&request).ok();
            }
        }
        Step::Undo => {
            project
                .undo(&UndoRequest::default(), &Silent, &Cancel::new())
                .ok();
        }
        Step::Look { path } => {
            project.look_up(PATHS[*path]).ok();
        }
        _ => {}
    }
}

/// A file that exists, if any does.
fn pick(vault: &Vault, number: usize) -> Option<String> {
    let mut files = vault.files();
    (!files.is_empty()).then(|| files.swap_remove(number % files.len()).0)
}

/// Does one step. Every change of a file gives it a time of its own, since a file system's clock may be too
/// coarse to tell two steps apart.
fn perform(vault: &Vault, step: &Step, time: SystemTime) {
    match step {
        Step::Write { path, content } => {
            let bytes: &[u8] = match CONTENTS[*content] {
                "INVALID" => b"caf\xe9",
                text => text.as_bytes(),
            };
            vault.write_bytes(PATHS[*path], bytes);
            vault.set_mtime(PATHS[*path], time);
        }
        Step::Delete { file } => {
            if let Some(file) = pick(vault, *file) {
                vault.remove(&file);
            }
        }
        Step::Rename { file, to } => {
            if let Some(file) = pick(vault, *file) {
                vault.rename(&file, PATHS[*to]);
            }
        }
        Step::RenameFolder { from, to } => {
            let (from, to) = (FOLDERS[*from], FOLDERS[*to]);
            if vault.has(from) && !vault.has(to) && !to.starts_with(from) {
                vault.rename(from, to);
            }
        }
        Step::Touch { file } => {
            if let Some(file) = pick(vault, *file) {
                vault.set_mtime(&file, time);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_ends_in_the_index_of_the_folder(steps in steps(), in_file: bool) {
        let (vault, data) = (Vault::new(""), Vault::new(""));
        let data = in_file.then_some(&data);
        let mut engines = [engine(&vault, data), engine(&vault, data)];
        let mut time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (number, step) in steps.iter().enumerate() {
            time += Duration::from_millis(7);
            perform(&vault, step, time);
            // Two processes on one index, or one where it is in memory.
            let turn = if data.is_some() { number % 2 } else { 0 };
            ask(&engines[turn], &vault, step);
            match (step, data) {
                (Step::OpenAgain, Some(_)) => engines[turn] = engine(&vault, data),
                (Step::Die { file, to, after }, Some(data)) => {
                    let to = PATHS[*to];
                    if let Some(file) = pick(&vault, *file).filter(|_| !vault.has(to)) {
                        die(&engines[turn], &vault, data, (&file, to), *after);
                    }
                }
                _ => {}
            }
        }
        let [kept, other] = engines;
        drop(other);
        let dump = sync(&kept);
        prop_assert_eq!(differences(&kept), Vec::<String>::new(), "the way there matters");
        prop_assert_eq!(&dump, &sync(&kept), "a second sync changes something");
        if let Some(data) = data {
            drop(kept);
            for (name, _) in data.files() {
                if name.starts_with("index.db") {
                    data.remove(&name);
                }
            }
            let rebuilt = engine(&vault, Some(data));
            let (lost, found) = (without_faults(&dump), sync(&rebuilt));
            prop_assert_eq!(lost, without_faults(&found), "a lost index does not come back");
            prop_assert_eq!(&found, &sync(&rebuilt), "it changes when it is looked at again");
        }
    }
}
