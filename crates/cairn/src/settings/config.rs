//! The configuration as it holds: file, environment and defaults merged.
//!
//! Invariant: every value is one its key may have; `check` refuses a document of which that is not so.

use super::keys::{self, KEYS, Key, Setting};
use super::{near, registry};
use crate::failure::{Failure, Result};
use cairn_engine::{ProjectSettings, Retention, WatchBy, Watching};
use std::time::Duration;
use toml_edit::DocumentMut;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The environment.
    Environment,
    /// `config.toml`.
    File,
    /// Nobody set it.
    Default,
}

/// The configuration as it holds.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    values: Vec<(&'static Key, Option<Setting>, Source)>,
    /// The registry of projects.
    pub(crate) projects: Vec<ProjectSettings>,
    /// Keys of the file that look like known ones mistyped: (written, meant).
    pub(crate) typos: Vec<(String, &'static str)>,
}

/// Says what is wrong with a document, if anything is.
pub(crate) fn check(document: &DocumentMut) -> std::result::Result<(), String> {
    for key in KEYS {
        if let Some(item) = document.get(key.name) {
            key.accept(item)?;
        }
    }
    registry::read(document).map(drop)
}

impl Config {
    /// Merges a document that passed [`check`] with the environment, given as a look-up.
    pub(crate) fn read(
        document: &DocumentMut,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let mut values = Vec::new();
        for key in KEYS {
            let variable = key.variable();
            let (setting, source) = match (environment(&variable), document.get(key.name)) {
                (Some(text), _) if !text.is_empty() => {
                    let setting = key.parse(&text).map_err(|message| {
                        Failure::invalid(message).hint(format!(
                            "correct or remove the environment variable {variable}"
                        ))
                    })?;
                    (Some(setting), Source::Environment)
                }
                (_, Some(item)) => (
                    Some(key.accept(item).map_err(Failure::invalid)?),
                    Source::File,
                ),
                (_, None) => (key.default(), Source::Default),
            };
            values.push((key, setting, source));
        }
        let typos = document
            .iter()
            .filter(|(name, _)| *name != "projects" && KEYS.iter().all(|key| key.name != *name))
            .filter(|(name, _)| !keys::is_foreign(name))
            .filter_map(|(name, _)| {
                let near = near(name, KEYS.iter().map(|key| key.name));
                Some((name.to_owned(), *near.first()?))
            })
            .collect();
        let projects = registry::read(document).map_err(Failure::invalid)?;
        Ok(Self {
            values,
            projects,
            typos,
        })
    }

    /// Returns every key with its value and where that comes from.
    pub(crate) fn values(&self) -> impl Iterator<Item = &(&'static Key, Option<Setting>, Source)> {
        self.values.iter()
    }

    /// Returns a key's value and where it comes from.
    pub(crate) fn value(&self, key: &Key) -> (Option<&Setting>, Source) {
        self.values
            .iter()
            .find(|(known, ..)| known.name == key.name)
            .map_or((None, Source::Default), |(_, setting, source)| {
                (setting.as_ref(), *source)
            })
    }

