//! `cairn reindex`.

use super::sync::{self, Projects};
use crate::failure::Result;
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::Answer;

/// Forgets the index and builds it anew.
pub(crate) fn run(invocation: &Invocation, which: &Projects) -> Result<Answer> {
    sync::each(invocation, which, &|project, bar| {
        Ok(project.reindex(bar, &CANCEL)?)
    })
}
