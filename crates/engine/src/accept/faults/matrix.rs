//! Every verb × every point it passes × every fault: the old or the new content, never a third thing; a clear error;
//! a history that tells the truth; and once the fault is gone all is well.
//!
//! Which points a verb passes is found out by running it: a point that is added is tested.

use super::trouble::{TROUBLES, Trouble, While, do_it, error, happens, is_quiet};
use super::verbs::{Failure, VAULT, VERBS, Verb};
use crate::points::Point;
use crate::points::failpoints::{Following, follow};
use crate::{Cancel, Durability, Engine, Kind, Project, Settings, Silent};
use cairn_history::Filter;
use cairn_testkit::Vault;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

type Files = BTreeMap<String, String>;

/// What the history says was done: operation, path, former path; newest first.
type Told = Vec<(&'static str, String, Option<String>)>;

/// Where: a point, the path it is passed with, and the how-manieth time that is.
type Place = (Point, String, usize);

/// One fault.
#[derive(Debug, Clone)]
struct Fault {
    trouble: Trouble,
    place: Place,
    lasts: While,
}

/// A vault in which a verb is about to be used.
struct Bench {
    vault: Vault,
    engine: Engine,
}

impl Bench {
    fn new(verb: &Verb) -> Self {
        let vault = Vault::new(VAULT);
        let settings = |durability| Settings {
            durability,
            ..Settings::in_memory("main", vault.root().to_owned())
        };
        let quick = Engine::open(settings(Durability::Os)).expect("it opens");
        let project = quick.project(None).expect("there is one");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        (verb.begin)(project);
        let engine = quick.with_settings(settings(Durability::Fsync));
        Self { vault, engine }
    }

    fn project(&self) -> Project<'_> {
        self.engine.project(None).expect("there is one")
    }

    fn files(&self) -> Files {
        let files = self.vault.files().into_iter();
        files
            .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("all is text")))
            .collect()
    }

    fn told(&self) -> Told {
        let revisions = self.engine.history.revisions(&Filter::default(), 1000);
        let revisions = revisions.expect("it can be asked").into_iter();
        revisions
            .map(|revision| (revision.operation.name(), revision.path, revision.former))
            .collect()
    }

    fn is_pending(&self) -> bool {
        let pending = self.engine.history.pending(self.project().id().0);
        !pending.expect("it can be asked").is_empty()
    }
}

/// What a verb does when nothing goes wrong.
struct Smooth {
    before: Files,
    after: Files,
    told_before: Told,
    told_after: Told,
    places: Vec<Place>,
}

impl Smooth {
    fn of(verb: &Verb) -> Self {
        let bench = Bench::new(verb);
        let (before, told_before) = (bench.files(), bench.told());
        let seen: Arc<Mutex<Vec<Place>>> = Arc::default();
        let following = {
            let (seen, root) = (Arc::clone(&seen), bench.vault.root().to_owned());
            follow(root.clone(), move |point, path| {
                let path = relative(&root, path);
                let mut seen = seen.lock().expect("nobody panics here");
                let passed = seen
                    .iter()
                    .filter(|place| place.0 == point && place.1 == path);
                let times = passed.count();
                seen.push((point, path, times));
                Ok(())
            })
        };
        let failures = (verb.run)(bench.project());
        drop(following);
        assert!(failures.is_empty(), "{}: {failures:?}", verb.name);
        let places = seen.lock().expect("nobody panics here").clone();
        Self {
            before,
            after: bench.files(),
            told_before,
            told_after: bench.told(),
            places,
        }
    }

    /// Whether the files of a unit are as before, or as after; `None` when they are a third thing.
    fn is_done(&self, unit: &[&str], now: &Files) -> Option<bool> {
        let all = |files: &Files| unit.iter().all(|path| files.get(*path) == now.get(*path));
        match (all(&self.before), all(&self.after)) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        }
    }

    /// What the history says where some units are done and others are not.
    fn told(&self, units: &[(&[&str], bool)]) -> Told {
        let is_undone = |path: &String| {
            let mut units = units.iter();
            units.any(|(unit, is_done)| !is_done && unit.contains(&path.as_str()))
        };
        let news = &self.told_after[..self.told_after.len() - self.told_before.len()];
        let done = news.iter().filter(|(_, path, _)| !is_undone(path));
        sorted(done.chain(&self.told_before).cloned().collect())
    }
}