    /// Returns the value of a key that is a text.
    pub(crate) fn text(&self, key: &Key) -> Option<&str> {
        match self.value(key).0 {
            Some(Setting::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a key that nobody is shown.
    pub(crate) fn secret(&self, key: &Key) -> Option<&str> {
        match self.value(key).0 {
            Some(Setting::Secret(secret)) => Some(secret),
            _ => None,
        }
    }

    /// Returns the value of a key that is true or false.
    pub(crate) fn boolean(&self, key: &Key) -> bool {
        self.value(key).0 == Some(&Setting::Boolean(true))
    }

    /// Returns the value of a key that is a number of 0 or more.
    pub(crate) fn number(&self, key: &Key) -> u64 {
        match self.value(key).0 {
            Some(Setting::Number(number)) => u64::try_from(*number).unwrap_or(0),
            _ => 0,
        }
    }

    /// Returns the value of a key that is a part of one.
    pub(crate) fn share(&self, key: &Key) -> f64 {
        match self.value(key).0 {
            Some(Setting::Share(share)) => *share,
            _ => 0.0,
        }
    }

    /// Returns how long a key says something is kept; `None` is for ever.
    fn days(&self, key: &Key) -> Option<Duration> {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        match self.value(key).0 {
            Some(Setting::Number(days)) => u32::try_from(*days).ok().map(|days| DAY * days),
            _ => None,
        }
    }

    /// Returns how long the history keeps what.
    pub(crate) fn retention(&self) -> Retention {
        Retention {
            everything: self
                .days(&keys::HISTORY_KEEP_ALL_DAYS)
                .unwrap_or(Duration::MAX),
            daily: self.days(&keys::HISTORY_KEEP_DAILY_DAYS),
            trash: self.days(&keys::HISTORY_KEEP_TRASH_DAYS),
        }
    }

    /// Returns how folders are watched.
    pub(crate) fn watching(&self) -> Watching {
        let seconds = |key| Duration::from_secs(self.number(key));
        Watching {
            by: match self.text(&keys::WATCH) {
                Some("poll") => WatchBy::Scans,
                Some("off") => WatchBy::Nothing,
                _ => WatchBy::Events,
            },
            scan: seconds(&keys::SCAN_INTERVAL_SECONDS),
            poll: seconds(&keys::POLL_INTERVAL_SECONDS),
        }
    }
}

impl Source {
    /// Returns its name for people and programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, variable: &str, value: &str) -> Result<Config> {
        let document: DocumentMut = text.parse().expect("the test writes TOML");
        Config::read(&document, &|name| {
            (name == variable).then(|| value.to_owned())
        })
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let config =
            read("durability = 'os'\n", "CAIRN_INDEX_CONCURRENCY", "4").expect("all values fit");
        assert_eq!(config.text(&keys::DURABILITY), Some("os"));
        assert_eq!(config.number(&keys::INDEX_CONCURRENCY), 4);
        assert_eq!(
            config.value(&keys::INDEX_CONCURRENCY).1,
            Source::Environment
        );
        assert_eq!(config.number(&keys::CHECKOUT_TIMEOUT), 30);
        assert!(config.boolean(&keys::PERMALINKS_INCLUDE_PROJECT));
    }

    #[test]
    fn days_are_a_number_or_for_ever() {
        let day = Duration::from_secs(24 * 60 * 60);
        let default = read("", "", "").expect("nothing is set");
        assert_eq!(default.retention(), Retention::default());
        let text = "history_keep_all_days = \"forever\"\nhistory_keep_daily_days = 365\n";
        let config = read(text, "CAIRN_HISTORY_KEEP_TRASH_DAYS", "90").expect("all values fit");
        assert_eq!(
            config.retention(),
            Retention {
                everything: Duration::MAX,
                daily: Some(day * 365),
                trash: Some(day * 90),
            }
        );
        let document: DocumentMut = "history_keep_trash_days = \"soon\"\n"
            .parse()
            .expect("the test writes TOML");
        assert_eq!(
            check(&document).expect_err("it is no number"),
            "history_keep_trash_days must be a whole number of days from 1 to 36500, or forever, not \"soon\""
        );
    }

    #[test]
    fn folders_are_watched_as_they_were_before_anybody_set_it() {
        let default = read("", "", "").expect("nothing is set");
        assert_eq!(default.watching(), Watching::default());
        let config = read("scan_interval_seconds = 7\n", "CAIRN_WATCH", "poll");
        let watching = config.expect("all values fit").watching();
        assert_eq!(
            (watching.by, watching.scan, watching.poll),
            (
                WatchBy::Scans,
                Duration::from_secs(7),
                Duration::from_secs(10)
            )
        );
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let failure = read("", "CAIRN_DURABILITY", "never").expect_err("never is no value");
        assert_eq!(
            failure.message,
            "durability must be fsync or os, not 'never'"
        );
        assert_eq!(
            failure.hint.as_deref(),
            Some("correct or remove the environment variable CAIRN_DURABILITY")
        );
    }

    #[test]
    fn a_mistyped_key_is_noticed_and_a_foreign_one_left_alone() {
        let config = read(
            "durabilty = 'os'\nshine = true\nsemantic_embedding_cache_dir = '/tmp'\n",
            "",
            "",
        )
        .expect("unknown keys are no error");
        assert_eq!(config.typos, [("durabilty".to_owned(), "durability")]);
    }

    #[test]
    fn a_document_with_a_wrong_value_is_refused() {
        let document: DocumentMut = "index_concurrency = 'lots'\n"
            .parse()
            .expect("the test writes TOML");
        let message = check(&document).expect_err("lots is no number");
        assert_eq!(
            message,
            "index_concurrency must be a whole number from 0 to 256, not 'lots'"
        );
    }
}
