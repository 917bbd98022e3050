//! `torture crash`: kills a writer again and again, and looks at what it leaves.
//!
//! All rounds happen in one folder, so that what one leaves is what the next begins with. Invariant: the figures count
//! rounds that were killed and checked, nothing else.

use super::checker::{Check, Figures};
use super::hand::COMMON;
use super::journal::{self, Line, Model, write_model};
use super::options::{Options, POINTS};
use super::place::{Place, later};
use super::power;
use super::writer::SHARED;
use crate::generate::random::Random;
use anyhow::{Context, Result, bail};
use cairn_engine::torture::Point;
use cairn_engine::{Cancel, Silent};
use cairn_history::Retention;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Rounds, unless told otherwise.
const ROUNDS: usize = 2000;

/// After so many rounds the history is pruned and read through.
const TIDY: usize = 25;

/// How long it is waited for a process to come to its point.
const PATIENCE: Duration = Duration::from_millis(1200);

/// How a round ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// After so long.
    Time(Duration),
    /// At a point, and which passing of it.
    At(Point, u32),
}

/// Kills and looks.
pub(super) fn run(options: &Options) -> Result<()> {
    let began = Instant::now();
    let folder = options.folder.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!(
            "cairn-crash-{}-{}",
            options.seed,
            std::process::id()
        ))
    });
    let place = Place::new(&folder)?;
    println!(
        "torture crash: seed {}, in {}",
        options.seed,
        folder.display()
    );
    let mut run = Run::new(options, &place)?;
    let rounds = options.rounds.unwrap_or(ROUNDS);
    for round in 1..=rounds {
        run.round(round)?;
        if round.is_multiple_of(100) {
            println!(
                "  {round} rounds, {} verbs acknowledged, {} violations, {:.0?}",
                run.total.acknowledged,
                run.violations,
                began.elapsed()
            );
        }
        if run.violations > 0 && !options.goes_on {
            break;
        }
    }
    run.report(began.elapsed());
    if run.violations > 0 {
        bail!(
            "{} violations; what is left is in {}",
            run.violations,
            folder.display()
        );
    }
    fs::remove_dir_all(folder)?;
    Ok(())
}

struct Run<'a> {
    options: &'a Options,
    place: &'a Place,
    random: Random,
    model: Model,
    kills: BTreeMap<String, usize>,
    power_cuts: usize,
    lost: power::Lost,
    total: Figures,
    violations: usize,
}

impl<'a> Run<'a> {
    fn new(options: &'a Options, place: &'a Place) -> Result<Self> {
        let run = Self {
            options,
            place,
            random: Random::new(options.seed),
            model: Model::new(),
            kills: BTreeMap::new(),
            power_cuts: 0,
            lost: power::Lost::default(),
            total: Figures::default(),
            violations: 0,
        };
        run.begin_shared()?;
        Ok(run)
    }

    /// Has the shared notes begin anew, so that they stay short.
    fn begin_shared(&self) -> Result<()> {
        for path in SHARED {
            let file = self.place.notes().join(path);
            fs::create_dir_all(file.parent().context("it lies in a folder")?)?;
            fs::write(file, "It begins here.\n")?;
        }
        let engine = self.place.engine(later)?;
        engine.project(None)?.sync(&Silent, &Cancel::new())?;
        Ok(())
    }

    fn round(&mut self, round: usize) -> Result<()> {
        let is_power_cut = self.options.power_cut || round.is_multiple_of(4);
        let end = self.end(round);
        write_model(&self.place.model(), &self.model)?;
        fs::write(self.place.journal(), "")?;
        fs::write(self.place.disk(), "")?;
        let mut child = self.start(round, end, is_power_cut)?;
        let name = wait(&mut child, end)?;
        *self.kills.entry(name.clone()).or_default() += 1;
        if is_power_cut {
            let lost = power::cut(self.place, &mut self.random)?;
            self.power_cuts += 1;
            self.lost.names += lost.names;
            self.lost.texts += lost.texts;
        }
        fs::remove_dir_all(self.place.grave())?;
        fs::create_dir(self.place.grave())?;
        if self.random.chance(0.02) {
            // The index is a cache.
            for ending in ["db", "db-wal", "db-shm"] {
                fs::remove_file(self.place.data().join(format!("index.{ending}"))).ok();
            }
        }
        let lines = journal::read(&self.place.journal())?;
        let (model, mut violations, figures) =
            Check::new(self.place, &self.model, &lines).finish()?;
        if round.is_multiple_of(TIDY) {
            violations.extend(self.tidy()?);
        }
        self.total.acknowledged += figures.acknowledged;
        self.total.refused += figures.refused;
        self.total.under_way += figures.under_way;
        self.total.happened += figures.happened;
        if !violations.is_empty() {
            self.violations += violations.len();
            let cut = if is_power_cut { ", power cut" } else { "" };
            println!(
                "VIOLATION: seed {}, round {round}, killed: {name}{cut}, switch {:?}",
                self.options.seed, self.options.switch
            );
            for violation in violations.iter().take(20) {
                println!("  {violation}");
            }
            excerpt(&lines, &violations);
            fs::copy(
                self.place.journal(),
                self.place.folder().join(format!("journal-{round}.tsv")),
            )?;
            fs::copy(
                self.place.disk(),
                self.place.folder().join(format!("disk-{round}.tsv")),
            )?;
        }
        self.model = model;
        Ok(())
    }

