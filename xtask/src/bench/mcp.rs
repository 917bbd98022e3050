//! How fast and how large `cairn mcp` is over stdin and stdout, with 10,000 notes, warm.
//!
//! Invariant: no call is made twice with the same arguments where an answer could be remembered, every sample counts,
//! and an answer that is an error ends the bench.

use super::{fresh, milliseconds, percentile, resident_peak, show, taken, vault};
use crate::wire::{Wire, failed, text};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const NOTES: usize = 10_000;
const QUESTIONS: usize = 1_000;
const WRITES: usize = 3_000;
/// Starts are short and noisy.
const STARTS: usize = 31;

pub(super) fn measure(cairn: &Path) -> Result<Value> {
    let (home, folder) = home(cairn)?;
    let starts = starts(cairn, &home)?;
    let mut wire = Wire::start(cairn, &home, &[])?;
    // The first sync has ended when this answers.
    wire.call("sync", json!({}))?;
    let reads = reads(&mut wire, &folder)?;
    let searches = searches(&mut wire)?;
    let writes = writes(&mut wire)?;
    let idle = idle(wire.process())?;
    let peak = resident_peak(wire.process()) as f64 / f64::from(1 << 20);
    show("peak memory", peak, "MiB", "<= 120");
    let left = milliseconds(wire.end()?);
    show("end of stdin to end of process", left, "ms", "<= 1000");
    Ok(json!({
        "notes": NOTES, "initialize": starts, "read_note": reads, "search_notes": searches,
        "write_note": writes, "idle_cpu_percent": idle, "peak_mib": peak, "left_ms": left, "errors": 0,
    }))
}

/// A copy of the vault that may be written to, registered and indexed.
fn home(cairn: &Path) -> Result<(PathBuf, PathBuf)> {
    let (home, folder) = (fresh("home-mcp")?, fresh("vault-mcp")?);
    copy(&vault(NOTES)?, &folder)?;
    let place = folder.to_string_lossy();
    taken(cairn, &home, &["project", "add", "bench", &place])?;
    taken(cairn, &home, &["--quiet", "sync"])?;
    Ok((home, folder))
}

pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// From before the process starts to the answer of `initialize`.
fn starts(cairn: &Path, home: &Path) -> Result<Value> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let wire = Wire::start(cairn, home, &[])?;
        times.push(wire.started);
        wire.end()?;
    }
    let (p50, worst) = (percentile(&mut times, 0.5), percentile(&mut times, 1.0));
    show("process start to initialize, p50", p50, "ms", "<= 30");
    show("process start to initialize, slowest", worst, "ms", "-");
    Ok(json!({ "p50_ms": p50, "max_ms": worst, "runs_ms": all(times) }))
}

/// Every note once, one at a time and eight at a time.
fn reads(wire: &mut Wire, folder: &Path) -> Result<Value> {
    let mut paths = Vec::new();
    notes_below(folder, folder, &mut paths)?;
    let calls: Vec<(&str, Value)> = paths
        .iter()
        .map(|path| ("read_note", json!({ "identifier": path })))
        .collect();
    let (one, eight) = calls.split_at(calls.len() / 2);
    let (mut times, _) = timed(wire, one, 1)?;
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    let (_, whole) = timed(wire, eight, 8)?;
    let rate = eight.len() as f64 / whole.as_secs_f64();
    show("read_note, one at a time, p50", p50, "ms", "<= 1");
    show("read_note, one at a time, p95", p95, "ms", "-");
    show("read_note, 8 in flight", rate, "/s", ">= 3000");
    Ok(json!({ "p50_ms": p50, "p95_ms": p95, "rate_8": rate, "runs_ms": all(times) }))
}

