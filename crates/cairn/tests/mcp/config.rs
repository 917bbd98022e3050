//! A configuration that changes, breaks or holds a secret while servers run.

use super::bench::{Bench, NOTES};
use super::server::Server;
use serde_json::json;
use std::fs;

#[test]
fn a_running_server_sees_what_another_program_registers() {
    let bench = Bench::new(NOTES);
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    let before = server.call("list_memory_projects", &json!({}));
    assert!(
        before.contains("main") && !before.contains("second"),
        "{before}"
    );
    let second = bench.home.path().join("second");
    bench.run(&["project", "add", "second", second.to_str().unwrap()]);
    fs::write(second.join("note.md"), "# Quagga\n\nstriped\n").unwrap();
    let after = server.call("list_memory_projects", &json!({}));
    assert!(after.contains("second"), "{after}");
    let wrote = server.call(
        "write_note",
        &json!({"title": "T", "content": "text", "directory": "", "project": "second"}),
    );
    assert!(wrote.starts_with("# Created note"), "{wrote}");
    assert!(second.join("T.md").is_file());
}

#[test]
fn a_configuration_that_breaks_leaves_the_last_good_one() {
    let bench = Bench::new(NOTES);
    let path = bench.home.path().join("config.toml");
    let good = fs::read_to_string(&path).unwrap();
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    let read = |server: &mut Server| server.call("read_note", &json!({"identifier": "Green Tea"}));
    assert!(read(&mut server).contains("Steep"));
    fs::write(&path, good.clone() + "\nnonsense\n").unwrap();
    assert!(read(&mut server).contains("Steep"));
    let log = fs::read_to_string(bench.home.path().join("data/cairn.log")).unwrap();
    assert!(
        log.contains("; the last good configuration stays\n"),
        "{log}"
    );

    // One that never saw it otherwise begins all the same, and says what is wrong until it is mended.
    let mut late = Server::new(&mut bench.command(&["mcp"]));
    let refused = read(&mut late);
    assert!(
        refused.starts_with("(isError)") && refused.contains("config.toml, line "),
        "{refused}"
    );
    assert!(
        !late.tools().contains(&"write_note".to_owned()),
        "what is offered stands in that file"
    );
    fs::write(&path, good).unwrap();
    assert!(read(&mut late).contains("Steep"));
    fs::write(&path, "nonsense\n").unwrap();
    let closed = bench.run(&["mcp", "--transport", "streamable-http", "--port", "0"]);
    assert!(closed.ends_with("[exit 1]\n"), "{closed}");
}

#[test]
fn a_model_that_lacks_something_leaves_the_last_good_configuration() {
    let bench = Bench::new(NOTES);
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    let read = |server: &mut Server| server.call("read_note", &json!({"identifier": "Green Tea"}));
    assert!(read(&mut server).contains("Steep"));
    bench.run(&["config", "set", "semantic_embedding_provider", "ollama"]);
    assert!(read(&mut server).contains("Steep"));
    let log = fs::read_to_string(bench.home.path().join("data/cairn.log")).unwrap();
    assert!(
        log.contains("the embedding provider ollama needs semantic_embedding_model\n"),
        "{log}"
    );
    assert_eq!(
        bench.run(&["read", "Green Tea"]),
        "! error: the embedding provider ollama needs semantic_embedding_model\n! hint: set it with `cairn config set \
         semantic_embedding_model …`, for instance bge-m3\n[exit 2]\n"
    );
}

#[test]
fn a_secret_is_never_shown() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["config", "set", "http_token", "hush-hush"]),
        "********\n"
    );
    bench.run(&["config", "set", "semantic_embedding_api_key", "hush-key"]);
    let mut said = bench.run(&["config", "list"]);
    said += &bench.run(&["config", "list", "--json"]);
    for key in ["http_token", "semantic_embedding_api_key"] {
        said += &bench.run(&["config", "get", key]);
        said += &bench.run(&["config", "get", key, "--json"]);
        said += &bench.run(&["config", "set", key, "hush hush"]);
        assert!(
            said.contains(&format!("{key} must be printable ASCII")),
            "{said}"
        );
    }
    let mut server = Server::new(&mut bench.command(&["mcp"]));
    let report = server.call("basic_memory_diagnostics", &json!({}));
    assert!(report.contains("[removed]"), "{report}");
    said += &report;
    assert!(!said.contains("hush"), "{said}");
    assert!(bench.config().contains("http_token = \"hush-hush\""));
}
