//! The machine as a server sees it: settings read again when they changed, the registry, the clock, the log.
//!
//! Not how a server behaves (that is `cairn-server`). Invariant: a configuration that breaks while a server runs
//! leaves the last good one in place, and nothing here writes to stdout.

mod log;
mod redact;

pub(crate) use log::Log;

use crate::config_file::{ConfigFile, Reload};
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::settings::registry::{self, MakeDefault};
use crate::settings::{Config, Home, Keeping, Reach};
use cairn_engine::Settings;
use cairn_server::{Diagnostics, HomeError};
use jiff::Zoned;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// The machine a server runs on.
#[derive(Debug)]
pub(crate) struct Machine {
    home: Home,
    folder: Option<PathBuf>,
    keeping: Keeping,
    held: Mutex<Held>,
    log: Log,
}

/// What was read last.
#[derive(Debug)]
struct Held {
    file: ConfigFile,
    was_good: bool,
    stamp: Option<Stamp>,
}

/// By what a changed file is recognised without being opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(Option<(SystemTime, u64, u64)>);

impl Machine {
    /// Finds the configuration of an invocation; nothing is read yet.
    pub(crate) fn new(invocation: &Invocation) -> Result<Self> {
        let home = invocation.home()?;
        let keeping = invocation.keeping();
        Ok(Self {
            folder: invocation.folder().map(Path::to_owned),
            keeping,
            held: Mutex::new(Held {
                file: home.config_file(),
                was_good: false,
                stamp: None,
            }),
            log: match keeping {
                Keeping::Durable => Log::in_file(home.log()),
                Keeping::Ephemeral => Log::on_stderr(),
            },
            home,
        })
    }

    /// Reads the configuration; one that broke since it was last read leaves that in place.
    pub(crate) fn config(&self) -> Result<Config> {
        let mut held = self.held();
        // Before it is read: a change that comes in between is seen the next time.
        held.stamp = Some(Stamp::of(self.home.config()));
        match held.file.reload() {
            Reload::Kept(error) if held.was_good => {
                self.log
                    .line(&format!("{error}; the last good configuration stays"));
            }
            Reload::Kept(error) => return Err(error.into()),
            Reload::Fresh | Reload::Unchanged => held.was_good = true,
        }
        Config::read(held.file.current(), &|variable| {
            std::env::var(variable).ok()
        })
    }

    /// Returns what an engine is told.
    pub(crate) fn engine_settings(&self, config: &Config) -> Result<Settings> {
        let reach = match &self.folder {
            Some(folder) => Reach::Folder(folder),
            None => Reach::Registry,
        };
        self.home.settings(config, reach, self.keeping)
    }

    /// Returns the log.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Whatever a thread that panicked left is whole between two statements.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses to change the registry where that was promised, or makes no sense.
    fn writable(&self) -> std::result::Result<&Home, HomeError> {
        let refused = |message: &str, hint: &str| {
            Err(HomeError {
                message: message.to_owned(),
                hint: Some(hint.to_owned()),
            })
        };
        if self.folder.is_some() {
            return refused(
                "this server was started on one folder (-C) and cannot change which projects there are",
                "ask for a server that is started without -C",
            );
        }
        if self.keeping == Keeping::Ephemeral {
            return refused(
                "this server was started with --ephemeral and writes nothing but notes",
                "ask for a server that is started without --ephemeral",
            );
        }
        Ok(&self.home)
    }
}

impl cairn_server::Home for Machine {
    fn settings(&self) -> std::result::Result<Settings, HomeError> {
        let config = self.config().map_err(told)?;
        self.engine_settings(&config).map_err(|failure| {
            // A server that has opened its engine goes on with that and tells nobody.
            self.log.line(&failure.message);
            told(failure)
        })
    }

    fn changed(&self) -> bool {
        self.held().stamp != Some(Stamp::of(self.home.config()))
    }

    fn add_project(
        &self,
        name: &str,
        folder: &Path,
        is_default: bool,
    ) -> std::result::Result<(), HomeError> {
        let make_default = if is_default {
            MakeDefault::Always
        } else {
            MakeDefault::IfFirst
        };
        self.writable()?
            .config_file()
            .update(|document| registry::add(document, name, folder, make_default))
            .map(drop)
            .map_err(told)
    }

    fn remove_project(&self, name: &str) -> std::result::Result<(), HomeError> {
        self.writable()?
            .config_file()
            .update(|document| registry::remove(document, name))
            .map(drop)
            .map_err(told)
    }

    fn now(&self) -> Zoned {
        Zoned::now()
    }

    fn diagnostics(&self) -> Diagnostics {
        let config = match std::fs::read_to_string(self.home.config()) {
            Ok(text) => Some(redact::toml(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => Some(format!("# cannot be read: {error}\n")),
        };
        Diagnostics {
            config_path: self.home.config().to_owned(),
            config,
            platform: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
        }
    }

    fn log(&self, line: &str) {
        self.log.line(line);
    }

    fn note(&self, line: &str) {
        self.log.note(line);
    }

    fn about(&self) -> String {
        format!(
            "pid {}\ncairn {}",
            std::process::id(),
            env!("CARGO_PKG_VERSION")
        )
    }
}

impl Stamp {
    fn of(path: &Path) -> Self {
        let stamp = std::fs::metadata(path).ok().and_then(|metadata| {
            let modified = metadata.modified().ok()?;
            Some((modified, metadata.len(), identity(&metadata)))
        });
        Self(stamp)
    }
}

/// A file that took the place of another is another file, even where time and length are the same.
#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn identity(_metadata: &std::fs::Metadata) -> u64 {
    0
}

fn told(failure: Failure) -> HomeError {
    HomeError {
        message: failure.message,
        hint: failure.hint,
    }
}
