//! What the steps of a script do.

use crate::answers::{self, lines_of};
use cairn_engine::{
    Cancel, Confirm, EditRequest, Engine, Overwrite, Project, ProjectSettings, Settings, Silent,
    SyncReport, WriteRequest,
};
use cairn_note::Metadata;
use cairn_note::edit::{Edit, Subsections};
use cairn_testkit::{Vault, unescape};
use std::time::{Duration, SystemTime};

/// A folder, its index, and what a script remembers.
pub(crate) struct World {
    vault: Vault,
    engine: Engine,
    /// The checksum and the stable id of a note.
    remembered: Option<(String, String)>,
    /// Each file written by another program is a minute younger than the one before.
    clock: SystemTime,
}

/// The lines of an answer; an error is one line.
pub(crate) type Answer = Result<Vec<String>, cairn_engine::Error>;

impl World {
    /// Opens the folders and indexes them.
    pub(crate) fn new(vault: Vault, projects: &[&str]) -> Self {
        let mut settings = Settings::in_memory("main", vault.root().to_owned());
        if !projects.is_empty() {
            settings.projects = projects
                .iter()
                .map(|name| ProjectSettings {
                    name: (*name).to_owned(),
                    root: vault.path(name),
                })
                .collect();
        }
        // 2025-06-01 12:00 UTC; for the verbs it is 2025-06-15.
        let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(1_748_779_200);
        for (path, _) in vault.files() {
            vault.set_mtime(&path, clock);
        }
        let engine = Engine::open(settings).expect("an index in memory opens");
        let world = Self {
            vault,
            engine,
            remembered: None,
            clock,
        };
        for project in world.engine.projects() {
            sync(project).expect("a folder of files syncs");
        }
        world
    }

    /// Takes a step and returns the lines of its answer.
    pub(crate) fn take(&mut self, command: &str, text: &str) -> Vec<String> {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        let answer = match verb {
            "save" | "remove" | "rename" | "touch" | "break" => {
                self.meddle(verb, rest, text);
                Ok(Vec::new())
            }
            "file" => Ok(lines_of(&self.vault.read(rest))),
            "files" => Ok(self.files(rest.strip_prefix("below ").unwrap_or_default())),
            "remember" => self.remember(rest),
            "same" => self.same(rest),
            "sync" => sync(self.project()).map(|report| reported(&report)),
            "reindex" => self
                .project()
                .reindex(&Silent, &Cancel::new())
                .map(|report| reported(&report)),
            "forget" => {
                let project = self.project().settings().clone();
                self.engine.forget(&project).map(|()| Vec::new())
            }
            "write" | "replace" | "append" | "prepend" | "set" | "swap" | "section" | "move"
            | "delete" => self.change(verb, rest, text),
            _ => answers::answer(self.project(), verb, rest),
        };
        answer.unwrap_or_else(|error| vec![format!("error: {error}")])
    }

    /// Brings index and folder in step, and compares the index with one that is made anew.
    pub(crate) fn end(self) {
        for project in self.engine.projects() {
            sync(project).expect("a folder of files syncs");
        }
        let comparison = self.engine.compare_with_rebuilt(&Silent, &Cancel::new());
        let comparison = comparison.expect("an index can be read");
        assert_eq!(
            comparison.differences,
            [],
            "the index is what one made anew would be"
        );
    }

