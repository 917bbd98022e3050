//! `cairn mcp install` and `config`: each client's file, and what happens to what is in it.

use super::bench::Bench;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const CLIENTS: [&str; 5] = ["claude-desktop", "claude-code", "codex", "cursor", "vscode"];

/// Runs `cairn mcp install` for a client and returns its answer.
fn install(bench: &Bench, client: &str, more: &[&str]) -> Value {
    let arguments = [&["mcp", "install", "--client", client, "--json"], more].concat();
    let said = bench.finish(&mut command(bench, &arguments), "");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error} in {said}"))
}

/// A command that finds no file of a client but those of the bench.
fn command(bench: &Bench, arguments: &[&str]) -> std::process::Command {
    let mut command = bench.command(arguments);
    command
        .env_remove("CLAUDE_CONFIG_DIR")
        .env_remove("CODEX_HOME");
    command
}

/// Where the client's file is.
fn file(bench: &Bench, answer: &Value) -> PathBuf {
    let named = answer["file"].as_str().unwrap();
    let rest = named
        .strip_prefix("HOME/")
        .expect("below the home of the bench");
    bench.home.path().join(rest)
}

#[test]
fn every_client_is_set_up_in_its_own_file() {
    let bench = Bench::new("");
    for client in CLIENTS {
        let before = bench.home_files();
        let shown = install(&bench, client, &["--dry-run"]);
        assert_eq!(shown["outcome"], "would_change", "{shown}");
        assert_eq!(bench.home_files(), before, "a preview writes nothing");

        let done = install(&bench, client, &[]);
        assert_eq!(
            (&done["outcome"], &done["backup"]),
            (&json!("changed"), &Value::Null)
        );
        let path = file(&bench, &done);
        let text = fs::read_to_string(&path).unwrap();
        let binary = env!("CARGO_BIN_EXE_cairn");
        assert!(text.contains(binary), "{text}");
        let snippet = bench.finish(
            &mut command(&bench, &["mcp", "config", "--client", client]),
            "",
        );
        assert_eq!(
            text.replace(bench.home.path().to_str().unwrap(), "HOME"),
            snippet
        );

        let again = install(&bench, client, &[]);
        assert_eq!(
            (&again["outcome"], &again["backup"]),
            (&json!("unchanged"), &Value::Null)
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);

        let core = install(&bench, client, &["--tools", "core", "--project", "MAIN"]);
        let backup = core["backup"]
            .as_str()
            .unwrap()
            .replace("HOME", bench.home.path().to_str().unwrap());
        assert!(backup.ends_with(".bak.1"), "{backup}");
        assert_eq!(
            fs::read_to_string(&backup).unwrap(),
            text,
            "what it said before"
        );
        let arguments = core["entry"]["args"].to_string();
        assert!(
            arguments.contains(r#""--project","main","--tools","core"#),
            "{arguments}"
        );
        let back = install(&bench, client, &[]);
        assert!(
            back["backup"].as_str().unwrap().ends_with(".bak.2"),
            "{back}"
        );
        assert_eq!(fs::read_to_string(&backup).unwrap(), text, "a backup stays");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn each_file_is_where_the_client_looks() {
    let bench = Bench::new("");
    let files = [
        ".config/Claude/claude_desktop_config.json",
        ".claude.json",
        ".codex/config.toml",
        ".cursor/mcp.json",
        ".config/Code/User/mcp.json",
    ];
    for (client, expected) in CLIENTS.iter().zip(files) {
        let answer = install(&bench, client, &["--dry-run"]);
        assert_eq!(answer["file"], format!("HOME/nobody/{expected}"));
    }
    let mut moved = command(
        &bench,
        &["mcp", "install", "--client", "codex", "--dry-run"],
    );
    let said = bench.finish(moved.env("CODEX_HOME", bench.home.path().join("moved")), "");
    assert!(said.contains("file: HOME/moved/config.toml\n"), "{said}");
}

#[test]
fn what_a_person_wrote_stays() {
    let bench = Bench::new("");
    let cursor = file(&bench, &install(&bench, "cursor", &["--dry-run"]));
    fs::create_dir_all(cursor.parent().unwrap()).unwrap();
    let before = "{\n    \"theme\": \"d\\u0061rk\",\n    \"mcpServers\": {\n        \"x\": {\"url\": \"http://y\"}\n    }\n}\n";
    fs::write(&cursor, before).unwrap();
    install(&bench, "cursor", &["--name", "notes"]);
    let after = fs::read_to_string(&cursor).unwrap();
    let (head, tail) = after.split_once(",\n        \"notes\": {").unwrap();
    let (_, tail) = tail.split_once("\n        }").unwrap();
    assert_eq!(format!("{head}{tail}"), before);

    let codex = file(&bench, &install(&bench, "codex", &["--dry-run"]));
    fs::create_dir_all(codex.parent().unwrap()).unwrap();
    let before = "# mine\nmodel = \"m\" # best\n\n[mcp_servers.other]\ncommand = \"o\"\n";
    fs::write(&codex, before).unwrap();
    install(&bench, "codex", &[]);
    let after = fs::read_to_string(&codex).unwrap();
    assert!(after.starts_with(before), "{after}");
    assert!(
        after[before.len()..].starts_with("\n[mcp_servers.cairn]\ncommand = \""),
        "{after}"
    );
}

#[test]
fn a_preview_shows_lines() {
    let bench = Bench::new("");
    let cursor = file(&bench, &install(&bench, "cursor", &["--dry-run"]));
    fs::create_dir_all(cursor.parent().unwrap()).unwrap();
    fs::write(&cursor, "{\n  \"mcpServers\": {}\n}\n").unwrap();
    let mut preview = command(
        &bench,
        &["mcp", "install", "--client", "cursor", "--dry-run"],
    );
    let said = bench.finish(&mut preview, "");
    assert_eq!(
        said.replace(env!("CARGO_BIN_EXE_cairn"), "CAIRN"),
        "\
would change: Cursor
file: HOME/nobody/.cursor/mcp.json
  {
-   \"mcpServers\": {}
+   \"mcpServers\": {
+     \"cairn\": {
+       \"command\": \"CAIRN\",
+       \"args\": [
+         \"mcp\",
+         \"--config\",
+         \"HOME/config.toml\"
+       ]
+     }
+   }
  }
! nothing was written
"
    );
}

