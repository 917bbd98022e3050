//! `cairn sync`.

use super::embed;
use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Bar, Outcome, json, one_line, text};
use cairn_engine::{Engine, Project, SyncReport};
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;

/// Which projects `cairn sync`, `status` and `reindex` are about.
#[derive(Debug, Args)]
pub(crate) struct Projects {
    /// Every registered project
    #[arg(long, conflicts_with = "project")]
    all: bool,
}

/// Brings the index in step with the files.
pub(crate) fn run(invocation: &Invocation, which: &Projects) -> Result<Answer> {
    let engine = invocation.engine()?;
    let mut answer = each(invocation, which, &engine, &|project, bar| {
        Ok(project.sync(bar, &CANCEL)?)
    })?;
    let pending = engine.pending()?;
    answer.json["pending_passages"] = pending.passages.into();
    Ok(match pending.passages {
        0 => answer,
        passages => answer.notice(format!(
            "{} not embedded yet; `cairn embed` embeds them, and so does a server that runs",
            embed::of_all(passages, pending.of)
        )),
    })
}

/// Returns the projects that are meant.
pub(super) fn projects<'a>(
    invocation: &Invocation,
    which: &Projects,
    engine: &'a Engine,
) -> Result<Vec<Project<'a>>> {
    if which.all {
        Ok(engine.projects().collect())
    } else {
        Ok(vec![invocation.project(engine)?])
    }
}

/// Does the same to each project and reports on all of them.
pub(super) fn each(
    invocation: &Invocation,
    which: &Projects,
    engine: &Engine,
    verb: &dyn Fn(Project<'_>, &Bar) -> Result<SyncReport>,
) -> Result<Answer> {
    let style = invocation.style();
    let (mut rendered, mut reports, mut outcome) = (String::new(), Vec::new(), Outcome::Complete);
    for project in projects(invocation, which, engine)? {
        let report = verb(project, &invocation.progress())?;
        if report.cancelled || CANCEL.is_cancelled() {
            return Err(Failure::interrupted());
        }
        let name = &project.settings().name;
        // Writing to a String cannot fail.
        let _ = writeln!(
            rendered,
            "{}: {}",
            style.bold(&one_line(name)),
            text::sync(&report)
        );
        rendered += &text::faults(style, &report.faults);
        if !report.faults.is_empty() {
            outcome = Outcome::Partial;
        }
        reports.push(json::sync(name, &report));
    }
    Ok(Answer::new(rendered, json!({"projects": reports})).outcome(outcome))
}
