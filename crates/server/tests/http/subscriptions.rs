//! Who is told when a note changes: by this server, by another session, by another program.

use crate::client::{Reply, call};
use crate::legacy::Session;
use crate::server::{Server, options};
use crate::{sse, stateless};
use cairn_server::HttpTransport;
use serde_json::{Value, json};
use std::time::SystemTime;

const VAULT: &str = "//- a.md\n# A\n\nfirst\n//- b.md\n# B\n";
const A: &str = "memory://main/a";

fn updated(stream: &mut Reply) -> Value {
    stream.until("notifications/resources/updated")["params"]["uri"].clone()
}

#[test]
fn a_session_is_told_of_an_outside_edit_of_what_it_subscribed_to() {
    let server = Server::streamable(VAULT);
    let (session, _) = Session::begin(&server, "2025-11-25");
    let mut listening = session.listen();
    session
        .request("resources/subscribe", &json!({ "uri": A }))
        .result();
    server
        .served
        .vault
        .write("b.md", "# B, of which nobody wants to hear\n");
    // As many editors save: nobody sees a file that is half written.
    server.served.vault.write("a.md.tmp", "# A\n\nsecond\n");
    server.served.vault.rename("a.md.tmp", "a.md");
    assert_eq!(updated(&mut listening), A);
    // Its time alone is no change, nor is the other note: the next thing told is the next change.
    server
        .served
        .vault
        .set_mtime("a.md", SystemTime::UNIX_EPOCH);
    server.served.vault.write("c.md", "# C\n");
    let next = listening.message().expect("the stream goes on");
    assert_eq!(next["method"], "notifications/resources/list_changed");
    server.served.vault.remove("a.md");
    assert_eq!(updated(&mut listening), A);
}

#[test]
fn a_session_is_told_of_what_another_session_writes() {
    let server = Server::streamable(VAULT);
    let (reader, _) = Session::begin(&server, "2025-06-18");
    let (writer, _) = Session::begin(&server, "2025-11-25");
    let mut listening = reader.listen();
    reader
        .request("resources/subscribe", &json!({ "uri": A }))
        .result();
    let edit = json!({ "identifier": "a", "operation": "append", "content": "more" });
    let edited = writer.request("tools/call", &call("edit_note", &edit));
    assert_eq!(edited.result()["isError"], false, "{}", edited.text());
    assert_eq!(updated(&mut listening), A);
    let write = json!({ "title": "New", "directory": "", "content": "text" });
    writer
        .request("tools/call", &call("write_note", &write))
        .result();
    listening.until("notifications/resources/list_changed");
}

#[test]
fn what_is_not_there_cannot_be_subscribed_to() {
    let server = Server::streamable(VAULT);
    let (session, _) = Session::begin(&server, "2025-11-25");
    let uri = json!({ "uri": "memory://main/none" });
    let refused = session.request("resources/subscribe", &uri);
    assert_eq!(refused.message["error"]["code"], -32002);
}

#[test]
fn who_unsubscribes_is_told_no_more() {
    let server = Server::streamable(VAULT);
    let (session, _) = Session::begin(&server, "2025-11-25");
    let mut listening = session.listen();
    for uri in [A, "memory://main/b"] {
        session
            .request("resources/subscribe", &json!({ "uri": uri }))
            .result();
    }
    session
        .request("resources/unsubscribe", &json!({ "uri": A }))
        .result();
    server
        .served
        .vault
        .write("a.md", "# A, of which nobody wants to hear\n");
    server.served.vault.write("b.md", "# B\n\nmore\n");
    assert_eq!(updated(&mut listening), "memory://main/b");
}

#[test]
fn a_session_that_does_not_listen_is_served_all_the_same() {
    let server = Server::streamable(VAULT);
    let (session, _) = Session::begin(&server, "2025-11-25");
    session
        .request("resources/subscribe", &json!({ "uri": A }))
        .result();
    for number in 0..40 {
        let write = json!({ "title": format!("New {number}"), "directory": "", "content": "text" });
        session
            .request("tools/call", &call("write_note", &write))
            .result();
    }
}

#[test]
fn a_stream_of_2024_brings_changes_too() {
    let server = Server::with(VAULT, options(HttpTransport::Sse));
    let mut session = sse::Session::begun(&server);
    session
        .request("resources/subscribe", &json!({ "uri": A }))
        .result();
    server.served.vault.write("a.md", "# A\n\nsecond\n");
    assert_eq!(updated(&mut session.stream), A);
}

#[test]
fn a_client_without_a_session_listens_to_what_it_names() {
    let server = Server::streamable(VAULT);
    let wish = json!({ "notifications": {
        "resourceSubscriptions": [A],
        "resourcesListChanged": true,
        "toolsListChanged": true,
    } });
    let mut listening = stateless::post(server.client(), "subscriptions/listen", &wish);
    assert_eq!(listening.status, 200);
    let granted = listening.until("notifications/subscriptions/acknowledged");
    assert_eq!(
        granted["params"]["notifications"],
        json!({ "resourceSubscriptions": [A], "resourcesListChanged": true })
    );
    server
        .served
        .vault
        .write("b.md", "# B, of which nobody wants to hear\n");
    server.served.vault.write("a.md", "# A\n\nsecond\n");
    let told = listening.until("notifications/resources/updated");
    assert_eq!(told["params"]["uri"], A);
    let id = &told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
    assert_eq!(*id, 1);
    server.served.vault.write("c.md", "# C\n");
    listening.until("notifications/resources/list_changed");
}
