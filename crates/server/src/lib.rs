//! The wire: the engine's verbs for programs. MCP today; REST and a web page come here too.
//!
//! The only async room. It decides nothing about notes: a tool reads arguments, calls one verb and words the answer.
//! Invariant: no verb runs on a thread that serves the wire, and stdout belongs to the protocol alone.

mod host;
mod http;
mod mcp;
mod run;
mod stdio;
mod wire;

pub use host::{Diagnostics, Heard, Home, HomeError, Host, HostOptions, Indexing};
pub use http::{HttpOptions, HttpTransport, Token, http, http_until};
pub use mcp::arguments::{ArgumentError, Arguments};
pub use mcp::call::Call;
pub use mcp::declaration::{Declaration, Effect, Kind, Need, Parameter, Produces, Profile};
pub use mcp::failure::Failure;
pub use mcp::reply::{Body, Reply};
pub use mcp::revisions::json as revision_json;
pub use mcp::schema_json;
pub use mcp::tools::{TOOLS, call, tool};
pub use mcp::{Mcp, ToolSet, listed};
pub use stdio::{connection, stdio};
