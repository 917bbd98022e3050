//! Markdown to a line of plain text, lightly.
//!
//! It is for showing, not for parsing: what looks like markup goes, and no word does, but for the address of a
//! link. Invariant: no line break, no two spaces in a row, none at an end.

/// Returns the text on one line, without the marks of headings, lists, quotes, fences, tables, links and emphasis.
pub(super) fn clean(text: &str) -> String {
    let mut out = Out {
        text: String::with_capacity(text.len()),
    };
    for line in text.lines() {
        let line = without_markers(line);
        if !is_rule(line) {
            inline(line, &mut out);
            out.push(' ');
        }
    }
    let end = out.text.trim_end().len();
    out.text.truncate(end);
    out.text
}

struct Out {
    text: String,
}

impl Out {
    fn push(&mut self, character: char) {
        if !character.is_whitespace() && !character.is_control() {
            self.text.push(character);
        } else if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }
}

/// The line without what makes it a quote, a heading, a list item or a task.
fn without_markers(line: &str) -> &str {
    let mut line = line.trim();
    while let Some(rest) = line.strip_prefix('>') {
        line = rest.trim_start();
    }
    let heading = line.trim_start_matches('#');
    if heading.len() < line.len()
        && line.len() - heading.len() <= 6
        && heading.starts_with([' ', '\t'])
    {
        return heading.trim_start().trim_end_matches('#').trim_end();
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match line.as_bytes().get(digits) {
        Some(b'-' | b'*' | b'+') if digits == 0 => 1,
        Some(b'.' | b')') if (1..=9).contains(&digits) => digits + 1,
        _ => return line,
    };
    let Some(item) = line[marker..].strip_prefix([' ', '\t']) else {
        return line;
    };
    let item = item.trim_start();
    let task = ["[ ] ", "[x] ", "[X] "]
        .into_iter()
        .find_map(|task| item.strip_prefix(task));
    task.unwrap_or(item)
}

/// A fence, a thematic break, or the line under a table's head.
fn is_rule(line: &str) -> bool {
    let is_fence = line.starts_with("```") || line.starts_with("~~~");
    is_fence || (line.len() >= 3 && line.bytes().all(|byte| b"-=_*|: ".contains(&byte)))
}

fn inline(line: &str, out: &mut Out) {
    let is_row = line.starts_with('|') && line.ends_with('|');
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some((label, after)) = link(rest) {
            label.chars().for_each(|character| out.push(character));
            rest = after;
            continue;
        }
        let marks = ["**", "~~", "`"]
            .into_iter()
            .find(|marks| rest.starts_with(marks));
        let length = marks.map_or(character.len_utf8(), str::len);
        if marks.is_none() {
            out.push(if is_row && character == '|' {
                ' '
            } else {
                character
            });
        }
        rest = &rest[length..];
    }
}

/// What a link or embed at the beginning shows, and what follows it.
fn link(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('!').unwrap_or(text).strip_prefix('[')?;
    if let Some(inner) = inner.strip_prefix('[') {
        let (target, after) = inner.split_once("]]")?;
        return Some((target.rsplit('|').next().unwrap_or(target).trim(), after));
    }
    let (label, after) = inner.split_once("](")?;
    let (_, after) = after.split_once(')')?;
    (!label.contains('[')).then_some((label, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (text, expected) in [
            ("# Tea\n\nGreen  **tea** is `hot`.", "Tea Green tea is hot."),
            (
                "- [fact] warm #tag (why)\n  - [x] done\n3. third",
                "[fact] warm #tag (why) done third",
            ),
            ("> quote\n>> deeper", "quote deeper"),
            (
                "see [[notes/Tea|the tea]], [[Milk]] and ![[cup.png]]",
                "see the tea, Milk and cup.png",
            ),
            ("[text](https://example.org/a) ![](x.png)!", "text !"),
            ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a b 1 2"),
            ("```rust\nlet a = b[0];\n```", "let a = b[0];"),
            ("a\r\n\r\n---\r\nb\t c", "a b c"),
            ("__init__ 2 * 3 [open", "__init__ 2 * 3 [open"),
            ("", ""),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }
}
