//! Why a tool did not do what it was asked.
//!
//! A tool that has its own page of guidance for a failure (as the reference has) answers with that; everything else
//! comes here. Invariant: one sentence that names the thing and, where there is one, the way out.

use super::arguments::ArgumentError;
use super::reply::Reply;
use crate::host::HomeError;
use cairn_engine::{Error, Kind};
use rmcp::ErrorData;

/// Why a tool failed. On the wire it is an answer with `isError`.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The arguments are not understood.
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    /// The verb failed.
    #[error(transparent)]
    Engine(#[from] Error),
    /// The registry of projects could not be read or changed.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Anything else, worded by the tool.
    #[error("{message}")]
    Raised {
        /// What is wrong, one sentence without a trailing period.
        message: String,
        /// The way out.
        hint: Option<String>,
    },
}

impl Failure {
    /// Returns a failure in these words.
    pub fn raised(message: impl Into<String>) -> Self {
        Self::Raised {
            message: message.into(),
            hint: None,
        }
    }

    /// Returns the way out. Written for agents: it speaks of tools, not of commands.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Arguments(error) => error.hint(),
            Self::Engine(error) => engine_hint(error),
            Self::Home(error) => error.hint.clone(),
            Self::Raised { hint, .. } => hint.clone(),
        }
    }

    /// Returns the answer that says so.
    pub fn reply(&self) -> Reply {
        let text = match self.hint() {
            Some(hint) => format!("{self}\nHint: {hint}"),
            None => self.to_string(),
        };
        Reply {
            is_error: true,
            ..Reply::text(text)
        }
    }
}

/// A failure where there is no tool to answer with it.
impl From<Failure> for ErrorData {
    fn from(failure: Failure) -> Self {
        let text = match failure.hint() {
            Some(hint) => format!("{failure}; {hint}"),
            None => failure.to_string(),
        };
        match failure {
            Failure::Engine(error) if matches!(error.kind(), Kind::Invalid | Kind::NotFound) => {
                Self::invalid_params(text, None)
            }
            Failure::Arguments(_) | Failure::Raised { .. } => Self::invalid_params(text, None),
            _ => Self::internal_error(text, None),
        }
    }
}

/// The engine's hints name commands of the terminal; an agent has tools instead.
fn engine_hint(error: &Error) -> Option<String> {
    match error {
        Error::NoProject => Some("give project, or see list_memory_projects()".to_owned()),
        Error::UnknownProject { near, .. } if near.is_empty() => {
            Some("see list_memory_projects()".to_owned())
        }
        Error::NotFound { near, .. } if near.is_empty() => {
            Some("look for it with search_notes(query=…)".to_owned())
        }
        Error::NotIndexed { .. } => Some("call sync(), then repeat".to_owned()),
        Error::Root { .. } => {
            Some("make the folder available again; nothing is forgotten".to_owned())
        }
        _ => error.hint(),
    }
}
