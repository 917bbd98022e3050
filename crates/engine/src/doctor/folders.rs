//! The registry of projects, their folders, and the room on their disks.
//!
//! Not what is in a folder (`content`). Invariant: the system is asked once for each folder (`look`), and what that
//! means is told from the answer alone.

use super::finding::{Check, Finding, size};
use crate::{IndexLocation, ProjectSettings, Settings};
use std::fs;
use std::path::{Path, PathBuf};

/// With less room than this a write may soon fail.
const LEAST_SPACE: u64 = 100_000_000;

/// Checks the registry: what stands in it, and how its folders lie to each other.
pub(super) fn registry(settings: &Settings) -> Vec<Finding> {
    let projects = &settings.projects;
    let mut findings = Vec::new();
    if projects.is_empty() {
        findings.push(Finding::warning(
            Check::Projects,
            "there are no projects yet",
            "register a folder with `cairn project add NAME FOLDER`",
        ));
        return findings;
    }
    let roots: Vec<PathBuf> = projects.iter().map(|project| real(&project.root)).collect();
    for (at, project) in projects.iter().enumerate() {
        for other in 0..at {
            findings.extend(pair(
                (&projects[other], &roots[other]),
                (project, &roots[at]),
            ));
        }
        if let IndexLocation::File(index) = &settings.index
            && real(index).starts_with(&roots[at])
        {
            let message = format!("the folder of '{}' holds Cairn's own data", project.name);
            findings.push(Finding::warning(
                Check::Projects,
                message,
                "keep the notes in a folder beside it, and say where with `cairn project move`",
            ));
        }
    }
    findings.extend(default_project(settings));
    if findings.is_empty() {
        let message = match projects.len() {
            1 => "1 project".to_owned(),
            many => format!("{many} projects, each with a folder of its own"),
        };
        findings.push(Finding::ok(Check::Projects, message));
    }
    findings
}

/// Checks two projects of the registry.
fn pair(
    (one, one_root): (&ProjectSettings, &Path),
    (two, two_root): (&ProjectSettings, &Path),
) -> Option<Finding> {
    let (first, second) = (&one.name, &two.name);
    let problem = |message, hint| Some(Finding::problem(Check::Projects, message, hint));
    if one_root == two_root {
        return problem(
            format!(
                "'{first}' and '{second}' are the same folder, {}",
                one_root.display()
            ),
            "remove one of them with `cairn project remove`; no file goes",
        );
    }
    let nested = |inner: &str, outer: &str| {
        problem(
            format!(
                "the folder of '{inner}' lies inside that of '{outer}', so its notes are in both"
            ),
            "move one of the folders, or remove a project with `cairn project remove`; no file goes",
        )
    };
    if two_root.starts_with(one_root) {
        nested(second, first)
    } else if one_root.starts_with(two_root) {
        nested(first, second)
    } else if one.slug() == two.slug() {
        problem(
            format!("'{first}' and '{second}' have the same name in links"),
            "rename one of them in config.toml",
        )
    } else {
        None
    }
}

fn default_project(settings: &Settings) -> Option<Finding> {
    let way_out = "say which with `cairn project default NAME`";
    match &settings.default_project {
        Some(name) if settings.project(Some(name)).is_err() => Some(Finding::problem(
            Check::Projects,
            format!("the default project '{name}' is not in the registry"),
            way_out,
        )),
        None if settings.projects.len() > 1 => Some(Finding::warning(
            Check::Projects,
            "there is no default project, so a command has to name one",
            way_out,
        )),
        _ => None,
    }
}

/// What the system says of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Look {
    /// Why it cannot be entered; empty when it can.
    missing: Option<String>,
    is_folder: bool,
    /// Why it cannot be listed.
    unlisted: Option<String>,
    is_writable: bool,
    is_remote: bool,
    /// Bytes left on its disk.
    space: Option<u64>,
}

/// Checks a project's folder; returns whether there is anything in it to look at.
pub(super) fn folder(project: &ProjectSettings, findings: &mut Vec<Finding>) -> bool {
    let look = look(&project.root);
    let found = judge(&project.root, &look);
    findings.extend(found.into_iter().map(|finding| finding.of(&project.name)));
    look.is_folder && look.unlisted.is_none()
}

fn look(root: &Path) -> Look {
    match fs::metadata(root) {
        Err(error) => Look {
            missing: Some(error.to_string()),
            ..Look::default()
        },
        Ok(metadata) => Look {
            missing: None,
            is_folder: metadata.is_dir(),
            unlisted: fs::read_dir(root).err().map(|error| error.to_string()),
            is_writable: is_writable(root),
            is_remote: crate::watch::place::is_remote(root),
            space: left(root),
        },
    }
}

