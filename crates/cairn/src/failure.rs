//! What a command ends with when it fails, and the exit code that says so.
//!
//! Not where it is printed. Invariant: every failure of the binary is one sentence, a kind and, where there is
//! one, the way out; the kind alone decides the exit code.

use crate::config_file::ConfigError;
use cairn_engine::Kind;

/// The result of everything in the binary.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What kind of failure it is.
    pub(crate) kind: Kind,
    /// One sentence, without a trailing period.
    pub(crate) message: String,
    /// The way out.
    pub(crate) hint: Option<String>,
    /// Whether a tool worded it, and its kind is not known.
    pub(crate) is_of_tool: bool,
    /// Of a file that is not as it was believed: the checksum it should have, and the one it has unless it is gone.
    pub(crate) checksums: Option<(String, Option<String>)>,
}

impl Failure {
    /// A failure without a hint.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            is_of_tool: false,
            checksums: None,
        }
    }

    /// A tool's answer that says it failed.
    pub(crate) fn of_tool(answer: &str) -> Self {
        let (message, hint) = match answer.split_once("\nHint: ") {
            Some((message, hint)) => (message, Some(hint.to_owned())),
            None => (answer, None),
        };
        Self {
            hint,
            is_of_tool: true,
            ..Self::new(Kind::Io, message)
        }
    }

    /// A request that makes no sense.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// Someone pressed Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        cairn_engine::Error::Cancelled.into()
    }

    /// Adds the way out.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Returns the exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Busy | Kind::Io | Kind::Corrupt => 1,
            Kind::Invalid => 2,
            Kind::NotFound => 3,
            Kind::Conflict => 4,
            Kind::Cancelled => 130,
        }
    }

    /// Returns the kind as programs read it.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            _ if self.is_of_tool => "tool",
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::Invalid => "invalid",
            Kind::Busy => "busy",
            Kind::Io => "io",
            Kind::Corrupt => "corrupt",
            Kind::Cancelled => "cancelled",
        }
    }
}

impl From<cairn_engine::Error> for Failure {
    fn from(error: cairn_engine::Error) -> Self {
        let failure = Self::new(error.kind(), error.to_string());
        let hint = error.hint();
        let checksums = match error {
            cairn_engine::Error::Changed {
                expected, found, ..
            } => Some((expected, found)),
            _ => None,
        };
        Self {
            hint,
            checksums,
            ..failure
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let message = error.to_string();
        match error {
            ConfigError::Io { .. } => Self::new(Kind::Io, message),
            ConfigError::Busy { .. } => Self::new(Kind::Busy, message),
            ConfigError::Syntax { .. } => {
                Self::new(Kind::Corrupt, message).hint("correct that line")
            }
            ConfigError::Value { .. } => Self::new(Kind::Corrupt, message)
                .hint("correct it there, or with `cairn config set` or `unset`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_exit_code() {
        let code = |kind| Failure::new(kind, "").exit_code();
        assert_eq!(code(Kind::Io), 1);
        assert_eq!(code(Kind::Busy), 1);
        assert_eq!(code(Kind::Corrupt), 1);
        assert_eq!(code(Kind::Invalid), 2);
        assert_eq!(code(Kind::NotFound), 3);
        assert_eq!(code(Kind::Conflict), 4);
        assert_eq!(Failure::interrupted().exit_code(), 130);
    }
}
