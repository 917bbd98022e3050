//! A client of the binary over stdio, as small as it can be.
//!
//! Invariant: every line the server writes to stdout is a JSON-RPC message, or the test ends.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running server.
pub(crate) struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<Value>,
    last: u64,
}

impl Server {
    /// Starts a prepared command and shakes hands.
    pub(crate) fn new(command: &mut Command) -> Self {
        let mut server = Self::silent(command);
        let reply = server.ask(
            "initialize",
            &json!({
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            }),
        );
        assert_eq!(reply["result"]["serverInfo"]["name"], "cairn", "{reply}");
        server.tell("notifications/initialized");
        server
    }

    /// Starts a prepared command and says nothing.
    pub(crate) fn silent(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let message: Value = serde_json::from_str(&line)
                    .unwrap_or_else(|error| json!({"not JSON": line, "error": error.to_string()}));
                if say.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            said,
            last: 0,
        }
    }

    /// Sends a request and returns its answer; notifications on the way are passed over.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.said.recv_timeout(PATIENCE).unwrap();
            assert_eq!(message["jsonrpc"], "2.0", "{message}");
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Sends a notification.
    pub(crate) fn tell(&mut self, method: &str) {
        self.send(&json!({"jsonrpc": "2.0", "method": method}));
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    /// Calls a tool and returns its text; one that failed begins with `(isError) `.
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> String {
        let reply = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        let text = reply["result"]["content"][0]["text"].as_str();
        let text = text.unwrap_or_else(|| panic!("{tool} answers {reply}"));
        if reply["result"]["isError"] == true {
            return format!("(isError) {text}");
        }
        text.to_owned()
    }

    /// Returns the names of the tools.
    pub(crate) fn tools(&mut self) -> Vec<String> {
        let reply = self.ask("tools/list", &json!({}));
        let tools = reply["result"]["tools"].as_array().unwrap();
        let name = |tool: &Value| tool["name"].as_str().unwrap().to_owned();
        tools.iter().map(name).collect()
    }

    /// Closes stdin and returns how the process ended and after how long.
    pub(crate) fn end(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        drop(self.stdin.take());
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let took = begun.elapsed();
                loop {
                    // A notification may always come; an answer may not, since nothing was asked.
                    match self.said.recv_timeout(PATIENCE) {
                        Ok(rest) if rest["id"].is_null() && rest["method"].is_string() => {}
                        Err(RecvTimeoutError::Disconnected) => return (status, took),
                        rest => panic!("{rest:?} was not asked for"),
                    }
                }
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that ended already cannot be ended again.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
