//! `cairn project`.

use super::status;
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, Style, json, one_line, text};
use crate::settings::registry::{self, MakeDefault};
use crate::settings::{Config, Home, Keeping, Reach, keys};
use cairn_engine::{Adoption, Engine, ProjectInfo, ProjectSettings};
use cairn_index::Count;
use clap::Subcommand;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Commands of `cairn project`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Registers a folder, which is made if it is missing
    Add {
        /// Its name
        name: String,
        /// The folder
        folder: PathBuf,
        /// Makes it the default project
        #[arg(long)]
        default: bool,
    },
    /// Lists the projects
    #[command(visible_alias = "ls")]
    List,
    /// Forgets a project; its files stay
    Remove {
        /// Its name
        name: String,
    },
    /// Makes a project the default one, or shows which is
    Default {
        /// Its name
        name: Option<String>,
    },
    /// Tells Cairn where a project's folder is now; moves no file
    Move {
        /// Its name
        name: String,
        /// The folder
        folder: PathBuf,
    },
    /// Shows a project and what its index holds
    Info {
        /// Its name; the default project where it is missing
        name: Option<String>,
    },
}

/// Runs a command of `cairn project`.
pub(crate) fn run(invocation: &Invocation, command: Command) -> Result<Answer> {
    match command {
        Command::Add {
            name,
            folder,
            default,
        } => {
            let make_default = if default {
                MakeDefault::Always
            } else {
                MakeDefault::IfFirst
            };
            let home = invocation.writable_home()?;
            let added = home
                .config_file()
                .update(|document| registry::add(document, &name, &folder, make_default))?;
            one(invocation, &home, "added", &added)
        }
        Command::List => list(invocation),
        Command::Remove { name } => {
            let home = invocation.writable_home()?;
            let removed = home
                .config_file()
                .update(|document| registry::remove(document, &name))?;
            forget(invocation, &home, &removed)?;
            let answer = one(invocation, &home, "removed", &removed)?;
            Ok(answer.notice(format!("its files are still in {}", removed.root.display())))
        }
        Command::Default { name: Some(name) } => {
            let home = invocation.writable_home()?;
            let chosen = home
                .config_file()
                .update(|document| registry::make_default(document, &name))?;
            one(invocation, &home, "default", &chosen)
        }
        Command::Default { name: None } => {
            let home = invocation.home()?;
            let settings = home.settings(
                &invocation.config(&home)?,
                Reach::Registry,
                Keeping::Ephemeral,
            )?;
            one(invocation, &home, "default", settings.project(None)?)
        }
        Command::Move { name, folder } => relocate(invocation, &name, &folder),
        Command::Info { name } => info(invocation, name.as_deref()),
    }
}

/// Says where a project's folder is, and takes its history there.
///
/// The history goes first: whoever is interrupted between the two does the same again, while a registry that had gone
/// first would not tell any more whose history is left.
fn relocate(invocation: &Invocation, name: &str, folder: &Path) -> Result<Answer> {
    let home = invocation.writable_home()?;
    let file = home.config_file();
    let mut draft = file.draft()?;
    let (before, after) = registry::relocate(&mut draft.document, name, folder)?;
    let mut adoption = Adoption::Nothing;
    if before != after {
        let written = draft.write()?;
        let engine = kept_engine(invocation, &home)?;
        if let Some(engine) = &engine {
            adoption = engine.adopt(&before, &after)?;
        }
        if let Err(error) = written.publish() {
            if let (Some(engine), Adoption::Done) = (&engine, adoption) {
                engine.adopt(&after, &before)?;
            }
            return Err(error.into());
        }
        if let Some(engine) = engine {
            engine.forget(&before)?;
        }
    }
    let answer = one(invocation, &home, "moved", &after)?;
    Ok(match adoption {
        Adoption::Occupied => answer.notice(
            "a project of that name and folder had a history before, and has it again; \
             the one of the former folder is kept for it",
        ),
        Adoption::Done | Adoption::Nothing => answer,
    })
}

fn list(invocation: &Invocation) -> Result<Answer> {
    let home = invocation.home()?;
    let config = invocation.config(&home)?;
    let default = default_name(&config);
    let row = |project: &ProjectSettings| {
        let mark = if default.as_ref() == Some(&project.name) {
            "default"
        } else {
            ""
        };
        vec![
            one_line(&project.name),
            one_line(&project.root.display().to_string()),
            mark.to_owned(),
        ]
    };
    let rows: Vec<_> = config.projects.iter().map(row).collect();
    let projects: Vec<_> = config
        .projects
        .iter()
        .map(|project| project_json(project, default.as_deref()))
        .collect();
    let answer = Answer::new(
        invocation.style().rows(&["name", "folder", ""], &rows),
        json!({"projects": projects}),
    );
    Ok(if rows.is_empty() {
        answer.notice("there are no projects yet; `cairn project add` registers one")
    } else {
        answer
    })
}

