//! The registry of projects: the table `projects` of `config.toml`.
//!
//! Not the index, which holds no list of its own. Invariant: names differ even as slugs, folders are absolute,
//! and no project lies inside another.

use super::{folders, keys, near};
use crate::config_file::ConfigError;
use crate::failure::{Failure, Result};
use cairn_engine::{Kind, ProjectSettings};
use std::path::Path;
use toml_edit::{DocumentMut, Item, Table, TableLike, value};

/// Whether a new project becomes the default one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MakeDefault {
    /// Whatever the default was.
    Always,
    /// Only when it is the first project.
    IfFirst,
}

/// Reads the registry; `Err` says what is wrong with it.
pub(crate) fn read(document: &DocumentMut) -> std::result::Result<Vec<ProjectSettings>, String> {
    let Some(item) = document.get("projects") else {
        return Ok(Vec::new());
    };
    let table = item
        .as_table_like()
        .ok_or("projects must be a table: [projects.NAME]")?;
    let mut projects: Vec<ProjectSettings> = Vec::new();
    for (name, item) in table.iter() {
        check_name(name).map_err(|failure| failure.message)?;
        let path = item
            .as_table_like()
            .and_then(|project| project.get("path"))
            .and_then(Item::as_str)
            .ok_or_else(|| {
                format!("the project '{name}' must have a path: path = \"/its/folder\"")
            })?;
        let root = folders::expand(Path::new(path)).map_err(|failure| failure.message)?;
        if !root.is_absolute() {
            return Err(format!(
                "the path of the project '{name}' must be absolute, not '{path}'"
            ));
        }
        let project = ProjectSettings {
            name: name.to_owned(),
            root,
        };
        if let Some(other) = projects.iter().find(|other| other.slug() == project.slug()) {
            return Err(format!(
                "the projects '{}' and '{name}' have the same name in links",
                other.name
            ));
        }
        projects.push(project);
    }
    Ok(projects)
}

/// Finds a project by name, without case, or by slug; an unknown name answers with near ones.
pub(crate) fn find<'a>(projects: &'a [ProjectSettings], name: &str) -> Result<&'a ProjectSettings> {
    let slug = cairn_note::permalink::slug(name);
    let exact = projects.iter().find(|project| project.name == name);
    exact
        .or_else(|| projects.iter().find(|project| project.slug() == slug))
        .ok_or_else(|| {
            let failure = Failure::new(Kind::NotFound, format!("there is no project '{name}'"));
            match near(name, projects.iter().map(|project| project.name.as_str())).as_slice() {
                [] => failure.hint("list the projects with `cairn project list`"),
                near => failure.hint(format!("did you mean {}?", near.join(", "))),
            }
        })
}

/// Registers a folder, which is made if it is missing.
pub(crate) fn add(
    document: &mut DocumentMut,
    name: &str,
    folder: &Path,
    make_default: MakeDefault,
) -> Result<ProjectSettings> {
    check_name(name)?;
    let projects = known(document)?;
    let project = ProjectSettings {
        name: name.to_owned(),
        root: place(folder)?,
    };
    if let Some(other) = projects.iter().find(|other| other.slug() == project.slug()) {
        let message = format!(
            "there is already a project '{}' at {}",
            other.name,
            other.root.display()
        );
        return Err(Failure::new(Kind::Conflict, message)
            .hint("choose another name, or move it with `cairn project move`"));
    }
    check_apart(&projects, &project)?;
    std::fs::create_dir_all(&project.root).map_err(|source| {
        Failure::from(ConfigError::Io {
            action: "create",
            path: project.root.clone(),
            source,
        })
    })?;
    set_path(document, &project)?;
    if make_default == MakeDefault::Always || projects.is_empty() {
        set(document, keys::DEFAULT_PROJECT.name, name.into());
    }
    Ok(project)
}

/// Takes a project out of the registry; its files stay.
pub(crate) fn remove(document: &mut DocumentMut, name: &str) -> Result<ProjectSettings> {
    let projects = known(document)?;
    let project = find(&projects, name)?.clone();
    let is_default = is_default(document, &project);
    if is_default && projects.len() > 1 {
        let message = format!(
            "'{}' is the default project and cannot be removed while there are others",
            project.name
        );
        return Err(Failure::new(Kind::Conflict, message)
            .hint("make another one the default first with `cairn project default NAME`"));
    }
    if is_default {
        document.remove(keys::DEFAULT_PROJECT.name);
    }
    table(document)?.remove(&project.name);
    Ok(project)
}

