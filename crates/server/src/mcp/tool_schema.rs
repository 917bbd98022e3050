//! A declaration as JSON Schema.
//!
//! Plain on purpose: one `type` for each parameter, no null, no reference, no combination, since clients drop
//! what they do not understand. Invariant: equal declarations give equal bytes.

use super::declaration::{Declaration, Effect, Kind, Need, Parameter, Produces};
use rmcp::model::{JsonObject, MetaObject, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Returns the tool as `tools/list` names it.
pub(crate) fn tool(declaration: &Declaration) -> Tool {
    let mut tool = Tool::new(
        declaration.name,
        declaration.description,
        Arc::new(input(declaration)),
    );
    tool.title = Some(declaration.title.to_owned());
    tool.annotations = Some(annotations(declaration));
    tool.output_schema = output(declaration.produces).map(Arc::new);
    let mut meta = MetaObject::default();
    meta.insert("fastmcp".to_owned(), json!({ "tags": declaration.tags }));
    tool.meta = Some(meta);
    tool
}

fn annotations(declaration: &Declaration) -> ToolAnnotations {
    ToolAnnotations::with_title(declaration.title)
        .read_only(declaration.effect == Effect::ReadOnly)
        .destructive(declaration.effect == Effect::Destructive)
        .idempotent(declaration.idempotent)
        .open_world(false)
}

/// Returns the schema of a tool's arguments.
pub(crate) fn input(declaration: &Declaration) -> JsonObject {
    let mut properties = Map::new();
    for parameter in declaration.parameters {
        properties.insert(parameter.name.to_owned(), property(parameter));
    }
    let required: Vec<&str> = declaration
        .parameters
        .iter()
        .filter(|parameter| parameter.need == Need::Required)
        .map(|parameter| parameter.name)
        .collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

fn property(parameter: &Parameter) -> Value {
    let mut property = match parameter.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Integer { .. } => json!({ "type": "integer" }),
        Kind::Number { .. } => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Object => json!({ "type": "object" }),
    };
    if let Need::Default(json) = parameter.need {
        property["default"] = serde_json::from_str(json).expect("a default is JSON");
    }
    property["description"] = json!(parameter.description);
    property
}

fn output(produces: Produces) -> Option<JsonObject> {
    let schema = match produces {
        Produces::Wrapped => json!({
            "type": "object",
            "properties": { "result": {} },
            "required": ["result"],
            "x-fastmcp-wrap-result": true,
        }),
        Produces::Object => json!({ "type": "object" }),
        Produces::Text => return None,
    };
    match schema {
        Value::Object(schema) => Some(schema),
        _ => None,
    }
}