pub(super) fn notes_below(root: &Path, folder: &Path, paths: &mut Vec<String>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            notes_below(root, &path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let local = path.strip_prefix(root).context("below the root")?;
            paths.push(local.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

fn searches(wire: &mut Wire) -> Result<Value> {
    let calls: Vec<(&str, Value)> = crate::generate::questions(NOTES, 1, QUESTIONS)
        .into_iter()
        .map(|question| ("search_notes", json!({ "query": question })))
        .collect();
    let (mut times, _) = timed(wire, &calls, 1)?;
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    let (_, whole) = timed(wire, &calls, 8)?;
    let rate = calls.len() as f64 / whole.as_secs_f64();
    show("search_notes, p50", p50, "ms", "-");
    show("search_notes, p95", p95, "ms", "<= 20");
    show("search_notes, 8 in flight", rate, "/s", "-");
    Ok(json!({ "p50_ms": p50, "p95_ms": p95, "rate_8": rate, "runs_ms": all(times) }))
}

/// Writes one at a time, each looked for in the next call, and 64 at a time, each looked for afterwards.
fn writes(wire: &mut Wire) -> Result<Value> {
    let mut times = Vec::new();
    for at in 0..300 {
        let (tool, arguments) = note("single", at);
        let start = Instant::now();
        wire.call(tool, arguments)?;
        times.push(start.elapsed());
        look_for(wire, "single", at)?;
    }
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    let calls: Vec<_> = (0..WRITES).map(|at| note("many", at)).collect();
    let (mut many, whole) = timed(wire, &calls, 64)?;
    let rate = calls.len() as f64 / whole.as_secs_f64();
    for at in 0..WRITES {
        look_for(wire, "many", at)?;
    }
    show(
        "write_note with fsync, one at a time, p50",
        p50,
        "ms",
        "<= 5",
    );
    show("write_note with fsync, one at a time, p95", p95, "ms", "-");
    show("write_note with fsync, 64 in flight", rate, "/s", ">= 500");
    let (many_p50, many_worst) = (percentile(&mut many, 0.5), percentile(&mut many, 1.0));
    show("write_note, 64 in flight, slowest", many_worst, "ms", "-");
    Ok(json!({
        "p50_ms": p50, "p95_ms": p95, "runs_ms": all(times), "rate_64": rate,
        "rate_64_p50_ms": many_p50, "rate_64_max_ms": many_worst, "searchable": 300 + WRITES,
    }))
}

/// A note with one word that no other note has.
fn note(series: &str, at: usize) -> (&'static str, Value) {
    let content = format!(
        "# {series} {at}\n\nA note written by the bench, with the word {}.\n\n- [fact] Number {at} of its series #bench\n\
         - part_of [[{series}]]\n",
        word(series, at)
    );
    let arguments = json!({
        "title": format!("{series} {at}"), "content": content, "directory": format!("bench/{series}/{}", at % 20),
    });
    ("write_note", arguments)
}

fn word(series: &str, at: usize) -> String {
    format!("{series}word{at}x")
}

fn look_for(wire: &mut Wire, series: &str, at: usize) -> Result<()> {
    let said = wire.call("search_notes", json!({ "query": word(series, at) }))?;
    ensure!(
        said.contains(&format!("### {series} {at}\n")),
        "{series} {at} was written and is not found: {said}"
    );
    Ok(())
}

/// Makes calls; none may fail.
fn timed(
    wire: &mut Wire,
    calls: &[(&str, Value)],
    window: usize,
) -> Result<(Vec<Duration>, Duration)> {
    let mut times = Vec::with_capacity(calls.len());
    let whole = wire.calls(calls, window, |answer| {
        let (tool, arguments) = &calls[answer.call];
        ensure!(
            !failed(&answer.result) && !text(&answer.result).contains("Not Found"),
            "{tool} {arguments}: {}",
            answer.result
        );
        times.push(answer.took);
        Ok(())
    })?;
    Ok((times, whole))
}

/// Share of one core that the server uses while nobody asks anything, percent.
fn idle(process: u32) -> Result<f64> {
    const SECONDS: u64 = 10;
    // What the last calls left behind may end first.
    std::thread::sleep(Duration::from_secs(3));
    let before = ticks(process)?;
    std::thread::sleep(Duration::from_secs(SECONDS));
    // Linux counts in hundredths of a second.
    let percent = (ticks(process)? - before) as f64 / SECONDS as f64;
    show("CPU while idle", percent, "%", "0");
    Ok(percent)
}

/// Processor time of a process so far, hundredths of a second.
pub(super) fn ticks(process: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in parentheses, may hold anything.
    let fields = stat.rsplit_once(')').context("a process has a name")?.1;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || -> Result<u64> { Ok(fields.next().context("a process has times")?.parse()?) };
    Ok(next()? + next()?)
}

pub(super) fn all(times: Vec<Duration>) -> Vec<f64> {
    times.into_iter().map(milliseconds).collect()
}
