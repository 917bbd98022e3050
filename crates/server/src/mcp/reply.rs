//! What a tool answers with, before it is put on the wire.
//!
//! Invariant: text stands on the wire as it is, byte for byte; whatever the server has to add is a block of its own.

use super::declaration::{Declaration, Produces};
use rmcp::model::{CallToolResult, ContentBlock, MetaObject, Resource};
use serde_json::{Value, json};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What it says.
    pub body: Body,
    /// Notes it speaks of, which the client may read as resources.
    pub links: Vec<Resource>,
    /// What the server has to add, a block of its own (say, that indexing goes on).
    pub notice: Option<String>,
    /// Whether the tool failed, so that clients show it as a failure.
    pub is_error: bool,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Text for people and models.
    Text(String),
    /// JSON for programs.
    Json(Value),
}

impl Reply {
    /// Returns an answer in words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Body::Text(text.into()))
    }

    /// Returns an answer in JSON.
    pub fn json(value: Value) -> Self {
        Self::new(Body::Json(value))
    }

    fn new(body: Body) -> Self {
        Self {
            body,
            links: Vec::new(),
            notice: None,
            is_error: false,
        }
    }

    /// Adds links to notes.
    #[must_use]
    pub fn with_links(mut self, links: Vec<Resource>) -> Self {
        self.links = links;
        self
    }

    /// Returns the answer as it goes over the wire.
    pub(crate) fn into_wire(self, tool: &Declaration) -> CallToolResult {
        let (text, value) = match self.body {
            Body::Text(text) => (text.clone(), Value::String(text)),
            Body::Json(value) => (value.to_string(), value),
        };
        let mut content = vec![ContentBlock::text(text)];
        content.extend(self.notice.map(ContentBlock::text));
        content.extend(self.links.into_iter().map(ContentBlock::ResourceLink));
        let mut result = if self.is_error {
            CallToolResult::error(content)
        } else {
            CallToolResult::success(content)
        };
        if self.is_error {
            return result;
        }
        match tool.produces {
            Produces::Wrapped => {
                result.structured_content = Some(json!({ "result": value }));
                let mut meta = MetaObject::default();
                meta.insert("fastmcp".to_owned(), json!({ "wrap_result": true }));
                result.meta = Some(meta);
            }
            Produces::Object => result.structured_content = Some(value),
            Produces::Text => {}
        }
        result
    }
}
