//! What the files of a project say, each read once and by itself.
//!
//! It asks no index, so that it works without one. Invariant: a file that cannot be read is named, and keeps no other
//! from being read.

use super::finding::{Check, Finding, are, count};
use super::go_on;
use crate::files::{self, Listed, Listing, Reader, reason};
use crate::{Cancel, Progress, ProjectSettings, Result, Settings};
use cairn_note::NotePath;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// What one file says that is looked for here.
#[derive(Debug, Default)]
struct Said {
    /// Why it cannot be read.
    unread: Option<String>,
    /// Why it is no note in spite of its name.
    fault: Option<String>,
    /// What is odd about its frontmatter.
    warnings: Vec<String>,
    /// The permalink it declares.
    permalink: Option<String>,
}

/// Reads every file of the project.
pub(super) fn check(
    settings: &Settings,
    project: &ProjectSettings,
    progress: &dyn Progress,
    cancel: &Cancel,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    progress.begin("scan", None);
    let found = match files::list(&project.root, settings.bmignore.as_deref()) {
        Ok(listing) => {
            let said = read(&project.root, &listing, progress, cancel);
            go_on(cancel)?;
            judge(&listing, &said)
        }
        Err(error) => vec![Finding::problem(
            Check::Files,
            error.to_string(),
            "let this user read the folder; what was known of it stays",
        )],
    };
    findings.extend(found.into_iter().map(|finding| finding.of(&project.name)));
    Ok(())
}

fn read<'l>(
    root: &Path,
    listing: &'l Listing,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Vec<(&'l NotePath, Said)> {
    progress.begin("read", Some(listing.files.len() as u64));
    let one = |reader: &mut Reader<'_>, file: &'l Listed| {
        progress.advance(1);
        let wanted = !cancel.is_cancelled() && file.path.is_markdown();
        Some((&file.path, said(reader, &file.path)?)).filter(|_| wanted)
    };
    let files = listing.files.par_iter();
    files
        .map_init(|| Reader::new(root), one)
        .flatten_iter()
        .collect()
}

/// Reads one note; `None` when it is gone.
fn said(reader: &mut Reader<'_>, path: &NotePath) -> Option<Said> {
    let loaded = match reader.load(path) {
        Err(error) => {
            return Some(Said {
                unread: Some(reason(&error)),
                ..Said::default()
            });
        }
        Ok(loaded) => loaded?,
    };
    let note = loaded.text.map(|text| cairn_note::parse(&text));
    let Some(note) = note else {
        return Some(Said {
            fault: loaded.fault,
            ..Said::default()
        });
    };
    Some(Said {
        warnings: note
            .warnings
            .into_iter()
            .map(|warning| warning.message)
            .collect(),
        permalink: note.permalink,
        ..Said::default()
    })
}

fn judge(listing: &Listing, said: &[(&NotePath, Said)]) -> Vec<Finding> {
    let notes = said.len();
    vec![
        unread(listing, said),
        frontmatter(said, notes),
        permalinks(said, notes),
        look_alikes(listing),
    ]
}

fn unread(listing: &Listing, said: &[(&NotePath, Said)]) -> Finding {
    let mut unread = Vec::new();
    let mut odd = Vec::new();
    for fault in &listing.faults {
        let list = match listing.unreadable.binary_search(&fault.path) {
            Ok(_) => &mut unread,
            Err(_) => &mut odd,
        };
        list.push(format!("{}: {}", fault.path, fault.message));
    }
    for (path, said) in said {
        unread.extend(said.unread.iter().map(|reason| format!("{path}: {reason}")));
        odd.extend(said.fault.iter().map(|reason| format!("{path}: {reason}")));
    }
    if !unread.is_empty() {
        let message = format!("{} cannot be read", count(unread.len(), "file"));
        let hint = "let this user read them; what was known of them stays";
        unread.append(&mut odd);
        return Finding::problem(Check::Files, message, hint).items(unread);
    }
    match odd.len() {
        0 => Finding::ok(
            Check::Files,
            format!("{} can be read", count(listing.files.len(), "file")),
        ),
        number => Finding::warning(
            Check::Files,
            format!("{} not read as meant", are(number, "file")),
            "save notes as UTF-8; until then they are known by their names only",
        )
        .items(odd),
    }
}

fn frontmatter(said: &[(&NotePath, Said)], notes: usize) -> Finding {
    let odd: Vec<String> = said
        .iter()
        .flat_map(|(path, said)| {
            said.warnings
                .iter()
                .map(move |what| format!("{path}: {what}"))
        })
        .collect();
    match said
        .iter()
        .filter(|(_, said)| !said.warnings.is_empty())
        .count()
    {
        0 => Finding::ok(
            Check::Frontmatter,
            format!("the frontmatter of {} is understood", count(notes, "note")),
        ),
        number => Finding::warning(
            Check::Frontmatter,
            format!(
                "the frontmatter of {} is not understood whole",
                count(number, "note")
            ),
            "correct it in the note; what is not understood is searched as plain text",
        )
        .items(odd),
    }
}

fn permalinks(said: &[(&NotePath, Said)], notes: usize) -> Finding {
    let declared = said
        .iter()
        .filter_map(|(path, said)| Some((said.permalink.clone()?, *path)));
    let shared = shared(declared);
    match shared.len() {
        0 => Finding::ok(
            Check::Permalinks,
            format!(
                "no two of {} declare the same permalink",
                count(notes, "note")
            ),
        ),
        number => Finding::warning(
            Check::Permalinks,
            format!("{} declared by several notes", are(number, "permalink")),
            "leave it in one of them; the others get a number behind theirs",
        )
        .items(shared),
    }
}

fn look_alikes(listing: &Listing) -> Finding {
    let paths = listing
        .files
        .iter()
        .map(|file| (file.path.alias_key(), &file.path));
    let alike = shared(paths);
    match alike.len() {
        0 => Finding::ok(Check::LookAlikes, "no two paths look alike"),
        number => Finding::warning(
            Check::LookAlikes,
            format!("{} shared by several files", are(number, "name")),
            "rename all but one: they differ only in case, in - and _, or in how an accent is written, which links and \
             other systems ignore",
        )
        .items(alike.into_iter().map(|item| match item.split_once(": ") {
            Some((_, paths)) => paths.to_owned(),
            None => item,
        })),
    }
}

/// Names what several files share, as `key: path, path`.
fn shared<'p>(named: impl Iterator<Item = (String, &'p NotePath)>) -> Vec<String> {
    let mut by_key: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (key, path) in named {
        by_key.entry(key).or_default().push(path.as_str());
    }
    by_key
        .into_iter()
        .filter(|(_, paths)| paths.len() > 1)
        .map(|(key, paths)| format!("{key}: {}", some(&paths)))
        .collect()
}

/// The first of some paths, and how many more there are.
fn some(paths: &[&str]) -> String {
    const SHOWN: usize = 4;
    match paths.split_at_checked(SHOWN) {
        Some((first, rest @ [_, _, ..])) => {
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ => paths.join(", "),
    }
}
