//! Chores of the project that are programs: `cargo xtask <chore>`.
//!
//! Nothing here is part of the product, and the product's rooms do not know it.
//! Invariant: a chore that finds something wrong ends with a non-zero exit code.

mod bench;
mod fuzz;
mod generate;
mod hostile;
mod model;
mod tidy;
mod tools;
mod torture;
mod wire;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.first().map(String::as_str) {
        Some("bench") => bench::run(&arguments[1..]),
        Some("fuzz") => fuzz::run(&arguments[1..]),
        Some("generate") => generate::run(&arguments[1..]),
        Some("hostile") => hostile::run(&arguments[1..]),
        Some("model") => model::run(&arguments[1..]),
        Some("tidy") => tidy::run(),
        Some("torture") => torture::run(&arguments[1..]),
        Some(other) => bail!("no chore is called {other}"),
        None => {
            bail!("which chore? There are: bench, fuzz, generate, hostile, model, tidy, torture")
        }
    }
}
