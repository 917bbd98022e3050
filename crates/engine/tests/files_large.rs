//! Files larger than any note. Alone in its file, since it measures the process.

use cairn_engine::{Cancel, Engine, Settings, Silent};
use cairn_testkit::Vault;
use std::fs::{self, File};

/// The most memory this process ever had, in KiB; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[test]
fn large_files_are_known_by_name_and_never_held_in_memory() {
    let vault = Vault::new("//- note.md\n# Note\n[[film.bin]]\n");
    for name in ["film.bin", "dump.md"] {
        let file = File::create(vault.path(name)).expect("the vault is writable");
        file.set_len(200 << 20).expect("a file may have holes");
    }
    let engine = Engine::open(Settings::in_memory("test", vault.root().to_owned()))
        .expect("memory can be had");
    let project = engine.project(None).expect("there is one");
    let before = peak();
    let report = project
        .sync(&Silent, &Cancel::new())
        .expect("the root can be listed");
    let after = peak();
    assert_eq!(report.new, 3);
    let faults: Vec<_> = report
        .faults
        .iter()
        .map(|fault| (fault.path.as_str(), fault.message.as_str()))
        .collect();
    let message = "it has 200 MiB, more than the 64 MiB of a note, so only its name is indexed";
    assert_eq!(faults, [("dump.md", message)]);
    if let (Some(before), Some(after)) = (before, after) {
        assert!(
            after - before < 32 << 10,
            "{} KiB more than before",
            after - before
        );
    }
}
