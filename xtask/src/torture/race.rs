//! `torture race`: many processes, and then many threads, fight for the same notes.
//!
//! Agents write, edit, move, delete and restore; an editor saves the same files by atomic rename; git checks branches
//! out; something syncs all the time. Invariant: what is looked at in the end is what everybody noted down after it was
//! answered, against the disk, the index and the history.

mod agent;
mod editor;
mod verdict;

use super::disk::Observer;
use super::options::Options;
use super::place::{Place, now};
use agent::Agent;
use anyhow::{Context, Result, bail};
use cairn_engine::{Cancel, Engine, IndexLocation, Silent, torture};
use editor::{Branches, Editor};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Agents.
const AGENTS: usize = 8;

/// What each of them does, unless told otherwise.
const OPERATIONS: usize = 1000;

/// Notes they do it to, unless told otherwise.
const NOTES: usize = 200;

/// Of so many passings of the place between a last look and the change, one is slow.
const DAWDLES: u64 = 16;

/// The folders a note may be in; what lies in the last one git checks out, too.
const FOLDERS: [&str; 3] = ["one", "two", "git"];

/// Runs the processes, and after them the threads.
pub(super) fn run(options: &Options) -> Result<()> {
    let folder = options.folder.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!(
            "cairn-race-{}-{}",
            options.seed,
            std::process::id()
        ))
    });
    println!(
        "torture race: seed {}, in {}",
        options.seed,
        folder.display()
    );
    let mut violations = processes(options, &folder.join("file"))?;
    violations += threads(options, &folder.join("memory"))?;
    if violations > 0 {
        bail!(
            "{violations} violations; what is left is in {}",
            folder.display()
        );
    }
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// Processes on an index in a file.
fn processes(options: &Options, folder: &Path) -> Result<usize> {
    let (place, began) = (Place::new(folder)?, Instant::now());
    let notes = options.notes.unwrap_or(NOTES);
    begin(&place, notes)?;
    place
        .engine(now)?
        .project(None)?
        .sync(&Silent, &Cancel::new())?;
    let mut agents = (0..AGENTS)
        .map(|number| start(options, &place, "agent", number))
        .collect::<Result<Vec<Child>>>()?;
    let mut others = vec![
        start(options, &place, "editor", AGENTS)?,
        start(options, &place, "sync", AGENTS + 1)?,
    ];
    let stopped = stop_file(&place);
    let is_over = AtomicBool::new(false);
    let mut failed = Vec::new();
    let checkouts = std::thread::scope(|scope| -> Result<usize> {
        let git = scope.spawn(|| Branches::new(&place, notes)?.switch_until(&is_over));
        for agent in &mut agents {
            let status = agent.wait()?;
            if !status.success() {
                failed.push(format!("an agent ended with {status}"));
            }
        }
        is_over.store(true, Ordering::SeqCst);
        git.join().expect("it ends")
    })?;
    File::create(stopped)?;
    for other in &mut others {
        let status = other.wait()?;
        if !status.success() {
            failed.push(format!("an editor or a watcher ended with {status}"));
        }
    }
    let engine = place.engine(super::place::later)?;
    println!(
        "{AGENTS} processes, index in a file, {checkouts} checkouts, {:.1?}:",
        began.elapsed()
    );
    verdict::report(options, &place, &engine, failed)
}

/// Threads on an index in memory: a process of its own, whose switches are turned.
fn threads(options: &Options, folder: &Path) -> Result<usize> {
    let place = Place::new(folder)?;
    let status = start(options, &place, "memory", 0)?.wait()?;
    match status.code() {
        Some(0) => Ok(0),
        Some(1) => Ok(1),
        _ => bail!("the threads ended with {status}"),
    }
}

/// One of the processes.
pub(super) fn racer(options: &Options) -> Result<()> {
    let place = Place::new(options.folder.as_deref().context("--dir FOLDER")?)?;
    torture::install(Box::new(Observer::default().dawdling(DAWDLES)));
    if let Some(switch) = options.switch {
        torture::leave_out(switch);
    }
    let (notes, stopped) = (options.notes.unwrap_or(NOTES), stop_file(&place));
    let log = Log::begin(&place, &format!("{}{}", options.role, options.number))?;
    match options.role.as_str() {
        "agent" => {
            let engine = place.engine(now)?;
            Agent::new(&engine, &log, options, notes).run(operations(options));
        }
        "editor" => Editor::new(&place, &log, options.seed, notes).run(&|| stopped.exists()),
        "sync" => keep_in_step(&place.engine(now)?, &log, &|| stopped.exists()),
        "memory" => return in_memory(options, &place, notes),
        other => bail!("nobody plays {other}"),
    }
    Ok(())
}

