//! `- [category] content #tag (context)`: one observation out of the raw text of a paragraph or heading.
//!
//! A line is an observation when a category in brackets begins it or a hashtag stands in it; check boxes, bare
//! links and transcript time codes are not categories.
//! Invariant: reading is one pass of hand-written scanners over the text, so no text makes it slow.

use crate::Observation;
use crate::blocks::{is_space, trim};

/// Reads the text of one paragraph, heading or list item.
pub(crate) fn read(text: &str) -> Option<Observation> {
    let text = trim(text);
    if ["[ ]", "[x]", "[-]"]
        .iter()
        .any(|box_| text.starts_with(box_))
    {
        return None;
    }
    let (category, content) = match category(text) {
        Some((category, content)) => (Some(category), content),
        None if !has_hashtag(text) || is_one_link(text) => return None,
        None => (None, without_empty_brackets(text)),
    };
    let (content, context) = split_context(content);
    if content.is_empty() {
        return None;
    }
    Some(Observation {
        category: category.map(str::to_owned),
        content: content.to_owned(),
        tags: hashtags(content),
        context: context.map(str::to_owned),
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

fn has_hashtag(text: &str) -> bool {
    words(text).any(|word| word.starts_with('#'))
}

/// The category and, of what follows it, the first line.
fn category(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('[')?;
    let end = inside.find(['[', ']', '(', ')'])?;
    let rest = inside[end..].strip_prefix(']')?;
    let content = rest.trim_start_matches(is_space);
    let category = trim(&inside[..end]);
    if content.len() == rest.len() || content.is_empty() || !is_category(category) {
        return None;
    }
    let line = content.split('\n').next().unwrap_or(content);
    Some((category, trim(line)))
}

fn is_category(text: &str) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => false,
        (Some(only), None) => only.is_alphanumeric() && !matches!(only, 'x' | 'X'),
        _ => !is_timecode(text),
    }
}

/// `1:02`, `00:01:42`, `12:03,250`, or a range of two with spaces around its hyphen.
fn is_timecode(text: &str) -> bool {
    let Some(rest) = after_time(text) else {
        return false;
    };
    let hyphen = rest.trim_start_matches(is_space);
    if hyphen.is_empty() {
        return rest.is_empty();
    }
    let Some(after) = hyphen.strip_prefix('-') else {
        return false;
    };
    let second = after.trim_start_matches(is_space);
    hyphen.len() < rest.len() && second.len() < after.len() && after_time(second) == Some("")
}

fn after_time(text: &str) -> Option<&str> {
    let minutes = after_digits(text, 1, 3)?.strip_prefix(':')?;
    let mut rest = after_digits(minutes, 2, 2)?;
    if let Some(seconds) = rest
        .strip_prefix(':')
        .and_then(|text| after_digits(text, 2, 2))
    {
        rest = seconds;
    }
    let fraction = rest
        .strip_prefix(['.', ','])
        .and_then(|text| after_digits(text, 1, 3));
    Some(fraction.unwrap_or(rest))
}

fn after_digits(text: &str, least: usize, most: usize) -> Option<&str> {
    let digits = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    (digits >= least).then(|| &text[digits..])
}

/// Whether the whole text is one `[text](url)` or one `[[link]]`.
fn is_one_link(text: &str) -> bool {
    let Some(label) = balanced(text, b'[', b']') else {
        return false;
    };
    let rest = &text[label..];
    if rest.is_empty() {
        return text.starts_with("[[") && text.ends_with("]]");
    }
    balanced(rest, b'(', b')') == Some(rest.len())
}

/// The length of the group that `open` begins and its matching `close` ends.
pub(crate) fn balanced(text: &str, open: u8, close: u8) -> Option<usize> {
    if text.as_bytes().first() != Some(&open) {
        return None;
    }
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

fn without_empty_brackets(text: &str) -> &str {
    match text.strip_prefix("[]") {
        Some(rest) if rest.starts_with(is_space) => trim(rest),
        _ => text,
    }
}

/// Splits off what stands between the last `(` and a closing `)`.
fn split_context(content: &str) -> (&str, Option<&str>) {
    let parts = content
        .strip_suffix(')')
        .and_then(|inside| Some((inside, inside.rfind('(')?)));
    let Some((inside, at)) = parts else {
        return (content, None);
    };
    let context = trim(&inside[at + 1..]);
    (
        trim(&inside[..at]),
        (!context.is_empty()).then_some(context),
    )
}

/// Every word that begins with `#`; `#a#b` is two tags and a bare `#` is the empty one.
fn hashtags(content: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for tagged in words(content).filter_map(|word| word.strip_prefix('#')) {
        if tagged.contains('#') {
            tags.extend(
                tagged
                    .split('#')
                    .filter(|tag| !tag.is_empty())
                    .map(str::to_owned),
            );
        } else {
            tags.push(tagged.to_owned());
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::read;

    /// `category|content|tag,tag|context`, with `-` for what is absent.
    fn shown(text: &str) -> String {
        read(text).map_or_else(
            || "none".to_owned(),
            |observation| {
                format!(
                    "{}|{}|{}|{}",
                    observation.category.as_deref().unwrap_or("-"),
                    observation.content,
                    observation.tags.join(","),
                    observation.context.as_deref().unwrap_or("-"),
                )
            },
        )
    }

    #[test]
    fn reads_the_grammar() {
        let cases = [
            (
                "[decision] Use it #now (today)",
                "decision|Use it #now|now|today",
            ),
            ("[ two words ] x", "two words|x||-"),
            ("no brackets", "none"),
            ("plain #tag, here", "-|plain #tag, here|tag,|-"),
            ("C# is not a tag", "none"),
            ("an empty one #", "-|an empty one #||-"),
            ("## doubled", "-|## doubled||-"),
            ("[a]no space", "none"),
            ("[a](url) #t", "-|[a](url) #t|t|-"),
            ("[a #b](url #c)", "none"),
            ("[a](b) and [c](d) #t", "-|[a](b) and [c](d) #t|t|-"),
            ("[[A #b]]", "none"),
            ("[[A]] #t [[B]]", "-|[[A]] #t [[B]]|t|-"),
            ("[decision] (only context)", "none"),
            ("[a] text ()", "a|text||-"),
            ("[a] text (a) (b)", "a|text (a)||b"),
            ("[a] one\n  two #t (c)", "a|one||-"),
            ("one\ntwo #t (c)", "-|one\ntwo #t|t|c"),
            ("[  ] two spaces", "none"),
            ("[é] single letter", "é|single letter||-"),
            ("[文] 内容 #标签", "文|内容 #标签|标签|-"),
            ("[(a)] b", "none"),
            ("text (see #x)", "-|text||see #x"),
            ("[1:2] no time code", "1:2|no time code||-"),
            ("[1:02-1:03] no spaces", "1:02-1:03|no spaces||-"),
            ("[1:02 - 1:03] talk", "none"),
            ("[1234:05] four digits", "1234:05|four digits||-"),
            ("[1:02:3] partial", "1:02:3|partial||-"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "for {text:?}");
        }
    }
}
