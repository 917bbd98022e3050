//! Projects, configuration, and the index as a whole.

use super::bench::{Bench, NOTES};
use std::fs;

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
        "main: 3 new, 0 modified, 0 moved, 0 deleted, 0 unchanged\n\
         ! 2 of 2 passages not embedded yet; `cairn embed` embeds them, and so does a server that runs\n"
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
model: MODEL
pending: 2 of 2 passages
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
        bench.run(&["search", "zebra", "--text"]),
        "! warning: 1 file or folder could not be indexed; see `cairn status`\n! no results\n"
    );
    let warned = bench.run(&["search", "zebra", "--text", "--json"]);
    assert!(
        warned.contains("! {\"warning\":{\"message\":\"1 file or folder"),
        "{warned}"
    );
    assert_eq!(bench.run(&["search", "zebra", "--text", "--quiet"]), "");
    bench.vault.remove("broken.md");
    assert_eq!(
        bench.json(&["reindex", "--search", "--json"]),
        serde_json::json!({"projects": [{
            "project": "main", "new": 0, "modified": 3, "moved": 0, "deleted": 1, "unchanged": 0, "faults": []
        }]})
    );
    assert_eq!(
        bench.run(&["reindex", "--embeddings"]),
        "embedded: 2 passages\npending: 0 of 2 passages\nmodel: MODEL\n"
    );
    // Whatever is built anew keeps its vectors.
    assert_eq!(
        bench.run(&["reindex"]),
        "main: 0 new, 3 modified, 0 moved, 0 deleted, 0 unchanged\n\
         embedded: 0 passages\npending: 0 of 2 passages\nmodel: MODEL\n"
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
    // `memory://../note` names no project.
    for name in ["a/b", "..", "."] {
        let refused = bench.run(&["project", "add", name, "/nowhere"]);
        assert!(refused.ends_with("[exit 2]\n"), "{refused}");
    }
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
    assert_eq!(
        (&info["types"], &info["tags"], &info["categories"]),
        (
            &serde_json::json!([{"value": "note", "count": 2}]),
            &serde_json::json!([{"value": "drink", "count": 1}]),
            &serde_json::json!([{"value": "fact", "count": 1}])
        )
    );
    assert_eq!(
        info["unresolved_links"],
        serde_json::json!([{"file_path": "drinks/tea.md", "target": "Biscuits"}])
    );
    let lines = bench.run(&["project", "info", "main"]);
    assert!(
        lines.ends_with(
            "types: note (2)\ntags: drink (1)\ncategories: fact (1)\n\
             unresolved: [[Biscuits]] in drinks/tea.md\n"
        ),
        "{lines}"
    );
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
    assert_eq!(list.lines().count(), 27, "{list}");
    assert!(list.contains("\nindex_concurrency\t0\tdefault\t"), "{list}");
    assert!(list.contains("\ndurability\tos\tfile\t"), "{list}");
    assert_eq!(
        bench.json(&["config", "list", "--json"])["settings"]
            .as_array()
            .unwrap()
            .len(),
        27
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

#[test]
fn ignore_patterns_of_the_reference_hold_where_there_are_some() {
    let bench = Bench::new("//- a.md\nzebra\n//- drafts/b.md\nzebra\n//- old/c.md\nzebra\n");
    let hits =
        |bench: &Bench| bench.json(&["search", "zebra", "--text", "--json"])["total"].clone();
    assert_eq!(hits(&bench), 3);
    let installed = bench.home.path().join("nobody/.basic-memory");
    fs::create_dir_all(&installed).unwrap();
    fs::write(installed.join(".bmignore"), "drafts/\n").unwrap();
    assert_eq!(hits(&bench), 2);
    fs::write(bench.home.path().join(".bmignore"), "drafts/\nold/\n").unwrap();
    assert_eq!(hits(&bench), 1);
}
