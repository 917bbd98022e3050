//! Syncs of small folders: what is reported, and what the index knows after.

use cairn_engine::{Cancel, Engine, IndexState, Progress, Project, Settings, Silent, SyncReport};
use cairn_testkit::Vault;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

fn engine(vault: &Vault) -> Engine {
    Engine::open(Settings::in_memory("test", vault.root().to_owned())).expect("memory can be had")
}

fn project(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is one")
}

fn sync(engine: &Engine) -> SyncReport {
    let report = project(engine)
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!(report.faults, []);
    report
}

/// `new modified moved deleted unchanged`
fn counts(report: &SyncReport) -> String {
    let SyncReport {
        new,
        modified,
        moved,
        deleted,
        unchanged,
        ..
    } = report;
    format!("{new} {modified} {moved} {deleted} {unchanged}")
}

fn state(engine: &Engine) -> IndexState {
    project(engine)
        .status()
        .expect("the root can be listed")
        .state
}

#[test]
fn a_second_sync_has_nothing_to_do() {
    let vault = Vault::new("//- a.md\n# A\n//- b/c.md\n# C\n//- d.png\nnot a note\n");
    let engine = engine(&vault);
    assert_eq!(state(&engine), IndexState::NotIndexed);
    let before = vault.snapshot();
    assert_eq!(counts(&sync(&engine)), "3 0 0 0 0");
    assert_eq!(counts(&sync(&engine)), "0 0 0 0 3");
    assert_eq!(state(&engine), IndexState::UpToDate);
    assert_eq!(vault.snapshot(), before, "indexing writes to no file");
}

