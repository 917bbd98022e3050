//! A tool's declaration as options of the command line.
//!
//! Values go on as they were typed: reading them is the tool's, as it is for an agent. Invariant: each parameter has
//! an option of its name, except those the whole command line already has an option for.

use cairn_server::{Declaration, Kind, Need, Parameter, TOOLS};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value};

/// Options every command has, which no tool may take.
const GLOBAL: [&str; 9] = [
    "dir",
    "project",
    "json",
    "quiet",
    "verbose",
    "config",
    "ephemeral",
    "help",
    "version",
];

const WHOLE: &str = "arguments";

/// Adds a command for each tool.
pub(super) fn commands(command: Command) -> Command {
    let list = Arg::new("list")
        .long("list")
        .action(ArgAction::SetTrue)
        .help("Lists the tools, as without a tool's name");
    command
        .arg(list)
        .subcommand_value_name("TOOL")
        .subcommand_help_heading("Tools")
        .args_conflicts_with_subcommands(true)
        .subcommands(TOOLS.iter().map(one))
}

/// Returns the arguments that were given as one JSON object.
pub(super) fn whole(matches: &ArgMatches) -> Option<String> {
    matches.get_one::<String>(WHOLE).cloned()
}

/// Returns the arguments that were given one by one.
pub(super) fn single(tool: &Declaration, matches: &ArgMatches) -> Map<String, Value> {
    let mut given = Map::new();
    for parameter in own(tool) {
        let Some(values) = matches.get_many::<String>(parameter.name) else {
            continue;
        };
        let mut values: Vec<Value> = values.map(|value| value.as_str().into()).collect();
        // One text may be a list in JSON or with commas; several are a list.
        let value = match values.as_slice() {
            [_] => values.remove(0),
            _ => Value::Array(values),
        };
        given.insert(parameter.name.to_owned(), value);
    }
    given
}

fn own(tool: &Declaration) -> impl Iterator<Item = &'static Parameter> {
    let parameters = tool.parameters.iter();
    parameters.filter(|parameter| !GLOBAL.contains(&parameter.name))
}

fn one(tool: &Declaration) -> Command {
    let whole = Arg::new(WHOLE)
        .long(WHOLE)
        .value_name("JSON")
        .help("Every argument in one JSON object; - reads it from stdin");
    let short = tool.description.lines().next().unwrap_or_default();
    let dashed = tool.name.replace('_', "-");
    Command::new(tool.name)
        .about(short.to_owned())
        .long_about(tool.description.to_owned())
        .aliases(Some(dashed).filter(|dashed| dashed != tool.name))
        .next_help_heading("Parameters")
        .args(own(tool).map(option))
        .next_help_heading(None::<&str>)
        .arg(whole)
}

fn option(parameter: &'static Parameter) -> Arg {
    let kebab = parameter.name.replace('_', "-");
    let arg = Arg::new(parameter.name).help(help(parameter));
    let others = parameter.aliases.iter().flat_map(|alias| {
        let dashed = alias.replace('_', "-");
        [(*alias).to_owned(), dashed]
    });
    let mut spellings: Vec<String> = std::iter::once(parameter.name.to_owned())
        .chain(others)
        .filter(|name| *name != kebab && !GLOBAL.contains(&name.as_str()) && name != WHOLE)
        .collect();
    spellings.sort();
    spellings.dedup();
    let arg = arg.long(kebab).aliases(spellings);
    match parameter.kind {
        Kind::Text => arg.value_name("TEXT").allow_hyphen_values(true),
        Kind::Choice(_) => arg.value_name("WORD"),
        Kind::Integer { .. } | Kind::Number { .. } => {
            arg.value_name("N").allow_negative_numbers(true)
        }
        Kind::Boolean => arg
            .value_name("true|false")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        Kind::List => arg
            .value_name("TEXT")
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        Kind::Object => arg.value_name("JSON"),
    }
}

fn help(parameter: &Parameter) -> String {
    let mut help = parameter.description.to_owned();
    if let Kind::Choice(words) = parameter.kind {
        help += &[" [possible values: ", &words.join(", "), "]"].concat();
    }
    if parameter.kind == Kind::List {
        help += "; may be repeated";
    }
    match parameter.need {
        Need::Required => help += " [required]",
        Need::Default(json) => help += &[" [default: ", json.trim_matches('"'), "]"].concat(),
        Need::Optional => {}
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_can_be_typed() {
        let command = commands(Command::new("tool"));
        command.debug_assert();
        for tool in TOOLS {
            for parameter in tool.parameters {
                let is_global = ["project"].contains(&parameter.name);
                let is_own = own(tool).any(|own| own.name == parameter.name);
                assert!(is_own != is_global, "{} of {}", parameter.name, tool.name);
            }
        }
    }
}
