//! Whether the configuration can be read and changed.
//!
//! Not what its projects are like (that is the engine's). Invariant: the lock of writers is tried and never kept while
//! looking.

use crate::config_file::{Reload, draft_prefix, sibling};
use crate::failure::Failure;
use crate::settings::keys::{self, KEYS};
use crate::settings::{Home, near};
use cairn_engine::doctor::{self, Check, Finding, Mended};
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::DocumentMut;

/// Reads the configuration; returns nothing of one that cannot be used.
pub(super) fn check(home: &Home) -> (Option<DocumentMut>, Vec<Finding>) {
    let shown = home.config().display();
    let mut file = home.config_file();
    if let Reload::Kept(error) = file.reload() {
        let failure = Failure::from(error);
        let way_out = failure
            .hint
            .unwrap_or_else(|| "let this user read it".to_owned());
        let hint = format!("{way_out}; until then a running server keeps the last good one");
        let mut findings = vec![Finding::problem(Check::Config, failure.message, hint)];
        findings.extend(of_writers(home));
        return (None, findings);
    }
    let document = file.current().clone();
    let mut findings = unknown(&document, home);
    if findings.is_empty() {
        findings.push(Finding::ok(
            Check::Config,
            match home.config().exists() {
                true => format!("{shown} is understood"),
                false => format!("{shown} is not there, so the defaults hold"),
            },
        ));
    }
    findings.extend(of_writers(home));
    (Some(document), findings)
}

/// Names the keys that mean nothing.
fn unknown(document: &DocumentMut, home: &Home) -> Vec<Finding> {
    let is_known = |name: &str| name == "projects" || KEYS.iter().any(|key| key.name == name);
    let unknown = document.iter().filter(|(name, _)| !is_known(name));
    let told = |name: &str| {
        let message = format!("{} has an unknown key '{name}'", home.config().display());
        let hint = match near(name, KEYS.iter().map(|key| key.name)).as_slice() {
            near if near.is_empty() || keys::is_foreign(name) => {
                "it means nothing to this version, and stays as it is".to_owned()
            }
            near => format!("did you mean {}?", near.join(", ")),
        };
        Finding::warning(Check::Config, message, hint)
    };
    unknown.map(|(name, _)| told(name)).collect()
}

/// Looks whether the configuration can be changed, and what killed writers left beside it.
fn of_writers(home: &Home) -> Option<Finding> {
    let target = target(home);
    let lock = sibling(&target, ".lock");
    // One that cannot be looked at keeps nobody out.
    if doctor::is_held(&lock).unwrap_or_default() {
        return Some(Finding::warning(
            Check::Config,
            format!("{} is held for more than a second", lock.display()),
            "end the process that hangs while it changes the configuration: its lock ends with it",
        ));
    }
    let left = drafts(&target);
    let number = match left.len() {
        0 => return None,
        1 => "1 file was".to_owned(),
        many => format!("{many} files were"),
    };
    let message = format!("{number} left by killed writers of the configuration");
    let finding = Finding::warning(Check::Drafts, message, "the next change of it removes them");
    let left = left.iter().map(|path| path.display().to_string());
    Some(finding.items(left).fixable())
}

/// Removes what killed writers left, as every writer does that has the lock.
pub(super) fn mend(home: &Home, findings: &[Finding]) -> Option<Mended> {
    findings
        .iter()
        .find(|finding| finding.check == Check::Drafts)?;
    let message = match home.config_file().draft() {
        Ok(_) => "removed them".to_owned(),
        Err(error) => format!("not mended: {error}"),
    };
    Some(Mended {
        check: Check::Drafts,
        project: None,
        message,
    })
}

/// Where the configuration is: one kept elsewhere is linked here.
fn target(home: &Home) -> PathBuf {
    fs::canonicalize(home.config()).unwrap_or_else(|_| home.config().to_owned())
}

fn drafts(target: &Path) -> Vec<PathBuf> {
    let prefix = draft_prefix(target);
    let is_draft = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&prefix) && name.ends_with(".tmp")
    };
    let entries = target.parent().and_then(|folder| fs::read_dir(folder).ok());
    let paths = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut drafts: Vec<PathBuf> = paths.filter(is_draft).collect();
    drafts.sort();
    drafts
}
