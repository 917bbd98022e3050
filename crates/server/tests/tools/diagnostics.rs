//! `basic_memory_diagnostics`.

use crate::harness::Server;
use cairn_server::Produces;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn says_what_a_report_needs() {
    let server = Server::new("//- a.md\n# A\n");
    let said = server.transcript(&[
        ("basic_memory_diagnostics", json!({})),
        ("basic_memory_diagnostics", json!({ "project": "main" })),
    ]);
    assert_snapshot!(said.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn it_has_no_schema_of_an_answer() {
    let tool = cairn_server::tool("basic_memory_diagnostics").expect("the tool exists");
    assert_eq!(tool.produces, Produces::Text);
}
