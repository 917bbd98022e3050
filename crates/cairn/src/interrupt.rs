//! Ctrl-C as a flag the verbs look at.
//!
//! Invariant: the first Ctrl-C asks the verb to stop between two files, the second ends the process at once.

use cairn_engine::Cancel;
use std::sync::Once;

/// Raised by Ctrl-C once [`listen`] was called.
pub(crate) static CANCEL: Cancel = Cancel::new();

/// From here on Ctrl-C raises the flag. Before it, Ctrl-C ends the process as usual.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Where no handler can be set Ctrl-C ends the process, which loses nothing but a progress bar.
        drop(ctrlc::set_handler(|| {
            if CANCEL.is_cancelled() {
                std::process::exit(130);
            }
            CANCEL.cancel();
        }));
    });
}
