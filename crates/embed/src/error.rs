//! What can go wrong when a text becomes a vector.
//!
//! Invariant: every error is one sentence naming the model or the endpoint, and none holds a key.

/// Why there is no vector.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The built-in model did not load or run.
    #[error("the built-in model failed: {reason}")]
    Builtin {
        /// What the runtime says.
        reason: String,
    },
    /// Nobody answers, or not in time.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// The endpoint.
        url: String,
        /// What the connection says.
        reason: String,
    },
    /// The endpoint wants another key.
    #[error("{url} refuses the API key (HTTP {status})")]
    BadKey {
        /// The endpoint.
        url: String,
        /// 401 or 403.
        status: u16,
    },
    /// The endpoint does not know the model, or there is no such endpoint.
    #[error("{url} has no model called {model}: {reason}")]
    NoSuchModel {
        /// The endpoint.
        url: String,
        /// The model asked for.
        model: String,
        /// What the endpoint says.
        reason: String,
    },
    /// Too many requests, even after waiting.
    #[error("{url} is still limiting the rate after {attempts} attempts")]
    RateLimited {
        /// The endpoint.
        url: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// The endpoint is in trouble, even after waiting.
    #[error("{url} failed with HTTP {status} after {attempts} attempts: {reason}")]
    Failing {
        /// The endpoint.
        url: String,
        /// 500 and above.
        status: u16,
        /// How often it was asked.
        attempts: u32,
        /// What the endpoint says.
        reason: String,
    },
    /// The endpoint does not accept the request; asking again would not help.
    #[error("{url} refuses the request (HTTP {status}): {reason}")]
    Refused {
        /// The endpoint.
        url: String,
        /// 400 and above.
        status: u16,
        /// What the endpoint says.
        reason: String,
    },
    /// The answer is not what the protocol promises.
    #[error("{url} gave an answer that makes no sense: {reason}")]
    Garbled {
        /// The endpoint.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The vectors are longer or shorter than the model is said to give.
    #[error("{model} at {url} gives {found} dimensions, not {expected}")]
    WrongDimension {
        /// The endpoint.
        url: String,
        /// The model asked for.
        model: String,
        /// As configured.
        expected: usize,
        /// As answered.
        found: usize,
    },
}

/// Either a value or the reason why there is none.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Builtin { .. } => {
                "search by words goes on; please report this with the output of `cairn doctor`".to_owned()
            }
            Self::Unreachable { .. } => {
                "is the server running, and are the address, the proxy and the certificate right? Search by words goes on".to_owned()
            }
            Self::BadKey { .. } => "check the API key in the configuration".to_owned(),
            Self::NoSuchModel { model, .. } => {
                format!("check the name and the address; with Ollama, `ollama pull {model}` fetches the model")
            }
            Self::RateLimited { .. } | Self::Failing { .. } => {
                "nothing is lost: what is pending is embedded when the server answers again".to_owned()
            }
            Self::Refused { .. } => "check the model and the options of the endpoint".to_owned(),
            Self::Garbled { .. } => {
                "check that the address speaks the configured protocol (openai or ollama)".to_owned()
            }
            Self::WrongDimension { found, .. } => {
                format!("set the model's dimensions to {found} if this is the model you mean")
            }
        }
    }

    /// Whether the same request may succeed later without anything being changed.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::RateLimited { .. } | Self::Failing { .. }
        )
    }

    /// Whether the server may have refused a request because there was too much text in it. Servers disagree on how
    /// to say so.
    pub(crate) fn may_be_of_length(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 400 | 413 | 422,
                ..
            }
        )
    }
}
