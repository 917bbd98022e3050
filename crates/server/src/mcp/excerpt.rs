//! Texts as an answer repeats them: on one line, not too long.
//!
//! Invariant: what is cut is marked.

use std::borrow::Cow;

/// Returns the first characters of a text.
pub(super) fn excerpt(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Returns a text with each run of white space as one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the first characters of a text on one line.
pub(super) fn excerpt_line(text: &str, most: usize) -> String {
    excerpt(&one_line(text), most).into_owned()
}
