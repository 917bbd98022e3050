//! `basic_memory_diagnostics`.
//!
//! What a report of a fault needs. Invariant: no secret is shown; the machine has removed them.

use super::call::Call;
use super::declaration::{Declaration, Effect, Produces, Profile};
use super::failure::Failure;
use super::reply::Reply;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "basic_memory_diagnostics",
    title: "Basic Memory Diagnostics",
    description: "Version, system and configuration (without secrets), for a report of a fault.",
    parameters: &[],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["diagnostics"],
    profile: Profile::Full,
    produces: Produces::Text,
    call: run,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "every tool may fail, and this one does not"
)]
fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let found = call.host.home().diagnostics();
    let (exists, config) = match &found.config {
        Some(config) => ("True", config.trim_end()),
        None => ("False", "<config file not found>"),
    };
    let fence = fence(config);
    Ok(Reply::text(format!(
        "# Basic Memory Diagnostics\n\n\
         ## Version\n- cairn: {}\n- API: v2\n\n\
         ## System\n- Platform: {}\n- Architecture: {}\n\n\
         ## Configuration\n- Config path: {}\n- Config exists: {exists}\n\n\
         {fence}toml\n{config}\n{fence}",
        env!("CARGO_PKG_VERSION"),
        found.platform,
        found.architecture,
        found.config_path.display(),
    )))
}

/// A fence that nothing in the text closes.
fn fence(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}
