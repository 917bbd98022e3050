//! Mending what can be made again from the notes.
//!
//! It knows three cures: a sync, a reindex, and an index that is emptied first. Invariant: no byte of a note is changed,
//! and nothing of the history goes.

use super::finding::{Check, Finding};
use super::go_on;
use crate::{
    Cancel, Engine, Error, IndexLocation, Progress, Project, Result, Settings, SyncReport,
};
use cairn_index::{Condition, Index};

/// What was done about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// What was looked at.
    pub check: Check,
    /// The project it is about; `None` where it is about all of them.
    pub project: Option<String>,
    /// What was done, or why not, in one sentence without a trailing period.
    pub message: String,
}

/// How a project is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cure {
    Sync,
    Reindex,
}

/// Mends the findings that can be, and says what was done. What could not be mended another examination finds again.
///
/// # Errors
/// When asked to stop.
pub fn mend(
    settings: &Settings,
    findings: &[Finding],
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Vec<Mended>> {
    let mut mended = Vec::new();
    let ill: Vec<&Finding> = findings.iter().filter(|finding| finding.fixable).collect();
    let has_index = ill.iter().any(|finding| finding.check == Check::Index);
    let cures: Vec<(&str, Check, Cure)> = ill.iter().filter_map(|finding| cure(finding)).collect();
    if !has_index && cures.is_empty() {
        return Ok(mended);
    }
    let told = |message| Mended {
        check: Check::Index,
        project: None,
        message,
    };
    if has_index && let IndexLocation::File(path) = &settings.index {
        let emptied = empty(settings, path, cancel);
        go_on(cancel)?;
        mended.push(told(emptied.unwrap_or_else(not_mended)));
    }
    let engine = match Engine::open(settings.clone()) {
        Ok(engine) => engine,
        Err(error) => {
            mended.push(told(not_mended(error)));
            return Ok(mended);
        }
    };
    for project in engine.projects() {
        let name = &project.settings.name;
        let own = cures.iter().filter(|(of, ..)| of == name);
        let own = own.map(|(_, check, cure)| (*cure, *check)).max();
        let emptied = has_index.then_some((Cure::Sync, Check::Index));
        let Some((cure, check)) = own.or(emptied) else {
            continue;
        };
        mended.push(Mended {
            check,
            project: Some(name.clone()),
            message: apply(&project, cure, progress, cancel)?,
        });
    }
    Ok(mended)
}

/// Says what mends a finding about a project.
fn cure(finding: &Finding) -> Option<(&str, Check, Cure)> {
    let cure = match finding.check {
        Check::Leftovers | Check::Interrupted | Check::InStep => Cure::Sync,
        Check::Rebuilt | Check::Identities => Cure::Reindex,
        _ => return None,
    };
    Some((finding.project.as_deref()?, finding.check, cure))
}

/// Empties an index that is damaged. Whatever else it is, opening it makes it what it should be.
fn empty(settings: &Settings, path: &std::path::Path, cancel: &Cancel) -> Result<String> {
    let options = crate::index_options(settings);
    let shown = path.display();
    Ok(
        match Index::check(path, &options, &|| cancel.is_cancelled())? {
            Condition::Damaged(_) => match Index::reset(path, &options) {
                Ok(()) => format!("emptied {shown}"),
                // It is too damaged to be opened, and opening it puts it aside.
                Err(_) => format!("put {shown} aside"),
            },
            Condition::NoDatabase => format!("put {shown} aside, as index.db.damaged"),
            Condition::Missing | Condition::OtherVersion => format!("made {shown} anew"),
            Condition::Sound => format!("left {shown}, which is whole now"),
        },
    )
}

fn apply(
    project: &Project<'_>,
    cure: Cure,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<String> {
    let report = match cure {
        Cure::Sync => project.sync(progress, cancel),
        Cure::Reindex => project.reindex(progress, cancel),
    };
    match report {
        Ok(report) => {
            go_on(cancel)?;
            Ok(sentence(cure, &report))
        }
        Err(Error::Cancelled) => Err(Error::Cancelled),
        Err(error) => Ok(not_mended(error)),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what an error is mapped with"
)]
fn not_mended(error: Error) -> String {
    format!("not mended: {error}")
}

fn sentence(cure: Cure, report: &SyncReport) -> String {
    let changed = report.new + report.modified + report.moved + report.deleted;
    let files = super::finding::count(changed, "file");
    match cure {
        Cure::Sync => format!("brought the index in step with {files}"),
        Cure::Reindex => format!("built the index anew from {files}"),
    }
}
