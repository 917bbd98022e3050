//! A time as an argument names it.
//!
//! Not a window that is looked back on (that is `recent_activity`'s). Invariant: what is not understood is refused,
//! never guessed.

use super::call::Call;
use super::declaration::{Kind, Need, Parameter};
use super::excerpt::excerpt;
use super::failure::Failure;
use super::next_call::quoted;
use cairn_note::timeframe;
use jiff::Timestamp;

/// A time of which a text is asked for.
pub(super) const AS_OF: Parameter = Parameter {
    name: "as_of",
    kind: Kind::Text,
    need: Need::Optional,
    aliases: &[],
    description: "What it said then: 2 hours ago, yesterday, 2025-01-31T14:00Z",
};

/// Returns the moment an argument names, if it was given; a bare duration counts back from now.
pub(super) fn moment(call: &Call<'_>, name: &str) -> Result<Option<Timestamp>, Failure> {
    let given = call.arguments.optional_text(name).map(str::trim);
    let Some(text) = given.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match timeframe::moment(text, &call.now) {
        Ok(moment) => Ok(Some(moment)),
        Err(_) => Err(Failure::Raised {
            message: format!(
                "{}: argument '{name}' is no time: {}",
                call.tool.name,
                quoted(&excerpt(text, 60))
            ),
            hint: Some(
                "try 2 hours ago, 7d, yesterday, 2025-01-31 or 2025-01-31T14:00Z".to_owned(),
            ),
        }),
    }
}
