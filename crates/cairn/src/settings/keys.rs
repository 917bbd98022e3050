//! The keys of `config.toml`, each declared once.
//!
//! Not where a value comes from, nor how it is read (`value`). Invariant: a key has one name everywhere, and its default
//! is a value it may have.

mod meaning;
mod value;

pub(crate) use meaning::*;

use super::near;
use crate::failure::{Failure, Result};
use cairn_engine::Kind;

/// One key.
#[derive(Debug)]
pub(crate) struct Key {
    /// As it stands in the file.
    pub(crate) name: &'static str,
    /// What it may be.
    form: Form,
    /// What holds where nobody set it, as text; empty for nothing.
    default: &'static str,
    /// What it is for, in a few words.
    pub(crate) about: &'static str,
}

/// What a value may be.
#[derive(Debug)]
enum Form {
    Project,
    Boolean,
    Number {
        least: i64,
        most: i64,
    },
    /// Days, or for ever.
    Days,
    OneOf(&'static [&'static str]),
    /// Any text of one line.
    Line,
    /// A text that stands before another, so that spaces at its end count.
    Prefix,
    /// Where a server is.
    Address,
    /// From nothing, 0, to all, 1.
    Share,
    Secret,
}

/// A value of a key.
#[derive(Clone, PartialEq)]
pub(crate) enum Setting {
    /// A text.
    Text(String),
    /// A text nobody is shown.
    Secret(String),
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Number(i64),
    /// A part of one.
    Share(f64),
}

/// The project of a command that names none.
pub(crate) static DEFAULT_PROJECT: Key = Key {
    name: "default_project",
    form: Form::Project,
    default: "",
    about: "the project of a command that names none",
};

/// Whether permalinks begin with the project.
pub(crate) static PERMALINKS_INCLUDE_PROJECT: Key = Key {
    name: "permalinks_include_project",
    form: Form::Boolean,
    default: "true",
    about: "whether the permalink of a note begins with its project",
};

/// Whether file names are slugs.
pub(crate) static KEBAB_FILENAMES: Key = Key {
    name: "kebab_filenames",
    form: Form::Boolean,
    default: "false",
    about: "whether a new note's file is named by the slug of its title",
};

/// Whether a write waits for the disk.
pub(crate) static DURABILITY: Key = Key {
    name: "durability",
    form: Form::OneOf(&["fsync", "os"]),
    default: "fsync",
    about: "whether a write waits for the disk (fsync) or leaves that to the system (os)",
};

/// Files parsed at once. Beyond 256 threads no disk and no machine gets faster.
pub(crate) static INDEX_CONCURRENCY: Key = Key {
    name: "index_concurrency",
    form: Form::Number {
        least: 0,
        most: 256,
    },
    default: "0",
    about: "files read at once while indexing; 0 is one for each core",
};

/// Seconds a session of the index is waited for; an hour is as good as for ever.
pub(crate) static CHECKOUT_TIMEOUT: Key = Key {
    name: "checkout_timeout",
    form: Form::Number {
        least: 1,
        most: 3600,
    },
    default: "30",
    about: "seconds to wait for an index another process holds",
};

/// How long the history keeps everything.
pub(crate) static HISTORY_KEEP_ALL_DAYS: Key = Key {
    name: "history_keep_all_days",
    form: Form::Days,
    default: "30",
    about: "days the history keeps every revision",
};

/// How long the history keeps one revision a day.
pub(crate) static HISTORY_KEEP_DAILY_DAYS: Key = Key {
    name: "history_keep_daily_days",
    form: Form::Days,
    default: FOREVER,
    about: "days the history keeps the last revision of each day",
};

/// How long the history keeps what was deleted.
pub(crate) static HISTORY_KEEP_TRASH_DAYS: Key = Key {
    name: "history_keep_trash_days",
    form: Form::Days,
    default: FOREVER,
    about: "days the history keeps a deleted note",
};

/// By what a server notices changes.
pub(crate) static WATCH: Key = Key {
    name: "watch",
    form: Form::OneOf(&["auto", "poll", "off"]),
    default: "auto",
    about: "how a server notices changes of files",
};