/// Threads change the files of a folder in any order.
fn sorted(mut told: Told) -> Told {
    told.sort();
    told
}

fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).expect("it is below the root");
    path.to_string_lossy().into_owned()
}

/// Uses a verb while something goes wrong, and returns what is not as it must be.
fn tried(verb: &Verb, smooth: &Smooth, fault: &Fault) -> Vec<String> {
    let bench = Bench::new(verb);
    let (following, is_met) = break_it(verb, &bench, fault);
    let failures = (verb.run)(bench.project());
    drop(following);
    if !is_met.load(Ordering::Relaxed) {
        // Which of two threads makes a folder for both is not always the same.
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let now = bench.files();
    if bench.is_pending() {
        // Nobody could tell what came of it: the next sync finds out, and may have a half to finish.
        let known: BTreeSet<_> = smooth
            .before
            .values()
            .chain(smooth.after.values())
            .collect();
        if !now.values().all(|text| known.contains(text)) {
            wrong.push(format!("a file says what none ever said: {now:?}"));
        }
    } else {
        wrong.extend(judge(verb, smooth, &bench, &now));
    }
    wrong.extend(judge_words(verb, smooth, &now, &failures));
    if matches!(fault.place.0, Point::Tell | Point::SyncFolder) && failures.is_empty() {
        wrong.push("it was done, but not all of it, and nothing was said".to_owned());
    }

    let report = bench.project().sync(&Silent, &Cancel::new());
    let faults = report.map_or_else(
        |error| error.to_string(),
        |report| format!("{:?}", report.faults),
    );
    if faults != "[]" {
        wrong.push(format!("the next sync finds fault: {faults}"));
    }
    if bench.is_pending() {
        wrong.push("the history still does not know what came of it".to_owned());
    }
    let synced = bench.files();
    if synced != now && wrong.is_empty() && !is_half_finished(verb, smooth, &now) {
        wrong.push(format!("a sync changed files: {now:?} became {synced:?}"));
    }
    wrong.extend(judge(verb, smooth, &bench, &synced));
    wrong.extend(compared(&bench));

    if !verb
        .units
        .iter()
        .all(|unit| smooth.is_done(unit, &synced) == Some(true))
    {
        let again = (verb.run)(bench.project());
        if !again.is_empty() || bench.files() != smooth.after {
            wrong.push(format!(
                "it cannot be repeated: {again:?}, {:?}",
                bench.files()
            ));
        }
        wrong.extend(compared(&bench));
    }
    wrong
}

fn break_it(verb: &Verb, bench: &Bench, fault: &Fault) -> (Following, Arc<AtomicBool>) {
    let root = bench.vault.root().to_owned();
    let Fault {
        trouble,
        place: (point, path, time),
        lasts,
    } = fault.clone();
    let unit = verb.units.iter().find(|unit| unit.contains(&path.as_str()));
    let sources = unit.into_iter().flat_map(|unit| unit.iter());
    let sources: Vec<PathBuf> = sources.map(|path| bench.vault.path(path)).collect();
    let passed = AtomicUsize::new(0);
    let is_met = Arc::new(AtomicBool::new(false));
    let meets = Arc::clone(&is_met);
    let following = follow(root.clone(), move |at, absolute| {
        if at != point || relative(&root, absolute) != path {
            return Ok(());
        }
        let number = passed.fetch_add(1, Ordering::Relaxed);
        if number != time && (lasts == While::Once || number < time) {
            return Ok(());
        }
        meets.store(true, Ordering::Relaxed);
        if trouble == Trouble::DoneAllTheSame {
            do_it(at, absolute, &sources)?;
        }
        Err(error(trouble))
    });
    (following, is_met)
}

/// A move that has given the second name and not taken the first: a sync finishes that.
fn is_half_finished(verb: &Verb, smooth: &Smooth, now: &Files) -> bool {
    verb.units
        .iter()
        .any(|unit| unit.len() == 2 && smooth.is_done(unit, now).is_none())
}

/// What is wrong with the files, and with what the history says of them.
fn judge(verb: &Verb, smooth: &Smooth, bench: &Bench, now: &Files) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut units: Vec<(&[&str], bool)> = Vec::new();
    for unit in verb.units {
        match smooth.is_done(unit, now) {
            Some(is_done) => units.push((unit, is_done)),
            None => wrong.push(format!("{unit:?} is neither old nor new: {now:?}")),
        }
    }
    let mut others = now.clone();
    others.retain(|path, _| !verb.units.concat().contains(&path.as_str()));
    let stays = others
        .iter()
        .all(|(path, text)| smooth.before.get(path) == Some(text));
    if !stays || others.len() + count(verb, &smooth.before) != smooth.before.len() {
        wrong.push(format!("other files changed, or one was left: {others:?}"));
    }
    let told = sorted(bench.told());
    let expected = smooth.told(&units);
    if told != expected {
        wrong.push(format!("the history says {told:?} instead of {expected:?}"));
    }
    wrong
}

