//! Writing, moving and removing, on folders made for each test.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

fn put(vault: &Vault, name: &str, text: &str) -> cairn_index::Fingerprint {
    try_put(vault, name, text).expect("it can be written")
}

fn try_put(vault: &Vault, name: &str, text: &str) -> crate::Result<cairn_index::Fingerprint> {
    let (root, bytes) = (vault.root(), text.as_bytes());
    write(root, &path(name), bytes, Durability::Fsync, || Ok(()))
}

fn names(vault: &Vault) -> Vec<String> {
    vault.files().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_path_no_file_can_have_leaves_no_folders() {
    let vault = Vault::new("//- a.md\n");
    let before = vault.snapshot();
    for long in [
        format!("{}x.md", "b/".repeat(20_000)),
        format!("b/{}.md", "x".repeat(300)),
    ] {
        let to = path(&long);
        let error = rename(vault.root(), &path("a.md"), &to, None, Durability::Os);
        assert!(matches!(error, Err(Error::Io { .. })), "{error:?}");
        let error = write(vault.root(), &to, b"x", Durability::Os, || Ok(()));
        assert!(matches!(error, Err(Error::Io { .. })), "{error:?}");
    }
    assert_eq!(vault.snapshot(), before);
    assert!(!vault.path("b").exists());
}

#[test]
fn a_write_makes_folders_and_leaves_nothing_behind() {
    let vault = Vault::new("");
    let written = put(&vault, "a/b/c.md", "text\n");
    assert_eq!(names(&vault), ["a/b/c.md"]);
    assert_eq!(vault.read("a/b/c.md"), "text\n");
    let seen = fingerprint(vault.root(), &path("a/b/c.md")).expect("it can be read");
    assert_eq!(seen, Some(written), "a scan sees what the write returned");
    put(&vault, "a/b/c.md", "other\n");
    assert_eq!(vault.read("a/b/c.md"), "other\n");
    assert_eq!(names(&vault), ["a/b/c.md"]);
}

#[test]
fn a_write_that_fails_leaves_everything_as_it_was() {
    let vault = Vault::new("//- folder.md/x.md\nx\n//- file\nf\n");
    let before = vault.snapshot();
    for name in ["folder.md", "file/below.md"] {
        let result = try_put(&vault, name, "text");
        assert!(result.is_err(), "{name}");
        assert_eq!(vault.snapshot(), before, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_write_keeps_the_mode_and_a_new_file_gets_the_usual_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let vault = Vault::new("//- a.md\nold\n");
    let mode = |name: &str| {
        let metadata = fs::metadata(vault.path(name)).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    fs::set_permissions(vault.path("a.md"), fs::Permissions::from_mode(0o640)).expect("it is ours");
    put(&vault, "a.md", "new\n");
    assert_eq!(mode("a.md"), 0o640);
    fs::write(vault.path("usual.md"), "").expect("it can be written");
    put(&vault, "new.md", "new\n");
    assert_eq!(mode("new.md"), mode("usual.md"));
}

#[cfg(unix)]
#[test]
fn a_link_inside_the_root_is_followed_and_one_out_of_it_refused() {
    let vault = Vault::new("//- real/a.md\nold\n");
    let outside = Vault::new("//- secret.md\nsecret\n");
    let link = |target: &std::path::Path, name: &str| {
        std::os::unix::fs::symlink(target, vault.path(name)).expect("links can be made");
    };
    link(&vault.path("real/a.md"), "link.md");
    link(&outside.path("secret.md"), "out.md");
    link(outside.root(), "out");
    put(&vault, "link.md", "new\n");
    assert_eq!(vault.read("real/a.md"), "new\n");
    let kind = fs::symlink_metadata(vault.path("link.md"))
        .expect("it is there")
        .file_type();
    assert!(kind.is_symlink());

    let untouched = outside.snapshot();
    for name in ["out.md", "out/secret.md", "out/new/deep.md"] {
        let result = try_put(&vault, name, "stolen");
        assert!(matches!(result, Err(Error::Invalid { .. })), "{name}");
        assert!(read(vault.root(), &path(name)).is_err(), "{name}");
    }
    assert!(remove(vault.root(), &path("out/secret.md"), None, Durability::Os).is_err());
    let moved = rename(
        vault.root(),
        &path("out/secret.md"),
        &path("mine.md"),
        None,
        Durability::Os,
    );
    assert!(moved.is_err());
    let moved = rename(
        vault.root(),
        &path("real/a.md"),
        &path("out/a.md"),
        None,
        Durability::Os,
    );
    assert!(moved.is_err());
    assert_eq!(outside.snapshot(), untouched);
}

#[test]
fn a_move_never_replaces() {
    let vault = Vault::new("//- a.md\na\n//- b.md\nb\n");
    let before = vault.snapshot();
    let moved = rename(
        vault.root(),
        &path("a.md"),
        &path("b.md"),
        None,
        Durability::Fsync,
    );
    assert!(matches!(moved, Err(Error::Exists { path }) if path == "b.md"));
    assert_eq!(vault.snapshot(), before);
    let moved = rename(
        vault.root(),
        &path("gone.md"),
        &path("c.md"),
        None,
        Durability::Fsync,
    );
    assert_eq!(
        moved.expect_err("there is nothing to move").kind(),
        Kind::NotFound
    );
    rename(
        vault.root(),
        &path("a.md"),
        &path("new/folder/c.md"),
        None,
        Durability::Fsync,
    )
    .expect("it is free");
    assert_eq!(names(&vault), ["b.md", "new/folder/c.md"]);
    assert_eq!(vault.read("new/folder/c.md"), "a\n");
    rename(
        vault.root(),
        &path("b.md"),
        &path("B.md"),
        None,
        Durability::Fsync,
    )
    .expect("only case differs");
    assert_eq!(names(&vault), ["B.md", "new/folder/c.md"]);
}

#[cfg(unix)]
#[test]
fn a_second_name_of_the_same_file_is_another_file() {
    let vault = Vault::new("//- a.md\na\n");
    let second = vault.path("A.md");
    if second.exists() {
        // This file system ignores case: both names are one entry.
        return;
    }
    fs::hard_link(vault.path("a.md"), second).expect("links can be made");
    let moved = rename(
        vault.root(),
        &path("a.md"),
        &path("A.md"),
        None,
        Durability::Os,
    );
    assert!(matches!(moved, Err(Error::Exists { .. })));
    assert_eq!(names(&vault), ["A.md", "a.md"]);
}

#[test]
fn a_removed_file_is_gone_and_a_missing_one_an_error() {
    let vault = Vault::new("//- a/b.md\n");
    remove(vault.root(), &path("a/b.md"), None, Durability::Fsync).expect("it is there");
    assert_eq!(names(&vault), Vec::<String>::new());
    let error =
        remove(vault.root(), &path("a/b.md"), None, Durability::Fsync).expect_err("it is gone");
    assert!(error.to_string().contains("b.md"), "{error}");
}

#[test]
fn a_folder_that_somebody_else_takes_away_is_made_again() {
    let vault = Vault::new("//- a.md\na\n");
    for (point, name) in [(Point::Create, "b/c/new.md"), (Point::Link, "d/e/a.md")] {
        let (file, times) = (vault.path(name), AtomicUsize::new(0));
        let folder = file.parent().expect("it lies in a folder").to_owned();
        let _hook = at(point, file, move || {
            match times.fetch_add(1, Ordering::SeqCst) {
                // Whoever made it has given up.
                0 => fs::remove_dir(&folder),
                _ => Ok(()),
            }
        });
        match point {
            Point::Create => drop(put(&vault, name, "new\n")),
            _ => rename(
                vault.root(),
                &path("a.md"),
                &path(name),
                None,
                Durability::Fsync,
            )
            .expect("nothing is there"),
        }
    }
    assert_eq!(names(&vault), ["b/c/new.md", "d/e/a.md"]);
}
