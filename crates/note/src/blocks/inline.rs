//! Inline code and the destinations of Markdown links, with their bytes.
//!
//! It says nothing of wiki links, which are no Markdown (`relation`). Invariant: a destination's bytes, read by the
//! rules of Markdown, are what the parser found; where that cannot be told, there is none.

use super::shallow;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// What stands inside the paragraphs and headings of a body.
#[derive(Debug, Default)]
pub(crate) struct Inline {
    /// Inline code, with its backticks.
    pub(crate) code: Vec<Range<usize>>,
    /// Where links and images lead, and reference definitions do; by place.
    pub(crate) destinations: Vec<Destination>,
}

/// Where a Markdown link leads.
#[derive(Debug)]
pub(crate) struct Destination {
    /// Its bytes, without brackets.
    pub(crate) range: Range<usize>,
    /// Whether `<` and `>` are around it.
    pub(crate) angled: bool,
}

/// A link or image that has begun.
struct Open {
    /// Where its text ends, as far as was seen.
    text_end: usize,
    /// Where it leads; `None` when it does not say so itself.
    leads: Option<String>,
}

/// Reads a body once.
pub(crate) fn inline(body: &str) -> Inline {
    let shallow = shallow::shallow(body);
    let parser = Parser::new_ext(&shallow, Options::empty());
    let mut found = Inline::default();
    for (_, definition) in parser.reference_definitions().iter() {
        found
            .destinations
            .extend(defined(body, &definition.span, &definition.dest));
    }
    let mut open: Vec<Open> = Vec::new();
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(
                Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    ..
                },
            ) => {
                if link_type == LinkType::Autolink {
                    found.destinations.push(Destination {
                        range: range.start + 1..range.end - 1,
                        angled: true,
                    });
                }
                open.push(Open {
                    text_end: range.start + 1,
                    leads: (link_type == LinkType::Inline).then(|| dest_url.into_string()),
                });
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let closed = open.pop();
                found
                    .destinations
                    .extend(closed.and_then(|closed| written(body, &closed, range.end)));
                seen(&mut open, range.end);
            }
            Event::Code(_) => {
                seen(&mut open, range.end);
                found.code.push(range);
            }
            _ => seen(&mut open, range.end),
        }
    }
    found
        .destinations
        .sort_by_key(|destination| destination.range.start);
    found
}

/// The text of the innermost link reaches at least this far.
fn seen(open: &mut [Open], end: usize) {
    if let Some(innermost) = open.last_mut() {
        innermost.text_end = innermost.text_end.max(end);
    }
}

/// `](destination`, behind the text of a link.
fn written(body: &str, link: &Open, end: usize) -> Option<Destination> {
    let leads = link.leads.as_deref()?;
    let rest = body.get(link.text_end..end)?;
    let at = link.text_end + rest.find("](")? + 2;
    destination(body, at..end, leads)
}

/// `[label]: destination`.
fn defined(body: &str, span: &Range<usize>, leads: &str) -> Option<Destination> {
    let colon = body.get(span.clone())?.find("]:")?;
    destination(body, span.start + colon + 2..span.end, leads)
}

/// The destination that begins within `range`, if it is the one the parser found.
fn destination(body: &str, range: Range<usize>, leads: &str) -> Option<Destination> {
    let text = body.get(range.clone())?;
    let white = [' ', '\t', '\n', '\r'];
    let begins = text.len() - text.trim_start_matches(white).len();
    let text = &text[begins..];
    let start = range.start + begins;
    let (inner, length) = match text.strip_prefix('<') {
        Some(angled) => (1, end_of(angled, |byte, _| byte == b'>')?),
        None => (0, end_of(text, ends_bare).unwrap_or(text.len())),
    };
    let range = start + inner..start + inner + length;
    let raw = &body[range.clone()];
    // Escapes and entities are the parser's to read; without any the bytes are what it says.
    let agrees = raw == leads || raw.contains(['\\', '&']);
    (agrees && !raw.is_empty()).then_some(Destination {
        range,
        angled: inner == 1,
    })
}

/// A destination without brackets ends at white space, or where a parenthesis closes that did not open in it.
fn ends_bare(byte: u8, depth: &mut usize) -> bool {
    match byte {
        b'(' => *depth += 1,
        b')' if *depth == 0 => return true,
        b')' => *depth -= 1,
        _ => return byte.is_ascii_whitespace(),
    }
    false
}

/// The first byte that ends it and is not escaped.
fn end_of(text: &str, ends: impl Fn(u8, &mut usize) -> bool) -> Option<usize> {
    let (mut escaped, mut depth) = (false, 0);
    text.bytes().position(|byte| {
        let end = !escaped && ends(byte, &mut depth);
        escaped = !escaped && byte == b'\\';
        end
    })
}
