//! `schema_validate`.
//!
//! Invariant: it changes no note; where nothing was checked, the answer says why.

use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use super::schema_page::{Nothing, failed};
use super::{schema_json, schema_text};
use cairn_engine::{Error, Project, SchemaReport, SchemaScope};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "schema_validate",
    title: "Validate Schema",
    description: "Check notes against their schema: one note, one type, or every type that has a schema. Lists missing \
                  fields and values outside an enum.",
    parameters: &[
        Parameter {
            name: "note_type",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "Type to check; default: all with a schema",
        },
        Parameter {
            name: "identifier",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "One note: title, permalink or path; wins over note_type",
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
    let given = |name| {
        let text = call.arguments.optional_text(name);
        text.map(str::trim).filter(|text| !text.is_empty())
    };
    let (scope, project) = match (given("identifier"), given("note_type")) {
        (Some(identifier), _) => (
            SchemaScope::Note(identifier.to_owned()),
            call.route(identifier, Prefix::Plain)?.project,
        ),
        (None, Some(note_type)) => (SchemaScope::Type(note_type.to_owned()), call.project()?),
        (None, None) => (SchemaScope::Everything, call.project()?),
    };
    Ok(match project.schema_validate(&scope) {
        Ok(report) => reply(call, project, &scope, &report),
        Err(error) => {
            let identifier = given("identifier").unwrap_or_default();
            failed("Schema Validation", identifier, error).reply(call, project)
        }
    })
}

fn reply(
    call: &Call<'_>,
    project: Project<'_>,
    scope: &SchemaScope,
    report: &SchemaReport,
) -> Reply {
    match nothing(scope, report) {
        Some(nothing) => nothing.reply(call, project),
        None => match call.format() {
            Format::Text => Reply::text(schema_text::validation(report)),
            Format::Json => Reply::json(schema_json::validation(report)),
        },
    }
}

/// Why a report says nothing, if it does.
fn nothing<'r>(scope: &SchemaScope, report: &'r SchemaReport) -> Option<Nothing<'r>> {
    let note_type = report.note_type.as_deref().unwrap_or_default();
    if *scope == SchemaScope::Everything {
        let is_bare = report.types.is_empty() && report.broken.is_empty();
        return is_bare.then_some(Nothing::NoSchemas);
    }
    if report.total == 0 {
        return Some(Nothing::NoNotes(note_type));
    }
    if !report.notes.is_empty() {
        return None;
    }
    let mut broken = report.broken.iter();
    Some(match broken.find(|broken| !broken.is_missing) {
        Some(broken) => Nothing::Failed(
            "Schema Validation",
            Failure::from(Error::Invalid {
                message: format!("{}: {}", broken.path, broken.message),
                hint: Some("correct the schema with edit_note".to_owned()),
            }),
        ),
        None => Nothing::NoSchema(note_type, &report.broken),
    })
}
