//! Whatever happens to a folder, its index ends as one built anew would be.

use cairn_engine::{Cancel, Engine, Settings, Silent};
use cairn_testkit::Vault;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

/// What may happen to a folder. Numbers pick a path, a content, an existing file.
#[derive(Debug, Clone)]
enum Step {
    Write { path: usize, content: usize },
    Delete { file: usize },
    Rename { file: usize, to: usize },
    RenameFolder { from: usize, to: usize },
    Touch { file: usize },
    Sync,
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
        1 => any.prop_map(|file| Step::Touch { file }),
        4 => Just(Step::Sync),
    ];
    prop::collection::vec(step, 1..25)
}

fn engine(vault: &Vault) -> Engine {
    Engine::open(Settings::in_memory("test", vault.root().to_owned())).expect("memory can be had")
}

fn sync(engine: &Engine) -> String {
    let project = engine.project(None).expect("there is one");
    project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    project.dump().expect("it can be read")
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
        Step::Sync => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_ends_in_the_index_of_the_folder(steps in steps()) {
        let vault = Vault::new("");
        let kept = engine(&vault);
        let mut time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for step in &steps {
            time += Duration::from_millis(7);
            perform(&vault, step, time);
            if matches!(step, Step::Sync) {
                sync(&kept);
            }
        }
        let dump = sync(&kept);
        prop_assert_eq!(&dump, &sync(&engine(&vault)), "the history matters");
        prop_assert_eq!(&dump, &sync(&kept), "a second sync changes something");
    }
}
