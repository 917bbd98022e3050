//! The streamable transport with sessions, of the revisions before 2026-07-28.

use crate::client::{Answer, Client, Reply, call, initialize, notification, request};
use crate::server::{PROMPT, Server};
use serde_json::{Value, json};
use std::time::Instant;

const HEADERS: [(&str, &str); 2] = [
    ("accept", "application/json, text/event-stream"),
    ("content-type", "application/json"),
];

/// A session of an older revision.
pub(crate) struct Session {
    client: Client,
    id: String,
    version: String,
    next: std::cell::Cell<u64>,
}

impl Session {
    pub(crate) fn begin(server: &Server, version: &str) -> (Self, Value) {
        let client = server.client();
        let reply = client.send("POST", "/mcp", &HEADERS, &initialize(version).to_string());
        let id = reply
            .header("mcp-session-id")
            .expect("it has an id")
            .to_owned();
        let result = reply.answer().result().clone();
        let session = Self {
            client,
            id,
            version: result["protocolVersion"]
                .as_str()
                .expect("a text")
                .to_owned(),
            next: std::cell::Cell::new(1),
        };
        let begun = session.post(&notification("notifications/initialized", &json!({})));
        assert_eq!(begun.status, 202);
        (session, result)
    }

    pub(crate) fn post(&self, message: &Value) -> Reply {
        self.send("POST", &message.to_string())
    }

    /// What the server says unasked.
    pub(crate) fn listen(&self) -> Reply {
        let listening = self.send("GET", "");
        assert_eq!(listening.status, 200);
        listening
    }

    pub(crate) fn send(&self, method: &str, body: &str) -> Reply {
        let headers = [
            HEADERS[0],
            HEADERS[1],
            ("mcp-session-id", self.id.as_str()),
            ("mcp-protocol-version", self.version.as_str()),
        ];
        self.client.send(method, "/mcp", &headers, body)
    }

    /// Sends a request without waiting for its answer.
    pub(crate) fn ask(&self, method: &str, params: &Value) -> (u64, Reply) {
        let id = self.next.replace(self.next.get() + 1);
        (id, self.post(&request(id, method, params)))
    }

    pub(crate) fn request(&self, method: &str, params: &Value) -> Answer {
        let (id, reply) = self.ask(method, params);
        let answer = reply.answer();
        assert_eq!(answer.message["id"], id);
        answer
    }
}

#[test]
fn every_older_revision_has_its_handshake() {
    let server = Server::streamable("//- a.md\n# A\n");
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let (session, result) = Session::begin(&server, version);
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "cairn");
        assert_eq!(result["capabilities"]["resources"]["subscribe"], true);
        let listed = session.request("tools/list", &json!({}));
        assert!(
            listed.result()["tools"]
                .as_array()
                .is_some_and(|tools| tools.len() > 20)
        );
        assert_eq!(session.request("ping", &json!({})).result(), &json!({}));
    }
    // One that nobody knows is answered with the newest that has a handshake.
    let (_, result) = Session::begin(&server, "1999-01-01");
    assert_eq!(result["protocolVersion"], "2025-11-25");
}

#[test]
fn a_session_ends_when_it_is_deleted() {
    let server = Server::streamable("");
    let (session, _) = Session::begin(&server, "2025-06-18");
    assert_eq!(session.send("DELETE", "").status, 204);
    let message = request(9, "ping", &json!({}));
    assert_eq!(session.post(&message).status, 404);
    let unknown = Session {
        id: "none".to_owned(),
        ..session
    };
    let refused = unknown.post(&message);
    assert_eq!(refused.status, 404);
    let error = &refused.json()["error"];
    assert_eq!(error["message"], "Not Found: Session not found");
    let put = server.send("PUT", "/mcp", &HEADERS, "");
    assert_eq!(
        (put.status, put.header("allow")),
        (405, Some("GET, POST, DELETE"))
    );
}

#[test]
fn what_is_no_message_is_refused_and_the_session_goes_on() {
    let server = Server::streamable("");
    let (session, _) = Session::begin(&server, "2025-06-18");
    for body in ["{\"jsonrpc\":", "nonsense", "", "17"] {
        let refused = session.send("POST", body);
        assert_eq!(refused.status, 400, "{body:?}");
        assert_eq!(refused.json()["error"]["code"], -32700, "{body:?}");
    }
    let plain = [HEADERS[0], ("content-type", "text/plain")];
    let refused = server.send(
        "POST",
        "/mcp",
        &plain,
        &initialize("2025-06-18").to_string(),
    );
    assert_eq!(refused.status, 415);
    let unknown = session.request("no/such", &json!({}));
    assert_eq!(unknown.message["error"]["code"], -32601);
    let misread = session.request("tools/call", &json!({ "arguments": {} }));
    assert_eq!(misread.message["error"]["code"], -32602);
    assert_eq!(session.request("ping", &json!({})).result(), &json!({}));
}

#[test]
fn who_takes_any_type_is_served() {
    let server = Server::streamable("");
    let begin = initialize("2025-06-18").to_string();
    for (accept, status) in [
        (Some("*/*"), 200),
        (Some("text/html, */*;q=0.1"), 200),
        (None, 200),
        (Some("application/json"), 406),
    ] {
        let mut headers = vec![HEADERS[1]];
        headers.extend(accept.map(|accept| ("accept", accept)));
        let reply = server.send("POST", "/mcp", &headers, &begin);
        assert_eq!(reply.status, status, "{accept:?}");
    }
}

#[test]
fn of_too_many_sessions_the_one_unused_for_longest_ends() {
    let server = Server::streamable("");
    let (first, _) = Session::begin(&server, "2025-06-18");
    let (second, _) = Session::begin(&server, "2025-06-18");
    let mut listening = second.listen();
    for _ in 0..254 {
        Session::begin(&server, "2025-06-18");
    }
    first.request("ping", &json!({})).result();
    Session::begin(&server, "2025-06-18");
    while listening.message().is_some() {}
    let ping = request(9, "ping", &json!({}));
    assert_eq!(second.post(&ping).status, 404);
    assert_eq!(first.post(&ping).status, 200);
}

#[test]
fn a_panic_in_a_verb_ends_the_call_alone() {
    let server = Server::streamable("//- a.md\n# A\n");
    let (session, _) = Session::begin(&server, "2025-11-25");
    let panics = &server.served.levers.panics;
    panics.store(true, std::sync::atomic::Ordering::SeqCst);
    let list = call("list_directory", &json!({}));
    let failed = session.request("tools/call", &list);
    assert_eq!(failed.result()["isError"], true);
    assert_eq!(
        failed.text(),
        "list_directory: internal failure: the clock fell from the wall"
    );
    panics.store(false, std::sync::atomic::Ordering::SeqCst);
    let answered = session.request("tools/call", &list);
    assert_eq!(answered.result()["isError"], false, "{}", answered.text());
}

#[test]
fn a_server_ends_promptly_whatever_is_open() {
    let mut server = Server::streamable("//- a.md\n# A\n");
    let (session, _) = Session::begin(&server, "2025-11-25");
    let mut listening = session.listen();
    let begun = Instant::now();
    server.end().expect("it ends well");
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    while listening.message().is_some() {}
}
