//! Deletes notes and folders.
//!
//! What is deleted lies in the history's trash and can be restored. Invariant: a file is deleted only when it is what
//! the index last saw and the history keeps what it said.

use crate::accept::{Act, Planned, Task, folder};
use crate::files;
use crate::points::Point;
use crate::{Cancel, Error, Progress, Project, Result};
use cairn_history::Operation;
use cairn_index::{Change, Fault, NoteRecord};
use cairn_note::NotePath;
use cairn_note::link::LinkTarget;

/// Whether a large deletion was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// More than 50 files, or everything, is refused.
    #[default]
    Required,
    /// It is done.
    Given,
}

/// A deleted note.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// As it was.
    pub note: NoteRecord,
}

/// A deleted folder.
#[derive(Debug, Clone, Default)]
pub struct DeletedDirectory {
    /// The files that are gone.
    pub deleted: Vec<String>,
    /// What stayed, and why.
    pub failed: Vec<Fault>,
    /// How many files were known below it: those deleted, those that stayed, and those it did not come to.
    pub total: usize,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
}

/// Files that are deleted at once without being asked back.
pub const MOST_UNCONFIRMED: usize = 50;

impl Project<'_> {
    /// Deletes a note (or any other indexed file), named to the letter: a name in another case, which opens a note,
    /// deletes none. The file is gone for good.
    ///
    /// Links to it stay as they are written and are unresolved. A file that is gone already is forgotten.
    ///
    /// # Errors
    /// As [`Project::identify`]; [`Error::Changed`] when the file is not what the index last saw.
    pub fn delete_note(&self, identifier: &str) -> Result<Deleted> {
        let (note, _guard) = self.locked(identifier)?;
        if self.is_in_another_case(identifier, &note) {
            return Err(Error::NotFound {
                identifier: identifier.to_owned(),
                near: vec![note.title],
            });
        }
        self.delete_locked(&note)?;
        Ok(Deleted { note })
    }

    /// Deletes every indexed file below a folder ("" or `/` is the whole project), for good, and the folders that
    /// hold nothing any more. A folder nothing is known of deletes nothing.
    ///
    /// # Errors
    /// [`Error::Unconfirmed`] for the whole project or more than 50 files. What fails for one file is in the
    /// answer.
    pub fn delete_directory(
        &self,
        folder: &str,
        confirm: Confirm,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<DeletedDirectory> {
        let folder = self::folder(folder)?;
        let name = folder.as_ref().map_or("", NotePath::as_str);
        let records = self.session("delete a folder")?.below(self.id(), name)?;
        let is_large = records.len() > MOST_UNCONFIRMED || folder.is_none();
        if is_large && confirm == Confirm::Required {
            return Err(Error::Unconfirmed {
                folder: name.to_owned(),
                count: records.len(),
            });
        }
        let task = |record: NoteRecord| Task::new(record.path, Act::Remove { base: None });
        let tasks: Vec<Task> = records.into_iter().map(task).collect();
        progress.begin("delete", Some(tasks.len() as u64));
        let did = self.change_in_groups(&tasks, Operation::Delete, progress, cancel);
        let mut answer = DeletedDirectory {
            total: tasks.len(),
            cancelled: did.each.len() < tasks.len(),
            ..DeletedDirectory::default()
        };
        for (task, came) in tasks.iter().zip(did.each) {
            let path = task.path.to_string();
            match came {
                Ok(()) => answer.deleted.push(path),
                Err(error) => answer.failed.push(Fault {
                    path,
                    message: error.to_string(),
                }),
            }
        }
        for folder in emptied(folder.as_ref(), &answer.deleted) {
            files::remove_empty_folders(self.root(), &folder);
        }
        Ok(answer)
    }

    /// Whether an identifier is one of the note's names but for the case of its letters.
    fn is_in_another_case(&self, identifier: &str, note: &NoteRecord) -> bool {
        let Some(target) = LinkTarget::parse(crate::identify::without_scheme(identifier)) else {
            return false;
        };
        let given = target.name.trim_start_matches("./").trim_start_matches('/');
        let path = note.path.as_str();
        let slug = self.settings().slug();
        let permalink = note.permalink.as_deref().unwrap_or(path);
        let bare = |text: &'_ str| {
            text.rsplit_once('.')
                .map_or(text.len(), |(stem, _)| stem.len())
        };
        let names = [
            note.title.as_str(),
            path,
            &path[..bare(path)],
            note.path.file_name(),
            note.path.stem(),
            permalink,
            permalink
                .strip_prefix(&format!("{slug}/"))
                .unwrap_or(permalink),
        ];
        let spellings = [Some(given), self.without_own_name(given)];
        let is_name = |equal: fn(&str, &str) -> bool| {
            let mut spellings = spellings.iter().flatten();
            spellings.any(|given| names.iter().any(|name| equal(name, given)))
        };
        !is_name(|name, given| name == given)
            && is_name(|name, given| name.to_lowercase() == given.to_lowercase())
    }

    /// Puts a note into the trash.
    fn delete_locked(&self, record: &NoteRecord) -> Result<()> {
        let mut unsynced = Ok(());
        if self.is_there_unchanged(record)? {
            let planned = Planned {
                note: self.history_id(record)?,
                path: &record.path,
                former: None,
                operation: Operation::Delete,
                before: self.content_of(record)?,
                after: None,
                permalink: None,
            };
            let recorded = self.record(planned, None)?;
            let durability = self.engine.settings.durability;
            let expected = Some(&record.fingerprint);
            let removed = files::remove(self.root(), &record.path, expected, durability);
            self.pass(Point::Settle, &record.path);
            unsynced = self.made(recorded, removed)?.unsynced;
        } else {
            self.record_gone(&record.path)?;
        }
        self.told(
            &record.path,
            "deleted",
            Ok(Change::Drop {
                path: record.path.clone(),
            }),
        )?;
        unsynced
    }
}

/// The folders in which something was deleted: the one asked for, or those at the top of the project.
fn emptied(folder: Option<&NotePath>, deleted: &[String]) -> Vec<NotePath> {
    if deleted.is_empty() {
        return Vec::new();
    }
    if let Some(folder) = folder {
        return vec![folder.clone()];
    }
    let mut tops: Vec<NotePath> = deleted
        .iter()
        .filter_map(|path| path.split_once('/'))
        .filter_map(|(top, _)| NotePath::from_disk(top).ok())
        .collect();
    tops.dedup();
    tops
}
