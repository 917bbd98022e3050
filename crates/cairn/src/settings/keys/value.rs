//! The values of keys: read from words and from the file, and written.
//!
//! Not which keys there are. Invariant: whatever [`Key::parse`] or [`Key::accept`] returns is a value the key may have,
//! and a secret is shown to nobody.

use super::{FOREVER, Form, HIDDEN, Key, Setting};
use toml_edit::Item;

/// A century is as good as for ever, and fits every clock.
const MOST_DAYS: i64 = 36_500;

impl Key {
    /// Reads a value from an argument or the environment; `Err` says what it must be.
    pub(crate) fn parse(&self, text: &str) -> Result<Setting, String> {
        let text = match self.form {
            Form::Prefix => text,
            _ => text.trim(),
        };
        let setting = match self.form {
            Form::Project | Form::Line | Form::Prefix | Form::Address => {
                Some(Setting::Text(text.to_owned()))
            }
            Form::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(Setting::Boolean(true)),
                "false" | "no" | "off" | "0" => Some(Setting::Boolean(false)),
                _ => None,
            },
            Form::Days if text.eq_ignore_ascii_case(FOREVER) => {
                Some(Setting::Text(FOREVER.to_owned()))
            }
            Form::Number { .. } | Form::Days => text.parse().ok().map(Setting::Number),
            Form::OneOf(_) => Some(Setting::Text(text.to_ascii_lowercase())),
            Form::Share => text.parse().ok().map(Setting::Share),
            Form::Secret => Some(Setting::Secret(text.to_owned())),
        };
        self.fit(setting, &format!("'{text}'"))
    }

    /// Reads a value from the file; `Err` says what it must be.
    pub(crate) fn accept(&self, item: &Item) -> Result<Setting, String> {
        let setting = match self.form {
            Form::Project | Form::OneOf(_) | Form::Line | Form::Prefix | Form::Address => {
                item.as_str().map(|text| Setting::Text(text.to_owned()))
            }
            Form::Boolean => item.as_bool().map(Setting::Boolean),
            Form::Number { .. } => item.as_integer().map(Setting::Number),
            Form::Days => match item.as_str() {
                Some(text) => Some(Setting::Text(text.to_owned())),
                None => item.as_integer().map(Setting::Number),
            },
            Form::Share => match item.as_integer() {
                // 0 and 1 are written without a point, too.
                Some(whole) => Some(Setting::Share(whole as f64)),
                None => item.as_float().map(Setting::Share),
            },
            Form::Secret => item.as_str().map(|text| Setting::Secret(text.to_owned())),
        };
        self.fit(setting, item.to_string().trim())
    }

    fn fit(&self, setting: Option<Setting>, shown: &str) -> Result<Setting, String> {
        let fits = match (&self.form, &setting) {
            (_, None) => false,
            (Form::Project, Some(Setting::Text(name))) => !name.is_empty(),
            // It travels in a header, where nothing else survives.
            (Form::Secret, Some(Setting::Secret(secret))) => {
                !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic())
            }
            (Form::OneOf(words), Some(Setting::Text(word))) => words.contains(&word.as_str()),
            (Form::Line, Some(Setting::Text(text))) => {
                !text.is_empty() && !text.contains(char::is_control)
            }
            (Form::Prefix, Some(Setting::Text(text))) => !text.is_empty(),
            (Form::Address, Some(Setting::Text(address))) => is_address(address),
            (Form::Share, Some(Setting::Share(share))) => (0.0..=1.0).contains(share),
            (Form::Number { least, most }, Some(Setting::Number(number))) => {
                (least..=most).contains(&number)
            }
            (Form::Days, Some(Setting::Number(days))) => (1..=MOST_DAYS).contains(days),
            (Form::Days, Some(Setting::Text(word))) => word == FOREVER,
            (_, Some(_)) => true,
        };
        let name = self.name;
        setting.filter(|_| fits).ok_or_else(|| match self.form {
            Form::Project => format!("{name} must be the name of a project, not {shown}"),
            Form::Boolean => format!("{name} must be true or false, not {shown}"),
            Form::Number { least, most } => {
                format!("{name} must be a whole number from {least} to {most}, not {shown}")
            }
            Form::Days => format!(
                "{name} must be a whole number of days from 1 to {MOST_DAYS}, or {FOREVER}, not {shown}"
            ),
            Form::OneOf(words) => format!("{name} must be {}, not {shown}", words.join(" or ")),
            Form::Line => format!("{name} must be a text of one line, not {shown}"),
            Form::Prefix => format!("{name} must be a text, not {shown}"),
            Form::Share => format!("{name} must be a number from 0 to 1, not {shown}"),
            // Not what was given: a message ends up in logs, and what is wrong may be that there is a password in it.
            Form::Address => format!(
                "{name} must be an address like http://localhost:11434, without a name or password"
            ),
            // As above.
            Form::Secret => format!("{name} must be printable ASCII without spaces"),
        })
    }
}

/// Whether a text says how and where a server is reached, and nothing that must not be shown.
fn is_address(text: &str) -> bool {
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let host = rest.and_then(|rest| rest.split('/').next());
    let fits = |host: &str| !host.is_empty() && !host.starts_with(':') && !host.contains('@');
    host.is_some_and(fits) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Setting {
    /// Returns the value for `--json`.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Secret(_) => HIDDEN.into(),
            Self::Boolean(truth) => (*truth).into(),
            Self::Number(number) => (*number).into(),
            Self::Share(share) => (*share).into(),
        }
    }

    /// Returns the value for the file.
    pub(crate) fn toml(&self) -> toml_edit::Value {
        match self {
            Self::Text(text) | Self::Secret(text) => text.as_str().into(),
            Self::Boolean(truth) => (*truth).into(),
            Self::Number(number) => (*number).into(),
            Self::Share(share) => (*share).into(),
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Secret(_) => out.write_str(HIDDEN),
            Self::Boolean(truth) => truth.fmt(out),
            Self::Number(number) => number.fmt(out),
            Self::Share(share) => share.fmt(out),
        }
    }
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Setting({self})")
    }
}
