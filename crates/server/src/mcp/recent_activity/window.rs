//! The window an answer looks back on.
//!
//! Invariant: it is named as it is understood: whole days, or `today`.

use super::super::declaration::{Kind, Need, Parameter};
use super::super::failure::Failure;
use cairn_note::timeframe::{self, TimeframeError};
use jiff::{Timestamp, Zoned};

/// How far to look back.
pub(in crate::mcp) const TIMEFRAME: Parameter = Parameter {
    name: "timeframe",
    kind: Kind::Text,
    need: Need::Default("\"7d\""),
    aliases: &["since", "time_range", "lookback"],
    description: "How far back: 7d, 24h, yesterday, last month",
};

/// A window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mcp) struct Window {
    /// What it is called: `7d`, `today`.
    pub(in crate::mcp) label: String,
    /// A phrase that means it.
    pub(in crate::mcp) phrase: String,
    /// When it begins.
    pub(in crate::mcp) since: Timestamp,
}

/// The window that stands in where none is given.
const USUAL: &str = "7d";
const HOUR: i64 = 3_600;

/// Reads a window; what is still to come is understood as the last day.
pub(in crate::mcp) fn read(text: &str, now: &Zoned) -> Result<Window, Failure> {
    let given = Some(text.trim()).filter(|text| !text.is_empty());
    let mut phrase = given.unwrap_or(USUAL);
    let since = match timeframe::since(phrase, now) {
        Err(TimeframeError::Future(_)) => {
            phrase = "1d";
            timeframe::since(phrase, now)
        }
        result => result,
    };
    let since = since.map_err(|error| refused(&error))?;
    let label = if phrase.eq_ignore_ascii_case("today") {
        "today".to_owned()
    } else {
        let hours = (now.timestamp().as_second() - since.as_second()) / HOUR;
        format!("{}d", ((hours + 12) / 24).max(1))
    };
    Ok(Window {
        label,
        phrase: phrase.to_owned(),
        since,
    })
}

fn refused(error: &TimeframeError) -> Failure {
    match error {
        TimeframeError::TooFar(_) => Failure::raised("Timeframe should be <= 1 year"),
        TimeframeError::Unknown(text) | TimeframeError::Future(text) => Failure::Raised {
            message: format!("Could not parse timeframe: {text}"),
            hint: Some("try 7d, 24h, yesterday, 2 weeks, last month or 2025-01-31".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use jiff::Zoned;

    #[test]
    fn a_window_is_named_in_days() {
        let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
        for (text, label) in [
            ("7d", "7d"),
            ("", "7d"),
            ("24h", "1d"),
            ("36h", "2d"),
            ("1 hour", "1d"),
            ("today", "today"),
            ("yesterday", "1d"),
            ("2 weeks", "14d"),
            ("2025-06-01", "15d"),
            ("tomorrow", "1d"),
            ("1y", "365d"),
        ] {
            let window = read(text, &now).expect("it is understood");
            assert_eq!(window.label, label, "{text}");
        }
    }

    #[test]
    fn what_is_no_window() {
        let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
        let message = |text| read(text, &now).expect_err("it is refused").to_string();
        assert_eq!(message("gobble"), "Could not parse timeframe: gobble");
        assert_eq!(message("3 years ago"), "Timeframe should be <= 1 year");
    }
}
