//! Those who know nothing of the engine: an editor that saves by atomic rename, and git.
//!
//! Invariant: a save is noted down after it was made, with what the editor had read before.

use super::super::hand::{EDITOR, word};
use super::super::place::Place;
use super::{FOLDERS, Log};
use crate::generate::random::Random;
use anyhow::{Context, Result, ensure};
use cairn_history::Hash;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An editor.
pub(super) struct Editor<'a> {
    place: &'a Place,
    log: &'a Log,
    random: Random,
    notes: usize,
    made: usize,
}

impl<'a> Editor<'a> {
    pub(super) fn new(place: &'a Place, log: &'a Log, seed: u64, notes: usize) -> Self {
        Self {
            place,
            log,
            random: Random::new(seed ^ 0xed17),
            notes,
            made: 0,
        }
    }

    /// Saves notes until it is over.
    pub(super) fn run(&mut self, is_over: &dyn Fn() -> bool) {
        while !is_over() {
            let number = self.random.below(self.notes);
            let path = if self.random.chance(0.7) {
                super::home_of(number)
            } else {
                format!("{}/note{number:03}.md", self.random.pick(&FOLDERS))
            };
            self.save(&path);
            std::thread::sleep(Duration::from_micros(self.random.between(0, 1500) as u64));
        }
    }

    fn save(&mut self, path: &str) {
        let file = self.place.notes().join(path);
        let Ok(old) = fs::read(&file) else {
            return;
        };
        if self.random.chance(0.3) {
            std::thread::sleep(Duration::from_micros(self.random.between(0, 2000) as u64));
        }
        self.made += 1;
        let mut new = old.clone();
        new.extend(format!("- {}\n", word(2, 8, self.made)).bytes());
        let temporary = file.with_file_name(format!("{EDITOR}save"));
        // A folder that holds nothing any more may be gone.
        if fs::write(&temporary, &new).is_ok() && fs::rename(&temporary, &file).is_ok() {
            let (old, new) = (Hash::of(&old).to_string(), Hash::of(&new).to_string());
            self.log.line(&["save", "editor", path, &new, &old]);
        }
    }
}

/// A folder that git has two branches of; where there is no git, its files are replaced as git does it.
pub(super) struct Branches {
    folder: PathBuf,
    has_git: bool,
    names: Vec<String>,
}

impl Branches {
    pub(super) fn new(place: &Place, notes: usize) -> Result<Self> {
        let folder = place.notes().join(FOLDERS[2]);
        fs::create_dir_all(&folder)?;
        let names: Vec<String> = (0..notes)
            .map(super::home_of)
            .filter_map(|path| {
                Some(
                    path.strip_prefix(FOLDERS[2])?
                        .trim_start_matches('/')
                        .to_owned(),
                )
            })
            .collect();
        let has_git = git(&folder, &["init", "--quiet"]).is_ok();
        if has_git {
            // A temporary file is no part of a branch.
            fs::write(folder.join(".git/info/exclude"), ".cairn-*\n.editor-*\n")?;
        }
        let branches = Self {
            folder,
            has_git,
            names,
        };
        if has_git && !branches.names.is_empty() {
            for branch in ["left", "right"] {
                git(&branches.folder, &["checkout", "--quiet", "-B", branch])?;
                branches.write(branch)?;
                // A file that goes while git looks at it makes it fail.
                while git(&branches.folder, &["add", "."]).is_err() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                git(
                    &branches.folder,
                    &[
                        "-c",
                        "user.name=t",
                        "-c",
                        "user.email=t@t",
                        "commit",
                        "--quiet",
                        "--allow-empty",
                        "-m",
                        branch,
                    ],
                )?;
            }
        }
        Ok(branches)
    }

    /// Checks one out after the other; returns how often.
    pub(super) fn switch_until(&self, is_over: &AtomicBool) -> Result<usize> {
        let mut count = 0;
        if self.names.is_empty() {
            return Ok(count);
        }
        while !is_over.load(Ordering::SeqCst) {
            let branch = if count % 2 == 0 { "left" } else { "right" };
            if self.has_git {
                // A file that another renames at the moment makes git fail, as it does for people.
                git(&self.folder, &["checkout", "--quiet", "--force", branch]).ok();
            } else {
                self.write(branch)?;
            }
            count += 1;
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(count)
    }

    fn write(&self, branch: &str) -> Result<()> {
        for name in &self.names {
            let file = self.folder.join(name);
            let title = name.trim_end_matches(".md");
            let text = format!(
                "---\ntitle: {title}\ntype: note\npermalink: main/{title}\n---\n\nOn the branch {branch}.\n"
            );
            fs::remove_file(&file).ok();
            fs::write(file, text).context("a branch")?;
        }
        Ok(())
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .output()?;
    ensure!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