/// How many of the files are ones the verb changes.
fn count(verb: &Verb, files: &Files) -> usize {
    let units = verb.units.concat();
    files
        .keys()
        .filter(|path| units.contains(&path.as_str()))
        .count()
}

/// What is wrong with what was said.
fn judge_words(verb: &Verb, smooth: &Smooth, now: &Files, failures: &[Failure]) -> Vec<String> {
    let mut wrong = Vec::new();
    let undone = verb
        .units
        .iter()
        .filter(|unit| smooth.is_done(unit, now) != Some(true));
    if failures.is_empty() && undone.count() > 0 {
        wrong.push("nothing was said of a failure".to_owned());
    }
    for Failure { kind, message } in failures {
        let is_sentence = !message.contains('\n') && !message.ends_with('.') && message.len() > 20;
        let names = |path: &&str| message.contains(path.rsplit('/').next().unwrap_or(path));
        let folders = ["d", "m", "n", "x", "folder", "project"];
        let names_it = verb.units.concat().iter().any(names)
            || folders.iter().any(|folder| message.contains(folder));
        if !is_sentence || !names_it {
            wrong.push(format!("this is no clear sentence: {message}"));
        }
        if kind.is_some_and(|kind| kind != Kind::Io) {
            wrong.push(format!("{message}: it is of the kind {kind:?}"));
        }
        let says_done = [" was written, ", " was moved, ", " was deleted, "]
            .iter()
            .any(|done| message.contains(done));
        let is_all_done = verb
            .units
            .iter()
            .all(|unit| smooth.is_done(unit, now) == Some(true));
        // A note whose links could not be looked at is named, whether or not any of them had to change.
        let is_unread = kind.is_none() && message.contains("cannot read");
        if is_all_done && !says_done && !is_unread {
            wrong.push(format!("it was done, but this says otherwise: {message}"));
        }
        if says_done && verb.units.len() == 1 && !is_all_done {
            wrong.push(format!("it was not done, but this says so: {message}"));
        }
    }
    wrong
}

/// How the index differs from the folder.
fn compared(bench: &Bench) -> Vec<String> {
    let compared = bench.engine.compare_with_rebuilt(&Silent, &Cancel::new());
    let compared = compared.expect("both can be read");
    let differences = compared.differences.iter();
    differences
        .map(|difference| format!("the index is not the folder: {difference}"))
        .collect()
}

fn try_all(verbs: std::ops::Range<usize>) {
    let (mut report, mut cases) = (Vec::new(), 0);
    for verb in &VERBS[verbs] {
        let smooth = Smooth::of(verb);
        let places = smooth.places.iter().filter(|place| !is_quiet(place.0));
        for place in places {
            for trouble in TROUBLES
                .into_iter()
                .filter(|trouble| happens(*trouble, place.0))
            {
                for &lasts in trouble.lasts() {
                    let place = place.clone();
                    let fault = Fault {
                        trouble,
                        place,
                        lasts,
                    };
                    cases += 1;
                    for wrong in tried(verb, &smooth, &fault) {
                        report.push(format!("{}, {fault:?}:\n    {wrong}", verb.name));
                    }
                }
            }
        }
    }
    assert!(cases > 100, "only {cases} cases");
    let shown = report.len().min(40);
    assert!(
        report.is_empty(),
        "{} of {cases} cases\n{}",
        report.len(),
        report[..shown].join("\n")
    );
}

#[test]
fn a_fault_while_one_note_is_changed() {
    try_all(0..5);
}

#[test]
fn a_fault_while_a_folder_is_changed() {
    try_all(5..8);
}

#[test]
fn a_fault_while_something_is_restored() {
    try_all(8..11);
}

#[test]
fn a_fault_while_something_is_undone() {
    try_all(11..VERBS.len());
}
