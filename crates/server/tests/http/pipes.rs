//! Conversations over a pair of pipes, as over stdin and stdout.

use crate::client::{call, initialize, notification, request};
use crate::server::{PATIENCE, PROMPT, Served, many};
use cairn_server::Indexing;
use cairn_testkit::Vault;
use serde_json::{Value, json};
use std::time::Instant;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, duplex};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

struct Pipes {
    runtime: Runtime,
    input: Option<DuplexStream>,
    output: Lines<BufReader<DuplexStream>>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Pipes {
    fn new(served: &Served) -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let ((input, theirs), (ours, output)) = (duplex(1 << 16), duplex(1 << 16));
        let serving = runtime.spawn(cairn_server::connection(served.mcp(), theirs, ours));
        Self {
            runtime,
            input: Some(input),
            output: BufReader::new(output).lines(),
            serving,
        }
    }

    fn begun(served: &Served) -> Self {
        let mut pipes = Self::new(served);
        pipes.send(&initialize("2025-11-25").to_string());
        assert_eq!(pipes.next()["result"]["serverInfo"]["name"], "cairn");
        pipes.send(&notification("notifications/initialized", &json!({})).to_string());
        pipes
    }

    fn send(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is open");
        self.runtime
            .block_on(input.write_all(format!("{line}\n").as_bytes()))
            .expect("it is read");
    }

    /// The next line of the output; null when it ends.
    fn next(&mut self) -> Value {
        let next = async { tokio::time::timeout(PATIENCE, self.output.next_line()).await };
        let line = self.runtime.block_on(next).expect("a line comes");
        match line.expect("the output is text") {
            Some(line) => serde_json::from_str(&line).expect("the output is JSON alone"),
            None => Value::Null,
        }
    }

    /// The answer to a request, and whether progress was told before it.
    fn answer(&mut self, id: u64) -> (Value, bool) {
        let mut is_told = false;
        loop {
            let message = self.next();
            assert!(!message.is_null(), "the output ended");
            if message["id"] == id {
                return (message, is_told);
            }
            is_told |= message["method"] == "notifications/progress";
        }
    }

    /// Ends the input; waits until the conversation is over, which takes no time to speak of.
    fn end(&mut self) {
        drop(self.input.take());
        let begun = Instant::now();
        let ended = self.runtime.block_on(&mut self.serving);
        ended.expect("it does not panic").expect("it ends well");
        assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    }
}

#[test]
fn every_request_is_answered_before_the_end() {
    let served = Served::new("//- a.md\n# A\n");
    let mut pipes = Pipes::new(&served);
    let mut lines = vec![initialize("2025-11-25").to_string()];
    lines.push(notification("notifications/initialized", &json!({})).to_string());
    for id in 1..=20 {
        let list = call("list_directory", &json!({}));
        lines.push(request(id, "tools/call", &list).to_string());
    }
    // The last line needs no end.
    let text = lines.join("\n");
    let input = pipes.input.as_mut().expect("the input is open");
    pipes
        .runtime
        .block_on(input.write_all(text.as_bytes()))
        .expect("it is read");
    pipes.end();
    let mut answered = Vec::new();
    loop {
        let message = pipes.next();
        match &message["id"] {
            Value::Null if message.is_null() => break,
            Value::Null => {}
            id => answered.push(id.as_u64().expect("a number")),
        }
    }
    answered.sort_unstable();
    assert_eq!(answered, (0..=20).collect::<Vec<_>>());
}

#[test]
fn a_long_call_does_not_outlive_its_input() {
    let (served, vault) = (Served::new(""), Vault::new(&many(3000)));
    let mut pipes = Pipes::begun(&served);
    let (is_entered, go) = served.levers.hold();
    let arguments = json!({ "project_name": "big", "project_path": vault.root() });
    let create = call("create_memory_project", &arguments);
    pipes.send(&request(1, "tools/call", &create).to_string());
    is_entered.recv().expect("the call is made");
    // The call does not go on at all before the conversation is over.
    pipes.end();
    go.send(()).expect("the call waits");
}

