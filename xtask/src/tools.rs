//! `docs/tools.md`: the tools as their declarations have them.
//!
//! Not a place to word anything: a sentence that is wrong there is wrong in a declaration. Invariant: equal
//! declarations give equal bytes, and `cargo xtask tidy` fails while the file says something else.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use cairn_server::{Declaration, Effect, Kind, Need, Parameter, TOOLS, ToolSet};

/// Where the page is.
pub const PAGE: &str = "docs/tools.md";

/// The command of the same verb, and the options it stands for.
const COMMANDS: &[(&str, &str)] = &[
    ("write_note", "cairn write"),
    ("read_note", "cairn read"),
    ("edit_note", "cairn edit"),
    ("move_note", "cairn move"),
    ("delete_note", "cairn delete"),
    ("search_notes", "cairn search"),
    ("build_context", "cairn context"),
    ("recent_activity", "cairn recent"),
    ("list_directory", "cairn ls"),
    ("list_memory_projects", "cairn project list"),
    ("create_memory_project", "cairn project add"),
    ("delete_project", "cairn project remove"),
    ("note_history", "cairn history"),
    ("diff_note", "cairn diff"),
    ("restore_note", "cairn restore"),
    ("undo", "cairn undo"),
    ("sync", "cairn sync"),
];

const HEAD: &str = "\
<!-- Made by `cargo xtask generate tools` from the declarations in crates/server/src/mcp. Do not edit. -->

# The tools

What an agent can do with Cairn over MCP. Each can be called from the command line too: `cairn tool NAME --PARAMETER
VALUE`, or `--arguments JSON`. How to connect a client is in [mcp.md](mcp.md).

Parameters are read leniently: a number or a boolean may come as text, a list as one text with commas or as JSON, an
object as JSON. The other names of a parameter are accepted, and are in no schema. Null is the same as not given; an
unknown argument is an error.
";

/// Writes the page.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write() -> Result<()> {
    let path = root()?.join(PAGE);
    fs::write(&path, page()).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}: {} tools", PAGE, TOOLS.len());
    Ok(())
}

/// Whether the page in the tree is the one the declarations make.
pub fn is_current(root: &Path) -> bool {
    // A checkout on Windows may have other line ends.
    fs::read_to_string(root.join(PAGE)).is_ok_and(|text| text.replace("\r\n", "\n") == page())
}

fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the workspace")
}

/// The page.
fn page() -> String {
    let mut page = HEAD.to_owned();
    page += "\n## Verbs, tools, commands\n\n| tool | command | does | sets |\n|---|---|---|---|\n";
    for tool in TOOLS {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| [`{name}`](#{name}) | {} | {} | {} |",
            command(tool),
            effect(tool),
            sets(tool),
            name = tool.name,
        );
    }
    for tool in TOOLS {
        page += &section(tool);
    }
    page
}

fn command(tool: &Declaration) -> String {
    let command = COMMANDS.iter().find(|(name, _)| *name == tool.name);
    match command {
        Some((_, command)) => format!("`{command}`"),
        None => format!("`cairn tool {}`", tool.name),
    }
}

fn effect(tool: &Declaration) -> &'static str {
    match tool.effect {
        Effect::ReadOnly => "reads",
        Effect::Additive => "adds or moves",
        Effect::Destructive => "may replace or remove",
    }
}

fn sets(tool: &Declaration) -> String {
    let sets = [
        ("full", ToolSet::Full),
        ("core", ToolSet::Core),
        ("read-only", ToolSet::ReadOnly),
    ];
    let named = sets.iter().filter(|(_, set)| set.has(tool));
    named.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn section(tool: &Declaration) -> String {
    let mut section = format!("\n## {}\n\n", tool.name);
    let again = if tool.idempotent {
        "; doing it twice is doing it once"
    } else {
        ""
    };
    let _ = write!(
        section,
        "**{}.** {}\n\nIt {}{again}. Sets: {}.\n",
        tool.title,
        tool.description.trim(),
        effect(tool),
        sets(tool),
    );
    if tool.parameters.is_empty() {
        section += "\nIt takes no parameters.\n";
        return section;
    }
    section += "\n| parameter | kind | default | meaning | also |\n|---|---|---|---|---|\n";
    for parameter in tool.parameters {
        section += &row(parameter);
    }
    section
}

fn row(parameter: &Parameter) -> String {
    let also: Vec<String> = parameter
        .aliases
        .iter()
        .map(|alias| format!("`{alias}`"))
        .collect();
    format!(
        "| `{}` | {} | {} | {} | {} |\n",
        parameter.name,
        kind(parameter.kind),
        need(parameter.need),
        cell(parameter.description),
        also.join(", ")
    )
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            words.join(" ")
        }
        Kind::Integer { least, most } => format!("{least} to {most}"),
        Kind::Number { least, most } => format!("{least} to {most}, with decimals"),
        Kind::Boolean => "true or false".to_owned(),
        Kind::List => "list of texts".to_owned(),
        Kind::Object => "object".to_owned(),
    }
}

fn need(need: Need) -> String {
    match need {
        Need::Required => "required".to_owned(),
        Need::Optional => String::new(),
        Need::Default(json) => format!("`{}`", json.trim_matches('"')),
    }
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_one_of_a_tool() {
        for (name, _) in COMMANDS {
            assert!(TOOLS.iter().any(|tool| tool.name == *name), "{name}");
        }
    }

    #[test]
    fn the_page_names_every_tool_and_parameter() {
        let page = page();
        for tool in TOOLS {
            let (_, section) = page
                .split_once(&format!("\n## {}\n", tool.name))
                .expect("each tool has a section");
            for parameter in tool.parameters {
                let row = format!("\n| `{}` |", parameter.name);
                assert!(
                    section.contains(&row),
                    "{} of {}",
                    parameter.name,
                    tool.name
                );
            }
        }
        assert_eq!(page, super::page());
    }
}
