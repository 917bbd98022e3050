//! What search by meaning costs: how long embedding takes, what it takes of memory and of others' time, and how soon
//! what was written is found by what it means.
//!
//! Not how good it is (that is `retrieval`). Invariant: a note counts as found by meaning only when a search for meaning
//! alone, over the wire, has it as its first hit.

use super::mcp::{all, copy, notes_below};
use super::{
    fresh, help_vault, milliseconds, percentile, resident_peak, show, taken, target, vault,
};
use crate::wire::Wire;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

const NOTES: usize = 10_000;
const QUESTIONS: usize = 1_000;
const READS: usize = 500;
const STARTS: usize = 25;
const MEBIBYTE: f64 = 1_048_576.0;
/// Between two reads, as an agent that thinks a little.
const PACE: Duration = Duration::from_millis(20);
/// Longer than a server keeps a model that nobody uses.
const UNLOADED: Duration = Duration::from_secs(80);
/// Nothing that works takes as long.
const PATIENCE: Duration = Duration::from_secs(900);

/// What no note of the vault is about, and the same in other words.
const SUBJECTS: [(&str, &str); 10] = [
    (
        "The ferry to the island leaves at seven.",
        "boat departure in the morning",
    ),
    (
        "Grandmother's plum cake needs two hundred grams of butter.",
        "ingredients for baking a dessert",
    ),
    (
        "The old oak fell during the storm on Tuesday.",
        "tree brought down by wind",
    ),
    (
        "Our goalkeeper broke his wrist in the second half.",
        "football player injured during a match",
    ),
    (
        "The violin has to be tuned before the concert.",
        "preparing a string instrument to perform",
    ),
    (
        "Rent for the flat rises by eight percent in May.",
        "apartment becomes more expensive",
    ),
    (
        "The puppy was vaccinated against rabies.",
        "dog got its shots at the vet",
    ),
    (
        "Snow closed the mountain pass for three days.",
        "road blocked by winter weather",
    ),
    (
        "The dentist found a cavity in a lower molar.",
        "tooth decay at a checkup",
    ),
    (
        "Volcanic ash grounded all flights to Iceland.",
        "planes cancelled because of an eruption",
    ),
];

pub(super) fn measure(cairn: &Path) -> Result<Value> {
    let help = match help_vault() {
        Some(vault) => help(cairn, &vault.join("en"))?,
        None => Value::Null,
    };
    Ok(json!({ "help": help, "beside": beside(cairn)?, "hybrid": hybrid(cairn)? }))
}

/// The English notes of the real vault.
fn help(cairn: &Path, english: &Path) -> Result<Value> {
    let (home, folder) = (fresh("home-embed")?, fresh("vault-embed")?);
    copy(english, &folder)?;
    register(cairn, &home, &folder)?;
    let synced = taken(cairn, &home, &["--quiet", "sync"])?;
    let embedded = taken(cairn, &home, &["--quiet", "embed"])?;
    let seconds = embedded.wall.as_secs_f64();
    show("English help notes embedded", seconds, "s", "<= 60");
    show("  peak memory", embedded.peak as f64 / MEBIBYTE, "MiB", "-");
    let starts = starts(cairn, &home)?;
    let mut wire = Wire::start(cairn, &home, &[])?;
    wire.call("sync", json!({}))?;
    let edits = edits(&mut wire)?;
    let memory = memory(&mut wire)?;
    wire.end()?;
    Ok(json!({
        "sync_ms": milliseconds(synced.wall), "embed_s": seconds, "embed_peak_mib": embedded.peak as f64 / MEBIBYTE,
        "behind": behind(cairn, &folder)?, "search_process": starts, "edit": edits, "memory": memory,
    }))
}

fn register(cairn: &Path, home: &Path, folder: &Path) -> Result<()> {
    taken(
        cairn,
        home,
        &["project", "add", "bench", &folder.to_string_lossy()],
    )?;
    Ok(())
}

/// Whole processes, from their start to a first answer by words and meaning.
fn starts(cairn: &Path, home: &Path) -> Result<Value> {
    let questions = [
        "how do I keep notes on two machines the same",
        "make text bold",
        "put my writing on the web",
        "draw boxes and arrows",
        "open a note without the mouse",
    ];
    let mut times = Vec::new();
    for at in 0..STARTS {
        let question = questions[at % questions.len()];
        times.push(taken(cairn, home, &["search", question])?.wall);
    }
    let (p50, worst) = (percentile(&mut times, 0.5), percentile(&mut times, 1.0));
    show(
        "process start to first hybrid answer, p50",
        p50,
        "ms",
        "<= 300",
    );
    show(
        "process start to first hybrid answer, slowest",
        worst,
        "ms",
        "-",
    );
    Ok(json!({ "p50_ms": p50, "max_ms": worst, "runs_ms": all(times) }))
}

