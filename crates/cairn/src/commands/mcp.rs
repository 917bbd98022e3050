//! `cairn mcp`: the server an agent meets, and what sets it up in a client.
//!
//! Not the server itself (that is `cairn-server`). Invariant: without a command beside it nothing but JSON-RPC is
//! written to stdout, and a client's file is changed only by `install`.

mod client;
mod install;
mod json_text;
mod parent;
mod preview;
mod serve;

use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::Answer;
use cairn_server::ToolSet;
use clap::{Args, Subcommand, ValueEnum};
use client::{Client, Entry};
use serde_json::json;

/// Arguments of `cairn mcp`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    serve: serve::Reached,
    /// Which tools are offered [default: the setting `tools`]
    #[arg(long, global = true, value_name = "SET")]
    tools: Option<Tools>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Commands of `cairn mcp`.
#[derive(Debug, Subcommand)]
enum Command {
    /// Adds Cairn to a client's own configuration file, keeping a copy of it
    Install {
        /// The client
        #[arg(long)]
        client: Client,
        /// Shows what would change and writes nothing
        #[arg(long)]
        dry_run: bool,
        /// The name of the server in the client
        #[arg(long, default_value = "cairn", value_parser = server_name)]
        name: String,
    },
    /// Prints what to add to a client's configuration
    Config {
        /// The client; without one, the form most clients read
        #[arg(long)]
        client: Option<Client>,
        /// The name of the server in the client
        #[arg(long, default_value = "cairn", value_parser = server_name)]
        name: String,
    },
}

/// Which tools are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tools {
    /// All of them
    Full,
    /// What an agent needs every day
    Core,
    /// Those that change nothing
    ReadOnly,
}

impl Tools {
    fn set(self) -> ToolSet {
        match self {
            Self::Full => ToolSet::Full,
            Self::Core => ToolSet::Core,
            Self::ReadOnly => ToolSet::ReadOnly,
        }
    }

    /// Returns the word it is chosen by.
    fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Core => "core",
            Self::ReadOnly => "read-only",
        }
    }
}

/// Serves, or sets up a client.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let Some(command) = arguments.command else {
        return serve::run(invocation, arguments.serve, arguments.tools);
    };
    if arguments.serve.is_given() {
        return Err(Failure::invalid(
            "options of the server have no meaning beside `install` and `config`",
        )
        .hint("a client that is set up starts the server over stdio"));
    }
    let entry = Entry::new(invocation, arguments.tools)?;
    match command {
        Command::Install {
            client,
            dry_run,
            name,
        } => {
            let writing = if dry_run {
                install::Writing::Preview
            } else {
                install::Writing::Real
            };
            install::run(invocation, client, &name, &entry, writing)
        }
        Command::Config { client, name } => {
            let text = client::snippet(client, &name, &entry);
            Ok(Answer::new(text, json!({ name: entry.json(client) })))
        }
    }
}

/// A name every client takes.
fn server_name(text: &str) -> std::result::Result<String, String> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if text.is_empty() || !text.chars().all(plain) {
        return Err("a server's name consists of letters, digits, - and _".to_owned());
    }
    Ok(text.to_owned())
}