#[test]
fn what_is_no_message_is_answered_and_the_conversation_goes_on() {
    let served = Served::new("");
    let mut pipes = Pipes::new(&served);
    // Before the beginning, in the middle, and whatever it is.
    pipes.send(&notification("notifications/initialized", &json!({})).to_string());
    for (line, code, id) in [
        ("{\"jsonrpc\":", -32700, json!(null)),
        ("nonsense", -32700, json!(null)),
        ("\u{0}", -32700, json!(null)),
        ("17", -32600, json!(null)),
        ("{\"id\":5}", -32600, json!(5)),
    ] {
        pipes.send(line);
        let answer = pipes.next();
        assert_eq!(
            (&answer["error"]["code"], &answer["id"]),
            (&json!(code), &id),
            "{line:?}"
        );
    }
    pipes.send("");
    pipes.send(&request(6, "ping", &json!({})).to_string());
    assert_eq!(pipes.next()["id"], 6);
    pipes.send(&initialize("2025-06-18").to_string());
    assert_eq!(pipes.next()["result"]["protocolVersion"], "2025-06-18");
    pipes.send("{\"jsonrpc\":");
    assert_eq!(pipes.next()["error"]["code"], -32700);
    pipes.send(&format!("{}\r", request(7, "ping", &json!({}))));
    assert_eq!(pipes.next()["id"], 7);
    pipes.end();
}

#[test]
fn several_messages_in_a_list_are_each_answered() {
    let served = Served::new("");
    let mut pipes = Pipes::begun(&served);
    let both = json!([
        request(1, "ping", &json!({})),
        request(2, "ping", &json!({}))
    ]);
    pipes.send(&both.to_string());
    let mut ids = [pipes.next()["id"].clone(), pipes.next()["id"].clone()];
    ids.sort_by_key(Value::as_u64);
    assert_eq!(ids, [json!(1), json!(2)]);
}

