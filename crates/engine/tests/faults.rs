//! What a sync does with files it cannot make sense of.

use cairn_engine::{Cancel, Engine, IndexState, Project, Settings, Silent, SyncReport};
use cairn_testkit::Vault;

fn engine(vault: &Vault) -> Engine {
    Engine::open(Settings::in_memory("test", vault.root().to_owned())).expect("memory can be had")
}

fn project(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is one")
}

fn sync(engine: &Engine) -> SyncReport {
    project(engine)
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed")
}

fn faulty(report: &SyncReport) -> Vec<&str> {
    report
        .faults
        .iter()
        .map(|fault| fault.path.as_str())
        .collect()
}

#[test]
fn a_note_that_is_not_utf8_is_known_by_name_and_named_until_it_is_repaired() {
    let vault = Vault::new("//- good.md\n# Good\n[[bad]]\n");
    vault.write_bytes("bad.md", b"# Caf\xe9\n");
    let before = vault.snapshot();
    let engine = engine(&vault);
    let report = sync(&engine);
    assert_eq!((report.new, faulty(&report)), (2, vec!["bad.md"]));
    assert_eq!(
        report.faults[0].message,
        "it is not UTF-8 (byte 5), so only its name is indexed"
    );
    let again = sync(&engine);
    assert_eq!(
        (again.new, again.modified, again.unchanged),
        (0, 0, 2),
        "it is not tried again"
    );
    assert_eq!(again.faults, report.faults, "but still named");
    let status = project(&engine).status().expect("the root can be listed");
    assert_eq!((status.statistics.notes, status.statistics.files), (1, 1));
    assert_eq!(
        (status.state, status.faults),
        (IndexState::UpToDate, report.faults)
    );
    assert_eq!(vault.snapshot(), before);

    vault.write("bad.md", "# Café\n");
    let report = sync(&engine);
    assert_eq!((report.modified, faulty(&report)), (1, vec![]));
    let status = project(&engine).status().expect("the root can be listed");
    assert_eq!((status.statistics.notes, status.statistics.files), (2, 0));
    assert_eq!(status.faults, []);
}

#[test]
fn the_fault_of_a_file_goes_with_the_file_and_moves_with_it() {
    let vault = Vault::new("");
    vault.write_bytes("bad.md", b"\xff");
    let engine = engine(&vault);
    sync(&engine);
    vault.rename("bad.md", "moved.md");
    let report = sync(&engine);
    assert_eq!((report.moved, faulty(&report)), (1, vec!["moved.md"]));
    vault.remove("moved.md");
    let report = sync(&engine);
    assert_eq!((report.deleted, faulty(&report)), (1, vec![]));
}

#[test]
fn one_broken_file_among_ten_thousand_stops_none_of_them() {
    let vault = Vault::new("");
    for number in 0..10_000 {
        vault.write(&format!("{}/{number}.md", number % 100), "a word\n");
    }
    vault.write_bytes("42/broken.md", b"\xff\xfe");
    let engine = engine(&vault);
    let report = sync(&engine);
    assert_eq!(
        (report.new, faulty(&report)),
        (10_001, vec!["42/broken.md"])
    );
    vault.write_bytes("42/broken.md", b"\xff\xfe\xff");
    vault.write_bytes("42/42.md", b"\xff\xfe\xff\xfe");
    let report = sync(&engine);
    assert_eq!(
        (
            report.new,
            report.modified,
            report.deleted,
            report.unchanged
        ),
        (0, 2, 0, 9_999)
    );
    let status = project(&engine).status().expect("the root can be listed");
    let named: Vec<_> = status
        .faults
        .iter()
        .map(|fault| fault.path.as_str())
        .collect();
    assert_eq!(named, ["42/42.md", "42/broken.md"]);
    assert_eq!(
        (status.statistics.notes, status.statistics.files),
        (9_999, 2)
    );
}

#[test]
fn a_note_that_becomes_a_folder_is_gone_and_its_content_new() {
    let vault = Vault::new("//- a.md\n# A\n//- b.md\n# B\n");
    let engine = engine(&vault);
    sync(&engine);
    vault.remove("a.md");
    vault.write("a.md/inside.md", "# Inside\n");
    let report = sync(&engine);
    assert_eq!((report.new, report.deleted, report.unchanged), (1, 1, 1));
}

#[cfg(unix)]
#[test]
fn a_folder_this_user_may_not_list_keeps_its_notes() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    let vault = Vault::new("//- a/b.md\n# B\n//- c.md\n# C\n");
    let engine = engine(&vault);
    sync(&engine);
    let allow = |mode| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(vault.path("a"), permissions).expect("the folder is ours");
    };
    allow(0o000);
    if fs::read_dir(vault.path("a")).is_err() {
        let report = sync(&engine);
        assert_eq!((report.deleted, faulty(&report)), (0, vec!["a"]));
    }
    // Root may list it all the same; then nothing has changed.
    allow(0o755);
    let report = sync(&engine);
    assert_eq!((report.new, report.deleted, report.unchanged), (0, 0, 2));
}
