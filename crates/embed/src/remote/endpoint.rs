//! Where a model is, and how patiently it is asked.
//!
//! It sends nothing. Invariant: a key never shows in what is printed.

use std::{fmt, time::Duration};

use super::Protocol;
use crate::Prefixes;

/// A key that is not shown by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Takes the key as it is sent.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The header it travels in.
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A way around a wall, with the hosts that are reached without it.
#[derive(Clone, PartialEq, Eq)]
pub struct Detour {
    /// The proxy's address, which may hold a password.
    pub proxy: String,
    /// Hosts as in `NO_PROXY`, with commas between them.
    pub except: String,
}

impl fmt::Debug for Detour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Detour(…)")
    }
}

/// Where a model is, and how to ask it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The language it speaks.
    pub protocol: Protocol,
    /// The address, with or without the path: `https://api.openai.com/v1`, `http://localhost:11434`.
    pub url: String,
    /// The model's name at that address.
    pub model: String,
    /// Tells apart models of one name, where the caller knows more than the name.
    pub revision: String,
    /// How long its vectors are.
    pub dimensions: usize,
    /// Whether the model is asked for vectors of that length, which few models allow.
    pub asks_for_dimensions: bool,
    /// What it wants before questions and passages.
    pub prefixes: Prefixes,
    /// Sent as a bearer token.
    pub key: Option<Key>,
    /// A proxy to go through.
    pub detour: Option<Detour>,
    /// How many texts go into one request.
    pub batch: usize,
    /// How many bytes of text go into one request; a longer text goes alone.
    pub batch_bytes: usize,
    /// How long a question may take, which is asked once: somebody waits for it.
    pub question_timeout: Duration,
    /// How long one request with passages may take.
    pub timeout: Duration,
    /// How often one request with passages is sent at most.
    pub attempts: u32,
    /// How long to wait before the second attempt; doubled before each further one.
    pub pause: Duration,
    /// The longest wait, whatever the server asks for.
    pub longest_pause: Duration,
}

impl Endpoint {
    /// An endpoint with everything else as it suits most. One request ends after five and a half minutes at the
    /// latest: four attempts and the pauses between them.
    pub fn new(
        protocol: Protocol,
        url: impl Into<String>,
        model: impl Into<String>,
        dimensions: usize,
    ) -> Self {
        Self {
            protocol,
            url: url.into(),
            model: model.into(),
            revision: protocol.name().to_owned(),
            dimensions,
            asks_for_dimensions: false,
            prefixes: Prefixes::default(),
            key: None,
            detour: None,
            batch: 32,
            batch_bytes: 256 << 10,
            question_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            attempts: 4,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
        }
    }

    pub(super) fn prefixed(&self, text: &str, role: crate::Role) -> String {
        let Prefixes { query, passage } = &self.prefixes;
        match role {
            crate::Role::Query => format!("{query}{text}"),
            crate::Role::Passage => format!("{passage}{text}"),
        }
    }
}
