//! `cargo xtask tidy`: the rules of the house that the compiler does not check.
//!
//! It reads, and never mends. Each rule is a pure function from text to sentences; this file finds the
//! texts and prints the sentences, one line for each violation.
//! Invariant: it looks at tracked files only, so that a clean clone and a busy working tree agree.

mod manifest;
mod rooms;
mod source;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// A `.rs` file longer than this many lines is a violation: split it by idea.
const LONGEST: usize = 800;
/// A `.rs` file longer than this many lines is worth a warning.
const LONG: usize = 400;

/// Checks the whole workspace and prints what breaks a rule.
///
/// # Errors
///
/// When a rule is broken, or `git` or `cargo` cannot say what the workspace is made of.
pub fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the workspace")?;
    let mut violations = Vec::new();

    let metadata = output(
        Command::new("cargo")
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .current_dir(root),
    )?;
    violations.extend(rooms::check(&serde_json::from_slice(&metadata)?)?);

    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    for (line, name) in manifest::unexplained(&manifest) {
        violations.push(format!(
            "Cargo.toml:{line}: {name} has no `# why` at the end of its line"
        ));
    }

    for path in tracked(root)? {
        let Ok(text) = fs::read_to_string(root.join(&path)) else {
            continue; // not UTF-8, or removed and not yet committed
        };
        let path = path.to_string_lossy().replace('\\', "/");
        violations.extend(located(&path, source::workplace(&text)));
        if path.ends_with(".rs") {
            violations.extend(located(&path, source::check(&path, &text)));
            let lines = text.lines().count();
            if lines > LONGEST {
                violations.push(format!("{path}: {lines} lines, {LONGEST} are the most"));
            } else if lines > LONG {
                eprintln!("warning: {path}: {lines} lines, {LONG} is the rule");
            }
        }
    }

    if !crate::tools::is_current(root) {
        let page = crate::tools::PAGE;
        violations.push(format!(
            "{page}: not what the declarations say; `cargo xtask generate tools`"
        ));
    }

    for violation in &violations {
        eprintln!("{violation}");
    }
    ensure!(
        violations.is_empty(),
        "tidy: {} places break a rule of the house",
        violations.len()
    );
    println!("tidy: nothing to mend");
    Ok(())
}

fn located(path: &str, found: Vec<(usize, String)>) -> impl Iterator<Item = String> {
    found
        .into_iter()
        .map(move |(line, sentence)| format!("{path}:{line}: {sentence}"))
}

/// The files git tracks, relative to the workspace.
fn tracked(root: &Path) -> Result<Vec<PathBuf>> {
    let list = output(
        Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(root),
    )?;
    let list = String::from_utf8(list).context("a tracked file's name is not UTF-8")?;
    Ok(list
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .collect())
}

fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}
