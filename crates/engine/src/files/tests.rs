//! Listing and reading, on folders made for each test.

mod writing;

use super::failpoints::{at, fail};
use super::*;
use crate::{Durability, Error, Kind};
use cairn_note::NotePath;
use cairn_testkit::Vault;
use std::fs;
use std::io::ErrorKind;

fn path(text: &str) -> NotePath {
    NotePath::from_disk(text).expect("a good path")
}

fn listed(vault: &Vault) -> Vec<String> {
    let listing = list(vault.root(), None).expect("the root can be listed");
    assert_eq!(listing.faults, []);
    listing
        .files
        .iter()
        .map(|file| file.path.to_string())
        .collect()
}

#[test]
fn a_listing_is_sorted_by_bytes_and_leaves_out_what_is_hidden() {
    let vault = Vault::new(
        "//- b.md\n//- a/z.md\n//- a.md\n//- A.md\n//- a-b/c.md\n//- picture.png\n//- .hidden.md\n\
         //- .obsidian/app.json\n//- deep/.git/config\n//- x.tmp\n//- y.swp\n//- z.md~\n//- tmp/kept.md\n",
    );
    assert_eq!(
        listed(&vault),
        [
            "A.md",
            "a-b/c.md",
            "a.md",
            "a/z.md",
            "b.md",
            "picture.png",
            "tmp/kept.md"
        ]
    );
}

#[test]
fn a_folder_with_very_many_entries_is_listed_whole() {
    let vault = Vault::new("//- .gitignore\nskipped-*\n");
    for number in 0..5000 {
        vault.write(&format!("{number:04}.md"), "");
        if number % 10 == 0 {
            vault.write(&format!("skipped-{number:04}.md"), "");
        }
    }
    let files = listed(&vault);
    assert_eq!(files.len(), 5000);
    assert!(files.is_sorted());
}

#[cfg(unix)]
#[test]
fn symbolic_links_and_sockets_are_not_listed() {
    let vault = Vault::new("//- inside/a.md\n");
    let outside = Vault::new("//- secret.md\n");
    let link = |target: &std::path::Path, name: &str| {
        std::os::unix::fs::symlink(target, vault.path(name)).expect("links can be made");
    };
    link(&outside.path("secret.md"), "file.md");
    link(outside.root(), "folder");
    link(&vault.path("inside"), "again");
    let socket = std::os::unix::net::UnixListener::bind(vault.path("socket.md"));
    assert_eq!(listed(&vault), ["inside/a.md"]);
    drop(socket);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_named_as_well_as_it_can_be() {
    use std::os::unix::ffi::OsStrExt as _;
    let vault = Vault::new("//- a.md\n");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
    fs::write(vault.root().join(name), "text").expect("linux takes any bytes");
    let listing = list(vault.root(), None).expect("the root can be listed");
    assert_eq!(listing.files.len(), 1);
    assert_eq!(listing.faults.len(), 1);
    assert_eq!(listing.faults[0].path, "caf\u{fffd}.md");
    assert_eq!(listing.faults[0].message, "its name is not UTF-8");
}

#[test]
fn a_root_below_a_hidden_folder_or_behind_a_link_is_a_root_like_any_other() {
    let vault = Vault::new("//- .notes/a.md\n");
    let listing = list(&vault.path(".notes"), None).expect("the root can be listed");
    assert_eq!(listing.files.len(), 1);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(vault.path(".notes"), vault.path("link"))
            .expect("links can be made");
        let listing = list(&vault.path("link"), None).expect("the root can be listed");
        assert_eq!(listing.files.len(), 1);
    }
}

