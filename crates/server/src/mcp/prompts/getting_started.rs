//! The first minutes: one project, what is in it, and what to offer.
//!
//! Invariant: where it is not clear which project is meant, nothing is done until the person says so.

use super::{Asked, Format, text};
use crate::mcp::resources;
use cairn_engine::Project;
use rmcp::ErrorData;
use std::fmt::Write as _;

const SELECTED: &str = include_str!("../text/getting_started.md");
const CHOOSE: &str = include_str!("../text/getting_started_choose.md");
const NONE: &str = include_str!("../text/getting_started_none.md");

/// Fills the prompt.
pub(super) fn fill(asked: &Asked<'_>) -> Result<String, ErrorData> {
    let engine = asked.host.engine()?;
    let projects = resources::reachable(asked.host, &engine)?;
    let wanted = asked.text("project");
    let selected = match (asked.host.constraint(), &wanted) {
        (Some(_), _) => projects.first().copied(),
        (None, Some(wanted)) => by_name(&projects, wanted),
        (None, None) => engine.project(None).ok(),
    };
    let Some(project) = selected else {
        return Ok(choose(&projects, wanted.as_deref()));
    };
    let id = project.settings().external_id();
    let recent = asked.call(
        "recent_activity",
        Format::Text,
        &[
            ("project_id", Some(id.clone())),
            ("timeframe", Some("30d".to_owned())),
        ],
    )?;
    Ok(SELECTED
        .replace("{project}", &project.settings().name)
        .replace("{id}", &id)
        .replace("{recent}", &text(recent)))
}

fn by_name<'e>(projects: &[Project<'e>], wanted: &str) -> Option<Project<'e>> {
    let slug = cairn_note::permalink::slug(wanted);
    let find = |test: &dyn Fn(&cairn_engine::ProjectSettings) -> bool| {
        let mut found = projects.iter().filter(|project| test(project.settings()));
        let first = found.next().copied();
        // Two of that name are no project of that name.
        first.filter(|_| found.next().is_none())
    };
    find(&|settings| settings.external_id() == wanted || settings.name == wanted)
        .or_else(|| find(&|settings| settings.slug() == slug))
}

fn choose(projects: &[Project<'_>], wanted: Option<&str>) -> String {
    if projects.is_empty() {
        return NONE.to_owned();
    }
    let why = match wanted {
        Some(wanted) => {
            format!("The requested project \"{wanted}\" did not identify one unique project.")
        }
        None => "No single default project could be selected.".to_owned(),
    };
    let mut list = String::new();
    for project in projects {
        let settings = project.settings();
        // Writing to a String cannot fail.
        let _ = writeln!(
            list,
            "- `{}` (`project_id=\"{}\"`)",
            settings.name,
            settings.external_id()
        );
    }
    CHOOSE
        .replace("{why}", &why)
        .replace("{projects}", list.trim_end())
}
