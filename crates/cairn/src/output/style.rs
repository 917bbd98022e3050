//! Colours and tables, where the terminal wants them.
//!
//! Invariant: a style that is not for a terminal adds no byte to the text.

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use std::ffi::OsStr;
use std::ops::Range;

/// How text is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    terminal: bool,
    colour: bool,
}

impl Style {
    /// A style for a terminal or not, in colour or not.
    fn new(terminal: bool, colour: bool) -> Self {
        Self {
            terminal,
            colour: terminal && colour,
        }
    }

    /// What a terminal or a pipe gets, as `TERM` and `NO_COLOR` have it.
    pub(crate) fn of(terminal: bool, term: Option<&OsStr>, no_color: Option<&OsStr>) -> Self {
        let dumb = term.is_some_and(|term| term == "dumb");
        let colour = no_color.is_none_or(OsStr::is_empty);
        Self::new(terminal && !dumb, colour)
    }

    /// Whether a person looks at it.
    pub(crate) fn is_terminal(self) -> bool {
        self.terminal
    }

    /// Titles.
    pub(crate) fn bold(self, text: &str) -> String {
        self.dress("1", text)
    }

    /// What stands back.
    pub(crate) fn dim(self, text: &str) -> String {
        self.dress("2", text)
    }

    /// What failed.
    pub(crate) fn red(self, text: &str) -> String {
        self.dress("1;31", text)
    }

    /// What is well.
    pub(crate) fn green(self, text: &str) -> String {
        self.dress("32", text)
    }

    /// What wants attention.
    pub(crate) fn yellow(self, text: &str) -> String {
        self.dress("33", text)
    }

    fn dress(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Dresses the given bytes of a text as matches.
    pub(crate) fn marked(self, text: &str, marks: &[Range<usize>]) -> String {
        let mut marked = String::with_capacity(text.len());
        let mut end = 0;
        for mark in marks {
            // Marks that overlap or cut a character say nothing about the text.
            if let (Some(before), Some(inside)) =
                (text.get(end..mark.start), text.get(mark.clone()))
            {
                marked.push_str(before);
                marked.push_str(&self.dress("1;33", inside));
                end = mark.end;
            }
        }
        marked.push_str(&text[end..]);
        marked
    }

    /// Lays rows out: a table on a terminal, else one line a row with tabs between the cells and no heading.
    pub(crate) fn rows(self, heading: &[&str], rows: &[Vec<String>]) -> String {
        if !self.terminal {
            return rows.iter().map(|row| row.join("\t") + "\n").collect();
        }
        if rows.is_empty() {
            return String::new();
        }
        let mut table = Table::new();
        let arrangement = arrangement(table.width());
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(arrangement);
        table.set_header(heading.iter().map(|title| match self.colour {
            true => Cell::new(title).add_attribute(Attribute::Bold),
            false => Cell::new(title),
        }));
        table.add_rows(rows);
        table.trim_fmt() + "\n"
    }
}

/// Cells are broken to fit a terminal, unless it is too narrow for that or, as in recordings and containers, says 0.
fn arrangement(width: Option<u16>) -> ContentArrangement {
    const NARROWEST: u16 = 40;
    match width {
        Some(width) if width < NARROWEST => ContentArrangement::Disabled,
        _ => ContentArrangement::Dynamic,
    }
}

/// Returns a text of the same length on one line, without anything a terminal would obey.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => line.extend(std::iter::repeat_n(' ', character.len_utf8())),
            false => line.push(character),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_takes_colours_and_tables_away() {
        let style = |terminal, term: &str, no_color: Option<&str>| {
            Style::of(terminal, Some(OsStr::new(term)), no_color.map(OsStr::new))
        };
        assert_eq!(style(true, "xterm", None), Style::new(true, true));
        assert_eq!(style(true, "xterm", Some("")), Style::new(true, true));
        assert_eq!(style(true, "xterm", Some("1")), Style::new(true, false));
        assert_eq!(style(true, "dumb", None), Style::new(false, false));
        assert_eq!(style(false, "xterm", None), Style::new(false, false));
    }

    #[test]
    fn nothing_is_added_where_nobody_looks() {
        let style = Style::new(false, true);
        assert_eq!(style.bold("a") + &style.red("b"), "ab");
        assert_eq!(
            style.rows(&["A", "B"], &[vec!["1".into(), "2".into()]]),
            "1\t2\n"
        );
    }

    #[test]
    fn a_terminal_gets_a_table_in_colour_or_not() {
        let rows = [vec!["1".to_owned(), "2".to_owned()]];
        assert_eq!(
            Style::new(true, false).rows(&["A", "B"], &rows),
            " A  B\n 1  2\n"
        );
        let coloured = Style::new(true, true).marked("green tea", std::slice::from_ref(&(0..5)));
        assert_eq!(coloured, "\x1b[1;33mgreen\x1b[0m tea");
    }

    #[test]
    fn a_terminal_without_a_width_breaks_no_cell() {
        let breaks = |width| matches!(arrangement(width), ContentArrangement::Dynamic);
        assert!(!breaks(Some(0)));
        assert!(breaks(Some(80)) && breaks(None));
    }

    #[test]
    fn marks_that_cut_a_character_are_left_out() {
        assert_eq!(Style::new(true, true).marked("ü", &[0..1, 7..9]), "ü");
    }

    #[test]
    fn no_title_speaks_to_the_terminal() {
        assert_eq!(one_line("a\x1b[2Jb\nc\u{9b}2J"), "a [2Jb c  2J");
    }
}
