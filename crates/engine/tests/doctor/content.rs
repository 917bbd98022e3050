//! What files say that somebody should know.

use crate::support::Ward;

#[test]
fn files_that_are_no_text_are_named() {
    let ward = Ward::new("//- notes/good.md\nG\n");
    ward.vault.write_bytes("notes/latin.md", b"caf\xe9\n");
    ward.sync();
    let ills = ward.ills();
    assert_eq!(ills.len(), 1, "{ills:?}");
    assert!(
        ills[0].starts_with("warning files main: 1 file is not read as meant | latin.md: "),
        "{ills:?}"
    );
}

#[test]
fn frontmatter_that_is_broken_is_named() {
    let ward = Ward::synced(
        "//- notes/a.md\n---\ntitle: [open\n---\nA\n//- notes/b.md\n---\ntitle: B\n---\n",
    );
    let ills = ward.ills();
    assert_eq!(ills.len(), 1, "{ills:?}");
    assert!(
        ills[0].starts_with(
            "warning frontmatter main: the frontmatter of 1 note is not understood whole | a.md: "
        ),
        "{ills:?}"
    );
}

#[test]
fn a_permalink_that_two_notes_declare_is_named() {
    let note = "---\npermalink: same\n---\n";
    let ward = Ward::synced(&format!(
        "//- notes/a.md\n{note}//- notes/b.md\n{note}//- notes/c.md\n---\npermalink: own\n---\n"
    ));
    assert_eq!(
        ward.ills(),
        ["warning permalinks main: 1 permalink is declared by several notes | same: a.md, b.md"]
    );
}

#[test]
fn paths_that_look_alike_are_named() {
    let ward = Ward::synced("//- notes/my-note.md\n1\n//- notes/my_note.md\n2\n//- notes/b.md\n");
    assert_eq!(
        ward.ills(),
        ["warning look-alikes main: 1 name is shared by several files | my-note.md, my_note.md"]
    );
}

#[test]
fn links_to_nothing_are_counted_and_the_first_named() {
    let ward = Ward::synced("//- notes/a.md\n- likes [[b]]\n- likes [[nobody]]\n//- notes/b.md\n");
    assert_eq!(
        ward.ills(),
        ["warning links main: 1 of 2 links leads to a note that is not there | a.md: [[nobody]]"]
    );
    assert_eq!(ward.mend(), [""; 0], "only a person can mend it");
}
