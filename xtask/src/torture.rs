//! `cargo xtask torture`: what is acknowledged is killed, cut off and raced for, and must still be there.
//!
//! The product takes no part in it: points and switches exist only with the feature `torture`, and without it this
//! builds itself anew, in a target folder of its own. Invariant: a run that finds a violation says how to repeat it,
//! leaves its folder, and fails.

#[cfg(feature = "torture")]
mod checker;
#[cfg(feature = "torture")]
mod crash;
#[cfg(feature = "torture")]
mod disk;
#[cfg(feature = "torture")]
mod hand;
#[cfg(feature = "torture")]
mod journal;
#[cfg(feature = "torture")]
mod options;
#[cfg(feature = "torture")]
mod place;
#[cfg(feature = "torture")]
mod power;
#[cfg(feature = "torture")]
mod prove;
#[cfg(feature = "torture")]
mod race;
#[cfg(feature = "torture")]
mod writer;

use anyhow::Result;

/// Runs `crash`, `race` or `prove`.
///
/// # Errors
///
/// When a run finds a violation, or cannot be made.
#[cfg(feature = "torture")]
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (what, rest) = arguments
        .split_first()
        .map_or(("", &[][..]), |(what, rest)| (what.as_str(), rest));
    match what {
        "crash" => crash::run(&options::Options::read(rest)?),
        "race" => race::run(&options::Options::read(rest)?),
        "prove" => prove::run(&options::Options::read(rest)?),
        // What the others start.
        "writer" => writer::run(&options::Options::read(rest)?),
        "racer" => race::racer(&options::Options::read(rest)?),
        _ => anyhow::bail!(
            "torture crash|race|prove [--rounds N] [--seed N] [--switch lock|base|fsync|history] [--power-cut] [--dir FOLDER]"
        ),
    }
}

/// Builds this program with the feature, and has that run.
///
/// # Errors
///
/// When it cannot be built, or its run fails.
#[cfg(not(feature = "torture"))]
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    use anyhow::{Context as _, ensure};
    use std::process::Command;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the workspace")?;
    let target = root.join("target").join("torture");
    let built = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["build", "--quiet", "--release", "--package", "xtask"])
        .args(["--features", "torture", "--target-dir"])
        .arg(&target)
        .current_dir(root)
        .status()?;
    ensure!(built.success(), "the torture chamber cannot be built");
    let program = target
        .join("release")
        .join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
    let run = Command::new(&program)
        .arg("torture")
        .args(arguments)
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(run.success(), "torture found violations");
    Ok(())
}
