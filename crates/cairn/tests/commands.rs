//! Whole outputs of the built binary: every command once as text and once as JSON, and every exit code.
//!
//! The configuration is in a temporary folder and the home directory is one too, so nothing of the machine is
//! read or written. Dates, scores and ids are masked; everything else must stay as it is.

#![allow(clippy::unwrap_used)]

#[path = "commands/bench.rs"]
mod bench;

use bench::{Bench, NOTES};
use cairn_testkit::Vault;
use std::fs;
use std::process::Stdio;

#[test]
fn search() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["search", "steep", "--folder", "drinks"]),
        "\
1. Green Tea  SCORE
   drinks/tea.md  2024-05-01 10:00
   Green Tea > Brewing
   Steep for two minutes. [fact] Comes from China #origin (history) pairs_with Biscuits
"
    );
    let hit = bench.json(&["search", "steep", "--json"]);
    assert_eq!(hit["total"], 1);
    let hit = &hit["results"][0];
    assert_eq!(
        hit["heading_path"],
        serde_json::json!(["Green Tea", "Brewing"])
    );
    assert_eq!(hit["highlights"], serde_json::json!([[0, 5]]));
    assert!(
        hit["score"]
            .as_f64()
            .is_some_and(|score| 0.0 < score && score <= 1.0),
        "{hit}"
    );
    assert!(hit["score_parts"]["body"].is_number(), "{hit}");
    assert_eq!(bench.run(&["search", "zebra"]), "! no results\n");
    assert_eq!(bench.run(&["search", "zebra", "-q"]), "");
    assert_eq!(
        bench.run(&["search", "zebra", "--json"]),
        r#"{
  "query": "zebra",
  "page": 1,
  "page_size": 10,
  "total": 0,
  "total_is_exact": true,
  "has_more": false,
  "results": []
}
"#
    );
}

#[test]
fn read() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["read", "drinks/Coffee.md"]),
        "# Coffee\n\nStrong and black.\n"
    );
    assert_eq!(
        bench.run(&["read", "Green Tea", "--lines", "1-2"]),
        "---\ntitle: Green Tea\n"
    );
    assert_eq!(
        bench.run(&["read", "memory://drinks/coffee", "--json"]),
        r##"{
  "title": "Coffee",
  "permalink": "main/drinks/coffee",
  "file_path": "drinks/Coffee.md",
  "type": "note",
  "external_id": "ID",
  "checksum": "CHECKSUM",
  "size": 28,
  "created": "TIME",
  "modified": "TIME",
  "metadata": {},
  "content": "# Coffee\n\nStrong and black.\n"
}
"##
    );
    let missing = bench.run(&["read", "Cofee"]);
    assert!(
        missing.starts_with("! error: no note is called 'Cofee'\n! hint: did you mean Coffee"),
        "{missing}"
    );
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
    assert_eq!(
        bench.run(&["read", "Coffee", "--lines", "5-4"]),
        "! error: --lines must be like 10-20, 10- or 10, not '5-4'\n[exit 2]\n"
    );
}

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
        "moved: drinks/Coffee.md\nto: old/Coffee.md\npermalink: main/old/coffee\n"
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
        serde_json::json!({"moved": [{"from": "hot/tea.md", "to": "cold/tea.md"}], "failed": []})
    );
    let missing = bench.run(&["move", "zebra", "there.md"]);
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
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

#[test]
fn ls() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["ls", "--depth", "2"]),
        "\
drinks/\tfolder\t\t
drinks/Coffee.md\tnote\t2024-05-01 10:00\tCoffee
table.csv\tfile\t2024-05-01 10:00\ttable.csv
drinks/tea.md\tnote\t2024-05-01 10:00\tGreen Tea
"
    );
    assert_eq!(
        bench.run(&["ls", "/", "--glob", "*.csv", "--json"]),
        r#"{
  "folder": "/",
  "page": 1,
  "page_size": 200,
  "total": 1,
  "has_more": false,
  "rows": [
    {
      "kind": "file",
      "title": "table.csv",
      "permalink": null,
      "file_path": "table.csv",
      "type": "file",
      "external_id": "ID",
      "checksum": "CHECKSUM",
      "size": 6,
      "created": "TIME",
      "modified": "TIME",
      "metadata": {}
    }
  ]
}
"#
    );
}