/// A note that says something else each time, until what it says now is what is found.
fn edits(wire: &mut Wire) -> Result<Value> {
    let mut times = Vec::new();
    for at in 0..SUBJECTS.len() * 2 {
        let (said, meant) = SUBJECTS[at % SUBJECTS.len()];
        let start = Instant::now();
        let note =
            json!({ "title": "Lately", "directory": "bench", "content": said, "overwrite": true });
        wire.call("write_note", note)?;
        while first_by_meaning(wire, meant)? != Some("bench/Lately.md".to_owned()) {
            ensure!(
                start.elapsed() < Duration::from_secs(30),
                "'{said}' is not found by '{meant}'"
            );
            sleep(Duration::from_millis(2));
        }
        times.push(start.elapsed());
        // Not in step with anything that beats.
        sleep(Duration::from_millis(100 + (at as u64 * 137) % 700));
    }
    let (p50, worst) = (percentile(&mut times, 0.5), percentile(&mut times, 1.0));
    show("write to hit by meaning, p50", p50, "ms", "-");
    show("write to hit by meaning, slowest", worst, "ms", "<= 1000");
    Ok(json!({ "p50_ms": p50, "max_ms": worst, "runs_ms": all(times) }))
}

fn first_by_meaning(wire: &mut Wire, query: &str) -> Result<Option<String>> {
    let said = search(wire, query, "vector")?;
    Ok(said["results"][0]["file_path"].as_str().map(str::to_owned))
}

fn search(wire: &mut Wire, query: &str, by: &str) -> Result<Value> {
    let ask = json!({ "query": query, "search_type": by, "output_format": "json", "page_size": 1 });
    Ok(serde_json::from_str(&wire.call("search_notes", ask)?)?)
}

/// What a server has resident with its model, and without.
fn memory(wire: &mut Wire) -> Result<Value> {
    search(wire, "keep two machines the same", "hybrid")?;
    let loaded = resident(wire.process())?;
    show("memory with the model loaded", loaded, "MiB", "<= 220");
    let peak = resident_peak(wire.process()) as f64 / MEBIBYTE;
    show("  at most so far", peak, "MiB", "-");
    sleep(UNLOADED);
    let unloaded = resident(wire.process())?;
    show("memory once it is unloaded", unloaded, "MiB", "<= 80");
    let start = Instant::now();
    search(wire, "put my writing on the web", "hybrid")?;
    let again = milliseconds(start.elapsed());
    show("first hybrid search after that", again, "ms", "-");
    Ok(
        json!({ "loaded_mib": loaded, "peak_mib": peak, "unloaded_mib": unloaded, "loaded_again_ms": again }),
    )
}

fn resident(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let line = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .context("a process has memory")?;
    Ok(line.trim().parse::<f64>()? / 1024.0)
}

/// The same notes by a server that was just started and that nobody asks for anything but how far it is.
fn behind(cairn: &Path, folder: &Path) -> Result<Value> {
    let home = fresh("home-behind")?;
    register(cairn, &home, folder)?;
    let start = Instant::now();
    let mut wire = Wire::start(cairn, &home, &[])?;
    wire.call("sync", json!({}))?;
    while pending(&mut wire)? > 0 {
        ensure!(start.elapsed() < PATIENCE, "embedding behind does not end");
        sleep(Duration::from_secs(1));
    }
    let seconds = start.elapsed().as_secs_f64();
    let peak = resident_peak(wire.process()) as f64 / MEBIBYTE;
    show(
        "English help notes embedded by a new server",
        seconds,
        "s",
        "-",
    );
    show("  peak memory", peak, "MiB", "-");
    wire.end()?;
    Ok(json!({ "seconds": seconds, "peak_mib": peak }))
}

/// Passages that a server has not embedded yet.
fn pending(wire: &mut Wire) -> Result<u64> {
    let said = search(wire, "how far is it", "hybrid")?;
    ensure!(
        said["search_type"] == "hybrid",
        "meaning does not count: {said}"
    );
    Ok(said["pending_passages"].as_u64().unwrap_or(0))
}