fn judge(root: &Path, look: &Look) -> Vec<Finding> {
    let root = root.display();
    let problem = |message, hint| vec![Finding::problem(Check::Folder, message, hint)];
    if let Some(reason) = &look.missing {
        return problem(
            format!("{root} cannot be opened: {reason}"),
            "mount it, or say where it is now with `cairn project move`; nothing is forgotten",
        );
    }
    if !look.is_folder {
        return problem(
            format!("{root} is a file and no folder"),
            "say where the folder is with `cairn project move`",
        );
    }
    if let Some(reason) = &look.unlisted {
        return problem(
            format!("{root} cannot be listed: {reason}"),
            "let this user read and enter the folder",
        );
    }
    let mut findings = Vec::new();
    if !look.is_writable {
        findings.push(Finding::warning(
            Check::Folder,
            format!("{root} can be read and not written"),
            "let this user write to the folder, if notes are to be changed",
        ));
    }
    if look.is_remote {
        findings.push(Finding::warning(
            Check::Folder,
            format!("{root} is on a network drive, which does not tell of changes"),
            "nothing need be done: it is looked at every few seconds instead",
        ));
    }
    findings.extend(scarce(&root.to_string(), look.space));
    if findings.is_empty() {
        findings.push(Finding::ok(
            Check::Folder,
            format!("{root} can be read and written"),
        ));
    }
    findings
}

/// Checks the room on the disk of the index and the history.
pub(super) fn space(index: &Path) -> Option<Finding> {
    let folder = index.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let space = left(folder)?;
    let scarce = scarce(&folder.display().to_string(), Some(space));
    Some(scarce.unwrap_or_else(|| {
        let message = format!("{} has {} left", folder.display(), size(space));
        Finding::ok(Check::Space, message)
    }))
}

fn scarce(place: &str, space: Option<u64>) -> Option<Finding> {
    let space = space.filter(|space| *space < LEAST_SPACE)?;
    Some(Finding::warning(
        Check::Space,
        format!("the disk of {place} has only {} left", size(space)),
        "make room: a write that finds none is refused",
    ))
}

/// Where a path leads, links followed as far as it exists.
fn real(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            // Part by part, since an empty rest would leave a slash at the end.
            return rest.iter().fold(real, |path, part| path.join(part));
        }
    }
    path.to_owned()
}

/// Whether this user may write there, as far as the system tells without being made to.
#[cfg(unix)]
pub(super) fn is_writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Whether this user may write there, as far as the system tells without being made to.
#[cfg(not(unix))]
pub(super) fn is_writable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_dir() || !metadata.permissions().readonly())
}

#[cfg(unix)]
fn left(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn left(_path: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn found(look: &Look) -> Vec<(Severity, String)> {
        let findings = judge(Path::new("/notes"), look).into_iter();
        findings
            .map(|finding| (finding.severity, finding.message))
            .collect()
    }

    #[test]
    fn what_the_system_says_of_a_folder_is_told_in_a_sentence() {
        let good = Look {
            is_folder: true,
            is_writable: true,
            space: Some(1 << 40),
            ..Look::default()
        };
        let cases = [
            (good.clone(), Severity::Ok, "/notes can be read and written"),
            (
                Look {
                    missing: Some("gone".to_owned()),
                    ..good.clone()
                },
                Severity::Problem,
                "/notes cannot be opened: gone",
            ),
            (
                Look {
                    is_folder: false,
                    ..good.clone()
                },
                Severity::Problem,
                "/notes is a file and no folder",
            ),
            (
                Look {
                    unlisted: Some("no".to_owned()),
                    ..good.clone()
                },
                Severity::Problem,
                "/notes cannot be listed: no",
            ),
            (
                Look {
                    is_writable: false,
                    ..good.clone()
                },
                Severity::Warning,
                "/notes can be read and not written",
            ),
            (
                Look {
                    is_remote: true,
                    ..good.clone()
                },
                Severity::Warning,
                "/notes is on a network drive, which does not tell of changes",
            ),
            (
                Look {
                    space: Some(5_200_000),
                    ..good.clone()
                },
                Severity::Warning,
                "the disk of /notes has only 5.2 MB left",
            ),
        ];
        for (look, severity, message) in cases {
            assert_eq!(found(&look), [(severity, message.to_owned())]);
        }
    }

    #[test]
    fn a_folder_that_is_there_has_room_and_can_be_written() {
        let vault = cairn_testkit::Vault::new("");
        let look = look(vault.root());
        assert!(look.is_folder && look.is_writable, "{look:?}");
        assert_eq!(look.space.is_some(), cfg!(unix));
    }
}