#[test]
fn a_missing_root_is_an_error_that_names_it() {
    let vault = Vault::new("//- file.md\n");
    for name in ["nowhere", "file.md"] {
        let error = list(&vault.path(name), None).expect_err("there is nothing to list");
        assert_eq!(error.kind(), Kind::Io);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_folder_that_cannot_be_listed_is_named_and_unknown() {
    let vault = Vault::new("//- a/b/c.md\n//- a/d.md\n//- e.md\n");
    let _hook = fail(Point::List, vault.path("a/b"), ErrorKind::PermissionDenied);
    let listing = list(vault.root(), None).expect("the root can be listed");
    let files: Vec<_> = listing
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(files, ["a/d.md", "e.md"]);
    assert_eq!(listing.unreadable, ["a/b"]);
    assert_eq!(listing.faults.len(), 1);
    assert_eq!(listing.faults[0].path, "a/b");
    assert!(listing.is_unknown("a/b") && listing.is_unknown("a/b/c/d.md"));
    assert!(!listing.is_unknown("a") && !listing.is_unknown("a/bc") && !listing.is_unknown("e.md"));
}

#[test]
fn a_root_that_cannot_be_listed_is_an_error() {
    let vault = Vault::new("//- a.md\n");
    let _hook = fail(
        Point::List,
        vault.root().to_owned(),
        ErrorKind::PermissionDenied,
    );
    assert!(matches!(list(vault.root(), None), Err(Error::Io { .. })));
}

#[test]
fn one_path_is_judged_like_a_listing_would() {
    let vault = Vault::new(
        "//- .gitignore\nignored/\n//- a/.ignore\nno.md\n//- a/no.md\n//- a/yes.md\n//- ignored/x.md\n\
         //- .bmignore\nold.md\n//- old.md\n//- folder.md/x.md\n//- file\n",
    );
    let mut lookout = Lookout::new(vault.root(), None);
    for (name, expected) in [
        ("a/yes.md", Presence::There),
        ("a/no.md", Presence::Hidden),
        ("ignored/x.md", Presence::Hidden),
        ("ignored/deep/x.md", Presence::Hidden),
        ("old.md", Presence::Hidden),
        ("folder.md", Presence::Hidden),
        ("a/gone.md", Presence::Gone),
        ("gone/too.md", Presence::Gone),
        ("file/x.md", Presence::Hidden),
    ] {
        assert_eq!(lookout.presence(&path(name)), expected, "{name}");
    }
    let _hook = fail(Point::List, vault.path("a"), ErrorKind::PermissionDenied);
    let mut lookout = Lookout::new(vault.root(), None);
    assert_eq!(lookout.presence(&path("a/gone.md")), Presence::Unknown);
    let mut lookout = Lookout::new(std::path::Path::new("/no/such/root"), None);
    assert_eq!(lookout.presence(&path("a.md")), Presence::Unknown);
}

#[test]
fn a_path_may_be_deeper_than_a_stack() {
    let vault = Vault::new("//- a/a/x.md\n");
    let deep = format!("{}x.md", "a/".repeat(20_000));
    let mut lookout = Lookout::new(vault.root(), None);
    assert_eq!(lookout.presence(&path(&deep)), Presence::Gone);
    assert_eq!(lookout.presence(&path("a/a/x.md")), Presence::There);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_again_and_then_given_up() {
    let vault = Vault::new("//- a.md\nold\n");
    let absolute = vault.path("a.md");
    let target = absolute.clone();
    let left = std::sync::atomic::AtomicUsize::new(1);
    let hook = at(Point::Read, absolute.clone(), move || {
        if left.swap(0, std::sync::atomic::Ordering::SeqCst) == 1 {
            fs::write(&target, "new and longer\n")?;
        }
        Ok(())
    });
    let loaded = Reader::new(vault.root())
        .load(&path("a.md"))
        .expect("the second time it holds still");
    assert_eq!(
        loaded.expect("it is there").text.as_deref(),
        Some("new and longer\n")
    );
    drop(hook);

    let target = absolute.clone();
    let _hook = at(Point::Read, absolute, move || {
        let mut text = fs::read(&target)?;
        text.push(b'x');
        fs::write(&target, text)
    });
    let error = Reader::new(vault.root())
        .load(&path("a.md"))
        .expect_err("it never holds still");
    assert_eq!(
        reason(&error),
        "cannot read it: it changes while it is read"
    );
}

#[test]
fn what_is_read_is_what_the_fingerprint_is_of() {
    let vault = Vault::new("//- a.md\nabc");
    let mut reader = Reader::new(vault.root());
    let loaded = reader
        .load(&path("a.md"))
        .expect("it can be read")
        .expect("it is there");
    assert_eq!(loaded.text.as_deref(), Some("abc"));
    // The example of FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(loaded.fingerprint.checksum_hex(), abc);
    assert_eq!(loaded.fingerprint.size, 3);
    assert_eq!(
        fingerprint(vault.root(), &path("a.md")).expect("it can be read"),
        Some(loaded.fingerprint)
    );
    assert_eq!(
        fingerprint(vault.root(), &path("b.md")).expect("that is no failure"),
        None
    );
    assert_eq!(
        fingerprint(vault.root(), &path("a.md/b.md")).expect("that is no failure"),
        None
    );
}
