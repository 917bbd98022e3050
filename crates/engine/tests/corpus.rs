//! A real vault of thousands of notes, where this machine has it.

use cairn_engine::{Cancel, Engine, Settings, Silent};
use cairn_testkit::corpus;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The checksum and time of every file.
fn state(folder: &Path, files: &mut BTreeMap<PathBuf, ([u8; 32], std::time::SystemTime)>) {
    for entry in fs::read_dir(folder).expect("the corpus can be listed") {
        let path = entry.expect("the corpus can be listed").path();
        if path.is_dir() {
            state(&path, files);
        } else {
            let bytes = fs::read(&path).expect("the corpus can be read");
            let time = fs::metadata(&path).and_then(|metadata| metadata.modified());
            files.insert(
                path,
                (
                    Sha256::digest(bytes).into(),
                    time.expect("files have times"),
                ),
            );
        }
    }
}

#[test]
fn a_real_vault_is_indexed_whole_and_left_alone() {
    let Some(root) = corpus("obsidian-help") else {
        return;
    };
    let mut before = BTreeMap::new();
    state(&root, &mut before);
    let engine =
        Engine::open(Settings::in_memory("help", root.clone())).expect("memory can be had");
    let project = engine.project(None).expect("there is one");
    let report = project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!(report.faults, []);
    let hidden = |path: &&PathBuf| {
        let below = path.strip_prefix(&root).expect("it was found there");
        below
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
    };
    assert_eq!(
        report.new,
        before.len() - before.keys().filter(hidden).count()
    );
    assert!(report.new > 6_000, "{} files", report.new);
    let again = project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!(
        (again.new, again.modified, again.moved, again.deleted),
        (0, 0, 0, 0)
    );
    assert_eq!(again.unchanged, report.new);
    let mut after = BTreeMap::new();
    state(&root, &mut after);
    assert!(before == after, "a sync changed a file");
}
