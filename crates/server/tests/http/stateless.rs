//! The revision of 2026-07-28: no handshake, no session, every request carries what it needs.

use crate::client::{Answer, Client, Reply, call, request};
use crate::server::Server;
use serde_json::{Value, json};
use std::net::TcpStream;

const VERSION: &str = "2026-07-28";

/// A request with all it needs.
pub(crate) fn post(client: Client, method: &str, params: &Value) -> Reply {
    let (headers, body) = message(method, params);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    client.send("POST", "/mcp", &headers, &body)
}

/// Sends a request and does not wait for its answer.
pub(crate) fn begin(client: Client, method: &str, params: &Value) -> TcpStream {
    let (headers, body) = message(method, params);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    client.begin("POST", "/mcp", &headers, &body)
}

fn message(method: &str, params: &Value) -> (Vec<(&'static str, String)>, String) {
    let mut params = params.clone();
    let meta = params
        .as_object_mut()
        .expect("parameters are an object")
        .entry("_meta")
        .or_insert_with(|| json!({}));
    meta["io.modelcontextprotocol/protocolVersion"] = VERSION.into();
    meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
    meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    let name = ["name", "uri"]
        .into_iter()
        .find_map(|key| params[key].as_str());
    let mut headers = vec![
        ("accept", "application/json, text/event-stream".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("mcp-protocol-version", VERSION.to_owned()),
        ("mcp-method", method.to_owned()),
    ];
    headers.extend(name.map(|name| ("mcp-name", name.to_owned())));
    (headers, request(1, method, &params).to_string())
}

pub(crate) fn ask(client: Client, method: &str, params: &Value) -> Answer {
    post(client, method, params).answer()
}

#[test]
fn a_request_needs_no_handshake() {
    let server = Server::streamable("//- a.md\n# A\n");
    let discovered = ask(server.client(), "server/discover", &json!({}));
    let versions = &discovered.result()["supportedVersions"];
    assert!(
        versions
            .as_array()
            .is_some_and(|all| all.contains(&json!(VERSION))),
        "{versions}"
    );
    let listed = ask(server.client(), "tools/list", &json!({}));
    assert!(
        listed.result()["tools"]
            .as_array()
            .is_some_and(|tools| tools.len() > 20)
    );
    let directory = ask(
        server.client(),
        "tools/call",
        &call("list_directory", &json!({})),
    );
    assert_eq!(directory.result()["isError"], false);
    assert!(directory.text().contains("a.md"), "{}", directory.text());
    // What that revision does not have.
    let ping = post(server.client(), "ping", &json!({}));
    assert_eq!(ping.status, 404);
    assert_eq!(ping.json()["error"]["code"], -32601);
    let unsubscribe = post(server.client(), "resources/unsubscribe", &json!({}));
    assert_eq!(unsubscribe.status, 404);
}

#[test]
fn both_eras_share_one_endpoint() {
    let server = Server::streamable("//- a.md\n# A\n");
    let (session, _) = crate::legacy::Session::begin(&server, "2025-11-25");
    ask(server.client(), "tools/list", &json!({})).result();
    session.request("tools/list", &json!({})).result();
}

#[test]
fn a_request_that_lacks_what_it_needs_is_refused() {
    let server = Server::streamable("");
    let headers = [
        ("accept", "application/json, text/event-stream"),
        ("content-type", "application/json"),
        ("mcp-protocol-version", VERSION),
    ];
    let bare = request(1, "tools/list", &json!({})).to_string();
    let refused = server.send("POST", "/mcp", &headers, &bare);
    assert_eq!(refused.status, 400);
}
