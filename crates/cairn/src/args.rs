//! The command line: what every command shares, and which commands there are.
//!
//! A command's own arguments stand in its file. Invariant: nothing is read but the arguments until they are
//! understood, so that `--version` and `--help` answer at once.

use crate::commands::{
    bench, build_context, config, delete_note, diff_note, doctor, edit_note, inspect,
    list_directory, mcp, move_note, note_history, project, read_note, recent_activity, reindex,
    restore_note, schema, search_notes, sync, tool, undo, write_note,
};
use crate::failure::Failure;
use crate::output::json;
use clap::builder::RangedU64ValueParser;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// Notes in Markdown files, searched and linked.
#[derive(Debug, Parser)]
#[command(name = "cairn", version, styles = STYLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Works on this folder, registered or not, and writes nothing into it but notes
    #[arg(
        short = 'C',
        long = "dir",
        value_name = "FOLDER",
        global = true,
        conflicts_with = "project"
    )]
    pub(crate) dir: Option<PathBuf>,
    /// Works on this project instead of the default one
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) project: Option<String>,
    /// Answers in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Says nothing on stderr but failures
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Says on stderr what is done on the way
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Reads this configuration; its data stands beside it
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Keeps the index in memory and writes nothing but notes
    #[arg(long, global = true)]
    pub(crate) ephemeral: bool,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Finds notes
    Search(search_notes::Arguments),
    /// Prints a note
    Read(read_note::Arguments),
    /// Makes a note, or replaces one
    Write(write_note::Arguments),
    /// Changes a part of a note
    Edit(edit_note::Arguments),
    /// Moves a note or a folder
    Move(move_note::Arguments),
    /// Deletes a note or a folder
    Delete(delete_note::Arguments),
    /// Lists a folder
    Ls(list_directory::Arguments),
    /// Shows a note and what is around it
    Context(build_context::Arguments),
    /// Lists what changed lately
    Recent(recent_activity::Arguments),
    /// Lists who changed a note, and when
    History(note_history::Arguments),
    /// Shows what changed in a note
    Diff(diff_note::Arguments),
    /// Brings back what was deleted, or what a note was
    Restore(restore_note::Arguments),
    /// Takes changes back
    Undo(undo::Arguments),
    /// Lists what was deleted
    Trash,
    /// Brings the index in step with the files
    Sync(sync::Projects),
    /// Compares the index with the files, and changes neither
    Status(sync::Projects),
    /// Forgets the index and builds it anew
    Reindex(reindex::Arguments),
    /// Embeds what is pending, so that search finds it by meaning
    Embed(sync::Projects),
    /// Shows what a search looks at, and the passages of a note
    #[command(subcommand)]
    Inspect(inspect::Command),
    /// Follows the folders and says what changes, until Ctrl-C
    Watch,
    /// Looks for what is wrong with setup, data and notes
    Doctor(doctor::Arguments),
    /// Checks notes against schemas, and proposes schemas
    #[command(subcommand)]
    Schema(schema::Command),
    /// Serves agents over MCP, or sets up their clients
    Mcp(mcp::Arguments),
    /// Calls an MCP tool from here, as an agent would
    Tool(tool::Arguments),
    /// Registers folders as projects
    #[command(subcommand)]
    Project(project::Command),
    /// Shows and changes the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Measures how well notes are found, with questions whose answers are known
    #[command(subcommand)]
    Bench(bench::Command),
}

/// Which page of an answer.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Paging {
    /// The page, counted from 1
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub(crate) page: usize,
    /// Entries of a page, at most 100
    #[arg(short = 'n', long, default_value_t = 10, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    pub(crate) page_size: usize,
}

/// Reads the command line. `Err` is the exit code of a process that has already said everything.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        let json = std::env::args_os()
            .take_while(|argument| argument != "--")
            .any(|argument| argument == "--json");
        if error.use_stderr() && json {
            let rendered = error.render().to_string();
            let mut paragraphs = rendered
                .trim()
                .split("\n\n")
                .map(|text| text.trim().trim_start_matches("error: "));
            let failure = Failure {
                hint: paragraphs
                    .clone()
                    .find_map(|text| text.strip_prefix("tip: "))
                    .map(str::to_owned),
                ..Failure::invalid(paragraphs.next().unwrap_or_default())
            };
            use std::io::Write as _;
            // Nobody is left to be told that stderr is closed.
            drop(writeln!(std::io::stderr(), "{}", json::failure(&failure)));
        } else {
            // As above; a pipe closed during `--help` is no failure.
            drop(error.print());
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declarations_agree_with_each_other() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    /// Collects every command as it is typed, and every long option.
    fn collect(command: &clap::Command, typed: &str, names: &mut Vec<String>) {
        let options = command
            .get_arguments()
            .filter_map(|option| option.get_long());
        names.extend(options.map(|option| format!("--{option}")));
        for inner in command.get_subcommands() {
            let typed = format!("{typed} {}", inner.get_name());
            names.push(typed.clone());
            collect(inner, &typed, names);
        }
    }

    #[test]
    fn the_manual_names_every_command_and_option() {
        use clap::CommandFactory as _;
        let manual = include_str!("../../../docs/cli.md");
        let mut names = Vec::new();
        collect(&Cli::command(), "cairn", &mut names);
        names.retain(|name| !manual.contains(name.as_str()));
        assert_eq!(names, [""; 0]);
    }
}
