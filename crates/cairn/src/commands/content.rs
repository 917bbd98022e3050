//! The text of a note given as an argument or on stdin.
//!
//! Invariant: a mistyped option is never taken for text.

use crate::failure::{Failure, Result};
use cairn_engine::Kind;
use std::io::{self, IsTerminal as _, Read as _};

/// Returns the argument, or all of stdin where it is missing or `-`.
pub(super) fn read(argument: Option<String>) -> Result<String> {
    match argument {
        Some(text) if text == "-" => stdin(),
        Some(text) => Ok(text),
        None if io::stdin().is_terminal() => {
            Err(Failure::invalid("there is no text").hint("give it as an argument, or on stdin"))
        }
        None => stdin(),
    }
}

/// Returns a positional argument, unless it looks like an option nobody declared.
pub(super) fn positional(argument: Option<String>) -> Result<Option<String>> {
    let literal = std::env::args_os().any(|argument| argument == "--");
    match argument {
        Some(text) if !literal && looks_like_option(&text) => Err(Failure::invalid(format!(
            "unexpected argument '{text}' found"
        ))
        .hint(format!("to give it as text, use '-- {text}'"))),
        argument => Ok(argument),
    }
}

/// Whether a text is one word after one or two dashes: `--overwrite`, `-x`.
fn looks_like_option(text: &str) -> bool {
    let word = text
        .strip_prefix("--")
        .or_else(|| text.strip_prefix('-'))
        .unwrap_or_default();
    word.starts_with(|first: char| first.is_ascii_alphabetic())
        && !word.contains(char::is_whitespace)
}

fn stdin() -> Result<String> {
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Failure::invalid("the text on stdin is not UTF-8"),
            _ => Failure::new(Kind::Io, format!("cannot read stdin: {error}")),
        })?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::looks_like_option;

    #[test]
    fn list_items_and_rules_are_text_and_words_with_dashes_are_options() {
        for text in [
            "- item",
            "- [fact] x",
            "---\ntitle: x",
            "-",
            "--",
            "-5",
            "text",
            "-- x",
        ] {
            assert!(!looks_like_option(text), "{text}");
        }
        for option in ["--ovewrite", "-x", "--base=1"] {
            assert!(looks_like_option(option), "{option}");
        }
    }
}