#[test]
fn context() {
    let bench = Bench::new(NOTES);
    bench.run(&["write", "Biscuits", "sweet"]);
    assert_eq!(
        bench.run(&["context", "memory://drinks/tea"]),
        "\
Green Tea
  drinks/tea.md  2024-05-01 10:00
  [fact] Comes from China #origin
  pairs_with -> Biscuits (Biscuits.md)
  related at 1: Biscuits (Biscuits.md)
"
    );
    let context = bench.json(&["context", "drinks/tea", "--json"]);
    let item = &context["items"][0];
    assert_eq!(item["note"]["permalink"], "main/drinks/tea");
    assert_eq!(
        item["observations"],
        serde_json::json!([{"category": "fact", "content": "Comes from China #origin", "tags": ["origin"], "context": "history"}])
    );
    assert_eq!(
        item["relations"],
        serde_json::json!([{
            "relation_type": "pairs_with", "target": "Biscuits", "context": null, "resolved": true,
            "to_title": "Biscuits", "to_file_path": "Biscuits.md"
        }])
    );
    assert_eq!(
        (&item["related"][0]["title"], &item["related"][0]["depth"]),
        (&"Biscuits".into(), &1.into())
    );
    assert_eq!(bench.run(&["context", "memory://zebra"]), "! no results\n");
}

#[test]
fn recent() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["recent", "1d"]),
        "! nothing changed in that time\n"
    );
    bench.run(&["write", "News", "today"]);
    assert_eq!(bench.run(&["recent"]), "News.md\tnote\tDATE\tNews\n");
    let recent = bench.json(&["recent", "2d", "--json"]);
    let titles: Vec<_> = recent["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| &note["title"])
        .collect();
    assert_eq!(titles, ["News"], "{recent}");
    let gibberish = bench.run(&["recent", "gibberish"]);
    assert!(
        gibberish.starts_with("! error: 'gibberish'") && gibberish.ends_with("[exit 2]\n"),
        "{gibberish}"
    );
}

