//! Tables of cases kept beside the tests: one case a line, cells separated by tabs.
//!
//! It is not a CSV reader: there are no quotes, and a cell is text. Invariant: a table that is not in order
//! fails the test that reads it, and never loses a case in silence.

/// Returns the rows of a table, without the first line, which is its heading.
///
/// # Panics
///
/// When a row does not have `N` cells, or there is no row at all.
///
/// ```
/// let table = "text\tlength\nTee\t3\n";
/// for [text, length] in cairn_testkit::rows(table) {
///     assert_eq!(text.len().to_string(), length);
/// }
/// ```
pub fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    let mut rows = table.lines().skip(1).peekable();
    assert!(rows.peek().is_some(), "a table without a row tests nothing");
    rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("{N} cells: {line:?}"))
    })
}

/// Returns the text a cell stands for: `\n`, `\r`, `\t`, `\0`, `\\`, `\x7f` and `\u{1F680}` mean what they
/// mean in Rust.
///
/// # Panics
///
/// When a backslash begins none of these.
pub fn unescape(cell: &str) -> String {
    unescaped(cell).unwrap_or_else(|| panic!("unknown escape: {cell:?}"))
}

fn unescaped(cell: &str) -> Option<String> {
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let kind = rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        match kind {
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'0' => out.push('\0'),
            b'\\' => out.push('\\'),
            b'x' => {
                out.push(scalar(rest.get(..2)?)?);
                rest = &rest[2..];
            }
            b'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                out.push(scalar(digits)?);
                rest = after;
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(out)
}

fn scalar(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_is_left_out_and_empty_cells_count() {
        let rows: Vec<[&str; 3]> = rows("a\tb\tc\none\ttwo words\t\n\t\t#\n").collect();
        assert_eq!(rows, [["one", "two words", ""], ["", "", "#"]]);
    }

    #[test]
    #[should_panic(expected = "2 cells: \"three\\tcells\\there\"")]
    fn a_row_of_another_length_is_a_slip() {
        let _ = rows::<2>("a\tb\nthree\tcells\there\n").count();
    }

    #[test]
    #[should_panic(expected = "tests nothing")]
    fn a_table_of_nothing_is_a_slip() {
        let _ = rows::<2>("a\tb\n").count();
    }

    #[test]
    fn escapes_are_replaced_and_unknown_ones_refused() {
        assert_eq!(
            unescape(r"a\n\r\t\0b\\n\x7f\u{1F680}é"),
            "a\n\r\t\0b\\n\x7f\u{1F680}é"
        );
        for slip in [r"\", r"\q", r"\x7", r"\x7é", r"\u1", r"\u{110000}", r"\é"] {
            assert_eq!(unescaped(slip), None, "{slip}");
        }
    }
}