    /// Half of the rounds end at a point, each point as often as the others; half at any time, some of them early.
    fn end(&mut self, round: usize) -> End {
        if round.is_multiple_of(2) {
            let point = POINTS[round / 2 % POINTS.len()];
            let most = match point {
                Point::RemoveFolder | Point::Link | Point::Observe | Point::MakeFolder => 4,
                Point::List | Point::Apply | Point::Applied => 12,
                _ => 60,
            };
            return End::At(point, self.random.between(1, most) as u32);
        }
        let most = if self.random.chance(0.2) {
            12_000
        } else {
            150_000
        };
        End::Time(Duration::from_micros(self.random.between(0, most) as u64))
    }

    fn start(&self, round: usize, end: End, is_power_cut: bool) -> Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["torture", "writer", "--dir"])
            .arg(self.place.folder())
            .args([
                "--seed",
                &(self.options.seed * 1_000_003 + round as u64).to_string(),
            ])
            .args(["--number", &round.to_string()])
            .stdout(Stdio::piped());
        if let End::At(point, passing) = end {
            command.args(["--dies-at", &format!("{point:?}:{passing}")]);
        }
        if is_power_cut {
            command.arg("--notes-disk");
        }
        if let Some(switch) = self.options.switch_name() {
            command.args(["--switch", switch]);
        }
        Ok(command.spawn()?)
    }

    /// Keeps the history short, and reads all of it.
    fn tidy(&mut self) -> Result<Vec<String>> {
        self.begin_shared()?;
        // Folders that notes have left are nobody's; they would only make every scan longer.
        remove_empty(&self.place.notes().join(COMMON))?;
        let engine = self.place.engine(later)?;
        let mut found = problems(&engine)?;
        let retention = Retention {
            everything: Duration::ZERO,
            daily: Some(Duration::ZERO),
            trash: Some(Duration::ZERO),
        };
        engine.history().prune(&retention, later())?;
        found.extend(problems(&engine)?);
        Ok(found)
    }

    fn report(&self, took: Duration) {
        let kills: usize = self.kills.values().sum();
        println!(
            "{kills} kills, of them {} power cuts, in {took:.0?}:",
            self.power_cuts
        );
        for (name, count) in &self.kills {
            println!("  {count:>5} {name}");
        }
        println!(
            "{} verbs acknowledged, {} refused, {} under way of which {} steps had happened",
            self.total.acknowledged, self.total.refused, self.total.under_way, self.total.happened
        );
        println!(
            "power cuts took back {} names and cut off {} texts",
            self.lost.names, self.lost.texts
        );
        println!("{} violations", self.violations);
    }
}

/// Removes the folders that hold nothing.
fn remove_empty(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_empty(&entry.path())?;
        }
    }
    // One that holds something stays.
    fs::remove_dir(folder).ok();
    Ok(())
}

fn problems(engine: &cairn_engine::Engine) -> Result<Vec<String>> {
    let problems = engine.history().check()?;
    Ok(problems
        .into_iter()
        .map(|problem| format!("the history is damaged: {problem:?}"))
        .collect())
}

/// Waits for the end of a process, and brings it about; returns how it ended.
fn wait(child: &mut Child, end: End) -> Result<String> {
    let mut output = BufReader::new(child.stdout.take().context("it was asked for")?);
    let name = match end {
        End::Time(time) => {
            // Short times run from its start, long ones from when it is ready.
            if time > Duration::from_millis(12) {
                output.read_line(&mut String::new())?;
            }
            std::thread::sleep(time);
            "any time".to_owned()
        }
        End::At(point, _) => {
            let until = Instant::now() + PATIENCE;
            while Instant::now() < until && child.try_wait()?.is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            if child.try_wait()?.is_some() {
                format!("at {point:?}")
            } else {
                "any time, not having come to its point".to_owned()
            }
        }
    };
    child.kill().ok();
    let status = child.wait()?;
    if status.code().is_some() {
        bail!("a writer ended by itself: {status}");
    }
    Ok(name)
}

/// Prints what the journal says of what a violation names.
fn excerpt(lines: &[Line], violations: &[String]) {
    let texts: Vec<String> = lines.iter().map(journal::written).collect();
    let words: Vec<&str> = violations
        .iter()
        .take(3)
        .flat_map(|violation| violation.split([' ', ':', ',']))
        .filter(|word| word.contains(".md"))
        .collect();
    let about = texts
        .iter()
        .filter(|text| words.iter().any(|word| text.contains(word)));
    let about: Vec<&String> = about.collect();
    for text in about.iter().rev().take(12).rev() {
        let short: String = text.chars().take(400).collect();
        println!("    | {short}");
    }
}
