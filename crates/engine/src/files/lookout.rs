//! Whether one path is still where a listing would find it.
//!
//! Not a listing: it is asked about the few files a listing misses. Invariant: it only says that a file is gone
//! when the file system said so of the very path.

use super::listing::{Rules, ignore_texts, patterns};
use super::reading::{is_gone, is_spelled, modified_ns};
use super::{Point, failpoint};
use crate::ignore_rules::{FolderRules, IGNORE_FILES, Patterns, is_hidden, is_transient};
use cairn_note::NotePath;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What became of a file that was known and is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is not there.
    Gone,
    /// Something is there that is not looked at: it is ignored, or no regular file.
    Hidden,
    /// It is there after all.
    There,
    /// Nobody can tell.
    Unknown,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Glance {
    /// A file that is looked at.
    File {
        /// Bytes.
        size: u64,
        /// Modification time, nanoseconds since 1970.
        modified_ns: i64,
    },
    /// A folder that is looked at, and the names in it.
    Folder(Vec<String>),
    /// Something that is not looked at: it is ignored, or neither file nor folder.
    Hidden,
    /// Nothing.
    Nothing,
    /// Nobody can tell.
    Unknown,
}

/// Looks at single paths with the same eyes as [`super::list`], remembering the folders it passed.
#[derive(Debug)]
pub(crate) struct Lookout<'a> {
    root: &'a Path,
    patterns: Patterns,
    folders: HashMap<String, Result<Rules, Presence>>,
}

impl<'a> Lookout<'a> {
    /// Returns a lookout over the files below `root`.
    pub(crate) fn new(root: &'a Path, bmignore: Option<&Path>) -> Self {
        let patterns = patterns(root, bmignore, &mut Vec::new());
        Self {
            root,
            patterns,
            folders: HashMap::new(),
        }
    }

    /// Returns what is at that path now.
    pub(crate) fn presence(&mut self, path: &NotePath) -> Presence {
        let rules = match self.folder(path.parent()) {
            Ok(rules) => rules,
            Err(presence) => return presence,
        };
        let absolute = self.root.join(path.as_str());
        match failpoint(Point::Open, &absolute).and_then(|()| fs::symlink_metadata(&absolute)) {
            Err(error) if is_gone(&error) => Presence::Gone,
            Err(_) => Presence::Unknown,
            Ok(metadata) if !metadata.is_file() => Presence::Hidden,
            Ok(_) if is_transient(path.file_name()) => Presence::Hidden,
            Ok(_) if self.ignores(rules.as_ref(), path.as_str(), false) => Presence::Hidden,
            Ok(_) if self.is_spelled(path) => Presence::There,
            // The file system ignores case, and the file has another name now.
            Ok(_) => Presence::Gone,
        }
    }

    /// Returns what is at that path now, whether or not anything was known of it.
    pub(crate) fn glance(&mut self, path: &NotePath) -> Glance {
        let rules = match self.folder(path.parent()) {
            Ok(rules) => rules,
            Err(presence) => return presence.into(),
        };
        let absolute = self.root.join(path.as_str());
        match failpoint(Point::Open, &absolute).and_then(|()| fs::symlink_metadata(&absolute)) {
            Err(error) if is_gone(&error) => Glance::Nothing,
            Err(_) => Glance::Unknown,
            Ok(metadata) if metadata.is_dir() => match self.folder(path.as_str()) {
                Ok(_) => names(&absolute),
                Err(presence) => presence.into(),
            },
            Ok(metadata) if !metadata.is_file() => Glance::Hidden,
            Ok(_) if is_transient(path.file_name()) => Glance::Hidden,
            Ok(_) if self.ignores(rules.as_ref(), path.as_str(), false) => Glance::Hidden,
            Ok(metadata) => Glance::File {
                size: metadata.len(),
                modified_ns: modified_ns(&metadata),
            },
        }
    }

    /// Whether a file at that path, which need not be there yet, would not be listed.
    pub(crate) fn hides(&mut self, path: &NotePath) -> bool {
        let text = path.as_str();
        let mut rules = None;
        let folders = text.match_indices('/').map(|(slash, _)| &text[..slash]);
        for folder in std::iter::once("").chain(folders) {
            match self.folder(folder) {
                Ok(found) => rules = found,
                Err(Presence::Hidden) => return true,
                Err(_) if self.ignores(rules.as_ref(), folder, true) => return true,
                Err(_) => {}
            }
        }
        is_transient(path.file_name()) || self.ignores(rules.as_ref(), text, false)
    }

    /// Returns the rules in a folder, or what its state means for everything below it.
    fn folder(&mut self, path: &str) -> Result<Rules, Presence> {
        if let Some(known) = self.folders.get(path) {
            return known.clone();
        }
        // From the top: a path may be deeper than a stack, and nothing is below what is not there.
        let ends = path.match_indices('/').map(|(slash, _)| slash);
        let mut rules = None;
        for end in std::iter::once(0).chain(ends).chain([path.len()]) {
            let folder = &path[..end];
            let state = match self.folders.get(folder) {
                Some(known) => known.clone(),
                None => {
                    let state = self.look(folder, rules);
                    self.folders.insert(folder.to_owned(), state.clone());
                    state
                }
            };
            rules = state?;
        }
        Ok(rules)
    }

    /// Looks at a folder below one that is there and has these rules.
    fn look(&self, path: &str, above: Rules) -> Result<Rules, Presence> {
        let absolute: PathBuf = self.root.join(path);
        if path.is_empty() {
            // The root may be a symbolic link, and must be there.
            fs::metadata(&absolute).map_err(|_| Presence::Unknown)?;
        } else {
            match failpoint(Point::List, &absolute).and_then(|()| fs::symlink_metadata(&absolute)) {
                Err(error) if is_gone(&error) => return Err(Presence::Gone),
                Err(_) => return Err(Presence::Unknown),
                Ok(metadata) if !metadata.is_dir() => return Err(Presence::Hidden),
                Ok(_) if self.ignores(above.as_ref(), path, true) => return Err(Presence::Hidden),
                Ok(_) => {}
            }
        }
        let (texts, errors) = ignore_texts(&absolute, IGNORE_FILES.into_iter());
        if !errors.is_empty() {
            return Err(Presence::Unknown);
        }
        if texts.is_empty() {
            return Ok(above);
        }
        let prefix = if path.is_empty() { 0 } else { path.len() + 1 };
        Ok(Some(FolderRules::new(prefix, above, &texts).0))
    }

    fn ignores(&self, rules: Option<&Arc<FolderRules>>, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        is_hidden(name)
            || self.patterns.ignore(path)
            || rules.is_some_and(|rules| rules.ignores(path, is_folder))
    }

    /// Whether every component of the path is spelled on disk as it is here.
    fn is_spelled(&self, path: &NotePath) -> bool {
        let text = path.as_str();
        let ends = text
            .match_indices('/')
            .map(|(slash, _)| slash)
            .chain([text.len()]);
        ends.into_iter()
            .all(|end| is_spelled(&self.root.join(&text[..end])))
    }
}

impl From<Presence> for Glance {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Gone => Self::Nothing,
            Presence::Hidden => Self::Hidden,
            Presence::There | Presence::Unknown => Self::Unknown,
        }
    }
}

/// The names in a folder; one that nobody can read makes the folder unknown.
fn names(folder: &Path) -> Glance {
    let names = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| {
                let name = entry?.file_name();
                name.into_string()
                    .map_err(|_| std::io::ErrorKind::InvalidData.into())
            })
            .collect::<std::io::Result<Vec<String>>>()
    });
    names.map_or(Glance::Unknown, Glance::Folder)
}
