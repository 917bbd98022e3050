//! `basic_memory_diagnostics`.

use crate::harness::Server;
use cairn_server::HostOptions;
use serde_json::json;

#[test]
fn smoke() {
    let server = Server::with(&[("main", "//- a.md\n# A\n")], HostOptions::default());
    let said = server.transcript(&[("basic_memory_diagnostics", json!({}))]);
    assert!(server.vault("main").has("a.md"), "{said}");
}
