//! `cairn tool`: any MCP tool from the command line, its options made from the tool's declaration.
//!
//! Not a second surface: a call goes through the same door as an agent's. Invariant: a tool that is declared can be
//! called here, with the same parameters and the same answer.

mod options;

use super::embed;
use crate::failure::{Failure, Result};
use crate::home::Machine;
use crate::interrupt::{self, CANCEL};
use crate::invocation::Invocation;
use crate::output::{Answer, one_line};
use cairn_engine::{Engine, Kind, SearchBy, SearchRequest};
use cairn_server::{Body, Declaration, Effect, Host, HostOptions, Reply, TOOLS, ToolSet};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use jiff::Zoned;
use serde_json::{Map, Value, json};
use std::io::Read as _;
use std::sync::Arc;

/// Arguments of `cairn tool`.
#[derive(Debug)]
pub(crate) struct Arguments(Option<Typed>);

/// A call as it was typed.
#[derive(Debug)]
struct Typed {
    tool: &'static Declaration,
    /// JSON, or `-` for JSON on stdin.
    whole: Option<String>,
    /// What single options say.
    single: Map<String, Value>,
}

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        // Only when `cairn tool` is typed is a command made of each tool.
        command.defer(options::commands)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let typed = matches.subcommand().and_then(|(name, matches)| {
            let tool = cairn_server::tool(name)?;
            Some(Typed {
                tool,
                whole: options::whole(matches),
                single: options::single(tool, matches),
            })
        });
        Ok(Self(typed))
    }

    fn update_from_arg_matches(
        &mut self,
        matches: &ArgMatches,
    ) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Calls a tool, or lists them.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let Some(typed) = arguments.0 else {
        return Ok(list(invocation));
    };
    let tool = typed.tool;
    let mut given = given(typed)?;
    let takes = |name: &str| {
        tool.parameters
            .iter()
            .any(|parameter| parameter.name == name)
    };
    let mut options = HostOptions {
        unwatched: true,
        ..HostOptions::default()
    };
    match invocation.named_project() {
        Some(name) if takes("project") => {
            given.insert("project".to_owned(), name.into());
        }
        named => options.project = named.map(str::to_owned),
    }
    if invocation.is_json() && takes("output_format") {
        given
            .entry("output_format")
            .or_insert_with(|| "json".into());
    }
    let machine = Machine::new(invocation)?;
    // What is wrong with the configuration is the command's failure, not the tool's.
    machine.engine_settings(&machine.config()?)?;
    let host = Host::new(machine, options);
    interrupt::listen();
    if tool.name != "sync" {
        bring_in_step(invocation, &host)?;
    }
    if let ("search_notes" | "search", Ok(engine)) = (tool.name, host.engine()) {
        embed_before(invocation, &engine, &given)?;
    }
    let reply = cairn_server::call(
        &host,
        tool,
        given,
        Some("cli".to_owned()),
        &invocation.progress(),
        &CANCEL,
    );
    if CANCEL.is_cancelled() {
        return Err(Failure::interrupted());
    }
    answer(reply)
}

/// The arguments of a call: what single options say wins over what stands in the whole.
fn given(typed: Typed) -> Result<Map<String, Value>> {
    let mut given = match typed.whole.as_deref() {
        None => Map::new(),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| {
                    Failure::invalid(format!("cannot read the arguments on stdin: {error}"))
                })?;
            object(&text)?
        }
        Some(text) => object(text)?,
    };
    given.extend(typed.single);
    Ok(given)
}

/// Brings the index of every project in step with its files, since a call may reach any of them.
fn bring_in_step(invocation: &Invocation, host: &Arc<Host>) -> Result<()> {
    let engine = host
        .engine()
        .map_err(|failure| Failure::of_tool(&text(failure.reply().body)))?;
    for project in engine.projects() {
        let name = &project.settings().name;
        match project.sync(&invocation.progress(), &CANCEL) {
            Ok(_) if CANCEL.is_cancelled() => return Err(Failure::interrupted()),
            Ok(report) if report.faults.is_empty() => {}
            Ok(_) => invocation.output.warn(
                &format!("{name}: something could not be indexed; see `cairn status`"),
                None,
            ),
            // The call may be about another project.
            Err(error) => {
                let hint = error.hint();
                let message = format!("{name}: {error}");
                invocation.output.warn(&message, hint.as_deref());
            }
        }
    }
    Ok(())
}

/// Embeds some of what is pending, unless the search that is asked for compares words alone. What goes wrong with the
/// model the answer tells.
fn embed_before(
    invocation: &Invocation,
    engine: &Engine,
    given: &Map<String, Value>,
) -> Result<()> {
    let asked = given.get("search_type").and_then(Value::as_str);
    let is_by_meaning = match asked.map(|asked| asked.trim().to_ascii_lowercase()) {
        None => matches!(
            engine.settings().meaning.by(),
            SearchBy::Hybrid | SearchBy::Meaning
        ),
        Some(asked) => matches!(asked.as_str(), "hybrid" | "vector" | "semantic"),
    };
    if !is_by_meaning || !engine.pending().is_ok_and(|pending| pending.passages > 0) {
        return Ok(());
    }
    // A model that does not answer one question is not asked for many vectors.
    let question = SearchRequest {
        by: SearchBy::Hybrid,
        page_size: 1,
        ..SearchRequest::new("notes", Zoned::now())
    };
    let mut projects = engine.projects();
    let reply = projects
        .next()
        .map(|project| project.search_notes(&question));
    if !reply.is_some_and(|reply| reply.is_ok_and(|reply| reply.meant.is_counted)) {
        return Ok(());
    }
    match embed::some(invocation, engine) {
        Err(failure) if failure.kind == Kind::Cancelled => Err(failure),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn answer(reply: Reply) -> Result<Answer> {
    if reply.is_error {
        return Err(Failure::of_tool(&text(reply.body)));
    }
    let answer = match reply.body {
        Body::Text(text) => {
            let json = json!({ "result": text });
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            Answer::new(text + end, json)
        }
        Body::Json(value) => Answer::new(format!("{value:#}\n"), value),
    };
    Ok(match reply.notice {
        Some(notice) => answer.notice(notice),
        None => answer,
    })
}

fn text(body: Body) -> String {
    match body {
        Body::Text(text) => text,
        Body::Json(value) => value.to_string(),
    }
}

fn object(text: &str) -> Result<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Failure::invalid("the arguments must be a JSON object")),
        Err(error) => Err(
            Failure::invalid(format!("the arguments are no JSON: {error}"))
                .hint("for example --arguments '{\"query\": \"tea\"}'"),
        ),
    }
}

fn list(invocation: &Invocation) -> Answer {
    let first = |text: &str| {
        let sentence = text.split_once(". ").map_or(text, |(first, _)| first);
        one_line(sentence.trim_end_matches('.'))
    };
    let rows: Vec<_> = TOOLS
        .iter()
        .map(|tool| vec![tool.name.to_owned(), first(tool.description)])
        .collect();
    let tools: Vec<_> = TOOLS
        .iter()
        .map(|tool| {
            json!({
                "name": tool.name,
                "title": tool.title,
                "description": tool.description,
                "read_only": tool.effect == Effect::ReadOnly,
                "core": ToolSet::Core.has(tool),
            })
        })
        .collect();
    let text = invocation.style().rows(&["tool", "what it does"], &rows);
    Answer::new(text, json!({ "tools": tools }))
}
