//! How fast folders are indexed, cold, unchanged and with one change.
//!
//! Not searching. Invariant: each cold run begins with an index that does not exist.

use super::{Taken, fresh, help_vault, milliseconds, percentile, show, taken, vault};
use anyhow::{Context, Result, ensure};
use cairn_engine::{Cancel, Engine, IndexLocation, Progress, Settings, Silent};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const RUNS: usize = 5;
/// Enough for the merges that small writes cause after a large sync.
const CHANGES: usize = 100;
const MEBIBYTE: f64 = 1_048_576.0;

pub(super) fn measure(cairn: &Path) -> Result<Value> {
    let help = match help_vault() {
        Some(vault) => real(cairn, &vault)?,
        None => Value::Null,
    };
    Ok(json!({
        "help": help,
        "growth": growth(cairn)?,
        "changes": changes(cairn)?,
    }))
}

/// 10,000 and 100,000 generated notes, cold, taking turns so that a slow minute of the machine meets both.
fn growth(cairn: &Path) -> Result<Value> {
    let (small_vault, large_vault) = (vault(10_000)?, vault(100_000)?);
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        small.push(cold(cairn, &small_vault)?);
        large.push(cold(cairn, &large_vault)?);
    }
    let times = |runs: &[Taken]| {
        runs.iter()
            .map(|run| milliseconds(run.wall))
            .collect::<Vec<_>>()
    };
    let peak = peak(&large);
    let (small_runs, large_runs) = (times(&small), times(&large));
    let (small, large) = (median(&small), median(&large));
    let over_linear = large.as_secs_f64() / small.as_secs_f64() / 10.0;
    show(
        "100,000 generated notes, cold",
        large.as_secs_f64(),
        "s",
        "<= 40",
    );
    show("  peak memory", peak, "MiB", "-");
    show(
        "growth from 10,000 to 100,000, over linear",
        over_linear,
        "times",
        "<= 1.3",
    );
    Ok(json!({
        "cold_10000_runs_ms": small_runs,
        "cold_100000_runs_ms": large_runs,
        "cold_10000_median_s": small.as_secs_f64(),
        "cold_100000_median_s": large.as_secs_f64(),
        "cold_100000_peak_mib": peak,
        "over_linear": over_linear,
    }))
}

/// The real vault, cold.
fn real(cairn: &Path, vault: &Path) -> Result<Value> {
    let (notes, bytes) = notes_below(vault)?;
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(cold(cairn, vault)?);
    }
    let (seconds, peak) = (median(&runs).as_secs_f64(), peak(&runs));
    show("help vault, cold", seconds, "s", "-");
    show("  notes a second", notes as f64 / seconds, "/s", ">= 4,000");
    show(
        "  text a second",
        bytes as f64 / 1e6 / seconds,
        "MB/s",
        ">= 20",
    );
    show("  peak memory", peak, "MiB", "<= 200");
    Ok(json!({
        "notes": notes,
        "bytes": bytes,
        "runs_ms": runs.iter().map(|run| milliseconds(run.wall)).collect::<Vec<_>>(),
        "median_s": seconds,
        "notes_per_s": notes as f64 / seconds,
        "mb_per_s": bytes as f64 / 1e6 / seconds,
        "peak_mib": peak,
    }))
}

/// A first sync by the shipped binary.
fn cold(cairn: &Path, vault: &Path) -> Result<Taken> {
    let home = fresh("home-cold")?;
    taken(
        cairn,
        &home,
        &["-C", &vault.to_string_lossy(), "--quiet", "sync"],
    )
}

