//! What may follow what someone has typed: identifiers, projects, tags, types.
//!
//! Invariant: never more than 100 values, the likeliest first.

use crate::host::Host;
use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult};
use std::sync::Arc;

/// Completes an argument of a prompt or a template.
pub(crate) fn complete(
    _host: &Arc<Host>,
    _request: &CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    Ok(CompleteResult::default())
}
