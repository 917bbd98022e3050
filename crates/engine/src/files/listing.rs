//! What lies below a project's root, and whether one path still does.
//!
//! It looks at names and times and reads no note. Invariant: nothing is missing from a listing without a word:
//! what could not be looked at is named, and everything below it is known to be unknown.

use super::leftovers::is_temporary;
use super::reading::{is_gone, modified_ns};
use super::{Point, failpoint};
use crate::error::IoContext;
use crate::ignore_rules::{
    FolderRules, IGNORE_FILES, PROJECT_PATTERNS, Patterns, is_hidden, is_transient,
};
use crate::{Error, Result};
use cairn_index::Fault;
use cairn_note::NotePath;
use rayon::Scope;
use rayon::slice::ParallelSliceMut as _;
use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Entries of one folder looked at by one thread before another may help.
const SHARE: usize = 2048;

/// A file seen on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Where it is.
    pub(crate) path: NotePath,
    /// Bytes.
    pub(crate) size: u64,
    /// Modification time, nanoseconds since 1970.
    pub(crate) modified_ns: i64,
}

/// Which folder a path names: where a disk was mounted over it or taken away, it is another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Identity(
    /// Device and inode, where the system has them.
    Option<(u64, u64)>,
);

impl Identity {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Ok(Self(Some((metadata.dev(), metadata.ino()))))
        }
        #[cfg(not(unix))]
        {
            drop(metadata);
            Ok(Self(None))
        }
    }

    /// Whether the path still names this folder.
    pub(crate) fn is_still_at(self, path: &Path) -> bool {
        Self::of(path).is_ok_and(|now| now == self)
    }
}

/// What lies below a root.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The folder that was listed.
    pub(crate) root: Identity,
    /// The files that are looked at, sorted by the bytes of their paths.
    pub(crate) files: Vec<Listed>,
    /// What could not be looked at, sorted.
    pub(crate) faults: Vec<Fault>,
    /// Files and folders of which nothing is known, nor of what is below them; sorted.
    pub(crate) unreadable: Vec<String>,
    /// Temporary files of writes: of now, or of a process that was killed.
    pub(crate) leftovers: Vec<String>,
    /// Whether the root has no entry at all, not even a hidden one: so does a place nothing is mounted at.
    pub(crate) is_bare: bool,
    /// Whether it is not believed, so that nothing is known of any path.
    pub(crate) is_doubted: bool,
}

impl Listing {
    /// Takes a bare root for a disk that is not there, and names it as a fault.
    pub(crate) fn doubt(&mut self) {
        self.is_doubted = true;
        self.faults.push(Fault {
            path: String::new(),
            message: "the folder is empty, and what was known of it is kept: is its disk mounted? \
                      (`cairn reindex` forgets it)"
                .to_owned(),
        });
    }

    /// Whether nothing is known of that path because it, or a folder above it, could not be looked at.
    pub(crate) fn is_unknown(&self, path: &str) -> bool {
        let holds = |upper: &str| {
            self.unreadable
                .binary_search_by(|known| known.as_str().cmp(upper))
                .is_ok()
        };
        self.is_doubted
            || !self.unreadable.is_empty()
                && (holds(path)
                    || path
                        .match_indices('/')
                        .any(|(slash, _)| holds(&path[..slash])))
    }
}

/// Lists the files below `root`. Fails when the root itself cannot be listed whole.
pub(crate) fn list(root: &Path, bmignore: Option<&Path>) -> Result<Listing> {
    let identity = Identity::of(root).map_err(|source| Error::Root {
        path: root.to_owned(),
        source,
    })?;
    let mut listing = Listing {
        root: identity,
        ..Listing::default()
    };
    let patterns = patterns(root, bmignore, &mut listing.faults);
    let walk = Walk {
        root,
        patterns: &patterns,
        found: Mutex::new(listing),
    };
    rayon::scope(|scope| walk.folder(scope, String::new(), None)).context("list", root)?;
    let mut listing = walk
        .found
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if !listing.root.is_still_at(root) {
        let replaced = io::Error::other("another folder took its place meanwhile");
        return Err(replaced).context("list", root);
    }
    listing
        .files
        .par_sort_unstable_by(|a, b| a.path.as_str().cmp(b.path.as_str()));
    listing.faults.sort();
    listing.faults.dedup();
    listing.unreadable.sort();
    listing.is_bare = listing.files.is_empty()
        && fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none());
    Ok(listing)
}

/// The reference's patterns that hold for a project.
pub(super) fn patterns(root: &Path, global: Option<&Path>, faults: &mut Vec<Fault>) -> Patterns {
    let mut patterns = Patterns::default();
    let own = root.join(PROJECT_PATTERNS);
    for file in global.into_iter().chain([own.as_path()]) {
        match fs::read(file) {
            Ok(bytes) => patterns.add(&String::from_utf8_lossy(&bytes)),
            Err(error) if is_gone(&error) => {}
            Err(error) => faults.push(Fault {
                path: PROJECT_PATTERNS.to_owned(),
                message: format!("cannot read {}: {error}", file.display()),
            }),
        }
    }
    patterns
}

/// The rules that hold in a folder.
pub(super) type Rules = Option<Arc<FolderRules>>;

struct Walk<'a> {
    root: &'a Path,
    patterns: &'a Patterns,
    found: Mutex<Listing>,
}

