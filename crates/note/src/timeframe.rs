//! `7d`, `last week`, `today`, ISO dates: a phrase and the time it is now give a moment.
//!
//! This file knows English phrases and no clock; what a look-back window selects is the index's affair.
//! Invariant: days, weeks, months and years are calendar steps in the zone of `now`, so a change to summer time moves
//! no window.

mod calendar;
mod phrase;

use jiff::{Timestamp, ToSpan, Unit, Zoned};

/// Why a phrase is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeframeError {
    /// Not understood.
    #[error(
        "'{0}' is not a time I understand; try '7d', '2 weeks', 'yesterday', 'last month' or a date as 2025-01-31"
    )]
    Unknown(String),
    /// More than 365 days back.
    #[error("'{0}' is more than a year back")]
    TooFar(String),
    /// Still to come, where only the past can be looked back on.
    #[error("'{0}' is in the future")]
    Future(String),
}

/// The farthest a window reaches back, in days, as in the reference.
const LONGEST: i32 = 365;

/// Returns where a look-back window begins: at least one day before `now`, at most 365 days or a calendar year.
///
/// # Errors
/// The phrase is not understood, reaches farther back, or names a time after `now`.
pub fn since(text: &str, now: &Zoned) -> Result<Timestamp, TimeframeError> {
    let (moment, _) = past(text, now)?;
    let day_back = now.checked_sub(1.day()).unwrap_or_else(|_| now.clone());
    Ok(moment.min(day_back).timestamp())
}

/// Returns the window of [`since`] as whole days, at least `1d`.
///
/// # Errors
/// As [`since`].
pub fn normalise(text: &str, now: &Zoned) -> Result<String, TimeframeError> {
    let (_, days) = past(text, now)?;
    Ok(format!("{}d", days.max(1)))
}

/// Returns any moment, of the past or the future, without bounds; a bare duration counts back from `now`.
///
/// # Errors
/// The phrase is not understood.
pub fn moment(text: &str, now: &Zoned) -> Result<Timestamp, TimeframeError> {
    let moment =
        phrase::read(text, now).ok_or_else(|| TimeframeError::Unknown(text.trim().to_owned()))?;
    Ok(moment.timestamp())
}

/// The moment and how many whole days ago it was.
fn past(text: &str, now: &Zoned) -> Result<(Zoned, i32), TimeframeError> {
    let named = || text.trim().to_owned();
    let moment = phrase::read(text, now).ok_or_else(|| TimeframeError::Unknown(named()))?;
    if moment > *now {
        return Err(TimeframeError::Future(named()));
    }
    let days = now
        .since((Unit::Day, &moment))
        .map_err(|_| TimeframeError::TooFar(named()))?
        .get_days();
    // `1y` is a year even when that has 366 days.
    let within_year = now
        .checked_sub(1.year())
        .is_ok_and(|year_back| moment >= year_back);
    if days > LONGEST && !within_year {
        return Err(TimeframeError::TooFar(named()));
    }
    Ok((moment, days))
}
