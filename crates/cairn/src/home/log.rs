//! The log of a server: stderr, and a file that stays small.
//!
//! Not a tracing framework: a server says a line when something went wrong, and when it begins and ends. Invariant:
//! a log that cannot be written stops nothing, and several servers may write to the same file.

use crate::config_file::create_private_folder;
use crate::output::one_line;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file longer than this is put aside, and the one put aside before it is dropped.
const LONGEST: u64 = 1 << 20;

/// Where a server says what happens to it.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    file: Option<PathBuf>,
}

impl Log {
    /// On stderr and in a file.
    pub(super) fn in_file(path: PathBuf) -> Self {
        Self { file: Some(path) }
    }

    /// On stderr alone.
    pub(super) fn on_stderr() -> Self {
        Self { file: None }
    }

    /// Says a line.
    pub(crate) fn line(&self, line: &str) {
        let line = one_line(line);
        // Nobody is left to be told that stderr is closed.
        drop(writeln!(io::stderr(), "cairn: {line}"));
        self.note(&line);
    }

    /// Says a line in the file alone.
    pub(crate) fn note(&self, line: &str) {
        if let Some(path) = &self.file {
            let now = jiff::Timestamp::now();
            let line = format!("{now:.3} [{}] {}\n", std::process::id(), one_line(line));
            // A full disk must not end a server; stderr has the line.
            drop(append(path, &line));
        }
    }
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = match open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            create_private_folder(folder).map_err(|error| io::Error::other(error.to_string()))?;
            open(path)?
        }
        opened => opened?,
    };
    if file.metadata()?.len() > LONGEST {
        // Another server may have done so a moment ago.
        if fs::metadata(path)?.len() > LONGEST {
            fs::rename(path, path.with_extension("log.1"))?;
        }
        file = open(path)?;
    }
    // One write for each line, so that lines of several servers do not mix.
    file.write_all(line.as_bytes())
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_stays_small_and_keeps_one_before_it() {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        let path = folder.path().join("data").join("cairn.log");
        let log = Log::in_file(path.clone());
        log.note("first\nline");
        let text = fs::read_to_string(&path).expect("it was written");
        assert!(text.ends_with("] first line\n"), "{text}");
        let long = "x".repeat(usize::try_from(LONGEST).expect("it is small"));
        log.note(&long);
        log.note("last");
        let text = fs::read_to_string(&path).expect("it was written");
        assert!(
            text.ends_with("] last\n") && text.lines().count() == 1,
            "{text}"
        );
        let before = fs::read_to_string(path.with_extension("log.1")).expect("it was put aside");
        assert!(before.contains("] first line\n"));
    }

    #[test]
    fn a_log_that_cannot_be_written_stops_nothing() {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("the folder is writable");
        Log::in_file(file.join("cairn.log")).note("said to nobody");
        assert_eq!(fs::read(&file).expect("it is there"), b"");
    }
}
