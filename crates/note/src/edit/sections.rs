//! Edits of one section, named by its heading line.
//!
//! Sections are told by lines, as their editors see them: a heading is a line beginning with `#`s outside fenced
//! code. Underlined headings, and headings inside quotes and lists, begin no section.
//! Invariant: only the section's own body, or nothing but the insertion, differs afterwards.

use std::ops::Range;

use super::{EditError, LineEnding, Subsections};
use crate::blocks::atx_text;
use crate::frontmatter;

/// The section an edit is about.
pub(super) struct Section {
    /// The heading line, trimmed, `#`s included.
    header: String,
}

/// A heading that begins a section.
struct HeadingLine {
    level: usize,
    /// The whole line, its ending included.
    range: Range<usize>,
}

impl Section {
    pub(super) fn named(section: &str) -> Result<Self, EditError> {
        if section.is_empty() {
            return Err(EditError::SectionRequired);
        }
        let header = section.trim();
        if header.is_empty() {
            return Err(EditError::SectionBlank);
        }
        let header = if header.starts_with('#') {
            header.to_owned()
        } else {
            format!("## {header}")
        };
        Ok(Self { header })
    }

    pub(super) fn replace(
        &self,
        text: &str,
        content: &str,
        subsections: Subsections,
    ) -> Result<String, EditError> {
        let headings = headings(text);
        let matching = self.matching(text, &headings);
        let ending = LineEnding::of(text);
        let content = ending.adapt(self.without_own_header(content));
        let content = without_final_newlines(&content);
        match matching[..] {
            [] => Ok(self.added(text, content)),
            [index] => {
                let heading = &headings[index];
                let next = headings[index + 1..].iter().find(|next| match subsections {
                    Subsections::Replace => next.level <= heading.level,
                    Subsections::Keep => true,
                });
                let mut edited = text[..heading.range.end].to_owned();
                match next {
                    Some(next) => {
                        edited.push_str(content);
                        ending.end_line(&mut edited);
                        edited.push_str(ending.as_str());
                        edited.push_str(&text[next.range.start..]);
                    }
                    None if content.is_empty() => {}
                    None => {
                        ending.end_line(&mut edited);
                        edited.push_str(content);
                        if text.ends_with('\n') {
                            edited.push_str(ending.as_str());
                        }
                    }
                }
                Ok(edited)
            }
            _ => Err(EditError::AmbiguousReplacement {
                section: self.header.clone(),
            }),
        }
    }

    /// The text with the section at its end, a blank line above it.
    fn added(&self, text: &str, content: &str) -> String {
        let ending = LineEnding::of(text);
        let mut edited = text.to_owned();
        ending.end_line(&mut edited);
        if !ends_with_blank_line(&edited) {
            edited.push_str(ending.as_str());
        }
        edited.push_str(&self.header);
        edited.push_str(ending.as_str());
        if !content.is_empty() {
            edited.push_str(content);
            edited.push_str(ending.as_str());
        }
        edited
    }

    pub(super) fn insert_before(&self, text: &str, content: &str) -> Result<String, EditError> {
        let at = self.unique(text)?.start;
        let ending = LineEnding::of(text);
        let content = ending.adapt(content);
        let content = without_final_newlines(&content);
        if content.is_empty() {
            return Ok(text.to_owned());
        }
        let mut edited = text[..at].to_owned();
        if !ends_with_blank_line(&edited) {
            edited.push_str(ending.as_str());
        }
        edited.push_str(content);
        edited.push_str(ending.as_str());
        edited.push_str(ending.as_str());
        edited.push_str(&text[at..]);
        Ok(edited)
    }

    pub(super) fn insert_after(&self, text: &str, content: &str) -> Result<String, EditError> {
        let at = self.unique(text)?.end;
        let ending = LineEnding::of(text);
        let content = ending.adapt(content);
        let content = without_final_newlines(&content);
        if content.is_empty() {
            return Ok(text.to_owned());
        }
        let mut edited = text[..at].to_owned();
        let rest = &text[at..];
        let is_open = !edited.ends_with('\n');
        ending.end_line(&mut edited);
        edited.push_str(content);
        if !is_open {
            edited.push_str(ending.as_str());
        }
        if !rest.is_empty() && blank_line(rest) == 0 {
            edited.push_str(ending.as_str());
        }
        edited.push_str(rest);
        Ok(edited)
    }

