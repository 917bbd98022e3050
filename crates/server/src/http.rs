//! MCP over HTTP: the streamable transport of every revision, and the older one of two endpoints.
//!
//! Invariant: no request is served whose Host, Origin or token is not right.

use rmcp::ServerHandler;
use std::io;
use std::net::IpAddr;

/// How HTTP is served.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The address; a token is required when it is not of this machine alone.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The path of the endpoint, with its slash.
    pub path: String,
    /// Which transport.
    pub transport: HttpTransport,
    /// Who may come in.
    pub token: Option<Token>,
    /// Names, besides addresses and this machine's own, under which the server may be reached.
    pub allowed_hosts: Vec<String>,
}

/// Which transport is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpTransport {
    /// One endpoint, every revision since 2025-03-26.
    Streamable,
    /// HTTP with server-sent events of 2024-11-05.
    Sse,
}

/// A secret; never shown.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Returns a token.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Serves until told to stop by a signal; `ready` is called with the address once it listens.
///
/// # Errors
/// When the address cannot be listened on, or a token is missing where one is required.
pub fn http<H: ServerHandler + Clone>(
    _handler: H,
    _options: HttpOptions,
    _ready: impl FnOnce(std::net::SocketAddr) + Send,
) -> io::Result<()> {
    Err(io::Error::other("not built yet"))
}