/// Makes a project the default one.
pub(crate) fn make_default(document: &mut DocumentMut, name: &str) -> Result<ProjectSettings> {
    let project = find(&known(document)?, name)?.clone();
    set(
        document,
        keys::DEFAULT_PROJECT.name,
        project.name.as_str().into(),
    );
    Ok(project)
}

/// Changes where a project's folder is, and nothing else; returns it as it was and as it is.
pub(crate) fn relocate(
    document: &mut DocumentMut,
    name: &str,
    folder: &Path,
) -> Result<(ProjectSettings, ProjectSettings)> {
    let projects = known(document)?;
    let before = find(&projects, name)?.clone();
    let after = ProjectSettings {
        name: before.name.clone(),
        root: place(folder)?,
    };
    if !after.root.is_dir() {
        return Err(Failure::new(
            Kind::NotFound,
            format!("there is no folder {}", after.root.display()),
        )
        .hint("move the notes there first; this only tells Cairn where they are"));
    }
    let others: Vec<_> = projects
        .into_iter()
        .filter(|project| project.name != before.name)
        .collect();
    check_apart(&others, &after)?;
    set_path(document, &after)?;
    Ok((before, after))
}

/// Sets a top-level key, keeping the comment that stands behind its value.
pub(crate) fn set(document: &mut DocumentMut, key: &str, mut new: toml_edit::Value) {
    if let Some(old) = document.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    document[key] = value(new);
}

fn known(document: &DocumentMut) -> Result<Vec<ProjectSettings>> {
    read(document).map_err(|message| Failure::new(Kind::Corrupt, format!("config.toml: {message}")))
}

fn is_default(document: &DocumentMut, project: &ProjectSettings) -> bool {
    document
        .get(keys::DEFAULT_PROJECT.name)
        .and_then(Item::as_str)
        .is_some_and(|name| {
            name == project.name || cairn_note::permalink::slug(name) == project.slug()
        })
}

fn table(document: &mut DocumentMut) -> Result<&mut dyn TableLike> {
    let item = document.entry("projects").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    item.as_table_like_mut().ok_or_else(|| {
        Failure::new(
            Kind::Corrupt,
            "config.toml: projects must be a table: [projects.NAME]",
        )
    })
}

fn set_path(document: &mut DocumentMut, project: &ProjectSettings) -> Result<()> {
    let path = project.root.to_str().ok_or_else(|| {
        Failure::invalid(format!(
            "the path {} is not UTF-8 and cannot be written to config.toml",
            project.root.display()
        ))
    })?;
    let item = table(document)?
        .entry(&project.name)
        .or_insert_with(|| Item::Table(Table::new()));
    let entry = item.as_table_like_mut().ok_or_else(|| {
        Failure::new(
            Kind::Corrupt,
            format!("config.toml: projects.{} must be a table", project.name),
        )
    })?;
    entry.insert("path", value(path));
    Ok(())
}

/// Where a folder a person named is: absolute, and without `..` so that it stays where it is.
fn place(folder: &Path) -> Result<std::path::PathBuf> {
    let absolute = folders::absolute(folder)?;
    Ok(if folders::goes_up(&absolute) {
        folders::real(&absolute)
    } else {
        absolute
    })
}

fn check_name(name: &str) -> Result<()> {
    let problem = if !cairn_note::permalink::slug(name).contains(char::is_alphanumeric) {
        "needs a letter or a digit"
    } else if name.trim() != name {
        "must not begin or end with a space"
    } else if name.contains(['/', '\\']) || name.contains("::") {
        "must not contain / or ::, which separate a project from a note in links"
    } else if name.chars().any(char::is_control) {
        "must not contain control characters"
    } else {
        return Ok(());
    };
    Err(Failure::invalid(format!(
        "the name of a project {problem}: '{}'",
        name.escape_debug()
    )))
}

fn check_apart(projects: &[ProjectSettings], new: &ProjectSettings) -> Result<()> {
    let root = folders::real(&new.root);
    for other in projects {
        let theirs = folders::real(&other.root);
        let relation = if root == theirs {
            "is already the folder of"
        } else if root.starts_with(&theirs) {
            "lies inside"
        } else if theirs.starts_with(&root) {
            "contains"
        } else {
            continue;
        };
        let message = format!(
            "{} {relation} the project '{}' ({})",
            root.display(),
            other.name,
            theirs.display()
        );
        return Err(Failure::new(Kind::Conflict, message)
            .hint("a note belongs to one project; choose a folder of its own"));
    }
    Ok(())
}