/// Reads while a server embeds behind, and reads of a server that has nothing else to do.
fn beside(cairn: &Path) -> Result<Value> {
    let (home, folder) = (fresh("home-beside")?, vault(NOTES)?);
    register(cairn, &home, &folder)?;
    taken(cairn, &home, &["--quiet", "sync"])?;
    taken(
        cairn,
        &home,
        &["config", "set", "semantic_search_enabled", "false"],
    )?;
    let mut paths = Vec::new();
    notes_below(&folder, &folder, &mut paths)?;
    paths.truncate(READS);
    let mut idle = Wire::start(cairn, &home, &[])?;
    let mut alone = paced(&mut idle, &paths)?;
    idle.end()?;
    taken(
        cairn,
        &home,
        &["config", "unset", "semantic_search_enabled"],
    )?;
    let mut busy = Wire::start(cairn, &home, &[])?;
    busy.call("sync", json!({}))?;
    let all_pending = pending(&mut busy)?;
    while pending(&mut busy)? == all_pending {
        sleep(Duration::from_millis(200));
    }
    let (before, start) = (pending(&mut busy)?, Instant::now());
    let mut together = paced(&mut busy, &paths)?;
    let (after, took) = (pending(&mut busy)?, start.elapsed());
    ensure!(after > 0, "embedding ended before the reads did");
    sleep(Duration::from_secs(5));
    let left_alone = (after - pending(&mut busy)?) as f64 / 5.0;
    busy.kill()?;
    let embedded = (before - after) as f64 / took.as_secs_f64();
    let (idle_p95, busy_p95) = (
        percentile(&mut alone, 0.95),
        percentile(&mut together, 0.95),
    );
    show("read_note, nothing else going on, p95", idle_p95, "ms", "-");
    show("read_note while embedding, p95", busy_p95, "ms", "-");
    show("  times as much", busy_p95 / idle_p95, "", "<= 2");
    show("passages embedded beside the reads", embedded, "/s", "-");
    show("passages embedded while nobody asks", left_alone, "/s", "-");
    Ok(json!({
        "idle_p95_ms": idle_p95, "embedding_p95_ms": busy_p95, "idle_runs_ms": all(alone),
        "embedding_runs_ms": all(together), "embedded_per_s": embedded, "embedded_alone_per_s": left_alone,
    }))
}

/// Every note once to warm up, and once more with a pause before each.
fn paced(wire: &mut Wire, paths: &[String]) -> Result<Vec<Duration>> {
    for path in paths {
        wire.call("read_note", json!({ "identifier": path }))?;
    }
    let mut times = Vec::with_capacity(paths.len());
    for path in paths {
        sleep(PACE);
        let start = Instant::now();
        wire.call("read_note", json!({ "identifier": path }))?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// Words and meaning over the wire, with 10,000 notes. The vectors are kept, since they take minutes.
fn hybrid(cairn: &Path) -> Result<Value> {
    let home = embedded_home(cairn)?;
    let mut wire = Wire::start(cairn, &home, &[])?;
    wire.call("sync", json!({}))?;
    ensure!(pending(&mut wire)? == 0, "not everything is embedded");
    let mut times = Vec::with_capacity(QUESTIONS);
    for question in crate::generate::questions(NOTES, 1, QUESTIONS) {
        let start = Instant::now();
        wire.call(
            "search_notes",
            json!({ "query": question, "search_type": "hybrid" }),
        )?;
        times.push(start.elapsed());
    }
    wire.end()?;
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    show("hybrid search, 10,000 notes, p50", p50, "ms", "-");
    show("hybrid search, 10,000 notes, p95", p95, "ms", "<= 30");
    Ok(json!({ "notes": NOTES, "p50_ms": p50, "p95_ms": p95, "runs_ms": all(times) }))
}

fn embedded_home(cairn: &Path) -> Result<PathBuf> {
    let home = target().join("bench/home-embedded");
    if !home.join("config.toml").is_file() {
        fs::create_dir_all(&home)?;
        register(cairn, &home, &vault(NOTES)?)?;
    }
    let embedded = taken(cairn, &home, &["--quiet", "embed"])?;
    println!(
        "10,000 notes are embedded after {:.0} s",
        embedded.wall.as_secs_f64()
    );
    Ok(home)
}
