//! Where the links of a text stand, so that one can be given another target and no other byte changes.
//!
//! It finds wiki links, embeds, Markdown links and images, reference definitions and `<memory://…>`. Code, inline
//! code and HTML blocks hold none, nor does frontmatter. What a target means is not decided here.
//! Invariant: spans come in order, lie inside the text and never overlap.

use super::without_scheme;
use crate::blocks::{self, Kind, Leaf, inline, is_space};
use crate::{parse, relation};
use memchr::memmem;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// How a link is written, and so how its target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `[[target]]`: as it is.
    Wiki,
    /// `[text](target)`: escaped and percent-encoded.
    Markdown,
    /// `[text](<target>)`: as [`Form::Markdown`], but spaces may stand in it.
    Angled,
}

/// A link's target in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSpan {
    /// How it is written.
    pub form: Form,
    /// The whole target, without brackets, alias and title.
    pub range: Range<usize>,
    /// Whether it is a `memory://` URL.
    pub is_url: bool,
    /// The `project` of `project::name`.
    pub project: Option<Range<usize>>,
    /// What may be the name in it: all of it and, where there is a `#`, what stands before. A Markdown link has only
    /// the last.
    pub names: Vec<Range<usize>>,
}

/// Returns the links of a note's text.
pub fn spans(text: &str) -> Vec<LinkSpan> {
    let start = parse::body_start(text);
    let body = &text[start..];
    let stripped = body.trim_start_matches(is_space);
    let start = start + body.len() - stripped.len();
    let inline = inline(stripped);
    let mut found = Vec::new();
    blocks::each_leaf(stripped, |leaf| wiki(leaf, &mut found));
    found.retain(|target| !meets(&inline.code, target));
    let mut spans: Vec<LinkSpan> = found
        .into_iter()
        .filter_map(|target| span(stripped, Form::Wiki, target))
        .collect();
    spans.extend(inline.destinations.into_iter().filter_map(|destination| {
        let form = if destination.angled {
            Form::Angled
        } else {
            Form::Markdown
        };
        span(stripped, form, destination.range)
    }));
    spans.sort_by_key(|span| span.range.start);
    let mut end = 0;
    spans.retain(|span| {
        let is_free = span.range.start >= end;
        end = end.max(span.range.end);
        is_free
    });
    for span in &mut spans {
        let ranges = std::iter::once(&mut span.range).chain(&mut span.project);
        for range in ranges.chain(&mut span.names) {
            *range = start + range.start..start + range.end;
        }
    }
    spans
}

/// Returns the text with other words in some places, which are in order and do not overlap.
pub fn rewrite(text: &str, places: &[(Range<usize>, String)]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for (range, words) in places {
        result.push_str(&text[from..range.start]);
        result.push_str(words);
        from = range.end;
    }
    result.push_str(&text[from..]);
    result
}

/// The targets of one leaf's wiki links, as `relation` reads them.
fn wiki(leaf: &Leaf<'_>, found: &mut Vec<Range<usize>>) {
    if matches!(leaf.kind, Kind::Code | Kind::Html | Kind::Rule) {
        return;
    }
    let source = leaf.source();
    let mut from = 0;
    while let Some(open) = memmem::find(&source.as_bytes()[from..], b"[[") {
        let start = from + open + 2;
        let Some(end) = relation::outermost_end(source.as_bytes(), start) else {
            return;
        };
        let target = &source[start..end];
        let named = target.split('|').next().unwrap_or_default();
        // In a table the bar before an alias is escaped.
        let named = match named.strip_suffix('\\') {
            Some(escaped) if named.len() < target.len() => escaped,
            _ => named,
        };
        if !named.contains(['\n', '\r', '\0']) && !named.contains("[[") {
            let at = leaf.range.start + start;
            found.push(at..at + named.len());
        }
        from = end + 2;
    }
}

/// Whether a range shares a byte with one of those, which are in order.
fn meets(others: &[Range<usize>], range: &Range<usize>) -> bool {
    let after = others.partition_point(|other| other.end <= range.start);
    others
        .get(after)
        .is_some_and(|other| other.start < range.end)
}

