//! Fixture tools.

use crate::resources::pixel;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock,
    CreateMessageRequestParams, ElicitRequestParams, LoggingLevel, LoggingMessageNotificationParam,
    ProgressNotificationParam, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Name and required arguments.
const TOOLS: &[(&str, &[&str])] = &[
    ("test_simple_text", &[]),
    ("test_image_content", &[]),
    ("test_audio_content", &[]),
    ("test_embedded_resource", &[]),
    ("test_multiple_content_types", &[]),
    ("test_tool_with_logging", &[]),
    ("test_logging_tool", &[]),
    ("test_tool_with_progress", &[]),
    ("test_error_handling", &[]),
    ("test_missing_capability", &[]),
    ("test_streaming_elicitation", &[]),
    ("test_trigger_tool_change", &[]),
    ("test_trigger_prompt_change", &[]),
    ("test_sampling", &["prompt"]),
    ("test_elicitation", &["message"]),
    ("test_elicitation_sep1034_defaults", &[]),
    ("test_elicitation_sep1330_enums", &[]),
    ("test_input_required_result_elicitation", &[]),
    ("test_input_required_result_sampling", &[]),
    ("test_input_required_result_list_roots", &[]),
    ("test_input_required_result_request_state", &[]),
    ("test_input_required_result_tampered_state", &[]),
    ("test_input_required_result_multiple_inputs", &[]),
    ("test_input_required_result_multi_round", &[]),
    ("test_input_required_result_capabilities", &[]),
];

pub(crate) fn list() -> Vec<Tool> {
    let mut tools = plain();
    for (name, schema) in [
        ("json_schema_2020_12_tool", rich_schema()),
        ("test_header", header_schema()),
    ] {
        let schema = schema.as_object().cloned().unwrap_or_default();
        tools.push(Tool::new(name, "A fixture", Arc::new(schema)));
    }
    tools
}

/// Whether a tool is one of these.
pub(crate) fn has(name: &str) -> bool {
    name.starts_with("test_") || name == "json_schema_2020_12_tool"
}

/// A schema with the keywords the suite wants to find again.
fn rich_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": {
            "$anchor": "addressDef", "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
        }},
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    })
}

/// A parameter that a client repeats in a header.
fn header_schema() -> Value {
    json!({ "type": "object", "properties": {
        "region": { "type": "string", "x-mcp-header": "Region" },
    }})
}

fn plain() -> Vec<Tool> {
    TOOLS
        .iter()
        .map(|(name, required)| {
            let properties: serde_json::Map<String, Value> = required
                .iter()
                .map(|name| ((*name).to_owned(), json!({ "type": "string" })))
                .collect();
            let schema =
                json!({ "type": "object", "properties": properties, "required": required });
            let schema = schema.as_object().cloned().unwrap_or_default();
            Tool::new(*name, "A fixture", Arc::new(schema))
        })
        .collect()
}

pub(crate) async fn call(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let text = |text: &str| vec![ContentBlock::text(text)];
    let content = match request.name.as_ref() {
        "json_schema_2020_12_tool" | "test_header" => text("Called"),
        "test_simple_text" => text("This is a simple text response for testing."),
        "test_image_content" => vec![ContentBlock::image(pixel(), "image/png")],
        "test_audio_content" => vec![ContentBlock::audio(silence(), "audio/wav")],
        "test_embedded_resource" => vec![embedded(
            "test://embedded-resource",
            "text/plain",
            "This is an embedded resource content.",
        )],
        "test_multiple_content_types" => vec![
            ContentBlock::text("Multiple content types test:"),
            ContentBlock::image(pixel(), "image/png"),
            embedded(
                "test://mixed-content-resource",
                "application/json",
                r#"{"test":"data","value":123}"#,
            ),
        ],
        "test_tool_with_logging" => {
            log(context).await;
            text("Three messages were logged")
        }
        "test_tool_with_progress" => {
            progress(context).await;
            text("Progress was told")
        }
        "test_logging_tool" | "test_streaming_elicitation" => text("Nothing but this result"),
        "test_trigger_tool_change" | "test_trigger_prompt_change" => text("Nothing changes here"),
        "test_missing_capability" => {
            let needed = ClientCapabilities::builder().enable_sampling().build();
            if context
                .client_capabilities()
                .is_none_or(|has| has.sampling.is_none())
            {
                return Err(ErrorData::missing_required_client_capability(needed));
            }
            text("The client can sample")
        }
        "test_error_handling" => {
            let content = text("This tool intentionally returns an error for testing");
            return Ok(CallToolResult::error(content).into());
        }
        "test_sampling" => {
            let answer = sample(&given(request, "prompt"), context).await?;
            text(&format!("LLM response: {answer}"))
        }
        "test_elicitation" => {
            let schema = json!({
                "type": "object",
                "properties": {
                    "username": { "type": "string", "description": "User's response" },
                    "email": { "type": "string", "description": "User's email address" },
                },
                "required": ["username", "email"],
            });
            let answer = elicit(&given(request, "message"), schema, context).await?;
            text(&format!("User response: {answer}"))
        }
        "test_elicitation_sep1034_defaults" => {
            let answer = elicit("Please check these", defaults(), context).await?;
            text(&format!("Elicitation completed: {answer}"))
        }
        "test_elicitation_sep1330_enums" => {
            let answer = elicit("Please choose", choices(), context).await?;
            text(&format!("Elicitation completed: {answer}"))
        }
        other => {
            return Err(ErrorData::invalid_params(
                format!("Unknown tool: '{other}'"),
                None,
            ));
        }
    };
    Ok(CallToolResult::success(content).into())
}

