//! What must hold when a race is over.
//!
//! Invariant: nothing is believed because it did not fail: every answer is looked for in the history, every link of the
//! history's chains is followed, and every content it names is read.

use super::super::options::Options;
use super::super::place::Place;
use super::FOLDERS;
use anyhow::Result;
use cairn_engine::{Cancel, Engine, Silent};
use cairn_history::{Filter, Hash, History, Operation, Revision};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;

/// Who saves without a verb, as the history calls it.
const EXTERNAL: &str = "external";

/// Prints what was done and what is wrong; returns how much is wrong.
pub(super) fn report(
    options: &Options,
    place: &Place,
    engine: &Engine,
    failed: Vec<String>,
) -> Result<usize> {
    let mut verdict = Verdict::new(place, engine, failed)?;
    verdict.judge(engine)?;
    for (what, count) in &verdict.counts {
        println!("  {count:>6} {what}");
    }
    println!("  {:>6} revisions, each readable", verdict.revisions.len());
    let found = verdict.violations.len();
    if found > 0 {
        println!(
            "VIOLATION: {found} of them, seed {}, switch {:?}, in {}",
            options.seed,
            options.switch,
            place.folder().display()
        );
        for violation in verdict.violations.iter().take(20) {
            println!("  {violation}");
        }
    }
    Ok(found)
}

struct Verdict<'a> {
    history: &'a History,
    /// All that happened, oldest first.
    revisions: Vec<Revision>,
    /// What everybody noted down, line by line.
    lines: Vec<Vec<String>>,
    /// What the files say.
    files: BTreeMap<String, Hash>,
    contents: HashMap<Hash, String>,
    counts: BTreeMap<String, usize>,
    violations: Vec<String>,
}

