//! `schema_infer`.
//!
//! Invariant: it proposes; nothing is written.

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use super::schema_page::{Nothing, failed, named, types};
use super::{schema_json, schema_text};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "schema_infer",
    title: "Infer Schema",
    description: "Propose a schema for a type of notes from the observations and relations its notes have. Writes \
                  nothing.",
    parameters: &[
        Parameter {
            name: "note_type",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &[],
            description: "Type whose notes are analysed",
        },
        Parameter {
            name: "threshold",
            kind: Kind::Number {
                least: 0.0,
                most: 1.0,
            },
            need: Need::Default("0.25"),
            aliases: &[],
            description: "Share of notes a field must be in; required from 0.95",
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
    let threshold = call.arguments.optional_number("threshold").unwrap_or(0.25);
    let project = call.project()?;
    Ok(match project.schema_infer(note_type, threshold) {
        Err(error) => failed("Schema Inference", note_type, error).reply(call, project),
        Ok(inference) if inference.notes > 0 && inference.schema.is_empty() => {
            Nothing::NoPattern(note_type, threshold).reply(call, project)
        }
        Ok(inference) => match call.format() {
            Format::Json => Reply::json(schema_json::inference(&inference)),
            Format::Text if inference.notes == 0 => {
                let heading = schema_text::inference_heading(&inference);
                Reply::text(format!("{heading}\n{}", types(project)))
            }
            Format::Text => Reply::text(schema_text::inference(&inference)),
        },
    })
}
