//! `schema_diff`.
//!
//! Invariant: it changes neither schema nor notes.

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use super::schema_page::{Nothing, failed, named};
use super::{schema_json, schema_text};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "schema_diff",
    title: "Schema Diff",
    description: "Compare a type's schema with what its notes hold: new fields, dropped fields, fields said more or less \
                  often than declared.",
    parameters: &[
        Parameter {
            name: "note_type",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &[],
            description: "Type whose schema is compared",
        },
        OUTPUT_FORMAT,
        PROJECT,
        PROJECT_ID,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["schema"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let note_type = named(call)?;
    let project = call.project()?;
    let compared = match project.schema_diff(note_type) {
        Ok(compared) => compared,
        Err(error) => return Ok(failed("Schema Diff", note_type, error).reply(call, project)),
    };
    let Some(drift) = &compared.drift else {
        return Ok(Nothing::NoSchema(note_type, &[]).reply(call, project));
    };
    Ok(match call.format() {
        Format::Json => Reply::json(schema_json::drift(note_type, drift)),
        Format::Text => Reply::text(schema_text::drift(note_type, compared.notes, drift)),
    })
}
