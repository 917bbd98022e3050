//! Whole folders that move, and the links to what is in them.

use crate::support::{main, open, request, said, sync, undo};
use cairn_engine::{Cancel, MoveRequest, MovedDirectory, Silent};
use cairn_testkit::Vault;
use std::fmt::Write as _;

fn moved(engine: &cairn_engine::Engine, request: &MoveRequest) -> MovedDirectory {
    main(engine)
        .move_directory_as(request, &Silent, &Cancel::new())
        .expect("it makes sense")
}

#[test]
fn links_follow_a_folder_and_an_undo_brings_every_byte_back() {
    let vault = Vault::new(
        "//- n/Tea.md\n[[n/sub/Cup]] [c](sub/Cup.md) [m](../Milk.md) ![p](pic.png)\n\
         //- n/sub/Cup.md\n- holds [[../Tea]] \n- of [[Tea]]\n[t](../Tea.md)\n//- n/pic.png\nx\n\
         //- Milk.md\n[[n/Tea]] [[Tea]] [[sub/Cup]] ![](n/pic.png) [[pic.png]]\n//- Far.md\nnothing\n",
    );
    let engine = open(&vault);
    let before = vault.snapshot();
    let rehearsal = MoveRequest {
        dry_run: true,
        ..request("n", "a/b")
    };
    let would = moved(&engine, &rehearsal);
    assert_eq!(vault.snapshot(), before);
    let did = moved(&engine, &request("n", "a/b"));
    assert_eq!((&did.moved, &did.links), (&would.moved, &would.links));
    assert_eq!(
        said(&did.links),
        [
            "Milk.md:1 [[n/Tea]] -> [[a/b/Tea]]",
            "Milk.md:1 (n/pic.png) -> (a/b/pic.png)",
            "a/b/Tea.md:1 [[n/sub/Cup]] -> [[a/b/sub/Cup]]",
            "a/b/Tea.md:1 (../Milk.md) -> (../../Milk.md)",
        ]
    );
    assert_eq!(
        vault.read("a/b/sub/Cup.md"),
        "- holds [[../Tea]] \n- of [[Tea]]\n[t](../Tea.md)\n"
    );
    assert!(!vault.has("n"));
    sync(&engine);
    undo(&engine);
    assert_eq!(vault.snapshot(), before);
}

#[test]
fn links_to_what_stayed_stay() {
    let vault = Vault::new(
        "//- n/One.md\n[x](Two.md)\n//- n/Two.md\n2\n//- a/Two.md\n3\n//- Source.md\n[[n/One]] [[n/Two]]\n",
    );
    let engine = open(&vault);
    let did = moved(&engine, &request("n", "a"));
    assert_eq!(did.moved.len(), 1);
    assert_eq!(did.failed.len(), 1);
    assert_eq!(vault.read("Source.md"), "[[a/One]] [[n/Two]]\n");
    assert_eq!(vault.read("a/One.md"), "[x](../n/Two.md)\n");
}

#[test]
fn many_links_to_many_notes_are_updated_in_one_pass() {
    let mut notes = String::new();
    for note in 0..60 {
        let next = (note + 1) % 60;
        let _ = writeln!(notes, "//- many/{note}.md\n[[many/{next}]]");
        let _ = writeln!(notes, "//- links/{note}.md");
        for target in 0..60 {
            let _ = writeln!(notes, "- to [[many/{target}]]");
        }
    }
    let vault = Vault::new(&notes);
    let engine = open(&vault);
    let before = vault.snapshot();
    let did = moved(&engine, &request("many", "few"));
    assert_eq!(did.links.edits.len(), 60 * 61);
    assert_eq!((did.links.broken.len(), did.links.failed.len()), (0, 0));
    assert!(vault.read("links/7.md").contains("- to [[few/59]]\n"));
    undo(&engine);
    assert_eq!(vault.snapshot(), before);
}
