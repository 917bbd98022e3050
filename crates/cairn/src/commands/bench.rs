//! `cairn bench`: how well notes are found, measured on questions whose answers are known.
//!
//! Not how fast Cairn is on this machine as a whole; that is a chore of its repository. Invariant: what is measured is
//! the search everybody uses, on notes in a folder of their own, and no project of the person is touched.

mod metrics;
mod notes;
mod place;
mod report;
mod retrieval;
mod set;

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::Answer;
use clap::Subcommand;

/// Commands of `cairn bench`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Asks the questions of a set and compares what is found with what should be
    Retrieval(retrieval::Arguments),
}

/// Runs a command of `cairn bench`.
pub(crate) fn run(invocation: &Invocation, command: Command) -> Result<Answer> {
    match command {
        Command::Retrieval(arguments) => retrieval::run(invocation, &arguments),
    }
}
