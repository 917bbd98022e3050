//! `config.toml` on disk: read whole or not at all, replaced in one step.
//!
//! It knows no key: what a value may be is told to it as a check. Invariant: whoever reads the file at any
//! moment sees a complete text someone published, and no published change is lost to another writer.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;
use toml_edit::DocumentMut;

/// How long a writer waits for other writers. One write takes milliseconds; this many seconds mean that its
/// holder hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at a lock that is held.
const PAUSE: Duration = Duration::from_millis(2);

/// What a document must satisfy: `Err` says in one sentence what is wrong.
pub(crate) type Check = fn(&DocumentMut) -> Result<(), String>;

/// The file, and the last good configuration it held.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    check: Check,
    seen: Option<String>,
    good: DocumentMut,
}

/// What a look at the file brought.
#[derive(Debug)]
pub(crate) enum Reload {
    /// It says what it said before.
    Unchanged,
    /// It says something new, which is the current configuration now.
    Fresh,
    /// It cannot be used; the last good configuration stays the current one.
    Kept(ConfigError),
}

/// Why the file cannot be read or written.
#[derive(Debug)]
pub(crate) enum ConfigError {
    /// A file operation failed.
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no TOML.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// It is TOML, but a value in it is not what its key wants.
    Value {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Another writer did not finish in time.
    Busy {
        /// The lock file.
        path: PathBuf,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io {
                action,
                path,
                source,
            } => write!(out, "cannot {action} {}: {source}", path.display()),
            Self::Syntax {
                path,
                line,
                message,
            } => write!(out, "{}, line {line}: {message}", path.display()),
            Self::Value { path, message } => write!(out, "{}: {message}", path.display()),
            Self::Busy { path } => {
                let seconds = PATIENCE.as_secs();
                write!(
                    out,
                    "another process has held {} for more than {seconds} s",
                    path.display()
                )
            }
        }
    }
}

impl ConfigFile {
    /// Names the file; nothing is read yet, and an empty configuration is the current one.
    pub(crate) fn new(path: PathBuf, check: Check) -> Self {
        Self {
            path,
            check,
            seen: None,
            good: DocumentMut::new(),
        }
    }

    /// Returns the last good configuration.
    pub(crate) fn current(&self) -> &DocumentMut {
        &self.good
    }

    /// Looks at the file again. A missing file is an empty configuration.
    pub(crate) fn reload(&mut self) -> Reload {
        let text = match read(&self.path) {
            Ok(text) => text,
            Err(error) => return Reload::Kept(error),
        };
        if self.seen.as_ref() == Some(&text) {
            return Reload::Unchanged;
        }
        match self.accept(&text) {
            Ok(document) => {
                self.good = document;
                self.seen = Some(text);
                Reload::Fresh
            }
            Err(error) => Reload::Kept(error),
        }
    }

    fn accept(&self, text: &str) -> Result<DocumentMut, ConfigError> {
        let document = parse(&self.path, text)?;
        (self.check)(&document).map_err(|message| ConfigError::Value {
            path: self.path.clone(),
            message,
        })?;
        Ok(document)
    }

    /// Changes the file while no other writer can. A change that fails, or changes nothing, writes nothing.
    pub(crate) fn update<T, E: From<ConfigError>>(
        &self,
        change: impl FnOnce(&mut DocumentMut) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut draft = self.draft()?;
        let answer = change(&mut draft.document)?;
        if draft.document.to_string() != draft.before {
            draft.write()?.publish()?;
        }
        Ok(answer)
    }

    /// Takes the writers' lock and reads what the file says under it.
    pub(crate) fn draft(&self) -> Result<Draft, ConfigError> {
        // A configuration kept elsewhere and linked here stays a link.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = target.parent().unwrap_or_else(|| Path::new(".")).to_owned();
        create_private_folder(&folder)?;
        let lock = lock(&sibling(&target, ".lock"))?;
        sweep(&folder, &draft_prefix(&target));
        let before = read(&target)?;
        let document = parse(&self.path, &before)?;
        Ok(Draft {
            document,
            before,
            target,
            folder,
            lock,
        })
    }
}