impl Walk<'_> {
    /// Lists one folder (its path ends in a slash, or is empty for the root) and has those in it listed.
    fn folder<'s>(&'s self, scope: &Scope<'s>, prefix: String, above: Rules) -> io::Result<()> {
        let absolute = self.root.join(&prefix);
        failpoint(Point::List, &absolute)?;
        let entries = fs::read_dir(&absolute)?.collect::<io::Result<Vec<_>>>()?;
        let rules = self.rules(&prefix, &absolute, &entries, above);
        let prefix: Arc<str> = prefix.into();
        if entries.len() <= SHARE {
            self.entries(scope, &prefix, entries, rules.as_ref());
            return Ok(());
        }
        let mut entries = entries.into_iter();
        loop {
            let share: Vec<DirEntry> = entries.by_ref().take(SHARE).collect();
            if share.is_empty() {
                return Ok(());
            }
            let (prefix, rules) = (Arc::clone(&prefix), rules.clone());
            scope.spawn(move |scope| self.entries(scope, &prefix, share, rules.as_ref()));
        }
    }

    /// Reads the folder's ignore files, if it has any.
    fn rules(&self, prefix: &str, absolute: &Path, entries: &[DirEntry], above: Rules) -> Rules {
        let has = |name: &str| entries.iter().any(|entry| entry.file_name() == name);
        let names = IGNORE_FILES.into_iter().filter(|name| has(name));
        let (texts, errors) = ignore_texts(absolute, names);
        if texts.is_empty() && errors.is_empty() {
            return above;
        }
        let (rules, slips) = FolderRules::new(prefix.len(), above, &texts);
        let faults = errors
            .into_iter()
            .chain(slips)
            .map(|(name, message)| Fault {
                path: format!("{prefix}{name}"),
                message,
            });
        self.found().faults.extend(faults);
        Some(rules)
    }

    fn entries<'s>(
        &'s self,
        scope: &Scope<'s>,
        prefix: &str,
        entries: Vec<DirEntry>,
        rules: Option<&Arc<FolderRules>>,
    ) {
        let mut found = Listing::default();
        for entry in entries {
            if let Err((path, error)) = self.entry(scope, prefix, &entry, rules, &mut found) {
                found.unknown(path, &error);
            }
        }
        let mut all = self.found();
        all.files.append(&mut found.files);
        all.faults.append(&mut found.faults);
        all.unreadable.append(&mut found.unreadable);
        all.leftovers.append(&mut found.leftovers);
    }

    /// Looks at one entry of a folder; an error comes with the path it concerns.
    fn entry<'s>(
        &'s self,
        scope: &Scope<'s>,
        prefix: &str,
        entry: &DirEntry,
        rules: Option<&Arc<FolderRules>>,
        found: &mut Listing,
    ) -> std::result::Result<(), (String, io::Error)> {
        let name = entry.file_name();
        let lossy = name.to_string_lossy();
        let path = format!("{prefix}{lossy}");
        if is_hidden(&lossy) {
            if is_temporary(&lossy) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                found.leftovers.push(path);
            }
            return Ok(());
        }
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_dir() || kind.is_file() => kind,
            // A symbolic link, a socket and the like.
            Ok(_) => return Ok(()),
            Err(error) => return Err((path, error)),
        };
        let ignored = self.patterns.ignore(&path)
            || rules.is_some_and(|rules| rules.ignores(&path, kind.is_dir()))
            || (kind.is_file() && is_transient(&lossy));
        if ignored {
            return Ok(());
        }
        if name.to_str().is_none() {
            found.faults.push(Fault {
                path,
                message: "its name is not UTF-8".to_owned(),
            });
            return Ok(());
        }
        if kind.is_dir() {
            let rules = rules.cloned();
            scope.spawn(move |scope| self.below(scope, path, rules));
            return Ok(());
        }
        let metadata = match entry.metadata() {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return Ok(()),
            Err(error) => return Err((path, error)),
        };
        match NotePath::from_disk(&path) {
            Ok(path) => found.files.push(Listed {
                path,
                size: metadata.len(),
                modified_ns: modified_ns(&metadata),
            }),
            Err(error) => found.faults.push(Fault {
                path,
                message: format!("its name cannot be used: {error}"),
            }),
        }
        Ok(())
    }

    /// Lists a folder below the root.
    fn below<'s>(&'s self, scope: &Scope<'s>, path: String, rules: Rules) {
        if let Err(error) = self.folder(scope, format!("{path}/"), rules) {
            self.found().unknown(path, &error);
        }
    }

    /// Every change of the listing is one append, so a panic elsewhere left it whole.
    fn found(&self) -> MutexGuard<'_, Listing> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listing {
    /// Notes that a file or folder could not be looked at, unless it is simply gone.
    fn unknown(&mut self, path: String, error: &io::Error) {
        if !is_gone(error) {
            self.faults.push(Fault {
                path: path.clone(),
                message: format!("cannot look at it: {error}"),
            });
            self.unreadable.push(path);
        }
    }
}

/// A file's name, and its text or what is wrong with it.
pub(super) type Named = (&'static str, String);

/// Reads ignore files of a folder; returns their texts, and why those that cannot be read cannot.
pub(super) fn ignore_texts(
    folder: &Path,
    names: impl Iterator<Item = &'static str>,
) -> (Vec<Named>, Vec<Named>) {
    let (mut texts, mut errors) = (Vec::new(), Vec::new());
    for name in names {
        let file = folder.join(name);
        match fs::symlink_metadata(&file) {
            Ok(metadata) if !metadata.is_file() => continue,
            _ => {}
        }
        match fs::read(file) {
            Ok(bytes) => texts.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if is_gone(&error) => {}
            Err(error) => errors.push((name, format!("cannot read it: {error}"))),
        }
    }
    (texts, errors)
}
