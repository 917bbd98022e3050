//! How index, history and folder of a project stand to each other.
//!
//! It compares and repairs nothing. Invariant: an index that is behind is told to be so, and not taken for a wrong one.

use super::finding::{Check, Finding, count};
use super::{Memory, go_on, of};
use crate::files::abandoned;
use crate::{Cancel, IndexState, Progress, Project, Result, Status};
use cairn_history::{Hash, Revision};
use cairn_index::NoteKey;
use cairn_note::NotePath;

/// Checks a project whose folder is there.
pub(super) fn check(
    project: Project<'_>,
    memory: Memory,
    progress: &dyn Progress,
    cancel: &Cancel,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let mut add = |finding| findings.push(of(&project, finding));
    add(leftovers(&project));
    if memory == Memory::Whole {
        add(interrupted(&project)?);
    }
    progress.begin("compare with the folder", None);
    let Ok(status) = project.status() else {
        // What cannot be listed was named when it was read.
        return Ok(());
    };
    add(in_step(&status));
    go_on(cancel)?;
    if memory == Memory::Whole && status.state == IndexState::UpToDate {
        add(rebuilt(&project, progress, cancel)?);
        go_on(cancel)?;
        add(identities(&project)?);
    }
    add(links(&project, &status)?);
    Ok(())
}

fn leftovers(project: &Project<'_>) -> Finding {
    let now = (project.engine.settings.clock)();
    let all = project
        .listing()
        .map_or_else(|_| Vec::new(), |listing| listing.leftovers);
    let left = abandoned(project.root(), &all, now);
    match left.len() {
        0 if all.is_empty() => {
            Finding::ok(Check::Leftovers, "no killed process left a temporary file")
        }
        0 => Finding::ok(
            Check::Leftovers,
            format!(
                "{} of the last hour: of writes going on, or left by killed processes",
                count(all.len(), "temporary file")
            ),
        )
        .items(all),
        number => Finding::warning(
            Check::Leftovers,
            format!(
                "{} left by killed processes",
                count(number, "temporary file")
            ),
            "the next sync removes them",
        )
        .items(left)
        .fixable(),
    }
}

/// Names the changes nobody has settled and of which the files show nothing: their process died during them.
fn interrupted(project: &Project<'_>) -> Result<Finding> {
    let pending = project.engine.history.pending(project.id().0)?;
    let interrupted: Vec<String> = pending
        .iter()
        .filter(|revision| !is_done(project, revision))
        .map(|revision| {
            format!(
                "{}: {} by {} at {:.0}",
                revision.path,
                revision.operation.name(),
                revision.actor,
                revision.time
            )
        })
        .collect();
    Ok(match interrupted.len() {
        0 => Finding::ok(Check::Interrupted, "no change was interrupted"),
        number => Finding::warning(
            Check::Interrupted,
            format!(
                "{} interrupted, or {} being made now",
                was(number, "change"),
                if number == 1 { "is" } else { "are" }
            ),
            "the next sync finds out what became of it; the notes are whole",
        )
        .items(interrupted)
        .fixable(),
    })
}

fn was(number: usize, thing: &str) -> String {
    let verb = if number == 1 { "was" } else { "were" };
    format!("{} {verb}", count(number, thing))
}

/// Whether the files are as they should be after a change.
fn is_done(project: &Project<'_>, revision: &Revision) -> bool {
    let hash = |path: &str| {
        let path = NotePath::from_disk(path).ok()?;
        let found = project.found(&path).ok()?;
        Some(found.map(|found| Hash::of(&found.bytes)))
    };
    let has_left = |former: &String| hash(former) == Some(None);
    hash(&revision.path) == Some(revision.after) && revision.former.as_ref().is_none_or(has_left)
}

