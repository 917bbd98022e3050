//! What was: history, differences, restoration, undo, the trash.

use super::bench::{Bench, NOTES};
use serde_json::json;

/// Coffee, edited twice.
fn edited() -> Bench {
    let bench = Bench::new(NOTES);
    for (find, content) in [("Strong", "Weak"), ("black", "white")] {
        let said = bench.run(&[
            "edit",
            "Coffee",
            "find-replace",
            "--find",
            find,
            "--content",
            content,
        ]);
        assert!(said.starts_with("updated: drinks/Coffee.md\n"), "{said}");
    }
    bench
}

/// Rows of a listing without their times.
fn without_times(said: &str) -> Vec<Vec<String>> {
    said.lines()
        .map(|line| {
            let cells = line.split('\t').enumerate();
            let kept = cells.filter(|(at, _)| *at != 4);
            kept.map(|(_, cell)| cell.to_owned()).collect()
        })
        .collect()
}

#[test]
fn history() {
    let bench = edited();
    bench.run(&["move", "Coffee", "black.md"]);
    assert_eq!(
        without_times(&bench.run(&["history", "black"])),
        [
            ["3", "3", "move", "cli", "drinks/Coffee.md -> black.md"],
            ["2", "2", "edit", "cli", "drinks/Coffee.md"],
            ["1", "1", "edit", "cli", "drinks/Coffee.md"],
        ]
    );
    let page = bench.run(&["history", "black", "-n", "1", "--before", "3"]);
    assert!(page.ends_with("! older ones with --before 2\n"), "{page}");
    assert_eq!(bench.run(&["history", "Green Tea"]), "! no revisions\n");
    let history = bench.json(&["history", "black", "--json"]);
    assert_eq!(history["note"]["file_path"], "black.md");
    assert_eq!(history["former_paths"], json!(["drinks/Coffee.md"]));
    assert_eq!(history["has_more"], false);
    assert_eq!(history["revisions"][0]["former_path"], "drinks/Coffee.md");
    assert_eq!(
        history["revisions"][1]["checksum"],
        history["revisions"][0]["checksum"]
    );
    let missing = bench.run(&["history", "zebra"]);
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
}

#[test]
fn diff() {
    let bench = edited();
    assert_eq!(
        bench.run(&["diff", "Coffee"]),
        "\
--- a/drinks/Coffee.md
+++ b/drinks/Coffee.md
@@ -1,3 +1,3 @@
 # Coffee
 
-Weak and black.
+Weak and white.
! drinks/Coffee.md: before revision 2 -> now, 1 lines added, 1 removed
"
    );
    let words = bench.json(&[
        "diff", "Coffee", "--from", "1", "--to", "2", "--words", "--json",
    ]);
    assert_eq!(words["diff"], "# Coffee\n\nWeak and [-black.-]{+white.+}\n");
    assert_eq!(
        (&words["from"], &words["to"]),
        (&"revision 1".into(), &"revision 2".into())
    );
    let wrong = bench.run(&["diff", "Green Tea", "--from", "1"]);
    assert!(wrong.ends_with("[exit 2]\n"), "{wrong}");
}

#[test]
fn restore_and_trash() {
    let bench = edited();
    assert_eq!(
        bench.run(&["restore", "Coffee", "--revision", "1", "-q"]),
        "drinks/Coffee.md\tnote\tDATE\tCoffee\n"
    );
    assert_eq!(
        bench.vault.read("drinks/Coffee.md"),
        "# Coffee\n\nWeak and black.\n"
    );
    assert_eq!(
        bench.run(&["restore", "Coffee", "--revision", "1"]),
        "drinks/Coffee.md\tnote\tDATE\tCoffee\n! it says that already\n"
    );
    assert_eq!(bench.run(&["trash"]), "! nothing was deleted\n");
    bench.run(&["delete", "Coffee"]);
    assert_eq!(
        without_times(&bench.run(&["trash"])),
        [["4", "4", "delete", "cli", "drinks/Coffee.md"]]
    );
    let deleted = bench.json(&["trash", "--json"]);
    assert_eq!(deleted["deleted"][0]["file_path"], "drinks/Coffee.md");
    assert_eq!(
        bench.json(&["history", "Coffee", "--json"])["note"],
        json!(null)
    );
    let restored = bench.json(&["restore", "Coffee", "--json"]);
    assert_eq!(restored["restored"][0]["file_path"], "drinks/Coffee.md");
    assert_eq!(
        (&restored["failed"], &restored["change"]),
        (&json!([]), &json!(5))
    );
    let again = bench.run(&["restore", "Coffee"]);
    assert!(again.ends_with("[exit 2]\n"), "{again}");
    bench.run(&["delete", "drinks", "--directory"]);
    bench.run(&["write", "Other", "new"]);
    bench.run(&["move", "Other", "drinks/Coffee.md"]);
    let partly = bench.run(&["restore", "drinks"]);
    assert!(
        partly.contains("drinks/tea.md\t") && partly.contains("fault: drinks/Coffee.md"),
        "{partly}"
    );
    assert!(partly.ends_with("[exit 1]\n"), "{partly}");
}

#[test]
fn undo() {
    let bench = edited();
    let listed = bench.run(&[
        "undo",
        "--actor",
        "cli",
        "--since",
        "1 hour ago",
        "--dry-run",
    ]);
    assert!(
        listed.starts_with("2\t2\tedit\tcli\t")
            && listed.ends_with("! 2 revisions would be taken back\n"),
        "{listed}"
    );
    assert_eq!(
        bench.vault.read("drinks/Coffee.md"),
        "# Coffee\n\nWeak and white.\n"
    );
    let undone = bench.json(&["undo", "--json"]);
    assert_eq!(
        (&undone["change"], &undone["conflicts"]),
        (&json!(3), &json!([]))
    );
    assert_eq!(
        bench.vault.read("drinks/Coffee.md"),
        "# Coffee\n\nWeak and black.\n"
    );
    let back = bench.run(&["undo", "--change", "3"]);
    assert!(
        back.ends_with("! 1 revision taken back; bring it again with `cairn undo --change 4`\n"),
        "{back}"
    );
    let left = bench.run(&["undo", "--change", "1", "--json"]);
    assert!(left.ends_with("[exit 1]\n"), "{left}");
    for (slip, complaint) in [
        (
            &["undo", "--change", "1", "--actor", "cli"][..],
            "cannot be used with",
        ),
        (
            &["undo", "--since", "gibberish"],
            "'gibberish' is not a time",
        ),
        (&["undo", "--actor", "nobody"], "there is no change to undo"),
    ] {
        let said = bench.run(slip);
        assert!(
            said.contains(complaint) && said.ends_with("[exit 2]\n"),
            "{said}"
        );
    }
}

#[test]
fn read_as_of() {
    let bench = edited();
    assert_eq!(
        bench.run(&["read", "Coffee", "--as-of", "1 hour ago"]),
        "# Coffee\n\nStrong and black.\n"
    );
    assert_eq!(
        bench.run(&["read", "Coffee", "--as-of", "now"]),
        "# Coffee\n\nWeak and white.\n"
    );
    let wrong = bench.run(&["read", "Coffee", "--as-of", "gibberish"]);
    assert!(wrong.ends_with("[exit 2]\n"), "{wrong}");
}

#[test]
fn a_tool_acts_as_the_command_line() {
    let bench = edited();
    bench.run(&["tool", "undo"]);
    let history = bench.json(&["history", "Coffee", "--json"]);
    let newest = &history["revisions"][0];
    assert_eq!(
        (&newest["operation"], &newest["actor"]),
        (&"undo".into(), &"cli".into())
    );
}
