//! The four prompts.
//!
//! Invariant: a prompt says only what a tool would say, and what to do with it.

mod getting_started;
mod words;

use super::call::Format;
use super::reply::{Body, Reply};
use super::tools;
use crate::host::Host;
use cairn_engine::{Cancel, Silent};
use rmcp::ErrorData;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a prompt is.
struct Declared {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Name, whether it is required, what it means.
    arguments: &'static [(&'static str, bool, &'static str)],
    fill: fn(&Asked<'_>) -> Result<String, ErrorData>,
}

/// One request for a prompt.
struct Asked<'a> {
    host: &'a Arc<Host>,
    arguments: &'a Map<String, Value>,
}

const PROMPTS: &[Declared] = &[
    Declared {
        name: "continue_conversation",
        title: "Continue Conversation",
        description: "Take up earlier work: what is known of a topic, or what was written lately",
        arguments: &[
            ("topic", false, "What to go on with"),
            ("timeframe", false, "How far back: 1d, 1 week, 1 month"),
        ],
        fill: words::continue_conversation,
    },
    Declared {
        name: "getting_started",
        title: "Getting Started",
        description: "Begin to use this knowledge base together",
        arguments: &[("project", false, "Project name or external id")],
        fill: getting_started::fill,
    },
    Declared {
        name: "recent_activity",
        title: "Recent Activity",
        description: "What was written lately, and what to do with it",
        arguments: &[
            ("timeframe", false, "How far back; default 7d"),
            ("project", false, "Project name or external id"),
        ],
        fill: words::recent_activity,
    },
    Declared {
        name: "search_knowledge_base",
        title: "Search Knowledge Base",
        description: "Search all notes, and what to do with the hits",
        arguments: &[
            ("query", true, "What to look for"),
            ("timeframe", false, "Only notes modified since then"),
        ],
        fill: words::search_knowledge_base,
    },
];

/// Returns every prompt.
pub(crate) fn list() -> Vec<Prompt> {
    let prompt = |declared: &Declared| {
        let arguments = declared.arguments.iter();
        let arguments = arguments.map(|(name, required, description)| {
            PromptArgument::new(*name)
                .with_description(*description)
                .with_required(*required)
        });
        let mut prompt = Prompt::new(
            declared.name,
            Some(declared.description),
            Some(arguments.collect()),
        );
        prompt.title = Some(declared.title.to_owned());
        prompt
    };
    PROMPTS.iter().map(prompt).collect()
}

/// Whether there is a prompt of that name.
pub(crate) fn is_one(name: &str) -> bool {
    PROMPTS.iter().any(|declared| declared.name == name)
}

/// Returns one prompt, filled in.
pub(crate) fn get(
    host: &Arc<Host>,
    request: &GetPromptRequestParams,
) -> Result<GetPromptResult, ErrorData> {
    let invalid = |message: String| ErrorData::invalid_params(message, None);
    let declared = PROMPTS
        .iter()
        .find(|declared| declared.name == request.name)
        .ok_or_else(|| invalid(format!("Unknown prompt: '{}'", request.name)))?;
    let none = Map::new();
    let asked = Asked {
        host,
        arguments: request.arguments.as_ref().unwrap_or(&none),
    };
    let missing: Vec<String> = declared
        .arguments
        .iter()
        .filter(|(name, required, _)| *required && asked.text(name).is_none())
        .map(|(name, ..)| format!("'{name}'"))
        .collect();
    if !missing.is_empty() {
        return Err(invalid(format!(
            "Missing required arguments: {{{}}}",
            missing.join(", ")
        )));
    }
    let text = (declared.fill)(&asked)?;
    let mut result = GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]);
    result.description = Some(declared.description.to_owned());
    Ok(result)
}

impl Asked<'_> {
    /// Returns an argument that says something.
    fn text(&self, name: &str) -> Option<String> {
        let text = match self.arguments.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Null => return None,
            other => other.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }

    /// Returns what a tool answers; a tool that fails fails the prompt.
    fn call(
        &self,
        tool: &str,
        format: Format,
        arguments: &[(&str, Option<String>)],
    ) -> Result<Reply, ErrorData> {
        let tool = tools::tool(tool).expect("prompts call tools of the list");
        let mut given: Map<String, Value> = arguments
            .iter()
            .filter_map(|(name, value)| Some(((*name).to_owned(), json!(value.as_ref()?))))
            .collect();
        let format = match format {
            Format::Text => "text",
            Format::Json => "json",
        };
        given.insert("output_format".to_owned(), json!(format));
        let reply = tools::call(self.host, tool, given, None, &Silent, &Cancel::new());
        if reply.is_error {
            return Err(ErrorData::invalid_params(text(reply), None));
        }
        Ok(reply)
    }
}

/// What a reply says, with what the server added.
fn text(reply: Reply) -> String {
    let mut text = match reply.body {
        Body::Text(text) => text,
        Body::Json(value) => value.to_string(),
    };
    if let Some(notice) = reply.notice {
        text.push_str("\n\n");
        text.push_str(&notice);
    }
    text
}
