//! What every tool declares, and what a list of tools shows of it.

use cairn_server::{Arguments, Declaration, Kind, Need, TOOLS, ToolSet};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A value a parameter takes.
fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::List => json!("x"),
        Kind::Choice(words) => json!(words[0]),
        Kind::Integer { least, .. } => json!(least),
        Kind::Number { least, .. } => json!(least),
        Kind::Boolean => json!(true),
        Kind::Object => json!({ "a": 1 }),
    }
}

/// A value for every required parameter of a tool.
fn required(tool: &Declaration) -> Map<String, Value> {
    let required = tool
        .parameters
        .iter()
        .filter(|parameter| parameter.need == Need::Required);
    required
        .map(|parameter| (parameter.name.to_owned(), sample(parameter.kind)))
        .collect()
}

fn properties(tool: &Value) -> &Map<String, Value> {
    tool["inputSchema"]["properties"]
        .as_object()
        .expect("a schema has properties")
}

fn listed(tools: ToolSet) -> Vec<Value> {
    cairn_server::listed(tools)
        .iter()
        .map(|tool| serde_json::to_value(tool).expect("a tool is JSON"))
        .collect()
}

#[test]
fn every_declaration_is_whole() {
    let mut names = BTreeSet::new();
    for tool in TOOLS {
        let name = tool.name;
        assert!(names.insert(name), "{name} is there twice");
        assert!(!tool.title.is_empty(), "{name} has no title");
        assert!(
            !tool.description.trim().is_empty(),
            "{name} is not described"
        );
        assert!(tool.tags.is_sorted(), "the tags of {name} are not sorted");
        let mut spellings = BTreeSet::new();
        for parameter in tool.parameters {
            assert!(
                !parameter.description.trim().is_empty(),
                "{name}.{} is not described",
                parameter.name
            );
            for spelling in parameter.aliases.iter().chain([&parameter.name]) {
                assert!(
                    spellings.insert(spelling),
                    "{name}: '{spelling}' is there twice"
                );
            }
        }
    }
}

#[test]
fn every_default_reads_back_as_itself() {
    for tool in TOOLS {
        let given = required(tool);
        let without = Arguments::read(tool, given.clone()).expect("every sample is of its kind");
        for parameter in tool.parameters {
            let Need::Default(default) = parameter.need else {
                continue;
            };
            let mut with = given.clone();
            let default = serde_json::from_str(default).expect("a default is JSON");
            with.insert(parameter.name.to_owned(), default);
            let with = Arguments::read(tool, with).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(with, without, "{}.{}", tool.name, parameter.name);
        }
    }
}

#[test]
fn every_parameter_is_reached_by_every_spelling() {
    for tool in TOOLS {
        for parameter in tool.parameters {
            for spelling in parameter.aliases.iter().chain([&parameter.name]) {
                let mut given = required(tool);
                given.remove(parameter.name);
                given.insert((*spelling).to_owned(), sample(parameter.kind));
                let arguments =
                    Arguments::read(tool, given).unwrap_or_else(|error| panic!("{error}"));
                assert!(arguments.has(parameter.name), "{}.{spelling}", tool.name);
            }
        }
    }
}

#[test]
fn fragment_45_schemas_have_the_canonical_names_alone() {
    let listed = listed(ToolSet::Full);
    assert_eq!(listed.len(), TOOLS.len());
    for (tool, wire) in TOOLS.iter().zip(&listed) {
        assert_eq!(wire["name"], tool.name);
        assert_eq!(wire["annotations"]["title"], wire["title"]);
        assert_eq!(wire["inputSchema"]["additionalProperties"], false);
        let properties = properties(wire);
        let names: Vec<&str> = tool
            .parameters
            .iter()
            .map(|parameter| parameter.name)
            .collect();
        let in_schema: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(in_schema, names.into_iter().collect(), "{}", tool.name);
        for parameter in tool.parameters {
            for alias in parameter.aliases {
                assert!(!properties.contains_key(*alias), "{}.{alias}", tool.name);
            }
            let property = &properties[parameter.name];
            assert!(
                property["type"].is_string(),
                "{}.{}",
                tool.name,
                parameter.name
            );
            assert_eq!(property["description"], parameter.description);
        }
    }
}

#[test]
fn fragment_45_overwrite_is_boolean_and_operations_are_listed() {
    let listed = listed(ToolSet::Full);
    let tool = |name: &str| {
        let tool = listed.iter().find(|tool| tool["name"] == name);
        properties(tool.expect("the tool is listed"))
    };
    assert_eq!(tool("write_note")["overwrite"]["type"], "boolean");
    assert_eq!(
        tool("edit_note")["operation"]["enum"],
        json!([
            "append",
            "prepend",
            "find_replace",
            "replace_section",
            "insert_before_section",
            "insert_after_section"
        ])
    );
    assert!(tool("list_directory")["sort"]["enum"].is_array());
}

#[test]
fn every_set_of_tools_is_what_it_says() {
    for tool in listed(ToolSet::ReadOnly) {
        assert_eq!(
            tool["annotations"]["readOnlyHint"], true,
            "{}",
            tool["name"]
        );
    }
    let core = listed(ToolSet::Core);
    assert!(core.len() <= 12, "{} tools are core", core.len());
    let bytes = json!({ "tools": core }).to_string().len();
    assert!(
        bytes <= 6_000 * 4,
        "the core tools take {bytes} bytes, about {} tokens",
        bytes / 4
    );
}

/// Change a description, and this shows what every client is sent.
#[test]
fn the_list_of_tools_is_what_was_meant() {
    let listed = Value::Array(listed(ToolSet::Full));
    let listed = serde_json::to_string_pretty(&listed).expect("a value is JSON");
    insta::assert_snapshot!(listed);
}
