//! The four prompts.
//!
//! Invariant: a prompt says only what a tool would say.

use crate::host::Host;
use rmcp::ErrorData;
use rmcp::model::{GetPromptRequestParams, GetPromptResult, Prompt};
use std::sync::Arc;

/// Returns every prompt.
pub(crate) fn list() -> Vec<Prompt> {
    Vec::new()
}

/// Returns one prompt, filled in.
pub(crate) fn get(
    _host: &Arc<Host>,
    request: &GetPromptRequestParams,
) -> Result<GetPromptResult, ErrorData> {
    Err(ErrorData::invalid_params(
        format!("Unknown prompt: '{}'", request.name),
        None,
    ))
}
