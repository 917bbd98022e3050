//! The least of an HTTP client: what goes over the wire is written out, so that nothing is hidden by a library.

use crate::server::PATIENCE;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};

/// Sends requests to one address, each over a connection of its own.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    address: SocketAddr,
}

/// An answer, whose body may go on.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: BufReader<Body>,
}

/// An event of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// Sends a request with a Host header, unless one is given.
    pub(crate) fn send(
        self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        Reply::read(self.begin(method, path, headers, body))
    }

    /// Sends a request; its answer is still to be read.
    pub(crate) fn begin(
        self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> TcpStream {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let has = |wanted: &str| {
            headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        if !has("host") {
            let _ = write!(head, "host: {}\r\n", self.address);
        }
        if !has("content-length") && !has("transfer-encoding") {
            let _ = write!(head, "content-length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        self.write(&format!("{head}\r\n{body}"))
    }

    /// Sends a request as it is written.
    pub(crate) fn raw(self, request: &str) -> Reply {
        Reply::read(self.write(request))
    }

    fn write(self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a socket may have a limit");
        // Whoever is refused need not be read to the end.
        drop(stream.write_all(request.as_bytes()));
        stream
    }
}

impl Reply {
    fn read(stream: TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a head is text");
            line.trim_end().to_owned()
        };
        let status = line();
        let status = status
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{status:?} is no status"));
        let mut headers = Vec::new();
        loop {
            let line = line();
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let find = |wanted: &str| headers.iter().find(|(name, _)| name == wanted);
        let framing = match (find("transfer-encoding"), find("content-length")) {
            (Some(_), _) => Framing::Chunks(0),
            (None, Some((_, length))) => Framing::Bytes(length.parse().expect("a number")),
            (None, None) => Framing::Bytes(0),
        };
        Self {
            status,
            headers,
            body: BufReader::new(Body { reader, framing }),
        }
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    }

    /// Reads the whole body.
    pub(crate) fn text(mut self) -> String {
        let mut text = String::new();
        self.body.read_to_string(&mut text).expect("it is text");
        text
    }

    pub(crate) fn json(self) -> Value {
        let text = self.text();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
    }

    /// Reads the next event; `None` when the stream ends.
    pub(crate) fn event(&mut self) -> Option<Event> {
        let mut event = Event {
            name: "message".to_owned(),
            data: String::new(),
        };
        let mut is_any = false;
        loop {
            let mut line = String::new();
            if self.body.read_line(&mut line).expect("events are text") == 0 {
                return None;
            }
            let line = line.trim_end_matches(['\r', '\n']);
            if let Some(name) = line.strip_prefix("event: ") {
                event.name = name.to_owned();
                is_any = true;
            } else if let Some(data) = line.strip_prefix("data:") {
                event.data += data.strip_prefix(' ').unwrap_or(data);
                is_any = true;
            } else if line.is_empty() && is_any {
                return Some(event);
            }
        }
    }

    /// Reads the next message of a stream; `None` when it ends.
    pub(crate) fn message(&mut self) -> Option<Value> {
        loop {
            let event = self.event()?;
            if !event.data.is_empty() {
                return Some(serde_json::from_str(&event.data).expect("a message is JSON"));
            }
        }
    }

    /// Reads messages until one of this method comes.
    pub(crate) fn until(&mut self, method: &str) -> Value {
        loop {
            let message = self
                .message()
                .unwrap_or_else(|| panic!("the stream ended before {method}"));
            if message["method"] == method {
                return message;
            }
        }
    }

    /// Reads every message until the answer to a request comes, in one JSON body or in a stream.
    pub(crate) fn answer(mut self) -> Answer {
        assert_eq!(self.status, 200, "{:?}", self.headers);
        if self.header("content-type") == Some("application/json") {
            return Answer {
                before: Vec::new(),
                message: self.json(),
            };
        }
        let mut before = Vec::new();
        loop {
            let message = self.message().expect("an answer comes");
            if message.get("method").is_none() {
                return Answer { before, message };
            }
            before.push(message);
        }
    }
}

/// The answer to a request, and what came before it.
pub(crate) struct Answer {
    pub(crate) before: Vec<Value>,
    pub(crate) message: Value,
}

impl Answer {
    pub(crate) fn result(&self) -> &Value {
        assert!(self.message.get("error").is_none(), "{}", self.message);
        &self.message["result"]
    }

    /// The first text of what a tool answered.
    pub(crate) fn text(&self) -> &str {
        self.result()["content"][0]["text"]
            .as_str()
            .expect("a tool answers with text")
    }

    pub(crate) fn has_progress(&self) -> bool {
        self.before.iter().any(|message| {
            message["method"] == "notifications/progress"
                && message["params"]["progressToken"] == "p"
                && message["params"]["progress"].as_f64() > Some(0.0)
        })
    }
}

pub(crate) fn request(id: u64, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

pub(crate) fn notification(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// What a client of an older revision begins with.
pub(crate) fn initialize(version: &str) -> Value {
    let params = json!({
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    request(0, "initialize", &params)
}

/// A call of a tool that tells its progress.
pub(crate) fn call(tool: &str, arguments: &Value) -> Value {
    json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": "p" } })
}

enum Framing {
    Bytes(usize),
    /// What is left of the chunk that is being read.
    Chunks(usize),
}

struct Body {
    reader: BufReader<TcpStream>,
    framing: Framing,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if let Framing::Chunks(left @ 0) = &mut self.framing {
            let mut line = String::new();
            // The line before a size ends the chunk before it; the connection may end without a last chunk.
            while line.trim().is_empty() {
                line.clear();
                if self.reader.read_line(&mut line)? == 0 {
                    return Ok(0);
                }
            }
            *left = usize::from_str_radix(line.trim(), 16).expect("a size of a chunk");
        }
        let (Framing::Bytes(left) | Framing::Chunks(left)) = &mut self.framing;
        let most = buffer.len().min(*left);
        if most == 0 {
            self.framing = Framing::Bytes(0);
            return Ok(0);
        }
        let count = self.reader.read(&mut buffer[..most])?;
        *left -= count;
        Ok(count)
    }
}