fn given(request: &CallToolRequestParams, name: &str) -> String {
    let arguments = request.arguments.as_ref();
    let value = arguments.and_then(|arguments| arguments.get(name)?.as_str());
    value.unwrap_or_default().to_owned()
}

fn embedded(uri: &str, kind: &str, text: &str) -> ContentBlock {
    serde_json::from_value(json!({
        "type": "resource", "resource": { "uri": uri, "mimeType": kind, "text": text },
    }))
    .expect("a fixture has the shape of a block")
}

/// One sample of silence in a WAV file.
fn silence() -> String {
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&8000_u32.to_le_bytes());
    wav.extend_from_slice(&16000_u32.to_le_bytes());
    wav.extend_from_slice(b"\x02\0\x10\0data\x02\0\0\0\0\0");
    STANDARD.encode(wav)
}

async fn log(context: &RequestContext<RoleServer>) {
    let messages = [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ];
    for message in messages {
        let parameters = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(message));
        // A client that is gone is told nothing.
        drop(context.peer.notify_logging_message(parameters).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn progress(context: &RequestContext<RoleServer>) {
    for step in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let parameters = ProgressNotificationParam::new(token, step).with_total(100.0);
            drop(context.peer.notify_progress(parameters).await);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn sample(prompt: &str, context: &RequestContext<RoleServer>) -> Result<String, ErrorData> {
    let parameters: CreateMessageRequestParams = serde_json::from_value(json!({
        "messages": [{ "role": "user", "content": { "type": "text", "text": prompt } }],
        "maxTokens": 100,
    }))
    .expect("a fixture has the shape of a request");
    let answer = context
        .peer
        .create_message(parameters)
        .await
        .map_err(|error| failed(&error))?;
    let answer = serde_json::to_value(&answer).unwrap_or_default();
    Ok(answer["content"]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

async fn elicit(
    message: &str,
    schema: Value,
    context: &RequestContext<RoleServer>,
) -> Result<String, ErrorData> {
    let parameters: ElicitRequestParams =
        serde_json::from_value(json!({ "message": message, "requestedSchema": schema }))
            .expect("a fixture has the shape of a request");
    let answer = context
        .peer
        .create_elicitation(parameters)
        .await
        .map_err(|error| failed(&error))?;
    let answer = serde_json::to_value(&answer).unwrap_or_default();
    let action = answer["action"].as_str().unwrap_or_default();
    Ok(format!("action={action}, content={}", answer["content"]))
}

fn failed(error: &rmcp::ServiceError) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}

fn defaults() -> Value {
    json!({ "type": "object", "properties": {
        "name": { "type": "string", "default": "John Doe" },
        "age": { "type": "integer", "default": 30 },
        "score": { "type": "number", "default": 95.5 },
        "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
        "verified": { "type": "boolean", "default": true },
    }})
}

fn choices() -> Value {
    let titled = |prefix: &str, titles: [&str; 3]| {
        let options = titles.iter().enumerate();
        let options = options
            .map(|(at, title)| json!({ "const": format!("{prefix}{}", at + 1), "title": title }));
        options.collect::<Vec<_>>()
    };
    json!({ "type": "object", "properties": {
        "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
        "titledSingle": { "type": "string", "oneOf": titled("value", ["First Option", "Second Option", "Third Option"]) },
        "legacyEnum": { "type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"] },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": ["option1", "option2", "option3"] } },
        "titledMulti": { "type": "array", "items": { "anyOf": titled("value", ["First Choice", "Second Choice", "Third Choice"]) } },
    }})
}
