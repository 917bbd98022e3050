//! One note that moves, and the links to it and in it.

use crate::support::{main, moved, open, request, said, sync, undo};
use cairn_engine::{
    Cancel, Engine, Error, MoveRequest, ProjectSettings, Settings, Silent, UpdateLinks,
};
use cairn_testkit::Vault;

/// Moves a note in a vault where `from.md` says `before`; returns what it says then, having seen that a dry run
/// says the same, that the move is one change and that an undo restores every byte.
fn after(notes: &str, from: (&str, &str), to: &str) -> String {
    let (source, before) = from;
    let vault = Vault::new(notes);
    vault.write(source, before);
    let engine = open(&vault);
    let untouched = vault.snapshot();
    let rehearsal = MoveRequest {
        dry_run: true,
        ..request("n/Tea.md", to)
    };
    let would = moved(&engine, &rehearsal);
    assert_eq!(vault.snapshot(), untouched, "a dry run changes nothing");
    assert_eq!(would.change, None);
    let did = moved(&engine, &request("n/Tea.md", to));
    assert_eq!(did.links, would.links, "{before}");
    assert_eq!(did.note.path, would.note.path);
    assert_eq!(did.note.title, would.note.title);
    let said = vault.read(source);
    sync(&engine);
    undo(&engine);
    assert_eq!(vault.snapshot(), untouched, "an undo restores every byte");
    said
}

const NOTES: &str = "//- n/Tea.md\n---\npermalink: main/n/tea\n---\nzebra\n//- n/Milk.md\nx\n\
    //- work/Tea.txt\nx\n";

#[test]
fn a_link_keeps_its_style() {
    for (before, expected) in [
        ("[[n/Tea]]", "[[a/b/Oolong]]"),
        ("[[n/Tea.md]]", "[[a/b/Oolong.md]]"),
        ("[[n/Tea|the tea]]", "[[a/b/Oolong|the tea]]"),
        ("[[n/Tea#Top]]", "[[a/b/Oolong#Top]]"),
        (
            "- uses [[ n/Tea#Top | x ]] (now)",
            "- uses [[ a/b/Oolong#Top | x ]] (now)",
        ),
        ("![[n/Tea]]", "![[a/b/Oolong]]"),
        ("[[Tea]] and [[n/Milk]]", "[[Oolong]] and [[n/Milk]]"),
        ("[[Tea.md]]", "[[Oolong.md]]"),
        ("[[main::n/Tea]]", "[[main::a/b/Oolong]]"),
        ("[[main/n/Tea]]", "[[a/b/Oolong]]"),
        ("[[memory://n/Tea]]", "[[memory://a/b/Oolong]]"),
        (
            "[[main/n/tea]] [[memory://main/n/tea]]",
            "[[main/n/tea]] [[memory://main/n/tea]]",
        ),
        ("[x](n/Tea.md)", "[x](a/b/Oolong.md)"),
        (
            "[x](./n/Tea.md#top \"T\")",
            "[x](./a/b/Oolong.md#top \"T\")",
        ),
        (
            "[x](<n/Tea.md>) ![y](/n/Tea)",
            "[x](<a/b/Oolong.md>) ![y](/a/b/Oolong)",
        ),
        ("[x][t]\n\n[t]: n/Tea.md", "[x][t]\n\n[t]: a/b/Oolong.md"),
        ("[x](memory://n/Tea)", "[x](memory://a/b/Oolong)"),
        ("| [[n/Tea\\|t]] |\n|--|", "| [[a/b/Oolong\\|t]] |\n|--|"),
        (
            "\u{feff}茶 🍵 [[n/Tea]]\r\n\r\nend",
            "\u{feff}茶 🍵 [[a/b/Oolong]]\r\n\r\nend",
        ),
        (
            "`[[n/Tea]]`\n\n    [[n/Tea]]\n\n<!-- [[n/Tea]] -->",
            "`[[n/Tea]]`\n\n    [[n/Tea]]\n\n<!-- [[n/Tea]] -->",
        ),
        (
            "---\nup: '[[n/Tea]]'\n---\nx [[nowhere]]",
            "---\nup: '[[n/Tea]]'\n---\nx [[nowhere]]",
        ),
    ] {
        let said = after(NOTES, ("Source.md", before), "a/b/Oolong");
        assert_eq!(said, expected, "{before}");
    }
}

