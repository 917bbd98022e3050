//! The only module that touches note files.
//!
//! It lists, reads, writes, moves and removes files below a project's root, and knows nothing of what they say
//! or of the index. Invariant: a file is either as it was or as it was asked to be, never between; nothing
//! outside the root is touched; a failure names its file.

mod atomic;
mod folders;
mod leftovers;
mod listing;
mod locks;
mod lookout;
mod names;
mod reading;
mod swap;
#[cfg(test)]
mod tests;
mod turns;

pub(crate) use atomic::{
    finish_rename, has_both_names, remove, remove_name, rename, rename_name, unsynced, write,
    write_name,
};
pub(crate) use folders::{has_folder, is_bare, no_folder, remove_empty_folders, remove_if_left};
pub(crate) use leftovers::{abandoned, remove_leftovers};
pub(crate) use listing::{Listed, Listing, list};
pub(crate) use locks::{NoteGuard, NoteLocks};
pub(crate) use lookout::{Glance, Lookout, Presence};
pub(crate) use names::sync_names;
pub(crate) use reading::{LARGEST_NOTE, Loaded, Reader, fingerprint, read, reason};
pub(crate) use turns::Turns;

#[cfg(test)]
pub(crate) use crate::points::failpoints;
pub(crate) use crate::points::{Point, failpoint};
