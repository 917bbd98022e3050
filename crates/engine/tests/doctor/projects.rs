//! The registry, and the folders it names.

use crate::support::Ward;
use cairn_engine::doctor::examine;
use cairn_engine::{Cancel, Error, Silent};

const NOTES: &str = "//- notes/a.md\nA\n//- notes/in/b.md\nB\n//- other/c.md\nC\n//- file\n";

#[test]
fn projects_that_share_notes_are_named() {
    let mut ward = Ward::synced(NOTES);
    ward.add("inner", "notes/in");
    ward.add("again", "notes");
    ward.sync();
    assert_eq!(
        ward.ills(),
        [
            "problem projects : the folder of 'inner' lies inside that of 'main', so its notes are in both",
            "problem projects : 'main' and 'again' are the same folder, ROOT/notes",
            "problem projects : the folder of 'inner' lies inside that of 'again', so its notes are in both",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_reached_by_a_link_is_the_same_folder() {
    let mut ward = Ward::synced(NOTES);
    std::os::unix::fs::symlink(ward.vault.path("notes"), ward.vault.path("link"))
        .expect("a link can be made");
    ward.add("linked", "link");
    let ills = ward.ills();
    assert!(
        ills[0].starts_with("problem projects : 'main' and 'linked' are the same folder, "),
        "{ills:?}"
    );
}

#[test]
fn names_that_are_one_in_links_and_a_default_that_is_none_are_named() {
    let mut ward = Ward::synced(NOTES);
    ward.add("Main", "other");
    ward.settings.default_project = Some("mine".to_owned());
    ward.sync();
    assert_eq!(
        ward.ills(),
        [
            "problem projects : 'main' and 'Main' have the same name in links",
            "problem projects : the default project 'mine' is not in the registry",
        ]
    );
    ward.settings.projects[1].name = "other".to_owned();
    ward.settings.default_project = None;
    ward.sync();
    assert_eq!(
        ward.ills(),
        ["warning projects : there is no default project, so a command has to name one"]
    );
    ward.settings.projects.clear();
    assert_eq!(
        ward.ills(),
        ["warning projects : there are no projects yet"]
    );
}

#[test]
fn notes_that_lie_around_the_data_are_named() {
    let mut ward = Ward::new(NOTES);
    ward.settings.projects[0].root = ward.vault.root().to_owned();
    ward.sync();
    let ills = ward.ills();
    assert_eq!(
        ills[0],
        "warning projects : the folder of 'main' holds Cairn's own data"
    );
}

#[test]
fn a_folder_that_is_gone_or_a_file_is_named_and_nothing_is_forgotten() {
    let mut ward = Ward::synced(NOTES);
    ward.add("other", "other");
    ward.sync();
    ward.vault.rename("notes", "away");
    let ills = ward.ills();
    assert_eq!(ills.len(), 1, "{ills:?}");
    assert!(
        ills[0].starts_with("problem folder main: ROOT/notes cannot be opened: "),
        "{ills:?}"
    );
    ward.mend();
    ward.vault.rename("file", "notes");
    assert_eq!(
        ward.ills(),
        ["problem folder main: ROOT/notes is a file and no folder"]
    );
    ward.vault.rename("notes", "file");
    ward.vault.rename("away", "notes");
    assert_eq!(ward.ills(), [""; 0], "the index knows what it knew");
}

#[test]
fn one_project_is_examined_alone() {
    let mut ward = Ward::synced(NOTES);
    ward.add("other", "other");
    ward.sync();
    ward.vault.write("notes/a.md", "[[nobody]]");
    let of = |only| {
        let findings = examine(&ward.settings, Some(only), &Silent, &Cancel::new());
        ward.told(&findings.expect("it is there"))
    };
    assert_eq!(of("other"), [""; 0]);
    assert_eq!(
        of("main"),
        ["warning in-step main: the index does not know 1 change yet | modified: a.md"]
    );
    let unknown = examine(&ward.settings, Some("mian"), &Silent, &Cancel::new());
    assert!(
        matches!(unknown, Err(Error::UnknownProject { .. })),
        "{unknown:?}"
    );
}
