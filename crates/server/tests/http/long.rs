//! Calls that take long: how far they are, and that they end when nobody wants their answer.

use crate::client::{call, notification};
use crate::legacy::Session;
use crate::server::{Served, Server, many, options};
use crate::{sse, stateless};
use cairn_server::HttpTransport;
use cairn_testkit::Vault;
use serde_json::{Value, json};

fn create(vault: &Vault) -> Value {
    let arguments = json!({ "project_name": "big", "project_path": vault.root() });
    call("create_memory_project", &arguments)
}

#[test]
fn progress_is_told_over_every_transport() {
    let vault = Vault::new(&many(60));
    let server = Server::streamable("");
    let (session, _) = Session::begin(&server, "2025-11-25");
    assert!(
        session
            .request("tools/call", &create(&vault))
            .has_progress()
    );

    let server = Server::streamable("");
    assert!(stateless::ask(server.client(), "tools/call", &create(&vault)).has_progress());

    let server = Server::with("", options(HttpTransport::Sse));
    let mut session = sse::Session::begun(&server);
    assert!(
        session
            .request("tools/call", &create(&vault))
            .has_progress()
    );
}

/// How many files of the new project are known, once its registration is over.
fn known(server: &Server) -> u64 {
    let engine = server.served.host.engine().expect("it is open");
    let project = engine.project(Some("big")).expect("it is registered");
    project.known().expect("an index in memory is read")
}

const FILES: usize = 3000;

/// A server that would not index behind what a call left undone.
fn unwatched(transport: HttpTransport) -> Server {
    Server::of(Served::unwatched(""), options(transport))
}

#[test]
fn a_call_that_is_cancelled_stops() {
    let vault = Vault::new(&many(FILES));
    let server = unwatched(HttpTransport::Streamable);
    let (session, _) = Session::begin(&server, "2025-11-25");
    let mut listening = session.listen();
    let (is_entered, go) = server.served.levers.hold();
    let (id, _reply) = session.ask("tools/call", &create(&vault));
    is_entered.recv().expect("the call is made");
    let cancelled = notification("notifications/cancelled", &json!({ "requestId": id }));
    assert_eq!(session.post(&cancelled).status, 202);
    // Answered after what was sent before it.
    session.request("ping", &json!({})).result();
    go.send(()).expect("the call waits");
    // Told when the call is over.
    listening.until("notifications/resources/list_changed");
    assert!(known(&server) < FILES as u64);
}

#[test]
fn a_call_stops_when_its_connection_is_closed() {
    let vault = Vault::new(&many(FILES));
    let server = unwatched(HttpTransport::Streamable);
    let wish = json!({ "notifications": { "resourcesListChanged": true } });
    let mut listening = stateless::post(server.client(), "subscriptions/listen", &wish);
    listening.until("notifications/subscriptions/acknowledged");
    let (is_entered, go) = server.served.levers.hold();
    let closed = stateless::begin(server.client(), "tools/call", &create(&vault));
    is_entered.recv().expect("the call is made");
    drop(closed);
    go.send(()).expect("the call waits");
    listening.until("notifications/resources/list_changed");
    assert!(known(&server) < FILES as u64);
}

#[test]
fn a_call_stops_when_its_stream_is_closed() {
    let vault = Vault::new(&many(FILES));
    let server = unwatched(HttpTransport::Sse);
    let mut listening = sse::Session::begun(&server);
    let calling = sse::Session::begun(&server);
    let (is_entered, go) = server.served.levers.hold();
    let body = crate::client::request(1, "tools/call", &create(&vault)).to_string();
    assert_eq!(calling.post(&body).status, 202);
    is_entered.recv().expect("the call is made");
    drop(calling);
    go.send(()).expect("the call waits");
    listening
        .stream
        .until("notifications/resources/list_changed");
    assert!(known(&server) < FILES as u64);
}
