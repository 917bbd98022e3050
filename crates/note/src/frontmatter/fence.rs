//! Where the YAML block stands.
//!
//! Two rules: the lenient one that reading uses, and the strict one of text that is written back.
//! Invariant: offsets are line starts (or the ends) of the given text; nothing is copied.

use std::ops::Range;

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The lines between the fences.
    pub(super) yaml: Range<usize>,
    /// Where the line after the closing fence begins.
    pub(super) body: usize,
}

/// What the strict rule sees.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Strict {
    /// No opening fence.
    Absent,
    /// An opening fence and no closing one.
    Unclosed,
    /// A block.
    Closed(Block),
}

/// The length of a leading byte order mark.
pub(super) fn mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    }
}

/// Finds the block as reading does: after any blank space, between lines of three or more hyphens.
pub(super) fn lenient(text: &str) -> Option<Block> {
    let from = mark(text);
    let start = text.len() - text[from..].trim_start_matches(is_space).len();
    let first_end = line_end(text, start);
    if !is_lenient_fence(&text[start..first_end]) {
        return None;
    }
    close(text, first_end, is_lenient_fence)
}

/// Finds the block as writing does: after any blank lines, between lines of exactly three hyphens.
pub(super) fn strict(text: &str) -> Strict {
    let mut start = mark(text);
    while start < text.len() {
        let end = line_end(text, start);
        let line = &text[start..end];
        if is_strict_fence(line) {
            return close(text, end, is_strict_fence).map_or(Strict::Unclosed, Strict::Closed);
        }
        if !line.chars().all(is_space) {
            break;
        }
        start = end;
    }
    Strict::Absent
}

fn close(text: &str, yaml_start: usize, is_fence: fn(&str) -> bool) -> Option<Block> {
    let mut line = yaml_start;
    while line < text.len() {
        let end = line_end(text, line);
        if matches!(text.as_bytes()[line], b'-' | 0) && is_fence(&text[line..end]) {
            return Some(Block {
                yaml: yaml_start..line,
                body: end,
            });
        }
        line = end;
    }
    None
}

/// Where the line that begins at `start` ends, its line feed included.
pub(super) fn line_end(text: &str, start: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at + 1)
}

/// Python's blank space, and NUL, which is read as absent.
fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\0' | '\u{1c}'..='\u{1f}')
}

fn is_lenient_fence(line: &str) -> bool {
    let rest = line.trim_start_matches(['-', '\0']);
    let hyphens = line[..line.len() - rest.len()]
        .bytes()
        .filter(|byte| *byte == b'-')
        .count();
    hyphens >= 3 && rest.chars().all(is_space)
}

fn is_strict_fence(line: &str) -> bool {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    line.trim_end_matches([' ', '\t']) == "---"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Option<(&str, &str)> {
        lenient(text).map(|block| (&text[block.yaml], &text[block.body..]))
    }

    #[test]
    fn reading_takes_any_fence_of_hyphens() {
        assert_eq!(split("---\na: 1\n---\nBody"), Some(("a: 1\n", "Body")));
        assert_eq!(
            split("\u{feff}\n \n  -----  \r\na: 1\r\n----\t\r\nBody"),
            Some(("a: 1\r\n", "Body"))
        );
        assert_eq!(split("---\n---"), Some(("", "")));
        assert_eq!(split("\0-\0--\na: 1\n--\0-\nx"), Some(("a: 1\n", "x")));
    }

    #[test]
    fn reading_wants_both_fences_on_lines_of_their_own() {
        for text in [
            "",
            "-",
            "--\na: 1\n--\n",
            "---",
            "---\na: 1\n",
            "--- a\n---\n",
            "+++\na = 1\n+++\n",
            "x\n---\na: 1\n---\n",
        ] {
            assert_eq!(split(text), None, "{text:?}");
        }
        assert_eq!(split("---\na: 1\n --- \n"), None);
        assert_eq!(split("---\\na: 1\\n---\\nBody"), None);
    }

    #[test]
    fn writing_takes_three_hyphens_only() {
        let closed = |text: &str| matches!(strict(text), Strict::Closed(_));
        assert!(closed("\n \n---  \na: 1\n---\t\n"));
        assert!(closed("\u{feff}---\r\n---\r\n"));
        assert_eq!(strict("----\na: 1\n----\n"), Strict::Absent);
        assert_eq!(strict(" ---\na: 1\n---\n"), Strict::Absent);
        assert_eq!(strict("---\na: 1\n----\n"), Strict::Unclosed);
        assert_eq!(strict(""), Strict::Absent);
    }
}