/// How often a watched folder is scanned; a day is as good as never.
pub(crate) static SCAN_INTERVAL_SECONDS: Key = Key {
    name: "scan_interval_seconds",
    form: Form::Number {
        least: 1,
        most: 86_400,
    },
    default: "300",
    about: "seconds between two scans of a folder the system tells changes of",
};

/// How often a folder is scanned that is not watched otherwise.
pub(crate) static POLL_INTERVAL_SECONDS: Key = Key {
    name: "poll_interval_seconds",
    form: Form::Number {
        least: 1,
        most: 86_400,
    },
    default: "10",
    about: "seconds between two scans of a folder the system tells no changes of",
};

/// Which tools `cairn mcp` offers.
pub(crate) static TOOLS: Key = Key {
    name: "tools",
    form: Form::OneOf(&["full", "core", "read-only"]),
    default: "full",
    about: "the tools `cairn mcp` offers",
};

/// What a client of the HTTP transports must present.
pub(crate) static HTTP_TOKEN: Key = Key {
    name: "http_token",
    form: Form::Secret,
    default: "",
    about: "the secret an HTTP client of `cairn mcp` must send; never shown",
};

/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "********";

/// The number of days that never end.
pub(crate) const FOREVER: &str = "forever";

/// Every key, in the order the reference lists them.
pub(crate) static KEYS: [&Key; 27] = [
    &DEFAULT_PROJECT,
    &PERMALINKS_INCLUDE_PROJECT,
    &KEBAB_FILENAMES,
    &DURABILITY,
    &INDEX_CONCURRENCY,
    &CHECKOUT_TIMEOUT,
    &HISTORY_KEEP_ALL_DAYS,
    &HISTORY_KEEP_DAILY_DAYS,
    &HISTORY_KEEP_TRASH_DAYS,
    &WATCH,
    &SCAN_INTERVAL_SECONDS,
    &POLL_INTERVAL_SECONDS,
    &SEMANTIC_SEARCH_ENABLED,
    &SEMANTIC_EMBEDDING_PROVIDER,
    &SEMANTIC_EMBEDDING_MODEL,
    &SEMANTIC_EMBEDDING_API_BASE,
    &SEMANTIC_EMBEDDING_API_KEY,
    &SEMANTIC_EMBEDDING_DIMENSIONS,
    &SEMANTIC_EMBEDDING_FORWARD_DIMENSIONS,
    &SEMANTIC_EMBEDDING_BATCH_SIZE,
    &SEMANTIC_EMBEDDING_QUERY_PREFIX,
    &SEMANTIC_EMBEDDING_DOCUMENT_PREFIX,
    &SEMANTIC_EMBEDDING_THREADS,
    &SEMANTIC_MIN_SIMILARITY,
    &DEFAULT_SEARCH_TYPE,
    &TOOLS,
    &HTTP_TOKEN,
];

