//! How notes are made, changed, moved and deleted.

use super::bench::{Bench, NOTES};

#[test]
fn write() {
    let bench = Bench::new("");
    let arguments = [
        "write",
        "Cake",
        "- [taste] sweet",
        "--folder",
        "food",
        "--tags",
        "a,b",
        "--metadata",
        "rank=1",
    ];
    assert_eq!(
        bench.run(&arguments),
        "\
created: food/Cake.md
title: Cake
permalink: main/food/cake
checksum: CHECKSUM
observations: 1 (taste 1)
relations: 0
"
    );
    let text = bench.vault.read("food/Cake.md");
    assert!(
        text.ends_with("- [taste] sweet") || text.ends_with("- [taste] sweet\n"),
        "{text}"
    );
    assert_eq!(
        bench.run(&arguments),
        "\
! error: food/Cake.md already exists
! hint: replace it with --overwrite, or choose another title or folder
[exit 4]
"
    );
    assert_eq!(
        bench.run(&["write", "Cake", "--ovewrite"]),
        "! error: unexpected argument '--ovewrite' found\n! hint: to give it as text, use '-- --ovewrite'\n[exit 2]\n"
    );
    assert_eq!(
        bench.run_with(&["write", "Piped", "--json"], "- [[Cake]]\n- [[Tea]]\n"),
        r#"{
  "title": "Piped",
  "permalink": "main/piped",
  "file_path": "Piped.md",
  "type": "note",
  "external_id": "ID",
  "checksum": "CHECKSUM",
  "size": 76,
  "created": "TIME",
  "modified": "TIME",
  "metadata": {
    "title": "Piped",
    "type": "note",
    "permalink": "main/piped"
  },
  "action": "created",
  "observations": {},
  "relations": {
    "resolved": 1,
    "unresolved": 1
  }
}
"#
    );
    let stale = bench.run(&[
        "write",
        "Piped",
        "new",
        "--overwrite",
        "--base",
        &"0".repeat(64),
    ]);
    assert!(
        stale.contains("was changed by someone else") && stale.ends_with("[exit 4]\n"),
        "{stale}"
    );
    let stale = bench.run(&[
        "edit",
        "Piped",
        "append",
        "--content",
        "x",
        "--base",
        "0",
        "--json",
    ]);
    let read = bench.command(&["read", "Piped", "--json"]).output();
    let read: serde_json::Value = serde_json::from_slice(&read.unwrap().stdout).unwrap();
    let both = format!("\"expected\":\"0\",\"found\":{}", read["checksum"]);
    assert!(stale.contains(&both), "{stale}");
    assert!(bench.run(&["search", "sweet"]).contains("food/Cake.md"));
}

#[test]
fn edit() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["edit", "Coffee", "append", "--content", "- [fact] hot"]),
        "\
updated: drinks/Coffee.md
title: Coffee
permalink: main/drinks/coffee
checksum: CHECKSUM
observations: 1 (fact 1)
relations: 0
"
    );
    assert!(
        bench
            .vault
            .read("drinks/Coffee.md")
            .contains("- [fact] hot")
    );
    let replaced = bench.json(&[
        "edit",
        "Green Tea",
        "find_replace",
        "--find",
        "two",
        "--content",
        "three",
        "--json",
    ]);
    assert_eq!(replaced["action"], "updated");
    assert_eq!(
        replaced["relations"],
        serde_json::json!({"resolved": 0, "unresolved": 1})
    );
    assert!(bench.vault.read("drinks/tea.md").contains("three minutes"));
    bench.run_with(
        &[
            "edit",
            "Green Tea",
            "replace-section",
            "--section",
            "Brewing",
        ],
        "Cold.\n",
    );
    assert!(
        bench
            .vault
            .read("drinks/tea.md")
            .contains("## Brewing\n\nCold.")
            || bench
                .vault
                .read("drinks/tea.md")
                .contains("## Brewing\nCold.")
    );
    bench.run(&["edit", "Coffee", "--metadata", "status=done"]);
    assert!(
        bench
            .vault
            .read("drinks/Coffee.md")
            .contains("status: done")
    );
    let absent = bench.run(&[
        "edit",
        "Coffee",
        "find-replace",
        "--find",
        "milk",
        "--content",
        "x",
    ]);
    assert!(
        absent.starts_with("! error: cannot edit drinks/Coffee.md: ")
            && absent.ends_with("[exit 2]\n"),
        "{absent}"
    );
    assert_eq!(
        bench.run(&["edit", "Coffee", "find-replace", "--content", "x"]),
        "! error: find-replace needs --find TEXT\n[exit 2]\n"
    );
    assert_eq!(
        bench.run(&["edit", "Coffee"]),
        "! error: there is nothing to change\n! hint: name an OPERATION, or give --metadata\n[exit 2]\n"
    );
}

