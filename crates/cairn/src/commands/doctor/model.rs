//! Whether there is a model for search by meaning, and whether it answers.
//!
//! Not whether notes have vectors. Invariant: nobody but the configured server is asked, once and not for long.

use crate::settings::{Config, embedder};
use cairn_embed::{Embedder, Role};
use cairn_engine::doctor::{Check, Finding};

/// Asks the model for one vector.
pub(super) fn check(config: &Config) -> Finding {
    let model = match embedder(config) {
        Ok(Some(model)) => model,
        Ok(None) => return Finding::ok(Check::Model, "search by meaning is turned off"),
        Err(failure) => {
            let hint = failure.hint.unwrap_or_default();
            return Finding::problem(Check::Model, failure.message, hint);
        }
    };
    asked(&*model)
}

fn asked(model: &dyn Embedder) -> Finding {
    match model.embed(&["tea"], Role::Query) {
        Ok(_) => Finding::ok(Check::Model, format!("{} answers", model.id())),
        // The server may be there again tomorrow, and until then search goes by words.
        Err(error) if error.is_passing() => {
            Finding::warning(Check::Model, error.to_string(), error.hint())
        }
        Err(error) => Finding::problem(Check::Model, error.to_string(), error.hint()),
    }
}
