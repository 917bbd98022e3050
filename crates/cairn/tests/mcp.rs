//! The built binary as a server and as what sets up its clients: how it begins, what it is constrained to, how it
//! ends.
//!
//! Not what the tools answer (that is tested beside them). Configuration and home are temporary folders.

#![allow(clippy::unwrap_used)]

#[path = "commands/bench.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the commands, which use more of it"
)]
mod bench;
#[path = "mcp/config.rs"]
mod config;
#[path = "mcp/http.rs"]
mod http;
#[path = "mcp/install.rs"]
mod install;
#[path = "mcp/lifecycle.rs"]
mod lifecycle;
#[path = "mcp/server.rs"]
mod server;
#[path = "mcp/tool.rs"]
mod tool;
