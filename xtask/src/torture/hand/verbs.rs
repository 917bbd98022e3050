//! The verbs of a writer, each with what it must lead to.
//!
//! Invariant: what a note will say is known before the verb is called.

use super::super::journal::{Intent, Line};
use super::text::{Live, block, first_block, same, with_title};
use super::{Change, Hand};
use cairn_engine::{
    Cancel, Confirm, EditRequest, Kind, Overwrite, RestoreRequest, Silent, UndoRequest,
    WriteRequest,
};
use cairn_history::Hash;
use cairn_note::edit::{Edit, edit};

impl Hand<'_> {
    pub(super) fn create(&mut self) {
        let (title, folder) = (self.name(), self.folder_to_go_to());
        let path = format!("{folder}/{title}.md");
        let (word, body) = self.body();
        let live = Live {
            text: format!("{}\n{body}", first_block(&folder, &title)),
            word,
            private: false,
        };
        self.write(&path, &title, &folder, body, live, "create");
    }

    pub(super) fn overwrite(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let (word, body) = self.body();
        let live = Live {
            text: format!("{}\n{body}", block(&old.text)),
            word,
            private: old.private,
        };
        let (folder, name) = path.rsplit_once('/').expect("it lies in a folder");
        let title = name.trim_end_matches(".md").to_owned();
        let folder = folder.to_owned();
        // A moved note has the title it was made with; it is the new one's.
        let mut live = live;
        live.text = with_title(&live.text, &title);
        self.write(&path, &title, &folder, body, live, "write");
    }

    fn write(
        &mut self,
        path: &str,
        title: &str,
        folder: &str,
        body: String,
        live: Live,
        verb: &str,
    ) {
        let request = WriteRequest {
            title: title.to_owned(),
            folder: folder.to_owned(),
            content: body,
            overwrite: Overwrite::Allow,
            ..WriteRequest::default()
        };
        let hash = live.known().hash;
        self.verb(verb, vec![vec![(path.to_owned(), Some(live))]], |hand| {
            let written = hand.project().write_note(&request)?;
            Ok(same(hash, written.note.fingerprint.checksum))
        });
    }

    pub(super) fn append(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let word = self.word();
        let change = Edit::Append {
            content: format!("and {word} was added by hand\n"),
        };
        let text = edit(&old.text, &change).expect("adding is never refused");
        let live = Live {
            text,
            word,
            private: old.private,
        };
        let hash = live.known().hash;
        let request = EditRequest {
            identifier: path.clone(),
            edit: Some(change),
            metadata: Default::default(),
            base: None,
        };
        self.verb("edit", vec![vec![(path, Some(live))]], |hand| {
            let edited = hand.project().edit_note(&request)?;
            Ok(same(hash, edited.note.fingerprint.checksum))
        });
    }

    pub(super) fn rename(&mut self) {
        let Some((path, live)) = self.some() else {
            return;
        };
        let (folder, name) = (self.folder_to_go_to(), self.name());
        let to = format!("{folder}/{name}.md");
        let hash = live.known().hash;
        let step = vec![(path.clone(), None), (to.clone(), Some(live))];
        self.verb("move", vec![step], |hand| {
            let moved = hand.project().move_note(&path, &to)?;
            Ok(same(hash, moved.note.fingerprint.checksum))
        });
    }

    pub(super) fn rename_folder(&mut self) {
        let from = self.folder();
        let name = self.name();
        let to = format!("t{}/{name}", self.number);
        self.see_if_needed();
        let steps: Vec<Change> = self
            .below(&from)
            .map(|(path, live)| {
                let target = format!("{to}{}", &path[from.len()..]);
                vec![(path.clone(), None), (target, Some(live.clone()))]
            })
            .collect();
        if steps.is_empty() {
            return;
        }
        self.verb("move folder", steps, |hand| {
            let moved = hand
                .project()
                .move_directory(&from, &to, &Silent, &Cancel::new())?;
            Ok(moved
                .failed
                .first()
                .map(|fault| format!("{}: {}", fault.path, fault.message)))
        });
    }

    pub(super) fn delete(&mut self) {
        let Some((path, _)) = self.some() else {
            return;
        };
        self.verb("delete", vec![vec![(path.clone(), None)]], |hand| {
            hand.project().delete_note(&path)?;
            Ok(None)
        });
    }

    pub(super) fn delete_folder(&mut self) {
        let folder = self.folder();
        self.see_if_needed();
        let steps: Vec<Change> = self
            .below(&folder)
            .map(|(path, _)| vec![(path.clone(), None)])
            .collect();
        if steps.is_empty() {
            return;
        }
        self.verb("delete folder", steps, |hand| {
            let deleted = hand.project().delete_directory(
                &folder,
                Confirm::Given,
                &Silent,
                &Cancel::new(),
            )?;
            Ok(deleted
                .failed
                .first()
                .map(|fault| format!("{}: {}", fault.path, fault.message)))
        });
    }

    pub(super) fn restore(&mut self) {
        let Some((path, live)) = self.deleted.pop_last() else {
            return;
        };
        let live = Live {
            private: false,
            ..live
        };
        let request = RestoreRequest {
            identifier: path.clone(),
            revision: None,
        };
        self.verb("restore", vec![vec![(path, Some(live))]], |hand| {
            let restored = hand.project().restore_note(&request)?;
            Ok(restored.failed.first().map(|fault| fault.message.clone()))
        });
    }

    pub(super) fn undo(&mut self) {
        let Some(mut steps) = self.last.clone() else {
            return;
        };
        for (path, live) in steps.iter_mut().flatten() {
            // What is written anew has no mode to keep.
            if let Some(live) = live {
                live.private = self.notes.get(path).is_some_and(|note| note.private)
                    || live.private && !self.deleted.contains_key(path);
            }
        }
        let request = UndoRequest {
            actor: Some(self.actor.clone()),
            ..UndoRequest::default()
        };
        self.verb("undo", steps, |hand| {
            let undone = hand.project().undo(&request, &Silent, &Cancel::new())?;
            Ok(undone
                .conflicts
                .first()
                .map(|fault| format!("{}: {}", fault.path, fault.message)))
        });
    }

    /// Edits what the note does not say, which must be refused.
    pub(super) fn edit_what_is_not_there(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let number = self.journal.number();
        let step = vec![(path.clone(), Some(old.known()))];
        self.journal.write(&Line::Begun(
            number,
            Intent {
                verb: format!("{} edit from another base", self.actor),
                steps: vec![step],
            },
        ));
        let request = EditRequest {
            identifier: path.clone(),
            edit: Some(Edit::Append {
                content: "this is never written\n".to_owned(),
            }),
            metadata: Default::default(),
            base: Some(Hash::of(self.word().as_bytes()).to_string()),
        };
        self.journal
            .write(&match self.project().edit_note(&request) {
                Err(error) if matches!(error.kind(), Kind::Conflict | Kind::NotFound) => {
                    Line::Refused(number, error.to_string())
                }
                Err(error) => Line::Wrong(format!("{number} was refused as it must not: {error}")),
                Ok(_) => Line::Wrong(format!("{number} {path}: another base was not refused")),
            });
    }
}
