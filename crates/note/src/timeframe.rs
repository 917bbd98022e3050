//! `7d`, `last week`, `today`, ISO dates → a moment in the past.
use jiff::{Timestamp, Zoned};
/// Why a phrase is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeframeError {
    /// Not understood.
    #[error("'{0}' is not a time I understand")]
    Unknown(String),
    /// More than 365 days back.
    #[error("'{0}' is more than a year back")]
    TooFar(String),
}
/// Look-back window (core.md 8.2): at least one day back, at most 365 days.
pub fn since(text: &str, now: &Zoned) -> Result<Timestamp, TimeframeError> { let _ = (text, now); todo!() }
/// Any moment (`after_date`): no clamp.
pub fn moment(text: &str, now: &Zoned) -> Result<Timestamp, TimeframeError> { let _ = (text, now); todo!() }
