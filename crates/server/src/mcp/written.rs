//! What the tools that write notes share: the lines of their answers, and the refusals all of them know.
//!
//! Not the tools themselves. Invariant: what two of them say alike is worded here, once.

use super::arguments::Arguments;
use super::declaration::{Kind, Need, Parameter};
use super::failure::Failure;
use cairn_engine::Written;
use cairn_index::NoteRecord;
use cairn_note::path::PathError;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Digits of a whole checksum, and the fewest that stand for it.
const CHECKSUM: usize = 64;
const SHORTEST_CHECKSUM: usize = 8;
/// Characters of a text that an answer repeats.
const LONGEST_EXCERPT: usize = 200;

/// The text a write is based on.
pub(super) const BASE_CHECKSUM: Parameter = Parameter {
    name: "base_checksum",
    kind: Kind::Text,
    need: Need::Optional,
    aliases: &[],
    description: "Write only if the note still has this checksum",
};

/// Returns the checksum a write is based on; a blank one is none, as models fill in what they leave out.
pub(super) fn base(arguments: &Arguments) -> Result<Option<String>, Failure> {
    let given = arguments
        .optional_text("base_checksum")
        .map(str::trim)
        .filter(|base| !base.is_empty());
    let Some(base) = given else { return Ok(None) };
    let is_hex = base.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && (SHORTEST_CHECKSUM..=CHECKSUM).contains(&base.len()) {
        return Ok(Some(base.to_owned()));
    }
    Err(Failure::Raised {
        message: format!("base_checksum '{}' is no checksum", excerpt(base)),
        hint: Some("give it as a write or read_note(output_format=\"json\") answers it, at least its first 8 digits".to_owned()),
    })
}

/// Whether a path was refused because it leads, or may lead, out of the project.
pub(super) fn leads_out(error: &PathError) -> bool {
    matches!(
        error,
        PathError::Absolute(_)
            | PathError::Drive(_)
            | PathError::Parent(_)
            | PathError::Home(_)
            | PathError::Control(_)
    )
}

/// The answer to a folder that leads out of the project.
pub(super) fn not_allowed(directory: &str) -> String {
    format!(
        "Directory path '{directory}' is not allowed - paths must stay within project boundaries"
    )
}

/// The lines that say which note it is.
pub(super) fn identity(project: &str, note: &NoteRecord) -> String {
    format!(
        "project: {project}\nfile_path: {}\npermalink: {}\nchecksum: {}\n",
        note.path,
        note.permalink.as_deref().unwrap_or_default(),
        short(&note.fingerprint.checksum_hex()),
    )
}

/// The sections that say what the note holds; none of what it has none of.
pub(super) fn counts(written: &Written) -> String {
    let mut text = String::new();
    if !written.observations.is_empty() {
        text.push_str("\n## Observations\n");
        let mut observations = written.observations.clone();
        observations.sort();
        for (category, count) in observations {
            let _ = writeln!(text, "- {category}: {count}");
        }
    }
    if written.resolved + written.unresolved > 0 {
        let _ = writeln!(text, "\n## Relations\n- Resolved: {}", written.resolved);
        if written.unresolved > 0 {
            let _ = writeln!(text, "- Unresolved: {}", written.unresolved);
        }
    }
    text
}

/// The last line of an answer.
pub(super) fn session(project: &str) -> String {
    format!("\n[Session: Using project '{project}']")
}

/// A checksum as text answers show it; as the base of a write it is as good as the whole.
pub(super) fn short(checksum: &str) -> &str {
    checksum.get(..8).unwrap_or(checksum)
}

/// As much of a text as an answer repeats: whoever sent more knows it.
pub(super) fn excerpt(text: &str) -> Cow<'_, str> {
    super::excerpt::excerpt(text, LONGEST_EXCERPT)
}

/// The lines that tell of a note that is not what a write was based on.
pub(super) fn changed(path: &str, expected: &str, found: Option<&str>) -> String {
    let found = found.map_or("none, the file is gone", short);
    format!(
        "{path} was changed by someone else. Nothing was written.\nbase_checksum: {}\ncurrent_checksum: {found}\n",
        short(expected),
    )
}