/// A change being made; no other writer can begin one while it lives.
#[derive(Debug)]
pub(crate) struct Draft {
    /// What the file will say.
    pub(crate) document: DocumentMut,
    before: String,
    target: PathBuf,
    folder: PathBuf,
    lock: File,
}

impl Draft {
    /// Writes the text beside the file, safe on disk; the file itself is as it was.
    pub(crate) fn write(self) -> Result<Written, ConfigError> {
        let Self {
            document,
            target,
            folder,
            lock,
            ..
        } = self;
        // The name is unique to the process by its number, and to the thread by what tempfile adds.
        let mut sibling = tempfile::Builder::new()
            .prefix(&format!("{}{}-", draft_prefix(&target), std::process::id()))
            .suffix(".tmp")
            .tempfile_in(&folder)
            .map_err(io("create a file in", &folder))?;
        restrict(sibling.as_file(), sibling.path())?;
        sibling
            .write_all(document.to_string().as_bytes())
            .and_then(|()| sibling.as_file().sync_all())
            .map_err(io("write", sibling.path()))?;
        Ok(Written {
            sibling,
            target,
            folder,
            _lock: lock,
        })
    }
}

/// A change that is on disk and not yet seen by anyone.
#[derive(Debug)]
pub(crate) struct Written {
    sibling: NamedTempFile,
    target: PathBuf,
    folder: PathBuf,
    _lock: File,
}

impl Written {
    /// Puts the new text in place of the old in one step.
    pub(crate) fn publish(self) -> Result<(), ConfigError> {
        self.sibling
            .persist(&self.target)
            .map_err(|error| io("replace", &self.target)(error.error))?;
        sync_folder(&self.folder)
    }
}

/// Creates a folder, and those above it, that only their owner may enter.
pub(crate) fn create_private_folder(folder: &Path) -> Result<(), ConfigError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(io("create", folder))
}

fn read(path: &Path) -> Result<String, ConfigError> {
    match fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            line: line_at(error.as_bytes(), error.utf8_error().valid_up_to()),
            message: "the text is not UTF-8".to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(io("read", path)(error)),
    }
}

fn parse(path: &Path, text: &str) -> Result<DocumentMut, ConfigError> {
    text.parse::<DocumentMut>()
        .map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            line: line_at(text.as_bytes(), error.span().map_or(0, |span| span.start)),
            message: error.message().lines().collect::<Vec<_>>().join(", "),
        })
}

fn line_at(text: &[u8], offset: usize) -> usize {
    1 + text
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
}

fn lock(path: &Path) -> Result<File, ConfigError> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(io("open", path))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(PAUSE);
            }
            Err(fs::TryLockError::WouldBlock) => {
                return Err(ConfigError::Busy {
                    path: path.to_owned(),
                });
            }
            Err(fs::TryLockError::Error(error)) => return Err(io("lock", path)(error)),
        }
    }
}

/// Removes what killed writers left. Whoever holds the lock knows that no draft is alive.
fn sweep(folder: &Path, prefix: &str) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let stale = name
            .to_str()
            .is_some_and(|name| name.starts_with(prefix) && name.ends_with(".tmp"));
        if stale {
            // Harmless if it stays: nothing reads it, and the next writer tries again.
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// How the names of drafts of a file begin.
pub(crate) fn draft_prefix(target: &Path) -> String {
    format!(
        ".{}.",
        target.file_name().unwrap_or_default().to_string_lossy()
    )
}

/// The file beside another that has its name and this ending.
pub(crate) fn sibling(target: &Path, ending: &str) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ConfigError {
    let path = path.to_owned();
    move |source| ConfigError::Io {
        action,
        path,
        source,
    }
}

#[cfg(unix)]
fn restrict(file: &File, path: &Path) -> Result<(), ConfigError> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    file.set_permissions(mode).map_err(io("restrict", path))
}

#[cfg(not(unix))]
fn restrict(_file: &File, _path: &Path) -> Result<(), ConfigError> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), ConfigError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io("sync", folder))
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), ConfigError> {
    Ok(())
}