fn median(runs: &[Taken]) -> Duration {
    let mut times: Vec<Duration> = runs.iter().map(|run| run.wall).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The largest of all peaks, MiB.
fn peak(runs: &[Taken]) -> f64 {
    runs.iter().map(|run| run.peak).max().unwrap_or(0) as f64 / MEBIBYTE
}

/// 100,000 files: nothing changed, and one changed.
fn changes(cairn: &Path) -> Result<Value> {
    let vault = vault(100_000)?;
    let folder = vault.to_string_lossy();
    let home = fresh("home-changes")?;
    let arguments = ["-C", &folder, "--quiet", "sync"];
    taken(cairn, &home, &arguments)?;
    let mut unchanged = Vec::new();
    for _ in 0..RUNS {
        unchanged.push(taken(cairn, &home, &arguments)?.wall);
    }
    let unchanged_ms = percentile(&mut unchanged, 0.5);
    show(
        "100,000 files, nothing changed (process)",
        unchanged_ms,
        "ms",
        "<= 1,000",
    );
    let found = one_changed(&vault)?;
    let mut samples = found.clone();
    let one_ms = percentile(&mut samples, 0.5);
    show(
        "one changed file among them, once found",
        one_ms,
        "ms",
        "<= 50",
    );
    let most_ms = percentile(&mut samples, 1.0);
    show(
        "  the slowest of 100 such changes in a row",
        most_ms,
        "ms",
        "-",
    );
    Ok(json!({
        "unchanged_median_ms": unchanged_ms,
        "unchanged_runs_ms": unchanged.into_iter().map(milliseconds).collect::<Vec<_>>(),
        "one_changed_median_ms": one_ms,
        "one_changed_max_ms": most_ms,
        "one_changed_runs_ms": found.into_iter().map(milliseconds).collect::<Vec<_>>(),
    }))
}

/// From the moment a change is found until it is searchable.
fn one_changed(vault: &Path) -> Result<Vec<Duration>> {
    let mut settings = Settings::in_memory("changes", vault.to_path_buf());
    settings.index = IndexLocation::File(fresh("one-changed")?.join("index.db"));
    let engine = Engine::open(settings)?;
    let project = engine.project(None)?;
    project.sync(&Silent, &Cancel::new())?;
    let note = first_note(vault)?;
    let before = fs::read(&note)?;
    let mut samples = Vec::new();
    for round in 0..CHANGES {
        let mut text = before.clone();
        text.extend_from_slice(format!("\nChanged {round} times.\n").as_bytes());
        fs::write(&note, text)?;
        let clock = Clock::default();
        let report = project.sync(&clock, &Cancel::new())?;
        ensure!(report.modified == 1, "{report:?}");
        samples.push(clock.since_found().context("nothing was indexed")?);
    }
    fs::write(&note, before)?;
    Ok(samples)
}

/// Remembers when indexing began, after the folder was compared.
#[derive(Default)]
struct Clock(Mutex<Option<Instant>>);

impl Clock {
    fn since_found(&self) -> Option<Duration> {
        self.0
            .lock()
            .ok()
            .and_then(|found| *found)
            .map(|found| found.elapsed())
    }
}

impl Progress for Clock {
    fn begin(&self, phase: &'static str, _total: Option<u64>) {
        if let (true, Ok(mut found)) = (phase == "index", self.0.lock()) {
            *found = Some(Instant::now());
        }
    }

    fn advance(&self, _steps: u64) {}
}

/// Some note of a vault.
fn first_note(folder: &Path) -> Result<std::path::PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in &entries {
        let path = entry.path();
        if path.is_dir() {
            return first_note(&path);
        }
        if path.extension().is_some_and(|extension| extension == "md") {
            return Ok(path);
        }
    }
    anyhow::bail!("no note in {}", folder.display())
}

/// How many notes there are below a folder, and their bytes.
fn notes_below(folder: &Path) -> Result<(usize, u64)> {
    let (mut notes, mut bytes) = (0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            // Hidden, and so not indexed.
        } else if path.is_dir() {
            let (more, larger) = notes_below(&path)?;
            notes += more;
            bytes += larger;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            notes += 1;
            bytes += fs::metadata(&path)?.len();
        }
    }
    Ok((notes, bytes))
}
