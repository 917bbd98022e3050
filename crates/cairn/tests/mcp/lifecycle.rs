//! How a server begins and ends, and what it tells apart.

use super::bench::{Bench, NOTES};
use super::server::{PATIENCE, Server};
use serde_json::json;
use std::fs;
use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A second, and what a machine that runs other tests too takes for itself.
const SOON: Duration = Duration::from_secs(2);

/// A bench whose configuration is not there.
fn unregistered() -> Bench {
    let bench = Bench::new(NOTES);
    fs::remove_file(bench.home.path().join("config.toml")).unwrap();
    bench
}

#[test]
fn it_answers_before_there_is_a_configuration() {
    let bench = unregistered();
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    for tool in ["read_note", "recent_activity", "build_context", "sync"] {
        let arguments = match tool {
            "read_note" => json!({"identifier": "tea"}),
            "build_context" => json!({"url": "memory://tea"}),
            _ => json!({}),
        };
        let said = server.call(tool, &arguments);
        assert!(
            said.contains("create_memory_project("),
            "{tool} says what to do: {said}"
        );
    }
    let folder = bench.vault.root().to_str().unwrap();
    let made = server.call(
        "create_memory_project",
        &json!({"project_name": "main", "project_path": folder, "set_default": true}),
    );
    assert!(!made.starts_with("(isError)"), "{made}");
    let read = server.call("read_note", &json!({"identifier": "Green Tea"}));
    assert!(read.contains("Steep for two minutes."), "{read}");
    assert!(
        bench.config().contains("path = \"VAULT\""),
        "{}",
        bench.config()
    );
}

#[test]
fn stdin_s_end_is_the_server_s() {
    let bench = Bench::new(NOTES);
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    let read = server.call("read_note", &json!({"identifier": "Green Tea"}));
    assert!(read.contains("Steep"), "{read}");
    let (status, took) = server.end();
    assert!(status.success() && took < SOON, "{status} after {took:?}");

    let (status, took) = Server::silent(&mut bench.command(&["mcp"])).end();
    assert!(took < SOON, "{status} after {took:?} without a word");
}

#[test]
fn a_sync_that_goes_on_does_not_keep_it() {
    let vault: String = (0..3000)
        .map(|number| {
            format!(
                "//- folder/note {number}.md\n# Note {number}\n\nText [[Note {}]]\n",
                number + 1
            )
        })
        .collect();
    let bench = Bench::new(&vault);
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    server.call("list_memory_projects", &json!({}));
    let (status, took) = server.end();
    assert!(took < SOON, "{status} after {took:?}");
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let bench = Bench::new(NOTES);
    let said = bench.run(&["mcp", "--transport", "carrier-pigeon"]);
    assert!(
        said.contains("[possible values: stdio, streamable-http, sse]")
            && said.ends_with("[exit 2]\n"),
        "{said}"
    );
    assert_eq!(
        bench.run(&["mcp", "--port", "9000"]),
        "! error: the options of HTTP have no meaning over stdio\n! hint: add --transport streamable-http\n[exit 2]\n"
    );
    assert_eq!(
        bench.run(&["mcp", "--transport", "sse", "--host", "0.0.0.0"]),
        "\
! error: listening on 0.0.0.0, which other machines reach, needs a token
! hint: give --token-file FILE, or set CAIRN_HTTP_TOKEN or `http_token`
[exit 2]
"
    );
    assert_eq!(
        bench.run(&["mcp", "--project", "mian"]),
        "! error: there is no project 'mian'\n! hint: did you mean main?\n[exit 3]\n"
    );
    let mut command = bench.command(&["mcp"]);
    let said = bench.finish(command.env("CAIRN_TOOLS", "some"), "");
    assert!(
        said.contains("tools must be full or core or read-only, not 'some'")
            && said.ends_with("[exit 2]\n"),
        "{said}"
    );
}

#[test]
fn the_set_of_tools_is_typed_or_set() {
    let bench = Bench::new(NOTES);
    let full = Server::new(&mut bench.command(&["mcp"])).tools();
    assert!(full.contains(&"delete_project".to_owned()), "{full:?}");
    let core = Server::new(&mut bench.command(&["mcp", "--tools", "core"])).tools();
    assert!(
        core.len() <= 12 && core.contains(&"write_note".to_owned()),
        "{core:?}"
    );
    bench.run(&["config", "set", "tools", "core"]);
    assert_eq!(Server::new(&mut bench.command(&["mcp"])).tools(), core);
    let mut command = bench.command(&["mcp"]);
    let mut server = Server::new(command.env("CAIRN_TOOLS", "read-only"));
    let reading = server.tools();
    assert!(
        reading.contains(&"read_note".to_owned()) && !reading.contains(&"write_note".to_owned()),
        "{reading:?}"
    );
    let refused = server.call(
        "write_note",
        &json!({"title": "T", "content": "", "directory": ""}),
    );
    assert!(refused.starts_with("(isError)"), "{refused}");
    assert!(!bench.vault.has("T.md"));
}

