//! What every writing verb does around its change: name the note, write its text, tell the index, answer.
//!
//! It decides nothing about a note's text; whether a file is still what it was is `compare`'s. Invariant: a
//! file is written only under its lock and only when it is what the caller, or else the index, last saw.

mod compare;
#[cfg(test)]
mod faults;
mod many;
mod record;
mod unseen;

use crate::error::IoContext as _;
use crate::files::{self, Lookout, NoteGuard};
use crate::points::{Point, failpoint, pass};
use crate::{Error, Project, Result, Written};
use cairn_history::{ChangeId, Content, Operation};
use cairn_index::{Change, NoteKey, NoteRecord, ProjectId, Session};
use cairn_note::NotePath;
pub(crate) use compare::{Found, is_checksum};
pub(crate) use many::{Act, Did, GROUP, Task};
pub(crate) use record::Planned;
use std::path::Path;
use std::sync::Arc;
pub(crate) use unseen::EXTERNAL;

impl<'a> Project<'a> {
    /// Returns the project's folder.
    pub(crate) fn root(&self) -> &'a Path {
        &self.settings.root
    }

    /// Returns the key of the project's rows.
    pub(crate) fn id(&self) -> ProjectId {
        self.settings.id()
    }

    /// Begins a read session. No lock of a note is waited for inside it, and no change is applied.
    pub(crate) fn session(&self, holder: &'static str) -> Result<Session<'a>> {
        Ok(self.engine.index.read(holder)?)
    }

    /// Begins to look at single files as a listing would, by the rules as they are now.
    pub(crate) fn lookout(&self) -> Lookout<'a> {
        Lookout::new(self.root(), self.engine.settings.bmignore.as_deref())
    }

    /// Waits until nobody else writes the note.
    pub(crate) fn lock(&self, path: &NotePath) -> Result<NoteGuard<'a>> {
        let guard = self.engine.locks.lock(self.id(), path)?;
        self.pass(Point::Locked, path);
        Ok(guard)
    }

    /// Passes a named point with the file of a note.
    pub(crate) fn pass(&self, point: Point, path: &NotePath) {
        pass(point, &self.root().join(path.as_str()));
    }

    /// Returns what the index knows of a path now.
    pub(crate) fn record_at(&self, path: &NotePath) -> Result<Option<NoteRecord>> {
        Ok(self
            .session("look up a path")?
            .note(self.id(), NoteKey::Path(path))?)
    }

    /// Returns the one note of this project that an identifier names, locked, and as the index knows it since.
    pub(crate) fn locked(&self, identifier: &str) -> Result<(NoteRecord, NoteGuard<'a>)> {
        loop {
            let named = self.own(identifier)?;
            let guard = self.lock(&named.path)?;
            // Whoever held the lock may have deleted the note, or moved it: then it has another path now.
            match self.record_at(&named.path)? {
                Some(record) if record.id == named.id => return Ok((record, guard)),
                _ => drop(guard),
            }
        }
    }

    /// Returns the one note of this project that an identifier names.
    pub(crate) fn own(&self, identifier: &str) -> Result<NoteRecord> {
        let record = self.identify(identifier, None)?;
        if self.is_overtaken(identifier, &record) {
            return Err(Error::NotFound {
                identifier: identifier.to_owned(),
                near: Vec::new(),
            });
        }
        if record.project == self.id() {
            return Ok(record);
        }
        let other = self
            .engine
            .projects()
            .find(|project| project.id() == record.project);
        Err(Error::OtherProject {
            identifier: identifier.to_owned(),
            project: other.map_or_else(|| "?".to_owned(), |project| project.settings.name.clone()),
        })
    }

    /// Writes the text of the note with the id `note` over `old`, `None` when there is no file, and tells history and
    /// index.
    pub(crate) fn put(
        &self,
        path: &NotePath,
        note: String,
        old: Option<&Found>,
        text: &str,
        operation: Operation,
    ) -> Result<()> {
        self.put_in(path, note, old, text.as_bytes(), operation, None)
            .map(|_| ())
    }

    /// As [`Self::put`], as part of a change of many notes.
    pub(crate) fn put_in(
        &self,
        path: &NotePath,
        note: String,
        old: Option<&Found>,
        bytes: &[u8],
        operation: Operation,
        change: Option<ChangeId>,
    ) -> Result<ChangeId> {
        let planned = Planned {
            note,
            path,
            former: None,
            operation,
            before: old.map(Found::content),
            after: Some(Content::Bytes(bytes.to_vec())),
            permalink: None,
        };
        let recorded = self.record(planned, change)?;
        let durability = self.engine.settings.durability;
        let written = files::write(self.root(), path, bytes, durability, || {
            self.still(path, old)
        });
        self.pass(Point::Settle, path);
        let made = self.made(recorded, written)?;
        self.told(
            path,
            "written",
            self.entry_saying(path, bytes)
                .map(|entry| Change::Put(Box::new(entry))),
        )?;
        made.unsynced.map(|()| made.change)
    }

    /// Tells the index what was `done` with the file at `path`.
    pub(crate) fn told(
        &self,
        path: &NotePath,
        done: &'static str,
        change: Result<Change>,
    ) -> Result<()> {
        let file = self.root().join(path.as_str());
        let applied = change.and_then(|change| {
            failpoint(Point::Tell, &file).context("index", &file)?;
            Ok(self.with_scope(|scope| self.engine.index.apply(scope, vec![change]))?)
        });
        pass(Point::Told, &file);
        match applied {
            Ok(_) => Ok(()),
            Err(source) => Err(Error::Untold {
                path: path.to_string(),
                done,
                source: Arc::new(source),
            }),
        }
    }

    /// Answers with what the index knows of a note that was just written.
    pub(crate) fn written(&self, path: &NotePath, created: bool) -> Result<Written> {
        let session = self.session("answer a write")?;
        let note = session
            .note(self.id(), NoteKey::Path(path))?
            .ok_or_else(|| Error::gone(path))?;
        let mut observations: Vec<(String, usize)> = Vec::new();
        for observation in session.observations(note.id)? {
            let category = observation.category();
            match observations.iter_mut().find(|(known, _)| known == category) {
                Some((_, count)) => *count += 1,
                None => observations.push((category.to_owned(), 1)),
            }
        }
        let relations = session.relations(note.id)?;
        let resolved = relations
            .iter()
            .filter(|relation| relation.resolved.is_some())
            .count();
        Ok(Written {
            note,
            created,
            is_listed_anew: created,
            observations,
            resolved,
            unresolved: relations.len() - resolved,
        })
    }

    /// Refuses a path that no sync would list: the index would forget the note again.
    pub(crate) fn refuse_hidden(&self, path: &NotePath) -> Result<()> {
        if !self.lookout().hides(path) {
            return Ok(());
        }
        if let Some(folder) = files::no_folder(self.root(), path) {
            return Err(Error::Invalid {
                message: format!("{folder} is no folder of the project, but a file or a link"),
                hint: Some("choose another folder".to_owned()),
            });
        }
        Err(Error::Invalid {
            message: format!("{path} would not be indexed: hidden and ignored files are left out"),
            hint: Some("choose another folder, or change the ignore rules".to_owned()),
        })
    }
}

