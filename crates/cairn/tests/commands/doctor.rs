//! `cairn doctor`: what a person sees whose setup is broken, and what `--fix` does about it.

use super::bench::{Bench, NOTES};
use std::fs::{self, File};

/// A bench whose index is in step and whose configuration and data are their owner's alone.
fn bench() -> Bench {
    let bench = Bench::new(NOTES);
    bench.vault.write("drinks/Biscuits.md", "# Biscuits\n");
    bench.run(&["sync"]);
    bench
}

/// What is not well, as lines.
fn ills(bench: &Bench, arguments: &[&str]) -> String {
    let said = bench.run(&[&["doctor"], arguments].concat());
    said.split_inclusive('\n')
        .filter(|line| !line.starts_with("ok\t"))
        .collect()
}

#[test]
fn a_healthy_setup_is_well_line_by_line() {
    let bench = bench();
    let said = bench.run(&["doctor"]);
    let lines = said
        .lines()
        .map(|line| match line.split_once(" (") {
            // How large a file is differs from system to system.
            Some((line, size)) if size.ends_with("B)\t") => format!("{line} (SIZE)\t"),
            _ if line.contains("\tspace\t") => "ok\tspace\t\tROOM\t".to_owned(),
            _ => line.to_owned(),
        })
        .collect::<Vec<_>>();
    assert_eq!(
        lines.join("\n"),
        "ok\tconfig\t\tHOME/config.toml is understood\t
ok\tenvironment\t\tno variable overrides the configuration\t
ok\tpermissions\t\tconfiguration and data are their owner's alone\t
ok\tmodel\t\tall-MiniLM-L6-v2@53aa51172d14/384 answers\t
ok\tprojects\t\t1 project\t
ok\tspace\t\tROOM\t
ok\tlocks\t\tnobody has written notes yet, so there is no lock\t
ok\twatch\t\tnobody has watched yet\t
ok\tindex\t\tHOME/data/index.db is whole (SIZE)\t
ok\thistory\t\tHOME/data/history.db is whole: 0 revisions (SIZE)\t
ok\tfolder\tmain\tVAULT can be read and written\t
ok\tfiles\tmain\t4 files can be read\t
ok\tfrontmatter\tmain\tthe frontmatter of 3 notes is understood\t
ok\tpermalinks\tmain\tno two of 3 notes declare the same permalink\t
ok\tlook-alikes\tmain\tno two paths look alike\t
ok\tleftovers\tmain\tno killed process left a temporary file\t
ok\tinterrupted\tmain\tno change was interrupted\t
ok\tin-step\tmain\tthe index knows 3 notes and 1 other file\t
ok\trebuilt\tmain\tthe index says of 4 files what one built anew would say\t
ok\tidentities\tmain\tindex and history mean the same notes\t
ok\tlinks\tmain\t1 link leads to a note\t
! all is well"
    );
}

#[test]
fn findings_are_json_with_the_same_keys_always() {
    let bench = bench();
    bench.vault.write("drinks/New.md", "[[nobody]]\n");
    let said = bench.json(&["doctor", "--json"]);
    let findings = said["findings"].as_array().unwrap();
    let keys = |value: &serde_json::Value| {
        let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.join(" ")
    };
    assert_eq!(keys(&said), "healthy problems warnings mended findings");
    for finding in findings {
        assert_eq!(
            keys(finding),
            "check project severity message items hint fixable"
        );
    }
    let behind = findings
        .iter()
        .find(|finding| finding["check"] == "in-step");
    assert_eq!(
        format!("{:#}", behind.unwrap()),
        r#"{
  "check": "in-step",
  "project": "main",
  "severity": "warning",
  "message": "the index does not know 1 change yet",
  "items": [
    "new: drinks/New.md"
  ],
  "hint": "the next command or a server that watches brings it in step",
  "fixable": true
}"#
    );
    assert_eq!(said["healthy"], true);
    assert_eq!(said["warnings"], 1);
    let mended = bench.json(&["doctor", "--fix", "--json"]);
    assert_eq!(
        mended["mended"].to_string(),
        r#"[{"check":"in-step","project":"main","message":"brought the index in step with 1 file"}]"#
    );
    let left: Vec<_> = mended["findings"].as_array().unwrap().iter().collect();
    let left = left.iter().filter(|finding| finding["severity"] != "ok");
    let left: Vec<_> = left
        .map(|finding| finding["check"].as_str().unwrap())
        .collect();
    assert_eq!(left, ["links"], "a person has to mend it");
}