impl<'a> Verdict<'a> {
    fn new(place: &Place, engine: &'a Engine, violations: Vec<String>) -> Result<Self> {
        let project = engine.project(None)?;
        project.sync(&Silent, &Cancel::new())?;
        let mut lines = Vec::new();
        for entry in fs::read_dir(place.folder())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "log") {
                let text = fs::read_to_string(path)?;
                lines.extend(
                    text.lines()
                        .map(|line| line.split('\t').map(str::to_owned).collect()),
                );
            }
        }
        let mut files = BTreeMap::new();
        for (path, file) in place.files()? {
            if !path.contains("/.git/") {
                files.insert(path, Hash::of(&fs::read(file)?));
            }
        }
        let filter = Filter {
            project: Some(project.settings().id().0),
            ..Filter::default()
        };
        let mut revisions = engine.history().revisions(&filter, usize::MAX >> 2)?;
        revisions.reverse();
        Ok(Self {
            history: engine.history(),
            revisions,
            lines,
            files,
            contents: HashMap::new(),
            counts: BTreeMap::new(),
            violations,
        })
    }

    fn judge(&mut self, engine: &Engine) -> Result<()> {
        self.contents()?;
        self.answers();
        self.chains();
        self.ends();
        self.edits();
        self.saves();
        self.rows(engine)?;
        let project = engine.project(None)?;
        let pending = self.history.pending(project.settings().id().0)?;
        self.violations.extend(
            pending
                .iter()
                .map(|revision| format!("still pending: {revision:?}")),
        );
        for problem in self.history.check()? {
            self.violations
                .push(format!("the history is damaged: {problem:?}"));
        }
        let comparison = engine.compare_with_rebuilt(&Silent, &Cancel::new())?;
        for difference in comparison.differences {
            self.violations
                .push(format!("the index is not as one built anew: {difference}"));
        }
        Ok(())
    }

    /// Reads every content that a revision names.
    fn contents(&mut self) -> Result<()> {
        for hash in self
            .revisions
            .iter()
            .flat_map(|revision| [revision.before, revision.after])
            .flatten()
        {
            if self.contents.contains_key(&hash) {
                continue;
            }
            match self.history.content(&hash)? {
                Some(bytes) => {
                    self.contents
                        .insert(hash, String::from_utf8_lossy(&bytes).into_owned());
                }
                None => self.violations.push(format!("the history has lost {hash}")),
            }
        }
        Ok(())
    }

    /// Looks for every answer among the revisions.
    fn answers(&mut self) {
        let mut told: HashMap<(String, String, String), usize> = HashMap::new();
        for revision in &self.revisions {
            let after = revision
                .after
                .map_or("-".to_owned(), |hash| hash.to_string());
            let key = (revision.actor.clone(), revision.path.clone(), after);
            *told.entry(key).or_default() += 1;
        }
        for line in &self.lines {
            let what = line[0].as_str();
            let counted = match what {
                "refused" => format!("refused: {}", line[2]),
                other => other.to_owned(),
            };
            *self.counts.entry(counted).or_default() += 1;
            match what {
                "error" => self.violations.push(line.join(" ")),
                "write" | "edit" | "move" | "delete" => {
                    // What was to be deleted may have been taken away by somebody else.
                    let by_others = (what == "delete").then_some(EXTERNAL);
                    let mut actors = [Some(line[1].as_str()), by_others].into_iter().flatten();
                    let is_told = actors.any(|actor| {
                        let key = (actor.to_owned(), line[2].clone(), line[3].clone());
                        let left = told.get_mut(&key).filter(|left| **left > 0);
                        left.map(|left| *left -= 1).is_some()
                    });
                    if !is_told {
                        self.violations
                            .push(format!("the history does not know of {}", line.join(" ")));
                    }
                    let is_kept = line[3]
                        .parse()
                        .ok()
                        .and_then(|hash| self.contents.get(&hash))
                        .is_some_and(|text| text.contains(&format!("- {}\n", line[4])));
                    if matches!(what, "write" | "edit") && !is_kept {
                        self.violations
                            .push(format!("what was written is not kept: {}", line.join(" ")));
                    }
                }
                _ => {}
            }
        }
    }

    /// Follows each note from revision to revision.
    fn chains(&mut self) {
        let mut last: HashMap<&str, &Revision> = HashMap::new();
        let (mut found, mut back) = (Vec::new(), 0);
        let is_gits = |revision: &Revision| revision.path.starts_with(FOLDERS[2]);
        for revision in &self.revisions {
            let Some(before) = last.insert(&revision.note, revision) else {
                continue;
            };
            let from = revision.former.as_deref().unwrap_or(&revision.path);
            let is_gap = revision.before != before.after;
            if is_gap && revision.before == before.before && is_gits(revision) && is_gits(before) {
                // Git has put back what the change before was made on. Whoever made that has not told the other
                // processes yet that it is done, and so it may never have happened.
                back += 1;
            } else if is_gap {
                found.push(format!("a gap: {} then {}", short(before), short(revision)));
            } else if before.after.is_some() && before.path != from {
                found.push(format!(
                    "a leap: {} then {}",
                    short(before),
                    short(revision)
                ));
            }
        }
        self.counts
            .insert("changes put back by git unseen".to_owned(), back);
        self.violations.extend(found);
    }

    /// Compares the last revision of each note with the disk.
    fn ends(&mut self) {
        let mut last: HashMap<&str, &Revision> = HashMap::new();
        for revision in &self.revisions {
            last.insert(&revision.note, revision);
        }
        let mut ends: BTreeMap<&str, Hash> = BTreeMap::new();
        let mut found = Vec::new();
        for revision in last.values() {
            if let Some(after) = revision.after
                && ends.insert(&revision.path, after).is_some()
            {
                found.push(format!("two notes are at {}", revision.path));
            }
        }
        for (path, hash) in &ends {
            if self.files.get(*path) != Some(hash) {
                found.push(format!(
                    "the history ends with {hash} for {path}, which says {:?}",
                    self.files.get(*path)
                ));
            }
        }
        for path in self.files.keys() {
            if path.contains("/.") {
                found.push(format!("a temporary file stayed: {path}"));
            }
        }
        let touched: BTreeSet<&str> = self
            .revisions
            .iter()
            .flat_map(|revision| [Some(revision.path.as_str()), revision.former.as_deref()])
            .flatten()
            .collect();
        for path in self.files.keys() {
            if touched.contains(path.as_str()) && !ends.contains_key(path.as_str()) {
                found.push(format!("{path} is there, and its history says it is not"));
            }
        }
        self.violations.extend(found);
    }

    /// Looks whether an edit kept what the note said before.
    fn edits(&mut self) {
        let mut found = Vec::new();
        for revision in &self.revisions {
            let (Some(before), Some(after)) = (revision.before, revision.after) else {
                continue;
            };
            let (Some(before), Some(after)) =
                (self.contents.get(&before), self.contents.get(&after))
            else {
                continue;
            };
            if revision.operation == Operation::Edit && !after.starts_with(before.trim_end()) {
                found.push(format!("an edit lost something: {}", short(revision)));
            }
        }
        self.violations.extend(found);
    }

    /// Looks for everything the editor saved: it must be in a chain, unless the editor itself replaced it.
    fn saves(&mut self) {
        let known: HashSet<Hash> = self
            .revisions
            .iter()
            .flat_map(|revision| [revision.before, revision.after])
            .flatten()
            .collect();
        let saves = || self.lines.iter().filter(|line| line[0] == "save");
        let replaced: HashSet<(&str, &str)> = saves()
            .map(|line| (line[2].as_str(), line[4].as_str()))
            .collect();
        let mut found = Vec::new();
        for line in saves() {
            let hash = line[3].parse::<Hash>();
            let is_known = hash.is_ok_and(|hash| known.contains(&hash));
            let is_own = replaced.contains(&(line[2].as_str(), line[3].as_str()));
            // What git takes away with --force is git's.
            let is_gits = line[2].starts_with(FOLDERS[2]);
            if !is_known && !is_own && !is_gits {
                found.push(format!("a save is lost: {}", line.join(" ")));
            }
        }
        self.violations.extend(found);
        let seen = self
            .revisions
            .iter()
            .filter(|revision| revision.actor == EXTERNAL)
            .count();
        self.counts
            .insert("revisions of others seen".to_owned(), seen);
    }

    /// Looks for notes the index has twice.
    fn rows(&mut self, engine: &Engine) -> Result<()> {
        let project = engine.project(None)?;
        let session = engine.index().read("look for rows that are there twice")?;
        let rows = session.below(project.settings().id(), "")?;
        let mut seen = HashSet::new();
        for row in &rows {
            let keys = [
                Some(format!("path {}", row.path)),
                row.permalink
                    .as_ref()
                    .map(|permalink| format!("permalink {permalink}")),
                Some(format!("id {}", row.external_id)),
            ];
            for key in keys.into_iter().flatten() {
                if !seen.insert(key.clone()) {
                    self.violations.push(format!("two rows have the {key}"));
                }
            }
        }
        let paths: BTreeSet<&str> = rows.iter().map(|row| row.path.as_str()).collect();
        let files: BTreeSet<&str> = self.files.keys().map(String::as_str).collect();
        for path in paths.symmetric_difference(&files) {
            self.violations.push(format!(
                "{path} is in the index or in the folder, not in both"
            ));
        }
        Ok(())
    }
}

fn short(revision: &Revision) -> String {
    let hash =
        |hash: Option<Hash>| hash.map_or("-".to_owned(), |hash| hash.to_string()[..8].to_owned());
    format!(
        "{} {} {} {}{} {}→{}",
        revision.id.0,
        revision.actor,
        revision.operation.name(),
        revision
            .former
            .as_ref()
            .map_or(String::new(), |former| format!("{former} → ")),
        revision.path,
        hash(revision.before),
        hash(revision.after)
    )
}
