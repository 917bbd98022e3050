//! `cargo xtask bench`: how fast, how large, how good, with the raw results kept in `bench/runs/`.
//!
//! Figures, not tests: a target that is missed is printed beside what was measured, and nothing fails for it.
//! Invariant: everything is measured on a release build, through the shipped binary or the engine's public verbs.

mod embed;
mod index;
mod mcp;
mod pairs;
mod retrieval;
mod search;
mod titles;
mod watch;

use anyhow::{Context, Result, bail, ensure};
use cairn_engine::SearchRequest;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str = "bench embed|index|mcp|retrieval|search|titles|watch|all";

/// Runs the benches the arguments name.
///
/// # Errors
///
/// When the arguments are not understood or something that is measured fails.
pub fn run(arguments: &[String]) -> Result<()> {
    if cfg!(debug_assertions) {
        return again_in_release(arguments);
    }
    let what = arguments.first().map_or("all", String::as_str);
    ensure!(
        [
            "embed",
            "index",
            "mcp",
            "retrieval",
            "search",
            "titles",
            "watch",
            "all"
        ]
        .contains(&what),
        "what to measure? {USAGE}"
    );
    let cairn = binary()?;
    let mut runs = Vec::new();
    if matches!(what, "index" | "all") {
        runs.push(("index", index::measure(&cairn)?));
    }
    if matches!(what, "search" | "all") {
        runs.push(("search", search::measure(&cairn)?));
    }
    if matches!(what, "mcp" | "all") {
        runs.push(("mcp", mcp::measure(&cairn)?));
    }
    if matches!(what, "titles" | "all") {
        runs.push(("titles", titles::measure()?));
    }
    if matches!(what, "watch" | "all") {
        runs.push(("watch", watch::measure(&cairn)?));
    }
    if matches!(what, "retrieval" | "all") {
        runs.push(("retrieval", retrieval::measure(&cairn)?));
    }
    if matches!(what, "embed" | "all") {
        runs.push(("embed", embed::measure(&cairn)?));
    }
    for (name, figures) in runs {
        keep(name, &figures)?;
    }
    Ok(())
}

/// Debug figures would mean nothing.
fn again_in_release(arguments: &[String]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "xtask",
            "--",
            "bench",
        ])
        .args(arguments)
        .status()
        .context("cannot run cargo")?;
    if status.success() {
        Ok(())
    } else {
        bail!("the release build did not succeed")
    }
}

/// Builds the shipped binary and returns where it is.
pub(crate) fn binary() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--package", "cairn"])
        .status()?;
    ensure!(status.success(), "cairn does not build");
    Ok(target().join("release/cairn"))
}

/// The workspace's target folder.
fn target() -> PathBuf {
    root().join("target")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// A folder for what a bench makes, empty at first.
pub(crate) fn fresh(name: &str) -> Result<PathBuf> {
    let folder = target().join("bench").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A generated vault of so many notes, made once and kept.
fn vault(notes: usize) -> Result<PathBuf> {
    let folder = target().join("bench").join(format!("vault-{notes}"));
    let done = target().join("bench").join(format!("vault-{notes}.done"));
    if !done.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        crate::generate::write(&crate::generate::Vault::new(notes, 1), &folder)?;
        fs::write(&done, "")?;
    }
    Ok(folder)
}

/// What a run of the shipped binary took.
#[derive(Debug, Clone, Copy)]
struct Taken {
    wall: Duration,
    /// The most memory it had resident, bytes.
    peak: u64,
}

/// Runs the binary and waits for it; its exit code must be 0.
fn taken(cairn: &Path, home: &Path, arguments: &[&str]) -> Result<Taken> {
    let start = Instant::now();
    let mut child = Command::new(cairn)
        .args(arguments)
        .env("CAIRN_HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run {}", cairn.display()))?;
    let mut peak = 0;
    loop {
        peak = peak.max(resident_peak(child.id()));
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "cairn {arguments:?} ended with {status}");
            return Ok(Taken {
                wall: start.elapsed(),
                peak,
            });
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// Linux's high-water mark of a process's resident memory, bytes; 0 where there is none to read.
fn resident_peak(process: u32) -> u64 {
    let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else {
        return 0;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// The value below which a share of the samples lies, milliseconds.
fn percentile(samples: &mut [Duration], share: f64) -> f64 {
    samples.sort_unstable();
    let last = samples.len().saturating_sub(1);
    let place = (last as f64 * share).round() as usize;
    samples
        .get(place)
        .map_or(0.0, |sample| milliseconds(*sample))
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// A plain question, all filters but the folder left open.
fn request(query: &str, folder: Option<&str>, page_size: usize) -> SearchRequest {
    SearchRequest {
        folder: folder.map(str::to_owned),
        page_size,
        ..SearchRequest::new(query, jiff::Zoned::now())
    }
}

/// Prints a figure beside its target.
fn show(what: &str, figure: f64, unit: &str, target: &str) {
    println!("{what:<58} {figure:>10.2} {unit:<8} target {target}");
}

/// Keeps a run's figures, with the machine they were taken on.
fn keep(name: &str, figures: &Value) -> Result<()> {
    let now = jiff::Zoned::now().strftime("%Y-%m-%dT%H%M%S").to_string();
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output()?
        .stdout;
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let run = json!({
        "bench": name,
        "time": now,
        "commit": String::from_utf8_lossy(&commit).trim(),
        "processor": processor.trim_start_matches(['\t', ' ', ':']),
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "load_after": load.trim(),
        "figures": figures,
    });
    let folder = root().join("bench/runs");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{now}-{name}.json"));
    fs::write(&file, format!("{run:#}\n"))?;
    println!(
        "kept in {}",
        file.strip_prefix(root()).unwrap_or(&file).display()
    );
    Ok(())
}

/// The real vault, if this machine has it.
fn help_vault() -> Option<PathBuf> {
    cairn_testkit::corpus("obsidian-help")
}
