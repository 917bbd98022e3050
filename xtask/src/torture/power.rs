//! What a disk holds after the power failed: everything synced, and of the rest what chance lets it keep.
//!
//! A process that is killed loses nothing that the system has, so the order of syncs can be tested only like this.
//! Each folder keeps its names up to its last sync and maybe some of the later ones, in their order; a file that was not
//! synced keeps the beginning of its text, maybe nothing. Databases stay as SQLite left them: their syncs are
//! SQLite's. Invariant: nothing that was synced is touched.

use super::place::Place;
use crate::generate::random::Random;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What was lost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lost {
    pub(super) names: usize,
    pub(super) texts: usize,
}

/// A change of a name.
struct Step {
    number: u64,
    point: String,
    inode: u64,
    is_kept: bool,
    path: PathBuf,
    is_done: Option<bool>,
}

/// Makes the notes what a disk would hold.
pub(super) fn cut(place: &Place, random: &mut Random) -> Result<Lost> {
    let text = fs::read_to_string(place.disk()).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let (mut unsynced, mut synced) = (HashSet::new(), HashMap::<PathBuf, u64>::new());
    let mut steps: BTreeMap<u64, Step> = BTreeMap::new();
    for line in whole.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let number: u64 = parts[1].parse().context("every line has a number")?;
        match parts[0] {
            "unsynced" => drop(unsynced.insert(number)),
            "synced" => drop(unsynced.remove(&number)),
            "folder" => {
                let last = synced.entry(PathBuf::from(parts[2])).or_default();
                *last = number.max(*last);
            }
            "name" => drop(steps.insert(
                number,
                Step {
                    number,
                    point: parts[2].to_owned(),
                    inode: parts[3].parse()?,
                    is_kept: parts[4] == "1",
                    path: PathBuf::from(parts[5]),
                    is_done: None,
                },
            )),
            result => {
                if let Some(step) = steps.get_mut(&number) {
                    step.is_done = Some(result == "done");
                }
            }
        }
    }
    let mut lost = Lost::default();
    let mut kept = HashMap::new();
    let last = steps.keys().last().copied().unwrap_or_default();
    for step in steps.values().rev().filter(|step| step.happened()) {
        let folder = step.path.parent().unwrap_or(&step.path).to_owned();
        let until = *kept.entry(folder.clone()).or_insert_with(|| {
            let least = synced.get(&folder).copied().unwrap_or_default();
            // Most of the time the worst that can be.
            if random.chance(0.6) {
                least
            } else {
                least + random.below((last.saturating_sub(least) + 1) as usize) as u64
            }
        });
        if step.number > until {
            step.undo(&place.grave())?;
            lost.names += 1;
        }
    }
    for path in place.files()?.values() {
        if unsynced.contains(&fs::symlink_metadata(path)?.ino()) {
            let file = OpenOptions::new().write(true).open(path)?;
            let length = file.metadata()?.len() as usize;
            let left = if random.chance(0.5) {
                0
            } else {
                random.below(length.max(1))
            };
            file.set_len(left as u64)?;
            lost.texts += 1;
        }
    }
    Ok(lost)
}

impl Step {
    /// Whether it was made: the last one before the end may not have come to say so.
    fn happened(&self) -> bool {
        self.is_done.unwrap_or_else(|| match self.point.as_str() {
            "Rename" | "Link" => inode(&self.path) == Some(self.inode),
            "MakeFolder" => self.path.is_dir(),
            _ => inode(&self.path).is_none(),
        })
    }

    fn undo(&self, grave: &Path) -> Result<()> {
        let path = &self.path;
        if !path.parent().is_some_and(Path::is_dir) {
            // Its folder is gone for good.
            return Ok(());
        }
        let grave = grave.join(self.number.to_string());
        match self.point.as_str() {
            "MakeFolder" if path.is_dir() => fs::remove_dir_all(path)?,
            "RemoveFolder" if !path.exists() => fs::create_dir(path)?,
            "Link" | "Rename" if inode(path) == Some(self.inode) => {
                fs::remove_file(path)?;
                if self.is_kept {
                    fs::hard_link(grave, path)?;
                }
            }
            "Unlink" if self.is_kept && inode(path).is_none() => fs::hard_link(grave, path)?,
            _ => {}
        }
        Ok(())
    }
}

fn inode(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().map(|found| found.ino())
}
