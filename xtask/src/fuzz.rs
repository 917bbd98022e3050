//! `cargo xtask fuzz [MINUTES]`: every fuzz target for so many minutes, ten if none are given.
//!
//! The targets live in `fuzz/`, a workspace of its own because they need `cargo-fuzz` and unstable compiler flags.
//! Invariant: all targets run, and any that found something makes the chore fail.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

const TARGETS: [&str; 3] = ["parse", "frontmatter", "query"];

/// Runs the targets one after the other.
///
/// # Errors
///
/// When the argument is no number, `cargo fuzz` is not installed, or a target found something.
pub fn run(arguments: &[String]) -> Result<()> {
    let minutes: f64 = match arguments.first() {
        Some(minutes) => minutes
            .parse()
            .with_context(|| format!("{minutes} is no number of minutes"))?,
        None => 10.0,
    };
    let seconds = (minutes * 60.0).ceil() as u64;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the workspace")?;
    let mut failed = Vec::new();
    for target in TARGETS {
        std::fs::create_dir_all(root.join("fuzz/corpus").join(target))?;
        println!("fuzz {target} for {seconds} s");
        // The stable compiler takes the sanitizer's flags when it is told to pass for a nightly one.
        let status = Command::new("cargo")
            .args(["fuzz", "run", target])
            .args([
                &format!("fuzz/corpus/{target}"),
                &format!("fuzz/seeds/{target}"),
            ])
            .args(["--", "-print_final_stats=1"])
            .arg(format!("-max_total_time={seconds}"))
            .env("RUSTC_BOOTSTRAP", "1")
            .current_dir(root)
            .status()
            .context("cargo cannot be run")?;
        if !status.success() {
            failed.push(target);
        }
    }
    ensure!(
        failed.is_empty(),
        "failed: {} (is cargo-fuzz installed?)",
        failed.join(", ")
    );
    Ok(())
}
