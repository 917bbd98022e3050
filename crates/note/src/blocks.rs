//! CommonMark blocks with byte ranges: where the paragraphs, headings, code and HTML of a body stand.
//!
//! This walks a body once and hands out its leaf blocks, with the raw source text of those that hold prose; it
//! does not interpret inline markup (a link inside inline code is text like any other).
//! Invariant: leaves come in document order and their ranges never overlap.

mod inline;
mod shallow;

pub(crate) use inline::inline;

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr2, memrchr2};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What a leaf block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A paragraph, also the unwrapped text of a tight list item. A table is one.
    Paragraph,
    /// A heading of level 1–6, of either style.
    Heading(u8),
    /// Fenced or indented code.
    Code,
    /// An HTML block or comment.
    Html,
    /// A thematic break.
    Rule,
}

/// One leaf block.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    body: &'a str,
    containers: &'a [Container],
    /// What it is.
    pub(crate) kind: Kind,
    /// From the first byte of its content to its last, container prefixes of inner lines included.
    pub(crate) range: Range<usize>,
    /// Whether it belongs to a list item: set where an item opens, cleared where one closes, so a paragraph
    /// after a nested list is no longer in an item.
    pub(crate) in_item: bool,
    /// Whether a block quote is around it.
    pub(crate) in_quote: bool,
    /// Where the outermost list item around it begins.
    pub(crate) outer_item: Option<usize>,
}

/// A block around a leaf, outermost first.
#[derive(Debug, Clone, Copy)]
enum Container {
    Quote,
    /// Begins with its marker at this byte.
    Item(usize),
}

/// Whether Python's `str.strip` and `\s` count `c` as white space; Rust's [`char::is_whitespace`] lacks the
/// four separators.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// Trims as [`is_space`] says.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Calls `visit` with every leaf block of `body`, in document order.
pub(crate) fn each_leaf(body: &str, mut visit: impl FnMut(&Leaf<'_>)) {
    let mut walk = Walk {
        body,
        containers: Vec::new(),
        quotes: 0,
        outer_item: None,
        items: 0,
        in_item: false,
        tight: None,
        inside_leaf: false,
    };
    let shallow = shallow::shallow(body);
    for (event, range) in Parser::new_ext(&shallow, Options::empty()).into_offset_iter() {
        walk.step(&event, range, &mut visit);
    }
}

struct Walk<'a> {
    body: &'a str,
    containers: Vec<Container>,
    quotes: usize,
    outer_item: Option<usize>,
    items: usize,
    in_item: bool,
    /// The text of a tight list item seen so far: the parser gives it no paragraph.
    tight: Option<Range<usize>>,
    /// Between the start and the end of a leaf that was handed out.
    inside_leaf: bool,
}

