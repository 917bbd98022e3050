//! Which variables override the configuration.
//!
//! Invariant: of a variable nothing is told but its name, since its value may be a secret.

use crate::failure::Result;
use crate::settings::keys::KEYS;
use crate::settings::{Config, Source, near};
use cairn_engine::doctor::{Check, Finding};
use toml_edit::DocumentMut;

/// The variables with the prefix of keys that are none.
const OTHERS: [&str; 1] = ["CAIRN_HOME"];

/// Merges the environment into the configuration; what cannot be merged is left out and named.
pub(super) fn check(document: &DocumentMut) -> Result<(Config, Finding)> {
    let environment = |name: &str| std::env::var(name).ok();
    match Config::read(document, &environment) {
        Ok(config) => {
            let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
            let finding = overrides(&config, names.collect());
            Ok((config, finding))
        }
        Err(failure) => {
            let hint = failure.hint.unwrap_or_default();
            let finding = Finding::problem(Check::Environment, failure.message, hint);
            Ok((Config::read(document, &|_| None)?, finding))
        }
    }
}

fn overrides(config: &Config, mut names: Vec<String>) -> Finding {
    let variables: Vec<String> = KEYS.iter().map(|key| key.variable()).collect();
    names.retain(|name| name.starts_with("CAIRN_") && !OTHERS.contains(&name.as_str()));
    names.sort();
    let slips: Vec<String> = names
        .iter()
        .filter(|name| !variables.contains(name))
        .filter_map(|name| {
            let near = near(name, variables.iter().map(String::as_str));
            Some(format!("{name}, did you mean {}?", near.first()?))
        })
        .collect();
    if !slips.is_empty() {
        return Finding::warning(
            Check::Environment,
            format!("{} to Cairn", means_nothing(slips.len())),
            "correct the name, or remove it",
        )
        .items(slips);
    }
    let set = config
        .values()
        .filter(|(.., source)| *source == Source::Environment);
    let set: Vec<String> = set.map(|(key, ..)| key.variable()).collect();
    if set.is_empty() {
        return Finding::ok(
            Check::Environment,
            "no variable overrides the configuration",
        );
    }
    let message = match set.len() {
        1 => "1 variable overrides the configuration".to_owned(),
        many => format!("{many} variables override the configuration"),
    };
    Finding::ok(Check::Environment, message).items(set)
}

fn means_nothing(number: usize) -> String {
    match number {
        1 => "1 variable means nothing".to_owned(),
        many => format!("{many} variables mean nothing"),
    }
}