impl Key {
    /// Finds a key by name; an unknown name answers with near ones.
    pub(crate) fn find(name: &str) -> Result<&'static Self> {
        if let Some(key) = KEYS.into_iter().find(|key| key.name == name) {
            return Ok(key);
        }
        let failure = Failure::new(Kind::Invalid, format!("there is no key '{name}'"));
        let near = near(name, KEYS.iter().map(|key| key.name));
        Err(
            match (
                name == "projects" || name.starts_with("projects."),
                near.as_slice(),
            ) {
                (true, _) => failure.hint("projects are changed with `cairn project`"),
                (false, []) => failure.hint("list the keys with `cairn config list`"),
                (false, near) => failure.hint(format!("did you mean {}?", near.join(", "))),
            },
        )
    }

    /// Returns the environment variable that overrides it.
    pub(crate) fn variable(&self) -> String {
        format!("CAIRN_{}", self.name.to_uppercase())
    }

    /// Returns what holds where nobody set it.
    pub(crate) fn default(&self) -> Option<Setting> {
        if self.default.is_empty() {
            None
        } else {
            self.parse(self.default).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_refused_in_one_sentence() {
        let cases = [
            (&KEBAB_FILENAMES, "Yes", Ok("true")),
            (
                &KEBAB_FILENAMES,
                "maybe",
                Err("kebab_filenames must be true or false, not 'maybe'"),
            ),
            (&INDEX_CONCURRENCY, "8", Ok("8")),
            (
                &INDEX_CONCURRENCY,
                "-5",
                Err("index_concurrency must be a whole number from 0 to 256, not '-5'"),
            ),
            (&DURABILITY, "OS", Ok("os")),
            (
                &DURABILITY,
                "none",
                Err("durability must be fsync or os, not 'none'"),
            ),
            (&HTTP_TOKEN, "s3cret", Ok(HIDDEN)),
            (
                &HTTP_TOKEN,
                "two words",
                Err("http_token must be printable ASCII without spaces"),
            ),
            (
                &SEMANTIC_EMBEDDING_API_KEY,
                "two words",
                Err("semantic_embedding_api_key must be printable ASCII without spaces"),
            ),
            (&SEMANTIC_EMBEDDING_API_KEY, "sk-1", Ok(HIDDEN)),
            (&SEMANTIC_EMBEDDING_QUERY_PREFIX, "query: ", Ok("query: ")),
            (&SEMANTIC_EMBEDDING_MODEL, " bge-m3\n", Ok("bge-m3")),
            (
                &SEMANTIC_EMBEDDING_MODEL,
                "a\nb",
                Err("semantic_embedding_model must be a text of one line, not 'a\nb'"),
            ),
            (
                &SEMANTIC_EMBEDDING_API_BASE,
                "http://[::1]:8080/v1",
                Ok("http://[::1]:8080/v1"),
            ),
            (
                &SEMANTIC_EMBEDDING_API_BASE,
                "localhost:11434",
                Err(
                    "semantic_embedding_api_base must be an address like http://localhost:11434, without a name or password",
                ),
            ),
            (
                &SEMANTIC_EMBEDDING_API_BASE,
                "https://me:secret@host/v1",
                Err(
                    "semantic_embedding_api_base must be an address like http://localhost:11434, without a name or password",
                ),
            ),
            (&SEMANTIC_MIN_SIMILARITY, "0.55", Ok("0.55")),
            (&SEMANTIC_MIN_SIMILARITY, "1", Ok("1")),
            (
                &SEMANTIC_MIN_SIMILARITY,
                "1.5",
                Err("semantic_min_similarity must be a number from 0 to 1, not '1.5'"),
            ),
            (
                &SEMANTIC_MIN_SIMILARITY,
                "NaN",
                Err("semantic_min_similarity must be a number from 0 to 1, not 'NaN'"),
            ),
            (&HISTORY_KEEP_TRASH_DAYS, "90", Ok("90")),
            (&HISTORY_KEEP_ALL_DAYS, "Forever", Ok("forever")),
            (
                &HISTORY_KEEP_ALL_DAYS,
                "0",
                Err(
                    "history_keep_all_days must be a whole number of days from 1 to 36500, or forever, not '0'",
                ),
            ),
            (&TOOLS, "Read-Only", Ok("read-only")),
            (
                &DEFAULT_PROJECT,
                "",
                Err("default_project must be the name of a project, not ''"),
            ),
        ];
        for (key, text, expected) in cases {
            let read = key.parse(text).map(|setting| setting.to_string());
            assert_eq!(read, expected.map(str::to_owned).map_err(str::to_owned));
        }
    }

    #[test]
    fn the_manual_names_every_key_with_its_default() {
        let manual = include_str!("../../../../docs/config.md");
        for key in KEYS {
            let row = manual
                .lines()
                .find(|line| line.starts_with(&format!("| `{}` |", key.name)));
            let row = row.unwrap_or_else(|| panic!("docs/config.md lacks {}", key.name));
            assert!(row.contains(key.default), "{row}");
            assert!(
                row.contains(
                    key.about
                        .split([',', ';', '('])
                        .next()
                        .unwrap_or_default()
                        .trim()
                ),
                "{row}"
            );
        }
    }

    #[test]
    fn no_key_is_called_foreign() {
        assert!(KEYS.iter().all(|key| !is_foreign(key.name)));
        assert!(is_foreign("semantic_embedding_cache_dir"));
    }

    #[test]
    fn every_default_is_a_value_of_its_key() {
        for key in KEYS {
            assert_eq!(
                key.default().is_none(),
                key.default.is_empty(),
                "{}",
                key.name
            );
        }
    }
}
