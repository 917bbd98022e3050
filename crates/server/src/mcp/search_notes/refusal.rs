//! Why a search was not made, as a page of guidance and as a code.
//!
//! Invariant: the heading follows from the type of the failure, never from its words, and both forms say the same.

use super::ask::shown;
use super::end_of;
use crate::mcp::call::{Call, Format};
use crate::mcp::failure::Failure;
use crate::mcp::reply::Reply;
use cairn_engine::{Error, Kind};
use serde_json::json;

/// Why a search was not made.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nothing to search for.
    NoCriteria,
    /// Meaning alone was to count.
    Semantic(String),
    /// An argument has a word nobody knows.
    Unknown(String),
    /// The engine refused or failed.
    Engine(Error),
}

/// Characters of a cause: a name in it may be as long as somebody made it.
const LONGEST: usize = 500;

/// A refusal in words.
struct Page {
    code: &'static str,
    heading: &'static str,
    message: String,
    hint: String,
}

impl Refusal {
    /// Returns the answer that says so.
    pub(super) fn reply(self, call: &Call<'_>, format: Format, query: &str) -> Reply {
        let projects: Vec<&str> = call
            .engine
            .projects()
            .map(|project| project.settings().name.as_str())
            .collect();
        let page = self.page(query, &projects);
        match format {
            Format::Text => Reply::text(format!(
                "# {}\n\n{}\n\n{}",
                page.heading, page.message, page.hint
            )),
            Format::Json => Reply::json(json!({
                "results": [],
                "current_page": call.arguments.count("page"),
                "page_size": call.arguments.count("page_size"),
                "total": 0,
                "total_is_exact": false,
                "has_more": false,
                "error": page.code,
                "message": page.message,
                "hint": page.hint,
            })),
        }
    }

    fn page(self, query: &str, projects: &[&str]) -> Page {
        match self {
            Self::NoCriteria => Page {
                code: "NO_SEARCH_CRITERIA",
                heading: "No Search Criteria",
                message: "Give at least one of:\n\
                    - query: words, \"a phrase\", AND/OR/NOT, prefix*, tag:name, or a memory:// URL\n\
                    - note_types, categories, entity_types, tags, status, metadata_filters or after_date"
                    .to_owned(),
                hint: "Example: `search_notes(query=\"project planning\")`".to_owned(),
            },
            Self::Semantic(kind) => Page {
                code: "SEMANTIC_SEARCH_DISABLED",
                heading: "Search Failed - Semantic Search Disabled",
                message: format!(
                    "search_type=\"{kind}\" compares meanings, and semantic search is switched off \
                     (`semantic_search_enabled`, CAIRN_SEMANTIC_SEARCH_ENABLED=true switches it on)."
                ),
                hint: by_words(query),
            },
            Self::Unknown(message) => failed(query, &message, None),
            Self::Engine(error) => of(error, query, projects),
        }
    }
}

/// The way out where meaning cannot count.
fn by_words(query: &str) -> String {
    format!(
        "Search by words: `search_notes(query={}, search_type=\"text\")`",
        json!(query)
    )
}

fn failed(query: &str, message: &str, hint: Option<String>) -> Page {
    Page {
        code: "SEARCH_FAILED",
        heading: "Search Failed",
        message: format!(
            "Error searching for '{query}': {}",
            end_of(message, LONGEST)
        ),
        hint: hint.unwrap_or_else(|| "Correct that argument and repeat the call.".to_owned()),
    }
}

fn of(error: Error, query: &str, projects: &[&str]) -> Page {
    let (code, heading) = match (&error, error.kind()) {
        (Error::UnknownProject { .. } | Error::NoProject, _) => {
            let message = match &error {
                Error::UnknownProject { name, .. } => {
                    format!("Project '{}' not found.", shown(name))
                }
                _ => "No project was named, and there is no default project.".to_owned(),
            };
            return Page {
                code: "PROJECT_NOT_FOUND",
                heading: "Search Failed - Project Not Found",
                message: format!("{message} Available projects: {}.", projects.join(", ")),
                hint: "Search one of them with project=…, or all with search_all_projects=true."
                    .to_owned(),
            };
        }
        (Error::Meaningless { .. }, _) => {
            return Page {
                code: "SERVICE_UNAVAILABLE",
                heading: "Search Failed - Service Temporarily Unavailable",
                message: format!(
                    "Error searching for '{query}': {}.",
                    end_of(&error.to_string(), LONGEST)
                ),
                hint: by_words(query),
            };
        }
        (_, Kind::Busy) => (
            "SERVICE_UNAVAILABLE",
            "Search Failed - Service Temporarily Unavailable",
        ),
        (_, Kind::Io) => ("ACCESS_ERROR", "Search Failed - Access Error"),
        (_, Kind::Corrupt) => ("SERVER_ERROR", "Search Failed - Server Error"),
        (Error::Timeframe(_), _) => {
            let hint = "Example: `search_notes(query=\"…\", after_date=\"7d\")`".to_owned();
            return failed(query, &error.to_string(), Some(hint));
        }
        (Error::Filter(_), _) => {
            let hint = "Example: `search_notes(metadata_filters={\"priority\": {\"$gte\": 2}})`"
                .to_owned();
            return failed(query, &error.to_string(), Some(hint));
        }
        _ => {
            let message = error.to_string();
            return failed(query, &message, Failure::Engine(error).hint());
        }
    };
    let cause = end_of(&error.to_string(), LONGEST);
    let message = format!("Error searching for '{query}': {cause}");
    Page {
        code,
        heading,
        message,
        hint: Failure::Engine(error)
            .hint()
            .unwrap_or_else(|| "Repeat the call in a moment.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_heading_follows_from_the_type() {
        let io = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        for (error, heading) in [
            (Error::NoProject, "Search Failed - Project Not Found"),
            (
                Error::BeingWritten {
                    path: "a.md".to_owned(),
                    waited: std::time::Duration::from_secs(1),
                },
                "Search Failed - Service Temporarily Unavailable",
            ),
            (
                Error::Root {
                    path: PathBuf::from("/notes"),
                    source: io(),
                },
                "Search Failed - Access Error",
            ),
            (
                Error::Invalid {
                    message: "there is no access to 'not found'".to_owned(),
                    hint: None,
                },
                "Search Failed",
            ),
        ] {
            let shown = error.to_string();
            let page = of(error, "tea", &["main"]);
            assert_eq!(page.heading, heading, "{shown}");
        }
    }
}
