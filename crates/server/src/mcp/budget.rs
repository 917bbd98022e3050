//! How much of an answer fits into the tokens a client has for it.
//!
//! An estimate, not a tokeniser: every model has its own. Invariant: what fits is a prefix of whole lines, unless the
//! first line alone is too long.

/// Returns about how many tokens a text costs: a quarter of its ASCII characters and one for each other, which is
/// near what the common tokenisers do to prose, and on the safe side for other scripts.
pub(crate) fn tokens(text: &str) -> usize {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let others = text
        .chars()
        .filter(|character| !character.is_ascii())
        .count();
    ascii.div_ceil(4) + others
}

/// Returns the largest prefix that costs at most `limit` tokens; `None` when all of it does.
pub(crate) fn prefix(text: &str, limit: usize) -> Option<&str> {
    // Quarters of tokens, so that one pass counts what `tokens` does.
    let mut spent = 0;
    let mut line_end = 0;
    for (at, character) in text.char_indices() {
        spent += if character.is_ascii() { 1 } else { 4 };
        if spent > limit.saturating_mul(4) {
            let end = if line_end == 0 { at } else { line_end };
            return Some(&text[..end]);
        }
        if character == '\n' {
            line_end = at + 1;
        }
    }
    None
}

/// What is left of some lines that cost too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut<'t> {
    /// What is kept.
    pub(crate) kept: &'t str,
    /// The last line that is kept, or begun.
    pub(crate) line: usize,
    /// The last line that was asked for.
    pub(crate) end: usize,
    /// Whether that line is only begun, since it alone is longer than what is allowed.
    pub(crate) is_inside: bool,
}

impl<'t> Cut<'t> {
    /// Cuts lines of which the first has that number; `None` when they are within the limit or there is none.
    pub(crate) fn of(text: &'t str, first_line: usize, limit: Option<usize>) -> Option<Self> {
        let kept = prefix(text, limit?)?;
        let lines = |text: &str| text.split_inclusive('\n').count();
        Some(Self {
            kept,
            line: first_line + lines(kept).saturating_sub(1),
            end: first_line + lines(text).saturating_sub(1),
            is_inside: !kept.ends_with('\n'),
        })
    }

    /// Returns the lines that come after what is kept, as `lines` takes them; none when the last one was begun.
    pub(crate) fn next_lines(&self) -> Option<String> {
        match self.line + 1 {
            next if next > self.end => None,
            next if next == self.end => Some(next.to_string()),
            next => Some(format!("{next}-{}", self.end)),
        }
    }

    /// Returns the line that says that something was cut. `of` is how many lines there are in all, `call` writes the
    /// call that gives other lines.
    pub(crate) fn marker(&self, of: usize, call: impl Fn(&str) -> String) -> String {
        let (line, cost) = (self.line, thousands(tokens(self.kept)));
        match (self.is_inside, self.next_lines()) {
            (false, next) => {
                let next = next.map_or_else(String::new, |next| call(&next));
                format!("[Cut at line {line} of {of}, about {cost} tokens. Continue with {next}]")
            }
            (true, Some(next)) => format!(
                "[Cut inside line {line} of {of}, about {cost} tokens: this line alone is longer than max_tokens. The \
                 lines after it: {}]",
                call(&next)
            ),
            (true, None) => format!(
                "[Cut inside line {line}, the last one, about {cost} tokens: this line alone is longer than \
                 max_tokens. Give more to read all of it]"
            ),
        }
    }
}

/// `12345` as `12,345`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Cut, prefix, thousands, tokens};

    #[test]
    fn whole_lines_are_kept() {
        assert_eq!(prefix("one two\nthree four\n", 3), Some("one two\n"));
        assert_eq!(prefix("one two\nthree four\n", 5), None);
        assert_eq!(prefix("a long first line", 2), Some("a long f"));
        assert_eq!(prefix("你好世界", 2), Some("你好"));
        assert_eq!(prefix("", 1), None);
    }

    #[test]
    fn a_prefix_costs_what_was_allowed() {
        assert_eq!(tokens("one two\n"), 2);
        assert_eq!(tokens("你好"), 2);
    }

    #[test]
    fn a_cut_says_how_to_go_on() {
        let text = "one two\nthree four\nfive\n";
        let cut = |text, limit| Cut::of(text, 10, Some(limit));
        let say = |cut: Cut<'_>| cut.marker(300, |lines| format!("read({lines})"));
        assert_eq!(cut(text, 100), None);
        assert_eq!(Cut::of(text, 10, None), None);
        let whole = cut(text, 3).expect("it costs more");
        assert_eq!(
            (whole.kept, whole.next_lines().as_deref()),
            ("one two\n", Some("11-12"))
        );
        assert_eq!(
            say(whole),
            "[Cut at line 10 of 300, about 2 tokens. Continue with read(11-12)]"
        );
        let two = cut(text, 5).expect("it costs more");
        assert_eq!((two.line, two.next_lines().as_deref()), (11, Some("12")));
        let inside = cut(text, 1).expect("it costs more");
        assert!(inside.is_inside);
        assert_eq!(
            say(inside),
            "[Cut inside line 10 of 300, about 1 tokens: this line alone is longer than max_tokens. The lines after \
             it: read(11-12)]"
        );
        let last = cut("only one line", 1).expect("it costs more");
        assert_eq!(
            (last.kept, last.line, last.next_lines()),
            ("only", 10, None)
        );
    }

    #[test]
    fn thousands_are_parted() {
        for (number, text) in [
            (1, "1"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}
