//! Bytes to messages, for the transports whose messages are read here: stdio, and the older HTTP.
//!
//! It answers nothing itself. Invariant: whatever comes in, the connection goes on: what cannot be read has an answer
//! that says so, and what would end a conversation before it began is passed over.

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, ErrorCode, ErrorData, GetMeta as _,
    ProtocolVersion, RequestId, ServerJsonRpcMessage,
};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The most one message may hold.
pub(crate) const LARGEST_MESSAGE: usize = 16 << 20;

/// How many messages wait on each side of a connection.
pub(crate) const QUEUE: usize = 64;

/// How many requests of a connection may be unanswered; the next one waits. A client that asks and does not read would
/// have its answers pile up here.
const UNANSWERED: usize = 256;

/// What came in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A message.
    Message(ClientJsonRpcMessage),
    /// Something that is none, and what to answer.
    Wrong(ServerJsonRpcMessage),
}

/// Reads a message, or several in a list, as one revision has them.
pub(crate) fn read(bytes: &[u8]) -> Vec<Incoming> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return Vec::new();
    }
    if let Ok(message) = serde_json::from_slice(bytes) {
        return vec![Incoming::Message(message)];
    }
    match serde_json::from_slice::<Value>(bytes) {
        Err(error) => {
            let message = format!("Parse error: {error}");
            vec![wrong(ErrorCode::PARSE_ERROR, message, None)]
        }
        Ok(Value::Array(items)) if !items.is_empty() => {
            items.into_iter().filter_map(single).collect()
        }
        Ok(value) => single(value).into_iter().collect(),
    }
}

/// What to answer to a message that is too large to be read.
pub(crate) fn too_large() -> ServerJsonRpcMessage {
    let message = format!(
        "Invalid request: a message may hold {} MiB",
        LARGEST_MESSAGE >> 20
    );
    ServerJsonRpcMessage::error(
        ErrorData::new(ErrorCode::INVALID_REQUEST, message, None),
        None,
    )
}

fn single(value: Value) -> Option<Incoming> {
    let id = match value.get("id") {
        Some(Value::String(id)) => Some(RequestId::String(id.as_str().into())),
        Some(Value::Number(id)) => id.as_i64().map(RequestId::Number),
        // A notification has no answer, not even one that says that it was not understood.
        None if value.get("method").is_some_and(Value::is_string) => {
            return serde_json::from_value(value).ok().map(Incoming::Message);
        }
        _ => None,
    };
    Some(match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(message),
        Err(_) => wrong(
            ErrorCode::INVALID_REQUEST,
            "Invalid request: this is no JSON-RPC 2.0 message".to_owned(),
            id,
        ),
    })
}

fn wrong(code: ErrorCode, message: String, id: Option<RequestId>) -> Incoming {
    Incoming::Wrong(ServerJsonRpcMessage::error(
        ErrorData::new(code, message, None),
        id,
    ))
}

/// Whether a conversation has begun.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    has_begun: bool,
}

impl Opening {
    /// Whether a message may be passed on: before the first request that begins a conversation, in either way, a
    /// notification or an answer has nobody to go to.
    pub(crate) fn admits(&mut self, message: &ClientJsonRpcMessage) -> bool {
        let ClientJsonRpcMessage::Request(request) = message else {
            return self.has_begun;
        };
        self.has_begun |= match &request.request {
            ClientRequest::InitializeRequest(_) => true,
            ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
            request => request
                .get_meta()
                .missing_required_keys(&ProtocolVersion::V_2026_07_28)
                .is_empty(),
        };
        true
    }
}

/// The requests of a connection that are not answered.
#[derive(Debug, Default)]
pub(crate) struct Unanswered {
    requests: Mutex<HashSet<RequestId>>,
    fewer: Notify,
}

impl Unanswered {
    /// Waits until there is room for a message that came in.
    pub(crate) async fn admit(&self, message: &ClientJsonRpcMessage) {
        match message {
            ClientJsonRpcMessage::Request(request) => {
                while !self.is_admitted(&request.id) {
                    self.fewer.notified().await;
                }
            }
            ClientJsonRpcMessage::Notification(notification) => {
                // A request that is cancelled need not be answered.
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.over(id);
                }
            }
            _ => {}
        }
    }

    /// Makes room for as many as are answered by a message that goes out.
    pub(crate) fn answered(&self, message: &ServerJsonRpcMessage) {
        match message {
            ServerJsonRpcMessage::Response(response) => self.over(&response.id),
            ServerJsonRpcMessage::Error(error) => {
                if let Some(id) = &error.id {
                    self.over(id);
                }
            }
            _ => {}
        }
    }

    fn is_admitted(&self, id: &RequestId) -> bool {
        let mut requests = self.requests();
        let has_room = requests.len() < UNANSWERED;
        if has_room {
            requests.insert(id.clone());
        }
        has_room
    }

    fn over(&self, id: &RequestId) {
        if self.requests().remove(id) {
            self.fewer.notify_one();
        }
    }

    fn requests(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a text: the method of a message, or the answer.
    fn shown(text: &str) -> Vec<String> {
        let shown = |incoming| match incoming {
            Incoming::Message(message) => {
                let value = serde_json::to_value(message).expect("a message is JSON");
                value["method"].as_str().unwrap_or("an answer").to_owned()
            }
            Incoming::Wrong(answer) => {
                let value = serde_json::to_value(answer).expect("a message is JSON");
                format!("{} {}", value["error"]["code"], value["id"])
            }
        };
        read(text.as_bytes()).into_iter().map(shown).collect()
    }

    #[test]
    fn whatever_comes_in_is_a_message_or_has_an_answer() {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        for (text, expected) in [
            (ping.to_owned(), vec!["ping"]),
            (format!("\u{feff}{ping}\r"), vec!["ping"]),
            (format!("[{ping},{ping}]"), vec!["ping", "ping"]),
            ("  ".to_owned(), vec![]),
            ("{\"jsonrpc\":".to_owned(), vec!["-32700 null"]),
            ("nonsense".to_owned(), vec!["-32700 null"]),
            ("[]".to_owned(), vec!["-32600 null"]),
            ("17".to_owned(), vec!["-32600 null"]),
            (r#"{"id":7,"method":"ping"}"#.to_owned(), vec!["-32600 7"]),
            (
                r#"{"id":"a","jsonrpc":"1.0"}"#.to_owned(),
                vec![r#"-32600 "a""#],
            ),
            (format!("[{ping},1]"), vec!["ping", "-32600 null"]),
            (r#"{"method":"notifications/odd"}"#.to_owned(), vec![]),
        ] {
            assert_eq!(shown(&text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_but_requests_comes_before_the_beginning() {
        let message = |text: &str| match read(text.as_bytes()).pop() {
            Some(Incoming::Message(message)) => message,
            other => panic!("{other:?} is no message"),
        };
        let mut opening = Opening::default();
        let initialized = message(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        assert!(!opening.admits(&initialized));
        assert!(opening.admits(&message(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)));
        assert!(opening.admits(&message(
            r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#
        )));
        assert!(!opening.admits(&initialized));
        let begin = r#"{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"protocolVersion":"2025-11-25",
            "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
        assert!(opening.admits(&message(begin)));
        assert!(opening.admits(&initialized));
    }
}
