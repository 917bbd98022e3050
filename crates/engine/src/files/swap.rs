//! Names that change hands only while the file behind them is the expected one.
//!
//! A last look and the change after it are two steps, and a program that knows no lock of ours may save in between. So
//! the file is taken out first, and looked at where nobody else reaches it. Invariant: what comes out and is not what
//! was expected goes back to its name, unless something newer has that by then.
//!
//! A program that writes into an open file, rather than saving a new one, may still hold what was taken out.

use super::atomic::is_same_file;
use super::leftovers::take_out;
use super::reading::{checksum, modified_ns};
use crate::points::{Point, Switch, disk, leaves_out};
use cairn_index::Fingerprint;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;
use tempfile::NamedTempFile;

/// Files up to this size are read to be compared; of larger ones size and time tell, if these are as they were.
const COMPARED: u64 = 4 << 20;

/// How often what came out may be something else again.
const ATTEMPTS: usize = 16;

/// Whether a name changed hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swapped {
    /// The file was the expected one.
    Done,
    /// It was not, and has its name again.
    Other,
}

/// Returns the checksum of what a name stands for, `None` when it is free.
pub(super) fn seen(target: &Path) -> io::Result<Option<[u8; 32]>> {
    match File::open(target) {
        Ok(file) => hash(file).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives a name to a temporary file that says `ours`, if what has it says what was `seen`.
pub(super) fn replace(
    temporary: NamedTempFile,
    target: &Path,
    ours: &[u8],
    seen: Option<[u8; 32]>,
) -> io::Result<Swapped> {
    let name = temporary.path().to_owned();
    let Some(seen) = seen else {
        return put(temporary, target);
    };
    if leaves_out(Switch::Base) {
        return persist(temporary, target);
    }
    // Whoever clears away what dead processes left sees that this one lives.
    let held = File::open(target);
    let held = held.inspect(|file| drop(file.try_lock()));
    let swap = || {
        disk(Point::Rename, target, Some(&name), || {
            exchange(&name, target)
        })
    };
    match swap() {
        Err(error) if error.kind() == ErrorKind::Unsupported => return persist(temporary, target),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Swapped::Other),
        result => result?,
    }
    let (mut expected, mut given) = (seen, checksum(ours));
    for attempt in 0..ATTEMPTS {
        let out = File::open(&name).and_then(hash);
        if matches!(out, Ok(out) if out == expected) {
            drop(held);
            return Ok(if attempt % 2 == 0 {
                Swapped::Done
            } else {
                Swapped::Other
            });
        }
        // It goes back; if something else comes out then, someone has saved in between, and that is newer.
        swap()?;
        (expected, given) = (given, out?);
    }
    Err(io::Error::new(
        ErrorKind::ResourceBusy,
        "it changes while it is replaced",
    ))
}

/// Gives a free name to a temporary file.
fn put(temporary: NamedTempFile, target: &Path) -> io::Result<Swapped> {
    let name = temporary.path().to_owned();
    let (mut refused, mut temporary) = (None, Some(temporary));
    let put = disk(Point::Rename, target, Some(&name), || {
        let file = temporary.take().expect("it is put once");
        file.persist_noclobber(target).map_err(|failure| {
            refused = Some(failure.file);
            failure.error
        })
    });
    match (put, refused) {
        (Ok(_), _) => Ok(Swapped::Done),
        (Err(error), _) if error.kind() == ErrorKind::AlreadyExists => Ok(Swapped::Other),
        // This file system can only replace.
        (Err(_), Some(file)) if fs::symlink_metadata(target).is_err() => persist(file, target),
        (Err(error), _) => Err(error),
    }
}

fn persist(temporary: NamedTempFile, target: &Path) -> io::Result<Swapped> {
    let name = temporary.path().to_owned();
    // A temporary file that could not be renamed is removed with the error that carries it.
    disk(Point::Rename, target, Some(&name), || {
        temporary.persist(target).map_err(|failure| failure.error)
    })?;
    Ok(Swapped::Done)
}

/// Takes the name of a file away, if it is the expected one.
pub(super) fn remove(
    target: &Path,
    is_expected: impl Fn(&Path) -> io::Result<bool>,
) -> io::Result<Swapped> {
    let held = File::open(target);
    let held = held.inspect(|file| drop(file.try_lock()));
    let out = disk(Point::Unlink, target, None, || match take_out(target) {
        // A full disk has no room for another name, and refuses none to go.
        Err(error) if error.kind() == ErrorKind::StorageFull => {
            fs::remove_file(target).map(|()| None)
        }
        result => result.map(Some),
    })?;
    let Some(out) = out else {
        return Ok(Swapped::Done);
    };
    let expected = is_expected(&out);
    if matches!(expected, Ok(true)) {
        drop(held);
        return out.close().map(|()| Swapped::Done);
    }
    let back = disk(Point::Link, target, Some(&out), || {
        fs::hard_link(&out, target)
    });
    match back {
        Ok(()) => {}
        // Something newer is there.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(_) if fs::symlink_metadata(target).is_err() => out.persist(target)?,
        Err(error) => {
            // Under its other name it is not lost.
            drop(out.keep());
            return Err(error);
        }
    }
    expected.map(|_| Swapped::Other)
}

/// Whether a file is the expected one.
pub(super) fn is_expected(path: &Path, expected: &Fingerprint) -> io::Result<bool> {
    if leaves_out(Switch::Base) {
        return Ok(true);
    }
    let found = fs::metadata(path)?;
    if found.len() != expected.size {
        return Ok(false);
    }
    if found.len() > COMPARED && modified_ns(&found) == expected.modified_ns {
        return Ok(true);
    }
    Ok(hash(File::open(path)?)? == expected.checksum)
}

/// Whether a file that was taken out is the one that has another name, too.
pub(super) fn is_other_name(
    out: &Path,
    name: &Path,
    expected: Option<&Fingerprint>,
) -> io::Result<bool> {
    match expected {
        _ if is_same_file(out, name) => Ok(true),
        Some(expected) => is_expected(out, expected),
        None => Ok(!cfg!(unix)),
    }
}

fn hash(mut file: File) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Has two files change their names.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(ErrorKind::Unsupported.into()),
        result => Ok(result?),
    }
}

/// No other system can.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}
