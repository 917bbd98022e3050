//! Fixtures that need more than one round: what they ask stands in the result, and the client calls again.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, InputRequest,
    InputRequiredResult, InputResponses, RequestStateCodec,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Seals what a client carries from one round to the next.
static CODEC: LazyLock<RequestStateCodec> = LazyLock::new(|| {
    RequestStateCodec::try_new(*b"a key of a test server, 32 bytes")
        .expect("the key is long enough")
});

/// Returns a question with one text field.
pub(crate) fn ask(message: &str, field: &str) -> Value {
    question(message, field, "string")
}

fn question(message: &str, field: &str, kind: &str) -> Value {
    json!({ "method": "elicitation/create", "params": {
        "message": message,
        "requestedSchema": {
            "type": "object", "properties": { field: { "type": kind } }, "required": [field],
        },
    }})
}

fn sample(text: &str, most: u32) -> Value {
    json!({ "method": "sampling/createMessage", "params": {
        "messages": [{ "role": "user", "content": { "type": "text", "text": text } }],
        "maxTokens": most,
    }})
}

fn roots() -> Value {
    json!({ "method": "roots/list", "params": {} })
}

/// Returns a result that asks for these, and what the client is to carry.
pub(crate) fn required<const N: usize>(
    requests: [(&str, Value); N],
    state: Option<&str>,
) -> InputRequiredResult {
    let requests = requests.map(|(key, request)| {
        let request: InputRequest =
            serde_json::from_value(request).expect("a fixture has the shape of a request");
        (key.to_owned(), request)
    });
    InputRequiredResult::new(
        Some(requests.into()),
        state.map(|state| CODEC.seal(state.as_bytes())),
    )
}

/// Returns a field of what the client's user answered.
pub(crate) fn field(answers: &InputResponses, key: &str, field: &str) -> Option<String> {
    let value = answers.get(key)?.get("content")?.get(field)?;
    Some(
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    )
}

/// Opens what the client carried; something else than was sealed is refused.
fn carried(request: &CallToolRequestParams) -> Result<Option<String>, ErrorData> {
    let Some(sealed) = &request.request_state else {
        return Ok(None);
    };
    match CODEC.open(sealed).map(String::from_utf8) {
        Ok(Ok(state)) => Ok(Some(state)),
        _ => Err(ErrorData::invalid_params(
            "requestState was tampered with",
            None,
        )),
    }
}

fn said(text: String) -> CallToolResponse {
    CallToolResult::success(vec![ContentBlock::text(text)]).into()
}

pub(crate) fn call(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let empty = InputResponses::new();
    let answers = request.input_responses.as_ref().unwrap_or(&empty);
    let state = carried(request)?;
    let name = ask("What is your name?", "name");
    let response = match request.name.as_ref() {
        "test_input_required_result_elicitation" => match field(answers, "user_name", "name") {
            Some(name) => said(format!("Hello, {name}!")),
            None => required([("user_name", name)], None).into(),
        },
        "test_input_required_result_sampling" => match answers.get("capital_question") {
            Some(answer) => said(
                answer["content"]["text"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            ),
            None => {
                let question = sample("What is the capital of France?", 100);
                required([("capital_question", question)], None).into()
            }
        },
        "test_input_required_result_list_roots" => match answers.get("client_roots") {
            Some(answer) => said(format!("Roots: {}", answer["roots"])),
            None => required([("client_roots", roots())], None).into(),
        },
        "test_input_required_result_request_state"
        | "test_input_required_result_tampered_state" => match state {
            Some(state) if answers.contains_key("confirm") => said(format!("state-ok: {state}")),
            _ => {
                let question = question("Please confirm", "ok", "boolean");
                required([("confirm", question)], Some("first")).into()
            }
        },
        "test_input_required_result_multiple_inputs" => {
            let keys = ["user_name", "greeting", "client_roots"];
            if state.is_some() && keys.iter().all(|key| answers.contains_key(*key)) {
                said("All three were answered".to_owned())
            } else {
                let greeting = sample("Generate a greeting", 50);
                let requests = [
                    ("user_name", name),
                    ("greeting", greeting),
                    ("client_roots", roots()),
                ];
                required(requests, Some("first")).into()
            }
        }
        "test_input_required_result_multi_round" => match state.as_deref() {
            Some("second") if answers.contains_key("step2") => said("Done".to_owned()),
            Some("first") if answers.contains_key("step1") => {
                let question = ask("Step 2: What is your favorite color?", "color");
                required([("step2", question)], Some("second")).into()
            }
            _ => {
                let question = ask("Step 1: What is your name?", "name");
                required([("step1", question)], Some("first")).into()
            }
        },
        "test_input_required_result_capabilities" => capabilities(context),
        other => {
            return Err(ErrorData::invalid_params(
                format!("Unknown tool: '{other}'"),
                None,
            ));
        }
    };
    Ok(response)
}

/// Asks only for what the client says it can answer.
fn capabilities(context: &RequestContext<RoleServer>) -> CallToolResponse {
    let has = context.client_capabilities().unwrap_or_default();
    if has.elicitation.is_some() {
        required([("user_name", ask("What is your name?", "name"))], None).into()
    } else if has.sampling.is_some() {
        required([("greeting", sample("Generate a greeting", 50))], None).into()
    } else {
        said("This client can be asked nothing".to_owned())
    }
}