/// Returns a folder as paths begin: `./notes/`, `/notes` and `notes` are `notes`; `/`, `.` and nothing are the root.
pub(crate) fn folder(text: &str) -> Result<Option<NotePath>> {
    let text = text.trim().trim_start_matches("./").trim_matches('/');
    if matches!(text, "" | ".") {
        Ok(None)
    } else {
        Ok(Some(NotePath::parse(text)?))
    }
}

/// Refuses what is no page.
pub(crate) fn page_offset(page: usize, page_size: usize, most: usize) -> Result<usize> {
    let invalid = |message: String| Error::Invalid {
        message,
        hint: None,
    };
    if page == 0 {
        return Err(invalid("page must be >= 1, got 0".to_owned()));
    }
    if page_size == 0 {
        return Err(invalid("page_size must be >= 1, got 0".to_owned()));
    }
    if page_size > most {
        return Err(invalid(format!(
            "page_size must be <= {most}, got {page_size}"
        )));
    }
    (page - 1)
        .checked_mul(page_size)
        .filter(|offset| u32::try_from(*offset).is_ok())
        .ok_or_else(|| invalid(format!("page {page} is beyond any last page")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Point;
    use crate::files::failpoints::at;
    use crate::{Cancel, Engine, Kind, Settings, Silent};
    use cairn_history::Hash;
    use cairn_testkit::Vault;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn path(text: &str) -> NotePath {
        NotePath::parse(text).expect("a path")
    }

    #[test]
    fn a_write_the_index_cannot_be_told_says_that_the_file_is_written() {
        let vault = Vault::new("");
        let engine =
            Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
        let project = engine.project(None).expect("there is a default project");
        let path = path("Tea.md");
        // The change is refused because this thread holds a session.
        let session = project.session("hold the index").expect("it is free");
        let error = project
            .put(&path, "id".to_owned(), None, "zebra\n", Operation::Create)
            .expect_err("the index is held");
        drop(session);
        assert!(
            error
                .to_string()
                .starts_with("Tea.md was written, but the index does not know it yet: "),
            "{error}"
        );
        assert_eq!(error.kind(), Kind::Busy);
        assert_eq!(
            error.hint().as_deref(),
            Some("the next sync brings the index in step")
        );
        assert_eq!(vault.read("Tea.md"), "zebra\n");
        let report = project.sync(&Silent, &Cancel::new()).expect("it syncs");
        assert_eq!(report.new, 1);
    }

    #[test]
    fn a_note_that_is_moved_while_its_lock_is_waited_for_is_found_where_it_is() {
        let vault = Vault::new("//- a/Tea.md\nx\n");
        let engine =
            Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
        let project = engine.project(None).expect("there is a default project");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        std::thread::scope(|scope| {
            for round in 0..20 {
                let (from, to) = if round % 2 == 0 {
                    ("a", "b")
                } else {
                    ("b", "a")
                };
                let (from, to) = (
                    path(&format!("{from}/Tea.md")),
                    path(&format!("{to}/Tea.md")),
                );
                let guard = project.lock(&from).expect("nobody holds it");
                let (began, has_begun) = std::sync::mpsc::channel();
                let other = &engine;
                let editor = scope.spawn(move || {
                    let project = other.project(None).expect("there is a default project");
                    began.send(()).expect("the test waits");
                    project.locked("Tea").map(|(record, _guard)| record.path)
                });
                has_begun.recv().expect("it begins");
                // Whether it waits for the lock by now or not: there is always a note of that name.
                std::thread::yield_now();
                files::rename(project.root(), &from, &to, None, engine.settings.durability)
                    .expect("nothing is there");
                let entry = Box::new(project.entry(&to).expect("it is there"));
                let change = Change::Move { from, entry };
                project
                    .told(&to, "moved", Ok(change))
                    .expect("the index is free");
                drop(guard);
                let found = editor.join().expect("it ends").expect("the note is there");
                assert!(
                    ["a/Tea.md", "b/Tea.md"].contains(&found.as_str()),
                    "{found}"
                );
            }
        });
    }

    #[test]
    fn what_another_program_writes_while_the_disk_is_waited_for_stays() {
        let vault = Vault::new("//- Tea.md\nold\n");
        let engine =
            Engine::open(Settings::in_memory("main", vault.root().to_owned())).expect("it opens");
        let project = engine.project(None).expect("there is a default project");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        for (name, old) in [
            ("Tea.md", project.found(&path("Tea.md"))),
            ("New.md", Ok(None)),
        ] {
            let old = old.expect("it can be read");
            let target = vault.path(name);
            let _hook = at(Point::Replace, target.clone(), move || {
                std::fs::write(&target, "someone's\n")
            });
            let error = project
                .put(
                    &path(name),
                    "id".to_owned(),
                    old.as_ref(),
                    "ours\n",
                    Operation::Write,
                )
                .expect_err("someone was faster");
            assert_eq!(error.kind(), Kind::Conflict, "{error}");
            assert_eq!(vault.read(name), "someone's\n");
        }
        assert_eq!(vault.files().len(), 2, "no temporary file stays");
    }

    /// Has another program save a file, once, when a point is passed.
    fn saved_at(point: Point, passed: PathBuf, file: PathBuf) -> impl Drop {
        let is_saved = AtomicBool::new(false);
        at(point, passed, move || {
            if is_saved.swap(true, Ordering::SeqCst) {
                return Ok(());
            }
            let new = file.with_extension("new");
            std::fs::write(&new, "someone's\n")?;
            std::fs::rename(new, &file)
        })
    }

    #[test]
    fn what_another_program_saves_after_the_last_look_stays() {
        let act = |verb: &str, project: Project<'_>| -> Result<()> {
            let path = path("Tea.md");
            match verb {
                "write" => {
                    let old = project.found(&path)?;
                    let id = "id".to_owned();
                    project.put(&path, id, old.as_ref(), "ours\n", Operation::Write)
                }
                "move" => project.move_note("Tea", "b/Moved.md").map(|_| ()),
                _ => project.delete_note("Tea").map(|_| ()),
            }
        };
        for (verb, point, passed) in [
            ("write", Point::Rename, "Tea.md"),
            ("move", Point::Link, "b/Moved.md"),
            ("move", Point::Unlink, "Tea.md"),
            ("delete", Point::Unlink, "Tea.md"),
        ] {
            let vault = Vault::new("//- Tea.md\nold\n//- b/Other.md\nx\n");
            let settings = Settings::in_memory("main", vault.root().to_owned());
            let engine = Engine::open(settings).expect("it opens");
            let project = engine.project(None).expect("there is a default project");
            project.sync(&Silent, &Cancel::new()).expect("it syncs");
            let hook = saved_at(point, vault.path(passed), vault.path("Tea.md"));
            let error = act(verb, project).expect_err("someone was faster");
            drop(hook);
            assert_eq!(error.kind(), Kind::Conflict, "{verb} at {point:?}: {error}");
            assert_eq!(vault.read("Tea.md"), "someone's\n", "{verb} at {point:?}");
            assert_eq!(vault.files().len(), 2, "{verb} at {point:?}");
            let report = project.sync(&Silent, &Cancel::new()).expect("it syncs");
            assert_eq!(report.modified, 1, "{verb} at {point:?}");
            act(verb, project).expect("nobody is in the way");
        }
    }

    #[test]
    fn the_index_learns_of_what_another_program_saves_after_a_write_by_a_sync_alone() {
        let vault = Vault::new("//- Tea.md\nold\n");
        let settings = Settings::in_memory("main", vault.root().to_owned());
        let engine = Engine::open(settings).expect("it opens");
        let project = engine.project(None).expect("there is a default project");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        let hook = saved_at(Point::Settle, vault.path("Tea.md"), vault.path("Tea.md"));
        let request = crate::WriteRequest {
            title: "Tea".to_owned(),
            content: "ours\n".to_owned(),
            overwrite: crate::Overwrite::Allow,
            ..crate::WriteRequest::default()
        };
        let written = project.write_note(&request).expect("it is written");
        drop(hook);
        let said = |revision: &cairn_history::Revision| revision.after;
        let revisions = || {
            let filter = cairn_history::Filter::default();
            let revisions = engine.history.revisions(&filter, 9);
            revisions.expect("they can be read")
        };
        let ours = Hash::from(written.note.fingerprint.checksum);
        assert_eq!(
            said(&revisions()[0]),
            Some(ours),
            "the answer is what was written"
        );
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        let revisions = revisions();
        assert_eq!(revisions[0].operation, Operation::External);
        assert_eq!(revisions[0].before, Some(ours));
        assert_eq!(said(&revisions[0]), Some(Hash::of(b"someone's\n")));
    }

    #[test]
    fn a_change_is_recorded_as_one_of_what_it_was_made_on() {
        let vault = Vault::new("//- Tea.md\nold\n");
        let settings = Settings::in_memory("main", vault.root().to_owned());
        let engine = Engine::open(settings).expect("it opens");
        let project = engine.project(None).expect("there is a default project");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        let put = |text: &str| {
            let old = project.found(&path("Tea.md")).expect("it can be read");
            let note = project.note_id(&path("Tea.md")).expect("it has one");
            project.put(&path("Tea.md"), note, old.as_ref(), text, Operation::Write)
        };
        put("one\n").expect("it is written");
        // A sync saw what a checkout brought, and then another one took it away again.
        vault.write("Tea.md", "two\n");
        project.sync(&Silent, &Cancel::new()).expect("it syncs");
        vault.write("Tea.md", "one\n");
        put("three\n").expect("it is written");
        let filter = cairn_history::Filter::default();
        let revisions = engine.history.revisions(&filter, 9);
        let revisions = revisions.expect("they can be read");
        let said: Vec<_> = revisions.iter().map(|revision| revision.after).collect();
        let texts: [&[u8]; 4] = [b"three\n", b"one\n", b"two\n", b"one\n"];
        assert_eq!(said, texts.map(|text| Some(Hash::of(text))));
        for pair in revisions.windows(2) {
            assert_eq!(pair[0].before, pair[1].after);
            assert_ne!(pair[0].change, pair[1].change);
        }
    }

    #[test]
    fn folders_are_spelled_in_many_ways() {
        for (text, expected) in [
            ("notes", Some("notes")),
            ("/notes/", Some("notes")),
            ("./a//b", Some("a/b")),
            ("", None),
            ("/", None),
            (" . ", None),
        ] {
            let folder = folder(text).expect("it is a folder");
            assert_eq!(folder.as_ref().map(NotePath::as_str), expected, "{text:?}");
        }
        assert!(folder("a/../b").is_err());
    }
}
