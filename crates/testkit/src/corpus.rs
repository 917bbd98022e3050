//! Large vaults and test sets that are not part of the repository.
//!
//! It downloads nothing: a machine has the archive or the test is skipped.
//! Invariant: a corpus folder that exists is complete, however many test processes unpack it at once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the folder of a corpus, unpacking it the first time it is asked for.
///
/// It is `target/corpora/<name>` of the workspace, unpacked from `shared/corpora/<name>.tar.gz` beside the
/// workspace. Where neither exists the answer is `None`, and a line on standard error says so.
///
/// # Panics
///
/// When the archive is there but `tar` cannot unpack it.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let found = unpacked(
        name,
        &workspace.join("target/corpora"),
        &workspace.join("../shared/corpora"),
    );
    if found.is_none() {
        skipped(name);
    }
    found
}

fn unpacked(name: &str, corpora: &Path, archives: &Path) -> Option<PathBuf> {
    let folder = corpora.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let archive = archives.join(format!("{name}.tar.gz"));
    if !archive.is_file() {
        return None;
    }
    fs::create_dir_all(corpora).expect("the target folder is writable");
    let lock = File::create(corpora.join(".lock")).expect("the target folder is writable");
    lock.lock()
        .expect("the file system of the target folder has locks");
    if !folder.is_dir() {
        unpack(&archive, corpora, &folder);
    }
    Some(folder)
}

/// Unpacks beside the folder and then renames, so that an interrupted run leaves no half of it.
fn unpack(archive: &Path, corpora: &Path, folder: &Path) {
    let beside = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(corpora)
        .expect("the target folder is writable");
    let content = beside.path().join("content");
    fs::create_dir(&content).expect("a new folder is writable");
    let status = Command::new("tar")
        .arg("-xzf")
        .arg(archive)
        .arg("-C")
        .arg(&content)
        .status()
        .expect("this machine has `tar`");
    assert!(
        status.success(),
        "tar could not unpack {}",
        archive.display()
    );
    fs::rename(&content, folder).expect("the lock keeps others from making the folder");
}

#[expect(
    clippy::print_stderr,
    reason = "whoever reads a test run must see what was not tested"
)]
fn skipped(name: &str) {
    eprintln!("skipped: corpus {name} is not on this machine");
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::Vault;

    fn packed(name: &str) -> Vault {
        let vault =
            Vault::new("//- source/en/a.md\n# A\n//- source/b.md\n# B\n//- archives/keep\n");
        let status = Command::new("tar")
            .arg("-czf")
            .arg(vault.path(&format!("archives/{name}.tar.gz")))
            .arg("-C")
            .arg(vault.path("source"))
            .arg(".")
            .status()
            .expect("this machine has `tar`");
        assert!(status.success());
        vault
    }

    #[test]
    fn many_at_once_see_one_complete_folder() {
        let vault = packed("small");
        let (corpora, archives) = (vault.path("corpora"), vault.path("archives"));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let folder =
                        unpacked("small", &corpora, &archives).expect("the archive is there");
                    let text =
                        fs::read_to_string(folder.join("en/a.md")).expect("the folder is complete");
                    assert_eq!(text, "# A\n");
                });
            }
        });
        let left: Vec<String> = vault
            .files()
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.starts_with("corpora/"))
            .collect();
        assert_eq!(
            left,
            [
                "corpora/.lock",
                "corpora/small/b.md",
                "corpora/small/en/a.md"
            ]
        );
    }

    #[test]
    fn a_folder_that_is_there_needs_no_archive() {
        let vault = Vault::new("//- corpora/kept/a.md\n");
        let found = unpacked("kept", &vault.path("corpora"), &vault.path("nowhere"));
        assert_eq!(found, Some(vault.path("corpora/kept")));
    }

    #[test]
    fn neither_folder_nor_archive_is_none() {
        let vault = Vault::new("");
        assert_eq!(
            unpacked("missing", &vault.path("corpora"), &vault.path("archives")),
            None
        );
        assert!(
            !vault.has("corpora"),
            "nothing was made for a corpus that is not there"
        );
        assert_eq!(corpus("no-such-corpus"), None);
    }

    #[test]
    #[should_panic(expected = "tar could not unpack")]
    fn a_broken_archive_is_not_a_skip() {
        let vault = Vault::new("//- archives/broken.tar.gz\nnot an archive\n");
        drop(unpacked(
            "broken",
            &vault.path("corpora"),
            &vault.path("archives"),
        ));
    }
}
