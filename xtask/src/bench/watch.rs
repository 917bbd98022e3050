//! How soon a file that somebody else saves is found by a running server, how soon a checkout of many is, who takes over
//! from a watcher that is killed, and what watching costs while nothing happens.
//!
//! Invariant: a file counts as found only when a search for a word that stands in it alone, asked over the wire,
//! answers with it.

use super::mcp::{all, copy, ticks};
use super::{fresh, percentile, show, taken, vault};
use crate::wire::Wire;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const SIZES: [usize; 2] = [1_000, 10_000];
const SAVES: usize = 200;
const CHECKED_OUT: usize = 5_000;
const TAKEOVERS: usize = 5;
const IDLE: Duration = Duration::from_secs(60);
/// Longer than a leader waits before it thinks of old revisions.
const SETTLED: Duration = Duration::from_secs(35);
/// Nothing that works takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn measure(cairn: &Path) -> Result<Value> {
    let mut figures = Vec::new();
    for notes in SIZES {
        figures.push(measure_at(cairn, notes)?);
    }
    Ok(json!({ "vaults": figures }))
}

fn measure_at(cairn: &Path, notes: usize) -> Result<Value> {
    println!("{notes} notes");
    let (home, folder) = (
        fresh(&format!("home-watch-{notes}"))?,
        fresh(&format!("vault-watch-{notes}"))?,
    );
    copy(&vault(notes)?, &folder)?;
    taken(
        cairn,
        &home,
        &["project", "add", "bench", &folder.to_string_lossy()],
    )?;
    taken(cairn, &home, &["--quiet", "sync"])?;
    let mut leader = begun(cairn, &home)?;
    let saves = saves(&mut leader, &folder)?;
    let checkout = checkout(&mut leader, &folder)?;
    let follower = begun(cairn, &home)?;
    let idle = idle(&leader, &follower)?;
    let takeovers = takeovers(cairn, &home, &folder, leader, follower)?;
    Ok(json!({
        "notes": notes, "save": saves, "checkout": checkout, "idle": idle, "takeover": takeovers,
    }))
}

/// A server that has begun to work, and has done what it does first.
fn begun(cairn: &Path, home: &Path) -> Result<Wire> {
    let mut wire = Wire::start(cairn, home, &[])?;
    wire.call("sync", json!({}))?;
    sleep(Duration::from_secs(3));
    Ok(wire)
}

/// One save after the other, as an editor does it: a file beside the note, renamed over it.
fn saves(wire: &mut Wire, folder: &Path) -> Result<Value> {
    let mut times = Vec::with_capacity(SAVES);
    for at in 0..SAVES {
        // Every fifth is a note that was not there.
        let path = folder.join(format!(
            "watched/save {}.md",
            if at % 5 == 0 { at } else { at % 5 }
        ));
        fs::create_dir_all(folder.join("watched"))?;
        let word = format!("savedword{at}x");
        let beside = path.with_extension("md.tmp");
        fs::write(&beside, note(&word, at))?;
        let start = Instant::now();
        fs::rename(&beside, &path)?;
        found(wire, &word, start)?;
        times.push(start.elapsed());
        // Not in step with anything that beats.
        sleep(Duration::from_millis(20 + (at as u64 * 37) % 100));
    }
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    let worst = percentile(&mut times, 1.0);
    show("save to hit, p50", p50, "ms", "-");
    show("save to hit, p95", p95, "ms", "<= 300");
    show("save to hit, slowest", worst, "ms", "-");
    Ok(json!({ "p50_ms": p50, "p95_ms": p95, "max_ms": worst, "runs_ms": all(times) }))
}

fn note(word: &str, at: usize) -> String {
    format!(
        "# Save {at}\n\nA note somebody saved, with the word {word}.\n\n- [fact] Number {at} #saved\n"
    )
}

