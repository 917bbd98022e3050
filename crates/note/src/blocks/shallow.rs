//! A bound on how deeply quotes and lists nest.
//!
//! This masks the markers that would nest deeper before the parser sees them; it does not parse.
//! Invariant: the masked text has every byte that is not such a marker where the body has it.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

/// How many containers one line may open. The parser spends time on every open container for every line, so
/// without a bound a hostile note takes quadratic time; the reference ignores what is deeper than 20.
const DEEPEST: usize = 100;

/// The body as the parser sees it: container markers beyond [`DEEPEST`] on a line are masked by a letter. Every
/// byte keeps its place.
pub(super) fn shallow(body: &str) -> Cow<'_, str> {
    let bytes = body.as_bytes();
    let mut masked: Option<Vec<u8>> = None;
    let mut line = 0;
    loop {
        if let Some(deep) = excess_markers(&bytes[line..]) {
            let copy = masked.get_or_insert_with(|| bytes.to_vec());
            for byte in &mut copy[line + deep.start..line + deep.end] {
                if !matches!(byte, b' ' | b'\t') {
                    *byte = b'x';
                }
            }
        }
        match memchr2(b'\n', b'\r', &bytes[line..]) {
            Some(end) => line += end + 1,
            None => break,
        }
    }
    match masked.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(masked) => Cow::Owned(masked),
        None => Cow::Borrowed(body),
    }
}

/// Where on the line that begins `bytes` the markers stand that may nest too deeply; two columns of white space
/// may continue a container of an earlier line.
fn excess_markers(bytes: &[u8]) -> Option<Range<usize>> {
    let mut at = 0;
    let mut halves = 0;
    let mut deep = None;
    loop {
        let marker = match bytes[at..] {
            [b' ', ..] => {
                halves += 1;
                at += 1;
                continue;
            }
            [b'\t', ..] => {
                halves += 4;
                at += 1;
                continue;
            }
            [b'>', ..] | [b'-' | b'+' | b'*', b' ' | b'\t', ..] => Some(1),
            _ => ordered_marker(&bytes[at..]),
        };
        let Some(length) = marker else { break };
        if halves > 2 * DEEPEST {
            deep.get_or_insert(at);
        }
        halves += 2;
        at += length;
    }
    deep.map(|start| start..at)
}

fn ordered_marker(bytes: &[u8]) -> Option<usize> {
    let digits = bytes
        .iter()
        .take(10)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (digits > 0 && matches!(bytes[digits..], [b'.' | b')', b' ' | b'\t', ..])).then_some(digits + 1)
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, shallow};

    #[test]
    fn masks_only_what_is_too_deep() {
        let deep = format!("a\n{}1. - b > c\n> d", ">".repeat(DEEPEST - 2));
        assert_eq!(shallow(&deep), deep);
        let deeper = format!("{}> 1. * é", ">".repeat(DEEPEST));
        assert_eq!(shallow(&deeper), format!("{}> xx x é", ">".repeat(DEEPEST)));
    }
}