impl Walk<'_> {
    fn step(&mut self, event: &Event<'_>, range: Range<usize>, visit: &mut impl FnMut(&Leaf<'_>)) {
        if self.inside_leaf {
            self.inside_leaf = !matches!(
                event,
                Event::End(
                    TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock
                )
            );
            return;
        }
        match event {
            Event::Start(Tag::Paragraph) => self.open_leaf(Kind::Paragraph, range, visit),
            Event::Start(Tag::Heading { level, .. }) => {
                self.open_leaf(Kind::Heading(level_number(*level)), range, visit);
            }
            Event::Start(Tag::CodeBlock(_)) => self.open_leaf(Kind::Code, range, visit),
            Event::Start(Tag::HtmlBlock) => self.open_leaf(Kind::Html, range, visit),
            Event::Rule => {
                self.flush(visit);
                self.leaf(Kind::Rule, range, visit);
            }
            Event::Start(Tag::Item) => {
                self.flush(visit);
                self.containers.push(Container::Item(range.start));
                self.items += 1;
                self.outer_item.get_or_insert(range.start);
                self.in_item = true;
            }
            Event::End(TagEnd::Item) => {
                self.flush(visit);
                self.containers.pop();
                self.items -= 1;
                if self.items == 0 {
                    self.outer_item = None;
                }
                self.in_item = false;
            }
            Event::Start(Tag::BlockQuote(_)) => {
                self.flush(visit);
                self.containers.push(Container::Quote);
                self.quotes += 1;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                self.flush(visit);
                self.containers.pop();
                self.quotes -= 1;
            }
            Event::Start(Tag::List(_)) | Event::End(TagEnd::List(_)) => self.flush(visit),
            // Anything else outside a leaf is inline: the text of a tight list item.
            _ => {
                let tight = self.tight.get_or_insert_with(|| range.clone());
                tight.end = tight.end.max(range.end);
            }
        }
    }

    fn open_leaf(&mut self, kind: Kind, range: Range<usize>, visit: &mut impl FnMut(&Leaf<'_>)) {
        self.flush(visit);
        self.inside_leaf = true;
        self.leaf(kind, range, visit);
    }

    fn flush(&mut self, visit: &mut impl FnMut(&Leaf<'_>)) {
        if let Some(mut range) = self.tight.take() {
            // The event of an escaped character begins after its backslash.
            if self.body[..range.start].ends_with('\\') {
                range.start -= 1;
            }
            self.leaf(Kind::Paragraph, range, visit);
        }
    }

    fn leaf(&self, kind: Kind, range: Range<usize>, visit: &mut impl FnMut(&Leaf<'_>)) {
        visit(&Leaf {
            body: self.body,
            containers: &self.containers,
            kind,
            range: trimmed(self.body, range),
            in_item: self.in_item,
            in_quote: self.quotes > 0,
            outer_item: self.outer_item,
        });
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn trimmed(body: &str, range: Range<usize>) -> Range<usize> {
    let text = &body[range.clone()];
    let start = range.start + (text.len() - text.trim_start_matches(is_space).len());
    start..start + trim(text).len()
}

impl<'a> Leaf<'a> {
    /// Returns the raw source between the leaf's first and last byte, prefixes of inner lines included.
    pub(crate) fn source(&self) -> &'a str {
        &self.body[self.range.clone()]
    }

    /// Returns the range of the whole lines it stands on, the last line's ending left out.
    pub(crate) fn lines(&self) -> Range<usize> {
        let bytes = self.body.as_bytes();
        let start = line_start(self.body, self.range.start);
        let end = memchr2(b'\n', b'\r', &bytes[self.range.end..]);
        start..end.map_or(bytes.len(), |length| self.range.end + length)
    }

    /// Returns the raw text of a paragraph or heading: markers, container prefixes and indentation removed,
    /// line ends as `\n`, trimmed.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        let mut source = self.source();
        if matches!(self.kind, Kind::Heading(_)) {
            match memrchr2(b'\n', b'\r', source.as_bytes()) {
                // Only an underlined heading has several lines, the last of which is the underline.
                Some(at) => source = &source[..at],
                None => return Cow::Borrowed(atx_text(source)),
            }
            source = source.trim_end_matches(is_space);
        }
        if memchr2(b'\n', b'\r', source.as_bytes()).is_none() {
            return Cow::Borrowed(source);
        }
        Cow::Owned(self.unwrap_lines(source))
    }

    fn unwrap_lines(&self, source: &str) -> String {
        let indent = match self.containers.last() {
            Some(Container::Item(start)) => content_column(self.body, *start),
            Some(Container::Quote) | None => 0,
        };
        let quotes = self
            .containers
            .iter()
            .filter(|container| matches!(container, Container::Quote))
            .count();
        let mut text = String::with_capacity(source.len());
        for (number, line) in lines(source).enumerate() {
            if number == 0 {
                text.push_str(line);
            } else {
                text.push('\n');
                push_without_prefix(line, quotes, indent, &mut text);
            }
        }
        text.truncate(text.trim_end_matches(is_space).len());
        text
    }
}

/// Where the line begins in which `at` stands.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or(0, |newline| newline + 1)
}

/// The lines of `text`, ended by `\n`, `\r\n` or `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = memchr2(b'\n', b'\r', text.as_bytes()) else {
            rest = None;
            return Some(text);
        };
        let ending = if text[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = Some(&text[end + ending..]);
        Some(&text[..end])
    })
}

/// Appends `line` without its first `quotes` quote markers (a lazy line has fewer) and then without `indent`
/// columns of white space; what is left of a tab cut in two becomes spaces.
fn push_without_prefix(line: &str, quotes: usize, indent: usize, text: &mut String) {
    let mut rest = line;
    for _ in 0..quotes {
        let Some(quoted) = rest.trim_start_matches([' ', '\t']).strip_prefix('>') else {
            break;
        };
        rest = quoted.strip_prefix([' ', '\t']).unwrap_or(quoted);
    }
    let mut column = 0;
    let mut bytes = 0;
    while column < indent {
        column += match rest.as_bytes().get(bytes) {
            Some(b' ') => 1,
            Some(b'\t') => 4 - column % 4,
            _ => break,
        };
        bytes += 1;
    }
    text.extend(std::iter::repeat_n(' ', column.saturating_sub(indent)));
    text.push_str(&rest[bytes..]);
}

/// The column, counted from the innermost quote marker before it, at which the content of the list item whose
/// marker stands at `marker` begins.
fn content_column(body: &str, marker: usize) -> usize {
    let start = line_start(body, marker);
    let line = &body[start..];
    let prefix = &line[..marker - start];
    let origin = prefix.rfind('>').map_or(0, |at| {
        at + 1 + usize::from(matches!(line.as_bytes().get(at + 1), Some(b' ' | b'\t')))
    });
    let after_marker = line[prefix.len()..]
        .trim_start_matches([' ', '\t'])
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .get(1..)
        .unwrap_or("");
    let mut column = 0;
    let marker_end = line.len() - after_marker.len();
    for byte in &line.as_bytes()[origin.min(marker_end)..marker_end] {
        column += if *byte == b'\t' { 4 - column % 4 } else { 1 };
    }
    let first = column + 1;
    for byte in after_marker.bytes() {
        match byte {
            b' ' => column += 1,
            b'\t' => column += 4 - column % 4,
            b'\n' | b'\r' => return first,
            _ => return column,
        }
        // Five or more spaces begin indented code one space after the marker.
        if column >= first + 4 {
            return first;
        }
    }
    first
}

/// The text of a `#` heading: without the opening and closing sequences.
pub(crate) fn atx_text(line: &str) -> &str {
    let text = trim(line.trim_start_matches([' ', '\t']).trim_start_matches('#'));
    let open = text.trim_end_matches('#');
    if open.is_empty() || open.ends_with([' ', '\t']) {
        trim(open)
    } else {
        text
    }
}