#[test]
fn edits_moves_and_deletions_are_told_apart() {
    let vault = Vault::new("//- a.md\n# A\n//- b.md\n# B\n//- c.md\n# C\n//- d.md\n# D\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.write("a.md", "# A, longer\n");
    vault.rename("b.md", "folder/renamed.md");
    vault.remove("c.md");
    vault.write("e.md", "# E\n");
    let status = project(&engine).status().expect("the root can be listed");
    assert_eq!(status.state, IndexState::Behind);
    assert_eq!(status.new, ["e.md"]);
    assert_eq!(status.modified, ["a.md"]);
    assert_eq!(
        status.moved,
        [("b.md".to_owned(), "folder/renamed.md".to_owned())]
    );
    assert_eq!(status.deleted, ["c.md"]);
    assert_eq!(counts(&sync(&engine)), "1 1 1 1 1");
    assert_eq!(state(&engine), IndexState::UpToDate);
    assert_eq!(counts(&sync(&engine)), "0 0 0 0 4");
}

#[test]
fn a_new_time_alone_is_no_change() {
    let vault = Vault::new("//- a.md\n# A\n//- dated.md\n---\nmodified: 2024-01-01\n---\n");
    let engine = engine(&vault);
    sync(&engine);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    vault.set_mtime("a.md", time);
    vault.set_mtime("dated.md", time);
    assert_eq!(state(&engine), IndexState::UpToDate);
    assert_eq!(counts(&sync(&engine)), "0 0 0 0 2");
    assert_eq!(
        dump(&engine, &vault),
        fresh_dump(&vault),
        "a date taken from the file follows it"
    );
}

fn dump(engine: &Engine, vault: &Vault) -> String {
    let project = project(engine);
    assert_eq!(project.settings().root, vault.root());
    project.dump().expect("it can be read")
}

fn fresh_dump(vault: &Vault) -> String {
    let engine = engine(vault);
    sync(&engine);
    dump(&engine, vault)
}

#[test]
fn a_file_renamed_over_another_is_an_edit_and_a_deletion() {
    let vault = Vault::new("//- a.md\n# A\n//- b.md\n# B, longer\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.rename("a.md", "b.md");
    assert_eq!(counts(&sync(&engine)), "0 1 0 1 0");
}

#[test]
fn a_renamed_folder_keeps_its_notes() {
    let vault = Vault::new("//- a/one.md\nsame\n//- a/two.md\nsame\n//- a/deep/three.md\nother\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.rename("a", "b");
    let status = project(&engine).status().expect("the root can be listed");
    let step = |name: &str| (format!("a/{name}"), format!("b/{name}"));
    assert_eq!(
        status.moved,
        [step("deep/three.md"), step("one.md"), step("two.md")]
    );
    assert_eq!(counts(&sync(&engine)), "0 0 3 0 0");
}

#[test]
fn an_emptied_folder_is_an_empty_index_and_a_vanished_one_an_error() {
    let vault = Vault::new("//- root/a.md\n# A\n//- root/b.md\n# B\n");
    let engine =
        Engine::open(Settings::in_memory("test", vault.path("root"))).expect("memory can be had");
    sync(&engine);
    vault.rename("root", "elsewhere");
    for _ in 0..2 {
        let error = project(&engine)
            .sync(&Silent, &Cancel::new())
            .expect_err("there is no root");
        assert!(error.to_string().contains("root"), "{error}");
        let hint = error.hint().expect("there is a way out");
        assert!(hint.contains("cairn project move"), "{hint}");
        assert!(project(&engine).status().is_err());
        assert!(project(&engine).reindex(&Silent, &Cancel::new()).is_err());
    }
    vault.rename("elsewhere", "root");
    assert_eq!(
        counts(&sync(&engine)),
        "0 0 0 0 2",
        "everything was still known"
    );
    vault.remove("root/a.md");
    vault.remove("root/b.md");
    assert_eq!(counts(&sync(&engine)), "0 0 0 2 0");
    assert_eq!(state(&engine), IndexState::UpToDate);
}

#[test]
fn reindexing_gives_the_same_index() {
    let vault = Vault::new("//- a.md\n# A\n- knows [[B]]\n//- b.md\n# B\n");
    let engine = engine(&vault);
    sync(&engine);
    let before = dump(&engine, &vault);
    let report = project(&engine)
        .reindex(&Silent, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!(counts(&report), "0 2 0 0 0");
    assert_eq!(dump(&engine, &vault), before);
}

#[test]
fn the_target_of_a_link_may_come_later_and_go_again() {
    let vault = Vault::new("//- a.md\n- knows [[B]]\n");
    let engine = engine(&vault);
    sync(&engine);
    let unresolved = |engine: &Engine| {
        project(engine)
            .status()
            .expect("the root can be listed")
            .statistics
            .unresolved
    };
    assert_eq!(unresolved(&engine), 1);
    vault.write("b.md", "# B\n");
    assert_eq!(counts(&sync(&engine)), "1 0 0 0 1");
    assert_eq!(unresolved(&engine), 0);
    vault.remove("b.md");
    assert_eq!(counts(&sync(&engine)), "0 0 0 1 1");
    assert_eq!(unresolved(&engine), 1);
}

#[test]
fn two_notes_that_link_to_each_other_always_both_resolve() {
    let vault = Vault::new("//- a.md\n- knows [[B]]\n//- b.md\n- knows [[A]]\n");
    for _ in 0..1000 {
        let mut settings = Settings::in_memory("test", vault.root().to_owned());
        settings.index_concurrency = 8;
        let engine = Engine::open(settings).expect("memory can be had");
        sync(&engine);
        let statistics = project(&engine)
            .status()
            .expect("the root can be listed")
            .statistics;
        assert_eq!((statistics.relations, statistics.unresolved), (2, 0));
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn begin(&self, phase: &'static str, total: Option<u64>) {
        self.say(format!("{phase} {total:?}"));
    }

    fn advance(&self, steps: u64) {
        self.say(format!("+{steps}"));
    }
}

impl Heard {
    fn say(&self, line: String) {
        self.0.lock().expect("no listener panics").push(line);
    }
}

#[test]
fn a_listener_hears_the_phases_and_every_file() {
    let vault = Vault::new("//- a.md\n# A\n//- b.md\n# B\n");
    let engine = engine(&vault);
    let heard = Heard::default();
    project(&engine)
        .sync(&heard, &Cancel::new())
        .expect("the root can be listed");
    assert_eq!(
        *heard.0.lock().expect("no listener panics"),
        ["scan None", "index Some(2)", "+2"]
    );
}

#[test]
fn several_batches_are_like_one() {
    let vault = Vault::new("");
    for number in 0..2500 {
        vault.write(
            &format!("{number:04}.md"),
            &format!("- next [[{:04}]]\n", (number + 1) % 2500),
        );
    }
    let engine = engine(&vault);
    assert_eq!(counts(&sync(&engine)), "2500 0 0 0 0");
    let statistics = project(&engine)
        .status()
        .expect("the root can be listed")
        .statistics;
    assert_eq!(
        (
            statistics.notes,
            statistics.relations,
            statistics.unresolved
        ),
        (2500, 2500, 0)
    );
    vault.rename("0000.md", "first.md");
    assert_eq!(counts(&sync(&engine)), "0 0 1 0 2499");
    assert_eq!(
        project(&engine)
            .status()
            .expect("the root can be listed")
            .statistics
            .unresolved,
        0,
        "it keeps its permalink, and with it the link"
    );
}

#[test]
fn a_large_vault_that_is_suddenly_empty_is_kept_until_it_is_indexed_anew() {
    let notes: String = (0..51)
        .map(|number| format!("//- {number}.md\nzebra\n"))
        .collect();
    let vault = Vault::new(&notes);
    let engine = engine(&vault);
    sync(&engine);
    for number in 0..51 {
        vault.remove(&format!("{number}.md"));
    }
    let known = |engine: &Engine| project(engine).status().expect("the root is there");
    let report = project(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("the root is there");
    assert_eq!(counts(&report), "0 0 0 0 0");
    assert!(
        report.faults[0].message.contains("is its disk mounted?"),
        "{report:?}"
    );
    let status = known(&engine);
    assert_eq!((status.statistics.notes, status.deleted.len()), (51, 0));
    assert_eq!(status.faults, report.faults);
    // Anything in the folder shows that it is there.
    vault.write(".keep", "");
    assert_eq!(counts(&sync(&engine)), "0 0 0 51 0");
    vault.remove(".keep");
    assert_eq!(known(&engine).state, IndexState::UpToDate);
}
