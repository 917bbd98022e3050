//! `edit_note`.
//!
//! Invariant: it decides nothing about notes; it reads arguments, calls one verb and words the answer.

use super::call::Call;
use super::declaration::{Declaration, Effect, Produces, Profile};
use super::failure::Failure;
use super::reply::Reply;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "edit_note",
    title: "Edit Note",
    description: "",
    parameters: &[],
    effect: Effect::Destructive,
    idempotent: false,
    tags: &[],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

fn run(_call: &Call<'_>) -> Result<Reply, Failure> {
    Err(Failure::raised("not built yet"))
}
