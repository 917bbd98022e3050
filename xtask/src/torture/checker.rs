//! What must hold after a writer was killed: read from its journal, and looked for on the disk, in the index and in the
//! history.
//!
//! Invariant: a verb that was answered has happened, one that was refused has not, and one that was under way has
//! happened whole or not at all; nothing else is ever true of a file.

use super::hand::EDITOR;
use super::journal::{Intent, Known, Line, Model};
use super::place::{PROJECT, Place, later};
use super::writer::SHARED;
use anyhow::Result;
use cairn_engine::{Cancel, Engine, Project, SearchRequest, Silent};
use cairn_history::{Filter, Hash, Revision};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;

/// What one round did.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) acknowledged: usize,
    pub(super) refused: usize,
    pub(super) under_way: usize,
    /// Verbs under way that had happened.
    pub(super) happened: usize,
}

/// A check of one round.
pub(super) struct Check<'a> {
    place: &'a Place,
    lines: &'a [Line],
    /// What each file must be, as far as verbs were answered.
    model: Model,
    /// The files of which the round said anything.
    touched: BTreeSet<String>,
    /// What was answered to be in a file at some time.
    promised: Vec<(String, Known)>,
    under_way: Vec<Intent>,
    /// Lines of shared notes: (note, line) to whether it was answered.
    shared: BTreeMap<(String, String), bool>,
    violations: Vec<String>,
    pub(super) figures: Figures,
}

impl<'a> Check<'a> {
    /// Reads what a round promised.
    pub(super) fn new(place: &'a Place, model: &Model, lines: &'a [Line]) -> Self {
        let mut check = Self {
            place,
            lines,
            model: model.clone(),
            touched: BTreeSet::new(),
            promised: Vec::new(),
            under_way: Vec::new(),
            shared: BTreeMap::new(),
            violations: Vec::new(),
            figures: Figures::default(),
        };
        check.read();
        check
    }

    fn read(&mut self) {
        let (mut begun, mut adding) = (BTreeMap::new(), BTreeMap::new());
        for line in self.lines {
            match line {
                Line::Begun(number, intent) => {
                    let paths = intent.steps.iter().flatten().map(|(path, _)| path.clone());
                    self.touched.extend(paths);
                    begun.insert(*number, intent.clone());
                }
                Line::Shared(number, path, text) => {
                    let key = (path.clone(), text.clone());
                    self.shared.insert(key.clone(), false);
                    adding.insert(*number, key);
                }
                Line::Done(number) => {
                    self.figures.acknowledged += 1;
                    if let Some(key) = adding.remove(number) {
                        self.shared.insert(key, true);
                    }
                    if let Some(intent) = begun.remove(number) {
                        self.done(&intent);
                    }
                }
                Line::Refused(number, _) => {
                    self.figures.refused += 1;
                    begun.remove(number);
                }
                Line::Wrong(why) => self.violations.push(why.clone()),
            }
        }
        self.figures.under_way = begun.len();
        self.under_way = begun.into_values().collect();
    }

    fn done(&mut self, intent: &Intent) {
        let is_verb = !["save", "save new", "chmod"]
            .iter()
            .any(|other| intent.verb.ends_with(&format!(" {other}")));
        for (path, known) in intent.steps.iter().flatten() {
            match known {
                Some(known) => {
                    self.model.insert(path.clone(), known.clone());
                    if is_verb {
                        self.promised.push((path.clone(), known.clone()));
                    }
                }
                None => drop(self.model.remove(path)),
            }
        }
    }