#[test]
fn looking_makes_nothing_where_nothing_was_made() {
    let bench = Bench::new(NOTES);
    let before = bench.home_files();
    let said = ills(&bench, &[]);
    assert!(
        said.starts_with("warning\tindex\t\tHOME/data/index.db is not there yet\t"),
        "{said}"
    );
    assert_eq!(bench.home_files(), before);
    assert!(!bench.home.path().join("data").exists());
}

#[test]
fn a_broken_configuration_is_named_and_the_data_looked_at_all_the_same() {
    let bench = bench();
    let config = bench.home.path().join("config.toml");
    fs::write(&config, "durability = \n").unwrap();
    let said = bench.run(&["doctor"]);
    assert!(
        said.contains("problem\tconfig\t\tHOME/config.toml, line 1: ")
            && said.ends_with("[exit 1]\n"),
        "{said}"
    );
    assert!(
        said.contains("\tcorrect that line; until then a running server keeps the last good one\n"),
        "{said}"
    );
    assert!(
        said.contains("ok\tindex\t\tHOME/data/index.db is whole"),
        "{said}"
    );
    assert!(!said.contains("there are no projects"), "{said}");
}

#[test]
fn unknown_keys_and_variables_are_named_with_near_ones() {
    let bench = bench();
    let config = bench.home.path().join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(
        &config,
        format!("durabilty = \"os\"\ncolour = \"red\"\n{text}"),
    )
    .unwrap();
    assert_eq!(
        ills(&bench, &[]),
        "warning\tconfig\t\tHOME/config.toml has an unknown key 'durabilty'\tdid you mean durability?
warning\tconfig\t\tHOME/config.toml has an unknown key 'colour'\tit means nothing to this version, and stays as it is
! 2 warnings
"
    );
    fs::write(&config, text).unwrap();
    let environment = |name: &str, value: &str| {
        let said = bench.finish(bench.command(&["doctor"]).env(name, value), "");
        let line = said.lines().find(|line| line.contains("\tenvironment\t"));
        line.unwrap().to_owned()
    };
    assert_eq!(
        environment("CAIRN_DURABILITY", "os"),
        "ok\tenvironment\t\t1 variable overrides the configuration: CAIRN_DURABILITY\t"
    );
    assert_eq!(
        environment("CAIRN_DURABILTY", "os"),
        "warning\tenvironment\t\t1 variable means nothing to Cairn: CAIRN_DURABILTY, did you mean CAIRN_DURABILITY?\t\
         correct the name, or remove it"
    );
    assert_eq!(
        environment("CAIRN_DURABILITY", "never"),
        "problem\tenvironment\t\tdurability must be fsync or os, not 'never'\tcorrect or remove the environment variable \
         CAIRN_DURABILITY"
    );
}

#[test]
fn a_model_that_is_not_there_is_told() {
    let bench = bench();
    let set = |key: &str, value: &str| {
        bench.run(&["config", "set", &format!("semantic_{key}"), value]);
    };
    set("embedding_provider", "ollama");
    set("embedding_model", "bge-m3");
    assert_eq!(
        ills(&bench, &[]),
        "problem\tmodel\t\tthe embedding provider ollama needs semantic_embedding_dimensions\tset it with `cairn config \
         set semantic_embedding_dimensions …`, for instance 1024
! 1 problem
[exit 1]
"
    );
    set("embedding_dimensions", "1024");
    // Nobody listens at the first port.
    set("embedding_api_base", "http://127.0.0.1:1");
    set("embedding_api_key", "s3cret");
    let said = ills(&bench, &[]);
    assert!(
        said.starts_with("warning\tmodel\t\thttp://127.0.0.1:1/api/embed cannot be reached: "),
        "{said}"
    );
    assert!(!said.contains("s3cret"), "{said}");
    set("search_enabled", "false");
    assert_eq!(ills(&bench, &[]), "! all is well\n");
}