#[test]
fn a_file_with_comments_is_left_alone() {
    let bench = Bench::new("");
    for (client, text, problem) in [
        (
            "vscode",
            "{\n  // mine\n  \"servers\": {}\n}\n",
            "comments are not JSON",
        ),
        (
            "claude-code",
            "{\"mcpServers\": 1}",
            "its \"mcpServers\" is no object",
        ),
        ("codex", "model = \n", "it is no TOML (line 1)"),
    ] {
        let path = file(&bench, &install(&bench, client, &["--dry-run"]));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let before = bench.home_files();
        let said = bench.finish(
            &mut command(&bench, &["mcp", "install", "--client", client]),
            "",
        );
        assert!(
            said.contains(problem)
                && said.contains("! hint: mend it, or add")
                && said.ends_with("[exit 1]\n"),
            "{said}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(bench.home_files(), before);
        fs::remove_file(&path).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn mode_and_link_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new("");
    let path = file(&bench, &install(&bench, "claude-code", &["--dry-run"]));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let real = bench.home.path().join("dotfiles.json");
    fs::write(&real, "{}\n").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, &path).unwrap();
    let done = install(&bench, "claude-code", &[]);
    assert!(path.is_symlink());
    assert!(
        fs::read_to_string(&real)
            .unwrap()
            .contains("\"type\": \"stdio\"")
    );
    let backup = done["backup"]
        .as_str()
        .unwrap()
        .replace("HOME", bench.home.path().to_str().unwrap());
    for file in [real.to_str().unwrap(), &backup] {
        assert_eq!(
            fs::metadata(file).unwrap().permissions().mode() & 0o777,
            0o640,
            "{file}"
        );
    }
}

#[test]
fn slips_are_refused_before_anything_is_written() {
    let bench = Bench::new("");
    let before = bench.home_files();
    for (arguments, complaint, code) in [
        (
            &["--client", "emacs"][..],
            "[possible values: claude-desktop",
            2,
        ),
        (
            &["--client", "cursor", "--project", "mian"],
            "there is no project 'mian'",
            3,
        ),
        (
            &["--client", "cursor", "-C", "/nowhere/at/all"],
            "there is no folder /nowhere/at/all",
            3,
        ),
        (
            &["--client", "cursor", "--name", "a b"],
            "letters, digits",
            2,
        ),
    ] {
        let arguments = [&["mcp", "install"], arguments].concat();
        let said = bench.finish(&mut command(&bench, &arguments), "");
        assert!(
            said.contains(complaint) && said.ends_with(&format!("[exit {code}]\n")),
            "{said}"
        );
    }
    let said = bench.run(&["mcp", "--transport", "sse", "install", "--client", "cursor"]);
    assert!(
        said.contains("have no meaning beside") && said.ends_with("[exit 2]\n"),
        "{said}"
    );
    assert_eq!(bench.home_files(), before);
    let generic = bench.json(&["mcp", "config"]);
    assert_eq!(
        generic["mcpServers"]["cairn"]["args"],
        json!(["mcp", "--config", "HOME/config.toml"])
    );
}
