//! The files of the index and of the history.
//!
//! Not what they say (`standing`). Invariant: neither is made, migrated, put aside or written, and a history that
//! cannot be read never keeps the index from being looked at.

use super::finding::{Check, Finding, count, size};
use super::folders::is_writable;
use super::{Looking, Memory, go_on};
use crate::{Cancel, Progress, Result, Settings};
use cairn_history::{History, Problem};
use cairn_index::{Condition, Index};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

/// Checks both files, and returns an engine over them where the index can be asked.
pub(super) fn look(
    settings: &Settings,
    index: &Path,
    progress: &dyn Progress,
    cancel: &Cancel,
    findings: &mut Vec<Finding>,
) -> Result<Option<Looking>> {
    progress.begin("check index and history", None);
    let mut of_history = Vec::new();
    let (condition, (history, memory)) = thread::scope(|scope| {
        let checked = scope.spawn(|| index_file(settings, index, cancel));
        let history = history_file(settings, index, progress, cancel, &mut of_history);
        (checked.join(), history)
    });
    go_on(cancel)?;
    let (condition, of_index) = match condition {
        Ok(checked) => checked,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    findings.push(of_index);
    findings.append(&mut of_history);
    if condition != Some(Condition::Sound) {
        return Ok(None);
    }
    Looking::new(settings, index, history, memory).map(Some)
}

fn index_file(settings: &Settings, index: &Path, cancel: &Cancel) -> (Option<Condition>, Finding) {
    let shown = index.display();
    let options = crate::index_options(settings);
    if let Some(finding) = refused(Check::Index, index) {
        return (None, finding);
    }
    let checked = Index::check(index, &options, &|| cancel.is_cancelled());
    let finding = match &checked {
        Err(error) => Finding::problem(
            Check::Index,
            error.to_string(),
            "end the process that holds it, or delete the file while nothing of Cairn runs: it is made again from the \
             notes",
        ),
        Ok(Condition::Sound) => {
            let bytes = length(index) + length(&log(index));
            Finding::ok(Check::Index, format!("{shown} is whole ({})", size(bytes)))
        }
        Ok(Condition::Missing) => Finding::warning(
            Check::Index,
            format!("{shown} is not there yet"),
            "the next command makes it from the notes",
        )
        .fixable(),
        Ok(Condition::OtherVersion) => Finding::warning(
            Check::Index,
            format!("{shown} was made by another version"),
            "the next command makes it anew from the notes; run one version of Cairn only",
        )
        .fixable(),
        Ok(Condition::NoDatabase) => Finding::problem(
            Check::Index,
            format!("{shown} is no database"),
            "`cairn doctor --fix` puts it aside and makes it anew from the notes",
        )
        .fixable(),
        Ok(Condition::Damaged(sentences)) => Finding::problem(
            Check::Index,
            format!("{shown} is damaged"),
            "`cairn doctor --fix` empties it and fills it again from the notes; nothing is lost",
        )
        .items(sentences.clone())
        .fixable(),
    };
    (checked.ok(), finding)
}

fn history_file(
    settings: &Settings,
    index: &Path,
    progress: &dyn Progress,
    cancel: &Cancel,
    findings: &mut Vec<Finding>,
) -> (Option<History>, Memory) {
    let path = index.with_file_name("history.db");
    let shown = path.display();
    if let Some(finding) = refused(Check::History, &path) {
        findings.push(finding);
        return (None, Memory::Lost);
    }
    match History::open_to_look(&path, &crate::history_options(settings)) {
        Ok(None) => {
            findings.push(Finding::ok(
                Check::History,
                format!("{shown} is not there yet: nothing was recorded"),
            ));
            (None, Memory::Whole)
        }
        Ok(Some(history)) => {
            let problems = problems(&history, progress, cancel);
            let is_whole = !problems
                .iter()
                .any(|problem| matches!(problem, Problem::Database(_)));
            findings.push(whole(&history, &path, &problems));
            match is_whole {
                true => (Some(history), Memory::Whole),
                false => (None, Memory::Lost),
            }
        }
        Err(error @ cairn_history::Error::Older { .. }) => {
            let hint = "the next command migrates it; nothing is lost";
            findings.push(Finding::warning(Check::History, error.to_string(), hint));
            (None, Memory::Lost)
        }
        Err(error @ cairn_history::Error::Newer { .. }) => {
            let hint = "use the newer version of Cairn that wrote it";
            findings.push(Finding::problem(Check::History, error.to_string(), hint));
            (None, Memory::Lost)
        }
        Err(error) => {
            let hint = "put the file of a backup in its place, or move it away and Cairn begins a new history; the \
                        notes are not touched";
            findings.push(Finding::problem(Check::History, error.to_string(), hint));
            (None, Memory::Lost)
        }
    }
}

/// Reads everything the history keeps, and returns what of it is damaged.
fn problems(history: &History, progress: &dyn Progress, cancel: &Cancel) -> Vec<Problem> {
    let goes_on = |done: usize, all: usize| {
        if done == 0 {
            progress.begin("check the history", Some(all as u64));
        }
        progress.advance(1);
        !cancel.is_cancelled()
    };
    history
        .check_while(&goes_on)
        .unwrap_or_else(|error| vec![Problem::Database(error.to_string())])
}

fn whole(history: &History, path: &Path, problems: &[Problem]) -> Finding {
    let shown = path.display();
    let statistics = match history.statistics() {
        Ok(statistics) if problems.is_empty() => statistics,
        statistics => {
            let reason = statistics.err().map(|error| error.to_string());
            return Finding::problem(
                Check::History,
                format!("{shown} is damaged"),
                "put the file of a backup in its place; everything else in it can still be read, and nothing of it is \
                 ever thrown away",
            )
            .items(problems.iter().map(sentence).chain(reason));
        }
    };
    let oldest = statistics
        .oldest
        .map_or_else(String::new, |oldest| format!(", the oldest of {oldest:.0}"));
    let revisions = usize::try_from(statistics.revisions).unwrap_or(usize::MAX);
    Finding::ok(
        Check::History,
        format!(
            "{shown} is whole: {}{oldest} ({})",
            count(revisions, "revision"),
            size(statistics.bytes)
        ),
    )
}

fn sentence(problem: &Problem) -> String {
    match problem {
        Problem::Database(sentence) => sentence.clone(),
        Problem::Content { owner, hash } => {
            let hash = hash.to_string();
            format!(
                "a text of {owner} cannot be read back ({})",
                hash.get(..12).unwrap_or(&hash)
            )
        }
    }
}

/// Where SQLite keeps what is not in a database yet.
fn log(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

/// What keeps this user from a file, if anything does; a file that is not there keeps nobody out.
fn refused(check: Check, path: &Path) -> Option<Finding> {
    let shown = path.display();
    let owner = owner(path);
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(Finding::problem(
            check,
            format!("{shown} cannot be read{owner}: {error}"),
            "let this user read and write it",
        )),
        Ok(_) if !is_writable(path) => Some(Finding::problem(
            check,
            format!("{shown} cannot be written{owner}"),
            "let this user write it",
        )),
        Ok(_) => None,
    }
}

#[cfg(unix)]
fn owner(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map_or_else(
        |_| String::new(),
        |metadata| format!(" (it belongs to user {})", metadata.uid()),
    )
}

#[cfg(not(unix))]
fn owner(_path: &Path) -> String {
    String::new()
}
