//! Times as they are typed.
//!
//! Invariant: what is not understood is refused, never guessed.

use crate::failure::Result;
use cairn_engine::Error;
use cairn_note::timeframe;
use jiff::{Timestamp, Zoned};

/// Reads the time of an option; a bare duration counts back from now.
pub(crate) fn read(text: Option<&str>) -> Result<Option<Timestamp>> {
    let moment = text.map(|text| timeframe::moment(text, &Zoned::now()));
    Ok(moment.transpose().map_err(Error::from)?)
}