#[cfg(unix)]
#[test]
fn what_others_can_read_is_taken_from_them() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench();
    bench.run(&["config", "set", "http_token", "s3cret"]);
    let place = |name: &str| bench.home.path().join(name);
    for (name, mode) in [
        ("config.toml", 0o644),
        ("data", 0o755),
        ("data/history.db", 0o640),
    ] {
        fs::set_permissions(place(name), PermissionsExt::from_mode(mode)).unwrap();
    }
    let hint = "`cairn doctor --fix` takes that from them";
    assert_eq!(
        ills(&bench, &[]),
        format!(
            "problem\tpermissions\t\tothers may look into HOME/config.toml (mode 0644), which holds http_token\t{hint}
warning\tpermissions\t\tothers may look into HOME/data (mode 0755)\t{hint}
warning\tpermissions\t\tothers may look into HOME/data/history.db (mode 0640)\t{hint}
! 1 problem, 2 warnings; `cairn doctor --fix` mends 3 of them
[exit 1]
"
        )
    );
    assert_eq!(
        ills(&bench, &["--fix"]),
        "mended\tpermissions\t\tHOME/config.toml has mode 0600 now\t
mended\tpermissions\t\tHOME/data has mode 0700 now\t
mended\tpermissions\t\tHOME/data/history.db has mode 0600 now\t
! all is well
"
    );
}

#[test]
fn what_killed_writers_left_of_the_configuration_is_removed() {
    let bench = bench();
    let draft = bench.home.path().join(".config.toml.99-x.tmp");
    fs::write(&draft, "half").unwrap();
    assert_eq!(
        ills(&bench, &[]),
        "warning\tdrafts\t\t1 file was left by killed writers of the configuration: HOME/.config.toml.99-x.tmp\tthe next \
         change of it removes them
! 1 warning; `cairn doctor --fix` mends 1 of them
"
    );
    let lock = File::open(bench.home.path().join("config.toml.lock")).unwrap();
    lock.lock().unwrap();
    let held = ills(&bench, &[]);
    assert!(
        held.starts_with(
            "warning\tconfig\t\tHOME/config.toml.lock is held for more than a second\t"
        ),
        "{held}"
    );
    drop(lock);
    assert_eq!(
        ills(&bench, &["--fix"]),
        "mended\tdrafts\t\tremoved them\t\n! all is well\n"
    );
    assert!(!draft.exists());
}

#[test]
fn a_damaged_index_is_mended_and_a_foreign_history_left_alone() {
    let bench = bench();
    let index = bench.home.path().join("data/index.db");
    fs::write(&index, "a shopping list ".repeat(100)).unwrap();
    // From its log SQLite would make the index whole again.
    fs::remove_file(index.with_file_name("index.db-wal")).ok();
    let notes = bench.vault.snapshot();
    let said = ills(&bench, &[]);
    assert!(said.ends_with("mends 1 of them\n[exit 1]\n"), "{said}");
    let said = ills(&bench, &["--fix"]);
    assert!(said.ends_with("! all is well\n"), "{said}");
    assert_eq!(bench.vault.snapshot(), notes);
    let history = bench.home.path().join("data/history.db");
    let foreign = "a shopping list ".repeat(100);
    fs::write(&history, &foreign).unwrap();
    let said = ills(&bench, &["--fix"]);
    assert!(
        said.starts_with("problem\thistory\t\tHOME/data/history.db is not a history of notes")
            && said.ends_with("[exit 1]\n"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&history).unwrap(), foreign);
}

#[test]
fn one_project_one_folder_and_memory_are_looked_at_alone() {
    let bench = bench();
    let other = cairn_testkit::Vault::new("//- a.md\n[[nobody]]\n");
    let folder = other.root().to_str().unwrap();
    bench.run(&["project", "add", "other", folder]);
    bench.run(&["sync", "--all"]);
    assert!(ills(&bench, &[]).starts_with("warning\tlinks\tother\t"));
    assert_eq!(ills(&bench, &["--project", "main"]), "! all is well\n");
    let unknown = bench.run(&["doctor", "--project", "mian"]);
    assert!(unknown.ends_with("[exit 3]\n"), "{unknown}");
    let before = bench.home_files();
    assert!(ills(&bench, &["-C", folder]).contains("data/folders/"));
    assert!(ills(&bench, &["--ephemeral"]).starts_with("warning\tlinks\tother\t"));
    assert_eq!(bench.home_files(), before);
    let refused = bench.run(&["doctor", "--fix", "--ephemeral"]);
    assert!(refused.ends_with("[exit 2]\n"), "{refused}");
}
