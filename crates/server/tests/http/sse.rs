//! The transport of 2024-11-05.

use crate::client::{Client, Event, Reply, call, initialize, notification, request};
use crate::server::{PROMPT, Server, options};
use cairn_server::HttpTransport;
use serde_json::{Value, json};
use std::time::Instant;

/// A session: its stream, and where its messages go.
pub(crate) struct Session {
    client: Client,
    pub(crate) stream: Reply,
    endpoint: String,
    next: u64,
}

impl Session {
    pub(crate) fn open(server: &Server, path: &str) -> Self {
        let client = server.client();
        let mut stream = client.send("GET", path, &[("accept", "text/event-stream")], "");
        assert_eq!(stream.status, 200);
        assert_eq!(stream.header("content-type"), Some("text/event-stream"));
        let Some(Event { name, data }) = stream.event() else {
            panic!("the stream ended");
        };
        assert_eq!(name, "endpoint");
        Self {
            client,
            stream,
            endpoint: data,
            next: 1,
        }
    }

    pub(crate) fn begun(server: &Server) -> Self {
        let mut session = Self::open(server, "/mcp");
        session.post(&initialize("2024-11-05").to_string());
        let answer = session.stream.message().expect("an answer comes");
        assert_eq!(answer["result"]["protocolVersion"], "2024-11-05");
        session.post(&notification("notifications/initialized", &json!({})).to_string());
        session
    }

    pub(crate) fn post(&self, body: &str) -> Reply {
        let headers = [("content-type", "application/json")];
        self.client.send("POST", &self.endpoint, &headers, body)
    }

    /// Sends a request; what comes until its answer, and the answer.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> crate::client::Answer {
        let id = self.next;
        self.next += 1;
        assert_eq!(
            self.post(&request(id, method, params).to_string()).status,
            202
        );
        let mut before = Vec::new();
        loop {
            let message = self.stream.message().expect("an answer comes");
            if message["id"] == id {
                return crate::client::Answer { before, message };
            }
            before.push(message);
        }
    }
}

fn server(vault: &str) -> Server {
    Server::with(vault, options(HttpTransport::Sse))
}

#[test]
fn a_stream_names_where_messages_go_and_brings_the_answers() {
    let server = server("//- a.md\n# A\n");
    for path in ["/mcp", "/mcp/", "/sse"] {
        let session = Session::open(&server, path);
        let id = session
            .endpoint
            .strip_prefix(path)
            .and_then(|rest| rest.strip_prefix("?sessionId="))
            .expect("a relative address");
        assert!(id.len() >= 32, "{id} can be guessed");
    }
    let mut session = Session::begun(&server);
    let listed = session.request("tools/list", &json!({}));
    assert!(
        listed.result()["tools"]
            .as_array()
            .is_some_and(|tools| tools.len() > 20)
    );
    let directory = session.request("tools/call", &call("list_directory", &json!({})));
    assert!(directory.text().contains("a.md"), "{}", directory.text());
}

#[test]
fn a_message_needs_a_session_that_is_open() {
    let server = server("");
    let ping = request(1, "ping", &json!({})).to_string();
    for path in [
        "/mcp",
        "/mcp?sessionId=",
        "/mcp?sessionId=0123456789abcdef0123456789abcdef",
    ] {
        let refused = server.send("POST", path, &[], &ping);
        assert_eq!(refused.status, 404, "{path}");
        assert_eq!(refused.json()["error"]["code"], -32600);
    }
    let session = Session::begun(&server);
    let (client, endpoint) = (session.client, session.endpoint.clone());
    drop(session);
    // The server notices that the stream is gone when it next looks at the connection.
    let begun = Instant::now();
    while client.send("POST", &endpoint, &[], &ping).status != 404 {
        assert!(
            begun.elapsed() < crate::server::PATIENCE,
            "the session stays"
        );
    }
}

#[test]
fn sessions_are_apart() {
    let server = server("//- a.md\n# A\n");
    let (mut first, mut second) = (Session::begun(&server), Session::begun(&server));
    assert_ne!(first.endpoint, second.endpoint);
    assert_eq!(first.request("ping", &json!({})).message["id"], 1);
    assert_eq!(second.request("ping", &json!({})).message["id"], 1);
}

#[test]
fn what_is_no_message_is_answered_and_the_session_goes_on() {
    let server = server("");
    let mut session = Session::open(&server, "/mcp");
    // Nobody knows this client yet.
    session.post(&notification("notifications/initialized", &json!({})).to_string());
    assert_eq!(session.post("{\"jsonrpc\":").status, 400);
    assert_eq!(
        session.stream.message().expect("it is answered")["error"]["code"],
        -32700
    );
    session.post(&initialize("2024-11-05").to_string());
    session.stream.message().expect("an answer comes");
    assert_eq!(session.post("{\"id\":4}").status, 400);
    let invalid = session.stream.message().expect("it is answered");
    assert_eq!(
        (&invalid["error"]["code"], &invalid["id"]),
        (&json!(-32600), &json!(4))
    );
    assert_eq!(session.request("ping", &json!({})).result(), &json!({}));
}

#[test]
fn a_server_ends_promptly_with_open_streams() {
    let mut server = server("");
    let mut session = Session::begun(&server);
    let begun = Instant::now();
    server.end().expect("it ends well");
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    while session.stream.message().is_some() {}
}
