//! The commands, one file each, named as the verb of the engine.
//!
//! Invariant: a command returns its answer or a failure; only this file prints them.

pub(crate) mod bench;
pub(crate) mod build_context;
pub(crate) mod config;
mod content;
pub(crate) mod delete_note;
pub(crate) mod diff_note;
pub(crate) mod doctor;
pub(crate) mod edit_note;
pub(crate) mod embed;
pub(crate) mod inspect;
pub(crate) mod list_directory;
pub(crate) mod mcp;
mod metadata;
mod moment;
pub(crate) mod move_note;
pub(crate) mod note_history;
pub(crate) mod project;
mod prune_history;
pub(crate) mod read_note;
pub(crate) mod recent_activity;
pub(crate) mod reindex;
pub(crate) mod restore_note;
pub(crate) mod schema;
pub(crate) mod search_notes;
pub(crate) mod status;
pub(crate) mod sync;
pub(crate) mod tool;
pub(crate) mod trash;
pub(crate) mod undo;
mod watch;
pub(crate) mod write_note;

use crate::args::{Cli, Command};
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome};
use cairn_engine::Kind;
use std::io;
use std::process::ExitCode;

/// Runs a command and says how it went.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let invocation = Invocation::new(cli.global);
    let result = answer(&invocation, cli.command).and_then(|answer| {
        match invocation.output.answer(&answer) {
            // Whoever closed the pipe has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                Kind::Io,
                format!("cannot write the answer: {error}"),
            )),
            _ => Ok(answer.outcome),
        }
    });
    match result {
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Ok(Outcome::Partial) => ExitCode::FAILURE,
        Err(failure) => {
            invocation.output.fail(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn answer(invocation: &Invocation, command: Command) -> Result<Answer> {
    match command {
        Command::Search(arguments) => search_notes::run(invocation, arguments),
        Command::Read(arguments) => read_note::run(invocation, arguments),
        Command::Write(arguments) => write_note::run(invocation, arguments),
        Command::Edit(arguments) => edit_note::run(invocation, arguments),
        Command::Move(arguments) => move_note::run(invocation, &arguments),
        Command::Delete(arguments) => delete_note::run(invocation, &arguments),
        Command::Ls(arguments) => list_directory::run(invocation, arguments),
        Command::Context(arguments) => build_context::run(invocation, arguments),
        Command::Recent(arguments) => recent_activity::run(invocation, &arguments),
        Command::History(arguments) => note_history::run(invocation, arguments),
        Command::Diff(arguments) => diff_note::run(invocation, arguments),
        Command::Restore(arguments) => restore_note::run(invocation, arguments),
        Command::Undo(arguments) => undo::run(invocation, arguments),
        Command::Trash => trash::run(invocation),
        Command::Sync(arguments) => sync::run(invocation, &arguments),
        Command::Status(arguments) => status::run(invocation, &arguments),
        Command::Reindex(arguments) => reindex::run(invocation, &arguments),
        Command::Embed(arguments) => embed::run(invocation, &arguments),
        Command::Inspect(command) => inspect::run(invocation, command),
        Command::Watch => watch::run(invocation),
        Command::Doctor(arguments) => doctor::run(invocation, &arguments),
        Command::Schema(command) => schema::run(invocation, command),
        Command::Mcp(arguments) => mcp::run(invocation, arguments),
        Command::Tool(arguments) => tool::run(invocation, arguments),
        Command::Project(command) => project::run(invocation, command),
        Command::Config(command) => config::run(invocation, command),
        Command::Bench(command) => bench::run(invocation, command),
    }
}
