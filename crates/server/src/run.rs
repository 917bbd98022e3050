//! The one place where async code hands work to a thread that may block.
//!
//! Invariant: a panic in a verb ends the call, never the process.

use std::any::Any;

/// Runs `work` on a thread that may block; `Err` holds the words of a panic.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Ok(value),
        Err(error) if error.is_panic() => Err(words(error.into_panic().as_ref())),
        Err(error) => Err(error.to_string()),
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "an unexpected failure".to_owned())
}
