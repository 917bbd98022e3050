//! `cairn mcp install`: Cairn in a client's own configuration file.
//!
//! Invariant: what the file said before is beside it when it changes, everything the person wrote stays, and a file
//! that is not understood is left alone.

use super::client::{Client, Entry, Notation};
use super::json_text::{self, Changed};
use super::preview;
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, text};
use cairn_engine::Kind;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table};

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// It is shown.
    Preview,
    /// It is written.
    Real,
}

/// Adds Cairn to a client's file.
pub(super) fn run(
    invocation: &Invocation,
    client: Client,
    name: &str,
    entry: &Entry,
    writing: Writing,
) -> Result<Answer> {
    let named = client.file()?;
    let before = read(&named)?;
    let text = before.as_deref().unwrap_or_default();
    let refused = |problem: String| {
        let message = format!("{} is left alone: {problem}", named.display());
        Failure::new(Kind::Corrupt, message).hint(by_hand(client, name, entry))
    };
    let changed = match client.notation() {
        Notation::Json => json_text::set(text, client.section(), name, &entry.json(Some(client))),
        Notation::Toml => set_toml(text, client.section(), name, entry),
    }
    .map_err(refused)?;
    let (outcome, backup, preview) = match changed {
        Changed::Not => ("unchanged", None, String::new()),
        Changed::Text(after) if writing == Writing::Preview => {
            ("would change", None, preview::lines(text, &after))
        }
        Changed::Text(after) => {
            let backup = write(&named, before.as_deref(), &after)?;
            ("changed", backup, String::new())
        }
    };
    let mut lines = vec![
        (outcome, client.title().to_owned()),
        ("file", named.display().to_string()),
    ];
    let backup = backup.map(|path| path.display().to_string());
    lines.extend(backup.clone().map(|path| ("backup", path)));
    let answer = Answer::new(
        text::lines(invocation.style(), &lines) + &preview,
        json!({
            "client": client.title(),
            "file": named.display().to_string(),
            "outcome": outcome.replace(' ', "_"),
            "backup": backup,
            "name": name,
            "entry": entry.json(Some(client)),
        }),
    );
    Ok(match outcome {
        "changed" => answer.notice(format!("restart {} to use it", client.title())),
        "unchanged" => answer.notice("it is set up like this already"),
        _ => answer.notice("nothing was written"),
    })
}

/// What a person may do instead.
fn by_hand(client: Client, name: &str, entry: &Entry) -> String {
    match client.notation() {
        Notation::Toml => {
            "mend it, or add what `cairn mcp config --client codex` prints".to_owned()
        }
        Notation::Json => {
            let json = json!({ client.section(): { name: entry.json(Some(client)) } });
            format!("mend it, or add by hand: {json}")
        }
    }
}

fn set_toml(
    text: &str,
    section: &str,
    name: &str,
    entry: &Entry,
) -> std::result::Result<Changed, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = 1 + text[..offset.min(text.len())].matches('\n').count();
        format!("it is no TOML (line {line})")
    })?;
    let servers = document
        .entry(section)
        .or_insert_with(|| {
            let mut servers = Table::new();
            servers.set_implicit(true);
            Item::Table(servers)
        })
        .as_table_like_mut()
        .ok_or_else(|| format!("its {section} is no table"))?;
    let server = servers
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(|| format!("its {section}.{name} is no table"))?;
    Ok(if entry.put(server) {
        Changed::Text(document.to_string())
    } else {
        Changed::Not
    })
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

/// Puts the new text in place of the old in one step; returns where the old one is.
fn write(named: &Path, before: Option<&str>, after: &str) -> Result<Option<PathBuf>> {
    // A configuration kept elsewhere and linked here stays a link.
    let target = fs::canonicalize(named).unwrap_or_else(|_| named.to_owned());
    let folder = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
    let mode = fs::metadata(&target)
        .ok()
        .map(|metadata| metadata.permissions());
    let backup = match before {
        Some(text) => Some(backup(named, text, mode.clone())?),
        None => None,
    };
    let mut sibling = tempfile::Builder::new()
        .prefix(".cairn-")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(|error| failed("create a file in", folder, &error))?;
    sibling
        .write_all(after.as_bytes())
        .and_then(|()| match mode {
            Some(mode) => sibling.as_file().set_permissions(mode),
            None => Ok(()),
        })
        .and_then(|()| sibling.as_file().sync_all())
        .map_err(|error| failed("write", sibling.path(), &error))?;
    if read(&target)?.as_deref() != before {
        let message = format!(
            "{} was changed by another program just now",
            named.display()
        );
        return Err(Failure::new(Kind::Conflict, message).hint("close the client and try again"));
    }
    sibling
        .persist(&target)
        .map_err(|error| failed("replace", &target, &error.error))?;
    Ok(backup)
}

/// Writes a copy beside the file, under a name that was free.
fn backup(named: &Path, text: &str, mode: Option<fs::Permissions>) -> Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let mut path = named.as_os_str().to_owned();
        path.push(format!(".bak.{number}"));
        let path = PathBuf::from(path);
        let mut options = File::options();
        options.create_new(true).write(true);
        // There may be secrets in it; the file's own mode follows.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())
                    .and_then(|()| mode.map_or(Ok(()), |mode| file.set_permissions(mode)))
                    .and_then(|()| file.sync_all())
                    .map_err(|error| failed("write", &path, &error))?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(failed("write", &path, &error)),
        }
    }
}

fn failed(action: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        Kind::Io,
        format!("cannot {action} {}: {error}", path.display()),
    )
}