#[test]
fn a_link_is_written_from_where_it_stands() {
    for (before, expected) in [
        (
            "[x](../n/Tea.md) [y](../n/Milk.md)",
            "[x](../a/b%20c/T%20%281%29.md) [y](../n/Milk.md)",
        ),
        ("[x](<../n/Tea.md>)", "[x](<../a/b c/T (1).md>)"),
        ("[[../n/Tea]] [[Tea]]", "[[../n/Tea]] [[T (1)]]"),
        ("[x](n/Tea.md)", "[x](a/b%20c/T%20%281%29.md)"),
    ] {
        let said = after(NOTES, ("m/Source.md", before), "a/b c/T (1)");
        assert_eq!(said, expected, "{before}");
    }
}

#[test]
fn a_declared_title_stays_and_a_name_that_still_holds_too() {
    let notes = "//- n/Tea.md\n---\ntitle: Green Tea\npermalink: main/n/tea\n---\n";
    let before = "[[Green Tea]] [[Tea]] [[n/Tea]]";
    assert_eq!(
        after(notes, ("Source.md", before), "a/Oolong"),
        "[[Green Tea]] [[Oolong]] [[a/Oolong]]"
    );
    assert_eq!(
        after(notes, ("Source.md", before), "a/Tea"),
        "[[Green Tea]] [[Tea]] [[a/Tea]]"
    );
}

#[test]
fn a_name_that_means_another_note_is_left_alone() {
    let notes = "//- n/Tea.md\n1\n//- m/Tea.md\n2\n";
    assert_eq!(
        after(notes, ("m/Source.md", "[[Tea]] [[n/Tea]]"), "a/Oolong"),
        "[[Tea]] [[a/Oolong]]"
    );
    assert_eq!(
        after(notes, ("n/Source.md", "[[Tea]]"), "a/Oolong"),
        "[[Oolong]]"
    );
}

#[test]
fn a_short_name_that_became_ambiguous_gets_the_shortest_path_that_is_not() {
    let notes = "//- n/Tea.md\n1\n//- x/y/Oolong.md\n2\n//- z/y/Oolong.md\n3\n";
    assert_eq!(
        after(notes, ("Source.md", "[[Tea]] [[Tea.md]]"), "a/b/Oolong"),
        "[[b/Oolong]] [[b/Oolong.md]]"
    );
    assert_eq!(
        after(notes, ("Source.md", "[[Tea]]"), "a/y/Oolong"),
        "[[a/y/Oolong]]"
    );
}

#[test]
fn a_note_that_moves_keeps_where_its_own_links_lead() {
    let vault = Vault::new(
        "//- n/Tea.md\n[[Tea]] [[n/Tea#Top]] [self](Tea.md) [[sub/Cup]] [c](sub/Cup.md) ![p](pic.png) [w](https://x.y/Tea.md)\n\
         //- n/sub/Cup.md\nx\n//- n/pic.png\nx\n",
    );
    let engine = open(&vault);
    let before = vault.snapshot();
    let did = moved(&engine, &request("n/Tea.md", "a/Oolong.md"));
    assert_eq!(
        vault.read("a/Oolong.md"),
        "[[Oolong]] [[a/Oolong#Top]] [self](Oolong.md) [[sub/Cup]] [c](../n/sub/Cup.md) ![p](../n/pic.png) [w](https://x.y/Tea.md)\n"
    );
    assert_eq!(
        said(&did.links),
        [
            "a/Oolong.md:1 [[Tea]] -> [[Oolong]]",
            "a/Oolong.md:1 [[n/Tea#Top]] -> [[a/Oolong#Top]]",
            "a/Oolong.md:1 (Tea.md) -> (Oolong.md)",
            "a/Oolong.md:1 (sub/Cup.md) -> (../n/sub/Cup.md)",
            "a/Oolong.md:1 (pic.png) -> (../n/pic.png)",
        ]
    );
    assert_eq!(
        did.note.fingerprint.size,
        vault.read("a/Oolong.md").len() as u64
    );
    undo(&engine);
    assert_eq!(vault.snapshot(), before);
}

