//! `cairn reindex`.

use super::sync::{self, Arguments as Projects};
use crate::failure::Result;
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::Answer;
use clap::Args;

/// Arguments of `cairn reindex`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    projects: Projects,
}

/// Forgets the index and builds it anew.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    sync::each(invocation, &arguments.projects, &|project, bar| {
        Ok(project.reindex(bar, &CANCEL)?)
    })
}
