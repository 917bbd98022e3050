//! What a writer does to its notes without a verb, as an editor does.
//!
//! Invariant: what is saved is synced, file and folder, before the journal says that it is done.

use super::super::disk::Observer;
use super::super::journal::Line;
use super::Hand;
use super::text::{Live, block, first_block};
use cairn_engine::torture::Point;
use cairn_engine::{Cancel, Silent};
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

impl Hand<'_> {
    /// Saves a note as an editor does.
    pub(super) fn save(&mut self) {
        let Some((path, old)) = self.some() else {
            return;
        };
        let (word, body) = self.body();
        let live = Live {
            text: format!("{}\n{body}", block(&old.text)),
            word,
            private: old.private,
        };
        self.outside("save", path, live);
    }

    pub(super) fn save_new(&mut self) {
        let (word, body) = self.body();
        let (folder, title) = (self.folder(), self.name());
        let path = format!("{folder}/{title}.md");
        let live = Live {
            text: format!("{}\n{body}", first_block(&folder, &title)),
            word,
            private: false,
        };
        self.outside("save new", path, live);
    }

    fn outside(&mut self, verb: &str, path: String, live: Live) {
        let file = self.place.notes().join(&path);
        if !file.parent().is_some_and(Path::is_dir) {
            return;
        }
        self.unseen.insert(path.clone());
        if self
            .last
            .iter()
            .flatten()
            .flatten()
            .any(|(other, _)| *other == path)
        {
            self.last = None;
        }
        let (observer, text, private) =
            (Arc::clone(&self.observer), live.text.clone(), live.private);
        let last = self.last.take();
        self.verb(verb, vec![vec![(path, Some(live))]], |_| {
            save(&observer, &file, text.as_bytes(), private).expect("the disk is well");
            Ok(None)
        });
        self.last = last;
    }

    pub(super) fn change_mode(&mut self) {
        let Some((path, mut live)) = self.some() else {
            return;
        };
        live.private = true;
        let file = self.place.notes().join(&path);
        self.verb("chmod", vec![vec![(path, Some(live))]], |_| {
            fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("it is there");
            Ok(None)
        });
        self.last = None;
    }

    /// Has the engine see what was done without a verb.
    pub(super) fn see(&mut self) {
        match self.project().sync(&Silent, &Cancel::new()) {
            Ok(_) => self.unseen.clear(),
            Err(error) => self.journal.write(&Line::Wrong(format!("sync: {error}"))),
        }
    }
}

/// Saves a file as a careful editor does: a temporary file, synced, renamed, and the folder synced.
pub(in crate::torture) fn save(
    observer: &Observer,
    file: &Path,
    bytes: &[u8],
    private: bool,
) -> std::io::Result<()> {
    let folder = file.parent().expect("it lies in a folder");
    let name = file.file_name().expect("it has a name").to_string_lossy();
    let temporary = folder.join(format!("{EDITOR}{name}"));
    let mut open = File::create(&temporary)?;
    observer.act(Point::Write, file, Some(&temporary), || {
        open.write_all(bytes)
    })?;
    if private {
        open.set_permissions(Permissions::from_mode(0o600))?;
    }
    observer.act(Point::Sync, file, Some(&temporary), || open.sync_all())?;
    observer.act(Point::Rename, file, Some(&temporary), || {
        fs::rename(&temporary, file)
    })?;
    observer.act(Point::SyncFolder, folder, None, || {
        File::open(folder)?.sync_all()
    })
}

/// How the names of an editor's temporary files begin.
pub(in crate::torture) const EDITOR: &str = ".editor-";