#[test]
fn without_being_asked_no_text_changes_and_broken_links_are_told() {
    let vault = Vault::new(
        "//- n/Tea.md\n---\npermalink: main/n/tea\n---\n[[sub/x]]\n//- n/sub/x.md\n1\n//- sub/x.md\n2\n\
         //- One.md\n[[Tea]] [[main/n/tea]]\n//- Two.md\n[[n/Tea.md]] [[n/Tea]] [[nowhere]]\n",
    );
    let engine = open(&vault);
    let before: Vec<_> = vault.files();
    let plain = MoveRequest {
        update_links: UpdateLinks::No,
        dry_run: true,
        ..request("Tea", "a/Oolong")
    };
    let would = moved(&engine, &plain);
    assert_eq!(vault.files(), before);
    let did = main(&engine)
        .move_note("Tea", "a/Oolong")
        .expect("nothing is in the way");
    assert_eq!(did.links, would.links);
    assert_eq!(
        said(&did.links),
        [
            "One.md [[Tea]] -> nothing",
            "a/Oolong.md [[sub/x]] -> nothing",
        ]
    );
    assert!(did.change.is_some());
    assert_eq!(vault.read("One.md"), "[[Tea]] [[main/n/tea]]\n");
    undo(&engine);
    assert_eq!(vault.files(), before);
}

#[test]
fn links_of_other_projects_are_told_and_stay() {
    let (vault, other) = (
        Vault::new("//- n/Tea.md\n---\npermalink: main/n/tea\n---\n"),
        Vault::new("//- Job.md\n[[main::n/Tea.md]] [[main::Tea]]\n"),
    );
    let mut settings = Settings::in_memory("main", vault.root().to_owned());
    settings.projects.push(ProjectSettings {
        name: "work".to_owned(),
        root: other.root().to_owned(),
    });
    let engine = Engine::open(settings).expect("an index in memory opens");
    sync(&engine);
    sync(&engine);
    let did = moved(&engine, &request("Tea", "a/Oolong"));
    assert_eq!(said(&did.links), ["work::Job.md [[main/Tea]] -> nothing"]);
    assert_eq!(other.read("Job.md"), "[[main::n/Tea.md]] [[main::Tea]]\n");
}

#[test]
fn a_move_that_cannot_be_made_updates_nothing() {
    let vault = Vault::new("//- Tea.md\nx\n//- Milk.md\n[[Tea]]\n");
    let engine = open(&vault);
    vault.write("Unseen.md", "x\n");
    let before = vault.snapshot();
    for dry_run in [true, false] {
        for to in [
            "Milk.md",
            "Unseen",
            "Tea.md",
            "../x",
            ".hidden/x",
            "Tea.txt",
        ] {
            let wanted = MoveRequest {
                dry_run,
                ..request("Tea", to)
            };
            let refused = main(&engine).move_note_as(&wanted, &Silent, &Cancel::new());
            assert!(refused.is_err(), "{to}");
        }
    }
    vault.remove("Tea.md");
    let wanted = MoveRequest {
        dry_run: true,
        ..request("Tea", "x")
    };
    let gone = main(&engine).move_note_as(&wanted, &Silent, &Cancel::new());
    assert!(matches!(gone, Err(Error::FileGone { .. })), "{gone:?}");
    vault.write("Tea.md", "x\n");
    assert_eq!(vault.snapshot(), before);
}

#[test]
fn a_link_that_would_now_mean_the_moved_note_goes_on_meaning_the_other() {
    let notes = "//- n/Tea.md\n1\n//- x/Oolong.md\n2\n";
    assert_eq!(
        after(notes, ("m/Source.md", "[[Oolong]] [[Tea]]"), "m/Oolong"),
        "[[x/Oolong]] [[Oolong]]"
    );
    let vault = Vault::new(notes);
    vault.write("m/Source.md", "[[Oolong]]");
    let engine = open(&vault);
    for dry_run in [true, false] {
        let plain = MoveRequest {
            update_links: UpdateLinks::No,
            dry_run,
            ..request("Tea", "m/Oolong")
        };
        assert_eq!(
            said(&moved(&engine, &plain).links),
            ["m/Source.md [[Oolong]] -> nothing"]
        );
    }
}
