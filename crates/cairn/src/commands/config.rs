//! `cairn config`.

use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, one_line};
use crate::settings::keys::{self, Key, Setting};
use crate::settings::{Source, registry};
use clap::Subcommand;
use serde_json::{Value, json};

/// Commands of `cairn config`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows the value of a key
    Get {
        /// The key
        key: String,
    },
    /// Sets a key
    Set {
        /// The key
        key: String,
        /// Its value
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Takes a key out of the file, so that its default holds
    Unset {
        /// The key
        key: String,
    },
    /// Lists every key with its value and where that comes from
    List,
    /// Shows where the configuration is
    Path,
}

/// Runs a command of `cairn config`.
pub(crate) fn run(invocation: &Invocation, command: Command) -> Result<Answer> {
    match command {
        Command::Get { key } => show(invocation, Key::find(&key)?),
        Command::Set { key, value } => {
            let key = Key::find(&key)?;
            let setting = key.parse(&value).map_err(Failure::invalid)?;
            invocation
                .writable_home()?
                .config_file()
                .update(|document| {
                    if key.name == keys::DEFAULT_PROJECT.name {
                        return registry::make_default(document, &value).map(drop);
                    }
                    registry::set(document, key.name, setting.toml());
                    Ok::<_, Failure>(())
                })?;
            changed(invocation, key)
        }
        Command::Unset { key } => {
            let key = Key::find(&key)?;
            invocation
                .writable_home()?
                .config_file()
                .update(|document| {
                    document.remove(key.name);
                    Ok::<_, Failure>(())
                })?;
            changed(invocation, key)
        }
        Command::List => list(invocation),
        Command::Path => {
            let path = invocation.home()?.config().display().to_string();
            Ok(Answer::new(format!("{path}\n"), json!({"path": path})))
        }
    }
}

/// Shows what holds after a change. The change is made, whatever else the file holds.
fn changed(invocation: &Invocation, key: &'static Key) -> Result<Answer> {
    let answer = show(invocation, key)?;
    let overridden = answer.json["source"] == Source::Environment.name();
    Ok(if overridden {
        answer.notice(format!("written; {} overrides it now", key.variable()))
    } else {
        answer
    })
}

fn show(invocation: &Invocation, key: &'static Key) -> Result<Answer> {
    let config = invocation.config(&invocation.home()?)?;
    let (setting, source) = config.value(key);
    let text = setting.map_or_else(String::new, |setting| one_line(&setting.to_string()) + "\n");
    Ok(Answer::new(text, entry(key, setting, source)))
}

fn list(invocation: &Invocation) -> Result<Answer> {
    let config = invocation.config(&invocation.home()?)?;
    let (mut rows, mut entries) = (Vec::new(), Vec::new());
    for (key, setting, source) in config.values() {
        let value = setting
            .as_ref()
            .map_or_else(String::new, |setting| one_line(&setting.to_string()));
        rows.push(vec![
            key.name.to_owned(),
            value,
            source.name().to_owned(),
            key.about.to_owned(),
        ]);
        entries.push(entry(key, setting.as_ref(), *source));
    }
    let text = invocation
        .style()
        .rows(&["key", "value", "source", "meaning"], &rows);
    Ok(Answer::new(text, json!({"settings": entries})))
}

fn entry(key: &Key, setting: Option<&Setting>, source: Source) -> Value {
    json!({
        "key": key.name,
        "value": setting.map(Setting::json),
        "source": source.name(),
        "variable": key.variable(),
        "about": key.about,
    })
}
