//! How an answer about a whole folder or project is written: numbers, the first of the files, the first of the failures.
//!
//! It decides nothing. Invariant: the numbers are what happened, and what is left out is counted.

use cairn_index::Fault;
use std::fmt::Write as _;

/// Files named in an answer.
const MOST_NAMED: usize = 10;
/// Failures named in an answer.
const MOST_FAILURES: usize = 5;
/// Unread files named in an answer.
const MOST_UNREAD: usize = 20;

/// Returns `- Total files: …`, what was done with them, and how many failed.
pub(super) fn summary(total: usize, verb: &str, done: usize, failed: usize) -> String {
    format!(
        "## Summary\n- Total files: {total}\n- Successfully {verb}: {done}\n- Failed: {failed}\n"
    )
}

/// Says that nothing is known of a folder; `project` is what a call needs to reach its project.
pub(super) fn none(folder: &str, verb: &str, project: &str) -> String {
    format!(
        "No files found below `{folder}`: nothing was {verb}. Total files: 0.\n\
         See what is there with list_directory(dir_name=\"/\", depth=3{project}).\n"
    )
}

/// Returns the first files below a heading; nothing when there are none.
pub(super) fn files<'a>(heading: &str, files: impl ExactSizeIterator<Item = &'a str>) -> String {
    let lines = files.map(|path| format!("`{path}`"));
    section(heading, lines, MOST_NAMED)
}

/// Returns the first failures below `## Errors`; nothing when there are none.
pub(super) fn failures(failed: &[Fault]) -> String {
    section("Errors", faults(failed), MOST_FAILURES)
}

/// Returns the first of what an undo left below `## Left As It Is`; nothing when it left nothing.
pub(super) fn left(conflicts: &[Fault]) -> String {
    section("Left As It Is", faults(conflicts), MOST_UNREAD)
}

/// Returns the first files that could not be read below `## Not Read`; nothing when all could.
pub(super) fn unread(faulty: &[Fault]) -> String {
    let heading = format!("Not Read ({})", faulty.len());
    section(&heading, faults(faulty), MOST_UNREAD)
}

/// Returns the lines of faults.
pub(super) fn faults(faults: &[Fault]) -> impl ExactSizeIterator<Item = String> {
    faults
        .iter()
        .map(|fault| format!("`{}`: {}", fault.path, fault.message))
}

/// Returns at most so many lines below a heading, and how many are left out; nothing when there are none.
pub(super) fn section(
    heading: &str,
    lines: impl ExactSizeIterator<Item = String>,
    most: usize,
) -> String {
    let count = lines.len();
    if count == 0 {
        return String::new();
    }
    let mut text = format!("\n## {heading}\n");
    for line in lines.take(most) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "- {line}");
    }
    if count > most {
        let _ = writeln!(text, "- ... and {} more", count - most);
    }
    text
}