#[test]
fn a_client_without_a_handshake_is_served() {
    let served = Served::new("//- a.md\n# A\n");
    let mut pipes = Pipes::new(&served);
    let params = json!({ "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    } });
    pipes.send(&request(1, "server/discover", &params).to_string());
    let (discovered, _) = pipes.answer(1);
    assert!(
        discovered["result"]["supportedVersions"].is_array(),
        "{discovered}"
    );
    pipes.send(&request(2, "tools/list", &params).to_string());
    let (listed, _) = pipes.answer(2);
    assert!(
        listed["result"]["tools"]
            .as_array()
            .is_some_and(|tools| tools.len() > 20)
    );
    pipes.end();
}

#[test]
fn a_client_that_never_says_it_is_ready_still_has_its_notes_indexed() {
    let served = Served::new("//- a.md\n# A\n");
    let mut pipes = Pipes::new(&served);
    pipes.send(&initialize("2025-11-25").to_string());
    pipes.next();
    assert_eq!(
        served.host.indexing("main"),
        None,
        "nothing is begun for a handshake"
    );
    pipes.send(&request(1, "tools/list", &json!({})).to_string());
    pipes.answer(1);
    assert!(served.host.indexing("main").is_some());
    pipes.end();
}

#[test]
fn changes_and_progress_are_told() {
    let (served, vault) = (Served::new("//- a.md\n# A\n"), Vault::new(&many(60)));
    let mut pipes = Pipes::begun(&served);
    pipes.send(
        &request(
            1,
            "resources/subscribe",
            &json!({ "uri": "memory://main/a" }),
        )
        .to_string(),
    );
    assert!(pipes.answer(1).0["error"].is_null());
    served.vault.write("a.md", "# A\n\nsecond\n");
    loop {
        let message = pipes.next();
        if message["method"] == "notifications/resources/updated" {
            assert_eq!(message["params"]["uri"], "memory://main/a");
            break;
        }
    }
    let arguments = json!({ "project_name": "big", "project_path": vault.root() });
    let create = call("create_memory_project", &arguments);
    pipes.send(&request(2, "tools/call", &create).to_string());
    assert!(pipes.answer(2).1, "progress is told");
    pipes.end();
}

#[test]
fn who_is_told_of_a_change_finds_it() {
    let served = Served::unwatched("//- a.md\n# A\n");
    let mut pipes = Pipes::begun(&served);
    let uri = json!({ "uri": "memory://main/a" });
    pipes.send(&request(1, "resources/subscribe", &uri).to_string());
    assert!(pipes.answer(1).0["error"].is_null());
    // The sync that runs behind would find the edit.
    while served.host.indexing("main") != Some(Indexing::Complete) {
        std::thread::yield_now();
    }
    served.vault.write("a.md", "# A\n\nfrom outside\n");
    // Something else changes: the index does not know the edit yet, so it is not told of.
    let write = json!({ "title": "B", "directory": "", "content": "text" });
    pipes.send(&request(2, "tools/call", &call("write_note", &write)).to_string());
    loop {
        let message = pipes.next();
        assert_ne!(message["method"], "notifications/resources/updated");
        if message["method"] == "notifications/resources/list_changed" {
            break;
        }
    }
    pipes.send(&request(3, "tools/call", &call("sync", &json!({}))).to_string());
    loop {
        let message = pipes.next();
        if message["method"] == "notifications/resources/updated" {
            break;
        }
    }
    let query = call("search_notes", &json!({ "query": "outside" }));
    pipes.send(&request(4, "tools/call", &query).to_string());
    let (found, _) = pipes.answer(4);
    assert!(found.to_string().contains("match: from outside"), "{found}");
    pipes.end();
}

#[test]
fn a_folder_that_is_made_anew_is_watched_again() {
    let served = Served::new("//- a.md\n# A\n");
    let mut pipes = Pipes::begun(&served);
    while served.host.indexing("main") != Some(Indexing::Complete) {
        std::thread::yield_now();
    }
    let root = served.vault.root();
    std::fs::remove_dir_all(root).expect("nobody else writes there");
    std::fs::create_dir(root).expect("the name is free");
    // The first is found by the sync that begins anew, the second by the watch.
    let (begun, mut id) = (Instant::now(), 0);
    for file in ["b.md", "c.md"] {
        served.vault.write(file, "# Born\n");
        loop {
            id += 1;
            let list = call("list_directory", &json!({}));
            pipes.send(&request(id, "tools/call", &list).to_string());
            if pipes.answer(id).0.to_string().contains(file) {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "{file} is not seen");
        }
    }
    pipes.end();
}

#[test]
fn a_client_that_reads_nothing_waits_to_ask_more() {
    let served = Served::new("");
    let mut pipes = Pipes::begun(&served);
    let line = format!("{}\n", request(1, "tools/list", &json!({})));
    let mut input = pipes.input.take().expect("the input is open");
    // Numbered anew each time, as a client does.
    let flood = async {
        for id in 2..20_000_u64 {
            let line = line.replace("\"id\":1", &format!("\"id\":{id}"));
            let written = input.write_all(line.as_bytes());
            if tokio::time::timeout(PROMPT, written).await.is_err() {
                return id;
            }
        }
        20_000
    };
    let asked = pipes.runtime.block_on(flood);
    assert!(asked < 5000, "{asked} requests wait in memory");
    // Reading goes on where it was, and so does asking.
    for _ in 0..500 {
        assert!(pipes.next()["result"]["tools"].is_array());
    }
    drop(input);
}

#[test]
fn a_host_that_is_stopped_ends_the_conversation() {
    let served = Served::new("");
    let mut pipes = Pipes::begun(&served);
    served.host.stop();
    let ended = pipes.runtime.block_on(&mut pipes.serving);
    ended.expect("it does not panic").expect("it ends well");
    assert!(pipes.next().is_null());
}
