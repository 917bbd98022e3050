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
        let text = text.trim();
        let setting = match self.form {
            Form::Project => Some(Setting::Text(text.to_owned())),
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
            Form::Secret => Some(Setting::Secret(text.to_owned())),
        };
        self.fit(setting, &format!("'{text}'"))
    }

    /// Reads a value from the file; `Err` says what it must be.
    pub(crate) fn accept(&self, item: &Item) -> Result<Setting, String> {
        let setting = match self.form {
            Form::Project | Form::OneOf(_) => {
                item.as_str().map(|text| Setting::Text(text.to_owned()))
            }
            Form::Boolean => item.as_bool().map(Setting::Boolean),
            Form::Number { .. } => item.as_integer().map(Setting::Number),
            Form::Days => match item.as_str() {
                Some(text) => Some(Setting::Text(text.to_owned())),
                None => item.as_integer().map(Setting::Number),
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
            // Not what was given: a message ends up in logs.
            Form::Secret => format!("{name} must be printable ASCII without spaces"),
        })
    }
}

impl Setting {
    /// Returns the value for `--json`.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Secret(_) => HIDDEN.into(),
            Self::Boolean(truth) => (*truth).into(),
            Self::Number(number) => (*number).into(),
        }
    }

    /// Returns the value for the file.
    pub(crate) fn toml(&self) -> toml_edit::Value {
        match self {
            Self::Text(text) | Self::Secret(text) => text.as_str().into(),
            Self::Boolean(truth) => (*truth).into(),
            Self::Number(number) => (*number).into(),
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
        }
    }
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Setting({self})")
    }
}