    fn project(&self) -> Project<'_> {
        self.engine
            .project(Some("main"))
            .expect("there is a project main")
    }

    fn meddle(&mut self, verb: &str, rest: &str, text: &str) {
        self.clock += Duration::from_secs(60);
        let rest = &unescape(rest);
        let touched = match verb {
            "save" => {
                self.vault.write(rest, text);
                rest
            }
            "break" => {
                self.vault.write_bytes(rest, b"caf\xe9\n");
                rest
            }
            "touch" => rest,
            "rename" => {
                let (from, to) = pair(rest);
                self.vault.rename(from, to);
                return;
            }
            _ => {
                self.vault.remove(rest);
                return;
            }
        };
        self.vault.set_mtime(touched, self.clock);
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let files = self.vault.files().into_iter();
        files
            .map(|(path, _)| path)
            .filter(|path| path.starts_with(folder))
            .collect()
    }

    fn remember(&mut self, note: &str) -> Answer {
        let request = cairn_engine::ReadRequest {
            identifier: note.to_owned(),
            ..cairn_engine::ReadRequest::default()
        };
        let read = self.project().read_note(&request)?;
        self.remembered = Some((read.checksum, read.note.external_id));
        Ok(Vec::new())
    }

    fn same(&self, rest: &str) -> Answer {
        let note = rest.strip_prefix("id ").expect("only ids are compared");
        let found = self.project().identify(note, None)?.external_id;
        let kept = self.remembered.as_ref().is_some_and(|(_, id)| *id == found);
        Ok(vec![if kept { "yes" } else { "no" }.to_owned()])
    }

    fn change(&self, verb: &str, rest: &str, text: &str) -> Answer {
        let project = self.project();
        match verb {
            "write" | "replace" => {
                let (title, folder) = rest.rsplit_once(" in ").expect("write T in F");
                let (folder, metadata) = with_json(folder);
                let written = project.write_note(&WriteRequest {
                    title: title.to_owned(),
                    folder: folder.to_owned(),
                    content: text.to_owned(),
                    metadata,
                    overwrite: if verb == "replace" {
                        Overwrite::Allow
                    } else {
                        Overwrite::Deny
                    },
                    ..WriteRequest::default()
                })?;
                let done = if written.created {
                    "created"
                } else {
                    "replaced"
                };
                Ok(vec![format!("{done} {}", written.note.path)])
            }
            "move" => match rest.strip_prefix("folder ") {
                Some(folders) => {
                    let (from, to) = pair(folders);
                    let moved = project.move_directory(from, to, &Silent, &Cancel::new())?;
                    let lines = moved
                        .moved
                        .iter()
                        .map(|(from, to)| format!("{from} -> {to}"));
                    let failed = moved.failed.iter();
                    let failed =
                        failed.map(|fault| format!("{} stays: {}", fault.path, fault.message));
                    Ok(lines.chain(failed).collect())
                }
                None => {
                    let (from, to) = pair(rest);
                    let moved = project.move_note(from, to)?;
                    Ok(vec![format!("{} -> {}", moved.from, moved.note.path)])
                }
            },
            "delete" => match rest.strip_prefix("folder ") {
                Some(folder) => {
                    let deleted = project.delete_directory(
                        folder,
                        Confirm::Required,
                        &Silent,
                        &Cancel::new(),
                    )?;
                    let failed = deleted.failed.iter();
                    let failed =
                        failed.map(|fault| format!("{} stays: {}", fault.path, fault.message));
                    let lines = deleted.deleted.iter().map(|path| format!("deleted {path}"));
                    Ok(lines.chain(failed).collect())
                }
                None => {
                    let deleted = project.delete_note(rest)?;
                    Ok(vec![format!("deleted {}", deleted.note.path)])
                }
            },
            _ => self.edit(verb, rest, text.to_owned()),
        }
    }

    fn edit(&self, verb: &str, rest: &str, content: String) -> Answer {
        let (rest, metadata) = with_json(rest);
        let (rest, base) = match rest.strip_suffix(" as remembered") {
            Some(rest) => (rest, self.remembered.as_ref().map(|(base, _)| base.clone())),
            None => (rest, None),
        };
        let (note, edit) = match verb {
            "append" => (rest, Some(Edit::Append { content })),
            "prepend" => (rest, Some(Edit::Prepend { content })),
            "set" => (rest, None),
            _ => {
                let (what, note) = rest.rsplit_once(" in ").expect("swap A -> B in N");
                let edit = if verb == "swap" {
                    let (find, replace) = pair(what);
                    Edit::FindReplace {
                        find: unescape(find),
                        replace: unescape(replace),
                        expected: 1,
                    }
                } else {
                    Edit::ReplaceSection {
                        section: what.to_owned(),
                        content,
                        subsections: Subsections::Replace,
                    }
                };
                (note, Some(edit))
            }
        };
        let edited = self.project().edit_note(&EditRequest {
            identifier: note.to_owned(),
            edit,
            metadata,
            base,
        })?;
        Ok(vec![format!("edited {}", edited.note.path)])
    }
}

fn sync(project: Project<'_>) -> Result<SyncReport, cairn_engine::Error> {
    project.sync(&Silent, &Cancel::new())
}

/// What a sync reports, without zeros.
fn reported(report: &SyncReport) -> Vec<String> {
    let counts = [
        (report.new, "new"),
        (report.modified, "modified"),
        (report.moved, "moved"),
        (report.deleted, "deleted"),
        (report.unchanged, "unchanged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let faults = report.faults.iter();
    std::iter::once(counts.join(", "))
        .chain(faults.map(|fault| format!("fault: {}: {}", fault.path, fault.message)))
        .collect()
}

/// The two sides of an arrow.
pub(crate) fn pair(text: &str) -> (&str, &str) {
    text.split_once(" -> ")
        .expect("an arrow stands between two sides")
}

/// What stands before a JSON object, and the object.
pub(crate) fn with_json(text: &str) -> (&str, Metadata) {
    match text.find('{') {
        Some(at) if text.ends_with('}') => {
            let json = serde_json::from_str(&text[at..]).expect("a JSON object");
            (text[..at].trim_end(), json)
        }
        _ => (text, Metadata::new()),
    }
}
