//! `view_note`.
//!
//! What `read_note` answers, framed for a client that shows it to a person. Invariant: between the two rules stands the
//! note's text and nothing else.

use super::call::Call;
use super::declaration::{
    Declaration, Effect, IDENTIFIER, MAX_TOKENS, PROJECT, PROJECT_ID, Produces, Profile,
};
use super::failure::Failure;
use super::read_note::{find, text};
use super::reply::Reply;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "view_note",
    title: "View Note",
    description: "Read a note to show it to the user as a Markdown artifact. To work with a note yourself use \
                  read_note.",
    parameters: &[IDENTIFIER, MAX_TOKENS, PROJECT, PROJECT_ID],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["notes"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let identifier = call.arguments.text("identifier");
    let read = match find(call, identifier)? {
        Ok(read) => read,
        Err(missing) => return missing.reply(call, identifier),
    };
    let text = text(call, read, None, None)?;
    let line_end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Ok(Reply::text(format!(
        "Note retrieved: \"{identifier}\"\n\nShow it to the user as a Markdown artifact.\n\nContent:\n---\n{text}{line_end}---"
    )))
}