/// Asks until a word is found.
fn found(wire: &mut Wire, word: &str, since: Instant) -> Result<()> {
    while hits(wire, word)? == 0 {
        ensure!(since.elapsed() < PATIENCE, "{word} is not found");
        sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// How many notes have a word.
fn hits(wire: &mut Wire, word: &str) -> Result<u64> {
    let ask = json!({ "query": word, "output_format": "json", "page_size": 1 });
    let said: Value = serde_json::from_str(&wire.call("search_notes", ask)?)?;
    said["total"]
        .as_u64()
        .with_context(|| format!("a search counts its hits: {said}"))
}

/// A checkout of another branch: thousands of files come anew, and later go back to what they were.
fn checkout(wire: &mut Wire, folder: &Path) -> Result<Value> {
    git(folder, &["init", "--quiet", "--initial-branch", "one"])?;
    write_branch(folder, "firstbranchx")?;
    commit(folder, "one")?;
    git(folder, &["checkout", "--quiet", "-b", "two"])?;
    write_branch(folder, "secondbranchx")?;
    commit(folder, "two")?;
    counted(wire, "secondbranchx", Instant::now())?;
    sleep(Duration::from_secs(1));
    let mut runs = Vec::new();
    for (branch, word) in [
        ("one", "firstbranchx"),
        ("two", "secondbranchx"),
        ("one", "firstbranchx"),
    ] {
        let start = Instant::now();
        git(folder, &["checkout", "--quiet", branch])?;
        let git_took = start.elapsed();
        counted(wire, word, start)?;
        let whole = start.elapsed();
        runs.push((git_took, whole - git_took));
        sleep(Duration::from_secs(1));
    }
    let (git_times, mut after): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
    let worst = percentile(&mut after, 1.0);
    show(
        "checkout of 5,000 files, from git's end, slowest",
        worst,
        "ms",
        "<= 3000",
    );
    Ok(
        json!({ "files": CHECKED_OUT, "max_ms": worst, "after_git_ms": all(after), "git_ms": all(git_times) }),
    )
}

fn write_branch(folder: &Path, word: &str) -> Result<()> {
    for at in 0..CHECKED_OUT {
        let path = branch_file(folder, at);
        fs::create_dir_all(path.parent().context("below the root")?)?;
        fs::write(path, note(word, at))?;
    }
    Ok(())
}

fn branch_file(folder: &Path, at: usize) -> PathBuf {
    folder.join(format!("checkout/{}/file {at}.md", at % 50))
}

fn commit(folder: &Path, message: &str) -> Result<()> {
    git(folder, &["add", "checkout"])?;
    git(folder, &["commit", "--quiet", "-m", message])
}

fn git(folder: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@localhost",
            "-c",
            "gc.auto=0",
        ])
        .args(arguments)
        .stdin(Stdio::null())
        .status()
        .context("cannot run git")?;
    ensure!(status.success(), "git {arguments:?} ended with {status}");
    Ok(())
}

/// Waits until every file of a branch is found.
fn counted(wire: &mut Wire, word: &str, since: Instant) -> Result<()> {
    let mut last = 0;
    while last != CHECKED_OUT as u64 {
        ensure!(
            since.elapsed() < PATIENCE,
            "of {CHECKED_OUT} files {last} are found"
        );
        last = hits(wire, word)?;
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Share of one core each of two servers uses while nothing happens, percent.
fn idle(leader: &Wire, follower: &Wire) -> Result<Value> {
    sleep(SETTLED);
    let processes = [leader.process(), follower.process()];
    let mut before = Vec::new();
    for process in processes {
        before.push(ticks(process)?);
    }
    sleep(IDLE);
    let mut percents = Vec::new();
    for (name, (process, before)) in ["leader", "follower"]
        .iter()
        .zip(processes.iter().zip(before))
    {
        // Linux counts in hundredths of a second.
        let percent = (ticks(*process)? - before) as f64 / IDLE.as_secs_f64();
        show(&format!("CPU of an idle {name}, 60 s"), percent, "%", "0.0");
        percents.push(percent);
    }
    Ok(json!({ "leader_percent": percents[0], "follower_percent": percents[1] }))
}

/// The leader is killed, a file is saved at once, and the next one in line is asked for it.
fn takeovers(
    cairn: &Path,
    home: &Path,
    folder: &Path,
    leader: Wire,
    follower: Wire,
) -> Result<Value> {
    let (mut leader, mut follower) = (leader, follower);
    let mut times = Vec::new();
    for at in 0..TAKEOVERS {
        let word = format!("takenover{at}x");
        leader.kill()?;
        let start = Instant::now();
        fs::write(
            folder.join(format!("watched/taken over {at}.md")),
            note(&word, at),
        )?;
        found(&mut follower, &word, start)?;
        times.push(start.elapsed());
        leader = follower;
        follower = begun(cairn, home)?;
    }
    let worst = percentile(&mut times, 1.0);
    show(
        "leader killed to a hit through the next one, slowest",
        worst,
        "ms",
        "<= 5000",
    );
    leader.end()?;
    follower.end()?;
    Ok(json!({ "max_ms": worst, "runs_ms": all(times) }))
}
