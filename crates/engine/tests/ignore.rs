//! Which files of a folder are indexed.

use cairn_engine::{Cancel, Engine, Settings, Silent, SyncReport};
use cairn_testkit::Vault;
use std::path::PathBuf;

fn engine(root: PathBuf, bmignore: Option<PathBuf>) -> Engine {
    let settings = Settings {
        bmignore,
        ..Settings::in_memory("test", root)
    };
    Engine::open(settings).expect("memory can be had")
}

fn sync(engine: &Engine) -> SyncReport {
    let project = engine.project(None).expect("there is one");
    let report = project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!(report.faults, []);
    report
}

/// What an engine that knows nothing finds new.
fn found(root: PathBuf, bmignore: Option<PathBuf>) -> Vec<String> {
    let engine = engine(root, bmignore);
    engine
        .project(None)
        .expect("there is one")
        .status()
        .expect("the root can be listed")
        .new
}

#[test]
fn ignore_files_hold_for_their_folder_and_those_below() {
    let vault = Vault::new(
        "//- .gitignore\n*.log\nbuild/\n/top.md\n\
         //- keep.md\n//- x.log\n//- top.md\n//- build/a.md\n\
         //- sub/.gitignore\n!kept.log\nown.md\n\
         //- sub/kept.log\n//- sub/other.log\n//- sub/own.md\n//- sub/top.md\n//- sub/build/b.md\n\
         //- sub/deep/own.md\n//- own.md\n\
         //- more/.ignore\na.md\n//- more/a.md\n//- more/b.md\n\
         //- last/.gitignore\n*.md\n//- last/.cairnignore\n!b.md\n//- last/a.md\n//- last/b.md\n",
    );
    assert_eq!(
        found(vault.root().to_owned(), None),
        [
            "keep.md",
            "last/b.md",
            "more/b.md",
            "own.md",
            "sub/kept.log",
            "sub/top.md"
        ]
    );
}

#[test]
fn ignore_files_above_the_root_do_not_count() {
    let vault = Vault::new("//- .gitignore\n*\n//- .git/info/exclude\n*\n//- notes/a.md\n# A\n");
    assert_eq!(found(vault.path("notes"), None), ["a.md"]);
}

#[test]
fn the_patterns_of_the_reference_hold_where_they_exist() {
    let vault = Vault::new("//- build/a.md\n//- b.md\n//- c.db\n//- own.md\n");
    let global = Vault::new("//- .bmignore\n# defaults\nbuild\n*.db*\n");
    let root = || vault.root().to_owned();
    let all = ["b.md", "build/a.md", "c.db", "own.md"];
    assert_eq!(found(root(), None), all);
    assert_eq!(found(root(), Some(global.path("missing"))), all);
    assert_eq!(
        found(root(), Some(global.path(".bmignore"))),
        ["b.md", "own.md"]
    );
    vault.write(".bmignore", "/own.md\n");
    assert_eq!(found(root(), Some(global.path(".bmignore"))), ["b.md"]);
    assert_eq!(found(root(), None), ["b.md", "build/a.md", "c.db"]);
}

#[test]
fn a_note_that_is_ignored_from_now_on_leaves_the_index_and_comes_back() {
    let vault = Vault::new("//- drafts/a.md\n# A\n//- b.md\n# B\n");
    let engine = engine(vault.root().to_owned(), None);
    assert_eq!(sync(&engine).new, 2);
    vault.write(".gitignore", "drafts/\n");
    let report = sync(&engine);
    assert_eq!((report.deleted, report.unchanged), (1, 1));
    assert!(vault.has("drafts/a.md"), "only the index forgets it");
    vault.remove(".gitignore");
    assert_eq!(sync(&engine).new, 1);
}
