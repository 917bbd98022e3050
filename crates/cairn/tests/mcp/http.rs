//! `cairn mcp` over HTTP: the options arrive, and the door is closed where it should be.
//!
//! What each revision of the protocol wants is tested in the server's own room.

use super::bench::{Bench, NOTES};
use super::server::PATIENCE;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

/// A server that listens, and where.
struct Listening {
    child: Child,
    address: String,
}

impl Listening {
    fn new(bench: &Bench, more: &[&str]) -> Self {
        let arguments = [&["mcp", "--port", "0"], more].concat();
        let mut child = bench
            .command(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        stderr.read_line(&mut line).unwrap();
        let (_, url) = line
            .trim_end()
            .split_once("serves MCP at http://")
            .unwrap_or_else(|| panic!("it says {line:?}"));
        let (address, path) = url.split_at(url.find('/').unwrap());
        assert_eq!(path, "/notes");
        Self {
            child,
            address: address.to_owned(),
        }
    }

    /// Posts an `initialize` and returns the whole answer.
    fn post(&self, headers: &str) -> String {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "POST /notes HTTP/1.1\r\nHost: {}\r\nAccept: application/json, text/event-stream\r\nContent-Type: \
             application/json\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn it_answers_where_it_says_it_does() {
    let bench = Bench::new(NOTES);
    let options = ["--transport", "streamable-http", "--path", "notes/"];
    let server = Listening::new(&bench, &options);
    let answer = server.post("");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"serverInfo\""),
        "{answer}"
    );
    let foreign = server.post("Origin: https://example.com\r\n");
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    let port = server.address.rsplit(':').next().unwrap();
    let taken = bench.run(&["mcp", "--transport", "sse", "--port", port]);
    assert!(
        taken.contains("! hint: choose another port with --port") && taken.ends_with("[exit 1]\n"),
        "{taken}"
    );
}

#[test]
fn a_token_is_asked_for() {
    let bench = Bench::new(NOTES);
    let file = bench.home.path().join("token");
    std::fs::write(&file, "open-sesame\n").unwrap();
    let file = file.to_str().unwrap();
    let options = [
        "--transport",
        "streamable-http",
        "--path",
        "/notes",
        "--token-file",
        file,
    ];
    let server = Listening::new(&bench, &options);
    let closed = server.post("");
    assert!(closed.starts_with("HTTP/1.1 401"), "{closed}");
    let open = server.post("Authorization: Bearer open-sesame\r\n");
    assert!(open.starts_with("HTTP/1.1 200"), "{open}");
    drop(server);

    bench.run(&["config", "set", "http_token", "other"]);
    let server = Listening::new(&bench, &options[..4]);
    assert!(server.post("").starts_with("HTTP/1.1 401"));
    let open = server.post("Authorization: Bearer other\r\n");
    assert!(open.starts_with("HTTP/1.1 200"), "{open}");

    let empty = bench.home.path().join("empty");
    std::fs::write(&empty, "\n").unwrap();
    let refused = bench.run(&[
        "mcp",
        "--transport",
        "sse",
        "--token-file",
        empty.to_str().unwrap(),
    ]);
    assert_eq!(
        refused,
        "! error: HOME/empty must hold a token: printable ASCII without spaces\n[exit 2]\n"
    );
    let missing = bench.run(&[
        "mcp",
        "--transport",
        "sse",
        "--token-file",
        "/nowhere/at/all",
    ]);
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
}
