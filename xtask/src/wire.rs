//! A client of `cairn mcp` over stdin and stdout, small enough not to be what is measured.
//!
//! Not a library client: it speaks the two handshake messages and `tools/call`, and reads answers line by line.
//! Invariant: an answer that is no JSON, or none to a call that was made, is an error.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server and the pipes to it.
pub(crate) struct Wire {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u64,
    /// How long the answer to `initialize` took, from before the process was started.
    pub(crate) started: Duration,
}

/// An answer, and how long it took.
pub(crate) struct Answer {
    /// Which of the calls it answers, in their order.
    pub(crate) call: usize,
    /// From the writing of the call to the reading of the answer.
    pub(crate) took: Duration,
    /// `result`, or `error` where there is none.
    pub(crate) result: Value,
}

impl Wire {
    /// Starts a server and shakes hands.
    ///
    /// # Errors
    ///
    /// When it does not start or answers something else than it should.
    pub(crate) fn start(cairn: &Path, home: &Path, arguments: &[&str]) -> Result<Self> {
        let start = Instant::now();
        let mut server = Command::new(cairn)
            .arg("mcp")
            .args(arguments)
            .env("CAIRN_HOME", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run {}", cairn.display()))?;
        let input = server.stdin.take().context("stdin is a pipe")?;
        let output = BufReader::new(server.stdout.take().context("stdout is a pipe")?);
        let mut wire = Self {
            server,
            input,
            output,
            next: 1,
            started: Duration::ZERO,
        };
        let hello = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
                "protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": { "name": "xtask", "version": "1" },
            },
        });
        wire.send(&hello)?;
        let answer = wire.receive()?;
        ensure!(
            answer["result"]["serverInfo"].is_object(),
            "no handshake: {answer}"
        );
        wire.started = start.elapsed();
        wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))?;
        Ok(wire)
    }

    /// The server's process.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// Makes calls, at most `window` of them unanswered at a time, and hands each answer to `seen`.
    ///
    /// # Errors
    ///
    /// When the server ends, or answers what was not asked.
    pub(crate) fn calls(
        &mut self,
        calls: &[(&str, Value)],
        window: usize,
        mut seen: impl FnMut(Answer) -> Result<()>,
    ) -> Result<Duration> {
        let start = Instant::now();
        let mut waiting: HashMap<u64, (usize, Instant)> = HashMap::new();
        let mut ahead = calls.iter().enumerate();
        loop {
            while waiting.len() < window {
                let Some((at, (tool, arguments))) = ahead.next() else {
                    break;
                };
                let id = self.next;
                self.next += 1;
                let call = json!({
                    "jsonrpc": "2.0", "id": id, "method": "tools/call",
                    "params": { "name": tool, "arguments": arguments },
                });
                waiting.insert(id, (at, Instant::now()));
                self.send(&call)?;
            }
            if waiting.is_empty() {
                return Ok(start.elapsed());
            }
            let mut answer = self.receive()?;
            let Some(id) = answer["id"].as_u64() else {
                // A notification answers nothing.
                continue;
            };
            let (call, sent) = waiting.remove(&id).context("an answer nobody asked for")?;
            let key = if answer["result"].is_null() {
                "error"
            } else {
                "result"
            };
            seen(Answer {
                call,
                took: sent.elapsed(),
                result: answer[key].take(),
            })?;
        }
    }

    /// Makes one call; its first text.
    ///
    /// # Errors
    ///
    /// When the server ends, or the tool answers with an error.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Result<String> {
        let mut said = String::new();
        self.calls(&[(tool, arguments)], 1, |answer| {
            ensure!(!failed(&answer.result), "{tool}: {}", answer.result);
            said = text(&answer.result).to_owned();
            Ok(())
        })?;
        Ok(said)
    }

    /// The tools as the server lists them.
    ///
    /// # Errors
    ///
    /// When it lists none.
    pub(crate) fn tools(&mut self) -> Result<Vec<Value>> {
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" }))?;
        let mut answer = self.receive()?;
        match answer["result"]["tools"].take() {
            Value::Array(tools) if !tools.is_empty() => Ok(tools),
            _ => bail!("no tools: {answer}"),
        }
    }

    /// Sends lines that are no messages; the server must answer the call that follows them.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub(crate) fn garbage(&mut self) -> Result<()> {
        let deep = "[".repeat(100_000);
        let lines = [
            "",
            "{",
            "[]",
            "null",
            "42",
            "\"text\"",
            r#"{"jsonrpc":"2.0"}"#,
            &deep,
            "\u{0}\u{0}",
        ];
        for line in lines {
            self.input.write_all(line.as_bytes())?;
            self.input.write_all(b"\n")?;
        }
        self.input.write_all(b"{\"a\":\"\xff\xfe\\ud800\"}\n")?;
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }))?;
        loop {
            let answer = self.receive()?;
            if answer["id"] == json!(id) {
                ensure!(answer["result"].is_object(), "ping: {answer}");
                return Ok(());
            }
        }
    }

    /// Ends stdin; how long the server took to leave.
    ///
    /// # Errors
    ///
    /// When it does not leave within 5 s, or not with success.
    pub(crate) fn end(mut self) -> Result<Duration> {
        drop(self.input);
        let start = Instant::now();
        loop {
            if let Some(status) = self.server.try_wait()? {
                ensure!(status.success(), "the server ended with {status}");
                return Ok(start.elapsed());
            }
            if start.elapsed() > Duration::from_secs(5) {
                self.server.kill()?;
                bail!("the server did not leave when stdin ended");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Kills the server, which has no time to say anything.
    ///
    /// # Errors
    ///
    /// When it cannot be killed.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        let mut line = message.to_string();
        line.push('\n');
        self.input
            .write_all(line.as_bytes())
            .context("the server is gone")
    }

    fn receive(&mut self) -> Result<Value> {
        let mut line = String::new();
        let length = self.output.read_line(&mut line)?;
        ensure!(length > 0, "the server ended");
        serde_json::from_str(&line).with_context(|| format!("no JSON: {line}"))
    }
}

/// Whether an answer says that something went wrong.
pub(crate) fn failed(result: &Value) -> bool {
    result["isError"] == json!(true) || result["content"].is_null()
}

/// The first text of an answer.
pub(crate) fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}
