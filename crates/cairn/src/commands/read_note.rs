//! `cairn read`.

use super::moment;
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, json};
use cairn_engine::ReadRequest;
use clap::Args;
use serde_json::json;

/// Arguments of `cairn read`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note: its title, permalink, path, memory:// URL or id
    #[arg(value_name = "ID")]
    identifier: String,
    /// Only the section below this heading
    #[arg(long, value_name = "HEADING")]
    section: Option<String>,
    /// Only these lines, counted from 1: 10-20, 10-, 10
    #[arg(long, value_name = "FIRST-LAST")]
    lines: Option<String>,
    /// Leaves the frontmatter out
    #[arg(long)]
    body: bool,
    /// What it said then: "2 hours ago", yesterday, 2024-05-01T14:00Z
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,
}

/// Reads a note.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let lines = arguments.lines.as_deref().map(lines).transpose()?;
    let as_of = moment::read(arguments.as_of.as_deref())?;
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let read = project.read_note(&ReadRequest {
        identifier: arguments.identifier,
        section: arguments.section,
        lines,
        body_only: arguments.body,
        as_of,
    })?;
    let json = json::with(
        json::note(&read.note),
        json!({"checksum": read.checksum, "content": read.text}),
    );
    Ok(Answer::new(read.text, json))
}

/// Reads `10-20`, `10-` (to the end) and `10`.
fn lines(text: &str) -> Result<(usize, usize)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let last = if last.is_empty() {
        Ok(usize::MAX)
    } else {
        last.parse()
    };
    match (first.parse::<usize>(), last) {
        (Ok(first), Ok(last)) if 1 <= first && first <= last => Ok((first, last)),
        _ => Err(Failure::invalid(format!(
            "--lines must be like 10-20, 10- or 10, not '{text}'"
        ))),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_are_read_or_refused() {
        let lines = |text| super::lines(text).ok();
        assert_eq!(lines("10-20"), Some((10, 20)));
        assert_eq!(lines("10-"), Some((10, usize::MAX)));
        assert_eq!(lines("10"), Some((10, 10)));
        for wrong in ["0-3", "5-4", "-5", "x", "1-2-3", ""] {
            assert_eq!(lines(wrong), None, "{wrong}");
        }
    }
}