#[test]
fn a_folder_or_a_project_may_be_all_it_knows() {
    let bench = Bench::new(NOTES);
    let other = bench.home.path().join("other");
    bench.run(&["project", "add", "other", other.to_str().unwrap()]);
    let mut server = Server::new(&mut bench.command(&["mcp", "--project", "OTHER"]));
    server.call(
        "write_note",
        &json!({"title": "T", "content": "text", "directory": "", "project": "main"}),
    );
    assert!(other.join("T.md").is_file(), "the constraint wins");

    let folder = tempfile::tempdir().unwrap();
    let mut server =
        Server::new(&mut bench.command(&["mcp", "-C", folder.path().to_str().unwrap()]));
    server.call(
        "write_note",
        &json!({"title": "U", "content": "text", "directory": ""}),
    );
    assert!(folder.path().join("U.md").is_file());
    let config = bench.config();
    let refused = server.call(
        "create_memory_project",
        &json!({"project_name": "third", "project_path": bench.home.path().join("third")}),
    );
    assert!(
        refused.contains("was started on one folder (-C)"),
        "{refused}"
    );
    assert_eq!(bench.config(), config);
}

#[test]
fn an_ephemeral_server_writes_nothing_but_notes() {
    let bench = Bench::new(NOTES);
    let files = bench.home_files();
    let mut server = Server::new(&mut bench.command(&["mcp", "--ephemeral"]));
    let found = server.call("search_notes", &json!({"query": "steep"}));
    assert!(found.contains("Green Tea"), "{found}");
    server.call(
        "write_note",
        &json!({"title": "T", "content": "text", "directory": ""}),
    );
    server.end();
    assert!(bench.vault.has("T.md"));
    assert_eq!(bench.home_files(), files);
}

#[test]
fn two_servers_share_one_index() {
    let bench = Bench::new(NOTES);
    let mut one = Server::new(&mut bench.command(&["mcp"]));
    let mut other = Server::new(&mut bench.command(&["mcp"]));
    for round in 0..3 {
        for (writer, reader) in [(0, 1), (1, 0)] {
            let servers = [&mut one, &mut other];
            let title = format!("Zebra {writer} {round}");
            let wrote = servers[writer].call(
                "write_note",
                &json!({"title": title, "content": "stripes", "directory": "animals"}),
            );
            assert!(wrote.starts_with("# Created note"), "{wrote}");
            let found = servers[reader].call("search_notes", &json!({"query": title}));
            assert!(found.contains(&title), "{found}");
        }
    }
    one.end();
    let found = other.call("search_notes", &json!({"query": "stripes"}));
    assert!(found.contains("Zebra 0 2"), "{found}");
    let log = fs::read_to_string(bench.home.path().join("data/cairn.log")).unwrap();
    assert_eq!(log.matches("serves MCP over stdio\n").count(), 2, "{log}");
    assert_eq!(log.matches("] ends\n").count(), 1, "{log}");
}

#[cfg(unix)]
#[test]
fn it_does_not_outlive_its_parent() {
    let bench = Bench::new(NOTES);
    let binary = bench.command(&[]).get_program().to_owned();
    let shell = bench.command(&[]);
    let mut parent = std::process::Command::new("sh");
    for (name, value) in shell.get_envs() {
        match value {
            Some(value) => parent.env(name, value),
            None => parent.env_remove(name),
        };
    }
    // The pipe of stdin stays open in the hands of the test, so that only the parent's death can end the server.
    let mut parent = parent
        .args(["-c", "exec 3<&0; \"$0\" mcp <&3 & wait"])
        .arg(binary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = bench.home.path().join("data/cairn.log");
    let begun = Instant::now();
    while !log.is_file() {
        assert!(begun.elapsed() < PATIENCE, "the server does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    // It looks who its parent is right after it wrote that line.
    std::thread::sleep(Duration::from_millis(200));
    let mut stdout = parent.stdout.take().unwrap();
    let begun = Instant::now();
    parent.kill().unwrap();
    let mut said = String::new();
    // Ends once nobody can write to it any more.
    stdout.read_to_string(&mut said).unwrap();
    assert!(
        begun.elapsed() < SOON,
        "it lived {:?} longer",
        begun.elapsed()
    );
    parent.wait().unwrap();
    assert_eq!(said, "");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("] ends: its parent is gone\n"), "{log}");
}
