//! What was: history, differences, restoration, undo, the trash.

use super::bench::{Bench, NOTES};
use serde_json::{Value, json};

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
fn history_of_the_project() {
    let bench = edited();
    bench.run(&["move", "Coffee", "black.md"]);
    bench.run(&["delete", "Green Tea"]);
    let all = bench.run(&["history"]);
    let lines = without_times(&all);
    assert_eq!(lines[0][2..4], ["delete", "cli"], "{all}");
    assert_eq!(
        lines[1][2..],
        ["move", "cli", "drinks/Coffee.md -> black.md"]
    );
    assert_eq!(lines.len(), 4, "{all}");
    let page = bench.run(&[
        "history",
        "-n",
        "1",
        "--actor",
        "cli",
        "--since",
        "1 hour ago",
    ]);
    assert!(page.ends_with("! older ones with --before 4\n"), "{page}");
    let older = bench.json(&["history", "--before", "2", "--json"]);
    assert_eq!(older["revisions"][0]["revision"], 1);
    assert_eq!(older["has_more"], false);
    assert!(older.get("note").is_none(), "{older}");
    assert_eq!(
        bench.run(&["history", "--actor", "nobody"]),
        "! no revisions\n"
    );
    let both = bench.run(&["history", "Coffee", "--actor", "cli"]);
    assert!(both.ends_with("[exit 2]\n"), "{both}");
    let unclear = bench.run(&["history", "--since", "zebra"]);
    assert!(unclear.ends_with("[exit 2]\n"), "{unclear}");
}

#[test]
fn history_prune() {
    let bench = edited();
    bench.vault.write("notes/prune.md", "# Prune\n");
    assert_eq!(bench.run(&["history", "prune.md"]), "! no revisions\n");
    let said = bench.run(&["history", "prune", "--dry-run"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "kept: everything 30 days, one revision a day for ever, what was deleted for ever",
            "would go: 0 revisions, 0 contents of 0 B",
        ]
    );
    assert!(lines[2].starts_with("before: 2 revisions, "), "{said}");
    assert_eq!(lines.len(), 3);
    bench.run(&["config", "set", "history_keep_trash_days", "90"]);
    let pruned = bench.json(&["history", "--json", "prune"]);
    assert_eq!(pruned["keep_all_days"], 30);
    assert_eq!(pruned["keep_daily_days"], Value::Null);
    assert_eq!(pruned["keep_trash_days"], 90);
    assert_eq!(
        pruned["gone"],
        json!({"revisions": 0, "contents": 0, "bytes": 0})
    );
    assert_eq!(pruned["after"]["revisions"], 2);
    assert!(pruned["before"]["bytes"].as_u64() > Some(0), "{pruned}");
    let said = bench.run(&["history", "Coffee", "prune"]);
    assert!(
        said.starts_with("! error: the history is pruned as a whole, and not of 'Coffee'\n"),
        "{said}"
    );
    let said = bench.run(&["history", "prune", "--project", "notes"]);
    assert_eq!(
        said,
        "! error: one history holds all projects, and it is pruned as a whole\n! hint: leave out --project\n[exit 2]\n"
    );
}

#[test]
fn recent() {
    let bench = edited();
    bench.run(&["move", "Coffee", "black.md"]);
    bench.run(&["delete", "Green Tea"]);
    let said = bench.run(&["recent"]);
    let row = |path: &str| {
        let mut lines = said
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>());
        lines.find(|cells| cells[0] == path).map(|cells| cells[4])
    };
    assert_eq!(row("black.md"), Some("move by cli"), "{said}");
    let json = bench.json(&["recent", "--json"]);
    let note = |path: &str| {
        let notes = json["notes"].as_array().expect("a list").iter();
        notes
            .clone()
            .find(|note| note["file_path"] == path)
            .cloned()
    };
    let black = note("black.md").expect("it is recent");
    assert_eq!(
        (&black["changed_by"], &black["operation"]),
        (&json!("cli"), &json!("move"))
    );
    let did = bench.run(&["recent", "--actor", "cli"]);
    let did: Vec<Vec<&str>> = did.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(did[0][1], "delete", "{did:?}");
    assert_eq!(did[1][..2], ["drinks/Coffee.md -> black.md", "move"]);
    assert_eq!((did.len(), did[0][3], did[1][3]), (2, "", "black"));
    let did = bench.json(&["recent", "today", "--actor", "cli", "--json"]);
    assert_eq!(did["actor"], "cli");
    assert_eq!(did["changes"][0]["note"], Value::Null);
    assert_eq!(did["changes"][1]["note"]["title"], "black");
    assert_eq!(did["changes"][1]["former_path"], "drinks/Coffee.md");
    assert_eq!(
        bench.run(&["recent", "--actor", "nobody"]),
        "! changes in that time are by cli\n"
    );
    for past in [
        &["recent", "--actor", "cli", "--page", "9"][..],
        &["recent", "--page", "9"],
        &["ls", "--page", "9"],
    ] {
        assert_eq!(bench.run(past), "! no more on this page\n", "{past:?}");
    }
    let both = bench.run(&["recent", "--actor", "cli", "--type", "note"]);
    assert!(both.ends_with("[exit 2]\n"), "{both}");
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
        back.ends_with("! 1 revision taken back; have them again with `cairn undo --change 4`\n"),
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
        (
            &["undo", "--actor", "nobody"],
            "there is no change by 'nobody' to undo\n! hint: changes were made by cli",
        ),
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
