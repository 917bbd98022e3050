//! Lines as an argument names them.
//!
//! Invariant: what is accepted is a range that has at least one line.

use crate::mcp::call::Call;
use crate::mcp::failure::Failure;
use crate::mcp::next_call::quoted;

/// Returns the first and last line the call asks for, if it does.
pub(in crate::mcp) fn range(call: &Call<'_>) -> Result<Option<(usize, usize)>, Failure> {
    let Some(text) = call.arguments.optional_text("lines") else {
        return Ok(None);
    };
    match parsed(text) {
        Some(lines) => Ok(Some(lines)),
        None => {
            let shown: String = text.chars().take(60).collect();
            Err(Failure::raised(format!(
                "{}: argument 'lines' must be like \"10-20\", \"10\" or \"10-\", not {}",
                call.tool.name,
                quoted(&shown)
            )))
        }
    }
}

/// Reads `10-20`, `10-` (to the end) and `10`.
fn parsed(text: &str) -> Option<(usize, usize)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let first = first.trim().parse().ok()?;
    let last = match last.trim() {
        "" => usize::MAX,
        last => last.parse().ok()?,
    };
    (1 <= first && first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::parsed;

    #[test]
    fn lines_are_read_or_refused() {
        assert_eq!(parsed("10-20"), Some((10, 20)));
        assert_eq!(parsed(" 10 - 20 "), Some((10, 20)));
        assert_eq!(parsed("10-"), Some((10, usize::MAX)));
        assert_eq!(parsed("10"), Some((10, 10)));
        for wrong in ["0-3", "5-4", "-5", "x", "1-2-3", "", "1.5"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
