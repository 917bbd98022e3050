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

#[cfg(test)]
mod tests {
    use super::{prefix, tokens};

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
}