fn in_step(status: &Status) -> Finding {
    let changed =
        status.new.len() + status.modified.len() + status.moved.len() + status.deleted.len();
    let listed = |mark: &str, paths: &[String]| -> Vec<String> {
        paths.iter().map(|path| format!("{mark}: {path}")).collect()
    };
    let moved = status
        .moved
        .iter()
        .map(|(from, to)| format!("moved: {from} -> {to}"));
    let hint = "the next command or a server that watches brings it in step";
    match status.state {
        IndexState::UpToDate => Finding::ok(
            Check::InStep,
            format!(
                "the index knows {} and {}",
                count(usize(status.statistics.notes), "note"),
                count(usize(status.statistics.files), "other file")
            ),
        ),
        IndexState::NotIndexed => Finding::warning(
            Check::InStep,
            format!(
                "the index does not know the folder yet ({})",
                count(changed, "file")
            ),
            hint,
        )
        .fixable(),
        IndexState::Behind => Finding::warning(
            Check::InStep,
            format!("the index does not know {} yet", count(changed, "change")),
            hint,
        )
        .items(
            listed("new", &status.new)
                .into_iter()
                .chain(listed("modified", &status.modified))
                .chain(moved)
                .chain(listed("deleted", &status.deleted)),
        )
        .fixable(),
    }
}

fn rebuilt(project: &Project<'_>, progress: &dyn Progress, cancel: &Cancel) -> Result<Finding> {
    let comparison = project.compare_with_rebuilt(progress, cancel)?;
    let found = comparison.differences.len() + comparison.more;
    Ok(match found {
        0 => Finding::ok(
            Check::Rebuilt,
            format!(
                "the index says of {} what one built anew would say",
                count(comparison.files, "file")
            ),
        ),
        number => Finding::problem(
            Check::Rebuilt,
            format!(
                "the index differs from one built anew in {}",
                count(number, "line")
            ),
            "`cairn doctor --fix`, or `cairn reindex`, builds it anew",
        )
        .items(comparison.differences.iter().map(|difference| {
            let whole = difference.to_string();
            let inside = whole.strip_prefix(&format!("{}: ", difference.project));
            inside.unwrap_or(&whole).to_owned()
        }))
        .fixable(),
    })
}

/// Whether index and history call each note by the same id.
fn identities(project: &Project<'_>) -> Result<Finding> {
    let identities = project.engine.history.identities(project.id().0)?;
    let session = project.session("compare identities")?;
    let mut other = Vec::new();
    for identity in &identities {
        let Ok(path) = NotePath::from_disk(&identity.path) else {
            continue;
        };
        if let Some(note) = session.note(project.id(), NoteKey::Path(&path))?
            && note.external_id != identity.note
        {
            other.push(format!(
                "{path}: {} and {}",
                note.external_id, identity.note
            ));
        }
    }
    Ok(match other.len() {
        0 => Finding::ok(Check::Identities, "index and history mean the same notes"),
        number => Finding::problem(
            Check::Identities,
            format!(
                "index and history call {} by different ids",
                count(number, "note")
            ),
            "`cairn doctor --fix`, or `cairn reindex`, takes those of the history",
        )
        .items(other)
        .fixable(),
    })
}

fn links(project: &Project<'_>, status: &Status) -> Result<Finding> {
    let all = usize(status.statistics.relations);
    let open = usize(status.statistics.unresolved);
    if open == 0 {
        let message = match all {
            0 => "there are no links".to_owned(),
            1 => "1 link leads to a note".to_owned(),
            many => format!("{many} links lead to notes"),
        };
        return Ok(Finding::ok(Check::Links, message));
    }
    let session = project.session("list unresolved links")?;
    let unresolved = session.unresolved(project.id(), Finding::MOST)?;
    let items = unresolved
        .into_iter()
        .map(|(path, relation)| format!("{path}: [[{}]]", relation.target));
    Ok(Finding::warning(
        Check::Links,
        match open {
            1 => format!(
                "1 of {} leads to a note that is not there",
                count(all, "link")
            ),
            open => format!(
                "{open} of {} lead to notes that are not there",
                count(all, "link")
            ),
        },
        "write those notes, or correct the links; `cairn project info` lists them",
    )
    .items(items))
}

fn usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
