//! The calls an answer suggests, written as an agent types them.
//!
//! Invariant: a suggested call can be made as it stands and reaches the project the answer is about.

use super::call::Call;
use cairn_engine::Project;
use serde_json::Value;

/// A text as an argument of a call.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// What a suggested call needs to reach this project: nothing when it is the default one.
pub(super) fn reaching(call: &Call<'_>, project: &Project<'_>) -> String {
    let name = &project.settings().name;
    if call.engine.settings().default_project.as_ref() == Some(name) {
        String::new()
    } else {
        format!(", project={}", quoted(name))
    }
}

/// What repeats the project of this call in the next one: nothing when it was not named.
pub(super) fn repeated(call: &Call<'_>) -> String {
    let argument = |name| {
        let value = call.arguments.optional_text(name)?;
        Some(format!(", {name}={}", quoted(value)))
    };
    argument("project_id")
        .or_else(|| argument("project"))
        .unwrap_or_default()
}

/// The call that brings the index of a project in step.
pub(super) fn sync(reaching: &str) -> String {
    format!("sync({})", reaching.trim_start_matches(", "))
}
