//! What changed in a note between two revisions.
//!
//! Invariant: what is compared is what the history keeps and what the file says now, to the byte.

use crate::{Error, Project, Result};
use cairn_history::{Filter, Hash};
use similar::{ChangeTag, TextDiff};

/// What is compared.
#[derive(Debug, Clone)]
pub struct DiffRequest {
    /// The note; a deleted one by the path or title it had.
    pub identifier: String,
    /// The revision whose text is the old one; what was before it, when `to` is not given. `None` is the latest change.
    pub from: Option<i64>,
    /// The revision whose text is the new one; `None` is what the file says now.
    pub to: Option<i64>,
    /// Whether words are compared rather than lines.
    pub words: bool,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteDiff {
    /// Where the note is, or was.
    pub path: String,
    /// What the old text is.
    pub old: String,
    /// What the new text is.
    pub new: String,
    /// A unified diff with three lines of context; with `words`, the text with `[-removed-]` and `{+added+}`.
    pub text: String,
    /// Lines (or words) added.
    pub added: usize,
    /// Lines (or words) removed.
    pub removed: usize,
}

impl Project<'_> {
    /// Compares two texts of a note.
    ///
    /// # Errors
    /// As [`Project::note_history`]; [`Error::Invalid`] for a revision that is not of this note, a text that is no
    /// longer kept, or a note without revisions.
    pub fn diff_note(&self, request: &DiffRequest) -> Result<NoteDiff> {
        let remembered = self.remembered(&request.identifier)?;
        let from = match request.from {
            Some(id) => self.revision_of(&remembered, id)?,
            None => {
                let filter = Filter::of_note(self.id().0, &remembered.id);
                let latest = self.engine.history.revisions(&filter, 1)?;
                latest.into_iter().next().ok_or_else(|| Error::Invalid {
                    message: format!(
                        "{} has not changed since its history began",
                        remembered.path
                    ),
                    hint: None,
                })?
            }
        };
        let (old_hash, old) = match request.to {
            Some(_) => (from.after, format!("revision {}", from.id.0)),
            None => (from.before, format!("before revision {}", from.id.0)),
        };
        let old_text = self.text_of(old_hash, &old)?;
        let (new, new_text) = match (request.to, &remembered.note) {
            (Some(id), _) => {
                let to = self.revision_of(&remembered, id)?;
                let what = format!("revision {id}");
                let text = self.text_of(to.after, &what)?;
                (what, text)
            }
            (None, Some(note)) => {
                let found = self.found(&note.path)?;
                let text = match &found {
                    Some(found) => found.text(&note.path)?.to_owned(),
                    None => String::new(),
                };
                ("now".to_owned(), text)
            }
            (None, None) => ("deleted".to_owned(), String::new()),
        };
        let (text, added, removed) = if request.words {
            words(&old_text, &new_text)
        } else {
            lines(&old_text, &new_text, &remembered.path)
        };
        Ok(NoteDiff {
            path: remembered.path,
            old,
            new,
            text,
            added,
            removed,
        })
    }

    fn text_of(&self, hash: Option<Hash>, what: &str) -> Result<String> {
        hash.map_or_else(|| Ok(String::new()), |hash| self.kept_text(&hash, what))
    }
}

fn lines(old: &str, new: &str, path: &str) -> (String, usize, usize) {
    let diff = TextDiff::from_lines(old, new);
    let (added, removed) = counts(diff.iter_all_changes().map(|change| change.tag()));
    let text = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    (text, added, removed)
}

fn words(old: &str, new: &str) -> (String, usize, usize) {
    let diff = TextDiff::from_words(old, new);
    let mut text = String::with_capacity(new.len());
    let mut open = ChangeTag::Equal;
    let close = |tag| match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
    };
    for change in diff.iter_all_changes() {
        if change.tag() != open {
            text.push_str(close(open));
            text.push_str(match change.tag() {
                ChangeTag::Equal => "",
                ChangeTag::Delete => "[-",
                ChangeTag::Insert => "{+",
            });
            open = change.tag();
        }
        text.push_str(change.value());
    }
    text.push_str(close(open));
    let words = diff
        .iter_all_changes()
        .filter(|change| !change.value().trim().is_empty())
        .map(|change| change.tag());
    let (added, removed) = counts(words);
    (text, added, removed)
}

fn counts(tags: impl Iterator<Item = ChangeTag>) -> (usize, usize) {
    tags.fold((0, 0), |(added, removed), tag| match tag {
        ChangeTag::Equal => (added, removed),
        ChangeTag::Insert => (added + 1, removed),
        ChangeTag::Delete => (added, removed + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::{lines, words};

    #[test]
    fn words_are_marked_where_they_changed() {
        let (text, added, removed) = words("sow in May\n", "sow in June\n");
        assert_eq!(text, "sow in [-May-]{+June+}\n");
        assert_eq!((added, removed), (1, 1));
    }

    #[test]
    fn lines_are_a_unified_diff() {
        let (text, added, removed) = lines("a\nb\n", "a\nc\nd\n", "n.md");
        assert_eq!(
            text,
            "--- a/n.md\n+++ b/n.md\n@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n"
        );
        assert_eq!((added, removed), (2, 1));
    }
}
