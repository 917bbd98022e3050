//! What a tool is: its name, its parameters, what it does and what it answers with.
//!
//! Everything that speaks of a tool is made from its declaration: the schema on the wire, the reading of arguments,
//! `cairn tool`, `docs/tools.md`. Invariant: a tool's parameters are written down once, here, by the tool's own file.

use super::call::Call;
use super::failure::Failure;
use super::reply::Reply;

/// A tool.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does and when to use it, in a few lines: every agent pays for each word.
    pub description: &'static str,
    /// Its parameters in the order people read them.
    pub parameters: &'static [Parameter],
    /// What it does to the notes.
    pub effect: Effect,
    /// Whether calling it twice does no more than calling it once.
    pub idempotent: bool,
    /// Labels some clients group tools by, sorted.
    pub tags: &'static [&'static str],
    /// The smallest set of tools it belongs to.
    pub profile: Profile,
    /// What it answers with.
    pub produces: Produces,
    /// Runs it.
    pub call: fn(&Call<'_>) -> Result<Reply, Failure>,
}

/// One parameter of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What may be given.
    pub kind: Kind,
    /// What happens when it is not given.
    pub need: Need,
    /// Other names it is accepted by; they are in no schema.
    pub aliases: &'static [&'static str],
    /// What it means, in one line.
    pub description: &'static str,
}

/// What may be given for a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Text; a number or a boolean is taken as its text.
    Text,
    /// One of these words, whatever their case.
    Choice(&'static [&'static str]),
    /// A whole number in these bounds, both included.
    Integer {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A number in these bounds, both included.
    Number {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// Yes or no.
    Boolean,
    /// Texts: a list, a list in JSON, or one text with commas.
    List,
    /// An object, or one in JSON.
    Object,
}

/// What happens when a parameter is not given; null is the same as not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The call is refused.
    Required,
    /// Nothing stands in for it.
    Optional,
    /// This JSON stands in for it.
    Default(&'static str),
}

/// What a tool does to the notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing.
    ReadOnly,
    /// It changes something but takes nothing away.
    Additive,
    /// It may take something away.
    Destructive,
}

/// The smallest set of tools a tool belongs to; `read-only` is every tool without an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// What an agent needs every day.
    Core,
    /// Everything.
    Full,
}

/// What a tool answers with, which its output schema says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Produces {
    /// `{"result": …}`: text, or JSON where the call asks for it.
    Wrapped,
    /// An object of its own.
    Object,
    /// Text alone, without a schema.
    Text,
}

/// The note a call is about.
pub(crate) const IDENTIFIER: Parameter = Parameter {
    name: "identifier",
    kind: Kind::Text,
    need: Need::Required,
    aliases: &[],
    description: "Title, permalink, path or memory:// URL",
};

/// The project of a call, by name.
pub(crate) const PROJECT: Parameter = Parameter {
    name: "project",
    kind: Kind::Text,
    need: Need::Optional,
    aliases: &[],
    description: "Project name; default: the default project",
};

/// The project of a call, by id; wins over its name.
pub(crate) const PROJECT_ID: Parameter = Parameter {
    name: "project_id",
    kind: Kind::Text,
    need: Need::Optional,
    aliases: &[],
    description: "Project external id; wins over project",
};

/// Hosted accounts only; kept so that calls written for them are understood.
pub(crate) const WORKSPACE: Parameter = Parameter {
    name: "workspace",
    kind: Kind::Text,
    need: Need::Optional,
    aliases: &[],
    description: "Hosted accounts only; this is a local server",
};

/// Text for people or JSON for programs.
pub(crate) const OUTPUT_FORMAT: Parameter = Parameter {
    name: "output_format",
    kind: Kind::Choice(&["text", "json"]),
    need: Need::Default("\"text\""),
    aliases: &[],
    description: "text or json",
};

/// Which page, from 1.
pub(crate) const PAGE: Parameter = Parameter {
    name: "page",
    kind: Kind::Integer {
        least: 1,
        most: 1_000_000,
    },
    need: Need::Default("1"),
    aliases: &["page_number"],
    description: "Page, from 1",
};

/// How much a page holds.
pub(crate) const PAGE_SIZE: Parameter = Parameter {
    name: "page_size",
    kind: Kind::Integer {
        least: 1,
        most: 1_000,
    },
    need: Need::Default("10"),
    aliases: &["limit", "per_page"],
    description: "Results per page",
};

/// How much of a reader's answer is given.
pub(crate) const MAX_TOKENS: Parameter = Parameter {
    name: "max_tokens",
    kind: Kind::Integer {
        least: 1,
        most: 10_000_000,
    },
    need: Need::Optional,
    aliases: &[],
    description: "Cut the answer to about this many tokens",
};
