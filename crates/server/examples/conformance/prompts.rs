//! Fixture prompts.

use crate::resources::pixel;
use crate::rounds;
use rmcp::ErrorData;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResponse, GetPromptResult, Prompt, PromptArgument,
};
use serde_json::{Value, json};

pub(crate) fn list() -> Vec<Prompt> {
    let with = |name: &str, arguments: &[&str]| {
        let arguments = arguments.iter().map(|name| {
            PromptArgument::new(*name)
                .with_description("A fixture")
                .with_required(true)
        });
        Prompt::new(name, Some("A fixture"), Some(arguments.collect()))
    };
    vec![
        with("test_simple_prompt", &[]),
        with("test_prompt_with_arguments", &["arg1", "arg2"]),
        with("test_prompt_with_embedded_resource", &["resourceUri"]),
        with("test_prompt_with_image", &[]),
        with("test_input_required_result_prompt", &[]),
    ]
}

pub(crate) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResponse, ErrorData> {
    let given = |name: &str| {
        let arguments = request.arguments.as_ref();
        let value = arguments.and_then(|arguments| arguments.get(name)?.as_str());
        value.map(str::to_owned).ok_or_else(|| {
            ErrorData::invalid_params(format!("Missing required arguments: {{'{name}'}}"), None)
        })
    };
    let contents = match request.name.as_str() {
        "test_simple_prompt" => vec![text("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => vec![text(&format!(
            "Prompt with arguments: arg1='{}', arg2='{}'",
            given("arg1")?,
            given("arg2")?
        ))],
        "test_prompt_with_embedded_resource" => vec![
            json!({ "type": "resource", "resource": {
                "uri": given("resourceUri")?, "mimeType": "text/plain",
                "text": "Embedded resource content for testing.",
            }}),
            text("Please process the embedded resource above."),
        ],
        "test_prompt_with_image" => vec![
            json!({ "type": "image", "data": pixel(), "mimeType": "image/png" }),
            text("Please analyze the image above."),
        ],
        "test_input_required_result_prompt" => {
            let answer = request
                .input_responses
                .as_ref()
                .and_then(|answers| rounds::field(answers, "user_context", "context"));
            match answer {
                Some(context) => vec![text(&format!("Use this context: {context}"))],
                None => {
                    let ask = rounds::ask("What context should the prompt use?", "context");
                    return Ok(rounds::required([("user_context", ask)], None).into());
                }
            }
        }
        other => {
            return Err(ErrorData::invalid_params(
                format!("Unknown prompt: '{other}'"),
                None,
            ));
        }
    };
    let messages: Vec<Value> = contents
        .into_iter()
        .map(|content| json!({ "role": "user", "content": content }))
        .collect();
    let messages =
        serde_json::from_value(json!(messages)).expect("a fixture has the shape of messages");
    let result = GetPromptResult::new(messages);
    Ok(result.into())
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}
