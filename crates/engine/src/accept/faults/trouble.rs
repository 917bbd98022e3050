//! What can go wrong with a disk, and where.
//!
//! Not what must come of it. Invariant: a trouble is one an operation of that point can have.

use crate::points::Point;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    DiskFull,
    DiskBroken,
    NotAllowed,
    NameTooLong,
    /// The system says that it failed, and has done it all the same.
    DoneAllTheSame,
}

pub(super) const TROUBLES: [Trouble; 5] = [
    Trouble::DiskFull,
    Trouble::DiskBroken,
    Trouble::NotAllowed,
    Trouble::NameTooLong,
    Trouble::DoneAllTheSame,
];

/// For how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum While {
    Once,
    /// From then on, wherever that point is passed.
    FromThenOn,
}

impl Trouble {
    /// How long it is tried to last.
    pub(super) fn lasts(self) -> &'static [While] {
        match self {
            Self::DiskFull | Self::DiskBroken => &[While::Once, While::FromThenOn],
            Self::NotAllowed | Self::NameTooLong | Self::DoneAllTheSame => &[While::Once],
        }
    }
}

/// Whether a fault of that kind can happen at that point.
pub(super) fn happens(trouble: Trouble, point: Point) -> bool {
    match trouble {
        Trouble::DiskBroken => true,
        Trouble::DiskFull => !matches!(point, Point::Open | Point::Read | Point::List),
        Trouble::NotAllowed => !matches!(point, Point::Write | Point::Sync | Point::SyncFolder),
        Trouble::NameTooLong => matches!(
            point,
            Point::MakeFolder | Point::Create | Point::Rename | Point::Link | Point::Open
        ),
        Trouble::DoneAllTheSame => matches!(
            point,
            Point::MakeFolder | Point::Rename | Point::Link | Point::Unlink | Point::RemoveFolder
        ),
    }
}

/// Nothing is done at these points that could fail.
pub(super) fn is_quiet(point: Point) -> bool {
    matches!(
        point,
        Point::Locked
            | Point::Settle
            | Point::Told
            | Point::Observe
            | Point::Apply
            | Point::Applied
    )
}

pub(super) fn error(trouble: Trouble) -> io::Error {
    match trouble {
        Trouble::DiskFull => io::ErrorKind::StorageFull.into(),
        Trouble::NotAllowed => io::ErrorKind::PermissionDenied.into(),
        Trouble::NameTooLong => io::ErrorKind::InvalidFilename.into(),
        // EIO has no kind of its own.
        Trouble::DiskBroken | Trouble::DoneAllTheSame => io::Error::from_raw_os_error(5),
    }
}

/// Does what is about to be done at a point.
pub(super) fn do_it(point: Point, path: &Path, sources: &[PathBuf]) -> io::Result<()> {
    match point {
        Point::MakeFolder => fs::create_dir(path),
        Point::Unlink => fs::remove_file(path),
        Point::RemoveFolder => fs::remove_dir(path),
        Point::Link => {
            let source = sources.iter().find(|source| source.exists());
            fs::hard_link(source.expect("it is moved from somewhere"), path)
        }
        Point::Rename => {
            let folder = path.parent().expect("it has one");
            let is_ours = |name: &str| name.starts_with(".cairn-");
            let mut entries = fs::read_dir(folder)?.flatten();
            let new = entries.find(|entry| entry.file_name().to_str().is_some_and(is_ours));
            fs::rename(new.expect("it was written").path(), path)
        }
        _ => Ok(()),
    }
}