fn in_memory(options: &Options, place: &Place, notes: usize) -> Result<()> {
    let began = Instant::now();
    begin(place, notes)?;
    let engine = Engine::open(place.settings(IndexLocation::Memory, now))?;
    engine.project(None)?.sync(&Silent, &Cancel::new())?;
    let is_over = AtomicBool::new(false);
    let over = || is_over.load(Ordering::SeqCst);
    let checkouts = std::thread::scope(|scope| -> Result<usize> {
        let mut agents = Vec::new();
        for number in 0..AGENTS {
            let log = Log::begin(place, &format!("agent{number}"))?;
            let options = Options {
                number,
                ..options.clone()
            };
            let engine = &engine;
            agents.push(scope.spawn(move || {
                Agent::new(engine, &log, &options, notes).run(operations(&options));
            }));
        }
        let (edits, syncs) = (Log::begin(place, "editor8")?, Log::begin(place, "sync9")?);
        let (engine, over, is_over) = (&engine, &over, &is_over);
        scope.spawn(move || Editor::new(place, &edits, options.seed, notes).run(over));
        scope.spawn(move || keep_in_step(engine, &syncs, over));
        let git = scope.spawn(move || Branches::new(place, notes)?.switch_until(is_over));
        let ended: Vec<_> = agents.into_iter().map(|agent| agent.join()).collect();
        is_over.store(true, Ordering::SeqCst);
        if ended.iter().any(Result::is_err) {
            bail!("an agent panicked");
        }
        git.join().expect("it ends")
    })?;
    println!(
        "{AGENTS} threads, index in memory, {checkouts} checkouts, {:.1?}:",
        began.elapsed()
    );
    if verdict::report(options, place, &engine, Vec::new())? > 0 {
        bail!("the threads had violations");
    }
    Ok(())
}

fn operations(options: &Options) -> usize {
    options.rounds.unwrap_or(OPERATIONS)
}

fn stop_file(place: &Place) -> PathBuf {
    place.folder().join("stop")
}

/// Writes the notes.
fn begin(place: &Place, notes: usize) -> Result<()> {
    for number in 0..notes {
        let path = place.notes().join(home_of(number));
        fs::create_dir_all(path.parent().context("it lies in a folder")?)?;
        fs::write(
            path,
            format!(
                "---\ntitle: note{number:03}\ntype: note\npermalink: main/note{number:03}\n---\n\nIt begins here.\n"
            ),
        )?;
    }
    Ok(())
}

/// Where a note is in the beginning: one of ten is git's.
fn home_of(number: usize) -> String {
    let folder = match number % 10 {
        9 => FOLDERS[2],
        other => FOLDERS[other % 2],
    };
    format!("{folder}/note{number:03}.md")
}

fn start(options: &Options, place: &Place, role: &str, number: usize) -> Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["torture", "racer", "--role", role, "--dir"])
        .arg(place.folder())
        .args(["--seed", &options.seed.to_string()])
        .args(["--number", &number.to_string()])
        .args(["--rounds", &operations(options).to_string()])
        .args(["--notes", &options.notes.unwrap_or(NOTES).to_string()]);
    if let Some(switch) = options.switch_name() {
        command.args(["--switch", switch]);
    }
    Ok(command.spawn()?)
}

/// Syncs as often as a busy watcher does.
fn keep_in_step(engine: &Engine, log: &Log, is_over: &dyn Fn() -> bool) {
    while !is_over() {
        let project = engine.project(None).expect("there is one");
        if let Err(error) = project.sync(&Silent, &Cancel::new()) {
            log.line(&["error", "sync", &error.to_string()]);
        }
        std::thread::sleep(Duration::from_millis(8));
    }
}

/// What one of them notes down: parts of a line, with tabs between them.
struct Log(Mutex<File>);

impl Log {
    fn begin(place: &Place, name: &str) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(place.folder().join(format!("{name}.log")))?;
        Ok(Self(Mutex::new(file)))
    }

    fn line(&self, parts: &[&str]) {
        let line = parts.join("\t").replace('\n', " ");
        let mut file = self.0.lock().expect("nobody panics while writing");
        writeln!(file, "{line}").expect("the log can be written");
    }
}