#[test]
fn sync_status_and_reindex() {
    let bench = Bench::new(NOTES);
    let status = bench.run(&["status"]);
    assert!(
        status.contains("state: not indexed\n") && status.contains("new: drinks/tea.md\n"),
        "{status}"
    );
    assert_eq!(
        bench.run(&["sync"]),
        "main: 3 new, 0 modified, 0 moved, 0 deleted, 0 unchanged\n"
    );
    assert_eq!(
        bench.run(&["status"]),
        "\
project: main
folder: VAULT
state: up to date
notes: 2
files: 1
observations: 1
relations: 1 (1 unresolved)
"
    );
    bench.vault.write_bytes("broken.md", &[0xff, 0xfe, 0x00]);
    let sync = bench.run(&["sync"]);
    assert!(sync.starts_with("main: 1 new, 0 modified"), "{sync}");
    assert!(
        sync.contains("1 fault\nfault: broken.md: ") && sync.ends_with("[exit 1]\n"),
        "{sync}"
    );
    let status = bench.run(&["status", "--all", "--json"]);
    assert!(
        status.contains(r#""file_path": "broken.md""#) && status.ends_with("[exit 1]\n"),
        "{status}"
    );
    assert_eq!(
        bench.run(&["search", "zebra"]),
        "! warning: 1 file or folder could not be indexed; see `cairn status`\n! no results\n"
    );
    let warned = bench.run(&["search", "zebra", "--json"]);
    assert!(
        warned.contains("! {\"warning\":{\"message\":\"1 file or folder"),
        "{warned}"
    );
    assert_eq!(bench.run(&["search", "zebra", "--quiet"]), "");
    bench.vault.remove("broken.md");
    assert_eq!(
        bench.json(&["reindex", "--json"]),
        serde_json::json!({"projects": [{
            "project": "main", "new": 3, "modified": 0, "moved": 0, "deleted": 0, "unchanged": 0, "faults": []
        }]})
    );
}

#[test]
fn projects() {
    let bench = Bench::new(NOTES);
    let second = bench.home.path().join("second");
    let second = second.to_str().unwrap();
    assert_eq!(
        bench.run(&["project", "add", "Second One", second]),
        "added: Second One\nfolder: HOME/second\n"
    );
    assert!(fs::metadata(second).unwrap().is_dir());
    assert_eq!(
        bench.run(&["project", "list"]),
        "main\tVAULT\tdefault\nSecond One\tHOME/second\t\n"
    );
    assert_eq!(
        bench.run(&["project", "list", "--json"]),
        r#"{
  "projects": [
    {
      "name": "main",
      "folder": "VAULT",
      "slug": "main",
      "is_default": true
    },
    {
      "name": "Second One",
      "folder": "HOME/second",
      "slug": "second-one",
      "is_default": false
    }
  ]
}
"#
    );
    let inside = format!("{second}/inside");
    for (name, folder, complaint) in [
        (
            "inner",
            inside.as_str(),
            "lies inside the project 'Second One'",
        ),
        (
            "outer",
            bench.home.path().to_str().unwrap(),
            "contains the project 'Second One'",
        ),
        (
            "again",
            second,
            "is already the folder of the project 'Second One'",
        ),
        (
            "second-one",
            "/nowhere",
            "there is already a project 'Second One'",
        ),
    ] {
        let refused = bench.run(&["project", "add", name, folder]);
        assert!(
            refused.contains(complaint) && refused.ends_with("[exit 4]\n"),
            "{refused}"
        );
    }
    assert!(fs::metadata(&inside).is_err());
    let refused = bench.run(&["project", "add", "a/b", "/nowhere"]);
    assert!(refused.ends_with("[exit 2]\n"), "{refused}");
    assert_eq!(
        bench.run(&["project", "remove", "main"]),
        "\
! error: 'main' is the default project and cannot be removed while there are others
! hint: make another one the default first with `cairn project default NAME`
[exit 4]
"
    );
    assert_eq!(
        bench.run(&["project", "default", "second-one"]),
        "default: Second One\nfolder: HOME/second\n"
    );
    bench.run(&["sync", "--project", "main"]);
    let info = bench.json(&["project", "info", "main", "--json"]);
    assert_eq!(
        (&info["is_default"], &info["state"]),
        (&false.into(), &"up_to_date".into())
    );
    assert_eq!(info["statistics"]["notes"], 2);
    let third = bench.home.path().join("third");
    let gone = bench.run(&["project", "move", "Second One", third.to_str().unwrap()]);
    assert!(
        gone.starts_with("! error: there is no folder HOME/third\n")
            && gone.ends_with("[exit 3]\n"),
        "{gone}"
    );
    fs::rename(second, &third).unwrap();
    assert_eq!(
        bench.run(&["project", "move", "Second One", third.to_str().unwrap()]),
        "moved: Second One\nfolder: HOME/third\n"
    );
    assert_eq!(
        bench.run(&["project", "remove", "main"]),
        "removed: main\nfolder: VAULT\n! its files are still in VAULT\n"
    );
    assert!(bench.vault.has("drinks/tea.md"));
    assert_eq!(
        bench.run(&["search", "tea", "--project", "Secnd One"]),
        "! error: there is no project 'Secnd One'\n! hint: did you mean Second One?\n[exit 3]\n"
    );
    assert_eq!(
        bench.run(&["project", "remove", "Second One", "-q"]),
        "removed: Second One\nfolder: HOME/third\n"
    );
    assert_eq!(bench.run(&["config", "get", "default_project"]), "");
    let none = bench.run(&["search", "tea"]);
    assert!(
        none.starts_with("! error: there are no projects yet\n") && none.ends_with("[exit 2]\n"),
        "{none}"
    );
}

