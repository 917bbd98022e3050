//! The command: arguments to verbs to the terminal.
//!
//! It decides nothing about notes; that is the engine's. Invariant: it alone reads the environment, the home
//! directory, the clock and the terminal, and it prints no failure without its way out where one is known.

mod args;
mod commands;
mod config_file;
mod failure;
mod home;
mod interrupt;
mod invocation;
mod output;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    match args::parse() {
        Ok(cli) => commands::run(cli),
        Err(code) => code,
    }
}