    fn unique(&self, text: &str) -> Result<Range<usize>, EditError> {
        let headings = headings(text);
        match self.matching(text, &headings)[..] {
            [] => Err(EditError::SectionNotFound {
                section: self.header.clone(),
            }),
            [index] => Ok(headings[index].range.clone()),
            _ => Err(EditError::AmbiguousInsertion {
                section: self.header.clone(),
            }),
        }
    }

    fn matching(&self, text: &str, headings: &[HeadingLine]) -> Vec<usize> {
        headings
            .iter()
            .enumerate()
            .filter(|(_, heading)| text[heading.range.clone()].trim() == self.header)
            .map(|(index, _)| index)
            .collect()
    }

    /// The content without the section's own heading line at its beginning.
    fn without_own_header<'a>(&self, content: &'a str) -> &'a str {
        let start = content.trim_start();
        let (first, rest) = start.split_once('\n').unwrap_or((start, ""));
        if first.trim() == self.header {
            rest.trim_start_matches(['\n', '\r'])
        } else {
            content
        }
    }
}

fn without_final_newlines(content: &str) -> &str {
    content.trim_end_matches(['\n', '\r'])
}

/// Whether nothing, or a blank line, stands before the end of `text`.
pub(super) fn ends_with_blank_line(text: &str) -> bool {
    let Some(line) = text.strip_suffix('\n') else {
        return matches!(text, "" | "\u{feff}");
    };
    line.rsplit('\n')
        .next()
        .is_none_or(|last| last.trim().is_empty())
}

/// The length of the blank line that begins `text`, its ending included; 0 when there is none.
pub(super) fn blank_line(text: &str) -> usize {
    match text.find('\n') {
        Some(end) if text[..end].trim().is_empty() => end + 1,
        _ => 0,
    }
}

/// Where the sections can begin: after the frontmatter, whose comments are no headings.
fn body_start(text: &str) -> usize {
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    frontmatter::body(unmarked).map_or(text.len() - unmarked.len(), |body| text.len() - body.len())
}

/// The text of the first level-1 heading.
pub(super) fn first_h1(text: &str) -> Option<&str> {
    let first = headings(text)
        .into_iter()
        .find(|heading| heading.level == 1)?;
    Some(atx_text(&text[first.range]))
}

fn headings(text: &str) -> Vec<HeadingLine> {
    let mut headings = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut start = body_start(text);
    for line in text[start..].split_inclusive('\n') {
        let end = start + line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        match &fence {
            Some(open) if open.is_closed_by(content) => fence = None,
            Some(_) => {}
            None => {
                fence = Fence::opened_by(content);
                if let Some(level) = heading_level(content) {
                    headings.push(HeadingLine {
                        level,
                        range: start..end,
                    });
                }
            }
        }
        start = end;
    }
    headings
}

/// At most three spaces, one to six `#`, then a space, a tab or nothing.
fn heading_level(line: &str) -> Option<usize> {
    let text = unindented(line)?;
    let rest = text.trim_start_matches('#');
    let level = text.len() - rest.len();
    let is_heading = (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']));
    is_heading.then_some(level)
}

/// The line without its indentation; `None` when that makes it code.
fn unindented(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len() <= 3).then_some(text)
}

/// An open code fence.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let (fence, info) = Self::marks(line)?;
        (fence.mark == '~' || !info.contains('`')).then_some(fence)
    }

    fn is_closed_by(&self, line: &str) -> bool {
        Self::marks(line).is_some_and(|(fence, info)| {
            fence.mark == self.mark && fence.length >= self.length && info.trim().is_empty()
        })
    }

    fn marks(line: &str) -> Option<(Self, &str)> {
        let text = unindented(line)?;
        let mark = text
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        (length >= 3).then_some((Self { mark, length }, info))
    }
}
