//! `cairn reindex`.

use super::embed;
use super::sync::{self, Projects};
use crate::failure::Result;
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome};
use clap::Args;

/// Arguments of `cairn reindex`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    which: Projects,
    /// Only the index; vectors are kept
    #[arg(short, long)]
    search: bool,
    /// Only the vectors that are missing
    #[arg(short, long)]
    embeddings: bool,
}

/// Forgets the index and builds it anew, and embeds what has no vector; one of both alone if that is asked for.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    if arguments.embeddings && !arguments.search {
        return embed::run(invocation, &arguments.which);
    }
    let engine = invocation.engine()?;
    let answer = sync::each(invocation, &arguments.which, &engine, &|project, bar| {
        Ok(project.reindex(bar, &CANCEL)?)
    })?;
    let is_wanted = arguments.embeddings || !arguments.search;
    if !is_wanted || engine.settings().meaning.model.is_none() {
        return Ok(answer);
    }
    let embedded = embed::all(invocation, &engine)?;
    let outcome = match (answer.outcome, embed::outcome(&embedded)) {
        (Outcome::Complete, Outcome::Complete) => Outcome::Complete,
        _ => Outcome::Partial,
    };
    let mut json = answer.json;
    json["embeddings"] = embed::json(&engine, &embedded)?;
    let text = answer.text + &embed::lines(invocation, &engine, &embedded)?;
    Ok(Answer::new(text, json).outcome(outcome))
}