/// The parts of a target; `None` when it names nothing a note could be.
fn span(body: &str, form: Form, range: Range<usize>) -> Option<LinkSpan> {
    let range = trimmed(body, range);
    let text = &body[range.clone()];
    let rest = without_scheme(text);
    let is_url = rest.is_some();
    if form != Form::Wiki && !is_url && has_scheme(text) {
        return None;
    }
    let mut name = range.end - rest.unwrap_or(text).len()..range.end;
    let mut project = None;
    if (form == Form::Wiki || is_url)
        && let Some(at) = body[name.clone()].find("::")
    {
        let before = trimmed(body, name.start..name.start + at);
        let after = trimmed(body, name.start + at + 2..name.end);
        if !before.is_empty() && !after.is_empty() {
            let slashes =
                body[after.clone()].len() - body[after.clone()].trim_start_matches('/').len();
            project = Some(before);
            name = after.start + slashes..after.end;
        }
    }
    let heading = body[name.clone()].find('#');
    let before = heading.map(|at| trimmed(body, name.start..name.start + at));
    let names: Vec<_> = match before {
        Some(before) if form != Form::Wiki => vec![before],
        Some(before) => vec![name, before],
        None => vec![name],
    };
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then_some(LinkSpan {
        form,
        range,
        is_url,
        project,
        names,
    })
}

fn trimmed(body: &str, range: Range<usize>) -> Range<usize> {
    let text = &body[range.clone()];
    let start = range.start + text.len() - text.trim_start_matches(is_space).len();
    start..start + text.trim_matches(is_space).len()
}

/// Whether a destination is a URL of some scheme, or begins as one of another host does.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else {
        return text.starts_with("//");
    };
    scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'))
}

impl Form {
    /// Returns what a target, or a part of it, says.
    pub fn read(self, written: &str) -> Cow<'_, str> {
        if self == Self::Wiki || !written.contains(['\\', '%']) {
            return Cow::Borrowed(written);
        }
        let mut bytes = Vec::with_capacity(written.len());
        let mut rest = written.as_bytes();
        while let [first, tail @ ..] = rest {
            rest = match (first, tail) {
                (b'\\', [sign, tail @ ..]) if sign.is_ascii_punctuation() => {
                    bytes.push(*sign);
                    tail
                }
                (b'%', [high, low, tail @ ..]) => match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => {
                        bytes.push(high << 4 | low);
                        tail
                    }
                    _ => {
                        bytes.push(b'%');
                        &rest[1..]
                    }
                },
                _ => {
                    bytes.push(*first);
                    tail
                }
            };
        }
        String::from_utf8(bytes).map_or(Cow::Borrowed(written), Cow::Owned)
    }

    /// Returns how a name is written in such a link, with the encoding `like` has; `None` when it cannot be.
    pub fn write(self, name: &str, like: &str) -> Option<String> {
        if self == Self::Wiki {
            let broken = name.contains(['|', '\n', '\r', '\0'])
                || name.contains("[[")
                || name.contains("]]")
                || name.contains("::")
                || name.ends_with([']', '\\'])
                || name.starts_with('[');
            return (!broken).then(|| name.to_owned());
        }
        let encoded = like.as_bytes().windows(2);
        let encodes_letters = encoded
            .clone()
            .any(|pair| pair[0] == b'%' && digit(pair[1]).is_some_and(|digit| digit >= 8));
        let spaces_stay = self == Self::Angled && !like.contains("%20");
        let mut written = String::with_capacity(name.len() + 8);
        for character in name.chars() {
            let encode = match character {
                ' ' => !spaces_stay,
                '(' | ')' => self == Self::Markdown,
                '<' | '>' | '%' | '#' | '?' | ':' | '\\' | '&' | '`' => true,
                other if other.is_ascii() => other.is_ascii_control(),
                other => encodes_letters || other.is_whitespace(),
            };
            if encode {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    // Writing to a String cannot fail.
                    let _ = write!(written, "%{byte:02X}");
                }
            } else {
                written.push(character);
            }
        }
        Some(written)
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