#[test]
fn move_() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["move", "Coffee", "old/"]),
        "moved: drinks/Coffee.md\nto: old/Coffee.md\npermalink: main/drinks/coffee\n"
    );
    assert!(bench.vault.has("old/Coffee.md") && !bench.vault.has("drinks/Coffee.md"));
    let moved = bench.json(&["move", "old/Coffee.md", "black.md", "--json"]);
    assert_eq!(
        (&moved["from"], &moved["file_path"]),
        (&"old/Coffee.md".into(), &"black.md".into())
    );
    assert_eq!(
        bench.run(&["move", "drinks", "hot", "--directory"]),
        "drinks/tea.md\thot/tea.md\n! 1 file moved\n"
    );
    assert_eq!(
        bench.json(&["move", "hot", "cold", "--directory", "--json"]),
        serde_json::json!({
            "moved": [{"from": "hot/tea.md", "to": "cold/tea.md"}],
            "failed": [],
            "dry_run": false,
            "change": 4,
            "links": {"updated": [], "unresolved": [], "failed": []},
        })
    );
    let missing = bench.run(&["move", "zebra", "there.md"]);
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
    assert_eq!(
        bench.run(&["move", "tea", "black.md"]),
        "! error: black.md already exists\n! hint: choose another name, or move away what is there\n[exit 4]\n"
    );
}

#[test]
fn move_with_links() {
    let bench = Bench::new(
        "//- n/Tea.md\n---\npermalink: main/n/tea\n---\n//- One.md\n[[n/Tea]] [[Tea]]\n\n[x](n/Tea.md)\n",
    );
    let before = bench.vault.snapshot();
    assert_eq!(
        bench.run(&["move", "Tea", "a/Oolong", "--dry-run"]),
        "\
would move: n/Tea.md
to: a/Oolong.md
permalink: main/n/tea
One.md\t[[Tea]]\t(unresolved)
! 1 link would not resolve any more; --update-links rewrites them
"
    );
    let updated = "\
to: a/Oolong.md
permalink: main/n/tea
One.md:1\t[[n/Tea]]\t[[a/Oolong]]
One.md:1\t[[Tea]]\t[[Oolong]]
One.md:3\t(n/Tea.md)\t(a/Oolong.md)
";
    assert_eq!(
        bench.run(&["move", "Tea", "a/Oolong", "--dry-run", "--update-links"]),
        format!("would move: n/Tea.md\n{updated}! 3 links in 1 note would be updated\n")
    );
    assert_eq!(bench.vault.snapshot(), before);
    assert_eq!(
        bench.run(&["move", "Tea", "a/Oolong", "--update-links"]),
        format!(
            "moved: n/Tea.md\n{updated}! 3 links updated in 1 note; take the move and its links back with \
             `cairn undo --change 1`\n"
        )
    );
    assert_eq!(
        bench.vault.read("One.md"),
        "[[a/Oolong]] [[Oolong]]\n\n[x](a/Oolong.md)\n"
    );
    bench.run(&["undo", "--change", "1"]);
    let moved = bench.json(&["move", "n", "b", "--directory", "--update-links", "--json"]);
    assert_eq!(
        moved["links"]["updated"][1],
        serde_json::json!({"file_path": "One.md", "line": 3, "old": "(n/Tea.md)", "new": "(b/Tea.md)"})
    );
    assert_eq!(
        bench.vault.read("One.md"),
        "[[b/Tea]] [[Tea]]\n\n[x](b/Tea.md)\n"
    );
    bench.run(&["undo"]);
    assert_eq!(bench.vault.snapshot(), before);
}

#[test]
fn delete() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["delete", "Coffee"]),
        "deleted: drinks/Coffee.md\ntitle: Coffee\n"
    );
    assert!(!bench.vault.has("drinks/Coffee.md"));
    let missing = bench.run(&["delete", "Coffee"]);
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
    let refused = bench.run(&["delete", "/", "--directory"]);
    assert!(
        refused.ends_with("[exit 2]\n") && bench.vault.has("drinks/tea.md"),
        "{refused}"
    );
    assert_eq!(
        bench.run(&["delete", "drinks", "--directory"]),
        "drinks/tea.md\n! 1 file deleted\n"
    );
    assert_eq!(
        bench.json(&["delete", "/", "--directory", "--confirm", "--json"]),
        serde_json::json!({"deleted": ["table.csv"], "failed": []})
    );
    assert_eq!(bench.vault.files(), []);
}
