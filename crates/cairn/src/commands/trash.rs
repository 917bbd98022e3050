//! `cairn trash`.

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, json, text};
use serde_json::json;

/// Lists what was deleted and can come back.
pub(crate) fn run(invocation: &Invocation) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let deleted = project.trash()?;
    let revisions: Vec<_> = deleted.iter().map(json::revision).collect();
    let answer = Answer::new(
        text::revisions(invocation.style(), &deleted),
        json!({ "deleted": revisions }),
    );
    Ok(if deleted.is_empty() {
        answer.notice("nothing was deleted")
    } else {
        answer
    })
}