    /// Opens everything anew and looks; returns what the notes are now, and what is wrong.
    pub(super) fn finish(mut self) -> Result<(Model, Vec<String>, Figures)> {
        for path in self.place.files()?.into_values() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(EDITOR) {
                fs::remove_file(path)?;
            }
        }
        let engine = self.place.engine(later)?;
        let project = engine.project(None)?;
        let report = project.sync(&Silent, &Cancel::new())?;
        for fault in report.faults {
            self.wrong(format!("a fault: {}: {}", fault.path, fault.message));
        }
        self.files()?;
        self.search(project)?;
        self.history(&engine, project)?;
        let comparison = engine.compare_with_rebuilt(&Silent, &Cancel::new())?;
        for difference in comparison.differences {
            self.wrong(format!("the index is not as one built anew: {difference}"));
        }
        Ok((self.model, self.violations, self.figures))
    }

    fn wrong(&mut self, what: String) {
        self.violations.push(what);
    }

    /// Compares the files with what was promised, and decides what became of what was under way.
    fn files(&mut self) -> Result<()> {
        let mut there = BTreeMap::new();
        for (path, file) in self.place.files()? {
            let mode = fs::metadata(&file)?.mode() & 0o777;
            let bytes = fs::read(&file)?;
            there.insert(path, (Hash::of(&bytes), mode == 0o600, bytes));
        }
        let is_so = |path: &str, known: Option<&Known>| match (there.get(path), known) {
            (None, None) => true,
            (Some((hash, private, _)), Some(known)) => {
                *hash == known.hash && *private == known.private
            }
            _ => false,
        };
        let mut verdicts = Vec::new();
        for intent in std::mem::take(&mut self.under_way) {
            for step in &intent.steps {
                let is_new = step.iter().all(|(path, known)| is_so(path, known.as_ref()));
                let is_old = step
                    .iter()
                    .all(|(path, _)| is_so(path, self.model.get(path)));
                if is_new && !is_old {
                    self.figures.happened += 1;
                    for (path, known) in step {
                        match known {
                            Some(known) => drop(self.model.insert(path.clone(), known.clone())),
                            None => drop(self.model.remove(path)),
                        }
                    }
                } else if !is_old {
                    verdicts.push(format!(
                        "{} was under way and is neither done nor not",
                        intent.verb
                    ));
                }
            }
        }
        for path in self.model.keys() {
            if !is_so(path, self.model.get(path)) {
                verdicts.push(match there.get(path) {
                    None => format!("{path} is lost"),
                    Some((hash, private, bytes)) => format!(
                        "{path} is not what it was promised to be: {} bytes, {hash}, private: {private}; promised {:?}",
                        bytes.len(),
                        self.model[path]
                    ),
                });
            }
        }
        for path in there.keys() {
            if !self.model.contains_key(path) && !SHARED.contains(&path.as_str()) {
                verdicts.push(format!("{path} is there, and nobody promised it"));
            }
        }
        self.violations.extend(verdicts);
        for path in SHARED {
            let text = there
                .get(path)
                .map(|(_, _, bytes)| String::from_utf8_lossy(bytes).into_owned());
            self.shared_note(path, &text.unwrap_or_default());
        }
        Ok(())
    }

    fn shared_note(&mut self, path: &str, text: &str) {
        let mut lines: Vec<&str> = text.lines().collect();
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        if lines.len() != count {
            self.wrong(format!("{path} has a line twice"));
        }
        if !text.ends_with('\n') {
            self.wrong(format!("{path} ends in the middle of a line"));
        }
        let mut missing = Vec::new();
        for ((note, line), is_promised) in &self.shared {
            let is_there = text.contains(&format!("- {line}\n"));
            if note == path && *is_promised && !is_there {
                missing.push(format!("{path} has lost the line {line}"));
            }
        }
        self.violations.extend(missing);
    }

    /// Asks for the word of every note the round touched.
    fn search(&mut self, project: Project<'_>) -> Result<()> {
        let zoned = later().to_zoned(TimeZone::UTC);
        let mut wrong = Vec::new();
        for path in &self.touched {
            let Some(known) = self.model.get(path) else {
                continue;
            };
            let request = SearchRequest::new(known.word.clone(), zoned.clone());
            let reply = project.search_notes(&request)?;
            let hits: Vec<&str> = reply
                .hits
                .iter()
                .map(|hit| hit.note.path.as_str())
                .collect();
            if hits != [path.as_str()] {
                wrong.push(format!("{} of {path} is found in {hits:?}", known.word));
            }
        }
        for ((path, line), is_promised) in &self.shared {
            let request = SearchRequest::new(line.clone(), zoned.clone());
            let is_found = !project.search_notes(&request)?.hits.is_empty();
            if *is_promised && !is_found {
                wrong.push(format!("{line} of {path} is not found"));
            }
        }
        self.violations.extend(wrong);
        Ok(())
    }

    /// Looks for every promise in the history, and for the end of every note's revisions on the disk.
    fn history(&mut self, engine: &Engine, project: Project<'_>) -> Result<()> {
        let (history, id) = (engine.history(), project.settings().id().0);
        debug_assert_eq!(project.settings().name, PROJECT);
        let mut wrong = Vec::new();
        let pending = history.pending(id)?;
        if !pending.is_empty() {
            wrong.push(format!(
                "{} revisions are still pending: {pending:?}",
                pending.len()
            ));
        }
        let mut revisions: BTreeMap<&str, Vec<Revision>> = BTreeMap::new();
        for path in &self.touched {
            let filter = Filter {
                project: Some(id),
                path: Some(path.clone()),
                ..Filter::default()
            };
            revisions.insert(path, history.revisions(&filter, 1000)?);
        }
        for (path, known) in &self.promised {
            let is_kept = history.content(&known.hash)?.is_some();
            let is_told = revisions[path.as_str()]
                .iter()
                .any(|revision| revision.path == *path && revision.after == Some(known.hash));
            if !is_kept || !is_told {
                wrong.push(format!(
                    "the history does not know that {path} said {} (kept: {is_kept})",
                    known.hash
                ));
            }
        }
        for (path, revisions) in &revisions {
            let last = revisions.first();
            let now = self.model.get(*path).map(|known| known.hash);
            let told = last
                .filter(|last| last.path == *path)
                .and_then(|last| last.after);
            if !revisions.is_empty() && now != told {
                wrong.push(format!(
                    "the history ends with {told:?} for {path}, which says {now:?}: {last:?}"
                ));
            }
            wrong.extend(gaps(path, revisions));
        }
        self.violations.extend(wrong);
        Ok(())
    }
}

/// Where a revision does not begin with what the one before it ended with.
fn gaps(path: &str, revisions: &[Revision]) -> Vec<String> {
    let mut of_note: BTreeMap<&str, &Revision> = BTreeMap::new();
    let mut found = Vec::new();
    for revision in revisions {
        if let Some(next) = of_note.insert(&revision.note, revision)
            && revision.path == path
            && next.former.as_deref().unwrap_or(&next.path) == path
            && next.before.is_some()
            && next.before != revision.after
        {
            found.push(format!(
                "between two revisions of {path} there is a gap: {revision:?} then {next:?}"
            ));
        }
    }
    found
}
