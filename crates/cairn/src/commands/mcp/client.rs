//! The clients we know how to set up: where each keeps its servers, and how it writes one down.
//!
//! Not how the file is changed. Invariant: nothing here reads or writes a file.

use super::Tools;
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::settings::{self, Keeping};
use cairn_engine::Kind;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Table};

/// A client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Client {
    /// Claude Desktop
    ClaudeDesktop,
    /// Claude Code, for every project of the user
    ClaudeCode,
    /// Codex
    Codex,
    /// Cursor
    Cursor,
    /// Visual Studio Code
    Vscode,
}

/// In which form a client's file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

/// How a client starts the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    command: String,
    arguments: Vec<String>,
}

impl Client {
    /// Returns its name for people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Codex => "Codex",
            Self::Cursor => "Cursor",
            Self::Vscode => "VS Code",
        }
    }

    /// Returns the form its file is in.
    pub(super) fn notation(self) -> Notation {
        match self {
            Self::Codex => Notation::Toml,
            _ => Notation::Json,
        }
    }

    /// Returns the key its servers stand under.
    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Codex => "mcp_servers",
            Self::Vscode => "servers",
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor => "mcpServers",
        }
    }

    /// Returns where it keeps them for this user.
    pub(super) fn file(self) -> Result<PathBuf> {
        let moved = |variable| {
            std::env::var_os(variable)
                .filter(|folder| !folder.is_empty())
                .map(PathBuf::from)
        };
        Ok(match self {
            Self::ClaudeDesktop => applications()?
                .join("Claude")
                .join("claude_desktop_config.json"),
            Self::ClaudeCode => match moved("CLAUDE_CONFIG_DIR") {
                Some(folder) => folder,
                None => home()?,
            }
            .join(".claude.json"),
            Self::Codex => match moved("CODEX_HOME") {
                Some(folder) => folder,
                None => home()?.join(".codex"),
            }
            .join("config.toml"),
            Self::Cursor => home()?.join(".cursor").join("mcp.json"),
            Self::Vscode => applications()?.join("Code").join("User").join("mcp.json"),
        })
    }
}

impl Entry {
    /// How a client starts this very binary, as it was told to work now.
    pub(super) fn new(invocation: &Invocation, tools: Option<Tools>) -> Result<Self> {
        let binary = std::env::current_exe().map_err(|error| {
            Failure::new(Kind::Io, format!("cannot find this program: {error}"))
        })?;
        let mut arguments = vec!["mcp".to_owned()];
        let mut add = |option: &str, value: &str| {
            arguments.extend([option.to_owned(), value.to_owned()]);
        };
        if invocation.has_own_config() {
            // The client has another environment, but is to find the same notes.
            add("--config", text(invocation.home()?.config())?);
        }
        if let Some(folder) = invocation.folder() {
            let folder = settings::absolute(folder)?;
            if !folder.is_dir() {
                return Err(Failure::new(
                    Kind::NotFound,
                    format!("there is no folder {}", folder.display()),
                ));
            }
            add("-C", text(&folder)?);
        }
        if let Some(name) = invocation.named_project() {
            let config = invocation.home()?.read_config()?;
            add(
                "--project",
                &settings::registry::find(&config.projects, name)?.name,
            );
        }
        if let Some(tools) = tools {
            add("--tools", tools.word());
        }
        if invocation.keeping() == Keeping::Ephemeral {
            arguments.push("--ephemeral".to_owned());
        }
        Ok(Self {
            command: text(&binary)?.to_owned(),
            arguments,
        })
    }

    /// Returns what a client writes down, or what most of them do.
    pub(super) fn json(&self, client: Option<Client>) -> Value {
        let mut entry = Map::new();
        if matches!(client, Some(Client::ClaudeCode | Client::Vscode)) {
            entry.insert("type".to_owned(), json!("stdio"));
        }
        entry.insert("command".to_owned(), json!(self.command));
        entry.insert("args".to_owned(), json!(self.arguments));
        Value::Object(entry)
    }

    /// Writes it into a table of TOML; `false` when it says so already.
    pub(super) fn put(&self, table: &mut dyn toml_edit::TableLike) -> bool {
        let args: Array = self.arguments.iter().collect();
        let same_args = table
            .get("args")
            .and_then(Item::as_array)
            .is_some_and(|known| {
                known
                    .iter()
                    .map(|item| item.as_str())
                    .eq(args.iter().map(|item| item.as_str()))
            });
        let same_command = table.get("command").and_then(Item::as_str) == Some(&self.command);
        if same_command && same_args {
            return false;
        }
        // A server is reached by a command or by an address, not by both.
        table.remove("url");
        table.insert("command", toml_edit::value(&self.command));
        table.insert("args", toml_edit::value(args));
        true
    }
}

/// Returns what to add to a client's file, as text.
pub(super) fn snippet(client: Option<Client>, name: &str, entry: &Entry) -> String {
    let section = client.map_or("mcpServers", Client::section);
    match client.map(Client::notation) {
        Some(Notation::Toml) => {
            let mut table = Table::new();
            entry.put(&mut table);
            let mut servers = Table::new();
            servers.set_implicit(true);
            servers.insert(name, Item::Table(table));
            let mut document = DocumentMut::new();
            document.insert(section, Item::Table(servers));
            document.to_string()
        }
        _ => format!("{:#}\n", json!({ section: { name: entry.json(client) } })),
    }
}

fn home() -> Result<PathBuf> {
    etcetera::home_dir().map_err(|_| Failure::new(Kind::Io, "there is no home directory"))
}

/// Where programs keep what belongs to a user.
#[cfg(target_os = "macos")]
fn applications() -> Result<PathBuf> {
    Ok(home()?.join("Library").join("Application Support"))
}

/// Where programs keep what belongs to a user.
#[cfg(not(target_os = "macos"))]
fn applications() -> Result<PathBuf> {
    use etcetera::BaseStrategy as _;
    etcetera::choose_base_strategy()
        .map(|strategy| strategy.config_dir())
        .map_err(|_| Failure::new(Kind::Io, "there is no home directory"))
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| {
        Failure::invalid(format!(
            "the path {} is not UTF-8 and cannot be written to a client's configuration",
            path.display()
        ))
    })
}
