//! Tables of cases kept beside the tests: one case a line, cells separated by tabs.
//!
//! It is not a CSV reader: there are no quotes and no header.
//! Invariant: a row keeps the number of its line, so that a failing case can be found.

use std::fs;
use std::path::Path;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number of its line in the file, from 1.
    pub line: usize,
    /// What stood between the tabs, escapes replaced.
    pub cells: Vec<String>,
}

/// Reads the cases of a file. Blank lines and lines that begin with `#` are left out.
///
/// In a cell `\n`, `\r`, `\t`, `\\` and `\u{1F680}` stand for the characters they stand for in Rust.
///
/// # Panics
///
/// When the file cannot be read, has no case at all, or a backslash begins none of the above.
pub fn rows(path: impl AsRef<Path>) -> Vec<Row> {
    let path = path.as_ref();
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let rows = parse(&text).unwrap_or_else(|slip| panic!("{}:{slip}", path.display()));
    assert!(!rows.is_empty(), "{} has no case in it", path.display());
    rows
}

fn parse(text: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let cells = line
            .split('\t')
            .map(|cell| {
                unescape(cell).ok_or_else(|| format!("{}: unknown escape in {cell:?}", index + 1))
            })
            .collect::<Result<_, _>>()?;
        rows.push(Row {
            line: index + 1,
            cells,
        });
    }
    Ok(rows)
}

fn unescape(cell: &str) -> Option<String> {
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        rest = escape.get(1..)?;
        match escape.as_bytes()[0] {
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'\\' => out.push('\\'),
            b'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = after;
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_left_out_and_lines_are_numbered() {
        let rows = parse("# a comment\n\none\ttwo words\t\n  \n\u{90e8}\n").expect("a good table");
        let cells = |row: &Row| row.cells.clone();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(cells(&rows[0]), ["one", "two words", ""]);
        assert_eq!(cells(&rows[1]), ["\u{90e8}"]);
    }

    #[test]
    fn escapes_are_replaced_and_unknown_ones_refused() {
        assert_eq!(
            unescape(r"a\n\tb\\c\u{1F680}.").as_deref(),
            Some("a\n\tb\\c\u{1F680}.")
        );
        for slip in [r"\", r"\q", r"\u1", r"\u{110000}", r"\é"] {
            assert_eq!(unescape(slip), None, "{slip}");
        }
        assert_eq!(
            parse("fine\nnot\tfi\\ne\\\n"),
            Err("2: unknown escape in \"fi\\\\ne\\\\\"".to_owned())
        );
    }
}