#[test]
fn configuration() {
    let bench = Bench::new("");
    assert_eq!(bench.run(&["config", "path"]), "HOME/config.toml\n");
    assert_eq!(
        bench.run(&["config", "path", "--json"]),
        "{\n  \"path\": \"HOME/config.toml\"\n}\n"
    );
    assert_eq!(bench.run(&["config", "set", "durability", "os"]), "os\n");
    assert_eq!(bench.run(&["config", "get", "durability"]), "os\n");
    assert_eq!(
        bench.json(&["config", "get", "durability", "--json"]),
        serde_json::json!({
            "key": "durability", "value": "os", "source": "file", "variable": "CAIRN_DURABILITY",
            "about": "whether a write waits for the disk (fsync) or leaves that to the system (os)"
        })
    );
    let list = bench.run(&["config", "list"]);
    assert_eq!(list.lines().count(), 6, "{list}");
    assert!(list.contains("\nindex_concurrency\t0\tdefault\t"), "{list}");
    assert!(list.contains("\ndurability\tos\tfile\t"), "{list}");
    assert_eq!(
        bench.json(&["config", "list", "--json"])["settings"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    assert_eq!(bench.run(&["config", "unset", "durability"]), "fsync\n");
    assert_eq!(
        bench.run(&["config", "set", "index_concurrency", "-5"]),
        "! error: index_concurrency must be a whole number from 0 to 256, not '-5'\n[exit 2]\n"
    );
    assert_eq!(
        bench.run(&["config", "set", "durabilty", "os"]),
        "! error: there is no key 'durabilty'\n! hint: did you mean durability?\n[exit 2]\n"
    );
    let unknown = bench.run(&["config", "set", "default_project", "mian"]);
    assert_eq!(
        unknown,
        "! error: there is no project 'mian'\n! hint: did you mean main?\n[exit 3]\n"
    );
    assert_eq!(
        bench.config(),
        "default_project = \"main\"\n\n[projects.main]\npath = \"VAULT\"\n"
    );
}

#[test]
fn an_override_is_never_written() {
    let bench = Bench::new("");
    let overridden = |arguments: &[&str]| {
        bench.finish(
            bench.command(arguments).env("CAIRN_CHECKOUT_TIMEOUT", "7"),
            "",
        )
    };
    assert_eq!(overridden(&["config", "get", "checkout_timeout"]), "7\n");
    assert_eq!(
        overridden(&["config", "set", "checkout_timeout", "9"]),
        "7\n! written; CAIRN_CHECKOUT_TIMEOUT overrides it now\n"
    );
    assert_eq!(
        overridden(&["config", "set", "kebab_filenames", "yes"]),
        "true\n"
    );
    let config = bench.config();
    assert!(
        config.contains("checkout_timeout = 9\n") && !config.contains('7'),
        "{config}"
    );
    assert_eq!(
        bench.finish(bench.command(&["ls"]).env("CAIRN_DURABILITY", "never"), ""),
        "\
! error: durability must be fsync or os, not 'never'
! hint: correct or remove the environment variable CAIRN_DURABILITY
[exit 2]
"
    );
}

#[test]
fn a_broken_configuration_names_the_line_and_is_left_alone() {
    let bench = Bench::new(NOTES);
    let path = bench.home.path().join("config.toml");
    fs::write(&path, "durability = \"os\"\nindex_concurrency = \n").unwrap();
    for arguments in [
        &["search", "tea"][..],
        &["config", "set", "durability", "os"],
        &["project", "list"],
    ] {
        let broken = bench.run(arguments);
        assert!(
            broken.starts_with("! error: HOME/config.toml, line 2: "),
            "{broken}"
        );
        assert!(
            broken.ends_with("! hint: correct that line\n[exit 1]\n"),
            "{broken}"
        );
    }
    assert_eq!(
        bench.config(),
        "durability = \"os\"\nindex_concurrency = \n"
    );
    fs::write(&path, "# mine\ndurability = \"never\" # why\nfuture = 1\n").unwrap();
    let wrong = bench.run(&["config", "list"]);
    assert!(
        wrong.starts_with(
            "! error: HOME/config.toml: durability must be fsync or os, not \"never\""
        ),
        "{wrong}"
    );
    assert_eq!(bench.run(&["config", "set", "durability", "os"]), "os\n");
    assert_eq!(
        bench.config(),
        "# mine\ndurability = \"os\" # why\nfuture = 1\n"
    );
    fs::write(&path, "durabilty = \"os\"\n").unwrap();
    assert_eq!(
        bench.run(&["config", "get", "durability"]),
        "fsync\n! warning: HOME/config.toml has an unknown key 'durabilty'\n! hint: did you mean durability?\n"
    );
}

#[test]
fn slips_are_usage_errors_with_suggestions() {
    let bench = Bench::new(NOTES);
    for (arguments, complaint) in [
        (
            &["serch", "tea"][..],
            "a similar subcommand exists: 'search'",
        ),
        (
            &["search", "tea", "--flder", "x"],
            "a similar argument exists: '--folder'",
        ),
        (&["ls", "--sort", "size"], "[possible values: name, title"),
        (
            &["search", "tea", "--page-size", "0"],
            "0 is not in 1..=100",
        ),
        (
            &["search", "tea", "-C", ".", "--project", "main"],
            "cannot be used with",
        ),
        (&[], "Usage: cairn [OPTIONS] <COMMAND>"),
    ] {
        let slip = bench.run(arguments);
        assert!(
            slip.contains(complaint) && slip.ends_with("[exit 2]\n"),
            "{slip}"
        );
    }
    assert_eq!(
        bench.run(&["search", "--json", "--flder", "x"]),
        "! {\"error\":{\"kind\":\"invalid\",\"message\":\"unexpected argument '--flder' found\",\"hint\":\"a similar \
         argument exists: '--folder'\"}}\n[exit 2]\n"
    );
    assert_eq!(
        bench.run(&["read", "zebra", "--json", "--quiet"]),
        "! {\"error\":{\"kind\":\"not_found\",\"message\":\"no note is called 'zebra'\",\"hint\":\"search for it with \
         `cairn search`\"}}\n[exit 3]\n"
    );
    assert_eq!(
        bench.run(&["--version"]),
        format!("cairn {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn no_escape_reaches_a_pipe() {
    let bench = Bench::new("//- e.md\n---\ntitle: \"red \\x1b[31m\"\n---\nsteep\n");
    for arguments in [
        &["search", "steep"][..],
        &["ls"],
        &["recent"],
        &["context", "e"],
        &["status"],
    ] {
        for (variable, value) in [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"), ("TERM", "dumb")] {
            let output = bench.finish(bench.command(arguments).env(variable, value), "");
            assert!(!output.contains('\x1b'), "{output:?}");
        }
    }
}

#[test]
fn a_folder_that_is_opened_gets_nothing_but_notes() {
    let bench = Bench::new("");
    let vault = Vault::new(NOTES);
    let before = vault.snapshot();
    let folder = vault.root().to_str().unwrap();
    for arguments in [
        &["search", "steep"][..],
        &["ls"],
        &["sync"],
        &["status"],
        &["recent"],
        &["read", "Coffee"],
    ] {
        let output = bench.run(&[arguments, &["-C", folder]].concat());
        assert!(!output.contains("[exit"), "{output}");
    }
    assert_eq!(vault.snapshot(), before);
    let folders = fs::read_dir(bench.home.path().join("data/folders")).unwrap();
    assert_eq!(
        folders.count(),
        1,
        "one index, however often the folder is opened"
    );
    assert!(!bench.home.path().join("data/index.db").exists());
    assert!(
        !bench.config().contains(folder),
        "the folder is not registered"
    );
    let written = bench.json(&["-C", folder, "write", "New", "text", "--json"]);
    let name = vault
        .root()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_lowercase();
    assert!(
        written["permalink"].as_str().unwrap().ends_with("/new"),
        "{written} in {name}"
    );
    vault.remove("New.md");
    assert_eq!(vault.snapshot(), before);
    let missing = bench.run(&["ls", "-C", "/nowhere/at/all"]);
    assert_eq!(
        missing,
        "! error: there is no folder /nowhere/at/all\n[exit 3]\n"
    );
}

#[test]
fn an_ephemeral_command_writes_nothing_but_notes() {
    let bench = Bench::new(NOTES);
    let (vault, home) = (bench.vault.snapshot(), bench.home_files());
    for arguments in [
        &["search", "steep"][..],
        &["ls"],
        &["sync"],
        &["reindex"],
        &["status"],
        &["project", "info"],
    ] {
        let output = bench.run(&[arguments, &["--ephemeral"]].concat());
        assert!(!output.contains("[exit"), "{output}");
    }
    assert!(
        bench
            .run(&["search", "steep", "--ephemeral"])
            .contains("drinks/tea.md")
    );
    let refused = bench.run(&["config", "set", "durability", "os", "--ephemeral"]);
    assert!(refused.ends_with("[exit 2]\n"), "{refused}");
    assert_eq!(bench.vault.snapshot(), vault);
    bench.run(&["write", "New", "text", "--ephemeral"]);
    assert!(bench.vault.has("New.md"));
    bench.vault.remove("New.md");
    assert_eq!(bench.vault.snapshot(), vault);
    assert_eq!(bench.home_files(), home);
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let bench = Bench::new(NOTES);
    let mut child = bench
        .command(&["ls", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn another_configuration_has_its_own_data() {
    let bench = Bench::new(NOTES);
    let other = bench.home.path().join("other/cairn.toml");
    let other = other.to_str().unwrap();
    assert_eq!(bench.run(&["project", "list", "--config", other, "-q"]), "");
    let root = bench.vault.root().to_str().unwrap();
    assert_eq!(
        bench.run(&["--config", other, "project", "add", "x", root]),
        "added: x\nfolder: VAULT\n"
    );
    assert!(
        bench
            .run(&["--config", other, "search", "steep"])
            .contains("drinks/tea.md")
    );
    assert!(bench.home.path().join("other/data/index.db").is_file());
    assert!(!bench.home.path().join("data/index.db").exists());
}