fn info(invocation: &Invocation, name: Option<&str>) -> Result<Answer> {
    let home = invocation.home()?;
    let engine = invocation.engine()?;
    let project = engine.project(name.or(invocation.named_project()))?;
    let settings = project.settings();
    let config = home.read_config()?;
    let default = default_name(&config);
    let status = project.status()?;
    let style = invocation.style();
    let is_default = default.as_ref() == Some(&settings.name);
    let head = text::lines(
        style,
        &[
            ("project", settings.name.clone()),
            ("folder", settings.root.display().to_string()),
            ("default", if is_default { "yes" } else { "no" }.to_owned()),
            ("in links", settings.slug()),
        ],
    );
    let about = project.project_info()?;
    let (meaning, pending) = (&engine.settings().meaning, project.pending()?);
    let parts = [
        status::status_json(&status),
        status::meaning_json(meaning, pending),
        about_json(&about),
    ];
    let json = parts
        .into_iter()
        .fold(project_json(settings, default.as_deref()), json::with);
    let outcome = if status.faults.is_empty() {
        Outcome::Complete
    } else {
        Outcome::Partial
    };
    let lines = [
        head,
        status::lines(style, &status),
        status::meaning_lines(style, meaning, pending),
        about_lines(style, &about),
    ];
    let lines = lines.concat();
    Ok(Answer::new(lines, json).outcome(outcome))
}

/// Values and links a person is shown at most; `--json` has them all.
const SHOWN: usize = 10;

fn about_lines(style: Style, about: &ProjectInfo) -> String {
    let counted = |counts: &[Count]| {
        let shown = counts.iter().take(SHOWN);
        let shown: Vec<_> = shown
            .map(|count| format!("{} ({})", one_line(&count.value), count.count))
            .collect();
        let more = if counts.len() > SHOWN { ", …" } else { "" };
        shown.join(", ") + more
    };
    let mut lines = String::new();
    for (key, counts) in [
        ("types", &about.types),
        ("tags", &about.tags),
        ("categories", &about.categories),
    ] {
        if !counts.is_empty() {
            lines += &text::lines(style, &[(key, counted(counts))]);
        }
    }
    for (path, target) in about.unresolved.iter().take(SHOWN) {
        let link = format!("[[{}]] in {}", one_line(target), one_line(path.as_str()));
        lines += &text::lines(style, &[("unresolved", link)]);
    }
    lines
}

fn about_json(about: &ProjectInfo) -> Value {
    let counted = |counts: &[Count]| -> Vec<Value> {
        counts
            .iter()
            .map(|count| json!({"value": count.value, "count": count.count}))
            .collect()
    };
    let unresolved: Vec<_> = about
        .unresolved
        .iter()
        .map(|(path, target)| json!({"file_path": path.as_str(), "target": target}))
        .collect();
    json!({
        "types": counted(&about.types),
        "tags": counted(&about.tags),
        "categories": counted(&about.categories),
        "unresolved_links": unresolved,
    })
}

/// The answer about one project.
fn one(
    invocation: &Invocation,
    home: &Home,
    action: &str,
    project: &ProjectSettings,
) -> Result<Answer> {
    let config = home.read_config()?;
    let default = default_name(&config);
    let lines = [
        (action, project.name.clone()),
        ("folder", project.root.display().to_string()),
    ];
    Ok(Answer::new(
        text::lines(invocation.style(), &lines),
        project_json(project, default.as_deref()),
    ))
}

fn project_json(project: &ProjectSettings, default: Option<&str>) -> Value {
    json!({
        "name": project.name,
        "folder": project.root.display().to_string(),
        "slug": project.slug(),
        "is_default": default == Some(project.name.as_str()),
    })
}

/// The name of the default project as it stands in the registry.
fn default_name(config: &Config) -> Option<String> {
    match (
        config.text(&keys::DEFAULT_PROJECT),
        config.projects.as_slice(),
    ) {
        (Some(named), projects) => registry::find(projects, named)
            .ok()
            .map(|project| project.name.clone()),
        (None, [only]) => Some(only.name.clone()),
        (None, _) => None,
    }
}

/// Removes what the index knows of a project that left the registry.
fn forget(invocation: &Invocation, home: &Home, project: &ProjectSettings) -> Result<()> {
    match kept_engine(invocation, home)? {
        Some(engine) => Ok(engine.forget(project)?),
        None => Ok(()),
    }
}

/// Opens index and history, if there are any.
fn kept_engine(invocation: &Invocation, home: &Home) -> Result<Option<Engine>> {
    let index = home.index();
    if !index.is_file() && !index.with_file_name("history.db").is_file() {
        return Ok(None);
    }
    let config = home.read_config()?;
    let settings = home.settings(&config, Reach::Registry, invocation.keeping())?;
    Ok(Some(Engine::open(settings)?))
}
