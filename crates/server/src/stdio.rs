//! MCP over stdin and stdout.
//!
//! Invariant: stdout carries JSON-RPC alone, and the process is told to end when stdin does.

use crate::mcp::Mcp;
use rmcp::ServiceExt;
use std::io;

/// Serves until stdin ends.
///
/// # Errors
/// When the transport fails.
pub fn stdio(mcp: Mcp) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let service = mcp
            .serve(rmcp::transport::io::stdio_pipes())
            .await
            .map_err(io::Error::other)?;
        service.waiting().await.map_err(io::Error::other)?;
        Ok(())
    })
}
